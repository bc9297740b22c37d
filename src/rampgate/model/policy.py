"""Policies: the rules of an organisation, as written; binding them to rule kinds is `rampgate.core.bind`."""

from __future__ import annotations

from typing import Annotated, Any, Literal, Self

from pydantic import Field, StrictBool, model_validator

from rampgate.model.ids import Day, Days, Line, Noun, PersonName, RoleName, RuleId, StageName, Text
from rampgate.model.vocabulary import ChangeKind, Effect, Outcome, Task, Tier

Effects = Effect | dict[StageName, Effect]


class Slot(Noun):
    """Places in a quorum that people of one role fill."""

    role: RoleName
    count: Annotated[int, Field(ge=1, le=20, strict=True)] = 1
    """How many distinct persons."""
    independent_of: Literal["owner_team"] | None = None
    """Only persons outside the team that owns the model fill this slot."""
    author_counts: StrictBool = False
    """Whether opening the pull request is this person's consent; for `business_owner` alone."""
    tiers: Annotated[tuple[Tier, ...], Field(min_length=1)] | None = None
    """The tiers of models about which this slot asks; all where it is left out."""
    from_exposure_percent: Annotated[int, Field(ge=0, le=100, strict=True)] = 0
    """The slot asks where the stage that is entered, or stood at, has at least this exposure."""

    @model_validator(mode="after")
    def _only_the_business_owner_consents_by_asking(self) -> Self:
        if self.author_counts and self.role != "business_owner":
            raise ValueError("`author_counts: true` is for the role `business_owner` alone")
        return self


class Scope(Noun):
    """About which changes a rule speaks; what is left out is not restricted."""

    changes: Annotated[tuple[ChangeKind, ...], Field(min_length=1)] = (ChangeKind.PROMOTE, ChangeKind.RESTORE)
    tiers: Annotated[tuple[Tier, ...], Field(min_length=1)] | None = None
    tasks: Annotated[tuple[Task, ...], Field(min_length=1)] | None = None
    models: Annotated[tuple[str, ...], Field(min_length=1)] | None = None
    entering: Annotated[tuple[StageName, ...], Field(min_length=1)] | None = None
    """Stages that the change enters, or stays at."""

    @model_validator(mode="after")
    def _names_changes_that_rules_may_judge(self) -> Self:
        for kind in self.changes:
            if kind not in JUDGED_BY_POLICY:
                words = ", ".join(f"`{each}`" for each in JUDGED_BY_POLICY)
                raise ValueError(f"no policy rule judges `{kind}`; expected {words}")
        return self


JUDGED_BY_POLICY = (ChangeKind.REGISTER, ChangeKind.AMEND, ChangeKind.PROMOTE, ChangeKind.RESTORE)
"""Rollback and retire must never be blocked by policy; policy and waiver changes have rules of their own."""


class Waivable(Noun):
    """Whether and how a rule may be waived."""

    by: Annotated[tuple[RoleName, ...], Field(min_length=1)]
    max_days: Days | dict[StageName, Days]
    """The longest life of a waiver in days, or one limit for each stage; a stage left out can not be waived."""
    outcomes: Annotated[tuple[Literal[Outcome.FAIL, Outcome.INSUFFICIENT], ...], Field(min_length=1)] = (
        Outcome.FAIL,
        Outcome.INSUFFICIENT,
    )


class InForce(Noun):
    """From which day, and to which day inclusive, a rule speaks."""

    from_: Day | None = Field(default=None, alias="from")
    to: Day | None = None


class Revision(Noun):
    """What a rule says from a day on."""

    from_: Day = Field(alias="from")
    with_: dict[str, Any] | None = Field(default=None, alias="with")
    effect: Effects | None = None
    why: Line | None = None


class Rule(Noun):
    """One thing that must hold, as its owner wrote it."""

    id: RuleId
    kind: Line
    title: Line | None = None
    why: Text | None = None
    applies: Scope = Scope()
    effect: Effects
    with_: dict[str, Any] = Field(default_factory=dict, alias="with")
    fix: Text | None = None
    waivable: Waivable | None = None
    controls: tuple[Line, ...] = ()
    in_force: InForce | None = None
    revisions: tuple[Revision, ...] = ()

    def effect_at(self, stage: str, day: str) -> Effect:
        """Return the effect at a stage on a UTC day (`YYYY-MM-DD`); a stage left out of the mapping is only audited."""
        effect = self.effect
        for revision in self.revisions_by(day):
            effect = revision.effect if revision.effect is not None else effect
        return effect if isinstance(effect, Effect) else effect.get(stage, Effect.AUDIT)

    def params_on(self, day: str) -> dict[str, Any]:
        """Return the parameters in force on a UTC day; a revision replaces the keys that it names."""
        params = dict(self.with_)
        for revision in self.revisions_by(day):
            params.update(revision.with_ or {})
        return params

    def revisions_by(self, day: str) -> list[Revision]:
        """Return the revisions that hold on a day, oldest first."""
        return sorted((each for each in self.revisions if each.from_ <= day), key=lambda each: each.from_)

    def is_in_force(self, day: str) -> bool:
        """Return whether the rule speaks on a UTC day; both ends are inclusive."""
        if self.in_force is None:
            return True
        return (self.in_force.from_ or day) <= day <= (self.in_force.to or day)


class Policy(Noun):
    """A file of rules with one owner."""

    schema_: Literal["rampgate/policy/v1"] = Field(alias="schema")
    policy: Annotated[str, Field(pattern=r"^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$")]
    version: Line
    owner: Line | PersonName
    description: Text | None = None
    rules: tuple[Rule, ...]
