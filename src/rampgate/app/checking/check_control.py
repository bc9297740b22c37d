"""Checks everything that changes are judged by: ladder, people, models, governance, policies, waivers, team schemas."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rampgate.app.judging.control import Control, load_control
from rampgate.app.judging.history_keys import history_key_problems
from rampgate.app.judging.policy_change import correction_problems, governance_problems
from rampgate.app.judging.trees import WorkTree
from rampgate.app.work_files import link_problem, not_ignored, read_bytes, walk
from rampgate.approvals.teams import at_best
from rampgate.core.bound import BoundRule
from rampgate.core.lint_rule import ended_rules
from rampgate.core.paths import CARDS, POLICIES, folded, version_folder
from rampgate.core.waive import cap_of, not_granted, too_long
from rampgate.core.waiver_state import no_such_rule, passed_by
from rampgate.errors import InvalidInput, Problem
from rampgate.formats.json_text import load_json
from rampgate.formats.schema_check import schema_problems
from rampgate.formats.suggest import did_you_mean
from rampgate.formats.yaml_text import load_yaml
from rampgate.model.ladder import Ladder
from rampgate.model.sourced import Missing, Sourced
from rampgate.model.waiver import Waiver


@dataclass(frozen=True, slots=True)
class ControlCheck:
    """What is wrong with the control files, and what they hold where they could be read.

    notes: what nobody has done wrong, and somebody may clear away.
    """

    problems: tuple[Problem, ...]
    control: Control | None
    rules: int
    notes: tuple[Problem, ...] = ()


def check_control(root: Path, day: str) -> ControlCheck:
    """Return every problem of the control files in a work tree, on a UTC day."""
    _, links = walk(root, POLICIES)
    problems = [*map(link_problem, links), *_other_spellings(root)]
    if links:
        return ControlCheck(tuple(problems), None, 0)
    try:
        control = load_control(WorkTree(root))
    except InvalidInput as error:
        return ControlCheck((*problems, *_without_ignored(root, error.problems)), None, 0)
    problems += _team_schema_problems(root, control)
    problems += governance_problems(control)
    problems += correction_problems(control, day)
    problems += history_key_problems(control)
    rules: tuple[BoundRule, ...] = ()
    notes = list(_uncounted_stays(control))
    try:
        problems += ended_rules(control.policies, day)
        rules = control.rules(day)
        known = {each.rule.id: each for each in rules}
        live = [each for each in control.waivers if each.noun.ends >= day]
        problems += [p for waiver in live for p in waiver_problems(root, waiver, known, control)]
        notes += [p for waiver in control.waivers for p in waiver_notes(root, waiver, known, control.ladder.noun, day)]
    except InvalidInput as error:
        problems += error.problems
    count = sum(len(each.noun.rules) for each in control.policies)
    return ControlCheck(tuple(problems), control, count, tuple(notes))


def _uncounted_stays(control: Control) -> Iterator[Problem]:
    """Yield the least stays of the ladder that nobody can count, for there is no history to count them from."""
    if not isinstance(control.history, Missing):
        return
    for place, stage in enumerate(control.ladder.noun.stages):
        if stage.dwell_days:
            words = f"no promotion from `{stage.name}` is decided: its days are counted from the decision history"
            fix = "declare one in `policies/history.yaml` (`rampgate keys create`), or take `dwell_days` out until then"
            yield control.ladder.problem(("stages", place, "dwell_days"), words, fix=fix)


def _other_spellings(root: Path) -> Iterator[Problem]:
    for path in sorted(root.iterdir()):
        if folded(path.name) in (CARDS, POLICIES, ".github") and path.name != folded(path.name):
            fix = f"name it `{folded(path.name)}`"
            yield Problem(path.name, f"the name differs from `{folded(path.name)}` only by case or accents", fix=fix)


def _without_ignored(root: Path, problems: tuple[Problem, ...]) -> list[Problem]:
    """Return the problems without those of files that Git ignores."""
    kept = set(not_ignored(root, {problem.path for problem in problems if problem.path}))
    return [problem for problem in problems if not problem.path or problem.path in kept]


def _team_schema_problems(root: Path, control: Control) -> Iterator[Problem]:
    for name in sorted(control.team_schemas):
        path = f"{POLICIES}/schemas/{name}"
        yield from schema_problems(load_json(read_bytes(root, path), path))


def waiver_problems(
    root: Path, waiver: Sourced[Waiver], rules: Mapping[str, BoundRule], control: Control
) -> Iterator[Problem]:
    """Yield why a waiver that has not ended could never help anybody."""
    noun = waiver.noun
    bound = rules.get(noun.rule)
    if bound is None:
        yield _removable(waiver, "rule", no_such_rule(noun.rule, rules))
    elif bound.rule.waivable is None or not bound.kind.may_be_waived:
        yield _removable(waiver, "rule", f"the rule `{noun.rule}` can not be waived")
    else:
        yield from _terms_problems(waiver, bound, control)
    for key in ("owner", "approved_by"):
        name = getattr(noun, key)
        if control.people.noun.named(name) is None:
            known = [person.name for person in control.people.noun.people]
            message = f"unknown person `{name}`{did_you_mean(name, known)}"
            yield waiver.problem((key,), message, fix="name somebody of people.yaml")
    yield from _place_problems(root, waiver, control.ladder.noun)


def waiver_notes(
    root: Path, waiver: Sourced[Waiver], rules: Mapping[str, BoundRule], ladder: Ladder, day: str
) -> Iterator[Problem]:
    """Yield that a waiver has done its service: it ended, or its version has passed the stage.

    Both come with time, while nobody touches a file, and must not stop whoever changes another one.
    """
    noun = waiver.noun
    if noun.ends < day:
        yield _removable(waiver, "ends", f"the waiver ended on {noun.ends}, and excuses nothing any more")
        return
    passed = passed_by(noun, _stage_of(root, noun.model, noun.version) or "", rules.get(noun.rule), ladder)
    if passed:
        yield _removable(waiver, "entering", passed)


def _removable(waiver: Sourced[Waiver], key: str, message: str) -> Problem:
    return waiver.problem((key,), message, fix=f"remove {waiver.path}, in a pull request of its own")


def _terms_problems(waiver: Sourced[Waiver], bound: BoundRule, control: Control) -> Iterator[Problem]:
    noun, terms = waiver.noun, bound.rule.waivable
    assert terms is not None, "the caller looked"
    reason = too_long(noun, terms, cap_of(control.governance.noun), control.ladder.noun)
    if reason:
        yield waiver.problem(("ends",), reason, fix="let it end earlier")
    people = at_best(control.people.noun)
    reason = not_granted(noun, terms, people) if people.named(noun.approved_by) else ""
    if reason:
        yield waiver.problem(("approved_by",), reason, fix="ask somebody who holds one")


def _place_problems(root: Path, waiver: Sourced[Waiver], ladder: Ladder) -> Iterator[Problem]:
    """Yield that the version or stage that a waiver names is not there."""
    noun = waiver.noun
    if ladder.position(noun.entering) is None:
        message = f"unknown stage `{noun.entering}`{did_you_mean(noun.entering, ladder.names)}"
        yield waiver.problem(("entering",), message, fix="name a rung of the ladder")
    elif not (root / CARDS / noun.model).is_dir():
        known = [path.name for path in (root / CARDS).iterdir()] if (root / CARDS).is_dir() else []
        yield _removable(waiver, "model", f"there is no model `{noun.model}`{did_you_mean(noun.model, known)}")
    elif _stage_of(root, noun.model, noun.version) is None:
        yield _removable(waiver, "version", f"there is no version `{noun.version}` of `{noun.model}`")


def _stage_of(root: Path, model: str, version: str) -> str | None:
    """Return the stage that a card says; "" where the card can not be read, which is told elsewhere."""
    path = f"{version_folder(model, version)}/card.yaml"
    if not (root / path).exists():
        return None
    try:
        value: Any = load_yaml(read_bytes(root, path), path).value.get("stage")
    except InvalidInput:
        return ""
    return value if isinstance(value, str) else ""
