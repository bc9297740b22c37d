"""Read objects by name through one long-lived `git cat-file`, checking that the bytes are those the name stands for.

Example: `ObjectReader(quarantine_dir, "sha1").read("blob", oid, limit_bytes=1_000_000)`.
"""

from __future__ import annotations

import hashlib
import subprocess
from collections.abc import Iterator, Sequence
from pathlib import Path
from types import TracebackType
from typing import Final, Literal, Self

from rampgate.adapters.git_parse import is_oid, malformed
from rampgate.adapters.git_run import ObjectFormat, start_git
from rampgate.errors import InvalidInput, Problem, Unreachable

BLOCK: Final = 200
"""Objects that are asked for at once; the question fits into any pipe, so that neither side waits for the other."""

ObjectType = Literal["blob", "tree", "commit", "tag"]


class ObjectReader:
    """One `git cat-file --batch-command` process; a context manager that ends it."""

    def __init__(self, git_dir: Path, object_format: ObjectFormat) -> None:
        self._format = object_format
        self._oid_length = 40 if object_format == "sha1" else 64
        self._git_dir = git_dir
        self._process = self._started()

    def _started(self) -> subprocess.Popen[bytes]:
        return start_git(self._git_dir, ["cat-file", "--batch-command"])

    def info(self, oid: str) -> tuple[str, int] | None:
        """Return the type and size in bytes of an object, or None where it is not in the repository."""
        header = self._ask("info", oid)
        return None if header is None else (header[0], int(header[1]))

    def read(self, expected: ObjectType, oid: str, *, limit_bytes: int) -> bytes:
        """Return the content of an object whose type and size are as expected.

        Raises InvalidInput where the object is absent, of another type, larger than the limit, or has other bytes
        than its name says.
        """
        if not is_oid(oid, self._oid_length):
            raise InvalidInput([Problem("", f"`{oid}` is not a full object name of this repository", found=oid)])
        self._write(f"contents {oid}\n".encode("ascii"))
        try:
            return self._next_object(oid, expected, limit_bytes)
        except InvalidInput:
            self._begin_anew()
            raise

    def read_many(self, oids: Sequence[str], *, limit_bytes: int, kind: ObjectType = "blob") -> Iterator[bytes]:
        """Yield the contents of objects in their order; asked for in blocks, for each question by itself costs a wait.

        Raises InvalidInput as `read` does.
        """
        for start in range(0, len(oids), BLOCK):
            block = oids[start : start + BLOCK]
            self._write(b"".join(b"contents %s\n" % oid.encode("ascii") for oid in block))
            for oid in block:
                try:
                    data = self._next_object(oid, kind, limit_bytes)
                except InvalidInput:
                    self._begin_anew()
                    raise
                yield data

    def _begin_anew(self) -> None:
        """Ask another process from here on: what this one still says would be taken for the next question's answer."""
        self.close()
        self._process = self._started()

    def _next_object(self, oid: str, kind: ObjectType, limit_bytes: int) -> bytes:
        assert self._process.stdout is not None
        words = self._process.stdout.readline().split()
        if len(words) == 2 and words[1] == b"missing":
            fix = "fetch the whole repository, without `--depth` or `--filter`"
            raise InvalidInput([Problem("", f"object `{oid}` is not in the repository; {fix}", found=oid, fix=fix)])
        if len(words) != 3 or words[0] != oid.encode("ascii"):
            raise _stopped()
        size = int(words[2])
        if words[1] != kind.encode() or size > limit_bytes:
            problem = _too_large(oid, size, limit_bytes)
            if words[1] != kind.encode():
                found = words[1].decode("ascii", "replace")
                problem = Problem("", f"object `{oid}` is a {found}, not a {kind}", found=found)
            raise InvalidInput([problem])
        # With the line break after it: one call where there are tens of thousands of objects.
        data = self._take(size + 1)[:-1]
        # Git does not hash again what it reads from a pack; a tampered object folder would go unseen.
        digest = hashlib.new(self._format, b"%s %d\0" % (kind.encode(), size), usedforsecurity=False)
        digest.update(data)
        if digest.hexdigest() != oid:
            raise malformed(kind, oid, "its bytes are not those that the name stands for")
        return data

    def _write(self, words: bytes) -> None:
        assert self._process.stdin is not None
        try:
            self._process.stdin.write(words)
            self._process.stdin.flush()
        except OSError:
            raise _stopped() from None

    def _ask(self, command: str, oid: str) -> tuple[str, str] | None:
        if not is_oid(oid, self._oid_length):
            raise InvalidInput([Problem("", f"`{oid}` is not a full object name of this repository", found=oid)])
        assert self._process.stdout is not None
        self._write(f"{command} {oid}\n".encode("ascii"))
        words = self._process.stdout.readline().decode("ascii", "replace").split()
        if len(words) == 2 and words[1] == "missing":
            return None
        if len(words) != 3 or words[0] != oid:
            raise _stopped()
        return words[1], words[2]

    def _take(self, size: int) -> bytes:
        assert self._process.stdout is not None
        data = self._process.stdout.read(size)
        if len(data) != size:
            raise _stopped()
        return data

    def close(self) -> None:
        """End the process."""
        for pipe in (self._process.stdin, self._process.stdout):
            if pipe is not None:
                _close_quietly(pipe)
        try:
            self._process.wait(timeout=5)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def _close_quietly(pipe: object) -> None:
    try:
        pipe.close()  # type: ignore[attr-defined]
    except OSError:
        # The process is gone already, and so is what was still to be said to it.
        return


def _too_large(oid: str, size: int, limit: int) -> Problem:
    message = f"object `{oid}` has {size} bytes; at most {limit} bytes are read here"
    return Problem("", message, found=f"{size} bytes", expected=f"at most {limit} bytes")


def _stopped() -> Unreachable:
    return Unreachable("`git cat-file` stopped answering; git 2.38 or later is needed, or the repository is damaged")
