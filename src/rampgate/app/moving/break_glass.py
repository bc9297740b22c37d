"""Makes the file of a break-glass, or refuses at once one that could never count, with every reason."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from rampgate.app.judging.control import Control
from rampgate.app.moment import day_after
from rampgate.app.moving.event_file import BREAK_GLASS
from rampgate.app.new_file import new_file
from rampgate.approvals.teams import at_best
from rampgate.core.break_glass import bypassable
from rampgate.core.paths import version_folder
from rampgate.errors import UsageProblem
from rampgate.formats.suggest import did_you_mean
from rampgate.model.registry import BreakGlassTerms
from rampgate.model.statements import BreakGlass
from rampgate.rules import BY_ID


@dataclass(frozen=True, slots=True)
class BreakGlassRequest:
    """What is to be bypassed. day: UTC, today; review_by: "" for as late as governance allows.

    from_stage, to_stage: by today's names.
    """

    model: str
    version: str
    from_stage: str
    to_stage: str
    rules: Sequence[str]
    by: str
    second: str
    reason: str
    ticket: str
    day: str
    review_by: str = ""


@dataclass(frozen=True, slots=True)
class NewBreakGlass:
    """The file of a break-glass, not yet written. path: from the root of the repository."""

    path: str
    data: bytes
    event: BreakGlass


def break_glass_event(request: BreakGlassRequest, control: Control, *, taken: Collection[str] = ()) -> NewBreakGlass:
    """Return the file that comes with a promotion that bypasses rules; the caller writes it into the same commit.

    taken: names that stand under the version's `events/` already. Raises UsageProblem with every reason why it could
    never count, whoever approves it.
    """
    terms = control.governance.noun.break_glass
    if terms is None:
        raise UsageProblem(
            "nothing can be bypassed here: policies/governance.yaml has no `break_glass`\n"
            "meet the rules, or ask for a waiver with `rampgate waive`"
        )
    reasons = list(_why_never(request, terms, control))
    if reasons:
        raise UsageProblem("this break-glass could never count:\n" + "\n".join(f"  - {reason}" for reason in reasons))
    review_by = request.review_by or day_after(request.day, terms.review_within_days)
    values: dict[str, Any] = {
        "schema": "rampgate/break-glass/v1",
        "from": request.from_stage,
        "to": request.to_stage,
        "rules": list(dict.fromkeys(request.rules)),
        "reason": request.reason.strip(),
        "ticket": request.ticket.strip(),
        "by": request.by,
        "second": request.second,
        "date": request.day,
        "review_by": review_by,
    }
    path = _free_path(request, taken)
    data, event = new_file(path, values, BreakGlass, "break-glass")
    return NewBreakGlass(path, data, event)


def _why_never(request: BreakGlassRequest, terms: BreakGlassTerms, control: Control) -> Iterator[str]:
    known = bypassable(control.policies, BY_ID)
    for rule in request.rules:
        if rule not in known:
            hint = did_you_mean(rule, known) or f"; `rampgate plan {request.model}` lists what is open"
            yield f"`{rule}` is no rule that can be bypassed{hint}"
    if not request.rules:
        yield "it names no rule to bypass"
    if not request.ticket.strip():
        yield "it names no ticket"
    limit, exposure = terms.max_exposure_percent, control.ladder.noun.exposure(request.to_stage)
    if limit is not None and exposure > limit:
        yield f"break-glass reaches {limit}% of traffic at most, and `{request.to_stage}` has {exposure}%"
    last = day_after(request.day, terms.review_within_days)
    if request.review_by and not request.day <= request.review_by <= last:
        yield f"its review on {request.review_by} is not between today and {last}, which governance allows"
    if request.by == request.second:
        yield f"`{request.by}` can not be the second person too; break-glass takes two"
    for name in dict.fromkeys((request.by, request.second)):
        yield from _person_faults(name, terms, control)


def _person_faults(name: str, terms: BreakGlassTerms, control: Control) -> Iterator[str]:
    people = at_best(control.people.noun)
    person = people.named(name)
    able = [each.name for each in people.people if set(each.roles) & set(terms.by) and each.accounts]
    if person is None:
        yield f"`{name}` is nobody in policies/people.yaml{did_you_mean(name, [each.name for each in people.people])}"
    elif not set(person.roles) & set(terms.by):
        who = ", ".join(f"`{each}`" for each in able[:6]) or "nobody"
        yield f"`{name}` holds no role that may break the glass ({', '.join(terms.by)}); {who} can"
    elif not person.accounts:
        yield f"`{name}` has no account in policies/people.yaml, and so can neither ask nor approve"


def _free_path(request: BreakGlassRequest, taken: Collection[str]) -> str:
    """Return the path of a file that is not there yet; a record is never written over."""
    stem = f"{request.day}{BREAK_GLASS}"
    used = {name.casefold() for name in taken}
    names = (stem, *(f"{stem}-{number}" for number in range(2, 10_000)))
    free = next(name for name in names if f"{name}.yaml" not in used)
    return f"{version_folder(request.model, request.version)}/events/{free}.yaml"
