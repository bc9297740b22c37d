"""Copies a world's folder: thousands are, and `shutil.copytree` spends most of its time on times and attributes."""

from __future__ import annotations

import os
from pathlib import Path


def copy_tree(source: Path, target: Path) -> None:
    """Copy a folder that does not exist yet: folders, files with their permissions, links as links; no times."""
    target.parent.mkdir(parents=True, exist_ok=True)
    _copy(os.fspath(source), os.fspath(target))


def _copy(source: str, target: str) -> None:
    os.mkdir(target)  # noqa: PTH102 - paths as text are the point
    with os.scandir(source) as entries:
        for entry in entries:
            to = f"{target}/{entry.name}"
            if entry.is_symlink():
                os.symlink(os.readlink(entry.path), to)  # noqa: PTH115, PTH211
            elif entry.is_dir():
                _copy(entry.path, to)
            else:
                _copy_file(entry.path, to)


def _copy_file(source: str, target: str) -> None:
    reading = os.open(source, os.O_RDONLY)
    try:
        about = os.fstat(reading)
        writing = os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, about.st_mode & 0o777)
        try:
            left = about.st_size
            while left:
                left -= os.sendfile(writing, reading, None, left)
        finally:
            os.close(writing)
    finally:
        os.close(reading)
