"""What GitHub shows of each resource: JSON complete enough for its own schema, and nothing that it would not say.

Every function is pure. `Site` holds the two addresses that links are made of.
"""

from __future__ import annotations

import base64
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from forge.state import Account, Comment, Event, Pull, Review, State, Status

Json = dict[str, Any]

USER_LINKS = [
    "followers",
    "following",
    "gists",
    "starred",
    "subscriptions",
    "orgs",
    "repos",
    "events",
    "received_events",
]
REPOSITORY_LINKS = [
    "archive",
    "assignees",
    "blobs",
    "branches",
    "collaborators",
    "comments",
    "commits",
    "compare",
    "contents",
    "contributors",
    "deployments",
    "downloads",
    "events",
    "forks",
    "git_commits",
    "git_refs",
    "git_tags",
    "hooks",
    "issue_comment",
    "issue_events",
    "issues",
    "keys",
    "labels",
    "languages",
    "merges",
    "milestones",
    "notifications",
    "pulls",
    "releases",
    "stargazers",
    "statuses",
    "subscribers",
    "subscription",
    "tags",
    "teams",
    "trees",
]
COUNTS = [
    "forks",
    "forks_count",
    "open_issues",
    "open_issues_count",
    "size",
    "stargazers_count",
    "watchers",
    "watchers_count",
]

SIGNATURE = ("signature", "payload", "verified_at")


@dataclass(frozen=True)
class Site:
    """Where the forge is: `api` is the root of the REST calls, `web` of pages and Git."""

    api: str
    web: str


def node(kind: str, number: int) -> str:
    return base64.b64encode(f"{kind}:{number}".encode()).decode()


def user(site: Site, account: Account) -> Json:
    # A bot's login holds brackets, which no address may.
    api = f"{site.api}/users/{quote(account.login)}"
    links = {f"{name}_url": f"{api}/{name}" for name in USER_LINKS if name != "orgs"}
    return {
        "login": account.login,
        "id": account.id,
        "node_id": node("User", account.id),
        "avatar_url": f"{site.web}/avatars/{account.id}",
        "gravatar_id": "",
        "url": api,
        "html_url": f"{site.web}/{quote(account.login)}",
        **links,
        "organizations_url": f"{api}/orgs",
        "type": account.kind,
        "user_view_type": "public",
        "site_admin": False,
    }


def viewer(site: Site, account: Account) -> Json:
    """What `GET /user` says: the public part of one's own account."""
    nothing = dict.fromkeys(("bio", "blog", "company", "email", "hireable", "location", "twitter_username"))
    counts = dict.fromkeys(("followers", "following", "public_gists", "public_repos"), 0)
    times = {"created_at": "2020-01-01T00:00:00Z", "updated_at": "2026-01-01T00:00:00Z"}
    return {**user(site, account), "name": account.name or None, **nothing, **counts, **times}


def owner(site: Site, login: str, number: int = 1) -> Json:
    return user(site, Account(number, login, "Organization"))


def repository(site: Site, state: State, *, fork_of: str = "") -> Json:
    """The repository, or the fork of it that belongs to the login `fork_of`."""
    name = f"{fork_of or state.owner}/{state.name}"
    api = f"{site.api}/repos/{name}"
    number = fork_id(state, fork_of) if fork_of else state.repository_id
    holder = user(site, state.accounts[fork_of]) if fork_of else owner(site, state.owner)
    features = {
        f"has_{what}": what == "issues" for what in ["downloads", "issues", "projects", "wiki", "pages", "discussions"]
    }
    return {
        "id": number,
        "node_id": node("Repository", number),
        "name": state.name,
        "full_name": name,
        "owner": holder,
        "private": state.private,
        "visibility": "private" if state.private else "public",
        "html_url": f"{site.web}/{name}",
        "url": api,
        "clone_url": f"{site.web}/{name}.git",
        "git_url": f"git://127.0.0.1/{name}.git",
        "ssh_url": f"git@127.0.0.1:{name}.git",
        "svn_url": f"{site.web}/{name}",
        **{f"{what}_url": f"{api}/{what.replace('_', '/')}" for what in REPOSITORY_LINKS},
        "description": None,
        "homepage": None,
        "language": None,
        "mirror_url": None,
        "license": None,
        "fork": bool(fork_of),
        "default_branch": state.default_branch,
        "archived": False,
        "disabled": False,
        "is_template": False,
        "allow_forking": True,
        "web_commit_signoff_required": False,
        "topics": [],
        **features,
        **dict.fromkeys(COUNTS, 0),
        "created_at": "2026-01-01T00:00:00Z",
        "updated_at": "2026-01-01T00:00:00Z",
        "pushed_at": "2026-01-01T00:00:00Z",
    }


