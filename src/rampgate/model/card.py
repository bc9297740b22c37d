"""The model card: everything that a promotion is judged on and that one version's owners write.

A card holds no thresholds and no verdicts: those belong to policies and to the gate. `unknown` and
`not_applicable: <reason>` are values that an owner or importer can write; a missing field is neither. The
sections follow Mitchell et al. 2019, "Model Cards for Model Reporting", doi:10.1145/3287560.3287596.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal, Self, TypeAlias, TypeVar

from pydantic import Field, model_validator

from rampgate.model.artifact import artifact_identity
from rampgate.model.ids import (
    Day,
    Days,
    Digest,
    Line,
    ModelId,
    Noun,
    Number,
    PersonName,
    RelativePath,
    StageName,
    Text,
    Version,
)
from rampgate.model.placeholder import PLACEHOLDER_DIGEST, PLACEHOLDER_MESSAGE
from rampgate.model.vocabulary import Task, Tier

T = TypeVar("T")


class NotApplicable(Noun):
    """A field that does not fit this model, and why."""

    not_applicable: Line


Maybe: TypeAlias = T | Literal["unknown"] | NotApplicable
"""A value, or `unknown`, or `not_applicable: <reason>`."""


class ArtifactPart(Noun):
    """One part of an artifact made of several: a prompt, a hosted model, an index."""

    name: Line
    uri: Line
    digest: Digest | None = None
    provider_version: Line | None = None
    """The exact version of a model that a provider hosts and that has no digest to check."""

    @model_validator(mode="after")
    def _is_pinned(self) -> Self:
        if (self.digest is None) == (self.provider_version is None):
            raise ValueError(f"part `{self.name}` needs either `digest` or `provider_version`")
        return self


class Artifact(Noun):
    """What is served: one file or image with its digest, or several parts."""

    uri: Line | None = None
    digest: Digest | None = None
    parts: Annotated[tuple[ArtifactPart, ...], Field(min_length=1)] | None = None

    @model_validator(mode="after")
    def _is_one_or_many(self) -> Self:
        if self.parts is None and self.digest is None:
            raise ValueError("an artifact needs `digest`, or `parts`")
        if self.parts is not None and (self.digest is not None or self.uri is not None):
            raise ValueError("an artifact has either `uri` and `digest`, or `parts`")
        if self.digest == PLACEHOLDER_DIGEST:
            raise ValueError(PLACEHOLDER_MESSAGE)
        return self

    @property
    def identity(self) -> str:
        """Return the digest that stands for the whole artifact.

        For parts it is the sha256 of their canonical JSON, in the order written: any changed part is another artifact.
        """
        return artifact_identity(self.given())


class Owners(Noun):
    """Who answers for what; persons of `policies/people.yaml`."""

    business: PersonName
    """Holds the budget and asked for the outcome."""
    technical: PersonName
    """Builds the model."""
    reliability: PersonName | None = None
    """Keeps it running."""
    model_quality: PersonName | None = None
    """Watches its quality in production."""
    data: PersonName | None = None
    """Answers for the data it learns from and reads."""
    security: PersonName | None = None
    oversight: PersonName | None = None
    """The human who can stop or overrule it."""


class Measured(Noun):
    """A number with its unit, and where and when it comes from."""

    value: Number
    unit: Line | None = None
    measured_on: Day | None = None
    source: Line | None = None


class OutcomeGoal(Noun):
    """What the business gets from the model, agreed before it is built."""

    metric: Line
    """The business metric, such as `approval_accuracy`; another one than the model's own metric."""
    baseline: Maybe[Measured]
    """Where the metric stands without this model."""
    target: Maybe[Measured]
    """Where it has to get for the model to be worth it."""
    direction: Literal["increase", "decrease"] | None = None
    window_days: Days | None = None
    """Over how many days the outcome is measured."""
    method: Literal["ab", "before_after", "holdout", "human_baseline"] | None = None
    budget_ref: Line | None = None


class Uses(Noun):
    """What the model is for, and what it is not for."""

    intended: Annotated[tuple[Text, ...], Field(min_length=1)]
    out_of_scope: tuple[Text, ...] = ()
    users: tuple[Line, ...] = ()
    affected_persons: tuple[Line, ...] = ()
    """Groups of people whom its output touches, users or not."""


class DataSet(Noun):
    """One data set and the role it plays for this model."""

    name: Line
    role: Literal["training", "validation", "test", "calibration", "reference", "retrieval"]
    uri: Line | None = None
    digest: Digest | None = None
    owner: PersonName | None = None
    licence: Line | None = None
    personal_data: Line | None = None
    known_gaps: Text | None = None


class Data(Noun):
    """The data the model learns from and is tested on; the way of the data stands in `lineage.yaml`."""

    sets: Annotated[tuple[DataSet, ...], Field(min_length=1)]
    access_approved_by: PersonName | None = None
    quality_checks: Maybe[tuple[Line, ...]] | None = None


class Evaluation(Noun):
    """How the model was evaluated; the numbers stand in evidence files."""

    metrics: Annotated[tuple[Line, ...], Field(min_length=1)]
    dataset: Line
    why: Text | None = None
    """Why these metrics fit the decision that the model takes part in."""
    limitations: Maybe[tuple[Text, ...]] | None = None


