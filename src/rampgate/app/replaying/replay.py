"""`rampgate audit replay`: recorded decisions made again, and held against what is on record byte for byte."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Final, Literal

from rampgate import __version__
from rampgate.adapters import packaged
from rampgate.app.history.open_history import OpenHistory, open_history
from rampgate.app.judging.chronicle import Chronicle
from rampgate.app.replaying.again import Again, PastJudge, Settings, why_not_judged
from rampgate.app.replaying.engine import Engines, engines_of
from rampgate.app.replaying.landed import landed_difference, opening_difference
from rampgate.app.replaying.select import Selection, places, title_of
from rampgate.app.replaying.told import told
from rampgate.core.recorded import decision_of, document_of
from rampgate.core.replay import first_difference, summary_difference
from rampgate.errors import InvalidInput
from rampgate.formats.record import SealedRecord
from rampgate.model.record import Record, RecordedDecision, RecordedEngine, RecordKind
from rampgate.model.replay import Difference, Replayed, ReplayReport, ReplayState
from rampgate.model.sourced import Missing
from rampgate.reports.json_v1 import SCHEMA

Tell = Callable[[int, int], None]
"""Takes how many records are done, and how many there are."""

SHOWN: Final = 12
"""How many digits of a digest are shown."""


@dataclass(frozen=True, slots=True)
class ReplayRequest:
    """What is to be made again, and by what.

    engine: `recorded` makes a decision again only with the engine that made it; `current` with this one.
    wheels: released wheels of other engines, to make their decisions with. trust: see `open_history`.
    """

    repo: Path
    selection: Selection = field(default_factory=Selection)
    engine: Literal["recorded", "current"] = "recorded"
    wheels: tuple[Path, ...] = ()
    trust: Path | None = None
    tell: Tell | None = None


def replay(request: ReplayRequest) -> ReplayReport:
    """Return what came of making recorded decisions again, in the order of the history.

    Raises UsageProblem for an id or a name that means nothing and for a wheel that is none, NotBelieved for a history
    that is not to be believed, Unreachable where there is none.
    """
    with (
        engines_of(request.wheels, request.repo, request.trust) as engines,
        open_history(request.repo, request.trust) as history,
        PastJudge(history.git, history.ledger) as judge,
    ):
        picked = places(history, request.selection)
        number = history.ledger.size if picked is None else len(picked)
        work = _Replay(
            history, judge, Settings(history.git, history.trust), engines, is_strict=request.engine == "recorded"
        )
        rows: list[Replayed] = []
        for sealed, before in told(history, picked):
            rows.append(work.row(sealed, before))
            if request.tell is not None:
                request.tell(len(rows), number)
        elsewhere = engines.rows()
        return ReplayReport(
            version=__version__,
            sha256=packaged.engine_sha256(),
            is_strict=work.is_strict,
            repository=history.repository,
            size=history.ledger.size,
            rows=tuple(elsewhere.get(row.seq, row) for row in rows),
        )


@dataclass(frozen=True, slots=True)
class _Replay:
    history: OpenHistory
    judge: PastJudge
    settings: Settings
    engines: Engines
    is_strict: bool

    def row(self, sealed: SealedRecord, before: Chronicle) -> Replayed:
        record = sealed.record
        row = Replayed(
            seq=record.seq,
            about=title_of(sealed),
            at=record.at,
            state=ReplayState.NOTHING_JUDGED,
            verdict=str(record.decision.verdict) if record.decision else "",
            engine=_named(record.engine),
        )
        if record.decision is None:
            found = self._landed_alone(record)
            state = ReplayState.DIFFERS if found else row.state
            return replace(row, why="" if found else why_not_judged(record), state=state, difference=found)
        if self.is_strict and record.engine.sha256 != packaged.engine_sha256():
            if self.engines.has(record.engine):
                self.engines.later(record.engine, record.seq)
                return row
            return replace(row, state=ReplayState.NOT_REPLAYABLE, why=_another_engine(record.engine))
        answer = self._made_again(record, record.decision, before)
        if isinstance(answer, Missing):
            return replace(row, state=ReplayState.NOT_REPLAYABLE, why=answer.why)
        return replace(row, state=ReplayState.DIFFERS if answer else ReplayState.SAME, difference=answer)

    def _landed_alone(self, record: Record) -> Difference | None:
        """Return in what a record of which nothing was judged differs from the commit that it is about."""
        if record.kind is RecordKind.OPENING:
            return opening_difference(self.history, record)
        return landed_difference(self.history.git, record, None)

    def _made_again(self, record: Record, decision: RecordedDecision, before: Chronicle) -> Difference | Missing | None:
        """Return what differs first, None where nothing does, or why the decision can not be made again.

        Whose signatures counted then is not on record: the recorder goes by the newest settings that it knows. Those
        of now, of the base and of what landed are tried in turn, and the first answer is told where all differ.
        """
        try:
            written = self.history.ledger.input(decision.document)
            recorded = json.loads(written)
        except (InvalidInput, ValueError) as error:
            return Missing(" ".join(str(error).split()))
        if not isinstance(recorded, dict) or recorded.get("schema") != SCHEMA:
            return Missing("its decision document is none")
        answers: list[Difference | Missing] = []
        for trust in self.settings.candidates(record.git.base, record.git.landed):
            before.trust = trust
            again = self.judge.again(record, before)
            if isinstance(again, Missing):
                return again
            found = self._difference(record, written, recorded, again)
            if found is None:
                return landed_difference(again.git, record, again.judged.decision)
            answers.append(Missing(again.why_absent) if again.absent else found)
        return answers[0]

    def _difference(self, record: Record, written: bytes, recorded: Any, again: Again) -> Difference | None:
        decision = again.judged.decision
        bytes_now = document_of(decision)
        is_other = record.engine.sha256 != packaged.engine_sha256()
        if bytes_now != written:
            found = first_difference(recorded, json.loads(bytes_now), another_engine=is_other)
            if found is not None:
                return found
            if not is_other or recorded.get("engine") == json.loads(bytes_now)["engine"]:
                return Difference(
                    "", "", "the document's own bytes", f"{len(written)} bytes", f"{len(bytes_now)} bytes"
                )
        assert record.decision is not None
        reviews = [each.sha256 for each in record.decision.inputs if each.path == "reviews"]
        summed_up = decision_of(decision, again.judged.facts, reviews[0] if reviews else None)
        return summary_difference(
            record.decision.model_dump(mode="json", by_alias=True),
            summed_up.model_dump(mode="json", by_alias=True) if summed_up else {},
            another_engine=is_other,
        )


def _named(engine: RecordedEngine) -> str:
    return f"{engine.version} ({engine.sha256[:SHOWN]})"


def _another_engine(engine: RecordedEngine) -> str:
    here = f"{__version__} ({packaged.engine_sha256()[:SHOWN]})"
    return (
        f"rampgate {_named(engine)} made it, and this is {here}; give the released wheel of that version with "
        "--wheel, or look what this one says with --engine current"
    )
