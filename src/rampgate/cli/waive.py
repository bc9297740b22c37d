"""`rampgate waive`: an exception with an end."""

from __future__ import annotations

from pathlib import Path

import click


@click.command("waive", short_help="Write a waiver: one rule, one version, one stage, an end.")
@click.argument("rule", metavar="RULE-ID")
@click.argument("model")
@click.argument("version")
@click.option("--entering", required=True, metavar="STAGE", help="The one stage at which the rule is excused.")
@click.option("--reason", required=True, metavar="TEXT", help="Why the rule can wait, in at least ten characters.")
@click.option("--owner", required=True, metavar="PERSON", help="Who asks for it and answers for what follows.")
@click.option("--approved-by", required=True, metavar="PERSON", help="Who grants it, in a role that the rule names.")
@click.option("--days", type=click.IntRange(1, 36500), metavar="N", help="How many days it lasts, today included.")
@click.option("--ends", metavar="DATE", default="", help="Or its last day, YYYY-MM-DD.")
@click.option(
    "--repo", type=click.Path(file_okay=False, path_type=Path), default=".", metavar="DIR", help="The repository."
)
def command(  # noqa: PLR0913, PLR0917 - one argument for each option
    rule: str,
    model: str,
    version: str,
    entering: str,
    reason: str,
    owner: str,
    approved_by: str,
    days: int | None,
    ends: str,
    repo: Path,
) -> None:
    r"""Write a waiver of RULE-ID for VERSION of MODEL at one stage.

    Writes policies/waivers/W-YEAR-NUMBER.yaml. What could never count is refused at once, with every reason: a rule
    that can not be waived, a life longer than the rule allows, an approver without the role, a person who grants it to
    themselves. The waiver comes alone in a pull request, which its approver approves and has no hand in.

    \b
    rampgate waive fairness.by-sex credit-risk 2.0.0 --entering ramp --days 30 \
        --owner alice --approved-by rita \
        --reason "too few applicants over 60 until March"

    \b
    Exit codes: 0 written   2 it could never count   3 broken policies
                4 no such folder
    """
    from rampgate.app.moment import moment
    from rampgate.app.waive import WaiveRequest, waive
    from rampgate.cli.show import note_lines

    today = moment()[:10]
    done = waive(WaiveRequest(repo, rule, model, version, entering, reason, owner, approved_by, today, days or 0, ends))
    click.echo(f"wrote {done.path}")
    what = done.waiver
    about = f"`{what.rule}` is excused for {what.model} {what.version} entering `{what.entering}` until {what.ends}"
    for text in (
        f"{about}, once `{what.approved_by}` has approved the pull request that brings it",
        *(f"note: {each}" for each in done.notes),
        f"next: commit {done.path} alone on a branch of its own; `{what.approved_by}` neither commits nor opens it",
    ):
        for line in note_lines(text):
            click.echo(line)
