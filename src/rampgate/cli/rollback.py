"""`rampgate rollback`: down, or out, at any hour."""

from __future__ import annotations

from pathlib import Path

import click


@click.command("rollback", short_help="Move a version down, on a branch, with the reason.")
@click.argument("model")
@click.option("--version", metavar="V", default="", help="Which version; needed where several could go there.")
@click.option(
    "--to", metavar="STAGE", default="", help="Any lower rung, or `retired`; left out, the choices are listed."
)
@click.option("--reason", required=True, metavar="TEXT", help="What happened, in at least ten characters.")
@click.option("--as", "person", metavar="PERSON", default="", help="Who you are, if Git's address does not say it.")
@click.option("--local", is_flag=True, help="Make the branch and the commit here, and push nothing.")
@click.option(
    "--repo", type=click.Path(file_okay=False, path_type=Path), default=".", metavar="DIR", help="The repository."
)
def command(model: str, version: str, to: str, reason: str, person: str, local: bool, repo: Path) -> None:
    r"""Move a version of MODEL down to any lower rung, or retire it.

    Needs no approval beforehand and asks nothing. Changes the `stage` line and writes events/DATE-rollback-N.yaml with
    the reason beside the card, in one commit on a new branch. When the version at the last rung leaves it, its fallback
    (a previous model at `standby`) goes back to the last rung in the same commit.

    `--to retired` takes a version out for good: the event is then of kind `retire`.

    \b
    rampgate rollback credit-risk --to canary \
        --reason "approvals fell by a third" --local
    rampgate rollback credit-risk --version 1.4.0 --to retired \
        --reason "replaced by 2.0.0" --local

    \b
    Exit codes: 0 committed   3 a broken card, ladder or people file
                2 the stage is not below, the reason too short, or nobody knows
                  who you are   4 no repository
    """
    from rampgate.app.moment import moment
    from rampgate.app.moves import NEEDS_LOCAL
    from rampgate.app.rollback import RollbackRequest, rollback
    from rampgate.cli.moved import moved_lines
    from rampgate.errors import UsageProblem

    if not local:
        raise UsageProblem(NEEDS_LOCAL)
    moved = rollback(RollbackRequest(repo, model, moment()[:10], reason, to, version, person))
    for line in moved_lines(moved, needs_approval=False):
        click.echo(line)
