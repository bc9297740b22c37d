"""A move is made whole or not at all, however it is interrupted."""

from __future__ import annotations

import pytest

from rampgate.adapters.git_work import WorkRepo
from rampgate.app.moving import moves
from rampgate.app.moving.moves import commit_on_branch
from rampgate.errors import Unreachable, UsageProblem
from worlds.git_world import GitWorld

FILES = {"card.yaml": b"stage: canary\n", "events/one.yaml": b"kind: rollback\n"}


@pytest.fixture
def world(tmp_path):
    made = GitWorld(tmp_path)
    made.write("card.yaml", "stage: pilot\n")
    made.commit("start")
    return made


@pytest.fixture
def work(world):
    opened = WorkRepo.open(world.root)
    yield opened
    opened.close()


def untouched(world: GitWorld) -> bool:
    return (
        world.read("card.yaml") == "stage: pilot\n"
        and not (world.root / "events").exists()
        and world.git("status", "--porcelain", "--untracked-files=all") == ""
        and world.git("branch", "--format=%(refname:short)") == "main"
        and world.git("branch", "--show-current") == "main"
    )


def test_all_files_come_in_one_commit_on_the_branch(world, work):
    sha = commit_on_branch(work, "promote/x", FILES, "move")
    assert world.rev("promote/x") == sha
    assert world.git("diff", "--name-only", "main", "promote/x").split() == ["card.yaml", "events/one.yaml"]
    assert world.git("branch", "--show-current") == "promote/x"


def test_somebody_who_stops_it_finds_everything_as_it_was(world, work, monkeypatch):
    def interrupted(*args, **kwargs):
        world.git("add", "--all")
        raise KeyboardInterrupt

    monkeypatch.setattr(WorkRepo, "commit", interrupted)
    with pytest.raises(KeyboardInterrupt):
        commit_on_branch(work, "promote/x", FILES, "move")
    assert untouched(world)


def test_a_disk_that_is_full_leaves_everything_as_it_was(world, work, monkeypatch):
    def full(files):
        first = next(iter(files))
        first.write_bytes(files[first])
        raise Unreachable("no space left on device")

    monkeypatch.setattr(moves, "write_all", full)
    with pytest.raises(Unreachable, match="no space left"):
        commit_on_branch(work, "promote/x", FILES, "move")
    assert untouched(world)


def test_other_staged_changes_are_refused_and_stay_staged(world, work):
    world.write("other.txt", "mine")
    world.git("add", "other.txt")
    with pytest.raises(UsageProblem, match=r"other changes are staged: `other\.txt`"):
        commit_on_branch(work, "promote/x", FILES, "move")
    assert world.git("status", "--porcelain", "--untracked-files=all") == "A  other.txt"
    assert world.git("branch", "--format=%(refname:short)") == "main"


def test_before_the_first_commit_nothing_can_move(tmp_path):
    empty = GitWorld(tmp_path, "empty")
    opened = WorkRepo.open(empty.root)
    with pytest.raises(UsageProblem, match="there is no commit yet"):
        commit_on_branch(opened, "promote/x", FILES, "move")
    opened.close()
    assert not (empty.root / "card.yaml").exists()
