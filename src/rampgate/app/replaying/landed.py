"""Whether what a record says of what landed is what Git says: its kind, its moves, the tree that merging gives.

A decision made again comes out the same whatever its record says of what landed then; and where a version stood goes
by just that. Deliberately not here: the decision itself (`replay`), and what needs no card to be read (`audit verify`).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from rampgate.adapters.git_objects import GitObjects
from rampgate.app.history.open_history import OpenHistory
from rampgate.app.recording.landing import merged_tree
from rampgate.app.recording.trees import differing, every_version, ladder_of, standings
from rampgate.core.recorded import kind_of, moves_between
from rampgate.model.decision import Decision
from rampgate.model.record import Record, RecordedMove, RecordKind
from rampgate.model.replay import Difference
from rampgate.model.vocabulary import RETIRED, ChangeKind

_NONE = "-"


def opening_difference(history: OpenHistory, opening: Record) -> Difference | None:
    """Return in what the baselines differ from what stood where the history begins, None for nothing."""
    git, start = history.git, opening.git.covered
    if not git.has_commit(start):
        return None
    tree = git.tree_of(start)
    found = standings(git, tree, every_version(git, tree), ladder_of(git, tree))
    expected = [move for move in moves_between({}, found) if move.to != RETIRED]
    return _in_moves(
        "what stood when it began", [move for each in _baselines(history) for move in each.moves], expected
    )


def _baselines(history: OpenHistory) -> Iterator[Record]:
    for seq in range(1, history.ledger.size):
        record = history.one(seq).record
        if record.kind is not RecordKind.BASELINE:
            return
        yield record


def landed_difference(git: GitObjects, record: Record, again: Decision | None) -> Difference | None:
    """Return in what a record differs first from the commit that it is about, None for nothing.

    git: a repository that has what the record brings; what lacks the commits can not be compared. again: the decision
    made again, None where nothing was judged.
    """
    base, landed = record.git.base, record.git.landed
    if base is None or landed is None or not (git.has_commit(base) and git.has_commit(landed)):
        return None
    return next(_differences(git, record, base, landed, again), None)


def _differences(
    git: GitObjects, record: Record, base: str, landed: str, again: Decision | None
) -> Iterator[Difference]:
    before, after = git.tree_of(base), git.tree_of(landed)
    differs = differing(git, before, after)
    ladder = ladder_of(git, before) or ladder_of(git, after)
    was, stands = (standings(git, tree, differs.versions, ladder) for tree in (before, after))
    found = _in_moves("what landed", record.moves, moves_between(was, stands))
    if found is not None:
        yield found
    if again is not None and again.change is not ChangeKind.NONE:
        kind = kind_of(again, again, touches_rules=differs.touches_rules)
        if kind is not record.kind:
            yield Difference("", "", "the record's own kind", str(record.kind), str(kind))
    if record.pull is not None and record.git.head is not None:
        merged = _merged(git, base, record.git.head)
        if merged not in (record.git.landing_tree, None):
            yield Difference("", "", "the tree that merging gives", str(record.git.landing_tree), str(merged))


def _merged(git: GitObjects, base: str, head: str) -> str | None:
    """Return the tree that merging gives, None where they do not merge, or not with what is here."""
    if not git.has_commit(head):
        return None
    commit = git.commit(head)
    # Nothing has to be merged with the only commit that a change was made on.
    return commit.tree if commit.parents == (base,) else merged_tree(git, base, head)


def _in_moves(where: str, recorded: Iterable[RecordedMove], again: Iterable[RecordedMove]) -> Difference | None:
    old, new = (sorted(_shown(each) for each in moves) for moves in (recorded, again))
    if old == new:
        return None
    only_old, only_new = ([each for each in these if each not in those] for these, those in ((old, new), (new, old)))
    return Difference("", "", where, "; ".join(only_old) or _NONE, "; ".join(only_new) or _NONE)


def _shown(move: RecordedMove) -> str:
    artifact = f", {move.artifact}" if move.artifact else ""
    return f"{move.model} {move.version}: {move.from_ or _NONE} -> {move.to or _NONE}{artifact}"
