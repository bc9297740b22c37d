"""Which entries of the history are meant by a set of filters; a name that nothing knows is refused, not answered."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

from rampgate.core.chronicle import put_right
from rampgate.core.instants import utc_day
from rampgate.errors import UsageProblem
from rampgate.formats.suggest import did_you_mean
from rampgate.model.history_views import Entry, Filters, Listing
from rampgate.model.record import RecordKind
from rampgate.model.vocabulary import Verdict


@dataclass(frozen=True, slots=True)
class Known:
    """Names that exist beside those of the history: models and stages of today, people of today."""

    models: Collection[str] = ()
    stages: Collection[str] = ()
    people: Collection[str] = ()


def listing(entries: Sequence[Entry], filters: Filters, known: Known, repository: str) -> Listing:
    """Return the entries that the filters mean, in order. Raises UsageProblem for a name that nothing knows."""
    entries = sized(entries, filters.size)
    refuse_unknown(entries, filters, known)
    found = [each for each in entries if is_meant(each, filters)]
    shown = found[-filters.newest :] if filters.newest else found
    return Listing(tuple(shown), filters, repository, len(entries), entries[-1].digest, corrections(entries))


def sized(entries: Sequence[Entry], size: int) -> Sequence[Entry]:
    """Return the first so many entries, all for 0. Raises UsageProblem where there are not so many."""
    if size > len(entries):
        raise UsageProblem(f"the history has {len(entries)} records, not {size}; fetch the newer ones")
    return entries[:size] if size else entries


def is_meant(entry: Entry, filters: Filters) -> bool:
    """Return whether every filter that is given fits an entry."""
    asked = filters
    day = utc_day(entry.record.at)
    return (
        (not asked.model or asked.model in entry.record.models)
        and (not asked.stage or asked.stage in entry.stages)
        and (not asked.person or any(each.person == asked.person for each in entry.hands))
        and (not asked.verdict or asked.verdict == entry.verdict)
        and (not asked.kind or asked.kind == entry.record.kind)
        and (not asked.since or asked.since <= day)
        and (not asked.until or day <= asked.until)
        and (not asked.past_the_gate or bool(entry.record.past_the_gate))
    )


def corrections(entries: Iterable[Entry]) -> Mapping[int, int]:
    """Return the place of every record that was put right -> that of the newest record that does it.

    As for the gate: a correction that went past the gate itself puts nothing right, until it is put right in its turn.
    """
    return put_right(each.record for each in entries)


def refuse_unknown(entries: Sequence[Entry], filters: Filters, known: Known) -> None:
    """Raise UsageProblem for a name that is neither in the history nor known today, with the nearest that is."""
    models = {*known.models, *(model for each in entries for model in each.record.models)}
    stages = {*known.stages, *(stage for each in entries for stage in each.stages)}
    people = {*known.people, *(hand.person for each in entries for hand in each.hands)}
    asked: Sequence[tuple[str, str, Collection[str]]] = (
        ("model", filters.model, models),
        ("stage", filters.stage, stages),
        ("person", filters.person, people),
        ("verdict", filters.verdict, [str(each) for each in Verdict]),
        ("kind", filters.kind, [str(each) for each in RecordKind]),
    )
    for what, name, names in asked:
        if name and name not in names:
            listed = f"; there are {', '.join(sorted(names))}" if len(names) <= 15 else ""
            raise UsageProblem(f"no {what} `{name}` is known here{did_you_mean(name, names) or listed}")
    if filters.since and filters.until and filters.until < filters.since:
        raise UsageProblem(f"the days end on {filters.until}, before they begin on {filters.since}")
