"""`rampgate status`: what stands where, what serves how much, and what ends soon; at any width."""

from __future__ import annotations

import pytest

from worlds.command_line import CommandLine
from worlds.governed_world import METRIC_RULE, GovernedWorld, card, dump, evidence

FOLDER = "model_cards/credit-risk/2.0.0"
ATTESTATION = {
    "schema": "rampgate/attestation/v1", "role": "security", "person": "sam", "statement": "Reviewed the threat model",
    "covers": "version", "date": "2026-01-01", "expires": "2026-12-10",
}  # fmt: skip
WAIVER = {
    "schema": "rampgate/waiver/v1", "id": "W-1", "rule": METRIC_RULE["id"], "model": "credit-risk", "version": "2.0.0",
    "entering": "ramp", "reason": "The test set is late", "owner": "alice", "approved_by": "rita",
    "starts": "2026-11-10", "ends": "2026-11-30",
}  # fmt: skip


@pytest.fixture
def world(tmp_path):
    made = GovernedWorld(tmp_path, stage="canary")
    made.add_version(card(version="1.4.0", stage="full"), evidence())
    made.add_version(card(version="1.3.0", stage="standby"))
    made.add_version(card("fraud", "0.1", tier="medium"))
    return made


@pytest.fixture
def status(world, capsys):
    said = CommandLine(capsys, world.root)
    return lambda *words: said("status", "--now", "2026-11-20T10:00:00Z", *words)


@pytest.fixture
def wide(monkeypatch):
    monkeypatch.setenv("COLUMNS", "100")


def rows(out: str) -> dict[tuple[str, str], list[str]]:
    return {(line.split()[0], line.split()[1]): line.split() for line in out.splitlines()[2:]}


def test_each_version_has_its_stage_and_what_it_serves(status, wide):
    done = status()
    assert done.exit == 0
    table = rows(done.out)
    assert list(table) == [
        ("credit-risk", "1.4.0"),
        ("credit-risk", "2.0.0"),
        ("credit-risk", "1.3.0"),
        ("fraud", "0.1"),
    ]
    # The challenger has 5% of the traffic; what serves everybody else has the rest.
    assert table["credit-risk", "1.4.0"][2:4] == ["full", "95%"]
    assert table["credit-risk", "2.0.0"][2:] == [
        "canary",
        "5%",
        "high",
        "binary_classification",
        "alice",
        "2026-11-19",
        "-",
    ]
    assert table["credit-risk", "1.3.0"][2:4] == ["standby", "0%"]
    assert table["fraud", "0.1"][2:] == ["pilot", "0%", "medium", "binary_classification", "alice", "none", "-"]


def test_what_ends_first_is_told(world, status, wide):
    world.write(f"{FOLDER}/attestations/s.yaml", dump(ATTESTATION))
    assert "attestation until 2026-12-10" in status().out
    world.write("policies/waivers/W-1.yaml", dump(WAIVER))
    assert "waiver until 2026-11-30, 1 more" in " ".join(status().out.split())
    world.write(f"{FOLDER}/attestations/s.yaml", dump({**ATTESTATION, "expires": "2026-11-19"}))
    assert "attestation ended 2026-11-19, 1 more" in " ".join(status().out.split())


def test_what_ends_later_or_ended_as_a_waiver_is_not_told(world, status, wide):
    world.write(f"{FOLDER}/attestations/s.yaml", dump({**ATTESTATION, "expires": "2026-12-21"}))
    world.write("policies/waivers/W-1.yaml", dump({**WAIVER, "ends": "2026-11-19"}))
    assert rows(status().out)["credit-risk", "2.0.0"][-1] == "-"


def test_a_model_is_shown_in_full(world, status):
    world.write(f"{FOLDER}/attestations/s.yaml", dump(ATTESTATION))
    world.write("policies/waivers/W-1.yaml", dump(WAIVER))
    out = status("credit-risk").out
    for line in (
        "credit-risk 2.0.0  canary, 5% of traffic",
        "  owners: business alice, technical bob",
        "    evidence/performance.json of 2026-11-19",
        "    W-1: evidence.accuracy-floor entering ramp, until 2026-11-30",
        "    security by sam, until 2026-12-10",
    ):
        assert line in out.splitlines()
    assert "fraud" not in out


def test_an_unknown_model_gets_the_nearest(status):
    done = status("credit-rsk")
    assert (done.exit, done.out) == (2, "")
    assert "did you mean `credit-risk`?" in done.err


def test_one_invalid_card_does_not_hide_the_others(world, status, wide):
    world.write("model_cards/fraud/0.1/card.yaml", dump(card("fraud", "0.1", tear="high")))
    done = status()
    assert done.exit == 3
    assert ("credit-risk", "2.0.0") in rows(done.out)
    assert "unknown key `tear`" in " ".join(done.out.split())


@pytest.mark.parametrize("columns", [40, 60, 80, 100])
@pytest.mark.parametrize("words", [(), ("credit-risk",)])
def test_no_line_is_longer_than_the_window(columns, words, world, status, monkeypatch):
    monkeypatch.setenv("COLUMNS", str(columns))
    world.write("policies/waivers/W-1.yaml", dump(WAIVER))
    world.add_version(card("m" * 63, "9" * 60, task="multiclass_classification"))
    world.write("model_cards/fraud/0.1/card.yaml", dump(card("fraud", "0.1", tear="high")))
    out = status(*words).out
    assert max(map(len, out.splitlines())) <= columns


def test_a_renamed_stage_is_shown_by_todays_name(world, status, wide):
    ladder = world.read("policies/ladder.yaml").replace('"name": "canary"', '"name": "first", "formerly": ["canary"]')
    world.write("policies/ladder.yaml", ladder)
    assert rows(status().out)["credit-risk", "2.0.0"][2:4] == ["first", "5%"]


def test_an_empty_repository_says_what_comes_next(tmp_path, capsys):
    said = CommandLine(capsys, tmp_path)
    assert "`rampgate init` writes them" in said("status").err
    said("init", "--business-owner", "alice:1:alice", "--risk", "rita:2:rita", "--yes")
    assert "rampgate new MODEL VERSION" in said("status").out
