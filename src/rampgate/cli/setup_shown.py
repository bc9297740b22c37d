"""Shows what setting up would write, for the commands that set up."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import click


def show_setup(
    write: Mapping[str, bytes],
    kept: Sequence[str],
    *,
    whole: bool,
    same: Sequence[str] = (),
    replaced: Sequence[str] = (),
    why_kept: str = "it is there already",
) -> None:
    """Print the files that would be written, each whole where that is asked for, and those that stay."""
    for path, data in write.items():
        if whole:
            click.echo(f"--- {path}")
            click.echo(data.decode(), nl=False)
        else:
            instead = ", instead of what is there" if path in replaced else ""
            click.echo(f"  write  {path} ({len(data):,} bytes{instead})")
    for path in same:
        click.echo(f"  same   {path}")
    for path in kept:
        click.echo(f"  keep   {path} ({why_kept})")
    if not write:
        click.echo("There is nothing to write.")
