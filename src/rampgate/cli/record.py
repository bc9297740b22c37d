"""`rampgate record`: judge again what landed."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from rampgate.model.landing import Landing


@click.command("record", short_help="Judge again what landed, and find what went past the gate.")
@click.option("--before", required=True, metavar="REV", help="The branch as it was before; not looked at itself.")
@click.option("--after", required=True, metavar="REV", help="The branch as it is now.")
@click.option("--branch", default="main", show_default=True, metavar="NAME", help="The governed branch.")
@click.option(
    "--repo", type=click.Path(file_okay=False, path_type=Path), default=".", metavar="DIR", help="A whole clone."
)
@click.option(
    "--json", "json_file", type=click.Path(dir_okay=False, path_type=Path), metavar="FILE",
    help="Write every landing with its decision there.",
)  # fmt: skip
def command(before: str, after: str, branch: str, repo: Path, json_file: Path | None) -> int:
    r"""Judge again everything governed that landed between two commits of the governed branch.

    For each commit of the branch's own line the pull request is asked for, with the reviews that it had when it was
    merged. A commit without a pull request, with another tree than its pull request gives, or merged without an
    allowance is told loudly.

    \b
    rampgate record --before "$BEFORE" --after "$AFTER" --json landed.json

    \b
    Exit codes: 0 everything that landed was allowed   10 something went past
                the gate   2 usage   4 GitHub or Git could not be reached
    """
    from rampgate.app.github.record import faulty, landings_here
    from rampgate.app.write import write_whole
    from rampgate.reports.landings import as_json_text

    found = landings_here(os.environ, repo, branch, before, after)
    for each in found:
        _tell(each)
    if not found:
        click.echo("nothing governed landed")
    if json_file:
        write_whole(json_file, as_json_text(found).encode())
    if not faulty(found):
        return 0
    click.echo("Next: roll back what should not serve, and find out who could push or merge past the rules.")
    return 10


def _tell(landing: Landing) -> None:
    from rampgate.cli.show import note_lines, paint, plain
    from rampgate.reports.words import change_line

    came = f"pull request {landing.pull}" if landing.pull else "no pull request"
    decision = landing.decision
    judged = (
        f"{decision.verdict}  {change_line(decision)}" if decision.verdict else "nothing governed in the pull request"
    )
    click.echo(plain(f"{landing.commit[:10]}  {came}  {judged}"))
    for fault in landing.faults:
        click.echo(paint(plain(f"  past the gate: {fault}"), "red"))
    for problem in decision.problems:
        for line in note_lines(str(problem), "  "):
            click.echo(line)
