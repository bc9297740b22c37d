"""Ctrl-C ends a long scan at once, and leaves nothing half written."""

from __future__ import annotations

import os
import pty
import re
import signal
import subprocess
import sys
import time
from pathlib import Path

import duckdb
import pytest

import rampgate
from rampgate.measure.engines.duckdb import open_file
from rampgate.measure.progress import share_done
from worlds.governed_world import GovernedWorld


@pytest.mark.scale
def test_a_long_scan_tells_how_far_it_is_and_ends_at_ctrl_c(tmp_path):
    """A real terminal, a real process and a real SIGINT; the table is long enough to be caught in the middle."""
    world = GovernedWorld(tmp_path)
    big = tmp_path / "big.parquet"
    duckdb.sql(
        f"COPY (SELECT random() s, (random() < 0.5)::INT y, (i % 97)::VARCHAR g FROM range(60000000) t(i)) "
        f"TO '{big}' (FORMAT parquet)"
    )
    before = sorted(path for path in world.path.rglob("*") if ".git" not in path.parts)
    words = [
        "measure", "performance", "--data", str(big), "--by", "g", "--y-true", "y", "--y-score", "s",
        "--threshold", "0.5", "--model", "credit-risk", "--model-version", "2.0.0", "--as", "alice",
        "--repo", str(world.path), "--attach", "--no-cross-check",
    ]  # fmt: skip
    ours, theirs = pty.openpty()
    program = subprocess.Popen(
        [sys.executable, "-m", "rampgate", *words], stdin=theirs, stdout=subprocess.PIPE, stderr=theirs, cwd=tmp_path,
        env=os.environ | {"PYTHONPATH": str(Path(rampgate.__file__).parents[1])},
    )  # fmt: skip
    os.close(theirs)
    said = b""
    while not re.search(rb": [0-9]+ s", said):
        said += os.read(ours, 4096)
    program.send_signal(signal.SIGINT)
    asked = time.monotonic()
    out, _ = program.communicate(timeout=60)
    waited = time.monotonic() - asked
    assert program.returncode == 2
    assert out == b""
    assert waited < 5
    assert sorted(path for path in world.path.rglob("*") if ".git" not in path.parts) == before
    assert b"measuring big.parquet: " in said


def test_a_query_tells_how_far_it_has_come_and_stops_telling_when_it_ends(tmp_path, monkeypatch):
    path = tmp_path / "data.csv"
    path.write_text("a\n1\n")
    seen = []
    with open_file(path) as table:
        connection = table.connection

        class Watched:
            """The connection, asked for its progress while a query runs."""

            def execute(self, sql):
                monkeypatch.setattr(table._session, "connection", self)
                seen.append(share_done())
                return connection.execute(sql)

            def query_progress(self):
                return 40.0

        monkeypatch.setattr(table._session, "connection", Watched())
        table.query("SELECT 1")
    assert seen == [0.4]
    assert share_done() is None
