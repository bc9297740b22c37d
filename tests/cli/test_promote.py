"""`rampgate promote` on real repositories: one line, one branch, one commit, or nothing at all."""

from __future__ import annotations

import pytest

from worlds.command_line import CommandLine
from worlds.git_world import GitWorld

LADDER = """\
schema: rampgate/ladder/v1
stages:
  - {name: pilot, exposure_percent: 0}
  - {name: canary, exposure_percent: 5, formerly: [tryout]}
  - {name: full, exposure_percent: 100}
"""
CARD = "model_cards/credit-risk/{}/card.yaml"


def card(version: str, stage: str) -> str:
    # The odd spacing and the comment stand for everything that an edit must leave alone.
    return f"# {version}\nmodel:   credit-risk\nversion: '{version}'\nstage:  {stage}   # the one line\ntier: high\n"


@pytest.fixture
def world(tmp_path):
    made = GitWorld(tmp_path)
    made.write("policies/ladder.yaml", LADDER)
    made.write(CARD.format("2.0.0"), card("2.0.0", "pilot"))
    made.commit("start")
    return made


@pytest.fixture
def rampgate(world, capsys):
    return CommandLine(capsys, world.root)


def test_the_commit_holds_one_changed_line_and_nothing_else(world, rampgate):
    world.write("notes.txt", "mine, and not committed")
    said = rampgate("promote", "credit-risk", "--to", "canary", "--reason", "it did well", "--local")
    assert said.exit == 0, said.err
    assert world.git("branch", "--show-current") == "promote/credit-risk-2.0.0-canary"
    assert world.git("diff", "--name-only", "main", "HEAD").split() == [CARD.format("2.0.0")]
    assert world.read(CARD.format("2.0.0")) == card("2.0.0", "canary")
    assert (
        world.git("log", "-1", "--format=%an <%ae>|%s")
        == "Alice <alice@example.com>|Promote credit-risk 2.0.0 to canary"
    )
    assert "it did well" in world.git("log", "-1", "--format=%b")
    assert "rampgate gate --base main --head promote/credit-risk-2.0.0-canary" in said.out
    assert "git push -u origin promote/credit-risk-2.0.0-canary" in said.out
    assert world.git("status", "--porcelain") == "?? notes.txt"


def test_without_a_remote_it_says_so_and_changes_nothing(world, rampgate):
    said = rampgate("promote", "credit-risk", "--to", "canary")
    assert (said.exit, "there is no remote `origin` to push to" in said.err) == (2, True)
    assert "or use --local" in said.err
    assert world.git("branch", "--show-current") == "main"


def test_the_last_rung_moves_the_incumbent_to_standby_in_the_same_commit(world, rampgate):
    world.write(CARD.format("1.4.0"), card("1.4.0", "full"))
    world.write(CARD.format("2.0.0"), card("2.0.0", "canary"))
    world.commit("later")
    said = rampgate("promote", "credit-risk", "--to", "full", "--local")
    assert said.exit == 0, said.err
    assert world.read(CARD.format("1.4.0")) == card("1.4.0", "standby")
    assert world.read(CARD.format("2.0.0")) == card("2.0.0", "full")
    assert world.git("rev-list", "--count", "main..HEAD") == "1"


def test_a_stage_by_its_former_name_is_written_by_todays_name(world, rampgate):
    assert rampgate("promote", "credit-risk", "--to", "tryout", "--local").exit == 0
    assert world.read(CARD.format("2.0.0")) == card("2.0.0", "canary")


