"""Looks at a repository on GitHub from outside, and says which holes its set-up has.

Nothing is changed. A part that the token may not read is kept as unread; where the rules of the branch themselves can
not be read, nothing can be said at all.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Final, TypeVar

from rampgate.adapters.git_work import WorkRepo
from rampgate.adapters.github.client import GitHub
from rampgate.adapters.github.refusals import Refused
from rampgate.adapters.github.settings import SERVER_URL, Settings, settings_from
from rampgate.app.github.doctor_clone import Clone, read_clone
from rampgate.core.doctor import examine
from rampgate.core.workflow_text import environments, guarded, monitor
from rampgate.errors import UsageProblem
from rampgate.formats.git_url import parse
from rampgate.formats.github_rules import (
    environment_of,
    protection_ruleset,
    rule_of,
    rules_of_protection,
    ruleset_of,
)
from rampgate.model.doctor import (
    AccountSeen,
    BranchRule,
    Bypassed,
    Diagnosis,
    EnvironmentSeen,
    RulesetSeen,
    Seen,
    Unread,
)
from rampgate.model.history import DECISIONS
from rampgate.model.people import People
from rampgate.reports.escape import plain

READ: Final = "administration: read"
WRITE: Final = "administration: write"

_SEES_RUNS: Final = "actions: read"
T = TypeVar("T")
Json = dict[str, Any]


def diagnosis_here(
    environ: Mapping[str, str], repo: Path, branch: str = "", context: str = "rampgate/verdict"
) -> Diagnosis:
    """Return the diagnosis of the repository that the environment names, else the one that `repo` is a clone of.

    branch: "" for the one that the policies name; context: of the status that carries the verdict.
    Raises UsageProblem where the environment or the clone lack
    something, Unreachable where GitHub does not answer or does not show the branch's rules.
    """
    with GitHub(settings_for(environ, repo)) as forge:
        return examine(look(forge, repo, branch, context))


def settings_for(environ: Mapping[str, str], repo: Path) -> Settings:
    """Return the settings of the repository that the environment names, else the address of the clone's origin.

    A token goes to no host that only an address names. Raises UsageProblem where neither tells the repository.
    """
    if environ.get("GITHUB_REPOSITORY"):
        return settings_from(environ)
    work = WorkRepo.open(repo)
    try:
        remote = parse(work.push_address())
    except UsageProblem:
        remote = None
    finally:
        work.close()
    host = environ.get("GITHUB_SERVER_URL", SERVER_URL).partition("://")[2].rstrip("/").lower()
    if remote is None or remote.host != host:
        raise UsageProblem(f"`origin` of this clone is no repository on `{plain(host)}`; set GITHUB_REPOSITORY")
    return settings_from(environ, repository=remote.repository)


def look(forge: GitHub, repo: Path, branch: str = "", context: str = "rampgate/verdict") -> Seen:
    """Return all that can be seen of a repository; raises as `diagnosis_here` does."""
    home = forge.repository()
    clone = read_clone(repo, branch, str(home["default_branch"]))
    listed = asked(forge.rulesets, "metadata: read")
    names = {} if isinstance(listed, Unread) else {int(each["id"]): str(each.get("name")) for each in listed}
    protection = asked(lambda: forge.branch_protection(clone.branch), READ)
    rules = _rules(forge, clone.branch, names, protection)
    tokens = asked(forge.workflow_permissions, READ)
    rebase = home.get("allow_rebase_merge")
    return Seen(
        repository=str(home["full_name"]),
        branch=clone.branch,
        default_branch=str(home["default_branch"]),
        commit=clone.commit,
        now=forge.time().strftime("%Y-%m-%dT%H:%M:%SZ"),
        rules=rules,
        history_rules=_history(forge, clone, names),
        rulesets=_rulesets(forge, rules, listed, protection),
        rebase=rebase if isinstance(rebase, bool) else Unread("GitHub does not show how pull requests merge", READ),
        token_writes=_said(tokens, "default_workflow_permissions", "write"),
        actions_approve=_said(tokens, "can_approve_pull_request_reviews", True),
        workflows=clone.workflows,
        environments={
            name: _environment(forge, name) for each in guarded(clone.workflows) for name in environments(each)
        },
        owners=clone.owners,
        owner_errors=_owner_errors(forge),
        policies=clone.policies,
        persons=sum(bool(person.accounts) for person in clone.people.people) if clone.people else 0,
        accounts=_accounts(forge, clone.people),
        teams=_teams(forge, clone.people),
        bypassed=_bypassed(forge, clone.branch),
        monitor=_monitor(forge, clone),
        history=clone.history,
        unseen=f" (classic branch protection could not be read: `{READ}`)" if isinstance(protection, Unread) else "",
        context=context,
    )


def asked(call: Callable[[], T], needs: str) -> T | Unread:
    """Return the answer to a call, or that it was refused. needs: the permission that a token must have for it."""
    try:
        return call()
    except Refused as refused:
        if refused.status not in (403, 404):
            raise
        return Unread(f"GitHub refuses to tell ({refused.status})", needs)


def _rules(
    forge: GitHub, branch: str, names: Mapping[int, str], protection: Json | Unread | None
) -> tuple[BranchRule, ...]:
    rules = [rule_of(each, names) for each in forge.branch_rules(branch)]
    if isinstance(protection, dict):
        rules += rules_of_protection(protection)
    return tuple(rules)


def _history(forge: GitHub, clone: Clone, names: Mapping[int, str]) -> tuple[BranchRule, ...] | Unread | None:
    """Return the rules of the branch of the history; rules hold for a branch before it is there."""
    if clone.history is None and not clone.has_history:
        return None
    branch = clone.history.branch if clone.history else DECISIONS
    found = asked(lambda: forge.branch_rules(branch), "metadata: read")
    return found if isinstance(found, Unread) else tuple(rule_of(each, names) for each in found)


def _rulesets(
    forge: GitHub, rules: tuple[BranchRule, ...], listed: list[Json] | Unread, protection: Json | Unread | None
) -> tuple[RulesetSeen, ...] | Unread:
    """Return the rulesets; those that hold for the branch are asked for one by one, for who may pass them by."""
    if isinstance(listed, Unread):
        return listed
    holding = {rule.ruleset for rule in rules}
    found = []
    for each in listed:
        whole = asked(lambda each=each: forge.ruleset(int(each["id"])), WRITE) if each["id"] in holding else each  # type: ignore[misc]
        found.append(ruleset_of(each if isinstance(whole, Unread) else whole, WRITE))
    if isinstance(protection, dict):
        found.append(protection_ruleset(protection))
    return tuple(found)


def _said(answer: Json | Unread, key: str, wanted: object) -> bool | Unread:
    """Return whether an answer says what is looked for; what it does not say is unread."""
    if isinstance(answer, Unread):
        return answer
    return answer[key] == wanted if key in answer else Unread(f"GitHub does not say `{key}`", READ)


def _environment(forge: GitHub, name: str) -> EnvironmentSeen | Unread | None:
    found = asked(lambda: forge.environment(name), "actions: read")
    if found is None or isinstance(found, Unread):
        return found
    branches: list[Json] | Unread = []
    policy = found.get("deployment_branch_policy")
    if isinstance(policy, dict) and policy.get("custom_branch_policies") is True:
        branches = asked(lambda: forge.environment_branches(name), "actions: read")
    return environment_of(
        found, branches if isinstance(branches, Unread) else tuple(str(each.get("name")) for each in branches)
    )


def _owner_errors(forge: GitHub) -> tuple[str, ...] | Unread:
    found = asked(forge.codeowners_errors, "contents: read")
    if isinstance(found, Unread):
        return found
    errors = found.get("errors", []) if found else []
    return tuple(f"{each.get('path')}:{each.get('line')}:{each.get('column')}: {each.get('kind')}" for each in errors)


def _accounts(forge: GitHub, people: People | None) -> tuple[AccountSeen, ...]:
    return tuple(
        AccountSeen(person.name, account.login, account.id, _number(forge, account.login), _may(forge, account.login))
        for person in (people.people if people else ())
        for account in person.accounts
    )


def _number(forge: GitHub, login: str) -> int | Unread | None:
    found = asked(lambda: forge.user(login), "metadata: read")
    if found is None or isinstance(found, Unread):
        return found
    number = found.get("id")
    return number if isinstance(number, int) else Unread(f"GitHub gives no number for `{login}`", "metadata: read")


def _may(forge: GitHub, login: str) -> str | Unread:
    try:
        return str(forge.permission(login).get("permission", "none"))
    except Refused as refused:
        if refused.status == 404:
            return "none"
        if refused.status == 403:
            return Unread("GitHub refuses to tell (403)", "metadata: read")
        raise


def _teams(forge: GitHub, people: People | None) -> dict[str, Unread]:
    answers = {
        team.name: asked(lambda team=team: forge.team_members(team.organization, team.slug), "members: read")  # type: ignore[misc]
        for team in (people.teams if people else ())
    }
    return {name: answer for name, answer in answers.items() if isinstance(answer, Unread)}


def _bypassed(forge: GitHub, branch: str) -> tuple[Bypassed, ...] | Unread:
    found = asked(lambda: forge.rule_suites(branch, "bypass", "month"), READ)
    if isinstance(found, Unread):
        return found
    return tuple(
        Bypassed(
            str(each.get("actor_name") or "somebody"),
            str(each.get("pushed_at")),
            str(each.get("before_sha")),
            str(each.get("after_sha")),
        )
        for each in found
    )


def _monitor(forge: GitHub, clone: Clone) -> str | Unread | None:
    workflow = monitor(clone.workflows)
    if workflow is None:
        return None
    name = workflow.path.rpartition("/")[2]
    try:
        found = forge.last_run(name)
    except Refused as refused:
        return _monitor_unread(refused, name)
    if found is None:
        return None
    ended = found.get("updated_at")
    return ended if isinstance(ended, str) else Unread("GitHub does not say when the monitor ran", _SEES_RUNS)


def _monitor_unread(refused: Refused, name: str) -> Unread:
    """Return why the monitor's runs are not known; GitHub answers 404 for a workflow that it has not met yet, too."""
    if refused.status == 403:
        return Unread("GitHub refuses to tell (403)", _SEES_RUNS)
    if refused.status != 404:
        raise refused
    why = f"GitHub does not know `{name}` yet, or does not show it to this token (404)"
    return Unread(why, _SEES_RUNS, f"if it has just been merged, start it once: `gh workflow run {name}`")
