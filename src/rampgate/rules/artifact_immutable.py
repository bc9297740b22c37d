"""After the first stage a version's artifact never changes; another artifact is another version.

## Why it exists
Evidence, approvals and days of service belong to exact bytes. If the bytes may change under the same version, all of
them are about something else.

## Example
Applied to every change by rampgate itself; a policy does not name it.

## How to satisfy it
Register the new artifact as a new version: `rampgate new MODEL VERSION`.
"""

from __future__ import annotations

from collections.abc import Iterator

from rampgate.model.facts import Facts
from rampgate.model.finding import Answer
from rampgate.model.sourced import Missing
from rampgate.model.vocabulary import Outcome
from rampgate.rules._base import Nothing, RuleKind, subject_of


def check(params: Nothing, facts: Facts) -> Iterator[Answer]:  # noqa: ARG001
    """Fail where the digest differs and the version has left the first stage before this change."""
    after = subject_of(facts).card
    if isinstance(facts.before, Missing):
        yield Answer(Outcome.NOT_APPLICABLE, "the version is new")
        return
    before = facts.before.card
    old, new = before.noun.artifact.identity, after.noun.artifact.identity
    if old == new:
        yield Answer(Outcome.PASS, "the artifact is the one that stood here before", new)
    elif facts.ladder.canonical(before.noun.stage) == facts.ladder.first:
        yield Answer(Outcome.PASS, f"the artifact may change at `{facts.ladder.first}`", new)
    else:
        yield Answer(
            Outcome.FAIL,
            f"the artifact of version {after.noun.version} changed after `{facts.ladder.first}`",
            new,
            old,
            after.at("artifact"),
            f"restore the digest, and register the new artifact with `rampgate new {after.noun.model} VERSION`",
        )


KIND = RuleKind("artifact.immutable", Nothing, check, __doc__, may_be_waived=False, built_in=True)
