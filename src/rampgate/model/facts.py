"""Facts: everything that rules may look at, collected before any of them runs; nothing is fetched afterwards."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from rampgate.model.approval import ReviewFacts, Tally
from rampgate.model.card import Card
from rampgate.model.change import Change
from rampgate.model.evidence import Evidence
from rampgate.model.history import History
from rampgate.model.ladder import Ladder
from rampgate.model.lineage import Lineage
from rampgate.model.people import People
from rampgate.model.registry import Glossary, Governance, ModelEntry, Models
from rampgate.model.sourced import Missing, Sourced
from rampgate.model.statements import Attestation, BreakGlass, BreakGlassReview, Event, RetrainingDecision
from rampgate.model.vocabulary import TIER_STRICTNESS, Tier
from rampgate.model.waiver import Waiver


@dataclass(frozen=True, slots=True)
class EvidenceFile:
    """One evidence file that a card lists.

    path: relative to the version's folder. listed: its place in the card's `evidence`. content: the evidence, or why
    it can not be used. signed_by: the person whose key signed it, or why nobody's did.
    """

    path: str
    listed: int
    content: Sourced[Evidence] | Missing
    signed_by: str | Missing = Missing("it is not signed")


@dataclass(frozen=True, slots=True)
class AttestationFile:
    """One attestation; `is_new` when it is added or altered by this change.

    on_record: whether the same bytes stand on the base branch, and so were vouched for when they landed.
    """

    id: str
    content: Sourced[Attestation]
    version: str
    on_record: bool


@dataclass(frozen=True, slots=True)
class VersionFacts:
    """One version of a model in one tree: its card and everything beside it."""

    version: str
    card: Sourced[Card]
    evidence: tuple[EvidenceFile, ...] = ()
    lineage: Sourced[Lineage] | Missing = Missing("there is no `lineage.yaml`")
    attestations: tuple[AttestationFile, ...] = ()
    events: Mapping[str, Sourced[Event]] = field(default_factory=dict)
    break_glass: Mapping[str, Sourced[BreakGlass]] = field(default_factory=dict)
    """Bypasses of promotions of this version, by the name of their file."""
    break_glass_reviews: Mapping[str, Sourced[BreakGlassReview]] = field(default_factory=dict)
    retraining: Mapping[str, Sourced[RetrainingDecision]] = field(default_factory=dict)
    """What was decided about training it again, by the name of the file."""
    files: Mapping[str, str] = field(default_factory=dict)
    """Every file of the folder: relative path -> Git object id."""


@dataclass(frozen=True, slots=True)
class Facts:
    """What one change is judged on.

    now: the moment of the judgement, RFC 3339 in UTC; today: its day. Policies, people, ladder and waivers are
    those of the base commit; `subject` and `siblings` those of the tree that would land.
    """

    change: Change
    now: str
    ladder: Ladder
    people: People
    models: Models
    governance: Governance | Missing
    glossary: Sourced[Glossary] | Missing
    subject: VersionFacts | Missing
    before: VersionFacts | Missing
    siblings: Mapping[str, VersionFacts]
    """Every version of the model in the tree that would land, the subject included."""
    siblings_before: Mapping[str, VersionFacts]
    reviews: ReviewFacts
    tally: Tally
    waiver: Sourced[Waiver] | Missing = Missing("the change brings no waiver")
    """The waiver that a waiver change adds."""
    waiver_problems: tuple[str, ...] = ()
    """How it goes beyond the terms of the rule that it names."""
    team_schemas: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    policy_problems: tuple[str, ...] = ()
    """What `check` says of the policies that a policy change brings."""
    control_before: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    """The control files of base as they are written, by path; empty where there are none."""
    control_after: Mapping[str, Mapping[str, Any]] | Missing = Missing("the change brings no control files")
    """Those that a policy change brings, or why they can not be told."""
    history: History | Missing = Missing("there is no decision history to go by", "set up recording first")
    """What the decision history says of the model; Missing where it was not asked for, or says nothing."""
    records: bool = False
    """Whether the repository declares a decision history."""
    waivable_roles: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """Rule id -> the roles that may waive it."""
    bypassable: frozenset[str] = frozenset()
    """The ids of the rules that a break-glass may name."""

    @property
    def today(self) -> str:
        """Return the UTC day of the judgement."""
        return self.now[:10]

    @property
    def entry(self) -> ModelEntry | None:
        """Return what `policies/models.yaml` fixes for the model, or None where it is absent."""
        transition = self.change.transition
        return self.models.models.get(transition.model) if transition else None

    @property
    def tier(self) -> Tier:
        """Return the tier that the model is judged as: the stricter of card and registry, high where it has none."""
        if self.entry is None or isinstance(self.subject, Missing):
            return Tier.HIGH
        return max(self.entry.tier, self.subject.card.noun.tier, key=TIER_STRICTNESS.__getitem__)

    @property
    def entering(self) -> str:
        """Return the rung whose rules speak: the stage entered or stood at; "" where no model moves."""
        transition = self.change.transition
        if transition is None or self.ladder.canonical(transition.to_stage) is None:
            return ""
        return self.ladder.judged_as(transition.to_stage)
