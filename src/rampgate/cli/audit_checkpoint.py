"""`rampgate audit checkpoint`: a witness's word on how long the history is."""

from __future__ import annotations

from pathlib import Path

import click


@click.command("checkpoint", short_help="Sign how long the history is, to be kept elsewhere.")
@click.option(
    "--key", type=click.Path(dir_okay=False, path_type=Path), required=True, metavar="FILE",
    help="The witness's private key, or the public one where the agent has the other.",
)  # fmt: skip
@click.option(
    "--after", type=click.Path(dir_okay=False, path_type=Path), metavar="FILE",
    help="The checkpoint from before; the history must still hold what it says.",
)  # fmt: skip
@click.option(
    "--out", type=click.Path(dir_okay=False, path_type=Path), metavar="FILE",
    help="Where to write it; else to standard output.",
)  # fmt: skip
@click.option(
    "--trust", type=click.Path(dir_okay=False, path_type=Path), metavar="FILE",
    help="A history.yaml that was kept elsewhere, instead of the governed branch's.",
)  # fmt: skip
@click.option(
    "--repo", type=click.Path(file_okay=False, path_type=Path), default=".", metavar="DIR", help="The repository."
)
def command(key: Path, after: Path | None, out: Path | None, trust: Path | None, repo: Path) -> None:
    r"""Read the whole history of this clone, and sign how many records it has and which is the newest.

    Kept outside of the repository, by another role than the one that records, the file proves later that no record was
    removed or replaced since: `rampgate audit verify --checkpoint FILE`. It is a C2SP tlog-checkpoint whose hash is the
    SHA-256 of the newest record; that record names the one before it, and so on to the first.

    \b
    git fetch origin decisions
    rampgate audit checkpoint --key ~/.ssh/rampgate-auditor \
        --after 2026-11.checkpoint --out 2026-12.checkpoint

    \b
    Exit codes: 0 signed   2 the key is no witness's   3 invalid input
                4 no history, no key   10 the history is not believed
    """
    from rampgate.app.history.checkpoint_made import CheckpointRequest, keep, sign_checkpoint
    from rampgate.cli.show import note_lines, progress

    made = sign_checkpoint(CheckpointRequest(repo, key, after, trust, progress("reading records")))
    if out is None:
        click.echo(made.data.decode(), nl=False)
        return
    keep(made, out)
    click.echo(f"wrote {out}")
    count = made.checkpoint.size
    for line in note_lines(
        f"`{made.witness}` signed that the history has {count} record{'' if count == 1 else 's'}"
        + (f", {made.grown} more than before" if after else "")
    ):
        click.echo(line)
    for line in note_lines(f"next: keep it away from the repository; `rampgate audit verify --checkpoint {out}`"):
        click.echo(line)
