"""Whether the history and the governed branch cover each other: every landing a record, and every record a landing.

Dates of commits have no part in it: what counts is the order of first parents.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from rampgate.core.paths import CARDS, POLICIES, models_in
from rampgate.core.verify_record import fault
from rampgate.model.record import Record, RecordKind
from rampgate.model.verified import Line, LineCommit, Mismatch

_SHOWN = 3
"""Paths of one commit that a line of the report names."""

BlobOf = Callable[[str], str | None]
"""Gives the Git name of the content of a digest, None where the history does not hold it."""


def is_tracked(path: str) -> bool:
    """Return whether a path is one whose content is held against what records say was read."""
    return path.startswith((f"{CARDS}/", f"{POLICIES}/"))


@dataclass
class LandingCheck:
    """The records so far, held against the line; `take` the next one, and `finish` after the last.

    covered: the place on the line up to which earlier records account for it.
    """

    line: Line
    branch: str
    covered: int = 0
    _place: dict[str, int] = field(init=False)
    _recorded: set[int] = field(default_factory=set)
    _lost: list[Record] = field(default_factory=list)
    _files: dict[str, str] = field(init=False)
    _at: int = 0

    def __post_init__(self) -> None:
        """Number the commits of the line."""
        self._place = {each.commit: number for number, each in enumerate(self.line.commits)}
        self._files = dict(self.line.files)

    def take(self, record: Record, blob_of: BlobOf) -> Iterator[Mismatch]:
        """Yield in what a record and the line differ."""
        covered = self._place.get(record.git.covered)
        if record.kind is RecordKind.REWRITTEN:
            yield from self._begun_anew(record, covered)
            return
        landed = record.git.landed
        if covered is None or (landed is not None and landed not in self._place):
            self._lost.append(record)
            return
        if record.kind in (RecordKind.OPENING, RecordKind.BASELINE):
            yield from self._opening(record, covered)
            return
        place = self._place[landed] if landed is not None else None
        if place is not None:
            yield from self._landed(record, place, blob_of)
        if covered < max(self.covered, place or 0):
            what = "it accounts for less than the records before it, or than itself"
            expected = self.line.commits[max(self.covered, place or 0)].commit
            yield fault(record, "landing.covered", what, record.git.covered, expected)
        self.covered = max(self.covered, covered, place or 0)

    def finish(self) -> Iterator[Mismatch]:
        """Yield what only the end tells: records of nothing that landed, and landings without a record."""
        for record in self._lost:
            landed = record.git.landed or record.git.covered
            what = f"the commit that it is about is not on the first-parent line of `{self.branch}`"
            yield fault(record, "landing.absent", what, landed)
        for place, each in enumerate(self.line.commits):
            if place == 0 or not each.governed or place in self._recorded:
                continue
            if place <= self.covered:
                yield _unrecorded("landing.unrecorded", each, "a governed change that no record is about")
            else:
                what = "not recorded yet; `rampgate record` catches up"
                yield _unrecorded("landing.waiting", each, what)

    @property
    def governed(self) -> int:
        """Return how many commits of the line, after the first, differ in governed paths."""
        return sum(1 for each in self.line.commits[1:] if each.governed)

    def _begun_anew(self, record: Record, covered: int | None) -> Iterator[Mismatch]:
        """Take a record of a rewritten branch: by its word, what was recorded before is not on the branch any more."""
        # Going back along the line leaves everything where it was; going on along it is no rewriting.
        if not self._lost and covered is not None and covered >= self.covered:
            what = "it says that the branch was rewritten, and everything recorded before it is on the branch"
            yield fault(record, "landing.rewritten", what, record.git.covered)
        self._lost.clear()
        if not record.past_the_gate:
            yield fault(record, "record.kind", "a record of a rewritten branch does not say what happened")
        if covered is None:
            self._lost.append(record)
            return
        # What was taken back and comes once more is recorded once more.
        self._recorded = set(range(covered + 1))
        self.covered = covered

    def _opening(self, record: Record, covered: int) -> Iterator[Mismatch]:
        if covered != self.covered or record.git.landed not in (None, self.line.commits[self.covered].commit):
            what = "it is about another commit than the one that the history begins at"
            yield fault(record, "landing.order", what, record.git.covered, self.line.commits[self.covered].commit)

    def _landed(self, record: Record, place: int, blob_of: BlobOf) -> Iterator[Mismatch]:
        commit = self.line.commits[place]
        if place in self._recorded:
            yield fault(record, "landing.twice", "an earlier record is about the same commit", commit.commit)
        elif place <= self.covered:
            what = "its commit is not after those that earlier records account for"
            yield fault(record, "landing.order", what, commit.commit)
        self._recorded.add(place)
        git = record.git
        if git.landed_tree != commit.tree:
            what = "the commit that landed has another tree than the record says"
            yield fault(record, "landing.tree", what, str(git.landed_tree), commit.tree)
        before = commit.parents[0] if commit.parents else None
        if git.base != before:
            what = "it was not compared with the commit before it"
            yield fault(record, "landing.parents", what, str(git.base), str(before))
        elif place and git.base_tree != self.line.commits[place - 1].tree:
            what = "the commit before it has another tree than the record says"
            yield fault(record, "landing.tree", what, str(git.base_tree), self.line.commits[place - 1].tree)
        elif place:
            yield from self._inputs(record, place, blob_of)
        yield from self._said(record, commit, blob_of)
        # A request whose own head is a merge may land as it is, without another merge.
        heads = (*commit.parents[1:], commit.commit)
        if len(heads) > 1 and record.pull and not record.past_the_gate and git.head not in heads:
            what = "the head that it says was merged is no parent of the merge"
            yield fault(record, "landing.parents", what, str(git.head), ", ".join(commit.parents[1:]))

    def _said(self, record: Record, commit: LineCommit, blob_of: BlobOf) -> Iterator[Mismatch]:
        """Yield what a record leaves out, or makes up, of the files that the commit brought."""
        hidden = models_in(commit.governed) - set(record.models)
        if hidden:
            what = "the commit touches models that the record is not about"
            yield fault(record, "landing.models", what, ", ".join(record.models) or "none", ", ".join(sorted(hidden)))
        files = dict(commit.files)
        for each in record.statements:
            blob = blob_of(each.sha256)
            if blob is not None and files.get(each.path) != blob:
                what = f"it says that `{each.path}` came with it, and the commit brings other bytes, or none"
                yield fault(record, "landing.statements", what, f"blob {files.get(each.path)}", f"blob {blob}")

    def _inputs(self, record: Record, place: int, blob_of: BlobOf) -> Iterator[Mismatch]:
        """Yield what the judge says it read and the commits do not hold. Source: "policy label not the one loaded"."""
        read = record.decision.inputs if record.decision else ()
        self._advance(place - 1)
        yield from self._side(record, "base:", [(e.path, e.sha256) for e in read], blob_of)
        self._advance(place)
        if record.git.landing_tree == record.git.landed_tree:
            yield from self._side(record, "landing:", [(e.path, e.sha256) for e in read], blob_of)

    def _side(self, record: Record, side: str, read: list[tuple[str, str]], blob_of: BlobOf) -> Iterator[Mismatch]:
        for path, sha256 in read:
            name = path.removeprefix(side)
            if not path.startswith(side) or not is_tracked(name):
                continue
            blob = blob_of(sha256)
            # Where it is None the content is absent, which is told already.
            if blob is not None and self._files.get(name) != blob:
                what = f"it says that `{path}` was read, and the commit holds other bytes there"
                yield fault(record, "input.differs", what, f"blob {self._files.get(name)}", f"blob {blob}")

    def _advance(self, place: int) -> None:
        """Let the files be those of a place on the line; going back takes the whole way again."""
        if place < self._at:
            self._files, self._at = dict(self.line.files), 0
        for each in self.line.commits[self._at + 1 : place + 1]:
            self._files.update(each.files)
        self._at = place


def _unrecorded(kind: str, commit: LineCommit, what: str) -> Mismatch:
    more = f" and {len(commit.governed) - _SHOWN} more" if len(commit.governed) > _SHOWN else ""
    paths = ", ".join(f"`{path}`" for path in commit.governed[:_SHOWN]) + more
    return Mismatch(kind, f"commit {commit.commit[:12]}", f"{what}: {paths}", commit.commit)
