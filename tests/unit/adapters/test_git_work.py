"""Working in the user's own clone: only the named files are committed, by a person that git knows."""

from __future__ import annotations

import os

import pytest

from rampgate.adapters.git_work import WorkRepo
from rampgate.errors import Unreachable, UsageProblem
from worlds.git_world import GitWorld, clean_environment

CARD = "model_cards/fraud/1.0/card.yaml"


@pytest.fixture
def world(tmp_path, monkeypatch):
    for name in [name for name in os.environ if name.startswith("GIT_")]:
        monkeypatch.delenv(name)
    for name, value in clean_environment().items():
        if name.startswith("GIT_"):
            monkeypatch.setenv(name, value)
    world = GitWorld(tmp_path)
    world.write(CARD, "stage: pilot\n")
    world.commit("start")
    world.git("config", "user.name", "Alice")
    world.git("config", "user.email", "alice@example.com")
    return world


@pytest.fixture
def work(world):
    work = WorkRepo.open(world.root)
    yield work
    work.close()


def test_only_the_named_files_are_committed(world, work):
    before = world.head
    world.write(CARD, "stage: canary\n")
    world.write("other.txt", "mine\n")
    sha = work.commit([CARD], "Promote fraud 1.0 to canary")
    assert sha == world.head == work.head()
    assert world.git("diff", "--name-only", before, sha) == CARD
    assert world.git("log", "-1", "--format=%an <%ae>|%s") == "Alice <alice@example.com>|Promote fraud 1.0 to canary"
    assert not work.is_clean(["other.txt"])
    assert work.is_clean([CARD])


def test_new_and_deleted_files_and_whole_folders_are_committed(world, work):
    before = world.head
    world.remove(CARD)
    world.write("model_cards/fraud/2.0/card.yaml", "x\n")
    work.commit(["model_cards"], "replace")
    assert world.git("diff", "--no-renames", "--name-status", before, "HEAD").split("\n") == [
        f"D\t{CARD}",
        "A\tmodel_cards/fraud/2.0/card.yaml",
    ]


def test_a_commit_can_have_another_author(world, work):
    world.write(CARD, "x\n")
    work.commit([CARD], "by Bob", author=("Bob", "bob@example.com"))
    assert world.git("log", "-1", "--format=%ae %ce") == "bob@example.com alice@example.com"


def test_other_staged_changes_are_refused_and_stay_staged(world, work):
    before = world.head
    world.write("other.txt", "mine\n")
    world.git("add", "other.txt")
    world.write(CARD, "x\n")
    with pytest.raises(UsageProblem, match=r"other changes are staged: `other.txt`"):
        work.commit([CARD], "m")
    assert world.head == before
    assert world.git("diff", "--cached", "--name-only") == "other.txt"


def test_nothing_to_commit_is_said(work):
    with pytest.raises(UsageProblem, match="nothing to commit"):
        work.commit([CARD], "m")


def test_an_unknown_user_is_told_the_two_commands(world, work):
    world.git("config", "--unset", "user.email")
    world.write(CARD, "x\n")
    with pytest.raises(UsageProblem, match=r"git config --global user.name .* `git config --global user.email"):
        work.commit([CARD], "m")


def test_the_user_is_the_one_git_would_use(work, monkeypatch):
    assert work.user() == ("Alice", "alice@example.com")
    monkeypatch.setenv("GIT_AUTHOR_NAME", "Bob")
    assert work.user() == ("Bob", "alice@example.com")


def test_a_hook_of_the_user_that_refuses_is_heard(world, work):
    hook = world.write(".git/hooks/pre-commit", "#!/bin/sh\necho 'card is not tidy' >&2\nexit 1\n")
    hook.chmod(0o755)
    world.write(CARD, "x\n")
    with pytest.raises(UsageProblem, match="card is not tidy"):
        work.commit([CARD], "m")


def test_a_path_outside_the_repository_is_refused(work):
    with pytest.raises(UsageProblem, match="outside the repository"):
        work.commit(["../elsewhere"], "m")


def test_a_star_in_a_path_is_a_star(world, work):
    world.write("a.txt", "x\n")
    with pytest.raises(UsageProblem, match="nothing to commit"):
        work.commit(["*.txt"], "m")


def test_branches_are_made_and_named(world, work):
    assert work.current_branch() == work.default_branch() == "main"
    work.create_branch("promote/fraud-1.0")
    assert work.current_branch() == "promote/fraud-1.0"
    assert work.default_branch() == "main"
    with pytest.raises(UsageProblem, match="is there already"):
        work.create_branch("main")
    for name in ("-d", "a b", "a..b", ""):
        with pytest.raises(UsageProblem, match="can not be the name of a branch"):
            work.create_branch(name)
    world.git("checkout", "-q", "--detach")
    assert work.current_branch() is None


def test_the_default_branch_is_the_remotes(world, tmp_path):
    world.git("checkout", "-q", "-b", "trunk")
    world.git("clone", "-q", ".", str(tmp_path / "clone"))
    work = WorkRepo.open(tmp_path / "clone")
    assert work.default_branch() == "trunk"
    work.close()


def test_a_new_repository_has_main_and_no_commit(world, tmp_path):
    work = WorkRepo.init(tmp_path / "new")
    assert (work.current_branch(), work.head(), work.default_branch()) == ("main", None, "main")
    assert work.root == tmp_path / "new"
    work.close()


def test_the_first_commit_of_a_new_repository_is_made(world, tmp_path, monkeypatch):
    monkeypatch.setenv("GIT_AUTHOR_NAME", "Alice")
    monkeypatch.setenv("GIT_AUTHOR_EMAIL", "alice@example.com")
    monkeypatch.setenv("GIT_COMMITTER_NAME", "Alice")
    monkeypatch.setenv("GIT_COMMITTER_EMAIL", "alice@example.com")
    work = WorkRepo.init(tmp_path / "new")
    (tmp_path / "new/a.yaml").write_text("x\n")
    assert len(work.commit(["a.yaml"], "first")) == 40
    work.close()


def test_subfolders_find_their_repository_and_others_do_not(world, tmp_path):
    work = WorkRepo.open(world.root / "model_cards")
    assert work.root == world.root
    work.close()
    world.git("clone", "-q", "--bare", ".", str(tmp_path / "bare"))
    with pytest.raises(Unreachable, match="is a bare repository"):
        WorkRepo.open(tmp_path / "bare")
    for folder in (tmp_path, tmp_path / "absent"):
        with pytest.raises(Unreachable, match="is not inside a Git repository"):
            WorkRepo.open(folder)
