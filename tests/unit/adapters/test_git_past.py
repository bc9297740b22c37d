"""What a past judgement saw: objects from a pack, commits that were not there, and lines that are walked in place."""

from __future__ import annotations

import subprocess

import pytest

from rampgate.adapters import git_objects
from rampgate.adapters.git_objects import GitObjects
from rampgate.adapters.git_past import RememberingObjects
from rampgate.errors import InvalidInput, Unreachable, UsageProblem
from worlds.git_world import GitWorld, clean_environment


@pytest.fixture
def world(tmp_path):
    world = GitWorld(tmp_path)
    world.write("a", "1\n")
    world.commit("start")
    return world


def packed(world: GitWorld, *revisions: str) -> bytes:
    done = subprocess.run(
        ["git", "pack-objects", "--stdout", "--revs", "-q"],
        cwd=world.root,
        input="\n".join(revisions).encode() + b"\n",
        capture_output=True,
        env=clean_environment(),
        check=True,
    )
    return done.stdout


def test_what_a_pack_brings_is_read_and_never_reaches_the_repository(world, tmp_path):
    base = world.rev("HEAD")
    other = GitWorld(tmp_path, "other")
    other.git("fetch", "-q", str(world.root), "main")
    other.git("checkout", "-q", "-b", "main", "FETCH_HEAD")
    other.write("b", "2\n")
    head = other.commit("elsewhere")
    pack = packed(other, head, f"^{base}")
    before = sorted(world.root.rglob("*"))
    with GitObjects.open(world.root) as objects:
        assert not objects.has_commit(head)
        objects.unpack(pack)
        assert [each.sha for each in objects.commits_between(base, head)] == [head]
        assert [each.path for each in objects.changed_paths(objects.tree_of(base), objects.tree_of(head))] == ["b"]
    assert sorted(world.root.rglob("*")) == before


@pytest.mark.parametrize("damage", [lambda pack: pack[:-30], lambda _: b"no pack", lambda pack: pack[:20] + b"xx"])
def test_a_damaged_pack_is_refused(world, damage):
    pack = packed(world, "HEAD")
    with GitObjects.open(world.root) as objects, pytest.raises(InvalidInput, match="pack of objects"):
        objects.unpack(damage(pack))


def test_a_hidden_commit_is_told_as_one_that_is_not_here(world):
    """The words stand in recorded decisions, so they must be the same."""
    head, absent = world.rev("HEAD"), "1" * 40
    with GitObjects.open(world.root) as objects:
        with pytest.raises(UsageProblem) as truly:
            objects.resolve(absent)
        objects.hide([head])
        assert not objects.has_commit(head)
        with pytest.raises(UsageProblem) as hidden:
            objects.resolve(head)
        assert str(hidden.value) == str(truly.value).replace(absent, head)
        objects.hide([])
        assert objects.resolve(head) == head


def test_walking_a_line_says_what_git_says(world, monkeypatch):
    """Every pair of commits of a history with merges, asked with the walk and without it."""
    for number in range(4):
        world.branch(f"side-{number}")
        world.write(f"side-{number}", "x\n")
        world.commit(f"side {number}")
        world.write(f"side-{number}", "y\n")
        world.commit(f"side {number} again")
        world.checkout("main")
        if number % 2:
            world.write("a", f"{number}\n")
            world.commit(f"main {number}")
        world.merge(f"side-{number}")
    commits = world.git("rev-list", "--all").split()

    def asked(steps: int) -> list[object]:
        monkeypatch.setattr(git_objects, "MAX_STEPS", steps)
        with GitObjects.open(world.root) as objects:
            return [
                (
                    objects.merge_base(one, two),
                    objects.is_on_branch(one, two),
                    [each.sha for each in objects.commits_between(one, two)],
                )
                for one in commits
                for two in commits[::3]
            ]

    assert asked(16) == asked(0)


def test_what_is_not_here_is_noted_and_what_is_hidden_is_not(world):
    head, absent = world.rev("HEAD"), "1" * 40
    with GitObjects.open(world.root) as objects, RememberingObjects(objects.place) as past:
        past.hide([head])
        assert not past.has_commit(head)
        assert not past.absent
        assert not past.has_commit(absent)
        with pytest.raises(InvalidInput, match="not in the repository"):
            past.read_blob("2" * 40, limit_bytes=10)
        assert past.absent == {absent, "2" * 40}
        assert objects.has_commit(head)
        assert not objects.absent


def test_what_is_kept_is_no_way_around_a_limit(world):
    blob = world.git("rev-parse", "HEAD:a")
    with GitObjects.open(world.root) as objects, RememberingObjects(objects.place) as past:
        assert past.read_blob(blob, limit_bytes=10) == b"1\n" == past.read_blob(blob, limit_bytes=2)
        with pytest.raises(InvalidInput, match="at most 1 bytes"):
            past.read_blob(blob, limit_bytes=1)
        assert past.commit(world.rev("HEAD")) == objects.commit(world.rev("HEAD"))


def test_what_git_reads_by_itself_is_looked_for_where_it_may_be_gone(world, tmp_path):
    """A pack of commits and folders alone: the merge that Git makes of them lacks the files."""
    base = world.rev("HEAD")
    other = GitWorld(tmp_path, "other")
    other.git("fetch", "-q", str(world.root), "main")
    other.git("checkout", "-q", "-b", "main", "FETCH_HEAD")
    other.write("b", "2\n")
    head = other.commit("elsewhere")
    blob = other.rev("HEAD:b")
    names = other.git("rev-list", "--objects", "--filter=blob:none", head, f"^{base}")
    pack = subprocess.run(
        ["git", "pack-objects", "--stdout", "-q"],
        cwd=other.root, input=names.encode() + b"\n", capture_output=True, env=clean_environment(), check=True,
    ).stdout  # fmt: skip
    with GitObjects.open(world.root) as objects, RememberingObjects(objects.place) as past:
        past.look_through(base, base)
        assert not past.absent
        past.unpack(pack)
        past.look_through(base, head)
        assert past.absent == {blob}
        with pytest.raises(Unreachable):
            past.look_through(base, "1" * 40)
