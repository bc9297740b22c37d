"""`rampgate audit replay`: every recorded decision comes out the same from what a clone holds, or it is told why not."""

from __future__ import annotations

import hashlib
import json
import subprocess
import zipfile
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from rampgate.adapters.git_objects import GitObjects
from rampgate.adapters.packaged import engine_sha256, package_sha256
from rampgate.app.judging.gate import GateRequest
from rampgate.app.replaying import told as replay_told
from rampgate.formats.record import input_path
from rampgate.model.history import HistorySettings
from worlds import history_world
from worlds.command_line import CommandLine
from worlds.git_world import clean_environment
from worlds.governed_world import (
    APPROVAL_RULE,
    METRIC_RULE,
    OLGA,
    OSSI,
    OTTO,
    RITA,
    dump,
    evidence,
    policy,
)
from worlds.history_world import HistoryWorld, settings
from worlds.ssh_signer import SIGNER, Signer

FLOOR = "evidence.accuracy-floor"
STRICTER = {**METRIC_RULE, "with": {**METRIC_RULE["with"], "at_least": "0.95"}}
NEW = Signer("recorder-2")
PACKAGE = Path(history_world.__file__).parents[2] / "src" / "rampgate"


@pytest.fixture
def this_engine(monkeypatch):
    monkeypatch.setattr(history_world, "ENGINE", {**history_world.ENGINE, "sha256": engine_sha256()})


