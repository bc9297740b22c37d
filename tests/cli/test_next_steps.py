"""What a decision names as the next step is a command that exists, with options that it takes."""

from __future__ import annotations

import re
import shlex

import pytest

from worlds.command_line import CommandLine
from worlds.governed_world import METRIC_RULE, GovernedWorld, evidence


@pytest.fixture
def rampgate(capsys):
    return CommandLine(capsys)


def fixes(world, rule):
    world.branch("work")
    world.replace_evidence(evidence(70, 30))
    world.edit_card(stage="canary")
    answer = world.judge(world.commit("change"))
    return [each["fix"] for each in answer.of(rule)]


def command_in(text: str, name: str) -> list[str]:
    found = re.search(rf"`rampgate ({name} [^`]*)`", text)
    assert found, text
    return shlex.split(found[1])


def test_the_waiver_that_the_fix_names_can_be_asked_for_as_it_stands(tmp_path, rampgate, monkeypatch):
    world = GovernedWorld(tmp_path)
    (fix,) = fixes(world, METRIC_RULE["id"])
    assert "; or ask for a waiver, which a `risk` grants: `rampgate waive" in fix
    words = command_in(fix, "waive")
    for option, value in (("--owner", "alice"), ("--approved-by", "rita"), ("--reason", "agreed in RISK-311")):
        words[words.index(option) + 1] = value
    monkeypatch.chdir(world.path)
    assert rampgate(*words).exit == 0


def test_a_rule_that_can_not_be_waived_names_no_waiver(tmp_path):
    rule = {key: value for key, value in METRIC_RULE.items() if key != "waivable"}
    world = GovernedWorld(tmp_path, rules=(rule,))
    (fix,) = fixes(world, rule["id"])
    assert "waive" not in fix


def test_the_attestation_that_the_fix_names_can_be_written_as_it_stands(tmp_path, rampgate, monkeypatch):
    rule = {"id": "security.looked", "kind": "attestation.current", "effect": "block", "with": {"roles": ["security"]}}
    world = GovernedWorld(tmp_path, rules=(rule,))
    (fix,) = fixes(world, "security.looked")
    words = command_in(fix, "attest")
    words[words.index("--statement") + 1] = "Reviewed threat model TM-12"
    monkeypatch.chdir(world.path)
    assert rampgate(*words, "--as", "sam").exit == 0
