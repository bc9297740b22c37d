"""The versions of a model: every problem of all of them, evidence held against its digest, nobody's file ignored."""

from __future__ import annotations

import hashlib
from dataclasses import replace

import pytest

from rampgate.app.judging.control import load_control
from rampgate.app.judging.names import known_names
from rampgate.app.judging.trees import WorkTree
from rampgate.app.judging.versions import Reading, load_model
from rampgate.errors import InvalidInput
from worlds.governed_world import GOVERNANCE, LADDER, METRIC_RULE, MODELS, PEOPLE, card, dump, evidence, policy

FOLDER = "model_cards/credit-risk/2.0.0"


@pytest.fixture
def root(tmp_path):
    for name, value in (
        ("ladder", LADDER),
        ("people", PEOPLE),
        ("models", MODELS),
        ("governance", GOVERNANCE),
        ("lending", policy(METRIC_RULE)),
    ):
        write(tmp_path, f"policies/{name}.yaml", dump(value))
    body = dump(evidence())
    write(tmp_path, f"{FOLDER}/evidence/performance.json", body)
    write(tmp_path, f"{FOLDER}/card.yaml", dump(card(evidence=[listed(body)])))
    return tmp_path


def listed(body, path="evidence/performance.json"):
    return {"path": path, "digest": "sha256:" + hashlib.sha256(body.encode()).hexdigest()}


def write(root, path, content):
    target = root / path
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_text(content, encoding="utf-8")


def reading(root, **fields):
    control = load_control(WorkTree(root))
    return replace(Reading(known_names(control), control.people.noun, full=frozenset({"2.0.0"})), **fields)


def problems(root, **fields):
    with pytest.raises(InvalidInput) as caught:
        load_model(WorkTree(root), "credit-risk", reading(root, **fields))
    return "\n".join(str(each) for each in caught.value.problems)


def test_a_version_comes_with_its_evidence(root):
    found = load_model(WorkTree(root), "credit-risk", reading(root))
    (file,) = found["2.0.0"].evidence
    assert (file.path, file.content.noun.kind) == ("evidence/performance.json", "performance")


def test_the_evidence_of_a_version_that_is_not_asked_for_is_left_alone(root):
    write(root, f"{FOLDER}/evidence/performance.json", "{")
    found = load_model(WorkTree(root), "credit-risk", reading(root, full=frozenset()))
    assert found["2.0.0"].evidence == ()


BROKEN = {
    "another digest": (
        dump(evidence(91, 9)),
        "card.yaml:19:14: `performance.json` has another digest than the card says",
    ),
    "no JSON": ("{", "evidence/performance.json:1:"),
    "a Git LFS pointer": ("version https://git-lfs.github.com/spec/v1\noid sha256:00\n", "this is a Git LFS pointer"),
}


@pytest.mark.parametrize("case", BROKEN)
def test_evidence_that_is_not_what_was_measured_is_invalid(root, case):
    body, words = BROKEN[case]
    write(root, f"{FOLDER}/evidence/performance.json", body)
    assert words in problems(root)


def test_numbers_that_contradict_their_own_counts_are_invalid(root):
    body = dump(evidence(measures=[{"metric": "accuracy", "value": "0.99", "n": 200}]))
    write(root, f"{FOLDER}/evidence/performance.json", body)
    write(root, f"{FOLDER}/card.yaml", dump(card(evidence=[listed(body)])))
    assert "accuracy" in problems(root)


REFERENCES = {
    "an unknown stage": (card(stage="cannary"), "unknown stage `cannary`; did you mean `canary`?"),
    "an unknown owner": (card(owners={"business": "alise", "technical": "bob"}), "unknown person `alise`; did you mean `alice`?"),
    "another model": ({**card(), "model": "fraud"}, "the folder says `credit-risk`, the card says `fraud`"),
    "another version": ({**card(), "version": "2.0.1"}, "the folder says `2.0.0`, the card says `2.0.1`"),
    "a file that is not there": (card(evidence=[{"path": "evidence/gone.json", "digest": "sha256:" + "0" * 64}]), "there is no file `evidence/gone.json`"),
    "evidence that it does not list": (card(), "`evidence/performance.json` is not listed under `evidence`"),
    "a runbook that is not there": (card(operations={"oncall": "desk", "runbook": "runbook.md"}), "there is no file `runbook.md`"),
}  # fmt: skip


@pytest.mark.parametrize("case", REFERENCES)
def test_a_reference_that_leads_nowhere_is_told(root, case):
    value, words = REFERENCES[case]
    write(root, f"{FOLDER}/card.yaml", dump(value))
    assert words in problems(root)


@pytest.mark.parametrize("case", ["an unknown stage", "an unknown owner", "a file that is not there"])
def test_what_stood_before_is_not_held_against_the_names_of_today(root, case):
    write(root, f"{FOLDER}/card.yaml", dump(REFERENCES[case][0]))
    assert list(load_model(WorkTree(root), "credit-risk", reading(root, held=frozenset()))) == ["2.0.0"]


def test_the_problems_of_every_version_are_told(root):
    write(root, f"{FOLDER}/card.yaml", dump(card(stage="cannary")))
    write(
        root,
        "model_cards/credit-risk/2.1.0/card.yaml",
        dump(card(version="2.1.0", owners={"business": "zoe", "technical": "bob"})),
    )
    write(root, "model_cards/credit-risk/2.1.0/attestations/a.yaml", "role: x\n")
    write(root, "model_cards/credit-risk/2.1.0/weights.bin", "x")
    found = problems(root)
    for words in (
        "2.0.0/card.yaml",
        "2.1.0/weights.bin: rampgate does not know this file",
        "2.1.0/attestations/a.yaml:",
    ):
        assert words in found, found


def test_an_attestation_of_a_role_that_nobody_holds_is_told(root):
    value = {"schema": "rampgate/attestation/v1", "role": "securty", "person": "sam", "statement": "ten letters at least",
             "covers": "version", "date": "2026-11-18", "expires": "2027-11-17"}  # fmt: skip
    write(root, f"{FOLDER}/attestations/a.yaml", dump(value))
    assert "nobody holds the role `securty`; did you mean `security`?" in problems(root)


@pytest.mark.parametrize("day", ["2026-02-30", "2026-13-01"])
def test_a_day_that_is_none_is_refused_where_it_is_read(root, day):
    value = {"schema": "rampgate/attestation/v1", "role": "security", "person": "sam", "statement": "ten letters at least",
             "covers": "version", "date": day, "expires": "2027-11-17"}  # fmt: skip
    write(root, f"{FOLDER}/attestations/a.yaml", dump(value))
    assert f"{FOLDER}/attestations/a.yaml:7:10" in problems(root)
