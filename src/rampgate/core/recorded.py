"""What the recorder writes down of a judgement and of what landed: from decisions and trees to a record; pure.

Deliberately not here: where any of it comes from (`rampgate.app.history`), and how a record is signed.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from rampgate.core.paths import Area, area_of, split
from rampgate.errors import InvalidInput
from rampgate.formats.digest import canonical_json, sha256_of
from rampgate.formats.events import event_kind
from rampgate.formats.yaml_text import load_yaml
from rampgate.model.correction import FOLDER as CORRECTIONS
from rampgate.model.correction import corrected_by
from rampgate.model.decision import Decision
from rampgate.model.facts import Facts
from rampgate.model.finding import Finding
from rampgate.model.record import (
    Record,
    RecordedApproval,
    RecordedDecision,
    RecordedEngine,
    RecordedFinding,
    RecordedGit,
    RecordedIgnored,
    RecordedInput,
    RecordedMove,
    RecordedPull,
    RecordedStatement,
    RecordedTransition,
    RecordKind,
)
from rampgate.model.sourced import Missing
from rampgate.model.vocabulary import ChangeKind, Outcome
from rampgate.reports.escape import clipped
from rampgate.reports.json_v1 import as_json

LONGEST: Final = 8000
"""Characters of one sentence of a record; the whole one stands in the decision document."""

_SIDES: Final = ("base:", "landing:")
_CORRECTION: Final = re.compile(rf"{CORRECTIONS}/([0-9]{{6}})\.yaml")


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a version stands in one tree. artifact: its identity."""

    stage: str
    artifact: str


Standings = Mapping[tuple[str, str], Standing]
"""Model and version -> where it stands."""


@dataclass(frozen=True, slots=True)
class Entry:
    """What a record says, but for its place in the history.

    models: every model that it is about. statements: what people state in files that the change adds.
    """

    kind: RecordKind
    at: str
    git: RecordedGit
    models: Collection[str] = ()
    pull: RecordedPull | None = None
    decision: RecordedDecision | None = None
    moves: tuple[RecordedMove, ...] = ()
    faults: tuple[str, ...] = ()
    statements: tuple[RecordedStatement, ...] = ()


@dataclass(frozen=True, slots=True)
class Writing:
    """What every record of one run says. time_source: `forge` or `given`; recorded_at: the moment of writing."""

    repository: str
    time_source: str
    recorded_at: str
    engine: RecordedEngine


def record_of(
    entry: Entry, writing: Writing, *, seq: int, prev: str | None, log: str | None, model_prev: Mapping[str, str | None]
) -> Record:
    """Return the record of an entry at its place."""
    return Record.model_validate(
        {
            "schema": "rampgate/record/v1",
            "seq": seq,
            "prev": prev,
            "log": log,
            "model_prev": dict(sorted(model_prev.items())),
            "repository": writing.repository,
            "kind": entry.kind,
            "at": entry.at,
            "time_source": writing.time_source,
            "recorded_at": writing.recorded_at,
            "git": entry.git,
            "pull": entry.pull,
            "decision": entry.decision,
            "moves": entry.moves,
            "past_the_gate": tuple(clipped(each, LONGEST) for each in entry.faults),
            "statements": entry.statements,
            "corrects": _corrects(entry, seq),
            "engine": writing.engine,
        }
    )


def document_of(decision: Decision) -> bytes:
    """Return the whole decision as it is kept beside the record: `rampgate/decision/v1` as canonical JSON."""
    return canonical_json(as_json(decision))


def decision_of(decision: Decision, facts: Facts | None, reviews: str | None) -> RecordedDecision | None:
    """Return a decision as it is recorded, None where nothing governed was judged.

    reviews: the digest of the forge's answer, None where there was none.
    """
    if decision.verdict is None:
        return None
    silent = [each.rule for each in decision.findings if each.outcome is Outcome.NOT_APPLICABLE]
    speaking = [each for each in decision.findings if each.outcome is not Outcome.NOT_APPLICABLE]
    return RecordedDecision(
        verdict=decision.verdict,
        transition=RecordedTransition.of(decision.transition) if decision.transition else None,
        evaluated_at=decision.evaluated_at,
        valid_until=decision.valid_until or None,
        content=facts.reviews.content if facts else "",
        findings=tuple(_finding(each) for each in speaking),
        not_applicable=tuple(silent),
        counted=tuple(_counted(decision)),
        ignored=tuple(
            RecordedIgnored(login=each.login, review=each.review, reason=clipped(each.reason, LONGEST))
            for each in decision.ignored
        ),
        waivers=tuple(each.id for each in decision.waivers),
        break_glass=tuple(each.id for each in decision.break_glass),
        inputs=tuple(_inputs(decision, reviews)),
        history_size=None if facts is None or isinstance(facts.history, Missing) else facts.history.size,
        document=_bare(sha256_of(document_of(decision))),
    )


