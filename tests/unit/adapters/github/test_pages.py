"""Pages of a list: all of them, once, in order, from the same list of the same host; else an error."""

from __future__ import annotations

from urllib.parse import parse_qsl, urlsplit

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from rampgate.adapters.github import pages
from rampgate.errors import Unreachable, UsageProblem

REVIEWS = "/repos/acme/models/pulls/7/reviews"
BY_NUMBER = "/repositories/42/pulls/7/reviews"


def items(*ids):
    return [{"id": number} for number in ids]


def link(world, path, page, **query):
    words = "&".join(f"{name}={value}" for name, value in {"per_page": 100, **query, "page": page}.items())
    return world.server.next_link(f"{path}?{words}")


def test_three_pages_are_one_list(world):
    world.server.say(items(1, 2), link=link(world, REVIEWS, 2))
    world.server.say(items(3, 4), link=link(world, BY_NUMBER, 3))
    world.server.say(items(5))
    assert world.github.reviews(7) == items(1, 2, 3, 4, 5)
    assert world.server.asked() == [
        f"GET {REVIEWS}?per_page=100",
        f"GET {REVIEWS}?per_page=100&page=2",
        f"GET {BY_NUMBER}?per_page=100&page=3",
    ]


def test_an_empty_list_is_one_page(world):
    world.server.say([])
    assert world.github.comments(7) == []


def test_pages_named_by_a_cursor_are_followed(world):
    world.server.say(items(1), link=world.server.next_link(f"{REVIEWS}?after=xyz"))
    world.server.say(items(2))
    assert world.github.reviews(7) == items(1, 2)


def test_a_fault_between_pages_loses_nothing(world):
    world.server.say(items(1), link=link(world, REVIEWS, 2))
    world.server.say({}, 502)
    world.server.say(items(2))
    assert world.github.reviews(7) == items(1, 2)


def test_a_refused_page_refuses_the_list(world):
    world.server.say(items(1), link=link(world, REVIEWS, 2))
    world.server.say({"message": "Not Found"}, 404)
    with pytest.raises(Unreachable, match="was refused with 404"):
        world.github.reviews(7)


def test_the_filter_goes_with_every_page(world):
    path = "/repos/acme/models/pulls"
    world.server.say(items(1), link=link(world, path, 2, state="open", base="main", head="acme%3Apromote"))
    world.server.say(items(2))
    assert world.github.open_pulls("main", "promote") == items(1, 2)
    asked = [dict(parse_qsl(urlsplit(call.path).query)) for call in world.server.calls]
    assert [(each["state"], each["base"], each["head"]) for each in asked] == [("open", "main", "acme:promote")] * 2


# sentence -> (first page's link, words of the error); {here} is the server
ANOMALIES = {
    "the same page again": ('<{here}/repos/acme/models/pulls/7/reviews?per_page=100>; rel="next"', "was read already"),
    "another host": ('<https://evil.test/repos/acme/models/pulls/7/reviews?page=2>; rel="next"', "on another host"),
    "another scheme": ('<ftp://127.0.0.1/repos/acme/models/pulls/7/reviews?page=2>; rel="next"', "on another host"),
    "a user before the host": ('<http://x@{host}/repos/acme/models/pulls/7/reviews?page=2>; rel="next"', "on another host"),
    "an address that is none": ('<http://[::1/reviews?page=2>; rel="next"', "on another host"),
    "no address at all": ('</repos/acme/models/pulls/7/reviews?page=2>; rel="next"', "on another host"),
    "a path that climbs": ('<{here}/x/../reviews?page=2>; rel="next"', "on another host"),
    "another list": ('<{here}/repos/acme/models/pulls/7/comments?page=2>; rel="next"', "of another list"),
    "a page left out": ('<{here}/repos/acme/models/pulls/7/reviews?page=3>; rel="next"', "page 3 as the next one after page 1"),
    "a page back": ('<{here}/repos/acme/models/pulls/7/reviews?page=1>; rel="next"', "page 1 as the next one"),
    "two next pages": (
        '<{here}/repos/acme/models/pulls/7/reviews?page=2>; rel="next", <{here}/repos/acme/models/pulls/7/reviews?page=3>; rel="next"',
        "two different links",
    ),
    "an end before the last page": ('<{here}/repos/acme/models/pulls/7/reviews?page=3>; rel="last"', "no next page after page 1 of 3"),
}  # fmt: skip


