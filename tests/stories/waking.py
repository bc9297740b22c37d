"""The events that wake `rampgate ci`, by the names that stories give them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from forge import webhooks
from stories.words import BadStory

if TYPE_CHECKING:
    from stories.play import Play
    from worlds.actions_world import Run


def wake(play: Play, said: dict[str, Any]) -> Run:
    """Build the event, change in it what the story says, and run."""
    if said["on"] not in EVENTS:
        raise BadStory(f"nothing wakes on `{said['on']}`; known: {sorted(EVENTS)}")
    name, event = EVENTS[said["on"]](play, said)
    return play.runner.wake(name, _bent(event, said["event"]), arguments=tuple(said["arguments"]))


def _pull_request_target(play: Play, said: dict[str, Any]) -> tuple[str, Any]:
    return "pull_request_target", _pull_request(play, said)[1]


def _pull_request(play: Play, said: dict[str, Any]) -> tuple[str, Any]:
    return "pull_request", webhooks.pull_request(play.forge.desk, play.pull(said["pull"]), said["action"])


def _review(play: Play, said: dict[str, Any]) -> tuple[str, Any]:
    pull = play.pull(said["pull"])
    head = play.commit(said["at"]) if said["at"] else pull.head_sha
    return "workflow_run", webhooks.workflow_run(
        play.forge.desk, event="pull_request_review", head_sha=head, head_branch=pull.head_ref, pull=pull
    )


def _queue(play: Play, said: dict[str, Any]) -> tuple[str, Any]:
    group = play.groups[said["group"] - 1]["merge_group"]
    branch = group["head_ref"].removeprefix("refs/heads/")
    return "workflow_run", webhooks.workflow_run(
        play.forge.desk, event="merge_group", head_sha=group["head_sha"], head_branch=branch
    )


def _merge_group(play: Play, said: dict[str, Any]) -> tuple[str, Any]:
    return "merge_group", play.groups[said["group"] - 1]


def _push(play: Play, said: dict[str, Any]) -> tuple[str, Any]:
    tip = play.commit(said["branch"])
    return "push", webhooks.push(play.forge.desk, said["branch"], tip, tip, play.account("otto"))


def _schedule(play: Play, _: dict[str, Any]) -> tuple[str, Any]:
    return "schedule", webhooks.schedule(play.forge.desk)


def _dispatch(play: Play, _: dict[str, Any]) -> tuple[str, Any]:
    return "workflow_dispatch", webhooks.workflow_dispatch(play.forge.desk, play.account("otto"))


EVENTS = {
    "pull_request_target": _pull_request_target,
    "pull_request": _pull_request,
    "review": _review,
    "queue": _queue,
    "merge_group": _merge_group,
    "push": _push,
    "schedule": _schedule,
    "dispatch": _dispatch,
}
"""What a story says -> the event of GitHub; `review` and `queue` are the end of the `signal` workflow."""


def _bent(event: Any, change: Any) -> Any:
    """The event with some of its fields changed, at any depth."""
    if not isinstance(event, dict) or not isinstance(change, dict):
        return change
    return {**event, **{key: _bent(event.get(key), each) for key, each in change.items()}}
