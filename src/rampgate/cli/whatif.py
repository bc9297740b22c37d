"""`rampgate whatif`: a change of the rules, tried on every card before it is merged."""

from __future__ import annotations

from pathlib import Path

import click


@click.command("whatif", short_help="Judge every card, and what was decided, under other policies.")
@click.option("--policies", required=True, metavar="REV|DIR", help="The other policies: a revision, or a folder.")
@click.option(
    "--since",
    default="",
    metavar="DATE",
    help="Judge again every decision on record from this UTC day on; else the newest 200.",
)
@click.option(
    "--repo", type=click.Path(file_okay=False, path_type=Path), default=".", metavar="DIR", help="The repository."
)
@click.option(
    "--now", metavar="RFC3339", help="The moment to judge at, such as 2026-11-20T10:00:00Z; else the clock's."
)
@click.option(
    "--format", "format_", type=click.Choice(["text", "json"]), default="text", show_default=True,
    help="How the answer is written.",
)  # fmt: skip
def command(policies: str, since: str, repo: Path, now: str | None, format_: str) -> None:
    r"""Judge every card of the work tree under its policies and under others, and list what flips.

    Two questions are asked about each version: its next promotion, with nobody's approval yet, and the stage where it
    stands, as if everyone had approved. REV is a branch or commit whose policies/ is taken; DIR holds policies/, or
    the files themselves. What a folder lacks (people, ladder, models, governance, glossary, waivers, schemas) comes
    from the repository; rules do not. Where decisions are on record, they are made again under the other policies, each
    at its own moment, on its own files and reviews.

    \b
    rampgate whatif --policies stricter-fairness
    rampgate whatif --policies stricter-fairness --since 2026-07-01
    rampgate whatif --policies ../drafts --format json

    \b
    Exit codes: 0 judged, whatever flips   3 the policies themselves are invalid
                2 usage   4 out of reach
    """
    from rampgate.app.moment import moment, parse_day
    from rampgate.app.planning.whatif import WhatIfRequest, whatif
    from rampgate.cli.show import paint, progress, width
    from rampgate.reports.whatif import render_json, render_text

    day = parse_day(since, "--since") if since else ""
    answer = whatif(WhatIfRequest(repo, policies, moment(now), Path.cwd(), day), progress("judging"))
    shown = render_json(answer) if format_ == "json" else render_text(answer, width=width(), paint=paint)
    click.echo(shown, nl=False)
