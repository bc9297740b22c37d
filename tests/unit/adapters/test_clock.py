"""Moments are read with their offset or not at all."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from rampgate.adapters.clock import now, parse_rfc3339
from rampgate.errors import UsageProblem

MOMENTS = {
    "2026-03-01T09:30:00Z": datetime(2026, 3, 1, 9, 30, tzinfo=UTC),
    "2026-03-01t09:30:00z": datetime(2026, 3, 1, 9, 30, tzinfo=UTC),
    "2026-03-01 09:30:00+02:00": datetime(2026, 3, 1, 7, 30, tzinfo=UTC),
    "2025-12-31T23:30:00-01:00": datetime(2026, 1, 1, 0, 30, tzinfo=UTC),
    "2026-03-01T09:30:00.5Z": datetime(2026, 3, 1, 9, 30, 0, 500_000, tzinfo=UTC),
    "2026-03-01T09:30:00.123456789Z": datetime(2026, 3, 1, 9, 30, 0, 123_456, tzinfo=UTC),
    "2024-02-29T00:00:00Z": datetime(2024, 2, 29, tzinfo=UTC),
}

REFUSED = {
    "without an offset": "2026-03-01T09:30:00",
    "a date alone": "2026-03-01",
    "a week date": "2026-W09-7T09:30:00Z",
    "no colon in the offset": "2026-03-01T09:30:00+0200",
    "a comma before the fraction": "2026-03-01T09:30:00,5Z",
    "a month that is not": "2026-13-01T09:30:00Z",
    "a day that is not": "2026-02-29T09:30:00Z",
    "a leap second": "2016-12-31T23:59:60Z",
    "an hour that is not": "2026-03-01T24:00:00Z",
    "an offset of a day": "2026-03-01T09:30:00+24:00",
    "before the first year": "0001-01-01T00:00:00+23:59",
    "a line break after it": "2026-03-01T09:30:00Z\n",
    "digits of another script": "２０２６-03-01T09:30:00Z",
    "nothing": "",
}


@pytest.mark.parametrize("text", MOMENTS)
def test_a_moment_is_read_in_utc(text):
    found = parse_rfc3339(text)
    assert found == MOMENTS[text]
    assert found.utcoffset() == timedelta(0)


@pytest.mark.parametrize("case", REFUSED)
def test_D11_what_is_no_moment_is_refused(case):
    with pytest.raises(UsageProblem, match="is not a moment in time"):
        parse_rfc3339(REFUSED[case])


def test_now_has_an_offset():
    assert now().tzinfo is UTC
