"""The checks of people and files: who there is, whether GitHub knows them, who owns the rules, who watches."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Final

from rampgate.core import workflow_text as text
from rampgate.core.doctor_base import Check, Found, NotRead, advice, hole, known, of_kind, weakness
from rampgate.formats.codeowners import owners_of
from rampgate.model.doctor import Seen, Unread

MOST_DAYS_UNWATCHED: Final = 3
_RULES: Final = (
    "policies/people.yaml",
    "policies/governance.yaml",
    ".github/workflows/rampgate-gate.yml",
    ".github/CODEOWNERS",
)
_A_CARD: Final = "model_cards/credit-risk/1.0.0/card.yaml"


def _policies(seen: Seen) -> Iterator[Found]:
    if seen.policies:
        yield weakness(f"people and branch can not be read from `{seen.branch}`: {seen.policies}", "`rampgate check`")


def _one_person(seen: Seen) -> Iterator[Found]:
    if seen.persons < 2 and not seen.policies:
        count = "nobody" if not seen.persons else "one person"
        yield hole(
            f"{count} of policies/people.yaml has an account: the gate is advisory here, and stops nobody",
            "add a second person with an account, by a pull request on policies/people.yaml",
        )


def _renamed(seen: Seen) -> Iterator[Found]:
    for each in seen.accounts:
        found = each.found
        if isinstance(found, Unread) or found == each.number:
            continue
        now = "nobody's" if found is None else f"the account {found}'s"
        yield weakness(
            f"`{each.login}` of {each.person} is {now} login now, and the file says {each.number}",
            f"`gh api user/{each.number} --jq .login` gives the login of that account; correct policies/people.yaml",
        )
    _raise_first([each.found for each in seen.accounts])


def _no_write(seen: Seen) -> Iterator[Found]:
    for each in seen.accounts:
        if not isinstance(each.permission, Unread) and each.permission not in ("admin", "write"):
            yield advice(
                f"`{each.login}` of {each.person} has the permission `{each.permission}` here",
                f"`gh api -X PUT repos/{seen.repository}/collaborators/{each.login} -f permission=push`",
            )
    _raise_first([each.permission for each in seen.accounts])


def _raise_first(parts: list[int | str | Unread | None]) -> None:
    for part in parts:
        if isinstance(part, Unread):
            raise NotRead(part)


def _teams(seen: Seen) -> Iterator[Found]:
    for name, unread in seen.teams.items():
        raise NotRead(Unread(f"the members of `{name}`: {unread.why}", unread.needs))
    yield from ()


def _owners(seen: Seen) -> Iterator[Found]:
    if seen.owners is None:
        yield advice("there is no CODEOWNERS", "`rampgate github init` writes .github/CODEOWNERS")
        return
    unowned = [path for path in _RULES if not owners_of(seen.owners, path)]
    if unowned:
        yield advice(
            f"CODEOWNERS gives nobody {', '.join(f'`{path}`' for path in unowned)}",
            "add lines `/policies/ @OWNERS` and `/.github/ @OWNERS` at its end",
        )


def _owner_errors(seen: Seen) -> Iterator[Found]:
    for error in known(seen.owner_errors):
        yield weakness(
            f"GitHub finds a fault in CODEOWNERS: {error}", "correct that line; the owner must have write access"
        )


def _owned_cards(seen: Seen) -> Iterator[Found]:
    asks = [
        rule for rule in of_kind(seen.rules, "pull_request") if rule.parameters.get("require_code_owner_review") is True
    ]
    if asks and seen.owners is not None and (owners := owners_of(seen.owners, _A_CARD)):
        yield weakness(
            f"CODEOWNERS gives model_cards/ to {', '.join(owners)}, and {asks[0].source} waits for them",
            "end CODEOWNERS with a line `/model_cards/` without owners; the policies say who must approve",
        )


def _monitor(seen: Seen) -> Iterator[Found]:
    last = known(seen.monitor)
    fix = "`gh workflow enable rampgate-monitor.yml` and `gh workflow run rampgate-monitor.yml`; look at what it says"
    if last is None:
        is_there = text.monitor(seen.workflows) is not None
        what = "the monitor workflow has not run yet" if is_there else "there is no monitor workflow"
        yield advice(what, fix if is_there else "`rampgate github init` writes rampgate-monitor.yml")
    elif (days := _days(last, seen.now)) > MOST_DAYS_UNWATCHED:
        yield weakness(f"the monitor workflow last ran {days} days ago", fix)


def _days(then: str, now: str) -> int:
    return (datetime.fromisoformat(now) - datetime.fromisoformat(then)).days


CHECKS: Final = (
    Check("one-person", "Nobody could say no to the one who asks.", _one_person),
    Check("policies-not-readable", "The gate can not judge by files that are not valid.", _policies),
    Check("account-renamed", "Reviews count by number, so that this person's would not count.", _renamed),
    Check("codeowners-errors", "A line that GitHub can not use protects nothing.", _owner_errors),
    Check("codeowners-holds-rollback", "A rollback would wait for a code owner.", _owned_cards),
    Check("monitor-stale", "Nobody is told of what ended or was opened meanwhile.", _monitor),
    Check("teams-not-readable", "Roles that are held by a team would be filled by nobody.", _teams),
    Check("codeowners-incomplete", "Nobody is asked to look at a change of the rules.", _owners),
    Check(
        "no-write-permission", "GitHub does not count this person's approval natively, though rampgate does.", _no_write
    ),
)
"""The checks of people and files, in the order in which equals are shown."""
