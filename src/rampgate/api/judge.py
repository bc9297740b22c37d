"""The gate as two functions."""

from __future__ import annotations

from os import PathLike
from pathlib import Path

from rampgate.app.judging.gate import GateRequest, Judged
from rampgate.app.judging.gate import examine as examine_request
from rampgate.app.moment import moment
from rampgate.model.decision import Decision


def gate(
    repo: str | PathLike[str],
    base: str,
    head: str,
    *,
    reviews: str | PathLike[str] | bytes | None = None,
    now: str | None = None,
) -> Decision:
    """Return the decision on what one revision would bring to another.

    repo: the repository, or a folder in it. base: on the governed branch; head: any revision. reviews: what the forge
    says of the pull request, as the path of a JSON file or as its bytes; None for no pull request. now: the moment to
    judge as of, RFC 3339; None for the clock's.
    Files that can not be read give a decision that is undecided and holds the problems. Raises UsageProblem for an
    unknown revision or a wrong moment, Unreachable for a repository or file that can not be opened.
    """
    return examine(repo, base, head, reviews=reviews, now=now).decision


def examine(
    repo: str | PathLike[str],
    base: str,
    head: str,
    *,
    reviews: str | PathLike[str] | bytes | None = None,
    now: str | None = None,
) -> Judged:
    """Return the decision with the facts and the rules that it rests on; as `gate` otherwise."""
    said = reviews if reviews is None or isinstance(reviews, bytes) else Path(reviews)
    return examine_request(GateRequest(Path(repo), base, head, moment(now), said))
