"""Packs of what a judgement read: what is in them, what is left to the governed branch, and that they are the same."""

from __future__ import annotations

import pytest

from rampgate.adapters.git_objects import GitObjects
from rampgate.adapters.git_pack import NotingObjects, packed
from worlds.git_world import GitWorld


@pytest.fixture
def repo(tmp_path):
    world = GitWorld(tmp_path)
    world.write("cards/one.yaml", "stage: pilot\n")
    world.write("README.md", "words\n")
    world.old = world.commit("start")
    world.write("cards/one.yaml", "stage: canary\n")
    world.new = world.commit("promote")
    world.card = world.rev(f"{world.new}:cards/one.yaml")
    return world


def names_in(pack, tmp_path):
    """What `git` itself lists of a pack, in an empty repository: so it stands alone."""
    place = GitWorld(tmp_path, f"empty-{len(list(tmp_path.iterdir()))}", bare=True)
    place.git("unpack-objects", "-q", stdin=pack)
    words = ["cat-file", "--batch-all-objects", "--batch-check=%(objecttype) %(objectname)"]
    return set(place.git(*words).splitlines())


def test_commits_and_trees_are_packed_and_no_file(repo, tmp_path):
    with GitObjects.open(repo.root) as git:
        pack = packed(git, [repo.new], [], without=repo.old)
    trees = {f"tree {repo.rev(name)}" for name in (f"{repo.new}^{{tree}}", f"{repo.new}:cards")}
    assert names_in(pack, tmp_path) == {f"commit {repo.new}", *trees}


def test_files_that_are_named_are_packed(repo, tmp_path):
    with GitObjects.open(repo.root) as git:
        pack = packed(git, [repo.new], [], without=repo.old, blobs=[repo.card])
    assert f"blob {repo.card}" in names_in(pack, tmp_path)


def test_every_file_can_be_packed_but_for_those_on_the_branch(repo, tmp_path):
    with GitObjects.open(repo.root) as git:
        pack = packed(git, [repo.new], [], without=repo.old, with_files=True)
    assert {each for each in names_in(pack, tmp_path) if each.startswith("blob")} == {f"blob {repo.card}"}


def test_a_tree_that_is_in_no_commit_is_packed(repo, tmp_path):
    """What merging would give was never committed; only the judge's own repository has it."""
    repo.git("checkout", "-q", "-b", "other", repo.old)
    repo.write("README.md", "other words\n")
    other = repo.commit("words")
    with GitObjects.open(repo.root) as git:
        tree = git.merge_tree(repo.new, other).tree
        pack = packed(git, [other], [tree], without=repo.new)
    assert f"tree {tree}" in names_in(pack, tmp_path)


def test_nothing_gives_no_pack(repo):
    with GitObjects.open(repo.root) as git:
        assert packed(git, [repo.old], [], without=repo.new) is None


def test_the_same_objects_give_the_same_bytes_however_they_lie(repo):
    def made():
        with GitObjects.open(repo.root) as git:
            return packed(git, [repo.new], [], without=repo.old, blobs=[repo.card])

    loose = made()
    repo.git("repack", "-a", "-d", "-q", "-f", "--depth=50")
    assert made() == loose


def test_every_file_that_is_read_is_noted(repo):
    with NotingObjects.open(repo.root) as git:
        assert git.read_blob(repo.card, limit_bytes=100) == b"stage: canary\n"
        assert git.noted == {repo.card}
