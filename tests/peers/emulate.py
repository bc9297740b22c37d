"""Starts emulate, a GitHub written by somebody else, on loopback, with one organisation and one repository.

emulate keeps no commits (its Git is a list of names in memory), so a branch is made by calls and not by a push.
"""

from __future__ import annotations

import json
import os
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx

import node_side

PEOPLE = ("alice-b", "rita", "ravi", "otto", "gate-bot")
SECONDS = 20
SEED = {
    "tokens": {f"token-of-{login}": {"login": login, "scopes": ["repo", "admin:org"]} for login in PEOPLE},
    "github": {
        "users": [{"login": login} for login in PEOPLE],
        "orgs": [{"login": "acme", "members": [{"login": login, "role": "admin"} for login in PEOPLE]}],
        "repos": [{"owner": "acme", "name": "models", "auto_init": True}],
    },
}


@contextmanager
def running(folder: Path) -> Iterator[str]:
    """Yield the address of a fresh emulate, which ends with the block."""
    seed = folder / "seed.yaml"
    seed.write_text(json.dumps(SEED))
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = str(probe.getsockname()[1])
    program = [str(node_side.node()), str(node_side.node_modules() / "emulate/dist/index.js")]
    words = ["--service", "github", "--port", port, "--seed", str(seed)]
    with (folder / "emulate.log").open("wb") as log:
        process = subprocess.Popen(
            [*program, *words],
            cwd=folder,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            env=os.environ | {"CI": "1"},
        )
    try:
        url = f"http://localhost:{port}"
        wait_for(url, process, folder / "emulate.log")
        yield url
    finally:
        process.terminate()
        process.wait(SECONDS)


def wait_for(url: str, process: subprocess.Popen[bytes], log: Path) -> None:
    until = time.monotonic() + SECONDS
    while time.monotonic() < until:
        try:
            httpx.get(url, trust_env=False)
        except httpx.TransportError:
            assert process.poll() is None, log.read_text()
            time.sleep(0.05)
        else:
            return
    raise AssertionError(f"emulate did not answer within {SECONDS} s: {log.read_text()}")
