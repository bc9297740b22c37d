"""`rampgate evidence import`: results of other tools in, evidence out."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from rampgate.cli.measure_shared import moment_of, of_version, repeated, window_of, wish_of


@click.command("import", short_help="Take the results of another tool as evidence.")
@click.argument("tool", metavar="TOOL")
@click.argument("file", metavar="FILE", type=click.Path(path_type=Path))
@click.option("--kind", metavar="KIND", help="The kind of evidence, where the tool's results can be several.")
@click.option(
    "--map", "mapping", multiple=True, metavar="NAME=METRIC",
    help="Take the tool's number NAME as our METRIC, or as `not:METRIC`; may be given again.",
)  # fmt: skip
@click.option(
    "--pick", "picks", multiple=True, metavar="WHAT=VALUE",
    help="What of the file is meant, where it holds several: `run`, `model`, `provider`, `prompt`.",
)  # fmt: skip
@click.option(
    "--with", "beside", type=click.Path(path_type=Path), multiple=True, metavar="FILE",
    help="A further file of the same run: dbt's manifest, samples of lm-eval; may be given again.",
)  # fmt: skip
@click.option("--measured-at", metavar="RFC3339", help="When the tool ran, for results that do not say it.")
@click.option("--dataset", metavar="DIGEST", help="The digest of the data set, `sha256:...`.")
@of_version
def command(tool: str, file: Path, **options: Any) -> int:
    r"""Take what another tool measured as evidence of a version. Nothing is guessed.

    Where the tool's file has counts (cases of promptfoo, samples of lm-eval, rows of Great Expectations, tests of dbt),
    they are taken, and every number is computed again from them. A number without counts is marked as claimed, and
    rules refuse it unless they say otherwise. Without `--map`, the command lists the numbers that the file reports.

    \b
    rampgate evidence import great-expectations result.json \
        --model credit-risk --model-version 2.0.0 --attach
    rampgate evidence import promptfoo results.json \
        --map factuality=not:hallucination --map is-refusal=refusal \
        --map cost=cost_per_1000 \
        --model help-assistant --model-version 1.2.0 --attach
    rampgate evidence import mlflow mlflow.db --kind performance \
        --pick model=credit-risk/2 --map accuracy=accuracy \
        --model credit-risk --model-version 2.0.0 --out claimed.json

    \b
    TOOL: dbt                 tests of run_results.json; --with manifest.json
          evidently           metrics of a report, as claims
          great-expectations  the validation result of a suite
          lm-eval             results of lm-evaluation-harness; --with samples
          mlflow              metrics of one run, as claims
          promptfoo           results of an evaluation

    \b
    Exit codes: 0 written   2 usage   3 the file is not what it must be
                4 the file can not be read
    """
    from rampgate.app.evidence.importing import import_results
    from rampgate.cli.show import working

    request = _request(tool, file, options)
    with working(f"reading {file.name}"):
        done = import_results(wish_of("", options), request, now=moment_of(options["now"]))
    _show(done)
    return 0


def _request(tool: str, file: Path, options: dict[str, Any]) -> Any:
    """Return what is to be taken, from the options."""
    from rampgate.adapters.clock import parse_rfc3339
    from rampgate.app.evidence.importing import ImportRequest

    first, last = window_of(options["window"])
    same = ("model", "version", "kind", "beside", "population", "stage", "dataset", "dataset_name")
    return ImportRequest(
        tool=tool,
        file=file,
        **{name: options[name] for name in same},
        mapping=_pairs(options["mapping"], "--map"),
        picks=_pairs(options["picks"], "--pick", first=True),
        measured_at=parse_rfc3339(options["measured_at"]) if options["measured_at"] else None,
        window=None if first is None or last is None else (first, last),
        command=repeated("evidence", "import", tool, file.name),
    )


def _pairs(texts: tuple[str, ...], option: str, *, first: bool = False) -> dict[str, str]:
    """Return name -> value; names of tools may hold `=` themselves, so the last one divides unless `first`."""
    found: dict[str, str] = {}
    for text in texts:
        name, equals, value = text.partition("=") if first else text.rpartition("=")
        if not equals or not name or not value:
            raise click.BadParameter(f"`{text}` is not NAME=VALUE", param_hint=option)
        if name in found:
            raise click.BadParameter(f"`{name}` is given twice", param_hint=option)
        found[name] = value
    return found


def _show(done: Any) -> None:
    from rampgate.cli.measure_shown import show_kept, show_warnings
    from rampgate.cli.show import note_lines, width
    from rampgate.reports.evidence_show import measure_lines

    for line in measure_lines(done.evidence, width=width()):
        click.echo(line)
    imported = done.evidence.imported
    if imported.not_taken:
        listed = ", ".join(imported.not_taken[:12]) + (", ..." if len(imported.not_taken) > 12 else "")
        for line in note_lines(f"not taken: {listed}"):
            click.echo(line)
    show_warnings(done.warnings)
    show_kept(done.kept, done.evidence.subject.model, verb="import")
