"""Plans as text and as JSON (`rampgate/plan/v1`): for each rung what is missing, who can give it, and when at best."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any, Final

from rampgate.model.exceptions import ReviewState
from rampgate.model.finding import Finding
from rampgate.model.plan import Comeback, Plan, RungPlan
from rampgate.model.vocabulary import Verdict
from rampgate.model.waiver import Waiver
from rampgate.reports.escape import plain
from rampgate.reports.json_v1 import finding_json, slot_json
from rampgate.reports.text import VERDICT_COLOUR, Paint, finding_lines, no_paint, wrapped
from rampgate.reports.waivers import break_glass_json, review_words
from rampgate.reports.words import who_is_awaited

SCHEMA: Final = "rampgate/plan/v1"


def render_text(plans: Sequence[Plan], *, width: int = 100, paint: Paint = no_paint) -> str:
    """Return the plans as text, ending in a newline; at least 40 columns are used."""
    width = max(width, 40)
    lines = [
        *wrapped("from the files of your work tree, committed or not; the gate judges what is committed", width, ""),
        "",
    ]
    for plan in plans:
        lines += _plan(plan, width, paint)
    return "\n".join(lines).rstrip() + "\n"


def _plan(plan: Plan, width: int, paint: Paint) -> list[str]:
    since = f" since {plan.since}" if plan.since else ""
    head = f"{plan.model} {plan.version} stands at `{plan.stage}`{since} (tier {plan.tier}), as of {plan.now[:10]}"
    lines = wrapped(head, width, "")
    if plan.comeback:
        back = plan.comeback
        way = f"until {back.until}, `rampgate restore` brings it back there at most"
        words = f"rolled back from `{back.to}` on {back.on}; {way}"
        lines += wrapped(words, width, "")
    for waiver in plan.overdue:
        words = (
            f"overdue: waiver {waiver.id} of {waiver.rule} for `{waiver.entering}` ended on {waiver.ends}; what it "
            f"excused is still open, and every later promotion is judged without it"
        )
        lines += _painted(wrapped(words, width, ""), "yellow", paint)
    for row in plan.reviews_owed:
        colour = "yellow" if row.state is ReviewState.OVERDUE else ""
        words = f"break-glass {row.id} of {row.version} is not reviewed ({review_words(row)}): {row.next_step}"
        lines += _painted(wrapped(words, width, ""), colour, paint)
    for waiver in plan.not_landed:
        words = (
            f"waiver {waiver.id} of {waiver.rule} is taken as granted here, but is not on the governed branch yet: "
            f"`{waiver.approved_by}` approves the pull request that brings it"
        )
        lines += _painted(wrapped(words, width, ""), "yellow", paint)
    for waiver in plan.ending:
        lines += wrapped(f"ends soon: waiver {waiver.id} of {waiver.rule}, on {waiver.ends}", width, "")
    lines.append("")
    told: set[tuple[str, str, str]] = set()
    for rung in plan.rungs:
        lines += _rung(rung, plan, told, width, paint)
    if not plan.rungs:
        lines += ["no rung is above it", ""]
    return lines


def _rung(rung: RungPlan, plan: Plan, told: set[tuple[str, str, str]], width: int, paint: Paint) -> list[str]:
    verdict = paint(str(rung.verdict), VERDICT_COLOUR[rung.verdict])
    lines = [f"-> {plain(rung.stage)} ({rung.exposure_percent}% of traffic): {verdict} if it were asked for now"]
    alone = tuple(each for each in rung.waiting if not each.slots)
    for title, findings in (("not met", (*rung.unmet, *alone)), ("warns", rung.warnings)):
        lines += _open(title, findings, told, width, paint)
    awaited = who_is_awaited(rung.missing).removeprefix("waiting for ")
    if awaited:
        lines += wrapped(f"approvals: {awaited}", width, "   ")
    for finding in rung.waived:
        lines += wrapped(f"waived: {finding.rule} by {finding.waiver} until {finding.valid_until}", width, "   ")
    for finding in rung.expiring:
        words = f"ends soon: {finding.rule} passes until {finding.valid_until}: {finding.message}"
        if (finding.rule, finding.message, finding.valid_until) not in told:
            lines += wrapped(words, width, "   ")
        told.add((finding.rule, finding.message, finding.valid_until))
    return [*lines, *_when(rung, plan, width), ""]


def _open(
    title: str, findings: Sequence[Finding], told: set[tuple[str, str, str]], width: int, paint: Paint
) -> list[str]:
    """Return what is open at a rung; what a lower rung has told already is only named."""
    lines: list[str] = []
    again: list[str] = []
    for finding in findings:
        key = (finding.rule, finding.message, str(finding.outcome))
        if key in told:
            again.append(finding.rule)
            continue
        told.add(key)
        lines += [f"   {line}" if line else "" for line in finding_lines(finding, width - 3, paint)]
    if again:
        rules = ", ".join(dict.fromkeys(again))
        lines += wrapped(f"still {title}, as told above: {rules}", width, "   ")
    return lines


def _when(rung: RungPlan, plan: Plan, width: int) -> list[str]:
    parts = [f"today, {rung.not_before}" if rung.not_before == plan.now[:10] else rung.not_before]
    parts += [f"({', '.join(rung.days)})"] if rung.days else []
    condition = "" if rung.verdict is Verdict.ALLOW else ", once the above is met"
    lines = wrapped(f"earliest: {' '.join(parts)}{condition}", width, "   ")
    for each in rung.unknown:
        lines += wrapped(f"and {each}", width, "   ")
    return lines


def _painted(lines: list[str], colour: str, paint: Paint) -> list[str]:
    return [paint(line, colour) for line in lines]


def render_json(plans: Sequence[Plan]) -> str:
    """Return the plans as JSON text of a stable order, ending in a newline."""
    value = {"schema": SCHEMA, "source": "work_tree", "plans": [_plan_json(plan) for plan in plans]}
    return json.dumps(value, indent=2, ensure_ascii=False) + "\n"


def _plan_json(plan: Plan) -> dict[str, Any]:
    return {
        "model": plan.model,
        "version": plan.version,
        "stage": plan.stage,
        "since": plan.since or None,
        "tier": plan.tier.value,
        "evaluated_at": plan.now,
        "comeback": _comeback_json(plan.comeback),
        "overdue_waivers": [_waiver_json(each) for each in plan.overdue],
        "reviews_owed": [break_glass_json(each) for each in plan.reviews_owed],
        "waivers_not_landed": [_waiver_json(each) for each in plan.not_landed],
        "ending_waivers": [_waiver_json(each) for each in plan.ending],
        "rungs": [_rung_json(each) for each in plan.rungs],
    }


def _comeback_json(comeback: Comeback | None) -> dict[str, str] | None:
    return {"to": comeback.to, "on": comeback.on, "until": comeback.until} if comeback else None


def _rung_json(rung: RungPlan) -> dict[str, Any]:
    return {
        "stage": rung.stage,
        "exposure_percent": rung.exposure_percent,
        "verdict": rung.verdict.value,
        "unmet": [finding_json(each) for each in rung.unmet],
        "waiting": [finding_json(each) for each in rung.waiting],
        "warnings": [finding_json(each) for each in rung.warnings],
        "waived": [finding_json(each) for each in rung.waived],
        "missing_approvals": [slot_json(each) for each in rung.missing],
        "expiring": [finding_json(each) for each in rung.expiring],
        "not_before": rung.not_before,
        "days": list(rung.days),
        "unknown": list(rung.unknown),
    }


def _waiver_json(waiver: Waiver) -> dict[str, Any]:
    return {"id": waiver.id, "rule": waiver.rule, "entering": waiver.entering, "ends": waiver.ends}
