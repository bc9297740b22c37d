"""The JSON contract `rampgate/decision/v1`, byte for byte, one file for each way that a judgement can end.

A file that differs is a changed contract: other programs read it. `RAMPGATE_WRITE_GOLDEN=1` writes the files anew; what
then differs in them has to be meant.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

import rampgate.app.judging.gate
from worlds.governed_world import (
    ALICE,
    APPROVAL_RULE,
    METRIC_RULE,
    OLGA,
    OSSI,
    OTTO,
    RITA,
    Answer,
    GovernedWorld,
    dump,
    policy,
)

HERE = Path(__file__).parent / "decisions"
FOLDER = "model_cards/credit-risk/2.0.0"
STRICT = {
    **METRIC_RULE,
    "with": {**METRIC_RULE["with"], "at_least": "0.95"},
    "title": "Enough answers are right",
    "why": "Lending standard 4.1",
    "fix": "retrain, and measure again",
    "controls": ["company.fl-1", "company.fl-2"],
}
WAIVER = {
    "schema": "rampgate/waiver/v1",
    "id": "W-2026-014",
    "rule": METRIC_RULE["id"],
    "model": "credit-risk",
    "version": "2.0.0",
    "entering": "canary",
    "reason": "agreed until the new data arrives",
    "owner": "alice",
    "approved_by": "rita",
    "starts": "2026-11-10",
    "ends": "2026-12-01",
}
EVENT = {
    "schema": "rampgate/event/v1",
    "kind": "rollback",
    "from": "ramp",
    "to": "canary",
    "reason": "error rate doubled within the hour",
    "by": "alice",
    "date": "2026-11-20",
}


def judged(world: GovernedWorld, *people: dict[str, Any], author: dict[str, Any] = ALICE) -> Answer:
    head = world.commit("change")
    return world.judge(head, reviews=[world.review(who, head) for who in people], author=author)


def promotion(folder: Path, *people: dict[str, Any], rules: tuple[Any, ...] = (METRIC_RULE, APPROVAL_RULE)) -> Answer:
    world = GovernedWorld(folder, rules=rules)
    world.branch("work")
    world.edit_card(stage="canary")
    return judged(world, *people)


def allow(folder: Path) -> Answer:
    return promotion(folder, RITA)


def deny(folder: Path) -> Answer:
    return promotion(folder, RITA, rules=(STRICT, APPROVAL_RULE))


def hold(folder: Path) -> Answer:
    return promotion(folder)


def undecided(folder: Path) -> Answer:
    """No evidence of the kind that the rule asks for."""
    return promotion(
        folder, RITA, rules=({**METRIC_RULE, "with": {**METRIC_RULE["with"], "group": "every", "by": ["sex"]}},)
    )


def waived(folder: Path) -> Answer:
    world = GovernedWorld(folder, rules=(STRICT, APPROVAL_RULE))
    world.write("policies/waivers/W-2026-014.yaml", dump(WAIVER))
    world.base = world.commit("a waiver")
    world.branch("work")
    world.edit_card(stage="canary")
    return judged(world, RITA)


def rollback(folder: Path) -> Answer:
    world = GovernedWorld(folder, stage="ramp")
    world.branch("work")
    world.edit_card(stage="canary")
    world.write(f"{FOLDER}/events/down.yaml", dump(EVENT))
    return judged(world)


def policy_change(folder: Path) -> Answer:
    world = GovernedWorld(folder)
    world.branch("work")
    world.write("policies/lending.yaml", dump(policy(STRICT, APPROVAL_RULE)))
    return judged(world, OLGA, OSSI, author=OTTO)


def none(folder: Path) -> Answer:
    world = GovernedWorld(folder)
    world.branch("work")
    world.write("src/app.py", "x\n")
    return judged(world)


def invalid(folder: Path) -> Answer:
    world = GovernedWorld(folder)
    world.branch("work")
    world.edit_card(stage="cannary", owners={"business": "alise", "technical": "bob"})
    return judged(world)


def conflict(folder: Path) -> Answer:
    world = GovernedWorld(folder)
    world.branch("work")
    world.edit_card(stage="canary")
    head = world.commit("change")
    world.checkout("main")
    world.edit_card(stage="retired")
    world.base = world.commit("faster")
    return world.judge(head)


CASES = {
    each.__name__: each
    for each in (allow, deny, hold, undecided, waived, rollback, policy_change, none, invalid, conflict)
}
VERDICTS = {
    "allow": ("allow", 0), "deny": ("deny", 10), "hold": ("hold", 11), "undecided": ("undecided", 12),
    "waived": ("allow", 0), "rollback": ("allow", 0), "policy_change": ("allow", 0), "none": (None, 0),
    "invalid": ("undecided", 3), "conflict": ("undecided", 12),
}  # fmt: skip


@pytest.fixture(autouse=True)
def engine(monkeypatch: pytest.MonkeyPatch) -> None:
    """A release changes the version of the engine and no golden file."""
    monkeypatch.setattr(rampgate.app.judging.gate, "__version__", "0.0.0")


@pytest.mark.parametrize("case", CASES)
def test_the_bytes_of_a_decision_are_frozen(case: str, tmp_path: Path) -> None:
    answer = CASES[case](tmp_path)
    path = HERE / f"{case}.json"
    if os.environ.get("RAMPGATE_WRITE_GOLDEN"):
        path.write_text(answer.text, encoding="utf-8")
    assert (answer.verdict, answer.exit) == VERDICTS[case]
    assert answer.text == path.read_text(encoding="utf-8")


def test_the_same_bytes_give_the_same_decision_in_another_place(tmp_path: Path) -> None:
    assert waived(tmp_path / "one").text == waived(tmp_path / "two").text


def golden(name: str) -> Any:
    return json.loads((HERE / f"{name}.json").read_text(encoding="utf-8"), parse_float=Decimal)


def leaves(value: Any) -> Iterator[Any]:
    if isinstance(value, (dict, list)):
        for each in value.values() if isinstance(value, dict) else value:
            yield from leaves(each)
    else:
        yield value


@pytest.mark.parametrize("name", CASES)
def test_no_number_of_a_decision_is_a_float(name: str) -> None:
    value = golden(name)
    assert not [each for each in leaves(value) if isinstance(each, (float, Decimal))]


KEYS = {
    "": "schema verdict change transition summary findings approvals excused_by problems inputs engine evaluated_at valid_until base head",
    "transition": "model version artifact from to supersedes",
    "findings": "rule kind outcome effect title message found expected location why fix controls attested waiver valid_until",
    "location": "path line column",
    "approvals": "given required counted ignored",
    "excused_by": "waivers break_glass",
    "waivers": "id reason owner approved_by ends",
    "break_glass": "id reason ticket by second review_by",
    "required": "rule role person count filled missing candidates independent_of",
    "counted": "person login review",
    "ignored": "login review reason",
    "summary": "checked attested passed failed insufficient waiting errored waived not_applicable",
    "inputs": "path sha256",
    "engine": "name version",
    "problems": "location message found expected fix",
}  # fmt: skip


def objects(value: Any, key: str = "") -> Iterator[tuple[str, dict[str, Any]]]:
    if isinstance(value, dict):
        yield key, value
        for name, each in value.items():
            yield from objects(each, name)
    elif isinstance(value, list):
        for each in value:
            yield from objects(each, key)


@pytest.mark.parametrize("name", CASES)
def test_every_object_has_the_promised_keys(name: str) -> None:
    value = golden(name)
    for key, found in objects(value):
        assert " ".join(found) == KEYS[key], key


@pytest.mark.parametrize("name", CASES)
def test_the_summary_counts_the_findings(name: str) -> None:
    value = golden(name)
    summary, findings = value["summary"], value["findings"]
    outcomes = ("passed", "failed", "insufficient", "waiting", "errored", "waived", "not_applicable")
    assert sum(summary[each] for each in outcomes) == len(findings)
    assert summary["checked"] + summary["attested"] + summary["not_applicable"] == len(findings)
