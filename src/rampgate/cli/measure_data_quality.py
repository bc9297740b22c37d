"""`rampgate measure data_quality`: what is missing, forbidden, repeated or old in a table."""

from __future__ import annotations

from typing import Any

import click

from rampgate.cli.measure_shared import between, measured, named, names_of, of_data, of_version, without


@click.command("data_quality", short_help="Count what is missing, forbidden, repeated or old.")
@of_data
@click.option("--columns", metavar="C,C", help="The columns to look for missing values in; else all.")
@click.option(
    "--range", "ranges", multiple=True, metavar="C:LOW..HIGH", help="What a number must lie within; repeatable."
)
@click.option("--allowed", multiple=True, metavar="C:V,V", help="The values that a column may have; repeatable.")
@click.option("--key", metavar="C[,C]", help="The columns that must differ from row to row.")
@click.option("--time", metavar="COLUMN", help="The moment of each row; the newest one says how old the data are.")
@click.option("--rows", metavar="LOW..HIGH", help="How many rows are expected.")
@of_version
@without("by", "pool", "min_cell")
def command(**options: Any) -> int:
    r"""Count for each check of each column how many rows were looked at, and how many fail.

    Rows without a value are counted apart: they are neither out of a range nor forbidden. What is too much is for
    policies to say.

    \b
    rampgate measure data_quality --data november.parquet \
        --range amount:0..1000000 --allowed currency:EUR,CHF \
        --key loan_id --time booked_at --rows 1000.. \
        --model credit-risk --model-version 2.0.0 --attach

    \b
    Exit codes: 0 written   2 usage   3 the data are not what they must be
                4 the file can not be read
    """
    from rampgate.app.measure import Allowed, Details, Limits

    ranges = [named(text, "--range", "COLUMN:LOW..HIGH") for text in options["ranges"]]
    allowed = [named(text, "--allowed", "COLUMN:VALUE,VALUE") for text in options["allowed"]]
    details = Details(
        columns=names_of(options["columns"]),
        ranges=tuple(Limits(column, *between(rest, "--range")) for column, rest in ranges),
        allowed=tuple(Allowed(column, names_of(rest)) for column, rest in allowed),
        key=names_of(options["key"]),
        time=options["time"],
        rows=_rows(options["rows"]),
    )
    return measured("data_quality", options, details)


def _rows(text: str | None) -> tuple[int | None, int | None] | None:
    if text is None:
        return None
    low, high = between(text, "--rows")
    if any(each is not None and (each != int(each) or each < 0) for each in (low, high)):
        raise click.BadParameter(f"`{text}` holds a number of rows that is none", param_hint="--rows")
    return None if low is None else int(low), None if high is None else int(high)
