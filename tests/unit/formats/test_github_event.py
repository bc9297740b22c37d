"""What wakes a run: read from GitHub's events, of which only a number and commit ids are taken."""

from __future__ import annotations

import json

import pytest

from rampgate.errors import InvalidInput
from rampgate.formats.github_event import READERS, wake_of
from rampgate.model.wake import WakeAll, WakeClosed, WakeHead, WakeNothing, WakePull, WakeQueue

HEAD = "a" * 40
PULL = {"pull_request": {"number": 7, "head": {"sha": HEAD}, "base": {"ref": "main"}}}


def read(name, event):
    return wake_of(name, json.dumps(event).encode(), "event.json")


@pytest.mark.parametrize("name", ["pull_request_target", "pull_request", "pull_request_review"])
def test_a_pull_request_is_judged_at_the_head_that_the_event_names(name):
    assert read(name, {"action": "synchronize", **PULL}) == WakePull(7, HEAD, "main")


@pytest.mark.parametrize("merged", [True, False, None])
def test_a_closed_pull_request_leaves_its_commit(merged):
    event = {"action": "closed", "pull_request": {**PULL["pull_request"], "merged": merged}}
    assert read("pull_request_target", event) == WakeClosed(HEAD, merged is True)


def test_a_push_says_which_commit_the_pull_request_has_left():
    event = {"action": "synchronize", "before": "b" * 40, **PULL}
    assert read("pull_request_target", event) == WakePull(7, HEAD, "main", "b" * 40)


def test_a_review_arrives_as_the_head_of_the_signal_run_and_its_pull_requests_are_not_believed():
    event = {"workflow_run": {"head_sha": HEAD, "event": "pull_request_review", "pull_requests": [{"number": 99}]}}
    assert read("workflow_run", event) == WakeHead(HEAD)


@pytest.mark.parametrize("event", ["push", "workflow_dispatch"])
def test_what_was_recorded_has_every_pull_request_judged_again(event):
    """A promotion may have waited for the record of what landed before it."""
    run = {"workflow_run": {"head_sha": HEAD, "event": event, "head_branch": "main"}}
    assert read("workflow_run", run) == WakeAll("main")


def test_the_record_of_a_refused_pull_request_changes_no_verdict():
    run = {"workflow_run": {"head_sha": HEAD, "event": "pull_request_target", "head_branch": "promote"}}
    assert read("workflow_run", run) == WakeNothing("a pull request that was closed is on record now")


def test_the_queue_names_its_pull_request_in_its_branch():
    branch = f"gh-readonly-queue/main/pr-104-{'b' * 40}"
    run = {"workflow_run": {"head_sha": HEAD, "event": "merge_group", "head_branch": branch}}
    assert read("workflow_run", run) == WakeQueue(HEAD, 104, "main")
    group = {"action": "checks_requested", "merge_group": {"head_sha": HEAD, "head_ref": f"refs/heads/{branch}"}}
    assert read("merge_group", group) == WakeQueue(HEAD, 104, "main")


def test_a_queue_of_a_branch_with_slashes_is_read_whole():
    branch = f"gh-readonly-queue/release/1.x/pr-3-{'b' * 40}"
    run = {"workflow_run": {"head_sha": HEAD, "event": "merge_group", "head_branch": branch}}
    assert read("workflow_run", run) == WakeQueue(HEAD, 3, "release/1.x")


@pytest.mark.parametrize("branch", ["main", "gh-readonly-queue/main/pr-0-abc", "gh-readonly-queue/main/pr-x-abc", ""])
def test_a_queue_branch_that_names_no_pull_request_is_refused(branch):
    with pytest.raises(InvalidInput, match="does not say which pull request"):
        read("workflow_run", {"workflow_run": {"head_sha": HEAD, "event": "merge_group", "head_branch": branch}})


def test_a_push_to_a_branch_a_schedule_and_a_call_by_hand_judge_everything_again():
    assert read("push", {"ref": "refs/heads/main", "after": HEAD}) == WakeAll("main")
    assert read("schedule", {"schedule": "7 3 * * *"}) == WakeAll()
    assert read("workflow_dispatch", {"inputs": {}}) == WakeAll()


def test_a_pushed_tag_and_a_deleted_branch_judge_nothing():
    assert isinstance(read("push", {"ref": "refs/tags/v1"}), WakeNothing)
    assert isinstance(read("push", {"ref": "refs/heads/x", "deleted": True}), WakeNothing)


def test_another_event_is_refused_with_those_that_are_known():
    with pytest.raises(InvalidInput, match="issue_comment") as caught:
        read("issue_comment", {})
    assert all(name in caught.value.problems[0].expected for name in READERS)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"number": True}, "pull_request.number"),
        ({"number": "7"}, "pull_request.number"),
        ({"number": -1}, "pull_request.number"),
        ({"head": {"sha": "HEAD"}}, "pull_request.head.sha"),
        ({"head": {"sha": f"{HEAD}\n"}}, "pull_request.head.sha"),
        ({"head": None}, "pull_request.head.sha"),
        ({"base": {"ref": 1}}, "pull_request.base.ref"),
    ],
)
def test_what_is_needed_must_be_there_and_of_its_kind(change, words):
    event = {"action": "opened", "pull_request": {**PULL["pull_request"], **change}}
    with pytest.raises(InvalidInput, match=words.replace(".", r"\.")):
        read("pull_request_target", event)


@pytest.mark.parametrize("data", [b"", b"[]", b"{", b'{"a": 1, "a": 2}', b"\xff"])
def test_what_is_no_json_object_is_refused(data):
    with pytest.raises(InvalidInput):
        wake_of("push", data, "event.json")


@pytest.mark.parametrize("title", ["a\u200bb", "\u202eright", "two\u2028lines", "\u0085", "\U0001f469\u200d\U0001f52c"])
@pytest.mark.parametrize("as_ascii", [True, False])
def test_no_title_makes_an_event_impossible_to_read(title, as_ascii):
    event = {"workflow_run": {"head_sha": HEAD, "event": "pull_request_review", "display_title": title}}
    data = json.dumps(event, ensure_ascii=as_ascii).encode()
    assert wake_of("workflow_run", data, "event.json") == WakeHead(HEAD)
