"""What commands that make evidence share: whose, of when, where to write, and the doing."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any

import click
from click.core import ParameterSource

_POPULATION = click.Choice(["offline", "shadow", "production"])
_FILE = click.Path(dir_okay=False, path_type=Path)
_NOT_REPEATED = frozenset({"out", "attach", "replace", "sign", "person", "repo", "now", "engine"})

PLACES = ("truth", "other", "others")
"""Options that name a file, or a table where an engine has the data."""

LONGEST_COMMAND = 4000
"""The schema of evidence keeps no longer one."""


def of_data(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add the options that say where the data are."""
    return _with(
        command,
        click.option(
            "--data", type=click.Path(path_type=Path), metavar="FILE", help="CSV or Parquet; a folder or pattern too."
        ),
        click.option(
            "--engine", metavar="ADDRESS",
            help="Instead of files: postgresql://USER@HOST/DATABASE or spark+connect://HOST:PORT.",
        ),
        click.option("--table", metavar="NAME", help="The table there; on Spark also parquet:PATH."),
    )  # fmt: skip


def of_truth(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add the options that say where the truth is, if it is not beside the data."""
    return _with(
        command,
        click.option("--id", "id", metavar="COLUMN", help="The column that tells the rows apart; none may repeat."),
        click.option("--truth", metavar="FILE|TABLE", help="More columns about the same rows, joined by --id."),
        click.option("--allow-unmatched", is_flag=True, help="Measure the joined rows alone; the evidence says so."),
    )


def of_version(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add the options of all evidence about a version."""
    return _with(
        command,
        click.option("--model", required=True, metavar="M", help="The model."),
        click.option("--model-version", "version", required=True, metavar="V", help="Its version."),
        click.option(
            "--population", type=_POPULATION, default="offline", show_default=True, help="Where the rows come from."
        ),
        click.option("--stage", metavar="STAGE", help="Where it served the rows; else the stage in the card."),
        click.option("--dataset-name", metavar="NAME", help="The name of the data set, for rules that ask for it."),
        click.option("--window", metavar="DAY..DAY", help="The days of the data, such as 2026-10-01..2026-10-31."),
        click.option("--out", type=_FILE, metavar="PATH", help="Where to write."),
        click.option("--attach", is_flag=True, help="Write into the version's folder, and list it in the card."),
        click.option("--replace", is_flag=True, help="Write over evidence that is already there."),
        click.option("--as", "person", metavar="PERSON", help="Who vouches for it; else whoever Git commits as."),
        click.option("--sign", type=_FILE, metavar="SSHKEY", help="Sign with this key."),
        click.option(
            "--repo", type=click.Path(file_okay=False, path_type=Path), default=".", metavar="DIR", help="Where."
        ),
        click.option("--now", metavar="RFC3339", help="The moment that the evidence names; else the clock's."),
    )


def without(*names: str) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Add options that other kinds have and this one refuses in its own words; its page does not list them.

    names: some of `by`, `pool`, `min_cell`.
    """
    taken = {
        "by": click.option("--by", hidden=True),
        "pool": click.option("--pool", multiple=True, type=click.Path(path_type=Path), hidden=True),
        "min_cell": click.option("--min-cell", type=click.IntRange(min=0), default=0, hidden=True),
    }
    return lambda command: _with(command, *(taken[name] for name in names))


def measured(kind: str, options: dict[str, Any], details: Any = None, **more: Any) -> int:
    """Measure a kind as the options say, write the evidence, and print what was found.

    details: `rampgate.app.measure.Details`. more: further fields of the request.
    """
    from rampgate.app.measure import Details, MeasureRequest, measure_and_write, share_done
    from rampgate.cli.measure_shown import show_written
    from rampgate.cli.show import working

    first, last = window_of(options["window"])
    same = ("model", "version", "population", "dataset_name", "stage")
    fields = {"by": names_of(options["by"]), "pool": options["pool"], "min_cell": options["min_cell"]} | more
    request = MeasureRequest(
        **located(options), **{name: options[name] for name in same}, **fields, artifact="", produced_by="",
        window_from=first, window_to=last, command=repeated("measure", kind), details=details or Details(),
    )  # fmt: skip
    with working(f"measuring {request.data.name}", share_done):
        written = measure_and_write(wish_of(kind, options), request, now=moment_of(options["now"]))
    show_written(written)
    return 0


def wish_of(kind: str, options: dict[str, Any]) -> Any:
    """Return where evidence goes and who is behind it, from the options of `of_version`."""
    from rampgate.app.evidence.attach import Wish

    names = ("out", "attach", "replace", "sign", "person")
    return Wish(options["repo"], kind, *(options[name] for name in names))


def located(options: dict[str, Any]) -> dict[str, Any]:
    """Return where the data are, from the options."""
    if options["data"] is not None and (options["table"] is not None or options["engine"] is not None):
        raise click.UsageError("data are either files, `--data FILE`, or a table, `--engine ADDRESS --table NAME`")
    if options["data"] is None and options["table"] is None:
        raise click.UsageError("say what to measure: `--data FILE`, or `--engine ADDRESS --table NAME`")
    if options["table"] is None:
        return {"data": options["data"], "engine": options["engine"]}
    return {"engine": options["engine"], "table": options["table"]}


def moment_of(text: str | None) -> Any:
    """Return the moment that the user names, or the clock's."""
    from rampgate.adapters.clock import now, parse_rfc3339

    return parse_rfc3339(text) if text else now()


def repeated(*begin: str) -> str | None:
    """Return the command that does the same again, None where it is too long to be kept.

    begin: its words after `rampgate`, before the options. Files stand in it by their names alone, for folders tell who
    somebody is, and no address of an engine does: both are in `source`.
    """
    import shlex

    context, words = click.get_current_context(), ["rampgate", *begin]
    local = context.params.get("table") is None
    for parameter in context.command.params:
        name = parameter.name or ""
        given = context.get_parameter_source(name) == ParameterSource.COMMANDLINE
        if not given or name in _NOT_REPEATED or isinstance(parameter, click.Argument):
            continue
        value = context.params[name]
        if value is True:
            words.append(parameter.opts[0])
            continue
        for each in value if isinstance(value, tuple) else (value,):
            is_file = isinstance(each, Path) or (local and name in PLACES)
            words += [parameter.opts[0], str(each).rstrip("/").rpartition("/")[2] if is_file else str(each)]
    text = shlex.join(words)
    return text if len(text) <= LONGEST_COMMAND else None


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


def names_of(text: str | None) -> tuple[str, ...]:
    """Return the names in a list with commas."""
    return tuple(name.strip() for name in text.split(",") if name.strip()) if text else ()


def decimal_of(text: str | None, hint: str) -> Decimal | None:
    """Return a decimal number, None for none. Raises BadParameter for what is no finite number."""
    if text is None or not text.strip():
        return None
    try:
        number = Decimal(text.strip())
    except InvalidOperation:
        number = Decimal("NaN")
    if not number.is_finite():
        raise click.BadParameter(f"`{text}` is not a number", param_hint=hint)
    return number


def between(text: str, hint: str) -> tuple[Decimal | None, Decimal | None]:
    """Return the least and the greatest number of `LOW..HIGH`; either may be left out."""
    low, dots, high = text.partition("..")
    found = (decimal_of(low, hint), decimal_of(high, hint)) if dots else (None, None)
    if found == (None, None):
        raise click.BadParameter(f"`{text}` is no range; write it as 0..100, 0.. or ..100", param_hint=hint)
    if found[0] is not None and found[1] is not None and found[0] > found[1]:
        raise click.BadParameter(f"nothing is at least {found[0]} and at most {found[1]}", param_hint=hint)
    return found


def named(text: str, hint: str, shape: str) -> tuple[str, str]:
    """Return column and rest of `COLUMN:REST`."""
    column, colon, rest = text.partition(":")
    if not colon or not column or not rest:
        raise click.BadParameter(f"`{text}` must be written as {shape}", param_hint=hint)
    return column, rest


def _with(command: Callable[..., Any], *options: Callable[..., Any]) -> Callable[..., Any]:
    for option in reversed(options):
        command = option(command)
    return command
