"""For each role that the policy names, a person who holds it vouches for this version today.

## Why it exists
Some things no program can check: that the threat model was read, that the on-call team knows the model. A named person
can say so, in a role, with a date and an end, and answers for it.

## Example
```yaml
- id: attestation.by-security
  kind: attestation.current
  applies: {tiers: [high], entering: [ramp, majority, full]}
  effect: block
  with: {roles: [security, reliability], max_age_days: 365}
  waivable: {by: [risk], max_days: 14}
```
Every one of the `roles` needs an attestation. `topic` restricts which count. What rests on an attestation is never
counted as a check, and whether a new one was really given by its person is judged by a built-in rule.

## How to satisfy it
A holder of the role runs `rampgate attest`, which writes `attestations/<id>.yaml` beside the card, and approves the
pull request that brings it. With `covers: model` it counts for every version of the model. Renew it before it expires.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated

from pydantic import Field

from rampgate.model.facts import Facts
from rampgate.model.finding import Answer
from rampgate.model.ids import Days, Line, RoleName
from rampgate.rules._attestations import attested, unheld_roles
from rampgate.rules._base import ParamFault, Params, RuleKind, Surroundings


class AttestationCurrent(Params):
    """Whose word is needed."""

    roles: Annotated[tuple[RoleName, ...], Field(min_length=1)]
    """Roles, every one of which must have attested."""
    topic: Line | None = None
    """Only attestations with this topic count; left out, those about anything do."""
    max_age_days: Days | None = None
    """The greatest age of an attestation in days, however late it expires."""


def check(params: AttestationCurrent, facts: Facts) -> Iterator[Answer]:
    """Answer once for each role."""
    for role in dict.fromkeys(params.roles):
        yield attested(role, facts, topic=params.topic, max_age_days=params.max_age_days)


def lint(params: AttestationCurrent, surroundings: Surroundings) -> Iterator[ParamFault]:
    """Yield every role that nobody holds."""
    yield from unheld_roles(params.roles, surroundings, "roles")


KIND = RuleKind("attestation.current", AttestationCurrent, check, __doc__, lint=lint)
