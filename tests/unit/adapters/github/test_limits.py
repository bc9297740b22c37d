"""Where GitHub says that it was asked too often: wait as long as it says, and no longer than the patience."""

from __future__ import annotations

import contextlib

import pytest

from rampgate.adapters.github.refusals import Refused
from rampgate.adapters.github.transport import Transport
from rampgate.errors import Unreachable


@contextlib.contextmanager
def at(world, now):
    """A transport for which it is this many seconds since 1970."""
    made = Transport(world.github.settings, sleep=world.slept.append, clock=lambda: now)
    yield made
    made.close()


def test_retry_after_is_waited_for(world):
    world.server.say({}, 429, retry_after="17")
    world.server.say({"id": 1})
    assert world.github.repository() == {"id": 1}
    assert world.slept == [17]


def test_a_date_to_retry_after_is_waited_for(world):
    world.server.say({}, 429, retry_after="Fri, 20 Nov 2026 10:00:30 GMT")
    world.server.say({"id": 1})
    with at(world, 1795168800.0) as asked:  # 2026-11-20T10:00:00Z
        assert asked.ask("GET", asked.url("/user"), repeatable=True).status == 200
    assert world.slept == [30]


def test_the_reset_of_the_limit_is_waited_for(world):
    world.server.say({"message": "API rate limit exceeded"}, 403, x_ratelimit_remaining="0", x_ratelimit_reset="1040")
    world.server.say({"id": 1})
    with at(world, 1000.0) as asked:
        assert asked.ask("GET", asked.url("/user"), repeatable=True).status == 200
    assert world.slept == [41]


def test_a_limit_that_outlasts_the_patience_says_when_it_ends(world):
    world.server.say({}, 403, x_ratelimit_remaining="0", x_ratelimit_reset="1795172399", x_github_request_id="AB:1")
    with at(world, 1795168800.0) as asked, pytest.raises(Unreachable) as raised:
        asked.ask("GET", asked.url("/user"), repeatable=True)
    assert "asked too often (request `AB:1`); it answers again at 2026-11-20T11:00:00Z" in str(raised.value)
    assert world.slept == []


def test_the_patience_is_shared_by_all_requests(world):
    world.server.say({}, 429, retry_after="100")
    world.server.say({"id": 1})
    world.server.say({}, 429, retry_after="100")
    world.github.repository()
    with pytest.raises(Unreachable, match="it answers again at"):
        world.github.repository()
    assert world.slept == [100]


@pytest.mark.parametrize("status", [403, 429])
def test_a_secondary_limit_without_a_time_is_a_minute(world, status):
    world.server.say({"message": "You have exceeded a secondary rate limit."}, status)
    world.server.say({"id": 1})
    world.github.repository()
    assert world.slept == [60]


@pytest.mark.parametrize("value", ["soon", "-5", "9" * 400, "１７", "Fri, 99 Nov 2026 10:00:30 GMT"])
def test_a_wait_that_is_none_is_a_minute(world, value):
    world.server.say({}, 429)
    world.server.script[0].headers.append(("retry-after", value.encode().decode("latin-1")))
    world.server.say({"id": 1})
    world.github.repository()
    assert world.slept == [60]


def test_a_limit_that_has_always_just_ended_does_not_go_on_for_ever(world):
    world.server.answer = lambda call: world.server.said({}, 403, x_ratelimit_remaining="0", x_ratelimit_reset="1")
    with pytest.raises(Unreachable, match="asked too often"):
        world.github.repository()
    assert world.slept == [1, 2, 4, 8, 16, 32]


def test_a_refusal_that_is_no_limit_is_not_waited_for(world):
    world.server.say({"message": "Resource not accessible by integration"}, 403, x_ratelimit_remaining="4999")
    with pytest.raises(Refused):
        world.github.repository()
    assert world.slept == []
