"""`rampgate audit replay`: recorded decisions made again, on the recorded bytes."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from rampgate.cli.history_options import filter_options, filters_from, place_options


@click.command("replay", short_help="Decide again, on the recorded bytes.")
@click.argument("ids", nargs=-1, metavar="[ID]...")
@click.option("--all", "everything", is_flag=True, help="Every record.")
@filter_options
@click.option(
    "--engine",
    type=click.Choice(["recorded", "current"]),
    default="recorded",
    show_default=True,
    help="By the engine that made it, or by this one whatever made it.",
)
@click.option(
    "--wheel",
    "wheels",
    multiple=True,
    type=click.Path(dir_okay=False, path_type=Path),
    metavar="FILE",
    help="A released wheel of rampgate, for what that version decided; may be given several times.",
)
@click.option("--policies", default="", metavar="REV", help="Say what the policies of a revision would have said.")
@click.option(
    "--at",
    type=click.Choice(["decision", "now"]),
    default="decision",
    show_default=True,
    help="With --policies: judged at the decision's own moment, or now.",
)
@click.option("--now", metavar="RFC3339", help="With --at now: the moment, such as 2026-11-20T10:00:00Z.")
@place_options
@click.option(
    "--format", "format_", type=click.Choice(["text", "json"]), default="text", show_default=True,
    help="How the answer is written.",
)  # fmt: skip
def command(ids: tuple[str, ...], everything: bool, policies: str, **given: Any) -> int:
    r"""Make recorded decisions again, and hold them against what is on record byte for byte.

    Commits, files, reviews and the history before it come from the branch of the history: a clone is enough, offline,
    after a squash merge whose branch is gone, and for what never landed. ID is the number of a record, a commit, or a
    pull request as `#12`; without one, give --all, or say by filters which records are meant.

    With --policies nothing is compared: it says what the verdict would have been, and which rules flip.

    \b
    rampgate audit replay 42
    rampgate audit replay --all
    rampgate audit replay --model credit-risk --since 2026-07-01
    rampgate audit replay 42 --policies stricter-fairness --at now

    \b
    Exit codes: 0 everything comes out the same, or --policies asked a question
                10 something differs, can not be made again, or the history
                   is not believed
                3 invalid settings   2 usage   4 no history in this clone
    """
    from rampgate.errors import UsageProblem

    filters = filters_from(given)
    if [bool(ids), everything, bool(filters.given)].count(True) != 1:
        raise UsageProblem("say which records are meant: by their numbers, or --all, or filters such as --model")
    if policies:
        _ask(ids, filters, policies, given)
        return 0
    return _replay(ids, filters, given)


def _replay(ids: tuple[str, ...], filters: Any, given: dict[str, Any]) -> int:
    from rampgate.app.replaying.replay import ReplayRequest, replay
    from rampgate.app.replaying.select import Selection
    from rampgate.cli.show import paint, progress, width
    from rampgate.reports.replay import render_json, render_text

    report = replay(
        ReplayRequest(
            given["repo"],
            Selection(ids, filters),
            given["engine"],
            given["wheels"],
            given["trust"],
            progress("judging again"),
        )
    )
    is_json = given["format_"] == "json"
    click.echo(render_json(report) if is_json else render_text(report, width=width(), paint=paint), nl=False)
    return 0 if report.is_sound else 10


def _ask(ids: tuple[str, ...], filters: Any, policies: str, given: dict[str, Any]) -> None:
    from rampgate.app.moment import moment
    from rampgate.app.replaying.elsewhere import PastRequest, past
    from rampgate.app.replaying.select import Selection
    from rampgate.cli.show import paint, progress, width
    from rampgate.errors import UsageProblem
    from rampgate.reports.past import render_json, render_text

    if given["wheels"] or given["engine"] == "current":
        raise UsageProblem("--policies asks this engine what it would say; leave out --engine and --wheel")
    now = moment(given["now"]) if given["at"] == "now" else ""
    answer = past(
        PastRequest(given["repo"], policies, Selection(ids, filters), now, given["trust"], progress("judging again"))
    )
    is_json = given["format_"] == "json"
    click.echo(render_json(answer) if is_json else render_text(answer, width=width(), paint=paint), nl=False)
