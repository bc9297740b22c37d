"""What stands in the recorder's way is told in words, and nothing is written by halves: the next run goes on.

Somebody rewinds or removes the branch, or pushes onto it; the other side refuses; a disk is full or can not be written.
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from forge.fixtures import look_at
from history.stands import CARD, NOW, WAITING, CloneStand, ForgeStand, git
from worlds.recorder_world import Recorder, declared

FIRST, *_, NEWEST = (
    "log/0000/000000-opening.json",
    "log/0000/000001-credit-risk-1.4.0-baseline.json",
    "log/0000/000002-credit-risk-2.0.0-baseline.json",
    "log/0000/000003-fraud-1.0.0-baseline.json",
)
LATER = "2026-11-20T12:05:00Z"
BASELINES = ["opening", "baseline", "baseline", "baseline"]


@pytest.fixture(scope="module")
def forge_stand(tmp_path_factory):
    stand = ForgeStand(tmp_path_factory.mktemp("forge"))
    yield stand
    stand.forge.stop()
    look_at([stand.forge])


@pytest.fixture
def at_forge(forge_stand):
    """A history of an opening and three baselines, and landings that wait."""
    forge_stand.put_back("opened")
    return forge_stand


@pytest.fixture(scope="module")
def clone_stand(tmp_path_factory):
    return CloneStand(tmp_path_factory.mktemp("clone"))


@pytest.fixture
def alone(clone_stand):
    """The same in a clone by itself."""
    clone_stand.put_back("opened")
    return clone_stand


def kinds(stand):
    return [kind for kind, *_ in stand.told()]


def goes_on(stand):
    """One ordinary run makes it complete."""
    assert stand.run().code == 10
    assert stand.faults() == set()
    assert kinds(stand)[:5] == [*BASELINES, "promote"]


# Somebody was at the branch


@pytest.mark.parametrize("tip", ["none", "one more"])
def test_a_branch_that_was_removed_or_rewound_is_refused_at_every_run(at_forge, tip):
    at_forge.put_back("all")
    whole, there = at_forge.tip(), at_forge.tips[tip]
    git(
        at_forge.repository,
        "update-ref",
        *(["refs/heads/decisions", there] if there else ["-d", "refs/heads/decisions"]),
    )
    for _ in range(2):
        run = at_forge.run()
        assert run.code == 3, run
        assert ("was rewritten" if there else "is gone") in run.error
        assert f"git push origin +{whole}:refs/heads/decisions" in run.error
        assert at_forge.tip() == there
    git(at_forge.clone, "push", "-q", str(at_forge.repository), f"+{whole}:refs/heads/decisions")
    assert at_forge.run().out == "everything is on record\n"
    assert at_forge.faults() == set()


def test_a_branch_rewound_on_purpose_is_gone_on_with_once_the_clone_forgets(at_forge):
    at_forge.put_back("all")
    git(at_forge.repository, "update-ref", "refs/heads/decisions", at_forge.tips["one more"])
    assert "`git update-ref -d refs/remotes/origin/decisions`" in at_forge.run().error
    git(at_forge.clone, "update-ref", "-d", "refs/remotes/origin/decisions")
    goes_on(at_forge)


@pytest.mark.parametrize("left", [1, 3])
def test_a_history_rewound_into_its_baselines_gets_those_that_are_missing(alone, left):
    git(alone.repository, "update-ref", "refs/heads/decisions", f"decisions~{4 - left}")
    assert kinds(alone) == BASELINES[:left]
    goes_on(alone)


def pushed(stand, files=(), removed=()):
    """Let somebody commit onto the branch."""
    script = "commit refs/heads/decisions\ncommitter M <m@example.com> 1768000000 +0000\ndata 5\nhello\n"
    script += "from refs/heads/decisions^0\n"
    script += "".join(f"M 100644 inline {path}\ndata {len(text)}\n{text}\n" for path, text in dict(files).items())
    script += "".join(f"D {path}\n" for path in removed)
    git(stand.repository, "fast-import", "--quiet", "--done", given=script + "done\n")


FOREIGN = {
    "nothing at all": ({}, (), "does not add exactly one record"),
    "a file that has no place there": ({"README.md": "hello\n"}, (), "does not add exactly one record"),
    "a content that no record names": ({f"inputs/aa/{'a' * 64}": "x"}, (), "does not add exactly one record"),
    "another newest record": ({NEWEST: "{}"}, (), "changes or removes what was there"),
    "no newest record": ({}, (NEWEST,), "changes or removes what was there"),
    "no first record": ({}, (FIRST,), "changes or removes what was there"),
    "no record any more": ({}, ("log", "inputs"), "holds no record"),
    "a record that is none": ({"log/0000/000004-hello.json": "{}"}, (), "an envelope holds exactly"),
    "a gap": ({"log/0000/000009-hello.json": "{}"}, (), "an envelope holds exactly"),
}


@pytest.mark.parametrize("case", FOREIGN)
def test_nothing_is_written_on_top_of_what_is_no_record(alone, case):
    files, removed, expected = FOREIGN[case]
    pushed(alone, files, removed)
    foreign = alone.tip()
    run = alone.run()
    assert run.code == 3, run
    assert expected in run.error
    assert alone.tip() == foreign


# The beginning


def test_a_version_whose_card_can_not_be_read_is_told_when_the_history_begins(world, start_forge, tmp_path):
    """It can have no baseline; that nothing is known of it must not go unsaid."""
    world.write("model_cards/fraud/1.1.0/card.yaml", "stage: [\n")
    world.write("model_cards/fraud/9 9/card.yaml", "stage: full\n")
    world.write("model_cards/Shouted/1.0.0/card.yaml", "stage: full\n")
    world.write("model_cards/fraud/README.md", "# prose\n")
    world.write("model_cards/stray", "no folder\n")
    start = declared(world)
    recorder = Recorder(start_forge(world), tmp_path / "runner", world)
    for words in (("--dry-run",), ()):
        run = recorder(*words)
        assert run.code == 0, run
        told = [line.split("`")[1] for line in run.error.splitlines() if line.startswith("no baseline for `")]
        assert told == [f"model_cards/{each}" for each in ("Shouted", "fraud/1.1.0", "fraud/9 9", "stray")]
        assert f"no card can be read there as of commit {start[:10]}" in run.error
    assert recorder.kinds() == ["opening", "baseline"], "the one that can be read has its baseline all the same"
    assert not recorder().error, "it is told once"


def test_the_opening_stands_before_what_has_landed_since_however_far_the_first_run_goes(at_forge):
    """A run for an earlier push does not let the history begin after what has been merged meanwhile."""
    at_forge.put_back("none")
    assert at_forge.run("--after", at_forge.base).code == 0
    assert kinds(at_forge) == BASELINES
    recorder = at_forge.recorder
    assert recorder.records()[0].at == at_forge.forge.state.pulls[1].merged_at
    goes_on(at_forge)
    first = recorder.records()[len(BASELINES)]
    assert (first.pull.number, first.past_the_gate) == (1, ())


# The other side refuses


@pytest.mark.parametrize("hook", ["pre-receive", "update"])
def test_a_push_that_a_hook_declines_is_told_with_its_words(at_forge, hook):
    path = at_forge.repository / "hooks" / hook
    path.parent.mkdir(exist_ok=True)
    path.write_text("#!/bin/sh\necho 'the branch is frozen until Monday' >&2\nexit 1\n")
    path.chmod(0o755)
    before = at_forge.tip()
    run = at_forge.run()
    assert run.code == 4, run
    assert "hook declined): the branch is frozen until Monday" in run.error
    assert (at_forge.tip(), run.out) == (before, "")
    path.unlink()
    goes_on(at_forge)


# Disks


def on_a_disk(stand, script, **environ):
    """Run the recorder where a shell script has changed what is mounted, for it alone."""
    command = [sys.executable, "-m", "rampgate", *stand.words]
    words = ["unshare", "-rm", "sh", "-ec", f'{script}\nexec "$@"', "sh", *command]
    environ |= stand.environ | {"PYTHONPATH": os.pathsep.join(sys.path)}
    return subprocess.run(words, env=environ, capture_output=True, text=True, check=False)


def full(folder):
    """The script that lets a folder be on a disk without room."""
    keep = f"{folder}.kept"
    return (
        f"cp -r {folder} {keep}; mount -t tmpfs -o size=16m none {folder}; cp -r {keep}/. {folder}/; rm -r {keep}\n"
        f"dd if=/dev/zero of={folder}/fill bs=1k 2>/dev/null || true"
    )


def read_only(folder):
    return f"mount --bind {folder} {folder}; mount -o remount,ro,bind {folder}"


def may_mount() -> bool:
    words = ["unshare", "-rm", "mount", "-t", "tmpfs", "none", "/mnt"]
    try:
        return subprocess.run(words, capture_output=True, check=False).returncode == 0
    except OSError:
        return False


DISKS = {
    "full": (full, ".git/objects", "No space left on device"),
    "read-only": (read_only, "", "unable to create temporary object directory"),
}


@pytest.mark.scale
@pytest.mark.skipif(not may_mount(), reason="needs `unshare` with the right to mount")
@pytest.mark.parametrize("case", DISKS)
def test_a_clone_on_a_bad_disk_is_told_and_nothing_is_half_written(case, tmp_path):
    script, folder, expected = DISKS[case]
    stand = CloneStand(tmp_path / "stand")
    stand.put_back("opened")
    # The records of the very same moment are still among the clone's objects, and would not be written again.
    stand.words[stand.words.index(NOW)] = LATER
    before = stand.tip()
    run = on_a_disk(stand, script(stand.clone / folder))
    assert run.returncode == 4, run
    assert expected in run.stderr
    assert "check that the disk can be written to, and has room" in run.stderr
    assert (stand.tip(), stand.faults()) == (before, WAITING)
    assert stand.run().code == 10
    assert stand.faults() == set()


@pytest.mark.scale
@pytest.mark.skipif(not may_mount(), reason="needs `unshare` with the right to mount")
def test_a_full_disk_for_what_is_temporary_is_told(tmp_path):
    stand = CloneStand(tmp_path / "stand")
    stand.put_back("opened")
    temporary = tmp_path / "temporary"
    temporary.mkdir()
    script = f"{full(temporary)}\ntruncate -s -24k {temporary}/fill"
    run = on_a_disk(stand, script, TMPDIR=str(temporary))
    assert run.returncode == 4, run
    assert "Out of diskspace" in run.stderr or "No space left on device" in run.stderr
    assert stand.run().code == 10
    assert stand.faults() == set()


def test_a_file_that_may_not_grow_is_told_and_nothing_is_half_written(tmp_path):
    """What a quota or `ulimit -f` does; a Git that is stopped by it leaves the branch as it was."""
    stand = CloneStand(tmp_path / "stand")
    stand.put_back("opened")
    before = stand.tip()
    command = [sys.executable, "-m", "rampgate", *stand.words]
    environ = {**stand.environ, "PYTHONPATH": os.pathsep.join(sys.path), "PYTHONDONTWRITEBYTECODE": "1"}
    words = ["sh", "-c", 'ulimit -f 1; exec "$@"', "sh", *command]
    run = subprocess.run(words, env=environ, capture_output=True, text=True, check=False)
    assert run.returncode == 4, run
    assert "git" in run.stderr
    assert (stand.tip(), stand.faults()) == (before, WAITING)
    assert Path(stand.clone / CARD).exists()
