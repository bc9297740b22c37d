"""`rampgate measure cost`: a log of calls in, what they cost out."""

from __future__ import annotations

from typing import Any

import click

from rampgate.cli.measure_load import edges_of
from rampgate.cli.measure_shared import measured, of_data, of_version, without


@click.command("cost", short_help="Measure what calls cost.")
@of_data
@click.option("--cost", required=True, metavar="COLUMN", help="What each call cost.")
@click.option("--currency", metavar="NAME", help="Of the costs, such as EUR; it stands in the evidence.")
@click.option("--edges", metavar="N,N", help="More edges of bins, such as the limits of your policy.")
@click.option("--by", metavar="COLUMN[,COLUMN]", help="The columns whose values make the groups.")
@of_version
@without("pool", "min_cell")
def command(**options: Any) -> int:
    r"""Measure what calls cost: by the thousand with an interval, in all, and percentiles.

    \b
    rampgate measure cost --data calls.csv --cost usd --currency USD \
        --by language --model help-assistant --model-version 1.2.0 --attach

    \b
    Exit codes: 0 written   2 usage   3 the data are not what they must be
                4 the file can not be read
    """
    from rampgate.app.measure import Details

    details = Details(cost=options["cost"], currency=options["currency"], edges=edges_of(options["edges"]))
    return measured("cost", options, details)
