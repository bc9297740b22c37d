"""A real PostgreSQL server on 127.0.0.1, in a temporary folder, with a password for everybody."""

from __future__ import annotations

import contextlib
import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from engines.spark_cluster import HOST, free_port

PASSWORD = "swordfish-2"


@dataclass(frozen=True)
class Server:
    """A running server. folder: holds its data and its log."""

    port: int
    folder: Path

    @property
    def address(self) -> str:
        return f"postgresql://owner@{HOST}:{self.port}/postgres"


def programs() -> Path:
    """Return the folder of the server's programs; raises LookupError where there is none."""
    found = shutil.which("initdb")
    places = [Path(found).resolve().parent] if found else sorted(Path("/usr/lib/postgresql").glob("*/bin"))
    if not places:
        raise LookupError("there is no PostgreSQL server; on Debian: apt-get install postgresql")
    return places[-1]


@contextlib.contextmanager
def started() -> Iterator[Server]:
    """Give a running server. PostgreSQL refuses to run as root, so root lends it another user."""
    binaries, folder = programs(), Path(tempfile.mkdtemp(prefix="rampgate-postgres-"))
    data, port = folder / "data", free_port()
    (folder / "password").write_text(PASSWORD)
    given: dict[str, Any] = {"cwd": folder, "stdin": subprocess.DEVNULL, "stdout": subprocess.DEVNULL}
    if os.geteuid() == 0:
        user = pwd.getpwnam("postgres" if any(each.pw_name == "postgres" for each in pwd.getpwall()) else "nobody")
        given |= {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": []}
        for path in (folder, folder / "password"):
            os.chown(path, user.pw_uid, user.pw_gid)
    given["env"] = {"PATH": os.environ["PATH"], "LC_ALL": "C.UTF-8", "TZ": "UTC"}
    words = ["-D", str(data), "-U", "owner", "-A", "scram-sha-256", "--pwfile", str(folder / "password")]
    try:
        subprocess.run([str(binaries / "initdb"), *words, "-E", "UTF8", "--no-sync"], check=True, **given)
        settings = {
            "listen_addresses": HOST, "port": port, "unix_socket_directories": str(folder), "fsync": "off",
            "max_connections": 20, "shared_buffers": "64MB",
        }  # fmt: skip
        options = " ".join(f"-c {name}={text}" for name, text in settings.items())
        start = ["start", "-w", "-t", "120", "-l", str(folder / "log"), "-o", options]
        subprocess.run([str(binaries / "pg_ctl"), "-D", str(data), *start], check=True, **given)
        yield Server(port, folder)
    finally:
        if (data / "postmaster.pid").exists():
            subprocess.run([str(binaries / "pg_ctl"), "-D", str(data), "stop", "-m", "immediate"], check=False, **given)
        shutil.rmtree(folder, ignore_errors=True)
