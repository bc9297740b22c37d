"""Nobody of the people file asks for changes.

## Why it exists
Whoever saw a danger and said so must be heard, however many others approve, and where no quorum is asked for too. The
forge lets anybody with write access dismiss a review; that must not be a way around the person.

## Example
Applied by rampgate itself to every change that is reviewed; a policy does not name it. `policies/governance.yaml` may
name roles whose holders lift an objection of somebody else:

```yaml
veto_lifted_by: [head_of_risk]
```
An objection stands on any content, whatever is pushed after it. It is lifted by its author, who approves later or
dismisses the review themselves, or by a holder of such a role who has no hand in the change, dismisses the review and
says why. What a dismissed review was, and who dismissed it, stands in `events` of the reviews file; where a review of
a listed person was dismissed and nobody says by whom, nothing is allowed. Requests for changes by bots and by people
who are not listed are ignored.

## How to satisfy it
Settle it with the person whom the message names, and ask them to approve.
"""

from __future__ import annotations

from collections.abc import Iterator

from rampgate.approvals.quorum import in_words
from rampgate.model.approval import Objection
from rampgate.model.facts import Facts
from rampgate.model.finding import Answer
from rampgate.model.sourced import Missing
from rampgate.model.vocabulary import Outcome
from rampgate.rules._base import Nothing, RuleKind


def check(params: Nothing, facts: Facts) -> Iterator[Answer]:  # noqa: ARG001 - it has the shape of a check
    """Answer once for every person who objects or may do so, or once that nobody does."""
    tally = facts.tally
    objecting = {each.person: each for each in reversed(tally.objections)}
    yield from (_standing(objecting[each], facts) for each in dict.fromkeys(o.person for o in tally.objections))
    yield from (_untold(each) for each in tally.untold if each.person not in objecting)
    if tally.objections or tally.untold:
        return
    if facts.reviews.given:
        yield Answer(Outcome.PASS, "nobody asks for changes")
    else:
        yield Answer(Outcome.NOT_APPLICABLE, "there are no reviews yet")


def _standing(objection: Objection, facts: Facts) -> Answer:
    who = objection.person
    roles = () if isinstance(facts.governance, Missing) else facts.governance.veto_lifted_by
    holder = in_words([f"`{role}`" for role in roles], "or")
    or_else = f", or a {holder} who dismisses it and says why" if roles else ""
    message = f"`{who}` asked for changes" + (f", and {objection.dismissed}" if objection.dismissed else "")
    fix = f"settle it with `{who}`: only their own approval lifts it{or_else}"
    return Answer(Outcome.FAIL, message, f"review {objection.review}", "no objection", fix=fix)


def _untold(review: Objection) -> Answer:
    message = f"review {review.review} by `{review.person}` was dismissed, and the file does not say by whom"
    fix = "hand over `events`, the forge's events of the pull request"
    return Answer(Outcome.ERROR, message, f"review {review.review}", "who dismissed it, and what it was", fix=fix)


KIND = RuleKind("approval.no_objection", Nothing, check, __doc__, may_be_waived=False, built_in=True)
