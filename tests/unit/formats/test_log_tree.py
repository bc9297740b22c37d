"""Git's name of the log, as Git itself gives it."""

from __future__ import annotations

import pytest

from rampgate.adapters.git_objects import GitObjects
from rampgate.adapters.ledger import Ledger
from rampgate.formats.log_tree import LogTree, object_name
from worlds.git_world import GitWorld

SIZE = 203
"""Two folders are full, and a third has begun."""


@pytest.fixture(scope="module", params=["sha1", "sha256"])
def log(request, tmp_path_factory):
    world = GitWorld(tmp_path_factory.mktemp("log"), object_format=request.param)
    for seq in range(SIZE):
        world.write(f"log/{seq // 100:04d}/{seq:06d}-fraud-1.{seq}.0-canary.json", f"{seq}\n")
        if seq in (0, 1, 99, 100, 199, 200, 202):
            world.commit(f"{seq}")
            world.git("tag", f"of-{seq + 1}")
    return world


@pytest.mark.parametrize("size", [1, 2, 100, 101, 200, 201, 203])
def test_it_is_the_name_that_git_gives_the_folder(log, size):
    expected = log.rev(f"of-{size}:log")
    tree = LogTree()
    for seq in range(size):
        data = f"{seq}\n".encode()
        tree.add(f"log/{seq // 100:04d}/{seq:06d}-fraud-1.{seq}.0-canary.json", object_name(b"blob", data, expected))
    assert tree.name == expected
    with GitObjects.open(log.root) as git:
        assert Ledger(git, log.rev("main")).grown(size).name == expected


def test_it_goes_on_from_where_a_log_stood(log):
    with GitObjects.open(log.root) as git:
        tree = Ledger(git, log.rev("of-200")).grown(200)
    assert tree.name == log.rev("of-200:log")
    tree.add("log/0002/000200-fraud-1.200.0-canary.json", object_name(b"blob", b"200\n", log.rev("main")))
    assert tree.name == log.rev("of-201:log")


def test_an_empty_log_has_no_name():
    assert LogTree().name is None


def test_what_is_put_into_a_full_folder_gives_another_name(log):
    with GitObjects.open(log.root) as git:
        tree = Ledger(git, log.rev("of-200")).grown(200)
    tree.add("log/0000/000007-again.json", object_name(b"blob", b"x", log.rev("main")))
    assert tree.name != log.rev("of-200:log")
