"""The closed vocabularies: outcomes, effects, verdicts, kinds of change, tiers and tasks.

The order of `Outcome`, `Effect` and `Tier` members carries no meaning; orders that do are spelled out below.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Final


class Outcome(StrEnum):
    """One rule's answer."""

    PASS = "pass"
    FAIL = "fail"
    INSUFFICIENT = "insufficient"
    WAITING = "waiting"
    ERROR = "error"
    NOT_APPLICABLE = "not_applicable"
    WAIVED = "waived"


class Effect(StrEnum):
    """What a rule's answer does at a stage: decide, be shown, or be kept in the record only."""

    BLOCK = "block"
    WARN = "warn"
    AUDIT = "audit"


class Verdict(StrEnum):
    """What the gate says; only `allow` opens it."""

    ALLOW = "allow"
    HOLD = "hold"
    UNDECIDED = "undecided"
    DENY = "deny"


class ChangeKind(StrEnum):
    """What the diff of a governed repository is."""

    REGISTER = "register"
    AMEND = "amend"
    PROMOTE = "promote"
    ROLLBACK = "rollback"
    RESTORE = "restore"
    RETIRE = "retire"
    ADOPT = "adopt"
    WAIVER = "waiver"
    POLICY = "policy"
    NONE = "none"


class Tier(StrEnum):
    """How much harm a wrong model can do; decides how much is asked of its card."""

    LOW = "low"
    MEDIUM = "medium"
    HIGH = "high"


class Task(StrEnum):
    """What a model does; decides which rules speak."""

    BINARY_CLASSIFICATION = "binary_classification"
    MULTICLASS_CLASSIFICATION = "multiclass_classification"
    REGRESSION = "regression"
    FORECASTING = "forecasting"
    RANKING = "ranking"
    RECOMMENDATION = "recommendation"
    ANOMALY_DETECTION = "anomaly_detection"
    CLUSTERING = "clustering"
    COMPUTER_VISION = "computer_vision"
    LLM_APPLICATION = "llm_application"
    OTHER = "other"


EFFECT_STRENGTH: Final = {Effect.AUDIT: 0, Effect.WARN: 1, Effect.BLOCK: 2}
"""How strict an effect is; up the ladder a rule may only gain strength."""

TIER_STRICTNESS: Final = {Tier.LOW: 0, Tier.MEDIUM: 1, Tier.HIGH: 2}
"""How strict a tier is; a card may be stricter than `policies/models.yaml`, never laxer."""

EXIT_CODE: Final = {Verdict.ALLOW: 0, Verdict.DENY: 10, Verdict.HOLD: 11, Verdict.UNDECIDED: 12}
"""The exit code of each verdict (fixed; see also `rampgate.errors`)."""

STANDBY: Final = "standby"
"""The stage beside the ladder where a former incumbent is kept ready, at 0% of traffic."""

RETIRED: Final = "retired"
"""The stage beside the ladder that nothing leaves."""
