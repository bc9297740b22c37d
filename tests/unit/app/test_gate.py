"""The judge as a use case: what it needs, what it writes down, and how it says that it can not judge."""

from __future__ import annotations

import hashlib

import pytest

from rampgate.adapters.git_objects import GitObjects
from rampgate.app.judging.content import content_key, reviewed_content
from rampgate.app.judging.gate import GateRequest, gate
from rampgate.errors import Unreachable, UsageProblem
from rampgate.model.sourced import Missing
from worlds.command_line import CommandLine
from worlds.governed_world import NOW, RITA, GovernedWorld

FOLDER = "model_cards/credit-risk/2.0.0"


@pytest.fixture
def world(tmp_path):
    return GovernedWorld(tmp_path)


def request(world, head="HEAD", base="main", **fields):
    return GateRequest(world.root, base, head, NOW, **fields)


def test_a_revision_that_is_not_there_is_a_matter_of_usage(world):
    with pytest.raises(UsageProblem, match="nowhere"):
        gate(request(world, head="nowhere"))


def test_a_folder_that_is_no_repository_is_out_of_reach(tmp_path):
    with pytest.raises(Unreachable):
        gate(GateRequest(tmp_path, "main", "HEAD", NOW))


def test_a_reviews_file_that_is_not_there_is_out_of_reach(world, tmp_path):
    head = world.promotion()
    with pytest.raises(Unreachable, match=r"gone\.json"):
        gate(request(world, head, reviews=tmp_path / "gone.json"))


def test_a_base_beside_the_governed_branch_is_refused(world):
    """Else a pull request would bring its own rules as base."""
    world.branch("own-rules")
    world.write("policies/lending.yaml", world.read("policies/lending.yaml").replace('"0.80"', '"0.01"'))
    base = world.commit("my rules")
    world.branch("promote")
    world.edit_card(stage="canary")
    decision = gate(request(world, world.commit("up"), base))
    assert decision.verdict == "undecided"
    assert "governed branch `main`" in decision.problems[0].message


def test_a_decision_names_every_file_that_it_rests_on_with_its_digest(world):
    head = world.promotion()
    inputs = {each.path: each.sha256 for each in gate(request(world, head)).inputs}
    assert set(inputs) == {
        "base:policies/governance.yaml", "base:policies/ladder.yaml", "base:policies/lending.yaml",
        "base:policies/models.yaml", "base:policies/people.yaml", f"base:{FOLDER}/card.yaml",
        f"landing:{FOLDER}/card.yaml", f"landing:{FOLDER}/evidence/performance.json",
    }  # fmt: skip
    assert (
        inputs[f"landing:{FOLDER}/card.yaml"]
        == hashlib.sha256((world.root / FOLDER / "card.yaml").read_bytes()).hexdigest()
    )


def test_the_command_writes_the_same_decision_to_a_file_and_says_nothing(world, tmp_path, capsys):
    head, target = world.promotion(), tmp_path / "out/decision.json"
    rampgate = CommandLine(capsys, world.root)
    words = ("gate", "--base", world.base, "--head", head, "--now", NOW, "--format", "json")
    shown = rampgate(*words)
    written = rampgate(*words, "--output", str(target))
    assert (shown.exit, written.exit, written.out) == (11, 11, "")
    assert target.read_text(encoding="utf-8") == shown.out


def test_the_three_formats_say_the_same_verdict(world, capsys):
    head = world.promotion()
    rampgate = CommandLine(capsys, world.root)
    said = [
        rampgate("gate", "--base", world.base, "--head", head, "--now", NOW, "--format", each)
        for each in ("text", "markdown", "json")
    ]
    assert [each.exit for each in said] == [11, 11, 11]
    assert said[0].out.startswith("hold: waiting for risk (")
    assert said[1].out.startswith("### hold")
    assert '"verdict": "hold"' in said[2].out


@pytest.mark.parametrize("words", [("--now", "yesterday"), ("--format", "pdf"), ()])
def test_words_that_do_not_fit_are_a_matter_of_usage(words, world, capsys):
    base = () if not words else ("--base", "main")
    assert CommandLine(capsys, world.root)("gate", *base, "--head", "HEAD", *words).exit == 2


# The content key


def key(world, head, base=None):
    with GitObjects.open(world.root) as git:
        before, after = git.tree_of(git.resolve(base or world.base)), git.tree_of(git.resolve(head))
        return content_key(git, before, after, git.changed_paths(before, after))


def test_the_key_dies_with_a_byte_of_the_version_and_with_the_move(world):
    first = world.promotion()
    commented = world.write(f"{FOLDER}/card.yaml", world.read(f"{FOLDER}/card.yaml") + "# a word\n") and world.commit(
        "a comment"
    )
    world.git("checkout", "-q", "-b", "same", world.base)
    world.edit_card(stage="pilot", summary="x")
    other = world.commit("another change")
    assert len({key(world, each) for each in (first, commented, other)}) == 3


def test_the_key_survives_what_is_not_governed_and_another_history(world):
    first = world.promotion()
    world.write("src/app.py", "x\n")
    beside = world.commit("code beside it")
    again = world.make_commit(world.tree(first), (world.base,), "the same tree by another way")
    assert key(world, first) == key(world, beside) == key(world, again)


def test_a_reviewed_commit_is_held_against_its_own_fork(world):
    reviewed = world.promotion()
    world.checkout("main")
    world.write("README.md", "main went on\n")
    world.base = world.commit("main went on")
    with GitObjects.open(world.root) as git:
        assert reviewed_content(git, world.base, reviewed) == key(world, reviewed, f"{reviewed}~1")
        gone = reviewed_content(git, world.base, "1" * 40)
    assert isinstance(gone, Missing)


def test_an_approval_counts_after_main_went_on(world):
    reviewed = world.promotion()
    world.checkout("main")
    world.write("README.md", "main went on\n")
    world.base = world.commit("main went on")
    answer = world.judge(reviewed, reviews=[world.review(RITA, reviewed)])
    assert (answer.verdict, answer.counted()) == ("allow", ["rita"])
