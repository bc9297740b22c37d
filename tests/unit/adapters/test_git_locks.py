"""A lock that a killed git has left is taken away when it is stale; no other file is ever touched."""

from __future__ import annotations

import os
import threading

import pytest

from rampgate.adapters import git_locks
from rampgate.adapters.git_locks import STALE_SECONDS, free_lock


@pytest.fixture
def git_dir(tmp_path):
    (tmp_path / "refs" / "heads").mkdir(parents=True)
    return tmp_path


def locked(path, age_seconds=0.0):
    path.touch()
    then = path.stat().st_mtime - age_seconds
    os.utime(path, (then, then))
    return f"error: cannot lock ref 'refs/heads/x': Unable to create '{path}': File exists.\n\nAnother git process"


def test_a_stale_lock_of_a_ref_is_taken_away(git_dir):
    lock = git_dir / "refs/heads/x.lock"
    assert free_lock(git_dir, locked(lock, STALE_SECONDS))
    assert not lock.exists()


def test_a_fresh_lock_is_waited_for(git_dir):
    lock = git_dir / "refs/heads/x.lock"
    said = locked(lock)
    threading.Timer(0.3, lock.unlink).start()
    assert free_lock(git_dir, said)


def test_a_lock_from_the_future_is_left_alone(git_dir, monkeypatch):
    monkeypatch.setattr(git_locks, "_LOOK_SECONDS", 0.0)
    lock = git_dir / "refs/heads/x.lock"
    assert not free_lock(git_dir, locked(lock, -3600))
    assert lock.exists()


OTHERS = {
    "not of a ref": "index.lock",
    "on the way out": "refs/../packed-refs.lock",
    "somewhere else": "../other/refs/heads/x.lock",
}


@pytest.mark.parametrize("case", OTHERS)
def test_no_other_lock_is_touched(git_dir, tmp_path_factory, case):
    inside = git_dir / "repository"
    (inside / "refs").mkdir(parents=True)
    (git_dir / "other/refs/heads").mkdir(parents=True)
    lock = inside / OTHERS[case]
    assert not free_lock(inside, locked(lock, 2 * STALE_SECONDS))
    assert lock.exists()


@pytest.mark.parametrize("said", ["", "fatal: the remote end hung up", "remote: error: cannot lock ref 'refs/heads/x'"])
def test_what_names_no_lock_is_about_something_else(git_dir, said):
    assert not free_lock(git_dir, said)
