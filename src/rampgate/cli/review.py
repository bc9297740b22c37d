"""`rampgate review`: the reviewer's page, in a terminal."""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from rampgate.app.review import Reviewed
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
def command(number: int, repo: Path, format_: str) -> int:
    r"""Judge pull request PR as it is now, and show what its reviewer needs.

    That is the verdict and who is awaited, what changes in words, the numbers before and after with their intervals,
    the groups, whose word is relied on, and what nobody checked.

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
    from rampgate.app.review import review
    from rampgate.model.vocabulary import EXIT_CODE
    from rampgate.reports import json_v1
    from rampgate.reports.comment import step_summary

    found = review(os.environ, repo, number)
    decision = found.decision
    if format_ == "text":
        _show(found)
    else:
        click.echo(json_v1.render(decision) if format_ == "json" else step_summary(decision, found.brief), nl=False)
    if decision.problems:
        return 3
    return EXIT_CODE[decision.verdict] if decision.verdict else 0


def _show(found: Reviewed) -> None:
    from rampgate.cli.show import note_lines, paint, width
    from rampgate.reports import review as page
    from rampgate.reports import text
    from rampgate.reports.words import NOT_CHECKED

    state = "draft" if found.is_draft else "open" if found.is_open else "closed"
    for line in note_lines(f"#{found.number} {found.title} ({state}, by {found.author})"):
        click.echo(line)
    if found.page:
        click.echo(found.page)
    click.echo()
    click.echo(text.render(found.decision, width=width(), paint=paint), nl=False)
    click.echo()
    _blocks(page.changes(found.brief))
    _blocks(page.numbers(found.brief))
    if found.decision.findings:
        _blocks([page.Block("not checked by any file", NOT_CHECKED)])
    published = found.published or "nothing yet"
    for line in note_lines(f"published at GitHub: {published}"):
        click.echo(line)


def _blocks(blocks: Iterable[Block]) -> None:
    from rampgate.cli.show import note_lines, paint, plain, table

    for block in blocks:
        click.echo(paint(plain(block.title), "cyan"))
        for each in block.lines:
            for line in note_lines(each, "  "):
                click.echo(line)
        if block.header:
            for line in table(block.header, block.rows, right=block.right):
                click.echo(f"  {line}")
        click.echo()
