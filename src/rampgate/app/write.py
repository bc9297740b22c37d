"""Writes files whole or not at all."""

from __future__ import annotations

import contextlib
import os
import tempfile
from collections.abc import Mapping
from pathlib import Path

from rampgate.errors import Unreachable


def write_whole(path: Path, data: bytes) -> None:
    """Write a file in one step: a reader sees the old bytes or the new ones, and a failure leaves the old.

    Folders that are missing are made. What is no regular file, such as `/dev/stdout` or a named pipe, is written to
    and never replaced. Raises Unreachable where it can not be written.
    """
    try:
        if _is_written_through(path):
            with path.open("ab") as stream:
                stream.write(data)
            return
        path.parent.mkdir(parents=True, exist_ok=True)
        mode = path.stat().st_mode & 0o777 if path.exists() else 0o666 & ~_umask()
        handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(data)
            Path(name).chmod(mode)
            Path(name).replace(path)
        except BaseException:
            with contextlib.suppress(OSError):
                Path(name).unlink()
            raise
    except OSError as error:
        raise Unreachable(f"{path}: {error.strerror or error}") from error


def write_all(files: Mapping[Path, bytes]) -> None:
    """Write several files, each whole; where one can not be written, those already written are put back.

    Raises Unreachable where one can not be written.
    """
    before = {path: _bytes_of(path) for path in files}
    done: list[Path] = []
    try:
        for path, data in files.items():
            write_whole(path, data)
            done.append(path)
    except BaseException:
        for path in done:
            old = before[path]
            if old is None:
                path.unlink(missing_ok=True)
            else:
                write_whole(path, old)
        raise


def _bytes_of(path: Path) -> bytes | None:
    try:
        return path.read_bytes() if path.exists() else None
    except OSError as error:
        raise Unreachable(f"{path}: {error.strerror or error}") from error


def _is_written_through(path: Path) -> bool:
    # `/dev/stdout` leads to a regular file where the output is redirected; a rename would take the link's place.
    streams = ("/dev/std", "/dev/fd/", "/proc/")
    return str(path.absolute()).startswith(streams) or (path.exists() and not path.is_file())


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask
