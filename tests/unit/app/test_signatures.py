"""Signed evidence from the key to the verdict: who signed it, and that a signature of anything else is nobody's."""

from __future__ import annotations

import base64
import copy
import hashlib
import json
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

from rampgate.adapters import signing
from rampgate.app.judging.evidence_signatures import NAMESPACE, PAYLOAD_TYPE, pre_authentication_encoding, sign_evidence
from worlds.governed_world import ALICE, APPROVAL_RULE, METRIC_RULE, PEOPLE, RITA, Answer, GovernedWorld, dump

pytestmark = pytest.mark.skipif(shutil.which("ssh-keygen") is None, reason="ssh-keygen is not installed")

FOLDER = "model_cards/credit-risk/2.0.0"
SIGNED = {
    "id": "evidence.signed",
    "kind": "evidence.present",
    "effect": "block",
    "with": {"kind": "performance", "signed_by": ["engineer"]},
}


@pytest.fixture(scope="session")
def keys(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    folder = tmp_path_factory.mktemp("keys")
    for name in ("bob", "alice", "mallory"):
        words = ["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", name, "-f", str(folder / name)]
        subprocess.run(words, check=True, stdin=subprocess.DEVNULL)
    return {name: folder / name for name in ("bob", "alice", "mallory")}


@pytest.fixture
def world(tmp_path: Path, keys: dict[str, Path]) -> GovernedWorld:
    """Bob and alice have keys; the policy asks for evidence that an engineer has signed, and bob is one."""
    made = GovernedWorld(tmp_path, rules=(SIGNED, METRIC_RULE, APPROVAL_RULE))
    people: dict[str, Any] = copy.deepcopy(PEOPLE)
    for person in people["people"]:
        if person["name"] in ("bob", "alice"):
            person["keys"] = [keys[person["name"]].with_suffix(".pub").read_text().strip()]
    made.write("policies/people.yaml", dump(people))
    made.base = made.commit("keys")
    made.branch("work")
    return made


def promoted(world: GovernedWorld, envelope: bytes | None) -> Answer:
    listed = world.cards["credit-risk", "2.0.0"]["evidence"][0]
    if envelope is not None:
        world.write(f"{FOLDER}/evidence/performance.sig.json", envelope)
        listed = {**listed, "signature": "evidence/performance.sig.json"}
    world.edit_card(stage="canary", evidence=[listed])
    head = world.commit("promote")
    return world.judge(head, reviews=[world.review(RITA, head)], author=ALICE)


def digest(world: GovernedWorld) -> str:
    return "sha256:" + hashlib.sha256((world.root / FOLDER / "evidence/performance.json").read_bytes()).hexdigest()


def test_evidence_that_an_engineer_signed_is_checked_and_no_claim(world, keys):
    answer = promoted(world, sign_evidence("performance.json", digest(world), keys["bob"]))
    assert (answer.verdict, answer.outcome("evidence.signed")) == ("allow", "pass")
    for rule in ("evidence.signed", "evidence.accuracy-floor"):
        (found,) = answer.of(rule)
        assert found["attested"] is False
        assert "claimed" not in found["message"]
    assert answer.json["summary"]["attested"] == 0


def test_unsigned_evidence_is_a_claim_where_nothing_asks_for_more(tmp_path):
    plain = GovernedWorld(tmp_path)
    plain.branch("work")
    answer = promoted(plain, None)
    (found,) = answer.of("evidence.accuracy-floor")
    assert (answer.verdict, found["attested"]) == ("allow", True)
    assert "(claimed: the evidence is not signed)" in found["message"]
    assert answer.json["summary"]["attested"] == 1


def test_unsigned_evidence_is_insufficient_where_a_signature_is_asked_for(world):
    answer = promoted(world, None)
    assert (answer.verdict, answer.outcome("evidence.signed")) == ("undecided", "insufficient")


def in_other_namespace(name: str, digest: str, key: Path) -> bytes:
    envelope = json.loads(sign_evidence(name, digest, key))
    payload = base64.b64decode(envelope["payload"])
    other = signing.sign(pre_authentication_encoding(PAYLOAD_TYPE, payload), key, "git")
    envelope["signatures"] = [{"sig": base64.b64encode(other.encode()).decode()}]
    return json.dumps(envelope).encode()


def with_other_payload(name: str, digest: str, key: Path) -> bytes:
    """The signature of one statement under another."""
    envelope = json.loads(sign_evidence(name, "sha256:" + "0" * 64, key))
    envelope["payload"] = json.loads(sign_evidence(name, digest, key))["payload"]
    return json.dumps(envelope).encode()


def with_other_type(name: str, digest: str, key: Path) -> bytes:
    envelope = json.loads(sign_evidence(name, digest, key))
    return json.dumps({**envelope, "payloadType": "text/plain"}).encode()


ENVELOPES: dict[str, Any] = {
    "of other bytes": (lambda name, _digest, keys: sign_evidence(name, "sha256:" + "0" * 64, keys["bob"]), "signs other bytes than"),
    "by a key that nobody lists": (lambda name, digest, keys: sign_evidence(name, digest, keys["mallory"]), "signed by no key in"),
    "in another namespace": (lambda name, digest, keys: in_other_namespace(name, digest, keys["bob"]), "signed by no key in"),
    "moved under another statement": (lambda name, digest, keys: with_other_payload(name, digest, keys["bob"]), "signed by no key in"),
    "of another type": (lambda name, digest, keys: with_other_type(name, digest, keys["bob"]), "signs something else than evidence"),
    "that is no JSON": (lambda *_: b"x", "is not a DSSE envelope"),
    "that is a list": (lambda *_: b"[]\n", "is not a DSSE envelope"),
    "without signatures": (
        lambda name, digest, keys: json.dumps({**json.loads(sign_evidence(name, digest, keys["bob"])), "signatures": []}).encode(),
        "signed by no key in",
    ),
    "whose signatures are text": (
        lambda name, digest, keys: json.dumps({**json.loads(sign_evidence(name, digest, keys["bob"])), "signatures": "abc"}).encode(),
        "is not a DSSE envelope",
    ),
    "whose signature is noise": (
        lambda name, digest, keys: json.dumps({**json.loads(sign_evidence(name, digest, keys["bob"])), "signatures": [{"sig": "AAAA"}]}).encode(),
        "signed by no key in",
    ),
    "whose signature is not ASCII": (
        lambda name, digest, keys: json.dumps({**json.loads(sign_evidence(name, digest, keys["bob"])), "signatures": [{"sig": "/w=="}]}).encode(),
        "is not a DSSE envelope",
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", ENVELOPES)
def test_a_signature(case, world, keys):
    make, words = ENVELOPES[case]
    answer = promoted(world, make("performance.json", digest(world), keys))
    assert (answer.verdict, answer.exit) == ("undecided", 12), answer.text
    (found,) = answer.of("evidence.signed")
    assert found["outcome"] == "insufficient"
    assert words in found["message"]


def test_a_signature_by_somebody_without_the_role_does_not_do(world, keys):
    answer = promoted(world, sign_evidence("performance.json", digest(world), keys["alice"]))
    assert answer.verdict != "allow"
    assert "alice" in answer.failed()["evidence.signed"]


def test_a_signature_by_a_key_that_only_head_lists_is_nobodys(world, keys):
    """The people are those of base: a change that brings its own signer is a policy change, and denied with a card."""
    people = json.loads(world.read("policies/people.yaml"))
    people["people"][1]["keys"].append(keys["mallory"].with_suffix(".pub").read_text().strip())
    world.write("policies/people.yaml", dump(people))
    answer = promoted(world, sign_evidence("performance.json", digest(world), keys["mallory"]))
    assert (answer.verdict, answer.json["change"]) == ("deny", "policy")


def test_the_encoding_is_that_of_the_dsse_specification():
    """Source: the example of DSSE protocol v1."""
    assert pre_authentication_encoding("http://example.com/HelloWorld", b"hello world") == (
        b"DSSEv1 29 http://example.com/HelloWorld 11 hello world"
    )


def test_the_signature_is_of_the_published_namespace(keys):
    envelope = json.loads(sign_evidence("x.json", "sha256:" + "1" * 64, keys["bob"]))
    payload = base64.b64decode(envelope["payload"])
    assert json.loads(payload)["subject"] == [{"name": "x.json", "digest": {"sha256": "1" * 64}}]
    signature = base64.b64decode(envelope["signatures"][0]["sig"]).decode()
    public = keys["bob"].with_suffix(".pub").read_text().strip()
    signed = pre_authentication_encoding(envelope["payloadType"], payload)
    assert signing.verify(signed, signature, NAMESPACE, {"bob": [public]}) == "bob"
