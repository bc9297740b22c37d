"""promptfoo and lm-evaluation-harness: cases become counts, and what has no cases stays a claim."""

from __future__ import annotations

import pytest

from foreign_results import case, errored, lm_eval, promptfoo, samples, taken, written
from rampgate.errors import InvalidInput, UsageProblem


def rows(found):
    return found.tables["judged"]["rows"]


CASES = (
    case(("factuality", True), ("assert:is-refusal", False)),
    case(("factuality", False), ("assert:is-refusal", False)),
    case(("factuality", True), ("factuality", False), ("assert:is-refusal", True)),
    errored(),
)


def test_cases_of_promptfoo_are_counted_and_a_missed_assertion_can_be_what_counts(tmp_path):
    """By hand: three answers; two miss an assertion `factuality`; one is a refusal; one question got no answer."""
    path = written(tmp_path, promptfoo(*CASES))
    found = taken("promptfoo", path, mapping={"factuality": "not:hallucination", "assert:is-refusal": "refusal"})
    assert rows(found) == [["error", 1, 4], ["hallucination", 2, 3], ["refusal", 1, 3]]
    assert (found.at, found.tool_version) == ("2026-11-18T10:00:00Z", "0.123.1")
    assert found.not_taken == ("cost", "passed")
    assert not found.claimed


def test_an_assertion_that_not_every_case_has_divides_by_the_cases_that_have_it(tmp_path):
    path = written(tmp_path, promptfoo(case(("toxic", True)), case(("other", True)), case(("toxic", False))))
    assert ["toxicity", 1, 2] in rows(taken("promptfoo", path, mapping={"toxic": "toxicity"}))


def test_costs_are_summed_exactly(tmp_path):
    """0.1 + 0.2 of floats is not 0.3."""
    path = written(tmp_path, promptfoo(case(("a", True), cost=0.1), case(("a", True), cost=0.2)))
    found = taken("promptfoo", path, mapping={"cost": "cost_per_1000"})
    assert found.tables["spent"]["rows"] == [["USD", 300_000_000, 2]]


@pytest.mark.parametrize(
    ("cases", "given", "words"),
    {
        "an answer from the cache costs nothing": (
            [case(("a", True), response={"cached": True})], {"mapping": {"cost": "cost_per_1000"}}, "from the cache",
        ),
        "an answer without a cost": (
            [case(("a", True)), case(("a", True), cost=None)], {"mapping": {"cost": "cost_per_1000"}}, "has no cost",
        ),
        "nothing is mapped": ([case(("a", True))], {}, "say which numbers to take"),
        "an assertion that is not there": ([case(("accurate", True))], {"mapping": {"acurate": "correct"}}, "did you mean `accurate`"),
        "a metric that is none of ours": ([case(("a", True))], {"mapping": {"a": "truthiness"}}, "has no metric `truthiness`"),
        "two providers": ([case(("a", True)), case(("a", True), provider="b")], {"mapping": {"a": "correct"}}, "several providers"),
        "a provider that is not there": ([case(("a", True))], {"mapping": {"a": "correct"}, "picks": {"provider": "x"}}, "it has no provider `x`"),
        "costs as a rate": ([case(("a", True))], {"mapping": {"cost": "toxicity"}}, "`cost` is `cost_per_1000`"),
        "a kind that it is not": ([case(("a", True))], {"kind": "performance"}, "no evidence of kind `performance`"),
        "a pick that means nothing": ([case(("a", True))], {"picks": {"run": "1"}}, "nothing to pick by `run`"),
    }.values(),
)  # fmt: skip
def test_what_promptfoo_does_not_say_is_refused(tmp_path, cases, given, words):
    with pytest.raises((InvalidInput, UsageProblem), match=words):
        taken("promptfoo", written(tmp_path, promptfoo(*cases)), **given)


def test_a_case_that_was_taken_out_is_noticed(tmp_path):
    """The summary of the tool still counts it."""
    path = written(tmp_path, promptfoo(*CASES[:1], failures=2))
    with pytest.raises(InvalidInput, match="its summary says 2 failures, but its cases give 1"):
        taken("promptfoo", path, mapping={"factuality": "correct"})


def test_results_of_another_version_are_refused(tmp_path):
    value = promptfoo(case(("a", True)))
    value["results"]["version"] = 4
    with pytest.raises(InvalidInput, match="expected results of version 3"):
        taken("promptfoo", written(tmp_path, value), mapping={"a": "correct"})


def test_a_mean_of_lm_eval_is_a_claim_until_its_samples_are_there(tmp_path):
    path = written(tmp_path, lm_eval(truthfulqa_mc1=({"acc,none": 0.75, "acc_stderr,none": 0.2}, 4)))
    given = {"mapping": {"truthfulqa_mc1:acc,none": "not:hallucination"}}
    claimed = taken("lm-eval", path, **given)
    group = {"task": "truthfulqa_mc1"}
    assert claimed.claimed == ({"metric": "hallucination", "group": group, "n": 4, "value": "0.25"},)
    assert claimed.tables is None
    logged = written(tmp_path, samples([1.0, 1, 0.0, True]), "samples_truthfulqa_mc1_2026-11-18T10-00-00.jsonl")
    counted = taken("lm-eval", path, beside=(logged,), **given)
    assert rows(counted) == [["truthfulqa_mc1", "hallucination", 1, 4]]
    assert counted.claimed == ()
    assert counted.tool_version == "0.4.9"


@pytest.mark.parametrize(
    ("values", "words"),
    {
        "a sample left out": ([1, 1, 1], "is of 4 samples, but 3 are given"),
        "a sample altered": ([1, 1, 1, 1], "is 0.75, but its samples give 4 of 4"),
        "a probability is no yes or no": ([1, 0.5, 1, 0.5], "is no yes or no in every sample"),
    }.values(),
)
def test_samples_that_do_not_go_with_the_results_are_refused(tmp_path, values, words):
    path = written(tmp_path, lm_eval(t=({"acc,none": 0.75}, 4)))
    logged = written(tmp_path, samples(values), "samples_t_2026.jsonl")
    with pytest.raises(InvalidInput, match=words):
        taken("lm-eval", path, beside=(logged,), mapping={"t:acc,none": "correct"})


def test_a_sample_that_stands_twice_is_refused(tmp_path):
    path = written(tmp_path, lm_eval(t=({"acc,none": 1.0}, 2)))
    logged = written(tmp_path, samples([1]) * 2, "samples_t_2026.jsonl")
    with pytest.raises(InvalidInput, match="stands twice"):
        taken("lm-eval", path, beside=(logged,), mapping={"t:acc,none": "correct"})


@pytest.mark.parametrize(
    ("text", "words"),
    {
        "a key twice": ('{"results": {}, "results": {}}', "the key `results` stands twice"),
        "no JSON": ("{", "not valid JSON"),
        "a list": ("[]", "expected results, an object"),
        "nothing": ("", "not valid JSON"),
        "deep": ("[" * 100_000, "nested too deep|not valid JSON"),
    }.values(),
)
def test_what_is_no_results_file_is_refused(tmp_path, text, words):
    with pytest.raises(InvalidInput, match=words):
        taken("lm-eval", written(tmp_path, text), mapping={"a": "correct"})
