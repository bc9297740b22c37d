"""`rampgate audit`: read, verify and replay the decision history."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import click

from rampgate.cli.lazy import LazyGroup

COMMANDS: Final[Mapping[str, tuple[str, str]]] = {
    "log": ("audit_log", "List decisions, by model, stage, person, verdict or day."),
    "show": ("audit_show", "Show one decision whole: who, what, on what, and what became of it."),
    "asof": ("audit_asof", "Say what stood where on a day, and who let it in."),
    "verify": ("audit_verify", "Prove that nothing was altered or left out."),
    "replay": ("audit_replay", "Decide again, on the recorded bytes."),
    "sample": ("audit_sample", "Draw decisions by a seed, for inspection."),
    "pack": ("audit_pack", "Put everything about decisions into a folder or an archive."),
    "export": ("audit_export", "Write the history for other tools."),
    "checkpoint": ("audit_checkpoint", "Sign how long the history is, to be kept elsewhere."),
    "correct": ("audit_correct", "Put a record right, by a file that a quorum approves."),
}


@click.group("audit", cls=LazyGroup, table=COMMANDS, short_help="Read, verify and replay the decision history.")
def command() -> None:
    r"""Read, verify and replay the decision history; a clone of the repository is enough.

    \b
    rampgate audit verify
    rampgate audit log --model credit-risk --since 2026-10-01
    rampgate audit asof 2026-03-14
    rampgate audit show '#12'
    rampgate audit replay --all

    \b
    Exit codes: 0 done   10 something does not hold, or is not believed
                12 the history does not say   2 usage   3 invalid settings
                4 no history in this clone
    """
