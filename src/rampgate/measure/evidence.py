"""Builds the content of an evidence file from a table: provenance, groups left out, measures as decimal texts."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from decimal import ROUND_HALF_EVEN, Decimal, localcontext
from fractions import Fraction
from typing import Any

import rampgate
from rampgate.errors import InvalidInput, Problem, UsageProblem
from rampgate.formats.measured._base import Told
from rampgate.measure.request import MeasureRequest
from rampgate.stats.counts import CountsTable, Group
from rampgate.stats.intervals import Interval, as_decimal
from rampgate.stats.normal import WORKING
from rampgate.stats.rates import METRICS, Rate, evaluate

SCHEMA = "rampgate/evidence/v1"

_PLACES = Decimal("1e-12")


def evidence_of(
    kind: str,
    request: MeasureRequest,
    now: datetime,
    *,
    digest: str,
    rows: int,
    content: dict[str, Any],
    source: dict[str, Any] | None = None,
) -> dict[str, Any]:
    """Return the evidence: what was measured, by whom, from which data, and then the content.

    source: what `rampgate.measure.engines.provenance` told of the table; with it come engine, SQL and fingerprint.
    """
    subject = {"model": request.model, "version": request.version, "artifact": request.artifact, "dataset": digest}
    if request.dataset_name is not None:
        subject["dataset_name"] = request.dataset_name
    evidence: dict[str, Any] = {"schema": SCHEMA, "kind": kind, "subject": subject, "population": request.population}
    if request.stage is not None:
        evidence["stage"] = request.stage
    if (request.window_from is None) != (request.window_to is None):
        raise UsageProblem("a window needs both its first and its last day")
    if request.window_from is not None:
        evidence["window"] = {"from": request.window_from, "to": request.window_to}
    produced = {"by": request.produced_by, "tool": "rampgate", "tool_version": rampgate.__version__}
    if request.command is not None:
        produced["command"] = request.command
    produced["at"] = now.astimezone(UTC).replace(microsecond=0).strftime("%Y-%m-%dT%H:%M:%SZ")
    evidence["produced"] = produced
    # The name alone: a folder on someone's machine is no address, and tells who they are.
    first = str((source or {}).get("uri", request.data.name))
    names = ", ".join([first, *(path.name for path in request.pool)])
    evidence["source"] = {**(source or {}), "uri": names, "digest": digest, "rows": rows}
    return evidence | content


def suppressed_groups(sizes: dict[Group, int], columns: Group, request: MeasureRequest) -> list[Group]:
    """Return the groups with fewer rows than `min_cell`, all of them if there are no group columns.

    Raises InvalidInput if none would be left; UsageProblem for a minimum below 0.
    """
    if request.min_cell < 0:
        raise UsageProblem(f"the least number of rows of a group is at least 0, found {request.min_cell}")
    small = sorted(group for group, rows in sizes.items() if rows < request.min_cell)
    if small and len(small) == len(sizes):
        words = (
            f"every group has fewer than {request.min_cell} rows" if columns else f"fewer than {request.min_cell} rows"
        )
        raise InvalidInput([Problem(str(request.data), f"{words}, so nothing is left to report")])
    return small


def suppression_of(small: Sequence[Group], columns: Group, request: MeasureRequest) -> dict[str, Any]:
    """Return the part of evidence that says which groups were left out, and under which minimum."""
    listed = [dict(zip(columns, group, strict=True)) for group in small]
    return {"minimum_cell": request.min_cell, "suppressed": listed}


def splits_of(columns: Group, *, each_column: bool) -> list[Group]:
    """Return the sets of columns to report by: none, each column where asked for, all of them."""
    singles = [(name,) for name in columns] if each_column and len(columns) > 1 else []
    return [(), *singles, *([columns] if columns else [])]


def measured_rates(
    table: CountsTable, metrics: Iterable[str], splits: Iterable[Group]
) -> list[tuple[Group, Group, str, Rate]]:
    """Return (columns, group, metric, rate) for every metric of every group of every split."""
    names = list(metrics)
    return [
        (split, group, name, evaluate(METRICS[name], cells))
        for split in splits
        for group, cells in table.marginal(split).groups().items()
        for name in names
    ]


def rate_entry(columns: Group, group: Group, name: str, rate: Rate) -> dict[str, Any]:
    """Return one rate as evidence writes it."""
    metric = METRICS[name]
    entry: dict[str, Any] = {"metric": name, "group": dict(zip(columns, group, strict=True)), "n": rate.n}
    if metric.is_proportion:
        entry["k"] = rate.k
    entry["value"] = None if rate.value is None else decimal_text(rate.value)
    entry["interval"] = interval_entry(rate.interval() if metric.is_proportion else None)
    return entry


def told_entry(told: Told) -> dict[str, Any]:
    """Return what tables tell as evidence writes it."""
    entry: dict[str, Any] = {"metric": told.metric, "group": dict(told.group)}
    entry |= {"by": list(told.by)} if told.by else {}
    entry |= {"n": told.n, "value": None if told.value is None else decimal_text(told.value)}
    return entry | {"interval": interval_entry(told.interval)}


def told_words(told: Told) -> tuple[str, str, str]:
    """Return whom it is about, the metric and its value with the interval, for people."""
    whom = (
        f"between groups by {', '.join(told.by)}"
        if told.by
        else group_words(tuple(told.group), (*told.group.values(),))
    )
    return whom, told.metric, shown(told.value, told.interval)


def interval_entry(interval: Interval | None) -> dict[str, str] | None:
    """Return an interval as evidence writes it."""
    if interval is None or not interval.high.is_finite():
        return None
    low, high = f"{interval.low:f}", f"{interval.high:f}"
    return {"level": str(interval.level), "low": low, "high": high, "method": interval.method}


def decimal_text(value: Fraction | Decimal) -> str:
    """Return a value with 12 decimal places, rounded half to even."""
    with localcontext(WORKING):
        exact = value if isinstance(value, Decimal) else as_decimal(value)
        return f"{exact.quantize(_PLACES, ROUND_HALF_EVEN) + 0:f}"


def shown(value: Fraction | Decimal | None, interval: Interval | None = None) -> str:
    """Return a value with 4 decimal places and its interval, for people; `undefined` where there is none."""
    if value is None:
        return "undefined"
    with localcontext(WORKING):
        exact = value if isinstance(value, Decimal) else as_decimal(value)
        text = f"{exact:.4f}"
    if interval is None:
        return text
    low, high = interval.rounded(4)
    return f"{text} ({low:f} to {high:f})"


def group_words(columns: Group, group: Group) -> str:
    """Return a group in words, such as `sex=Female, race=Other`, or `everybody`."""
    return ", ".join(f"{name}={value}" for name, value in zip(columns, group, strict=True)) or "everybody"
