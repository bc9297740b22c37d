"""What records add up to: a fold in their order, in which nothing counts as earlier than it is on record."""

from __future__ import annotations

from itertools import count
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rampgate.core.chronicle import contents, is_about, stays, unsettled
from rampgate.model.history import Stay
from rampgate.model.record import Record

MODEL = "credit-risk"
ONE, TWO = "sha256:" + "1" * 64, "sha256:" + "2" * 64
KEY, KEY_2 = "sha256:" + "a" * 64, "sha256:" + "b" * 64
COMMIT = "c" * 40
NOWHERE = dict.fromkeys(("base", "base_tree", "head", "landing_tree", "landed", "landed_tree", "objects"))
DECISION: dict[str, Any] = {
    "verdict": "allow", "transition": None, "evaluated_at": "2026-11-01T00:00:00Z", "valid_until": None,
    "findings": [], "not_applicable": [], "counted": [], "ignored": [], "waivers": [], "break_glass": [], "inputs": [],
    "history_size": None, "document": "0" * 64,
}  # fmt: skip


def a_record(seq: int, kind: str = "promote", at: str = "", *, models: tuple[str, ...] = (MODEL,), landed: bool = True,
             moves: tuple[tuple[str, str | None, str], ...] = (), content: str = "", mover: str = MODEL, **fields: Any) -> Record:  # fmt: skip
    """A record at a place; moves: (version, where to, artifact) of `mover`."""
    return Record.model_validate(
        {
            "schema": "rampgate/record/v1",
            "seq": seq,
            "prev": None,
            "log": None,
            "model_prev": dict.fromkeys(models),
            "repository": "github.com/acme/models",
            "kind": kind,
            "at": at or f"2026-11-{seq + 1:02d}T09:00:00Z",
            "time_source": "forge",
            "recorded_at": "2026-12-31T00:00:00Z",
            "git": {**NOWHERE, "branch": "main", "covered": COMMIT, **({"landed": f"{seq:040x}"} if landed else {})},
            "pull": None,
            "decision": {**DECISION, "content": content} if content else None,
            "moves": [
                {"model": mover, "version": version, "artifact": artifact, "from": None, "to": to}
                for version, to, artifact in moves
            ],
            "past_the_gate": [],
            "engine": {"name": "rampgate", "version": "1", "sha256": "0" * 64},
            **fields,
        }
    )


def story(*moves: tuple[str | None, str]) -> list[Record]:
    """Version 2.0.0 comes to each of these stages with each of these artifacts, one record a day."""
    return [a_record(at, moves=(("2.0.0", to, artifact),)) for at, (to, artifact) in enumerate(moves)]


STAYS = {
    "it comes up": ([("pilot", ONE), ("canary", ONE)], 1),
    "it goes down and comes back": ([("canary", ONE), ("pilot", ONE), ("canary", ONE)], 2),
    "another artifact begins anew": ([("pilot", ONE), ("pilot", TWO)], 1),
    "the first artifact comes back": ([("pilot", ONE), ("pilot", TWO), ("pilot", ONE)], 2),
    "it is told once more that it stands there": ([("canary", ONE), ("canary", ONE), ("canary", ONE)], 0),
    "it is taken away and comes again": ([("canary", ONE), (None, ""), ("canary", ONE)], 2),
}


@pytest.mark.parametrize("case", STAYS)
def test_a_stay_is_one_stage_and_one_artifact_without_a_break(case: str) -> None:
    moves, begun = STAYS[case]
    stage, artifact = moves[-1]
    assert stays(story(*moves), MODEL) == {
        "2.0.0": Stay("2.0.0", stage, artifact, f"2026-11-{begun + 1:02d}T09:00:00Z", begun)
    }


def test_a_version_that_is_gone_stands_nowhere() -> None:
    assert stays(story(("canary", ONE), (None, "")), MODEL) == {}


def test_what_moves_nothing_breaks_no_stay() -> None:
    records = [
        a_record(0, "baseline", moves=(("2.0.0", "canary", ONE),), landed=False),
        a_record(1, "amend"),
        a_record(2, "promote", landed=False, content=KEY),
        a_record(3, "policy", models=()),
    ]
    assert stays(records, MODEL)["2.0.0"].seq == 0


def test_the_versions_of_other_models_are_theirs() -> None:
    mine = a_record(0, moves=(("2.0.0", "pilot", ONE),))
    other = a_record(1, "policy", models=("fraud",), moves=(("2.0.0", "full", ONE),), mover="fraud")
    assert stays([mine, other], MODEL)["2.0.0"].stage == "pilot"
    assert stays([mine, other], "fraud")["2.0.0"].stage == "full"


BACK = {
    "a day earlier": ("2026-11-09T09:00:00Z", "2026-11-10T09:00:00Z"),
    "earlier by its zone": ("2026-11-10T09:59:00+01:00", "2026-11-10T09:00:00Z"),
    "later by its zone": ("2026-11-10T09:59:00-01:00", "2026-11-10T09:59:00-01:00"),
    "later by a fraction": ("2026-11-10T09:00:00.5Z", "2026-11-10T09:00:00.5Z"),
    "no moment at all": ("2026-99-99T99:99:99Z", "2026-99-99T99:99:99Z"),
}


