"""Envelopes that other processes examine are what they are here, in the same order, whatever becomes of the helpers."""

from __future__ import annotations

from pathlib import Path

import pytest

from rampgate.app.judging.trust import Trust
from rampgate.app.verifying.examine import Examined, LogFile, answer, answered, asked, examine, question
from rampgate.app.verifying.side import Examiners
from worlds.history_world import HistoryWorld
from worlds.ssh_signer import INTRUDER


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> HistoryWorld:
    world = HistoryWorld(tmp_path_factory.mktemp("history"))
    world.begin(at="2026-11-20T08:00:00Z")
    world.land(at="2026-11-20T09:00:00Z", stage="canary", verdict="allow")
    world.deny(at="2026-11-20T10:00:00Z", stage="ramp")
    return world


@pytest.fixture
def blocks(world: HistoryWorld) -> list[list[LogFile]]:
    """Four records, one by an intruder, one malformed; each a block of its own, in no order."""
    files = [LogFile(step.path, seq, step.data) for seq, step in enumerate(world.steps)]
    forged = world.resigned(world.steps[2], INTRUDER)
    return [[each] for each in (*files, LogFile(forged.path, 2, forged.data), LogFile(files[3].path, 3, b"{\n}"))]


def through(examiners: Examiners, blocks: list[list[LogFile]]) -> list[Examined]:
    found: list[Examined] = []
    for block in blocks:
        if examiners.is_full:
            found += examiners.take()
        examiners.put(block)
    while not examiners.is_empty:
        found += examiners.take()
    return found


def test_the_side_says_what_this_process_says(world: HistoryWorld, blocks: list[list[LogFile]], tmp_path: Path) -> None:
    trust = Trust(world.settings)
    expected = [examine(each, trust) for block in blocks for each in block]
    assert [each.key for each in expected] == ["recorder"] * 4 + [""] * 2
    assert [[m.kind for m in each.mismatches] for each in expected[4:]] == [["record.signature"], ["record.malformed"]]
    examiners = Examiners(trust, few=0, processes=2)
    try:
        assert through(examiners, blocks) == expected
        assert len(examiners._idle) == 2
    finally:
        examiners.close()
    assert through(Examiners(trust, processes=1), blocks) == expected


def test_a_helper_that_ends_costs_time_and_nothing_else(world: HistoryWorld, blocks: list[list[LogFile]]) -> None:
    trust = Trust(world.settings)
    examiners = Examiners(trust, few=0, processes=2)
    try:
        examiners.put(blocks[0])
        for each in (*examiners._idle, *(side for _, side in examiners._waiting if side)):
            each._process.kill()
        assert through(examiners, blocks[1:]) == [examine(each, trust) for block in blocks for each in block]
    finally:
        examiners.close()


def test_questions_and_answers_hold_any_bytes(world: HistoryWorld) -> None:
    files = [LogFile("log/a", 0, b"\n\n\0"), LogFile("log/b", 1, b""), LogFile("log/\u00fc", 2, b"[]")]
    assert asked(question(files)) == files
    found = [examine(each, Trust(world.settings)) for each in files]
    assert answered(answer(found)) == found