@pytest.fixture(scope="module")
def built(tmp_path_factory):
    """0, 1: it begins; 2: allowed; 3: denied and never landed; 4: the rules change; 5: allowed; 6: pushed past."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(history_world, "ENGINE", {**history_world.ENGINE, "sha256": engine_sha256()})
        world = HistoryWorld(tmp_path_factory.mktemp("history"))
        world.packs = True
        world.begin()
        world.land(at="2026-11-20T09:00:00Z", stage="canary", verdict="allow")
        world.deny(at="2026-11-21T09:00:00Z", stage="ramp", edit=lambda: world.replace_evidence(evidence(70, 30)))
        world.write("policies/lending.yaml", dump(policy({**STRICTER, "effect": "warn"}, APPROVAL_RULE)))
        world.land(at="2026-11-22T09:00:00Z", by=OTTO, approved_by=[OLGA, OSSI], verdict="allow")
        world.land(at="2026-11-23T09:00:00Z", stage="ramp", verdict="allow")
        world.push(at="2026-11-24T09:00:00Z", stage="majority")
        yield world


@pytest.fixture
def world(built, tmp_path):
    return built.copy(tmp_path)


def replayed(capsys, repo, *words: str):
    said = CommandLine(capsys, repo)("audit", "replay", *words, "--format", "json")
    assert said.exit in (0, 10), said.err
    return said.exit, {row["seq"]: row for row in json.loads(said.out)["records"]}


def clone(world: HistoryWorld, folder: Path) -> Path:
    """What an auditor has: the governed branch and the history, and no branch of any pull request."""
    target = folder / "clone"
    words = ["git", "clone", "-q", "--no-local", "--single-branch", "--branch", "main", str(world.root), str(target)]
    subprocess.run(words, check=True, env=clean_environment(), capture_output=True)
    fetch = ["git", "-C", str(target), "fetch", "-q", "origin", "decisions:refs/remotes/origin/decisions"]
    subprocess.run(fetch, check=True, env=clean_environment(), capture_output=True)
    return target


def states(rows) -> dict[int, str]:
    return {seq: row["state"] for seq, row in rows.items()}


SOUND = {
    0: "nothing was judged",
    1: "nothing was judged",
    2: "same",
    3: "same",
    4: "same",
    5: "same",
    6: "same",
}


def test_every_decision_comes_out_the_same_whatever_the_rules_are_today(world, capsys):
    code, rows = replayed(capsys, world.root, "--all")
    assert (code, states(rows)) == (0, SOUND)
    assert [rows[seq]["verdict"] for seq in (2, 3, 4, 5, 6)] == ["allow", "deny", "allow", "allow", "hold"]


def test_the_counts_stand_at_the_end(world, capsys):
    said = CommandLine(capsys, world.root)("audit", "replay", "--all")
    assert said.out.splitlines()[-1] == (
        "7 records of 7 replayed: 5 same, 0 differs, 0 not replayable, 2 nothing was judged"
    )


def test_one_record_is_found_by_its_number_its_commit_or_its_pull_request(world, capsys):
    landed = world.records()[2].git.landed
    for id_ in ("2", landed[:12]):
        assert states(replayed(capsys, world.root, id_)[1]) == {2: "same"}
    assert states(replayed(capsys, world.root, "#7")[1]) == {5: "same"}


def test_filters_say_which_records_are_meant(world, capsys):
    assert set(replayed(capsys, world.root, "--verdict", "deny")[1]) == {3}
    assert set(replayed(capsys, world.root, "--since", "2026-11-22", "--until", "2026-11-23")[1]) == {4, 5}


def test_it_must_be_said_which_records_are_meant(world, capsys):
    for words in ((), ("2", "--all"), ("--all", "--model", "credit-risk")):
        assert CommandLine(capsys, world.root)("audit", "replay", *words).exit == 2


def test_many_records_are_judged_by_the_history_that_few_are(world, capsys, monkeypatch):
    """With many records asked for, all are read once; the judge must see the same."""
    few = replayed(capsys, world.root, "2", "3", "4", "5", "6")
    monkeypatch.setattr(replay_told, "FEW", 0)
    assert replayed(capsys, world.root, "2", "3", "4", "5", "6") == few


# From a clone


def test_a_clone_is_enough_where_the_branches_are_gone_and_for_what_never_landed(world, capsys, tmp_path):
    """A squash leaves no trace of the head; so does a pull request that was closed."""
    target = clone(world, tmp_path)
    head = world.records()[3].git.head
    with GitObjects.open(target) as git:
        assert not git.has_commit(head)
    code, rows = replayed(capsys, target, "--all")
    assert (code, states(rows)) == (0, SOUND)


def test_nothing_is_left_in_the_clone(world, capsys, tmp_path):
    target = clone(world, tmp_path)
    before = sorted(target.rglob("*"))
    replayed(capsys, target, "--all")
    assert sorted(target.rglob("*")) == before


def test_without_what_it_read_a_decision_is_not_replayable_and_says_so(world, capsys, tmp_path):
    """A clone has not the head of what never landed."""
    step = world.steps[3]
    step = world.resigned(step, git={**step.predicate["git"], "objects": None})
    world.rebuild(world.rechained([*world.steps[:3], step]))
    code, rows = replayed(capsys, clone(world, tmp_path), "--all")
    assert code == 10
    assert states(rows) == {0: "nothing was judged", 1: "nothing was judged", 2: "same", 3: "not replayable"}
    assert f"`{world.records()[3].git.head}` is not in this repository" in rows[3]["why"]


LOST = {
    "the decision document": lambda world: input_path(world.records()[2].decision.document),
    "the forge's answer": lambda world: input_path(world.records()[2].decision.inputs[-1].sha256),
}


@pytest.mark.parametrize("case", LOST)
def test_a_lost_content_is_told_and_not_skipped(world, capsys, case):
    path = LOST[case](world)
    world.tamper({path: None})
    code, rows = replayed(capsys, world.root, "2", "5")
    assert (code, states(rows)) == (10, {2: "not replayable", 5: "same"})
    assert f"{path}: a record names this content, and it is not there" in rows[2]["why"]


def test_a_content_that_was_changed_is_told_and_not_believed(world, capsys):
    path = input_path(world.records()[2].decision.document)
    world.tamper({path: b'{"verdict":"deny"}'})
    code, rows = replayed(capsys, world.root, "2")
    assert (code, states(rows)) == (10, {2: "not replayable"})
    assert "it has another content than its name says" in rows[2]["why"]


def test_a_lost_pack_is_told(world, capsys):
    path = input_path(world.steps[3].predicate["git"]["objects"])
    world.tamper({path: None})
    assert states(replayed(capsys, world.root, "3")[1]) == {3: "not replayable"}


# What differs


def forged(world: HistoryWorld, seq: int, edit) -> None:
    """Let the recorder's own key sign another decision, with a document to match."""
    step = world.steps[seq]
    predicate = step.predicate
    path = input_path(predicate["decision"]["document"])
    document = json.loads(step.inputs[path])
    edit(document, predicate["decision"])
    data = history_world.canonical(document)
    sha256 = hashlib.sha256(data).hexdigest()
    step = world.resigned(step, decision={**predicate["decision"], "document": sha256})
    inputs = {key: value for key, value in step.inputs.items() if key != path} | {input_path(sha256): data}
    world.steps = world.rechained([*world.steps[:seq], replace(step, inputs=inputs), *world.steps[seq + 1 :]])
    world.rebuild(world.steps)


