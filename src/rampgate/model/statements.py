"""What people state beside a card: attestations that only a person can vouch for, and events with their reason."""

from __future__ import annotations

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from rampgate.model.ids import Day, Digest, Line, Noun, PersonName, RoleName, StageName, Text


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
