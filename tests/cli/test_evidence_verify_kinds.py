"""`rampgate evidence verify --data` measures every kind again: the same data agree, other data and edits are named."""

from __future__ import annotations

import copy
import json
from collections.abc import Iterator
from typing import Any

import pytest

from worlds.command_line import CommandLine
from worlds.governed_world import GovernedWorld

HEADER = "id,sex,race,y,p,s,w,team,said,truth,guess,ms,failed,at,cost,arm,word"
WORDS = ("red", "blue", "green")


def rows(first: int, last: int) -> str:
    made = [HEADER]
    for i in range(first, last):
        made.append(
            f"{i},{'fm'[i % 2]},{'abc'[i % 7 % 3]},{i * i % 3 % 2},{i // 2 % 2},{i % 20 / 20 + 0.01:.2f},{1 + i % 4}.5,"
            f"{WORDS[i % 3]},{WORDS[i * i % 3]},{i % 11}.25,{i % 13}.5,{i % 90 + 10},{int(i % 50 == 0)},"
            f"2026-11-19T{i // 60 % 24:02d}:{i % 60:02d}:00Z,0.00{i % 9 + 1},{('new', 'old')[i % 2]},{WORDS[i % 3]}"
        )
    return "\n".join([*made, ""])


LABELS = ("--y-true", "y", "--y-pred", "p")
AUDIT = ("--preset", "nyc-ll144", "--by", "sex,race", "--no-cross-check")
CASES: dict[str, tuple[str, tuple[str, ...]]] = {
    "calibration": ("calibration", ("--y-true", "y", "--y-score", "s", "--by", "sex", "--no-cross-check")),
    "cost": ("cost", ("--cost", "cost", "--currency", "EUR", "--by", "word")),
    "data quality": ("data_quality", (
        "--range", "ms:0..90", "--allowed", "word:red,blue", "--key", "id", "--time", "at", "--rows", "500..",
    )),
    "drift": ("drift", ("--profile", "profile.json")),
    "fairness": ("fairness", (*LABELS, "--by", "sex,race", "--min-cell", "5", "--no-cross-check")),
    "fairness of a pool": ("fairness", (*LABELS, "--by", "sex", "--pool", "later.csv", "--no-cross-check")),
    "fairness with truth": ("fairness", (
        "--y-true", "t", "--y-pred", "p", "--by", "sex", "--id", "id", "--truth", "truth.csv", "--allow-unmatched",
        "--no-cross-check",
    )),
    "an audit of selections": ("fairness", (*AUDIT, "--outcome", "y", "--exclude-small", "too few")),
    "an audit of scores": ("fairness", (*AUDIT, "--y-score", "s", "--unknown", "declined")),
    "impact on a rate": ("impact", ("--arm", "arm", "--treatment", "new", "--baseline", "old", "--outcome", "failed")),
    "impact on a mean": ("impact", ("--arm", "arm", "--treatment", "new", "--baseline", "old", "--value", "ms")),
    "load": ("load", ("--latency", "ms", "--error", "failed", "--time", "at", "--edges", "55", "--by", "word")),
    "multiclass": ("multiclass", ("--y-true", "team", "--y-pred", "said", "--by", "sex", "--no-cross-check")),
    "performance": ("performance", (
        "--y-true", "y", "--y-score", "s", "--threshold", "0.5", "--by", "sex", "--no-cross-check",
    )),
    "performance with weights": ("performance", (*LABELS, "--weight", "w", "--no-cross-check")),
    "rate": ("rate", ("--outcome", "failed", "--by", "word", "--no-cross-check")),
    "reconciliation": ("reconciliation", (
        "--other", "later.csv", "--key", "id", "--values", "ms,word", "--absolute", "1", "--sample", "3",
    )),
    "regression": ("regression", ("--y-true", "truth", "--y-pred", "guess", "--by", "sex", "--no-cross-check")),
    "split overlap": ("split_overlap", ("--other", "later.csv", "--key", "id")),
}  # fmt: skip
MORE = {
    "fairness of a pool": ("later.csv",),
    "fairness with truth": ("truth.csv",),
    "reconciliation": ("later.csv",),
    "split overlap": ("later.csv",),
    "drift": ("profile.json",),
}
"""Case -> the files that it rests on beside the data."""

NOW = "2026-11-20T10:00:00Z"
WHEN = ("--window", "2026-11-01..2026-11-19", "--population", "production", "--dataset-name", "november")


@pytest.fixture(scope="module")
def world(tmp_path_factory):
    """Data in a folder that no command is run in; the evidence of every case, once it is measured."""
    world = GovernedWorld(tmp_path_factory.mktemp("kinds"))
    world.write("data/log.csv", rows(0, 400))
    world.write("data/later.csv", rows(300, 700).replace(",45,", ",46,"))
    world.write("data/truth.csv", "id,t\n" + "".join(f"{i},{i % 3 % 2}\n" for i in range(10, 410)))
    return world


@pytest.fixture
def rampgate(world, capsys, monkeypatch):
    monkeypatch.chdir(world.path)
    return CommandLine(capsys)


