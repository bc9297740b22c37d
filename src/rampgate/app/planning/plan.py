"""What stands between a version and each rung above it; reads the work tree, and works before any pull request."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

from rampgate.app.judging.control import load_control
from rampgate.app.judging.history_here import history_here
from rampgate.app.judging.trees import WorkTree
from rampgate.app.moving.stages import Stages, read_stages, stage_named
from rampgate.app.planning.standing import Standing, landed_statements, load_standing, promotion
from rampgate.app.planning.waivers import break_glass_of, held_against, version_of
from rampgate.app.planning.when import earliest
from rampgate.app.work_files import find_root
from rampgate.core.decide import decide
from rampgate.core.select import tier_of
from rampgate.core.waiver_state import days_after, row_of
from rampgate.errors import UsageProblem
from rampgate.model.exceptions import BreakGlassRow, WaiverState
from rampgate.model.facts import Facts
from rampgate.model.finding import Finding
from rampgate.model.ladder import Ladder
from rampgate.model.plan import MET, Comeback, Plan, RungPlan
from rampgate.model.sourced import Missing, Sourced
from rampgate.model.vocabulary import RETIRED, Effect, Outcome
from rampgate.model.waiver import Waiver
from rampgate.rules._dwell import stay_of
from rampgate.rules._way_back import way_back
from rampgate.rules.rollout_dwell import KIND as DWELL

HORIZON_DAYS: Final = 30
"""What ends within this many days is told."""


@dataclass(frozen=True, slots=True)
class PlanRequest:
    """What is asked. version, to: "" where not said; now: RFC 3339 in UTC."""

    repo: Path
    model: str
    now: str
    version: str = ""
    to: str = ""


def plan(request: PlanRequest) -> tuple[Plan, ...]:
    """Return the plan of the version asked for, else of every version that has a rung above it.

    Where none has one, those that serve or stand by are told without rungs. Raises UsageProblem for unknown names,
    InvalidInput for files of the work tree that can not be judged.
    """
    root = find_root(request.repo)
    tree = WorkTree(root)
    control = load_control(tree)
    rules = control.rules(request.now[:10])
    ladder = control.ladder.noun
    to = stage_named(ladder, request.to) if request.to else ""
    stages = read_stages(tree, request.model, ladder)
    landed = landed_statements(root, control.governance.noun.branch, [request.model])
    remembered = history_here(root, control.history, control.governance.noun.branch, request.model)
    standing = load_standing(tree, control, rules, request.model, landed or {}, now=request.now, history=remembered)
    owed = tuple(break_glass_of(tree, control, request.now[:10], request.model))
    return tuple(_plan(standing, version, to, landed, owed) for version in _wanted(stages, request.version, to))


def _wanted(stages: Stages, version: str, to: str) -> list[str]:
    ladder = stages.ladder
    climbing = [each for each, stage in stages.stages.items() if ladder.next_after(stage)]
    if version:
        stages.named(version)
        climbing = [version]
    if not to:
        serving = [each for each, stage in stages.stages.items() if stage != RETIRED]
        return climbing or serving or list(stages.stages)
    able = [each for each in climbing if _rungs(ladder, stages.stages[each], to)]
    if not able:
        raise UsageProblem(f"nothing of {stages.model} is below `{to}`\n{stages.listed()}")
    return able


def _rungs(ladder: Ladder, start: str, to: str = "") -> list[tuple[str, str]]:
    """Return (from, to) of every single step above a stage, up to the last rung or to the one named."""
    position, end = ladder.position(start), ladder.position(to or ladder.last)
    if position is None or end is None:
        return []
    return [(ladder.names[at], ladder.names[at + 1]) for at in range(position, end)]


def _plan(
    standing: Standing, version: str, to: str, landed: Mapping[str, str] | None, owed: tuple[BreakGlassRow, ...]
) -> Plan:
    ladder, stage = standing.control.ladder.noun, standing.stage_of(version)
    today = standing.now[:10]
    waivers = [each for each in standing.control.waivers if _is_of(each.noun, standing.model, version)]
    own = [each.noun for each in waivers]
    soon = days_after(today, HORIZON_DAYS)
    here = promotion(standing, version, stage, stage)
    steps = [promotion(standing, version, start, end) for start, end in _rungs(ladder, stage, to)]
    return Plan(
        model=standing.model,
        version=version,
        stage=stage,
        tier=tier_of(here),
        now=standing.now,
        rungs=tuple(_rung(standing, steps[: at + 1]) for at in range(len(steps))),
        overdue=tuple(each.noun for each in waivers if _is_overdue(standing, each)),
        not_landed=tuple(each.noun for each in waivers if landed is not None and landed.get(each.path) != each.digest),
        reviews_owed=tuple(row for row in owed if row.review is None),
        ending=tuple(each for each in own if each.is_live(today) and each.ends <= soon),
        horizon_days=HORIZON_DAYS,
        comeback=_comeback(standing, version),
        since=_since(here),
    )


def _since(here: Facts) -> str:
    """Return since when a version stands where it stands by the history, "" where that says nothing."""
    stay = stay_of(here)
    return "" if isinstance(stay, Missing) else stay.since


def _comeback(standing: Standing, version: str) -> Comeback | None:
    """Return the rollback that a restore may still undo today."""
    found, ladder = standing.versions[version], standing.control.ladder.noun
    way = way_back(found.events, standing.stage_of(version), found.card.noun.artifact.identity, ladder)
    if isinstance(way, Missing) or standing.now[:10] > way.until:
        return None
    return Comeback(way.stage, way.event.noun.date, way.until)


def _is_of(waiver: Waiver, model: str, version: str) -> bool:
    return waiver.model == model and waiver.version == version


def _is_overdue(standing: Standing, waiver: Sourced[Waiver]) -> bool:
    around = held_against(standing.control, standing.rules, standing.now[:10], HORIZON_DAYS)
    row = row_of(waiver.noun, waiver.path, version_of(standing, waiver.noun), around)
    return WaiverState.OVERDUE in row.states


def _rung(standing: Standing, steps: Sequence[Facts]) -> RungPlan:
    """Return what stands in the way of the last of some steps, were those before it taken."""
    facts, to = steps[-1], steps[-1].entering
    findings = [_ahead(each, facts) if len(steps) > 1 else each for each in standing.findings(facts)]
    blocking = [each for each in findings if each.effect is Effect.BLOCK]
    open_ = [each for each in blocking if each.outcome not in MET]
    today, soon = facts.today, days_after(facts.today, HORIZON_DAYS)
    when = earliest(standing, steps, open_)
    return RungPlan(
        stage=to,
        exposure_percent=facts.ladder.exposure(to),
        verdict=decide(findings),
        unmet=tuple(each for each in open_ if each.outcome is not Outcome.WAITING),
        waiting=tuple(each for each in open_ if each.outcome is Outcome.WAITING),
        warnings=tuple(each for each in findings if each.effect is Effect.WARN and each.outcome not in MET),
        waived=tuple(each for each in blocking if each.outcome is Outcome.WAIVED),
        missing=tuple(slot for each in open_ for slot in each.slots if slot.missing),
        expiring=tuple(_ending(blocking, today, soon)),
        not_before=when.day,
        days=tuple(when.days),
        unknown=tuple(when.unknown),
    )


def _ahead(finding: Finding, facts: Facts) -> Finding:
    """Return a finding about a stage that the version has not come to yet; a stay there has not begun."""
    transition = facts.change.transition
    if finding.kind != DWELL.id or finding.outcome is not Outcome.WAITING or transition is None:
        return finding
    words = f"it stays at `{transition.from_stage}` for {finding.expected}, once it gets there"
    return replace(finding, message=words, found="", fix="")


def _ending(findings: Sequence[Finding], today: str, soon: str) -> Iterator[Finding]:
    """Yield what passes now on something that ends soon; waivers are told apart."""
    for each in sorted(findings, key=lambda finding: finding.valid_until):
        if each.outcome is Outcome.PASS and today <= each.valid_until <= soon:
            yield each
