"""Whoever wants a success that should not be: what they would try, and what they get."""

from __future__ import annotations

import pytest

from forge import faults, webhooks
from forge.state import Account, Comment
from rampgate.app.ci.publishing import LAST_SUCCESS
from rampgate.reports.comment import MARKER
from worlds.actions_world import Actions
from worlds.governed_world import ALICE, RITA, SAM

CONTEXT = "rampgate/verdict"


@pytest.fixture
def runner(forge, tmp_path):
    return Actions(forge, tmp_path / "runner")


@pytest.fixture
def promotion(world, forge):
    world.branch("promote")
    world.edit_card(stage="canary")
    world.commit("promote")
    forge.push(world, "promote", by=ALICE)
    return forge.open_pull("promote", "main", ALICE)


@pytest.fixture
def allowed(forge, runner, promotion):
    """A pull request with a success, and the approval that it rests on."""
    review = forge.review(promotion, RITA, "APPROVED")
    assert runner.opened(promotion).code == 0
    assert state_of(forge, promotion.head_sha) == "success"
    return promotion, review


def state_of(forge, sha):
    said = [each for each in forge.state.latest_statuses(sha) if each.context == CONTEXT]
    return said[0].state if said else None


def pushed(forge, runner, pull, before):
    event = webhooks.pull_request(forge.desk, pull, "synchronize", before=before, after=pull.head_sha)
    return runner.wake("pull_request_target", event)


# A success that outlives what it was said of


def test_a_head_that_was_left_by_a_push_loses_its_success(world, forge, runner, allowed):
    pull, _ = allowed
    old = pull.head_sha
    world.edit_card(stage="canary", summary="another text of the card")
    world.commit("more")
    forge.push(world, "promote", by=ALICE)
    assert pull.head_sha != old
    run = pushed(forge, runner, pull, old)
    assert (run.code, state_of(forge, pull.head_sha)) == (11, "pending"), run
    assert state_of(forge, old) == "pending", "a force push back to it would have found the gate open"


def test_a_force_push_back_to_an_approved_head_is_judged_with_the_veto_that_came_between(world, forge, runner, allowed):
    pull, _ = allowed
    old = pull.head_sha
    world.edit_card(stage="canary", summary="another text of the card")
    world.commit("more")
    forge.push(world, "promote", by=ALICE)
    new = pull.head_sha
    pushed(forge, runner, pull, old)
    runner.reviewed(forge.review(pull, RITA, "CHANGES_REQUESTED"))
    world.git("reset", "-q", "--hard", old)
    forge.push(world, "promote", by=ALICE, force=True)
    assert (pull.head_sha, state_of(forge, old)) == (old, "pending"), "before any run"
    run = pushed(forge, runner, pull, new)
    assert (run.code, state_of(forge, old)) == (10, "failure"), run


def test_closing_takes_the_success_back_and_opening_again_judges(forge, runner, allowed):
    pull, review = allowed
    pull.state = "closed"
    assert runner.opened(pull, "closed").code == 0
    assert state_of(forge, pull.head_sha) == "pending"
    forge.dismiss(review, RITA, "not any more")
    pull.state = "open"
    run = runner.opened(pull, "reopened")
    assert (run.code, state_of(forge, pull.head_sha)) == (11, "pending"), run


def test_what_has_landed_keeps_its_success(forge, runner, allowed):
    pull, _ = allowed
    forge.merge(pull, ALICE)
    assert runner.opened(pull, "closed").code == 0
    assert state_of(forge, pull.head_sha) == "success"


def test_turning_to_another_branch_takes_the_success_back(forge, runner, allowed, world):
    pull, _ = allowed
    forge.push(world, "main", by=ALICE, to="develop")
    pull.base_ref = "develop"
    run = runner.opened(pull, "edited")
    assert (run.code, state_of(forge, pull.head_sha)) == (0, "pending"), run


def test_a_pull_request_elsewhere_does_not_swallow_the_run_of_one_with_the_same_head(forge, runner, allowed, world):
    """GitHub keeps only the newest of the runs that wait for one commit, so that one has to stand for all."""
    pull, _ = allowed
    forge.push(world, "main", by=ALICE, to="develop")
    other = forge.open_pull("promote", "develop", ALICE)
    forge.review(pull, RITA, "CHANGES_REQUESTED")  # its run waits, and the next one takes its place
    run = runner.opened(other, "edited")
    assert state_of(forge, pull.head_sha) == "failure", run


def test_closing_one_of_two_with_the_same_head_judges_the_other(forge, runner, allowed, world):
    pull, _ = allowed
    forge.push(world, "main", by=ALICE, to="develop")
    other = forge.open_pull("promote", "develop", ALICE)
    forge.review(pull, RITA, "CHANGES_REQUESTED")
    other.state = "closed"
    runner.opened(other, "closed")
    assert state_of(forge, pull.head_sha) == "failure"


