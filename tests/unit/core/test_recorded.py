"""What the recorder writes down, made from plain values: moves, kinds, statements and corrections."""

from __future__ import annotations

from dataclasses import replace

import pytest

from rampgate.core.paths import models_in
from rampgate.core.recorded import (
    Entry,
    Standing,
    Writing,
    decision_of,
    document_of,
    kind_of,
    may_state,
    moves_between,
    record_of,
    statements_in,
)
from rampgate.errors import Problem
from rampgate.formats.digest import sha256_of
from rampgate.model.approval import CountedApproval, IgnoredReview, SlotState
from rampgate.model.decision import Decision
from rampgate.model.finding import Finding
from rampgate.model.inputs import Input
from rampgate.model.record import RecordedEngine, RecordedGit, RecordedStatement, RecordKind
from rampgate.model.vocabulary import ChangeKind, Effect, Outcome, Verdict

PILOT, CANARY = Standing("pilot", "sha256:" + "a" * 64), Standing("canary", "sha256:" + "a" * 64)
ONE, TWO = ("credit-risk", "1.0"), ("credit-risk", "2.0")
COMMIT = "c" * 40


def a_decision(*findings, change=ChangeKind.PROMOTE, verdict=Verdict.HOLD, **fields):
    nothing = ((), (), (), ())
    made = Decision(verdict, change, None, findings, *nothing, "0.1.0", "2026-11-20T10:00:00Z", COMMIT, COMMIT)
    return replace(made, **fields)


def a_finding(rule, outcome=Outcome.PASS, **fields):
    return Finding(rule, "some.kind", outcome, Effect.BLOCK, "a title", "a message", **fields)


MOVES = {
    "nothing differs": ({ONE: PILOT}, {ONE: PILOT}, []),
    "a stage": ({ONE: PILOT}, {ONE: CANARY}, [("1.0", "pilot", "canary")]),
    "a version that is new": ({}, {ONE: PILOT}, [("1.0", None, "pilot")]),
    "a version that is gone": ({ONE: PILOT}, {}, [("1.0", "pilot", None)]),
    "an artifact alone": ({ONE: PILOT}, {ONE: Standing("pilot", "sha256:" + "b" * 64)}, [("1.0", "pilot", "pilot")]),
    "two, in order": ({TWO: PILOT}, {ONE: PILOT, TWO: CANARY}, [("1.0", None, "pilot"), ("2.0", "pilot", "canary")]),
}


@pytest.mark.parametrize("case", MOVES)
def test_moves_are_what_differs_in_stage_or_artifact(case):
    before, after, expected = MOVES[case]
    assert [(each.version, each.from_, each.to) for each in moves_between(before, after)] == expected


def test_a_version_that_is_gone_has_no_artifact():
    (move,) = moves_between({ONE: PILOT}, {})
    assert move.artifact == ""


BROKEN = a_decision(change=ChangeKind.NONE, verdict=Verdict.UNDECIDED, problems=(Problem("x", "broken"),))
NOTHING = a_decision(change=ChangeKind.NONE, verdict=None)
KINDS = {
    "what the pull request brings": (a_decision(), NOTHING, False, RecordKind.PROMOTE),
    "what landed, where the request brings nothing": (NOTHING, a_decision(), False, RecordKind.PROMOTE),
    "what can not be read": (BROKEN, BROKEN, False, RecordKind.INVALID),
    "what can not be read and touches the rules": (BROKEN, BROKEN, True, RecordKind.POLICY),
    "what conflicts": (a_decision(change=ChangeKind.NONE), a_decision(change=ChangeKind.NONE), False, RecordKind.INVALID),
}  # fmt: skip


@pytest.mark.parametrize("case", KINDS)
def test_a_record_is_of_the_kind_of(case):
    judged, whole, touches_rules, expected = KINDS[case]
    assert kind_of(judged, whole, touches_rules=touches_rules) is expected


def test_a_decision_is_recorded_with_every_rule_that_spoke():
    made = a_decision(
        a_finding("a.speaks", Outcome.FAIL, found="0.7", expected="at least 0.8"),
        a_finding("b.is-silent", Outcome.NOT_APPLICABLE),
        a_finding("c.is-waived", Outcome.WAIVED, waiver="W-1"),
    )
    found = decision_of(made, None, None)
    assert [(each.rule, each.outcome, each.found, each.waiver) for each in found.findings] == [
        ("a.speaks", "fail", "0.7", None),
        ("c.is-waived", "waived", "", "W-1"),
    ]
    assert (found.not_applicable, found.content, found.history_size) == (("b.is-silent",), "", None)
    assert found.document == sha256_of(document_of(made)).removeprefix("sha256:")