@pytest.mark.parametrize("case", ANOMALIES)
def test_an_anomaly_is_an_error(world, case):
    header, words = ANOMALIES[case]
    here = world.server.url
    world.server.say(items(1), link=header.replace("{here}", here).replace("{host}", urlsplit(here).netloc))
    with pytest.raises(Unreachable) as raised:
        world.github.reviews(7)
    assert words in str(raised.value)
    assert "nothing was concluded from it" in str(raised.value)
    assert len(world.server.calls) == 1


def test_the_token_does_not_follow_a_link_to_another_host(world, other_server):
    world.server.say(items(1), link=other_server.next_link(f"{REVIEWS}?page=2"))
    with pytest.raises(Unreachable, match="on another host, which the token must not reach"):
        world.github.reviews(7)
    assert other_server.calls == []


def test_a_next_page_without_the_filter_is_an_error(world):
    """It would bring pull requests into other branches."""
    world.server.say(items(1), link=link(world, "/repos/acme/models/pulls", 2))
    with pytest.raises(Unreachable, match="a next page of another list"):
        world.github.open_pulls("main")


def test_a_circle_of_pages_is_an_error(world):
    world.server.say(items(1), link=world.server.next_link(f"{REVIEWS}?after=a"))
    world.server.say(items(2), link=world.server.next_link(f"{REVIEWS}?after=b"))
    world.server.say(items(3), link=world.server.next_link(f"{REVIEWS}?after=a"))
    with pytest.raises(Unreachable, match="was read already"):
        world.github.reviews(7)


@pytest.mark.parametrize(("first", "second"), [((1, 2), (2, 3)), ((1, 2), (1, 2)), ((1, 1), ())])
def test_an_item_that_comes_twice_is_an_error(world, first, second):
    world.server.say(items(*first), **({"link": link(world, REVIEWS, 2)} if second else {}))
    if second:
        world.server.say(items(*second))
    with pytest.raises(Unreachable, match=r"the item `\d` twice"):
        world.github.reviews(7)


def test_a_commit_that_comes_twice_is_an_error(world):
    world.server.say([{"sha": "a" * 40}, {"sha": "a" * 40}])
    with pytest.raises(Unreachable, match=r"the item `a{40}` twice"):
        world.github.commits(7)


BODIES = {
    "an object": (b'{"id": 1}', "JSON of type `dict` where a list was expected"),
    "a list in an object": (b'{"items": []}', "JSON of type `dict`"),
    "nothing": (b"null", "JSON of type `NoneType`"),
    "a text": (b'"x"', "JSON of type `str`"),
    "a list of numbers": (b"[1]", "an item of type `int`"),
    "an item without id": (b'[{"state": "APPROVED"}]', "an item that has no id"),
    "an item with an id that is none": (b'[{"id": true}]', "an item that has no id"),
    "no JSON": (b"<html>", "something that is not JSON"),
}


@pytest.mark.parametrize("case", BODIES)
def test_a_body_that_is_no_list_of_items_is_an_error(world, case):
    body, words = BODIES[case]
    world.server.say(body)
    with pytest.raises(Unreachable, match=words):
        world.github.reviews(7)


def test_a_list_without_end_is_an_error(world, monkeypatch):
    monkeypatch.setattr(pages, "MOST_ITEMS", 6)
    world.server.answer = lambda call: _endless(world, call)
    with pytest.raises(Unreachable, match="more than 6 items"):
        world.github.reviews(7)
    assert len(world.server.calls) == 4


def test_empty_pages_without_end_are_an_error(world, monkeypatch):
    monkeypatch.setattr(pages, "MOST_PAGES", 5)
    world.server.answer = lambda call: _endless(world, call, empty=True)
    with pytest.raises(Unreachable, match="more than 5 pages"):
        world.github.reviews(7)
    assert len(world.server.calls) == 5


def _endless(world, call, *, empty=False):
    page = int(dict(parse_qsl(urlsplit(call.path).query)).get("page", 1))
    return world.server.said([] if empty else items(2 * page, 2 * page + 1), link=link(world, REVIEWS, page + 1))


