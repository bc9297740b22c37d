"""Files are written whole or not at all, one or several."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

import pytest

import rampgate.app.write
from rampgate.app.write import write_all, write_whole
from rampgate.errors import Unreachable


def names(folder):
    return sorted(path.name for path in folder.rglob("*") if path.is_file())


def test_a_file_is_made_with_its_folders(tmp_path):
    write_whole(tmp_path / "a/b/c.yaml", b"x")
    assert (tmp_path / "a/b/c.yaml").read_bytes() == b"x"


def test_a_failure_leaves_the_old_bytes_and_nothing_beside_them(tmp_path, monkeypatch):
    path = tmp_path / "card.yaml"
    path.write_bytes(b"old")

    def full(self, target):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "replace", full)
    with pytest.raises(Unreachable, match=r"card\.yaml: No space left on device"):
        write_whole(path, b"new")
    assert (path.read_bytes(), names(tmp_path)) == (b"old", ["card.yaml"])


def test_an_interruption_leaves_nothing_beside_the_file(tmp_path, monkeypatch):
    def stop(self, target):
        raise KeyboardInterrupt

    monkeypatch.setattr(Path, "replace", stop)
    with pytest.raises(KeyboardInterrupt):
        write_whole(tmp_path / "card.yaml", b"new")
    assert names(tmp_path) == []


def test_the_mode_of_a_file_is_kept_and_a_new_one_has_that_of_the_umask(tmp_path):
    old, new = tmp_path / "old", tmp_path / "new"
    old.write_bytes(b"")
    old.chmod(0o640)
    before = os.umask(0o027)
    try:
        write_whole(old, b"x")
        write_whole(new, b"x")
    finally:
        os.umask(before)
    assert [oct(path.stat().st_mode & 0o777) for path in (old, new)] == ["0o640", "0o640"]


def test_a_folder_in_the_way_is_told_and_never_a_crash(tmp_path):
    (tmp_path / "card.yaml").mkdir()
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(Unreachable, match=r"card\.yaml"):
        write_whole(tmp_path / "card.yaml", b"x")
    with pytest.raises(Unreachable, match="file"):
        write_whole(tmp_path / "file/card.yaml", b"x")
    with pytest.raises(Unreachable, match=r"card\.yaml"):
        write_all({tmp_path / "new": b"x", tmp_path / "card.yaml": b"x"})
    assert not (tmp_path / "new").exists()


@pytest.mark.parametrize("error", [Unreachable("no"), KeyboardInterrupt()])
def test_of_several_files_all_are_written_or_none(tmp_path, monkeypatch, error):
    """The second one fails: the first gets its old bytes back, one that is new is taken away."""
    old, new, last = tmp_path / "old", tmp_path / "new", tmp_path / "last"
    old.write_bytes(b"before")
    real = write_whole

    def failing(path, data):
        if path == last:
            raise error
        real(path, data)

    monkeypatch.setattr(rampgate.app.write, "write_whole", failing)
    with pytest.raises(type(error)):
        write_all({old: b"after", new: b"after", last: b"after"})
    assert old.read_bytes() == b"before"
    assert names(tmp_path) == ["old"]


def test_several_files_are_written(tmp_path):
    write_all({tmp_path / "a": b"1", tmp_path / "b/c": b"2"})
    assert names(tmp_path) == ["a", "c"]


def test_a_pipe_is_written_to_and_never_replaced(tmp_path):
    """`--output /dev/stdout` is a habit; a rename would put a file in the place of the device."""
    path = tmp_path / "pipe"
    os.mkfifo(path)
    reader = os.open(path, os.O_RDONLY | os.O_NONBLOCK)
    try:
        write_whole(path, b"said")
        assert os.read(reader, 10) == b"said"
    finally:
        os.close(reader)
    assert path.is_fifo()


def test_a_device_is_written_to_and_never_replaced():
    """What is written to `/dev/full` finds no space, also for somebody who may write anywhere."""
    before = Path("/dev/full").stat()
    with pytest.raises(Unreachable, match="No space left on device"):
        write_whole(Path("/dev/full"), b"said")
    assert Path("/dev/full").stat().st_mode == before.st_mode


@pytest.mark.skipif(not os.access("/dev/shm", os.W_OK), reason="there is no folder in memory on this machine")
def test_a_file_in_memory_is_a_file_like_any_other():
    """`/dev/shm` lies below `/dev`, and holds folders and files."""
    with tempfile.TemporaryDirectory(dir="/dev/shm") as folder:
        place = Path(folder, "new", "card.yaml")
        write_whole(place, b"stage: pilot\n")
        assert place.read_bytes() == b"stage: pilot\n"
