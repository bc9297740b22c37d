"""`rampgate github doctor`: the holes in the set-up of a repository."""

from __future__ import annotations

import os
from pathlib import Path

import click


@click.command("doctor", short_help="Read the set-up of the repository, and name every hole.")
@click.option(
    "--repo", type=click.Path(file_okay=False, path_type=Path), default=".", metavar="DIR",
    help="A clone of the repository, fetched just now; its work tree plays no part.",
)  # fmt: skip
@click.option("--branch", default="", metavar="NAME", help="The governed branch; by default the one in the policies.")
@click.option(
    "--context", default="rampgate/verdict", show_default=True, metavar="NAME", help="The status of the verdict."
)
@click.option(
    "--format", "format_", type=click.Choice(["text", "markdown", "json"]), default="text", show_default=True,
    help="How the findings are written.",
)  # fmt: skip
def command(repo: Path, branch: str, context: str, format_: str) -> int:
    r"""Look for ways past the gate: in rules, environments, permissions, workflows, code owners and people.

    Nothing is changed. The repository is the one of the clone's origin, or of GITHUB_REPOSITORY; GITHUB_TOKEN (or
    GH_TOKEN) asks. What the token may not read is told as `?`, with the permission that is missing, and never taken
    for sound; an administrator's token reads everything.

    \b
    rampgate github doctor
    GH_TOKEN=$(gh auth token) rampgate github doctor --format json

    \b
    Exit codes: 0 no hole found   10 at least one hole
                2 usage   4 GitHub or the clone could not be read
    """
    from rampgate.app.github.doctor import diagnosis_here
    from rampgate.cli.show import paint, width
    from rampgate.model.doctor import Severity
    from rampgate.reports.doctor import FORMATS, render_text

    diagnosis = diagnosis_here(os.environ, repo, branch, context)
    shown = render_text(diagnosis, width=width(), paint=paint) if format_ == "text" else FORMATS[format_](diagnosis)
    click.echo(shown, nl=False)
    return 10 if diagnosis.count(Severity.HOLE) else 0
