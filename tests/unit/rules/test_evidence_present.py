"""The rule `evidence.present`, and through it which evidence a rule judges at all."""

from __future__ import annotations

from typing import Any

import pytest

from rampgate.model.sourced import Missing
from rampgate.rules.evidence_present import KIND
from worlds.facts_world import an_evidence, digest, example_rules, facts, judge, lint, outcomes

FILE = "evidence/performance.json"
COUNTS = {"columns": ["y_true", "y_pred", "n"], "rows": [[1, 1, 600], [0, 0, 400]]}
WITH: dict[str, Any] = {"kind": "performance"}


def about(changes: dict[str, Any] | None = None, /, signed_by: str = "", **world: Any) -> Any:
    """Facts on 2026-11-20 with one performance file of 1,000 rows, produced on 2026-11-10."""
    evidence = an_evidence("performance", {"counts": COUNTS, **(changes or {})})
    return facts(evidence={FILE: evidence}, signed_by={FILE: signed_by} if signed_by else None, **world)


def test_fitting_unsigned_evidence_passes_as_claimed() -> None:
    [answer] = judge(KIND, about(), **WITH)
    assert (answer.outcome, answer.attested) == ("pass", True)
    assert "on 1000 rows" in answer.message
    assert "claimed" in answer.message


def test_without_evidence_the_fix_is_the_command_that_measures_it() -> None:
    [answer] = judge(KIND, facts(), **WITH)
    assert answer.outcome == "insufficient"
    assert answer.fix == (
        "`rampgate measure performance --data FILE --y-true COLUMN --y-pred COLUMN"
        " --model credit-risk --model-version 2.0.0 --attach`"
    )


def test_measuring_again_takes_the_place_of_the_file_that_does_not_fit() -> None:
    """Beside it, the old file would go on to count."""
    stale = an_evidence("performance", counts=COUNTS, population="production", stage="pilot")
    [answer] = judge(KIND, facts(evidence={"evidence/pilot.json": stale}), **WITH, max_age_days=1)
    assert answer.outcome == "insufficient"
    assert answer.fix == (
        "measure again: `rampgate measure performance --data FILE --y-true COLUMN --y-pred COLUMN"
        " --population production --window DAY..DAY --model credit-risk --model-version 2.0.0"
        " --out model_cards/credit-risk/2.0.0/evidence/pilot.json --attach --replace`"
    )


def test_evidence_of_another_kind_or_population_is_none() -> None:
    assert outcomes(judge(KIND, about(), kind="drift")) == ["insufficient"]
    [answer] = judge(KIND, about(), **WITH, population="production")
    assert answer.message == "the card lists no evidence of kind `performance`, population `production`"


@pytest.mark.parametrize(
    ("changes", "words"),
    {
        "another artifact": ({"subject.artifact": digest("other")}, "it is about artifact"),
        "another version": ({"subject.version": "1.9.0"}, "it is about credit-risk 1.9.0, not credit-risk 2.0.0"),
        "another model": ({"subject.model": "fraud"}, "it is about fraud 2.0.0"),
        "another data set under the name of the card's": (
            {"subject.dataset_name": "holdout", "subject.dataset": digest("other")},
            "its data set `holdout` is",
        ),
        "a day to come": ({"produced.at": "2026-11-21T00:00:00Z"}, "after today, 2026-11-20"),
        "a day to come in another time zone": ({"produced.at": "2026-11-20T23:30:00-02:00"}, "after today"),
        "a window that has not ended": ({"window": {"from": "2026-11-01", "to": "2026-11-21"}}, "its window ends on"),
        "no such day": ({"produced.at": "2026-02-30T00:00:00Z"}, "is not a date"),
    }.values(),
)
def test_evidence_that_does_not_fit_is_insufficient_and_never_skipped(changes: dict[str, Any], words: str) -> None:
    [answer] = judge(KIND, about(changes), **WITH)
    assert answer.outcome == "insufficient"
    assert words in answer.message


def test_one_file_that_does_not_fit_beside_one_that_does_still_counts() -> None:
    old = an_evidence("performance", {"counts": COUNTS, "subject.artifact": digest("other")})
    world = facts(evidence={FILE: an_evidence("performance", counts=COUNTS), "evidence/old.json": old})
    assert outcomes(judge(KIND, world, **WITH)) == ["pass", "insufficient"]


