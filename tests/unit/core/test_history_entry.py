"""Whose hand was in a decision: who opened, approved, granted and bypassed."""

from __future__ import annotations

from typing import Any

import pytest

from rampgate.core.history_entry import hands, without_findings
from rampgate.model.history_views import Deed, Hand
from rampgate.model.record import Record
from worlds.record_shapes import PROMOTION

RECORD = Record.model_validate(PROMOTION)
ALONE = RECORD.model_copy(update={"pull": None, "decision": None})
WAIVER = {"id": "W-1", "reason": "x", "owner": "alice", "approved_by": "rita", "ends": "2026-12-01"}
GLASS = {"id": "inc-7", "reason": "x", "ticket": "INC-7", "by": "bob", "second": "ravi", "review_by": "2026-12-01"}


def test_a_waiver_is_granted_by_its_approver_and_not_by_its_owner():
    assert list(hands(ALONE, {"waivers": [WAIVER], "break_glass": []}, ())) == [Hand("rita", Deed.GRANTED, what="W-1")]


def test_glass_is_broken_by_two():
    found = list(hands(ALONE, {"waivers": [], "break_glass": [GLASS]}, ()))
    assert found == [Hand("bob", Deed.BYPASSED, what="inc-7"), Hand("ravi", Deed.BYPASSED, what="inc-7")]


# kind and value of a statement -> who is found in it
STATED: dict[str, tuple[str, Any, list[Hand]]] = {
    "a waiver": ("waiver", WAIVER, [Hand("rita", Deed.GRANTED, what="W-1")]),
    "a break-glass": ("break-glass", GLASS, [Hand("bob", Deed.BYPASSED), Hand("ravi", Deed.BYPASSED)]),
    "a waiver that names nobody": ("waiver", {"id": "W-1"}, []),
    "a list": ("waiver", ["rita"], []),
    "nothing": ("waiver", None, []),
    "a name that is no text": ("break-glass", {"by": 7, "second": ["x"]}, []),
    "an event": ("rollback", {"by": "alice"}, []),
}


@pytest.mark.parametrize("case", STATED)
def test_statements_name_people_or_nobody(case):
    kind, value, expected = STATED[case]
    assert list(hands(ALONE, {}, [(kind, value)])) == expected


def test_who_opened_and_who_approved_come_first():
    counted = RECORD.decision.counted
    found = list(hands(RECORD, {"waivers": [WAIVER]}, ()))
    assert found[0] == Hand(RECORD.pull.author, Deed.OPENED)
    assert [each.person for each in found[1:-1]] == [each.person for each in counted]
    assert found[-1].deed is Deed.GRANTED


def test_a_listed_record_keeps_all_but_the_long_lists():
    brief = without_findings(RECORD)
    assert RECORD.decision.findings
    assert brief.decision.findings == brief.decision.inputs == ()
    assert brief.decision.verdict == RECORD.decision.verdict
    assert brief.model_copy(update={"decision": RECORD.decision}) == RECORD
