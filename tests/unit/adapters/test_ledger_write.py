"""Appending to the branch of the history: what a commit adds, who is told to look again, and what is left alone."""

from __future__ import annotations

import re

import pytest

from rampgate.adapters.git_objects import GitObjects
from rampgate.adapters.ledger_write import Addition, append
from rampgate.errors import Unreachable, UsageProblem
from worlds.git_world import GitWorld

FIRST = Addition({"log/0000/000000-opening.json": b"{}", "inputs/ab/ab12": b"one"}, "0 opening", "2026-11-20T10:00:00Z")
SECOND = Addition({"log/0000/000001-policy.json": b"[\n]"}, "1 policy", "2026-11-20T11:00:00Z")
OTHER = Addition({"log/0000/000001-other.json": b"x"}, "1 other", "2026-11-20T11:00:00Z")


@pytest.fixture
def clone(tmp_path):
    world = GitWorld(tmp_path, "clone")
    world.write("README.md", "words\n")
    world.commit("start")
    return world


@pytest.fixture
def forge(tmp_path):
    return GitWorld(tmp_path, "forge", bare=True)


def appended(clone, to, tip, *additions):
    with GitObjects.open(clone.root) as git:
        return append(git, str(to.root), "decisions", tip, additions)


def hook(folder, name, script):
    path = folder / "hooks" / name
    path.parent.mkdir(exist_ok=True)
    path.write_text(script)
    path.chmod(0o755)


def told(world, commit):
    return world.git("log", "--format=%an <%ae> %aI %cI %s", "--name-status", "--reverse", commit).splitlines()


def test_each_commit_adds_its_own_files_and_nothing_else(clone, forge):
    tip = appended(clone, forge, None, FIRST, SECOND)
    assert forge.rev("refs/heads/decisions") == tip
    assert told(forge, "decisions") == [
        "rampgate <rampgate@localhost> 2026-11-20T10:00:00+00:00 2026-11-20T10:00:00+00:00 0 opening",
        "",
        "A\tinputs/ab/ab12",
        "A\tlog/0000/000000-opening.json",
        "rampgate <rampgate@localhost> 2026-11-20T11:00:00+00:00 2026-11-20T11:00:00+00:00 1 policy",
        "",
        "A\tlog/0000/000001-policy.json",
    ]
    assert forge.git("cat-file", "blob", "decisions:log/0000/000001-policy.json") == "[\n]"
    assert not forge.git("fsck", "--strict", "--no-dangling")


def test_the_same_additions_give_the_same_commits(clone, forge, tmp_path):
    other = GitWorld(tmp_path, "other", bare=True)
    whole = appended(clone, forge, None, FIRST, SECOND)
    assert appended(clone, clone, appended(clone, clone, None, FIRST), SECOND) == whole
    assert appended(clone, other, None, FIRST, SECOND) == whole


def test_the_clone_may_lack_what_it_appends_to_only_if_it_was_not_fetched(clone, forge):
    """The new commits hang on a commit that the clone has: without it nothing can be made."""
    with pytest.raises(Unreachable, match="is not here; fetch it"):
        appended(clone, forge, "e" * 40, FIRST)


def test_the_clone_itself_can_be_appended_to(clone):
    tip = appended(clone, clone, None, FIRST)
    assert clone.rev("refs/heads/decisions") == tip
    assert appended(clone, clone, tip, SECOND) == clone.rev("refs/heads/decisions")
    assert not clone.git("status", "--porcelain")


def test_a_branch_that_moved_is_not_overwritten(clone, forge):
    tip = appended(clone, clone, None, FIRST)
    assert appended(clone, forge, None, FIRST) == tip
    faster = appended(clone, forge, tip, OTHER)
    assert appended(clone, forge, tip, SECOND) is None
    assert forge.rev("refs/heads/decisions") == faster


def test_a_branch_that_appeared_meanwhile_is_not_overwritten(clone, forge):
    faster = appended(clone, forge, None, FIRST)
    assert appended(clone, forge, None, OTHER) is None
    assert forge.rev("refs/heads/decisions") == faster


def test_a_lock_that_somebody_holds_is_somebody_faster(clone, forge):
    tip = appended(clone, clone, None, FIRST)
    appended(clone, forge, None, FIRST)
    (forge.root / "refs/heads/decisions.lock").touch()
    assert appended(clone, forge, tip, SECOND) is None


def test_a_push_whose_answer_was_lost_has_arrived(clone, forge):
    """The same commits again: where the branch stands at them already, they were pushed."""
    tip = appended(clone, forge, None, FIRST)
    assert appended(clone, forge, None, FIRST) == tip


STUMBLES = """#!/bin/sh
echo >> pushes
for each in "$GIT_QUARANTINE_PATH"/??; do
    folder=objects/$(basename "$each")
    if [ "$(wc -l < pushes)" -le TIMES ]; then
        [ -d "$folder" ] || touch "$folder"
    elif [ -f "$folder" ]; then
        rm "$folder"
    fi
done
"""
"""Takes the folders of new objects away from git, as `git gc` does in the wrong moment, for the first so many pushes."""


@pytest.mark.parametrize("times", [1, 2])
def test_a_repository_that_is_tidied_up_in_the_very_moment_is_asked_again(clone, forge, times):
    hook(forge.root, "pre-receive", STUMBLES.replace("TIMES", str(times)))
    tip = appended(clone, forge, None, FIRST)
    assert forge.rev("refs/heads/decisions") == tip
    assert (forge.root / "pushes").read_text() == "\n" * (times + 1)


def test_a_repository_that_never_takes_an_object_is_told(clone, forge):
    hook(forge.root, "pre-receive", STUMBLES.replace("TIMES", "99"))
    with pytest.raises(Unreachable, match="unable to migrate objects to permanent storage"):
        appended(clone, forge, None, FIRST)


def test_a_refusal_is_told_with_its_reason(clone, forge):
    hook(forge.root, "pre-receive", "#!/bin/sh\nexit 1\n")
    expected = r"`git push` to .* ended with code 1: `error: \[remote rejected\] \(pre-receive hook declined\)`"
    with pytest.raises(Unreachable, match=expected):
        appended(clone, forge, None, FIRST)


def test_nobody_there_is_unreachable(clone, tmp_path):
    with GitObjects.open(clone.root) as git, pytest.raises(Unreachable, match=re.escape(str(tmp_path / "nobody"))):
        append(git, str(tmp_path / "nobody"), "decisions", None, [FIRST])


def test_no_hook_of_the_clone_runs(clone, forge, tmp_path):
    mark = tmp_path / "ran"
    for name in ("pre-push", "reference-transaction", "post-commit"):
        hook(clone.root / ".git", name, f"#!/bin/sh\ntouch '{mark}'\nexit 1\n")
    assert appended(clone, forge, None, FIRST)
    assert not mark.exists()


def test_a_name_that_is_no_branch_is_refused(clone, forge):
    with GitObjects.open(clone.root) as git, pytest.raises(UsageProblem, match="is no refspec"):
        append(git, str(forge.root), "a b", None, [FIRST])


def test_a_repository_with_long_names_is_appended_to(tmp_path):
    clone = GitWorld(tmp_path, "clone", object_format="sha256")
    clone.commit("start")
    forge = GitWorld(tmp_path, "forge", object_format="sha256", bare=True)
    tip = appended(clone, forge, None, FIRST, SECOND)
    assert len(tip) == 64
    assert forge.rev("refs/heads/decisions") == tip
