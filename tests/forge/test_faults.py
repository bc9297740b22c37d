"""Each fault strikes when and as often as asked, and no call in between."""

from __future__ import annotations

import time

import httpx
import pytest

from forge import faults
from forge.test_calls import REPO, Caller
from worlds.governed_world import ALICE, RITA

REVIEWS = f"{REPO}/pulls/1/reviews"


@pytest.fixture
def pull(forge, world):
    world.branch("promote")
    world.edit_card(stage="canary")
    world.commit("promote")
    forge.push(world, "promote", ALICE)
    pull = forge.open_pull("promote", "main", ALICE)
    for number in range(5):
        forge.review(pull, RITA, "COMMENTED", body=str(number))
    return pull


@pytest.fixture
def ask(forge, pull):
    with (caller := Caller(forge)).http:
        yield caller


def test_a_status_strikes_as_often_as_asked(forge, ask):
    forge.fail_next("GET", "/repos/*/pulls/1/reviews", 429, times=2, headers={"Retry-After": "1"})
    assert ask.status("GET", f"{REPO}/pulls/1") == 200
    assert [ask.status("GET", REVIEWS) for _ in range(3)] == [429, 429, 200]
    assert [each.status for each in forge.calls] == [200, 429, 429, 200]


def test_a_fault_may_wait(forge, ask):
    forge.fail_next("*", "*", 502, skip=1)
    assert [ask.status("GET", REVIEWS) for _ in range(3)] == [200, 502, 200]
    assert forge.desk.faults.left == 0


@pytest.mark.parametrize(("done", "left"), [(False, 0), (True, 1)])
def test_a_lost_answer_says_nothing_about_the_deed(forge, ask, done, left):
    forge.fail_next("POST", "*/comments", 502, done=done)
    assert ask.status("POST", f"{REPO}/issues/1/comments", {"body": "x"}) == 502
    assert len(forge.state.comments) == left


@pytest.mark.parametrize("sent", [0.0, 0.5])
def test_a_connection_is_dropped(forge, ask, sent):
    forge.drop_next("GET", REVIEWS, done=True, sent=sent)
    with pytest.raises(httpx.RemoteProtocolError, match="complete message body" if sent else "without sending"):
        ask("GET", REVIEWS)
    assert ask.status("GET", REVIEWS) == 200


def test_a_next_link_is_bent(forge, ask):
    forge.page_size = 2
    forge.bend_next("GET", REVIEWS, faults.with_next("http://127.0.0.1:9/x"))
    ask("GET", REVIEWS)
    assert ask.last.links["next"]["url"] == "http://127.0.0.1:9/x"


def test_a_body_is_cut_or_exchanged(forge, ask):
    forge.bend_next("GET", REVIEWS, faults.with_body(lambda body: b'[{"id": 1'))
    forge.bend_next("GET", f"{REPO}/pulls/1", faults.with_body(lambda body: [body]))
    assert ask.http.get(REVIEWS).text == '[{"id": 1'
    assert isinstance(ask("GET", f"{REPO}/pulls/1"), list)


def test_something_happens_just_before_an_answer(forge, ask, world, pull):
    """A push from within a call does not wait for the call that waits for it."""
    world.write("note.txt", "more")
    head = world.commit("more")
    forge.when("GET", f"{REPO}/pulls/1", lambda: forge.push(world, "promote", ALICE))
    start = time.monotonic()
    assert ask("GET", f"{REPO}/pulls/1")["head"]["sha"] == head
    assert time.monotonic() - start < 5