def fork_id(state: State, login: str) -> int:
    return state.repository_id * 1_000_000 + state.accounts[login].id


def full_repository(site: Site, state: State) -> Json:
    return {**repository(site, state), "network_count": 0, "subscribers_count": 0, "allow_auto_merge": False}


def pull_simple(site: Site, state: State, pull: Pull) -> Json:
    """A pull request as lists show it."""
    api, html = f"{site.api}/repos/{state.full_name}", f"{site.web}/{state.full_name}/pull/{pull.number}"
    mine, issue = f"{api}/pulls/{pull.number}", f"{api}/issues/{pull.number}"
    links = {
        "self": mine,
        "html": html,
        "issue": issue,
        "comments": f"{issue}/comments",
        "review_comments": f"{mine}/comments",
        "review_comment": f"{api}/pulls/comments{{/number}}",
        "commits": f"{mine}/commits",
        "statuses": f"{api}/statuses/{pull.head_sha}",
    }
    closed = pull.merged_at or (pull.updated if pull.state == "closed" else None)
    return {
        "id": 100_000 + pull.number,
        "node_id": node("PullRequest", pull.number),
        "number": pull.number,
        "url": mine,
        "html_url": html,
        "diff_url": f"{html}.diff",
        "patch_url": f"{html}.patch",
        **{f"{name}_url": links[name] for name in links if name not in ("self", "html")},
        "state": pull.state,
        "locked": False,
        "title": pull.title,
        "body": pull.body or None,
        "user": user(site, pull.author),
        "draft": pull.draft,
        "created_at": pull.created,
        "updated_at": pull.updated,
        "closed_at": closed,
        "merged_at": pull.merged_at,
        "merge_commit_sha": pull.merge_commit,
        "head": _head(site, state, pull),
        "base": _side(site, state, state.owner, pull.base_ref, pull.base_sha, ""),
        "_links": {name: {"href": href} for name, href in links.items()},
        "author_association": association(state, pull.author),
        **dict.fromkeys(("assignee", "milestone", "auto_merge", "active_lock_reason")),
        **{name: [] for name in ("assignees", "labels", "requested_reviewers", "requested_teams")},
    }


def _head(site: Site, state: State, pull: Pull) -> Json:
    fork = "" if pull.head_owner == state.owner else pull.head_owner
    return _side(site, state, pull.head_owner, pull.head_ref, pull.head_sha, fork)


def _side(site: Site, state: State, login: str, ref: str, sha: str, fork: str) -> Json:
    whole = repository(site, state, fork_of=fork)
    return {"label": f"{login}:{ref}", "ref": ref, "sha": sha, "user": whole["owner"], "repo": whole}


def pull_full(site: Site, state: State, pull: Pull, *, commits: int, changed: tuple[int, int, int]) -> Json:
    """A pull request as it shows itself."""
    additions, deletions, files = changed
    return {
        **pull_simple(site, state, pull),
        "merged": pull.merged_at is not None,
        "merged_by": user(site, pull.merged_by) if pull.merged_by else None,
        "mergeable": pull.mergeable if pull.state == "open" else None,
        "rebaseable": pull.mergeable if pull.state == "open" else None,
        "mergeable_state": "draft" if pull.draft else ("clean" if pull.mergeable else "dirty"),
        "comments": sum(each.pull == pull.number for each in state.comments),
        "review_comments": 0,
        "maintainer_can_modify": False,
        "commits": commits,
        "additions": additions,
        "deletions": deletions,
        "changed_files": files,
    }


def association(state: State, account: Account | None) -> str:
    if account is None:
        return "NONE"
    held = state.permissions.get(account.login, "none")
    return {"admin": "MEMBER", "write": "COLLABORATOR"}.get(held, "NONE")


def review(site: Site, state: State, value: Review) -> Json:
    pull = f"{site.api}/repos/{state.full_name}/pulls/{value.pull}"
    html = f"{site.web}/{state.full_name}/pull/{value.pull}#pullrequestreview-{value.id}"
    shown = {
        "id": value.id,
        "node_id": node("PullRequestReview", value.id),
        "user": user(site, value.account) if value.account else None,
        "body": value.body,
        "state": value.state,
        "html_url": html,
        "pull_request_url": pull,
        "author_association": association(state, value.account),
        "_links": {"html": {"href": html}, "pull_request": {"href": pull}},
        "commit_id": value.commit,
    }
    # A pending review has not been submitted yet.
    return shown if value.state == "PENDING" else {**shown, "submitted_at": value.at}


