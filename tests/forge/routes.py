"""Every call that the forge knows: method, path template, the function that answers, and the permission it takes.

Templates are GitHub's own; a call that is not listed here is answered 404.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import unquote

from forge import places, pulls, settings, talk
from forge.answers import Answer, Ask
from forge.contract import pattern

REPO = "/repos/{owner}/{repo}"


@dataclass(frozen=True)
class Route:
    """`permission` is `name=level` in GitHub's words; empty where any valid token will do."""

    method: str
    template: str
    answer: Callable[[Ask], Answer]
    permission: str
    path: re.Pattern[str]


TABLE: tuple[tuple[str, str, Callable[[Ask], Answer], str], ...] = (
    ("GET", REPO, places.repository, "metadata=read"),
    ("GET", f"{REPO}/pulls", pulls.listing, "pull_requests=read"),
    ("POST", f"{REPO}/pulls", pulls.create, "pull_requests=write"),
    ("GET", f"{REPO}/pulls/{{pull_number}}", pulls.show, "pull_requests=read"),
    ("PUT", f"{REPO}/pulls/{{pull_number}}/merge", pulls.merge, "contents=write"),
    ("GET", f"{REPO}/pulls/{{pull_number}}/commits", pulls.commits, "pull_requests=read"),
    ("GET", f"{REPO}/pulls/{{pull_number}}/reviews", pulls.reviews, "pull_requests=read"),
    ("POST", f"{REPO}/pulls/{{pull_number}}/reviews", pulls.submit_review, "pull_requests=write"),
    ("PUT", f"{REPO}/pulls/{{pull_number}}/reviews/{{review_id}}/dismissals", pulls.dismiss, "pull_requests=write"),
    ("GET", f"{REPO}/commits/{{commit_sha}}/pulls", pulls.of_commit, "pull_requests=read"),
    ("GET", f"{REPO}/commits/{{ref}}/status", talk.combined_status, "statuses=read"),
    ("GET", f"{REPO}/commits/{{ref}}/statuses", talk.statuses, "statuses=read"),
    ("POST", f"{REPO}/statuses/{{sha}}", talk.set_status, "statuses=write"),
    ("GET", f"{REPO}/issues/{{issue_number}}/events", talk.events, "pull_requests=read"),
    ("GET", f"{REPO}/issues/{{issue_number}}/comments", talk.comments, "pull_requests=read"),
    ("POST", f"{REPO}/issues/{{issue_number}}/comments", talk.create_comment, "pull_requests=write"),
    ("GET", f"{REPO}/issues/comments/{{comment_id}}", talk.show_comment, "pull_requests=read"),
    ("PATCH", f"{REPO}/issues/comments/{{comment_id}}", talk.update_comment, "pull_requests=write"),
    ("GET", f"{REPO}/rules/branches/{{branch}}", settings.branch_rules, "metadata=read"),
    ("GET", f"{REPO}/rulesets", settings.rulesets, "metadata=read"),
    ("POST", f"{REPO}/rulesets", settings.create_ruleset, "administration=write"),
    ("GET", f"{REPO}/rulesets/rule-suites", settings.rule_suites, "administration=read"),
    ("GET", f"{REPO}/rulesets/{{ruleset_id}}", settings.ruleset, "metadata=read"),
    ("GET", f"{REPO}/environments/{{environment_name}}", settings.environment, "actions=read"),
    (
        "GET",
        f"{REPO}/environments/{{environment_name}}/deployment-branch-policies",
        settings.environment_branches,
        "actions=read",
    ),
    ("GET", f"{REPO}/branches/{{branch}}/protection", settings.branch_protection, "administration=read"),
    ("GET", f"{REPO}/actions/workflows/{{workflow_id}}/runs", settings.runs, "actions=read"),
    ("GET", f"{REPO}/codeowners/errors", settings.codeowners_errors, "contents=read"),
    ("GET", f"{REPO}/collaborators/{{username}}/permission", places.permission, "metadata=read"),
    ("GET", f"{REPO}/actions/permissions/workflow", settings.workflow_permissions, "administration=read"),
    ("GET", f"{REPO}/contents/{{path}}", places.contents, "contents=read"),
    ("GET", "/orgs/{org}/teams/{team_slug}/members", places.team_members, "members=read"),
    ("GET", "/user", places.viewer, ""),
    ("GET", "/users/{username}", places.account, ""),
)
ROUTES = tuple(Route(*each, pattern(each[1])) for each in TABLE)


def find(method: str, path: str) -> tuple[Route, dict[str, str]] | None:
    """The route of a call and its parameters, unquoted; None where the forge knows no such call."""
    for route in ROUTES:
        found = route.path.fullmatch(path) if route.method == method else None
        if found:
            return route, {name: unquote(value) for name, value in found.groupdict().items()}
    return None
