"""Fetching objects by name: what is gone is said, and neither token nor hook nor configuration gets in the way."""

from __future__ import annotations

import base64
import os
import subprocess
import sys
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from rampgate.adapters import git_remote
from rampgate.adapters.git_fetch import fetch, remote_refs
from rampgate.errors import Unreachable, UsageProblem
from worlds.git_world import GitWorld, clean_environment

TOKEN = "ghs_0123SECRET"
BASIC = base64.b64encode(f"x-access-token:{TOKEN}".encode()).decode()
NOWHERE = "e" * 40


@pytest.fixture
def origin(tmp_path):
    """A repository whose branch was force-pushed: `old` is on no branch any more, `new` is."""
    world = GitWorld(tmp_path, "origin")
    world.write("README.md", "one\n")
    world.start = world.commit("start")
    world.branch("promote")
    world.write("card.yaml", "old\n")
    world.old = world.commit("old")
    world.git("reset", "-q", "--hard", world.start)
    world.write("card.yaml", "new\n")
    world.new = world.commit("new")
    world.git("tag", "v1")
    world.checkout("main")
    return world


@pytest.fixture
def clone(tmp_path):
    return GitWorld(tmp_path, "clone")


def has(world, sha):
    return subprocess.run(["git", "cat-file", "-e", sha], cwd=world.root, env=clean_environment(), stderr=subprocess.DEVNULL, check=False).returncode == 0  # fmt: skip


def refs(world):
    return world.git("for-each-ref", "--format=%(refname)").split()


def test_a_commit_on_no_branch_comes_by_its_name(origin, clone):
    assert fetch(clone.root, str(origin.root), refs=[], shas=[origin.old]) == ()
    assert has(clone, origin.old)
    assert has(clone, origin.start), "its history comes with it"
    assert refs(clone) == []
    assert not (clone.root / ".git" / "FETCH_HEAD").exists()


def test_a_ref_comes_under_the_name_it_is_given_and_brings_no_tag(origin, clone):
    given = ["+refs/heads/promote:refs/rampgate/pull/7", "refs/heads/main:refs/remotes/origin/main"]
    assert fetch(clone.root, f"file://{origin.root}", refs=given, shas=[]) == ()
    assert refs(clone) == ["refs/rampgate/pull/7", "refs/remotes/origin/main"]
    assert clone.rev("refs/rampgate/pull/7") == origin.new


def test_what_is_gone_is_given_back_and_the_others_come(origin, clone):
    asked = [NOWHERE, origin.old, "d" * 40, origin.new, NOWHERE]
    assert fetch(clone.root, str(origin.root), refs=[], shas=asked) == (NOWHERE, "d" * 40)
    assert has(clone, origin.old)
    assert has(clone, origin.new)


def test_what_is_here_is_not_asked_for(origin, clone, tmp_path):
    fetch(clone.root, str(origin.root), refs=[], shas=[origin.new])
    assert fetch(clone.root, str(tmp_path / "nobody"), refs=[], shas=[origin.new, origin.start]) == ()


def test_what_is_no_commit_is_not_had(origin, clone):
    assert fetch(clone.root, str(origin.root), refs=[], shas=[origin.tree("promote")]) == (origin.tree("promote"),)


def test_a_repository_with_long_names_is_fetched_as_well(tmp_path):
    origin = GitWorld(tmp_path, "origin", object_format="sha256")
    clone = GitWorld(tmp_path, "clone", object_format="sha256")
    head = origin.commit("start")
    assert fetch(clone.root, str(origin.root), refs=[], shas=[head, "e" * 64]) == ("e" * 64,)
    assert has(clone, head)


def test_a_ref_that_is_not_there_is_unreachable(origin, clone):
    with pytest.raises(Unreachable, match="couldn't find remote ref refs/heads/nothing"):
        fetch(clone.root, str(origin.root), refs=["refs/heads/nothing:refs/x/y"], shas=[])


