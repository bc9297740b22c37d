"""Every break-glass of a model is reviewed in time, by somebody who had no part in it.

## Why it exists
A bypass that nobody looks at again becomes the way things are done. So a model whose review is overdue goes no further
up, and its record stands: it is neither edited nor removed.

## Example
```yaml
schema: rampgate/break-glass-review/v1
of: 2026-11-20-inc-311
by: rita
conclusion: accepted
reason: The old version lost payments every minute; the missing evidence has landed since
date: "2026-11-24"
```
Applied by rampgate itself to every change of a model but rollback and retire, which nothing may stop; a policy does not
name it. An overdue review denies promotions, restores, registrations and edits. A change that only adds files, such as
the review, passes.

## How to satisfy it
Somebody who holds a role of `break_glass.reviewed_by` writes `events/<id>-review.yaml` beside the card, with
`rampgate break-glass review`, and opens the pull request, or approves it. A review counts once it has landed.
"""

from __future__ import annotations

from collections.abc import Iterator

from rampgate.approvals.quorum import in_words
from rampgate.approvals.tally import vouchers
from rampgate.formats.suggest import did_you_mean
from rampgate.model.approval import SlotState
from rampgate.model.facts import Facts, VersionFacts
from rampgate.model.finding import Answer
from rampgate.model.sourced import Missing, Sourced
from rampgate.model.statements import BreakGlassReview
from rampgate.model.vocabulary import ChangeKind, Outcome
from rampgate.rules._base import Nothing, RuleKind
from rampgate.rules._break_glass import records, review_of, reviewer_roles


def check(params: Nothing, facts: Facts) -> Iterator[Answer]:  # noqa: ARG001 - it has the shape of a check
    """Answer for records that the change touches, for reviews that it brings, and for reviews that are owed."""
    answers = [*_touched_records(facts), *_new_reviews(facts), *_owed(facts)]
    yield from answers or [Answer(Outcome.NOT_APPLICABLE, "no break-glass of this model waits for a review")]


def _touched_records(facts: Facts) -> Iterator[Answer]:
    """Yield every record of the base branch that the change alters or takes away."""
    for version in sorted(facts.siblings_before):
        after = records(facts.siblings, version)
        for id_, record in sorted(records(facts.siblings_before, version).items()):
            if id_ in after and after[id_].digest == record.digest:
                continue
            what = "is altered" if id_ in after else "is gone"
            message = f"{record.path} {what}; what was bypassed, and what was said of it, stays as it was"
            place = after[id_].at() if id_ in after else None
            yield Answer(Outcome.FAIL, message, location=place, fix="put the file back as it stands on the base branch")


def _new_reviews(facts: Facts) -> Iterator[Answer]:
    for version, each in sorted(facts.siblings.items()):
        for id_, review in sorted(each.break_glass_reviews.items()):
            if id_ not in records(facts.siblings_before, version):
                wrong = list(_faults(review, facts.siblings_before.get(version), facts))
                yield from wrong or [_vouched(review, facts)]


def _faults(review: Sourced[BreakGlassReview], before: VersionFacts | None, facts: Facts) -> Iterator[Answer]:
    """Yield everything that is wrong with a review, whoever approves it."""
    noun = review.noun
    known = before.break_glass if before is not None else {}
    reviewed = known.get(noun.of)

    def fail(key: str, message: str, fix: str) -> Answer:
        return Answer(Outcome.FAIL, message, str(getattr(noun, key)), location=review.at(key), fix=fix)

    if reviewed is None:
        message = f"no break-glass `{noun.of}` stands beside this version on the base branch"
        yield fail("of", f"{message}{did_you_mean(noun.of, known)}", "name the file that is reviewed, without `.yaml`")
    elif noun.by in (reviewed.noun.by, reviewed.noun.second):
        yield fail("by", f"`{noun.by}` broke the glass, and does not review it", "let somebody else review it")
    elif noun.date < reviewed.noun.date:
        yield fail("date", f"the review is dated {noun.date}, before the bypass", "write the day of the review")
    if noun.date > facts.today:
        yield fail("date", f"the review is dated {noun.date}, after today", "write the day of the review")
    person = facts.people.named(noun.by)
    roles = () if isinstance(facts.governance, Missing) else reviewer_roles(facts.governance)
    wanted = in_words([f"`{role}`" for role in roles], "or")
    if person is None:
        hint = did_you_mean(noun.by, (each.name for each in facts.people.people))
        yield fail("by", f"`{noun.by}` is not in policies/people.yaml{hint}", "name the person who reviewed it")
    elif not set(person.roles) & set(roles):
        yield fail("by", f"`{noun.by}` holds no role that reviews a break-glass", f"let a holder of {wanted} review it")


def _vouched(review: Sourced[BreakGlassReview], facts: Facts) -> Answer:
    """Return whether the review is the word of who it names: they opened the pull request, or approved it."""
    noun, place = review.noun, review.at("by")
    if facts.reviews.faults:
        message = f"the reviews can not be believed: {facts.reviews.faults[0]}"
        return Answer(Outcome.ERROR, message, location=place, fix="fetch the reviews again")
    if noun.by == facts.reviews.author or noun.by in vouchers(facts.reviews, facts.people) | facts.tally.people():
        words = f"`{noun.by}` has reviewed `{noun.of}`: {noun.conclusion.replace('_', ' ')}"
        return Answer(Outcome.PASS, words, noun.by, noun.by, place, attested=True)
    slot = SlotState("break_glass.reviewed", "", 1, missing=1, candidates=(noun.by,), person=noun.by)
    message = f"the review of `{noun.of}` waits for the approval of `{noun.by}`"
    wanted, fix = f"an approval by {noun.by}", f"ask {noun.by} to approve"
    return Answer(Outcome.WAITING, message, "none yet", wanted, place, fix, slots=(slot,))


def _owed(facts: Facts) -> Iterator[Answer]:
    """Yield every break-glass on the base branch that nobody has reviewed: overdue, or until when there is time."""
    only_adds = facts.change.kind is ChangeKind.AMEND and facts.change.only_adds
    for version, each in sorted(facts.siblings_before.items()):
        for id_, event in sorted(each.break_glass.items()):
            if review_of(id_, event.noun, each.break_glass_reviews) is not None:
                continue
            due, place = event.noun.review_by, event.at("review_by")
            who = f"break-glass `{id_}` of version {version}"
            fix = f"let it be reviewed: `rampgate break-glass review {id_}`, in a change that only adds its file"
            if due >= facts.today:
                words = f"{who} is to be reviewed by {due}"
                yield Answer(Outcome.PASS, words, "not yet", due, place, valid_until=due)
            elif only_adds:
                yield Answer(Outcome.NOT_APPLICABLE, f"{who} was to be reviewed by {due}; the change only adds files")
            else:
                yield Answer(Outcome.FAIL, f"{who} was to be reviewed by {due}, and is not", "none", due, place, fix)


KIND = RuleKind("break_glass.reviewed", Nothing, check, __doc__, may_be_waived=False, built_in=True)
