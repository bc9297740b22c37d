"""What became of a decision, told from the records after it."""

from __future__ import annotations

from typing import Any

from rampgate.core.fate import Fates
from rampgate.model.record import Record
from unit.reports.packs import a_record


def record(
    seq: int, kind: str, *moves: tuple[str, str | None, str | None], landed: bool = True, **fields: Any
) -> Record:
    """Moves: version, from, to; the first is the one that was decided about."""
    shown = [
        {"model": "credit-risk", "version": version, "artifact": "a", "from": before, "to": after}
        for version, before, after in moves
    ]
    made = a_record()
    decision: Any = made.decision.model_dump(mode="json", by_alias=True)
    decision["transition"] = {**shown[0], "supersedes": None} if shown and shown[0]["to"] else None
    git = made.git.model_dump() | ({} if landed else {"landed": None, "landed_tree": None})
    value = {
        "kind": kind,
        "seq": seq,
        "moves": shown if landed else [],
        "decision": decision,
        "git": git,
        "past_the_gate": [],
    }
    return a_record(**{**value, **fields})


def fates(*records: Record) -> list[str]:
    found = Fates(records)
    return [found.of(each).words for each in records]


def test_a_promotion_stands_until_the_version_moves_again():
    up = record(0, "promote", ("2.0.0", "pilot", "canary"))
    assert fates(up) == ["credit-risk 2.0.0 still stands as this record left it"]
    assert fates(up, record(1, "promote", ("2.1.0", "pilot", "canary")))[0].endswith("as this record left it")
    assert fates(up, record(1, "promote", ("2.0.0", "canary", "ramp")))[0] == "moved on to ramp by record 1"
    assert fates(up, record(1, "rollback", ("2.0.0", "canary", "pilot")))[0] == "rolled back to pilot by record 1"
    assert fates(up, record(1, "retire", ("2.0.0", "canary", "retired")))[0] == "retired by record 1"


def test_only_the_next_record_of_the_version_is_told():
    up, down = record(0, "promote", ("2.0.0", "pilot", "canary")), record(1, "rollback", ("2.0.0", "canary", "pilot"))
    again = record(2, "restore", ("2.0.0", "pilot", "canary"))
    assert fates(up, down, again)[:2] == ["rolled back to pilot by record 1", "restored to canary by record 2"]


def test_what_moves_along_with_another_version_was_not_itself_promoted_or_rolled_back():
    stood = record(0, "promote", ("1.4.0", "majority", "full"))
    after = record(1, "promote", ("2.0.0", "majority", "full"), ("1.4.0", "full", "standby"))
    back = record(2, "rollback", ("2.0.0", "full", "pilot"), ("1.4.0", "standby", "full"))
    assert fates(stood, after, back)[:2] == ["moved to standby by record 1", "rolled back to pilot by record 2"]
    assert Fates([stood, after, back]).of(stood).word == "moved"


def test_what_was_refused_may_come_up_later():
    refused = record(0, "promote", ("2.0.0", "pilot", "canary"), landed=False)
    assert fates(refused) == ["it did not land, and credit-risk 2.0.0 has not come to canary since"]
    other = record(1, "promote", ("2.0.0", "canary", "ramp"))
    later = record(2, "promote", ("2.0.0", "pilot", "canary"))
    assert fates(refused, other, later)[0] == "it did not land; credit-risk 2.0.0 came to canary later, by record 2"
    assert Fates([refused, later]).of(refused).later == (2,)


def test_what_was_refused_where_it_stood_came_to_nothing():
    assert fates(record(0, "amend", ("2.0.0", "canary", "canary"), landed=False)) == ["it did not land"]


def test_a_correction_is_told_before_anything_else():
    pushed = record(0, "promote", ("2.0.0", "pilot", "canary"))
    down = record(1, "rollback", ("2.0.0", "canary", "pilot"))
    said = record(2, "policy", corrects=[0])
    fate = Fates([pushed, down, said]).of(pushed)
    assert (fate.word, fate.later) == ("corrected", (1, 2))
    assert fate.words == "corrected by record 2; rolled back to pilot by record 1"


def test_rules_stand_until_they_are_changed_again():
    first, second = record(0, "policy"), record(1, "waiver")
    assert fates(first, second) == ["the rules were changed again by record 1", "the rules were not changed again"]


def test_an_opening_moves_nothing():
    assert fates(record(0, "opening", landed=False, decision=None)) == ["it moves no version"]
