"""`rampgate measure` of data: each kind on its own page, from the command to the rule that judges what was written."""

from __future__ import annotations

import json

import pytest

from rampgate.model.evidence import Evidence
from rampgate.rules._values import values_of
from rampgate.rules.evidence_metric_within import MetricWithin, _tell
from worlds.command_line import CommandLine
from worlds.governed_world import GovernedWorld

NOW = "2026-11-20T10:00:00Z"
LOG = ["id,ms,failed,at,cost,arm,word"] + [
    f"{place},{place % 90 + 10},{int(place % 50 == 0)},2026-11-19T{place // 60 % 24:02d}:{place % 60:02d}:00Z,"
    f"0.00{place % 9 + 1},{('new', 'old')[place % 2]},{('red', 'blue', 'green')[place % 3]}"
    for place in range(600)
]


@pytest.fixture
def world(tmp_path):
    world = GovernedWorld(tmp_path)
    world.write("log.csv", "\n".join(LOG) + "\n")
    world.write("later.csv", "\n".join([LOG[0], *LOG[301:]]) + "\n")
    world.write("short.csv", "id\n1\n2\n")
    return world


@pytest.fixture
def measure(world, capsys, monkeypatch):
    monkeypatch.chdir(world.path)
    rampgate = CommandLine(capsys)

    def run(kind, *words):
        known = ("--model", "credit-risk", "--model-version", "2.0.0", "--as", "alice", "--now", NOW)
        return rampgate("measure", kind, *words, *(() if kind == "profile" else known))

    return run


# kind -> its words
KINDS = {
    "data_quality": (
        "--range",
        "ms:0..200",
        "--allowed",
        "word:red,blue,green",
        "--key",
        "id",
        "--time",
        "at",
        "--rows",
        "500..",
    ),
    "load": ("--latency", "ms", "--error", "failed", "--time", "at", "--edges", "95"),
    "cost": ("--cost", "cost", "--currency", "EUR", "--by", "word"),
    "impact": ("--arm", "arm", "--treatment", "new", "--baseline", "old", "--outcome", "failed"),
    "reconciliation": ("--other", "later.csv", "--key", "id", "--values", "ms,word", "--sample", "3"),
    "split_overlap": ("--other", "later.csv", "--key", "id"),
}


@pytest.mark.parametrize("kind", KINDS)
def test_each_kind_is_written_listed_and_sound(world, measure, kind, capsys):
    done = measure(kind, "--data", "log.csv", *KINDS[kind], "--attach")
    assert done.exit == 0, done.err
    assert "listed in model_cards/credit-risk/2.0.0/card.yaml" in done.out
    path = world.path / "model_cards/credit-risk/2.0.0/evidence" / f"{kind}.json"
    evidence = json.loads(path.read_text())
    assert evidence["kind"] == kind
    assert evidence["produced"]["command"].startswith(f"rampgate measure {kind} --data log.csv")
    assert CommandLine(capsys)("check", str(world.path / "model_cards/credit-risk")).exit == 0


def test_a_profile_is_written_and_drift_measured_from_it(world, measure):
    made = measure("profile", "--data", "log.csv", "--columns", "ms,word", "--out", "profile.json")
    assert made.exit == 0, made.err
    assert "word    category               3   600" in made.out
    done = measure("drift", "--data", "later.csv", "--profile", "profile.json", "--out", "drift.json")
    assert done.exit == 0, done.err
    evidence = json.loads((world.path / "drift.json").read_text())
    assert {each["group"]["column"] for each in evidence["measures"]} == {"ms", "word"}
    assert evidence["results"]["profile"]["digest"] in made.out
    assert "--profile profile.json" in evidence["produced"]["command"]


def test_a_profile_that_is_there_is_not_written_over_unasked(world, measure):
    words = ("--data", "log.csv", "--columns", "ms", "--out", "profile.json")
    assert measure("profile", *words).exit == 0
    again = measure("profile", *words)
    assert (again.exit, "profile.json exists" in again.err) == (2, True)
    assert measure("profile", *words, "--replace").exit == 0


