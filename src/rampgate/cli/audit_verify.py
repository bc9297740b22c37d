"""`rampgate audit verify`: prove that nothing was altered or left out."""

from __future__ import annotations

from pathlib import Path

import click

from rampgate.cli.history_options import place_options

_FILE = click.Path(dir_okay=False, path_type=Path)


@click.command("verify", short_help="Prove that nothing was altered or left out.")
@click.option(
    "--checkpoint", "checkpoints", type=_FILE, multiple=True, metavar="FILE",
    help="A checkpoint that was kept elsewhere; the history must have grown out of it. May be given several times.",
)  # fmt: skip
@click.option(
    "--since", type=_FILE, metavar="FILE",
    help="A checkpoint too; what it covers is taken on the witness's word, and only what came after is verified.",
)  # fmt: skip
@click.option("--json", "json_file", type=_FILE, metavar="FILE", help="Write what was found as JSON there.")
@place_options
def command(
    checkpoints: tuple[Path, ...], since: Path | None, json_file: Path | None, repo: Path, trust: Path | None
) -> int:
    r"""Verify the decision history of a clone, and list everything that is not as it must be.

    Every commit of the branch adds one record and rewrites nothing. Every record is well-formed, in its place, of this
    repository, names the one before it, and is signed by a key that counts there. Every content that a record names is
    held. The history and the governed branch cover each other: every governed change has a record, and every record
    its change, with the trees that it says. Every checkpoint is a beginning of the history.

    \b
    rampgate audit verify
    rampgate audit verify --trust history.yaml --checkpoint 2026-10.checkpoint
    rampgate audit verify --since 2026-10.checkpoint --json verified.json

    \b
    Exit codes: 0 verified   10 a mismatch   3 invalid settings or checkpoint, or a shallow or replaced clone
                4 no history in this clone
    """
    from rampgate.app.verifying.verify import VerifyRequest, verify
    from rampgate.app.write import write_whole
    from rampgate.cli.show import plain, working
    from rampgate.reports.verified import lines, render_json

    with working("verifying"):
        found = verify(VerifyRequest(repo, trust, checkpoints, since))
    if json_file is not None:
        write_whole(json_file, render_json(found).encode())
    for line in lines(found):
        click.echo(line[: len(line) - len(line.lstrip())] + plain(line.strip()))
    return 0 if found.holds else 10
