"""A real PostgreSQL server: one snapshot that only reads, nothing but cells, no password anywhere, and how it fails."""

from __future__ import annotations

import json
import os
import signal
import socket
import sys
import threading
import time
from pathlib import Path

import psycopg
import pytest

from engines.postgres_server import PASSWORD
from engines.spark_cluster import free_port
from engines.tables import quoted
from measure_requests import fairness, measured, request, rows_of
from rampgate.errors import InvalidInput, Unreachable, UsageProblem
from rampgate.measure.engines import open_request
from rampgate.measure.engines.postgres import open_table
from worlds.command_line import CommandLine
from worlds.governed_world import GovernedWorld

pytestmark = pytest.mark.peer

COUNTS = [["f", 0, 0, 1], ["f", 1, 1, 1], ["m", 1, 0, 1]]
ROWS = "('f', 1, 1), ('f', 0, 0), ('m', 1, 0)"


@pytest.fixture
def scored(postgres, database):
    database.execute("DROP TABLE IF EXISTS scored; CREATE TABLE scored (sex TEXT, y INT, p INT)")
    database.execute(f"INSERT INTO scored VALUES {ROWS}")
    return {"engine": postgres.address, "table": "public.scored"}


def test_a_table_is_counted_where_it_lies(scored, postgres):
    found = fairness(Path(), **scored)
    assert rows_of(found) == COUNTS
    source = found.evidence["source"]
    assert source["engine"] == "postgresql"
    assert source["engine_version"].split(".")[0].isdecimal()
    assert source["uri"] == f"postgresql://127.0.0.1:{postgres.port}/postgres/public.scored"
    assert source["rows"] == 3
    assert source["digest_of"].startswith("server, database, table, snapshot")
    assert len(source["sql"]) == 1
    assert "COUNT(*)" in source["sql"][0]


def test_neither_user_nor_password_stands_in_the_evidence(scored):
    text = json.dumps(fairness(Path(), **scored).evidence)
    assert PASSWORD not in text
    assert "owner@" not in text


def test_an_engine_can_not_write(scored, postgres):
    with (
        open_request(request(Path(), **scored)) as table,
        pytest.raises(InvalidInput, match="read-only transaction"),
    ):
        table._session.ask("CREATE TABLE made (a INT)")


def test_every_query_sees_one_snapshot_and_the_next_measurement_another(scored, database):
    with open_request(request(Path(), **scored)) as table:
        before = table.identity()
        database.execute("INSERT INTO scored VALUES ('x', 1, 1)")
        assert table.query("SELECT COUNT(*) FROM data") == [(3,)]
        assert table.identity() == before
    with open_request(request(Path(), **scored)) as table:
        assert table.identity().rows == 4
        assert table.identity().digest != before.digest
        assert table.identity().fingerprint == before.fingerprint


def test_truth_is_joined_on_the_server(postgres, database):
    database.execute("DROP TABLE IF EXISTS said, was")
    database.execute("CREATE TABLE said (id UUID, sex TEXT, p INT); CREATE TABLE was (id UUID, y INT)")
    ids = [f"00000000-0000-0000-0000-00000000000{n}" for n in range(4)]
    for place, (sex, y, p) in enumerate([("f", 1, 1), ("f", 0, 0), ("m", 1, 0)]):
        database.execute("INSERT INTO said VALUES (%s, %s, %s)", [ids[place], sex, p])
        database.execute("INSERT INTO was VALUES (%s, %s)", [ids[place], y])
    given = {"engine": postgres.address, "table": "said", "truth": "was", "id": "id"}
    assert rows_of(fairness(Path(), **given)) == COUNTS
    database.execute("INSERT INTO was VALUES (%s, 1)", [ids[3]])
    with pytest.raises(InvalidInput, match="was: 1 rows have a value of `id` that said does not have"):
        fairness(Path(), **given)
    assert fairness(Path(), **given, allow_unmatched=True).evidence["source"]["unmatched"] == {"data": 0, "truth": 1}


