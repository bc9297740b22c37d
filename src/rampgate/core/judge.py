"""One judgement: facts and rules in, a decision out. The same bytes give the same decision, so replay is this call."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from rampgate.core.bound import BoundRule
from rampgate.core.break_glass import excuse
from rampgate.core.builtin import BUILT_IN
from rampgate.core.check import check
from rampgate.core.decide import decide
from rampgate.core.select import select
from rampgate.core.waive import waive
from rampgate.model.approval import SlotState
from rampgate.model.decision import Bypass, Decision, Waived
from rampgate.model.facts import Facts
from rampgate.model.finding import BY_BREAK_GLASS, Finding
from rampgate.model.inputs import Input
from rampgate.model.sourced import Missing, Sourced
from rampgate.model.vocabulary import Effect, Outcome
from rampgate.model.waiver import Waiver


def findings_on(facts: Facts, rules: Sequence[BoundRule], waivers: Sequence[Sourced[Waiver]]) -> tuple[Finding, ...]:
    """Return every rule's findings, the built-in rules first, waivers and then a break-glass applied."""
    everything = (*BUILT_IN, *rules)
    known = {bound.rule.id: bound for bound in everything}
    findings = tuple(check(select(everything, facts), facts))
    return tuple(excuse(findings, waive(findings, waivers, known, facts), known, facts))


def judge(
    facts: Facts,
    rules: Sequence[BoundRule],
    waivers: Sequence[Sourced[Waiver]],
    *,
    inputs: Sequence[Input],
    engine_version: str,
    base: str,
    head: str,
) -> Decision:
    """Return the decision on one change; pure."""
    findings = findings_on(facts, rules, waivers)
    return Decision(
        verdict=decide(findings),
        change=facts.change.kind,
        transition=facts.change.transition,
        findings=findings,
        required=_required(findings),
        counted=facts.tally.counted,
        ignored=facts.tally.ignored,
        inputs=tuple(sorted(set(inputs), key=lambda each: each.path)),
        engine_version=engine_version,
        evaluated_at=facts.now,
        base=base,
        head=head,
        valid_until=_valid_until(findings),
        reviews_given=facts.reviews.given,
        waivers=tuple(_waived(findings, waivers)),
        break_glass=tuple(_bypasses(findings, facts)),
    )


def _required(findings: Sequence[Finding]) -> tuple[SlotState, ...]:
    blocking = (finding for finding in findings if finding.effect is Effect.BLOCK)
    return tuple(slot for finding in blocking for slot in finding.slots)


def _valid_until(findings: Sequence[Finding]) -> str:
    """Return the earliest day after which an answer that blocks no longer stands, "" for none."""
    good = (Outcome.PASS, Outcome.WAIVED)
    days = [f.valid_until for f in findings if f.valid_until and f.effect is Effect.BLOCK and f.outcome in good]
    return min(days, default="")


def _waived(findings: Sequence[Finding], waivers: Sequence[Sourced[Waiver]]) -> Iterator[Waived]:
    """Yield the terms of each waiver that excuses a finding."""
    used = {finding.waiver for finding in findings}
    for waiver in sorted((each.noun for each in waivers), key=lambda each: each.id):
        if waiver.id in used:
            yield Waived(waiver.id, _one_line(waiver.reason), waiver.owner, waiver.approved_by, waiver.ends)


def _bypasses(findings: Sequence[Finding], facts: Facts) -> Iterator[Bypass]:
    """Yield the terms of each break-glass that excuses a finding."""
    if isinstance(facts.subject, Missing):
        return
    used = {finding.waiver for finding in findings}
    for name, file in sorted(facts.subject.break_glass.items()):
        noun = file.noun
        if f"{BY_BREAK_GLASS}{name}" in used:
            yield Bypass(name, _one_line(noun.reason), noun.ticket, noun.by, noun.second, noun.review_by)


def _one_line(text: str) -> str:
    return " ".join(text.split())
