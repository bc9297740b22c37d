"""A sample of decisions: for a terminal, as JSON `rampgate/history-sample/v1`, and as a table."""

from __future__ import annotations

from typing import Final

from rampgate.model.history_views import Sample
from rampgate.reports.history_log import HEADER, cells, entry_lines, filters_words, population_json
from rampgate.reports.history_table import table_csv
from rampgate.reports.history_words import entry_json, json_text
from rampgate.reports.text import Paint, no_paint, wrapped

SCHEMA: Final = "rampgate/history-sample/v1"
METHOD: Final = "the smallest of sha256(seed + ':' + sha256 of the record)"
_WIDTH: Final = 100


def render_text(sample: Sample, *, width: int = 0, paint: Paint = no_paint) -> str:
    """Return how it was drawn, the numbers, and a line for each, ending in a newline. width: see `history_log`."""
    numbers = ", ".join(str(each.entry.seq) for each in sample.drawn) or "none"
    listing = sample.population
    population = f"{len(listing.entries)} records{filters_words(listing)}"
    told = (
        f"{len(sample.drawn)} of {population}, by the seed {sample.seed}: {numbers}",
        f"the history of {listing.repository} has {listing.size} records; the newest is {listing.head}",
        f"drawn are {METHOD}; with `--size {listing.size}` the same are drawn later, when the history is longer",
    )
    lines = [line for each in told for line in wrapped(each, width or _WIDTH, "")]
    lines += [""] if sample.drawn else []
    for each in sample.drawn:
        lines += entry_lines(each.entry, listing.corrected.get(each.entry.seq), 6, width, paint)
    return "\n".join(lines) + "\n"


def render_json(sample: Sample) -> str:
    """Return the sample as JSON text of a stable order, ending in a newline."""
    listing = sample.population
    value = {
        "schema": SCHEMA,
        **population_json(listing),
        "population": len(listing.entries),
        "seed": sample.seed,
        "asked": sample.asked,
        "method": METHOD,
        "drawn": [
            {"rank": each.rank, "key": each.key, **entry_json(each.entry, listing.corrected.get(each.entry.seq))}
            for each in sample.drawn
        ],
    }
    return json_text(value)


def render_csv(sample: Sample) -> str:
    """Return a table with a row for each entry that was drawn."""
    corrected = sample.population.corrected
    rows = ([str(each.rank), *cells(each.entry, corrected.get(each.entry.seq))] for each in sample.drawn)
    return table_csv(("rank", *HEADER), rows)
