"""A server on loopback that answers what a test tells it to, in order, and keeps what it was asked."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from rampgate.adapters.github.client import GitHub
from rampgate.adapters.github.settings import Settings

TOKEN = "ghs_0123456789abcdefSECRET"


@dataclass
class Said:
    """One answer of the script; `drop` closes the connection instead, `delay` waits first (seconds)."""

    status: int = 200
    body: bytes = b"{}"
    headers: list[tuple[str, str]] = field(default_factory=list)
    drop: bool = False
    delay: float = 0.0


@dataclass
class Call:
    """One request as it arrived; `headers` by their name in lower case."""

    method: str
    path: str
    headers: dict[str, str]
    body: Any

    @property
    def line(self) -> str:
        return f"{self.method} {self.path}"


class ScriptedServer:
    """Answers in the order of `say`; a request too many gets 599, which no test expects."""

    def __init__(self) -> None:
        self.script: list[Said] = []
        self.calls: list[Call] = []
        self.answer: Callable[[Call], Said] | None = None
        server = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            wbufsize = -1  # headers and body in one packet: two would wait for each other, 40 ms each time
            disable_nagle_algorithm = True

            def log_message(self, *_: object) -> None:
                pass

            def _serve(self) -> None:
                length = int(self.headers.get("content-length", "0"))
                sent = self.rfile.read(length)
                call = Call(
                    self.command,
                    self.path,
                    {name.lower(): value for name, value in self.headers.items()},
                    json.loads(sent) if sent else None,
                )
                server.calls.append(call)
                if server.answer is not None:
                    said = server.answer(call)
                else:
                    said = server.script.pop(0) if server.script else Said(599, b"")
                time.sleep(said.delay)
                if said.drop:
                    self.close_connection = True
                    return
                self.send_response(said.status)
                for name, value in said.headers:
                    self.send_header(name, value)
                self.send_header("Content-Length", str(len(said.body)))
                self.end_headers()
                try:
                    self.wfile.write(said.body)
                    self.wfile.flush()
                except OSError:  # the client has gone, as some tests want
                    self.close_connection = True

            do_GET = do_POST = do_PUT = do_PATCH = _serve  # noqa: N815 (the names that the library calls)

        self._http = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._http.daemon_threads = True
        self.url = f"http://127.0.0.1:{self._http.server_address[1]}"
        threading.Thread(target=self._http.serve_forever, args=(0.02,), daemon=True).start()

    def said(self, body: object = None, status: int = 200, **headers: str) -> Said:
        """An answer with a JSON body (bytes go as they are); `retry_after="3"` is the header `retry-after`."""
        raw = body if isinstance(body, bytes) else json.dumps({} if body is None else body).encode()
        return Said(status, raw, [(name.replace("_", "-"), value) for name, value in headers.items()])

    def say(self, body: object = None, status: int = 200, **headers: str) -> None:
        self.script.append(self.said(body, status, **headers))

    def drop(self) -> None:
        """Read the next request, and close the connection without a word."""
        self.script.append(Said(drop=True))

    def next_link(self, path: str, rel: str = "next") -> str:
        return f'<{self.url}{path}>; rel="{rel}"'

    def asked(self) -> list[str]:
        return [call.line for call in self.calls]

    def stop(self) -> None:
        self._http.shutdown()
        self._http.server_close()


@dataclass
class World:
    """The server, the client that talks to it, and the seconds that the client slept."""

    server: ScriptedServer
    github: GitHub
    slept: list[float]


def make_world(server: ScriptedServer) -> World:
    slept: list[float] = []
    settings = Settings(server.url, server.url, "acme/models", TOKEN)
    return World(server, GitHub(settings, sleep=slept.append), slept)


@pytest.fixture
def world() -> Iterator[World]:
    server = ScriptedServer()
    made = make_world(server)
    with made.github:
        yield made
    assert server.script == [], "the client asked less often than the test expects"
    server.stop()


@pytest.fixture
def other_server() -> Iterator[ScriptedServer]:
    """Another host: the same machine under another port."""
    server = ScriptedServer()
    yield server
    server.stop()


@pytest.fixture(scope="module")
def steady_world() -> Iterator[World]:
    """One world for all the examples of a property."""
    server = ScriptedServer()
    made = make_world(server)
    with made.github:
        yield made
    server.stop()
