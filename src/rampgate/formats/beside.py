"""What evidence with counts of labels tells beside plain rates: the trivial model, disparities, impact ratios, scores.

Everything is computed from the counts, and from the table of scores where there is one; the same functions serve
whoever writes evidence, whoever verifies it and the rules.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Final

from rampgate.formats.measured import impact_ratios as impact
from rampgate.formats.measured import score_quality as scores
from rampgate.formats.measured._base import Key, Told
from rampgate.formats.measured._score_table import scores_of
from rampgate.formats.measured.disparities import DISPARITIES, P_VALUES, tell_disparities
from rampgate.model.evidence import Evidence, Measure
from rampgate.stats.bootstrap import PLAIN, Resampler
from rampgate.stats.counts import CountsTable, Group
from rampgate.stats.rates import majority_share, trivial_f1

TRIVIAL: Final[Mapping[str, str]] = MappingProxyType(
    {
        "trivial_accuracy": "the accuracy of always giving the more frequent class",
        "trivial_f1": "the F1 score of always giving the positive class",
    }
)
"""What a model that looks at nothing would reach, on the same rows."""

BESIDE: Final[Mapping[str, str]] = MappingProxyType(
    {
        **TRIVIAL,
        **DISPARITIES,
        **P_VALUES,
        impact.IMPACT_RATIO: "the category's rate divided by the highest rate",
        **scores.METRICS,
    }
)
"""Every metric that counts tell beside rates, in words."""

WITH_INTERVAL: Final = scores.WITH_INTERVAL | {impact.IMPACT_RATIO}
"""Those of one group of which an interval is known."""


def tell_trivial(table: CountsTable, by: Group) -> Iterator[Told]:
    """Yield what the trivial model reaches in every group."""
    if table.kind != "confusion":
        return
    for group, cells in table.marginal(by).groups().items():
        named = dict(zip(by, group, strict=True))
        for name, rate in (("trivial_accuracy", majority_share(cells)), ("trivial_f1", trivial_f1(cells))):
            yield Told(name, rate.n, rate.value, None, named)


@dataclass(slots=True)
class Beside:
    """What one file tells beside rates; each family is computed when the first of it is asked for."""

    evidence: Evidence
    table: CountsTable
    resampler: Resampler = PLAIN
    found: dict[tuple[str, Group], dict[Key, Told]] = field(default_factory=dict)

    def of(self, measure: Measure) -> Told | None:
        """Return what the counts give for a recorded measure, None where they give no such thing."""
        group = measure.by or tuple(measure.group)
        key = (measure.metric, frozenset(measure.group.items()), measure.by)
        return self.family(measure.metric, group).get(key)

    def family(self, metric: str, group: Group) -> dict[Key, Told]:
        """Return all that is told together with a metric by some columns; raises ValueError for broken tables."""
        name = next((name for name, metrics in _FAMILIES.items() if metric in metrics), "")
        if (name, group) not in self.found:
            self.found[name, group] = {each.key: each for each in self._tell(name, group)}
        return self.found[name, group]

    def _tell(self, family: str, by: Group) -> Iterator[Told]:
        if family == "trivial":
            yield from tell_trivial(self.table, by)
        elif family == "disparities":
            yield from tell_disparities(self.table, by, self.resampler)
        elif family == "scores":
            yield from scores.tell_scores(self.evidence)
        elif family == "impact":
            settings = impact.settings_of(self.evidence)
            yield from () if settings is None else impact.tell_impact_ratios(self.table, settings, by)


_FAMILIES: Final[Mapping[str, Mapping[str, str]]] = MappingProxyType(
    {
        "trivial": TRIVIAL,
        "disparities": {**DISPARITIES, **P_VALUES},
        "scores": scores.METRICS,
        "impact": {impact.IMPACT_RATIO: ""},
    }
)


def faults_beside(evidence: Evidence, table: CountsTable) -> Iterator[str]:
    """Yield where what stands beside the counts is not about the same rows; raises ValueError for broken tables."""
    found = scores_of(evidence)
    if found is not None:
        yield from scores.differences_from(found, table)
    yield from impact.differences_from(evidence, table)