def test_a_place_that_is_none_is_unreachable_and_no_commit_is_called_gone(clone, tmp_path):
    with pytest.raises(Unreachable, match="ended with code 128"):
        fetch(clone.root, str(tmp_path / "nobody"), refs=[], shas=[NOWHERE])


def test_a_fetch_that_does_not_end_is_unreachable(origin, clone, monkeypatch):
    monkeypatch.setattr(git_remote, "TIMEOUT_SECONDS", 0.0001)
    with pytest.raises(Unreachable, match="did not end within"):
        fetch(clone.root, str(origin.root), refs=[], shas=[origin.old])


# Nothing of anybody else's runs


def test_no_hook_runs(origin, clone, tmp_path):
    mark = tmp_path / "ran"
    for name in ("reference-transaction", "post-update", "post-checkout"):
        hook = clone.root / ".git" / "hooks" / name
        hook.parent.mkdir(exist_ok=True)
        hook.write_text(f"#!/bin/sh\ntouch '{mark}'\n", encoding="utf-8")
        hook.chmod(0o755)
    clone.git("update-ref", "refs/x/proof", clone.commit("c"))
    assert mark.exists(), "the hook would run"
    mark.unlink()
    fetch(clone.root, str(origin.root), refs=["refs/heads/main:refs/x/main"], shas=[origin.old])
    assert not mark.exists()


@pytest.mark.parametrize("url", ["ext::sh -c 'touch ran'", "ssh://acme.test/x", "git://acme.test/x", "git@acme.test:x", "-oProxyCommand=x", "--upload-pack=x", "../x", "", "origin"])  # fmt: skip
def test_another_protocol_is_refused(clone, url):
    with pytest.raises(UsageProblem, match="no address to fetch from"):
        fetch(clone.root, url, refs=[], shas=[NOWHERE])


def test_a_configuration_that_leads_to_another_protocol_is_refused(origin, clone, tmp_path):
    mark = tmp_path / "ran"
    clone.git("config", f"url.ext::touch {mark} .insteadOf", str(origin.root))
    clone.git("config", "protocol.ext.allow", "always")
    with pytest.raises(Unreachable, match="transport 'ext' not allowed"):
        fetch(clone.root, str(origin.root), refs=[], shas=[origin.old])
    assert not mark.exists()


def test_submodules_are_left_alone(origin, clone):
    origin.gitlink("sub")
    origin.write(".gitmodules", '[submodule "sub"]\n\tpath = sub\n\turl = ext::false\n')
    head = origin.commit("sub")
    clone.git("config", "fetch.recurseSubmodules", "true")
    assert fetch(clone.root, str(origin.root), refs=["refs/heads/main:refs/x/main"], shas=[]) == ()
    assert clone.rev("refs/x/main") == head


@pytest.mark.parametrize("ref", ["", "main", "-x", "--all", "refs/heads/main:", ":refs/x", "^refs/heads/main", "refs/a b:refs/c", "refs/heads/*:refs/x/*\n", "refs/heads/m:main"])  # fmt: skip
def test_a_refspec_that_is_none_is_refused(origin, clone, ref):
    with pytest.raises(UsageProblem, match="is no refspec"):
        fetch(clone.root, str(origin.root), refs=[ref], shas=[])


@pytest.mark.parametrize("sha", ["main", "", "e" * 39, "--all", "E" * 40, "refs/heads/main"])
def test_a_name_that_is_none_is_refused(origin, clone, sha):
    with pytest.raises(UsageProblem, match="no full name of a commit"):
        fetch(clone.root, str(origin.root), refs=[], shas=[sha])


# Over HTTP: the token


