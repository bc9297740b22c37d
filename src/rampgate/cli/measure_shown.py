"""Prints what was measured, what is odd about it, and where it went."""

from __future__ import annotations

from typing import Any

import click


def show_written(written: Any) -> None:
    """Print a `rampgate.app.measure.Written`: numbers and notes, warnings on standard error, then the files."""
    from rampgate.cli.show import note_lines, table

    found = written.measurement
    numbers = [i for i, name in enumerate(found.header) if i and not name.endswith("group")]
    for line in table(found.header, found.table, right=numbers):
        click.echo(line)
    for line in [line for note in found.notes for line in note_lines(note)]:
        click.echo(line)
    show_warnings(found.warnings)
    check = found.crosscheck
    if check:
        pairs = zip(check["library"].split(", "), check["version"].split(", "), strict=True)
        libraries = ", ".join(f"{library} {version}" for library, version in pairs)
        click.echo(f"checked against {libraries}: largest difference {check['max_difference']}")
    elif found.evidence.get("crosscheck") == "skipped":
        click.echo("checked against no other library (--no-cross-check)")
    show_kept(written, str(found.evidence["subject"]["model"]), verb="measure")


def show_warnings(warnings: Any) -> None:
    """Write each warning to standard error, so that it stands apart from the numbers."""
    from rampgate.cli.show import note_lines

    for line in [line for warning in warnings for line in note_lines(f"warning: {warning}")]:
        click.echo(line, err=True)


def show_kept(kept: Any, model: str, *, verb: str) -> None:
    """Print where evidence went, and what comes next. kept: with `evidence`, `digest`, `signature` and `card`."""
    click.echo(f"wrote {kept.evidence}  {kept.digest}")
    if kept.signature:
        click.echo(f"wrote {kept.signature}")
    last = f"no card lists it yet; {verb} with `--attach` to write it beside the card and list it there"
    if kept.card:
        last = f"listed in {kept.card}; commit both, and see `rampgate plan {model}`"
    click.echo(last)  # never broken, so that the command in it can be copied
