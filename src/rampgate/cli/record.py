"""`rampgate record`: judge again what landed, and write it into the decision history."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from rampgate.app.recording.here import Outcome
    from rampgate.model.landing import Landing
    from rampgate.model.record import Record

KEY_VARIABLE = "RAMPGATE_HISTORY_KEY_FILE"
_FILE = click.Path(dir_okay=False, path_type=Path)


@click.command("record", short_help="Judge again what landed, and write it into the decision history.")
@click.option(
    "--before",
    default="",
    metavar="REV",
    help="Where no history is declared: the branch as it was before; not looked at itself.",
)
@click.option("--after", default="", metavar="REV", help="The branch as it is now.  [default: its tip]")
@click.option("--branch", default="main", show_default=True, metavar="NAME", help="The governed branch.")
@click.option(
    "--closed",
    type=click.IntRange(min=1),
    metavar="N",
    help="Record the last verdict on pull request N too, which was closed without a merge.",
)
@click.option(
    "--key",
    type=_FILE,
    envvar=KEY_VARIABLE,
    metavar="FILE",
    help=f"The SSH key that signs records.  [default: ${KEY_VARIABLE}]",
)
@click.option("--dry-run", is_flag=True, help="Show what would be recorded; sign and push nothing.")
@click.option("--offline", is_flag=True, help="Ask no forge: the clone's own branches, and --now.")
@click.option("--now", default="", metavar="TIME", help="With --offline, the moment, such as 2026-11-20T10:00:00Z.")
@click.option(
    "--reviews", type=_FILE, metavar="FILE", help="With --offline, what the forge said of the newest landing."
)
@click.option(
    "--head",
    default="",
    metavar="REV",
    help="With --offline, the head that landed last.  [default: the second parent of a merge]",
)
@click.option(
    "--repo", type=click.Path(file_okay=False, path_type=Path), default=".", metavar="DIR", help="A whole clone."
)
@click.option(
    "--json",
    "json_file",
    type=_FILE,
    metavar="FILE",
    help="Write every landing with its decision there, and the numbers of the records.",
)
def command(json_file: Path | None, **words: Any) -> int:
    r"""Judge again everything governed that landed, and append it to the decision history.

    For each commit of the governed branch's own line the pull request is asked for, with the reviews that it had when
    it was merged. A commit without a pull request, with another tree than its pull request gives, or merged without
    an allowance is told loudly. Where `policies/history.yaml` declares a history, each becomes one signed record on
    its branch, from the newest commit on record on; without it, --before says from where on what landed is judged.

    \b
    rampgate record --key history-key
    rampgate record --key history-key --closed 17
    rampgate record --before "$BEFORE" --after "$AFTER" --json landed.json
    rampgate record --offline --now 2026-11-20T10:00:00Z \
        --reviews reviews.json --key history-key

    \b
    Exit codes: 0 everything that landed was allowed   10 something went past
                the gate   2 usage   3 the history or its settings are invalid
                4 GitHub or Git could not be reached, or the clock is behind
    """
    from rampgate.app.write import write_whole
    from rampgate.reports.landings import as_json_text

    outcome = _recorded(words)
    _tell(outcome)
    if json_file:
        write_whole(json_file, as_json_text(outcome.landings, outcome.records).encode())
    if outcome.is_clean:
        return 0
    click.echo("Next: roll back what should not serve, and find out who could push or merge past the rules.")
    return 10


def _recorded(words: Mapping[str, Any]) -> Outcome:
    from rampgate.app.moment import moment
    from rampgate.app.recording.here import Given, RecordHere, record_here, record_offline
    from rampgate.app.recording.run import RecordRequest
    from rampgate.errors import UsageProblem

    request = RecordRequest(words["key"], words["after"], words["closed"] or 0, words["dry_run"])
    here = RecordHere(words["repo"], words["branch"], words["before"], request)
    if not words["offline"]:
        if words["now"] or words["reviews"] or words["head"]:
            raise UsageProblem("--now, --reviews and --head go with --offline; the forge is asked otherwise")
        return record_here(os.environ, here)
    if not words["now"]:
        raise UsageProblem("--offline needs --now: nobody is asked for the moment")
    if words["closed"] or words["before"]:
        raise UsageProblem("--closed and --before ask the forge; leave them or --offline out")
    return record_offline(here, Given(moment(words["now"]), words["reviews"], words["head"]))


def _tell(outcome: Outcome) -> None:
    from rampgate.cli.show import plain

    landings = {each.record: each for each in outcome.landings}
    if not outcome.declared:
        for landing in outcome.landings:
            _tell_landing(landing)
    for record in outcome.records:
        if record.seq in landings:
            _tell_landing(landings[record.seq])
        else:
            _tell_record(record)
    if not outcome.landings and not outcome.records:
        click.echo("everything is on record" if outcome.declared else "nothing governed landed")
    for note in outcome.notes:
        click.echo(plain(note), err=True)


def _tell_landing(landing: Landing) -> None:
    from rampgate.cli.show import note_lines, plain
    from rampgate.reports.words import change_line

    came = f"pull request {landing.pull}" if landing.pull else "no pull request"
    decision = landing.decision
    judged = (
        f"{decision.verdict}  {change_line(decision)}" if decision.verdict else "nothing governed in the pull request"
    )
    number = "" if landing.record is None else f"record {landing.record}  "
    click.echo(plain(f"{number}{landing.commit[:10]}  {came}  {judged}"))
    _tell_faults(landing.faults)
    for problem in decision.problems:
        for line in note_lines(str(problem), "  "):
            click.echo(line)


def _tell_record(record: Record) -> None:
    from rampgate.cli.show import plain

    verdict = f"  {record.decision.verdict}" if record.decision else ""
    closed = f"  pull request {record.pull.number}, closed" if record.pull else ""
    click.echo(plain(f"record {record.seq}  {record.git.covered[:10]}{closed}{verdict}  {record.title}"))
    _tell_faults(record.past_the_gate)


def _tell_faults(faults: tuple[str, ...]) -> None:
    from rampgate.cli.show import paint, plain

    for fault in faults:
        click.echo(paint(plain(f"  past the gate: {fault}"), "red"))
