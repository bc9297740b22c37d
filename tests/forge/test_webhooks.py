"""Events tell what GitHub's tell, and are signed as GitHub signs them."""

from __future__ import annotations

import hashlib
import hmac
import json
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest

from forge import webhooks
from forge.state import Account
from worlds.governed_world import ALICE, RITA, STRANGER


@pytest.fixture
def pull(forge, world):
    world.branch("promote")
    world.edit_card(stage="canary")
    world.commit("promote")
    forge.push(world, "promote", ALICE)
    return forge.open_pull("promote", "main", ALICE)


def test_the_signature_is_githubs():
    """Source: docs.github.com, "Validating webhook deliveries", the values to test an implementation with."""
    signed = webhooks.signature(b"Hello, World!", "It's a Secret to Everybody")
    assert signed == "sha256=757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17"


def test_a_delivery_arrives_signed(forge, pull):
    got = []

    class Receiver(BaseHTTPRequestHandler):
        def do_POST(self):
            got.append((dict(self.headers), self.rfile.read(int(self.headers["Content-Length"]))))
            self.send_response(202)
            self.end_headers()

        def log_message(self, *words):
            pass

    with HTTPServer(("127.0.0.1", 0), Receiver) as server:
        threading.Thread(target=server.handle_request, daemon=True).start()
        url = f"http://127.0.0.1:{server.server_address[1]}/hook"
        assert webhooks.deliver(url, "pull_request", webhooks.pull_request(forge.desk, pull), "secret") == 202
    ((headers, body),) = got
    assert headers["X-Github-Event"] == "pull_request"
    assert headers["X-Hub-Signature-256"] == "sha256=" + hmac.new(b"secret", body, hashlib.sha256).hexdigest()
    assert json.loads(body)["pull_request"]["head"]["sha"] == pull.head_sha


def test_a_review_event_names_pull_and_commit(forge, pull):
    event = webhooks.pull_request_review(forge.desk, forge.review(pull, RITA, "APPROVED"))
    assert (event["action"], event["review"]["state"], event["sender"]["login"]) == ("submitted", "approved", "rita")
    assert event["review"]["commit_id"] == event["pull_request"]["head"]["sha"] == pull.head_sha


def test_a_run_for_a_fork_names_no_pull(forge, world, pull):
    words = {"event": "pull_request_review", "head_branch": "promote"}
    inside = webhooks.workflow_run(forge.desk, head_sha=pull.head_sha, pull=pull, **words)["workflow_run"]
    assert [each["number"] for each in inside["pull_requests"]] == [1]
    forge.push(world, "promote", STRANGER, fork=True)
    fork = forge.open_pull("promote", "main", STRANGER, fork=True)
    outside = webhooks.workflow_run(forge.desk, head_sha=fork.head_sha, pull=fork, **words)["workflow_run"]
    assert outside["pull_requests"] == []
    assert outside["head_repository"]["full_name"] == "mallory/models"


def test_a_push_event_tells_what_landed(forge, world, pull):
    after = forge.merge(pull, ALICE)
    event = webhooks.push(forge.desk, "main", world.base, after, Account.of(ALICE))
    assert (event["ref"], event["before"], event["after"], event["forced"]) == (
        "refs/heads/main",
        world.base,
        after,
        False,
    )
    assert [each["id"] for each in event["commits"]] == [pull.head_sha, after]


def test_a_merge_group_names_its_commit(forge, pull):
    event = forge.enqueue(pull)
    group = event["merge_group"]
    assert event["action"] == "checks_requested"
    assert group["head_commit"]["id"] == group["head_sha"] == forge.hub.git.commit_of(group["head_ref"])
    assert group["base_ref"] == "refs/heads/main"
