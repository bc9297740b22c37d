"""A brief: what a reviewer needs beside the decision, in values that every report can show.

Numbers are texts, already rounded for reading; nothing here decides. What is undefined says so, and is never 0.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Figure:
    """One value of a metric.

    value: a number in words, or `undefined`. n: the rows that it divides by. interval: such as `0.78 to 0.82`, ""
    where none is known. hidden: the most rows that may be suppressed.
    """

    value: str
    n: int
    interval: str = ""
    hidden: int = 0


@dataclass(frozen=True, slots=True)
class MetricRow:
    """One metric of everybody: before, now, and the difference.

    about: the population and the data, in words. old: None where nothing is there to compare with, and `no_old` says
    why. difference and difference_interval are "" where they are not known. asked: whether a rule of this decision
    looks at the metric. better: `higher`, `lower` or "" where the metric does not say.
    """

    metric: str
    about: str
    new: Figure
    old: Figure | None = None
    old_name: str = ""
    no_old: str = ""
    difference: str = ""
    difference_interval: str = ""
    better: str = ""
    asked: bool = False


@dataclass(frozen=True, slots=True)
class GroupRow:
    """One group: its name, the rows of it, its figure, and how it stands against the reference.

    rows: those of the group; in a table without a reference those that the metric divides by. figure: None where
    nothing can be said because rows are suppressed. against: such as `0.62 (0.55 to 0.70)`, "" for none. note:
    `reference`, `thin, under 100`, `suppressed`, `suppressed in part`, or "".
    """

    group: str
    rows: int
    figure: Figure | None
    against: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True)
class GroupTable:
    """A metric by groups, as one rule looks at it, the lowest value first.

    against_what: what the last column holds, such as `ratio to the reference`. least_cell: groups with fewer rows are
    suppressed. more: how many groups are not listed.
    """

    rule: str
    metric: str
    by: tuple[str, ...]
    file: str
    asked: str
    against_what: str
    rows: tuple[GroupRow, ...]
    least_cell: int = 0
    more: int = 0


@dataclass(frozen=True, slots=True)
class Vouched:
    """What one person vouches for: in which role, about what, and until when; `is_new` if this change brings it."""

    role: str
    person: str
    statement: str
    until: str
    is_new: bool


@dataclass(frozen=True, slots=True)
class EvidenceOrigin:
    """One evidence file: who measured it, on which day, and whose key signed it, "" for nobody's."""

    path: str
    by: str
    on: str
    signed_by: str = ""


@dataclass(frozen=True, slots=True)
class Effects:
    """What the rules that a change brings would have changed, had they held.

    flips: verdicts that differ, in sentences: of models as they stand, then of decisions on record. looked_at: what
    was looked at, or why nothing was, in a sentence.
    """

    looked_at: str
    flips: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Brief:
    """What a reviewer needs beside the decision.

    changes: sentences such as `owners.reliability: carol -> dave`; more_changes: how many are not listed.
    exposure_from and exposure_to: percent of traffic, None where no version moves or the stage is new.
    metrics_left_out: why files with numbers are not shown. effects: of a change of the rules, None of any other.
    """

    changes: tuple[str, ...] = ()
    more_changes: int = 0
    exposure_from: int | None = None
    exposure_to: int | None = None
    metrics: tuple[MetricRow, ...] = ()
    more_metrics: int = 0
    metrics_left_out: tuple[str, ...] = ()
    groups: tuple[GroupTable, ...] = ()
    more_groups: int = 0
    vouched: tuple[Vouched, ...] = ()
    evidence: tuple[EvidenceOrigin, ...] = ()
    effects: Effects | None = None
