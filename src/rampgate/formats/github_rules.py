"""Reads GitHub's JSON about rulesets, branch protection and environments into nouns.

Classic branch protection is read as the rules that say the same, so that a check looks at one kind of thing.
What is absent is read as the laxer setting: the doctor then says so, and nobody relies on a lock that is not there.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from rampgate.model.doctor import BranchRule, BypassActor, EnvironmentSeen, RulesetSeen, Unread

PROTECTION: Final = "branch protection"
_ROLES: Final[Mapping[int, str]] = {2: "maintain", 4: "write", 5: "admin"}
"""Numbers of the roles of a repository that a ruleset can name; GitHub's reference does not list them."""

Json = Mapping[str, Any]


def rule_of(value: Json, names: Mapping[int, str]) -> BranchRule:
    """Return one item of `GET rules/branches/{branch}`. names: those of the rulesets, by number."""
    number = value.get("ruleset_id")
    number = number if isinstance(number, int) else 0
    source = f"ruleset `{names[number]}`" if number in names else f"ruleset {number}"
    return BranchRule(str(value.get("type")), _object(value.get("parameters")), number, source)


def ruleset_of(value: Json, needs: str) -> RulesetSeen:
    """Return one ruleset. needs: the permission by which GitHub shows who may pass it by."""
    listed = value.get("bypass_actors")
    actors: tuple[BypassActor, ...] | Unread
    if isinstance(listed, list):
        actors = tuple(actor_of(each) for each in listed if isinstance(each, dict))
    else:
        actors = Unread("GitHub does not show who may bypass the ruleset", needs)
    return RulesetSeen(
        int(value.get("id") or 0), str(value.get("name")), str(value.get("enforcement") or "active"), actors
    )


def actor_of(value: Json) -> BypassActor:
    """Return who may pass a ruleset by, in words."""
    kind, number = str(value.get("actor_type")), value.get("actor_id")
    words = {
        "OrganizationAdmin": "the organisation's administrators",
        "DeployKey": "every deploy key",
        "Integration": f"the App {number}",
        "Team": f"the team {number}",
        "User": f"the user {number}",
        "RepositoryRole": f"the role `{_ROLES.get(number, str(number)) if isinstance(number, int) else number}`",
    }
    return BypassActor(words.get(kind, f"{kind} {number}"), str(value.get("bypass_mode") or "always"))


def rules_of_protection(value: Json) -> Iterator[BranchRule]:
    """Yield the rules that classic branch protection amounts to."""

    def rule(kind: str, parameters: Json | None = None) -> BranchRule:
        return BranchRule(kind, parameters or {}, 0, PROTECTION)

    checks = value.get("required_status_checks")
    if isinstance(checks, dict):
        listed = [
            {"context": each.get("context"), "integration_id": each.get("app_id")}
            for each in checks.get("checks") or []
            if isinstance(each, dict)
        ]
        listed += [
            {"context": each} for each in checks.get("contexts") or [] if each not in [one["context"] for one in listed]
        ]
        strict = checks.get("strict") is True
        yield rule(
            "required_status_checks",
            {"required_status_checks": listed, "strict_required_status_checks_policy": strict},
        )
    reviews = value.get("required_pull_request_reviews")
    if isinstance(reviews, dict):
        yield rule("pull_request", {**reviews, "require_code_owner_review": reviews.get("require_code_owner_reviews")})
    for kind, key in (("non_fast_forward", "allow_force_pushes"), ("deletion", "allow_deletions")):
        if _object(value.get(key)).get("enabled") is False:
            yield rule(kind)


def protection_ruleset(value: Json) -> RulesetSeen:
    """Return classic branch protection as a ruleset, for who may pass it by."""
    actors = []
    if _object(value.get("enforce_admins")).get("enabled") is not True:
        actors.append(BypassActor("the repository's administrators", "always"))
    allowed = _object(_object(value.get("required_pull_request_reviews")).get("bypass_pull_request_allowances"))
    for kind, name in (("users", "login"), ("teams", "slug"), ("apps", "slug")):
        listed = allowed.get(kind) or []
        actors += [BypassActor(f"{kind[:-1]} `{each.get(name)}`", "pull_request") for each in listed]
    return RulesetSeen(0, PROTECTION, "active", tuple(actors))


def environment_of(value: Json, patterns: tuple[str, ...] | Unread) -> EnvironmentSeen:
    """Return an environment. patterns: the branches that it names, which count where it is open to named ones only."""
    policy = value.get("deployment_branch_policy")
    bypass = value.get("can_admins_bypass")
    is_named = isinstance(policy, dict) and policy.get("custom_branch_policies") is True
    return EnvironmentSeen(
        str(value.get("name")),
        isinstance(policy, dict) and policy.get("protected_branches") is True,
        patterns if is_named else None,
        bypass if isinstance(bypass, bool) else None,
    )


def _object(value: Any) -> Json:
    return value if isinstance(value, dict) else {}
