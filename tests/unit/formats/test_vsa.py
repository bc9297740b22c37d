"""Summaries for other tools: what may be called passed, and what the levels say."""

from __future__ import annotations

import hashlib
from typing import Any

import pytest

from rampgate.formats.record import SealedRecord, log_path, payload_of, read_record
from rampgate.formats.vsa import failures, levels, policy_digest, policy_inputs, repository_uri, summaries
from rampgate.model.record import Record
from unit.reports.packs import DIGEST, a_record
from worlds.ssh_signer import SIGNER

OTHER = "9" * 40
ARTIFACT = "a" * 64


def record(*, git: dict[str, Any] | None = None, decision: dict[str, Any] | None = None, **fields: Any) -> Record:
    """A promotion that was allowed and landed as it was judged, but for what is given."""
    made = a_record()
    assert made.decision is not None
    base = made.decision.model_dump(mode="json", by_alias=True) | {"waivers": [], "break_glass": []}
    base["transition"]["artifact"] = f"sha256:{ARTIFACT}"
    value = {"decision": base | (decision or {}), "git": made.git.model_dump() | (git or {}), "past_the_gate": []}
    return a_record(**{**value, **fields})


def sealed(of: Record) -> SealedRecord:
    return read_record(SIGNER.envelope(payload_of(of)), log_path(of))


def finding(outcome: str, effect: str) -> dict[str, Any]:
    return {"rule": "a.b", "outcome": outcome, "effect": effect, "message": "m", "waiver": None, "attested": False}


PASSED = {
    "an allowed change that landed as it was judged": ({}, ["RAMPGATE_CHANGE_PROMOTE", "RAMPGATE_STAGE_CANARY"]),
    "one with a waiver": (
        {"decision": {"findings": [finding("waived", "block")]}},
        ["RAMPGATE_CHANGE_PROMOTE_BY_WAIVER", "RAMPGATE_STAGE_CANARY_BY_WAIVER"],
    ),
    "one by break-glass": (
        {"decision": {"findings": [finding("waived", "block")], "break_glass": ["inc-7"]}},
        ["RAMPGATE_CHANGE_PROMOTE_BY_BREAK_GLASS", "RAMPGATE_STAGE_CANARY_BY_BREAK_GLASS"],
    ),
    "one in which a mere warning fails": (
        {"decision": {"findings": [finding("fail", "warn")]}},
        ["RAMPGATE_CHANGE_PROMOTE", "RAMPGATE_STAGE_CANARY"],
    ),
    "a change of the rules": (
        {"kind": "policy", "decision": {"transition": None}},
        ["RAMPGATE_CHANGE_POLICY"],
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", PASSED)
def test_the_levels_say_what_was_let_through_and_how(case):
    fields, expected = PASSED[case]
    assert failures(record(**fields)) == ()
    assert levels(record(**fields)) == expected


FAILED: dict[str, tuple[dict[str, Any], tuple[str, ...]]] = {
    "a refusal": ({"decision": {"verdict": "deny"}}, ("the verdict is deny",)),
    "one that waits": ({"decision": {"verdict": "hold"}}, ("the verdict is hold",)),
    "one that could not be decided": ({"decision": {"verdict": "undecided"}}, ("the verdict is undecided",)),
    "an allowed change that did not land": ({"git": {"landed": None, "landed_tree": None}}, ("it did not land",)),
    "another tree": ({"git": {"landed_tree": OTHER}}, ("what landed is not what was judged",)),
    "a tree that nobody knows": ({"git": {"landing_tree": None}}, ("what landed is not what was judged",)),
    "a way past the gate": ({"past_the_gate": ["it was pushed"]}, ("it was pushed",)),
}  # fmt: skip


@pytest.mark.parametrize("case", FAILED)
def test_everything_else_has_failed_and_says_why(case):
    fields, why = FAILED[case]
    made = record(**fields)
    assert failures(made) == why
    assert levels(made) == ["FAILED"]
    for each in summaries(sealed(made), "", "decisions"):
        assert each.statement["predicate"]["verificationResult"] == "FAILED"


def test_a_record_without_a_decision_makes_no_statement():
    assert list(summaries(sealed(a_record(kind="opening", decision=None)), None, "decisions")) == []


@pytest.mark.parametrize(("uri", "names"), [(None, ["000042-commit"]), ("", ["000042-commit", "000042-artifact"])])
def test_an_artifact_of_parts_is_not_named_by_the_digest_of_their_list(uri, names):
    assert [each.name for each in summaries(sealed(record()), uri, "decisions")] == names


def test_the_first_policies_are_judged_by_themselves():
    both = [{"path": "base:policies/b.yaml", "sha256": DIGEST}, {"path": "landing:policies/a.yaml", "sha256": DIGEST}]
    on_base, first = record(decision={"inputs": both}).decision, record(decision={"inputs": both[1:]}).decision
    assert on_base is not None
    assert first is not None
    assert [each.path for each in policy_inputs(on_base)] == ["base:policies/b.yaml"]
    assert [each.path for each in policy_inputs(first)] == ["landing:policies/a.yaml"]
    assert policy_digest(first) == hashlib.sha256(f"{DIGEST}  policies/a.yaml\n".encode()).hexdigest()


URIS = {
    "github.com/acme/models": "git+https://github.com/acme/models",
    "git.example.org/team/sub/models": "git+https://git.example.org/team/sub/models",
    "acme/models": "urn:rampgate:repository:acme/models",
    "models": "urn:rampgate:repository:models",
}


@pytest.mark.parametrize("name", URIS)
def test_a_host_is_never_made_up(name):
    assert repository_uri(name) == URIS[name]
