"""`rampgate keys`: whose signatures count in the decision history."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import click

from rampgate.cli.lazy import LazyGroup

COMMANDS: Final[Mapping[str, tuple[str, str]]] = {
    "create": ("keys_create", "Make a key, and declare it in `policies/history.yaml`."),
    "rotate": ("keys_rotate", "End one key and begin another, at a place of the history."),
    "revoke": ("keys_revoke", "Believe a key no longer, from a place of the history on."),
    "list": ("keys_list", "List the keys, and which records each may sign."),
    "export": ("keys_export", "Write the keys as `ssh-keygen -Y verify` reads them."),
}


@click.group("keys", cls=LazyGroup, table=COMMANDS, short_help="Create, rotate and revoke the keys of the history.")
def command() -> None:
    r"""Create, rotate and revoke the keys whose signatures count in the decision history.

    They stand in policies/history.yaml, each with the records that it may sign; the policy quorum lets changes in.

    \b
    rampgate keys create recorder
    rampgate keys rotate recorder recorder-2027
    rampgate keys revoke recorder --from 57 --reason "the disk was copied"
    rampgate keys list

    \b
    Exit codes: 0 done   2 usage   3 invalid history.yaml
                4 no ssh-keygen, a file or folder is out of reach
    """
