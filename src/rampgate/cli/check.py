"""`rampgate check`: every problem at once, from the work tree."""

from __future__ import annotations

from dataclasses import asdict, replace
from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from rampgate.app.checking.check import CheckReport


@click.command("check", short_help="Find every problem in cards, policies and evidence.")
@click.argument("paths", nargs=-1, type=click.Path(path_type=Path), metavar="[PATHS]...")
@click.option(
    "--repo", type=click.Path(file_okay=False, path_type=Path), default=".", metavar="DIR", help="The repository."
)
@click.option(
    "--format", "format_", type=click.Choice(["text", "json"]), default="text", show_default=True,
    help="How problems are written.",
)  # fmt: skip
@click.option("--now", metavar="RFC3339", help="The moment at which waivers and rules are looked at; else the clock's.")
def command(paths: tuple[Path, ...], repo: Path, format_: str, now: str | None) -> int:
    r"""Find every problem in model cards, policies, people, waivers and evidence.

    Reads the files as they lie in the work tree, committed or not. PATHS, files or folders, limit what is reported;
    ladder, people and models are read in any case, because cards refer to them. Nothing is judged here: whether a
    model may move is for `rampgate plan` and `rampgate gate` to say.

    \b
    Found are, each at file:line:column with the next step:
      what a file's schema does not allow, and names that lead nowhere
      evidence whose bytes or numbers are not what they say
      rules that can never speak, or that loosen up the ladder
      quorums that nobody can reach; files that rampgate does not know
      waivers that could never count

    A waiver that ended, or whose version has passed its stage, is noted: it is no problem, for nobody has to touch a
    file for it to become so. `rampgate waivers` says of each how it stands.

    \b
    rampgate check
    rampgate check model_cards/credit-risk/2.0.0/card.yaml
    rampgate check policies --format json

    \b
    Exit codes: 0 no problems   3 problems, or no policies at all
                2 usage   4 out of reach
    """
    from rampgate.app.checking.check import check
    from rampgate.cli.show import progress

    report = check(repo, paths, day=_day(now), progress=progress("checking cards"))
    if format_ == "json":
        click.echo(_as_json(report), nl=False)
    else:
        _show(report)
    return 3 if report.problems else 0


def _day(now: str | None) -> str:
    if now is None:
        return ""
    from rampgate.app.moment import moment

    return moment(now)[:10]


def _show(report: CheckReport) -> None:
    counts = [
        f"{number} {name if number != 1 else _one(name)}"
        for name, number in report.counts.items()
        if number or name == "cards"
    ]
    seen = f"{', '.join(counts)} in the work tree"
    total = "no problems"
    if report.problems or report.notes:
        from rampgate.cli.show import problem_lines

        *lines, found = problem_lines(report.problems)
        *noted, _ = problem_lines(replace(each, message=f"note: {each.message}") for each in report.notes)
        for line in (*lines, *noted):
            click.echo(line)
        total = found if report.problems else total
    _echo_wrapped(f"{seen}: {total}")


def _echo_wrapped(line: str) -> None:
    """Write a line, wrapped on a terminal that is too narrow; in a pipe it stays whole, for whoever searches it."""
    from rampgate.cli.show import is_terminal, note_lines, width

    for each in note_lines(line) if is_terminal() and len(line) > width() else [line]:
        click.echo(each)


def _one(name: str) -> str:
    return {"policies": "policy"}.get(name, name.removesuffix("s"))


def _as_json(report: CheckReport) -> str:
    import json

    value = {
        "schema": "rampgate/check/v1",
        "read": "work tree",
        "counts": dict(report.counts),
        "problems": [asdict(each) for each in report.problems],
        "notes": [asdict(each) for each in report.notes],
    }
    return json.dumps(value, indent=2, ensure_ascii=False) + "\n"
