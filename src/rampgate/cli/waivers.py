"""`rampgate waivers`: every exception, and what is wrong with it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from rampgate.model.exceptions import Exceptions


@click.command("waivers", short_help="List waivers and break-glass, and what is wrong with them.")
@click.option("--model", metavar="M", default="", help="Those of one model.")
@click.option(
    "--expiring", type=click.IntRange(0, 3650), default=14, show_default=True, metavar="DAYS",
    help="An end within so many days is told as soon.",
)  # fmt: skip
@click.option(
    "--repo", type=click.Path(file_okay=False, path_type=Path), default=".", metavar="DIR", help="The repository."
)
@click.option("--now", metavar="DATE", help="The day to look at, such as 2026-11-20; else the clock's.")
@click.option(
    "--format", "format_", type=click.Choice(["text", "json", "markdown"]), default="text", show_default=True,
    help="How the list is written.",
)  # fmt: skip
def command(model: str, expiring: int, repo: Path, now: str | None, format_: str) -> int:
    r"""List every waiver with its state, and every break-glass with its review.

    Reads the work tree as it is. A waiver is live, not started, expiring, expired, unused (it excuses nothing now), too
    wide (longer than its rule or the organisation allows), void (its rule, people, version or stage are gone), or
    overdue (it ended, and what it excused is still open). Each that needs something says what.

    \b
    rampgate waivers
    rampgate waivers --model credit-risk --expiring 30 --format markdown

    \b
    Exit codes: 0 nothing needs a hand   2 no such model   3 invalid files
                10 one is too wide, void or overdue, or a review is overdue
    """
    from rampgate.app.moment import moment, parse_day
    from rampgate.app.planning.waivers import WaiversRequest, waivers
    from rampgate.reports.waivers import render_json, render_markdown

    # A day alone is meant as its first moment; what counts on a day counts all of it.
    given = f"{parse_day(now, '--now')}T00:00:00Z" if now and "T" not in now else now
    found = waivers(WaiversRequest(repo, moment(given), model, expiring))
    if format_ == "text":
        for line in _text(found):
            click.echo(line)
    else:
        click.echo(render_json(found) if format_ == "json" else render_markdown(found), nl=False)
    return 10 if found.need_a_hand else 0


def _text(found: Exceptions) -> Iterator[str]:
    from rampgate.cli.show import note_lines, table
    from rampgate.reports.waivers import (
        BREAK_GLASS_HEADER,
        WAIVER_HEADER,
        break_glass_cells,
        notes,
        waiver_cells,
    )

    if not found.waivers and not found.break_glass:
        yield "There are no waivers and no break-glass here."
        return
    if found.waivers:
        for line in table(WAIVER_HEADER, [waiver_cells(row) for row in found.waivers], right=(5,)):
            yield from _fitted(line)
    if found.waivers and found.break_glass:
        yield ""
    if found.break_glass:
        for line in table(BREAK_GLASS_HEADER, [break_glass_cells(row) for row in found.break_glass]):
            yield from _fitted(line)
    told = list(notes(found))
    if told:
        yield ""
    for name, why, step in told:
        yield from note_lines(f"{name}: {why}" if why else name)
        yield from note_lines(f"next: {step}", "  ") if step else ()


def _fitted(line: str) -> list[str]:
    """Return a line of the table as one or more that fit the window; what has no blank is never broken."""
    import textwrap

    from rampgate.cli.show import width

    if len(line) <= width():
        return [line]
    indent = " " * (len(line) - len(line.lstrip()) + 2)
    wrapped = textwrap.wrap(line, width(), subsequent_indent=indent, break_on_hyphens=False, break_long_words=False)
    return wrapped or [""]
