"""One attempt to catch the history up, from one look at both branches to the push.

What was judged and could not be pushed is forgotten, for whoever was faster may have changed what it is judged by.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from rampgate.adapters.git_pack import NotingObjects
from rampgate.adapters.ledger_write import append
from rampgate.app.recording.back import last_landing, opening_alone, standing_by_records
from rampgate.app.recording.closed import closed_pull
from rampgate.app.recording.declared import Declared, beginning
from rampgate.app.recording.entries import Entries, Written
from rampgate.app.recording.landing import (
    Moment,
    Seen,
    in_order,
    is_governed,
    judge_landing,
    landing_of,
    steps_between,
    with_moments,
)
from rampgate.app.recording.scribe import Scribe
from rampgate.app.recording.source import Source
from rampgate.errors import UsageProblem
from rampgate.model.landing import Landing
from rampgate.model.record import Record

BATCH: Final = 50
"""Landings that are pushed together: who is stopped among thousands does not begin anew."""

_WHOLE_NAME: Final = re.compile(r"[0-9a-f]{40}|[0-9a-f]{64}")


@dataclass(frozen=True, slots=True)
class RecordRequest:
    """What is to be recorded.

    key: signs the records; None for a run that has nothing to record. after: a revision to go up to, "" for the tip.
    closed: a pull request that was closed without a merge, 0 for none. dry_run: nothing is signed or pushed.
    """

    key: Path | None = None
    after: str = ""
    closed: int = 0
    dry_run: bool = False


@dataclass
class Recorded:
    """What one run wrote. records: every record; landings: those of commits that landed; notes: what else to tell."""

    records: list[Record] = field(default_factory=list)
    landings: list[Landing] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)


@dataclass
class Attempt:
    """One attempt. tip: of the governed branch; at: of the history; done: takes what was pushed."""

    git: NotingObjects
    source: Source
    request: RecordRequest
    declared: Declared
    tip: str
    at: str | None
    now: str
    scribe: Scribe
    done: Recorded
    _landings: list[Landing] = field(default_factory=list)
    _notes: list[str] = field(default_factory=list)

    def catches_up(self) -> bool:
        """Record everything that is not on record, and return False where somebody else was faster."""
        until = self._until()
        newest = self.scribe.chronicle.newest()
        covered = newest.record.git.covered if newest else None
        if covered is None:
            covered = beginning(self.git, until)
            self._opens(covered)
            moments = self._moments(covered, until)
        elif self._is_rewritten(covered):
            before = None if self.git.has_commit(covered) else standing_by_records(self.scribe.chronicle)
            self._write([self._entries.rewritten(covered, self.tip, before, self.now)])
            moments = []
        else:
            self._completes_opening()
            moments = self._moments(covered, until)
        return self._records(moments) and self._records_closed(until) and self._pushes()

    def _opens(self, start: str) -> None:
        """Write the opening and the baselines: what stands there stood before whatever has landed since then."""
        moments = self._moments(start, self.declared.until)
        self._write(self._entries.opening(start, moments[0].at if moments else self.now))
        self._notes += self._entries.untold(start)

    def _completes_opening(self) -> None:
        """Write the baselines that a history lacks of which nothing but its beginning is left."""
        begun = opening_alone(self.scribe.chronicle)
        if begun:
            told = {(move.model, move.version) for each in begun for move in each.moves}
            self._write(self._entries.baselines(begun[0].git.covered, begun[0].at, told))

    @property
    def _entries(self) -> Entries:
        return Entries(self.git, self.source.branch)

    def _until(self) -> str:
        """Return the commit to go up to: the given one where it is on the branch, else the end of the history."""
        git, until, after = self.git, self.declared.until, self.request.after
        if not after:
            return until
        try:
            commit = git.resolve(after)
        except UsageProblem:
            # After a forced push the commit of an earlier one may be gone; any other word is a mistake.
            if not _WHOLE_NAME.fullmatch(after):
                raise
            return until
        return commit if git.is_on_branch(commit, until) else until

    def _is_rewritten(self, covered: str) -> bool:
        self.source.bring(covered)
        return not (self.git.has_commit(covered) and self.git.is_on_branch(covered, self.tip))

    def _moments(self, covered: str, until: str) -> list[Moment]:
        if covered == until or not self.git.is_on_branch(covered, until):
            return []
        steps = [step for step in steps_between(self.git, covered, until) if is_governed(self.git, step)]
        return with_moments(steps, self.source.pulls, self.now)

    def _records(self, moments: list[Moment]) -> bool:
        for number, each in enumerate(moments):
            if number and number % BATCH == 0 and not self._pushes():
                return False
            self.git.noted.clear()
            seen = judge_landing(self.git, self.source.pulls, each, self.scribe.chronicle)
            seen = in_order(seen, last_landing(self.scribe.chronicle))
            self._write([self._entries.landing(seen)], seen)
        return True

    def _records_closed(self, until: str) -> bool:
        if not self.request.closed:
            return True
        self.git.noted.clear()
        found = closed_pull(self.git, self.source, self.scribe.chronicle, self.request.closed)
        if isinstance(found, str):
            self._notes.append(found)
        else:
            newest = self.scribe.chronicle.newest()
            covered = newest.record.git.covered if newest else until
            self._write([self._entries.closed(found, covered)])
        return True

    def _write(self, entries: Iterable[Written], seen: Seen | None = None) -> None:
        if self.request.key is None and not self.request.dry_run:
            raise UsageProblem(
                "there is something to record, and no key to sign it with; give --key FILE, or set "
                "RAMPGATE_HISTORY_KEY_FILE; `rampgate keys create` makes one"
            )
        for entry, contents in entries:
            record = self.scribe.write(entry, contents)
            if seen is not None:
                self._landings.append(landing_of(seen, record.seq))

    def _pushes(self) -> bool:
        """Append what is written, and return False where the branch of the history has moved."""
        scribe, source = self.scribe, self.source
        if scribe.additions and not self.request.dry_run:
            branch = self.declared.settings.branch
            pushed = append(self.git, source.url, branch, self.at, scribe.additions, token=source.token)
            if pushed is None:
                return False
            self.at = pushed
        self.done.records += scribe.records
        self.done.landings += self._landings
        self.done.notes += self._notes
        scribe.additions, scribe.records, self._landings, self._notes = [], [], [], []
        return True
