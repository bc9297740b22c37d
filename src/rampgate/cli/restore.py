"""`rampgate restore`: back up, after a rollback."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from rampgate.app.moving.moves import Moved


@click.command("restore", short_help="Bring a version back up after a rollback.")
@click.argument("model")
@click.option("--version", metavar="V", default="", help="Which version; needed where several could come back there.")
@click.option(
    "--to", metavar="STAGE", default="",
    help="At most the stage that the rollback left; left out, the choices are listed.",
)  # fmt: skip
@click.option("--reason", metavar="TEXT", default="", help="What has changed since, in at least ten characters.")
@click.option("--as", "person", metavar="PERSON", default="", help="Who you are, if Git's address does not say it.")
@click.option("--local", is_flag=True, help="Make the branch and the commit here, and push nothing.")
@click.option(
    "--repo", type=click.Path(file_okay=False, path_type=Path), default=".", metavar="DIR", help="The repository."
)
def command(model: str, version: str, to: str, reason: str, person: str, local: bool, repo: Path) -> None:
    r"""Bring a version of MODEL back up after a rollback, over several rungs at once.

    At most to the stage that its last rollback left, with the same artifact, within `restore_days` of the ladder (30
    unless it says otherwise), and once for each rollback. A version at `standby` comes back to the last rung. The pull
    request is judged by the rules of the stage entered and needs its full quorum.

    Changes the `stage` line and writes events/DATE-restore-N.yaml with the reason, in one commit on a new branch
    restore/MODEL-VERSION-STAGE. Then pushes it to `origin` and opens the pull request, with the token in GH_TOKEN or
    GITHUB_TOKEN; run it again to finish what failed half-way.

    \b
    rampgate restore credit-risk --to ramp \
        --reason "the feed is repaired, INC-812 is closed"

    \b
    Exit codes: 0 done   3 a broken card, event, ladder or people file
                2 nothing can be restored there, files are not committed, the
                  branch exists, nobody knows who you are, or there is no token
                4 no repository, or the remote or GitHub refused
    """
    from rampgate.app.github.unfinished import Asked
    from rampgate.app.moment import moment
    from rampgate.app.moving.event_file import refuse_short
    from rampgate.app.moving.restore import RestoreRequest, restore
    from rampgate.cli.moved import carry_out

    if to:
        refuse_short(reason)

    def move(taken: frozenset[str]) -> Moved:
        return restore(RestoreRequest(repo, model, moment()[:10], reason, to, version, person, taken))

    asked = Asked("restore", "Restore {model} {version} to {to}", model, to, version, reason)
    # Without a stage the choices are told, for which nobody needs a token.
    carry_out(repo, asked, move, local=local or not to, needs_approval=True)
