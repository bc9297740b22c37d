"""The isolation that every other test leans on is real."""

from __future__ import annotations

import os
import socket
import subprocess
import time

import pytest


def test_no_personal_git_setting_is_seen():
    """A signing key or an alias of the person who runs the tests must not decide a test."""
    done = subprocess.run(
        ["git", "config", "--list"], capture_output=True, text=True, check=True, cwd=os.environ["HOME"]
    )
    names = {line.partition("=")[0] for line in done.stdout.splitlines()}
    assert names == {"user.name", "user.email", "init.defaultbranch", "commit.gpgsign", "gc.auto"}


def test_reaching_for_the_network_fails():
    """198.51.100.0/24 is reserved for documentation (RFC 5737): nobody would answer, and nobody is asked."""
    with socket.socket() as client, pytest.raises(AssertionError, match=r"may not reach \('198\.51\.100\.1', 80\)"):
        client.connect(("198.51.100.1", 80))


def test_this_machine_may_be_reached():
    with socket.socket() as server, socket.socket() as client:
        server.bind(("127.0.0.1", 0))
        server.listen()
        client.connect(server.getsockname())


def test_the_clock_zone_is_utc():
    assert time.localtime().tm_gmtoff == 0
