"""Records: what the decision history holds, one for each decision, in order, each naming the one before it by digest.

A record says what was decided, on what, under which rules and by whom, with digests in place of contents; the contents
lie beside it under `inputs/<sha256>`. Deliberately not here: envelopes and signatures (see `rampgate.formats.record`).
"""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated, Literal

from pydantic import Field

from rampgate.model.change import Transition
from rampgate.model.ids import Instant, Line, ModelId, Noun, PersonName, StageName, Version
from rampgate.model.vocabulary import Effect, Outcome, Verdict

Sha256 = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$", description="SHA-256 of exact bytes, 64 hexadecimal digits")]
ObjectId = Annotated[str, Field(pattern=r"^([0-9a-f]{40}|[0-9a-f]{64})$", description="full name of a Git object")]
Sequence = Annotated[int, Field(ge=0, lt=1_000_000, strict=True, description="place in the history, from 0")]
PathText = Annotated[str, Field(min_length=1, max_length=20_000)]
"""As long as a path of 64 folders can be, for whatever lands is recorded."""

Told = Annotated[str, Field(max_length=8000, description="words for people, as they were decided")]


class RecordKind(StrEnum):
    """What a record is about: a kind of change, or the history itself."""

    OPENING = "opening"
    """The history begins: everything that landed before it is outside of it."""
    BASELINE = "baseline"
    """A version that stood somewhere when the history began."""
    REWRITTEN = "rewritten"
    """The governed branch was rewritten; what it holds now was not decided."""
    INVALID = "invalid"
    """What landed could not be read, and so not be judged."""
    REGISTER = "register"
    AMEND = "amend"
    PROMOTE = "promote"
    ROLLBACK = "rollback"
    RESTORE = "restore"
    RETIRE = "retire"
    ADOPT = "adopt"
    WAIVER = "waiver"
    POLICY = "policy"


class RecordedInput(Noun):
    """One file that was read, with its digest; `path` begins with the side that it stood on, `base:` or `landing:`."""

    path: PathText
    sha256: Sha256


class RecordedMove(Noun):
    """One version whose stage or artifact differs between the governed branch before and after."""

    model: ModelId
    version: Version
    artifact: Annotated[str, Field(max_length=1000)]
    """The identity of its artifact as it landed; "" where the version is gone."""
    from_: StageName | None = Field(alias="from")
    """The stage before; null where the version is new."""
    to: StageName | None
    """The stage after; null where the version is gone."""


class RecordedTransition(Noun):
    """The unit of decision; see `rampgate.model.change.Transition`."""

    model: ModelId
    version: Version
    artifact: Annotated[str, Field(max_length=1000)]
    from_: StageName | None = Field(alias="from")
    to: StageName
    supersedes: Version | None = None

    @classmethod
    def of(cls, transition: Transition) -> RecordedTransition:
        """Return a transition as it is recorded."""
        return cls(
            model=transition.model,
            version=transition.version,
            artifact=transition.artifact,
            from_=transition.from_stage or None,
            to=transition.to_stage,
            supersedes=transition.supersedes or None,
        )


class RecordedFinding(Noun):
    """One rule's answer, with its numbers; whole findings stand in the decision document."""

    rule: Annotated[str, Field(min_length=1, max_length=200)]
    outcome: Outcome
    effect: Effect
    message: Told
    found: Told = ""
    expected: Told = ""
    waiver: Line | None = None
    attested: bool = False


class RecordedApproval(Noun):
    """One counted approval. role: the roles whose places the person fills, by rule."""

    person: PersonName
    login: Line
    review: int
    roles: tuple[Line, ...] = ()


class RecordedIgnored(Noun):
    """One review that did not count, and why."""

    login: Annotated[str, Field(max_length=300)]
    review: int
    reason: Told


class RecordedDecision(Noun):
    """What was decided. document: the whole decision (`rampgate/decision/v1`, canonical), under `inputs/`."""

    verdict: Verdict
    transition: RecordedTransition | None
    evaluated_at: Instant
    valid_until: Annotated[str, Field(pattern=r"^[0-9]{4}-[0-9]{2}-[0-9]{2}$")] | None
    content: Annotated[str, Field(pattern=r"^(sha256:[0-9a-f]{64})?$")]
    """The content key of what was judged, "" where nothing could be read."""
    findings: tuple[RecordedFinding, ...]
    """Every rule that spoke, in the order in which the rules were asked."""
    not_applicable: tuple[Annotated[str, Field(min_length=1, max_length=200)], ...]
    counted: tuple[RecordedApproval, ...]
    ignored: tuple[RecordedIgnored, ...]
    waivers: tuple[Line, ...]
    break_glass: tuple[Line, ...]
    inputs: tuple[RecordedInput, ...]
    history_size: Annotated[int, Field(ge=0, strict=True)] | None
    """How many records the judge had read of the history, null where it read none."""
    document: Sha256