@pytest.mark.parametrize("name", ['"; DROP TABLE scored; --', "a b", "é", "select", "a'b", "%s", "$1", "a.b"])
def test_a_hostile_column_name_is_a_name(postgres, database, name):
    database.execute("DROP TABLE IF EXISTS hostile")
    database.execute(
        psycopg.sql.SQL("CREATE TABLE hostile ({} TEXT, y INT, p INT)").format(psycopg.sql.Identifier(name))
    )
    database.execute(f"INSERT INTO hostile VALUES {ROWS}")
    assert rows_of(fairness(Path(), engine=postgres.address, table="hostile", by=(name,))) == COUNTS


def test_a_hostile_table_name_is_a_name(postgres, database):
    name = quoted('x"; DROP TABLE scored; --')
    database.execute(f"DROP TABLE IF EXISTS {name}; CREATE TABLE {name} (sex TEXT, y INT, p INT)")
    database.execute(f"INSERT INTO {name} VALUES {ROWS}")
    assert rows_of(fairness(Path(), engine=postgres.address, table=f"public.{name}")) == COUNTS


KINDS = {
    "padding of CHAR is no part of a text": ("CHAR(5)", "'f'", "'m'", "f"),
    "an enumeration is its words": ("mood", "'f'", "'m'", "f"),
    "a domain is its type": ("code", "1.50", "2", "1.5"),
    "a numeric is written without needless zeros": ("NUMERIC", "1.0", "2.000", "1"),
    "a whole numeric keeps all its digits": ("NUMERIC(30, 0)", "123456789012345678901", "2", "123456789012345678901"),
    "a real is the double that it is": ("REAL", "0.5", "2", "0.5"),
    "an address of UUID is a text": (
        "UUID",
        "'0000000000000000000000000000000A'",
        "'" + "1" * 32 + "'",
        "00000000-0000-0000-0000-00000000000a",
    ),
    "yes and no": ("BOOLEAN", "true", "false", "true"),
    "a day": ("DATE", "'2024-02-29'", "'2023-01-01'", "2024-02-29"),
}


@pytest.mark.parametrize("case", KINDS)
def test_a_kind_of_column_is_told_in_one_form(postgres, database, case):
    written, one, other, told = KINDS[case]
    database.execute("DROP TABLE IF EXISTS kinds; DROP TYPE IF EXISTS mood; DROP DOMAIN IF EXISTS code")
    database.execute("CREATE TYPE mood AS ENUM ('f', 'm'); CREATE DOMAIN code AS NUMERIC(8, 2)")
    database.execute(f"CREATE TABLE kinds (g {written}, y INT, p INT)")
    database.execute(f"INSERT INTO kinds VALUES ({one}, 1, 1), ({other}, 0, 1)")
    found = rows_of(fairness(Path(), engine=postgres.address, table="kinds", by=("g",)))
    assert told in [row[0] for row in found]


def test_an_order_of_letters_in_which_two_texts_are_one_merges_no_groups(postgres, database):
    database.execute("DROP TABLE IF EXISTS folded; DROP COLLATION IF EXISTS folding")
    database.execute("CREATE COLLATION folding (provider = icu, locale = 'und-u-ks-level2', deterministic = false)")
    database.execute("CREATE TABLE folded (sex TEXT COLLATE folding, y INT, p INT)")
    database.execute("INSERT INTO folded VALUES ('f', 1, 1), ('F', 0, 0)")
    found = fairness(Path(), engine=postgres.address, table="folded")
    assert [row[0] for row in rows_of(found)] == ["F", "f"]


def test_lists_make_no_groups(postgres, database):
    database.execute("DROP TABLE IF EXISTS lists; CREATE TABLE lists (g INT[], y INT, p INT)")
    database.execute("INSERT INTO lists VALUES ('{1}', 1, 1)")
    with pytest.raises(InvalidInput, match="column `g` holds lists, structures or bytes"):
        fairness(Path(), engine=postgres.address, table="lists", by=("g",))


def test_more_cells_than_the_most_are_not_fetched(postgres, database):
    database.execute("DROP TABLE IF EXISTS people")
    database.execute("CREATE TABLE people AS SELECT i::TEXT AS id, i % 2 AS y, 1 AS p FROM generate_series(1, 10001) i")
    with pytest.raises(InvalidInput, match="more than 10,000 combinations"):
        fairness(Path(), engine=postgres.address, table="people", by=("id",))


def test_a_table_that_is_not_there_is_out_of_reach(scored):
    with pytest.raises(Unreachable, match="has no such table; write it as `schema"):
        fairness(Path(), **scored | {"table": "public.score"})