# what is wrong -> (kind, words, exit code, what is said)
WRONG = {
    "a misspelt kind": ("drfit", (), 2, "unknown kind `drfit`; did you mean `drift`?"),
    "no data": ("load", ("--latency", "ms"), 2, "say what to measure: `--data FILE`, or `--engine ADDRESS --table NAME`"),
    "files and a table at once": (
        "load", ("--data", "log.csv", "--engine", "postgresql://h/d", "--table", "t", "--latency", "ms"), 2,
        "data are either files, `--data FILE`, or a table",
    ),
    "a column that only one source has": (
        "reconciliation", ("--data", "log.csv", "--other", "short.csv", "--key", "id", "--values", "ms"), 3,
        "short.csv:1:1: no column `ms`, which log.csv has fix: both need it, under one name",
    ),
    "a column that is not there": ("load", ("--data", "log.csv", "--latency", "mss"), 3, "no column `mss`; did you mean `ms`?"),
    "a profile that is not there": ("drift", ("--data", "log.csv", "--profile", "p.json"), 4, "the profile can not be read"),
    "a profile that is none": ("drift", ("--data", "log.csv", "--profile", "log.csv"), 3, "not valid JSON"),
    "a range that is none": ("data_quality", ("--data", "log.csv", "--range", "ms:many"), 2, "`many` is no range"),
    "a range without a column": ("data_quality", ("--data", "log.csv", "--range", "0..1"), 2, "COLUMN:LOW..HIGH"),
    "a range that nothing is in": ("data_quality", ("--data", "log.csv", "--range", "ms:2..1"), 2, "nothing is at least 2"),
    "bins that are none": ("profile", ("--data", "log.csv", "--bins", "1", "--out", "p.json"), 2, "from 2 to 100"),
    "an edge that is none": ("load", ("--data", "log.csv", "--latency", "ms", "--edges", "-5"), 2, "not above 0"),
    "another source that is not there": (
        "split_overlap", ("--data", "log.csv", "--other", "leter.csv", "--key", "id"), 4, "did you mean `later.csv`?"
    ),
    "groups where there are none": (
        "data_quality", ("--data", "log.csv", "--by", "word"), 2,
        "`--by` has no meaning for data_quality: give the rows of each group as data of their own",
    ),
    "a pool where there is none": (
        "load", ("--data", "log.csv", "--latency", "ms", "--pool", "later.csv"), 2, "put the files of all windows into"
    ),
    "a least group where there is none": (
        "cost", ("--data", "log.csv", "--cost", "cost", "--min-cell", "5"), 2, "`--min-cell` has no meaning for cost"
    ),
    "an arm that does not occur": (
        "impact", ("--data", "log.csv", "--arm", "arm", "--treatment", "next", "--baseline", "old", "--outcome", "failed"),
        3, "has no `next`, which `--treatment` names",
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", WRONG)
def test_what_is_wrong_is_said_and_nothing_is_written(world, measure, case):
    kind, words, code, said = WRONG[case]
    before = world.git("status", "--porcelain")
    done = measure(kind, *words)
    assert done.exit == code, done.err
    assert said in " ".join(done.err.split())
    assert world.git("status", "--porcelain") == before


@pytest.mark.parametrize("kind", ["profile", "drift", *KINDS])
def test_the_page_of_a_kind_has_an_example_and_exit_codes_and_fits(kind, capsys, monkeypatch):
    monkeypatch.setenv("COLUMNS", "80")
    done = CommandLine(capsys)("measure", kind, "--help")
    lines = done.out.splitlines()
    assert lines[0] == f"Usage: rampgate measure {kind} [OPTIONS]"
    assert any(line.startswith(f"  rampgate measure {kind} ") for line in lines)
    assert any(line.startswith("  Exit codes: 0 ") for line in lines)
    assert [line for line in lines if len(line) > 80] == []


def test_the_page_of_measure_lists_every_kind(capsys):
    out = CommandLine(capsys)("measure", "--help").out
    assert all(f"  {kind} " in out for kind in ("profile", "drift", *KINDS))


# evidence, limits -> what the gate's rule says of it
JUDGED = {
    "drift within its limit": ("drift", {"metric": "psi", "at_most": "0.2", "group": "every", "by": ["column"]}, "pass"),
    "drift beyond its limit": (
        "drift", {"metric": "psi", "at_most": "0.00001", "group": "every", "by": ["column"], "decide_on": "point"}, "fail"
    ),
    "a percentile below an edge": ("load", {"metric": "p95", "at_most": "95"}, "pass"),
    "a percentile above its limit": ("load", {"metric": "p95", "at_most": "50"}, "fail"),
    "sources that do not match": (
        "reconciliation", {"metric": "whole_match_rate", "at_least": "0.99", "group": "every", "by": ["source"]}, "fail"
    ),
    "a metric that is not told": ("cost", {"metric": "cost_per_1000", "at_most": "99", "group": "every", "by": ["arm"]},
                                  "insufficient"),
}  # fmt: skip


@pytest.mark.parametrize("case", JUDGED)
def test_a_rule_judges_what_was_written(world, measure, case):
    kind, limits, outcome = JUDGED[case]
    words = ("--profile", "profile.json") if kind == "drift" else KINDS[kind]
    if kind == "drift":
        measure("profile", "--data", "log.csv", "--columns", "ms,word", "--out", "profile.json")
    data = "later.csv" if kind == "drift" else "log.csv"
    assert measure(kind, "--data", data, *words, "--out", "evidence.json").exit == 0
    assert judged(world.path / "evidence.json", {"evidence": kind} | limits) == outcome


def judged(path, limits) -> str:
    """What `evidence.metric_within` says of one file, without the machinery around it."""
    params = MetricWithin.model_validate(limits)
    try:
        values = values_of(Evidence.model_validate(json.loads(path.read_text())), params.metric, params.by or ())
    except ValueError:
        return "insufficient"
    answers = {_tell(params, value) for value in values}
    return "fail" if "fail" in answers else "insufficient" if "insufficient" in answers or not answers else "pass"
