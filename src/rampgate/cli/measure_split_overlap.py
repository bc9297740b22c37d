"""`rampgate measure split_overlap`: how many keys two data sets share."""

from __future__ import annotations

from typing import Any

import click

from rampgate.cli.measure_shared import measured, names_of, of_data, of_version, without


@click.command("split_overlap", short_help="Measure how many keys two data sets share.")
@of_data
@click.option("--other", required=True, metavar="FILE", help="The other data set; with --engine, another table there.")
@click.option("--key", required=True, metavar="C[,C]", help="The columns that name a row, in both.")
@of_version
@without("by", "pool", "min_cell")
def command(**options: Any) -> int:
    r"""Measure how many keys of one data set are in another too, such as those of the training data in the test data.

    What a model has seen in training tells nothing of how it does on what it has not seen.

    \b
    rampgate measure split_overlap --data test.parquet --other train.parquet \
        --key customer_id --model credit-risk --model-version 2.0.0 --attach

    \b
    Exit codes: 0 written   2 usage   3 the data are not what they must be
                4 a file can not be read
    """
    from rampgate.app.measure import Details

    return measured("split_overlap", options, Details(others=(options["other"],), key=names_of(options["key"])))
