"""What differs first between a recorded decision and the same decision made again."""

from __future__ import annotations

import copy
from typing import Any

import pytest

from rampgate.core.replay import first_difference, summary_difference
from rampgate.model.replay import Difference


def finding(rule: str, outcome: str = "pass", **fields: Any) -> dict[str, Any]:
    return {
        "rule": rule,
        "kind": "a.kind",
        "outcome": outcome,
        "effect": "block",
        "message": f"{rule} says {outcome}",
        "found": "0.90",
        "expected": "at least 0.80",
        "controls": ["c.1"],
        **fields,
    }


DOCUMENT: dict[str, Any] = {
    "schema": "rampgate/decision/v1",
    "verdict": "allow",
    "findings": [finding("first"), finding("second"), finding("second", found="0.91")],
    "approvals": {"given": True, "counted": [{"person": "rita", "review": 1}]},
    "engine": {"name": "rampgate", "version": "1.0"},
    "valid_until": None,
}


def changed(edit) -> dict[str, Any]:
    found = copy.deepcopy(DOCUMENT)
    edit(found)
    return found


CASES = {
    "an outcome, before the verdict that follows from it": (
        lambda d: (d["findings"][1].update(outcome="fail", found="0.70"), d.update(verdict="deny")),
        Difference("second", "pass", "outcome", "pass", "fail"),
    ),
    "a number of a rule's second finding": (
        lambda d: d["findings"][2].update(found="0.92"),
        Difference("second", "pass", "found", "0.91", "0.92"),
    ),
    "a finding that is gone": (
        lambda d: d["findings"].pop(0),
        Difference("first", "pass", "finding", "pass: first says pass", "-"),
    ),
    "a finding that came": (
        lambda d: d["findings"].append(finding("third", "fail")),
        Difference("third", "", "finding", "-", "fail: third says fail"),
    ),
    "another order of the rules": (
        lambda d: d["findings"].reverse(),
        # The two findings of `second` have changed places, which is told first: they are told apart by their order.
        Difference("second", "pass", "found", "0.90", "0.91"),
    ),
    "a field of no importance": (
        lambda d: d["findings"][0].update(controls=["c.1", "c.2"]),
        Difference("first", "pass", "controls", '["c.1"]', '["c.1", "c.2"]'),
    ),
    "who approved": (
        lambda d: d["approvals"]["counted"][0].update(person="ravi"),
        Difference("", "", "approvals.counted[0].person", "rita", "ravi"),
    ),
    "an approval more": (
        lambda d: d["approvals"]["counted"].append({"person": "sam", "review": 2}),
        Difference("", "", "approvals.counted[1]", "-", '{"person": "sam", "review": 2}'),
    ),
    "yes in place of one": (
        lambda d: d["approvals"].update(given=1),
        Difference("", "", "approvals.given", "true", "1"),
    ),
    "the engine": (
        lambda d: d["engine"].update(version="2.0"),
        Difference("", "", "engine.version", "1.0", "2.0"),
    ),
    "a key that is gone": (lambda d: d.pop("valid_until"), Difference("", "", "valid_until", "null", "-")),
}


@pytest.mark.parametrize("case", CASES)
def test_the_first_difference_is_named(case):
    edit, expected = CASES[case]
    assert first_difference(DOCUMENT, changed(edit)) == expected


def test_nothing_differs_from_itself():
    assert first_difference(DOCUMENT, copy.deepcopy(DOCUMENT)) is None


def test_the_order_of_rules_alone_is_told():
    before = {"findings": [finding("first"), finding("second")]}
    after = {"findings": [finding("second"), finding("first")]}
    assert first_difference(before, after) == Difference("", "", "findings", "first, second", "second, first")


def test_another_engine_leaves_out_its_version_and_nothing_else():
    def edit(document):
        document["engine"]["version"] = "2.0"

    assert first_difference(DOCUMENT, changed(edit), another_engine=True) is None

    def more(document):
        edit(document)
        document["valid_until"] = "2027-01-01"

    found = first_difference(DOCUMENT, changed(more), another_engine=True)
    assert found == Difference("", "", "valid_until", "null", "2027-01-01")


def test_what_a_record_says_of_its_decision_must_be_what_was_decided():
    recorded = {"verdict": "allow", "counted": [{"person": "rita"}], "document": "aa"}
    again = {"verdict": "deny", "counted": [{"person": "rita"}], "document": "bb"}
    assert summary_difference(recorded, again) == Difference("", "", "the record's own verdict", "allow", "deny")
    same = {**recorded, "document": "bb"}
    assert summary_difference(recorded, same) == Difference("", "", "the record's own document", "aa", "bb")
    assert summary_difference(recorded, same, another_engine=True) is None
