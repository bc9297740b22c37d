"""`rampgate promote`: one rung up."""

from __future__ import annotations

from pathlib import Path

import click


@click.command("promote", short_help="Move a version one rung up, on a branch.")
@click.argument("model")
@click.option("--version", metavar="V", default="", help="Which version; needed where several could move there.")
@click.option("--to", required=True, metavar="STAGE", help="The rung right above the one where it stands.")
@click.option("--reason", metavar="TEXT", default="", help="Why now; goes into the commit message.")
@click.option("--local", is_flag=True, help="Make the branch and the commit here, and push nothing.")
@click.option(
    "--repo", type=click.Path(file_okay=False, path_type=Path), default=".", metavar="DIR", help="The repository."
)
def command(model: str, version: str, to: str, reason: str, local: bool, repo: Path) -> None:
    r"""Move a version of MODEL one rung up the ladder.

    Changes the one `stage` line of its card, on a new branch promote/MODEL-VERSION-STAGE made from where you are, in a
    commit that holds nothing else. At the last rung, the version that serves there goes to `standby` in the same
    commit. It decides nothing: the pull request is judged by `rampgate gate`, and `rampgate plan MODEL` tells
    beforehand what is missing.

    \b
    rampgate promote credit-risk --to canary --local
    rampgate promote credit-risk --version 2.0.0 --to ramp \
        --reason "a week without alerts" --local

    \b
    Exit codes: 0 committed   3 a broken card or ladder   4 no repository
                2 the ladder has no such move, files are not committed,
                  or the branch exists
    """
    from rampgate.app.moves import NEEDS_LOCAL
    from rampgate.app.promote import PromoteRequest, promote
    from rampgate.cli.moved import moved_lines
    from rampgate.errors import UsageProblem

    if not local:
        raise UsageProblem(NEEDS_LOCAL)
    moved = promote(PromoteRequest(repo, model, to, version, reason))
    for line in moved_lines(moved, needs_approval=True):
        click.echo(line)
