"""`rampgate measure load`: a log of requests in, percentiles, errors and throughput out."""

from __future__ import annotations

from typing import Any

import click

from rampgate.cli.measure_shared import decimal_of, measured, names_of, of_data, of_version, without


@click.command("load", short_help="Measure latencies, errors and throughput of a log.")
@of_data
@click.option("--latency", required=True, metavar="COLUMN", help="How long each request took, in one unit throughout.")
@click.option("--error", metavar="COLUMN", help="Whether it failed: 1 and 0, or with --positive another label.")
@click.option("--positive", metavar="VALUE", help="The label of a failure, where labels are not 0 and 1.")
@click.option("--time", metavar="COLUMN", help="When it came, for the throughput.")
@click.option("--edges", metavar="N,N", help="More edges of bins, such as the limits of your policy.")
@click.option("--by", metavar="COLUMN[,COLUMN]", help="The columns whose values make the groups.")
@of_version
@without("pool", "min_cell")
def command(**options: Any) -> int:
    r"""Measure latency percentiles, the error rate and the throughput of a log with a row for each request.

    Latencies are counted in fine bins. A percentile lies between the two edges of its bin for certain, at most 6 %
    apart; the value told is the upper one. Where a limit is an edge (`--edges`), the answer is as sure as from single
    rows. Requests without a latency count as slower than all others.

    \b
    rampgate measure load --data requests.parquet --latency ms --error failed \
        --time at --edges 250,400 --by endpoint \
        --model credit-risk --model-version 2.0.0 --population production \
        --window 2026-11-01..2026-11-30 --attach

    \b
    Exit codes: 0 written   2 usage   3 the data are not what they must be
                4 the file can not be read
    """
    from rampgate.app.measure import Details

    details = Details(
        latency=options["latency"], error=options["error"], time=options["time"], edges=edges_of(options["edges"])
    )
    return measured("load", options, details, positive=options["positive"])


def edges_of(text: str | None) -> tuple[Any, ...]:
    """Return the edges in a list with commas; each is a number above 0."""
    found = tuple(decimal_of(each, "--edges") for each in names_of(text))
    if any(each is None or each <= 0 for each in found):
        raise click.BadParameter(f"`{text}` has an edge that is not above 0", param_hint="--edges")
    return found
