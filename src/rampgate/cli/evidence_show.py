"""`rampgate evidence show`: one evidence file for a person."""

from __future__ import annotations

from decimal import Decimal, InvalidOperation
from pathlib import Path

import click


@click.command("show", short_help="Print evidence for a person, with intervals and a chart.")
@click.argument("file", metavar="FILE", type=click.Path(path_type=Path))
@click.option("--limit", metavar="NUMBER", help="Draw this limit into the charts.")
@click.option("--metric", metavar="METRIC", default="", help="Show this metric alone.")
@click.option("--repo", type=click.Path(file_okay=False, path_type=Path), default=".", metavar="DIR", help="Where.")
def command(file: Path, limit: str | None, metric: str, repo: Path) -> None:
    r"""Print an evidence file: what, whose, when, by what, and every measure with its rows, its interval and a bar.

    A bar is `[--o--]`: from the lower to the upper limit of the interval, `o` the value; `|` is the limit that you
    give. All groups of a metric stand on one scale. Every measure is computed again first; a file whose own tables say
    otherwise is not shown.

    \b
    rampgate evidence show fairness.json --metric selection_rate --limit 0.8

    \b
    Exit codes: 0 shown   2 usage   3 no valid evidence   4 out of reach
    """
    from rampgate.app.evidence.show import shown_evidence
    from rampgate.cli.show import width
    from rampgate.reports.evidence_show import lines_of

    line = _number(limit)
    evidence, about = shown_evidence(file, repo)
    known = {each.metric for each in evidence.measures} | {each.metric for each in evidence.claimed}
    if metric and metric not in known:
        from rampgate.formats.suggest import did_you_mean

        raise click.UsageError(f"it has no metric `{metric}`{did_you_mean(metric, known)}")
    for each in lines_of(evidence, about, width=min(width(), 80), limit=line, metric=metric):
        click.echo(each)


def _number(text: str | None) -> Decimal | None:
    if text is None:
        return None
    try:
        value = Decimal(text)
    except InvalidOperation:
        value = Decimal("NaN")
    if not value.is_finite():
        raise click.BadParameter(f"`{text}` is not a number", param_hint="--limit")
    return value