def test_a_table_that_may_not_be_read_says_what_to_ask_for(scored, postgres, database):
    database.execute("DROP ROLE IF EXISTS guest; CREATE ROLE guest LOGIN PASSWORD 'swordfish-2'")
    guest = {"engine": postgres.address.replace("owner@", "guest@"), "table": "public.scored"}
    with pytest.raises(Unreachable, match="permission denied for table scored; ask its owner to grant SELECT"):
        fairness(Path(), **guest)


def test_a_wrong_password_is_out_of_reach_and_not_repeated(scored, monkeypatch):
    monkeypatch.setenv("PGPASSWORD", "not-it-7")
    with pytest.raises(Unreachable, match="password authentication failed") as caught:
        fairness(Path(), **scored)
    assert "not-it-7" not in str(caught.value)


@pytest.mark.parametrize("address", ["postgresql://owner:secret-3@h/d", "postgresql://h/d?password=secret-3"])
def test_a_password_in_the_address_is_refused_and_not_repeated(address):
    with pytest.raises(UsageProblem, match="PGPASSWORD") as caught:
        fairness(Path(), engine=address, table="t")
    assert "secret-3" not in str(caught.value)


def test_a_server_that_takes_too_long_is_told(scored, postgres):
    slow = f"{postgres.address}?options=-c%20statement_timeout%3D100"
    with open_table(slow, "public.scored") as table, pytest.raises(Unreachable, match="after its time limit"):
        table.query("SELECT COUNT(*) FROM data, pg_catalog.generate_series(1, 100000000)")


def test_a_server_that_ends_the_connection_is_out_of_reach(scored, postgres, database):
    with open_table(postgres.address, "public.scored") as table:
        database.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'rampgate'")
        with pytest.raises(Unreachable, match="stopped answering"):
            table.query("SELECT COUNT(*) FROM data")


def test_ctrl_c_ends_the_query_on_the_server(scored, postgres, database):
    def interrupt():
        running = "SELECT COUNT(*) FROM pg_stat_activity WHERE application_name = 'rampgate' AND state = 'active'"
        with psycopg.connect(postgres.address, autocommit=True) as other:
            while not other.execute(running).fetchone()[0]:
                time.sleep(0.01)
        os.kill(os.getpid(), signal.SIGINT)

    begun = time.monotonic()
    with open_table(postgres.address, "public.scored") as table:
        threading.Thread(target=interrupt).start()
        with pytest.raises(KeyboardInterrupt):
            table.query("SELECT COUNT(*) FROM data, pg_catalog.generate_series(1, 1000000000)")
    assert time.monotonic() - begun < 30


def test_nothing_but_cells_crosses_the_wire(postgres, database):
    """A million rows are some 20 MB; their cells are a few hundred bytes. Every row that is fetched is counted."""
    database.execute("DROP TABLE IF EXISTS million")
    database.execute(
        "CREATE TABLE million AS SELECT CASE WHEN i % 3 = 0 THEN 'f' ELSE 'm' END AS sex, i % 2 AS y, (i / 5) % 2 AS p "
        "FROM generate_series(1, 1000000) AS i"
    )
    received = 0

    class Counting(psycopg.Cursor):
        def fetchall(self):
            nonlocal received
            rows = super().fetchall()
            received += len(rows)
            return rows

    given = request(Path(), engine=postgres.address, table="million", y_true="y", y_pred="p", by=("sex",))
    with open_request(given) as table:
        table._session.connection.cursor_factory = Counting
        table.query("SELECT sex, y, p, COUNT(*) FROM data GROUP BY 1, 2, 3")
    assert received == 8
    assert (
        measured("performance", Path(), engine=postgres.address, table="million", y_true="y", y_pred="p").evidence[
            "source"
        ]["rows"]
        == 1_000_000
    )


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


def test_the_command_line_measures_a_table(command, scored, postgres):
    done, world = command("--engine", postgres.address, "--table", "public.scored")
    assert done.exit == 0, done.err
    text = (world.path / "found.json").read_text()
    assert json.loads(text)["counts"]["rows"] == COUNTS
    assert "owner" not in text
    assert PASSWORD not in text + done.out + done.err