def test_a_signed_lie_about_a_rule_is_found_by_rule_and_field(world, capsys):
    """A denial that the recorder's own key turned into an allowance, with a document to match."""

    def edit(document, decision):
        for finding in (*document["findings"], *decision["findings"]):
            if finding["rule"] == FLOOR:
                finding["outcome"] = "pass"
        document["verdict"] = decision["verdict"] = "allow"

    forged(world, 3, edit)
    code, rows = replayed(capsys, world.root, "3")
    assert (code, states(rows)) == (10, {3: "differs"})
    assert rows[3]["difference"] == {"rule": FLOOR, "outcome": "pass", "field": "outcome", "old": "pass", "new": "fail"}
    said = CommandLine(capsys, world.root)("audit", "replay", "3")
    assert f"first difference: {FLOOR} (pass), outcome" in said.out
    assert "on record: pass" in said.out
    assert "now:       fail" in said.out


def test_a_record_that_says_other_than_its_document_is_found(world, capsys):
    """Lists are made from the record itself, so it must not say more than was decided."""
    decision = {**world.steps[3].predicate["decision"], "verdict": "allow"}
    world.steps = world.rechained(
        [*world.steps[:3], world.resigned(world.steps[3], decision=decision), *world.steps[4:]]
    )
    world.rebuild(world.steps)
    _, rows = replayed(capsys, world.root, "3")
    assert rows[3]["difference"] == {
        "rule": "", "outcome": "", "field": "the record's own verdict", "old": "allow", "new": "deny",
    }  # fmt: skip


def test_a_moved_moment_is_found(world, capsys):
    """The evidence was measured on 2026-11-19, so a decision of the day before could not have gone by it."""

    def edit(document, decision):
        document["evaluated_at"] = decision["evaluated_at"] = "2026-11-18T09:00:00Z"

    forged(world, 2, edit)
    _, rows = replayed(capsys, world.root, "2")
    assert (rows[2]["state"], rows[2]["difference"]["rule"]) == ("differs", FLOOR)


def test_what_was_unread_then_is_unread_again(world, capsys):
    """A reviewed commit that the judge could not read, and that a fuller clone has, must not count all at once."""
    places = world.steps[2].predicate["git"]
    step = world.resigned(world.steps[2], git={**places, "unread": [places["head"]]})
    world.steps = world.rechained([*world.steps[:2], step, *world.steps[3:]])
    world.rebuild(world.steps)
    _, rows = replayed(capsys, world.root, "2")
    # The head can not be both judged and unread: that record is no true one, and is told as such.
    assert rows[2]["state"] == "not replayable"
    assert "is not in this repository" in rows[2]["why"]


# Whose signatures counted


def two_keys() -> dict[str, Any]:
    old = {"name": SIGNER.name, "key": SIGNER.public, "to": 1}
    return settings(old, {"name": NEW.name, "key": NEW.public, "from": 2})


def believing(world: HistoryWorld, value: dict[str, Any]) -> None:
    """Let the recorder go by settings that no base has yet, as where it was down when they landed."""
    world.settings, world.signer = HistorySettings.model_validate(value), NEW


def test_what_landed_before_a_new_key_is_on_record_under_it(tmp_path, capsys, this_engine):
    """The recorder was down: its next run signs with the new key what landed under the settings without it."""
    world = HistoryWorld(tmp_path)
    world.begin()
    believing(world, two_keys())
    world.land(at="2026-11-20T09:00:00Z", stage="canary", verdict="allow")
    world.land(at="2026-11-21T09:00:00Z", stage="ramp", verdict="allow")
    world.declare(two_keys())
    code, rows = replayed(capsys, world.root, "2", "3")
    assert (code, states(rows)) == (0, {2: "same", 3: "same"})


