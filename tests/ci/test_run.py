"""`rampgate ci` against a forge with real Git: what wakes it, what it publishes, and that it fails closed."""

from __future__ import annotations

import pytest

from rampgate.adapters import git_objects
from rampgate.adapters.git_place import find_repository
from rampgate.app.ci.publishing import LONGEST, shortened, why_not_judged
from rampgate.errors import InvalidInput, Problem, Unreachable
from worlds.actions_world import Actions
from worlds.command_line import CommandLine
from worlds.governed_world import ALICE, RITA


def promotion(world, forge):
    world.branch("promote")
    world.edit_card(stage="canary")
    world.commit("promote")
    forge.push(world, "promote", by=ALICE)
    return forge.open_pull("promote", "main", ALICE)


def test_an_approval_leads_to_success_by_itself(world, forge, tmp_path):
    pull = promotion(world, forge)
    runner = Actions(forge, tmp_path / "runner")
    run = runner.opened(pull)
    assert (run.code, forge.verdict(pull.head_sha).state) == (11, "pending"), run
    run = runner.reviewed(forge.review(pull, RITA, "APPROVED"))
    assert (run.code, forge.verdict(pull.head_sha).state) == (0, "success"), run
    assert [each.state for each in forge.statuses(pull.head_sha)] == ["pending", "pending", "pending", "success"]


def test_a_run_opens_the_repository_once_and_sees_what_it_fetches(world, forge, tmp_path, monkeypatch):
    """Each opening costs three processes and a folder, and one judgement used to take ten of them."""
    pull = promotion(world, forge)
    runner = Actions(forge, tmp_path / "runner")
    opened = []
    monkeypatch.setattr(git_objects, "find_repository", lambda folder: opened.append(folder) or find_repository(folder))
    run = runner.reviewed(forge.review(pull, RITA, "APPROVED"))
    assert (run.code, forge.verdict(pull.head_sha).state) == (0, "success"), run
    assert opened == [runner.checkout]


def test_outside_of_actions_it_says_so_first_and_what_to_use_instead(monkeypatch, capsys):
    for name in ("GITHUB_EVENT_NAME", "GITHUB_EVENT_PATH", "GITHUB_REPOSITORY", "GITHUB_TOKEN", "GH_TOKEN"):
        monkeypatch.delenv(name, raising=False)
    done = CommandLine(capsys)("ci")
    assert (done.exit, done.out) == (2, "")
    assert "this command runs inside GitHub Actions\nto judge a branch here, use `rampgate gate" in done.err


def test_a_report_is_named_only_where_one_was_written(world, forge, tmp_path):
    """A schedule judges every open pull request, and no single decision is left to be written."""
    promotion(world, forge)
    run = Actions(forge, tmp_path / "runner").nightly()
    assert (run.code, run.report, run.outputs["report-path"]) == (0, None, "")


def test_the_log_holds_everything_for_nobody_can_ask_a_run_for_more(world, forge, tmp_path):
    run = Actions(forge, tmp_path / "runner").opened(promotion(world, forge))
    assert "--full" not in run.out
    assert "evidence.accuracy-floor" in run.out


def test_a_run_that_fails_takes_the_old_verdict_out_of_the_comment_and_says_why_first(world, forge, tmp_path):
    pull = promotion(world, forge)
    runner = Actions(forge, tmp_path / "runner")
    runner.opened(pull)
    (comment,) = forge.state.comments
    assert "hold" in comment.body
    forge.fail_next("GET", "*/pulls/*/commits", 403)
    run = runner.opened(pull, "synchronize")
    said = forge.verdict(pull.head_sha)
    assert (run.code, said.state) == (4, "error"), run
    assert said.description.startswith("not judged: GitHub: refused with 403")
    (comment,) = forge.state.comments
    assert comment.body.startswith("<!-- rampgate:verdict -->\n### not judged: GitHub")
    assert "hold" not in comment.body
    runner.opened(pull, "synchronize")
    (comment,) = forge.state.comments
    assert "### hold" in comment.body


def test_a_run_that_fails_begins_no_comment_and_writes_none_where_none_are_wanted(world, forge, tmp_path):
    pull = promotion(world, forge)
    runner = Actions(forge, tmp_path / "runner")
    forge.fail_next("GET", "*/pulls/*/commits", 403)
    runner.opened(pull)
    assert not forge.state.comments
    runner.opened(pull)
    (before,) = [each.body for each in forge.state.comments]
    forge.fail_next("GET", "*/pulls/*/commits", 403)
    run = runner.opened(pull, arguments=("--no-comment",))
    assert run.code == 4
    assert [each.body for each in forge.state.comments] == [before]


def test_where_the_comment_can_not_be_reached_the_reason_still_is_on_the_commit(world, forge, tmp_path):
    pull = promotion(world, forge)
    runner = Actions(forge, tmp_path / "runner")
    runner.opened(pull)
    forge.fail_next("GET", "*/pulls/*/commits", 403)
    forge.fail_next("GET", "*/issues/*/comments", 403)
    run = runner.opened(pull)
    assert (run.code, forge.verdict(pull.head_sha).state) == (4, "error")
    assert "/commits" in run.error


def test_invalid_input_is_told_by_its_first_problem_and_how_many_more_there_are(world, forge, tmp_path):
    world.branch("promote")
    world.edit_card(stage="cannary", owners={"business": "alise", "technical": "bob"})
    world.commit("promote")
    forge.push(world, "promote", by=ALICE)
    pull = forge.open_pull("promote", "main", ALICE)
    run = Actions(forge, tmp_path / "runner").opened(pull)
    said = forge.verdict(pull.head_sha)
    assert (run.code, said.state) == (3, "error")
    assert said.description.startswith("undecided: model_cards/credit-risk/2.0.0/card.yaml:")
    assert said.description.endswith(", and 1 more")
    assert len(said.description) <= 140


WHY = {
    "a refusal": (
        Unreachable("`GET /repos/acme/models/pulls/1` was refused with 403: `no`; give it the permission"),
        "GitHub: refused with 403: `no`; give it the permission (GET /repos/acme/models/pulls/1)",
    ),
    "no answer": (
        Unreachable("`GET /user` got no answer in 4 attempts (status 502); try again"),
        "GitHub: no answer in 4 attempts (status 502); try again (GET /user)",
    ),
    "Git": (Unreachable("`git fetch` failed: gone"), "`git fetch` failed: gone"),
    "one problem": (InvalidInput([Problem("a.yaml", "no `x`", 3, 4)]), "a.yaml:3:4: no x"),
    "three problems": (InvalidInput([Problem("a.yaml", "no")] * 3), "a.yaml: no, and 2 more"),
    "a crash": (KeyError("x"), "see the log of the run"),
}  # fmt: skip


@pytest.mark.parametrize("case", WHY)
def test_why_it_was_not_judged_begins_with_the_reason(case):
    error, words = WHY[case]
    assert why_not_judged(error) == words


def test_a_long_problem_is_cut_and_not_how_many_more_there_are():
    shown = shortened(f"not judged: {why_not_judged(InvalidInput([Problem('a.yaml', 'x' * 300)] * 12))}")
    assert len(shown) == LONGEST
    assert shown.endswith("x..., and 11 more")
