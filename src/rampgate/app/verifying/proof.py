"""One run of the proof of a history: each record is taken once, in order, and held against everything else."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Literal

from rampgate.adapters.git_objects import GitObjects
from rampgate.adapters.ledger import Ledger
from rampgate.app.history.governed_tip import Governed
from rampgate.app.judging.trust import Trust
from rampgate.app.verifying.checkpoints import Grown, Kept, hold
from rampgate.app.verifying.line import read_line
from rampgate.app.verifying.log import Added, LogReader
from rampgate.app.verifying.start import Start, digest_at, record_at
from rampgate.app.verifying.tip import tip_differences
from rampgate.core.verify_chain import ChainCheck
from rampgate.core.verify_landings import LandingCheck
from rampgate.core.verify_record import fault, named_inputs, record_faults
from rampgate.core.verify_tally import count
from rampgate.errors import InvalidInput
from rampgate.formats.record import input_path
from rampgate.model.record import Record
from rampgate.model.verified import HeldCheckpoint, Line, Mismatch, Tally, Verified


@dataclass
class Proof:
    """What was found so far, of one branch. kept: the checkpoints that it is held against in the end."""

    git: GitObjects
    trust: Trust
    governed: Governed
    kept: list[Kept]
    mismatches: list[Mismatch] = field(default_factory=list)
    tally: Tally = field(default_factory=Tally)
    tip: str = ""
    start: Start = field(default_factory=Start)
    chain: ChainCheck = field(default_factory=ChainCheck)
    landings: LandingCheck | None = None
    covered: str = ""
    _newest: Record | None = None
    _commits: list[str] = field(default_factory=list)
    _inputs: dict[str, str] = field(default_factory=dict)
    _files: dict[str, str] = field(default_factory=dict)

    def run(self, tip: str, start: Start) -> None:
        """Verify the branch from a start on."""
        self.tip, self.start, self.covered = tip, start, start.covered
        self.chain = ChainCheck(start.size, start.head, start.recorded_at, start.opening, start.before, start.log)
        if start.size:
            self.landings = LandingCheck(read_line(self.git, self.governed.commit, start.covered), self.governed.branch)
        reader = LogReader(self.git, self.trust, tip, start.commit, start.newer)
        whole = True
        try:
            for added in reader.commits():
                self._take(added)
            if not start.size:
                self.mismatches += tip_differences(self.git, tip, self._files, self._inputs)
        except InvalidInput as error:
            whole = False
            for problem in error.problems:
                what = f"{problem.message}; nothing behind it was verified"
                self.mismatches.append(Mismatch("object.unreadable", f"branch {self.trust.settings.branch}", what))
        self.mismatches += reader.mismatches
        if whole:
            self.mismatches += [*self._another_branch(), *self._completeness()]

    def _another_branch(self) -> Iterator[Mismatch]:
        """Yield that the newest record is about another branch than the one that is governed here.

        The clone says which branch is governed; who can push could have it name one that nothing was pushed past.
        """
        newest, branch = self._newest, self.governed.branch
        if newest is not None and newest.git.branch != branch:
            what = "the newest record is about another branch than the one that this clone says is governed"
            yield fault(newest, "record.repository", what, newest.git.branch, branch)

    def _completeness(self) -> Iterator[Mismatch]:
        if self.landings is not None:
            yield from self.landings.finish()
            return
        what = "nothing of the governed branch was compared: the record that opens the history can not be read"
        yield Mismatch("landing.unknown", "record 0", what, seq=0)

    def _take(self, added: Added) -> None:
        self._inputs |= added.inputs
        self.tally.inputs += len(added.inputs)
        self._files |= {path: blob for path, _, blob in added.files}
        named: set[str] = set()
        for each in added.examined:
            self._commits.append(added.commit)
            self.mismatches += each.mismatches
            if each.record is None:
                self.chain.skip(each.digest)
                named |= set(added.inputs)
                continue
            named |= set(self._record(each.record, each.digest))
            count(self.tally, each.record, each.key)
        for path, _, blob in added.files:
            self.chain.log.add(path, blob)
        for sha256 in sorted(set(added.inputs) - named):
            what = f"it adds `{input_path(sha256)}`, which its record does not name"
            self.mismatches.append(Mismatch("commit.path", f"commit {added.commit[:12]}", what))

    def _record(self, record: Record, digest: str) -> dict[str, str]:
        """Verify one record, and return the contents that it names."""
        found = self.mismatches
        if record.repository != self.trust.settings.repository:
            what = "it is of another repository"
            found.append(fault(record, "record.repository", what, record.repository, self.trust.settings.repository))
        found += self.chain.take(record, digest)
        found += record_faults(record)
        named = named_inputs(record)
        for sha256, what in named.items():
            if self._blob(sha256) is None:
                told = f"the history does not hold {what}, which the record names"
                found.append(fault(record, "input.absent", told, "", input_path(sha256)))
        if self.landings is None and record.seq == 0:
            self.landings = LandingCheck(self._line(record.git.covered), self.governed.branch)
        if self.landings is not None:
            found += self.landings.take(record, self._blob)
        self._newest, self.covered = record, record.git.covered
        return named

    def _line(self, start: str) -> Line:
        return read_line(self.git, self.governed.commit, start)

    def _blob(self, sha256: str) -> str | None:
        """Return the Git name of a content, of those read or those taken on a checkpoint's word."""
        blob = self._inputs.get(sha256)
        if blob is None and self.start.size:
            entry = self.git.entry(self.git.tree_of(self.start.commit), input_path(sha256))
            blob = entry.oid if entry else None
        return blob

    def result(self, keys_from: Literal["file", "repository"], trust: str) -> Verified:
        """Return what was found."""
        held = self._held()
        line = self.landings.line.commits if self.landings else ()
        return Verified(
            size=self.start.size + len(self._commits),
            since=self.start.size,
            head=self.chain.prev or "",
            commit=self.tip,
            covered=self.covered,
            opened=self._opened(),
            branch=self.governed.branch,
            governed_tip=self.governed.commit,
            commits=max(len(line) - 1, 0),
            governed=self.landings.governed if self.landings else 0,
            keys_from=keys_from,
            trust=trust,
            checkpoints=tuple(held),
            tally=self.tally,
            mismatches=tuple(self.mismatches),
        )

    def _held(self) -> list[HeldCheckpoint]:
        size = self.start.size + len(self._commits)
        held, found = hold(self.kept, Grown(size, self._digest, self._commit, self._covered))
        self.mismatches += found
        return held

    def _digest(self, place: int) -> str | None:
        if place >= self.start.size:
            return self.chain.digests[place - self.start.size]
        return digest_at(Ledger(self.git, self.tip), place)

    def _commit(self, place: int) -> str | None:
        if place >= self.start.size:
            return self._commits[place - self.start.size]
        return self.start.commit if place == self.start.size - 1 else None

    def _covered(self, place: int) -> str | None:
        try:
            return record_at(Ledger(self.git, self.tip), place).record.git.covered
        except (InvalidInput, IndexError):
            return None

    def _opened(self) -> str:
        if not self.tip:
            return ""
        return self._covered(0) or ""
