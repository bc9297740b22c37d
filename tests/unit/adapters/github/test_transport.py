"""One request and its answer: attempts, waits, limits, redirects, and a token that stays where it belongs."""

from __future__ import annotations

import logging
import socket
import ssl
import subprocess
import sys
import time
import traceback

import pytest

import rampgate
from rampgate.adapters.github import transport
from rampgate.adapters.github.client import GitHub
from rampgate.adapters.github.refusals import Refused, Unanswered
from rampgate.adapters.github.settings import Settings
from rampgate.adapters.github.transport import Transport
from rampgate.errors import Unreachable

SECRET = "SECRET"
HEAD = "c" * 40


# Headers


def test_a_request_says_who_asks_and_which_version(world):
    world.server.say({"id": 1})
    assert world.github.repository() == {"id": 1}
    headers = world.server.calls[0].headers
    assert headers["authorization"] == f"Bearer {world.github.settings.token}"
    assert headers["x-github-api-version"] == "2022-11-28"
    assert headers["accept"] == "application/vnd.github+json"
    assert headers["user-agent"] == f"rampgate/{rampgate.__version__}"


def test_httpx_is_not_loaded_before_the_first_request():
    code = "import sys, rampgate.adapters.github.client; sys.exit('httpx' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_a_proxy_of_the_environment_does_not_see_what_stays_on_this_machine(world, monkeypatch, other_server):
    monkeypatch.setenv("http_proxy", other_server.url)
    monkeypatch.setenv("HTTP_PROXY", other_server.url)
    monkeypatch.setenv("all_proxy", other_server.url)
    monkeypatch.delenv("no_proxy", raising=False)
    monkeypatch.delenv("NO_PROXY", raising=False)
    world.server.say({"id": 1})
    world.github.repository()
    assert other_server.calls == []


# Faults


@pytest.mark.parametrize("status", [500, 502, 503, 504])
def test_a_fault_of_the_server_is_asked_again(world, status):
    world.server.say(b"<html>bad gateway</html>", status)
    world.server.say({"id": 1})
    assert world.github.repository() == {"id": 1}
    assert world.slept == [1]


def test_a_lost_connection_is_asked_again(world):
    world.server.drop()
    world.server.drop()
    world.server.say({"id": 1})
    assert world.github.repository() == {"id": 1}
    assert world.slept == [1, 2]


def test_four_faults_are_the_end(world):
    for _ in range(4):
        world.server.say({}, 502, x_github_request_id="AB:12")
    with pytest.raises(Unreachable) as raised:
        world.github.pull(7)
    assert world.slept == [1, 2, 4]
    assert "`GET /repos/acme/models/pulls/7` got no answer in 4 attempts (status 502 (request `AB:12`))" in str(
        raised.value
    )
    assert not isinstance(raised.value, Refused | Unanswered)