class GitServer:
    """Git's own HTTP server behind a check of the header; keeps what it was sent."""

    def __init__(self, root):
        self.seen = []
        self.mode = "serve"
        server = self

        class Handler(BaseHTTPRequestHandler):
            def log_message(self, *_):
                pass

            def _serve(self):
                server.seen.append(self.headers.get_all("authorization") or [])
                body = self.rfile.read(int(self.headers.get("content-length", "0")))
                if server.mode.startswith("http"):
                    self.send_response(302)
                    self.send_header("Location", server.mode + self.path)
                    self.end_headers()
                elif server.seen[-1] != [f"Basic {BASIC}"]:
                    self.send_response(401)
                    self.send_header("WWW-Authenticate", "Basic realm=x")
                    self.end_headers()
                else:
                    self._backend(root, body)

            def _backend(self, root, body):
                path, _, query = self.path.partition("?")
                environment = clean_environment() | {
                    "GIT_PROJECT_ROOT": str(root),
                    "GIT_HTTP_EXPORT_ALL": "1",
                    "REQUEST_METHOD": self.command,
                    "PATH_INFO": path,
                    "QUERY_STRING": query,
                    "CONTENT_TYPE": self.headers.get("content-type", ""),
                    "CONTENT_LENGTH": str(len(body)),
                    "HTTP_CONTENT_ENCODING": self.headers.get("content-encoding", ""),
                    "GIT_PROTOCOL": self.headers.get("git-protocol", ""),
                }
                done = subprocess.run(["git", "http-backend"], env=environment, input=body, capture_output=True, check=False)  # fmt: skip
                head, _, content = done.stdout.partition(b"\r\n\r\n")
                lines = [line.partition(": ") for line in head.decode().split("\r\n")]
                self.send_response(int({name: value for name, _, value in lines}.get("Status", "200").split()[0]))
                for name, _, value in lines:
                    self.send_header(name, value)
                self.end_headers()
                self.wfile.write(content)

            do_GET = do_POST = _serve  # noqa: N815 (the names that the library calls)

        self._http = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._http.daemon_threads = True
        self.home = f"http://127.0.0.1:{self._http.server_address[1]}"
        self.url = f"{self.home}/origin/.git"
        threading.Thread(target=self._http.serve_forever, args=(0.02,), daemon=True).start()

    def stop(self):
        self._http.shutdown()
        self._http.server_close()


@pytest.fixture
def server(origin):
    started = GitServer(origin.root.parent)
    yield started
    started.stop()


def test_the_token_opens_the_server(origin, clone, server):
    given = ["refs/heads/promote:refs/x/promote"]
    assert fetch(clone.root, server.url, refs=given, shas=[origin.old, NOWHERE], token=TOKEN) == (NOWHERE,)
    assert has(clone, origin.old)
    assert clone.rev("refs/x/promote") == origin.new


def test_the_token_replaces_what_a_checkout_left_in_the_configuration(origin, clone, server):
    """Two `Authorization` headers are refused by GitHub; the server here wants exactly ours."""
    clone.git("config", f"http.{server.home}/.extraheader", "Authorization: Basic b2xk")
    clone.git("config", "http.extraheader", "Authorization: Basic b2xk")
    assert fetch(clone.root, server.url, refs=[], shas=[origin.old], token=TOKEN) == ()
    assert {tuple(each) for each in server.seen} == {(f"Basic {BASIC}",)}


def test_a_wrong_token_is_unreachable_and_not_shown(origin, clone, server):
    with pytest.raises(Unreachable) as raised:
        fetch(clone.root, server.url, refs=[], shas=[origin.old], token="ghs_wrongSECRET")
    assert "the token may read the contents" in str(raised.value)
    assert "SECRET" not in str(raised.value)
    assert "gone" not in str(raised.value)


def test_nobody_is_asked_for_a_password(origin, clone, server, tmp_path, monkeypatch):
    mark = tmp_path / "asked"
    helper = tmp_path / "helper"
    helper.write_text(f"#!/bin/sh\ntouch '{mark}'\n", encoding="utf-8")
    helper.chmod(0o755)
    clone.git("config", "credential.helper", str(helper))
    clone.git("config", "core.askPass", str(helper))
    monkeypatch.setenv("SSH_ASKPASS", str(helper))
    monkeypatch.setenv("GIT_ASKPASS", str(helper))
    with pytest.raises(Unreachable):
        fetch(clone.root, server.url, refs=[], shas=[origin.old])
    assert not mark.exists()


