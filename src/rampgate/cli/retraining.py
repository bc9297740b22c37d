"""`rampgate retraining`: what was decided about training a model again."""

from __future__ import annotations

from pathlib import Path

import click


@click.command("retraining", short_help="Write down whether a model is trained again, and why.")
@click.argument("model")
@click.option(
    "--decide", "decision", required=True, type=click.Choice(["retrain", "keep", "retire-later"]),
    help="A new version is made, it stays as it is, or it goes and not yet.",
)  # fmt: skip
@click.option("--trigger", required=True, metavar="TEXT", help="What made it necessary to decide, in one line.")
@click.option("--reason", required=True, metavar="TEXT", help="Why it was decided so, in at least ten characters.")
@click.option("--by", "person", metavar="PERSON", default="", help="Who decided, if not the one whom Git commits as.")
@click.option("--version", metavar="V", default="", help="The version; needed where several are not retired.")
@click.option(
    "--evidence", metavar="PATH", default="", help="What shows the trigger, as seen from the version's folder."
)
@click.option("--successor", metavar="V", default="", help="The version that is to take its place.")
@click.option(
    "--repo", type=click.Path(file_okay=False, path_type=Path), default=".", metavar="DIR", help="The repository."
)
def command(  # noqa: PLR0913, PLR0917 - one argument for each option
    model: str,
    decision: str,
    trigger: str,
    reason: str,
    person: str,
    version: str,
    evidence: str,
    successor: str,
    repo: Path,
) -> None:
    r"""Write down what was decided about training MODEL again: that it stays as it is is a decision too.

    Writes events/DATE-retraining-N.yaml beside the card. The file moves nothing and grants nothing; it may land alone
    or with new evidence, and becomes a record of the decision history. It counts once that person has opened the pull
    request that brings it, or approved it, and is never edited afterwards.

    \b
    rampgate retraining credit-risk --decide keep --by bob \
        --trigger "psi of income at 0.21, limit 0.20" \
        --evidence evidence/drift.json \
        --reason "The bonus month; it passed in each of three years"

    \b
    Exit codes: 0 written   2 a word does not fit
                3 a broken people file or ladder   4 no such folder
    """
    from rampgate.app.moment import moment
    from rampgate.app.moving.retraining import RetrainingRequest, decide_retraining
    from rampgate.cli.show import note_lines

    day, said = moment()[:10], decision.replace("-", "_")
    request = RetrainingRequest(repo, model, said, trigger, reason, day, version, person, evidence, successor)
    done = decide_retraining(request)
    click.echo(f"wrote {done.path}")
    by = done.decided.by
    counts = f"`{by}` has decided for {model} {done.version}: {decision}; it counts once `{by}` has opened the pull"
    for text in (f"{counts} request that brings it, or approved it", *done.notes):
        for line in note_lines(text):
            click.echo(line)
    click.echo(f"next: git add {done.path}")