REFUSED = {
    "two rungs at once": (("credit-risk", "--version", "2.0.0", "--to", "full"), "the next is `canary`, not `full`"),
    "two rungs without a version": (
        ("credit-risk", "--to", "full"),
        "no version of credit-risk is one rung below `full`",
    ),
    "where it is": (("credit-risk", "--version", "2.0.0", "--to", "pilot"), "stands at `pilot` already"),
    "a misspelt stage": (("credit-risk", "--to", "canaryy"), "unknown stage `canaryy`; did you mean `canary`?"),
    "a misspelt model": (("credit-rsk", "--to", "canary"), "did you mean `credit-risk`?"),
    "an unknown version": (
        ("credit-risk", "--version", "2.0.1", "--to", "canary"),
        "has no version `2.0.1`; did you mean",
    ),
    "standby": (("credit-risk", "--to", "standby"), "`standby` is no rung"),
    "retired": (("credit-risk", "--to", "retired"), "rampgate rollback credit-risk --to retired"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_what_the_ladder_does_not_have_is_refused_with_the_way(case, world, rampgate):
    words, message = REFUSED[case]
    said = rampgate("promote", *words, "--local")
    assert said.exit == 2
    assert message in said.err
    assert world.git("branch", "--format=%(refname:short)") == "main"


def test_two_versions_that_could_move_are_listed_with_their_stages(world, rampgate):
    world.write(CARD.format("2.1.0"), card("2.1.0", "pilot"))
    world.commit("second")
    said = rampgate("promote", "credit-risk", "--to", "canary", "--local")
    assert said.exit == 2
    assert "say which with --version" in said.err
    assert "2.0.0  at `pilot`; the next rung is `canary`" in said.err
    assert "2.1.0  at `pilot`" in said.err


def test_a_second_challenger_is_refused(world, rampgate):
    world.write(CARD.format("1.9.0"), card("1.9.0", "canary"))
    world.commit("second")
    said = rampgate("promote", "credit-risk", "--version", "2.0.0", "--to", "canary", "--local")
    assert (said.exit, "version 1.9.0 already stands between" in said.err) == (2, True)


def test_uncommitted_governed_files_are_refused_by_name(world, rampgate):
    world.write("policies/ladder.yaml", LADDER + "# more\n")
    said = rampgate("promote", "credit-risk", "--to", "canary", "--local")
    assert (said.exit, "`policies/ladder.yaml`" in said.err) == (2, True)
    assert world.read(CARD.format("2.0.0")) == card("2.0.0", "pilot")


def test_an_existing_branch_is_refused_and_left_alone(world, rampgate):
    world.git("branch", "promote/credit-risk-2.0.0-canary")
    said = rampgate("promote", "credit-risk", "--to", "canary", "--local")
    assert (said.exit, "is there already" in said.err) == (2, True)
    assert world.git("branch", "--show-current") == "main"
    assert world.git("status", "--porcelain") == ""


def test_a_hook_that_refuses_leaves_everything_as_it_was(world, rampgate):
    hook = world.write(".git/hooks/pre-commit", "#!/bin/sh\necho not today >&2\nexit 1\n")
    hook.chmod(0o755)
    said = rampgate("promote", "credit-risk", "--to", "canary", "--local")
    assert (said.exit, "not today" in said.err) == (2, True)
    assert world.git("branch", "--format=%(refname:short)") == "main"
    assert world.git("status", "--porcelain") == ""
    assert world.read(CARD.format("2.0.0")) == card("2.0.0", "pilot")


def test_a_broken_card_is_told_with_its_place(world, rampgate):
    world.write(CARD.format("2.0.0"), card("2.0.0", "piolt"))
    world.commit("broken")
    said = rampgate("promote", "credit-risk", "--to", "canary", "--local")
    assert said.exit == 3
    assert "card.yaml:4:9: unknown stage `piolt`; did you mean `pilot`?" in said.err


def test_outside_a_repository_is_out_of_reach(tmp_path, capsys):
    said = CommandLine(capsys, tmp_path)("promote", "credit-risk", "--to", "canary", "--local")
    assert (said.exit, "not inside a Git repository" in said.err) == (4, True)


def test_without_a_stage_the_choices_are_told(world, rampgate):
    said = rampgate("promote", "credit-risk")
    assert said.exit == 2
    assert said.err == "rampgate: say where to with --to\n  2.0.0  at `pilot`; the next rung is `canary`\n"


def test_a_refusal_says_that_the_cards_are_those_of_another_branch(world, rampgate):
    assert rampgate("promote", "credit-risk", "--to", "canary", "--local").exit == 0
    said = rampgate("promote", "credit-risk", "--to", "canary", "--local")
    assert said.exit == 2
    assert "these are the cards of branch `promote/credit-risk-2.0.0-canary`" in said.err
    assert said.err.endswith("git checkout main\n")


def test_an_earlier_branch_is_told_with_what_to_do_about_it(world, rampgate):
    world.git("branch", "promote/credit-risk-2.0.0-canary")
    said = rampgate("promote", "credit-risk", "--to", "canary", "--local")
    assert "push it, or delete it with `git branch -D promote/credit-risk-2.0.0-canary`" in said.err
