"""What the doctor reads of the decision history in the clone: how far it goes, and which key signs the next record."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from rampgate.adapters import packaged
from rampgate.adapters.git_objects import GitObjects
from rampgate.adapters.ledger import Ledger
from rampgate.app.judging.trees import GitTree
from rampgate.app.judging.trust import Trust, read_believed
from rampgate.core.paths import Area, area_of
from rampgate.errors import InvalidInput, UsageProblem
from rampgate.formats.nouns import noun_of
from rampgate.formats.yaml_text import load_yaml
from rampgate.model.doctor import HistorySeen, LogSeen, Unread
from rampgate.model.history import DECISIONS, HistorySettings
from rampgate.model.record import Record
from rampgate.model.sourced import Missing

PATH: Final = "policies/history.yaml"
VERIFY: Final = "`rampgate audit verify` says what is wrong with it"
MOST_STEPS: Final = 500
"""How many commits are looked through for what is on no record; whoever is further behind is told of those."""


def read_history(git: GitObjects, tree: GitTree, tip: str) -> HistorySeen | None:
    """Return the history that a commit of the governed branch declares, None where it declares none."""
    if not tree.exists(PATH):
        return None
    try:
        settings = noun_of(
            load_yaml(tree.read(PATH), PATH), HistorySettings, "history", packaged.schema("history")
        ).noun
    except InvalidInput as error:
        return HistorySeen(DECISIONS, (), Unread(str(error.problems[0]), "correct the file, in a change of the rules"))
    try:
        ledger = Ledger.on(git, settings.branch)
        log = None if ledger is None else _log(git, ledger, Trust(settings), tip)
    except (InvalidInput, UsageProblem) as error:
        words = f"the decision history can not be believed: {str(error).splitlines()[0]}"
        return HistorySeen(settings.branch, (), Unread(words, VERIFY))
    place = log.size if log else 0
    able = tuple(each.name for each in settings.signers if not each.why_not_at(place))
    return HistorySeen(settings.branch, able, log)


def _log(git: GitObjects, ledger: Ledger, trust: Trust, tip: str) -> LogSeen:
    size = ledger.size
    newest = next(iter(read_believed(ledger, ledger.entries(max(size - 1, 0), size), trust)), None)
    if newest is None:
        return LogSeen(0, "", unrecorded=tuple(_governed_since(git, "", tip)))
    signer = trust.signer(newest)
    assert not isinstance(signer, Missing), "it is believed"
    is_cut = not _is_on(git, newest.record, tip)
    since = () if is_cut else tuple(_governed_since(git, newest.record.git.covered, tip))[::-1]
    return LogSeen(size, signer.name, signer.why_not_at(size), since, is_cut)


def _is_on(git: GitObjects, record: Record, tip: str) -> bool:
    return git.has_commit(record.git.covered) and git.is_on_branch(record.git.covered, tip)


def _governed_since(git: GitObjects, covered: str, tip: str) -> Iterator[str]:
    """Yield the governed commits along the branch's own line, from the tip down to a commit, not included."""
    commit = tip
    for _ in range(MOST_STEPS):
        if commit == covered:
            return
        found = git.commit(commit)
        if not found.parents:
            return
        changes = git.changed_paths(git.tree_of(found.parents[0]), found.tree)
        if any(area_of(each.path) not in (Area.OUTSIDE, Area.PROSE) for each in changes):
            yield commit
        commit = found.parents[0]
