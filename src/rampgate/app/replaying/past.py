"""Opens the repository as the judge of one record saw it: the clone, what the record brings, and what was left behind.

What one record brings is put away before the next one is judged, so that each is made again from what it names itself,
whichever others are made again with it. Left behind are the commits of a governed branch that was rewritten: no branch
leads to them any more, and the record that tells of it has kept them and their trees. The files that were read are
here whatever became of the branch, for the history holds each as it was, and so under its own name in Git.
"""

from __future__ import annotations

import re
from contextlib import suppress
from dataclasses import dataclass, field, replace
from typing import Final

from rampgate.adapters.git_objects import GitObjects
from rampgate.adapters.git_past import RememberingObjects
from rampgate.adapters.git_place import Place
from rampgate.adapters.ledger import Ledger
from rampgate.errors import InvalidInput
from rampgate.formats.record import SealedRecord, read_record
from rampgate.model.record import Record, RecordKind

_REWRITTEN: Final = re.compile(rf"log/[0-9]{{4}}/[0-9]{{6}}-{RecordKind.REWRITTEN}\.json")


@dataclass
class Pasts:
    """Gives the repository of one record after the other; each is good until the next is asked for."""

    git: GitObjects
    ledger: Ledger
    _place: Place | None = None
    _left_behind: GitObjects | None = None
    _plain: RememberingObjects | None = None
    _own: list[RememberingObjects] = field(default_factory=list)

    def of(self, record: Record) -> RememberingObjects:
        """Return the repository as the judge of a record saw it. Raises InvalidInput where it lacks what it names."""
        self._put_away()
        # Merging writes trees, and a pack brings objects: the repository is then this record's alone.
        if record.git.objects or record.git.landing_tree is None:
            past = RememberingObjects(self._where())
            self._own.append(past)
        else:
            self._plain = past = self._plain or RememberingObjects(self._where())
        if record.git.objects:
            past.unpack(self.ledger.input(record.git.objects))
        past.hide(record.git.unread)
        past.absent.clear()
        return past

    def _where(self) -> Place:
        if self._place is None:
            self._place = self.git.place
            packs = [each.record.git.objects for each in self._rewritings() if each.record.git.objects]
            if packs:
                self._left_behind = GitObjects(self._place)
                for sha256 in packs:
                    # What can not be read is missed by the records that need it, and told there.
                    with suppress(InvalidInput):
                        self._left_behind.unpack(self.ledger.input(sha256))
                self._place = replace(self._place, objects=self._left_behind.scratch / "objects")
        return self._place

    def _rewritings(self) -> list[SealedRecord]:
        """Return the records which tell that the governed branch was rewritten; their names say so."""
        named = [each for each in self.ledger.entries() if _REWRITTEN.fullmatch(each.path)]
        read = list(self.ledger.read(named))
        return [read_record(data, each.path) for each, data in zip(named, read, strict=True)]

    def _put_away(self) -> None:
        while self._own:
            self._own.pop().close()

    def drop(self) -> None:
        """Close what records were judged in: where reading broke off, nothing more is read there."""
        self._put_away()
        if self._plain is not None:
            self._plain.close()
        self._plain = None

    def close(self) -> None:
        """Close what was opened, the newest first: each reads what the one before it holds."""
        self.drop()
        if self._left_behind is not None:
            self._left_behind.close()
        self._left_behind = self._place = None
