"""`rampgate measure impact`: a business outcome under treatment and under baseline."""

from __future__ import annotations

from typing import Any

import click

from rampgate.cli.measure_shared import measured, of_data, of_version, without


@click.command("impact", short_help="Measure a business outcome, treatment against baseline.")
@of_data
@click.option("--arm", required=True, metavar="COLUMN", help="Which arm each row was in.")
@click.option("--treatment", required=True, metavar="VALUE", help="The arm that the model served.")
@click.option("--baseline", required=True, metavar="VALUE", help="The arm that it is compared with.")
@click.option("--outcome", metavar="COLUMN", help="The outcome as a yes or no.")
@click.option("--positive", metavar="VALUE", help="The label of a yes, where labels are not 0 and 1.")
@click.option("--value", metavar="COLUMN", help="The outcome as an amount, instead of --outcome.")
@click.option("--by", metavar="COLUMN[,COLUMN]", help="The columns whose values make the groups.")
@of_version
@without("pool", "min_cell")
def command(**options: Any) -> int:
    r"""Measure a business outcome of two arms, and how far they differ, with an interval.

    Rates differ by Newcombe's interval, means by Welch's. Say with `--window` which days the data cover.

    \b
    rampgate measure impact --data trial.parquet \
        --arm arm --treatment new --baseline old --outcome repaid \
        --window 2026-11-01..2026-11-30 --population production \
        --model credit-risk --model-version 2.0.0 --attach

    \b
    Exit codes: 0 written   2 usage   3 the data are not what they must be
                4 the file can not be read
    """
    from rampgate.app.measure import Details

    details = Details(**{name: options[name] for name in ("arm", "treatment", "baseline", "value")})
    more = {"outcome": options["outcome"], "positive": options["positive"]}
    return measured("impact", options, details, **more)
