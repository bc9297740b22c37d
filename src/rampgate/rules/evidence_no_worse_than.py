"""A metric is no worse than that of what serves now, of a trivial model, or of a fixed value, by more than a margin.

## Why it exists
A challenger replaces something. It must be known not to be worse than that by more than the policy's owner accepts,
and "no difference was found" on few rows is not that knowledge: the whole interval of the difference has to lie on
the right side of the margin. Against the trivial model, which always gives the more frequent answer, the rule keeps
out a model that treats every group alike by being of no use.

## Example
```yaml
- id: performance.no-worse-than-incumbent
  kind: evidence.no_worse_than
  title: The challenger is at most one point less accurate
  applies: {tiers: [high, medium], entering: [majority, full]}
  effect: block
  with: {evidence: performance, metric: accuracy, than: incumbent, margin: "0.01", when_no_incumbent: not_applicable}
- id: performance.better-than-trivial
  kind: evidence.no_worse_than
  title: The model knows more than the majority class
  effect: block
  with: {evidence: performance, metric: accuracy, than: trivial, margin: "0"}
- id: performance.no-worse-than-today
  kind: evidence.no_worse_than
  title: Answers are made up no more often than by today's process
  effect: block
  with: {evidence: rate, metric: rate, better: lower, than: {value: "0.04"}, margin: "0.005"}
```
The difference counts so that a positive one is better: for a metric of which less is better, it is the other's value
minus the model's. The rule passes if the whole 95% interval of the difference is at least minus `margin`, fails if the
whole interval is below it, and is insufficient otherwise. The limit itself is met.

The incumbent is the version at the last rung on the base branch; its evidence of the same kind, population and data
set (by digest) is taken from there. Two measurements on the same data are compared as if they were independent, which
makes the interval wider than it had to be, never narrower for models that tend to be right together. The trivial model
is compared row by row, on the same counts.

## How to satisfy it
Measure the model, and the incumbent on the same data file: `rampgate measure performance --data FILE ... --attach` for
both versions. If the interval is too wide, measure on more rows.
"""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import Annotated, Literal

from pydantic import Field

from rampgate.formats.evidence_check import REGRESSION_METRICS
from rampgate.model.evidence import EvidenceKind
from rampgate.model.facts import Facts, VersionFacts
from rampgate.model.finding import Answer
from rampgate.model.ids import Line
from rampgate.model.sourced import Missing
from rampgate.model.vocabulary import Outcome
from rampgate.rules._base import ParamFault, Params, RuleKind, Surroundings
from rampgate.rules._differences import Gap, against_trivial, against_value, between
from rampgate.rules._evidence import EvidenceParams, Fit, matching, measure_command, misfits, short
from rampgate.rules._metrics import interval_text, metric_faults, number, rate_metric
from rampgate.rules._more_rows import way_out
from rampgate.rules._values import NO_INTERVAL, Value, is_known, values_of
from rampgate.stats.decide import decide_interval


class FixedValue(Params):
    """A value that the policy fixes."""

    value: Annotated[Decimal, Field(allow_inf_nan=False)]
    """The value that the metric is compared with, such as `"0.80"`."""


class NoWorseThan(EvidenceParams):
    """What is compared with what, and how much worse it may be."""

    evidence: EvidenceKind
    """The kind of evidence that is judged, such as `performance`."""
    metric: Line
    """A rate such as `accuracy` or `rate`, or `mae` of a regression."""
    than: Literal["incumbent", "trivial"] | FixedValue
    """`incumbent`: the version at the last rung. `trivial`: always the more frequent class. Or `{value: "0.80"}`."""
    margin: Annotated[Decimal, Field(allow_inf_nan=False, ge=0)]
    """By how much the metric may be worse, in its own unit; there is no default, and `"0"` allows nothing."""
    better: Literal["higher", "lower"] | None = None
    """Which way is better, for metrics that do not say it themselves, such as `rate`."""
    when_no_incumbent: Literal["insufficient", "not_applicable"] = "insufficient"
    """What the rule says where no other version stands at the last rung."""

    @property
    def direction(self) -> Literal["higher", "lower"] | None:
        """Return which way is better, or None where nobody says it."""
        own = _own_direction(self.metric)
        return own or self.better


def lint(params: NoWorseThan, surroundings: Surroundings) -> Iterator[ParamFault]:  # noqa: ARG001
    """Yield a metric that can never be compared, or of which nobody says which way is better."""
    yield from metric_faults(params.metric, "lower", also=REGRESSION_METRICS)
    if not is_known(params.metric):
        return
    if params.metric in NO_INTERVAL:
        yield ParamFault(("metric",), f"no interval is known for `{params.metric}`", "compare `mae`, or a rate")
    own = _own_direction(params.metric)
    if own is None and params.better is None:
        yield ParamFault(("better",), f"`{params.metric}` does not say which way is better", "say `better: lower`")
    if own is not None and params.better not in (None, own):
        yield ParamFault(("better",), f"{own} is better for `{params.metric}`", "leave `better` out")
    if params.than == "trivial" and not _has_trivial(params.metric):
        fix = "compare `accuracy` or `error_rate`, or give a value"
        yield ParamFault(("than",), f"a trivial model says nothing about `{params.metric}`", fix)


def check(params: NoWorseThan, facts: Facts) -> Iterator[Answer]:
    """Hold the difference of every matching file against the margin."""
    if not is_known(params.metric) or params.direction is None:
        yield Answer(Outcome.ERROR, f"`{params.metric}` can not be compared by this rule", fix="correct the policy")
        return
    incumbent = _incumbent(params, facts) if params.than == "incumbent" else None
    if isinstance(incumbent, Answer):
        yield incumbent
        return
    for fit in matching(params.evidence, params, facts):
        yield from [fit] if isinstance(fit, Answer) else _judge_file(params, fit, incumbent, facts)


