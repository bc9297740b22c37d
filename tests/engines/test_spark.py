"""A real cluster, through Spark Connect: two workers, files and tables, what changes meanwhile, and a worker killed."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import threading
import time
from pathlib import Path

import duckdb
import pytest

import rampgate
from engines import spark_cluster
from engines.spark_cluster import free_port
from engines.tables import told
from measure_requests import fairness, request, rows_of
from rampgate.errors import InvalidInput, Unreachable, UsageProblem
from rampgate.measure.engines import open_request
from rampgate.measure.engines import spark as engine
from rampgate.measure.engines.spark import _connected, open_table
from rampgate.measure.progress import share_done
from worlds.command_line import CommandLine
from worlds.governed_world import GovernedWorld

pytestmark = pytest.mark.spark

COUNTS = [["f", 0, 0, 1], ["f", 1, 1, 1], ["m", 1, 0, 1]]
ROWS = "(VALUES ('f', 1, 1), ('f', 0, 0), ('m', 1, 0)) t(sex, y, p)"


def parquet(path: Path, query: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    duckdb.sql(f"COPY (FROM {query}) TO '{path}' (FORMAT parquet)")
    return path


@pytest.fixture
def scored(spark, tmp_path):
    path = parquet(tmp_path / "scored" / "sex=hidden" / "a.parquet", ROWS)
    return {"engine": spark.address, "table": f"parquet:{path.parents[1]}"}


def test_files_are_counted_where_the_cluster_sees_them(scored, spark):
    found = fairness(Path(), **scored)
    assert rows_of(found) == COUNTS
    source = found.evidence["source"]
    assert source["engine"] == "spark"
    assert source["engine_version"].startswith("4.")
    assert source["uri"] == f"{spark.address}/scored"
    assert source["rows"] == 3
    assert source["digest_of"] == "the sorted list of path, size and moment of change of 1 files"


def test_a_table_of_the_catalog_is_counted(spark):
    with _connected(spark.address) as (session, _):
        session.sql("DROP TABLE IF EXISTS default.scored")
        session.sql("CREATE TABLE default.scored (sex CHAR(4), y INT, p INT) USING parquet")
        session.sql("INSERT INTO default.scored VALUES ('f', 1, 1), ('f', 0, 0), ('m', 1, 0)")
    found = fairness(Path(), engine=spark.address, table="spark_catalog.default.scored")
    assert rows_of(found) == COUNTS


def test_a_view_has_no_files_to_be_known_by(spark):
    with _connected(spark.address) as (session, _):
        session.sql("CREATE OR REPLACE VIEW default.seen AS SELECT 'f' AS sex, 1 AS y, 1 AS p")
    with pytest.raises(InvalidInput, match="does not say which files it is made of"):
        fairness(Path(), engine=spark.address, table="default.seen")


def test_truth_is_joined_on_the_cluster(spark, tmp_path):
    parquet(tmp_path / "said.parquet", "(VALUES (1, 'f', 1), (2, 'f', 0), (3, 'm', 0)) t(id, sex, p)")
    parquet(tmp_path / "was.parquet", "(VALUES (3, 1), (1, 1), (2, 0), (4, 1)) t(id, y)")
    given = {
        "engine": spark.address, "table": f"parquet:{tmp_path}/said.parquet", "truth": f"parquet:{tmp_path}/was.parquet",
        "id": "id",
    }  # fmt: skip
    with pytest.raises(InvalidInput, match="1 rows have a value of `id`"):
        fairness(Path(), **given)
    found = fairness(Path(), **given, allow_unmatched=True)
    assert rows_of(found) == COUNTS
    assert found.evidence["source"]["unmatched"] == {"data": 0, "truth": 1}


def test_a_file_written_again_is_another_data_set_and_told_while_it_is_read(scored, tmp_path):
    with open_request(request(Path(), **scored)) as table:
        first = table.identity().digest
    path = parquet(tmp_path / "scored" / "sex=hidden" / "a.parquet", f"{ROWS} UNION ALL VALUES ('x', 1, 1)")
    with open_request(request(Path(), **scored)) as table:
        assert table.identity().digest != first
    with (
        pytest.raises(Unreachable, match="files changed while they were read"),
        open_request(request(Path(), **scored)),
    ):
        parquet(path.parent / "b.parquet", ROWS)


def test_files_with_other_columns_leave_no_value_that_is_made_up(scored, tmp_path):
    """Spark would take the columns of one file for all of them; read together, what a file lacks is missing."""
    parquet(tmp_path / "scored" / "b.parquet", "(VALUES ('f', 1)) t(sex, y)")
    with pytest.raises(InvalidInput, match="column `p` has no value in 1 of 4 rows"):
        fairness(Path(), **scored)


@pytest.mark.parametrize("name", ["a b", "é", "select", "a'b", "a`b", "a.b", "%s", "a\\b"])
def test_a_hostile_column_name_is_a_name(spark, tmp_path, name):
    quoted = '"' + name + '"'
    path = parquet(tmp_path / "h.parquet", ROWS.replace("sex", quoted))
    found = fairness(Path(), engine=spark.address, table=f"parquet:{path}", by=(name,))
    assert rows_of(found) == COUNTS


def test_files_that_are_not_there_are_out_of_reach(spark, tmp_path):
    for table in (f"parquet:{tmp_path}/absent", "default.absent"):
        with pytest.raises(Unreachable, match="finds no such table or files"):
            fairness(Path(), engine=spark.address, table=table)


def test_more_cells_than_the_most_are_not_fetched(spark, tmp_path):
    path = parquet(tmp_path / "p.parquet", "(SELECT i::VARCHAR id, i % 2 y, 1 p FROM range(10001) t(i))")
    with pytest.raises(InvalidInput, match="more than 10,000 combinations"):
        fairness(Path(), engine=spark.address, table=f"parquet:{path}", by=("id",))


def test_ctrl_c_ends_the_query_on_the_cluster(scored):
    begun = time.monotonic()
    with open_table(scored["engine"], scored["table"]) as table:
        threading.Timer(3, os.kill, (os.getpid(), signal.SIGINT)).start()
        with pytest.raises(KeyboardInterrupt):
            table.query("SELECT COUNT(*) FROM data CROSS JOIN RANGE(100000000000)")
        assert time.monotonic() - begun < 60
        assert table.query("SELECT COUNT(*) FROM data") == [(3,)]


def test_a_worker_killed_in_the_middle_leaves_the_same_cells(tmp_path, monkeypatch):
    """Its half of the work is done again by the other one."""
    for part in range(8):
        parquet(
            tmp_path / "big" / f"{part}.parquet",
            "(SELECT CASE WHEN i % 3 = 0 THEN 'f' ELSE 'm' END sex, (hash(i) % 2)::INT y, (hash(i + 1) % 2)::INT p, "
            f"0.001 + (hash(i) % 1000) / 7.0 w FROM range({part} * 300000, {part + 1} * 300000) t(i))",
        )
    given = {"y_true": "y", "y_pred": "p", "by": ("sex",), "weight": "w"}
    expected = told("fairness", tmp_path / "big", **given)
    with spark_cluster.started() as cluster:
        on_spark = given | {"engine": cluster.address, "table": f"parquet:{tmp_path}/big"}
        killed: list[float] = []

        def kill() -> None:
            """Wait until a part of the tasks is done, which is the middle."""
            while not 0 < (share_done() or 0) < 1:
                time.sleep(0.01)
            killed.append(share_done() or 0)
            os.killpg(cluster.workers[0].pid, signal.SIGKILL)

        ask = engine._Session.ask

        def asked(session, sql):
            if "SUM(" in sql and "GROUP BY" in sql:
                threading.Thread(target=kill, daemon=True).start()
            return ask(session, sql)

        with monkeypatch.context() as patched:
            patched.setattr(engine._Session, "ask", asked)
            found = told("fairness", Path(), **on_spark)
        assert killed, "the query ended before a worker could be killed"
        assert len(killed) == 1
        assert 0 < killed[0] < 1
        assert cluster.workers[0].wait() == -signal.SIGKILL
        assert found == expected
        assert told("fairness", Path(), **on_spark) == expected


@pytest.fixture
def command(tmp_path, capsys, monkeypatch):
    world = GovernedWorld(tmp_path)
    monkeypatch.chdir(world.path)
    rampgate = CommandLine(capsys)

    def run(*words):
        known = ("--by", "sex", "--y-true", "y", "--y-pred", "p", "--model", "credit-risk", "--model-version", "2.0.0")
        done = rampgate(
            "measure", "fairness", *known, "--as", "alice", "--out", "found.json", "--no-cross-check", *words
        )
        return done, world

    return run


def test_the_command_line_measures_on_the_cluster(command, scored):
    done, world = command("--engine", scored["engine"], "--table", scored["table"])
    assert done.exit == 0, done.err
    assert (world.path / "found.json").is_file()


def test_a_cluster_that_nobody_answers_for_ends_with_4_and_writes_nothing(command):
    begun = time.monotonic()
    done, world = command("--engine", f"spark+connect://127.0.0.1:{free_port()}", "--table", "t")
    assert done.exit == 4
    assert "no Spark Connect server answers at 127.0.0.1:" in done.err
    assert "start the Connect server" in done.err
    assert world.git("status", "--porcelain") == ""
    assert time.monotonic() - begun < 20


def test_a_server_that_is_none_ends_with_4_and_is_let_go(tmp_path):
    """A process of its own, for the client would look for the server once more when its process ends."""
    world = GovernedWorld(tmp_path)
    with socket.create_server(("127.0.0.1", 0)) as silent:
        threading.Thread(target=hang_up, args=(silent,), daemon=True).start()
        words = ["--engine", f"spark+connect://127.0.0.1:{silent.getsockname()[1]}", "--table", "t", "--y-true", "y"]
        known = ["--y-pred", "p", "--model", "credit-risk", "--model-version", "2.0.0", "--as", "alice"]
        done = subprocess.run(
            [sys.executable, "-m", "rampgate", "measure", "performance", *words, *known], cwd=world.path, check=False,
            capture_output=True, text=True, env=os.environ | {"PYTHONPATH": str(Path(rampgate.__file__).parents[1])},
        )  # fmt: skip
    assert done.returncode == 4
    assert "does not answer as Spark Connect" in done.stderr
    assert len(done.stderr.splitlines()) == 1
    assert world.git("status", "--porcelain") == ""


def hang_up(server: socket.socket) -> None:
    """Take every call, and end it at once."""
    while True:
        try:
            server.accept()[0].close()
        except OSError:
            return


def test_a_token_in_the_address_is_never_repeated(spark):
    with pytest.raises(UsageProblem) as caught:
        fairness(Path(), engine=f"spark+connect://secret-3@127.0.0.1:{spark.port}", table="t")
    assert "secret-3" not in str(caught.value)
    with pytest.raises(Unreachable) as refused:
        fairness(Path(), engine=f"spark+connect://127.0.0.1:{spark.port}/;use_ssl=true;token=secret-3", table="t")
    assert "secret-3" not in str(refused.value)
