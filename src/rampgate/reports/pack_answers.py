"""The five things that an auditor asks of a change, each answered in words from what was recorded.

Authorisation, design review, testing, approval, and a record that was made at the time. The short answer of each comes
from the rules that speak of it: it is no judgement of this page.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, Final

from rampgate.model.record import Record, RecordKind
from rampgate.model.vocabulary import Effect, Outcome
from rampgate.reports.packed import FileRole, PackedDecision, PackedFile

FindingValues = Mapping[str, Any]


class Question(StrEnum):
    """What is asked, in the order in which it is answered."""

    AUTHORISATION = "Authorisation"
    DESIGN = "Design review"
    TESTING = "Testing"
    APPROVAL = "Approval"
    RECORD = "Record made at the time"


ASKED: Final = {
    Question.AUTHORISATION: "Who asked for the change, and may it be made?",
    Question.DESIGN: "Was the design written down and looked at?",
    Question.TESTING: "What was measured, and does it meet the limits?",
    Question.APPROVAL: "Who approved it, in which role, and is that enough?",
    Question.RECORD: "When was this written down, by whom, and has it been altered?",
}

FAMILIES: Final = {
    Question.AUTHORISATION: ("change", "stage", "people", "event", "retraining", "rollout", "record"),
    Question.DESIGN: (
        "card", "artifact", "lineage", "fallback", "monitoring", "outcome", "attestation", "expression",
    ),
    Question.TESTING: ("evidence", "fairness"),
    Question.APPROVAL: ("approval", "policy", "waiver", "break_glass"),
}  # fmt: skip
"""Which kinds of rules speak of a question, by the first part of their name."""

FILES: Final = {
    Question.AUTHORISATION: (FileRole.REQUEST, FileRole.EVENT),
    Question.DESIGN: (FileRole.CARD, FileRole.LINEAGE, FileRole.ATTESTATION, FileRole.OTHER_OF_VERSION),
    Question.TESTING: (FileRole.EVIDENCE,),
    Question.APPROVAL: (FileRole.PEOPLE, FileRole.POLICY, FileRole.EXCEPTION),
    Question.RECORD: (FileRole.RECORD, FileRole.DECISION, FileRole.CHECK),
}

_OPEN: Final = (Outcome.FAIL, Outcome.INSUFFICIENT, Outcome.WAITING, Outcome.ERROR)
UNJUDGED: Final = {
    RecordKind.OPENING: "The history begins with this record. What landed before it was not decided here.",
    RecordKind.BASELINE: "This version stood here when the history began. Nobody judged it in this history.",
    RecordKind.REWRITTEN: "The governed branch was rewritten. What it holds now was not decided.",
}
"""Why a record holds no decision, by its kind."""


@dataclass(frozen=True, slots=True)
class FiveFold:
    """One answer. short: a word or two; sentences: the answer; findings: the rules that spoke, with their numbers."""

    question: Question
    short: str
    sentences: tuple[str, ...]
    findings: tuple[FindingValues, ...]
    files: tuple[PackedFile, ...]

    @property
    def is_open(self) -> bool:
        """Return whether something stands against it."""
        return self.short in (NOT_MET, NOT_DECIDED, BYPASSED)


MET: Final = "Met"
EXCUSED: Final = "Met, with an exception"
NOT_MET: Final = "Not met"
NOT_ASKED: Final = "No rule asks for it"
NOT_DECIDED: Final = "Not decided"
BYPASSED: Final = "Went past the gate"


def answers(told: PackedDecision) -> list[FiveFold]:
    """Return the five answers, in order; of a record without a decision only the last can be given."""
    found = []
    for question in Question if told.record.decision is not None else (Question.RECORD,):
        spoke = tuple(each for each in told.document.get("findings", ()) if question_of(each) is question)
        files = tuple(each for each in told.files if each.role in FILES[question])
        short = _recorded(told.record) if question is Question.RECORD else _short(told, question, spoke)
        found.append(FiveFold(question, short, tuple(_SENTENCES[question](told)), spoke, files))
    return found


def question_of(finding: FindingValues) -> Question:
    """Return the question that a finding belongs to; a kind of rule that is not listed speaks of the design."""
    family = str(finding.get("kind", "")).partition(".")[0]
    return next((each for each, families in FAMILIES.items() if family in families), Question.DESIGN)


def _short(told: PackedDecision, question: Question, spoke: Sequence[FindingValues]) -> str:
    if told.document.get("problems"):
        return NOT_DECIDED
    if question is Question.AUTHORISATION and told.record.past_the_gate:
        return BYPASSED
    blocking = [Outcome(each["outcome"]) for each in spoke if each["effect"] == Effect.BLOCK]
    if any(each in _OPEN for each in blocking):
        return NOT_MET
    if Outcome.WAIVED in blocking:
        return EXCUSED
    return MET if Outcome.PASS in blocking else NOT_ASKED


def _authorisation(told: PackedDecision) -> Iterator[str]:
    record, request = told.record, told.request
    if record.pull is not None:
        title = f", “{request.title}”," if request is not None and request.title else ""
        login = f" (`{request.login}`)" if request is not None and request.login else ""
        opened = f" on {_moment(request.opened_at)}" if request is not None and request.opened_at else ""
        yield f"Pull request {record.pull.number}{title} was opened by {record.pull.author}{login}{opened}."
        yield f"It was {record.pull.state} on {_moment(record.at)}."
    elif record.landed:
        yield "No pull request stands behind it."
    shown = record.decision.transition if record.decision else None
    if shown is not None:
        yield f"It asks to {_asked(record)}, with the artifact `{shown.artifact}`."
    yield from (f"Stated in the change: {each.kind}, in `{each.path}`." for each in record.statements)
    yield from (f"It went past the gate: {each}." for each in record.past_the_gate)
    yield from (f"The files could not be judged: {each['message']}." for each in told.document.get("problems", ()))


def _asked(record: Record) -> str:
    shown = record.decision.transition if record.decision else None
    assert shown is not None
    name = f"{shown.model} {shown.version}"
    if shown.from_ is None:
        return f"let {name} stand at {shown.to}"
    if shown.from_ == shown.to:
        return f"change what is said of {name} at {shown.to}"
    place = f", in place of {shown.supersedes}" if shown.supersedes else ""
    return f"move {name} from {shown.from_} to {shown.to}{place}"


def _design(told: PackedDecision) -> Iterator[str]:
    cards = [each for each in told.files if each.role is FileRole.CARD]
    vouched = [each for each in told.files if each.role is FileRole.ATTESTATION]
    if cards:
        yield f"The model card as it was judged is here, and {_count(vouched, 'attestation')} by people beside it."
    else:
        yield "No model card was read for this decision."


def _testing(told: PackedDecision) -> Iterator[str]:
    measured = [each for each in told.files if each.role is FileRole.EVIDENCE]
    are = "was" if len(measured) == 1 else "were"
    yield f"{_count(measured, 'file').capitalize()} of evidence {are} read."


def _approval(told: PackedDecision) -> Iterator[str]:
    decision = told.record.decision
    assert decision is not None, "asked of decisions alone"
    if not decision.counted:
        yield "Nobody's approval was counted."
    for each in decision.counted:
        roles = f" as {_listed(each.roles)}" if each.roles else ""
        yield f"{each.person} (`{each.login}`) approved{roles}{_when(told, each.review)}."
    for slot in told.document.get("approvals", {}).get("required", ()):
        yield _slot(slot)
    for ignored in decision.ignored:
        yield f"Not counted: the review {ignored.review} of `{ignored.login}`: {ignored.reason}."
    for bypass in told.document.get("excused_by", {}).get("break_glass", ()):
        yield (
            f"Break-glass {bypass['id']} ({bypass['ticket']}) by {bypass['by']} and {bypass['second']}, "
            f"to be reviewed by {bypass['review_by']}: {bypass['reason']}"
        )
    for waiver in told.document.get("excused_by", {}).get("waivers", ()):
        yield (
            f"Waiver {waiver['id']}, granted by {waiver['approved_by']}, owner {waiver['owner']}, "
            f"ends {waiver['ends']}: {waiver['reason']}"
        )


def _when(told: PackedDecision, review: int) -> str:
    known = told.request.reviews if told.request is not None else ()
    found = next((each for each in known if each.id == review), None)
    if found is None:
        return f", review {review}"
    return f"{f' on {_moment(found.at)}' if found.at else ''}, review {review} of commit `{found.commit[:12]}`"


def _slot(slot: Mapping[str, Any]) -> str:
    who = f"{slot['person']} as {slot['role']}" if slot.get("person") else str(slot["role"])
    apart = f", independent of {slot['independent_of']}" if slot.get("independent_of") else ""
    filled = f": {_listed(slot['filled'])}" if slot["filled"] else ""
    count = len(slot["filled"])
    return f"Asked for by `{slot['rule']}`: {slot['count']} x {who}{apart}. Given: {count}{filled}."


def _record(told: PackedDecision) -> Iterator[str]:
    record, git = told.record, told.record.git
    source = "by the clock of the forge" if record.time_source == "forge" else "as it was given"
    yield f"Judged as of {_moment(record.at)}, {source}; written down on {_moment(record.recorded_at)}."
    yield f"Signed by the key `{told.signer}` (`{told.fingerprint}`), which may sign record {record.seq}."
    before = f"record {record.seq - 1}, by its digest `{record.prev}`" if record.prev else "nothing: it is the first"
    yield f"It follows {before}."
    if record.landed and record.decision is not None:
        same = git.landing_tree is not None and git.landing_tree == git.landed_tree
        which = "with the tree that was judged" if same else "with another tree than the one that was judged"
        yield f"It landed as commit `{git.landed}`, {which}."
    elif record.landed:
        yield f"It stood at commit `{git.landed}`."
    else:
        yield "It did not land."
    if record.corrects:
        yield f"It corrects {_listed([f'record {seq}' for seq in record.corrects])}."


_SENTENCES: Final = {
    Question.AUTHORISATION: _authorisation,
    Question.DESIGN: _design,
    Question.TESTING: _testing,
    Question.APPROVAL: _approval,
    Question.RECORD: _record,
}


def _recorded(record: Record) -> str:
    """Return how long after the moment judged as of the record was written, in words."""
    try:
        seconds = int((_parsed(record.recorded_at) - _parsed(record.at)).total_seconds())
    except ValueError:
        return "Recorded at a moment that the calendar does not have"
    for size, word in ((86_400, "day"), (3_600, "hour"), (60, "minute")):
        if seconds >= size:
            count = seconds // size
            return f"Recorded {count} {word}{'' if count == 1 else 's'} later"
    return "Recorded within a minute"


def _parsed(moment: str) -> datetime:
    return datetime.fromisoformat(moment)


def _moment(moment: str) -> str:
    """Return a moment as people read it, `2026-11-02 09:00:00 UTC`; anything else as it is."""
    whole = len(moment) == 20 and moment.endswith("Z")
    return f"{moment[:10]} {moment[11:19]} UTC" if whole else moment


def _listed(words: Sequence[str]) -> str:
    return ", ".join(dict.fromkeys(words))


def _count(things: Sequence[object], word: str) -> str:
    return f"{len(things) or 'no'} {word}{'' if len(things) == 1 else 's'}"
