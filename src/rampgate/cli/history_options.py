"""The options that the commands on the decision history share."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import click

from rampgate.model.history_views import Filters

F = TypeVar("F", bound=Callable[..., Any])


def place_options(function: F) -> F:
    """Add `--repo` and `--trust`."""
    function = click.option(
        "--trust", type=click.Path(dir_okay=False, path_type=Path), metavar="FILE",
        help="Whose signatures count: a history.yaml that was kept elsewhere; else that of the governed branch.",
    )(function)  # fmt: skip
    return click.option(
        "--repo", type=click.Path(file_okay=False, path_type=Path), default=".", metavar="DIR", help="The repository."
    )(function)


def filter_options(function: F) -> F:
    """Add the filters; `filters_from` reads them."""
    for option in reversed(_FILTERS):
        function = option(function)
    return function


_FILTERS: tuple[Callable[[Any], Any], ...] = (
    click.option("--model", metavar="M", default="", help="Those about one model."),
    click.option("--stage", metavar="S", default="", help="Those that came to one stage, or asked to."),
    click.option("--person", metavar="P", default="", help="Who opened, approved, granted a waiver, broke the glass."),
    click.option("--verdict", metavar="V", default="", help="allow, hold, undecided or deny."),
    click.option("--kind", metavar="K", default="", help="promote, rollback, policy, baseline, ..."),
    click.option("--since", metavar="DATE", default="", help="Judged as of this UTC day or later."),
    click.option("--until", metavar="DATE", default="", help="Judged as of this UTC day or earlier."),
    click.option("--past-the-gate", is_flag=True, help="What landed without being let through."),
    click.option("--size", type=click.IntRange(1), metavar="N", help="As if the history had only its first N records."),
)


def filters_from(given: dict[str, Any], newest: int = 0) -> Filters:
    """Return the filters of a command, taken out of its words. Raises UsageProblem for what is no day."""
    from rampgate.app.moment import parse_day

    days = {name: parse_day(given.pop(name), f"--{name}") if given[name] else given.pop(name) for name in _DAYS}
    text = {name: given.pop(name) for name in ("model", "stage", "person", "verdict", "kind")}
    return Filters(**text, **days, past_the_gate=given.pop("past_the_gate"), newest=newest, size=given.pop("size") or 0)


_DAYS = ("since", "until")