def test_evidence_of_a_table_is_verified_although_its_snapshot_is_gone(command, capsys, scored, postgres, database):
    """Any change in the database makes another snapshot; only a change of the table makes other counts."""
    done, world = command("--engine", scored["engine"], "--table", scored["table"])
    assert done.exit == 0, done.err
    path = world.path / "found.json"
    verify = ("evidence", "verify", str(path), "--engine", scored["engine"])
    database.execute("DROP TABLE IF EXISTS elsewhere; CREATE TABLE elsewhere (a INT)")
    same = CommandLine(capsys)(*verify)
    assert same.exit == 0, same.out + same.err
    assert "its digest names a snapshot of the database, which is gone" in " ".join(same.out.split())
    evidence = json.loads(path.read_text())
    evidence["subject"]["dataset"] = "sha256:" + "0" * 64
    path.write_text(json.dumps(evidence))
    assert CommandLine(capsys)(*verify).exit in (3, 10)
    evidence["subject"]["dataset"] = evidence["source"]["digest"]
    path.write_text(json.dumps(evidence))
    database.execute("UPDATE scored SET p = 1 - p WHERE sex = 'm'")
    other = CommandLine(capsys)(*verify)
    assert other.exit == 10
    assert "counts, row 3: recorded as ['m', 1, 0, 1], the data give ['m', 1, 1, 1]" in " ".join(other.out.split())


@pytest.fixture
def on_the_engine(tmp_path, capsys, monkeypatch, scored):
    """A command about the table, run in a governed repository."""
    world = GovernedWorld(tmp_path)
    monkeypatch.chdir(world.path)
    place = ("--engine", scored["engine"], "--table", scored["table"])
    return CommandLine(capsys), place, ("--model", "credit-risk", "--model-version", "2.0.0", "--as", "alice")


def test_two_tables_of_an_engine_are_verified_by_their_names_there(on_the_engine, database):
    rampgate, place, whose = on_the_engine
    database.execute("DROP TABLE IF EXISTS seen; CREATE TABLE seen AS SELECT * FROM scored LIMIT 2")
    words = ("--other", "public.seen", "--key", "sex,y", "--out", "o.json")
    done = rampgate("measure", "split_overlap", *place, *words, *whose)
    assert done.exit == 0, done.err
    done = rampgate("evidence", "verify", "o.json", *place[:2])
    assert done.exit == 0, done.out + done.err


def test_a_profile_is_a_file_of_the_user_where_the_data_are_a_table(on_the_engine):
    """The evidence names it; a file of that name in the working directory is not taken for it."""
    rampgate, place, whose = on_the_engine
    made = rampgate("measure", "profile", *place, "--columns", "sex", "--out", "profile.json")
    assert made.exit == 0, made.err
    done = rampgate("measure", "drift", *place, "--profile", "profile.json", "--out", "d.json", *whose)
    assert done.exit == 0, done.err
    done = rampgate("evidence", "verify", "d.json", *place[:2])
    assert done.exit == 4
    assert "it was measured on `profile.json`; give it" in done.err
    done = rampgate("evidence", "verify", "d.json", *place[:2], "--data", "profile.json")
    assert done.exit == 0, done.out + done.err


def test_an_engine_that_nobody_answers_for_ends_with_4_and_writes_nothing(command):
    done, world = command("--engine", f"postgresql://127.0.0.1:{free_port()}/d", "--table", "t")
    assert done.exit == 4
    assert "the PostgreSQL server does not answer" in done.err
    assert "try `psql postgresql://127.0.0.1:" in done.err
    assert world.git("status", "--porcelain") == ""


def test_a_server_that_is_none_ends_with_4(command):
    with socket.create_server(("127.0.0.1", 0)) as silent:
        port = silent.getsockname()[1]
        done, world = command("--engine", f"postgresql://127.0.0.1:{port}/d?connect_timeout=2", "--table", "t")
    assert done.exit == 4
    assert world.git("status", "--porcelain") == ""


def test_without_psycopg_the_command_says_what_to_install(command, monkeypatch):
    monkeypatch.setitem(sys.modules, "psycopg", None)
    done, _ = command("--engine", "postgresql://h/d", "--table", "t")
    assert done.exit == 2
    assert "install `rampgate[postgres]`" in done.err
