"""The preset `nyc-ll144`: the bias audit that New York City wants of an automated employment decision tool.

For selections, how many of each sex, race or ethnicity and both together were selected; for scores, how many scored
above the median of all. Each rate is divided by the highest one. Source: 6 RCNY 5-301.
"""

# ruff: noqa: S608 (names of columns are quoted by the dialect, the rest are our own numbers)

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from rampgate.errors import InvalidInput, Problem, UsageProblem
from rampgate.formats.measured._base import Told
from rampgate.formats.measured._score_table import as_text
from rampgate.formats.measured.impact_ratios import (
    LEAST_SHARE,
    PRESET,
    UNKNOWN_WORDS,
    left_out,
    splits_of,
    tell_impact_ratios,
    unknown_rows,
)
from rampgate.measure.cells import MOST_CELLS, RawTable, check_columns, count_cells, grouped
from rampgate.measure.crosscheck import SKIPPED, check_rates
from rampgate.measure.engines import Relation, open_request, provenance
from rampgate.measure.engines._base import RELATION
from rampgate.measure.evidence import evidence_of, group_words, measured_rates, rate_entry, shown, told_entry
from rampgate.measure.labels import counts_table, look_alikes
from rampgate.measure.options import refuse_others
from rampgate.measure.request import Measurement, MeasureRequest
from rampgate.measure.scores import check_scores, scaled_score
from rampgate.stats.counts import CountsTable, Group
from rampgate.stats.rates import Rate

NAME = "nyc-ll144"


@dataclass(frozen=True, slots=True)
class _Counted:
    """What was counted; `doubled_median` is that of all scores, times two, in 10^-9, or None for selections."""

    raw: RawTable
    table: CountsTable
    source: dict[str, Any]
    doubled_median: int | None = None


def audited_by_nyc_ll144(request: MeasureRequest, now: datetime) -> Measurement:
    """Return fairness evidence as the preset wants it; raises as `rampgate.measure.measure` does."""
    _check(request)
    counted = _count(request)
    table, settings = counted.table, _settings(request, counted)
    splits: list[Group] = [(), *splits_of(settings)]
    measured = measured_rates(table, ["rate"], splits)
    told = [each for by in splits[1:] for each in tell_impact_ratios(table, settings, by)]
    content = {
        "counts": {"columns": table.column_names(), "rows": table.rows()},
        "measures": [*(rate_entry(*each) for each in measured), *map(told_entry, told)],
        "crosscheck": check_rates(table, measured) if request.crosscheck else SKIPPED,
        "results": {PRESET: settings},
    }
    source = counted.source
    evidence = evidence_of(
        "fairness", request, now, digest=source["digest"], rows=source["rows"], content=content, source=source
    )
    rates = {(columns, group): rate for columns, group, _, rate in measured}
    header = ("category", "n", "rate", "impact ratio (95% interval)")
    warnings = look_alikes(counted.raw, len(request.by))
    return Measurement(evidence, header, _lines(rates, told), tuple(_notes(settings, counted)), tuple(warnings))


def _check(request: MeasureRequest) -> None:
    if len(request.by) != 2:
        raise UsageProblem(f"`--preset {NAME}` needs the columns of sex and of race or ethnicity: `--by SEX,RACE`")
    if (request.outcome is None) == (request.y_score is None):
        words = "either who was selected, `--outcome COLUMN`, or the score, `--y-score COLUMN`"
        raise UsageProblem(f"`--preset {NAME}` needs {words}")
    if request.justification is not None and not request.justification.strip():
        raise UsageProblem("categories may be left out with a justification, and it is empty")
    if request.unknown.strip().casefold() not in UNKNOWN_WORDS:
        listed = ", ".join(f"`{word}`" for word in UNKNOWN_WORDS)
        raise UsageProblem(f"`{request.unknown}` is no name of an unknown category; the data may use {listed}")
    takes = ("by", "preset", "unknown", "justification", "truth")
    seen = ("outcome", "positive") if request.y_score is None else ("y_score",)
    refuse_others(f"`--preset {NAME}`", request, takes=(*takes, *seen))


