"""`rampgate rollback`: down, or out, at any hour."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from rampgate.app.github.publish import Published
    from rampgate.app.moving.moves import Moved


@click.command("rollback", short_help="Move a version down, on a branch, with the reason.")
@click.argument("model")
@click.option("--version", metavar="V", default="", help="Which version; needed where several could go there.")
@click.option(
    "--to", metavar="STAGE", default="", help="Any lower rung, or `retired`; left out, the choices are listed."
)
@click.option("--reason", metavar="TEXT", default="", help="What happened, in at least ten characters.")
@click.option("--as", "person", metavar="PERSON", default="", help="Who you are, if Git's address does not say it.")
@click.option("--local", is_flag=True, help="Make the branch and the commit here, and push nothing.")
@click.option("--merge", is_flag=True, help="Wait for the verdict, and merge the pull request if it is allow.")
@click.option(
    "--wait", type=click.IntRange(min=0), default=300, show_default=True, metavar="SECONDS",
    help="How long --merge waits.",
)  # fmt: skip
@click.option(
    "--repo", type=click.Path(file_okay=False, path_type=Path), default=".", metavar="DIR", help="The repository."
)
def command(  # noqa: PLR0913, PLR0917 - one argument for each option
    model: str, version: str, to: str, reason: str, person: str, local: bool, merge: bool, wait: int, repo: Path
) -> int:
    r"""Move a version of MODEL down to any lower rung, or retire it.

    Needs no approval beforehand and asks nothing. Changes the `stage` line and writes events/DATE-rollback-N.yaml with
    the reason beside the card, in one commit on a new branch. When the version at the last rung leaves it, its fallback
    (a previous model at `standby`) goes back to the last rung in the same commit. Then pushes the branch to `origin`
    and opens the pull request, with the token in GH_TOKEN or GITHUB_TOKEN; run it again to finish what failed half-way.

    `--merge` waits for the verdict and merges. `--to retired` takes a version out for good: the event is then of kind
    `retire`.

    \b
    rampgate rollback credit-risk --to canary --merge \
        --reason "approvals fell by a third"
    rampgate rollback credit-risk --version 1.4.0 --to retired \
        --reason "replaced by 2.0.0" --local

    \b
    Exit codes: 0 done   3 a broken card, ladder or people file
                2 the stage is not below, the reason too short, nobody knows who
                  you are, or there is no token
                4 no repository, or the remote or GitHub refused
                with --merge: 10 denied   11 no verdict yet   12 undecided
    """
    from rampgate.app.github.unfinished import Asked
    from rampgate.app.moment import moment
    from rampgate.app.moving.event_file import refuse_short
    from rampgate.app.moving.rollback import RollbackRequest, rollback
    from rampgate.cli.moved import carry_out
    from rampgate.errors import UsageProblem

    if merge and local:
        raise UsageProblem("--merge merges a pull request, and --local opens none; leave one of them out")
    if to:
        refuse_short(reason)
    retires = to == "retired"
    title = "Retire {model} {version}" if retires else "Roll back {model} {version} to {to}"

    def move(taken: frozenset[str]) -> Moved:
        return rollback(RollbackRequest(repo, model, moment()[:10], reason, to, version, person, taken))

    asked = Asked("retire" if retires else "rollback", title, model, to, version, reason)
    # Without a stage the choices are told, for which nobody needs a token.
    published = carry_out(repo, asked, move, local=local or not to, needs_approval=False)
    return _merge(published, wait) if merge and published is not None else 0


def _merge(published: Published, wait: int) -> int:
    from rampgate.app.github.merge import merge_when_allowed
    from rampgate.cli.moved import merged_lines
    from rampgate.cli.show import working

    with working("waiting for rampgate/verdict"):
        merged = merge_when_allowed(published, wait=wait)
    for line in merged_lines(merged, published):
        click.echo(line)
    return merged.exit_code
