"""`rampgate measure`: data in, evidence out."""

from __future__ import annotations

from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any

import click

from rampgate.cli.measure_kinds import DATA_KINDS, ByKind
from rampgate.cli.measure_shared import measured, of_data, of_truth, of_version

KINDS = ("calibration", "fairness", "multiclass", "performance", "rate", "regression")

AS_THEY_ARE = (
    "id", "truth", "allow_unmatched", "y_true", "y_pred", "y_score", "outcome", "weight", "positive", "preset",
    "unknown", "justification",
)  # fmt: skip
"""Options that are fields of the request under the same name."""


@click.command("measure", cls=ByKind, table=DATA_KINDS, short_help="Measure a model on data, and write evidence.")
@click.argument("kind", metavar="KIND", type=click.Choice(KINDS))
@of_data
@of_truth
@click.option("--y-true", metavar="COLUMN", help="What really happened.")
@click.option("--y-pred", metavar="COLUMN", help="What the model said.")
@click.option("--y-score", metavar="COLUMN", help="The model's score; with --threshold, instead of --y-pred.")
@click.option("--threshold", metavar="NUMBER", help="Positive is a score of at least this.")
@click.option("--outcome", metavar="COLUMN", help="For `rate` and the preset: a yes or no that needs no truth.")
@click.option("--by", metavar="COLUMN[,COLUMN]", help="The columns whose values make the groups.")
@click.option("--weight", metavar="COLUMN", help="The weight of each row.")
@click.option("--positive", metavar="VALUE", help="The label that counts as positive, where labels are not 0 and 1.")
@click.option(
    "--pool", type=click.Path(path_type=Path), multiple=True, metavar="FILE",
    help="More rows about the same artifact, from another window; may be given again.",
)  # fmt: skip
@click.option("--min-cell", type=click.IntRange(min=0), default=0, metavar="ROWS", help="Leave smaller groups out.")
@click.option("--no-cross-check", is_flag=True, help="Ask no other library; the evidence says so.")
@click.option("--preset", type=click.Choice(["nyc-ll144"]), help="For `fairness`: impact ratios by sex and race.")
@click.option("--unknown", metavar="VALUE", default="unknown", show_default=True, help="An unknown sex or race.")
@click.option(
    "--exclude-small", "justification", metavar="WHY",
    help="For the preset: leave out categories under 2%, and why; they are listed all the same.",
)  # fmt: skip
@of_version
def command(kind: str, **options: Any) -> int:
    r"""Measure one version on one table, and write what was found as evidence.

    The rows are reduced to a small table of counts (sums for `regression`); every number is computed from that table,
    exactly, and checked against Fairlearn or scikit-learn on the same table. No row leaves the machine that it is on:
    a table of PostgreSQL or Spark is counted there.

    \b
    rampgate measure fairness --data scored.parquet --by sex,age_band \
        --y-true repaid --y-pred approved \
        --model credit-risk --model-version 2.0.0 --attach
    rampgate measure performance --data scored.csv \
        --y-true y --y-score p --threshold 0.5 --sign ~/.ssh/id_ed25519 \
        --model credit-risk --model-version 2.0.0 --attach
    rampgate measure fairness --engine postgresql://gate@db.example/lending \
        --table public.scored --id loan_id --truth public.repaid \
        --by sex --y-true repaid --y-pred approved \
        --model credit-risk --model-version 2.0.0 --attach
    rampgate measure calibration --data scored.csv --by sex \
        --y-true y --y-score p --model credit-risk --model-version 2.0.0 --attach
    rampgate measure multiclass --data routed.csv --y-true team --y-pred said \
        --model router --model-version 1.0.0 --attach
    rampgate measure fairness --preset nyc-ll144 --data applicants.csv \
        --by sex,race --outcome invited --exclude-small "fewer than 30 people" \
        --model screener --model-version 1.0.0 --attach
    rampgate measure rate --data reviewed.csv --outcome invented --by language \
        --model help-assistant --model-version 1.2.0 --out rate.json

    \b
    KIND: fairness     rates and errors of every group, with intervals
          performance  accuracy, recall, precision and the like; with a score
                       also ROC AUC, Brier score and log loss
          multiclass   the same for more than two classes
          calibration  whether probabilities come true, by group too
          rate         the share of a yes or no, such as invented facts, refusals
          regression   mean errors of a number

    \b
    Exit codes: 0 written   2 usage   3 the data are not what they must be
                4 the file can not be read, the engine does not answer
    """
    return measured(
        kind,
        options,
        **{name: options[name] for name in AS_THEY_ARE},
        crosscheck=not options["no_cross_check"],
        threshold=_number(options["threshold"]),
    )


def _number(text: str | None) -> Decimal | None:
    if text is None:
        return None
    try:
        return Decimal(text)
    except InvalidOperation:
        raise click.BadParameter(f"`{text}` is not a number", param_hint="--threshold") from None
