"""Judges a change twice: as it is, and as if other people had approved its head; nothing is written or published.

The second judgement is the same call on the same bytes, with reviews added and left out. So whatever keeps a real
approval from counting keeps a simulated one from it too.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from rampgate.adapters.git_objects import GitObjects
from rampgate.app.judging.assumed import assumed_pull_request
from rampgate.app.judging.control import Control, has_policies, load_control
from rampgate.app.judging.gate import GateRequest, gate
from rampgate.app.judging.trees import GitTree
from rampgate.errors import InvalidInput, Unreachable, UsageProblem
from rampgate.formats.suggest import did_you_mean
from rampgate.model.approval import IgnoredReview
from rampgate.model.people import Account, Bot, People, Person, noreply_account
from rampgate.model.simulated import Simulated, SimulatedApproval


@dataclass(frozen=True, slots=True)
class SimulateRequest:
    """What is supposed.

    base, head, now, reviews: as for the gate; without reviews, a pull request by the head commit's author is assumed.
    approve_by: logins or names of persons who approve the head; ignore: those whose reviews are left out.
    """

    repo: Path
    base: str
    head: str
    now: str
    reviews: Path | bytes | None
    approve_by: Sequence[str]
    ignore: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class Whose:
    """One account that was named: whose it is, by the people file."""

    name: str
    id: int
    login: str
    kind: str


def simulate(request: SimulateRequest) -> Simulated:
    """Return the decision as it is, and as it would be.

    Raises UsageProblem for a login that nobody has, and for nobody named at all; else as the gate does. Where there is
    nothing to judge, or the input is invalid, both decisions are the same.
    """
    if not request.approve_by and not request.ignore:
        raise UsageProblem("name somebody who approves, or somebody whose reviews are left out")
    with GitObjects.open(request.repo) as git:
        asked = GateRequest(git, request.base, request.head, request.now, request.reviews)
        base, head = git.resolve(request.base), git.resolve(request.head)
        try:
            control = _control(git, base, head)
        except InvalidInput:
            control = None
        if control is None:
            same = gate(asked)
            return Simulated(same, same)
        people = control.people.noun
        approving = [whose for word in request.approve_by for whose in _accounts(word, people, "approve")[:1]]
        leaving = [whose for word in request.ignore for whose in _accounts(word, people, "be left out")]
        assumed = ""
        if request.reviews is None:
            assumed, forged = _assumed(git, base, head, control)
            asked = replace(asked, reviews=json.dumps(forged).encode())
        before = gate(asked)
        if before.problems or before.verdict is None:
            return Simulated(before, before, assumed=assumed)
        value, approvals, left_out = _supposed(_bytes(asked.reviews), head, approving, leaving)
        after = gate(replace(asked, reviews=value))
    return Simulated(before, after, approvals, left_out, assumed)


def _control(git: GitObjects, base: str, head: str) -> Control | None:
    """Return what the change is judged by: base's, or the branch's own where base has none; None where neither has."""
    for commit in (base, head):
        tree = GitTree(git, git.tree_of(commit), commit[:7])
        if has_policies(tree):
            return load_control(tree)
    return None


def _accounts(word: str, people: People, what: str) -> list[Whose]:
    """Return the accounts of the person or bot that a name or login means. Raises UsageProblem where it is nobody."""
    name = word.removeprefix("@")
    named, by_login = people.named(name), next((p for p in people.people if _has_login(p.accounts, name)), None)
    if named is not None and by_login is not None and named.name != by_login.name:
        raise UsageProblem(f"`{word}` is the name of one person and the login of `{by_login.name}`; give another login")
    person = named or by_login
    if person is not None:
        accounts = sorted(person.accounts, key=lambda account: not _has_login((account,), name))
        if not accounts:
            raise UsageProblem(f"`{person.name}` has no account in policies/people.yaml, and so can not {what}")
        return [Whose(person.name, account.id, account.login, "User") for account in accounts]
    bot = next((each for each in people.bots if _has_login((each,), name)), None)
    if bot is not None:
        return [Whose(bot.login, bot.id, bot.login, "Bot")]
    logins = [account.login for each in people.people for account in each.accounts]
    known = [*(each.name for each in people.people), *logins, *(each.login for each in people.bots)]
    raise UsageProblem(f"`{word}` is nobody in policies/people.yaml{did_you_mean(name, known)}")


def _has_login(accounts: Sequence[Account | Bot], login: str) -> bool:
    return any(account.login.casefold() == login.casefold() for account in accounts)


def _assumed(git: GitObjects, base: str, head: str, control: Control) -> tuple[str, dict[str, Any]]:
    """Return a pull request that the head commit's author could have opened, and that it is only assumed."""
    email, people = git.commit(head).author_email, control.people.noun
    author = _author(people.by_email(email) or people.bot_by_email(email), email)
    if author is not None:
        who = f"`{author.name}`, who wrote the head commit"
    else:
        who = f"an unknown account, for nobody with one in policies/people.yaml has the head commit's address `{email}`"
    user = None if author is None else {"id": author.id, "login": author.login, "type": author.kind}
    words = f"no reviews were given: a pull request without any is assumed, opened by {who}"
    return words, assumed_pull_request(git, base, head, control.governance.noun.branch, user)


def _author(found: Person | Bot | None, email: str) -> Whose | None:
    match found:
        case Person(accounts=accounts) if accounts:
            return Whose(found.name, accounts[0].id, accounts[0].login, "User")
        case Bot():
            return Whose(found.login, found.id, found.login, "Bot")
    number = noreply_account(email)
    return Whose(email, number, email.partition("@")[0].partition("+")[2], "User") if number else None


def _bytes(given: Path | bytes | None) -> bytes:
    if isinstance(given, bytes):
        return given
    try:
        return given.read_bytes() if given else b""
    except OSError as error:
        raise Unreachable(f"{given!s}: {error.strerror or error}") from error


def _supposed(
    data: bytes, head: str, approving: Sequence[Whose], leaving: Sequence[Whose]
) -> tuple[bytes, tuple[SimulatedApproval, ...], tuple[IgnoredReview, ...]]:
    """Return the reviews file with approvals of the head added and reviews left out; the gate has accepted the file."""
    value = json.loads(data, parse_float=str)
    gone = {each.id for each in leaving}
    kept, left_out = [], []
    for review in value["reviews"]:
        user = review.get("user") or {}
        if user.get("id") in gone:
            left_out.append(IgnoredReview(user["login"], review["id"], "left out of this simulation"))
        else:
            kept.append(review)
    first = max((review["id"] for review in value["reviews"]), default=0) + 1
    approvals = []
    for number, each in enumerate(dict.fromkeys(approving), first):
        user = {"id": each.id, "login": each.login, "type": each.kind}
        kept.append({"id": number, "user": user, "state": "APPROVED", "commit_id": head})
        approvals.append(SimulatedApproval(each.name, each.login, number))
    return json.dumps({**value, "reviews": kept}).encode(), tuple(approvals), tuple(left_out)