def _finding(finding: Finding) -> RecordedFinding:
    return RecordedFinding(
        rule=finding.rule,
        outcome=finding.outcome,
        effect=finding.effect,
        message=clipped(finding.message, LONGEST),
        found=clipped(finding.found, LONGEST),
        expected=clipped(finding.expected, LONGEST),
        waiver=finding.waiver or None,
        attested=finding.attested,
    )


def _counted(decision: Decision) -> Iterator[RecordedApproval]:
    """Yield each counted approval, with the roles of the places that the person fills in what blocks."""
    for each in decision.counted:
        roles = dict.fromkeys(slot.role for slot in decision.required if slot.role and each.person in slot.filled)
        yield RecordedApproval(person=each.person, login=each.login, review=each.review, roles=tuple(roles))


def _inputs(decision: Decision, reviews: str | None) -> Iterator[RecordedInput]:
    """Yield the files that were read and the forge's answer; the history is told by its size."""
    for each in decision.inputs:
        if each.path.startswith(_SIDES):
            yield RecordedInput(path=each.path, sha256=each.sha256)
    if reviews is not None:
        yield RecordedInput(path="reviews", sha256=reviews)


def kind_of(judged: Decision, whole: Decision, *, touches_rules: bool) -> RecordKind:
    """Return what a record is about.

    judged: the decision on the pull request; whole: that on what landed, which says it where the pull request brings
    nothing governed; the same where nothing landed. What can not be read and touches the rules bears on all models.
    """
    for decision in (judged, whole):
        if decision.problems:
            return RecordKind.POLICY if touches_rules else RecordKind.INVALID
        if decision.change is not ChangeKind.NONE:
            return RecordKind(str(decision.change))
    return RecordKind.POLICY if touches_rules else RecordKind.INVALID


def moves_between(before: Standings, after: Standings) -> tuple[RecordedMove, ...]:
    """Return every version whose stage or artifact differs, in order."""
    return tuple(
        _move(model, version, before.get((model, version)), after.get((model, version)))
        for model, version in sorted({**before, **after})
        if before.get((model, version)) != after.get((model, version))
    )


def _move(model: str, version: str, before: Standing | None, after: Standing | None) -> RecordedMove:
    return RecordedMove.model_validate(
        {
            "model": model,
            "version": version,
            "artifact": after.artifact if after else "",
            "from": before.stage if before else None,
            "to": after.stage if after else None,
        }
    )


def may_state(path: str) -> bool:
    """Return whether a file at this path holds what people state: an event, a waiver, a correction."""
    found = split(path)
    if found is not None:
        return found.rest.startswith("events/")
    return area_of(path) is Area.WAIVER or _CORRECTION.fullmatch(path) is not None


def statements_in(added: Mapping[str, bytes]) -> tuple[RecordedStatement, ...]:
    """Return what people state in the files that a change adds; `added`: path, as `may_state` takes it -> content."""
    return tuple(
        RecordedStatement(kind=_stated(path, data), path=path, sha256=_bare(sha256_of(data)))
        for path, data in sorted(added.items())
    )


def _stated(path: str, data: bytes) -> str:
    if split(path) is None:
        return "correction" if _CORRECTION.fullmatch(path) else "waiver"
    try:
        return event_kind(load_yaml(data, path).value)
    except InvalidInput:
        return "event"


def _corrects(entry: Entry, seq: int) -> tuple[int, ...]:
    """Return the earlier records that corrections which landed are about."""
    if entry.git.landed is None:
        return ()
    return corrected_by((each.path for each in entry.statements), seq)


def _bare(digest: str) -> str:
    return digest.removeprefix("sha256:")
