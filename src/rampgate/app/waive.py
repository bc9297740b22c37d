"""Writes a waiver, or refuses at once one that could never count, with every reason."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rampgate.app.judging.control import Control, load_control
from rampgate.app.judging.trees import Tree, WorkTree
from rampgate.app.moment import day_after, parse_day
from rampgate.app.moving.stages import read_stages, stage_named
from rampgate.app.new_file import new_file
from rampgate.app.work_files import find_root
from rampgate.app.write import write_whole
from rampgate.approvals.teams import at_best
from rampgate.core.bound import BoundRule
from rampgate.core.builtin import BUILT_IN
from rampgate.core.paths import WAIVERS
from rampgate.core.waive import cap_of, too_long
from rampgate.errors import UsageProblem
from rampgate.formats.suggest import did_you_mean
from rampgate.model.people import People
from rampgate.model.policy import Waivable
from rampgate.model.vocabulary import Effect
from rampgate.model.waiver import Waiver


@dataclass(frozen=True, slots=True)
class WaiveRequest:
    """What is to be waived. ends: "" and days: 0 where not said; exactly one of them is. day: UTC, its first day."""

    repo: Path
    rule: str
    model: str
    version: str
    entering: str
    reason: str
    owner: str
    approved_by: str
    day: str
    days: int = 0
    ends: str = ""


@dataclass(frozen=True, slots=True)
class Waived:
    """The waiver that was written. path: from the root of the repository; notes: what the user should know beside."""

    path: str
    waiver: Waiver
    notes: tuple[str, ...] = ()


def waive(request: WaiveRequest) -> Waived:
    """Write the waiver under the next free id and return it.

    Raises UsageProblem with every reason why it could never count, InvalidInput for broken policies; nothing is then
    written.
    """
    root = find_root(request.repo)
    tree = WorkTree(root)
    control = load_control(tree)
    bound = _rule(control, request)
    entering = stage_named(control.ladder.noun, request.entering)
    read_stages(tree, request.model, control.ladder.noun).named(request.version)
    ends = _ends(request)
    waiver_id = _next_id(tree, request.day[:4])
    path = f"{WAIVERS}/{waiver_id}.yaml"
    values: dict[str, Any] = {
        "schema": "rampgate/waiver/v1",
        "id": waiver_id,
        "rule": request.rule,
        "model": request.model,
        "version": request.version,
        "entering": entering,
        "reason": request.reason.strip(),
        "owner": request.owner,
        "approved_by": request.approved_by,
        "starts": request.day,
        "ends": ends,
    }
    reasons = list(_why_never(Waiver.model_construct(**values), bound, control))
    if reasons:
        raise UsageProblem("this waiver could never count:\n" + "\n".join(f"  - {reason}" for reason in reasons))
    data, waiver = new_file(path, values, Waiver, "waiver")
    write_whole(root / path, data)
    return Waived(path, waiver, tuple(_notes(bound, entering, request.day)))


def _rule(control: Control, request: WaiveRequest) -> BoundRule:
    """Return the rule that was named. Raises UsageProblem for one that is not there, or that nothing waives."""
    rules = {bound.rule.id: bound for bound in control.rules(request.day)}
    if request.rule in rules:
        return rules[request.rule]
    if request.rule in {bound.rule.id for bound in BUILT_IN}:
        raise UsageProblem(f"`{request.rule}` is a rule of rampgate itself, and can not be waived")
    waivable = [name for name, bound in rules.items() if bound.rule.waivable is not None]
    known = ", ".join(f"`{name}`" for name in waivable) or "none"
    raise UsageProblem(f"no policy has a rule `{request.rule}`{did_you_mean(request.rule, rules)}\nwaivable: {known}")


def _ends(request: WaiveRequest) -> str:
    """Return the last day, which counts: one day is today alone."""
    if bool(request.days) == bool(request.ends):
        raise UsageProblem("say how long with either --days N or --ends DATE")
    if request.ends:
        return parse_day(request.ends, "--ends")
    return day_after(request.day, request.days - 1)


def _why_never(waiver: Waiver, bound: BoundRule, control: Control) -> Iterator[str]:
    """Yield every reason why such a waiver would excuse nothing, whoever approves it; it need not be valid."""
    rule, entering, people = bound.rule, waiver.entering, at_best(control.people.noun)
    if len(waiver.reason) < 10:
        yield "its reason has fewer than 10 characters; say why the rule can wait"
    if waiver.ends < waiver.starts:
        yield f"it ends on {waiver.ends}, before today, {waiver.starts}"
    if rule.applies.entering is not None and entering not in rule.applies.entering:
        listed = ", ".join(f"`{stage}`" for stage in rule.applies.entering)
        yield f"`{rule.id}` does not speak at `{entering}`; it speaks at {listed}"
    if rule.applies.models is not None and waiver.model not in rule.applies.models:
        yield f"`{rule.id}` does not speak about `{waiver.model}`"
    for option, name in (("--owner", waiver.owner), ("--approved-by", waiver.approved_by)):
        if people.named(name) is None:
            hint = did_you_mean(name, [person.name for person in people.people])
            yield f"{option} `{name}` is nobody in policies/people.yaml{hint}"
    if waiver.owner == waiver.approved_by:
        yield f"`{waiver.owner}` can not grant a waiver to themselves; another person approves it"
    if rule.waivable is None or not bound.kind.may_be_waived:
        yield f"`{rule.id}` can not be waived; its policy gives no `waivable` terms"
        return
    reason = too_long(waiver, rule.waivable, cap_of(control.governance.noun), control.ladder.noun)
    if waiver.ends >= waiver.starts and reason:
        yield reason
    yield from _grantor_faults(waiver, rule.waivable, people)


def _grantor_faults(waiver: Waiver, terms: Waivable, people: People) -> Iterator[str]:
    grantor = people.named(waiver.approved_by)
    if grantor is None:
        return
    if not set(grantor.roles) & set(terms.by):
        roles = " or ".join(f"`{role}`" for role in terms.by)
        able = [p.name for p in people.people if set(p.roles) & set(terms.by) and p.name != waiver.owner]
        who = ", ".join(f"`{name}`" for name in able[:6]) or "nobody"
        yield f"`{grantor.name}` does not hold {roles}, which may waive `{waiver.rule}`; {who} can"
    if not grantor.accounts:
        yield f"`{grantor.name}` has no account in policies/people.yaml, and so can not approve a pull request"


def _notes(bound: BoundRule, entering: str, day: str) -> Iterator[str]:
    effect = bound.rule.effect_at(entering, day)
    if effect is not Effect.BLOCK:
        yield f"`{bound.rule.id}` does not block at `{entering}` ({effect}), so nothing needs to be waived there"
    if bound.rule.waivable is not None and len(bound.rule.waivable.outcomes) == 1:
        yield f"it counts only while the rule is {bound.rule.waivable.outcomes[0]}"


def _next_id(tree: Tree, year: str) -> str:
    """Return the next free id of a year, `W-2026-014`; a number that was ever used in this tree is not used again."""
    prefix = f"W-{year}-"
    numbers = [
        int(rest)
        for name in tree.names(WAIVERS)
        if name.startswith(prefix) and (rest := name.removeprefix(prefix).removesuffix(".yaml")).isdecimal()
    ]
    return f"{prefix}{max(numbers, default=0) + 1:03d}"
