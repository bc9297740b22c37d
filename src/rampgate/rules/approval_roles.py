"""The people that the policy asks for have approved this content, each in a role of their own.

## Why it exists
Who carries the risk must have said yes, to exactly what would land. Roles and people stand in `policies/people.yaml`
of the base branch, so that nobody gives themselves a role in the change that needs it.

## Example
```yaml
- id: approval.to-canary
  kind: approval.roles
  applies: {tiers: [high], entering: [canary]}
  effect: block
  with:
    slots:
      - {role: business_owner, count: 1, author_counts: true}
      - {role: risk, count: 1, independent_of: owner_team}
```
Every place is filled by another person: somebody with two roles fills one. `author_counts` takes opening the pull
request as the business owner's consent. `independent_of: owner_team` asks for people outside the model's `owner_team`
in `policies/models.yaml`. Authors, committers, co-authors and bots never count, nor do comments, dismissed reviews and
approvals of other content; each is listed with its reason.

Empty places wait. A quorum that nobody can fill is an error. Somebody who asks for changes is heard by
`approval.no_objection`, whether or not a quorum is asked for.

## How to satisfy it
Ask one of the people whom the message names to approve the pull request on the forge. An approval survives a rebase;
it ends when a byte of the version's folder changes, and must then be given again.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated

from pydantic import Field

from rampgate.approvals.quorum import quorum_answer
from rampgate.approvals.slots import unreachable
from rampgate.formats.suggest import did_you_mean
from rampgate.model.facts import Facts
from rampgate.model.finding import Answer
from rampgate.model.policy import Slot
from rampgate.rules._base import ParamFault, Params, RuleKind, Surroundings

_ANY_TEAM = "\0"
"""A team that nobody belongs to: whoever names a team is outside it."""


class ApprovalRoles(Params):
    """Which people must approve."""

    slots: Annotated[tuple[Slot, ...], Field(min_length=1, max_length=20)]
    """Places to fill: `role`, `count` (1 if left out), `independent_of: owner_team`, `author_counts: true`."""


def check(params: ApprovalRoles, facts: Facts) -> Iterator[Answer]:
    """Answer once for the whole quorum."""
    yield quorum_answer(params.slots, "approval.roles", facts)


def lint(params: ApprovalRoles, surroundings: Surroundings) -> Iterator[ParamFault]:
    """Yield every role that nobody holds, else why no pull request could ever get this quorum."""
    people = surroundings.people
    held = sorted({role for person in people.people for role in person.roles})
    unheld = [(at, slot.role) for at, slot in enumerate(params.slots) if slot.role not in held]
    for at, role in unheld:
        known = "known: " + ", ".join(f"`{each}`" for each in held)
        yield ParamFault(("slots", at, "role"), f"nobody holds the role `{role}`{did_you_mean(role, held)}", known)
    reason = "" if unheld else unreachable(params.slots, people, (), "", _ANY_TEAM)
    if reason:
        fix = "ask for fewer, or list more people with accounts in policies/people.yaml"
        words = reason.replace(f"outside team {_ANY_TEAM}", "outside the team that owns the model")
        yield ParamFault(("slots",), f"the quorum can never be reached: {words}", fix)


KIND = RuleKind("approval.roles", ApprovalRoles, check, __doc__, may_be_waived=False, lint=lint)
