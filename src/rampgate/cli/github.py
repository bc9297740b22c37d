"""`rampgate github`: what concerns a repository on GitHub as a whole."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import click

from rampgate.cli.lazy import LazyGroup

COMMANDS: Final[Mapping[str, tuple[str, str]]] = {
    "init": ("github_init", "Write workflows, rulesets and code owners."),
    "doctor": ("github_doctor", "Read the set-up of the repository, and name every hole."),
}


@click.group("github", cls=LazyGroup, table=COMMANDS, short_help="Set up a GitHub repository, and find its holes.")
def command() -> None:
    r"""Set up a GitHub repository, and find the holes in its set-up.

    \b
    rampgate github init --action-ref SHA --dry-run
    rampgate github doctor

    \b
    Exit codes: 0 done, no hole   10 doctor found a hole   3 invalid policies
                2 usage   4 out of reach
    """
