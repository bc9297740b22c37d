"""`record.clean`: a model whose record is not put right, or not written, does not go up."""

from __future__ import annotations

from rampgate.model.history import History, Unsettled
from rampgate.model.sourced import Missing
from rampgate.rules.record_clean import KIND
from worlds.facts_world import facts, judge, outcomes

OWN = Unsettled(7, "a" * 40, ("it was pushed without a pull request",), ("credit-risk",))
RULES = Unsettled(
    9, "b" * 40, ("it landed although the gate did not allow it", "what landed is not what was evaluated"), ()
)


def judged(*unsettled, uncovered=(), history=None):
    given = history or History(size=20, head="0" * 64, unsettled=unsettled, uncovered=tuple(uncovered))
    return judge(KIND, facts(history=given, records=True))


def test_a_clean_record_passes():
    (answer,) = judged()
    assert (str(answer.outcome), answer.found) == ("pass", "20 records")


def test_each_record_that_went_past_the_gate_is_told_with_the_way_out():
    own, rules = judged(OWN, RULES)
    assert {str(own.outcome), str(rules.outcome)} == {"fail"}
    assert own.message == (
        "record 7 (credit-risk), commit aaaaaaa, went past the gate: it was pushed without a pull request"
    )
    assert rules.message == (
        "record 9, commit bbbbbbb, went past the gate: it landed although the gate did not allow it; what landed is not "
        "what was evaluated"
    )
    assert own.fix == "look into it (`rampgate audit show 7`), and say what comes of it: `rampgate audit correct 7`"


def test_what_is_not_on_record_yet_is_insufficient():
    (answer,) = judged(uncovered=["`policies/people.yaml`"])
    assert str(answer.outcome) == "insufficient"
    assert answer.message == "what stands on the branch is not on record as it stands: `policies/people.yaml`"
    assert "`rampgate record`" in answer.fix


def test_a_fault_outranks_what_is_not_on_record():
    assert outcomes(judged(OWN, uncovered=["x"])) == ["fail", "insufficient"]


def test_a_history_that_says_nothing_is_insufficient():
    assert outcomes(judged(history=Missing("it is forged"))) == ["insufficient"]


def test_where_none_is_declared_it_does_not_apply():
    assert outcomes(judge(KIND, facts())) == ["not_applicable"]
