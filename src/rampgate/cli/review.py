"""`rampgate review`: the reviewer's page, in a terminal."""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from rampgate.app.github.review import Reviewed
    from rampgate.reports.review import Block


@click.command("review", short_help="Read a pull request as its reviewer: what changes, and what is awaited.")
@click.argument("number", type=click.IntRange(min=1), metavar="PR")
@click.option(
    "--repo", type=click.Path(file_okay=False, path_type=Path), default=".", metavar="DIR", help="A whole clone."
)
@click.option(
    "--format", "format_", type=click.Choice(["text", "markdown", "json"]), default="text", show_default=True,
    help="How it is written; `markdown` is what the comment says.",
)  # fmt: skip
@click.option("--full", is_flag=True, help="List what passes and what does not apply, too.")
def command(number: int, repo: Path, format_: str, full: bool) -> int:
    r"""Judge pull request PR as it is now, and show what its reviewer needs.

    That is the verdict and who is awaited, what changes in words, what is against it, the numbers before and after
    with their intervals, the groups, whose word is relied on, and what nobody checked.

    Publishes nothing. Needs GH_TOKEN with read rights (`gh auth token`), and GITHUB_REPOSITORY or an `origin` on
    GitHub.

    \b
    rampgate review 12
    rampgate review 12 --format json

    \b
    Exit codes: 0 allow, or nothing to judge   10 deny   11 hold   12 undecided
                3 invalid cards, policies or evidence   2 usage
                4 GitHub or Git could not be reached
    """
    from rampgate.app.github.review import review
    from rampgate.model.vocabulary import EXIT_CODE
    from rampgate.reports import json_v1
    from rampgate.reports.comment import step_summary

    found = review(os.environ, repo, number)
    decision = found.decision
    if format_ == "text":
        _show(found, full=full)
    else:
        click.echo(json_v1.render(decision) if format_ == "json" else step_summary(decision, found.brief), nl=False)
    if decision.problems:
        return 3
    return EXIT_CODE[decision.verdict] if decision.verdict else 0


def _show(found: Reviewed, *, full: bool) -> None:
    from rampgate.cli.show import note_lines, paint, width
    from rampgate.reports import review as page
    from rampgate.reports.text import VERDICT_COLOUR, body_lines
    from rampgate.reports.words import change_line, not_checked, opening

    decision = found.decision
    _say(note_lines(f"#{found.number} {found.title} ({found.state}, by {found.author})"))
    if found.page:
        _say(note_lines(found.page))
    click.echo()
    for line in note_lines(opening(decision)):
        click.echo(paint(line, VERDICT_COLOUR[decision.verdict]))
    if decision.transition is not None or decision.verdict is not None:
        _say(note_lines(change_line(decision)))
    _say(note_lines(_published(found)))
    _say(note_lines(f"next: {page.next_step(decision, found.number, found.state)}"))
    click.echo()
    _blocks(page.changes(decision, found.brief))
    body = body_lines(decision, max(width(), 40), paint, full=full)
    if body:
        _say([*body, ""])
    _blocks(page.numbers(found.brief))
    if unchecked := not_checked(decision):
        _blocks([page.Block("not checked by any file", unchecked)])


def _published(found: Reviewed) -> str:
    if not found.published:
        return "published at GitHub: nothing yet"
    return f"published at GitHub: {found.published}" + ("" if found.is_published else " (not what was judged just now)")


def _blocks(blocks: Iterable[Block]) -> None:
    from rampgate.cli.show import note_lines, paint, plain, table, width

    for block in blocks:
        for line in note_lines(block.title):
            click.echo(paint(line, "cyan"))
        cells = [[plain(cell) for cell in row] for row in (block.header, *block.rows)]
        sizes = [max(map(len, column)) for column in zip(*cells, strict=True)]
        fits = sum(sizes) + 2 * len(sizes) <= width()
        for each in (*block.lines, *(() if fits else block.narrow)):
            _say(note_lines(each, "  "))
        if block.header and fits:
            _say([f"  {line}" for line in table(block.header, block.rows, right=block.right)])
        click.echo()


def _say(lines: Iterable[str]) -> None:
    """Write lines; one that a runner of GitHub Actions would take for a command is not one any more."""
    from rampgate.reports.escape import log_line

    for line in lines:
        click.echo(log_line(line))