def _count(request: MeasureRequest) -> _Counted:
    with open_request(request) as relation:
        if request.y_score is None:
            raw, median = count_cells(relation, group_columns=request.by, label_columns=[str(request.outcome)]), None
        else:
            raw, median = _count_above_median(relation, request)
        table = counts_table(
            raw, request.data, groups=request.by, labels=("outcome",), positive=request.positive, scored=False
        )
        return _Counted(raw, table, provenance(relation), median)


def _count_above_median(relation: Relation, request: MeasureRequest) -> tuple[RawTable, int]:
    """Return how many of each category score above the median of everybody, and twice that median."""
    check_columns(relation, request.by, [str(request.y_score)])
    check_scores(relation, request)
    score, who = scaled_score(relation, request), relation.identity()
    first, places = (who.rows - 1) // 2, 2 - who.rows % 2
    # The two in the middle of an even number, the one in the middle of an odd one.
    text = f"SELECT {score} AS score FROM {RELATION} ORDER BY score LIMIT {places} OFFSET {first}"
    middle = [int(row[0]) for row in relation.query(text, keep=True)]
    doubled = sum(middle) * (2 // len(middle))
    # Twice a score may be more than 64 bits hold; the half of a whole number, rounded down, divides scores alike.
    above = f"CASE WHEN {score} > {doubled // 2} THEN '1' ELSE '0' END"
    cells = grouped(relation, [*map(relation.dialect.quoted, request.by), above], ["COUNT(*)"])
    if len(cells) > MOST_CELLS:
        message = f"the columns have more than {MOST_CELLS:,} combinations of values"
        raise InvalidInput([Problem(relation.name, message, fix="name the columns of sex and of race or ethnicity")])
    return RawTable((*request.by, str(request.y_score)), tuple(cells), who.rows, who.digest), doubled


def _settings(request: MeasureRequest, counted: _Counted) -> dict[str, Any]:
    """Return how the audit was made and whom it leaves out, as evidence says it."""
    settings: dict[str, Any] = {
        "kind": "selection" if counted.doubled_median is None else "scoring",
        "sex": request.by[0],
        "race": request.by[1],
        "unknown": request.unknown,
        "least_share": "0" if request.justification is None else str(LEAST_SHARE),
        "justification": request.justification or "",
    }
    if counted.doubled_median is not None:
        settings["median"] = as_text(counted.doubled_median * 5, places=10)
    return settings | {
        "excluded": left_out(counted.table, settings),
        "unknown_rows": unknown_rows(counted.table, settings),
    }


def _lines(rates: dict[tuple[Group, Group], Rate], told: list[Told]) -> tuple[tuple[str, ...], ...]:
    ratios = {frozenset(each.group.items()): shown(each.value, each.interval) for each in told}
    return tuple(
        (
            group_words(columns, group),
            f"{rate.n:,}",
            shown(rate.value),
            ratios.get(frozenset(zip(columns, group, strict=True)), "not compared") if columns else "",
        )
        for (columns, group), rate in rates.items()
    )


def _notes(settings: dict[str, Any], counted: _Counted) -> Iterator[str]:
    if counted.doubled_median is not None:
        yield f"a rate is the share above the median score of all, {settings['median']}"
    for each in settings["excluded"]:
        name = ", ".join(f"{column}={value}" for column, value in each["group"].items())
        yield f"excluded, having less than 2% of the rows: {name}, n {each['n']:,}, rate {each['rate']}"
    if settings["excluded"]:
        yield f"justification: {settings['justification']}"
    known = ", ".join(f"{rows:,} by {by}" for by, rows in settings["unknown_rows"].items())
    yield f"rows of an unknown category, which are not compared: {known}"
