"""`rampgate measure`: data in, evidence out."""

from __future__ import annotations

from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any

import click

from rampgate.cli.measure_kinds import DATA_KINDS, ByKind
from rampgate.cli.measure_shared import located, of_data, of_truth

KINDS = ("calibration", "fairness", "multiclass", "performance", "rate", "regression")


@click.command("measure", cls=ByKind, table=DATA_KINDS, short_help="Measure a model on data, and write evidence.")
@click.argument("kind", metavar="KIND", type=click.Choice(KINDS))
@of_data
@of_truth
@click.option("--model", required=True, metavar="M", help="The model.")
@click.option("--model-version", "version", required=True, metavar="V", help="Its version.")
@click.option("--y-true", metavar="COLUMN", help="What really happened.")
@click.option("--y-pred", metavar="COLUMN", help="What the model said.")
@click.option("--y-score", metavar="COLUMN", help="The model's score; with --threshold, instead of --y-pred.")
@click.option("--threshold", metavar="NUMBER", help="Positive is a score of at least this.")
@click.option("--outcome", metavar="COLUMN", help="For `rate` and the preset: a yes or no that needs no truth.")
@click.option("--by", metavar="COLUMN[,COLUMN]", help="The columns whose values make the groups.")
@click.option("--weight", metavar="COLUMN", help="The weight of each row.")
@click.option("--positive", metavar="VALUE", help="The label that counts as positive, where labels are not 0 and 1.")
@click.option(
    "--population", type=click.Choice(["offline", "shadow", "production"]), default="offline", show_default=True,
    help="Where the rows come from.",
)  # fmt: skip
@click.option("--stage", metavar="STAGE", help="Where it served the rows; else the stage in the card.")
@click.option("--dataset-name", metavar="NAME", help="The name of the data set, for rules that ask for it.")
@click.option("--window", metavar="DAY..DAY", help="The days that the data covers, such as 2026-10-01..2026-10-31.")
@click.option(
    "--pool", type=click.Path(path_type=Path), multiple=True, metavar="FILE",
    help="More rows about the same artifact, from another window; may be given again.",
)  # fmt: skip
@click.option("--min-cell", type=click.IntRange(min=0), default=0, metavar="ROWS", help="Leave smaller groups out.")
@click.option("--no-cross-check", is_flag=True, help="Ask no other library; the evidence says so.")
@click.option("--preset", type=click.Choice(["nyc-ll144"]), help="For `fairness`: impact ratios by sex and race.")
@click.option("--unknown", metavar="VALUE", default="unknown", show_default=True, help="An unknown sex or race.")
@click.option(
    "--exclude-small", "justification", metavar="WHY",
    help="For the preset: leave out categories under 2%, and why; they are listed all the same.",
)  # fmt: skip
@click.option("--out", type=click.Path(dir_okay=False, path_type=Path), metavar="PATH", help="Where to write.")
@click.option("--attach", is_flag=True, help="Write into the version's folder, and list it in the card.")
@click.option("--replace", is_flag=True, help="Write over evidence that is already there.")
@click.option("--as", "person", metavar="PERSON", help="Who measures; else whoever Git commits as.")
@click.option("--sign", type=click.Path(dir_okay=False, path_type=Path), metavar="SSHKEY", help="Sign with this key.")
@click.option("--repo", type=click.Path(file_okay=False, path_type=Path), default=".", metavar="DIR", help="Where.")
@click.option("--now", metavar="RFC3339", help="The moment that the evidence names; else the clock's.")
def command(kind: str, **options: Any) -> int:
    r"""Measure one version on one table, and write what was found as evidence.

    The rows are reduced to a small table of counts (sums for `regression`); every number is computed from that table,
    exactly, and checked against Fairlearn or scikit-learn on the same table. No row leaves the machine that it is on:
    a table of PostgreSQL or Spark is counted there.

    \b
    rampgate measure fairness --data scored.parquet --by sex,age_band \
        --y-true repaid --y-pred approved \
        --model credit-risk --model-version 2.0.0 --attach
    rampgate measure performance --data scored.csv \
        --y-true y --y-score p --threshold 0.5 --sign ~/.ssh/id_ed25519 \
        --model credit-risk --model-version 2.0.0 --attach
    rampgate measure fairness --engine postgresql://gate@db.example/lending \
        --table public.scored --id loan_id --truth public.repaid \
        --by sex --y-true repaid --y-pred approved \
        --model credit-risk --model-version 2.0.0 --attach
    rampgate measure calibration --data scored.csv --by sex \
        --y-true y --y-score p --model credit-risk --model-version 2.0.0 --attach
    rampgate measure multiclass --data routed.csv --y-true team --y-pred said \
        --model router --model-version 1.0.0 --attach
    rampgate measure fairness --preset nyc-ll144 --data applicants.csv \
        --by sex,race --outcome invited --exclude-small "fewer than 30 people" \
        --model screener --model-version 1.0.0 --attach
    rampgate measure rate --data reviewed.csv --outcome invented --by language \
        --model help-assistant --model-version 1.2.0 --out rate.json

    \b
    KIND: fairness     rates and errors of every group, with intervals
          performance  accuracy, recall, precision and the like; with a score
                       also ROC AUC, Brier score and log loss
          multiclass   the same for more than two classes
          calibration  whether probabilities come true, by group too
          rate         the share of a yes or no, such as invented facts, refusals
          regression   mean errors of a number

    \b
    Exit codes: 0 written   2 usage   3 the data are not what they must be
                4 the file can not be read, the engine does not answer
    """
    from rampgate.adapters.clock import now as clock_now
    from rampgate.adapters.clock import parse_rfc3339
    from rampgate.app.measure import MeasureRequest, Wish, measure_and_write, share_done
    from rampgate.cli.show import working

    request = MeasureRequest(**_request(kind, options))
    wish = Wish(
        options["repo"], kind, options["out"], options["attach"], options["replace"], options["sign"], options["person"]
    )
    moment = parse_rfc3339(options["now"]) if options["now"] else clock_now()
    with working(f"measuring {request.data.name}", share_done):
        written = measure_and_write(wish, request, now=moment)
    show_written(written)
    return 0


