"""Code by commit and path, data by digest: all, some, none."""

import pytest
from pydantic import ValidationError

from rampgate.rules.lineage_pinned import KIND
from worlds.facts_world import ABSENT, a_lineage, example_rules, facts, judge, lint, outcomes


def judged(changes=None, card=None, **parameters):
    return judge(KIND, facts(card, lineage=a_lineage(changes)), **parameters)


def test_everything_named_exactly_passes_once():
    assert outcomes(judged()) == ["pass"]


@pytest.mark.parametrize(
    ("changes", "words", "place"),
    {
        "no commit": ({"steps.1.code.commit": ABSENT}, "step `train` names no commit", ("steps", 1, "code")),
        "no path": ({"steps.0.code.path": ABSENT}, "step `join` names no path", ("steps", 0, "code")),
        "a blank path": ({"steps.0.code.path": " "}, "step `join` names no path", ("steps", 0, "code")),
        "no digest": ({"sources.0.digest": ABSENT}, "source `core` has no digest", ("sources", 0)),
    }.values(),
)
def test_what_is_loose_fails_at_its_place(changes, words, place):
    about = facts(lineage=a_lineage(changes))
    (answer,) = judge(KIND, about)
    assert answer.outcome == "fail"
    assert words in answer.message
    assert answer.location == about.subject.lineage.at(*place)


@pytest.mark.parametrize(("index", "words"), [(0, "training data `applications`"), (1, "test data `holdout`")])
def test_a_data_set_without_a_digest_fails_in_the_card(index, words):
    about = facts({f"data.sets.{index}.digest": ABSENT}, lineage=a_lineage())
    (answer,) = judge(KIND, about)
    assert answer.outcome == "fail"
    assert words in answer.message
    assert answer.location == about.subject.card.at("data", "sets", index)


def test_only_the_roles_that_the_rule_names_are_asked():
    card = {"data.sets.1.digest": ABSENT}
    assert outcomes(judged(card=card, data_roles=["training"])) == ["pass"]
    assert outcomes(judged(card=card, data_roles=["test"])) == ["fail"]


@pytest.mark.parametrize("data", [ABSENT, "unknown", {"not_applicable": "hosted by others"}])
def test_no_data_set_is_insufficient(data):
    assert outcomes(judged(card={"data": data})) == ["insufficient"]


def test_no_data_set_in_the_roles_asked_for_is_insufficient():
    assert outcomes(judged(data_roles=["retrieval"])) == ["insufficient"]


def test_no_lineage_is_insufficient_and_the_data_is_judged_all_the_same():
    answers = judge(KIND, facts({"data.sets.0.digest": ABSENT}))
    assert outcomes(answers) == ["insufficient", "fail"]


def test_a_rule_without_roles_is_refused():
    with pytest.raises(ValidationError):
        KIND.params.model_validate({"data_roles": []})


def test_the_example_on_the_page_is_a_rule_of_this_kind():
    (rule,) = example_rules(KIND)
    assert rule.kind == KIND.id
    assert lint(KIND, **rule.with_) == []
