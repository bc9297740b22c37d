"""Annotations of GitHub Actions: the lines that a step prints so that findings appear beside the files.

A line is a workflow command, `::error file=...,line=...,title=...::message`. The runner shows ten of each level for a
step and drops the others without a word, so the last line of a level says how many there are more.

Source: actions/runner, `src/Runner.Common/ActionCommand.cs` (what is escaped, and where) and `ExecutionContext.cs`
(ten of each level, 4096 characters).
"""

from __future__ import annotations

from typing import Final

from rampgate.model.decision import Decision
from rampgate.reports.escape import clipped, plain
from rampgate.reports.open_points import Level, Point, is_in_repository, open_points

MOST: Final = 10
MOST_CHARACTERS: Final = 4_096
_COMMAND: Final = {Level.ERROR: "error", Level.WARNING: "warning", Level.NOTE: "notice"}
_DATA: Final = {"%": "%25", "\r": "%0D", "\n": "%0A"}
_PROPERTY: Final = {**_DATA, ":": "%3A", ",": "%2C"}
# A semicolon is left as it is: the runner gives it a meaning in the older `##[command]` alone, and in these
# commands would not turn `%3B` back.


def lines(decision: Decision) -> list[str]:
    """Return at most ten lines of each level, errors first, none with a line break; print nothing else on them."""
    points = open_points(decision)
    written = []
    for level in Level:
        own = [each for each in points if each.level is level]
        rest = len(own) - MOST
        for place, point in enumerate(own[:MOST], start=1):
            more = f"\n({rest} more of this level are in the report)" if rest > 0 and place == MOST else ""
            written.append(_line(point, decision, more))
    return written


def _line(point: Point, decision: Decision, more: str) -> str:
    parts = {"title": clipped(plain(point.rule), 200)}
    if point.location is not None and is_in_repository(point.location, decision):
        place = {"file": plain(point.location.path)}
        if point.location.line:
            place |= {"line": str(point.location.line)}
            place |= {"col": str(point.location.column)} if point.location.column else {}
        parts = place | parts
    properties = ",".join(f"{name}={_escaped(value, _PROPERTY)}" for name, value in parts.items())
    return f"::{_COMMAND[point.level]} {properties}::{_escaped(_message(point, more), _DATA)}"


def _message(point: Point, more: str) -> str:
    """Return the message on a few lines, its next step kept where it has to be cut."""
    compared = [plain(point.compared)] if point.compared else []
    fix = [f"next: {clipped(plain(point.fix), 1_000)}"] if point.fix else []
    tail = "".join(f"\n{each}" for each in fix) + more
    body = "\n".join([plain(point.message), *compared])
    return clipped(body, MOST_CHARACTERS - len(tail)) + tail


def _escaped(text: str, table: dict[str, str]) -> str:
    return "".join(table.get(character, character) for character in text)