def test_a_history_that_was_not_believed_then_is_not_believed_again(tmp_path, capsys, this_engine, monkeypatch):
    """The settings forgot the old key for a while, and decisions of that time say so."""
    world = HistoryWorld(tmp_path)
    world.begin()
    forgetful = settings({"name": NEW.name, "key": NEW.public})
    world.declare(forgetful)
    believing(world, forgetful)

    # The gate reads the branch by the settings of the base, as it does where nobody hands it a history.
    def asked(*words, history):
        return GateRequest(*words)

    monkeypatch.setattr(history_world, "GateRequest", asked)
    record = world.land(at="2026-11-20T09:00:00Z", stage="canary")
    assert record.decision.history_size is None
    world.declare(two_keys())
    code, rows = replayed(capsys, world.root, "2")
    assert (code, states(rows)) == (0, {2: "same"})


# Engines


def wheel(folder: Path, files: dict[str, str]) -> Path:
    """A wheel of this package with other files in it, which make it another engine."""
    target = folder / "rampgate-0.0.9-py3-none-any.whl"
    held = {path.relative_to(PACKAGE).as_posix(): path for path in sorted(PACKAGE.rglob("*")) if path.is_file()}
    texts = {name: path.read_bytes() for name, path in held.items() if "__pycache__" not in path.parts}
    texts |= {name: text.encode() for name, text in files.items()}
    with zipfile.ZipFile(target, "w") as archive:
        for name, data in texts.items():
            archive.writestr(f"rampgate/{name}", data)
        archive.writestr("rampgate-0.0.9.dist-info/METADATA", "Name: rampgate\n")
        archive.writestr("../outside.py", "raise SystemExit('ran')")
    return target


def unpacked(path: Path, folder: Path) -> str:
    with zipfile.ZipFile(path) as archive:
        archive.extractall(folder, [name for name in archive.namelist() if name.startswith("rampgate/")])
    return package_sha256(folder / "rampgate")


def made_by(world: HistoryWorld, seq: int, sha256: str) -> None:
    engine = {"name": "rampgate", "version": "0.0.9", "sha256": sha256}
    world.steps = world.rechained(
        [*world.steps[:seq], world.resigned(world.steps[seq], engine=engine), *world.steps[seq + 1 :]]
    )
    world.rebuild(world.steps)


def test_another_engine_is_named_and_not_imitated(world, capsys):
    made_by(world, 5, "e" * 64)
    code, rows = replayed(capsys, world.root, "3", "5")
    assert (code, states(rows)) == (10, {3: "same", 5: "not replayable"})
    assert "rampgate 0.0.9 (eeeeeeeeeeee) made it, and this is" in rows[5]["why"]
    assert "--wheel" in rows[5]["why"]


def test_this_engine_is_asked_whatever_made_it(world, capsys):
    made_by(world, 2, "e" * 64)
    code, rows = replayed(capsys, world.root, "2", "--engine", "current")
    assert (code, states(rows)) == (0, {2: "same"})


def test_a_difference_to_another_engine_is_told_as_a_regression(world, capsys):
    def edit(document, _):
        document["findings"][0]["message"] = "what an older version said"

    made_by(world, 2, "e" * 64)
    forged(world, 2, edit)
    said = CommandLine(capsys, world.root)("audit", "replay", "2", "--engine", "current")
    assert said.exit == 10
    assert "on record: what an older version said" in said.out
    assert "a regression of the engine: 0.0.9 (eeeeeeeeeeee) had made it" in said.out


def test_the_wheel_of_the_recorded_engine_judges_in_its_own_process(world, capsys, tmp_path):
    """The other engine says something else about this record, so that the answer can be nobody's but its own."""
    told = (PACKAGE / "reports" / "replay.py").read_text()
    said = told.replace('"about": row.about,', '"about": "said by the wheel",')
    assert said != told
    made = wheel(tmp_path, {"reports/replay.py": said})
    made_by(world, 5, unpacked(made, tmp_path / "look"))
    code, rows = replayed(capsys, world.root, "3", "5", "--wheel", str(made))
    assert (code, states(rows)) == (0, {3: "same", 5: "same"})
    assert rows[5]["about"] == "said by the wheel"
    assert rows[3]["about"] != "said by the wheel"


