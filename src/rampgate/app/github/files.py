"""The files that put a repository on GitHub under the gate, as text, from a few answers; nothing is read or written.

The five workflows come from templates in which a line may begin with `[strong]`, `[light]` or `[strong+teams]`: it is
written where all of these hold. The rulesets are bodies of `POST /repos/{owner}/{repo}/rulesets`.
Source: docs.github.com, "Available rules for rulesets" and "Registering a GitHub App from a manifest".
"""

from __future__ import annotations

import json
import pkgutil
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final, Literal

from rampgate.formats.yaml_write import quoted_as
from rampgate.model.history import DECISIONS

WORKFLOWS: Final = ("validate", "signal", "gate", "record", "monitor")
CONTEXT: Final = "rampgate/verdict"
ENVIRONMENT: Final = "model-gate"
FOLDER: Final = ".github/rampgate"
CODEOWNERS: Final = ".github/CODEOWNERS"
GATE: Final = ".github/workflows/rampgate-gate.yml"

ACTIONS: Final[Mapping[str, str]] = {
    "checkout": "actions/checkout@3d3c42e5aac5ba805825da76410c181273ba90b1 # v7.0.1",
    "app_token": "actions/create-github-app-token@1b10c78c7865c340bc4f6099eb2f838309f1e8c3 # v3.1.1",
    "upload": "actions/upload-artifact@bbbca2ddaa5d8feaa63e36b76fdaad77386f024f # v7.0.0",
}
"""The actions by others that the workflows use, each by its full commit id."""

OWN_ACTION: Final = "./ # zizmor: ignore[self-repository] the checkout is there anyway; not every runner knows $/"
"""The action in the repository that holds it; everywhere else it is named with its full commit id."""

_MARK: Final = re.compile(r"\[([a-z+]+)\](.*)")


@dataclass(frozen=True, slots=True)
class GitHubAnswers:
    """What `rampgate github init` wants to know.

    uses: the action with its full commit id, or `OWN_ACTION`. policy_logins: who owns the rules. has_teams: whether the
    people file gives roles to teams of GitHub. app_id: the number of the App that publishes the verdict, None where it
    does not exist yet or, in the light profile, never will. history: the branch on which decisions are recorded.
    """

    profile: Literal["strong", "light"]
    uses: str
    branch: str
    policy_logins: tuple[str, ...] = ()
    has_teams: bool = False
    app_id: int | None = None
    history: str = DECISIONS


def files(answers: GitHubAnswers) -> dict[str, bytes]:
    """Return every file, path -> bytes, in the order in which they are shown.

    In the strong profile the rulesets are left out until the App has a number: without it any source could publish the
    status that they ask for.
    """
    found = {f".github/workflows/rampgate-{name}.yml": workflow(name, answers) for name in WORKFLOWS}
    found[CODEOWNERS] = _template("codeowners", answers)
    found[f"{FOLDER}/README.md"] = _template("readme.md", answers)
    found[f"{FOLDER}/environment.json"] = _json(ENVIRONMENT_SETTINGS)
    if answers.profile == "strong":
        found[f"{FOLDER}/app-manifest.json"] = _json(APP_MANIFEST)
    if answers.profile == "light" or answers.app_id is not None:
        found |= {f"{FOLDER}/{name}.json": _json(body) for name, body in rulesets(answers).items()}
    return {path: text.encode() for path, text in found.items()}


def workflow(name: str, answers: GitHubAnswers) -> str:
    """Return one of the workflows as text. name: one of `WORKFLOWS`."""
    return _template(f"{name}.yml", answers)


APP_MANIFEST: Final[Mapping[str, Any]] = {
    "name": "rampgate-verdict",
    "url": "https://github.com/ORG",
    "public": False,
    "hook_attributes": {"url": "https://example.com/unused", "active": False},
    "default_permissions": {
        "contents": "write",
        "members": "read",
        "metadata": "read",
        "pull_requests": "write",
        "statuses": "write",
    },
    "default_events": [],
}
"""What the App may: read what it judges and who belongs to a team, write one comment, the status and the history.

The rules of the governed branch hold for the App as for everybody, and the judge's own token reads contents only.
"""

