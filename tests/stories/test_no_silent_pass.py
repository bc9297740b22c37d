"""A metric that is misspelt, mistyped, duplicated or missing never passes: each is refused, or leaves the gate closed.

The corpus is one true promotion, which is allowed, and every way to get its one metric wrong, in the policy, in the
evidence and in the card.
"""

from __future__ import annotations

import copy
import hashlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from worlds.governed_world import APPROVAL_RULE, METRIC_RULE, GovernedWorld, approved, dump, evidence, policy

FOLDER = "model_cards/credit-risk/2.0.0"
FILE = f"{FOLDER}/evidence/performance.json"


def promote(world: GovernedWorld, text: str | None, listed: bool = True) -> tuple[int, str | None]:
    """Promote with evidence of these bytes, listed in the card with their digest; return exit code and verdict."""
    world.branch("promote")
    fields: dict[str, Any] = {"stage": "canary"}
    if text is not None:
        world.write(FILE, text)
        digest = "sha256:" + hashlib.sha256(text.encode()).hexdigest()
        fields["evidence"] = [{"path": "evidence/performance.json", "digest": digest}]
    if not listed:
        world.remove(FILE)
        fields["evidence"] = None
    world.edit_card(**fields)
    head = world.commit("promote", author=("Alice", "alice@example.com"))
    answer = approved(world, head)
    return answer.exit, answer.verdict


def changed(change: Callable[[dict[str, Any]], object]) -> str:
    value = evidence()
    value["measures"] = [{"metric": "accuracy", "n": 200, "k": 180, "value": "0.900000000000", "interval": None}]
    change(value)
    return dump(value)


def rows(value: dict[str, Any]) -> list[list[int]]:
    return value["counts"]["rows"]


def test_the_true_promotion_is_allowed(tmp_path: Path) -> None:
    assert promote(GovernedWorld(tmp_path), changed(lambda value: None)) == (0, "allow")


IN_EVIDENCE: dict[str, Callable[[dict[str, Any]], object]] = {
    "the metric is misspelt": lambda v: v["measures"][0].update(metric="acuracy"),
    "the value is a number and not a decimal text": lambda v: v["measures"][0].update(value=0.9),
    "the value is a word": lambda v: v["measures"][0].update(value="high"),
    "the value is a percentage": lambda v: v["measures"][0].update(value="90"),
    "the value is better than the counts": lambda v: v["measures"][0].update(value="0.990000000000"),
    "the metric is recorded twice": lambda v: v["measures"].append(copy.deepcopy(v["measures"][0])),
    "a count is a text": lambda v: rows(v)[0].__setitem__(2, "90"),
    "a count is true": lambda v: rows(v)[0].__setitem__(2, True),
    "a count is negative": lambda v: rows(v)[0].__setitem__(2, -90),
    "a cell is there twice": lambda v: rows(v).append(list(rows(v)[0])),
    "a label is neither 0 nor 1": lambda v: rows(v)[0].__setitem__(0, 2),
    "the column of predictions is misspelt": lambda v: v["counts"].update(columns=["y_true", "y_perd", "n"]),
    "the column of predictions is there twice": lambda v: v["counts"].update(columns=["y_true", "y_true", "n"]),
    "the counts are missing": lambda v: v.pop("counts"),
    "the counts are empty": lambda v: v["counts"].update(rows=[]),
    "the kind is misspelt": lambda v: v.update(kind="performanse"),
    "the kind is another": lambda v: v.update(kind="rate"),
    "the key of the counts is misspelt": lambda v: v.update(count=v.pop("counts")),
}


@pytest.mark.parametrize("case", IN_EVIDENCE)
def test_a_wrong_metric_in_the_evidence_never_allows(case: str, tmp_path: Path) -> None:
    exit_code, verdict = promote(GovernedWorld(tmp_path), changed(IN_EVIDENCE[case]))
    assert exit_code in (3, 10, 12)
    assert verdict in ("undecided", "deny")


TEXTS = {
    "the key is there twice, and the last one is better": lambda t: t.replace(
        '"rows": [', '"rows": [[1, 1, 1000]],\n  "rows": [', 1
    ),
    "the value is NaN": lambda t: t.replace('"0.900000000000"', "NaN"),
    "the value is infinite": lambda t: t.replace('"0.900000000000"', "1e999"),
    "the file is cut short": lambda t: t[: len(t) // 2],
    "the file is empty": lambda t: "",
    "the file is a list": lambda t: f"[{t}]",
}


@pytest.mark.parametrize("case", TEXTS)
def test_a_broken_evidence_file_never_allows(case: str, tmp_path: Path) -> None:
    text = TEXTS[case](changed(lambda value: None))
    assert promote(GovernedWorld(tmp_path), text) == (3, "undecided")


def test_missing_evidence_is_undecided(tmp_path: Path) -> None:
    assert promote(GovernedWorld(tmp_path), None, listed=False) == (12, "undecided")


IN_POLICY: dict[str, Callable[[dict[str, Any]], object]] = {
    "the metric is misspelt": lambda w: w.update(metric="acuracy"),
    "the metric is missing": lambda w: w.pop("metric"),
    "the limit is misspelt": lambda w: w.update(atleast=w.pop("at_least")),
    "the limit is a word": lambda w: w.update(at_least="high"),
    "the limit is missing": lambda w: w.pop("at_least"),
    "the limit is not a number": lambda w: w.update(at_least="NaN"),
    "the evidence is misspelt": lambda w: w.update(evidence="performanse"),
}


@pytest.mark.parametrize("case", IN_POLICY)
def test_a_wrong_metric_in_the_policy_never_allows(case: str, tmp_path: Path) -> None:
    terms = dict(METRIC_RULE["with"])
    IN_POLICY[case](terms)
    world = GovernedWorld(tmp_path)
    world.write("policies/lending.yaml", dump(policy({**METRIC_RULE, "with": terms}, APPROVAL_RULE)))
    world.base = world.commit("policy", author=("Otto", "otto@example.com"), committer=("Otto", "otto@example.com"))
    assert promote(world, changed(lambda value: None)) == (3, "undecided")


CONDITIONS = {
    "the field is misspelt": ("card.outcome.target.valu >= 5", 3),
    "the field is missing in the card": ("card.outcome.target.value >= 5", 12),
    "the value is compared with a text": ('card.outcome.target.value >= "5"', 12),
    "missing and turned round": ("!(card.outcome.target.value < 5)", 12),
}


@pytest.mark.parametrize("case", CONDITIONS)
def test_a_wrong_field_in_an_expression_never_allows(case: str, tmp_path: Path) -> None:
    """The natural rule of other engines, "deny if value < 5", passes where the value is not there."""
    condition, exit_code = CONDITIONS[case]
    rule = {"id": "outcome.high-enough", "kind": "expression", "effect": "block", "with": {"that": condition}}
    world = GovernedWorld(tmp_path)
    world.write("policies/lending.yaml", dump(policy(METRIC_RULE, APPROVAL_RULE, rule)))
    world.base = world.commit("policy", author=("Otto", "otto@example.com"), committer=("Otto", "otto@example.com"))
    assert promote(world, changed(lambda value: None)) == (exit_code, "undecided")
