"""A Git tree and the work tree show the same files, take down what was read, and refuse what is no regular file."""

from __future__ import annotations

import hashlib

import pytest

import rampgate.app.judging.trees
from rampgate.adapters.git_objects import GitObjects
from rampgate.app.judging.trees import GitTree, WorkTree
from rampgate.errors import InvalidInput
from worlds.git_world import GitWorld


@pytest.fixture
def world(tmp_path):
    made = GitWorld(tmp_path)
    made.write("policies/ladder.yaml", "a\n")
    made.write("policies/waivers/W-1.yaml", "b\n")
    made.write("policies-old/x.yaml", "c\n")
    made.write("README.md", "d\n")
    made.commit("files")
    return made


@pytest.fixture(params=["git", "work"])
def tree(request, world):
    if request.param == "work":
        yield WorkTree(world.root)
        return
    with GitObjects.open(world.root) as git:
        yield GitTree(git, world.tree(), "base")


def test_the_files_of_a_folder_are_listed_from_the_root_and_no_others(tree):
    assert sorted(tree.files("policies")) == ["policies/ladder.yaml", "policies/waivers/W-1.yaml"]
    assert sorted(tree.files("policies/waivers")) == ["policies/waivers/W-1.yaml"]


def test_a_folder_that_is_not_there_is_empty(tree):
    assert (dict(tree.files("nowhere")), tree.names("nowhere")) == ({}, [])


def test_names_are_those_right_under_a_folder(tree):
    assert tree.names("policies") == ["ladder.yaml", "waivers"]


def test_a_file_exists_and_a_folder_is_none(tree):
    assert [tree.exists(path) for path in ("README.md", "policies", "nowhere")] == [True, False, False]


def test_what_is_read_is_taken_down_with_its_digest(tree):
    assert tree.read("policies/ladder.yaml") == b"a\n"
    (taken,) = tree.inputs
    assert taken.path in ("policies/ladder.yaml", "base:policies/ladder.yaml")
    assert taken.sha256 == hashlib.sha256(b"a\n").hexdigest()


def test_a_file_that_is_not_there_is_told(tree):
    with pytest.raises(InvalidInput, match=r"nowhere\.yaml: there is no such file"):
        tree.read("nowhere.yaml")


def test_links_and_submodules_are_refused(world):
    world.symlink("policies/link.yaml", "ladder.yaml")
    world.gitlink("policies/sub")
    world.commit("a link")
    with GitObjects.open(world.root) as git, pytest.raises(InvalidInput) as caught:
        GitTree(git, world.tree(), "base").files("policies")
    text = str(caught.value)
    assert "policies/link.yaml: a symbolic link stands where only a regular file may" in text
    assert "policies/sub: a submodule stands where only a regular file may" in text
    with pytest.raises(InvalidInput, match=r"policies/link\.yaml: a symbolic link"):
        WorkTree(world.root).files("policies")
    with pytest.raises(InvalidInput, match=r"policies/link\.yaml: a symbolic link"):
        WorkTree(world.root).read("policies/link.yaml")


def test_a_file_that_is_too_large_is_never_read(tree, monkeypatch):
    monkeypatch.setattr(rampgate.app.judging.trees, "LIMIT_BYTES", 1)
    with pytest.raises(InvalidInput, match=r"policies/ladder\.yaml: "):
        tree.read("policies/ladder.yaml")
    assert tree.inputs == []