def _incumbent(params: NoWorseThan, facts: Facts) -> VersionFacts | Answer:
    """Return the other version that stands at the last rung on base, or the answer where there is no one such."""
    transition = facts.change.transition
    own = transition.version if transition is not None else ""
    serving = [
        each
        for version, each in sorted(facts.siblings_before.items())
        if version != own and facts.ladder.canonical(each.card.noun.stage) == facts.ladder.last
    ]
    if len(serving) == 1:
        return serving[0]
    if serving:
        names = ", ".join(each.version for each in serving)
        return Answer(Outcome.INSUFFICIENT, f"versions {names} all stand at `{facts.ladder.last}` on base")
    none = f"no other version stands at `{facts.ladder.last}`"
    if params.when_no_incumbent == "not_applicable":
        return Answer(Outcome.NOT_APPLICABLE, f"{none}, so there is no incumbent to compare with")
    fix = "compare with `trivial` or a value, or say `when_no_incumbent: not_applicable` in the policy"
    return Answer(Outcome.INSUFFICIENT, f"{none}, so nothing tells what the model replaces", fix=fix)


def _judge_file(params: NoWorseThan, fit: Fit, incumbent: VersionFacts | None, facts: Facts) -> Iterator[Answer]:
    """Yield the answer about one file; against an incumbent, one for each of its files on the same data."""
    try:
        value = _overall(fit, params.metric)
        if incumbent is None:
            yield _judge(params, fit, _gap(params, fit, value), facts)
            return
    except ValueError as error:
        yield fit.insufficient(str(error))
        return
    others = list(_evidence_of(incumbent, params, fit, facts))
    for other in others:
        yield (
            other if isinstance(other, Answer) else _judge(params, fit, between(value, other, incumbent.version), facts)
        )
    if not others:
        command = measure_command(params.evidence, incumbent.card.noun)
        data = short(fit.evidence.subject.dataset)
        yield fit.insufficient(
            f"the incumbent {incumbent.version} has no {params.evidence} evidence on the same data set, {data}",
            fix=f"measure the incumbent on the same file: `{command}`",
        )


def _gap(params: NoWorseThan, fit: Fit, value: Value) -> Gap:
    if isinstance(params.than, FixedValue):
        return against_value(value, params.than.value)
    return against_trivial(fit.evidence, value, params.metric)


def _evidence_of(incumbent: VersionFacts, params: NoWorseThan, fit: Fit, facts: Facts) -> Iterator[Value | Answer]:
    """Yield the incumbent's metric in each of its files on the same data; a file that does not fit is insufficient."""
    anything = EvidenceParams(dataset=fit.evidence.subject.dataset)
    for file in incumbent.evidence:
        if isinstance(file.content, Missing):
            yield fit.insufficient(f"`{file.path}` of the incumbent {incumbent.version} can not be read")
            continue
        evidence = file.content.noun
        same_data = evidence.subject.dataset is not None and evidence.subject.dataset == fit.evidence.subject.dataset
        if evidence.kind != params.evidence or evidence.population != fit.evidence.population or not same_data:
            continue
        reasons = misfits(evidence, anything, incumbent, facts.today)
        try:
            value = values_of(evidence, params.metric, ())
        except ValueError as error:
            reasons.append(str(error))
            value = []
        if reasons or len(value) != 1:
            words = "; ".join(reasons) or "it has no rows"
            yield fit.insufficient(f"`{file.path}` of the incumbent {incumbent.version}: {words}")
        else:
            yield value[0]


def _overall(fit: Fit, metric: str) -> Value:
    values = values_of(fit.evidence, metric, ())
    if not values:
        raise ValueError(f"there are no rows to compute {metric} from")
    return values[0]


def _judge(params: NoWorseThan, fit: Fit, gap: Gap, facts: Facts) -> Answer:
    """Return the answer to one difference, turned so that a positive one is better."""
    turned = gap if params.direction == "higher" else gap.turned()
    limit = params.margin.copy_negate() if params.margin else Decimal(0)  # unary minus would round to 28 digits
    expected = f"no worse than {gap.than} by more than {params.margin}"
    if turned.value is None or turned.interval is None:
        return fit.insufficient(f"{params.metric} can not be compared with {gap.than}: {gap.why}", expected=expected)
    answer = decide_interval(turned.value, turned.interval, limit, "at_least", "lower")
    found = f"{number(turned.value, limit)}, {interval_text(turned.interval, limit)}"
    message = f"{params.metric} is {gap.own}, and {gap.other} for {gap.than}; difference {found} (above 0 is better)"
    if answer == "pass":
        return fit.answer(Outcome.PASS, f"{message}; at least {limit} is met", found, expected)
    if answer == "fail":
        again = f"after a change, measure again: `{fit.measure}`"
        return fit.answer(Outcome.FAIL, f"{message}; at least {limit} is missed", found, expected, again)
    told = f"{message}; whether at least {limit} holds can not be told"
    return fit.insufficient(told, found, expected, way_out(fit, facts, []))


def _own_direction(metric: str) -> Literal["higher", "lower"] | None:
    """Return which way a metric itself says is better."""
    if metric in ("mae", "rmse"):
        return "lower"
    if metric == "r2":
        return "higher"
    known = rate_metric(metric)
    return None if known is None or known.better == "neither" else known.better


def _has_trivial(metric: str) -> bool:
    known = rate_metric(metric)
    return known is not None and known.name in ("accuracy", "error_rate")


KIND = RuleKind("evidence.no_worse_than", NoWorseThan, check, __doc__, lint=lint)
