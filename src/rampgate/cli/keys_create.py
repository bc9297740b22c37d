"""`rampgate keys create`: a key of the history, declared."""

from __future__ import annotations

from pathlib import Path

import click


@click.command("create", short_help="Make a key, and declare it in `policies/history.yaml`.")
@click.argument("name")
@click.option(
    "--key-file", type=click.Path(dir_okay=False, path_type=Path), metavar="FILE",
    help="Where the private key goes; else ~/.ssh/rampgate-NAME.",
)  # fmt: skip
@click.option(
    "--public", type=click.Path(dir_okay=False, path_type=Path), metavar="FILE",
    help="Make none, and declare this public key, whose owner has the private one.",
)  # fmt: skip
@click.option("--witness", is_flag=True, help="It signs checkpoints, not records.")
@click.option("--repository", default="", metavar="ID", help="What records name this repository; else as `origin`.")
@click.option("--from", "start", type=click.IntRange(0, 999_999), metavar="SEQ", help="The first record it may sign.")
@click.option(
    "--repo", type=click.Path(file_okay=False, path_type=Path), default=".", metavar="DIR", help="The repository."
)
def command(
    name: str,
    key_file: Path | None,
    public: Path | None,
    witness: bool,
    repository: str,
    start: int | None,
    repo: Path,
) -> None:
    r"""Make an ed25519 key pair for the decision history, and declare its public half in policies/history.yaml.

    The file is made where there is none; with it the repository declares that its decisions are recorded. The key has
    no passphrase, so that a workflow can sign with it. It counts from the next free record on, never for earlier ones.
    No file is written over, and the private key never goes where a commit could take it along.

    \b
    rampgate keys create recorder
    rampgate keys create auditor --witness --public auditor.pub

    \b
    Exit codes: 0 written   2 the name, the place or the key is of no use
                3 invalid history.yaml   4 no ssh-keygen, no such folder
    """
    from rampgate.app.keys.create import CreateRequest, create
    from rampgate.app.keys.pair import KeyWish
    from rampgate.cli.keys_shown import made_lines, next_lines
    from rampgate.cli.show import note_lines

    made = create(CreateRequest(repo, KeyWish(name, key_file, public), witness, repository, start))
    for line in made_lines(made.key.private, made.name, made.key.fingerprint):
        click.echo(line)
    what = "checkpoints" if witness else "records"
    texts = [
        f"it may sign {what} of {made.repository} from record {made.start} on",
        *(f"note: {each}" for each in made.notes),
        *next_lines(made.key.private, made.name, made.role),
    ]
    for line in [line for text in texts for line in note_lines(text)]:
        click.echo(line)
