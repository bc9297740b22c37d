"""`rampgate review PR` against a forge with real Git: what a reviewer reads, and that reading changes nothing."""

from __future__ import annotations

import json

import pytest

from rampgate.model.brief import Brief, Figure, GroupRow, GroupTable, MetricRow
from rampgate.model.decision import Bypass, Waived
from rampgate.reports import review as page
from unit.reports.decisions import a_decision
from worlds.actions_world import Actions, Run, _here
from worlds.git_world import clean_environment
from worlds.governed_world import ALICE, METRIC_RULE, OTTO, RITA, STRANGER, evidence


def promotion(world, forge, *, title="Promote credit-risk", **options):
    world.branch("promote")
    world.edit_card(stage="canary")
    world.commit("promote")
    forge.push(world, "promote", by=ALICE)
    world.checkout("main")
    return forge.open_pull("promote", "main", ALICE, title=title, **options)


@pytest.fixture
def review(world, forge):
    """Run the command in the clone of Rita, whose `origin` is the forge."""

    def run(number: int = 1, *words: str, columns: int = 100, **changed: str | None) -> Run:
        environ = {**forge.environ(forge.token(RITA)), "COLUMNS": str(columns), **changed}
        kept = {name: value for name, value in environ.items() if value is not None}
        words = ("review", str(number), "--repo", str(world.root), *words)
        return Run(*_here(list(words), {**clean_environment(), **kept}), {}, "", None)

    return run


def test_the_first_lines_say_what_it_is_how_it_stands_and_what_to_do(world, forge, review):
    pull = promotion(world, forge)
    Actions(forge, world.folder / "runner").opened(pull)
    run = review()
    assert run.code == 11, run
    assert run.out.splitlines()[:7] == [
        "#1 Promote credit-risk (open, by alice-b)",
        f"{forge.url}/acme/models/pull/1",
        "",
        "hold: waiting for risk (`rita` or `ravi`)",
        "promote credit-risk 2.0.0: pilot -> canary",
        "published at GitHub: pending: hold: waiting for risk (rita or ravi)",
        "next: whoever is awaited approves, or asks for changes: `gh pr review 1`",
    ]
    assert run.out.index("what changes") < run.out.index("approval.risk-agrees") < run.out.index("numbers, computed")
    assert "  stage: pilot -> canary\n  traffic" not in run.out
    assert "  traffic: 0% -> 5%\n  stage: pilot -> canary\n" in run.out
    assert "  that the data may lawfully be used\n" in run.out


@pytest.mark.parametrize("columns", [60, 100])
def test_no_line_is_wider_than_the_window(world, forge, review, columns):
    """Only one long word may be: an address or a digest that is cut in two can not be copied."""
    forge.review(promotion(world, forge), STRANGER, "APPROVED")
    run = review(1, "--full", columns=columns)
    assert run.code == 11, run
    assert [line for line in run.out.splitlines() if len(line) > columns and " " in line.strip()] == []
    assert "0.9000" in run.out
    assert "not counted: mallory: " in run.out


def test_an_approval_leads_to_allow_before_the_robot_has_said_so(world, forge, review):
    pull = promotion(world, forge)
    Actions(forge, world.folder / "runner").opened(pull)
    forge.review(pull, RITA, "APPROVED")
    run = review()
    assert run.code == 0, run
    lines = run.out.splitlines()
    assert lines[3] == "allow: every blocking rule is met"
    assert lines[5].endswith("waiting for risk (rita or ravi) (not what was judged just now)")
    assert lines[6] == "next: it may be merged"
    assert "approved by rita (rita)" in run.out


def test_a_denied_one_says_that_approvals_do_not_outlive_the_fix(world, forge, review):
    world.branch("promote")
    world.replace_evidence(evidence(70, 30))
    world.edit_card(stage="canary")
    world.commit("promote")
    forge.push(world, "promote", by=ALICE)
    forge.open_pull("promote", "main", ALICE)
    run = review()
    assert run.code == 10, run
    assert run.out.splitlines()[3] == "deny: 1 blocking rule is not met; also waiting for risk (`rita` or `ravi`)"
    assert "next: what is not met has to change first; an approval holds only while the content stays" in run.out


