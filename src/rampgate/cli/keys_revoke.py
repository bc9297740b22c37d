"""`rampgate keys revoke`: a key that is believed no more."""

from __future__ import annotations

from pathlib import Path

import click


@click.command("revoke", short_help="Believe a key no longer, from a place of the history on.")
@click.argument("name")
@click.option(
    "--from", "start", type=click.IntRange(0, 999_999), required=True, metavar="SEQ",
    help="The first record that is not believed.",
)  # fmt: skip
@click.option("--reason", required=True, metavar="TEXT", help="What happened.")
@click.option(
    "--repo", type=click.Path(file_okay=False, path_type=Path), default=".", metavar="DIR", help="The repository."
)
def command(name: str, start: int, reason: str, repo: Path) -> None:
    r"""Say in policies/history.yaml that NAME is not believed from a record on; earlier records of it are.

    The day is that of the clock, for readers; what counts is the record. Where nothing was forged, that is the next
    free one, and nothing else changes.

    \b
    rampgate keys revoke recorder --from 57 --reason "the disk was copied"

    \b
    Exit codes: 0 written   2 unknown or revoked key, a record it does not
                count for   3 invalid history.yaml   4 no such folder
    """
    from rampgate.app.keys.revoke import RevokeRequest, revoke
    from rampgate.app.moment import moment
    from rampgate.cli.show import note_lines

    done = revoke(RevokeRequest(repo, name, start, reason, moment()[:10]))
    click.echo("wrote policies/history.yaml")
    for text in (
        f"`{done.name}` is not believed from record {done.start} on, once this has landed",
        *(f"note: {each}" for each in done.notes),
        "next: commit policies/history.yaml on a branch and open a pull request; it lands with the policy quorum",
        "next: take the key out of every secret that holds it",
    ):
        for line in note_lines(text):
            click.echo(line)
