"""How the fairness rules decide: each rate of each file, held against the limit with what is not known of it."""

from __future__ import annotations

from collections.abc import Iterator

from rampgate.model.facts import Facts
from rampgate.model.finding import Answer
from rampgate.model.vocabulary import Outcome
from rampgate.rules._evidence import Fit, matching
from rampgate.rules._fairness_groups import EQUALIZED_ODDS, DisparityParams, Limit, Split, split_groups
from rampgate.rules._fairness_needs import interval_needs, thin_needs
from rampgate.rules._fairness_words import compared, gaps_of, small_groups, why_undefined
from rampgate.rules._metrics import (
    interval_text,
    number,
    rate_metric,
)
from rampgate.rules._more_rows import way_out
from rampgate.stats.decide import decide_interval
from rampgate.stats.disparity import Difference, Ratio, Undefined, simultaneous_level
from rampgate.stats.intervals import DEFAULT_LEVEL
from rampgate.stats.rates import Metric


def judge_disparity(params: DisparityParams, limit: Limit, facts: Facts) -> Iterator[Answer]:
    """Yield one answer for each file that matches and each rate that the metric stands for."""
    metrics = [rate_metric(name) for name in EQUALIZED_ODDS.get(params.metric, (params.metric,))]
    known = [metric for metric in metrics if metric is not None]
    if len(known) < len(metrics):
        yield Answer(Outcome.ERROR, f"unknown metric `{params.metric}`", fix="correct the policy")
        return
    for fit in matching(params.evidence, params, facts, by=params.by):
        if isinstance(fit, Answer):
            yield fit
            continue
        # Intervals of several rates hold at once, so that none of them fails by being one of many.
        level = simultaneous_level(DEFAULT_LEVEL, len(known))
        for metric in known:
            try:
                split = split_groups(fit.evidence, metric, params)
            except ValueError as error:
                yield fit.insufficient(str(error))
                continue
            yield _judge(params, metric, limit, limit.compare(split.rates, level), split, fit, facts)


def _judge(
    params: DisparityParams,
    metric: Metric,
    limit: Limit,
    disparity: Ratio | Difference | Undefined,
    split: Split,
    fit: Fit,
    facts: Facts,
) -> Answer:
    """Return the answer of one file: a failure among large groups outranks whatever is not known of others."""
    gaps = gaps_of(params, split)
    if isinstance(disparity, Undefined):
        message = f"{metric.name} can not be compared: {why_undefined(params, disparity)}{gaps}"
        return fit.insufficient(message, expected=limit.text, fix=way_out(fit, facts, thin_needs(params, split)))
    found = f"{number(disparity.value, limit.value)}, {interval_text(disparity.interval, limit.value)}"
    message = f"{compared(params, metric, limit, disparity)}{small_groups(params, disparity)}"
    answer = decide_interval(disparity.value, disparity.interval, limit.value, limit.direction, params.decide_on)
    if answer == "fail":
        again = f"after a change, measure again: `{fit.measure}`"
        return fit.answer(Outcome.FAIL, f"{message}; {limit.text} is missed{gaps}", found, limit.text, again)
    open_groups = bool(split.hidden) or (params.thin_groups == "insufficient" and bool(split.thin or split.hidden_thin))
    if answer == "pass" and not open_groups:
        return fit.answer(Outcome.PASS, f"{message}; {limit.text} is met{gaps}", found, limit.text)
    needs = interval_needs(params, limit, disparity) if answer == "insufficient" else []
    if open_groups:
        needs += thin_needs(params, split)
    told = f"{limit.text} is met" if answer == "pass" else f"whether {limit.text} holds can not be told"
    return fit.insufficient(f"{message}; {told}{gaps}", found, limit.text, way_out(fit, facts, needs))