def test_an_invalid_card_is_told_with_its_place(world, forge, review):
    world.branch("promote")
    world.write("model_cards/credit-risk/2.0.0/card.yaml", "stage: canary\n")
    world.commit("promote")
    forge.push(world, "promote", by=ALICE)
    forge.open_pull("promote", "main", ALICE)
    run = review()
    assert run.code == 3, run
    assert "model_cards/credit-risk/2.0.0/card.yaml" in run.out


def test_what_is_not_governed_needs_nothing(world, forge, review):
    world.branch("words")
    world.write("README.md", "# words\n")
    world.commit("words")
    forge.push(world, "words", by=ALICE)
    forge.open_pull("words", "main", ALICE)
    run = review()
    assert (run.code, run.out.splitlines()[3]) == (0, "nothing to judge: no governed path differs")
    assert "not checked by any file" not in run.out


STATES = {
    "draft": ("(draft, by alice-b)", "it is a draft, and can not be merged before it is ready"),
    "closed": ("(closed, by alice-b)", "next: nothing: it is closed"),
    "merged": ("(merged, by alice-b)", "next: nothing: it is merged"),
}


@pytest.mark.parametrize("state", STATES)
def test_what_can_not_be_merged_is_called_so(world, forge, review, state):
    pull = promotion(world, forge, draft=state == "draft")
    if state == "closed":
        pull.state = "closed"
    if state == "merged":
        forge.merge(pull, OTTO)
    run = review()
    told = " ".join(run.out.split())
    for words in STATES[state]:
        assert words in told


def test_nothing_published_yet_is_said(world, forge, review):
    promotion(world, forge)
    assert "published at GitHub: nothing yet\n" in review().out


HOSTILE = "promote\x1b[2J\x1b]0;x\x07\n::error::gone\n##[error]gone \u202egnorw"


def test_a_title_can_neither_paint_nor_command(world, forge, review):
    promotion(world, forge, title=HOSTILE)
    run = review()
    assert run.code == 11, run
    for bad in ("\x1b", "\x07", "\u202e", "##["):
        assert bad not in run.out
    assert not [line for line in run.out.splitlines() if line.lstrip().startswith("::")]


def test_a_title_that_is_a_command_after_a_break_is_none(world, forge, review):
    """Wrapping may bring `::` to the beginning of a line."""
    promotion(world, forge, title=f"{'x' * 58} ::error::gone")
    run = review(columns=60)
    assert not [line for line in run.out.splitlines() if line.lstrip().startswith("::")]


def test_a_status_by_another_writer_can_neither_paint_nor_command(world, forge, review):
    pull = promotion(world, forge)
    with forge.desk.lock:
        account = forge.state.accounts["mallory"]
        forge.hub.set_status(pull.head_sha, account, "success", "rampgate/verdict", "\x1b[32mallow", None)
    run = review()
    assert "\x1b" not in run.out
    assert "published at GitHub: success: \\u001b[32mallow (not what was judged just now)" in run.out


def test_json_is_the_decision(world, forge, review):
    promotion(world, forge)
    run = review(1, "--format", "json")
    value = json.loads(run.out)
    assert (run.code, value["verdict"], value["change"]) == (11, "hold", "promote")


def test_markdown_is_what_the_comment_says(world, forge, review):
    promotion(world, forge)
    run = review(1, "--format", "markdown")
    assert run.code == 11, run
    assert "waiting for risk" in run.out
    assert "<!-- rampgate" not in run.out


def test_origin_says_which_repository_it_is(world, forge, review):
    promotion(world, forge)
    assert review(GITHUB_REPOSITORY=None).code == 11


def test_without_an_origin_the_environment_says_it(world, forge, review):
    promotion(world, forge)
    world.git("remote", "remove", "origin")
    assert review().code == 11
    run = review(GITHUB_REPOSITORY=None)
    assert run.code == 2, run
    assert "there is no remote `origin`; set GITHUB_REPOSITORY" in run.error
    assert "--local" not in run.error


def test_without_a_token_the_way_to_one_is_told(world, forge, review):
    run = review(GITHUB_TOKEN=None)
    assert run.code == 2, run
    assert "reading the pull request needs a token for GitHub: export GH_TOKEN=$(gh auth token)" in run.error
    assert "--local" not in run.error


