"""Which of a team's own JSON Schemas every card must fit: those that no rule applies to some cards only."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Final

KIND: Final = "card.matches_schema"


def for_every_card(names: Iterable[str], policies: Iterable[Mapping[str, Any]]) -> list[str]:
    """Return the names of schema files that hold for every card, in order.

    names: files of `policies/schemas/`. policies: policies as written. A schema that a rule of kind
    `card.matches_schema` names is left to that rule, with its scope and effect.
    """
    named = {
        rule["with"]["schema"]
        for policy in policies
        for rule in _mappings(policy.get("rules"))
        if rule.get("kind") == KIND and isinstance(rule.get("with"), Mapping) and "schema" in rule["with"]
    }
    return sorted(set(names) - named)


def _mappings(rules: Any) -> list[Mapping[str, Any]]:
    return [rule for rule in rules if isinstance(rule, Mapping)] if isinstance(rules, list) else []
