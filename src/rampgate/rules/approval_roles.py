"""The people that the policy asks for have approved this content, each in a role of their own.

## Why it exists
Who carries the risk must have said yes, to exactly what would land. Roles and people stand in `policies/people.yaml`
of the base branch, so that nobody gives themselves a role in the change that needs it.

## Example
```yaml
- id: approval.of-a-rung
  kind: approval.roles
  applies: {tiers: [high, medium]}
  effect: block
  with:
    slots:
      - {role: business_owner, count: 1, author_counts: true}
      - {role: risk, count: 1, independent_of: owner_team}
      - {role: risk, count: 1, from_exposure_percent: 75}
      - {role: security, count: 1, tiers: [high]}
```
Every place is filled by another person: somebody with two roles fills one. `author_counts` takes opening the pull
request as the business owner's consent. `independent_of: owner_team` asks for people outside the model's `owner_team`
in `policies/models.yaml`. A slot with `tiers` asks about models of these tiers alone, one with `from_exposure_percent`
where the stage that is entered has at least that exposure; what asks is added up, so that no rung asks for less than
the one below it. Where no slot asks, the rule does not apply, which allows nothing.

Authors, committers, co-authors and bots never count, nor do comments, dismissed reviews and approvals of other content;
each is listed with its reason. Roles that a team of the forge gives are held by its members of this moment.

Empty places wait. A quorum that nobody can fill is an error, and so is an empty place whose role a team gives while
nobody could read its members. Somebody who asks for changes is heard by `approval.no_objection`, whether or not a
quorum is asked for.

## How to satisfy it
Ask one of the people whom the message names to approve the pull request on the forge. An approval survives a rebase;
it ends when a byte of the version's folder changes, and must then be given again.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated

from pydantic import Field

from rampgate.approvals.quorum import quorum_answer
from rampgate.approvals.slots import asked, unreachable
from rampgate.formats.suggest import did_you_mean
from rampgate.model.facts import Facts
from rampgate.model.finding import Answer
from rampgate.model.policy import Slot
from rampgate.model.vocabulary import ChangeKind, Outcome, Tier
from rampgate.rules._base import ParamFault, Params, RuleKind, Surroundings

_ANY_TEAM = "\0"
"""A team that nobody belongs to: whoever names a team is outside it."""


class ApprovalRoles(Params):
    """Which people must approve."""

    slots: Annotated[tuple[Slot, ...], Field(min_length=1, max_length=20)]
    """Places to fill: `role`, `count` (1 if left out), `independent_of: owner_team`, `author_counts: true`, and when
    they ask: `tiers`, `from_exposure_percent`."""


def check(params: ApprovalRoles, facts: Facts) -> Iterator[Answer]:
    """Answer once for the whole quorum, or once that nothing of it asks about this tier and exposure."""
    # A stage that the ladder does not have is told elsewhere; until then everything asks.
    exposure = facts.ladder.exposure(facts.entering) if facts.entering else 100
    slots = asked(params.slots, facts.tier, exposure)
    if slots:
        yield quorum_answer(slots, "approval.roles", facts)
    else:
        words = f"no slot asks about a model of tier `{facts.tier}` at an exposure of {exposure} percent"
        yield Answer(Outcome.NOT_APPLICABLE, words)


def lint(params: ApprovalRoles, surroundings: Surroundings) -> Iterator[ParamFault]:
    """Yield every role that nobody holds, where nothing would be asked, else why a quorum could never be reached."""
    people = surroundings.people
    held = sorted({role for person in people.people for role in person.roles})
    unheld = [(at, slot.role) for at, slot in enumerate(params.slots) if slot.role not in held]
    for at, role in unheld:
        known = "known: " + ", ".join(f"`{each}`" for each in held)
        yield ParamFault(("slots", at, "role"), f"nobody holds the role `{role}`{did_you_mean(role, held)}", known)
    yield from _unasked(params.slots, surroundings)
    quorums = dict.fromkeys(
        asked(params.slots, tier, exposure) for tier in _tiers(surroundings) for _, exposure in _stages(surroundings)
    )
    reasons = [] if unheld else [unreachable(slots, people, (), "", _ANY_TEAM) for slots in quorums]
    for reason in dict.fromkeys(each for each in reasons if each):
        fix = "ask for fewer, or list more people with accounts in policies/people.yaml"
        words = reason.replace(f"outside team {_ANY_TEAM}", "outside the team that owns the model")
        yield ParamFault(("slots",), f"the quorum can never be reached: {words}", fix)


def _unasked(slots: tuple[Slot, ...], surroundings: Surroundings) -> Iterator[ParamFault]:
    """Yield the tiers and stages at which the rule speaks and no slot asks, and the slots that never ask."""
    tiers, stages = _tiers(surroundings), _stages(surroundings)
    for tier in tiers:
        silent = [f"`{stage}`" for stage, exposure in stages if not asked(slots, tier, exposure)]
        if silent:
            message = f"no slot asks about tier `{tier}` at {', '.join(silent)}, where the rule speaks"
            fix = "add a slot that asks there, or narrow `applies`"
            yield ParamFault(("slots",), message, fix)
    for at, slot in enumerate(slots):
        if stages and not any(asked((slot,), tier, exposure) for tier in tiers for _, exposure in stages):
            message = "the slot never asks: no tier and stage at which the rule speaks fits it"
            yield ParamFault(("slots", at), message, "correct `tiers` or `from_exposure_percent`, or widen `applies`")


def _tiers(surroundings: Surroundings) -> tuple[Tier, ...]:
    return surroundings.scope.tiers or tuple(Tier)


def _stages(surroundings: Surroundings) -> list[tuple[str, int]]:
    """Return the rungs at which the rule speaks, with their exposure; nothing is promoted or restored to the first."""
    scope, ladder = surroundings.scope, surroundings.ladder
    moves_only = set(scope.changes) <= {ChangeKind.PROMOTE, ChangeKind.RESTORE}
    wanted = None if scope.entering is None else {ladder.canonical(stage) for stage in scope.entering}
    rungs = ladder.stages[1:] if moves_only else ladder.stages
    return [(rung.name, rung.exposure_percent) for rung in rungs if wanted is None or rung.name in wanted]


KIND = RuleKind("approval.roles", ApprovalRoles, check, __doc__, may_be_waived=False, lint=lint)
