"""Where a move is published: the remote that the branch goes to, and the GitHub repository of the pull request.

Everything that can be refused is asked for before anything is changed: the token, the remote, the repository.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from rampgate.adapters.git_work import WorkRepo
from rampgate.adapters.github.client import GitHub
from rampgate.adapters.github.settings import Settings, settings_from
from rampgate.app.judging.trees import WorkTree
from rampgate.app.moving.stages import governed_branch
from rampgate.errors import UsageProblem
from rampgate.formats.git_url import Remote, parse
from rampgate.reports.escape import plain

REMOTE: Final = "origin"
_OPENING: Final = "opening the pull request"
_LOCAL: Final = ", or use --local to make the branch and the commit here alone"


@dataclass(frozen=True, slots=True)
class Upstream:
    """A remote and its repository on GitHub.

    governed: the branch that pull requests go into. branches: what the remote has, name -> commit. merge_method: the
    first of `merge` and `squash` that the repository allows.
    """

    settings: Settings
    governed: str
    branches: Mapping[str, str]
    merge_method: str = "merge"


def find_upstream(repo: Path, environ: Mapping[str, str]) -> Upstream:
    """Return where a move of this clone is published, and bring the governed branch up to date.

    Raises UsageProblem without a token, a remote or a repository's name; Unreachable where the remote or GitHub does
    not answer, or refuses.
    """
    work = WorkRepo.open(repo)
    try:
        settings = settings_of(work.push_address(REMOTE), environ)
        governed = governed_branch(WorkTree(work.root))
        branches = work.remote_branches(REMOTE)
        if governed not in branches:
            raise UsageProblem(
                f"`{REMOTE}` has no branch `{governed}`, which pull requests go into; push it first{_LOCAL}"
            )
        work.fetch(governed, REMOTE)
    finally:
        work.close()
    with GitHub(settings) as github:
        about = github.repository()
    return Upstream(settings, governed, branches, "squash" if about.get("allow_merge_commit") is False else "merge")


def settings_here(repo: Path, environ: Mapping[str, str], doing: str) -> Settings:
    """Return the settings of the repository that a clone's `origin` or GITHUB_REPOSITORY names, for reading from it.

    doing: what needs the token, in words. Raises as `settings_of` does; Unreachable where the folder is no clone.
    """
    work = WorkRepo.open(repo)
    try:
        address = work.push_address(REMOTE)
    except UsageProblem:
        address = ""
    finally:
        work.close()
    return settings_of(address, environ, doing, instead="")


def settings_of(address: str, environ: Mapping[str, str], doing: str = _OPENING, *, instead: str = _LOCAL) -> Settings:
    """Return the settings of the repository that a remote's address names, or that GITHUB_REPOSITORY names.

    doing: what needs a token, and instead: what else the user can do, as messages say it.

    The token of github.com is never sent to another host that nobody named: one that only the remote's address says
    gets the one of GH_ENTERPRISE_TOKEN, as the `gh` command has it. Raises UsageProblem for what is missing.
    """
    remote = parse(address)
    named = environ.get("GITHUB_REPOSITORY", "")
    if named:
        if remote is not None and remote.repository.lower() != named.lower():
            raise UsageProblem(
                f"`{REMOTE}` is `{plain(remote.repository)}`, and GITHUB_REPOSITORY says `{plain(named)}`; "
                f"unset it{instead}"
            )
        return settings_from(_with_token(environ, "GH_TOKEN", doing, instead))
    if remote is None:
        found = f"the address of `{REMOTE}` names no GitHub repository" if address else f"there is no remote `{REMOTE}`"
        raise UsageProblem(f"{found}; set GITHUB_REPOSITORY{instead}")
    host = environ.get("GITHUB_SERVER_URL", "https://github.com").partition("://")[2].rstrip("/").lower()
    if remote.host == host:
        return settings_from(_with_token(environ, "GH_TOKEN", doing, instead), repository=remote.repository)
    return settings_from(_elsewhere(remote, environ, doing, instead), repository=remote.repository)


def _elsewhere(remote: Remote, environ: Mapping[str, str], doing: str, instead: str) -> Mapping[str, str]:
    """Return an environment that speaks of the host that the remote names.

    Source: GitHub, "REST API": https://HOST/api/v3, and https://api.SUBDOMAIN.ghe.com with data residency.
    """
    if remote.scheme == "http" or "." not in remote.host:
        raise UsageProblem(
            f"the address of `{REMOTE}` names the host `{remote.host}`, which may not be where GitHub is; set "
            f"GITHUB_REPOSITORY (and GITHUB_API_URL with GITHUB_SERVER_URL){instead}"
        )
    tokens = ["GH_ENTERPRISE_TOKEN", "GITHUB_ENTERPRISE_TOKEN"]
    if environ.get("GH_HOST", "").lower() == remote.host:
        tokens += ["GITHUB_TOKEN", "GH_TOKEN"]
    token = next((environ[name] for name in tokens if environ.get(name)), "")
    api = f"https://api.{remote.host}" if remote.host.endswith(".ghe.com") else f"https://{remote.host}/api/v3"
    address = {"GITHUB_API_URL": api, "GITHUB_SERVER_URL": f"https://{remote.host}", "GITHUB_TOKEN": token}
    return _with_token(address, "GH_ENTERPRISE_TOKEN", doing, instead, f" --hostname {remote.host}")


def _with_token(environ: Mapping[str, str], name: str, doing: str, instead: str, more: str = "") -> Mapping[str, str]:
    """Return the environment. Raises UsageProblem, with the way to a token, where it holds none."""
    if not (environ.get("GITHUB_TOKEN") or environ.get("GH_TOKEN")):
        raise UsageProblem(f"{doing} needs a token for GitHub: export {name}=$(gh auth token{more}){instead}")
    return environ