def test_the_bound_is_three_thousand():
    assert pages.MOST_ITEMS == 3000


def test_rules_of_a_branch_have_no_id_and_may_be_alike(world):
    rule = {"type": "required_status_checks", "ruleset_id": 1}
    world.server.say([rule], link=link(world, "/repositories/42/rules/branches/release/1", 2))
    world.server.say([rule])
    assert world.github.branch_rules("release/1") == [rule, rule]
    assert world.server.asked()[0] == "GET /repos/acme/models/rules/branches/release%2F1?per_page=100"


# Statuses: pages of an object

HEAD = "c" * 40
STATUS = f"/repos/acme/models/commits/{HEAD}/status"


def test_the_statuses_of_all_pages_are_in_the_combined_one(world):
    world.server.say({"state": "pending", "total_count": 3, "statuses": items(1, 2)}, link=link(world, STATUS, 2))
    world.server.say({"state": "pending", "total_count": 3, "statuses": items(3)})
    assert world.github.statuses(HEAD) == {"state": "pending", "total_count": 3, "statuses": items(1, 2, 3)}


def test_statuses_that_are_fewer_than_they_say_are_an_error(world):
    world.server.say({"state": "success", "total_count": 3, "statuses": items(1, 2)})
    with pytest.raises(Unreachable, match="2 statuses where the total count is another"):
        world.github.statuses(HEAD)


@pytest.mark.parametrize("body", [{}, {"statuses": {}}, {"statuses": None}])
def test_an_object_without_statuses_is_an_error(world, body):
    world.server.say(body)
    with pytest.raises(Unreachable, match="without a list of `statuses`"):
        world.github.statuses(HEAD)


@pytest.mark.parametrize("name", ["main", "", "c" * 39, "C" * 40, "c" * 40 + "\n", f"{'c' * 40}/../x"])
def test_a_commit_is_named_in_full(world, name):
    for ask in (world.github.statuses, world.github.pulls_with):
        with pytest.raises(UsageProblem, match="no full name of a commit"):
            ask(name)
    with pytest.raises(UsageProblem, match="no full name of a commit"):
        world.github.merge(7, name)
    assert world.server.calls == []


# Laws


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(sizes=st.lists(st.integers(0, 7), min_size=1, max_size=8), by_number=st.booleans(), tells_last=st.booleans())
def test_however_a_list_is_cut_into_pages_it_is_the_same_list(steady_world, sizes, by_number, tells_last):
    server = steady_world.server
    every = items(*range(1, sum(sizes) + 1))
    starts = [sum(sizes[:place]) for place in range(len(sizes) + 1)]

    def answer(call):
        page = int(dict(parse_qsl(urlsplit(call.path).query)).get("page", 1))
        base = f"{server.url}{BY_NUMBER if by_number else REVIEWS}?per_page=100"
        links = []
        if page < len(sizes):
            links.append(f'<{base}&page={page + 1}>; rel="next"')
            if tells_last:
                links.insert(0, f'<{base}&page={len(sizes)}>; rel="last"')
        return server.said(every[starts[page - 1] : starts[page]], link=", ".join(links))

    server.calls.clear()
    server.answer = answer
    assert steady_world.github.reviews(7) == every
    assert len(server.calls) == len(sizes)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(sizes=st.lists(st.integers(1, 5), min_size=2, max_size=6), data=st.data())
def test_a_list_that_ends_early_is_never_taken_for_whole(steady_world, sizes, data):
    """The server tells how many pages there are, and stops before."""
    server = steady_world.server
    stop = data.draw(st.integers(1, len(sizes) - 1))

    def answer(call):
        page = int(dict(parse_qsl(urlsplit(call.path).query)).get("page", 1))
        links = [f'<{server.url}{REVIEWS}?page={len(sizes)}>; rel="last"']
        if page < stop:
            links.append(f'<{server.url}{REVIEWS}?page={page + 1}>; rel="next"')
        return server.said(items(page), link=", ".join(links))

    server.answer = answer
    with pytest.raises(Unreachable, match=f"no next page after page {stop} of {len(sizes)}"):
        steady_world.github.reviews(7)