@pytest.fixture
def measured(world, rampgate):
    def run(case: str):
        path = world.path / f"{case.replace(' ', '-')}.json"
        if not path.exists():
            kind, words = CASES[case]
            if kind == "drift":
                made = (
                    "--data",
                    "data/later.csv",
                    "--columns",
                    "ms,word,s",
                    "--out",
                    "data/profile.json",
                    "--now",
                    NOW,
                )
                assert rampgate("measure", "profile", *made).exit == 0
            words = tuple(f"data/{word}" if word.endswith((".csv", ".json")) else word for word in words)
            whose = ("--model", "credit-risk", "--model-version", "2.0.0", "--as", "alice", "--now", NOW, *WHEN)
            done = rampgate("measure", kind, "--data", "data/log.csv", *words, *whose, "--out", str(path))
            assert done.exit == 0, done.err
        return path

    return run


def files_of(case: str, folder: str = "data") -> list[str]:
    return [word for name in ("log.csv", *MORE.get(case, ())) for word in ("--data", f"{folder}/{name}")]


@pytest.mark.parametrize("case", CASES)
def test_the_same_data_give_the_same_evidence(measured, rampgate, case):
    done = rampgate("evidence", "verify", str(measured(case)), *files_of(case))
    assert done.exit == 0, done.out + done.err
    assert "measured again on" in done.out


@pytest.mark.parametrize("case", CASES)
def test_other_data_differ(world, measured, rampgate, case):
    path = measured(case)
    world.write("other/log.csv", rows(0, 400).replace("\n5,m,c,", "\n5,m,a,"))
    for name in MORE.get(case, ()):
        world.write(f"other/{name}", (world.path / "data" / name).read_text())
    done = rampgate("evidence", "verify", str(path), *files_of(case, "other"))
    assert done.exit == 10
    assert "data: digest of the data: recorded as sha256:" in " ".join(done.out.split())


@pytest.mark.parametrize("case", [case for case in CASES if case in MORE])
def test_a_file_that_is_not_given_is_asked_for_and_never_looked_for(world, measured, rampgate, monkeypatch, case):
    """A file of that name lies in the working directory; nobody said that it is the one."""
    path = measured(case)
    monkeypatch.chdir(world.path / "data")
    done = rampgate("evidence", "verify", str(path), "--data", "log.csv")
    assert done.exit == 4
    assert f"it was measured on `{MORE[case][0]}`; give it: `--data PATH/{MORE[case][0]}`" in done.err


def numbers(value: Any, at: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Yield the place of every number in tables, sums, counts, measures and results."""
    if isinstance(value, dict):
        for name, item in value.items():
            yield from numbers(item, (*at, name))
    elif isinstance(value, list):
        for place, item in enumerate(value):
            yield from numbers(item, (*at, place))
    elif type(value) is int or (isinstance(value, str) and value.replace(".", "", 1).isdecimal()):
        yield at


def edited(evidence: Any, at: tuple[Any, ...]) -> Any:
    """Return the evidence with one number made one larger."""
    changed = copy.deepcopy(evidence)
    holder = changed
    for step in at[:-1]:
        holder = holder[step]
    old = holder[at[-1]]
    holder[at[-1]] = old + 1 if isinstance(old, int) else f"{old[:-1]}{(int(old[-1]) + 1) % 10}"
    return changed


@pytest.mark.parametrize("case", CASES)
def test_every_edited_number_is_found(measured, rampgate, tmp_path, case):
    """One number of each part of the evidence: by its own tables, by its structure, or by the data."""
    evidence = json.loads(measured(case).read_text())
    kept = {name: evidence[name] for name in ("counts", "sums", "tables", "measures", "results") if name in evidence}
    places = list(numbers(kept))
    parts = {tuple(step for step in place if not isinstance(step, int)): place for place in places}
    assert parts
    unseen = []
    for place in parts.values():
        path = tmp_path / "edited.json"
        path.write_text(json.dumps(edited(evidence, place)))
        # Measuring again comes on top of what the file alone shows, and takes most of the time.
        alone = rampgate("evidence", "verify", str(path)).exit
        if alone not in (10, 3) and rampgate("evidence", "verify", str(path), *files_of(case)).exit not in (10, 3):
            unseen.append(place)
    assert unseen == []


@pytest.mark.parametrize("part", ["dataset", "digest", "rows", "minimum_cell"])
def test_an_edited_word_about_the_data_is_found(measured, rampgate, tmp_path, part):
    evidence = json.loads(measured("fairness").read_text())
    zeros = "sha256:" + "0" * 64
    match part:
        case "dataset":
            evidence["subject"]["dataset"] = zeros
        case "digest":
            evidence["source"]["digest"] = zeros
        case "rows":
            evidence["source"]["rows"] += 1
        case _:
            evidence["minimum_cell"] = 4
    path = tmp_path / "edited.json"
    path.write_text(json.dumps(evidence))
    done = rampgate("evidence", "verify", str(path), *files_of("fairness"))
    assert done.exit in (10, 3)
