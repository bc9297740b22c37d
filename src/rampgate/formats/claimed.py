"""Numbers that another tool reported without counts: which metrics they may be, and what is wrong with them."""

from __future__ import annotations

from collections.abc import Iterator

from rampgate.formats.beside import BESIDE
from rampgate.formats.measured.disparities import DISPARITIES
from rampgate.formats.measured.registry import BY_KIND
from rampgate.formats.suggest import did_you_mean
from rampgate.model.evidence import Evidence
from rampgate.stats.rates import ALIASES, METRICS

ERRORS = ("mae", "rmse", "bias", "r2")


def metrics_of(kind: str) -> tuple[str, ...]:
    """Return the metrics that evidence of a kind can tell, none for a kind that tells results alone."""
    if kind in BY_KIND:
        return tuple(BY_KIND[kind].metrics)
    if kind == "regression":
        return ERRORS
    if kind == "rate":
        return ("rate",)
    if kind not in ("performance", "fairness"):
        return ()
    rates = tuple(name for name, metric in METRICS.items() if metric.table == "confusion")
    return (*rates, *ALIASES, *(name for name in BESIDE if name not in DISPARITIES))


def rests_on_claims(evidence: Evidence) -> bool:
    """Return whether nothing in evidence can be computed again: it holds what another tool said, and no counts."""
    return bool(evidence.claimed) and all(each is None for each in (evidence.counts, evidence.sums, evidence.tables))


def _has_tables(evidence: Evidence) -> bool:
    """Return whether there is something that measures of this kind can be computed from."""
    if evidence.counts is not None or evidence.sums is not None:
        return True
    return evidence.tables is not None and evidence.kind in BY_KIND


def claim_faults(evidence: Evidence) -> Iterator[str]:
    """Yield what is wrong with claimed numbers: unknown metrics, one number twice, measures that rest on nothing."""
    known = metrics_of(evidence.kind)
    seen: set[tuple[str, frozenset[tuple[str, str]]]] = set()
    for number, claim in enumerate(evidence.claimed, start=1):
        place = f"claimed {number}, `{claim.metric}` of {dict(claim.group) or 'everybody'}"
        key = (ALIASES.get(claim.metric, claim.metric), frozenset(claim.group.items()))
        if claim.metric not in known:
            yield f"{place}: evidence of kind `{evidence.kind}` has no such metric{did_you_mean(claim.metric, known)}"
        if key in seen:
            yield f"{place}: a metric of a group is claimed once"
        seen.add(key)
    if evidence.measures and not _has_tables(evidence):
        yield "measures: they need counts to rest on; what another tool reported without counts is `claimed`"
