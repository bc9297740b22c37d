"""The rules that hold in every repository, whatever its policies say; they always block and can not be waived.

Only the least stay yields to an emergency: a break-glass may name `rollout.has-dwelt`.
"""

from __future__ import annotations

from typing import Any, Final

from rampgate.core.bound import BoundRule
from rampgate.model.facts import Facts
from rampgate.model.policy import JUDGED_BY_POLICY, Rule, Scope
from rampgate.model.vocabulary import ChangeKind, Effect
from rampgate.rules import (
    approval_no_objection,
    artifact_immutable,
    attestation_vouched,
    break_glass_granted,
    break_glass_reviewed,
    card_identity,
    change_own_branch,
    change_well_formed,
    event_accounted_for,
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

_MODEL: Final = (
    ChangeKind.REGISTER,
    ChangeKind.AMEND,
    ChangeKind.PROMOTE,
    ChangeKind.ROLLBACK,
    ChangeKind.RESTORE,
    ChangeKind.RETIRE,
)
_REVIEWED: Final = (
    ChangeKind.REGISTER,
    ChangeKind.AMEND,
    ChangeKind.PROMOTE,
    ChangeKind.RESTORE,
    ChangeKind.WAIVER,
    ChangeKind.POLICY,
)
_UPWARD: Final = (ChangeKind.PROMOTE, ChangeKind.RESTORE)
_WITH_EVENT: Final = (ChangeKind.ROLLBACK, ChangeKind.RESTORE, ChangeKind.RETIRE)


def _built_in(id_: str, kind: RuleKind[Any], changes: tuple[ChangeKind, ...], title: str) -> BoundRule:
    scope = Scope.model_construct(changes=changes, tiers=None, tasks=None, models=None, entering=None)
    rule = Rule.model_construct(
        id=id_, kind=kind.id, title=title, why=None, applies=scope, effect=Effect.BLOCK, with_={}, fix=None,
        waivable=None, controls=(), in_force=None, revisions=(),
    )  # fmt: skip
    return BoundRule(rule, kind, kind.params(), "rampgate")


BUILT_IN: Final = (
    _built_in("change.is-one", change_well_formed.KIND, (*_MODEL, ChangeKind.WAIVER, ChangeKind.POLICY),
              "One pull request is one change"),
    _built_in("change.stage-move", stage_move_allowed.KIND, _MODEL, "The ladder has this move"),
    _built_in("change.same-artifact", artifact_immutable.KIND, _MODEL, "The artifact is the one that was judged"),
    _built_in("change.card-identity", card_identity.KIND, JUDGED_BY_POLICY, "Tier and task are not chosen by the card"),
    _built_in("change.reason", event_accounted_for.KIND, _WITH_EVENT, "Somebody says why"),
    _built_in("retraining.is-vouched-for", retraining_accounted_for.KIND, (ChangeKind.AMEND,),
              "A decision about retraining is vouched for by who it names"),
    _built_in("change.from-this-repository", change_own_branch.KIND, _REVIEWED, "The branch stands in this repository"),
    _built_in("people.known", people_attributable.KIND, _REVIEWED, "Every contributor is known"),
    _built_in("approval.no-veto", approval_no_objection.KIND, _REVIEWED, "Nobody asks for changes"),
    _built_in("attestation.is-vouched-for", attestation_vouched.KIND,
              (ChangeKind.REGISTER, ChangeKind.AMEND, ChangeKind.PROMOTE, ChangeKind.RESTORE),
              "Attestations are vouched for by who they name"),
    _built_in("break-glass.is-granted", break_glass_granted.KIND, JUDGED_BY_POLICY, "Two persons break the glass"),
    _built_in("break-glass.is-reviewed", break_glass_reviewed.KIND, JUDGED_BY_POLICY,
              "Every break-glass is reviewed in time"),
    _built_in("record.is-clean", record_clean.KIND, _UPWARD, "Nothing went past the gate unsettled"),
    _built_in("stage.is-not-replayed", stage_not_replayed.KIND, _UPWARD, "No old promotion comes back by itself"),
    _built_in("rollout.has-dwelt", rollout_dwell.KIND, (ChangeKind.PROMOTE,), "The least stay of the stage is over"),
    _built_in("waiver.is-granted", waiver_granted.KIND, (ChangeKind.WAIVER,), "The waiver is granted by who may"),
    _built_in("policy.is-approved", policy_quorum.KIND, (ChangeKind.POLICY,), "The rules change by quorum"),
)  # fmt: skip
"""The built-in rules in the order in which they are shown."""


def built_in_rules_settle(facts: Facts) -> bool:
    """Return whether the built-in rules alone can allow a change: only where nothing new gets to serve anybody.

    A rollback, a retirement, a waiver and a policy change are judged by nothing else. A version that is registered or
    edited where no traffic goes, or that only gains evidence, needs no rule of a policy; everything else does.
    """
    change = facts.change
    if change.kind in (ChangeKind.ROLLBACK, ChangeKind.RETIRE, ChangeKind.WAIVER, ChangeKind.POLICY):
        return True
    if change.kind not in (ChangeKind.REGISTER, ChangeKind.AMEND) or not facts.entering:
        return False
    return change.only_adds or facts.ladder.exposure(facts.entering) == 0
