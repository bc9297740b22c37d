"""What we quote by hand is what SQLGlot quotes, and every query that a measure sends is well formed in each dialect.

SQLGlot is asked here and not by the program: its import costs a tenth of a second in every measurement.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import contextmanager
from decimal import Decimal

import duckdb
import pytest
import sqlglot
from hypothesis import given
from hypothesis import strategies as st
from sqlglot import exp

from engines.tables import MEASURED, awkward, told
from rampgate.measure import calibration, labelled, multiclass, nyc_ll144, regression
from rampgate.measure.engines import Relation
from rampgate.measure.engines.spark import _connected
from rampgate.measure.sql import DIALECTS

HOSTILE = [
    "a",
    "a b",
    'a"b',
    "a`b",
    "a'b",
    '"',
    "``",
    "a;--",
    "a\\b",
    "\\",
    "\\'",
    "日本",
    "select",
    "a.b",
    "$1",
    "%s",
    "/*",
]
names = st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1, max_size=12) | st.sampled_from(HOSTILE)


@pytest.mark.parametrize("dialect", DIALECTS)
@given(name=names)
def test_a_name_is_quoted_as_sqlglot_quotes_it(dialect, name):
    assert DIALECTS[dialect].quoted(name) == exp.to_identifier(name, quoted=True).sql(dialect)


@pytest.mark.parametrize("dialect", DIALECTS)
@given(text=names)
def test_a_text_is_read_back_by_sqlglot_as_it_was(dialect, text):
    read = sqlglot.parse_one(DIALECTS[dialect].literal(text), read=dialect)
    assert isinstance(read, exp.Literal)
    assert read.this == text


class Translated:
    """DuckDB behind the dialect of another engine: each query is parsed in that dialect, and asked in DuckDB's own.

    That proves that the text is well formed there, and that it means the same.
    """

    def __init__(self, table: Relation, dialect: str) -> None:
        self.table = table
        self.dialect = DIALECTS[dialect]
        self.sent: list[str] = []

    def query(self, sql: str, *, keep: bool = False) -> Sequence[tuple[object, ...]]:
        self.sent.append(sql)
        (parsed,) = sqlglot.parse(sql, read=self.dialect.name)
        assert isinstance(parsed, exp.Query)
        return self.table.query(in_duckdb(parsed), keep=keep)

    def __getattr__(self, name: str) -> object:
        return getattr(self.table, name)


def in_duckdb(parsed: exp.Query) -> str:
    """Return a query in DuckDB's words. Its decimals of 38 digits do not divide exactly; its integers of 128 bits do."""
    whole = parsed.transform(
        lambda node: (
            exp.IntDiv(this=node.this, expression=node.expression)
            if isinstance(node, exp.Div) or (isinstance(node, exp.Anonymous) and node.name.upper() == "DIV")
            else node
        )
    )
    return whole.sql("duckdb").replace("DECIMAL(38, 0)", "HUGEINT").replace("AS DECIMAL)", "AS HUGEINT)")


@pytest.fixture(scope="module")
def parquet(tmp_path_factory):
    return awkward().to_parquet(tmp_path_factory.mktemp("awkward") / "awkward.parquet")


@pytest.mark.parametrize("dialect", DIALECTS)
@pytest.mark.parametrize("case", MEASURED)
def test_every_query_of_a_measure_is_well_formed_and_means_the_same(parquet, monkeypatch, case, dialect):
    kind, asked = MEASURED[case]
    plain = told(kind, parquet, **asked)
    sent = []
    for module in (labelled, regression, calibration, multiclass, nyc_ll144):
        original = module.open_request

        @contextmanager
        def opened(request, original=original):
            with original(request) as table:
                translated = Translated(table, dialect)
                yield translated
                sent.extend(translated.sent)

        monkeypatch.setattr(module, "open_request", opened)
    assert told(kind, parquet, **asked) == plain
    assert len(sent) >= 1


TRIED = {
    "1": 1.0, " 1.50 ": 1.5, "-.5": -0.5, "+2.": 2.0, "1e3": 1000.0, "1E-2": 0.01,
    "1_000": None, "1d": None, "0x10": None, "inf": None, "NaN": None, "1,5": None, "": None, ".": None, "1e": None,
    "1\n": None, "１": None, "--1": None, "1e400": None, "9" * 201: None,
}  # fmt: skip
"""Text -> the number that it is on every engine, or None."""


@pytest.mark.parametrize("text", TRIED)
def test_duckdb_takes_for_a_number_what_all_engines_do(text):
    dialect = DIALECTS["duckdb"]
    assert duckdb.sql(f"SELECT {dialect.tried(dialect.literal(text))}").fetchall() == [(TRIED[text],)]


@pytest.mark.peer
@pytest.mark.parametrize("text", TRIED)
def test_postgres_takes_for_a_number_what_all_engines_do(database, text):
    dialect = DIALECTS["postgres"]
    query = f"SELECT {dialect.tried(f'CAST({dialect.literal(text)} AS TEXT)')}"
    assert database.execute(query).fetchall() == [(TRIED[text],)]


@pytest.mark.spark
def test_spark_takes_for_a_number_what_all_engines_do(spark):
    dialect = DIALECTS["spark"]
    columns = ", ".join(f"{dialect.tried(dialect.literal(text))} AS c{place}" for place, text in enumerate(TRIED))
    with _connected(spark.address) as (session, _):
        assert tuple(session.sql(f"SELECT {columns}").collect()[0]) == tuple(TRIED.values())


@pytest.mark.parametrize("threshold", ["0.30000000000000004", "0.1", "1e-05", "123456789.123456789"])
def test_a_threshold_is_the_nearest_double(threshold):
    text = DIALECTS["duckdb"].double(threshold)
    assert duckdb.sql(f"SELECT {text}").fetchall() == [(float(Decimal(threshold)),)]
