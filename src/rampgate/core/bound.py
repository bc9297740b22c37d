"""A rule bound to its kind: what `bind` makes and what everything after it works on."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from rampgate.model.policy import Rule
from rampgate.model.sourced import Location
from rampgate.rules._base import RuleKind


@dataclass(frozen=True, slots=True)
class BoundRule:
    """A rule, its kind and its typed parameters as of one day; `policy` is "rampgate" for built-in rules."""

    rule: Rule
    kind: RuleKind[Any]
    params: Any
    policy: str
    location: Location | None = None