def test_nobody_there_is_unreachable_and_even_a_post_is_tried_again():
    """The connection was refused, so that nothing can have been done."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{free.getsockname()[1]}"
    slept = []
    nobody = GitHub(Settings(url, url, "acme/models", "t0ken"), sleep=slept.append)
    with nobody as github, pytest.raises(Unreachable, match="got no answer in 4 attempts") as raised:
        github.create_comment(7, "hello")
    assert slept == [1, 2, 4]
    assert not isinstance(raised.value, Unanswered)


def test_a_silent_server_is_given_up(world):
    world.server.say({})
    world.server.script[0].delay = 0.6
    settings = world.github.settings
    quick = Transport(settings, sleep=lambda seconds: None, patience_seconds=0, read_seconds=0.1)
    with pytest.raises(Unreachable, match=r"1 attempts \(ReadTimeout"):
        quick.ask("GET", quick.url("/user"), repeatable=True)
    quick.close()


def test_an_answer_that_drips_is_given_up(world, monkeypatch):
    monkeypatch.setattr(transport, "WHOLE_SECONDS", -1.0)
    world.server.say({})
    quick = Transport(world.github.settings, patience_seconds=0)
    with pytest.raises(Unreachable, match="the answer took more than"):
        quick.ask("GET", quick.url("/user"), repeatable=True)
    quick.close()


def test_the_time_limits_are_set(world):
    world.server.say({})
    world.github.repository()
    timeout = world.github._transport._http.timeout
    assert (timeout.connect, timeout.read, timeout.write, timeout.pool) == (10, 30, 30, 30)


# What would be done twice

TWICE = {
    "comment": lambda github: github.create_comment(7, "hello"),
    "pull request": lambda github: github.create_pull("t", "b", "promote", "main"),
}


@pytest.mark.parametrize("fault", ["drop", "502", "504", "500"])
@pytest.mark.parametrize("what", TWICE)
def test_what_would_be_done_twice_is_sent_once(world, what, fault):
    if fault == "drop":
        world.server.drop()
    else:
        world.server.say({}, int(fault))
    with pytest.raises(Unanswered, match="may have been done or not; look before trying again"):
        TWICE[what](world.github)
    assert len(world.server.calls) == 1
    assert world.slept == []


@pytest.mark.parametrize("what", TWICE)
def test_what_was_refused_for_haste_is_sent_again(world, what):
    """GitHub says that it did nothing."""
    world.server.say({"message": "You have exceeded a secondary rate limit"}, 403, retry_after="3")
    world.server.say({"id": 5}, 201)
    assert TWICE[what](world.github) == {"id": 5}
    assert world.slept == [3]


def test_a_status_and_an_edit_are_sent_again(world):
    world.server.drop()
    world.server.say({"id": 1}, 201)
    world.github.set_status(HEAD, "pending", "rampgate/verdict", "judging")
    world.server.say({}, 503)
    world.server.say({"id": 2})
    world.github.update_comment(2, "text")
    assert [call.method for call in world.server.calls] == ["POST", "POST", "PATCH", "PATCH"]
    assert world.server.calls[0].body == world.server.calls[1].body


def test_a_merge_without_an_answer_is_read_again_and_found_done(world):
    world.server.drop()
    world.server.say({"merged": True, "head": {"sha": HEAD}})
    assert world.github.merge(7, HEAD)["merged"] is True
    assert world.server.asked() == ["PUT /repos/acme/models/pulls/7/merge", "GET /repos/acme/models/pulls/7"]


@pytest.mark.parametrize(
    "found", [{"merged": False, "head": {"sha": HEAD}}, {"merged": True, "head": {"sha": "d" * 40}}, {}]
)
def test_a_merge_without_an_answer_that_is_not_seen_is_not_repeated(world, found):
    world.server.say({}, 502)
    world.server.say(found)
    with pytest.raises(Unanswered):
        world.github.merge(7, HEAD)
    assert len(world.server.calls) == 2


# Refusals


def test_a_refusal_names_the_request_the_words_and_the_permission(world):
    world.server.say(
        {"message": "Resource not accessible by integration"},
        403,
        x_accepted_github_permissions="statuses=write",
        x_github_request_id="AB12:34",
    )
    with pytest.raises(Refused) as raised:
        world.github.set_status(HEAD, "success", "rampgate/verdict", "allow")
    assert str(raised.value) == (
        f"`POST /repos/acme/models/statuses/{HEAD}` was refused with 403: `Resource not accessible by integration` "
        "(request `AB12:34`); the token may not do this, give it the permission: GitHub asks for `statuses=write`"
    )
    assert (raised.value.status, raised.value.exit_code) == (403, 4)


@pytest.mark.parametrize("status", [400, 401, 403, 404, 405, 409, 410, 422, 451])
def test_a_refusal_holds_its_status(world, status):
    world.server.say({"message": "no"}, status)
    with pytest.raises(Refused) as raised:
        world.github.pull(7)
    assert raised.value.status == status
    assert len(world.server.calls) == 1


def test_the_details_of_a_422_are_told(world):
    body = {
        "message": "Validation Failed",
        "errors": [{"resource": "PullRequest", "code": "custom", "message": "No commits between main and promote"}],
    }
    world.server.say(body, 422)
    with pytest.raises(Refused, match="`Validation Failed: No commits between main and promote`"):
        world.github.create_pull("t", "b", "promote", "main")


def test_the_words_of_a_refusal_can_not_act(world):
    world.server.say({"message": "a\n::error::b\x1b[31m`c` \u202e" + "x" * 5000}, 404)
    with pytest.raises(Refused) as raised:
        world.github.pull(7)
    text = str(raised.value)
    assert "\n" not in text
    assert "\x1b" not in text
    assert "\u202e" not in text
    assert "'c'" in text
    assert len(text) < 600


@pytest.mark.parametrize(
    "body", [b"", b"<html>", b"[]", b'"x"', b'{"message": 3}', b'{"message": null, "errors": {"a": 1}}']
)
def test_a_refusal_without_words_is_still_one(world, body):
    world.server.say(body, 404)
    with pytest.raises(Refused, match="was refused with 404; it is not there"):
        world.github.pull(7)


# Answers that are none


@pytest.mark.parametrize("body", [b"", b"<html>sign in</html>", b"{", b"\xff\xfe", b"[" * 100_000, b'{"a":1}{"b":2}'])
def test_what_is_not_json_is_no_answer(world, body):
    world.server.say(body)
    with pytest.raises(Unreachable, match="something that is not JSON"):
        world.github.pull(7)


def test_a_list_is_no_pull_request(world):
    world.server.say([])
    with pytest.raises(Unreachable, match="JSON of type `list` where an object was expected"):
        world.github.pull(7)


@pytest.mark.parametrize("status", [202, 204, 206, 304])
def test_a_status_that_is_no_answer_is_none(world, status):
    world.server.script.append(world.server.said(b"", status))
    with pytest.raises(Unreachable, match=f"was refused with {status}"):
        world.github.pull(7)


def test_a_huge_answer_is_cut_off(world, monkeypatch):
    monkeypatch.setattr(transport, "LARGEST_BODY", 2 * 1024 * 1024)
    world.server.say(b" " * (8 * 1024 * 1024))
    with pytest.raises(Unreachable, match="was answered with more than 2 MiB"):
        world.github.pull(7)


# Redirects


@pytest.mark.parametrize("status", [301, 302, 307, 308])
def test_reading_follows_within_the_same_api(world, status):
    world.server.say({}, status, location=f"{world.server.url}/repositories/42")
    world.server.say({"id": 42})
    assert world.github.repository() == {"id": 42}
    assert world.server.asked() == ["GET /repos/acme/models", "GET /repositories/42"]


def test_a_redirect_to_another_host_is_refused(world, other_server):
    world.server.say({}, 302, location=f"{other_server.url}/repos/acme/models")
    with pytest.raises(
        Unreachable, match=r"a redirect to another place, `127\.0\.0\.1`, which the token must not reach"
    ):
        world.github.repository()
    assert other_server.calls == []


@pytest.mark.parametrize(
    "target",
    ["//acme.test/x", "https://127.0.0.1/x", "http://user@127.0.0.1/x", "http://[::1", "", "file:///etc/passwd"],
)
def test_a_redirect_to_anywhere_else_is_refused(world, target):
    world.server.answer = lambda call: world.server.said({}, 302, location=target)
    with pytest.raises(Unreachable):
        world.github.repository()
    assert {call.path for call in world.server.calls} == {"/repos/acme/models"}


def test_doing_follows_no_redirect(world):
    world.server.say({}, 307, location=f"{world.server.url}/repositories/42/issues/7/comments")
    with pytest.raises(Unreachable, match="set GITHUB_REPOSITORY"):
        world.github.create_comment(7, "hello")
    assert len(world.server.calls) == 1


def test_a_circle_of_redirects_ends(world):
    world.server.answer = lambda call: world.server.said(
        {}, 302, location=f"{world.server.url}/{'b' if call.path == '/a' else 'a'}"
    )
    with pytest.raises(Unreachable, match="sent on more than 3 times"):
        world.github.repository()
    assert len(world.server.calls) == 4


# The token


def test_a_server_that_repeats_the_token_gets_it_into_no_message(world, caplog):
    token = world.github.settings.token
    caplog.set_level(logging.DEBUG)
    where = {"x_github_request_id": token, "x_accepted_github_permissions": token}
    answers = [
        (422, {"message": token, "errors": [{"message": token}]}, where),
        (404, {"message": token}, where),
        (200, {"commits": token}, where),
        (200, [{"sha": token}, {"sha": token}], where),
        (302, {}, where | {"location": f"https://{token}.test/"}),
        (429, {"message": token}, where | {"retry_after": "9999"}),
    ]
    for status, body, headers in answers:
        world.server.say(body, status, **headers)
        with pytest.raises(Unreachable) as raised:
            world.github.commits(7)
        told = "".join(traceback.format_exception(raised.value)) + repr(raised.value) + str(vars(raised.value))
        assert SECRET not in told, (status, told)
    world.server.say({"message": token}, 502, **where)
    with pytest.raises(Unanswered) as raised:
        world.github.create_comment(7, "x")
    assert SECRET not in "".join(traceback.format_exception(raised.value))
    assert _only_what_the_server_said(caplog, token)
    assert SECRET not in repr(world.github.settings)


def _only_what_the_server_said(caplog, token):
    """httpcore's own debug log shows the headers of answers; those of requests, where the token is ours, never."""
    lines = [line for line in caplog.text.splitlines() if token in line]
    return all("receive_response_headers.complete" in line for line in lines)


def test_nothing_is_logged_of_the_token(world, caplog):
    caplog.set_level(logging.DEBUG)
    world.server.say({"id": 1})
    world.github.repository()
    assert "GET" in caplog.text
    assert SECRET not in caplog.text


def test_a_closed_client_has_closed_its_connection(world):
    world.server.say({"id": 1})
    world.github.repository()
    http = world.github._transport._http
    world.github.__exit__(None, None, None)
    assert http.is_closed
    started = time.monotonic()
    world.github.__exit__(None, None, None)
    assert time.monotonic() - started < 1


def test_https_believes_only_certificates_that_are_vouched_for():
    asked = Transport(Settings("https://127.0.0.1:9", "https://127.0.0.1:9", "acme/models", "t0ken"))
    context = asked._client()._transport._pool._ssl_context
    asked.close()
    assert (context.verify_mode, context.check_hostname) == (ssl.CERT_REQUIRED, True)