ENVIRONMENT_SETTINGS: Final[Mapping[str, Any]] = {
    "deployment_branch_policy": {"protected_branches": False, "custom_branch_policies": True}
}
"""Body of `PUT /repos/{owner}/{repo}/environments/model-gate`: only branches that are named may use it."""


def rulesets(answers: GitHubAnswers) -> dict[str, dict[str, Any]]:
    """Return the bodies of the rulesets by name; none has anybody who may pass by, but for who writes decisions."""
    check: dict[str, Any] = {"context": CONTEXT}
    if answers.app_id is not None:
        check["integration_id"] = answers.app_id
    found = {
        "ruleset": _ruleset(
            "rampgate: governed branch",
            "~DEFAULT_BRANCH",
            [
                {"type": "deletion"},
                {"type": "non_fast_forward"},
                {"type": "pull_request", "parameters": PULL_REQUEST},
                {
                    "type": "required_status_checks",
                    "parameters": {"required_status_checks": [check], "strict_required_status_checks_policy": True},
                },
            ],
        ),
        "ruleset-merge-queue": _ruleset(
            "rampgate: merge queue", "~DEFAULT_BRANCH", [{"type": "merge_queue", "parameters": MERGE_QUEUE}]
        ),
        "ruleset-decisions-history": _ruleset(
            "rampgate: decisions are never rewritten",
            f"refs/heads/{answers.history}",
            [{"type": "deletion"}, {"type": "non_fast_forward"}],
        ),
    }
    if answers.app_id is not None:
        # Apart from the one above, because whoever may pass by a ruleset passes by all of its rules.
        found["ruleset-decisions-writer"] = _ruleset(
            "rampgate: only the App writes decisions",
            f"refs/heads/{answers.history}",
            [{"type": "creation"}, {"type": "update"}],
        ) | {"bypass_actors": [{"actor_id": answers.app_id, "actor_type": "Integration", "bypass_mode": "always"}]}
    return found


PULL_REQUEST: Final[Mapping[str, Any]] = {
    # A rebase would make commits that nobody judged or approved.
    "allowed_merge_methods": ["merge", "squash"],
    # Who has to approve is said by policies; a rollback must pass without anybody. Code owners own the rules only.
    "required_approving_review_count": 0,
    "require_code_owner_review": True,
    "dismiss_stale_reviews_on_push": False,
    "require_last_push_approval": False,
    "required_review_thread_resolution": False,
}
MERGE_QUEUE: Final[Mapping[str, Any]] = {
    # One at a time, so that what is judged is what lands.
    "max_entries_to_build": 1,
    "min_entries_to_merge": 1,
    "max_entries_to_merge": 1,
    "min_entries_to_merge_wait_minutes": 0,
    "grouping_strategy": "ALLGREEN",
    "merge_method": "MERGE",
    "check_response_timeout_minutes": 60,
}


def _ruleset(name: str, ref: str, rules: list[dict[str, Any]]) -> dict[str, Any]:
    return {
        "name": name,
        "target": "branch",
        "enforcement": "active",
        "bypass_actors": [],
        "conditions": {"ref_name": {"include": [ref], "exclude": []}},
        "rules": rules,
    }


def _json(value: Mapping[str, Any]) -> str:
    return json.dumps(value, indent=2) + "\n"


def _template(name: str, answers: GitHubAnswers) -> str:
    data = pkgutil.get_data("rampgate", f"app/templates/github/{name}")
    assert data is not None, "every loader that rampgate can be imported by gives data"
    holds = {answers.profile} | ({"teams"} if answers.has_teams else set())
    lines = [line for each in data.decode().splitlines() if (line := _kept(each, holds)) is not None]
    text = "\n".join(lines) + "\n"
    words = dict(ACTIONS) | {
        "uses": answers.uses,
        "branch": answers.branch,
        "branch_quoted": quoted_as("", answers.branch),
        "history": answers.history,
        "policy_logins": " ".join(f"@{login}" for login in answers.policy_logins),
        "profile": answers.profile,
        "context": CONTEXT,
    }
    for word, replacement in words.items():
        text = text.replace(f"@{word}@", replacement)
    return text


def _kept(line: str, holds: set[str]) -> str | None:
    """Return a line of a template without its mark, or None where what the mark names does not hold."""
    marked = _MARK.fullmatch(line)
    if not marked:
        return line
    return marked[2] if set(marked[1].split("+")) <= holds else None
