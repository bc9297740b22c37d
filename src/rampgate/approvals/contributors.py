"""Finds everyone who had a hand in a change, from what the forge lists and from what Git itself has.

Git's commits say which addresses were typed; the forge says whose accounts they are. The account's number wins where
both are known, yet both are contributors: whoever either of them names may not approve. Addresses can be typed by
anybody, so this keeps honest people honest; signatures and the forge's own push rules stop the others.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Final, Literal

from rampgate.model.approval import Contributor, Dismissal, Review, ReviewFacts
from rampgate.model.people import People
from rampgate.model.pull_request import CommitPeople, ForgeAccount, ForgeCommit, ForgeDismissal, RawReviews
from rampgate.model.sourced import Missing

How = Literal["author", "commit author", "committer", "co-author"]

_TRAILER: Final = re.compile(r"^[ \t]*co-authored-by[ \t]*:[ \t]*(.*?)[ \t]*$", re.IGNORECASE | re.MULTILINE)
_ADDRESS: Final = re.compile(r"[^\s<>]+@[^\s<>]+")


def contributors(
    raw: RawReviews | None, git_commits: Sequence[CommitPeople], people: People
) -> tuple[tuple[Contributor, ...], tuple[str, ...]]:
    """Return the contributors, each named once for each commit, and why the forge's lists can not be believed.

    raw: None where no reviews were handed over. git_commits: everything between base and head, second parents
    included. Source: the forge's list and Git's must name the same commits, the head among them.
    """
    listed = {each.people.sha: each for each in raw.commits} if raw else {}
    found = list(_who_asked(raw, people)) if raw else []
    for commit in git_commits:
        found += _of_commit(commit, listed.get(commit.sha), people)
    ours = {commit.sha for commit in git_commits}
    for commit in (each.people for sha, each in listed.items() if sha not in ours):
        found += _of_commit(commit, listed[commit.sha], people)
    return tuple(dict.fromkeys(found)), tuple(_faults(raw, ours)) if raw else ()


def review_facts(
    raw: RawReviews | None,
    git_commits: Sequence[CommitPeople],
    people: People,
    *,
    head: str,
    content: str,
    contents: Mapping[str, str | Missing],
) -> ReviewFacts:
    """Return everything that is known of the people behind a change.

    head: the commit that is judged; a pull request that names another one can not be believed. content: the content
    key of what would land. contents: reviewed commit -> its content key, or why it is not known.
    """
    found, faults = contributors(raw, git_commits, people)
    if raw is None:
        return ReviewFacts(given=False, contributors=found, content=content, head=head)
    if raw.head != head:
        faults = (f"the reviews are of a pull request at {raw.head[:7]}, not at {head[:7]}; fetch them again", *faults)
    unknown = Missing("the forge does not say which commit was reviewed")
    unread = Missing("the reviewed commit can not be read")
    dismissals = {each.review: _dismissal(each) for each in raw.dismissals or ()}
    reviews = tuple(
        Review(
            id=each.id,
            account_id=each.account.id if each.account else None,
            login=each.account.login if each.account else "ghost",
            is_bot=each.account.is_bot if each.account else False,
            state=each.state,
            commit=each.commit,
            content=contents.get(each.commit, unread) if each.commit else unknown,
            dismissal=dismissals.get(each.id),
        )
        for each in raw.reviews
    )
    opener = people.by_account(raw.author.id) if raw.author else None
    return ReviewFacts(
        given=True,
        number=raw.number,
        author=opener.name if opener else "",
        author_account=raw.author.id if raw.author else None,
        contributors=found,
        reviews=reviews,
        content=content,
        head=head,
        faults=faults,
        draft=raw.draft,
        from_fork=raw.from_fork if raw.base_repository else None,
    )


def _dismissal(told: ForgeDismissal) -> Dismissal:
    by = told.by
    if by is None:
        return Dismissal(None, "ghost", is_bot=False, was=told.was, message=told.message)
    return Dismissal(by.id, by.login, is_bot=by.is_bot, was=told.was, message=told.message)


def co_authors(message: str) -> tuple[str, ...]:
    """Return the addresses in a message's `Co-authored-by` lines, wherever they stand; a line without one, whole."""
    named = []
    for trailer in _TRAILER.findall(message.replace("\r", "\n")):
        named += _ADDRESS.findall(trailer) or ([trailer] if trailer else [])
    return tuple(dict.fromkeys(named))


def _who_asked(raw: RawReviews, people: People) -> Iterator[Contributor]:
    if raw.author is None:
        yield Contributor("author", "an account that no longer exists")
    else:
        yield _by_account("author", raw.author, "", people)


def _of_commit(commit: CommitPeople, listed: ForgeCommit | None, people: People) -> Iterator[Contributor]:
    told = listed.people if listed else commit
    sides: tuple[tuple[How, set[str], ForgeAccount | None], ...] = (
        ("commit author", {commit.author_email, told.author_email}, listed.author if listed else None),
        ("committer", {commit.committer_email, told.committer_email}, listed.committer if listed else None),
    )
    for how, emails, account in sides:
        if account is not None:
            yield _by_account(how, account, commit.sha, people)
        for email in sorted(emails):
            by_email = _by_email(how, email, commit.sha, people)
            # An address that the forge has attributed to an account needs no entry of its own.
            if account is None or by_email.is_known:
                yield by_email
    for email in dict.fromkeys((*co_authors(commit.message), *co_authors(told.message))):
        yield _by_email("co-author", email, commit.sha, people)


def _by_account(how: How, account: ForgeAccount, commit: str, people: People) -> Contributor:
    person, bot = people.by_account(account.id), people.bot_by_account(account.id)
    return Contributor(how, account.login, person.name if person else "", bot.login if bot else "", commit)


def _by_email(how: How, email: str, commit: str, people: People) -> Contributor:
    person = people.by_email(email)
    bot = None if person else people.bot_by_email(email)
    return Contributor(how, email, person.name if person else "", bot.login if bot else "", commit)


def _faults(raw: RawReviews, ours: set[str]) -> Iterator[str]:
    theirs = {each.people.sha for each in raw.commits}
    fix = "fetch the pull request and its branch again; if that does not help, update the branch"
    if theirs - ours:
        yield f"the forge lists {_commits(theirs - ours)} that Git does not have between base and head; {fix}"
    if ours - theirs:
        yield f"Git has {_commits(ours - theirs)} between base and head that the forge does not list; {fix}"
    if raw.head not in theirs or raw.head not in ours:
        yield f"the head {raw.head[:7]} is not among the commits of the pull request; {fix}"


def _commits(shas: set[str]) -> str:
    shown = ", ".join(sha[:7] for sha in sorted(shas)[:3])
    more = f" and {len(shas) - 3} more" if len(shas) > 3 else ""
    return f"{'commit' if len(shas) == 1 else 'commits'} {shown}{more}"
