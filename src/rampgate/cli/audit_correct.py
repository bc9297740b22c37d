"""`rampgate audit correct`: what is to be said of a record that stays as it is."""

from __future__ import annotations

from pathlib import Path

import click


@click.command("correct", short_help="Put a record right, by a file that a quorum approves.")
@click.argument("seq", type=click.IntRange(0, 999_999))
@click.option(
    "--conclusion", required=True, type=click.Choice(["accepted", "reverted", "mistaken"]),
    help="It may stand, it was taken back, or the record says what did not happen.",
)  # fmt: skip
@click.option("--reason", required=True, metavar="TEXT", help="What was found, in at least ten characters.")
@click.option("--by", "person", metavar="PERSON", default="", help="Who looked into it; else whom Git commits as.")
@click.option(
    "--repo", type=click.Path(file_okay=False, path_type=Path), default=".", metavar="DIR", help="The repository."
)
def command(seq: int, conclusion: str, reason: str, person: str, repo: Path) -> None:
    r"""Write down what is to be said of record SEQ, which went past the gate.

    A record is signed and never changes. Writes policies/corrections/SEQ.yaml, which the quorum for changes of the
    rules approves; once it has landed and is on record itself, what SEQ tells counts as settled, and its models move
    again. The file is never edited or removed afterwards.

    \b
    rampgate audit correct 41 --conclusion reverted --by rita \
        --reason "Pushed past the gate on the 3rd; rolled back the same hour"

    \b
    Exit codes: 0 written   2 no such record, or nothing to correct
                3 invalid files, or a history that can not be believed
                4 no such folder
    """
    from rampgate.app.history.correct import CorrectRequest, correct
    from rampgate.app.moment import moment
    from rampgate.cli.show import note_lines, plain

    done = correct(CorrectRequest(repo, seq, conclusion, reason, moment()[:10], person))
    click.echo(f"wrote {done.path}")
    for text in (f"record {seq}: {done.record.title}", *done.record.past_the_gate):
        for line in note_lines(plain(text)):
            click.echo(line)
    click.echo("\nnext:")
    click.echo(f"  git switch -c correct/{seq:06d}")
    click.echo(f"  git add {done.path}")
    click.echo(f'  git commit -m "Correct record {seq}"')
    click.echo(f"  then open a pull request into {done.governed} with this file alone")
