"""Numbers that another tool reported without counts: no rule takes one for a measurement unless it says so."""

from __future__ import annotations

from typing import Any

import pytest

from rampgate.formats.evidence_check import recompute
from rampgate.model.evidence import Evidence
from rampgate.rules import (
    evidence_no_worse_than,
    evidence_present,
    fairness_difference_at_most,
    fairness_ratio_at_least,
)
from rampgate.rules.evidence_metric_within import KIND, MetricWithin
from worlds.facts_world import an_evidence, facts, judge

FILE = "evidence/claimed.json"
FLOOR = {"evidence": "performance", "metric": "accuracy", "at_least": "0.80"}
TAKEN = {"decide_on": "point", "without_counts": "allowed"}
IMPORTED = {"tool": "mlflow", "file": "mlflow.db", "digest": "sha256:" + "c" * 64, "at": "2026-11-11T09:00:00Z"}


def claimed(*claims: dict[str, Any], kind: str = "performance", **fields: Any) -> dict[str, Any]:
    return an_evidence(kind, imported=IMPORTED, claimed=list(claims), **fields)


def claim(value: str | None, metric: str = "accuracy", n: int | None = None, **group: str) -> dict[str, Any]:
    return {"metric": metric, "group": group, "value": value} | ({} if n is None else {"n": n})


def about(evidence: dict[str, Any]) -> Any:
    return facts(evidence={FILE: evidence})


@pytest.mark.parametrize("decide_on", ["point", "lower", "upper"])
def test_a_perfect_number_without_counts_never_passes_by_itself(decide_on: str) -> None:
    [answer] = judge(KIND, about(claimed(claim("1", n=10_000))), **FLOOR, decide_on=decide_on)
    assert answer.outcome == "insufficient"
    assert "is a number that mlflow claims, without the counts that it rests on" in answer.message


@pytest.mark.parametrize(("value", "outcome"), [("0.80", "pass"), ("0.7999", "fail"), (None, "insufficient")])
def test_a_rule_may_say_that_it_takes_the_word_of_a_tool(value: str | None, outcome: str) -> None:
    [answer] = judge(KIND, about(claimed(claim(value))), **FLOOR, **TAKEN)
    assert answer.outcome == outcome
    assert answer.attested
    assert "claimed without counts" in answer.message


def test_an_interval_that_nobody_knows_decides_nothing() -> None:
    with pytest.raises(ValueError, match="needs `decide_on: point`"):
        MetricWithin.model_validate({**FLOOR, "without_counts": "allowed"})


def test_the_least_rows_are_not_met_by_a_tool_that_does_not_say_them() -> None:
    for n, outcome in ((None, "insufficient"), (99, "insufficient"), (100, "pass")):
        [answer] = judge(KIND, about(claimed(claim("0.9", n=n))), **FLOOR, **TAKEN, min_n=100)
        assert answer.outcome == outcome


def test_a_claim_never_stands_in_for_what_counts_give() -> None:
    """The counts give 0.5; a claim of 0.99 beside them would else be the one that is judged."""
    counts = {"columns": ["y_true", "y_pred", "n"], "rows": [[1, 1, 500], [1, 0, 500]]}
    [answer] = judge(KIND, about(claimed(claim("0.99"), counts=counts)), **FLOOR, **TAKEN)
    assert answer.outcome == "fail"
    assert "0.5" in answer.message


def test_a_claim_of_groups_says_nothing_of_suppressed_ones() -> None:
    evidence = claimed(claim("0.9", sex="f"), suppressed=[{"sex": "m"}], minimum_cell=10)
    [answer] = judge(KIND, about(evidence), **FLOOR, **TAKEN, group="every", by=["sex"])
    assert answer.outcome == "insufficient"


def test_every_group_that_is_claimed_is_judged_and_the_worst_counts() -> None:
    evidence = claimed(claim("0.9", sex="f"), claim("0.7", sex="m"))
    [answer] = judge(KIND, about(evidence), **FLOOR, **TAKEN, group="every", by=["sex"])
    assert answer.outcome == "fail"
    assert "sex=m" in answer.message


@pytest.mark.parametrize(
    ("kind", "params"),
    {
        "no worse than a fixed value": (
            evidence_no_worse_than.KIND,
            {"evidence": "performance", "metric": "accuracy", "than": {"value": "0.5"}, "margin": "0.1"},
        ),
        "a ratio of groups": (
            fairness_ratio_at_least.KIND,
            {"evidence": "performance", "metric": "accuracy", "by": ["sex"], "at_least": "0.8", "min_group": 1},
        ),
        "a difference of groups": (
            fairness_difference_at_most.KIND,
            {"evidence": "performance", "metric": "accuracy", "by": ["sex"], "at_most": "0.5", "min_group": 1},
        ),
    }.values(),
)
def test_every_other_rule_about_numbers_is_insufficient(kind: Any, params: dict[str, Any]) -> None:
    evidence = claimed(claim("0.9"), claim("0.9", sex="f"), claim("0.9", sex="m"))
    assert {answer.outcome for answer in judge(kind, about(evidence), **params)} == {"insufficient"}


def test_presence_can_ask_for_counts() -> None:
    counts = {"columns": ["y_true", "y_pred", "n"], "rows": [[1, 1, 9], [0, 0, 1]]}
    wanted = {"kind": "performance", "counts": "required"}
    for evidence, outcome in (
        (claimed(claim("0.9")), "insufficient"),
        (claimed(claim("0.9", metric="roc_auc"), counts=counts), "insufficient"),
        (an_evidence("performance", counts=counts), "pass"),
        (an_evidence("performance", results={"accuracy": "0.9"}), "insufficient"),
    ):
        [answer] = judge(evidence_present.KIND, about(evidence), **wanted)
        assert answer.outcome == outcome


