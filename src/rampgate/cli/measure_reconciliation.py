"""`rampgate measure reconciliation`: whether sources of one term say the same."""

from __future__ import annotations

from typing import Any

import click

from rampgate.cli.measure_shared import decimal_of, measured, names_of, of_data, of_version, without


@click.command("reconciliation", short_help="Measure whether sources say the same.")
@of_data
@click.option(
    "--other", "others", required=True, multiple=True, metavar="FILE",
    help="Another source; repeatable. With --engine, another table there.",
)  # fmt: skip
@click.option("--key", required=True, metavar="C[,C]", help="The columns that pair the rows, in every source.")
@click.option("--values", required=True, metavar="C[,C]", help="The columns to compare.")
@click.option("--absolute", metavar="NUMBER", help="How far numbers may be apart and still be alike.")
@click.option("--relative", metavar="SHARE", help="The same, as a share of the larger one.")
@click.option(
    "--sample", type=click.IntRange(min=0, max=1000), default=0, metavar="N", help="Keep so many keys that differ."
)
@click.option("--plain-keys", is_flag=True, help="Keep them as they are, and not as hashes.")
@of_version
@without("by", "pool", "min_cell")
def command(**options: Any) -> int:
    r"""Measure whether two or more sources of one term say the same, key by key and in both directions.

    Only counts leave the sources. A sample keeps keys, as SHA-256 hashes, and never values; who can list all keys can
    find out which one a hash is of.

    \b
    rampgate measure reconciliation --data ledger.parquet --other warehouse.csv \
        --key loan_id --values amount,currency --absolute 0.005 --sample 20 \
        --model credit-risk --model-version 2.0.0 --attach

    \b
    Exit codes: 0 written   2 usage   3 the data are not what they must be
                4 a file can not be read
    """
    from rampgate.app.measure import Details

    details = Details(
        others=options["others"],
        key=names_of(options["key"]),
        values=names_of(options["values"]),
        absolute=decimal_of(options["absolute"], "--absolute"),
        relative=decimal_of(options["relative"], "--relative"),
        sample=options["sample"],
        plain_keys=options["plain_keys"],
    )
    return measured("reconciliation", options, details)
