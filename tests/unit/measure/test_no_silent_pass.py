"""No silent pass: whatever fools other libraries is refused when it is measured, or does not get past the shipped rules.

Each case goes the whole way, from a file through measuring to the verdict of the rules that this repository ships.
"""

from __future__ import annotations

import json
from decimal import Decimal
from pathlib import Path

import pytest

from measure_requests import measured
from rampgate import rules
from rampgate.core.bind import bind
from rampgate.core.check import check
from rampgate.core.decide import decide
from rampgate.core.select import select
from rampgate.errors import InvalidInput
from rampgate.measure.layout import to_bytes
from rampgate.model.ladder import Ladder
from rampgate.model.policy import Policy
from rampgate.model.vocabulary import Outcome, Verdict
from rampgate.rules._base import Surroundings
from worlds.facts_world import ARTIFACT, card_schema, facts, some_people, sourced

POLICIES = Path(__file__).resolve().parents[3] / "policies"
WANTED = (
    "rates.approvals-by-sex",
    "rates.groups-by-sex",
    "evidence.performance-is-there",
    "evidence.beats-the-trivial-model",
)
SUBJECT = {"model": "credit-risk", "version": "2.0.0", "artifact": ARTIFACT}


def rows(*groups):
    """Lines of a file: (sex, rows of each of tp, fp, fn, tn)."""
    lines = ["sex,y,p"]
    for sex, *amounts in groups:
        for label, amount in zip(("1,1", "0,1", "1,0", "0,0"), amounts, strict=True):
            lines += [f"{sex},{label}"] * amount
    return "\n".join(lines) + "\n"


FAIR = (("female", 800, 100, 200, 900), ("male", 800, 100, 200, 900))


@pytest.fixture(scope="module")
def shipped():
    policies = [
        sourced(Policy, (POLICIES / name).read_text(), f"policies/{name}")
        for name in ("platform.yaml", "equal-treatment.yaml")
    ]
    around = Surroundings(Ladder.preset("5-25-75-100"), some_people(), card_schema(), {})
    known = {kind.id: kind for kind in rules.ALL}
    kept = [
        sourced(Policy, value, policy.path)
        for policy in policies
        for value in [dict(policy.raw) | {"rules": [rule for rule in policy.raw["rules"] if rule["id"] in WANTED]}]
    ]
    bound = bind(kept, known, around, day="2026-11-20")
    assert {each.rule.id for each in bound} == set(WANTED)
    return bound


def judged(shipped, path, **given):
    """The verdict of the shipped rules on what measuring a file gives, and what each of them found."""
    found = {}
    for kind, more in (("performance", {}), ("fairness", {"by": ("sex",)})):
        evidence = measured(kind, path, **(SUBJECT | {"y_true": "y", "y_pred": "p"} | given | more)).evidence
        evidence["produced"]["at"] = "2026-11-19T10:00:00Z"
        found[f"evidence/{kind}.json"] = json.loads(to_bytes(evidence))
    about = facts(evidence=found, from_stage="canary", to_stage="ramp")
    findings = tuple(check(select(shipped, about), about))
    return decide(findings), {each.rule: each.outcome for each in findings}


def write(folder, text):
    path = folder / "data.csv"
    path.write_text(text)
    return path


def test_a_model_that_treats_both_alike_and_is_of_use_passes(tmp_path, shipped):
    """Or else no case below would show anything."""
    verdict, found = judged(shipped, write(tmp_path, rows(*FAIR)))
    assert verdict is Verdict.ALLOW, found


STOPPED = {
    "one group only": rows(("female", 800, 100, 200, 900)),
    "a group that has to be there is missing": rows(FAIR[0], ("other", 800, 100, 200, 900)),
    "nobody is selected": rows(("female", 0, 0, 300, 1700), ("male", 0, 0, 300, 1700)),
    "everybody is selected": rows(("female", 300, 1700, 0, 0), ("male", 300, 1700, 0, 0)),
    "a group in another spelling": rows(FAIR[0], ("Male ", 800, 100, 200, 900)),
    "a group of five rows that happen to be selected alike": rows(FAIR[0], ("male", 2, 0, 1, 2)),
    "a group in which nobody is selected": rows(FAIR[0], ("male", 0, 0, 200, 800)),
    "a group that is selected half as often": rows(FAIR[0], ("male", 300, 100, 700, 900)),
    "too few rows to tell": rows(("female", 60, 10, 20, 60), ("male", 60, 10, 20, 60)),
}


@pytest.mark.parametrize("case", STOPPED)
def test_it_does_not_pass_the_shipped_rules(tmp_path, shipped, case):
    verdict, found = judged(shipped, write(tmp_path, STOPPED[case]))
    assert verdict in (Verdict.DENY, Verdict.UNDECIDED), found


