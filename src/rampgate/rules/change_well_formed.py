"""One pull request is one change of one model, and carries nothing that its kind does not allow.

## Why it exists
Two moves in one diff can not be approved, recorded or undone separately, and a rollback that carries an edit would
bring that edit in without anybody's approval.

## Example
Applied to every change by rampgate itself; a policy does not name it.

## How to satisfy it
Split the pull request: one model, one version, one move. A rollback holds the stage lines and one event file.
"""

from __future__ import annotations

from collections.abc import Iterator

from rampgate.model.facts import Facts
from rampgate.model.finding import Answer
from rampgate.model.vocabulary import Outcome
from rampgate.rules._base import Nothing, RuleKind


def check(params: Nothing, facts: Facts) -> Iterator[Answer]:  # noqa: ARG001
    """Fail once for each fault that the classification of the diff found."""
    for fault in facts.change.faults:
        fix = "let the pull request hold one change of one model, and nothing that its kind does not allow"
        yield Answer(Outcome.FAIL, fault, fix=fix)
    if not facts.change.faults:
        yield Answer(Outcome.PASS, f"the diff is one change: {facts.change.kind}")


KIND = RuleKind("change.well_formed", Nothing, check, __doc__, may_be_waived=False, built_in=True)