def test_a_number_that_is_no_pull_request_is_told_as_such(forge, review):
    run = review(7)
    assert run.code == 4, run
    assert "`acme/models` has no pull request 7; `gh pr list --repo acme/models` lists the open ones" in run.error


def test_a_repository_that_the_token_does_not_see_is_told_as_such(world, forge, review):
    world.git("remote", "remove", "origin")
    run = review(7, GITHUB_REPOSITORY="acme/other")
    assert run.code == 4, run
    assert "acme/other" in run.error
    assert "the token may not see it" in run.error
    assert "has no pull request" not in run.error


def test_nothing_of_the_clone_changes_but_what_a_fetch_brings(world, forge, review):
    promotion(world, forge)
    world.write("notes.txt", "mine\n")
    world.write("policies/lending.yaml", "mine too\n")

    def own() -> tuple[str, ...]:
        refs = world.git("for-each-ref", "--format=%(refname) %(objectname)", "refs/heads", "refs/tags")
        return refs, world.git("status", "--porcelain"), world.git("rev-parse", "HEAD"), world.git("stash", "list")

    before = own()
    assert review().code == 11
    assert own() == before
    refs = world.git("for-each-ref", "--format=%(refname)", "refs/rampgate", "refs/remotes").splitlines()
    assert refs == ["refs/rampgate/pull/1", "refs/remotes/origin/main"]


def test_nothing_is_written_to_the_forge(world, forge, review):
    promotion(world, forge)
    before = len(forge.calls)
    review()
    assert {each.method for each in forge.calls[before:]} == {"GET"}


# The blocks, by hand


def test_old_and_new_stand_under_each_other_with_their_difference():
    row = MetricRow(
        "accuracy", "offline, may.csv", Figure("0.90", 200, "0.85 to 0.94"), Figure("0.80", 100, "0.71 to 0.87"),
        "1.4.0", "", "+0.10", "0.01 to 0.19", "higher", asked=True,
    )  # fmt: skip
    (block,) = page.numbers(Brief(metrics=(row,)))
    assert block.title == "numbers, computed again from counts: offline, may.csv"
    assert block.rows == (
        ("accuracy *", "1.4.0", "0.80", "0.71 to 0.87", "100"),
        ("", "new", "0.90", "0.85 to 0.94", "200"),
        ("", "difference", "+0.10", "0.01 to 0.19", ""),
    )
    assert block.narrow == (
        "accuracy *: 0.90 (0.85 to 0.94) n=200; 1.4.0 0.80 (0.71 to 0.87) n=100; difference +0.10 (0.01 to 0.19)",
    )


def test_groups_that_are_too_small_show_no_number():
    rows = (
        GroupRow("sex=female", 40, Figure("0.50", 40, hidden=3), "0.83", "thin, under 100"),
        GroupRow("sex=x", 4, None, "", "suppressed"),
    )
    table = GroupTable("r", "selection_rate", ("sex",), "evidence/f.json", "at least 0.80", "ratio", rows, 5)
    (block,) = page.numbers(Brief(groups=(table,)))
    assert block.rows == (
        ("sex=female", "40", "0.50", "", "40 (up to 3 suppressed)", "0.83, thin, under 100"),
        ("sex=x", "under 5", "-", "", "", "suppressed"),
    )
    assert block.narrow[1] == "sex=x: under 5 rows; suppressed"


def test_what_is_excused_and_by_whom_is_the_first_thing_that_is_told():
    decision = a_decision(
        waivers=(Waived("W-1", "too few rows until March", "alice", "rita", "2026-12-01"),),
        break_glass=(Bypass("BG-1", "fraud wave", "INC-9", "alice", "rita", "2026-11-25"),),
    )
    first = next(page.changes(decision, Brief(changes=("stage: pilot -> canary",))))
    assert first.title == "excused"
    assert first.lines == (
        "break-glass BG-1, by alice and rita (INC-9), to be reviewed by 2026-11-25: fraud wave",
        "waiver W-1, granted by rita, owner alice, ends 2026-12-01: too few rows until March",
    )


def test_the_rule_that_is_looked_at_is_in_the_world():
    """The figures above are of this rule: 90 of 100 right on either side."""
    assert METRIC_RULE["with"]["metric"] == "accuracy"
