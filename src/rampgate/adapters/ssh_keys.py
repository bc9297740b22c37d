"""Makes SSH key pairs, and puts them where nothing stood before, for their owner's eyes alone."""

from __future__ import annotations

import contextlib
import os
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from rampgate.adapters.signing import ssh_keygen
from rampgate.errors import Unreachable, UsageProblem

PRIVATE_MODE = 0o600
PUBLIC_MODE = 0o644


@dataclass(frozen=True, slots=True)
class KeyPair:
    """An ed25519 key pair without a passphrase. public: type and key as in a `.pub` file, without the comment."""

    private: bytes = field(repr=False)
    public: str
    comment: str


def new_key_pair(folder: Path, comment: str) -> KeyPair:
    """Return a new key pair, made by `ssh-keygen`; nothing of it stays in the folder, which is made if need be.

    Raises Unreachable where `ssh-keygen` or the folder is of no use.
    """
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(prefix=".rampgate-key-", dir=folder) as place:
            made = Path(place, "key")
            done = ssh_keygen(["-q", "-t", "ed25519", "-N", "", "-C", comment, "-f", str(made)])
            if done.returncode != 0:
                reason = done.stderr.decode("utf-8", "replace").strip() or "no reason given"
                raise Unreachable(f"`ssh-keygen` could not make a key: {reason}")
            public = " ".join(made.with_suffix(".pub").read_text("ascii").split()[:2])
            return KeyPair(made.read_bytes(), public, comment)
    except OSError as error:
        raise Unreachable(f"{folder}: {error.strerror or error}") from error


def public_path(private: Path) -> Path:
    """Return where the public half of a private key stands, as `ssh-keygen` names it."""
    return private.with_name(f"{private.name}.pub")


@contextlib.contextmanager
def put(pair: KeyPair, private: Path) -> Iterator[None]:
    """Write both halves, and take them away again where the block fails.

    Raises UsageProblem where something stands at either place already: a key is never written over.
    """
    files = {
        private: (pair.private, PRIVATE_MODE),
        public_path(private): (f"{pair.public} {pair.comment}\n".encode(), PUBLIC_MODE),
    }
    done: list[Path] = []
    try:
        for path, (data, mode) in files.items():
            _write_new(path, data, mode)
            done.append(path)
        yield
    except BaseException:
        for path in done:
            with contextlib.suppress(OSError):
                path.unlink()
        raise


def _write_new(path: Path, data: bytes, mode: int) -> None:
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode)
        with os.fdopen(handle, "wb") as file:
            file.write(data)
    except FileExistsError:
        raise UsageProblem(f"`{path}` is there already, and a key is never written over; give another place") from None
    except OSError as error:
        raise Unreachable(f"{path}: {error.strerror or error}") from error
