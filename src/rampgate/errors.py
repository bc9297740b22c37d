"""What can go wrong, one class for each thing that a caller would do differently.

A `Problem` is a value: one fault of one input, with its place, what was found, what was expected and the
next step. Findings about a model are no errors and never raised (see `rampgate.model.finding`).

>>> print(Problem("policies/prod.yaml", "unknown rule kind `fairnes.gap`", line=14, column=7))
policies/prod.yaml:14:7: unknown rule kind `fairnes.gap`
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Problem:
    """One fault of one input, at its place.

    path: as the user would type it, relative to the repository; line, column: from 1, 0 where there is none
    (a missing file, a whole folder). message: lower case, no period, input in backticks.
    """

    path: str
    message: str
    line: int = 0
    column: int = 0
    found: str = ""
    expected: str = ""
    fix: str = ""

    @property
    def place(self) -> str:
        """Return `path:line:column`, without the parts that are not known."""
        return f"{self.path}:{self.line}:{self.column}" if self.line else self.path

    def __str__(self) -> str:
        return f"{self.place}: {self.message}" if self.place else self.message


class RampgateError(Exception):
    """The base of every error that rampgate raises on purpose; `exit_code` is what the command ends with."""

    exit_code = 1


class InvalidInput(RampgateError):
    """A card, policy, waiver, evidence file or table is not what it must be; holds every problem found."""

    exit_code = 3

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(problems)
        super().__init__("\n".join(str(problem) for problem in self.problems))


class NotBelieved(InvalidInput):
    """The decision history is altered, incomplete or not signed by whom it must be: nothing is told from it."""

    exit_code = 10


class UsageProblem(RampgateError):
    """The command was called with words that do not fit; nothing was read or written."""

    exit_code = 2


class Unreachable(RampgateError):
    """A file, repository, service or data source is absent or does not answer; trying later may help."""

    exit_code = 4
