"""`rampgate audit export`: the history for other tools."""

from __future__ import annotations

from pathlib import Path

import click


@click.command("export", short_help="Write the history for other tools.")
@click.option(
    "--format", "format_", type=click.Choice(["in-toto-vsa", "in-toto", "csv"]), required=True,
    help="SLSA verification summaries without a signature, the signed records themselves, or a table.",
)  # fmt: skip
@click.option(
    "--out", type=click.Path(path_type=Path), metavar="DIR|FILE",
    help="Where to write: a folder that is there takes one file each; else one file, one line each. "
    "Without it, standard output.",
)  # fmt: skip
@click.option("--replace", is_flag=True, help="Files that are there already give way.")
@click.option("--model", metavar="M", default="", help="Those of one model.")
@click.option("--since", metavar="DAY", default="", help="From this UTC day on.")
@click.option("--until", metavar="DAY", default="", help="Up to this UTC day, included.")
@click.option(
    "--trust", type=click.Path(dir_okay=False, path_type=Path), metavar="FILE",
    help="Whose signatures count, kept elsewhere; else `policies/history.yaml`.",
)  # fmt: skip
@click.option(
    "--repo", type=click.Path(file_okay=False, path_type=Path), default=".", metavar="DIR", help="The repository."
)
def command(
    format_: str, out: Path | None, replace: bool, model: str, since: str, until: str, trust: Path | None, repo: Path
) -> int:
    r"""Write decisions as other tools read them.

    `in-toto-vsa` writes one SLSA Verification Summary Attestation for each commit and each artifact that was decided
    about: PASSED for what was allowed and landed as it was judged, FAILED for everything else. It claims no SLSA level.
    The statements are unsigned; each names the signed record that it was made from. `in-toto` writes those records.

    \b
    rampgate audit export --format in-toto-vsa --model credit-risk --out summaries.jsonl
    rampgate audit export --format csv --since 2026-01-01

    \b
    Exit codes: 0 written   2 no such model, or a file is in the way
                10 the history is not believed   4 no history, or not written
    """
    from rampgate.app.history.export import ExportFormat, ExportRequest, export, lines, write
    from rampgate.app.moment import parse_day
    from rampgate.cli.show import plain, progress
    from rampgate.model.history_views import Filters

    filters = Filters(
        model=model,
        since=parse_day(since, "--since") if since else "",
        until=parse_day(until, "--until") if until else "",
    )
    pieces = export(ExportRequest(repo, ExportFormat(format_), filters, trust, progress("reading records")))
    if out is None:
        click.echo(lines(pieces), nl=False)
        return 0
    write(pieces, out, replace=replace)
    what = {"csv": "table", "in-toto": "signed record", "in-toto-vsa": "statement"}[format_]
    click.echo(f"wrote {plain(str(out))}: {len(pieces)} {what}{'' if len(pieces) == 1 else 's'}")
    return 0
