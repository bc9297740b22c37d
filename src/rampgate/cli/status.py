"""`rampgate status`: what stands where."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from rampgate.app.planning.status import VersionStatus


@click.command("status", short_help="Show what stands where.")
@click.argument("model", required=False)
@click.option(
    "--repo", type=click.Path(file_okay=False, path_type=Path), default=".", metavar="DIR", help="The repository."
)
@click.option("--now", metavar="RFC3339", help="The moment at which ends are looked at; else the clock's.")
def command(model: str | None, repo: Path, now: str | None) -> int:
    r"""Show every model version: its stage and share of traffic, tier, task, owner, newest evidence, and what ends.

    Reads the work tree as it is. With MODEL, shows each version of it in full, and since when it stands where it
    stands, where this clone has the decision history. What stands in the way of the next stage is for `rampgate plan
    MODEL` to say.

    \b
    rampgate status
    rampgate status credit-risk

    \b
    Exit codes: 0 done   3 ladder, people, models or a card are invalid
                2 there is no such model
    """
    from rampgate.app.moment import moment
    from rampgate.app.planning.status import status

    day = moment(now)[:10]
    versions = status(repo, day=day, model=model or "")
    lines = _details(versions, day) if model else _overview(versions, day)
    for line in lines:
        for fitted in _fitted(line):
            click.echo(fitted)
    return 3 if any(each.problem for each in versions) else 0


def _overview(versions: Sequence[VersionStatus], day: str) -> Iterator[str]:
    from rampgate.cli.show import table

    if not versions:
        yield "There are no model cards yet; `rampgate new MODEL VERSION` writes one."
        return
    header = ("model", "version", "stage", "traffic", "tier", "task", "owner", "evidence", "ends")
    rows = [
        (
            each.model,
            each.version,
            each.stage,
            f"{each.traffic}%",
            each.card["tier"],
            each.card["task"],
            each.card["owners"]["business"],
            each.newest or "none",
            _ends(each, day),
        )
        for each in versions
        if each.card is not None
    ]
    yield from table(header, rows, right=(3,))
    yield from _invalid(versions)


def _ends(each: VersionStatus, day: str) -> str:
    """Return the first review that is owed, else the first end of a waiver or attestation, and how many more end."""
    if each.reviews:
        first = min(owed.ends for owed in each.reviews)
        return f"review overdue {first}" if first < day else f"review by {first}"
    ends = sorted([(waiver.ends, "waiver") for waiver in each.waivers])
    ends += [(attestation.ends, "attestation") for attestation in each.ending(day)]
    if not ends:
        return "-"
    first, what = min(ends)
    verb = "ended" if first < day else "until"
    return f"{what} {verb} {first}" + (f", {len(ends) - 1} more" if len(ends) > 1 else "")


def _invalid(versions: Sequence[VersionStatus]) -> Iterator[str]:
    for each in versions:
        if each.problem:
            yield f"{each.model} {each.version}: {each.problem}"
    if any(each.problem for each in versions):
        yield "fix: `rampgate check` lists every problem"


def _details(versions: Sequence[VersionStatus], day: str) -> Iterator[str]:
    from rampgate.cli.show import paint

    for number, each in enumerate(versions):
        if number:
            yield ""
        if each.card is None:
            continue
        card = each.card
        since = f" since {each.since}" if each.since else ""
        yield f"{paint(f'{each.model} {each.version}', 'cyan')}  {each.stage}{since}, {each.traffic}% of traffic"
        if card.get("summary"):
            yield f"  {' '.join(card['summary'].split())}"
        yield f"  tier: {card['tier']}   task: {card['task']}"
        yield "  owners: " + ", ".join(f"{kind} {person}" for kind, person in card["owners"].items() if person)
        yield f"  artifact: {card['artifact'].get('digest') or _parts(card['artifact']['parts'])}"
        fallback = card.get("fallback")
        if isinstance(fallback, dict) and "target" in fallback:
            yield f"  fallback: {fallback['kind']}, {fallback['target']}"
        yield from _listed(
            "evidence", [f"{path} of {produced or 'an unknown day'}" for path, produced in each.evidence]
        )
        yield from _listed("live waivers", [f"{waiver.what}, until {waiver.ends}" for waiver in each.waivers])
        if each.reviews:
            words = [f"{o.what}, review {'overdue since' if o.ends < day else 'due by'} {o.ends}" for o in each.reviews]
            yield from _listed("break-glass", words)
        yield from _listed(
            "attestations",
            [f"{a.what}, {'ended on' if a.ends < day else 'until'} {a.ends}" for a in each.attestations],
        )
    yield from _invalid(versions)


def _parts(parts: Sequence[dict[str, str]]) -> str:
    return "; ".join(f"{part['name']} {part.get('digest') or part.get('provider_version')}" for part in parts)


def _listed(word: str, items: Sequence[str]) -> Iterator[str]:
    if not items:
        yield f"  {word}: none"
        return
    yield f"  {word}:"
    yield from (f"    {item}" for item in items)


def _fitted(line: str) -> list[str]:
    """Return a line as one or more that fit the window; only what has no blank is ever broken."""
    import textwrap

    from rampgate.cli.show import width
    from rampgate.reports.escape import plain

    if "\x1b" in line or len(line) <= width():
        return [line]
    indent = " " * (len(line) - len(line.lstrip()) + 2)
    return textwrap.wrap(
        plain(line), width(), subsequent_indent=indent, break_on_hyphens=False, drop_whitespace=True
    ) or [""]
