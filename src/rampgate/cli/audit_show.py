"""`rampgate audit show`: one decision whole."""

from __future__ import annotations

from pathlib import Path

import click

from rampgate.cli.history_options import place_options


@click.command("show", short_help="Show one decision whole: who, what, on what, and what became of it.")
@click.argument("id_", metavar="ID")
@click.option("--full", is_flag=True, help="List rules that pass or do not apply, and every input, too.")
@place_options
@click.option(
    "--format", "format_", type=click.Choice(["text", "json"]), default="text", show_default=True,
    help="How the record is written.",
)  # fmt: skip
def command(id_: str, full: bool, repo: Path, trust: Path | None, format_: str) -> None:
    r"""Show one record: what was decided and when, who asked, who approved, who was not counted and why, every rule.

    ID is the number of a record, a commit (7 or more digits: what landed as it, else what was asked for with it), or a
    pull request as `#12`; of several records of a pull request, the newest. The whole history is checked first: chain
    and signatures. JSON has everything that the text has, and the record as it was signed.

    \b
    rampgate audit show 42
    rampgate audit show '#12' --full
    rampgate audit show 1a2b3c4 --format json

    \b
    Exit codes: 0 shown   10 the history is not believed   3 invalid settings
                2 no such record   4 no history in this clone
    """
    from rampgate.app.history.show import ShowRequest, show
    from rampgate.cli.show import paint, progress, width
    from rampgate.reports.history_show import render_json, render_text

    shown = show(ShowRequest(repo, id_, trust, progress("reading records")))
    text = render_json(shown) if format_ == "json" else render_text(shown, width=width(), paint=paint, full=full)
    click.echo(text, nl=False)
