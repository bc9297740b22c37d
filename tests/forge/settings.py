"""The calls on what protects a repository: rules, environments, workflows and their tokens, CODEOWNERS."""

from __future__ import annotations

from typing import Any

from forge import shapes
from forge.acts import Refusal
from forge.answers import Answer, Ask, page
from forge.places import commit_asked

OWNERS_FILES = (".github/CODEOWNERS", "CODEOWNERS", "docs/CODEOWNERS")


def branch_rules(ask: Ask) -> Answer:
    return page(ask, ask.hub.rules_of(ask.words["branch"]))


def _ruleset(ask: Ask, number: int, *, whole: bool) -> dict[str, Any]:
    value = ask.state.rulesets[number]
    source = {"id": number, "source_type": "Repository", "source": ask.state.full_name, "target": "branch"}
    kept = value if whole else {key: each for key, each in value.items() if key in ("name", "target", "enforcement")}
    return {**source, "node_id": shapes.node("Ruleset", number), **kept}


def rulesets(ask: Ask) -> Answer:
    return page(ask, [_ruleset(ask, number, whole=False) for number in sorted(ask.state.rulesets)])


def ruleset(ask: Ask) -> Answer:
    number = ask.number("ruleset_id")
    if number not in ask.state.rulesets:
        raise Refusal(404, "Not Found")
    return Answer(200, _ruleset(ask, number, whole=True))


def create_ruleset(ask: Ask) -> Answer:
    number = ask.state.new_id()
    ask.state.rulesets[number] = dict(ask.body)
    return Answer(201, _ruleset(ask, number, whole=True))


def environment(ask: Ask) -> Answer:
    name = ask.words["environment_name"]
    if name not in ask.state.environments:
        raise Refusal(404, "Not Found")
    return Answer(200, shapes.environment(ask.site, ask.state, name, ask.state.environments[name]))


def environment_branches(ask: Ask) -> Answer:
    """The names that an environment is open to; GitHub wraps this list."""
    name = ask.words["environment_name"]
    if name not in ask.state.environments:
        raise Refusal(404, "Not Found")
    names = ask.state.environment_branches.get(name, [])
    found = [
        {"id": at, "node_id": shapes.node("BranchPolicy", at), "name": each, "type": "branch"}
        for at, each in enumerate(names, 1)
    ]
    shown = page(ask, found)
    return Answer(200, {"total_count": len(found), "branch_policies": shown.body}, shown.headers)


def branch_protection(ask: Ask) -> Answer:
    found = ask.state.branch_protection.get(ask.words["branch"])
    if found is None:
        raise Refusal(404, "Branch not protected")
    return Answer(200, found)


def rule_suites(ask: Ask) -> Answer:
    """What the rules said of pushes, as a test put it there; the period is not looked at."""
    ref, result = ask.query.get("ref"), ask.query.get("rule_suite_result", "all")
    found = [each for each in ask.state.rule_suites if ref in (None, each["ref"]) and result in ("all", each["result"])]
    return page(ask, found)


def runs(ask: Ask) -> Answer:
    """The runs of one workflow, the newest first, by the name of its file."""
    name = ask.words["workflow_id"]
    if name not in ask.state.runs:
        raise Refusal(404, "Not Found")
    asked = ask.query.get("status")
    found = [each for each in ask.state.runs[name] if asked in (None, each["status"], each["conclusion"])]
    shown = page(ask, found)
    return Answer(200, {"total_count": len(found), "workflow_runs": shown.body}, shown.headers)


def codeowners_errors(ask: Ask) -> Answer:
    commit = commit_asked(ask)
    if not any(ask.hub.git.entry(commit, path) for path in OWNERS_FILES):
        raise Refusal(404, "Not Found")
    return Answer(200, {"errors": ask.state.codeowners_errors})


def workflow_permissions(ask: Ask) -> Answer:
    return Answer(200, ask.state.workflow_permissions)
