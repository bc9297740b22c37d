"""`rampgate ci`: the whole run inside GitHub Actions."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from rampgate.app.ci.run import CiResult
    from rampgate.model.decision import Decision

_FILE = click.Path(dir_okay=False, path_type=Path)


@click.command("ci", short_help="Judge a pull request inside GitHub Actions, and publish the verdict.")
@click.option(
    "--repo", type=click.Path(file_okay=False, path_type=Path), default=".", metavar="DIR",
    help="A whole clone of the governed branch; what is judged is fetched into it, and never checked out.",
)  # fmt: skip
@click.option("--context", default="rampgate/verdict", show_default=True, help="The name of the commit status.")
@click.option("--json", "json_file", type=_FILE, metavar="FILE", help="Write the decision as JSON there.")
@click.option("--sarif", type=_FILE, metavar="FILE", help="Write SARIF 2.1.0 there, for code scanning.")
@click.option("--junit", type=_FILE, metavar="FILE", help="Write JUnit XML there.")
@click.option("--no-comment", is_flag=True, help="Write no comment on the pull request.")
def command(
    repo: Path, context: str, json_file: Path | None, sarif: Path | None, junit: Path | None, no_comment: bool
) -> int:
    r"""Judge what woke this run of GitHub Actions, and publish the verdict as a commit status.

    Sets the status to pending first, reads the event, asks GitHub for the pull request, its reviews and its commits,
    fetches the objects and judges; then it publishes the status, one comment, the step summary and annotations. A push
    to the governed branch, a schedule or a call by hand judges every open pull request again. Nothing of a pull
    request is checked out or run. Run it from a workflow of the default branch; `rampgate github init` writes one.

    It reads GITHUB_EVENT_NAME, GITHUB_EVENT_PATH, GITHUB_REPOSITORY, GITHUB_TOKEN, GITHUB_API_URL, GITHUB_SERVER_URL,
    GITHUB_RUN_ID, GITHUB_STEP_SUMMARY and GITHUB_OUTPUT.

    \b
    rampgate ci --json "$RUNNER_TEMP/decision.json"
    rampgate ci --sarif "$RUNNER_TEMP/rampgate.sarif" --no-comment

    \b
    Exit codes: 0 allow, nothing to judge, or every open pull request judged
                10 deny   11 hold   12 undecided   3 invalid input   2 usage
                4 GitHub, Git or a file could not be reached
    """
    from rampgate.app.ci.request import request_from
    from rampgate.app.ci.run import run

    request = request_from(os.environ, repo, context, comments=not no_comment)
    return _told(run(request), {"json": json_file, "sarif": sarif, "junit": junit})


def _told(result: CiResult, files: dict[str, Path | None]) -> int:
    """Write everything for the readers of the run, and return its exit code."""
    from rampgate.app.ci import outputs
    from rampgate.cli.show import plain
    from rampgate.reports.annotations import lines

    for note in result.notes:
        click.echo(plain(note))
    pulls = [one for head in result.heads for one in head.pulls]
    for one in pulls:
        _log(one.judged.decision, f"pull request {one.said.number}")
    decision = result.heads[0].decision if result.heads and not result.is_sweep else None
    if decision is not None:
        for line in lines(decision):
            click.echo(line)
        outputs.write_reports(decision, files)
    for head, error in result.failures.items():
        click.echo(plain(f"{head[:7]}: {error}"), err=True)
    code = 4 if result.failures else _code(decision)
    summary, output = os.environ.get("GITHUB_STEP_SUMMARY"), os.environ.get("GITHUB_OUTPUT")
    if summary and pulls:
        outputs.append_summary(Path(summary), pulls)
    if output:
        outputs.append_outputs(Path(output), outputs.outputs_of(decision, code, files["json"] if decision else None))
    return code


def _log(decision: Decision, title: str) -> None:
    """Print a decision where the runner obeys lines that look like commands: it is told not to, for as long as this."""
    import secrets

    from rampgate.reports import text

    mark = secrets.token_hex(16)
    click.echo(f"::group::{title}")
    click.echo(f"::stop-commands::{mark}")
    click.echo(text.render(decision, full=True), nl=False)
    click.echo(f"::{mark}::")
    click.echo("::endgroup::")


def _code(decision: Decision | None) -> int:
    from rampgate.model.vocabulary import EXIT_CODE

    if decision is None:
        return 0
    if decision.problems:
        return 3
    return EXIT_CODE[decision.verdict] if decision.verdict else 0
