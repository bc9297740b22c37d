"""Speaks HTTP on loopback, or on a Unix socket: REST below `/api/v3` (or at the root), and Git beside it."""

from __future__ import annotations

import contextlib
import json
import re
import socket
import socketserver
import sys
import threading
import traceback
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from forge.desk import Desk, Question
from forge.faults import Lost
from forge.git_side import http_backend
from forge.state import Token

API = "/api/v3"
GIT = re.compile(r"/(?P<owner>[^/]+)/(?P<name>[^/]+?)(\.git)?/(?P<what>info/refs|git-upload-pack|git-receive-pack)")
PASSED_ON = {
    "content-type": "CONTENT_TYPE",
    "content-encoding": "HTTP_CONTENT_ENCODING",
    "git-protocol": "GIT_PROTOCOL",
}


class Handler(BaseHTTPRequestHandler):
    """One connection, kept alive from call to call."""

    protocol_version = "HTTP/1.1"
    # Otherwise every second small packet waits for the other side's delayed acknowledgement.
    disable_nagle_algorithm = True

    @property
    def desk(self) -> Desk:
        return self.server.desk  # type: ignore[attr-defined,no-any-return]

    def date_time_string(self, timestamp: float | None = None) -> str:
        """The date of an answer is by the forge's clock, which no runner can change."""
        return self.desk.hub.state.clock.http_date()

    def log_message(self, format: str, *words: Any) -> None:  # noqa: A002
        pass

    def answer(self) -> None:
        path, _, query = self.path.partition("?")
        body = self.read_body()
        try:
            if GIT.fullmatch(path):
                self.send(*self.git(path, query, body))
            else:
                self.rest(path, query, body)
        except (Lost, ConnectionError):
            self.close_connection = True

    do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = answer  # noqa: N815

    def read_body(self) -> bytes:
        if self.headers.get("Transfer-Encoding", "").lower() == "chunked":
            chunks = []
            while size := int(self.rfile.readline().partition(b";")[0], 16):
                chunks.append(self.rfile.read(size))
                self.rfile.readline()
            self.rfile.readline()
            return b"".join(chunks)
        return self.rfile.read(int(self.headers.get("Content-Length", 0)))

    def lowered(self) -> dict[str, str]:
        return {name.lower(): value for name, value in self.headers.items()}

    def rest(self, path: str, query: str, body: bytes) -> None:
        inside = path.startswith(f"{API}/")
        # Without the API's own folder the caller believes to talk to https://api.github.com.
        home = self.desk.site.api if inside else f"https://{self.headers.get('Host', 'api.github.com')}"
        called = path.removeprefix(API) if inside else path
        question = Question(self.command, called, query, self.lowered(), body, home)
        try:
            answer, part = self.desk.answer(question), 1.0
        except Lost as lost:
            if not lost.sent:
                raise
            answer, part = lost.answer, lost.sent
        data = answer.body if isinstance(answer.body, bytes) else json.dumps(answer.body).encode()
        kind = "application/json; charset=utf-8" if answer.kind == "json" else answer.kind
        self.send(answer.status, [("Content-Type", kind), *answer.headers.items()], data, part=part)

    def send(self, status: int, headers: list[tuple[str, str]], data: bytes, *, part: float = 1.0) -> None:
        self.send_response(status)
        for name, value in headers:
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(data)))
        self._headers_buffer += [b"\r\n", data[: int(len(data) * part)]]
        self.flush_headers()
        self.close_connection = self.close_connection or part < 1.0

    def git(self, path: str, query: str, body: bytes) -> tuple[int, list[tuple[str, str]], bytes]:
        found = GIT.fullmatch(path)
        assert found
        token = self.desk.token(self.lowered())
        pushing = "git-receive-pack" in (found["what"], query.partition("=")[2])
        if refused := self.git_refusal(found["owner"], found["name"], token, pushing=pushing):
            return refused
        variables = {
            "PATH_INFO": f"/{found['owner']}/{found['name']}.git/{found['what']}",
            "QUERY_STRING": query,
            "REQUEST_METHOD": self.command,
            "CONTENT_LENGTH": str(len(body)),
            "REMOTE_ADDR": "127.0.0.1",
            "REMOTE_USER": token.account.login if token else "",
            **{PASSED_ON[name]: value for name, value in self.lowered().items() if name in PASSED_ON},
        }
        root = self.desk.hub.git.root
        if self.command != "POST" or not pushing:
            return http_backend(root, variables, body)
        assert token is not None
        with self.desk.lock:
            before = self.desk.hub.repository_of(found["owner"]).refs()
            answer = http_backend(root, variables, body)
            self.desk.hub.pushed(found["owner"], before, token.account)
        return answer

    def git_refusal(
        self, owner: str, name: str, token: Token | None, *, pushing: bool
    ) -> tuple[int, list[tuple[str, str]], bytes] | None:
        """What GitHub's Git server says to who may not; None where the call may go on."""
        state = self.desk.hub.state
        known = name == state.name and (owner == state.owner or owner in self.desk.hub.forks)
        sent = "authorization" in self.lowered()
        if token is None and (pushing or state.private or sent or not known):
            return 401, [("WWW-Authenticate", 'Basic realm="GitHub"')], b"Authentication required\n"
        if not known:
            return 404, [], b"Repository not found\n"
        level = "write" if pushing else "read"
        if token is not None and not token.may("contents", level):
            said = f"Permission to {owner}/{name}.git denied to {token.account.login}.\n"
            return 403, [("Content-Type", "text/plain")], said.encode()
        return None


class _UnixHandler(Handler):
    disable_nagle_algorithm = False

    def address_string(self) -> str:
        return "unix"


class _Closing:
    """Ends the connections that clients keep alive, so that no thread outlives the server."""

    daemon_threads = True
    desk: Desk

    def __init__(self, *words: Any) -> None:
        self._open: set[socket.socket] = set()
        super().__init__(*words)

    def process_request(self, request: socket.socket, address: Any) -> None:
        self._open.add(request)
        super().process_request(request, address)  # type: ignore[misc]

    def shutdown_request(self, request: socket.socket) -> None:
        self._open.discard(request)
        super().shutdown_request(request)  # type: ignore[misc]

    def handle_error(self, request: Any, address: Any) -> None:
        if not isinstance(sys.exc_info()[1], ConnectionError | ValueError):
            self.desk.violations.append(traceback.format_exc())

    def end(self) -> None:
        self.shutdown()  # type: ignore[attr-defined]
        self.server_close()  # type: ignore[attr-defined]
        for each in list(self._open):
            with contextlib.suppress(OSError):
                each.shutdown(socket.SHUT_RDWR)


class LoopbackServer(_Closing, ThreadingHTTPServer):
    request_queue_size = 64


class UnixServer(_Closing, socketserver.ThreadingMixIn, socketserver.UnixStreamServer):
    pass


def serve(server: Any, desk: Desk) -> None:
    """Let a server answer for a desk, in threads of its own."""
    server.desk = desk
    threading.Thread(target=server.serve_forever, args=(0.004,), daemon=True).start()


def loopback() -> LoopbackServer:
    return LoopbackServer(("127.0.0.1", 0), Handler)


def unix(path: Path) -> UnixServer:
    return UnixServer(str(path), _UnixHandler)