def test_a_redirect_is_not_followed(origin, clone, server):
    other = GitServer(origin.root.parent)
    server.mode = other.home
    with pytest.raises(Unreachable):
        fetch(clone.root, server.url, refs=[], shas=[origin.old], token=TOKEN)
    other.stop()
    assert other.seen == []


def test_a_proxy_does_not_see_what_stays_on_this_machine(origin, clone, server, monkeypatch):
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:9")
    monkeypatch.delenv("no_proxy", raising=False)
    assert fetch(clone.root, server.url, refs=[], shas=[origin.old], token=TOKEN) == ()


@pytest.mark.parametrize("url", ["http://acme.test/x", "https://rita:hunter2@acme.test/x", "https://acme.test/x?y"])
def test_an_address_that_would_show_a_secret_is_refused(clone, url):
    with pytest.raises(UsageProblem) as raised:
        fetch(clone.root, url, refs=[], shas=[NOWHERE], token=TOKEN)
    assert "hunter2" not in str(raised.value)
    assert "SECRET" not in str(raised.value)


def test_a_token_with_a_line_break_is_refused(origin, clone):
    with pytest.raises(UsageProblem) as raised:
        fetch(clone.root, str(origin.root), refs=[], shas=[], token=f"{TOKEN}\nX: y")
    assert "SECRET" not in str(raised.value)


def test_the_token_stands_in_no_command_line_and_in_no_file(origin, clone, server, tmp_path, monkeypatch):
    """A `git` of our own notes its words and then does what the real one does."""
    real = subprocess.run(["sh", "-c", "command -v git"], capture_output=True, text=True, check=True).stdout.strip()
    notes = tmp_path / "notes"
    fake = tmp_path / "bin" / "git"
    fake.parent.mkdir()
    fake.write_text(f"#!{sys.executable}\nimport os, sys\nopen({str(notes)!r}, 'a').write(repr(sys.argv) + '\\n')\nos.execv({real!r}, ['git', *sys.argv[1:]])\n", encoding="utf-8")  # fmt: skip
    fake.chmod(0o755)
    monkeypatch.setenv("PATH", f"{fake.parent}{os.pathsep}{os.environ['PATH']}")
    fetch(clone.root, server.url, refs=[], shas=[origin.old], token=TOKEN)
    words = notes.read_text(encoding="utf-8")
    assert "'fetch'" in words
    assert "'--end-of-options'" in words
    assert TOKEN not in words
    assert BASIC not in words
    kept = b"".join(path.read_bytes() for path in (clone.root / ".git").rglob("*") if path.is_file())
    assert TOKEN.encode() not in kept
    assert BASIC.encode() not in kept


def test_the_refs_of_the_other_side_are_listed_by_a_pattern(origin, clone):
    origin.git("update-ref", "refs/heads/queue/main/pr-1-x", origin.new)
    url = str(origin.root)
    assert remote_refs(clone.root, url, "refs/heads/queue/main/*") == {"refs/heads/queue/main/pr-1-x": origin.new}
    assert remote_refs(clone.root, url, "refs/heads/queue/other/*") == {}


@pytest.mark.parametrize("pattern", ["--upload-pack=x", "refs/heads/a b", "heads/*"])
def test_a_pattern_is_one_of_refs(origin, clone, pattern):
    with pytest.raises(UsageProblem, match="is no refspec"):
        remote_refs(clone.root, str(origin.root), pattern)


def test_refs_of_a_place_that_is_not_there_are_out_of_reach(clone, tmp_path):
    with pytest.raises(Unreachable, match="git fetch"):
        remote_refs(clone.root, str(tmp_path / "nothing"), "refs/heads/*")
