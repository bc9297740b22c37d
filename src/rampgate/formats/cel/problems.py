"""What can be wrong with an expression, with its place in the source of the expression."""

from __future__ import annotations

from dataclasses import dataclass

from rampgate.errors import RampgateError


@dataclass(frozen=True, slots=True)
class ExpressionProblem:
    """One fault of an expression; line and column count from 1 within the expression's own source."""

    line: int
    column: int
    message: str
    fix: str = ""

    def __str__(self) -> str:
        return f"{self.line}:{self.column}: {self.message}"


class ExpressionInvalid(RampgateError):
    """An expression can not be used; holds every problem that was found."""

    exit_code = 3

    def __init__(self, problems: tuple[ExpressionProblem, ...]) -> None:
        self.problems = problems
        super().__init__("\n".join(str(problem) for problem in problems))


def place_of(source: str, offset: int) -> tuple[int, int]:
    """Return line and column, from 1, of a character of the source."""
    before = source[:offset]
    return before.count("\n") + 1, offset - (before.rfind("\n") + 1) + 1
