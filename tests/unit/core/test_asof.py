"""What had happened by a moment, and what stood then: folds over entries, worked by hand."""

from __future__ import annotations

from typing import Any

import pytest

from rampgate.core.asof import happened, stood
from rampgate.core.history_select import corrections
from rampgate.core.instants import end_of, instant
from rampgate.model.history_views import Entry
from rampgate.model.ladder import Ladder
from rampgate.model.record import Record
from rampgate.model.sourced import Missing
from worlds.record_shapes import PROMOTION

LADDER = Ladder.preset("5-25-75-100")


def entry(seq: int, kind: str, at: str, *moves: tuple[str, str | None], landed: bool = True, **more: Any) -> Entry:
    """An entry of credit-risk whose versions move: (version, stage)."""
    git = {**PROMOTION["git"], "landed": "1" * 40 if landed else None, "landed_tree": "2" * 40 if landed else None}
    told = [
        {"model": "credit-risk", "version": version, "artifact": "a", "from": None, "to": to} for version, to in moves
    ]
    fields = {"decision": None, "pull": None, "past_the_gate": [], "statements": [], "corrects": [], **more}
    record = {**PROMOTION, "seq": seq, "kind": kind, "at": at, "moves": told, "git": git, **fields}
    return Entry(Record.model_validate(record), f"{seq:064d}")


OPENING = entry(0, "opening", "2026-11-01T09:00:00Z", landed=False)
BASE = entry(1, "baseline", "2026-11-01T09:00:05Z", ("1.0", "full"))


def places(entries: list[Entry], moment: str) -> list[int]:
    return [each.seq for each in happened(entries, instant(moment))]


def test_a_baseline_says_how_it_stood_at_the_opening():
    """It was written five seconds later, and what it tells of was so before."""
    assert places([OPENING, BASE], "2026-11-01T09:00:00Z") == [0, 1]
    assert places([OPENING, BASE], "2026-11-01T08:59:59Z") == []


def test_what_landed_later_never_counts_as_earlier():
    """The forge's clock ran backwards once: record 3 landed behind 2, whatever its moment says."""
    entries = [
        OPENING,
        BASE,
        entry(2, "promote", "2026-11-05T10:00:00Z", ("2.0", "canary")),
        entry(3, "promote", "2026-11-05T09:00:00Z", ("2.0", "ramp")),
    ]
    assert places(entries, "2026-11-05T09:30:00Z") == [0, 1]
    assert places(entries, "2026-11-05T10:00:00Z") == [0, 1, 2, 3]
    row = next(each for each in stood(entries, LADDER) if each.version == "2.0")
    assert (row.stage, row.since) == ("ramp", "2026-11-05T10:00:00Z")


def test_a_closed_pull_request_holds_no_landing_back():
    """The denial at ten came to the log before the landing of nine."""
    entries = [
        OPENING,
        BASE,
        entry(2, "promote", "2026-11-05T10:00:00Z", landed=False),
        entry(3, "promote", "2026-11-05T09:00:00Z", ("2.0", "canary")),
        entry(4, "promote", "2026-11-05T11:00:00Z", landed=False),
    ]
    assert places(entries, "2026-11-05T09:00:00Z") == [0, 1, 2, 3]
    assert places(entries, "2026-11-05T08:00:00Z") == [0, 1]


def test_the_last_rung_serves_what_the_challenger_does_not():
    entries = [OPENING, BASE, entry(2, "promote", "2026-11-05T10:00:00Z", ("2.0", "ramp"), ("3.0", "standby"))]
    rows = {each.version: (each.exposure_percent, each.traffic_percent) for each in stood(entries, LADDER)}
    assert rows == {"1.0": (100, 75), "2.0": (25, 25), "3.0": (0, 0)}


def test_a_stage_that_the_ladder_does_not_name_has_no_share_and_the_last_rung_none_either():
    """What the challenger serves is not known, so neither is the rest."""
    entries = [OPENING, BASE, entry(2, "promote", "2026-11-05T10:00:00Z", ("2.0", "shadow"))]
    rows = {each.version: each for each in stood(entries, LADDER)}
    assert isinstance(rows["2.0"].exposure_percent, Missing)
    assert isinstance(rows["1.0"].traffic_percent, Missing)
    assert rows["1.0"].exposure_percent == 100


def test_a_version_that_is_gone_stands_nowhere():
    entries = [OPENING, BASE, entry(2, "invalid", "2026-11-05T10:00:00Z", ("1.0", None))]
    assert stood(entries, LADDER) == []


def test_a_correction_past_the_gate_puts_nothing_right_until_it_is_put_right():
    bad = {"past_the_gate": ["it was pushed"]}
    first = entry(2, "promote", "2026-11-05T10:00:00Z", ("2.0", "canary"), **bad)
    forged = entry(3, "policy", "2026-11-06T10:00:00Z", corrects=[2], **bad)
    approved = entry(4, "policy", "2026-11-07T10:00:00Z", corrects=[3])
    assert corrections([OPENING, BASE, first, forged]) == {}
    assert corrections([OPENING, BASE, first, forged, approved]) == {3: 4, 2: 4}


ORDER = [
    "2026-11-20T09:59:59.999999999Z",
    "2026-11-20T10:00:00Z",
    "2026-11-20T11:00:00.000000001+01:00",
    "2026-11-20T10:00:00.5Z",
    "2026-11-20T04:00:01-06:00",
]


def test_moments_sort_as_time_does_whatever_their_offset():
    assert sorted([*ORDER[3:], *ORDER[:3]], key=instant) == ORDER
    assert instant("2026-11-20T23:59:59.999999999Z") == end_of("2026-11-20") < instant("2026-11-21T00:00:00Z")


@pytest.mark.parametrize("text", ["2026-13-01T00:00:00Z", "2026-11-20T10:00:00", "2026-11-20", ""])
def test_what_is_no_moment_is_an_error(text):
    with pytest.raises(ValueError, match=r"moment|month"):
        instant(text)
