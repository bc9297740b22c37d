"""A break-glass is asked for by one person, approved by a second, and bypasses only rules that can be bypassed.

## Why it exists
In an emergency a promotion can be safer than the version that serves. Then two people answer for it by name, for this
move alone, and somebody else looks at it afterwards. A label or a title bypasses nothing.

## Example
```yaml
schema: rampgate/governance/v1
policy_change: {slots: [{role: policy_owner, count: 2}]}
break_glass: {by: [incident_lead], reviewed_by: [risk], review_within_days: 7, max_exposure_percent: 25}
```
Applied by rampgate itself to every change of a model; a policy does not name it. Where governance has no `break_glass`,
nothing can be bypassed.

The file `events/<id>.yaml` of schema `rampgate/break-glass/v1` comes with the promotion and names `by`, who opens the
pull request or approves it, `second`, who has no hand in it and approves this very content, the rules, a ticket, and
the day by which it is reviewed. Both persons hold a role of `break_glass.by`.

## How to satisfy it
`rampgate promote MODEL --to STAGE --break-glass` writes the file, or says at once why it could never count. The persons
whom the message names approve the pull request. Everything else that it tells is corrected in the file.
"""

from __future__ import annotations

from collections.abc import Iterator

from rampgate.approvals.quorum import in_words
from rampgate.approvals.tally import vouchers
from rampgate.model.approval import SlotState
from rampgate.model.facts import Facts
from rampgate.model.finding import Answer
from rampgate.model.vocabulary import Outcome
from rampgate.rules._base import Nothing, RuleKind
from rampgate.rules._break_glass import Brought, brought, faults, terms_of


def check(params: Nothing, facts: Facts) -> Iterator[Answer]:  # noqa: ARG001 - it has the shape of a check
    """Answer for every break-glass that the change brings."""
    new = brought(facts)
    if not new:
        yield Answer(Outcome.NOT_APPLICABLE, "the change brings no break-glass")
    for extra in new[1:]:
        message = f"it brings {len(new)} break-glass files; one promotion has one"
        yield Answer(Outcome.FAIL, message, str(len(new)), "1", extra.event.at(), "put all rules into one of them")
    for each in new[:1]:
        wrong = list(faults(each, facts))
        yield from wrong or [_granted(each, facts)]


def _granted(found: Brought, facts: Facts) -> Answer:
    """Return whether it is the word of both persons: of who asks, and of the second, who had no hand in it."""
    noun, event = found.event.noun, found.event
    if facts.reviews.faults:
        message = f"the reviews can not be believed: {facts.reviews.faults[0]}"
        return Answer(Outcome.ERROR, message, location=event.at("second"), fix="fetch the reviews again")
    # Anybody can type a name into a file or a commit: opening the pull request or approving it makes the words theirs.
    asks = noun.by == facts.reviews.author or noun.by in vouchers(facts.reviews, facts.people)
    agrees = noun.second in facts.tally.people()
    awaited = [(key, name) for key, name, said in (("by", noun.by, asks), ("second", noun.second, agrees)) if not said]
    if not awaited:
        rules = in_words([f"`{rule}`" for rule in noun.rules], "and")
        words = f"`{noun.by}` and `{noun.second}` break the glass ({noun.ticket}): {rules}"
        names = f"{noun.by}, {noun.second}"
        return Answer(Outcome.PASS, words, names, "two persons", event.at("by"), valid_until=noun.review_by)
    names = in_words([name for _, name in awaited], "and")
    shown = in_words([f"`{name}`" for _, name in awaited], "and")
    slots = tuple(_slot(name, facts) for _, name in awaited)
    message = f"the break-glass waits for the approval of {shown}"
    place, wanted, fix = event.at(awaited[0][0]), f"an approval by {names}", f"ask {names} to approve"
    return Answer(Outcome.WAITING, message, "none yet", wanted, place, fix, slots=slots)


def _slot(name: str, facts: Facts) -> SlotState:
    person, terms = facts.people.named(name), terms_of(facts)
    held = person.roles if person else ()
    role = next((each for each in (terms.by if terms else ()) if each in held), "")
    return SlotState("break_glass.granted", role, 1, missing=1, candidates=(name,), person=name)


KIND = RuleKind("break_glass.granted", Nothing, check, __doc__, may_be_waived=False, built_in=True)
