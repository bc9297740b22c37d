"""The vocabulary of the stories, from the code; run as a program it writes it into the README."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

from stories.checks import CHECKS
from stories.given import GIVEN
from stories.runner import STEPS
from stories.waking import EVENTS

README = Path(__file__).resolve().parent / "README.md"
PART = re.compile(r"(?<=<!-- vocabulary -->\n).*(?=<!-- end -->)", re.DOTALL)


def vocabulary() -> str:
    """Three tables: what is given, the steps, and what can be expected."""
    given = [(name, _sentence(each)) for name, each in GIVEN.items()]
    steps = [(name, _sentence(each)) for name, each in STEPS.items()]
    expected = [(name, f"{each.what[0].upper()}{each.what[1:]}.") for name, each in CHECKS.items()]
    events = ", ".join(f"`{each}`" for each in EVENTS)
    return "\n".join(
        [
            "",
            *_table("given", given),
            *_table("step", steps),
            f"`wake` knows {events}.",
            "",
            *_table("expect", expected),
        ]
    )


def with_vocabulary(text: str) -> str:
    """The README with the vocabulary of today."""
    return PART.sub(lambda _: vocabulary() + "\n", text)


def _sentence(function: Callable[..., Any]) -> str:
    return " ".join((function.__doc__ or "").split())


def _table(title: str, rows: list[tuple[str, str]]) -> list[str]:
    return [f"| {title} | |", "|---|---|", *(f"| `{name}` | {what} |" for name, what in rows), ""]


if __name__ == "__main__":
    README.write_text(with_vocabulary(README.read_text()))
