"""A repository on GitHub as `rampgate github init` leaves it, seen by the doctor; tests change one thing at a time."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from rampgate.app.github.files import CODEOWNERS, GitHubAnswers, files
from rampgate.app.github.files import rulesets as ruleset_bodies
from rampgate.formats.github_rules import rule_of, ruleset_of
from rampgate.formats.yaml_text import load_yaml
from rampgate.model.doctor import (
    AccountSeen,
    BranchRule,
    EnvironmentSeen,
    HistorySeen,
    LogSeen,
    RulesetSeen,
    Seen,
    WorkflowSeen,
)

APP = 4242
BRANCH, QUEUE, HISTORY = "governed branch", "merge queue", "decisions are never rewritten"
PIN = "0123456789abcdef0123456789abcdef01234567"
STRONG = GitHubAnswers("strong", f"acme/rampgate@{PIN}", "main", ("rita", "ben"), False, APP)
LIGHT = GitHubAnswers("light", f"acme/rampgate@{PIN}", "main", ("rita", "ben"))


def bodies(answers: GitHubAnswers) -> dict[str, dict[str, Any]]:
    """The rulesets that the answers give, by their names on GitHub."""
    return {body["name"].removeprefix("rampgate: "): body for body in ruleset_bodies(answers).values()}


def rules(answers: GitHubAnswers, *names: str) -> tuple[BranchRule, ...]:
    every = bodies(answers)
    return tuple(
        rule_of({**rule, "ruleset_id": at}, {at: every[name]["name"]})
        for at, name in enumerate(names, 1)
        for rule in every[name]["rules"]
    )


def rulesets(answers: GitHubAnswers, *names: str) -> tuple[RulesetSeen, ...]:
    every = bodies(answers)
    return tuple(ruleset_of({**every[name], "id": at}, "administration: write") for at, name in enumerate(names, 1))


def workflows(answers: GitHubAnswers) -> tuple[WorkflowSeen, ...]:
    found = files(answers)
    return tuple(
        WorkflowSeen(path, load_yaml(data, path).value)
        for path, data in sorted(found.items())
        if path.startswith(".github/workflows/")
    )


def sound(answers: GitHubAnswers = STRONG) -> Seen:
    environment = EnvironmentSeen("model-gate", False, ("main",), admins_bypass=False)
    return Seen(
        repository="acme/models",
        branch="main",
        default_branch="main",
        commit="a" * 40,
        now="2026-11-20T10:00:00Z",
        rules=rules(answers, BRANCH, QUEUE),
        history_rules=rules(answers, HISTORY),
        rulesets=rulesets(answers, BRANCH, QUEUE, HISTORY),
        rebase=True,
        token_writes=False,
        actions_approve=False,
        workflows=workflows(answers),
        environments={"model-gate": environment},
        owners=files(answers)[CODEOWNERS].decode(),
        owner_errors=(),
        policies="",
        persons=2,
        accounts=(
            AccountSeen("rita", "rita", 1005, 1005, "write"),
            AccountSeen("ben", "ben-b", 1006, 1006, "admin"),
        ),
        teams={},
        bypassed=(),
        monitor="2026-11-20T05:30:00Z",
        history=HistorySeen("decisions", ("recorder",), LogSeen(42, "recorder")),
    )


def without(seen: Seen, kind: str) -> Seen:
    """The set-up without the rules of one kind on the governed branch."""
    return replace(seen, rules=tuple(rule for rule in seen.rules if rule.kind != kind))


def with_parameters(seen: Seen, kind: str, **parameters: Any) -> Seen:
    """The set-up with other parameters of one kind of rule."""
    return replace(
        seen,
        rules=tuple(
            replace(rule, parameters={**rule.parameters, **parameters}) if rule.kind == kind else rule
            for rule in seen.rules
        ),
    )


def edited(seen: Seen, name: str, old: str, new: str) -> Seen:
    """The set-up with one text replaced in the workflow `rampgate-<name>.yml` of the strong profile."""
    path = f".github/workflows/rampgate-{name}.yml"
    text = files(STRONG)[path].decode()
    assert old in text, f"{old!r} is not in {path}"
    changed = WorkflowSeen(path, load_yaml(text.replace(old, new, 1).encode(), path).value)
    return replace(seen, workflows=tuple(changed if each.path == path else each for each in seen.workflows))


def added(seen: Seen, text: str) -> Seen:
    """The set-up with one more workflow."""
    path = ".github/workflows/other.yml"
    return replace(seen, workflows=(*seen.workflows, WorkflowSeen(path, load_yaml(text.encode(), path).value)))


def lost(seen: Seen, name: str) -> Seen:
    """The set-up without the workflow `rampgate-<name>.yml`."""
    return replace(seen, workflows=tuple(each for each in seen.workflows if f"rampgate-{name}" not in each.path))
