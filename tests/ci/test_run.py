"""`rampgate ci` against a forge with real Git: what wakes it, what it publishes, and that it fails closed."""

from __future__ import annotations

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
