"""What a break-glass excuses on facts made by hand: named rules of kinds that can be bypassed, and nothing else."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rampgate import rules
from rampgate.core.bound import BoundRule
from rampgate.core.break_glass import bypassable, excuse, may_be_bypassed
from rampgate.core.builtin import BUILT_IN
from rampgate.core.decide import decide
from rampgate.model.facts import Facts
from rampgate.model.finding import Finding
from rampgate.model.policy import Policy, Rule
from rampgate.model.statements import BreakGlass
from rampgate.model.vocabulary import Effect, Outcome, Verdict
from rampgate.rules import break_glass_granted
from worlds.facts_world import facts, judge, sourced

TERMS = {"by": ["risk"], "reviewed_by": ["policy_owner"], "review_within_days": 7}
GOVERNANCE = {"schema": "rampgate/governance/v1", "policy_change": {"slots": [{"role": "policy_owner", "count": 2}]}}
KINDS = {"a.metric": "evidence.metric_within", "a.quorum": "approval.roles", "a.lineage": "lineage.complete"}
EVENT = {
    "schema": "rampgate/break-glass/v1",
    "from": "pilot",
    "to": "canary",
    "rules": ["a.metric", "a.quorum"],
    "reason": "the serving version rejects all",
    "ticket": "INC-7",
    "by": "rita",
    "second": "raj",
    "date": "2026-11-20",
    "review_by": "2026-11-27",
}


def breaking(event: dict[str, Any] | None = None, **fields: Any) -> Facts:
    """A promotion from pilot to canary that Rita opens, with a break-glass beside its card."""
    about = facts(
        governance={**GOVERNANCE, "break_glass": TERMS},
        author="rita",
        bypassable=frozenset({"a.metric", "a.quorum"}),
        **{"approved_by": ["raj"], **fields},
    )
    path = "model_cards/credit-risk/2.0.0/events/inc-7.yaml"
    subject = replace(about.subject, break_glass={"inc-7": sourced(BreakGlass, {**EVENT, **(event or {})}, path)})
    return replace(about, subject=subject, siblings={**about.siblings, "2.0.0": subject})


def bound() -> dict[str, BoundRule]:
    own = {
        id_: BoundRule(Rule.model_validate({"id": id_, "kind": kind, "effect": "block"}), rules.BY_ID[kind], None, "x")
        for id_, kind in KINDS.items()
    }
    return {**{each.rule.id: each for each in BUILT_IN}, **own}


def finding(rule: str, outcome: str, effect: str = "block") -> Finding:
    kind = bound()[rule].kind.id
    return Finding(rule, kind, Outcome(outcome), Effect(effect), "title", "message")


def excused(about: Facts, *findings: Finding) -> list[str]:
    return [str(each.outcome) for each in excuse(findings, findings, bound(), about)]


EXCUSED = {
    "a failure": (("a.metric", "fail"), True),
    "too little": (("a.metric", "insufficient"), True),
    "waiting": (("a.metric", "waiting"), True),
    "an error": (("a.metric", "error"), False),
    "a missing approval": (("a.quorum", "waiting"), True),
    "an objection to a quorum": (("a.quorum", "fail"), False),
    "a rule that is not named": (("a.lineage", "fail"), False),
    "a built-in rule": (("change.stage-move", "fail"), False),
    "what only warns": (("a.metric", "fail", "warn"), False),
}


@pytest.mark.parametrize("case", EXCUSED)
def test_it_excuses_open_answers_of_the_named_rules(case: str) -> None:
    what, is_excused = EXCUSED[case]
    assert excused(breaking(), finding(*what)) == ["waived" if is_excused else what[1]]


def test_naming_a_rule_that_can_not_be_bypassed_excuses_nothing_at_all() -> None:
    about = breaking({"rules": ["a.metric", "a.lineage"]})
    assert excused(about, finding("a.metric", "fail"), finding("a.lineage", "fail")) == ["fail", "fail"]


def test_what_is_excused_awaits_nobody_and_ends_with_the_review() -> None:
    (found,) = excuse([finding("a.quorum", "waiting")], [finding("a.quorum", "waiting")], bound(), breaking())
    assert (found.waiver, found.valid_until, found.slots) == ("break-glass inc-7", "2026-11-27", ())
    assert found.is_bypassed


def test_a_waiver_is_no_break_glass() -> None:
    assert not finding("a.metric", "fail").waived_by("W-1", "2026-12-01").is_bypassed


def test_every_kind_that_can_be_bypassed_can_be_waived_or_asks_for_approvals() -> None:
    """Named by hand: these are never bypassed."""
    never = {"stage.move_allowed", "lineage.complete", "lineage.pinned"}
    assert {kind.id for kind in rules.ALL if not kind.built_in and not may_be_bypassed(kind)} == never
    assert not any(may_be_bypassed(kind) for kind in rules.ALL if kind.built_in)


def test_the_rules_that_can_be_bypassed_are_those_of_the_policies_and_the_least_stay() -> None:
    written = [{"id": id_, "kind": kind, "effect": "block"} for id_, kind in KINDS.items()]
    head = {"schema": "rampgate/policy/v1", "policy": "p", "version": "1", "owner": "risk"}
    policy = sourced(Policy, {**head, "rules": written}, "policies/p.yaml")
    assert bypassable([policy], rules.BY_ID) == {"a.metric", "a.quorum", "rollout.has-dwelt"}


OPEN = st.sampled_from(["pass", "fail", "insufficient", "waiting", "error", "not_applicable"])
SETS = st.lists(st.builds(finding, st.sampled_from([*KINDS, "people.known"]), OPEN), max_size=8)


@given(SETS)
def test_without_both_approvals_a_break_glass_never_allows(findings: list[Finding]) -> None:
    """Whatever else is found: the rule that waits for the persons keeps the verdict from `allow`."""
    about = breaking(approved_by=[])
    granted = [
        replace(finding("break-glass.is-granted", str(answer.outcome)), slots=answer.slots)
        for answer in judge(break_glass_granted.KIND, about)
    ]
    every = [*findings, *granted]
    assert decide(excuse(every, every, bound(), about)) is not Verdict.ALLOW


@given(SETS)
def test_a_break_glass_never_makes_a_verdict_stricter_and_touches_only_what_it_names(findings: list[Finding]) -> None:
    strictness = [Verdict.ALLOW, Verdict.HOLD, Verdict.UNDECIDED, Verdict.DENY]
    after = list(excuse(findings, findings, bound(), breaking()))
    assert strictness.index(decide(after)) <= strictness.index(decide(findings))
    for before, now in zip(findings, after, strict=True):
        assert now is before or before.rule in EVENT["rules"]
