"""This repository governs its own example models: the files hold together, and the evidence can be measured again."""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path

import pytest

from rampgate.app.setup.demo_data import COMPAS_COUNTS, GENERATORS, as_csv
from rampgate.cli.main import main
from worlds.git_world import GitWorld
from worlds.governed_world import run_rampgate

ROOT = Path(__file__).resolve().parents[1]
MEASURED = "2026-11-18T09:00:00Z"
LABELS = ("--y-true", "y_true", "--y-pred", "y_pred")
MEASUREMENTS = {
    "credit-risk 2.0.0 performance": ("settled-loans-2026-h1.csv", *LABELS, "--dataset-name", "settled loans 2026-H1"),
    "credit-risk 2.0.0 fairness": (
        "settled-loans-2026-h1.csv", *LABELS, "--by", "sex,age_band", "--dataset-name", "settled loans 2026-H1",
    ),
    "fraud-screen 3.1.0 performance": (
        "labelled-payments-2026-q3.csv", *LABELS, "--dataset-name", "labelled payments 2026-Q3",
    ),
    "feed-ranker 0.9.0 performance": ("reading-log-2026-10.csv", *LABELS),
    "feed-ranker 0.9.0 fairness": (
        "reading-log-2026-10.csv", *LABELS, "--by", "region", "--window", "2026-10-01..2026-10-31",
    ),
    "help-assistant 1.2.0 rate": ("reviewed-answers.csv", "--outcome", "hallucinated", "--by", "language"),
    "recidivism-score 1.0.0 fairness": ("propublica-two-year-counts.csv", *LABELS, "--by", "race"),
    "recidivism-score 1.0.0 performance": ("propublica-two-year-counts.csv", *LABELS),
}  # fmt: skip


def test_every_file_of_this_repository_passes_check() -> None:
    answer = run_rampgate("check", "--repo", str(ROOT), as_process=True)
    assert answer.exit == 0, answer.text


@pytest.mark.parametrize("name", MEASUREMENTS)
def test_committed_evidence_is_what_measuring_the_generated_data_gives(name: str, tmp_path: Path) -> None:
    """Byte for byte: nobody typed a number."""
    model, version, kind = name.split()
    file, *options = MEASUREMENTS[name]
    data = tmp_path / file
    data.write_bytes(as_csv(GENERATORS[model]()))
    out = tmp_path / "evidence.json"
    words = ("measure", kind, "--data", str(data), "--model", model, "--model-version", version, *options)
    more = ("--as", "bob", "--now", MEASURED, "--repo", str(ROOT), "--out", str(out))
    assert main.main(args=[*words, *more], standalone_mode=False) == 0
    assert out.read_bytes() == (ROOT / "model_cards" / model / version / "evidence" / f"{kind}.json").read_bytes()


def test_the_counts_are_those_that_propublica_published() -> None:
    """False positive rates 44.85 and 23.45, false negative rates 27.99 and 47.72 percent; ProPublica, 23 May 2016."""
    rates = {}
    for race, (low, false_alarm, missed, hit) in COMPAS_COUNTS.items():
        rates[race] = (round(100 * false_alarm / (low + false_alarm), 2), round(100 * missed / (missed + hit), 2))
    assert rates == {"African-American": (44.85, 27.99), "Caucasian": (23.45, 47.72)}


EXPECTED = {
    "recidivism-score 1.0.0 canary": ("deny", {"rates.errors-by-race": "fail"}),
    "credit-risk 2.0.0 canary": ("deny", {"lineage.means-one-thing": "fail"}),
    "feed-ranker 0.9.0 canary": ("undecided", {"rates.recommended-by-region": "insufficient"}),
    "fraud-screen 3.1.0 ramp": ("hold", {}),
    "help-assistant 1.2.0 canary": ("hold", {}),
}


@pytest.mark.parametrize("name", EXPECTED)
def test_each_example_meets_the_verdict_that_its_readme_tells(name: str, tmp_path: Path) -> None:
    model, version, stage = name.split()
    verdict, unmet = EXPECTED[name]
    world = GitWorld(tmp_path)
    for folder in ("policies", "model_cards"):
        shutil.copytree(ROOT / folder, world.root / folder)
    base = world.commit("start")
    world.branch("promote")
    card = f"model_cards/{model}/{version}/card.yaml"
    before = next(line for line in world.read(card).splitlines() if line.startswith("stage: "))
    world.write(card, world.read(card).replace(before, f"stage: {stage}", 1))
    head = world.commit("promote")
    words = ("gate", "--base", base, "--head", head, "--repo", str(world.root), "--format", "json")
    answer = run_rampgate(*words, "--now", "2026-11-20T10:00:00Z")
    bad = ("fail", "insufficient", "error")
    found = {
        each["rule"]: each["outcome"]
        for each in answer.json["findings"]
        if each["effect"] == "block" and each["outcome"] in bad
    }
    assert (answer.verdict, found) == (verdict, unmet), json.dumps(answer.json["findings"], indent=1)


@pytest.mark.long
def test_the_demonstration_plays_to_its_end_and_leaves_nothing_behind(tmp_path: Path) -> None:
    """Its exit codes are asserted by the demonstration itself: it stops where a step does not end as told."""
    answer = run_rampgate("demo", "--keep", str(tmp_path / "kept"), as_process=True)
    assert answer.exit == 0, answer.text
    for code in (0, 10, 11, 12):
        assert f"(exit code {code})" in answer.text
    log = subprocess.run(
        ["git", "log", "--first-parent", "--format=%s", "main"],
        cwd=tmp_path / "kept",
        capture_output=True,
        text=True,
        check=True,
    )
    assert log.stdout.splitlines()[:3] == [
        "Roll back credit-risk 2.0.0 to pilot",
        "Record decisions",
        "Promote credit-risk 2.0.0 to canary",
    ]
