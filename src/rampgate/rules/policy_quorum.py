"""The rules themselves change only when the people whom `policies/governance.yaml` names have approved.

## Why it exists
Whoever may change the rules alone needs no other permission. So a change of policies, people, ladder, schemas or of
what runs the gate is judged by the governance file of the base branch, and must leave rules that work.

## Example
```yaml
schema: rampgate/governance/v1
policy_change: {slots: [{role: policy_owner, count: 2}]}
```
Applied by rampgate itself to every change of a control path; a policy does not name it. The first such change has no
governance on the base branch, and is judged by the one that it brings.

## How to satisfy it
Repair what `rampgate check` reports, then ask the people whom the message names to approve the pull request.
"""

from __future__ import annotations

from collections.abc import Iterator

from rampgate.approvals.quorum import quorum_answer
from rampgate.model.facts import Facts
from rampgate.model.finding import Answer
from rampgate.model.sourced import Missing
from rampgate.model.vocabulary import ChangeKind, Outcome
from rampgate.rules._base import Nothing, RuleKind, missing


def check(params: Nothing, facts: Facts) -> Iterator[Answer]:  # noqa: ARG001 - it has the shape of a check
    """Answer for everything that the new rules get wrong, and for the quorum."""
    if facts.change.kind is not ChangeKind.POLICY:
        yield Answer(Outcome.NOT_APPLICABLE, "the change touches no rules")
        return
    for problem in facts.policy_problems:
        message = f"the rules would not work: {problem}"
        yield Answer(Outcome.FAIL, message, fix="run `rampgate check`, and repair what it reports")
    if isinstance(facts.governance, Missing):
        yield missing(facts.governance)
    else:
        yield quorum_answer(facts.governance.policy_change.slots, "policy.quorum", facts)


KIND = RuleKind("policy.quorum", Nothing, check, __doc__, may_be_waived=False, built_in=True)
