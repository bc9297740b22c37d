"""What an importer is: it reads one results file of one tool, and says what is in it; it never guesses what it means.

Numbers keep the tool's names until whoever imports says which of ours each one is. What is not named so is listed as
not taken.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from rampgate.errors import InvalidInput, Problem, UsageProblem
from rampgate.formats.suggest import did_you_mean

NOT = "not:"
"""Before a metric of ours: it counts the cases in which the tool's number is false."""


@dataclass(frozen=True, slots=True)
class ResultsFile:
    """One file as it was read: path as the user typed it, its bytes and their digest."""

    path: Path
    data: bytes = field(repr=False)
    digest: str = ""

    def problem(self, message: str, *, found: str = "", expected: str = "", fix: str = "") -> InvalidInput:
        """Return the error that this file is not what it must be."""
        return InvalidInput([Problem(str(self.path), message, found=found, expected=expected, fix=fix)])


@dataclass(frozen=True, slots=True)
class Choice:
    """What whoever imports said. mapping: the tool's name -> ours, which `not:` may precede.

    picks: what of the file is meant, where it holds several, such as `run`. beside: further files that go with it.
    """

    kind: str | None = None
    mapping: Mapping[str, str] = field(default_factory=dict)
    picks: Mapping[str, str] = field(default_factory=dict)
    beside: tuple[ResultsFile, ...] = ()


@dataclass(frozen=True, slots=True)
class Taken:
    """What an importer found.

    at: when the tool ran, RFC 3339, None where the file does not say. claimed: numbers without counts, as evidence
    writes them. tables: counts, as evidence writes them. about: what of the file was taken. mapping: what was used.
    """

    kind: str
    tool_version: str
    at: str | None
    claimed: tuple[dict[str, Any], ...] = ()
    tables: Mapping[str, Any] | None = None
    about: str | None = None
    mapping: Mapping[str, str] = field(default_factory=dict)
    not_taken: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()
    known: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Importer:
    """One tool. kinds: of evidence that its results can be, the first if there is one alone.

    picks: what can be picked in its file, in words. beside: what further files go with it, in words, "" for none.
    """

    tool: str
    what: str
    kinds: tuple[str, ...]
    read: Callable[[ResultsFile, Choice], Taken]
    picks: Mapping[str, str] = field(default_factory=dict)
    beside: str = ""

    def check(self, choice: Choice) -> str:
        """Return the kind of evidence that is meant. Raises UsageProblem for words that this tool does not know."""
        for name in choice.picks:
            if name not in self.picks:
                listed = ", ".join(f"`{each}`" for each in self.picks) or "nothing"
                raise UsageProblem(f"{self.tool}: nothing to pick by `{name}`; it knows {listed}")
        if choice.beside and not self.beside:
            raise UsageProblem(f"{self.tool}: no further file goes with its results")
        if choice.kind is None and len(self.kinds) > 1:
            listed = ", ".join(f"`{each}`" for each in self.kinds)
            raise UsageProblem(f"{self.tool}: say which kind of evidence it is: `--kind`, one of {listed}")
        kind = choice.kind or self.kinds[0]
        if kind not in self.kinds:
            listed = ", ".join(f"`{each}`" for each in self.kinds)
            hint = did_you_mean(kind, self.kinds)
            raise UsageProblem(
                f"{self.tool}: its results are no evidence of kind `{kind}`{hint}; it is one of {listed}"
            )
        return kind