class Fairness(Noun):
    """For whom equal treatment is watched, and what was done about what was found."""

    attributes: Annotated[tuple[Line, ...], Field(min_length=1)]
    """Columns that evidence is split by, such as `sex`."""
    groups_at_risk: tuple[Line, ...] = ()
    harms: Maybe[Text] | None = None
    mitigation: Maybe[Text] | None = None


class Explainability(Noun):
    """How a decision can be explained to the person it concerns."""

    method: Line
    route: Maybe[Text] | None = None
    """How a person asks for, and gets, an explanation."""


class HumanOversight(Noun):
    """Who can stop or overrule the model, and how."""

    mode: Literal["human_in_the_loop", "human_on_the_loop", "solely_automated"]
    stop_procedure: Maybe[Text] | None = None
    last_tested: Day | None = None


class Fallback(Noun):
    """What serves when the model may not."""

    kind: Literal["previous_model", "rules", "human", "off"]
    target: Line
    """`model@version` for a previous model; else the name of the process that takes over."""
    drill: RelativePath | None = None
    """The evidence file of the last time this was practised."""


class Objective(Noun):
    """One promise of the service level."""

    metric: Line
    op: Literal["<", "<=", ">", ">="]
    value: Number
    unit: Line | None = None
    window: Line | None = None


class Operations(Noun):
    """How the model is run."""

    oncall: Line
    runbook: RelativePath
    sla: Maybe[tuple[Objective, ...]] | None = None
    escalation: Line | None = None


class Signal(Noun):
    """One thing that is measured while the model serves."""

    name: Line
    kind: Literal["quality", "drift", "data_quality", "fairness", "latency", "errors", "cost", "business", "safety"]
    window: Line | None = None
    source: Line | None = None


class Trigger(Noun):
    """When a signal calls for an action, and for which."""

    metric: Line
    statistic: Line | None = None
    baseline: Line | None = None
    """What the metric is compared with, such as `stage_entry`."""
    window: Line
    min_samples: Annotated[int, Field(ge=1)]
    """Fewer samples than this are no answer."""
    op: Literal["<", "<=", ">", ">="]
    value: Number
    kind: Literal["absolute", "relative", "ratio"]
    action: Literal["investigate", "hold", "rollback", "retrain", "page"]


class Monitoring(Noun):
    """What is watched in production, and what follows."""

    signals: Annotated[tuple[Signal, ...], Field(min_length=1)]
    triggers: tuple[Trigger, ...] = ()
    dashboard: Line | None = None
    label_delay_days: Annotated[int, Field(ge=0)] | None = None


class Rollout(Noun):
    """Who gets the model first, and how it is compared with what serves now."""

    segment: Line | None = None
    parity: Maybe[Line] | None = None


class Cost(Noun):
    """What a decision costs, and what it may cost."""

    per_thousand_decisions: Measured | None = None
    monthly_budget: Measured | None = None


class Security(Noun):
    """Threats considered, and what was done."""

    threat_model: Maybe[Line] | None = None
    tests: Maybe[tuple[Line, ...]] | None = None


class Retraining(Noun):
    """When the model is trained again, and who decides."""

    cadence: Line
    decided_by: PersonName | None = None
    triggers: tuple[Line, ...] = ()


class EvidenceRef(Noun):
    """One evidence file and the digest of its exact bytes."""

    path: RelativePath
    digest: Digest
    signature: RelativePath | None = None
    """A DSSE envelope over the file, made with an SSH key of the people file."""


class Card(Noun):
    """One version of one model."""

    schema_: Literal["rampgate/card/v1"] = Field(alias="schema")
    model: ModelId
    version: Version
    stage: StageName
    """Where the version stands; the one line that a promotion changes."""
    tier: Tier
    task: Task
    artifact: Artifact
    owners: Owners
    summary: Text | None = None
    outcome: Maybe[OutcomeGoal] | None = None
    uses: Maybe[Uses] | None = None
    data: Maybe[Data] | None = None
    evaluation: Maybe[Evaluation] | None = None
    fairness: Maybe[Fairness] | None = None
    explainability: Maybe[Explainability] | None = None
    human_oversight: Maybe[HumanOversight] | None = None
    fallback: Maybe[Fallback] | None = None
    operations: Maybe[Operations] | None = None
    monitoring: Maybe[Monitoring] | None = None
    rollout: Maybe[Rollout] | None = None
    cost: Maybe[Cost] | None = None
    security: Maybe[Security] | None = None
    retraining: Maybe[Retraining] | None = None
    evidence: tuple[EvidenceRef, ...] = ()
    licences: tuple[Line, ...] = ()
    references: tuple[Line, ...] = ()
    extensions: dict[str, Any] = Field(default_factory=dict)
    """What an importer found and has no home here, kept verbatim; no rule reads it."""

    @model_validator(mode="after")
    def _evidence_is_named_once(self) -> Self:
        paths = [reference.path.casefold() for reference in self.evidence]
        for path in paths:
            if paths.count(path) > 1:
                raise ValueError(f"evidence `{path}` is listed twice")
        return self
