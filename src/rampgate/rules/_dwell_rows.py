"""Whether enough rows of evidence were gathered while a version stood where it stands.

The rows of all files add up; of windows that share days only one counts, and none that began before the stay.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from rampgate.model.evidence import EvidenceKind
from rampgate.model.facts import Facts
from rampgate.model.finding import Answer
from rampgate.model.history import Stay
from rampgate.model.sourced import Missing
from rampgate.model.vocabulary import Outcome
from rampgate.rules._base import missing, subject_of
from rampgate.rules._dwell import moment_of
from rampgate.rules._evidence import EvidenceParams, Fit, Population, current_stage, matching
from rampgate.rules._more_rows import Need, way_out
from rampgate.rules.evidence_present import rows_of


@dataclass(frozen=True, slots=True)
class Asked:
    """What must have been gathered: rows of evidence of a kind, about a population."""

    kind: EvidenceKind
    population: Population
    min_rows: int


@dataclass(frozen=True, slots=True)
class Window:
    """The days that a file of evidence is about, both inclusive, and how many rows it rests on."""

    first: date
    last: date
    rows: int
    fit: Fit


def enough_rows(asked: Asked, stay: Stay, facts: Facts) -> Iterator[Answer]:
    """Yield every file that is no answer, and then whether the rows of the others are enough."""
    try:
        started = moment_of(stay.since).date()
    except ValueError:
        yield missing(Missing(f"record {stay.seq} says `{stay.since[:40]}`, which is no moment"))
        return
    windows: list[Window] = []
    fits: list[Fit] = []
    outside: list[str] = []
    for each in matching(asked.kind, EvidenceParams(population=asked.population, stage="current"), facts):
        if isinstance(each, Answer):
            yield each
            continue
        fits.append(each)
        found = _window(each, started)
        if isinstance(found, Window):
            windows.append(found)
        else:
            outside.append(f"`{each.file.path}` {found}")
    if fits:
        yield _answer(asked, windows, fits, outside, facts)


def _window(fit: Fit, started: date) -> Window | str:
    """Return the window of a file, or why its rows do not count."""
    window = fit.evidence.window
    if window is None:
        return "names no window of days"
    try:
        first, last, rows = date.fromisoformat(window.from_), date.fromisoformat(window.to), rows_of(fit.evidence)
    except ValueError as error:
        return f"can not be counted: {error}"
    if rows is None:
        return "does not say on how many rows it rests"
    if first > last:
        return "has a window that ends before it begins"
    if first < started:
        return f"begins on {first}, and the stay began on {started}"
    return Window(first, last, rows, fit)


def most_rows(windows: Sequence[Window]) -> list[Window]:
    """Return those windows, no two of which share a day, that hold the most rows together."""
    ordered = sorted(windows, key=lambda each: (each.last, each.first, each.fit.file.path))
    ends = [each.last for each in ordered]
    best: list[tuple[int, list[Window]]] = [(0, [])]
    for at, window in enumerate(ordered):
        rows, chosen = best[bisect_left(ends, window.first, 0, at)]
        taken = (rows + window.rows, [*chosen, window])
        best.append(max(best[at], taken, key=lambda each: each[0]))
    return best[-1][1]


def _answer(asked: Asked, windows: list[Window], fits: list[Fit], outside: list[str], facts: Facts) -> Answer:
    counted = most_rows(windows)
    total, apart = sum(each.rows for each in counted), len(windows) - len(counted)
    notes = [*outside, *([f"{apart} of the windows share days with others"] if apart else [])]
    stage = current_stage(facts)
    message = f"{total} rows of `{asked.kind}` evidence about {asked.population} were gathered at `{stage}`"
    message += f" (not counted: {'; '.join(notes)})" if notes else ""
    found, expected = f"{total} rows", f"at least {asked.min_rows} rows"
    place = subject_of(facts).card.at("evidence")
    if total < asked.min_rows:
        last = max(counted, key=lambda each: each.last, default=None)
        more = Need(f"`{asked.kind}` evidence at `{stage}`", last.rows if last else 0, asked.min_rows - total)
        fix = way_out(last.fit if last else fits[-1], facts, [more])
        return Answer(Outcome.INSUFFICIENT, message, found, expected, place, fix)
    claimed = any(isinstance(each.fit.file.signed_by, Missing) for each in counted)
    message += " (claimed: not all of the evidence is signed)" if claimed else ""
    return Answer(Outcome.PASS, message, found, expected, place, attested=claimed)
