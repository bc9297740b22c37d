"""What differs between a recorded decision and the same decision made again. Pure."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from rampgate.model.replay import Difference

Document = Mapping[str, Any]
NONE: Final = "-"
_LONGEST: Final = 400
_FIRST: Final = ("outcome", "effect", "found", "expected", "message")
"""The fields of a finding that are told before any other: what decides, then what it rests on."""

_ABSENT: Final = object()


def first_difference(recorded: Document, again: Document, *, another_engine: bool = False) -> Difference | None:
    """Return what differs first between two decision documents (`rampgate/decision/v1`), None where nothing does.

    The rules' answers come first, in the order on record, for everything else follows from them; then the rest, in the
    order of the document. another_engine: leaves out which engine judged.
    """
    for found in (_in_findings(recorded, again), _in_the_rest(recorded, again)):
        for difference in found:
            if not (another_engine and difference.field.startswith("engine")):
                return difference
    return None


def summary_difference(recorded: Document, again: Document, *, another_engine: bool = False) -> Difference | None:
    """Return what differs first between what a record itself says of its decision and what it should say.

    A record whose own words are not those of the document that it names would tell a list of decisions wrongly.
    another_engine: leaves out the digest of the document, which names the engine.
    """
    if recorded == again:
        return None
    for key in dict.fromkeys((*recorded, *again)):
        if another_engine and key == "document":
            continue
        for found in _below(f"the record's own {key}", recorded.get(key, _ABSENT), again.get(key, _ABSENT)):
            return found
    return None


def _in_findings(recorded: Document, again: Document) -> Iterator[Difference]:
    old, new = _numbered(recorded), _numbered(again)
    for key in dict.fromkeys((*old, *new)):
        rule, before, after = key[0], old.get(key), new.get(key)
        outcome = str(before["outcome"]) if before else ""
        if before is None or after is None:
            yield Difference(rule, outcome, "finding", _finding(before), _finding(after))
            continue
        for field in dict.fromkeys((*_FIRST, *before, *after)):
            if before.get(field, _ABSENT) != after.get(field, _ABSENT):
                yield Difference(rule, outcome, field, *map(_shown, (before.get(field), after.get(field))))
    if list(old) != list(new):
        yield Difference("", "", "findings", *(", ".join(rule for rule, _ in each)[:_LONGEST] for each in (old, new)))


def _numbered(document: Document) -> dict[tuple[str, int], Mapping[str, Any]]:
    """Return the findings by rule and by which of its findings it is, in their order."""
    found: dict[tuple[str, int], Mapping[str, Any]] = {}
    counts: dict[str, int] = {}
    for each in document.get("findings", ()):
        rule = str(each["rule"])
        found[rule, counts.get(rule, 0)] = each
        counts[rule] = counts.get(rule, 0) + 1
    return found


def _finding(finding: Mapping[str, Any] | None) -> str:
    return f"{finding['outcome']}: {finding['message']}"[:_LONGEST] if finding else NONE


def _in_the_rest(recorded: Document, again: Document) -> Iterator[Difference]:
    for key in dict.fromkeys((*recorded, *again)):
        if key != "findings":
            yield from _below(key, recorded.get(key, _ABSENT), again.get(key, _ABSENT))


def _below(where: str, before: Any, after: Any) -> Iterator[Difference]:
    """Yield the innermost values that differ below a place of the document, in its order."""
    if isinstance(before, Mapping) and isinstance(after, Mapping):
        for key in dict.fromkeys((*before, *after)):
            yield from _below(f"{where}.{key}", before.get(key, _ABSENT), after.get(key, _ABSENT))
    elif _is_list(before) and _is_list(after):
        for at in range(max(len(before), len(after))):
            yield from _below(f"{where}[{at}]", *(each[at] if at < len(each) else _ABSENT for each in (before, after)))
    elif before is _ABSENT or after is _ABSENT or (before, type(before)) != (after, type(after)):
        yield Difference("", "", where, _shown(before), _shown(after))


def _is_list(value: Any) -> bool:
    return isinstance(value, Sequence) and not isinstance(value, str)


def _shown(value: Any) -> str:
    if value is _ABSENT:
        return NONE
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, sort_keys=True)
    return text[:_LONGEST]
