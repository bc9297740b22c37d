"""Floor 1: the rule kinds, one file each. The list is explicit: a release's kinds are a reviewable diff."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from rampgate.rules import (
    approval_no_objection,
    approval_roles,
    artifact_immutable,
    attestation_current,
    attestation_vouched,
    break_glass_granted,
    break_glass_reviewed,
    card_identity,
    card_matches_schema,
    card_requires,
    change_own_branch,
    change_well_formed,
    event_accounted_for,
    evidence_metric_within,
    evidence_no_worse_than,
    evidence_present,
    expression,
    fairness_difference_at_most,
    fairness_groups_covered,
    fairness_ratio_at_least,
    fallback_live,
    lineage_complete,
    lineage_one_definition,
    lineage_pinned,
    monitoring_declared,
    outcome_signed_off,
    people_attributable,
    policy_quorum,
    record_clean,
    retraining_accounted_for,
    rollout_dwell,
    stage_move_allowed,
    stage_not_replayed,
    waiver_granted,
)
from rampgate.rules._base import RuleKind

ALL: Final[tuple[RuleKind[Any], ...]] = (
    card_requires.KIND,
    card_matches_schema.KIND,
    expression.KIND,
    outcome_signed_off.KIND,
    evidence_present.KIND,
    evidence_metric_within.KIND,
    evidence_no_worse_than.KIND,
    fairness_ratio_at_least.KIND,
    fairness_difference_at_most.KIND,
    fairness_groups_covered.KIND,
    lineage_complete.KIND,
    lineage_pinned.KIND,
    lineage_one_definition.KIND,
    fallback_live.KIND,
    monitoring_declared.KIND,
    attestation_current.KIND,
    approval_roles.KIND,
    stage_move_allowed.KIND,
    rollout_dwell.KIND,
    change_well_formed.KIND,
    artifact_immutable.KIND,
    card_identity.KIND,
    event_accounted_for.KIND,
    retraining_accounted_for.KIND,
    change_own_branch.KIND,
    people_attributable.KIND,
    approval_no_objection.KIND,
    attestation_vouched.KIND,
    break_glass_granted.KIND,
    break_glass_reviewed.KIND,
    record_clean.KIND,
    stage_not_replayed.KIND,
    waiver_granted.KIND,
    policy_quorum.KIND,
)
"""Every kind in the order of the reference: those that policies name, then those that rampgate applies by itself."""

BY_ID: Final[Mapping[str, RuleKind[Any]]] = {kind.id: kind for kind in ALL if not kind.built_in}
"""Kind id -> kind, of those that a policy may name."""
