"""`rampgate demo`: the first five minutes."""

from __future__ import annotations

from pathlib import Path

import click


@click.command("demo", short_help="See a model denied, fixed, held and allowed, in a temporary repository.")
@click.option(
    "--keep", type=click.Path(file_okay=False, path_type=Path), metavar="DIR",
    help="Build the repository there and keep it; the folder must be empty or absent.",
)  # fmt: skip
def command(keep: Path | None) -> int:
    r"""Build a real Git repository with example models and judge promotions in it.

    Five models, one of them on the counts that ProPublica published about COMPAS, meet three policies: denied, fixed,
    held, allowed, undecided, rolled back. Every line that begins with `$` is a command that you could type. Nothing
    outside a temporary folder is touched, and no network or account is needed.

    \b
    rampgate demo
    rampgate demo --keep playground    # then: cd playground && rampgate plan fraud-screen

    \b
    Exit codes: 0 the story went as told   1 it did not   2 usage
    """
    import shutil
    import tempfile

    from rampgate.app.demo import demo

    if keep is not None:
        if keep.exists() and any(keep.iterdir()):
            raise click.UsageError(f"{keep} is not empty; name another folder")
        keep.mkdir(parents=True, exist_ok=True)
        demo(keep.resolve(), click.echo)
        click.echo(f"the repository is in {keep}")
        return 0
    folder = Path(tempfile.mkdtemp(prefix="rampgate-demo-"))
    try:
        demo(folder, click.echo)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    return 0
