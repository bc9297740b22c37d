"""Lists every waiver and every break-glass of the work tree, in which state it is, and what needs a hand."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from rampgate.app.judging.control import Control, load_control
from rampgate.app.judging.trees import Tree, WorkTree
from rampgate.app.moving.break_glass_files import break_glass_files
from rampgate.app.planning.standing import Standing, landed_statements, load_standing, models_in, promotion
from rampgate.app.work_files import find_root
from rampgate.approvals.teams import at_best
from rampgate.core.bound import BoundRule
from rampgate.core.break_glass import break_glass_rows
from rampgate.core.judge import findings_on
from rampgate.core.paths import CARDS
from rampgate.core.waive import cap_of
from rampgate.core.waiver_state import Surroundings, Version, row_of
from rampgate.errors import UsageProblem
from rampgate.formats.suggest import did_you_mean
from rampgate.model.exceptions import BreakGlassRow, Exceptions
from rampgate.model.waiver import Waiver


@dataclass(frozen=True, slots=True)
class WaiversRequest:
    """What is asked. model: "" for all; expiring: within how many days an end is soon; now: RFC 3339 in UTC."""

    repo: Path
    now: str
    model: str = ""
    expiring: int = 14


def waivers(request: WaiversRequest) -> Exceptions:
    """Return every waiver and break-glass of the work tree, or those of one model.

    Raises InvalidInput for files that can not be judged, UsageProblem for a model that nothing names.
    """
    root = find_root(request.repo)
    tree = WorkTree(root)
    control = load_control(tree)
    asked = [each for each in control.waivers if request.model in ("", each.noun.model)]
    present = models_in(tree)
    if request.model and not asked and request.model not in present:
        known = {*present, *(each.noun.model for each in control.waivers)}
        raise UsageProblem(f"there is no model `{request.model}` under {CARDS}{did_you_mean(request.model, known)}")
    day = request.now[:10]
    rules = control.rules(day)
    around = held_against(control, rules, day, request.expiring)
    versions = _Versions(root, tree, control, rules, tuple(present), request.now)
    rows = (row_of(each.noun, each.path, versions.of(each.noun), around) for each in asked)
    ordered = sorted(rows, key=lambda row: (row.waiver.model, row.waiver.version, row.waiver.id))
    return Exceptions(day, request.expiring, tuple(ordered), tuple(break_glass_of(tree, control, day, request.model)))


class _Versions:
    """Answers what the gate would say of the version that a waiver names; each model is read once."""

    def __init__(
        self, root: Path, tree: Tree, control: Control, rules: tuple[BoundRule, ...], present: tuple[str, ...], now: str
    ) -> None:
        self.control, self.rules, self.present = control, rules, present
        self.standing = cache(lambda model: self._load(root, tree, model, now))

    def _load(self, root: Path, tree: Tree, model: str, now: str) -> Standing:
        recorded = landed_statements(root, self.control.governance.noun.branch, [model])
        return load_standing(tree, self.control, self.rules, model, recorded or {}, now=now)

    def of(self, waiver: Waiver) -> Version:
        """Return the version that a waiver names, with what its rule says on entering the waiver's stage."""
        if waiver.model not in self.present:
            hint = did_you_mean(waiver.model, self.present)
            return Version(absent=f"there is no model `{waiver.model}`{hint}")
        return version_of(self.standing(waiver.model), waiver)


def version_of(standing: Standing, waiver: Waiver) -> Version:
    """Return the version that a waiver of this model names, with what its rule says on entering the waiver's stage."""
    if waiver.version not in standing.versions:
        hint = did_you_mean(waiver.version, standing.versions)
        return Version(absent=f"there is no version `{waiver.version}` of `{waiver.model}`{hint}")
    ladder, stage = standing.control.ladder.noun, standing.stage_of(waiver.version)
    aims = ladder.position(waiver.entering)
    if not aims:
        # Nothing is moved to the first stage, so that no rule is asked on entering it.
        return Version(stage)
    facts = promotion(standing, waiver.version, ladder.names[aims - 1], ladder.names[aims])
    bare, under = findings_on(facts, standing.rules, ()), standing.findings(facts)
    return Version(
        stage,
        bare=tuple(each for each in bare if each.rule == waiver.rule),
        under_waivers=tuple(each for each in under if each.rule == waiver.rule),
    )


def held_against(control: Control, rules: Sequence[BoundRule], day: str, horizon_days: int) -> Surroundings:
    """Return what waivers are held against on a UTC day."""
    known = {bound.rule.id: bound for bound in rules}
    people, ladder = at_best(control.people.noun), control.ladder.noun
    return Surroundings(day, horizon_days, known, people, ladder, cap_of(control.governance.noun))


def break_glass_of(tree: Tree, control: Control, day: str, model: str = "") -> Iterator[BreakGlassRow]:
    """Yield every break-glass of all models or of one, with its review or how long there is for one."""
    people = at_best(control.people.noun)
    for name, versions in sorted(break_glass_files(tree, model).items()):
        yield from break_glass_rows(name, versions, people, control.governance.noun, day)
