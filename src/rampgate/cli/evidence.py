"""`rampgate evidence`: verify, show, add and import evidence."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import click

from rampgate.cli.lazy import LazyGroup

COMMANDS: Final[Mapping[str, tuple[str, str]]] = {
    "show": ("evidence_show", "Print evidence for a person, with intervals and a chart."),
    "verify": ("evidence_verify", "Compute everything in evidence again, and compare."),
    "add": ("evidence_add", "List an evidence file in a card."),
    "import": ("evidence_import", "Take the results of another tool as evidence."),
}


@click.group("evidence", cls=LazyGroup, table=COMMANDS, short_help="Verify, show, add and import evidence.")
def command() -> None:
    r"""Verify, show, add and import evidence; `rampgate measure` makes it.

    \b
    rampgate evidence show model_cards/credit-risk/2.0.0/evidence/fairness.json
    rampgate evidence verify fairness.json --data scored.parquet
    rampgate evidence add model_cards/credit-risk/2.0.0/card.yaml fairness.json
    rampgate evidence import dbt run_results.json --with manifest.json \
        --model credit-risk --model-version 2.0.0 --attach

    \b
    Exit codes: 0 done   10 something differs   2 usage
                3 not valid evidence   4 out of reach
    """
