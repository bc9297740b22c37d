"""`rampgate keys export`: the keys for those who have OpenSSH alone."""

from __future__ import annotations

from pathlib import Path

import click


@click.command("export", short_help="Write the keys as `ssh-keygen -Y verify` reads them.")
@click.option(
    "--allowed-signers", type=click.Path(dir_okay=False, path_type=Path), required=True, metavar="FILE",
    help="Where to write the keys, for `-f`.",
)  # fmt: skip
@click.option(
    "--revoked", type=click.Path(dir_okay=False, path_type=Path), metavar="FILE",
    help="Where to write those that are revoked, for `-r`.",
)  # fmt: skip
@click.option(
    "--repo", type=click.Path(file_okay=False, path_type=Path), default=".", metavar="DIR", help="The repository."
)
def command(allowed_signers: Path, revoked: Path | None, repo: Path) -> None:
    r"""Write the keys in policies/history.yaml as `ssh-keygen -Y verify -f FILE -r FILE` reads them.

    Signers are allowed in the namespace rampgate-decision alone, witnesses in rampgate-checkpoint. OpenSSH knows no
    ranges of records: with the list of revoked keys it believes nothing that such a key has ever signed, without it
    everything. `rampgate audit verify` goes by the ranges.

    \b
    rampgate keys export --allowed-signers allowed_signers --revoked revoked_keys

    \b
    Exit codes: 0 written   2 there is no history.yaml   3 it is invalid
                4 a file can not be written
    """
    from rampgate.app.keys.export import export
    from rampgate.cli.show import note_lines

    done = export(repo, allowed_signers, revoked)
    click.echo(f"wrote {allowed_signers}  {_count(done.allowed)}")
    if revoked is not None:
        click.echo(f"wrote {revoked}  {_count(done.revoked)}")
    if done.ranged:
        names = ", ".join(f"`{each}`" for each in done.ranged)
        text = f"note: which records they may sign can not be said there: {names}; `rampgate audit verify` knows"
        for line in note_lines(text):
            click.echo(line)


def _count(number: int) -> str:
    return "1 key" if number == 1 else f"{number} keys"
