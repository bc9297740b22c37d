"""What a card may not choose for itself: tiers and tasks of models, who may change the rules, and shared terms."""

from __future__ import annotations

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from rampgate.model.ids import Days, Line, ModelId, Noun, RoleName, StageName, Text
from rampgate.model.policy import Slot
from rampgate.model.vocabulary import Task, Tier


class ModelEntry(Noun):
    """The fixed facts of one model."""

    tier: Tier
    task: Task
    owner_team: Line | None = None
    """The team that owns it; slots may ask for people outside it."""


class Models(Noun):
    """`policies/models.yaml`: tier and task of every model; one that is absent is judged as high."""

    schema_: Literal["rampgate/models/v1"] = Field(alias="schema")
    models: dict[ModelId, ModelEntry]


class Quorum(Noun):
    """Who must approve something."""

    slots: Annotated[tuple[Slot, ...], Field(min_length=1)]

    @model_validator(mode="after")
    def _asks_whatever_the_model(self) -> Self:
        if any(slot.tiers is not None or slot.from_exposure_percent for slot in self.slots):
            raise ValueError("no model is judged here, so that no slot can have `tiers` or `from_exposure_percent`")
        return self


class WaiverCap(Noun):
    """How long any waiver may last, whatever its rule allows."""

    max_days: Days | dict[StageName, Days]
    """The longest life of a waiver in days, or one limit for each stage; at a stage left out nothing can be waived."""

    def days_at(self, stage: str) -> int:
        """Return the longest life in days of a waiver for entering a stage, 0 where there can be none."""
        return self.max_days if isinstance(self.max_days, int) else self.max_days.get(stage, 0)


class BreakGlassTerms(Noun):
    """Who may bypass rules in an emergency, who reviews it afterwards, and by when."""

    by: Annotated[tuple[RoleName, ...], Field(min_length=1)]
    """The roles of the two persons who bypass rules together."""
    reviewed_by: Annotated[tuple[RoleName, ...], Field(min_length=1)]
    """The roles whose holders review it afterwards."""
    review_within_days: Annotated[int, Field(ge=1, le=30, strict=True)]
    """The last day of the review is at most so many days after the bypass."""
    max_exposure_percent: Annotated[int, Field(ge=0, le=100, strict=True)] | None = None
    """The highest exposure of a stage that can be entered so; any stage where it is left out."""


class Governance(Noun):
    """`policies/governance.yaml`: who may change the rules, and who may adopt running models."""

    schema_: Literal["rampgate/governance/v1"] = Field(alias="schema")
    branch: Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9._/-]{0,99}$")] = "main"
    """The governed branch: policies, people and waivers are read from its commits alone."""
    policy_change: Quorum
    adoption: Quorum | None = None
    waivers: WaiverCap | None = None
    """A ceiling over the `max_days` of every rule; none where it is left out."""
    break_glass: BreakGlassTerms | None = None
    """Whether rules can be bypassed in an emergency; they can not where it is left out."""
    veto_lifted_by: tuple[RoleName, ...] = ()
    """The roles whose holders may lift somebody else's objection, by dismissing the review and saying why."""
    forks: Literal["refused", "allowed"] = "refused"
    """Whether a change may come from a fork; rollback and retire may always."""


class Term(Noun):
    """One idea of the business and its one canonical definition."""

    canonical: Line
    """The id of the definition that counts, such as `core_banking.gross_monthly_income`."""
    meaning: Text
    unit: Line | None = None
    owner: Line | None = None
    equivalent: tuple[Line, ...] = ()
    """Other definitions that a reconciliation has shown to give the same values."""


class Glossary(Noun):
    """`policies/glossary.yaml`: one canonical definition for each term that several systems define."""

    schema_: Literal["rampgate/glossary/v1"] = Field(alias="schema")
    terms: dict[Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{0,62}$")], Term]
