"""`rampgate audit export`: statements that other tools read, the signed records themselves, and a table."""

from __future__ import annotations

import hashlib
import json

import pytest
from google.protobuf import json_format
from in_toto_attestation.predicates.vsa.v1 import vsa_pb2
from in_toto_attestation.v1 import statement_pb2
from in_toto_attestation.v1.statement import Statement

from rampgate.app.packing.pack import PackRequest, pack
from worlds.audited_world import AuditedWorld
from worlds.command_line import CommandLine
from worlds.governed_world import ARTIFACT


@pytest.fixture(scope="module")
def world(tmp_path_factory):
    return AuditedWorld(tmp_path_factory.mktemp("audited"))


@pytest.fixture
def rampgate(world, capsys):
    return CommandLine(capsys, world.root)


def statements(rampgate, *words: str) -> list[dict]:
    said = rampgate("audit", "export", "--format", "in-toto-vsa", *words)
    assert said.exit == 0, said.err
    return [json.loads(line) for line in said.out.splitlines()]


def test_every_statement_is_one_that_in_toto_takes(rampgate):
    """The class for summaries takes one text where the specification asks for a list; that field is held apart."""
    found = statements(rampgate)
    for each in found:
        Statement.copy_from_pb(json_format.ParseDict(each, statement_pb2.Statement())).validate()
        predicate = dict(each["predicate"])
        levels = predicate.pop("verifiedLevels")
        assert isinstance(levels, list)
        assert levels
        read = json_format.ParseDict(predicate, vsa_pb2.VerificationSummary(), ignore_unknown_fields=True)
        assert read.verifier.id == "urn:rampgate:gate:github.com/acme/models"
        assert read.verification_result in ("PASSED", "FAILED")
        assert read.resource_uri
        assert set(read.policy.digest) == {"sha256"}
        assert [set(attested.digest) for attested in read.input_attestations] == [{"sha256"}]
        assert read.slsa_version == "1.1"
        assert read.time_verified.ToJsonString() == each["predicate"]["timeVerified"]
    assert len(found) == 9


def test_only_what_was_allowed_and_landed_as_judged_has_passed(rampgate):
    found = [
        (
            each["predicate"]["urn:rampgate:decision:v1"]["record"],
            next(iter(each["subject"][0]["digest"])),
            each["predicate"]["verificationResult"],
            each["predicate"]["verifiedLevels"],
        )
        for each in statements(rampgate)
    ]
    waived = ["RAMPGATE_CHANGE_PROMOTE_BY_WAIVER", "RAMPGATE_STAGE_CANARY_BY_WAIVER"]
    assert found == [
        (3, "gitCommit", "FAILED", ["FAILED"]),
        (3, "sha256", "FAILED", ["FAILED"]),
        (4, "gitCommit", "PASSED", waived),
        (4, "sha256", "PASSED", waived),
        (5, "gitCommit", "FAILED", ["FAILED"]),
        (5, "sha256", "FAILED", ["FAILED"]),
        (6, "gitCommit", "PASSED", ["RAMPGATE_CHANGE_ROLLBACK", "RAMPGATE_STAGE_PILOT"]),
        (6, "sha256", "PASSED", ["RAMPGATE_CHANGE_ROLLBACK", "RAMPGATE_STAGE_PILOT"]),
        (7, "gitCommit", "PASSED", ["RAMPGATE_CHANGE_POLICY"]),
    ]


def test_no_slsa_level_is_claimed(rampgate):
    for each in statements(rampgate):
        assert not [level for level in each["predicate"]["verifiedLevels"] if level.upper().startswith("SLSA")]
        assert "dependencyLevels" not in each["predicate"]


def test_a_statement_names_what_it_is_about_and_what_it_was_made_from(world, rampgate):
    commit, artifact = statements(rampgate, "--since", "2026-11-20", "--until", "2026-11-20")[2:]
    record = world.records()[4]
    assert commit["subject"] == [{"name": "landed", "digest": {"gitCommit": record.git.landed}}]
    assert commit["predicate"]["resourceUri"] == f"git+https://github.com/acme/models@{record.git.landed}"
    assert artifact["subject"] == [
        {"name": "credit-risk@2.0.0", "digest": {"sha256": ARTIFACT.removeprefix("sha256:")}}
    ]
    assert artifact["predicate"]["resourceUri"] == "s3://models/x"
    assert artifact["predicate"]["inputAttestations"] == [
        {
            "uri": "git+https://github.com/acme/models@decisions#log/0000/000004-credit-risk-2.0.0-canary.json",
            "digest": {"sha256": hashlib.sha256(world.steps[4].data).hexdigest()},
        }
    ]
    assert artifact["predicate"]["timeVerified"] == "2026-11-20T09:00:00Z"


