"""`rampgate evidence import`: results of other tools in, evidence out."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

SPOKEN = {"kind": "kind", "measured_at": "measured-at", "dataset": "dataset", "dataset_name": "dataset-name"}


@click.command("import", short_help="Take the results of another tool as evidence.")
@click.argument("tool", metavar="TOOL")
@click.argument("file", metavar="FILE", type=click.Path(path_type=Path))
@click.option("--model", required=True, metavar="M", help="The model.")
@click.option("--model-version", "version", required=True, metavar="V", help="Its version.")
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
@click.option(
    "--population", type=click.Choice(["offline", "shadow", "production"]), default="offline", show_default=True,
    help="Where the rows come from.",
)  # fmt: skip
@click.option("--stage", metavar="STAGE", help="Where it served the rows; else the stage in the card.")
@click.option("--dataset", metavar="DIGEST", help="The digest of the data set, `sha256:...`.")
@click.option("--dataset-name", metavar="NAME", help="The name of the data set, for rules that ask for it.")
@click.option("--window", metavar="DAY..DAY", help="The days that the data covers, such as 2026-10-01..2026-10-31.")
@click.option("--out", type=click.Path(dir_okay=False, path_type=Path), metavar="PATH", help="Where to write.")
@click.option("--attach", is_flag=True, help="Write into the version's folder, and list it in the card.")
@click.option("--replace", is_flag=True, help="Write over evidence that is already there.")
@click.option("--as", "person", metavar="PERSON", help="Who vouches for it; else whoever Git commits as.")
@click.option("--sign", type=click.Path(dir_okay=False, path_type=Path), metavar="SSHKEY", help="Sign with this key.")
@click.option("--repo", type=click.Path(file_okay=False, path_type=Path), default=".", metavar="DIR", help="Where.")
@click.option("--now", metavar="RFC3339", help="The moment of the import; else the clock's.")
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
    from rampgate.adapters.clock import now as clock_now
    from rampgate.adapters.clock import parse_rfc3339
    from rampgate.app.evidence.attach import Wish
    from rampgate.app.evidence.importing import ImportRequest, import_results
    from rampgate.cli.measure import window_of
    from rampgate.cli.show import working

    wish = Wish(
        options["repo"], "", options["out"], options["attach"], options["replace"], options["sign"], options["person"]
    )
    first, last = window_of(options["window"])
    request = ImportRequest(
        tool,
        file,
        options["model"],
        options["version"],
        kind=options["kind"],
        mapping=_pairs(options["mapping"], "--map"),
        picks=_pairs(options["picks"], "--pick", first=True),
        beside=options["beside"],
        measured_at=parse_rfc3339(options["measured_at"]) if options["measured_at"] else None,
        population=options["population"],
        stage=options["stage"],
        dataset=options["dataset"],
        dataset_name=options["dataset_name"],
        window=None if first is None or last is None else (first, last),
        command=_command(tool, file, options),
    )
    moment = parse_rfc3339(options["now"]) if options["now"] else clock_now()
    with working(f"reading {file.name}"):
        done = import_results(wish, request, now=moment)
    _show(done)
    return 0


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


def _command(tool: str, file: Path, options: dict[str, Any]) -> str:
    """Return the command that imports the same again; files by their names alone, for folders tell who somebody is."""
    import shlex

    words = ["rampgate", "evidence", "import", tool, file.name]
    words += ["--model", options["model"], "--model-version", options["version"]]
    for key, name in SPOKEN.items():
        words += [f"--{name}", options[key]] if options[key] else []
    for option, key in (("--map", "mapping"), ("--pick", "picks")):
        for text in options[key]:
            words += [option, text]
    for path in options["beside"]:
        words += ["--with", path.name]
    return shlex.join(words)[:4000]


def _show(done: Any) -> None:
    from rampgate.cli.show import note_lines, width
    from rampgate.reports.evidence_show import measure_lines

    for line in measure_lines(done.evidence, width=width()):
        click.echo(line)
    imported = done.evidence.imported
    if imported.not_taken:
        listed = ", ".join(imported.not_taken[:12]) + (", ..." if len(imported.not_taken) > 12 else "")
        for line in note_lines(f"not taken: {listed}"):
            click.echo(line)
    for line in [line for warning in done.warnings for line in note_lines(f"warning: {warning}")]:
        click.echo(line, err=True)
    kept = done.kept
    click.echo(f"wrote {kept.evidence}  {kept.digest}")
    if kept.signature:
        click.echo(f"wrote {kept.signature}")
    last = "no card lists it yet; import with `--attach` to write it beside the card and list it there"
    if kept.card:
        last = f"listed in {kept.card}; commit both, and see `rampgate plan {done.evidence.subject.model}`"
    click.echo(last)
