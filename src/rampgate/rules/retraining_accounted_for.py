"""A decision about retraining is the word of the person whom it names, and of no day to come.

## Why it exists
That a model drifted and was kept all the same is as much a decision as its promotion. It counts as one when somebody
stands for it, and stays as it was written.

## Example
```yaml
schema: rampgate/retraining/v1
decision: keep
trigger: "psi of income at 0.21, limit 0.20"
evidence: evidence/drift-2026-11.json
reason: The shift is the bonus month; it came and went in each of the last three years
by: bob
date: "2026-11-20"
```
Applied by rampgate itself to every edit of a card that brings such a file; a policy does not name it. The file allows
nothing and moves nothing, so it may land alone, or with the evidence that shows its trigger.

## How to satisfy it
`rampgate retraining MODEL --decide keep --trigger "..." --reason "..." --by PERSON` writes it. PERSON opens the pull
request, or approves it. What has landed is neither edited nor removed; decide again, in another file.
"""

from __future__ import annotations

from collections.abc import Iterator

from rampgate.approvals.tally import vouchers
from rampgate.formats.suggest import did_you_mean
from rampgate.model.approval import SlotState
from rampgate.model.facts import Facts, VersionFacts
from rampgate.model.finding import Answer
from rampgate.model.sourced import Missing, Sourced
from rampgate.model.statements import RetrainingDecision
from rampgate.model.vocabulary import Outcome
from rampgate.rules._base import Nothing, RuleKind, subject_of

Decided = Sourced[RetrainingDecision]


def check(params: Nothing, facts: Facts) -> Iterator[Answer]:  # noqa: ARG001 - it has the shape of a check
    """Answer once for every decision that the change brings."""
    subject = subject_of(facts)
    old = {} if isinstance(facts.before, Missing) else facts.before.retraining
    new = [decided for name, decided in sorted(subject.retraining.items()) if name not in old]
    if not new:
        yield Answer(Outcome.NOT_APPLICABLE, "the change brings no decision about retraining")
    for decided in new:
        faults = list(_faults(decided, subject, facts))
        yield from faults or [_vouched(decided, facts)]


def _faults(decided: Decided, subject: VersionFacts, facts: Facts) -> Iterator[Answer]:
    """Yield everything that is wrong with a decision, whoever approves it."""
    noun = decided.noun

    def fail(key: str, message: str, fix: str) -> Answer:
        return Answer(Outcome.FAIL, message, str(getattr(noun, key)), location=decided.at(key), fix=fix)

    if facts.people.named(noun.by) is None:
        hint = did_you_mean(noun.by, (each.name for each in facts.people.people))
        yield fail("by", f"`{noun.by}` is nobody in `policies/people.yaml`{hint}", "name the person who decided")
    if noun.date > facts.today:
        yield fail("date", f"the decision is dated {noun.date}, after today", "write the day of the decision")
    if noun.evidence is not None and noun.evidence not in subject.files:
        message = f"there is no file `{noun.evidence}` beside this version"
        yield fail("evidence", f"{message}{did_you_mean(noun.evidence, subject.files)}", "commit it, or leave it out")
    if noun.successor == subject.version:
        yield fail("successor", "a version is not its own successor", "name another version, or leave it out")


def _vouched(decided: Decided, facts: Facts) -> Answer:
    """Return whether the decision is the word of who it names: they opened the pull request, or approved it."""
    noun, place = decided.noun, decided.at("by")
    if facts.reviews.faults:
        message = f"the reviews can not be believed: {facts.reviews.faults[0]}"
        return Answer(Outcome.ERROR, message, location=place, fix="fetch the reviews again")
    if noun.by == facts.reviews.author or noun.by in vouchers(facts.reviews, facts.people) | facts.tally.people():
        words = f"`{noun.by}` has decided: {noun.decision.replace('_', ' ')}"
        return Answer(Outcome.PASS, words, noun.by, noun.by, place, attested=True)
    slot = SlotState("retraining.accounted_for", "", 1, missing=1, candidates=(noun.by,), person=noun.by)
    message = f"the decision about retraining waits for the approval of `{noun.by}`"
    wanted, fix = f"an approval by {noun.by}", f"ask {noun.by} to approve"
    return Answer(Outcome.WAITING, message, "none yet", wanted, place, fix, slots=(slot,))


KIND = RuleKind("retraining.accounted_for", Nothing, check, __doc__, may_be_waived=False, built_in=True)
