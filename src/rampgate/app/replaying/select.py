"""Which records of a history are to be judged again."""

from __future__ import annotations

from dataclasses import dataclass, field

from rampgate.app.history.log import listed
from rampgate.app.history.open_history import OpenHistory
from rampgate.app.history.show import meant
from rampgate.formats.record import SealedRecord
from rampgate.model.history_views import Entry, Filters


@dataclass(frozen=True, slots=True)
class Selection:
    """Which records are meant: by their ids, else by filters; without either, all."""

    ids: tuple[str, ...] = ()
    filters: Filters = field(default_factory=Filters)


def places(history: OpenHistory, selection: Selection) -> list[int] | None:
    """Return the places of the records that are meant, in order; None for all of them.

    Raises UsageProblem for an id or a name that means nothing, NotBelieved for a history that is not to be believed.
    """
    if selection.ids:
        entries = history.entries()
        return sorted({meant(entries, id_).seq for id_ in selection.ids})
    if selection.filters.given:
        return [each.seq for each in listed(history, selection.filters).entries]
    return None


def title_of(sealed: SealedRecord) -> str:
    """Return what a record is about, in a line, as lists of the history say it."""
    return Entry(sealed.record, sealed.digest).title
