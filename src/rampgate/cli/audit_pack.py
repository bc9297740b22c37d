"""`rampgate audit pack`: everything about decisions, in a folder or an archive."""

from __future__ import annotations

from pathlib import Path

import click


@click.command("pack", short_help="Put everything about decisions into a folder or an archive.")
@click.argument("ids", nargs=-1, metavar="[ID]...")
@click.option("--period", metavar="FROM..TO", default="", help="Instead of IDs: all of these UTC days, both included.")
@click.option("--model", metavar="M", default="", help="With --period: those of one model.")
@click.option(
    "--out", type=click.Path(path_type=Path), default="audit-pack", show_default=True, metavar="DIR|FILE.zip",
    help="Where to write; an archive where the name ends in `.zip`.",
)  # fmt: skip
@click.option("--replace", is_flag=True, help="A pack that stands there already gives way.")
@click.option(
    "--trust", type=click.Path(dir_okay=False, path_type=Path), metavar="FILE",
    help="Whose signatures count, kept elsewhere; else `policies/history.yaml`.",
)  # fmt: skip
@click.option(
    "--repo", type=click.Path(file_okay=False, path_type=Path), default=".", metavar="DIR", help="The repository."
)
def command(
    ids: tuple[str, ...], period: str, model: str, out: Path, replace: bool, trust: Path | None, repo: Path
) -> int:
    r"""Write decisions with all that they rest on, for somebody who has no clone.

    An ID is the number of a record, a commit (7 or more digits), or a pull request as `#12`. Each decision comes with
    the request, the card, the policies, the evidence, the reviews, the signed record and what became of it; a page
    answers who asked, what was reviewed and tested, who approved, and when it was recorded. The same history gives the
    same bytes. Nothing is written where the history is not believed.

    \b
    rampgate audit pack 42 57 103 --out sample.zip
    rampgate audit pack --period 2026-01-01..2026-06-30 --model credit-risk

    \b
    Exit codes: 0 written   2 no such record, or something stands in the way
                10 the history is not believed   4 no history, or not written
    """
    from rampgate.app.packing.pack import PackRequest, pack
    from rampgate.cli.show import plain, progress
    from rampgate.errors import UsageProblem
    from rampgate.model.history_views import Filters

    if bool(ids) == bool(period):
        raise UsageProblem("give IDs of records, or --period FROM..TO, such as `--period 2026-01-01..2026-06-30`")
    if model and not period:
        raise UsageProblem("--model goes with --period")
    since, until = _period(period) if period else ("", "")
    written = pack(
        PackRequest(
            repo, ids, Filters(model=model, since=since, until=until), out, replace, trust, progress("reading records")
        )
    )
    count = len(written.decisions)
    click.echo(
        f"wrote {plain(str(written.out))}: {count} {'decision' if count == 1 else 'decisions'} in {written.files:,} "
        f"files, {written.size:,} bytes"
    )
    page = "index.html in it" if written.out.suffix.lower() == ".zip" else plain(str(written.out / "index.html"))
    click.echo(f"next: open {page}")
    return 0


def _period(text: str) -> tuple[str, str]:
    """Return first and last day, "" for an open end. Raises UsageProblem for what is no period."""
    from rampgate.app.moment import parse_day
    from rampgate.errors import UsageProblem

    first, dots, last = text.partition("..")
    if not dots or not (first or last):
        raise UsageProblem(f"--period `{text}` is no period; write FROM..TO, as in 2026-01-01..2026-06-30")
    return (parse_day(first, "--period") if first else "", parse_day(last, "--period") if last else "")