def test_a_commit_that_github_does_not_know_any_more_stops_no_judgement(forge, runner, promotion):
    forge.review(promotion, RITA, "APPROVED")
    run = pushed(forge, runner, promotion, "e" * 40)
    assert (run.code, state_of(forge, promotion.head_sha)) == (0, "success"), run


# Runs that do not wait for each other


def test_a_veto_between_the_last_look_and_the_status_takes_the_success_back(forge, runner, promotion):
    forge.review(promotion, RITA, "APPROVED")
    # The fourth status is a success that another run's failure came before.
    forge.when(
        "POST", f"*/statuses/{promotion.head_sha}", lambda: forge.review(promotion, RITA, "CHANGES_REQUESTED"), skip=1
    )
    run = runner.opened(promotion)
    states = [each.state for each in forge.statuses(promotion.head_sha)]
    assert states == ["pending", "success", "pending", "failure"], run
    assert run.code == 10


def test_a_base_that_moves_between_the_last_look_and_the_status_is_seen(world, forge, runner, promotion):
    forge.review(promotion, RITA, "APPROVED")

    def move():
        forge.push(world, "promote", by=ALICE, to="main")

    forge.when("POST", f"*/statuses/{promotion.head_sha}", move, skip=1)
    runner.opened(promotion)
    states = [each.state for each in forge.statuses(promotion.head_sha)]
    assert states[:3] == ["pending", "success", "pending"]


def test_a_second_pull_request_opened_during_a_sweep_counts(world, forge, runner, promotion):
    forge.review(promotion, RITA, "APPROVED")

    def open_another():
        forge.push(world, "promote", by=SAM, fork=True)
        forge.open_pull("promote", "main", SAM, fork=True)

    forge.when("POST", f"*/statuses/{promotion.head_sha}", open_another, skip=1)
    runner.nightly()
    assert state_of(forge, promotion.head_sha) == "failure", "forks are refused"


# What GitHub itself limits


def flood(forge, sha, count):
    bot = Account(41, "rampgate[bot]", "Bot")
    for _ in range(count):
        forge.hub.set_status(sha, bot, "pending", CONTEXT, "judging...", "")


def test_no_success_is_written_that_could_not_be_taken_back(forge, runner, promotion):
    """GitHub takes 1000 statuses of a commit: whoever edits a title 500 times would make a success stay."""
    forge.review(promotion, RITA, "APPROVED")
    flood(forge, promotion.head_sha, LAST_SUCCESS - 2)
    assert runner.opened(promotion).code == 0
    run = runner.opened(promotion, "edited")
    assert (run.code, state_of(forge, promotion.head_sha)) == (4, "error"), run
    assert "push another commit" in run.error
    flood(forge, promotion.head_sha, 1000 - len(forge.statuses(promotion.head_sha)))
    assert runner.opened(promotion, "edited").code == 4
    assert state_of(forge, promotion.head_sha) != "success"


def test_statuses_of_others_do_not_count_against_ours(forge, runner, promotion):
    forge.review(promotion, RITA, "APPROVED")
    robot = Account(51, "build[bot]", "Bot")
    for _ in range(LAST_SUCCESS):
        forge.hub.set_status(promotion.head_sha, robot, "success", "build", "", "")
    assert runner.opened(promotion).code == 0


# Answers that are odd


@pytest.mark.parametrize("title", ["a\u200bb", "\u202eevil", "one\u2028two", "\u0085"])
def test_a_title_can_not_keep_a_veto_unheard(forge, runner, allowed, title):
    pull, _ = allowed
    pull.title = title
    forge.review(pull, RITA, "CHANGES_REQUESTED")
    event = webhooks.workflow_run(
        forge.desk, event="pull_request_review", head_sha=pull.head_sha, head_branch=pull.head_ref, pull=pull
    )
    event["workflow_run"]["display_title"] = title
    # The runner writes what GitHub sends, and escapes nothing of it.
    run = runner.wake("workflow_run", Raw(event))
    assert (run.code, state_of(forge, pull.head_sha)) == (10, "failure"), run


class Raw(dict):
    """An event whose texts are written as they are."""


@pytest.mark.parametrize(
    "date",
    [
        "",
        "yesterday",
        "Fri, 31 Dec 9999 23:59:59 -0100",
        "Fri, 20 Nov 99999999999999 09:00:00 GMT",
        "Fri, 31 Feb 2026 09:00:00 GMT",
    ],
)
def test_a_clock_that_can_not_be_read_allows_nothing(forge, runner, promotion, date, monkeypatch):
    forge.review(promotion, RITA, "APPROVED")
    monkeypatch.setattr(forge.state.clock, "http_date", lambda: date)
    run = runner.opened(promotion)
    assert (run.code, state_of(forge, promotion.head_sha)) == (4, "error"), run
    assert "Traceback" not in run.error


def test_a_dismissal_of_a_review_that_is_not_listed_allows_nothing(forge, runner, promotion):
    """The review is on a page that did not come: it may have been an objection."""
    forge.review(promotion, RITA, "APPROVED")
    objection = forge.review(promotion, SAM, "CHANGES_REQUESTED")
    forge.dismiss(objection, ALICE, "in the way")
    forge.state.reviews.remove(objection)
    run = runner.opened(promotion)
    assert (run.code, state_of(forge, promotion.head_sha)) == (3, "error"), run
    assert "was dismissed, and is not listed" in run.out + run.error + run.summary


