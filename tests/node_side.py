"""Installs the programs of `tests/node/package.json` once, exactly as its lock file says, for the tests that ask them.

Example::

    program = [str(node_side.node()), str(node_side.node_modules() / "emulate/dist/index.js")]
"""

from __future__ import annotations

import fcntl
import json
import os
import pwd
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

FOLDER = Path(__file__).resolve().parent / "node"
SECONDS = 240


def node_modules() -> Path:
    """Return the installed `node_modules`, or skip the test with the reason why it can not be installed."""
    with only_one(FOLDER / ".installing"):
        if not is_installed():
            install()
        return FOLDER / "node_modules"


def node() -> Path:
    """Return the Node 24 that the lock file brings; the machine's own may be too old."""
    return node_modules() / "node" / "bin" / "node"


def is_installed() -> bool:
    """Whether every package of the lock file is there in its version; those for other machines are not asked for."""
    packages = json.loads((FOLDER / "package-lock.json").read_text())["packages"]
    wanted = {place: each["version"] for place, each in packages.items() if place and not each.get("optional")}
    return all(version_at(FOLDER / place) == version for place, version in wanted.items())


def version_at(folder: Path) -> str | None:
    try:
        return json.loads((folder / "package.json").read_text())["version"]
    except OSError:
        return None


def install() -> None:
    npm = shutil.which("npm")
    if npm is None:
        pytest.skip("npm is not on this machine, so the programs of tests/node can not be installed")
    words = [npm, "ci", "--no-audit", "--no-fund", "--loglevel=error"]
    try:
        done = subprocess.run(
            words, cwd=FOLDER, capture_output=True, text=True, timeout=SECONDS, check=False, env=with_network()
        )
    except subprocess.TimeoutExpired:
        pytest.skip(f"npm ci did not end within {SECONDS} s")
    if done.returncode:
        pytest.skip(f"npm ci failed: {(done.stderr or done.stdout).strip()[-400:]}")


def with_network() -> dict[str, str]:
    """The environment in which a package manager finds its registry: the tests' own leads to a closed door."""
    kept = {name: value for name, value in os.environ.items() if name.lower() not in ("http_proxy", "https_proxy")}
    return kept | {"HOME": pwd.getpwuid(os.getuid()).pw_dir}


@contextmanager
def only_one(path: Path) -> Iterator[None]:
    """Hold a lock between the processes of one test run."""
    with path.open("w") as handle:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
