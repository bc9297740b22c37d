"""The bias audit of New York City's Local Law 144: selections, scores above the median, exclusions that are listed."""

from __future__ import annotations

import json
from decimal import Decimal

import pytest

from measure_requests import measured, value
from rampgate.errors import UsageProblem
from rampgate.formats.evidence_check import recompute
from rampgate.measure.layout import to_bytes
from rampgate.model.evidence import Evidence
from rampgate.rules import ALL
from worlds.facts_world import ARTIFACT, facts, outcomes

AUDIT = {"preset": "nyc-ll144", "by": ("sex", "race"), "y_true": None, "y_pred": None}


def written(folder, *rows):
    """Rows of (sex, race, selected, how many)."""
    path = folder / "data.csv"
    lines = [f"{sex},{race},{selected}" for sex, race, selected, n in rows for _ in range(n)]
    path.write_text("\n".join(["sex,race,x", *lines]) + "\n")
    return path


ROWS = (
    ("F", "White", 1, 40), ("F", "White", 0, 60), ("M", "White", 1, 60), ("M", "White", 0, 40),
    ("F", "Black", 1, 20), ("F", "Black", 0, 60), ("M", "Black", 1, 30), ("M", "Black", 0, 50),
    ("F", "Native", 1, 3), ("F", "unknown", 1, 5), ("F", "unknown", 0, 5),
)  # fmt: skip


def audit(path, **given):
    return measured("fairness", path, **(AUDIT | {"outcome": "x"} | given))


def test_a_selection_rate_is_divided_by_the_highest_one(tmp_path):
    found = audit(written(tmp_path, *ROWS), crosscheck=True)
    assert value(found, "rate", race="White") == Decimal("0.5")
    assert value(found, "rate", race="Native") == 1
    assert value(found, "impact_ratio", race="White") == Decimal("0.5")
    assert value(found, "impact_ratio", sex="M") == 1
    assert recompute(Evidence.model_validate(json.loads(to_bytes(found.evidence)))) == []


def test_small_categories_are_left_out_with_rows_rate_and_reason(tmp_path):
    found = audit(written(tmp_path, *ROWS), justification="three people")
    settings = found.evidence["results"]["nyc_ll144"]
    assert settings["excluded"] == [
        {"group": {"race": "Native"}, "n": 3, "k": 3, "rate": "1.0000"},
        {"group": {"sex": "F", "race": "Native"}, "n": 3, "k": 3, "rate": "1.0000"},
    ]
    assert settings["justification"] == "three people"
    assert settings["unknown_rows"] == {"sex": 0, "race": 10, "sex, race": 10}
    assert value(found, "impact_ratio", race="White") == 1
    assert value(found, "impact_ratio", race="Black") == Decimal("0.625")
    told = [each["group"] for each in found.evidence["measures"] if each["metric"] == "impact_ratio"]
    assert not any("Native" in each.values() or "unknown" in each.values() for each in told)
    assert recompute(Evidence.model_validate(found.evidence)) == []


def test_a_score_counts_where_it_is_above_the_median_of_all(tmp_path):
    """Scores 1 2 3 4: the median is 2.5, and a score at the median of an odd number is not above it."""
    path = written(tmp_path, ("F", "a", 1, 1), ("F", "b", 2, 1), ("M", "a", 3, 1), ("M", "b", 4, 1))
    found = audit(path, outcome=None, y_score="x")
    assert found.evidence["results"]["nyc_ll144"]["median"] == "2.5"
    assert (value(found, "rate", sex="F"), value(found, "rate", sex="M")) == (0, 1)
    odd = written(tmp_path, ("F", "a", 1, 1), ("F", "b", 2, 1), ("M", "a", 3, 1))
    assert value(audit(odd, outcome=None, y_score="x"), "rate") == Decimal("0.333333333333")


FORGED = {
    "an exclusion that is not listed": ("excluded", [], "does not list every category"),
    "an exclusion without a reason": ("justification", " ", "without a `justification`"),
    "unknown people who are not counted": ("unknown_rows", {}, "the counts give others"),
    "a share that the law does not allow": ("least_share", "0.3", "under 2%"),
    "a category that is called unknown": ("unknown", "Black", "no name of an unknown category"),
}


@pytest.mark.parametrize("case", FORGED)
def test_an_audit_that_hides_somebody_is_found(tmp_path, case):
    name, forged, message = FORGED[case]
    evidence = audit(written(tmp_path, *ROWS), justification="three people").evidence
    evidence["results"]["nyc_ll144"][name] = forged
    assert any(message in each for each in recompute(Evidence.model_validate(evidence)))


USAGE = {
    "one column": ({"by": ("sex",)}, "needs the columns of sex and of race"),
    "neither selection nor score": ({"outcome": None}, "needs either who was selected"),
    "an unknown that is a race": ({"unknown": "Black"}, "no name of an unknown category"),
    "an empty reason": ({"justification": " "}, "it is empty"),
    "a truth": ({"y_true": "x"}, "`--y-true` has no meaning"),
    "a least cell": ({"min_cell": 5}, "`--min-cell` has no meaning"),
}


@pytest.mark.parametrize("case", USAGE)
def test_what_the_preset_can_not_use_is_told(tmp_path, case):
    given, message = USAGE[case]
    with pytest.raises(UsageProblem, match=message):
        audit(written(tmp_path, *ROWS), **given)


def test_a_rule_judges_the_impact_ratio_of_every_category(tmp_path):
    found = audit(
        written(tmp_path, *ROWS), justification="three people", model="credit-risk", version="2.0.0", artifact=ARTIFACT
    )
    evidence = json.loads(to_bytes(found.evidence))
    evidence["produced"]["at"] = "2026-11-19T10:00:00Z"
    kind = next(each for each in ALL if each.id == "evidence.metric_within")

    def judged(**limit):
        given = {"evidence": "fairness", "metric": "impact_ratio", "group": "every", "by": ["race"], **limit}
        return list(kind.check(kind.params.model_validate(given), facts(evidence={"evidence/fairness.json": evidence})))

    assert outcomes(judged(at_least="0.80", decide_on="point")) == ["fail"]
    assert outcomes(judged(at_least="0.60", decide_on="point")) == ["pass"]
    assert outcomes(judged(at_least="0.40")) == ["pass"]
    assert outcomes(judged(at_least="0.60")) == ["insufficient"]
