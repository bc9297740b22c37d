"""`rampgate keys rotate`: one key ends, another begins."""

from __future__ import annotations

from pathlib import Path

import click


@click.command("rotate", short_help="End one key and begin another, at a place of the history.")
@click.argument("old")
@click.argument("new")
@click.option(
    "--at", type=click.IntRange(0, 999_999), metavar="SEQ",
    help="The first record of the new key; else the next free one of the history in this clone.",
)  # fmt: skip
@click.option(
    "--overlap", type=click.IntRange(0, 10_000), metavar="RECORDS",
    help="How many records both may sign: 20, and none with --at, where not said.",
)  # fmt: skip
@click.option(
    "--key-file", type=click.Path(dir_okay=False, path_type=Path), metavar="FILE",
    help="Where the new private key goes; else ~/.ssh/rampgate-NEW.",
)  # fmt: skip
@click.option(
    "--public", type=click.Path(dir_okay=False, path_type=Path), metavar="FILE",
    help="Make none, and declare this public key, whose owner has the private one.",
)  # fmt: skip
@click.option(
    "--repo", type=click.Path(file_okay=False, path_type=Path), default=".", metavar="DIR", help="The repository."
)
def command(
    old: str,
    new: str,
    at: int | None,
    overlap: int | None,
    key_file: Path | None,
    public: Path | None,
    repo: Path,
) -> None:
    r"""End the key OLD, and make and declare the key NEW in the same role; records of OLD stay believed.

    With --at, OLD ends with the record before it. Without, NEW begins at the next free record and OLD ends 20 records
    later, for others land while the pull request waits for its quorum. A key that somebody else may have is not
    rotated: it is revoked.

    \b
    rampgate keys rotate recorder recorder-2027
    rampgate keys rotate recorder recorder-2027 --at 500

    \b
    Exit codes: 0 written   2 unknown, ended or revoked key, a record that is
                written already   3 invalid history   4 no ssh-keygen
    """
    from rampgate.app.keys.pair import KeyWish
    from rampgate.app.keys.rotate import RotateRequest, rotate
    from rampgate.cli.keys_shown import made_lines, next_lines
    from rampgate.cli.show import note_lines

    done = rotate(RotateRequest(repo, old, KeyWish(new, key_file, public), at, overlap))
    for line in made_lines(done.key.private, done.new, done.key.fingerprint):
        click.echo(line)
    texts = [
        f"`{done.old}` ends with record {done.last}; `{done.new}` begins with record {done.start}",
        *next_lines(done.key.private, done.new, done.role, replaced=done.old),
    ]
    if done.role == "signers":
        texts.append(f"next: let the change land before record {done.last + 1} is written, or run this again")
    for line in [line for text in texts for line in note_lines(text)]:
        click.echo(line)