def test_a_wheel_of_no_recorded_engine_is_never_run(world, capsys, tmp_path):
    made_by(world, 2, "e" * 64)
    flag = tmp_path / "ran"
    made = wheel(tmp_path, {"__main__.py": f"open({str(flag)!r}, 'w')"})
    code, rows = replayed(capsys, world.root, "2", "--wheel", str(made))
    assert (code, states(rows)) == (10, {2: "not replayable"})
    assert not flag.exists()


NO_WHEELS = {
    "no archive": (b"no archive", "is no wheel", 2),
    "nothing there": (None, "No such file", 4),
}


@pytest.mark.parametrize("case", NO_WHEELS)
def test_what_is_no_wheel_is_refused(world, capsys, tmp_path, case):
    data, words, code = NO_WHEELS[case]
    path = tmp_path / "a.whl"
    if data is not None:
        path.write_bytes(data)
    said = CommandLine(capsys, world.root)("audit", "replay", "--all", "--wheel", str(path))
    assert (said.exit, words in said.err) == (code, True), said.err


# Under other policies


def on_branch(world: HistoryWorld, *rules, name: str = "other") -> str:
    world.branch(name)
    world.write("policies/lending.yaml", dump(policy(*rules)))
    world.commit(name)
    world.checkout("main")
    return name


def asked(capsys, repo, *words: str):
    said = CommandLine(capsys, repo)("audit", "replay", *words, "--format", "json")
    assert said.exit == 0, said.err
    value = json.loads(said.out)
    return value, {row["seq"]: row for row in value["decisions"]}


def test_other_policies_say_which_rules_flip_and_why(world, capsys):
    name = on_branch(world, STRICTER, APPROVAL_RULE)
    value, rows = asked(capsys, world.root, "--all", "--policies", name)
    assert {seq: (row["was"], row["would_be"]) for seq, row in rows.items()} == {
        2: ("allow", "deny"),
        3: ("deny", "deny"),
        4: ("allow", "allow"),
        5: ("allow", "deny"),
        6: ("hold", "deny"),
    }
    (rule,) = rows[2]["rules"]
    assert (rule["rule"], rule["was"], rule["would_be"]) == (FLOOR, "pass", "fail")
    assert "at least 0.95 is missed" in rule["reason"]
    assert value["summary"] == {
        "decisions": 5, "flips": 3, "not_replayable": 0, "left_out": 0, "not_judged": 2,
    }  # fmt: skip


def test_now_is_another_moment_than_the_decisions_own(world, capsys):
    dated = {**STRICTER, "in_force": {"from": "2027-01-01"}}
    name = on_branch(world, dated, APPROVAL_RULE)
    _, rows = asked(capsys, world.root, "2", "--policies", name)
    assert rows[2]["flips"] is False
    value, rows = asked(capsys, world.root, "2", "--policies", name, "--at", "now", "--now", "2027-02-01T00:00:00Z")
    assert (rows[2]["was"], rows[2]["would_be"]) == ("allow", "deny")
    assert value["evaluated_at"] == "2027-02-01T00:00:00Z"


def test_policies_that_are_not_valid_are_told_with_their_place(world, capsys):
    name = on_branch(world, {**STRICTER, "kind": "evidence.metric_inside"}, APPROVAL_RULE)
    said = CommandLine(capsys, world.root)("audit", "replay", "2", "--policies", name)
    assert said.exit == 3
    assert f"{name}:policies/lending.yaml" in said.err
    assert "unknown rule kind `evidence.metric_inside`" in said.err


def test_other_policies_are_asked_of_this_engine(world, capsys):
    said = CommandLine(capsys, world.root)("audit", "replay", "2", "--policies", "main", "--engine", "current")
    assert said.exit == 2


def test_authors_and_reviewers_count_by_the_people_of_the_other_policies(world, capsys):
    """Whoever is no risk officer there has not approved, whatever the record says."""
    world.branch("other")
    people = json.loads(world.read("policies/people.yaml"))
    for person in people["people"]:
        if person["name"] == RITA["name"]:
            person["roles"] = ["engineer"]
    world.write("policies/people.yaml", dump(people))
    world.commit("other")
    world.checkout("main")
    _, rows = asked(capsys, world.root, "2", "--policies", "other")
    assert (rows[2]["was"], rows[2]["would_be"]) == ("allow", "hold")
    assert [each["rule"] for each in rows[2]["rules"] if each["rule"] != FLOOR] == [APPROVAL_RULE["id"]]
