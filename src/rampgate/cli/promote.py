"""`rampgate promote`: one rung up."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from rampgate.app.moves import Moved


@click.command("promote", short_help="Move a version one rung up, on a branch.")
@click.argument("model")
@click.option("--version", metavar="V", default="", help="Which version; needed where several could move there.")
@click.option("--to", required=True, metavar="STAGE", help="The rung right above the one where it stands.")
@click.option("--reason", metavar="TEXT", default="", help="Why now; goes into commit and pull request.")
@click.option("--local", is_flag=True, help="Make the branch and the commit here, and push nothing.")
@click.option(
    "--repo", type=click.Path(file_okay=False, path_type=Path), default=".", metavar="DIR", help="The repository."
)
def command(model: str, version: str, to: str, reason: str, local: bool, repo: Path) -> None:
    r"""Move a version of MODEL one rung up the ladder.

    Changes the one `stage` line of its card, on a new branch promote/MODEL-VERSION-STAGE made from where you are, in a
    commit that holds nothing else. At the last rung, the version that serves there goes to `standby` in the same
    commit. Then pushes the branch to `origin` and opens the pull request, with the token in GH_TOKEN or GITHUB_TOKEN;
    run it again to finish what failed half-way. It decides nothing: the pull request is judged, and `rampgate plan
    MODEL` tells beforehand what is missing.

    \b
    rampgate promote credit-risk --to canary --local
    rampgate promote credit-risk --version 2.0.0 --to ramp \
        --reason "a week without alerts"

    \b
    Exit codes: 0 done   3 a broken card or ladder
                2 the ladder has no such move, files are not committed, the
                  branch exists, or there is no token
                4 no repository, or the remote or GitHub refused
    """
    from rampgate.app.promote import PromoteRequest, promote
    from rampgate.app.unfinished import Asked
    from rampgate.cli.moved import carry_out

    def move(taken: frozenset[str]) -> Moved:
        return promote(PromoteRequest(repo, model, to, version, reason, taken))

    asked = Asked("promote", "Promote {model} {version} to {to}", model, to, version, reason)
    carry_out(repo, asked, move, local=local, needs_approval=True)