def test_a_file_that_can_not_be_read_is_insufficient_for_every_kind() -> None:
    """Nobody knows what it would say, and breaking a bad file must not hide it."""
    unreadable = Missing("its digest is not the one that the card names")
    world = facts(evidence={FILE: an_evidence("performance", counts=COUNTS), "evidence/broken.json": unreadable})
    assert outcomes(judge(KIND, world, **WITH)) == ["pass", "insufficient"]


@pytest.mark.parametrize(("days", "outcome"), [(10, "pass"), (9, "insufficient")])
def test_the_greatest_age_itself_is_allowed(days: int, outcome: str) -> None:
    """From 2026-11-10 to 2026-11-20 are 10 days."""
    [answer] = judge(KIND, about(), **WITH, max_age_days=days)
    assert answer.outcome == outcome
    assert answer.valid_until == ("2026-11-20" if outcome == "pass" else "")


@pytest.mark.parametrize(("rows", "outcome"), [(1000, "pass"), (1001, "insufficient")])
def test_rows_are_those_of_the_counts_and_not_those_that_the_source_claims(rows: int, outcome: str) -> None:
    claimed = {"source": {"uri": "holdout.csv", "digest": digest("test data"), "rows": 5_000_000}}
    assert outcomes(judge(KIND, about(claimed), **WITH, min_rows=rows)) == [outcome]


def test_evidence_without_a_table_says_its_rows_itself_or_has_none() -> None:
    source = {"uri": "load.csv", "digest": digest("load"), "rows": 50}
    bare, sized = an_evidence("load"), an_evidence("load", source=source)
    assert outcomes(judge(KIND, facts(evidence={FILE: bare}), kind="load", min_rows=50)) == ["insufficient"]
    assert outcomes(judge(KIND, facts(evidence={FILE: sized}), kind="load", min_rows=50)) == ["pass"]
    assert outcomes(judge(KIND, facts(evidence={FILE: sized}), kind="load", min_rows=51)) == ["insufficient"]


def test_a_data_set_is_asked_for_by_digest_or_name() -> None:
    named = about({"subject.dataset_name": "holdout"})
    assert outcomes(judge(KIND, named, **WITH, dataset=digest("test data"), dataset_name="holdout")) == ["pass"]
    assert outcomes(judge(KIND, named, **WITH, dataset=digest("other"))) == ["insufficient"]
    assert outcomes(judge(KIND, about(), **WITH, dataset_name="holdout")) == ["insufficient"]


def test_stage_current_is_where_the_version_stands_before_the_change() -> None:
    old = an_evidence("performance", counts=COUNTS, population="production", stage="pilot")
    now = an_evidence("performance", counts=COUNTS, population="production", stage="canary")
    move = {"from_stage": "canary", "to_stage": "ramp"}
    rule = {**WITH, "stage": "current"}
    assert outcomes(judge(KIND, facts(evidence={"evidence/a.json": old}, **move), **rule)) == ["insufficient"]
    both = {"evidence/a.json": old, "evidence/b.json": now}
    assert outcomes(judge(KIND, facts(evidence=both, **move), **rule)) == ["pass"]


@pytest.mark.parametrize("changes", [{}, {"stage": "canarry"}], ids=["no stage", "unknown stage"])
def test_evidence_of_an_unclear_stage_is_insufficient_where_the_rule_asks_for_the_current_one(
    changes: dict[str, Any],
) -> None:
    [answer] = judge(KIND, about(changes), **WITH, stage="current")
    assert answer.outcome == "insufficient"
    assert "stage" in answer.message


@pytest.mark.parametrize(
    ("signer", "outcome", "words"),
    [
        ("sam", "pass", "signed by `sam`"),
        ("rita", "insufficient", "`rita`, who holds none of the roles asked for: `security`"),
        ("mallory", "insufficient", "`mallory`, who is not in the people file"),
        ("", "insufficient", "it is not signed"),
    ],
)
def test_a_signature_counts_by_the_signers_role_in_the_people_file(signer: str, outcome: str, words: str) -> None:
    [answer] = judge(KIND, about(signed_by=signer), **WITH, signed_by=["security"])
    assert answer.outcome == outcome
    assert words in answer.message
    assert not answer.attested


def test_a_role_that_nobody_holds_is_a_fault_of_the_policy() -> None:
    [fault] = lint(KIND, **WITH, signed_by=["security", "securty"])
    assert fault.pointer == ("signed_by", 1)
    assert "did you mean `security`?" in fault.message


def test_the_example_of_the_page_is_a_rule() -> None:
    for rule in example_rules(KIND):
        KIND.params.model_validate(rule.with_)
