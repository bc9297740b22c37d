"""What other policies would have said of recorded decisions, at each decision's moment or now."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

from rampgate.adapters.git_objects import GitObjects, opened
from rampgate.app.history.open_history import OpenHistory, open_history
from rampgate.app.judging.control import Control, load_control
from rampgate.app.judging.trees import GitTree
from rampgate.app.replaying.again import Again, PastJudge
from rampgate.app.replaying.select import Selection, places, title_of
from rampgate.app.replaying.told import told
from rampgate.core.shifts import shifts
from rampgate.errors import InvalidInput
from rampgate.formats.record import SealedRecord
from rampgate.model.replay import Past, PastRow
from rampgate.model.sourced import Missing

Tell = Callable[[int, int], None]
_ANY_DAY: Final = "9999-12-31"
"""Every revision of a rule is looked at on any day."""


@dataclass(frozen=True, slots=True)
class PastRequest:
    """What is asked. policies: a revision; now: RFC 3339, "" for each decision's own moment."""

    repo: Path | GitObjects
    policies: str
    selection: Selection
    now: str = ""
    trust: Path | None = None
    tell: Tell | None = None


def past(request: PastRequest) -> Past:
    """Return what the policies of a revision say of recorded decisions.

    Raises UsageProblem for a revision, an id or a name that means nothing, InvalidInput for policies that are not
    valid, NotBelieved for a history that is not to be believed, Unreachable where there is none.
    """
    with opened(request.repo) as git:
        commit = git.resolve(request.policies)
        control = control_at(git, commit, request.policies)
        with open_history(git, request.trust) as history:
            picked = places(history, request.selection)
            answer = past_under(history, control, picked, now=request.now, tell=request.tell)
    return replace(answer, policies=f"revision `{request.policies}` ({commit[:7]})")


def control_at(git: GitObjects, commit: str, name: str) -> Control:
    """Return the control files of a commit, whose rules work.

    Raises InvalidInput with every problem of them, at `name:path`.
    """
    try:
        control = load_control(GitTree(git, git.tree_of(commit), name))
        control.rules(_ANY_DAY)
    except InvalidInput as error:
        raise InvalidInput(replace(each, path=f"{name}:{each.path}") for each in error.problems) from None
    return control


def newest_decisions(history: OpenHistory, since: str, newest: int) -> tuple[list[int], int]:
    """Return the places of the newest decisions as of a day or later, and how many older ones are left out.

    since: a UTC day, "" for all; newest: at most so many, 0 for all. Raises NotBelieved as `OpenHistory.entries` does.
    """
    found = [each.seq for each in history.entries() if each.record.decision and each.record.at[:10] >= since]
    kept = found[-newest:] if newest else found
    return kept, len(found) - len(kept)


def past_under(
    history: OpenHistory, control: Control, picked: list[int] | None, *, now: str = "", tell: Tell | None = None
) -> Past:
    """Return what control files say of the picked records of an open history, None for all of them."""
    number = history.ledger.size if picked is None else len(picked)
    rows, not_judged = [], 0
    with PastJudge(history.git, history.ledger) as judge:
        for done, (sealed, before) in enumerate(told(history, picked), 1):
            if sealed.record.decision is None:
                not_judged += 1
            else:
                rows.append(_row(sealed, judge.again(sealed.record, before, control=control, now=now)))
            if tell is not None:
                tell(done, number)
    return Past("", now, tuple(rows), history.ledger.size, not_judged=not_judged)


def _row(sealed: SealedRecord, again: Again | Missing) -> PastRow:
    record = sealed.record
    assert record.decision is not None
    row = PastRow(record.seq, title_of(sealed), record.at, str(record.decision.verdict), "")
    if isinstance(again, Missing):
        return replace(row, why=again.why)
    if again.absent:
        return replace(row, why=again.why_absent)
    decision = again.judged.decision
    return replace(
        row,
        # A decision is on record, so something governed differs; under no policies is that otherwise.
        after=str(decision.verdict),
        shifts=() if decision.problems else shifts(record.decision.findings, decision.findings),
        problems=tuple(str(each) for each in decision.problems),
    )
