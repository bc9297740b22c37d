"""Everyone who opened, wrote or committed the change is a person or a bot of the people file.

## Why it exists
Whoever is not known could approve their own work under another name. So one commit by somebody whom nobody can name
leaves the whole pull request undecided, until the people file says who it is.

## Example
Applied by rampgate itself to every change that is reviewed; a policy does not name it.

The account at the forge decides where there is one, else the address in the commit. An unknown `Co-authored-by` line
is reported and does not block, for anybody can type one.

## How to satisfy it
Add the address that the message names to `emails`, or the account to `accounts`, of its person in
`policies/people.yaml`, in a policy change of its own; a service belongs under `bots`. Or commit again with an address
that is listed there.
"""

from __future__ import annotations

from collections.abc import Iterator

from rampgate.model.approval import Contributor
from rampgate.model.facts import Facts
from rampgate.model.finding import Answer
from rampgate.model.vocabulary import Outcome
from rampgate.rules._base import Nothing, RuleKind


def check(params: Nothing, facts: Facts) -> Iterator[Answer]:  # noqa: ARG001 - it has the shape of a check
    """Answer once for every unknown contributor, or once that all are known."""
    reviews = facts.reviews
    fix = "fetch the pull request, its reviews and its commits again"
    for fault in reviews.faults:
        yield Answer(Outcome.ERROR, f"the people behind the change can not be told: {fault}", fix=fix)
    strangers = _once([each for each in reviews.contributors if not each.is_known and each.how != "co-author"])
    yield from (_unknown(each) for each in strangers)
    if reviews.given and not any(each.how == "author" for each in reviews.contributors):
        yield Answer(Outcome.ERROR, "nobody is named who opened the pull request", "nobody", "a person", fix=fix)
    elif not strangers and not reviews.faults:
        yield _known(facts)
    for each in _once([each for each in reviews.contributors if not each.is_known and each.how == "co-author"]):
        message = (
            f"warning: co-author `{each.mark}` of {each.commit[:7]} is not in policies/people.yaml, and is not checked"
        )
        yield Answer(Outcome.NOT_APPLICABLE, message, each.mark, "an address of a person")


def _known(facts: Facts) -> Answer:
    names = list(dict.fromkeys(each.person or each.bot for each in facts.reviews.contributors if each.is_known))
    if not names:
        return Answer(Outcome.NOT_APPLICABLE, "there is no pull request and no commit to attribute yet")
    return Answer(Outcome.PASS, f"everyone behind the change is known: {', '.join(names)}", found=", ".join(names))


def _unknown(stranger: Contributor) -> Answer:
    if stranger.how == "author":
        message = f"`{stranger.mark}`, who opened the pull request, is not in policies/people.yaml"
        fix = "add the account to `accounts` of its person in policies/people.yaml, in a change of its own"
        return Answer(Outcome.ERROR, message, stranger.mark, "an account of a person", fix=fix)
    where = f"{stranger.how} of {stranger.commit[:7]}"
    field = "emails" if "@" in stranger.mark else "accounts"
    what = "address" if field == "emails" else "account"
    fix = (
        f"add the {what} to `{field}` of its person (or bot) in policies/people.yaml, in a change of its own, "
        f"or commit with one that is listed"
    )
    message = f"`{stranger.mark}`, {where}, is not in policies/people.yaml"
    return Answer(Outcome.ERROR, message, stranger.mark, f"{what} of a person or bot", fix=fix)


def _once(contributors: list[Contributor]) -> list[Contributor]:
    """Return one contributor for each part and mark, however many commits they made: the first."""
    first: dict[tuple[str, str], Contributor] = {}
    for each in contributors:
        first.setdefault((each.how, each.mark.casefold()), each)
    return list(first.values())


KIND = RuleKind("people.attributable", Nothing, check, __doc__, may_be_waived=False, built_in=True)
