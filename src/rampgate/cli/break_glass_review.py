"""`rampgate break-glass review`: what a third person found."""

from __future__ import annotations

from pathlib import Path

import click


@click.command("review", short_help="Write down what a third person found.")
@click.argument("event")
@click.option(
    "--conclusion", required=True, type=click.Choice(["accepted", "rolled-back", "rejected"]),
    help="It was right, the version has gone down again, or it should not have been.",
)  # fmt: skip
@click.option("--reason", required=True, metavar="TEXT", help="What was found, in at least ten characters.")
@click.option("--as", "person", metavar="PERSON", default="", help="Who reviews, if not the one whom Git commits as.")
@click.option("--model", metavar="M", default="", help="Where several models have a break-glass of that name.")
@click.option("--version", metavar="V", default="", help="Where several versions have one.")
@click.option(
    "--repo", type=click.Path(file_okay=False, path_type=Path), default=".", metavar="DIR", help="The repository."
)
def command(
    event: str, conclusion: str, reason: str, person: str, model: str, version: str, repo: Path
) -> None:  # fmt: skip
    r"""Write the review of a break-glass, by somebody who had no part in it.

    EVENT is its name in `rampgate waivers`. Writes events/EVENT-review.yaml beside it. What could never count is
    refused at once: a reviewer who broke the glass or holds no role that reviews, a second review. It counts once that
    person has opened the pull request that brings it, or approved it, and it has landed.

    \b
    rampgate break-glass review 2026-11-20-break-glass --conclusion accepted \
        --reason "no other version was free of the fault"

    \b
    Exit codes: 0 written   2 it could never count   3 invalid files
                4 no such folder
    """
    from rampgate.app.moment import moment
    from rampgate.app.moving.review_break_glass import ReviewBreakGlassRequest, review_break_glass
    from rampgate.cli.show import note_lines

    day, said = moment()[:10], conclusion.replace("-", "_")
    done = review_break_glass(ReviewBreakGlassRequest(repo, event, said, reason, day, model, version, person))
    click.echo(f"wrote {done.path}")
    by = done.review.by
    counts = f"once `{by}` has opened the pull request that brings it, or approved it, and it has landed"
    for text in (f"`{by}` has reviewed `{done.review.of}`: {conclusion}; it counts {counts}", *done.notes):
        for line in note_lines(text):
            click.echo(line)
    click.echo("\nnext:")
    click.echo(f"  git switch -c review/{done.review.of}")
    click.echo(f"  git add {done.path}")
    click.echo(f'  git commit -m "Review break-glass {done.review.of}"')
    click.echo(f"  then open a pull request into {done.governed} that only adds this file")