def test_an_answer_with_null_where_github_documents_null_is_no_crash(forge, runner, promotion):
    review = forge.review(promotion, RITA, "APPROVED")
    review.account = None
    null = {"body": None, "assignee": None, "milestone": None, "auto_merge": None, "mergeable": None, "merged_by": None}
    forge.bend_next("GET", "*/pulls/1", faults.with_body(lambda pull: {**pull, **null}))
    gone = {"body": None, "user": None}
    forge.bend_next("GET", "*/issues/1/comments", faults.with_body(lambda _: [{"id": 5, **gone}]))
    run = runner.opened(promotion)
    assert (run.code, state_of(forge, promotion.head_sha)) == (11, "pending"), run


# The one comment


def marked(forge, pull, account, text="all is well"):
    forge.state.comments.append(
        Comment(
            forge.state.new_id(),
            pull.number,
            account,
            f"{MARKER}\n{text}",
            "2026-11-20T09:00:00Z",
            "2026-11-20T09:00:00Z",
        )
    )
    return forge.state.comments[-1]


def test_the_comment_of_another_bot_with_the_marker_is_left_alone(forge, runner, promotion):
    other = marked(forge, promotion, Account(99, "echo[bot]", "Bot"))
    runner.opened(promotion)
    runner.opened(promotion, "edited")
    assert other.body.endswith("all is well")
    assert len(forge.state.comments) == 2, "ours stands beside it, once"


def test_a_comment_of_ours_that_somebody_edited_is_ours_again(forge, runner, promotion):
    runner.opened(promotion)
    (ours,) = forge.state.comments
    ours.body = f"{MARKER}\nallowed by everybody"
    runner.opened(promotion, "edited")
    assert len(forge.state.comments) == 1
    assert "allowed by everybody" not in ours.body
    assert "waiting for risk" in ours.body


def test_a_comment_that_is_deleted_while_it_is_rewritten_is_written_again(forge, runner, promotion):
    runner.opened(promotion)
    forge.state.comments[0].body = f"{MARKER}\nold"
    forge.when("PATCH", "*/issues/comments/*", forge.state.comments.clear)
    run = runner.opened(promotion, "edited")
    assert (run.code, len(forge.state.comments)) == (11, 1), run


# What is not the pull request's


def test_a_governed_branch_that_is_gone_is_no_quiet_day(world, forge, runner, promotion):
    forge.push(world, "main", by=ALICE, to="trunk")
    forge.hub.git.delete_ref("refs/heads/main")
    promotion.base_ref = "trunk"
    run = runner.nightly()
    assert run.code == 4, run
    assert "refs/heads/main" in run.error


def test_the_same_commit_under_two_logins_of_one_account_is_one_person(forge, runner, promotion):
    """An account that was renamed between its two reviews: the number stays, and its last word counts."""
    forge.review(promotion, RITA, "CHANGES_REQUESTED")
    forge.review(promotion, {**RITA, "login": "margherita"}, "APPROVED")
    assert runner.opened(promotion).code == 0


def test_the_order_of_the_events_does_not_matter(forge, runner, promotion):
    own = forge.review(promotion, RITA, "CHANGES_REQUESTED")
    forge.review(promotion, RITA, "APPROVED")
    others = forge.review(promotion, SAM, "CHANGES_REQUESTED")
    forge.dismiss(own, RITA, "settled")
    forge.dismiss(others, ALICE, "in the way")
    codes = []
    for _ in range(2):
        codes.append(runner.opened(promotion).code)
        forge.state.events.reverse()
    assert codes == [10, 10], "the objection that its author did not dismiss stands"


def test_a_list_that_is_too_long_is_an_error_and_no_memory(forge, runner, promotion):
    forge.review(promotion, RITA, "APPROVED")
    body = b"[" + b" " * (33 * 2**20) + b"]"
    forge.bend_next("GET", "*/pulls/1/reviews", faults.with_body(lambda _: body))
    run = runner.opened(promotion)
    assert (run.code, state_of(forge, promotion.head_sha)) == (4, "error"), run
    assert "more than 32 MiB" in run.error


def test_no_message_and_no_file_holds_the_token(forge, runner, promotion):
    secret = runner.environ["GITHUB_TOKEN"]
    forge.review(promotion, RITA, "APPROVED")
    forge.fail_next("GET", "*/pulls/1/reviews", 403, times=1)
    runs = [runner.opened(promotion), runner.opened(promotion)]
    told = [f"{run.out}{run.error}{run.summary}{run.outputs}{run.report}" for run in runs]
    told += [each.body for each in forge.state.comments] + [str(each.description) for each in forge.state.statuses]
    told.append((runner.checkout / ".git" / "config").read_text())
    assert [run.code for run in runs] == [4, 0]
    assert not [each for each in told if secret in each]
