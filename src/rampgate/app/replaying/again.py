"""Makes one recorded decision again: the same call, on the bytes that the record names, with the history before it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Self

from rampgate.adapters import packaged
from rampgate.adapters.git_objects import GitObjects
from rampgate.adapters.ledger import Ledger
from rampgate.app.judging.chronicle import Chronicle
from rampgate.app.judging.control import Control
from rampgate.app.judging.gate import GateRequest, Judged, examine
from rampgate.app.judging.trust import Trust
from rampgate.app.replaying.past import Pasts
from rampgate.errors import RampgateError
from rampgate.formats.nouns import noun_of
from rampgate.formats.yaml_text import load_yaml
from rampgate.model.history import HistorySettings
from rampgate.model.record import Record, RecordedDecision, RecordKind
from rampgate.model.sourced import Missing

SETTINGS = "policies/history.yaml"
LIMIT_BYTES = 1 << 20

_UNJUDGED = {
    RecordKind.OPENING: "it begins the history",
    RecordKind.BASELINE: "it says what stood when the history began",
    RecordKind.REWRITTEN: "it says that the governed branch was rewritten",
}


@dataclass
class Settings:
    """The settings of the history as commits of the governed branch hold them, each read once."""

    git: GitObjects
    now: Trust
    _known: dict[str, Trust] = field(default_factory=dict)

    def candidates(self, *commits: str | None) -> list[Trust]:
        """Return whose signatures count now, and counted at these commits where that is another answer."""
        found = [self.now]
        for commit in commits:
            trust = self.at(commit)
            if all(trust.settings != each.settings for each in found):
                found.append(trust)
        return found

    def at(self, commit: str | None) -> Trust:
        """Return whose signatures counted at a commit; where that is not said there, those that count now."""
        if commit is None or not self.git.has_commit(commit):
            return self.now
        entry = self.git.entry(self.git.tree_of(commit), SETTINGS)
        if entry is None or entry.kind != "file":
            return self.now
        if entry.oid not in self._known:
            try:
                document = load_yaml(self.git.read_blob(entry.oid, limit_bytes=LIMIT_BYTES), SETTINGS)
                noun = noun_of(document, HistorySettings, "history", packaged.schema("history")).noun
                self._known[entry.oid] = Trust(noun)
            except RampgateError:
                # The judge could not read them either, and has said so in its decision.
                self._known[entry.oid] = self.now
        return self._known[entry.oid]


def why_not_judged(record: Record) -> str:
    """Return why there is nothing to make again, "" where there is a decision."""
    return "" if record.decision is not None else _UNJUDGED.get(record.kind, "no judgement is on record")


@dataclass(frozen=True, slots=True)
class Again:
    """A decision made again. absent: names of objects that it asked for and that are not here.

    git: what it was made with; good until the next one is made.
    """

    judged: Judged
    absent: tuple[str, ...]
    git: GitObjects

    @property
    def why_absent(self) -> str:
        """Return that it was made without what it asked for, in words."""
        number = len(self.absent)
        names = ", ".join(each[:12] for each in self.absent[:3])
        return f"{number} object{' is' if number == 1 else 's are'} not in this clone: {names}"


@dataclass
class PastJudge:
    """Makes decisions of one history again; a context manager, for it keeps repositories open in between."""

    git: GitObjects
    ledger: Ledger
    _pasts: Pasts = field(init=False)

    def __post_init__(self) -> None:
        """Prepare; nothing is opened yet."""
        self._pasts = Pasts(self.git, self.ledger)

    def __enter__(self) -> Self:
        """Return the judge."""
        return self

    def __exit__(self, *_: object) -> None:
        """Close what was opened."""
        self._pasts.close()

    def again(
        self, record: Record, chronicle: Chronicle, *, control: Control | None = None, now: str = ""
    ) -> Again | Missing:
        """Return the decision of a record made again, or why it can not be made.

        chronicle: the records before it. control: other control files than those of the base. now: another moment than
        the recorded one.
        """
        decision, places = record.decision, record.git
        if decision is None or places.base is None or places.head is None:
            return Missing(why_not_judged(record) or "the record names no base or no head")
        try:
            reviews = _reviews(self.ledger, decision)
            past = self._pasts.of(record)
            request = GateRequest(
                past,
                places.base,
                places.head,
                now or decision.evaluated_at,
                reviews,
                history=chronicle,
                landing=places.landing_tree or "",
                elsewhere=control,
                line=tuple(each for each in (places.covered, places.landed) if each),
            )
            judged = examine(request)
            if places.landing_tree is None and not self.git.has_commit(places.base):
                # Git has merged by itself, and what it lacked was noted by nobody.
                past.look_through(places.base, places.head)
            return Again(judged, tuple(sorted(past.absent)), past)
        except RampgateError as error:
            self._pasts.drop()
            return Missing(" ".join(str(error).split()))


def _reviews(ledger: Ledger, decision: RecordedDecision) -> bytes | None:
    named = [each.sha256 for each in decision.inputs if each.path == "reviews"]
    return ledger.input(named[0]) if named else None