def _request(kind: str, options: dict[str, Any]) -> dict[str, Any]:
    """Return what is to be measured, from the options; who measures which artifact is found out later."""
    first, last = window_of(options["window"])
    same = ("model", "version", "population", "y_true", "y_pred", "y_score", "outcome", "weight", "positive")
    more = ("id", "truth", "allow_unmatched", "dataset_name", "stage", "min_cell", "preset", "unknown", "justification")
    return {name: options[name] for name in (*same, *more)} | {
        **located(options),
        "crosscheck": not options["no_cross_check"],
        "artifact": "",
        "pool": tuple(options["pool"]),
        "produced_by": "",
        "threshold": _number(options["threshold"]),
        "by": tuple(name.strip() for name in options["by"].split(",")) if options["by"] else (),
        "window_from": first,
        "window_to": last,
        "command": _command(kind, options),
    }


def show_written(written: Any) -> None:
    """Print what was measured, what is odd about it, and where it went."""
    from rampgate.cli.show import note_lines, table

    found = written.measurement
    numbers = [i for i, name in enumerate(found.header) if i and not name.endswith("group")]
    for line in table(found.header, found.table, right=numbers):
        click.echo(line)
    for line in [line for note in found.notes for line in note_lines(note)]:
        click.echo(line)
    for line in [line for warning in found.warnings for line in note_lines(f"warning: {warning}")]:
        click.echo(line, err=True)
    check = found.crosscheck
    if check:
        pairs = zip(check["library"].split(", "), check["version"].split(", "), strict=True)
        libraries = ", ".join(f"{library} {version}" for library, version in pairs)
        click.echo(f"checked against {libraries}: largest difference {check['max_difference']}")
    elif found.evidence.get("crosscheck") == "skipped":
        click.echo("checked against no other library (--no-cross-check)")
    click.echo(f"wrote {written.evidence}  {written.digest}")
    if written.signature:
        click.echo(f"wrote {written.signature}")
    last = "no card lists it yet; measure with `--attach` to write it beside the card and list it there"
    if written.card:
        model = found.evidence["subject"]["model"]
        last = f"listed in {written.card}; commit both, and see `rampgate plan {model}`"
    click.echo(last)  # never broken, so that the command in it can be copied


def _number(text: str | None) -> Decimal | None:
    if text is None:
        return None
    try:
        return Decimal(text)
    except InvalidOperation:
        raise click.BadParameter(f"`{text}` is not a number", param_hint="--threshold") from None


def window_of(text: str | None) -> tuple[str | None, str | None]:
    """Return the first and the last day of `DAY..DAY`, None for none. Raises BadParameter for what is none."""
    from datetime import date

    if text is None:
        return None, None
    first, dots, last = text.partition("..")
    try:
        ordered = date.fromisoformat(first) <= date.fromisoformat(last)
    except ValueError:
        ordered = False
    if not dots or not ordered:
        words = f"`{text}` is not two days in order; write them as 2026-10-01..2026-10-31"
        raise click.BadParameter(words, param_hint="--window")
    return first, last


def _command(kind: str, options: dict[str, Any]) -> str:
    """Return the command that measures the same again.

    Files stand in it by their names alone, for folders tell who somebody is; the address of an engine is in `source`.
    """
    import shlex

    words = ["rampgate", "measure", kind, *_place(options)]
    for key in ("model", "version", "y_true", "y_pred", "y_score", "threshold", "outcome", "by", "weight", "positive"):
        if options[key] is not None:
            words += [f"--{'model-version' if key == 'version' else key.replace('_', '-')}", str(options[key])]
    for path in options["pool"]:
        words += ["--pool", path.name]
    if options["min_cell"]:
        words += ["--min-cell", str(options["min_cell"])]
    if options["preset"]:
        words += ["--preset", options["preset"], "--unknown", options["unknown"]]
    if options["justification"] is not None:
        words += ["--exclude-small", options["justification"]]
    if options["no_cross_check"]:
        words.append("--no-cross-check")
    return shlex.join(words)


def _place(options: dict[str, Any]) -> list[str]:
    """Return the words that say where the data and the truth are."""
    table = options["table"]
    words = ["--data", options["data"].name] if table is None else ["--table", table]
    if options["id"] is not None:
        words += ["--id", options["id"]]
    if options["truth"] is not None:
        words += ["--truth", Path(options["truth"]).name if table is None else options["truth"]]
    return [*words, "--allow-unmatched"] if options["allow_unmatched"] else words
