"""Waivers: one rule, one model version, one stage, a reason, an owner, an approver and an end."""

from __future__ import annotations

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from rampgate.model.ids import Day, ModelId, Noun, PersonName, RuleId, StageName, Text, Version

WaiverId = Annotated[
    str,
    Field(pattern=r"^[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?$", description="id of a waiver, `W-2026-014`"),
]


class Waiver(Noun):
    """An exception with an end; it names exactly what it excuses."""

    schema_: Literal["rampgate/waiver/v1"] = Field(alias="schema")
    id: WaiverId
    rule: RuleId
    model: ModelId
    version: Version
    entering: StageName
    reason: Annotated[Text, Field(min_length=10)]
    owner: PersonName
    """Who asked for it and answers for what follows."""
    approved_by: PersonName
    """Who granted it; neither its owner nor the author of the pull request that brings it."""
    starts: Day
    ends: Day
    """The last UTC day on which it counts."""

    @model_validator(mode="after")
    def _is_granted_by_somebody_else_and_ends(self) -> Self:
        if self.owner == self.approved_by:
            raise ValueError(f"`{self.owner}` can not grant a waiver to themselves")
        if self.ends < self.starts:
            raise ValueError(f"the waiver ends on {self.ends}, before it starts on {self.starts}")
        return self

    def is_live(self, day: str) -> bool:
        """Return whether the waiver counts on a UTC day; both ends are inclusive."""
        return self.starts <= day <= self.ends
