"""Locks of refs that a killed git has left behind: waited for, and taken away once nobody can hold them any more.

Git holds a ref locked for milliseconds, by a file beside it. Killed right then it leaves the file, and the ref can not
be moved by anybody until somebody removes that. Deliberately not here: any other lock, such as that of an index.
"""

from __future__ import annotations

import os
import re
import tempfile
import time
from pathlib import Path
from typing import Final

STALE_SECONDS: Final = 20.0
"""A lock that is so old is held by nobody: Git's own commands wait for one no longer than a second."""

_LOOK_SECONDS: Final = 0.2
_LOOKS: Final = round(STALE_SECONDS / _LOOK_SECONDS) + 10
_LOCKED: Final = re.compile(r"Unable to create '([^'\n]+\.lock)': File exists")


def free_lock(git_dir: Path, said: str) -> bool:
    """Return whether a ref of this repository was locked, and is not any more.

    said: the words of a git command that failed. A lock that they name is waited for until it is gone, and taken away
    where it has grown stale; one that is no lock of a ref below `git_dir` is left alone.
    """
    named = _LOCKED.search(said)
    if named is None:
        return False
    try:
        lock = Path(named[1]).resolve()
        if not lock.is_relative_to(git_dir.resolve() / "refs"):
            return False
        for _ in range(_LOOKS):
            if _age_seconds(git_dir, lock) >= STALE_SECONDS:
                lock.unlink()
            time.sleep(_LOOK_SECONDS)
    except FileNotFoundError:
        return True
    except OSError:
        # Whoever may not look or write there learns from git why.
        return False
    # It is from the future: nobody can tell how old it is.
    return False


def _age_seconds(git_dir: Path, lock: Path) -> float:
    """Return how old a file is by the clock of its own disk. Raises FileNotFoundError where it is gone."""
    made = lock.stat().st_mtime
    with tempfile.TemporaryFile(dir=git_dir) as fresh:
        return os.fstat(fresh.fileno()).st_mtime - made
