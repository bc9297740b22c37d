"""The fallback: really there on base and after the change, and practised lately."""

import pytest

from rampgate.model.sourced import Missing
from rampgate.rules.fallback_live import KIND
from worlds.facts_world import ABSENT, an_evidence, digest, example_rules, facts, judge, lint, outcomes

DRILL = "evidence/drill.json"
NAMED = {"fallback.drill": DRILL}


def drill(changes=None, at="2026-11-10T09:00:00Z", **results):
    return an_evidence("drill", {"produced.at": at, **(changes or {})}, results={"result": "switched", **results})


def judged(card=None, stage="full", evidence=None, siblings_before=None, siblings=None, **parameters):
    about = facts(
        {**NAMED, **(card or {})},
        evidence={DRILL: evidence or drill()},
        siblings={"1.4.0": {"stage": stage}} if siblings is None else siblings,
        siblings_before=siblings_before,
    )
    return judge(KIND, about, **{"max_age_days": 90, **parameters})


@pytest.mark.parametrize(
    ("stage", "outcome"),
    {"full": "pass", "standby": "pass", "majority": "fail", "pilot": "fail", "retired": "fail"}.items(),
)
def test_a_previous_model_stands_at_the_last_rung_or_at_standby(stage, outcome):
    target, proof = judged(stage=stage)
    assert target.outcome == outcome
    assert proof.outcome == "pass"
    assert f"`{stage}`" in target.message


def test_the_last_rung_is_the_ladders_own():
    about = facts(
        NAMED, evidence={DRILL: drill()}, siblings={"1.4.0": {"stage": "half"}}, ladder="10-50-100", to_stage="trial"
    )
    assert outcomes(judge(KIND, about, max_age_days=90)) == ["fail", "pass"]


def test_a_target_that_is_only_brought_along_by_the_change_fails():
    """It must have been there before: a pull request can not vouch for its own fallback."""
    target, _ = judged(siblings_before={})
    assert target.outcome == "fail"
    assert target.message == "`credit-risk@1.4.0` is not there on the base branch"


def test_a_target_that_the_change_retires_fails():
    target, _ = judged(siblings={"1.4.0": {"stage": "retired"}}, siblings_before={"1.4.0": {"stage": "full"}})
    assert target.outcome == "fail"
    assert "stands at `retired` after this change" in target.message


def test_an_incumbent_that_the_change_sends_to_standby_is_live():
    target, _ = judged(siblings={"1.4.0": {"stage": "standby"}}, siblings_before={"1.4.0": {"stage": "full"}})
    assert target.outcome == "pass"


@pytest.mark.parametrize(
    ("target", "outcome", "words"),
    {
        "itself": ("credit-risk@2.0.0", "fail", "can not be its own fallback"),
        "another model": ("fraud@1.0", "insufficient", "another model"),
        "no version": ("credit-risk", "fail", "does not say which version"),
        "an empty version": ("credit-risk@", "fail", "does not say which version"),
        "a version that is not there": ("credit-risk@0.9", "fail", "is not there"),
        "a version spelled alike": ("credit-risk@1.4.0 ", "fail", "is not there"),
    }.values(),
)
def test_a_target_that_can_not_serve(target, outcome, words):
    answer, _ = judged({"fallback.target": target})
    assert answer.outcome == outcome
    assert words in answer.message


@pytest.mark.parametrize("kind", ["rules", "human", "off"])
def test_a_process_needs_no_model_but_a_drill(kind):
    card = {"fallback.kind": kind, "fallback.target": "underwriters@example.com"}
    answers = judged(card, siblings={})
    assert outcomes(answers) == ["pass", "pass"]
    assert answers[0].attested
    assert outcomes(judged({**card, "fallback.drill": ABSENT}, siblings={})) == ["pass", "insufficient"]


@pytest.mark.parametrize("target", ["credit-risk@1.4.0", "  "])
def test_a_process_that_is_a_model_or_blank_fails(target):
    answer, _ = judged({"fallback.kind": "human", "fallback.target": target})
    assert answer.outcome == "fail"


@pytest.mark.parametrize("said", [ABSENT, "unknown", {"not_applicable": "batch job"}])
def test_no_fallback_is_insufficient(said):
    answers = judge(KIND, facts({"fallback": said}), max_age_days=90)
    assert outcomes(answers) == ["insufficient"]


@pytest.mark.parametrize(
    ("at", "outcome"),
    {
        "today": ("2026-11-20T23:59:59Z", "pass"),
        "exactly as old as allowed": ("2026-08-22T00:00:00Z", "pass"),
        "one day older": ("2026-08-21T23:59:59Z", "insufficient"),
        "tomorrow": ("2026-11-21T00:00:00Z", "insufficient"),
        "tomorrow in UTC": ("2026-11-20T23:00:00-05:00", "insufficient"),
        "no such day": ("2026-02-30T00:00:00Z", "insufficient"),
    }.values(),
)
def test_the_drill_is_not_older_than_allowed(at, outcome):
    _, proof = judged(evidence=drill(at=at))
    assert proof.outcome == outcome


def test_a_drill_that_counts_says_until_when():
    _, proof = judged()
    assert proof.valid_until == "2027-02-08"
    assert proof.attested


@pytest.mark.parametrize(
    ("date", "outcome"),
    {
        "2026-11-09": "pass",
        "2026-08-01": "insufficient",
        "2026-11-11": "insufficient",
        "last week": "insufficient",
    }.items(),
)
def test_the_day_that_the_results_name_decides(date, outcome):
    """A file produced today may report a drill of last year; one that was produced before the drill reports nothing."""
    _, proof = judged(evidence=drill(date=date))
    assert proof.outcome == outcome


@pytest.mark.parametrize(("passed", "outcome"), [(True, "pass"), (False, "fail"), ("yes", "fail")])
def test_a_drill_that_did_not_pass_fails(passed, outcome):
    _, proof = judged(evidence=drill(passed=passed))
    assert proof.outcome == outcome


@pytest.mark.parametrize(
    "evidence",
    {
        "unreadable": Missing("the digest does not fit"),
        "another kind": an_evidence("readiness"),
        "another artifact": drill({"subject.artifact": digest("artifact 1.0")}),
        "another version": drill({"subject.version": "1.0.0"}),
    }.values(),
)
def test_a_drill_that_does_not_fit_is_insufficient(evidence):
    _, proof = judged(evidence=evidence)
    assert proof.outcome == "insufficient"


def test_a_drill_that_is_not_listed_is_insufficient():
    _, proof = judged({"fallback.drill": "evidence/other.json"})
    assert proof.outcome == "insufficient"
    assert "is not among the card's evidence" in proof.message


def test_the_example_on_the_page_is_a_rule_of_this_kind():
    (rule,) = example_rules(KIND)
    assert rule.kind == KIND.id
    assert lint(KIND, **rule.with_) == []
