"""Sets up a repository on GitHub: what would be written beside what is there, which stays unless told otherwise."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from rampgate import __version__
from rampgate.app.github.files import CODEOWNERS, GATE, GitHubAnswers, files
from rampgate.app.judging.control import has_policies, load_control
from rampgate.app.judging.trees import WorkTree
from rampgate.app.setup.init import Setup
from rampgate.app.work_files import find_root
from rampgate.errors import UsageProblem
from rampgate.model.history import DECISIONS
from rampgate.model.sourced import Missing

_ACTION = re.compile(r"[A-Za-z0-9][A-Za-z0-9-]{0,38}/[A-Za-z0-9._-]{1,100}")
_BRANCH = re.compile(r"[A-Za-z0-9][A-Za-z0-9._/-]{0,99}")


@dataclass(frozen=True, slots=True)
class GitHubRequest:
    """What was asked for on the command line.

    action: OWNER/REPOSITORY that holds the action; action_ref: its full commit id, None for the one that the gate here
    runs; branch: None for the one that the policies name; replace: write those anew that differ.
    """

    profile: Literal["strong", "light"]
    action: str
    action_ref: str | None
    branch: str | None = None
    app_id: int | None = None
    replace: bool = False


def plan_github(folder: Path, request: GitHubRequest) -> Setup:
    """Return what setting up would write, and what is there and stays. CODEOWNERS always stays: people edit it.

    Raises UsageProblem where the answers do not fit, there are no policies yet or files of the other profile stay,
    InvalidInput where the policies are broken, Unreachable where the folder is none.
    """
    root = find_root(folder)
    reference = request.action_ref or pinned(root, request.action)
    _refuse_odd(request, reference)
    tree = WorkTree(root)
    if not has_policies(tree):
        raise UsageProblem(f"`{root.name}` has no policies yet; run `rampgate init` first")
    control = load_control(tree)
    people = control.people.noun
    branch = request.branch or control.governance.noun.branch
    _refuse_odd_branch(branch)
    answers = GitHubAnswers(
        request.profile,
        f"{request.action}@{reference} # pinned by rampgate {__version__}",
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
        DECISIONS if isinstance(control.history, Missing) else control.history.noun.branch,
    )
    return _beside_what_is_there(root, files(answers), request)


def _beside_what_is_there(root: Path, wanted: Mapping[str, bytes], request: GitHubRequest) -> Setup:
    there = [path for path in wanted if (root / path).exists() or (root / path).is_symlink()]
    same = [path for path in there if _bytes_of(root / path) == wanted[path]]
    replaced = [path for path in there if request.replace and path not in same and path != CODEOWNERS]
    if GATE in there and GATE not in same and not request.replace:
        _refuse_other_profile(root, request)
    kept = [path for path in there if path not in same and path not in replaced]
    shadowed = owners_elsewhere(root)
    if shadowed:
        kept = [*(path for path in kept if path != CODEOWNERS), shadowed]
    stays = {*same, *kept, *((CODEOWNERS,) if shadowed else ())}
    return Setup(
        root,
        {path: data for path, data in wanted.items() if path not in stays},
        tuple(kept),
        not (root / ".git").exists(),
        tuple(same),
        tuple(replaced),
    )


def pinned(root: Path, action: str) -> str | None:
    """Return the full commit id by which the gate of a work tree names the action, None where there is none."""
    text = (_bytes_of(root / GATE) or b"").decode(errors="replace")
    found = re.search(rf"\buses: {re.escape(action)}@([0-9a-f]{{40}})\b", text)
    return found[1] if found else None


def _refuse_other_profile(root: Path, request: GitHubRequest) -> None:
    """Raise where files of both profiles would stand side by side: a gate that no ruleset believes, or worse."""
    text = (_bytes_of(root / GATE) or b"").decode(errors="replace")
    if f"{request.action}@" not in text:
        return
    there = "strong" if "create-github-app-token@" in text else "light"
    if there != request.profile:
        raise UsageProblem(
            f"`{GATE}` is of the {there} profile; give --replace to write the files of the {request.profile} one "
            f"instead, or --profile {there}"
        )


def _bytes_of(path: Path) -> bytes | None:
    try:
        return path.read_bytes()
    except OSError:
        return None


def owners_elsewhere(root: Path) -> str | None:
    """Return a CODEOWNERS in another of its places, which one in `.github/` would make GitHub pass over; or None."""
    return next((path for path in ("CODEOWNERS", "docs/CODEOWNERS") if (root / path).exists()), None)


def _refuse_odd(request: GitHubRequest, reference: str | None) -> None:
    if not _ACTION.fullmatch(request.action):
        raise UsageProblem(f"--action `{request.action}`: expected OWNER/REPOSITORY, such as `rampgate/rampgate`")
    listed = f"`git ls-remote https://github.com/{request.action} 'refs/tags/*'` lists them"
    if reference is None:
        raise UsageProblem(
            f"give --action-ref, the full commit id of the release of rampgate that is to judge; {listed}"
        )
    if not re.fullmatch(r"[0-9a-f]{40}", reference) or len(set(reference)) < 3:
        raise UsageProblem(
            f"--action-ref `{reference}`: expected the full commit id of a release, 40 of the signs 0-9 and a-f; a tag "
            f"or a branch can be moved. {listed}"
        )
    if request.app_id is not None and (request.profile == "light" or request.app_id < 1):
        raise UsageProblem(f"--app-id `{request.app_id}` is the number of the App of the strong profile, 1 or more")


def _refuse_odd_branch(branch: str) -> None:
    if not _BRANCH.fullmatch(branch):
        raise UsageProblem(f"--branch `{branch}` is no name of a branch")


__all__ = ["GitHubRequest", "Setup", "owners_elsewhere", "pinned", "plan_github"]
