"""`rampgate break-glass`: what follows a bypass of rules."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import click

from rampgate.cli.lazy import LazyGroup

COMMANDS: Final[Mapping[str, tuple[str, str]]] = {
    "review": ("break_glass_review", "Write down what a third person found."),
}


@click.group("break-glass", cls=LazyGroup, table=COMMANDS, short_help="Review what was bypassed in an emergency.")
def command() -> None:
    r"""Review what was bypassed in an emergency.

    The glass is broken by `rampgate promote MODEL --to STAGE --break-glass`, and `rampgate waivers` lists what waits
    for a review.

    \b
    rampgate break-glass review 2026-11-20-break-glass --conclusion accepted \
        --reason "no other version was free of the fault"

    \b
    Exit codes: 0 done   2 usage   3 invalid files   4 out of reach
    """
