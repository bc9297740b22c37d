"""What people state beside a card: what they vouch for, why a version moved, what was bypassed, what was decided."""

from __future__ import annotations

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from rampgate.model.ids import (
    Day,
    Digest,
    Line,
    Noun,
    PersonName,
    RelativePath,
    RoleName,
    RuleId,
    StageName,
    Text,
    Version,
)

EventId = Annotated[
    str,
    Field(
        pattern=r"^[A-Za-z0-9_][A-Za-z0-9_.+-]{0,99}$",
        description="name of a file under `events/`, without `.yaml`",
    ),
]


class Attestation(Noun):
    """What one named person vouches for, in a role, until a day."""

    schema_: Literal["rampgate/attestation/v1"] = Field(alias="schema")
    role: RoleName
    person: PersonName
    statement: Annotated[Text, Field(min_length=10)]
    covers: Literal["version", "model"]
    """`version`: this version alone; `model`: every version of the model."""
    topic: Line | None = None
    """What it is about, where a role vouches for several things, such as `outcome`."""
    date: Day
    expires: Day
    """The last UTC day on which it counts."""

    @model_validator(mode="after")
    def _ends_after_it_starts(self) -> Self:
        if self.expires < self.date:
            raise ValueError(f"the attestation expires on {self.expires}, before its date {self.date}")
        return self


class Event(Noun):
    """Why a version was moved down, restored or retired, and by whom."""

    schema_: Literal["rampgate/event/v1"] = Field(alias="schema")
    kind: Literal["rollback", "restore", "retire"]
    from_: StageName = Field(alias="from")
    to: StageName
    reason: Annotated[Text, Field(min_length=10)]
    by: PersonName
    date: Day
    incident: Line | None = None
    artifact: Digest | None = None
    """The identity of the artifact that moved; a restore from the first stage, where artifacts change, needs it."""


class BreakGlass(Noun):
    """A bypass of named rules for one promotion, by two persons, that somebody else reviews afterwards."""

    schema_: Literal["rampgate/break-glass/v1"] = Field(alias="schema")
    from_: StageName = Field(alias="from")
    to: StageName
    rules: Annotated[tuple[RuleId, ...], Field(min_length=1, max_length=50)]
    """The rules that it bypasses, each by its id; no other rule is touched."""
    reason: Annotated[Text, Field(min_length=10)]
    ticket: Line
    """Where the emergency is recorded, such as `INC-311`."""
    by: PersonName
    """Who asks for it: they open the pull request, or approve it."""
    second: PersonName
    """Another person, who had no hand in it and approves it."""
    date: Day
    review_by: Day
    """The last UTC day on which it is reviewed in time, and on which it counts."""

    @model_validator(mode="after")
    def _two_persons_and_a_review_to_come(self) -> Self:
        if self.by == self.second:
            raise ValueError(f"`{self.by}` can not be the second person too; break-glass takes two")
        if self.review_by < self.date:
            raise ValueError(f"the review is due on {self.review_by}, before the bypass on {self.date}")
        return self


class BreakGlassReview(Noun):
    """What somebody who had no part in a bypass says about it afterwards."""

    schema_: Literal["rampgate/break-glass-review/v1"] = Field(alias="schema")
    of: EventId
    """The break-glass that is reviewed, by the name of its file in the same folder."""
    by: PersonName
    conclusion: Literal["accepted", "rolled_back", "rejected"]
    """`accepted`: it was right; `rolled_back`: the version has gone down again; `rejected`: it should not have been."""
    reason: Annotated[Text, Field(min_length=10)]
    date: Day


class RetrainingDecision(Noun):
    """Whether a version is trained again after a trigger, who decided so, and why; it moves nothing by itself."""

    schema_: Literal["rampgate/retraining/v1"] = Field(alias="schema")
    decision: Literal["retrain", "keep", "retire_later"]
    """`retrain`: a new version is made; `keep`: it stays as it is; `retire_later`: it goes, and not yet."""
    trigger: Line
    """What made it necessary to decide: a metric that drifted, a schedule, an incident."""
    evidence: RelativePath | None = None
    """What shows the trigger, such as `evidence/drift-2026-11.json`: a file of the same version."""
    reason: Annotated[Text, Field(min_length=10)]
    by: PersonName
    """Who decided: they open the pull request, or approve it."""
    date: Day
    successor: Version | None = None
    """The version that is to take its place, where that is known."""
