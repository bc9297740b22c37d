"""Where a new key of the history comes from: a pair made now, or a public key that its owner handed over."""

from __future__ import annotations

import contextlib
import os
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from rampgate.adapters.signing import public_key_blob
from rampgate.adapters.ssh_keys import KeyPair, new_key_pair, public_path, put
from rampgate.adapters.sshsig import fingerprint
from rampgate.app.work_files import not_ignored
from rampgate.errors import Unreachable, UsageProblem
from rampgate.model.history import KEY_NAME

MAX_PUBLIC_BYTES = 1 << 14


@dataclass(frozen=True, slots=True)
class KeyWish:
    """A key that is to be declared. file: where to put the private half, None for the usual place.

    public: a `.pub` file, where the pair was made elsewhere; nothing is made then.
    """

    name: str
    file: Path | None = None
    public: Path | None = None


@dataclass(frozen=True, slots=True)
class NewKey:
    """A key that can be declared. text: as in a `.pub` file; private: where its private half goes, if it was made."""

    text: str
    private: Path | None
    pair: KeyPair | None

    @property
    def fingerprint(self) -> str:
        """Return what `ssh-keygen -l` shows of it."""
        blob, _ = public_key_blob(self.text)
        assert blob is not None, "the key was read before"
        return fingerprint(blob)

    @contextlib.contextmanager
    def kept(self) -> Iterator[None]:
        """Put both halves in place for good, unless the block fails."""
        with put(self.pair, self.private) if self.pair and self.private else contextlib.nullcontext():
            yield


def new_key(root: Path, wish: KeyWish) -> NewKey:
    """Return a key to declare in a repository; nothing is put in place yet.

    Raises UsageProblem for a name, a place or a public key that can not be used; Unreachable without `ssh-keygen`.
    """
    if re.fullmatch(KEY_NAME.strip("^$"), wish.name, re.ASCII) is None:
        form = "lower-case letters, digits, `.`, `_` and `-`, at most 63, as in `recorder-2026`"
        raise UsageProblem(f"{wish.name!a} can not be the name of a key: write {form}")
    if wish.public is not None:
        if wish.file is not None:
            raise UsageProblem("give --public for a key that is there, or --key-file for one that is made; not both")
        return NewKey(_handed_over(wish.public), None, None)
    private = Path(os.path.abspath(wish.file or Path.home() / ".ssh" / f"rampgate-{wish.name}"))  # noqa: PTH100
    _refuse_place(root, private)
    pair = new_key_pair(private.parent, f"rampgate {wish.name}")
    return NewKey(pair.public, private, pair)


def _refuse_place(root: Path, private: Path) -> None:
    for path in (private, public_path(private)):
        if os.path.lexists(path):
            raise UsageProblem(f"`{path}` is there already, and a key is never written over; use --key-file")
    inside = private.parent.resolve() / private.name
    if inside.is_relative_to(root) and not_ignored(root, [inside.relative_to(root).as_posix()]):
        raise UsageProblem(
            f"`{private}` is inside the repository, where a commit may take it along; "
            "give a place outside of it with --key-file, or let Git ignore it first"
        )


def _handed_over(path: Path) -> str:
    """Return the one key of a `.pub` file, without its comment."""
    try:
        with path.open("rb") as file:
            text = file.read(MAX_PUBLIC_BYTES + 1).decode("utf-8", "replace")
    except OSError as error:
        raise Unreachable(f"{path}: {error.strerror or error}") from error
    if "PRIVATE KEY" in text:
        raise UsageProblem(f"`{path}` is a private key; give the `.pub` file beside it")
    lines = [line for line in text.splitlines() if line.strip()]
    if len(text) > MAX_PUBLIC_BYTES or len(lines) != 1:
        raise UsageProblem(f"`{path}` holds {len(lines)} lines; a `.pub` file holds one key")
    key = " ".join(lines[0].split()[:2])
    blob, reason = public_key_blob(key)
    if blob is None:
        raise UsageProblem(f"the key in `{path}` can not be used: {reason}")
    return key
