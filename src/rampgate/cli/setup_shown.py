"""Shows what setting up would write, for the commands that set up."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import click


def show_setup(write: Mapping[str, bytes], kept: Sequence[str], *, whole: bool) -> None:
    """Print the files that would be written, each whole where that is asked for, and those that stay."""
    for path, data in write.items():
        if whole:
            click.echo(f"--- {path}")
            click.echo(data.decode(), nl=False)
        else:
            click.echo(f"  write  {path} ({len(data):,} bytes)")
    for path in kept:
        click.echo(f"  keep   {path} (it is there already)")
    if not write:
        click.echo("There is nothing to write.")
