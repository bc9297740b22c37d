"""A world's own way to commit and to branch gives what Git gives, to the byte."""

from __future__ import annotations

import pytest

from worlds.git_world import GitWorld

MESSAGES = (
    "start",
    "two\nlines\n",
    "breaks at the end\n\n\n",
    "# hash\n\nx",
    "ü ☃",
    " space",
    "x\n\nSigned-off-by: A <a@b.c>\n",
)
PEOPLE = {
    "plain": ("Otto", "otto@example.com"),
    "two words": ("Otto Normal", "otto.n@example.com"),
    "what Git takes away": ("Otto.", "<otto@example.com>"),
}


def told(world: GitWorld, message: str, who: tuple[str, str]) -> tuple[str, ...]:
    world.write("a/b.txt", "1")
    world.write("c", "2")
    world.commit("start")
    world.branch("more")
    world.write("c", "3")
    world.remove("a/b.txt")
    world.write("d", "4")
    world.commit(message, author=who, committer=("Bob", "bob@example.com"))
    return world.head, world.git("status", "--porcelain", "--branch"), world.git("for-each-ref"), world.git("fsck")


@pytest.mark.parametrize("who", PEOPLE)
@pytest.mark.parametrize("message", MESSAGES)
def test_a_commit_is_that_of_git(tmp_path, monkeypatch, message, who):
    ours = told(GitWorld(tmp_path, "ours"), message, PEOPLE[who])
    monkeypatch.setattr(GitWorld, "_plain_place", lambda *_: None)
    monkeypatch.setattr(GitWorld, "branch", lambda world, name: world.git("checkout", "-q", "-b", name))
    assert ours == told(GitWorld(tmp_path, "gits"), message, PEOPLE[who])
