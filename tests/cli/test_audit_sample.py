"""`rampgate audit sample`: the same seed draws the same records, whoever draws with whatever."""

from __future__ import annotations

import csv
import hashlib
import io
import json
import subprocess
from typing import Any

import pytest

from worlds.command_line import CommandLine
from worlds.grown_world import grown_world


@pytest.fixture(scope="module")
def world():
    return grown_world()


@pytest.fixture
def rampgate(world, capsys):
    return CommandLine(capsys, world.root)


def drawn(rampgate, *words: str) -> dict[str, Any]:
    said = rampgate("audit", "sample", "--format", "json", *words)
    assert said.exit == 0, said.err
    return json.loads(said.out)


def by_hand(world, seed: str, number: int, among: list[int]) -> list[int]:
    """The rule as the page of the command tells it, with the digests that the branch itself gives."""
    keys = {place: hashlib.sha256(f"{seed}:{world.steps[place].digest}".encode()).hexdigest() for place in among}
    return sorted(sorted(among, key=keys.__getitem__)[:number])


@pytest.mark.parametrize("seed", ["7", "8", "2026-q4"])
def test_the_smallest_keys_are_drawn(seed, rampgate, world):
    told = drawn(rampgate, "--n", "4", "--seed", seed)
    assert [each["record"] for each in told["drawn"]] == by_hand(world, seed, 4, list(range(10)))
    assert (told["population"], told["asked"], told["seed"]) == (10, 4, seed)


def test_sha256sum_draws_the_same(rampgate, world):
    first = drawn(rampgate, "--n", "1", "--seed", "7")["drawn"][0]
    words = f"7:{world.steps[first['record']].digest}"
    done = subprocess.run(["sha256sum"], input=words.encode(), capture_output=True, check=True)
    assert done.stdout.split()[0].decode() == first["key"]


def test_a_larger_sample_holds_the_smaller_one(rampgate):
    small = {each["record"] for each in drawn(rampgate, "--n", "3", "--seed", "7")["drawn"]}
    assert small < {each["record"] for each in drawn(rampgate, "--n", "6", "--seed", "7")["drawn"]}


def test_it_is_drawn_from_what_the_filters_mean(rampgate, world):
    told = drawn(rampgate, "--n", "2", "--seed", "7", "--model", "credit-risk", "--since", "2026-11-20")
    assert told["population"] == 5
    assert told["filters"] == {"model": "credit-risk", "since": "2026-11-20"}
    assert [each["record"] for each in told["drawn"]] == by_hand(world, "7", 2, [3, 4, 5, 6, 9])


def test_a_history_that_has_grown_gives_the_old_sample_by_its_size(rampgate, world, tmp_path, capsys):
    """What was drawn from six records is drawn again from ten."""
    shorter = world.copy(tmp_path)
    shorter.rebuild(world.steps[:6])
    then = drawn(CommandLine(capsys, shorter.root), "--n", "3", "--seed", "7")
    now = drawn(rampgate, "--n", "3", "--seed", "7", "--size", "6")
    assert [each["record"] for each in now["drawn"]] == [each["record"] for each in then["drawn"]]
    assert now["history"] == then["history"] == {"records": 6, "newest_sha256": world.steps[5].digest}


def test_where_there_are_fewer_all_are_drawn_and_that_is_said(rampgate):
    said = rampgate("audit", "sample", "--n", "25", "--seed", "7", "--kind", "policy")
    assert said.out.splitlines()[0] == "2 of 2 records (kind policy), by the seed 7: 7, 8"


def test_csv_has_a_row_each_with_its_rank(rampgate, world):
    said = rampgate("audit", "sample", "--n", "4", "--seed", "7", "--format", "csv")
    header, *rows = csv.reader(io.StringIO(said.out, newline=""))
    assert header[:2] == ["rank", "record"]
    assert sorted(row[0] for row in rows) == ["1", "2", "3", "4"]
    assert [int(row[1]) for row in rows] == by_hand(world, "7", 4, list(range(10)))


@pytest.mark.parametrize("seed", ["", "a b", "7\n", "7:", "é", "x" * 101])
def test_a_seed_that_reads_in_two_ways_is_refused(seed, rampgate):
    said = rampgate("audit", "sample", "--n", "1", "--seed", seed)
    assert (said.exit, said.out) == (2, "")
    assert "the seed" in said.err


def test_no_records_can_not_be_drawn(rampgate):
    assert rampgate("audit", "sample", "--n", "0", "--seed", "7").exit == 2