class RecordedGit(Noun):
    """Where in Git it happened. Dates of commits have no part in it."""

    branch: Line
    base: ObjectId | None
    """The commit that it was compared with, on the governed branch."""
    base_tree: ObjectId | None
    head: ObjectId | None
    """The head of the pull request, or the pushed commit where there was none."""
    landing_tree: ObjectId | None
    """The tree that merging gives, which was judged; null where it did not merge."""
    landed: ObjectId | None
    """The commit of the governed branch that brought it, null for what did not land."""
    landed_tree: ObjectId | None
    covered: ObjectId
    """The newest commit of the governed branch that this and earlier records account for."""
    objects: Sha256 | None
    """A pack of the commits and trees that the judgement read and a clone may lack, under `inputs/`."""
    unread: tuple[ObjectId, ...] = ()
    """Reviewed commits that could not be read when it was judged."""


class RecordedPull(Noun):
    """The pull request as the forge told of it; its whole answer is the input `reviews`."""

    number: Annotated[int, Field(ge=1, strict=True)]
    state: Literal["merged", "closed"]
    author: Annotated[str, Field(max_length=300)]
    """The person of the people file who opened it, else the login."""


class RecordedStatement(Noun):
    """What people stated in the change: a retraining decision, a break-glass, a waiver, a correction."""

    kind: Annotated[str, Field(min_length=1, max_length=100)]
    path: PathText
    sha256: Sha256


class RecordedEngine(Noun):
    """What judged. sha256: over the installed package's files, see `rampgate.adapters.packaged`."""

    name: Literal["rampgate"]
    version: Line
    sha256: Sha256


class Record(Noun):
    """One entry of the decision history."""

    schema_: Literal["rampgate/record/v1"] = Field(alias="schema")
    seq: Sequence
    prev: Sha256 | None
    """The digest of the record before it, as it lies in the log; null for the first."""
    log: ObjectId | None
    """Git's name of the folder `log/` that it was added to, with every record before it; null for the first."""
    model_prev: dict[ModelId, Sha256 | None]
    """For every model that it is about: the digest of the model's record before it, null for its first."""
    repository: Line
    kind: RecordKind
    at: Instant
    """The moment that it was judged as of: of the merge, of the close, of the push."""
    time_source: Literal["forge", "given"]
    recorded_at: Instant
    """The moment of writing, by the same clock; it never goes back from record to record."""
    git: RecordedGit
    pull: RecordedPull | None
    decision: RecordedDecision | None
    moves: tuple[RecordedMove, ...]
    """What landed with it; empty for what did not land."""
    past_the_gate: tuple[Told, ...]
    """How it went past the gate, in words; empty for what was let through, and for what did not land."""
    statements: tuple[RecordedStatement, ...] = ()
    corrects: tuple[Sequence, ...] = ()
    """The records that it puts right, by their place."""
    engine: RecordedEngine

    @property
    def models(self) -> tuple[str, ...]:
        """Return the models that it is about, in order."""
        return tuple(sorted(self.model_prev))

    @property
    def landed(self) -> bool:
        """Return whether it is about something that stands on the governed branch."""
        return self.git.landed is not None

    @property
    def landed_as_judged(self) -> bool | None:
        """Return whether the tree that landed is what merging gave when it was judged.

        None for what did not land, and for what was judged only after it had landed: what no pull request brought.
        """
        if self.git.landed_tree is None or self.git.landing_tree is None or self.pull is None:
            return None
        return self.git.landed_tree == self.git.landing_tree

    @property
    def title(self) -> str:
        """Return what it is about in one line, such as `promote credit-risk 2.0.0: pilot -> canary`."""
        return f"{self.kind} {self._about()}".strip()

    def _about(self) -> str:
        shown = self.decision.transition if self.decision else None
        if shown is not None:
            return Transition(
                shown.model, shown.version, shown.artifact, shown.from_ or "", shown.to, shown.supersedes or ""
            ).title
        return ", ".join(f"{move.model} {move.version}: {move.from_ or '-'} -> {move.to or '-'}" for move in self.moves)
