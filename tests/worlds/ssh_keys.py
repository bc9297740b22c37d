"""SSH keys for tests: each is made once in a process, and never leaves it."""

from __future__ import annotations

import atexit
import shutil
import subprocess
import tempfile
from dataclasses import dataclass
from functools import cache
from pathlib import Path


@dataclass(frozen=True)
class SshKey:
    """A key pair. path: the private file, without passphrase; public: type and key as in the `.pub` file, no comment."""

    path: Path
    public: str


@cache
def ssh_key(name: str = "recorder", *, kind: str = "ed25519", bits: int | None = None) -> SshKey:
    """The key of this name: the same one every time in a process. kind: as `ssh-keygen -t` takes it."""
    path = _folder() / f"{name}-{kind}-{bits}"
    words = ["ssh-keygen", "-q", "-t", kind, "-N", "", "-C", name, "-f", str(path)]
    subprocess.run([*words, *(["-b", str(bits)] if bits else [])], check=True, capture_output=True)
    return SshKey(path, " ".join(path.with_suffix(path.suffix + ".pub").read_text("ascii").split()[:2]))


@cache
def _folder() -> Path:
    folder = Path(tempfile.mkdtemp(prefix="rampgate-keys-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return folder