def commit(site: Site, state: State, value: Mapping[str, str]) -> Json:
    api = f"{site.api}/repos/{state.full_name}"
    html = f"{site.web}/{state.full_name}/commit"
    sha = value["sha"]
    people = {"author": state.account_by_email(value["ae"]), "committer": state.account_by_email(value["ce"])}
    return {
        "sha": sha,
        "node_id": node("Commit", int(sha[:8], 16)),
        "url": f"{api}/commits/{sha}",
        "html_url": f"{html}/{sha}",
        "comments_url": f"{api}/commits/{sha}/comments",
        "commit": {
            "url": f"{api}/git/commits/{sha}",
            "message": value["message"].rstrip("\n"),
            "comment_count": 0,
            "tree": {"sha": value["tree"], "url": f"{api}/git/trees/{value['tree']}"},
            "author": {"name": value["an"], "email": value["ae"], "date": value["at"]},
            "committer": {"name": value["cn"], "email": value["ce"], "date": value["ct"]},
            "verification": {"verified": False, "reason": "unsigned", **dict.fromkeys(SIGNATURE)},
        },
        **{role: user(site, account) if account else None for role, account in people.items()},
        "parents": [
            {"sha": each, "url": f"{api}/commits/{each}", "html_url": f"{html}/{each}"}
            for each in value["parents"].split()
        ],
    }


def event(site: Site, state: State, value: Event) -> Json:
    shown = {
        "id": value.id,
        "node_id": node("Event", value.id),
        "url": f"{site.api}/repos/{state.full_name}/issues/events/{value.id}",
        "actor": user(site, value.account),
        "event": value.kind,
        "commit_id": None,
        "commit_url": None,
        "created_at": value.at,
        "performed_via_github_app": None,
    }
    return shown if value.dismissed is None else {**shown, "dismissed_review": dict(value.dismissed)}


def comment(site: Site, state: State, value: Comment) -> Json:
    api = f"{site.api}/repos/{state.full_name}/issues"
    return {
        "id": value.id,
        "node_id": node("IssueComment", value.id),
        "url": f"{api}/comments/{value.id}",
        "html_url": f"{site.web}/{state.full_name}/pull/{value.pull}#issuecomment-{value.id}",
        "issue_url": f"{api}/{value.pull}",
        "user": user(site, value.account),
        "body": value.body,
        "created_at": value.created,
        "updated_at": value.updated,
        "author_association": association(state, value.account),
        "performed_via_github_app": None,
    }


def status(site: Site, state: State, value: Status) -> Json:
    return {
        "id": value.id,
        "node_id": node("StatusContext", value.id),
        "url": f"{site.api}/repos/{state.full_name}/statuses/{value.sha}",
        "avatar_url": f"{site.web}/avatars/{value.account.id}",
        "state": value.state,
        "description": value.description,
        "target_url": value.target_url,
        "context": value.context,
        "created_at": value.at,
        "updated_at": value.at,
        "creator": user(site, value.account),
    }


def combined_status(site: Site, state: State, sha: str, statuses: Sequence[Status]) -> Json:
    api = f"{site.api}/repos/{state.full_name}/commits/{sha}"
    # The combined form names no creator.
    shown = [{k: v for k, v in status(site, state, each).items() if k != "creator"} for each in statuses]
    return {
        "state": combined(statuses),
        "sha": sha,
        "total_count": len(shown),
        "statuses": shown,
        "repository": repository(site, state),
        "commit_url": api,
        "url": f"{api}/status",
    }


def combined(statuses: Sequence[Status]) -> str:
    """Source: docs.github.com, REST API, "Get the combined status for a specific reference"."""
    states = {each.state for each in statuses}
    if states & {"error", "failure"}:
        return "failure"
    return "success" if states == {"success"} else "pending"


def environment(site: Site, state: State, name: str, value: Mapping[str, Any]) -> Json:
    times = {"created_at": "2026-01-01T00:00:00Z", "updated_at": "2026-01-01T00:00:00Z"}
    return {
        "id": 7,
        "node_id": node("Environment", 7),
        "name": name,
        "url": f"{site.api}/repos/{state.full_name}/environments/{name}",
        "html_url": f"{site.web}/{state.full_name}/deployments?environments_filter={name}",
        **times,
        "protection_rules": [],
        "deployment_branch_policy": None,
        **value,
    }


def permission(site: Site, account: Account, held: str) -> Json:
    role = {"admin": "admin", "write": "write", "read": "read"}.get(held, "")
    return {"permission": held, "role_name": role, "user": {**user(site, account), "role_name": role}}
