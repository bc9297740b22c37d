"""A decision: the verdict on one change, with every finding and the digest of everything that it rests on."""

from __future__ import annotations

from dataclasses import dataclass

from rampgate.errors import Problem
from rampgate.model.approval import CountedApproval, IgnoredReview, SlotState
from rampgate.model.change import Transition
from rampgate.model.finding import Finding
from rampgate.model.inputs import Input
from rampgate.model.vocabulary import ChangeKind, Verdict


@dataclass(frozen=True, slots=True)
class Waived:
    """A waiver that excuses findings of this decision.

    approved_by: who granted it; owner: who asked for it and answers for it; ends: the last UTC day on which it counts.
    """

    id: str
    reason: str
    owner: str
    approved_by: str
    ends: str


@dataclass(frozen=True, slots=True)
class Bypass:
    """A break-glass that excuses findings of this decision; review_by: the last UTC day for its review."""

    id: str
    reason: str
    ticket: str
    by: str
    second: str
    review_by: str


@dataclass(frozen=True, slots=True)
class Decision:
    """What the gate decided, when, on what.

    verdict: None where the diff touches no governed path. valid_until: the earliest UTC day after which an answer no
    longer stands, "" for none. problems: what made the input invalid; the verdict is then undecided.
    waivers, break_glass: the terms of whatever excuses a finding.
    """

    verdict: Verdict | None
    change: ChangeKind
    transition: Transition | None
    findings: tuple[Finding, ...]
    required: tuple[SlotState, ...]
    counted: tuple[CountedApproval, ...]
    ignored: tuple[IgnoredReview, ...]
    inputs: tuple[Input, ...]
    engine_version: str
    evaluated_at: str
    base: str
    head: str
    valid_until: str = ""
    problems: tuple[Problem, ...] = ()
    reviews_given: bool = True
    waivers: tuple[Waived, ...] = ()
    break_glass: tuple[Bypass, ...] = ()
