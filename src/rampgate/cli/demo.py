"""`rampgate demo`: the first five minutes."""

from __future__ import annotations

import contextlib
import io
import os
import shutil
import sys
from collections.abc import Callable, Iterator, Sequence
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
    held, allowed, undecided, rolled back, on record. Every line that begins with `$` is a command that you could type.
    Nothing outside a temporary folder is touched, and no network or account is needed.

    \b
    rampgate demo
    rampgate demo --keep lending    # then: cd lending && rampgate status

    \b
    Exit codes: 0 the story went as told   1 it did not   2 usage
    """
    import tempfile

    from rampgate.app.moment import moment
    from rampgate.app.setup.demo import demo

    if keep is not None:
        if keep.exists() and any(keep.iterdir()):
            raise click.UsageError(f"{keep} is not empty; name another folder")
        keep.mkdir(parents=True, exist_ok=True)
        place = keep.resolve()  # once: the story is played inside it
        with _in_folder(place) as say:
            demo(place, say, _run, moment(None))
        click.echo(f"the repository is in {keep}")
        return 0
    folder = Path(tempfile.mkdtemp(prefix="rampgate-demo-"))
    try:
        with _in_folder(folder) as say:
            demo(folder, say, _run, moment(None))
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    return 0


@contextlib.contextmanager
def _in_folder(folder: Path) -> Iterator[Callable[[str], None]]:
    """Work in a folder without the user's own Git settings and colours; yield a voice that reaches the real output."""
    before, here, out = dict(os.environ), Path.cwd(), sys.stdout
    for name in [name for name in os.environ if name.startswith("GIT_")]:
        del os.environ[name]
    width = str(min(shutil.get_terminal_size((102, 24)).columns - 2, 100))  # what a command says is shown indented
    os.environ |= {"GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_NOSYSTEM": "1", "NO_COLOR": "1", "COLUMNS": width}
    os.chdir(folder)
    try:
        yield lambda text: click.echo(text, file=out)
    finally:
        os.chdir(here)
        os.environ.clear()
        os.environ.update(before)


def _run(words: Sequence[str]) -> tuple[int, str]:
    """Run one command as `rampgate` does, and return its exit code and everything that it printed."""
    from rampgate.cli.main import run

    said = io.StringIO()
    with contextlib.redirect_stdout(said), contextlib.redirect_stderr(said):
        try:
            run(list(words))
        except SystemExit as end:
            return int(end.code or 0), said.getvalue()
    return 0, said.getvalue()