def test_an_approval_is_recorded_with_the_places_that_it_fills():
    slots = (
        SlotState("approval.risk", "risk", 1, filled=("rita",)),
        SlotState("approval.both", "security", 1, filled=("sam",)),
        SlotState("attestation.vouched", "", 1, filled=("rita",), person="rita"),
    )
    made = a_decision(
        counted=(CountedApproval("rita", "rita-gh", 1), CountedApproval("ravi", "ravi-gh", 2)),
        ignored=(IgnoredReview("bob", 3, "b" * 9000),),
        required=slots,
    )
    found = decision_of(made, None, None)
    assert [(each.person, each.roles) for each in found.counted] == [("rita", ("risk",)), ("ravi", ())]
    assert len(found.ignored[0].reason) == 8000, "the whole one is in the document"


def test_inputs_are_files_and_the_answer_of_the_forge():
    inputs = (Input("base:policies/people.yaml", "1" * 64), Input("history:12", "2" * 64), Input("reviews", "3" * 64))
    found = decision_of(a_decision(inputs=inputs), None, "3" * 64)
    assert [(each.path, each.sha256) for each in found.inputs] == [
        ("base:policies/people.yaml", "1" * 64),
        ("reviews", "3" * 64),
    ]
    assert [each.path for each in decision_of(BROKEN, None, "3" * 64).inputs] == ["reviews"]


def test_what_was_not_judged_has_no_decision():
    assert decision_of(NOTHING, None, None) is None


STATES = {
    "policies/waivers/W-1.yaml": True,
    "policies/corrections/000012.yaml": True,
    "policies/corrections/12.yaml": False,
    "model_cards/credit-risk/2.0/events/down.yaml": True,
    "model_cards/credit-risk/2.0/card.yaml": False,
    "policies/people.yaml": False,
}


@pytest.mark.parametrize("path", STATES)
def test_people_state_things_in_files_of_their_own(path):
    assert may_state(path) is STATES[path]


def test_a_statement_is_named_by_its_schema():
    folder = "model_cards/credit-risk/2.0/events"
    added = {
        f"{folder}/a.yaml": b"schema: rampgate/break-glass/v1\n",
        f"{folder}/b.yaml": b"schema: [\n",
        "policies/corrections/000012.yaml": b"schema: rampgate/correction/v1\n",
        "policies/waivers/W-1.yaml": b"x",
    }
    found = statements_in(added)
    assert [each.kind for each in found] == ["break-glass", "event", "correction", "waiver"]
    assert found[3].sha256 == "2d711642b726b04401627ca9fbac32f5c8530fb1903cc4db02258717921a4881", "sha256sum of `x`"


def test_models_are_those_of_version_folders():
    paths = ["model_cards/fraud/1.0/card.yaml", "model_cards/README.md", "policies/people.yaml", "src/x.py"]
    assert models_in(paths) == {"fraud"}


def corrected(landed):
    places = {"branch": "main", "covered": COMMIT, "landed": landed, "landed_tree": landed}
    none = dict.fromkeys(("base", "base_tree", "head", "landing_tree", "objects"))
    named = [f"policies/corrections/{each}.yaml" for each in ("000003", "000009", "000010")]
    stated = tuple(RecordedStatement(kind="correction", path=each, sha256="1" * 64) for each in named)
    entry = Entry(RecordKind.POLICY, "2026-11-20T10:00:00Z", RecordedGit(**none, **places), statements=stated)
    engine = RecordedEngine(name="rampgate", version="0.1.0", sha256="2" * 64)
    writing = Writing("github.com/acme/models", "forge", "2026-11-20T10:00:01Z", engine)
    return record_of(entry, writing, seq=9, prev="3" * 64, log="4" * 40, model_prev={}).corrects


def test_a_correction_that_landed_corrects_earlier_records_alone():
    assert corrected(COMMIT) == (3,)


def test_a_correction_that_did_not_land_corrects_nothing():
    assert corrected(None) == ()
