"""The text of a new card: every field with a comment that says what it is for; nothing is invented.

What only the owner knows is `unknown`, an honest word that a rule takes as undecided, with an example to uncomment.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from rampgate.formats.yaml_write import quoted_as

_ORDER: Final = {"low": 0, "medium": 1, "high": 2}


@dataclass(frozen=True, slots=True)
class Section:
    """One section of a card: from which tier it is written, what it is for, and an example of what it may hold."""

    key: str
    tier: str
    about: str
    example: tuple[str, ...]


SECTIONS: Final = (
    Section("outcome", "medium", "What the business gets from it, as a number to reach, agreed before it is built.", (
        "metric: approval_accuracy               # the business metric, another one than the model's own",
        'baseline: {value: "0.81", unit: share}  # where it stands without this model',
        'target: {value: "0.85", unit: share}    # where it has to get',
        "direction: increase                     # or decrease",
        "window_days: 30                         # over how many days it is measured",
        "method: ab                              # ab, before_after, holdout or human_baseline",
    )),
    Section("uses", "low", "What the model is for, what it is not for, and whom it touches.", (
        "intended: [Rank applications for a second look]    # the decisions that it takes part in",
        "out_of_scope: [Decline without a human]            # what it must not be used for",
        "affected_persons: [Applicants]                     # users or not",
    )),
    Section("data", "low", "The data it learns from and is tested on; where that comes from stands in lineage.yaml.", (
        "sets:",
        "  - name: applications-2025                 # one entry for each set",
        "    role: training                          # training, validation, test, calibration, reference, retrieval",
        '    digest: "sha256:..."                    # of the exact bytes, where the set can be pinned',
        "access_approved_by: PERSON                  # who allowed its use",
    )),
    Section("evaluation", "low", "How it was evaluated; the numbers stand in evidence files.", (
        "metrics: [accuracy, recall]                 # what was measured",
        "dataset: applications-2025-test             # on what",
        "why: A missed default costs ten times a wrong decline",
        "limitations: [Not tested on business customers]",
    )),
    Section("fairness", "high", "For whom equal treatment is watched, and what was done about what was found.", (
        "attributes: [sex]                           # columns that evidence is split by",
        "groups_at_risk: [Women over 60]             # where harm is most likely",
        "harms: A loan that is wrongly declined",
        "mitigation: Threshold set for each segment",
    )),
    Section("explainability", "high", "How a decision can be explained to the person it concerns.", (
        "method: Reason codes from the three largest contributions",
        "route: The letter names the desk that explains",
    )),
    Section("human_oversight", "high", "Who can stop or overrule it, and how.", (
        "mode: human_in_the_loop                     # human_in_the_loop, human_on_the_loop or solely_automated",
        "stop_procedure: The desk switches to rules in the console",
        "last_tested: 2026-01-31",
    )),
    Section("fallback", "low", "What serves when the model may not.", (
        "kind: human                                 # previous_model, rules, human or off",
        "target: Credit desk                         # model@version for a previous model",
        "drill: evidence/drill.json                  # the evidence of the last time it was practised",
    )),
    Section("operations", "medium", "How it is run; write runbook.md beside this card.", (
        "oncall: Lending on-call rota                # who answers at night",
        "runbook: runbook.md",
        'sla: [{metric: latency_p95, op: "<=", value: "300", unit: ms}]',
    )),
    Section("monitoring", "medium", "What is watched in production, and what follows.", (
        "signals:",
        "  - {name: accuracy, kind: quality, window: 7d}      # quality, drift, data_quality, fairness, latency, ...",
        "  - {name: score_shift, kind: drift, window: 1d}",
        "triggers:",
        "  - metric: accuracy                                 # the name of a signal",
        "    baseline: stage_entry                            # what it is compared with",
        "    window: 7d",
        "    min_samples: 500                                 # fewer are no answer",
        '    op: "<"',
        '    value: "-0.05"',
        "    kind: absolute                                   # absolute, relative or ratio",
        "    action: rollback                                 # investigate, hold, rollback, retrain or page",
    )),
    Section("rollout", "medium", "Who gets it first, and how it is compared with what serves now.", (
        "segment: New customers",
        "parity: Same decision as today in 98% of cases",
    )),
    Section("cost", "medium", "What a decision costs, and what it may cost.", (
        'per_thousand_decisions: {value: "1.20", unit: EUR}',
        'monthly_budget: {value: "900", unit: EUR}',
    )),
    Section("security", "medium", "Threats considered, and what was done.", (
        "threat_model: TM-12",
        "tests: [Poisoned rows, Model extraction]",
    )),
    Section("retraining", "medium", "When it is trained again, and who decides.", (
        "cadence: Every quarter",
        "decided_by: PERSON",
        "triggers: [Drift held for two weeks]",
    )),
)  # fmt: skip
"""The sections of a card that an owner fills, in the order of the card."""

OWNERS: Final[Mapping[str, tuple[str, str, str]]] = {
    "business": ("business_owner", "low", "holds the budget and asked for the outcome"),
    "technical": ("technical_owner", "low", "builds the model"),
    "reliability": ("reliability", "medium", "keeps it running"),
    "model_quality": ("model_quality", "high", "watches its quality in production"),
    "data": ("data", "high", "answers for the data"),
    "security": ("security", "high", "answers for its security"),
    "oversight": ("oversight", "high", "can stop or overrule it"),
}
"""Kind of owner -> the role whose first holder is proposed, from which tier it is written, what it means."""


@dataclass(frozen=True, slots=True)
class NewCard:
    """What a new card says from the start; owners: kind -> person. uri: "" where it is not known."""

    model: str
    version: str
    stage: str
    tier: str
    task: str
    digest: str
    uri: str
    owners: Mapping[str, str]


def card_text(card: NewCard, required: Mapping[str, Sequence[str]]) -> str:
    """Return the card as YAML with comments.

    required: section -> what policies ask of it in words, such as `uses.intended (card.says-the-minimum)`.
    """
    lines = [
        f"# {card.model} {card.version}. Replace each `unknown` by the example under it, uncommented and made true.",
        "# `unknown` leaves the rules that ask for the field undecided; `{not_applicable: why}` is allowed where a",
        f"# policy permits it. `rampgate check` finds mistakes, `rampgate plan {card.model}` says what is missing.",
        "schema: rampgate/card/v1",
        f"model: {card.model}                # its folder under model_cards/",
        f"version: {quoted_as(chr(34), card.version)}                # always in quotes: 1.10 is not 1.1",
        f"stage: {card.stage}                # where it stands; `rampgate promote` changes this one line",
        f"tier: {card.tier}                # low, medium or high: the harm that a wrong model can do",
        f"task: {card.task}                # what it does; decides which rules speak",
        "# What is served, by the digest of its exact bytes; after the first stage another digest is another version.",
        "# Several parts (a prompt, a hosted model, an index) are written as",
        '#   parts: [{name: prompt, uri: ..., digest: "sha256:..."}, {name: llm, uri: ..., provider_version: ...}]',
        "artifact:",
        *([f"  uri: {quoted_as(chr(34), card.uri)}                # where it can be fetched"] if card.uri else []),
        f"  digest: {quoted_as(chr(34), card.digest)}",
        *([] if card.uri else ["  # uri: s3://models/...                # where it can be fetched"]),
        *_owners(card),
        "# One sentence for whoever has never heard of it.",
        f"# summary: What {card.model} does",
    ]
    for section in SECTIONS:
        if _ORDER[section.tier] <= _ORDER[card.tier] or section.key in required:
            lines += _section(section, required.get(section.key, ()))
    lines += [
        "",
        "# Measured facts; `rampgate measure ... --attach` writes the file and the entry.",
        "evidence: []",
    ]
    return "\n".join(_aligned(line) for line in lines) + "\n"


def _owners(card: NewCard) -> list[str]:
    lines = ["# Who answers for what: persons of policies/people.yaml.", "owners:"]
    for kind, (_, tier, about) in OWNERS.items():
        if kind in card.owners:
            lines.append(f"  {kind}: {card.owners[kind]}                # {about}")
        elif _ORDER[tier] <= _ORDER[card.tier]:
            lines.append(f"  # {kind}: PERSON                # {about}")
    return lines


def _section(section: Section, required: Sequence[str]) -> list[str]:
    lines = ["", f"# {section.about}"]
    lines += [f"# Required: {each}" for each in required]
    lines.append(f"{section.key}: unknown")
    lines.append(f"# {section.key}:")
    lines += [f"#   {line}" for line in section.example]
    return lines


def _aligned(line: str) -> str:
    """Return a line with the comment behind its value at one column."""
    value, gap, comment = line.partition("                # ")
    return f"{value:<40} # {comment}" if gap and not line.startswith("#") else line
