"""Simulates approvals of a pull request as it is at the forge now; see `rampgate.app.simulate`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from rampgate.adapters.git_objects import GitObjects
from rampgate.adapters.github.client import GitHub
from rampgate.app.ci.gather import gather, told
from rampgate.app.ci.judging import Place, fetch_branch, fetch_head, history_at, moment, teams_of
from rampgate.app.github.review import pull_named
from rampgate.app.github.upstream import settings_here
from rampgate.app.simulate import SimulateRequest, simulate
from rampgate.model.simulated import Simulated


def simulate_pull(
    environ: Mapping[str, str], repo: Path, number: int, approve_by: Sequence[str], ignore: Sequence[str], now: str = ""
) -> Simulated:
    """Return the decision on a pull request as it is, and as it would be.

    now: RFC 3339 in UTC, "" for the forge's clock. Objects are fetched into the clone under refs of their own.
    Raises as `simulate` does; Refused where GitHub has no such pull request.
    """
    settings = settings_here(repo, environ, "reading the pull request")
    with GitHub(settings) as forge:
        pull = pull_named(forge, number)
        with GitObjects.open(repo) as git:
            place = Place(git, settings.git_url, settings.token, str(told(pull, "base", "ref")))
            base = fetch_branch(place)
            history = history_at(place, base)
            if history.problem is not None:
                raise history.problem
            said = gather(forge, number, teams_of(git, base))
            fetch_head(place, said)
        at = now or moment(forge)
    return simulate(SimulateRequest(repo, base, said.head, at, said.body(), approve_by, ignore))
