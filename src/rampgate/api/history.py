"""The decision history of a clone, open for questions.

Example::

    with rampgate.History.open("models") as history:
        for entry in history.records(rampgate.Filters(model="credit-risk")):
            print(entry.seq, entry.title, entry.verdict)
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import ExitStack
from os import PathLike
from pathlib import Path
from types import TracebackType
from typing import Literal, Self

from rampgate.app.history.asof import AsOfRequest, moment_meant, stood_at
from rampgate.app.history.export import Exported, ExportFormat, ExportRequest, export
from rampgate.app.history.log import listed
from rampgate.app.history.open_history import OpenHistory, open_history
from rampgate.app.history.sample import drawn
from rampgate.app.history.show import shown
from rampgate.app.packing.pack import PackRequest, PackWritten, pack
from rampgate.app.replaying.elsewhere import PastRequest, past
from rampgate.app.replaying.replay import ReplayRequest, replay
from rampgate.app.replaying.select import Selection
from rampgate.app.verifying.verify import VerifyRequest, verify
from rampgate.model.history_views import AsOf, Entry, Filters, Listing, Sample, Shown
from rampgate.model.record import Record
from rampgate.model.replay import Past, ReplayReport
from rampgate.model.sourced import Missing
from rampgate.model.verified import Verified

AnyPath = str | PathLike[str]
EVERYTHING = Filters()


class History:
    """A decision history that is open for questions; a context manager, or to be closed.

    The records are read and checked at the first question, once: parsed strictly, chained, signed by keys that count.
    Every question about them raises NotBelieved where they are not to be believed. Values that are handed out are
    frozen, and stay as they are when the history is closed.
    """

    def __init__(self, repo: Path, trust: Path | None, history: OpenHistory, stack: ExitStack) -> None:
        """Hold what `open` has opened; not to be called by itself."""
        self._repo, self._trust, self._history, self._stack = repo, trust, history, stack

    @classmethod
    def open(cls, repo: AnyPath, trust: AnyPath | None = None) -> Self:
        """Open the history that a clone has; what was fetched from origin comes before a branch of its own.

        trust: a file like `policies/history.yaml` that was kept elsewhere and says whose signatures count; None for
        the one at the tip of the governed branch.
        Raises Unreachable where the folder is no repository or has no history, InvalidInput where the settings are not
        valid or the clone is shallow, NotBelieved where the branch holds no log.
        """
        folder, file = Path(repo), None if trust is None else Path(trust)
        with ExitStack() as stack:
            history = stack.enter_context(open_history(folder, file))
            return cls(folder, file, history, stack.pop_all())

    def close(self) -> None:
        """End reading; questions can not be asked any more."""
        self._stack.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    @property
    def repository(self) -> str:
        """Return the name of the repository that every record must name, such as `github.com/acme/models`."""
        return self._history.repository

    @property
    def branch(self) -> str:
        """Return the governed branch, such as `main`."""
        return self._history.governed.branch

    def __len__(self) -> int:
        """Return how many records there are."""
        return self._history.ledger.size

    # Reading

    def records(self, filters: Filters = EVERYTHING) -> tuple[Entry, ...]:
        """Return the records that the filters mean, oldest first, without their findings.

        Raises UsageProblem for a name that nothing knows or a day that is none.
        """
        return self.listing(filters).entries

    def listing(self, filters: Filters = EVERYTHING) -> Listing:
        """Return what `records` does, with the size and the newest digest of what it was taken from."""
        return listed(self._history, filters)

    def record(self, seq: int) -> Record:
        """Return one record whole, as it was signed; seq: its place, from 0. Raises UsageProblem for no place."""
        return self.show(str(seq)).record

    def show(self, id_: str | int) -> Shown:
        """Return one record with what stands around it: its decision, who signed it, and what became of it.

        id_: the place of a record, a commit (7 digits or more of its name), or a pull request as `#12`, of whose
        records the newest is meant. Raises UsageProblem where that means none, or several.
        """
        return shown(self._history, str(id_))

    def asof(self, when: str, model: str = "", *, retired: bool = False) -> AsOf | Missing:
        """Return what stood where, or why the history can not say: it began later.

        when: a UTC day, whose end is meant, or a moment as RFC 3339, itself included. model: "" for all. retired:
        whether retired versions are listed. Shares of traffic are percents, by the ladder of that time.
        Raises UsageProblem for what is no moment, and for a model that nothing knows.
        """
        request = AsOfRequest(self._repo, when, model, retired)
        return stood_at(self._history, request, moment_meant(when))

    def sample(self, n: int, seed: str | int, filters: Filters = EVERYTHING) -> Sample:
        """Return n records drawn by a seed from those that the filters mean, all where there are fewer.

        seed: letters, digits, `.`, `_` and `-`; the same seed draws the same records of the same history, on every
        machine. Raises UsageProblem for another seed, n below 1, and as `records` does.
        """
        return drawn(self._history, filters, n, str(seed))

    # Proving

    def verify(self, checkpoints: Sequence[AnyPath] = (), *, since: AnyPath | None = None) -> Verified:
        """Return whether nothing was altered or left out: chain, signatures, contents, and completeness of both sides.

        checkpoints: files that were kept elsewhere. since: one of them, behind which alone is verified. What does not
        hold is in `mismatches`, and is not raised; `holds` says whether there is none. Reads the branch anew.
        """
        kept = tuple(Path(each) for each in checkpoints)
        return verify(VerifyRequest(self._repo, self._trust, kept, None if since is None else Path(since)))

    def replay(
        self,
        ids: Sequence[str | int] = (),
        filters: Filters = EVERYTHING,
        *,
        engine: Literal["recorded", "current"] = "recorded",
        wheels: Sequence[AnyPath] = (),
    ) -> ReplayReport:
        """Return what came of making decisions again on the recorded bytes; byte-equal, or the first difference.

        ids: records as `show` takes them; none for all that the filters mean. engine: `recorded` makes a decision
        again with the engine that made it alone, `current` with this one. wheels: releases of other engines.
        """
        selection = _selection(ids, filters)
        files = tuple(Path(each) for each in wheels)
        return replay(ReplayRequest(self._repo, selection, engine, files, self._trust))

    def whatif(
        self, policies: str, ids: Sequence[str | int] = (), filters: Filters = EVERYTHING, *, now: str = ""
    ) -> Past:
        """Return what the policies of a revision would have said of recorded decisions; `flips` are those that differ.

        now: RFC 3339, "" for each decision's own moment. Raises UsageProblem for an unknown revision, InvalidInput for
        policies that are not valid.
        """
        return past(PastRequest(self._repo, policies, _selection(ids, filters), now, self._trust))

    # Handing over

    def export(self, format_: ExportFormat | str, filters: Filters = EVERYTHING) -> list[Exported]:
        """Return the history for other tools, in pieces: `in-toto-vsa`, `in-toto` or `csv`. Writes nothing.

        Raises ValueError for another format.
        """
        return export(ExportRequest(self._repo, ExportFormat(format_), filters, self._trust))

    def pack(
        self, out: AnyPath, ids: Sequence[str | int] = (), filters: Filters = EVERYTHING, *, replace: bool = False
    ) -> PackWritten:
        """Write everything about decisions into a folder, or an archive where the name ends in `.zip`.

        Written whole or not at all. replace: whether a pack that is there may give way; else UsageProblem is raised.
        """
        names = tuple(str(each) for each in ids)
        return pack(PackRequest(self._repo, names, filters, Path(out), replace, self._trust))


def _selection(ids: Sequence[str | int], filters: Filters) -> Selection:
    return Selection(tuple(str(each) for each in ids), filters)
