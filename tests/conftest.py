"""Keeps every test off the machine it runs on: no personal Git settings, no network, one clock zone, one identity."""

from __future__ import annotations

import atexit
import os
import shutil
import socket
import sys
import tempfile
import time
from pathlib import Path

import hypothesis
import pytest

import rampgate
from long_tests import mark_long

pytest_plugins = ("forge.fixtures",)

SOURCE_TREE = Path(__file__).resolve().parents[1] / "src"

GIT_SETTINGS = """\
[user]
    name = Alice
    email = alice@example.com
[init]
    defaultBranch = main
[commit]
    gpgSign = false
[gc]
    auto = 0
"""

# What a terminal, a forge or a person's shell sets, and what would change the output of a command.
AMBIENT = ("CI", "NO_COLOR", "FORCE_COLOR", "CLICOLOR", "CLICOLOR_FORCE", "COLUMNS", "LINES", "PAGER", "EDITOR")


def isolate(home: Path) -> None:
    """Point the environment of this process, and so of every program it starts, at an empty home."""
    for name in list(os.environ):
        if name.startswith(("GIT_", "GITHUB_", "XDG_", "SSH_")) or name in AMBIENT:
            del os.environ[name]
    settings = home / "gitconfig"
    settings.write_text(GIT_SETTINGS, encoding="utf-8")
    os.environ |= {
        "HOME": str(home),
        "TZ": "UTC",
        "LC_ALL": "C.UTF-8",
        "GIT_CONFIG_GLOBAL": str(settings),
        "GIT_CONFIG_NOSYSTEM": "1",
        "GIT_ATTR_NOSYSTEM": "1",
        "GIT_TERMINAL_PROMPT": "0",
        "GIT_AUTHOR_DATE": "2026-01-05T12:00:00+00:00",
        "GIT_COMMITTER_DATE": "2026-01-05T12:00:00+00:00",
        # A program that a test starts finds a closed door where it looks for the network.
        "http_proxy": "http://127.0.0.1:9",
        "https_proxy": "http://127.0.0.1:9",
        "no_proxy": "localhost,127.0.0.1,::1",
    }
    time.tzset()


class NetworkUsed(AssertionError):
    """A test reached for the network."""


def is_local(family: int, address: object) -> bool:
    """Whether an address stays on this machine."""
    if family not in (socket.AF_INET, socket.AF_INET6):
        return True
    host = str(address[0]) if isinstance(address, tuple) else ""
    return host in ("localhost", "::1") or host.startswith("127.")


def guard(name: str) -> None:
    original = getattr(socket.socket, name)

    def guarded(self: socket.socket, address: object) -> object:
        if not is_local(self.family, address):
            raise NetworkUsed(f"a test may not reach {address!r}")
        return original(self, address)

    setattr(socket.socket, name, guarded)


def pytest_configure() -> None:
    # pytest-xdist starts its workers after `CI` is gone from the environment, so the answer is kept under another name.
    if "CI" in os.environ:
        os.environ["RAMPGATE_TEST_CI"] = "1"
    in_ci = "RAMPGATE_TEST_CI" in os.environ
    hypothesis.settings.register_profile("rampgate", deadline=None, derandomize=in_ci, print_blob=in_ci)
    hypothesis.settings.load_profile("rampgate")
    home = Path(tempfile.mkdtemp(prefix="rampgate-home-"))
    atexit.register(shutil.rmtree, home, ignore_errors=True)
    must_be_wheel = os.environ.get("RAMPGATE_TEST_WHEEL") == "1"
    isolate(home)
    guard("connect")
    guard("connect_ex")
    if must_be_wheel and SOURCE_TREE in Path(rampgate.__file__).resolve().parents:
        raise pytest.UsageError("the installed wheel is to be tested, and `rampgate` comes from src/; run: make test")


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    # Before `-m` looks at the marks.
    mark_long(items)


def pytest_report_header() -> str:
    return f"rampgate: {rampgate.__version__} from {Path(rampgate.__file__).parent}, Python {sys.version.split()[0]}"