def test_the_digest_of_the_policy_is_that_of_what_sha256sum_writes(world, rampgate):
    """Of every file under `policies/` that was read, as it stood on the base, in the order of the paths."""
    record = world.records()[4]
    paths = sorted(
        each.path.removeprefix("base:") for each in record.decision.inputs if each.path.startswith("base:policies/")
    )
    shown = [world.git("show", f"{record.git.base}:{path}") + "\n" for path in paths]
    text = "".join(
        f"{hashlib.sha256(data.encode()).hexdigest()}  {path}\n" for path, data in zip(paths, shown, strict=True)
    )
    policy = statements(rampgate, "--since", "2026-11-20", "--until", "2026-11-20")[2]["predicate"]["policy"]
    assert "policies/people.yaml" in paths
    assert policy["digest"] == {"sha256": hashlib.sha256(text.encode()).hexdigest()}
    assert policy["uri"] == f"git+https://github.com/acme/models@{record.git.base}#policies"


def test_why_a_statement_failed_is_said(rampgate):
    pushed = statements(rampgate, "--since", "2026-11-22", "--until", "2026-11-22")[0]
    assert pushed["predicate"]["urn:rampgate:decision:v1"] == {
        "record": 5,
        "kind": "promote",
        "title": "promote credit-risk 2.0.0: canary -> ramp",
        "verdict": "undecided",
        "why": ["the verdict is undecided", "it was pushed without a pull request"],
    }


def test_a_folder_takes_one_file_each_and_a_file_one_line_each(rampgate, tmp_path):
    words = ("audit", "export", "--format", "in-toto-vsa", "--out")
    folder, file = tmp_path / "folder", tmp_path / "all.jsonl"
    folder.mkdir()
    assert rampgate(*words, str(folder)).out == f"wrote {folder}: 9 statements\n"
    assert rampgate(*words, str(file)).exit == 0
    names = sorted(each.name for each in folder.iterdir())
    assert names[:4] == ["000003-artifact.json", "000003-commit.json", "000004-artifact.json", "000004-commit.json"]
    assert sorted(file.read_bytes().splitlines()) == sorted(each.read_bytes() for each in folder.iterdir())


def test_nothing_that_is_there_is_written_over_unless_that_is_said(rampgate, tmp_path):
    file = tmp_path / "all.jsonl"
    file.write_text("mine")
    words = ("audit", "export", "--format", "in-toto-vsa", "--out", str(file))
    said = rampgate(*words)
    assert said.exit == 2
    assert "is there already; nothing was written" in said.err
    assert file.read_text() == "mine"
    assert rampgate(*words, "--replace").exit == 0
    assert len(file.read_text().splitlines()) == 9


def test_the_signed_records_come_out_as_they_lie_in_the_log(world, rampgate):
    said = rampgate("audit", "export", "--format", "in-toto")
    assert said.out.encode() == b"".join(step.data + b"\n" for step in world.steps)


def test_the_table_has_the_columns_of_a_pack(world, rampgate, tmp_path):
    pack(PackRequest(world.root, out=tmp_path / "pack"))
    assert rampgate("audit", "export", "--format", "csv", "--out", str(tmp_path / "all.csv")).exit == 0
    assert (tmp_path / "all.csv").read_bytes() == (tmp_path / "pack/decisions.csv").read_bytes()


def test_a_history_that_is_not_believed_is_not_exported(world, tmp_path, capsys):
    copied = world.copy(tmp_path / "copied")
    copied.tamper({world.steps[4].path: None})
    said = CommandLine(capsys, copied.root)("audit", "export", "--format", "csv", "--out", str(tmp_path / "all.csv"))
    assert said.exit == 10
    assert not (tmp_path / "all.csv").exists()
