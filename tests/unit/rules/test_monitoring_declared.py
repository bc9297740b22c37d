"""Monitoring: every signal asked for, triggers that watch something, one action that follows."""

import pytest
from pydantic import ValidationError

from rampgate.rules.monitoring_declared import KIND
from worlds.facts_world import ABSENT, example_rules, facts, judge, lint, outcomes

ASKED = {"signals": ["quality", "drift"], "actions": ["rollback"]}


def judged(card=None, **parameters):
    return judge(KIND, facts(card), **(ASKED | parameters))


def test_everything_declared_passes_once():
    assert outcomes(judged()) == ["pass"]


@pytest.mark.parametrize("said", [ABSENT, "unknown", {"not_applicable": "batch job"}])
def test_no_monitoring_is_insufficient(said):
    assert outcomes(judged({"monitoring": said})) == ["insufficient"]


def test_every_signal_kind_must_be_watched():
    about = facts()
    (answer,) = judge(KIND, about, signals=["quality", "latency"])
    assert (answer.outcome, answer.found, answer.expected) == ("fail", "drift, quality", "latency")
    assert answer.location == about.subject.card.at("monitoring", "signals")


def test_any_one_of_the_actions_is_enough():
    assert outcomes(judged(actions=["hold", "rollback"])) == ["pass"]
    (answer,) = judged(actions=["hold", "page"])
    assert answer.outcome == "fail"
    assert answer.message == "no trigger leads to `hold` or `page`"


def test_no_trigger_at_all_is_insufficient_where_an_action_is_asked_for():
    assert outcomes(judged({"monitoring.triggers": []})) == ["insufficient"]
    assert outcomes(judged({"monitoring.triggers": []}, actions=[])) == ["pass"]


def test_a_trigger_that_watches_no_declared_signal_fails():
    about = facts({"monitoring.triggers.0.metric": "acu"})
    (answer,) = judge(KIND, about, **ASKED)
    assert answer.outcome == "fail"
    assert answer.message == "a trigger watches `acu`, which is no declared signal; did you mean `auc`?"
    assert answer.location == about.subject.card.at("monitoring", "triggers", 0, "metric")


@pytest.mark.parametrize(("least", "outcome"), [(500, "pass"), (501, "fail")])
def test_a_trigger_waits_for_enough_samples(least, outcome):
    assert outcomes(judged(min_samples_at_least=least)) == [outcome]


@pytest.mark.parametrize("parameters", [{}, {"signals": []}, {"signals": ["qualty"]}, {"signals": ["cost"], "min": 1}])
def test_parameters_that_ask_for_nothing_or_nothing_known_are_refused(parameters):
    with pytest.raises(ValidationError):
        KIND.params.model_validate(parameters)


def test_a_metric_with_a_line_break_stays_on_one_line():
    answers = judged({"monitoring.triggers.0.metric": "auc\nallow"})
    assert outcomes(answers) == ["fail"]
    assert "\n" not in answers[0].message + answers[0].fix


def test_the_example_on_the_page_is_a_rule_of_this_kind():
    (rule,) = example_rules(KIND)
    assert rule.kind == KIND.id
    assert lint(KIND, **rule.with_) == []