@pytest.mark.parametrize("case", BACK)
def test_a_moment_before_one_on_record_is_not_believed(case: str) -> None:
    """A later landing can not have come earlier; what is no moment lies after all others."""
    given_at, since = BACK[case]
    records = [a_record(0, at="2026-11-10T09:00:00Z", moves=(("2.0.0", "pilot", ONE),)),
               a_record(1, at=given_at, moves=(("2.0.0", "canary", ONE),))]  # fmt: skip
    assert stays(records, MODEL)["2.0.0"].since == since


def test_a_pull_request_that_was_closed_later_moves_no_landing() -> None:
    records = [a_record(0, at="2026-11-20T09:00:00Z", landed=False, content=KEY),
               a_record(1, at="2026-11-10T09:00:00Z", moves=(("2.0.0", "canary", ONE),))]  # fmt: skip
    assert stays(records, MODEL)["2.0.0"].since == "2026-11-10T09:00:00Z"


# Contents


def test_what_came_up_is_known_by_its_content() -> None:
    records = [
        a_record(0, "register", content=KEY),
        a_record(1, "promote", content=KEY_2),
        a_record(2, "promote", content=KEY, landed=False),
        a_record(3, "rollback", content=KEY),
        a_record(4, "restore", content=KEY, models=("fraud",)),
    ]
    assert contents(records, MODEL) == {KEY_2: 1}
    assert contents([*records, a_record(5, "restore", content=KEY), a_record(6, content=KEY)], MODEL) == {
        KEY_2: 1,
        KEY: 6,
    }


# What is not settled

FAULT = ("it was pushed without a pull request",)


def places(records: list[Record], model: str = MODEL) -> list[int]:
    return [each.seq for each in unsettled(records, model)]


def bypass(seq: int, kind: str = "amend", models: tuple[str, ...] = (MODEL,), **fields: Any) -> Record:
    return a_record(seq, kind, models=models, past_the_gate=FAULT, **fields)


def correction(seq: int, *corrects: int, **fields: Any) -> Record:
    return a_record(seq, "policy", models=(), corrects=corrects, **fields)


def test_what_went_past_the_gate_stands_until_it_is_put_right() -> None:
    records = [bypass(3), bypass(4)]
    (first, _) = unsettled(records, MODEL)
    assert (first.seq, first.commit, first.faults, first.models) == (3, f"{3:040x}", FAULT, (MODEL,))
    assert places([*records, correction(5, 3)]) == [4]
    assert places([*records, correction(5, 3, 4)]) == []
    assert places([*records, correction(5, 1, 2)]) == [3, 4]


WHOSE = {
    "its own": (bypass(3), True),
    "of several models": (bypass(3, models=("fraud", MODEL)), True),
    "of the rules": (bypass(3, "policy", models=()), True),
    "of the rules, and it moves another model": (bypass(3, "policy", models=("fraud",)), True),
    "of a branch that was rewritten": (bypass(3, "rewritten", models=("fraud",)), True),
    "of what could not be read": (bypass(3, "invalid", models=()), True),
    "of another model": (bypass(3, models=("fraud",)), False),
    "of a waiver, which names its model inside": (bypass(3, "waiver", models=("fraud",)), True),
}


@pytest.mark.parametrize("case", WHOSE)
def test_whose_faults_hold_a_model_back(case: str) -> None:
    record, expected = WHOSE[case]
    assert (places([record]) == [3]) is expected
    assert is_about(record, MODEL) is expected


def test_a_correction_that_went_past_the_gate_corrects_nothing() -> None:
    records = [bypass(3), correction(4, 3, past_the_gate=FAULT)]
    assert places(records) == [3, 4]
    # Once a quorum has looked into it, what it says counts.
    assert places([*records, correction(5, 4)]) == []


def test_nothing_corrects_itself_or_what_is_to_come() -> None:
    assert places([correction(4, 4, 5, past_the_gate=FAULT), bypass(5)]) == [4, 5]
    assert places([correction(4, 4, 5), bypass(5)]) == [5]


SEQUENCES = st.lists(st.tuples(st.booleans(), st.sets(st.integers(0, 9), max_size=3)), max_size=10)


@given(SEQUENCES)
def test_every_fault_is_put_right_by_a_later_record_that_counts_or_stands(
    given_records: list[tuple[bool, set[int]]],
) -> None:
    """By another way: settled is the least set that is closed under being corrected by one that is good or settled."""
    places_of = count()
    records = [
        a_record(seq, "policy", models=(), corrects=tuple(sorted(corrects)), past_the_gate=FAULT if bad else ())
        for (bad, corrects), seq in zip(given_records, places_of, strict=False)
    ]
    settled: set[int] = {each.seq for each in records if not each.past_the_gate}
    while True:
        more = {seq for each in records if each.seq in settled for seq in each.corrects if seq < each.seq} - settled
        more &= {each.seq for each in records}
        if not more:
            break
        settled |= more
    assert places(records) == [each.seq for each in records if each.seq not in settled]
