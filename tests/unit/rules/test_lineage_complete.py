"""The chain of digests from every source to the artifact: whole, broken, circular, ending elsewhere."""

from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rampgate.model.lineage import Lineage
from rampgate.model.sourced import Missing
from rampgate.rules.lineage_complete import KIND, steps_in_circles
from worlds.facts_world import (
    ABSENT,
    ARTIFACT,
    TESTING,
    TRAINING,
    a_lineage,
    digest,
    example_rules,
    facts,
    judge,
    lint,
    outcomes,
)

CODE = {"repo": "git://lending/etl", "commit": "a" * 40, "path": "etl.py"}


def judged(changes=None, card=None, **parameters):
    return judge(KIND, facts(card, lineage=a_lineage(changes)), **parameters)


def failing(changes=None, **parameters):
    answers = judged(changes, **parameters)
    assert set(outcomes(answers)) == {"fail"}, answers
    return " | ".join(answer.message for answer in answers)


def test_every_source_that_reaches_the_artifact_passes_once():
    (answer,) = judged()
    assert answer.outcome == "pass"
    assert answer.message == "2 sources lead through 2 steps to the artifact"


def test_a_lineage_that_is_not_there_is_insufficient():
    (answer,) = judge(KIND, facts())
    assert answer.outcome == "insufficient"
    (answer,) = judge(KIND, facts(lineage=Missing("`lineage.yaml` can not be read", "write it again")))
    assert (answer.outcome, answer.fix) == ("insufficient", "write it again")


def test_a_source_without_a_digest_fails_at_its_place():
    about = facts(lineage=a_lineage({"sources.1.digest": ABSENT}))
    answers = judge(KIND, about)
    assert answers[0].message == "source `bureau` has no digest"
    assert answers[0].location == about.subject.lineage.at("sources", 1)
    assert any("which is no source" in answer.message for answer in answers[1:])


def test_an_artifact_that_the_card_does_not_name_fails_with_both_digests():
    other = digest("another artifact")
    about = facts(lineage=a_lineage({"artifact": other, "steps.1.outputs": [other]}))
    (answer,) = judge(KIND, about)
    assert (answer.outcome, answer.found, answer.expected) == ("fail", other, ARTIFACT)
    assert answer.location == about.subject.lineage.at("artifact")


def test_an_artifact_of_parts_is_named_by_its_identity():
    parts = [{"name": "prompt", "uri": "s3://p", "digest": digest("prompt")}]
    about = facts({"artifact": {"parts": parts}})
    identity = about.subject.card.noun.artifact.identity
    whole = a_lineage({"artifact": identity, "steps.1.outputs": [identity]})
    assert outcomes(judge(KIND, facts({"artifact": {"parts": parts}}, lineage=whole))) == ["pass"]
    assert outcomes(judge(KIND, facts({"artifact": {"parts": parts}}, lineage=a_lineage()))) == ["fail"]


def test_an_artifact_that_no_step_makes_fails():
    assert "no step makes the artifact" in failing({"steps.1.outputs": [digest("model.tmp")]})


def test_calling_the_artifact_a_source_is_no_lineage():
    """Otherwise one line would make every model complete."""
    only = {"sources": [{"id": "model", "uri": "s3://m", "digest": ARTIFACT}], "steps.1.outputs": [digest("x")]}
    words = failing({**only, "steps.0.inputs": [ARTIFACT]})
    assert "no step makes the artifact" in words
    both = {"sources": [{"id": "model", "uri": "s3://m", "digest": ARTIFACT}], "steps.0.inputs": [ARTIFACT]}
    assert "is the output of a step" in failing(both)


def test_a_source_that_leads_nowhere_fails():
    words = failing({"steps.0.inputs": [digest("core")]})
    assert "source `bureau`" in words
    assert "does not lead to the artifact" in words


def test_a_source_that_only_leads_to_a_side_product_fails():
    side = {"id": "report", "code": CODE, "inputs": [digest("bureau")], "outputs": [digest("report")]}
    assert "source `bureau`" in failing(_with_step(side))


def _with_step(step):
    steps = a_lineage()["steps"]
    steps[0]["inputs"] = [digest("core")]
    return {"steps": [*steps, step]}


def test_an_input_that_comes_from_nowhere_fails_at_its_place():
    about = facts(lineage=a_lineage({"steps.1.inputs": [TRAINING, digest("somebody's laptop")]}))
    (answer,) = judge(KIND, about)
    assert "step `train` reads" in answer.message
    assert "no source and no step's output" in answer.message
    assert answer.location == about.subject.lineage.at("steps", 1, "inputs", 1)


