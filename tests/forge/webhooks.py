"""The events that GitHub sends, as GITHUB_EVENT_PATH holds them, and their signed delivery to an address."""

from __future__ import annotations

import hashlib
import hmac
import json
import urllib.request
import uuid
from typing import Any

from forge import shapes
from forge.desk import Desk
from forge.state import Account, Pull, Queued, Review

Json = dict[str, Any]


def _base(desk: Desk, sender: Account) -> Json:
    state = desk.hub.state
    return {
        "repository": shapes.full_repository(desk.site, state),
        "organization": {"login": state.owner, "id": 1, "url": f"{desk.site.api}/orgs/{state.owner}"},
        "sender": shapes.user(desk.site, sender),
    }


def pull_request(desk: Desk, pull: Pull, action: str = "opened", sender: Account | None = None, **more: Any) -> Json:
    """The payload of `pull_request` and of `pull_request_target`; `synchronize` adds `before` and `after`."""
    count = len(desk.hub.commits(pull))
    shown = shapes.pull_full(desk.site, desk.hub.state, pull, commits=count, changed=desk.hub.changed(pull))
    event = {"action": action, "number": pull.number, "pull_request": shown}
    return {**event, **more, **_base(desk, sender or pull.author)}


def pull_request_review(desk: Desk, review: Review, action: str = "submitted", sender: Account | None = None) -> Json:
    pull = desk.hub.pull(review.pull)
    shown = shapes.review(desk.site, desk.hub.state, review)
    # Events spell a review's state in lower case, lists in upper case.
    shown["state"] = review.state.lower()
    event = {"action": action, "review": shown, "pull_request": shapes.pull_simple(desk.site, desk.hub.state, pull)}
    return {**event, **_base(desk, sender or review.account or pull.author)}


def merge_group(desk: Desk, queued: Queued, action: str = "checks_requested") -> Json:
    state, git = desk.hub.state, desk.hub.git
    pull = desk.hub.pull(queued.pull)
    value = git.commits(queued.base, queued.head)[-1]
    person = {role: {"name": value[f"{role[0]}n"], "email": value[f"{role[0]}e"]} for role in ("author", "committer")}
    group = {
        "head_sha": queued.head,
        "head_ref": queued.ref,
        "base_sha": queued.base,
        "base_ref": f"refs/heads/{pull.base_ref}",
        "head_commit": {
            "id": queued.head,
            "tree_id": value["tree"],
            "message": value["message"],
            "timestamp": value["ct"],
            **person,
        },
    }
    return {"action": action, "merge_group": group, **_base(desk, Account.of(next(iter(state.accounts.values()))))}


def push(desk: Desk, branch: str, before: str, after: str, by: Account) -> Json:
    state, git = desk.hub.state, desk.hub.git
    commits = [
        {"id": each["sha"], "tree_id": each["tree"], "message": each["message"].rstrip("\n"), "timestamp": each["ct"]}
        for each in (git.commits(before, after) if set(before) != {"0"} else [])
    ]
    return {
        "ref": f"refs/heads/{branch}",
        "before": before,
        "after": after,
        "created": set(before) == {"0"},
        "deleted": set(after) == {"0"},
        "forced": set(before) != {"0"} and not git.contains(after, before),
        "base_ref": None,
        "compare": f"{desk.site.web}/{state.full_name}/compare/{before[:12]}...{after[:12]}",
        "commits": commits,
        "head_commit": commits[-1] if commits else None,
        "pusher": {"name": by.login, "email": by.email},
        **_base(desk, by),
    }


def workflow_run(
    desk: Desk, *, event: str, head_sha: str, head_branch: str, name: str = "signal", pull: Pull | None = None
) -> Json:
    """The payload that a finished run of another workflow sends; `pull_requests` is empty for forks."""
    state = desk.hub.state
    inside = pull is not None and pull.head_owner == state.owner
    pulls = [_pull_reference(desk, pull)] if pull is not None and inside else []
    run = {
        "id": 30_433_642,
        "name": name,
        "path": f".github/workflows/{name}.yml",
        "event": event,
        "status": "completed",
        "conclusion": "success",
        "head_sha": head_sha,
        "head_branch": head_branch,
        "run_number": 1,
        "run_attempt": 1,
        "pull_requests": pulls,
        "head_repository": shapes.repository(
            desk.site, state, fork_of="" if inside or pull is None else pull.head_owner
        ),
        "repository": shapes.repository(desk.site, state),
        "html_url": f"{desk.site.web}/{state.full_name}/actions/runs/30433642",
    }
    workflow = {"id": 1, "name": name, "path": f".github/workflows/{name}.yml", "state": "active"}
    sender = pull.author if pull else next(iter(state.accounts.values()))
    return {"action": "completed", "workflow_run": run, "workflow": workflow, **_base(desk, sender)}


def _pull_reference(desk: Desk, pull: Pull) -> Json:
    state = desk.hub.state
    place = {"id": state.repository_id, "url": f"{desk.site.api}/repos/{state.full_name}", "name": state.name}
    return {
        "id": 100_000 + pull.number,
        "number": pull.number,
        "url": f"{desk.site.api}/repos/{state.full_name}/pulls/{pull.number}",
        "head": {"ref": pull.head_ref, "sha": pull.head_sha, "repo": place},
        "base": {"ref": pull.base_ref, "sha": pull.base_sha, "repo": place},
    }


def schedule(desk: Desk, cron: str = "17 * * * *") -> Json:
    whole = _base(desk, next(iter(desk.hub.state.accounts.values())))
    return {"schedule": cron, "workflow": ".github/workflows/gate.yml", **whole}


def workflow_dispatch(desk: Desk, by: Account, **inputs: str) -> Json:
    ref = f"refs/heads/{desk.hub.state.default_branch}"
    return {"inputs": inputs, "ref": ref, "workflow": ".github/workflows/gate.yml", **_base(desk, by)}


def signature(body: bytes, secret: str) -> str:
    """The value of `X-Hub-Signature-256`."""
    return "sha256=" + hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()


def deliver(url: str, name: str, payload: Json, secret: str) -> int:
    """Send a signed event to an address on this machine, without a proxy, and return the status."""
    body = json.dumps(payload).encode()
    headers = {
        "Content-Type": "application/json",
        "User-Agent": "GitHub-Hookshot/forge",
        "X-GitHub-Event": name,
        "X-GitHub-Delivery": str(uuid.uuid5(uuid.NAMESPACE_URL, name + signature(body, secret))),
        "X-Hub-Signature-256": signature(body, secret),
    }
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    with opener.open(urllib.request.Request(url, body, headers), timeout=30) as answer:
        return int(answer.status)