def test_the_useless_model_that_treats_all_alike_is_denied_for_its_use(tmp_path, shipped):
    """Difference 0, ratio 1, equalised odds 0; accuracy 0.369 where always saying no has 0.631."""
    path = write(tmp_path, rows(("female", 369, 631, 0, 0), ("male", 369, 631, 0, 0)))
    verdict, found = judged(shipped, path)
    assert found["rates.approvals-by-sex"] is Outcome.PASS
    assert found["evidence.beats-the-trivial-model"] is Outcome.FAIL
    assert verdict is Verdict.DENY


REFUSED = {
    "labels in words": rows(*FAIR).replace(",1,1", ",yes,yes").replace(",0,0", ",no,no"),
    "a prediction that is NaN": rows(*FAIR) + "female,1,NaN\n",
    "a missing truth": rows(*FAIR) + "female,,1\n",
    "a missing group": rows(*FAIR) + ",1,1\n",
    "a third label": rows(*FAIR) + "female,2,1\n",
    "no rows": "sex,y,p\n",
}


@pytest.mark.parametrize("case", REFUSED)
def test_it_is_refused_when_it_is_measured(tmp_path, shipped, case):
    with pytest.raises(InvalidInput):
        judged(shipped, write(tmp_path, REFUSED[case]))


def test_a_score_that_is_not_a_number_does_not_count_as_selected(tmp_path):
    path = write(tmp_path, "sex,y,s\nfemale,1,NaN\nmale,0,0.2\nmale,1,0.9\n")
    for kind, more in (
        ("performance", {"threshold": Decimal(0)}),
        ("calibration", {}),
        ("fairness", {"by": ("sex",), "threshold": Decimal(0)}),
    ):
        with pytest.raises(InvalidInput, match="column `s`"):
            measured(kind, path, y_true="y", y_score="s", **more)


def test_weights_of_zero_leave_a_group_undefined(tmp_path, shipped):
    lines = rows(*FAIR).splitlines()
    text = "\n".join([lines[0] + ",w", *(f"{line},{0 if line.startswith('male') else 1}" for line in lines[1:])])
    verdict, found = judged(shipped, write(tmp_path, text + "\n"), weight="w")
    assert found["rates.approvals-by-sex"] is Outcome.INSUFFICIENT
    assert verdict in (Verdict.DENY, Verdict.UNDECIDED)


def test_a_suppressed_group_leaves_the_answer_open(tmp_path, shipped):
    path = write(tmp_path, rows(FAIR[0], ("male", 40, 5, 10, 35)))
    verdict, found = judged(shipped, path, min_cell=100)
    assert found["rates.groups-by-sex"] is Outcome.INSUFFICIENT
    assert verdict in (Verdict.DENY, Verdict.UNDECIDED)


def test_a_group_without_positives_is_undefined_and_not_the_worst_or_the_best(tmp_path):
    """Fairlearn gives 0 to its true positive rate and to its opposite, and so an equalised odds difference of 0.9."""
    path = write(tmp_path, rows(*FAIR, ("other", 0, 1, 0, 4)))
    found = measured("fairness", path, y_true="y", y_pred="p", by=("sex",)).evidence["measures"]
    told = {each["metric"]: each["value"] for each in found if each.get("by") == ["sex"]}
    assert told["true_positive_rate_difference"] is None
    assert told["equalized_odds_difference"] is None
    assert told["false_positive_rate_difference"] is not None


def test_an_intersection_without_rows_is_not_there_and_is_missed_where_it_is_asked_for(tmp_path):
    path = write(tmp_path, "sex,race,y,p\n" + "f,a,1,1\nf,b,0,0\nm,a,1,0\n" * 50)
    found = measured("fairness", path, y_true="y", y_pred="p", by=("sex", "race")).evidence
    groups = [row[:2] for row in found["counts"]["rows"]]
    assert ["m", "b"] not in groups
    evidence = json.loads(to_bytes(found | {"subject": found["subject"] | SUBJECT}))
    evidence["produced"]["at"] = "2026-11-19T10:00:00Z"
    kind = next(each for each in rules.ALL if each.id == "fairness.groups_covered")
    wanted = [{"sex": sex, "race": race} for sex in "fm" for race in "ab"]
    params = kind.params.model_validate(
        {"evidence": "fairness", "by": ["sex", "race"], "groups": wanted, "min_group": 1}
    )
    answers = list(kind.check(params, facts(evidence={"evidence/fairness.json": evidence})))
    assert [each.outcome for each in answers] == [Outcome.INSUFFICIENT]
    assert "missing" in answers[0].message
