"""Makes the tables that measuring is measured on: scored rows, and two months of twenty columns that drift.

Rows follow from their number alone, so a table of any size is the same every time.

    python benchmarks/measure_data.py scored /tmp/scored.parquet --rows 1000000
    python benchmarks/measure_data.py drifting /tmp/november.parquet --rows 1000000 --month 1
    PGPASSWORD=... python benchmarks/measure_data.py to-postgres postgresql://owner@127.0.0.1/postgres \
        --rows 1000000
"""

from __future__ import annotations

import argparse
from pathlib import Path

import duckdb

SCORED = """
SELECT
  CASE WHEN h % 100 < 47 THEN 'female' ELSE 'male' END AS sex,
  CASE WHEN r < 60 THEN 'white' WHEN r < 75 THEN 'black' WHEN r < 85 THEN 'hispanic' WHEN r < 93 THEN 'asian'
       WHEN r < 97 THEN 'native' ELSE 'other' END AS race,
  CASE a WHEN 0 THEN '18-29' WHEN 1 THEN '30-39' WHEN 2 THEN '40-49' WHEN 3 THEN '50-64' ELSE '65+' END AS age,
  CAST(t < s AS TINYINT) AS y_true,
  CAST(s >= 5000 AS TINYINT) AS y_pred,
  CAST(s AS DOUBLE) / 10000 AS score
FROM (
  SELECT h, h // 100 % 100 AS r, h // 10000 % 5 AS a, g % 10000 AS t,
         CAST(g // 10000 % 9000 + h // 10000 % 5 * 200 AS INTEGER) AS s
  FROM (SELECT hash(i) AS h, hash(i + 1000000000000) AS g FROM range({rows}) AS rows(i)) AS hashed
) AS drawn
"""
"""Sixty groups by sex, race and age; the score rises with age, and comes true as often as it says."""

NUMBERS, CODES = 15, 5
SHIFT = 0.02
"""By so many standard deviations, times its place, a column of numbers lies higher in the second month."""
OUTLIER = "n13"
"""The column, clearly shifted, in which one value of the second month is put far out."""


def drifting(rows: int, month: int) -> str:
    """Return rows of 15 columns of numbers, bell-shaped or skewed, and 5 of codes; month 0 is the reference."""
    chosen = []
    for place in range(NUMBERS):
        bell = "sqrt(-2 * ln(1 - random())) * cos(2 * pi() * random())"
        number = f"{bell} + {SHIFT * place * month}"
        chosen.append(f"{f'exp({number})' if place % 3 == 2 else number} AS n{place:02d}")
    for place in range(CODES):
        codes = 4 + 3 * place
        chosen.append(
            f"'code ' || CAST(floor({codes} * pow(random(), {1 + 0.1 * place * month})) AS INTEGER) AS c{place}"
        )
    return f"SELECT {', '.join(chosen)} FROM range({rows}) AS rows(i)"


def write(query: str, path: Path) -> None:
    with duckdb.connect(config={"threads": 2}) as connection:
        connection.execute(f"COPY ({query}) TO '{path}' (FORMAT parquet, COMPRESSION snappy, ROW_GROUP_SIZE 1000000)")


def write_drifting(path: Path, rows: int, month: int) -> None:
    """Write a month, and beside the second one the same with one value far out."""
    with duckdb.connect(config={"threads": 1}) as connection:  # a seed holds within one thread
        connection.execute(f"SELECT setseed(0.{month + 1})")
        connection.execute(f"CREATE TABLE months AS {drifting(rows, month)}")
        connection.execute(f"COPY months TO '{path}' (FORMAT parquet)")
        if month:
            connection.execute(f"UPDATE months SET {OUTLIER} = 1e6 WHERE rowid = 0")
            connection.execute(f"COPY months TO '{path.with_stem(path.stem + '-outlier')}' (FORMAT parquet)")


def to_postgres(address: str, rows: int) -> None:
    import psycopg

    with psycopg.connect(address, autocommit=True) as connection:
        connection.execute("DROP TABLE IF EXISTS scored")
        columns = "sex text, race text, age text, y_true smallint, y_pred smallint, score double precision"
        connection.execute(f"CREATE TABLE scored ({columns})")
        with (
            duckdb.connect() as source,
            connection.cursor() as cursor,
            cursor.copy("COPY scored FROM STDIN") as copy,
        ):
            found = source.execute(SCORED.format(rows=rows))
            while some := found.fetchmany(10_000):
                copy.write("".join("\t".join(map(str, row)) + "\n" for row in some))
        connection.execute("VACUUM ANALYZE scored")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("what", choices=["scored", "drifting", "to-postgres"])
    parser.add_argument("place", help="the file to write, or the address of the server")
    parser.add_argument("--rows", type=int, required=True)
    parser.add_argument("--month", type=int, default=0)
    asked = parser.parse_args()
    if asked.what == "scored":
        write(SCORED.format(rows=asked.rows), Path(asked.place))
    elif asked.what == "drifting":
        write_drifting(Path(asked.place), asked.rows, asked.month)
    else:
        to_postgres(asked.place, asked.rows)


if __name__ == "__main__":
    main()
