"""`rampgate audit pack` on a real history: what is in it, that it can be checked without rampgate, and what stops it."""

from __future__ import annotations

import csv
import hashlib
import io
import json
import subprocess
import zipfile
from pathlib import Path

import pytest

from rampgate.app.packing.pack import PackRequest, pack
from worlds.audited_world import FOLDER, AuditedWorld
from worlds.command_line import CommandLine
from worlds.ssh_signer import SIGNER

ALLOWED = "decisions/000004-credit-risk-2.0.0-canary"
ALL = ("--period", "2026-01-01..")


@pytest.fixture(scope="module")
def world(tmp_path_factory):
    return AuditedWorld(tmp_path_factory.mktemp("audited"))


@pytest.fixture
def rampgate(world, capsys):
    return CommandLine(capsys, world.root)


@pytest.fixture(scope="module")
def whole(world, tmp_path_factory):
    """A pack of everything; tests only read it."""
    out = tmp_path_factory.mktemp("packed") / "pack"
    pack(PackRequest(world.root, out=out))
    return out


def held(folder: Path) -> dict[str, bytes]:
    return {each.relative_to(folder).as_posix(): each.read_bytes() for each in folder.rglob("*") if each.is_file()}


def rows(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text, newline="")))


def test_a_decision_comes_with_everything_that_it_rests_on(world, whole):
    """Each file is byte for byte what Git had, under the name that it had there."""
    landed = next(each for each in world.records() if each.seq == 4).git
    packed = held(whole / ALLOWED)
    for side, tree in (("base", landed.base), ("landing", landed.landed)):
        for path in [each for each in packed if each.startswith(f"{side}/")]:
            name = path.partition("/")[2]
            assert packed[path] == subprocess.run(
                ["git", "-C", world.root, "show", f"{tree}:{name}"], capture_output=True, check=True
            ).stdout, path  # fmt: skip
    assert f"landing/{FOLDER}/card.yaml" in packed
    assert f"landing/{FOLDER}/attestations/tm-12.yaml" in packed
    assert f"landing/{FOLDER}/evidence/performance.json" in packed
    assert "base/policies/people.yaml" in packed
    assert "base/policies/lending.yaml" in packed
    assert "base/policies/waivers/W-2026-014.yaml" in packed
    assert [each["user"]["login"] for each in json.loads(packed["reviews.json"])["reviews"]] == ["rita", "sam-sec"]
    assert packed["record.json"] == world.steps[4].data


