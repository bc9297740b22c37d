"""Attacks through evidence that was imported or signed: a claim in place of counts, bytes that were not signed."""

from __future__ import annotations

import copy
import hashlib
import json
from typing import Any

import pytest

from foreign_results import case, promptfoo
from rampgate.app.judging.evidence_signatures import sign_evidence
from worlds.command_line import CommandLine
from worlds.governed_world import ALICE, APPROVAL_RULE, PEOPLE, GovernedWorld, approved, dump
from worlds.ssh_keys import ssh_key

FOLDER = "model_cards/credit-risk/2.0.0"
CARD = f"{FOLDER}/card.yaml"
FEW_INVENTED: dict[str, Any] = {
    "id": "answers.few-invented", "kind": "evidence.metric_within", "effect": "block",
    "with": {"evidence": "answers", "metric": "hallucination", "at_most": "0.10"},
}  # fmt: skip
SIGNED: dict[str, Any] = {
    "id": "answers.signed", "kind": "evidence.present", "effect": "block",
    "with": {"kind": "answers", "counts": "required", "min_rows": 200, "signed_by": ["business_owner"]},
}  # fmt: skip


@pytest.fixture
def world(tmp_path, capsys, monkeypatch):
    """Answers were imported, signed by Alice and listed; the change asks for one stage up."""
    world = GovernedWorld(tmp_path, rules=(FEW_INVENTED, SIGNED, APPROVAL_RULE))
    people = copy.deepcopy(PEOPLE)
    people["people"][0]["keys"] = [ssh_key("alice").public]
    world.write("policies/people.yaml", dump(people))
    world.base = world.commit("keys", author=("Otto", "otto@example.com"), committer=("Otto", "otto@example.com"))
    world.branch("promote")
    results = tmp_path / "results.json"
    results.write_text(json.dumps(promptfoo(*(case(("factuality", number % 20 > 0)) for number in range(400)))))
    monkeypatch.chdir(world.path)
    done = CommandLine(capsys)(
        "evidence", "import", "promptfoo", str(results), "--map", "factuality=not:hallucination",
        "--model", "credit-risk", "--model-version", "2.0.0", "--as", "alice", "--sign", str(ssh_key("alice").path),
        "--now", "2026-11-19T10:00:00Z", "--attach",
    )  # fmt: skip
    assert done.exit == 0, done.err
    promote(world)
    return world


def promote(world):
    text = world.read(CARD)
    world.write(CARD, text.replace('"stage": "pilot"', '"stage": "canary"'))


def evidence(world) -> dict[str, Any]:
    value: dict[str, Any] = json.loads(world.read(f"{FOLDER}/evidence/answers.json"))
    return value


def put(world, value: dict[str, Any]) -> None:
    """Write the evidence, and let the card list the new digest: the attacker can write both."""
    body = json.dumps(value)
    old = "sha256:" + hashlib.sha256(world.read(f"{FOLDER}/evidence/answers.json").encode()).hexdigest()
    new = "sha256:" + hashlib.sha256(body.encode()).hexdigest()
    world.write(f"{FOLDER}/evidence/answers.json", body)
    world.write(CARD, world.read(CARD).replace(old, new))


def verdict(world):
    return approved(world, world.commit("promote"), author=ALICE)


def test_b_imported_counts_that_are_signed_open_the_gate(world):
    """The story without an attack: 20 of 400 answers are invented, at most 10% may be."""
    answer = verdict(world)
    assert answer.verdict == "allow", answer.failed()


def test_b_a_tampered_measure_is_invalid(world):
    value = evidence(world)
    value["measures"][1]["value"] = "0.000000000000"
    put(world, value)
    answer = verdict(world)
    assert (answer.exit, answer.verdict) == (3, "undecided")
    assert "recorded as 0.000000000000, but the counts give" in answer.problems()


def test_b_a_tampered_table_with_measures_to_match_is_no_longer_signed(world):
    """The file agrees with itself; only the signature tells."""
    value = evidence(world)
    value["tables"]["judged"]["rows"] = [
        [row[0], 0 if row[0] == "hallucination" else row[1], row[2]] for row in value["tables"]["judged"]["rows"]
    ]
    value["measures"] = []
    put(world, value)
    answer = verdict(world)
    assert answer.verdict == "undecided"
    assert "signs other bytes" in answer.failed()["answers.signed"]


def test_b_a_claim_in_place_of_counts_decides_nothing(world):
    value = evidence(world)
    del value["tables"], value["measures"]
    value["claimed"] = [{"metric": "hallucination", "group": {}, "n": 400, "value": "0"}]
    put(world, value)
    answer = verdict(world)
    assert answer.verdict == "undecided"
    failed = answer.failed()
    assert "claims, without the counts" in failed["answers.few-invented"]
    assert "answers.signed" in failed


def test_b_a_claim_beside_the_counts_does_not_count_for_them(world):
    value = evidence(world)
    value["claimed"] = [{"metric": "hallucination", "group": {}, "n": 400, "value": "0"}]
    put(world, value)
    answer = verdict(world)
    assert answer.outcome("answers.few-invented") == "pass"
    assert "0.0500" in answer.of("answers.few-invented")[0]["message"]
    assert answer.outcome("answers.signed") == "insufficient"


def test_b_answers_of_another_artifact_are_no_answer(world):
    value = evidence(world)
    value["subject"]["artifact"] = "sha256:" + "b" * 64
    put(world, value)
    answer = verdict(world)
    assert answer.verdict == "undecided"
    assert "it is about artifact" in answer.failed()["answers.few-invented"]


def test_b_the_signature_of_another_file_does_not_count(world):
    """Alice signed something: other bytes, under the same name."""
    other = sign_evidence("answers.json", "sha256:" + "1" * 64, ssh_key("alice").path)
    world.write(f"{FOLDER}/evidence/answers.dsse.json", other.decode())
    answer = verdict(world)
    assert answer.verdict == "undecided"
    assert "signs other bytes" in answer.failed()["answers.signed"]


def test_b_a_strangers_signature_does_not_count(world):
    digest = "sha256:" + hashlib.sha256(world.read(f"{FOLDER}/evidence/answers.json").encode()).hexdigest()
    forged = sign_evidence("answers.json", digest, ssh_key("mallory").path)
    world.write(f"{FOLDER}/evidence/answers.dsse.json", forged.decode())
    answer = verdict(world)
    assert answer.verdict == "undecided"
    assert "signed by no key" in answer.failed()["answers.signed"]
