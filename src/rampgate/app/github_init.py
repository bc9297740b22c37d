"""Sets up a repository on GitHub: what would be written beside what is there; nothing is ever overwritten."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from rampgate import __version__
from rampgate.app.control import has_policies, load_control
from rampgate.app.github_files import CODEOWNERS, GitHubAnswers, files
from rampgate.app.init import Setup
from rampgate.app.trees import WorkTree
from rampgate.app.work_files import find_root
from rampgate.errors import UsageProblem

_ACTION = re.compile(r"[A-Za-z0-9][A-Za-z0-9-]{0,38}/[A-Za-z0-9._-]{1,100}")
_BRANCH = re.compile(r"[A-Za-z0-9][A-Za-z0-9._/-]{0,99}")


@dataclass(frozen=True, slots=True)
class GitHubRequest:
    """What was asked for on the command line.

    action: OWNER/REPOSITORY that holds the action; action_ref: its full commit id; branch: None for the one that the
    policies name.
    """

    profile: Literal["strong", "light"]
    action: str
    action_ref: str
    branch: str | None = None
    app_id: int | None = None


def plan_github(folder: Path, request: GitHubRequest) -> Setup:
    """Return what setting up would write, and what is there and stays.

    Raises UsageProblem where the answers do not fit or there are no policies yet, InvalidInput where they are broken,
    Unreachable where the folder is none.
    """
    _refuse_odd(request)
    root = find_root(folder)
    tree = WorkTree(root)
    if not has_policies(tree):
        raise UsageProblem(f"`{root.name}` has no policies yet; run `rampgate init` first")
    control = load_control(tree)
    people = control.people.noun
    branch = request.branch or control.governance.noun.branch
    _refuse_odd_branch(branch)
    answers = GitHubAnswers(
        request.profile,
        f"{request.action}@{request.action_ref} # pinned by rampgate {__version__}",
        branch,
        tuple(
            account.login
            for person in people.people
            if "policy_owner" in person.roles
            for account in person.accounts
            if account.forge == "github"
        ),
        bool(people.teams),
        request.app_id,
    )
    wanted = files(answers)
    kept = {path for path in wanted if (root / path).exists() or (root / path).is_symlink()}
    shadowed = owners_elsewhere(root)
    if shadowed:
        kept.add(CODEOWNERS)
    return Setup(
        root,
        {path: data for path, data in wanted.items() if path not in kept},
        tuple(shadowed if path == CODEOWNERS and shadowed else path for path in wanted if path in kept),
        not (root / ".git").exists(),
    )


def owners_elsewhere(root: Path) -> str | None:
    """Return a CODEOWNERS in another of its places, which one in `.github/` would make GitHub pass over; or None."""
    return next((path for path in ("CODEOWNERS", "docs/CODEOWNERS") if (root / path).exists()), None)


def _refuse_odd(request: GitHubRequest) -> None:
    if not _ACTION.fullmatch(request.action):
        raise UsageProblem(f"--action `{request.action}`: expected OWNER/REPOSITORY, such as `rampgate/rampgate`")
    reference = request.action_ref
    if not re.fullmatch(r"[0-9a-f]{40}", reference) or len(set(reference)) < 3:
        raise UsageProblem(
            f"--action-ref `{reference}`: expected the full commit id of a release, 40 of the signs 0-9 and a-f; a tag "
            f"or a branch can be moved. `git ls-remote https://github.com/{request.action} 'refs/tags/*'` lists them"
        )
    if request.app_id is not None and (request.profile == "light" or request.app_id < 1):
        raise UsageProblem(f"--app-id `{request.app_id}` is the number of the App of the strong profile, 1 or more")


def _refuse_odd_branch(branch: str) -> None:
    if not _BRANCH.fullmatch(branch):
        raise UsageProblem(f"--branch `{branch}` is no name of a branch")


__all__ = ["GitHubRequest", "Setup", "owners_elsewhere", "plan_github"]
