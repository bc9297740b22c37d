"""What the judge reads of the decision history before it decides about one model."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import chain
from typing import Final

from rampgate.adapters.git_objects import GitObjects
from rampgate.adapters.ledger import Ledger, LogEntry
from rampgate.app.judging.trust import Trust, read_briefs
from rampgate.core.chronicle import contents, is_about, stays, unsettled
from rampgate.core.paths import CARDS, Area, area_of
from rampgate.errors import InvalidInput, Problem, UsageProblem
from rampgate.formats.record import SealedRecord, may_be_about
from rampgate.model.history import History, HistorySettings
from rampgate.model.record import Record, RecordKind
from rampgate.model.sourced import Missing, Sourced

NOT_SET_UP = Missing("there is no decision history to go by", "set up recording first")
_MAX_UNCOVERED: Final = 5
_OF_NO_MODEL: Final = (RecordKind.OPENING, RecordKind.REWRITTEN)


@dataclass
class Chronicle:
    """The records up to a place: those of a branch, and those that a run of `record` has made and not yet pushed."""

    ledger: Ledger | None
    trust: Trust
    end: int
    more: Sequence[SealedRecord] = ()
    _entries: Sequence[LogEntry] | None = field(init=False, repr=False, default=None)

    @property
    def size(self) -> int:
        """Return how many records there are."""
        return self.end + len(self.more)

    def newest(self) -> SealedRecord | None:
        """Return the last record; of the branch, without findings."""
        return self.more[-1] if self.more else self._newest_on_branch()

    def _newest_on_branch(self) -> SealedRecord | None:
        if self.ledger is None or not self.end:
            return None
        return next(read_briefs(self.ledger, self.ledger.entries(self.end - 1, self.end), self.trust))

    def about(self, model: str) -> list[SealedRecord]:
        """Return every record that matters for a model, in order: its own, and those of no one model.

        Each is signed, and follows the model's record before it by digest: none of them was left out.
        Raises InvalidInput where that does not hold.
        """
        found = [each for each in (*self._named_for(model), *self.more) if is_about(each.record, model)]
        _refuse_gaps(found, model)
        return found

    def last(self, model: str) -> str | None:
        """Return the digest of the newest record of a model, None where it has none."""
        newest_first = chain(reversed(self.more), self._back(model))
        return next((each.digest for each in newest_first if model in each.record.models), None)

    def _back(self, model: str) -> Iterator[SealedRecord]:
        """Yield the records of the branch that can be about a model, one by one, the newest first."""
        if self.ledger is not None and self.entries():
            for entry in self.ledger.newest_first(model, self.end):
                yield from read_briefs(self.ledger, [entry], self.trust)

    def _named_for(self, model: str) -> Iterator[SealedRecord]:
        """Yield the records of the branch that can be about a model by the names of their files, all believed."""
        if self.ledger is None:
            return iter(())
        wanted = [each for each in self.entries() if may_be_about(each.path, model)]
        return read_briefs(self.ledger, wanted, self.trust)

    def up_to(self, end: int) -> Chronicle:
        """Return the records of the branch before a place; whether their names hold is not looked at anew."""
        found = Chronicle(self.ledger, self.trust, end)
        found._entries = self.entries()[:end]
        return found

    def entries(self) -> Sequence[LogEntry]:
        """Return the files of the branch's records, whose names say what they are about.

        The newest is signed and names the folder that it was added to: whoever can write to the branch and has no key
        gives no record another name or other bytes, and takes none away. Raises InvalidInput where that does not hold.
        """
        if self._entries is None:
            self._entries = self._vouched_for()
        return self._entries

    def _vouched_for(self) -> Sequence[LogEntry]:
        newest = self._newest_on_branch()
        if self.ledger is None or newest is None:
            return ()
        entries = self.ledger.entries(0, self.end)
        found, expected = self.ledger.grown(self.end - 1).name, newest.record.log
        if found != expected:
            what = "the records before it are not those that it was added to"
            raise InvalidInput([Problem(entries[-1].path, what, found=str(found), expected=str(expected))])
        return entries


def _refuse_gaps(found: Sequence[SealedRecord], model: str) -> None:
    before: str | None = None
    for each in found:
        if model not in each.record.model_prev:
            continue
        if each.record.model_prev[model] != before:
            raise InvalidInput([_gap(each, model)])
        before = each.digest


def _gap(sealed: SealedRecord, model: str) -> Problem:
    return Problem(f"log record {sealed.record.seq}", f"it does not follow the record of `{model}` before it")


def chronicle_of(git: GitObjects, settings: HistorySettings) -> Chronicle | Missing:
    """Return the history as it stands in this clone, or why it can not be read."""
    try:
        ledger = Ledger.on(git, settings.branch)
        if ledger is None:
            return Missing(
                f"the decision history is not here: there is no branch `{settings.branch}`",
                f"fetch it: `git fetch origin {settings.branch}`; where it has not begun, `rampgate record` begins it",
            )
        return Chronicle(ledger, Trust(settings), ledger.size)
    except (InvalidInput, UsageProblem) as error:
        return _unreadable(error)


def history_of(
    git: GitObjects, declared: Sourced[HistorySettings] | Missing, model: str, base: str, given: Chronicle | None = None
) -> History | Missing:
    """Return what the history says of a model, as seen from a commit of the governed branch; or why it says nothing.

    given: the history to go by; else that of the clone.
    """
    if isinstance(declared, Missing):
        return NOT_SET_UP
    chronicle = given or chronicle_of(git, declared.noun)
    if isinstance(chronicle, Missing):
        return chronicle
    try:
        return _told_by(chronicle, git, model, base)
    except (InvalidInput, UsageProblem) as error:
        return _unreadable(error)


def _told_by(chronicle: Chronicle, git: GitObjects, model: str, base: str) -> History | Missing:
    newest = chronicle.newest()
    if newest is None:
        return Missing("the decision history is empty", "`rampgate record` begins it")
    records = [each.record for each in chronicle.about(model)]
    if not records or records[0].kind is not RecordKind.OPENING:
        raise InvalidInput([Problem("log record 0", "the history does not begin with its opening")])
    return History(
        size=chronicle.size,
        head=newest.digest,
        stays=stays(records, model),
        contents=contents(records, model),
        unsettled=unsettled(records, model),
        uncovered=_uncovered(git, newest.record, records, model, base),
    )


def _unreadable(error: InvalidInput | UsageProblem) -> Missing:
    return Missing(
        f"the decision history can not be believed: {str(error).splitlines()[0]}", "run `rampgate audit verify`"
    )


def _uncovered(git: GitObjects, newest: Record, records: Sequence[Record], model: str, base: str) -> tuple[str, ...]:
    """Return what of the model and of the rules is on the base, or was, and is not on record."""
    covered, own = newest.git.covered, _last_of(records, model)
    for commit in (covered, own):
        if not git.has_commit(commit):
            return (f"commit {commit[:7]}, which is on record, is not on the branch any more",)
    is_ahead = covered != base and git.is_on_branch(base, covered)
    if covered != base and not is_ahead and not git.is_on_branch(covered, base):
        return (f"commit {covered[:7]}, the newest on record, is not on the branch any more",)
    paths = [] if is_ahead and git.is_on_branch(base, own) else _model_paths(git, model, own, base)
    if covered != base and not is_ahead:
        paths += sorted(_touched_since(git, covered, base, model) - set(paths))
    more = len(paths) - _MAX_UNCOVERED
    return (*(f"`{path}`" for path in paths[:_MAX_UNCOVERED]), *([f"{more} more"] if more > 0 else []))


def _last_of(records: Sequence[Record], model: str) -> str:
    """Return the commit as which the model stands by its own records; where it has none, the one that began them.

    The newest record of all does not do: whoever can write to the branch could give the model's last one a name by
    which it is not looked for, and nothing later of the model would miss it.
    """
    own = [each for each in records if model in each.models and (each.landed or each.moves)]
    begun = [each for each in records if each.kind in _OF_NO_MODEL]
    last = max((*own, *begun), key=lambda each: each.seq)
    return last.git.landed or last.git.covered


def _model_paths(git: GitObjects, model: str, then: str, base: str) -> list[str]:
    """Return the governed files of a model that differ between two commits."""
    folder = f"{CARDS}/{model}"
    old, new = (git.tree_oid(git.tree_of(commit), folder) for commit in (then, base))
    if old is None or new is None:
        return [] if old == new else [folder]
    paths = [f"{folder}/{each.path}" for each in git.changed_paths(old, new)]
    return [path for path in paths if area_of(path) is not Area.PROSE]


def _touched_since(git: GitObjects, covered: str, base: str, model: str) -> set[str]:
    """Return what of a model and of the rules was touched after a commit, also where it was put back later.

    Where the newest records are gone, what they would say is not known, though nothing of it is left in the tree.
    """
    changes = (change for step in git.steps_after(base, covered) or () for change in step.changes)
    paths = {change.path.decode("utf-8", "backslashreplace") for change in changes}
    return {path for path in paths if _bears_on(path, model)}


def _bears_on(path: str, model: str) -> bool:
    area = area_of(path)
    if area in (Area.CONTROL, Area.WAIVER):
        return True
    return path.startswith(f"{CARDS}/{model}/") and area is not Area.PROSE
