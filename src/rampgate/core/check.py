"""Run the selected rules; one that raises, or says nothing, is an error and never a pass."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace

from rampgate.core.bound import BoundRule
from rampgate.core.builtin import built_in_rules_settle
from rampgate.core.select import effect_of
from rampgate.model.facts import Facts
from rampgate.model.finding import Answer, Finding
from rampgate.model.vocabulary import Outcome


def check(selected: Iterable[tuple[BoundRule, str]], facts: Facts) -> Iterator[Finding]:
    """Yield the findings of every rule in order: its answers, or why it does not speak."""
    for bound, silent in selected:
        if silent:
            yield _finding(bound, Answer(Outcome.NOT_APPLICABLE, silent), facts)
            continue
        try:
            answers = list(bound.kind.check(bound.params, facts))
        except Exception as error:  # noqa: BLE001 - whatever a rule trips over, it has not answered
            words = f"the rule could not be evaluated: {type(error).__name__}: {error}"
            answers = [Answer(Outcome.ERROR, words.replace("\n", " "), fix="report it; nothing is allowed meanwhile")]
        if not answers:
            answers = [Answer(Outcome.ERROR, "the rule gave no answer")]
        yield from (_finding(bound, answer, facts) for answer in answers)


def _finding(bound: BoundRule, answer: Answer, facts: Facts) -> Finding:
    rule = bound.rule
    return Finding(
        rule=rule.id,
        kind=bound.kind.id,
        outcome=answer.outcome,
        effect=effect_of(bound, facts),
        title=rule.title or bound.kind.summary.rstrip("."),
        message=answer.message,
        found=answer.found,
        expected=answer.expected,
        location=answer.location,
        fix=_fix(rule.fix, answer),
        why=rule.why or "",
        controls=rule.controls,
        attested=answer.attested,
        valid_until=answer.valid_until,
        slots=tuple(replace(slot, rule=rule.id) for slot in answer.slots),
        settles=bound.policy != "rampgate" or built_in_rules_settle(facts),
    )


def _fix(of_rule: str | None, answer: Answer) -> str:
    """Return the next step: what the answer knows of this case, after what the policy's owner says."""
    if answer.outcome in (Outcome.PASS, Outcome.NOT_APPLICABLE):
        return ""
    return "; ".join(part.strip() for part in (of_rule or "", answer.fix) if part.strip())
