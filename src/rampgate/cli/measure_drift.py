"""`rampgate measure drift`: a window against the profile of a reference."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from rampgate.cli.measure_shared import measured, names_of, of_data, of_version, without


@click.command("drift", short_help="Measure how far a window lies from a profile.")
@of_data
@click.option(
    "--profile", type=click.Path(dir_okay=False, path_type=Path), required=True, metavar="FILE",
    help="What `rampgate measure profile` wrote of the reference.",
)  # fmt: skip
@click.option("--columns", metavar="C,C", help="Fewer columns than the profile has.")
@of_version
@without("by", "pool", "min_cell")
def command(**options: Any) -> int:
    r"""Measure how far a window lies from the profile of a reference, column by column.

    The window is counted in the frozen bins of the profile, in one scan. From the counts come PSI (with an interval,
    and what it is where nothing drifts), the Jensen-Shannon distance, KS (between certain bounds), chi-square with its
    size, new values, and rows without a value. How each is computed stands in the evidence.

    \b
    rampgate measure drift --data november.parquet \
        --profile profiles/credit-risk.json \
        --model credit-risk --model-version 2.0.0 --population production \
        --window 2026-11-01..2026-11-30 --attach

    \b
    Exit codes: 0 written   2 usage   3 data or profile are not what they must be
                4 a file can not be read
    """
    from rampgate.app.measure import Details
    from rampgate.app.profile import read_profile

    profile, digest = read_profile(options["profile"])
    details = Details(profile=profile, profile_digest=digest, columns=names_of(options["columns"]))
    return measured("drift", options, details)