def test_a_circle_fails_and_names_its_steps():
    loop = [
        {"id": "first", "code": CODE, "inputs": [digest("core"), digest("b")], "outputs": [digest("a")]},
        {"id": "second", "code": CODE, "inputs": [digest("a"), digest("bureau")], "outputs": [digest("b"), ARTIFACT]},
    ]
    assert failing({"steps": loop}) == "the lineage runs in a circle through `first`, `second`"


def test_a_step_that_reads_its_own_output_is_a_circle():
    words = failing({"steps.1.inputs": [TRAINING, ARTIFACT]})
    assert words == "the lineage runs in a circle through `train`"


def test_steps_before_and_after_a_circle_are_not_blamed():
    def step(name, inputs, outputs):
        return {
            "id": name,
            "code": CODE,
            "inputs": [digest(x) for x in inputs],
            "outputs": [digest(x) for x in outputs],
        }

    steps = [
        step("before", ["core", "bureau"], ["p"]),
        step("left", ["p", "r"], ["q"]),
        step("right", ["q"], ["r"]),
        {**step("after", ["r"], []), "outputs": [ARTIFACT]},
    ]
    assert failing({"steps": steps}) == "the lineage runs in a circle through `left`, `right`"


def test_an_id_that_is_used_twice_fails():
    assert "the id `core` is used twice" in failing({"steps.0.id": "core"})


def test_training_data_must_be_on_the_way_where_the_rule_asks():
    assert outcomes(judged(training_data=True)) == ["pass"]
    other = {"data.sets.0.digest": digest("other data")}
    assert outcomes(judged(card=other)) == ["pass"]
    (answer,) = judged(card=other, training_data=True)
    assert answer.outcome == "fail"
    assert "training data `applications`" in answer.message
    (answer,) = judged(card={"data.sets.0.digest": ABSENT}, training_data=True)
    assert answer.outcome == "fail"


@pytest.mark.parametrize("data", [ABSENT, "unknown", {"sets": [{"name": "h", "role": "test", "digest": TESTING}]}])
def test_no_training_data_at_all_is_insufficient(data):
    assert outcomes(judged(card={"data": data}, training_data=True)) == ["insufficient"]


def test_three_thousand_steps_in_a_row_are_judged():
    """Deep chains must not meet the limit of recursion."""
    names = [digest("core"), *(digest(f"step {n}") for n in range(3000)), ARTIFACT]
    steps = [
        {"id": f"s{n}", "code": CODE, "inputs": [before], "outputs": [after]}
        for n, (before, after) in enumerate(pairwise(names))
    ]
    steps[0]["inputs"] = [digest("core"), digest("bureau")]
    assert outcomes(judged({"steps": steps})) == ["pass"]


NAMES = [digest(f"node {n}") for n in range(5)]
SOME = st.lists(st.sampled_from(NAMES), min_size=1, max_size=2)


@settings(max_examples=200, deadline=None)
@given(st.lists(st.tuples(SOME, SOME), min_size=1, max_size=6))
def test_circles_are_found_exactly_where_a_walk_returns_to_its_step(edges):
    """Compared with a naive walk from each step; a step between two circles may be named, one outside never."""
    noun = Lineage.model_validate(
        {
            **a_lineage(),
            "steps": [
                {"id": f"s{n}", "code": CODE, "inputs": inputs, "outputs": outputs}
                for n, (inputs, outputs) in enumerate(edges)
            ],
        }
    )
    follows = {
        a: {b for b, (inputs, _) in enumerate(edges) if set(outputs) & set(inputs)}
        for a, (_, outputs) in enumerate(edges)
    }

    def reaches(start):
        seen, todo = set(), list(follows[start])
        while todo:
            here = todo.pop()
            if here not in seen:
                seen.add(here)
                todo += follows[here]
        return seen

    on_circle = {step for step in follows if step in reaches(step)}
    between = {s for s in follows if reaches(s) & on_circle and any(s in reaches(c) for c in on_circle)}
    assert set(steps_in_circles(noun)) == on_circle | between


def test_it_can_not_be_waived_and_its_example_is_a_rule():
    assert not KIND.may_be_waived
    (rule,) = example_rules(KIND)
    assert (rule.kind, rule.waivable) == (KIND.id, None)
    assert lint(KIND, **rule.with_) == []
