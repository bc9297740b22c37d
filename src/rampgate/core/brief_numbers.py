"""The numbers of a brief, computed again from the counts: metrics before and now, and metrics by group.

Shown are the metrics that the rules of this decision look at, and those that a reader of the kind of evidence expects.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from rampgate.core.bound import BoundRule
from rampgate.model.brief import Figure, MetricRow
from rampgate.model.evidence import Evidence
from rampgate.model.facts import EvidenceFile, Facts, VersionFacts
from rampgate.model.sourced import Missing
from rampgate.rules._differences import between
from rampgate.rules._evidence import EvidenceParams, misfits
from rampgate.rules._metrics import number, rate_metric
from rampgate.rules._values import REGRESSION_METRICS, Value, is_known, values_of
from rampgate.stats.intervals import Interval

MOST_METRICS: Final = 24
USUAL: Final = {
    "performance": ("accuracy", "true_positive_rate", "false_positive_rate", "precision"),
    "fairness": ("accuracy",),
    "rate": ("rate",),
    "regression": REGRESSION_METRICS,
}
"""Kind of evidence -> the metrics that are shown though no rule names them."""


@dataclass(frozen=True, slots=True)
class _Other:
    """What the subject is compared with: a version of which files are taken, and how to call it."""

    version: VersionFacts
    name: str


def metrics_of(facts: Facts, rules: Sequence[BoundRule]) -> tuple[list[MetricRow], list[str]]:
    """Return a row for each metric of the subject's evidence, and why files with numbers are not shown."""
    if isinstance(facts.subject, Missing):
        return [], []
    rows: dict[tuple[str | None, ...], MetricRow] = {}
    left_out = []
    for file in facts.subject.evidence:
        if isinstance(file.content, Missing):
            left_out.append(f"{file.path}: {file.content.why}")
            continue
        evidence = file.content.noun
        if evidence.kind not in USUAL:
            continue
        reasons = misfits(evidence, EvidenceParams(), facts.subject, facts.today)
        if reasons:
            left_out.append(f"{file.path}: {'; '.join(reasons)}")
            continue
        for row in _rows(file.path, evidence, facts, _asked(evidence.kind, rules)):
            data = (row.metric, evidence.population, evidence.stage, evidence.subject.dataset or file.path)
            if data not in rows or (row.asked and not rows[data].asked):
                rows[data] = row
    return sorted(rows.values(), key=lambda row: not row.asked), left_out


def _asked(kind: str, rules: Sequence[BoundRule]) -> tuple[str, ...]:
    """Return the metrics of everybody that the rules name for a kind of evidence."""
    named = [bound.params.metric for bound in rules if _is_about_everybody(bound) and bound.params.evidence == kind]
    return tuple(dict.fromkeys(_canonical(name) for name in named if is_known(name)))


def _is_about_everybody(bound: BoundRule) -> bool:
    within = bound.kind.id == "evidence.metric_within" and bound.params.group == "overall"
    return within or bound.kind.id == "evidence.no_worse_than"


def _canonical(name: str) -> str:
    metric = rate_metric(name)
    return metric.name if metric else name


def _rows(path: str, evidence: Evidence, facts: Facts, asked: Sequence[str]) -> Iterator[MetricRow]:
    others = list(_others(facts))
    for metric in dict.fromkeys((*asked, *USUAL[evidence.kind])):
        value = _overall(evidence, metric)
        if value is None:
            continue
        known = rate_metric(metric)
        better = known.better if known else "lower" if metric in ("mae", "rmse") else "higher" if metric == "r2" else ""
        row = MetricRow(metric, _about(path, evidence), figure_of(value), no_old="nothing on the same data",
                        better="" if better == "neither" else better, asked=metric in asked)  # fmt: skip
        yield _compared(row, value, evidence, metric, others)


def _others(facts: Facts) -> Iterator[_Other]:
    """Yield the incumbent, then the same version as it stands on base."""
    transition = facts.change.transition
    own = transition.version if transition else ""
    for version, each in sorted(facts.siblings_before.items()):
        if version != own and facts.ladder.canonical(each.card.noun.stage) == facts.ladder.last:
            yield _Other(each, f"{version}, at {facts.ladder.last}")
    if not isinstance(facts.before, Missing):
        yield _Other(facts.before, "measured before")


def _compared(row: MetricRow, value: Value, evidence: Evidence, metric: str, others: Sequence[_Other]) -> MetricRow:
    for other in others:
        for file in other.version.evidence:
            old = _of_same_make(file, evidence, metric)
            if old is None:
                continue
            gap = between(value, old, other.name)
            return MetricRow(
                row.metric, row.about, row.new, figure_of(old), other.name, "",
                "" if gap.value is None else _signed(number(gap.value)),
                "" if gap.interval is None else span(gap.interval),
                row.better, row.asked,
            )  # fmt: skip
    return row


def _of_same_make(file: EvidenceFile, evidence: Evidence, metric: str) -> Value | None:
    """Return the metric of another file of the same kind, population and data, or None; itself is no other."""
    if isinstance(file.content, Missing) or file.content.noun == evidence:
        return None
    other = file.content.noun
    one, two = other.subject.dataset, evidence.subject.dataset
    if other.kind != evidence.kind or other.population != evidence.population or one is None or one != two:
        return None
    return _overall(other, metric)


def _overall(evidence: Evidence, metric: str) -> Value | None:
    """Return the metric of everybody, or None where the evidence has no table that gives it."""
    try:
        values = values_of(evidence, metric, ())
    except ValueError:
        return None
    return values[0] if len(values) == 1 else None


def figure_of(value: Value) -> Figure:
    """Return a value as a reader sees it; `undefined` stays a word."""
    return Figure(number(value.value), value.n, "" if value.interval is None else span(value.interval), value.hidden)


def span(interval: Interval) -> str:
    """Return an interval as `low to high`."""
    return f"{number(interval.low)} to {number(interval.high)}"


def _signed(text: str) -> str:
    return text if text.startswith("-") or not text.strip("0.") else f"+{text}"


def _about(path: str, evidence: Evidence) -> str:
    data = evidence.subject.dataset_name or (evidence.source.uri if evidence.source else path)
    stage = f" at {evidence.stage}" if evidence.stage else ""
    window = f", {evidence.window.from_} to {evidence.window.to}" if evidence.window else ""
    return f"{evidence.population}{stage}, {data}{window}"
