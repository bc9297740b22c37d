"""From a record to its line in a list: what is kept of it, and whose hand was in it.

Ten thousand records with all their findings are some hundred megabytes; what lists are made of is a tenth.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from types import MappingProxyType
from typing import Any, Final

from rampgate.model.history_views import Deed, Entry, Hand
from rampgate.model.record import Record

_NOTHING: Final[Mapping[str, Any]] = MappingProxyType({})


def entry_of(
    record: Record, digest: str, excused: Mapping[str, Any] = _NOTHING, stated: Iterable[tuple[str, Any]] = ()
) -> Entry:
    """Return a record as it is listed.

    digest: of its envelope. excused: `excused_by` of its decision document, empty where nothing is excused. stated:
    kind and plain value of the statements that came with it.
    """
    return Entry(without_findings(record), digest, tuple(hands(record, excused, stated)))


def without_findings(record: Record) -> Record:
    """Return a record without the long lists of its decision."""
    if record.decision is None:
        return record
    brief = record.decision.model_copy(update={"findings": (), "not_applicable": (), "inputs": (), "ignored": ()})
    return record.model_copy(update={"decision": brief})


def hands(record: Record, excused: Mapping[str, Any], stated: Iterable[tuple[str, Any]]) -> Iterator[Hand]:
    """Yield everybody who had a hand in a decision: who opened, who approved, who granted, who bypassed."""
    if record.pull is not None:
        yield Hand(record.pull.author, Deed.OPENED)
    for approval in record.decision.counted if record.decision else ():
        yield Hand(approval.person, Deed.APPROVED, approval.roles)
    yield from dict.fromkeys((*_excusing(excused), *_stating(stated)))


def _excusing(excused: Mapping[str, Any]) -> Iterator[Hand]:
    for each in _listed(excused, "waivers"):
        yield Hand(str(each["approved_by"]), Deed.GRANTED, what=str(each["id"]))
    for each in _listed(excused, "break_glass"):
        yield from (Hand(str(each[key]), Deed.BYPASSED, what=str(each["id"])) for key in ("by", "second"))


def _stating(stated: Iterable[tuple[str, Any]]) -> Iterator[Hand]:
    """Yield who is named in statements; what went past the gate may name nobody, or be no statement at all."""
    for kind, value in stated:
        if not isinstance(value, Mapping):
            continue
        if kind == "waiver" and isinstance(value.get("approved_by"), str):
            yield Hand(value["approved_by"], Deed.GRANTED, what=str(value.get("id", "")))
        elif kind == "break-glass":
            names = (value.get(key) for key in ("by", "second"))
            yield from (Hand(name, Deed.BYPASSED) for name in names if isinstance(name, str))


def _listed(excused: Mapping[str, Any], key: str) -> Sequence[Mapping[str, Any]]:
    found: Sequence[Mapping[str, Any]] = excused.get(key, ())
    return found
