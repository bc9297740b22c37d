"""A metric, computed again from the counts, lies within its limits: on the whole, or in every group.

## Why it exists
A model that treats every group alike can do so by being of no use to any of them. The limits say how good it has to
be, and the metric is computed exactly from the counts (or the sums of a regression), never taken from what the
evidence claims.

## Example
```yaml
- id: performance.accuracy
  kind: evidence.metric_within
  title: Most decisions are right
  applies: {tasks: [binary_classification], entering: [canary, ramp, majority, full]}
  effect: block
  with: {evidence: performance, metric: accuracy, at_least: "0.75", min_n: 1000}
- id: assistant.hallucination-rate
  kind: evidence.metric_within
  title: Few answers are made up
  applies: {tasks: [llm_application]}
  effect: block
  with: {evidence: rate, metric: rate, at_most: "0.03", decide_on: lower}
- id: performance.recall-in-every-group
  kind: evidence.metric_within
  title: Nobody's cases are overlooked
  effect: warn
  with: {evidence: fairness, metric: recall, group: every, by: [sex], at_least: "0.60", min_n: 50}
```
Limits are exact decimals, and a limit itself is met. `decide_on: lower` (the cautious side, and the default) passes
if the whole 95% interval lies within the limits, fails if the whole interval lies outside one of them, and is
insufficient otherwise; `upper` fails only if the whole interval lies outside; `point` goes by the estimate, and is the
only way for metrics of which no interval is known (`f1`, `rmse`, `r2`). `min_n` counts the rows that the metric divides
by. Where groups are suppressed, the answer must be the same however their rows turn out. A number that was imported
from another tool without counts is insufficient, unless the rule says `without_counts: allowed` and goes by the
`point`; `min_n` then needs the tool to say on how many rows it rests, and the answer counts as attested.

## How to satisfy it
Measure with `rampgate measure performance`, `rate` or `regression`, `--attach`. If there are too few rows to tell, pool
windows of the same artifact or gather as many more as the fix says.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal
from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from rampgate.model.evidence import EvidenceKind
from rampgate.model.facts import Facts
from rampgate.model.finding import Answer
from rampgate.model.ids import Line
from rampgate.model.vocabulary import Outcome
from rampgate.rules._base import ParamFault, RuleKind, Surroundings
from rampgate.rules._evidence import EvidenceParams, Fit, matching, shown
from rampgate.rules._metrics import column_faults, interval_text, listed, metric_faults, number
from rampgate.rules._more_rows import Need, way_out
from rampgate.rules._values import NO_INTERVAL, REGRESSION_METRICS, TOLD, Value, claimed_values, is_known, values_of
from rampgate.stats.decide import Answer as Told
from rampgate.stats.decide import DecideOn, Direction, decide_interval, rows_needed


class MetricWithin(EvidenceParams):
    """Which metric, where, and within which limits."""

    evidence: EvidenceKind
    """The kind of evidence that is judged, such as `performance`."""
    metric: Line
    """A rate such as `accuracy` or `rate`, or an error of a regression: `mae`, `rmse`, `bias`, `r2`."""
    group: Literal["overall", "every"] = "overall"
    """`overall`: all rows together. `every`: each group by the columns `by`."""
    by: Annotated[tuple[Line, ...], Field(min_length=1)] | None = None
    """The columns whose values make the groups, for `group: every`."""
    at_least: Annotated[Decimal, Field(allow_inf_nan=False)] | None = None
    """The least value; itself enough."""
    at_most: Annotated[Decimal, Field(allow_inf_nan=False)] | None = None
    """The greatest value; itself still allowed."""
    decide_on: DecideOn = "lower"
    """`lower`: the whole interval must lie within. `upper`: it must not lie outside whole. `point`: the estimate."""
    min_n: Annotated[int, Field(ge=1, strict=True)] | None = None
    """The least number of rows that the metric must divide by."""
    without_counts: Literal["refused", "allowed"] = "refused"
    """Whether a number that another tool claims, without counts, may be judged; `allowed` goes by the number alone."""

    @model_validator(mode="after")
    def _says_what_and_where(self) -> Self:
        if self.at_least is None and self.at_most is None:
            raise ValueError("a limit is needed: `at_least`, `at_most`, or both")
        if self.at_least is not None and self.at_most is not None and self.at_least > self.at_most:
            raise ValueError(f"nothing is at least {self.at_least} and at most {self.at_most}")
        if self.without_counts == "allowed" and self.decide_on != "point":
            raise ValueError("a claimed number has no interval, so `without_counts: allowed` needs `decide_on: point`")
        if (self.group == "every") != (self.by is not None):
            raise ValueError("`group: every` needs the columns `by`, and `by` is for `group: every` alone")
        return self

    def limits(self) -> list[tuple[Direction, Decimal]]:
        """Return every limit with its direction."""
        given: list[tuple[Direction, Decimal | None]] = [("at_least", self.at_least), ("at_most", self.at_most)]
        return [(direction, limit) for direction, limit in given if limit is not None]

    @property
    def limits_text(self) -> str:
        """Return the limits in words."""
        return " and ".join(f"{direction.replace('_', ' ')} {limit}" for direction, limit in self.limits())


def lint(params: MetricWithin, surroundings: Surroundings) -> Iterator[ParamFault]:  # noqa: ARG001
    """Yield a metric or columns that can never work, and limits that no rate can miss or meet."""
    yield from metric_faults(params.metric, params.decide_on, also=(*REGRESSION_METRICS, *sorted(TOLD)))
    yield from column_faults(params.by or ())
    if params.metric in NO_INTERVAL and params.decide_on != "point":
        yield ParamFault(("metric",), f"no interval is known for `{params.metric}`", "say `decide_on: point`")
    if params.metric in REGRESSION_METRICS or params.metric in TOLD:
        return
    for direction, limit in params.limits():
        idle = Decimal(0) if direction == "at_least" else Decimal(1)
        if not 0 <= limit <= 1 or limit == idle:
            yield ParamFault((direction,), f"a rate lies between 0 and 1, so {limit} says nothing", "give a share")


def check(params: MetricWithin, facts: Facts) -> Iterator[Answer]:
    """Hold the metric of every matching file against the limits."""
    if not is_known(params.metric):
        yield Answer(Outcome.ERROR, f"unknown metric `{params.metric}`", fix="correct the policy")
        return
    for fit in matching(params.evidence, params, facts, by=params.by or ()):
        if isinstance(fit, Answer):
            yield fit
            continue
        try:
            values = _values(params, fit)
        except ValueError as error:
            yield fit.insufficient(str(error), expected=params.limits_text)
            continue
        answer = _judge(params, values, fit, facts)
        yield replace(answer, attested=True) if any(value.is_claimed for value in values) else answer


def _values(params: MetricWithin, fit: Fit) -> list[Value]:
    """Return the metric of each group: from counts, or as it is claimed where there are none and the rule takes that.

    Raises ValueError where there is neither.
    """
    by = params.by or ()
    claimed = claimed_values(fit.evidence, params.metric, by)
    try:
        counted = values_of(fit.evidence, params.metric, by)
    except ValueError:
        if not claimed:
            raise
        counted = []
    if counted or not claimed:  # what counts give, no claim can replace
        return counted
    if params.without_counts == "allowed":
        return claimed
    tool = fit.evidence.imported.tool if fit.evidence.imported else "another tool"
    raise ValueError(f"`{params.metric}` is a number that {shown(tool)} claims, without the counts that it rests on")


def _judge(params: MetricWithin, values: list[Value], fit: Fit, facts: Facts) -> Answer:
    """Return the worst answer of the groups, with every group that is not within the limits."""
    if not values:
        return fit.insufficient(f"there are no rows to compute {params.metric} from", "none", params.limits_text)
    told = [(value, _tell(params, value)) for value in values]
    failed = [value for value, answer in told if answer == "fail"]
    open_ones = [value for value, answer in told if answer == "insufficient"]
    if failed:
        words = f"{params.metric}{_all(params, failed)}; {params.limits_text} is missed"
        again = f"after a change, measure again: `{fit.measure}`"
        return fit.answer(Outcome.FAIL, words, _found(params, failed), params.limits_text, again)
    if open_ones:
        words = f"{params.metric}{_all(params, open_ones)}; whether {params.limits_text} holds can not be told"
        needs = [need for value in open_ones[:5] if (need := _need(params, value)) is not None]
        return fit.insufficient(words, _found(params, open_ones), params.limits_text, way_out(fit, facts, needs))
    tightest = values if params.by is None else [min(values, key=lambda value: (value.n, value.group))]
    size = "" if params.by is None else f" in all {len(values)} groups; the smallest:"
    words = f"{params.metric}{size}{_all(params, tightest)}; {params.limits_text} is met"
    return fit.answer(Outcome.PASS, words, _found(params, tightest), params.limits_text)


def _tell(params: MetricWithin, value: Value) -> Told:
    """Return the answer of one group: the same for every way in which hidden rows may turn out, or insufficient."""
    if params.min_n is not None and value.n < params.min_n:
        return "insufficient"
    by_limit = [
        [decide_interval(case.value, case.interval, limit, direction, params.decide_on) for case in value.cases]
        for direction, limit in params.limits()
    ]
    if any(set(answers) == {"fail"} for answers in by_limit):
        return "fail"
    return "pass" if all(set(answers) == {"pass"} for answers in by_limit) else "insufficient"


def _all(params: MetricWithin, values: list[Value]) -> str:
    limits = [limit for _, limit in params.limits()]
    parts = []
    for value in values:
        name = f" of {value.name(params.by)}" if params.by else ""
        interval = "" if value.interval is None else f", {interval_text(value.interval, *limits)}"
        hidden = f", and up to {value.hidden} suppressed rows" if value.hidden else ""
        few = f", under the least {params.min_n}" if params.min_n is not None and value.n < params.min_n else ""
        rows = "claimed without counts" if value.is_claimed else f"n={value.n}"
        parts.append(f"{name} is {number(value.value, *limits)} ({rows}{few}{hidden}){interval}")
    return listed(parts)


def _found(params: MetricWithin, values: list[Value]) -> str:
    limits = [limit for _, limit in params.limits()]
    return f"{number(values[0].value, *limits)}, n={values[0].n}"


def _need(params: MetricWithin, value: Value) -> Need | None:
    """Return the rows that would settle one group, or None where that is not known."""
    name = value.name(params.by) if params.by else "evaluation data"
    if params.min_n is not None and value.n < params.min_n:
        return Need(name, value.n, params.min_n - value.n)
    if value.rate is None or value.rate.value is None:
        return None
    needed = [rows_needed(value.rate, limit, direction) for direction, limit in params.limits()]
    known = [rows for rows in needed if rows is not None]
    if len(known) < len(needed):
        return Need(name, value.n, None)
    return Need(name, value.n, max(known)) if max(known) else None


KIND = RuleKind("evidence.metric_within", MetricWithin, check, __doc__, lint=lint)
