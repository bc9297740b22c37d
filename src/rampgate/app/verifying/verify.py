"""Proves a decision history from a clone: nothing was altered, and nothing was left out.

Commits of the history, records, signatures, contents, the governed branch in both directions, and checkpoints. Every
fault is told, not only the first. Deliberately not here: whether the decisions were right (`rampgate audit replay`).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from rampgate.adapters.git_objects import GitObjects, opened
from rampgate.app.history.governed_tip import trusted_settings
from rampgate.app.judging.trust import Trust
from rampgate.app.verifying.checkpoints import read_kept
from rampgate.app.verifying.proof import Proof
from rampgate.app.verifying.start import start_behind
from rampgate.errors import InvalidInput, Problem, Unreachable, UsageProblem
from rampgate.model.history import HistorySettings
from rampgate.model.verified import Mismatch, Verified


@dataclass(frozen=True, slots=True)
class VerifyRequest:
    """What is to be proven, by whose keys.

    trust: a file like `policies/history.yaml` that the auditor holds, None for the one of the governed branch.
    checkpoints: files that were kept elsewhere. since: one of them, behind which alone is verified.
    """

    repo: Path | GitObjects
    trust: Path | None = None
    checkpoints: tuple[Path, ...] = ()
    since: Path | None = None


def verify(request: VerifyRequest) -> Verified:
    """Return what holds of a history and what does not.

    Raises InvalidInput where settings or checkpoints are not valid, or the clone is one that can not be believed;
    Unreachable where it has no history and no checkpoint says that there was one.
    """
    with opened(request.repo) as git:
        settings, governed = trusted_settings(git, request.trust)
        kept = [read_kept(each, settings) for each in request.checkpoints]
        since = read_kept(request.since, settings) if request.since else None
        kept += [since] if since and since.path not in {each.path for each in kept} else []
        tips = _tips(git, settings)
        if not tips and not kept:
            raise Unreachable(
                f"there is no decision history here: no branch `{settings.branch}`; "
                f"fetch it: `git fetch origin {settings.branch}`; `rampgate record` begins it"
            )
        proof = Proof(git, _trust(settings), governed, kept)
        proof.mismatches += _two_histories(git, tips, settings)
        if tips:
            proof.run(tips[0], start_behind(git, tips[0], since))
        return proof.result("file" if request.trust else "repository", str(request.trust or ""))


def _tips(git: GitObjects, settings: HistorySettings) -> list[str]:
    """Return where the branch stands, as the forge has it first."""
    return git.tips(f"refs/remotes/origin/{settings.branch}", f"refs/heads/{settings.branch}")


def _trust(settings: HistorySettings) -> Trust:
    try:
        return Trust(settings)
    except UsageProblem as error:
        raise InvalidInput([Problem("policies/history.yaml", str(error))]) from None


def _two_histories(git: GitObjects, tips: list[str], settings: HistorySettings) -> Iterator[Mismatch]:
    """Yield that the clone holds two histories, neither of which is the beginning of the other."""
    if len(tips) == 2 and not git.is_on_branch(tips[0], tips[1]) and not git.is_on_branch(tips[1], tips[0]):
        what = (
            f"`origin/{settings.branch}` and `{settings.branch}` are two histories, neither the beginning of the other"
        )
        yield Mismatch("log.fork", f"branch {settings.branch}", what, tips[1], tips[0])