def test_a_signature_is_checked_with_the_command_that_the_page_tells(whole):
    for folder in sorted((whole / "decisions").iterdir()):
        page = (folder / "index.html").read_text()
        told = "ssh-keygen -Y verify -f allowed_signers -I recorder -n rampgate-decision -s record.signed.sig"
        assert f"{told} &lt; record.signed" in page
        with (folder / "record.signed").open("rb") as signed:
            done = subprocess.run(told.split(), cwd=folder, stdin=signed, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr
        assert (
            done.stdout.strip()
            == f'Good "rampgate-decision" signature for recorder with ED25519 key {SIGNER.fingerprint}'
        )
        payload = (folder / "record.statement.json").read_bytes()
        kind = b"application/vnd.in-toto+json"
        assert (folder / "record.signed").read_bytes() == b"DSSEv1 %d %s %d %s" % (
            len(kind),
            kind,
            len(payload),
            payload,
        )


def test_a_changed_byte_is_found_by_plain_tools(whole, tmp_path):
    copied = held(whole)
    for path, data in copied.items():
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_bytes(data)
    words = ["sha256sum", "--check", "--strict", "--quiet", "MANIFEST"]
    assert subprocess.run(words, cwd=tmp_path, check=False).returncode == 0
    (tmp_path / ALLOWED / "reviews.json").write_bytes(copied[f"{ALLOWED}/reviews.json"] + b" ")
    done = subprocess.run(words, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert done.stdout == f"{ALLOWED}/reviews.json: FAILED\n"


def test_the_list_of_files_is_complete_and_in_order(whole):
    files = held(whole)
    lines = files.pop("MANIFEST").decode().splitlines()
    assert lines == [f"{hashlib.sha256(data).hexdigest()}  {path}" for path, data in sorted(files.items())]


def test_the_same_history_gives_the_same_bytes(world, whole, tmp_path, rampgate):
    """In a folder or an archive, from this clone or another, whatever the archive is called."""
    assert rampgate("audit", "pack", *ALL, "--out", str(tmp_path / "a.zip")).exit == 0
    clone = tmp_path / "clone"
    world.git("clone", "--quiet", world.root, clone)
    assert CommandLine(rampgate.capsys, clone)("audit", "pack", *ALL, "--out", str(tmp_path / "b.zip")).exit == 0
    assert (tmp_path / "a.zip").read_bytes() == (tmp_path / "b.zip").read_bytes()
    with zipfile.ZipFile(tmp_path / "a.zip") as archive:
        names = archive.namelist()
        assert names == sorted(names)
        unpacked = {name.removeprefix("rampgate-pack/"): archive.read(name) for name in names}
    folder = held(whole)
    differ = {path for path in folder if folder[path] != unpacked.get(path)}
    assert set(unpacked) == set(folder)
    # That pack was asked for in other words, and says so.
    assert differ <= {"index.html", "README.txt", "MANIFEST"}


def test_a_clone_without_the_branches_of_pull_requests_is_enough(world, tmp_path, capsys):
    clone = tmp_path / "clone"
    remote = f"file://{world.root}"
    world.git("clone", "--quiet", "--single-branch", "--branch", "main", remote, clone)
    world.git("-C", clone, "fetch", "--quiet", remote, "decisions:refs/remotes/origin/decisions")
    refused = next(each for each in world.records() if each.seq == 3)
    gone = ["git", "-C", clone, "cat-file", "-e", f"{refused.git.head}^{{commit}}"]
    assert subprocess.run(gone, capture_output=True, check=False).returncode != 0
    said = CommandLine(capsys, clone)("audit", "pack", "3", "--out", str(tmp_path / "pack"))
    assert said.exit == 0, said.err
    assert (tmp_path / f"pack/decisions/000003-credit-risk-2.0.0-canary/landing/{FOLDER}/card.yaml").is_file()


def test_one_row_tells_each_decision(whole):
    found = rows((whole / "decisions.csv").read_bytes().decode())
    told = [
        (each["kind"], each["verdict"], each["landed_as_judged"], each["fate"], each["later_records"]) for each in found
    ]
    assert told == [
        ("opening", "", "", "moves nothing", ""),
        ("baseline", "", "", "still stands", ""),
        ("baseline", "", "", "moved on", "4"),
        ("promote", "undecided", "", "did not land", "4"),
        ("promote", "allow", "yes", "moved on", "5"),
        ("promote", "undecided", "", "corrected", "6; 7"),
        ("rollback", "allow", "yes", "still stands", ""),
        ("policy", "allow", "yes", "still stands", ""),
    ]
    allowed, pushed = found[4], found[5]
    assert (allowed["approved_by"], allowed["waivers"], allowed["recorded_at"]) == (
        "rita; sam",
        "W-2026-014",
        "2026-11-20T09:04:10Z",
    )
    assert pushed["past_the_gate"] == "it was pushed without a pull request"


def test_one_row_tells_each_answer_of_a_rule(world, whole):
    found = rows((whole / "findings.csv").read_bytes().decode())
    per_record = [sum(1 for each in found if each["record"] == str(seq)) for seq in range(8)]
    documents = [
        len(each.decision.findings) + len(each.decision.not_applicable) if each.decision else 0
        for each in world.records()
    ]
    assert per_record == documents
    waived = [each for each in found if each["record"] == "4" and each["outcome"] == "waived"]
    assert [(each["rule"], each["waiver"], each["effect"]) for each in waived] == [
        ("rates.approvals-by-sex", "W-2026-014", "block")
    ]


IDS = {
    "numbers, each once and in order": (("4", "3", "4"), [3, 4]),
    "a pull request is its newest record": (("#7",), [7]),
    "a period ends with its last day": (("--period", "2026-11-20..2026-11-22"), [3, 4, 5]),
    "a period of one model": (("--period", "..2026-11-23", "--model", "credit-risk"), [1, 2, 3, 4, 5, 6]),
}


@pytest.mark.parametrize("case", IDS)
def test_what_is_packed_is_what_was_asked_for(rampgate, tmp_path, case):
    words, expected = IDS[case]
    said = rampgate("audit", "pack", *words, "--out", str(tmp_path / "new/pack"))
    assert said.exit == 0, said.err
    assert [int(each.name[:6]) for each in sorted((tmp_path / "new/pack/decisions").iterdir())] == expected
    assert f"{len(expected)} decision" in said.out


def test_a_commit_that_landed_names_its_record(world, rampgate, tmp_path):
    landed = world.records()[4].git.landed
    assert rampgate("audit", "pack", landed[:10], "--out", str(tmp_path / "pack")).exit == 0
    assert (tmp_path / "pack" / ALLOWED).is_dir()


USAGE = {
    "nothing is asked for": ((), "give IDs of records, or --period FROM..TO"),
    "both are asked for": (("4", *ALL), "give IDs of records, or --period FROM..TO"),
    "a model of single records": (("4", "--model", "credit-risk"), "--model goes with --period"),
    "a period without its dots": (("--period", "2026-11-20"), "is no period; write FROM..TO"),
    "a day that is none": (("--period", "2026-11-31.."), "`2026-11-31` is no day"),
    "a record that is not there": (("8",), "there is no record 8; the newest is 7"),
    "a period in which nothing was recorded": (("--period", "2030-01-01.."), "no record is meant: from 2030-01-01"),
    "a model that nobody knows": ((*ALL, "--model", "credit-rsk"), "did you mean `credit-risk`?"),
}


@pytest.mark.parametrize("case", USAGE)
def test_words_that_do_not_fit_write_nothing(rampgate, tmp_path, case):
    words, told = USAGE[case]
    said = rampgate("audit", "pack", *words, "--out", str(tmp_path / "pack"))
    assert (said.exit, said.out) == (2, "")
    assert told in said.err
    assert not list(tmp_path.iterdir())


def test_a_pack_gives_way_only_where_that_is_said(rampgate, tmp_path):
    out = str(tmp_path / "pack")
    assert rampgate("audit", "pack", "4", "--out", out).exit == 0
    before = held(tmp_path)
    said = rampgate("audit", "pack", "3", "--out", out)
    assert said.exit == 2
    assert "is there already; nothing was written; choose another --out, or give --replace" in said.err
    assert held(tmp_path) == before
    assert rampgate("audit", "pack", "3", "--out", out, "--replace").exit == 0
    assert [each.name[:6] for each in (tmp_path / "pack/decisions").iterdir()] == ["000003"]
    assert [each.name for each in tmp_path.iterdir()] == ["pack"]


@pytest.mark.parametrize("name", ["pack", "pack.zip"])
def test_what_is_no_pack_never_gives_way(rampgate, tmp_path, name):
    """Nor does a pack into which somebody has written."""
    out = tmp_path / name
    if name == "pack":
        assert rampgate("audit", "pack", "4", "--out", str(out)).exit == 0
        (out / "my notes.txt").write_text("asked alice about the waiver")
    else:
        out.write_bytes(b"a file of somebody else")
    before = held(tmp_path)
    said = rampgate("audit", "pack", "4", "--out", str(out), "--replace")
    assert said.exit == 2
    assert "is no pack, or holds more; nothing was written" in said.err
    assert held(tmp_path) == before


def test_an_archive_gives_way_where_that_is_said(rampgate, tmp_path):
    out = str(tmp_path / "pack.zip")
    assert rampgate("audit", "pack", "4", "--out", out).exit == 0
    assert rampgate("audit", "pack", "3", "--out", out).exit == 2
    assert rampgate("audit", "pack", "3", "--out", out, "--replace").exit == 0
    with zipfile.ZipFile(out) as archive:
        assert any("000003-" in name for name in archive.namelist())


def test_a_history_that_is_not_believed_gives_no_pack(world, tmp_path, capsys):
    """A record that somebody removed from the middle, and one that says something else than was signed."""
    altered = world.steps[4]
    forged = {altered.path: altered.data.replace(b'"payload":"e', b'"payload":"f')}
    for name, files in {"altered": forged, "removed": {altered.path: None}}.items():
        copied = world.copy(tmp_path / name)
        copied.tamper(files)
        said = CommandLine(capsys, copied.root)("audit", "pack", "3", "--out", str(tmp_path / "out/pack"))
        assert said.exit == 10, said.err
        assert "a history that is not believed" in said.err
    assert not (tmp_path / "out").exists()


def test_a_content_that_is_gone_gives_no_pack(world, tmp_path, capsys):
    copied = world.copy(tmp_path / "copied")
    path = next(path for path in world.steps[4].inputs if world.steps[4].inputs[path].startswith(b'{"commits"'))
    copied.tamper({path: None})
    said = CommandLine(capsys, copied.root)("audit", "pack", "4", "--out", str(tmp_path / "out/pack"))
    assert said.exit == 10, said.err
    assert "a record names this content, and it is not there" in said.err
    assert not list((tmp_path / "out").iterdir())


def test_the_page_answers_the_five_questions_in_order(whole):
    page = (whole / ALLOWED / "index.html").read_text()
    asked = [
        "1. Authorisation",
        "2. Design review",
        "3. Testing",
        "4. Approval",
        "5. Record made at the time",
        "What became of it",
    ]
    places = [page.index(f">{each}") for each in asked]
    assert places == sorted(places)
    assert "Moved on to ramp by record 5." in page
    assert "Recorded 4 minutes later" in page
    assert "Waiver W-2026-014, granted by rita, owner alice, ends 2026-12-01" in page


def test_a_long_pack_tells_each_decision_on_its_own_page_alone(world, whole, tmp_path, monkeypatch):
    """Of many decisions only what the list tells stays in memory; the files are the same."""
    monkeypatch.setattr("rampgate.app.packing.pack.MOST_IN_ONE", 2)
    monkeypatch.setattr("rampgate.reports.pack_page.MOST_IN_ONE", 2)
    pack(PackRequest(world.root, out=tmp_path / "pack"))
    found, short = held(tmp_path / "pack"), held(whole)
    assert {path for path in found if found[path] != short[path]} == {"index.html", "MANIFEST"}
    assert set(found) == set(short)
    assert b"<article" not in found["index.html"]


def test_a_disk_that_is_full_leaves_nothing(world, tmp_path, monkeypatch, capsys):
    """Whether it fails at the first file, in the middle or at the last."""
    write = Path.write_bytes
    for broken in (1, 40, "MANIFEST"):
        calls = [0]

        def failing(self, data, broken=broken, calls=calls):
            calls[0] += self.is_relative_to(tmp_path)
            if broken in (calls[0], self.name):
                raise OSError(28, "No space left on device")
            return write(self, data)

        monkeypatch.setattr(Path, "write_bytes", failing)
        for name in ("pack", "pack.zip"):
            said = CommandLine(capsys, world.root)("audit", "pack", "3", "4", "--out", str(tmp_path / name))
            assert said.exit == 4, said
            assert "No space left on device" in said.err
            assert not list(tmp_path.iterdir())
            calls[0] = 0
