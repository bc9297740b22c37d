"""Nothing of this model, nor of the rules that hold for it, went past the gate without being put right.

## Why it exists
A gate that can be walked around, and then asked for the next step as if nothing had happened, is none. What landed
although it was not allowed, was pushed without a pull request, or is not what was evaluated, stands in the decision
history; until somebody has looked into it, the model goes no further up. Going down is always possible.

## Example
```yaml
schema: rampgate/correction/v1
corrects: 42
conclusion: accepted
reason: The push repaired the card's runbook link; artifact and evidence are untouched
by: otto
date: "2026-11-24"
```
Applied by rampgate itself to every promotion and restore, where `policies/history.yaml` declares a decision history; a
policy does not name it, nothing waives or bypasses it. Changes of the rules that went past the gate hold back every
model. What landed after the newest record, of this model or of the rules, is insufficient: nobody has said yet whether
it went through the gate. That a break-glass was reviewed in time is for `break_glass.reviewed` to judge.

## How to satisfy it
Where the record is not written yet, wait for the `record` workflow, or run `rampgate record`. Where something went past
the gate, find out what, put it right, and say so: `rampgate audit correct SEQ` writes
`policies/corrections/SEQ.yaml`, which the quorum for changes of the rules approves.
"""

from __future__ import annotations

from collections.abc import Iterator

from rampgate.model.facts import Facts
from rampgate.model.finding import Answer
from rampgate.model.history import Unsettled
from rampgate.model.vocabulary import Outcome
from rampgate.rules._base import Nothing, RuleKind
from rampgate.rules._history import told_by


def check(params: Nothing, facts: Facts) -> Iterator[Answer]:  # noqa: ARG001
    """Fail once for each record that is not put right; insufficient where the record is behind; pass otherwise."""
    history = told_by(facts)
    if isinstance(history, Answer):
        yield history
        return
    yield from (_unsettled(each) for each in history.unsettled)
    if history.uncovered:
        message = f"what stands on the branch is not on record as it stands: {'; '.join(history.uncovered)}"
        fix = "wait for the `record` workflow, or run `rampgate record`, and judge again"
        yield Answer(Outcome.INSUFFICIENT, message, f"{history.size} records", "everything on record", fix=fix)
    if not history.unsettled and not history.uncovered:
        yield Answer(Outcome.PASS, "nothing on record went past the gate unsettled", f"{history.size} records")


def _unsettled(each: Unsettled) -> Answer:
    about = f" ({', '.join(each.models)})" if each.models else ""
    message = f"record {each.seq}{about}, commit {each.commit[:7]}, went past the gate: {'; '.join(each.faults)}"
    look = f"look into it (`rampgate audit show {each.seq}`)"
    fix = f"{look}, and say what comes of it: `rampgate audit correct {each.seq}`"
    return Answer(Outcome.FAIL, message, f"record {each.seq}", "nothing that went past the gate", fix=fix)


KIND = RuleKind("record.clean", Nothing, check, __doc__, may_be_waived=False, built_in=True)
