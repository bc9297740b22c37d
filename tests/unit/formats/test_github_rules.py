"""GitHub's JSON about branches and environments, as nouns; what is absent is read as the laxer setting."""

from __future__ import annotations

import pytest

from rampgate.formats.github_rules import (
    actor_of,
    environment_of,
    protection_ruleset,
    rule_of,
    rules_of_protection,
    ruleset_of,
)
from rampgate.model.doctor import BypassActor, Unread

LAX = {"enforce_admins": {"url": "https://x.example", "enabled": False}, "allow_deletions": {"enabled": True}}
STRICT = {
    "required_status_checks": {
        "strict": True,
        "contexts": ["rampgate/verdict", "ci"],
        "checks": [{"context": "rampgate/verdict", "app_id": 4242}],
    },
    "enforce_admins": {"enabled": True},
    "required_pull_request_reviews": {
        "dismiss_stale_reviews": False,
        "require_code_owner_reviews": True,
        "required_approving_review_count": 1,
        "bypass_pull_request_allowances": {"users": [{"login": "mallory"}], "teams": [{"slug": "ops"}]},
    },
    "allow_force_pushes": {"enabled": False},
    "allow_deletions": {"enabled": False},
}


def test_branch_protection_becomes_the_rules_that_say_the_same():
    rules = {rule.kind: rule.parameters for rule in rules_of_protection(STRICT)}
    assert rules["required_status_checks"] == {
        "required_status_checks": [{"context": "rampgate/verdict", "integration_id": 4242}, {"context": "ci"}],
        "strict_required_status_checks_policy": True,
    }
    assert rules["pull_request"]["required_approving_review_count"] == 1
    assert rules["pull_request"]["require_code_owner_review"] is True
    assert set(rules) == {"required_status_checks", "pull_request", "non_fast_forward", "deletion"}


def test_lax_branch_protection_becomes_no_rule():
    assert list(rules_of_protection(LAX)) == []


def test_who_may_pass_branch_protection_by():
    assert protection_ruleset(LAX).actors == (BypassActor("the repository's administrators", "always"),)
    assert protection_ruleset(STRICT).actors == (
        BypassActor("user `mallory`", "pull_request"),
        BypassActor("team `ops`", "pull_request"),
    )


ACTORS = {
    "OrganizationAdmin": (None, "the organisation's administrators"),
    "DeployKey": (None, "every deploy key"),
    "Integration": (7, "the App 7"),
    "Team": (8, "the team 8"),
    "RepositoryRole": (5, "the role `admin`"),
    "SomethingNew": (9, "SomethingNew 9"),
}


@pytest.mark.parametrize("kind", ACTORS)
def test_an_actor_in_words(kind):
    number, words = ACTORS[kind]
    assert actor_of({"actor_type": kind, "actor_id": number, "bypass_mode": "exempt"}) == BypassActor(words, "exempt")


def test_a_ruleset_that_does_not_show_who_may_pass_by_is_unread_and_not_empty():
    seen = ruleset_of({"id": 3, "name": "main", "enforcement": "active"}, "administration: write")
    assert isinstance(seen.actors, Unread)
    assert seen.actors.needs == "administration: write"


def test_a_rule_is_named_by_its_ruleset():
    rule = rule_of({"type": "deletion", "ruleset_id": 3}, {3: "main"})
    assert (rule.kind, rule.parameters, rule.ruleset, rule.source) == ("deletion", {}, 3, "ruleset `main`")


@pytest.mark.parametrize(
    ("policy", "protected", "patterns"),
    [
        (None, False, None),
        ({"protected_branches": True, "custom_branch_policies": False}, True, None),
        ({"protected_branches": False, "custom_branch_policies": True}, False, ("main",)),
    ],
)
def test_who_may_use_an_environment(policy, protected, patterns):
    seen = environment_of({"name": "model-gate", "deployment_branch_policy": policy}, ("main",))
    assert (seen.protected_only, seen.patterns, seen.admins_bypass) == (protected, patterns, None)