def test_presence_counts_cases_and_never_believes_a_number_of_rows() -> None:
    judged = {"columns": ["task", "measure", "k", "n"], "rows": [["a", "correct", 5, 60], ["a", "refusal", 1, 50], ["b", "correct", 1, 40]]}  # fmt: skip
    answers = an_evidence("answers", imported=IMPORTED, tables={"judged": judged})
    for least, outcome in ((100, "pass"), (101, "insufficient")):
        [answer] = judge(evidence_present.KIND, about(answers), kind="answers", min_rows=least)
        assert answer.outcome == outcome
    [answer] = judge(evidence_present.KIND, about(claimed(claim("0.9", n=10**6))), kind="performance", min_rows=1)
    assert answer.outcome == "insufficient"


def test_rates_of_answers_are_judged_by_their_intervals() -> None:
    """0 of 50 and 0 of 500: Wilson's upper limits are 0.0713 and 0.0076."""
    rule = {"evidence": "answers", "metric": "hallucination", "at_most": "0.03"}
    for n, outcome in ((50, "insufficient"), (500, "pass")):
        tables = {"judged": {"columns": ["measure", "k", "n"], "rows": [["hallucination", 0, n]]}}
        [answer] = judge(KIND, about(an_evidence("answers", imported=IMPORTED, tables=tables)), **rule)
        assert answer.outcome == outcome


def test_a_measure_that_was_not_judged_is_insufficient_and_not_0() -> None:
    tables = {"judged": {"columns": ["measure", "k", "n"], "rows": [["correct", 5, 5], ["toxicity", 0, 0]]}}
    for metric in ("hallucination", "toxicity"):
        [answer] = judge(
            KIND, about(an_evidence("answers", tables=tables)), evidence="answers", metric=metric, at_most="0.5"
        )
        assert answer.outcome == "insufficient"


def test_a_check_that_did_not_run_is_not_one_that_passed() -> None:
    tables = {"checks": {"columns": ["check", "column", "result"], "rows": [["a", "", "passed"], ["b", "", "skipped"]]}}
    rule = {"evidence": "checks", "metric": "failed_checks", "at_most": "0", "decide_on": "point"}
    assert [each.outcome for each in judge(KIND, about(an_evidence("checks", tables=tables)), **rule)] == ["fail"]
    nothing = {"checks": {"columns": ["check", "column", "result"], "rows": []}}
    assert [each.outcome for each in judge(KIND, about(an_evidence("checks", tables=nothing)), **rule)] == [
        "insufficient"
    ]


@pytest.mark.parametrize(
    ("fields", "words"),
    {
        "a metric that the kind does not have": ({"claimed": [claim("1", "psi")]}, "has no such metric"),
        "one number twice, under two names": (
            {"claimed": [claim("1", "recall"), claim("0", "true_positive_rate")]}, "is claimed once",
        ),
        "a measure that rests on nothing": (
            {"claimed": [claim("1")], "measures": [{"metric": "accuracy", "n": 5, "value": "1"}]}, "need counts to rest on",
        ),
    }.values(),
)  # fmt: skip
def test_claims_that_are_not_well_formed_make_the_file_invalid(fields: dict[str, Any], words: str) -> None:
    evidence = Evidence.model_validate(an_evidence("performance", imported=IMPORTED, **fields))
    assert words in " ".join(recompute(evidence))


def test_a_measure_of_a_kind_that_nobody_can_compute_is_refused() -> None:
    """Else a file of a kind without tables could record anything."""
    measures = [{"metric": "availability", "n": 5, "value": "1"}]
    evidence = Evidence.model_validate(an_evidence("readiness", results={"ok": True}, measures=measures))
    assert recompute(evidence)


@pytest.mark.parametrize(
    ("kind", "tables", "words"),
    {
        "more than all": ("answers", {"judged": (["measure", "k", "n"], [["correct", 6, 5]])}, "6 of 5 cases"),
        "an unknown measure": ("answers", {"judged": (["measure", "k", "n"], [["nice", 1, 5]])}, "unknown measure `nice`"),
        "a measure twice": (
            "answers", {"judged": (["measure", "k", "n"], [["correct", 1, 5], ["correct", 5, 5]])}, "twice",
        ),
        "two currencies": (
            "answers",
            {
                "judged": (["measure", "k", "n"], []),
                "spent": (["currency", "cost_nano", "cases"], [["USD", 1, 1], ["EUR", 1, 1]]),
            },
            "in one currency",
        ),
        "rows of a check that is not listed": (
            "checks",
            {
                "checks": (["check", "column", "result"], [["a", "", "passed"]]),
                "rows": (["check", "column", "unexpected", "missing", "rows"], [["b", "", 0, 0, 5]]),
            },
            "is not in the table `checks`",
        ),
        "more unexpected rows than there are": (
            "checks",
            {
                "checks": (["check", "column", "result"], [["a", "", "passed"]]),
                "rows": (["check", "column", "unexpected", "missing", "rows"], [["a", "", 4, 2, 5]]),
            },
            "4 of 3 rows",
        ),
        "an unknown result": ("checks", {"checks": (["check", "column", "result"], [["a", "", "fine"]])}, "unknown result"),
    }.values(),
)  # fmt: skip
def test_tables_that_can_not_be_make_the_file_invalid(kind: str, tables: dict[str, Any], words: str) -> None:
    written = {name: {"columns": columns, "rows": rows} for name, (columns, rows) in tables.items()}
    assert words in " ".join(recompute(Evidence.model_validate(an_evidence(kind, tables=written))))
