"""Evidence: a measured fact with its provenance, and the counts or sums that it rests on."""

from __future__ import annotations

from typing import Annotated, Any, Literal, Self

from pydantic import Field, model_validator

from rampgate.model.ids import Day, Digest, Instant, Line, ModelId, Noun, StageName, Version

EvidenceKind = Literal[
    "performance",
    "fairness",
    "rate",
    "regression",
    "multiclass",
    "calibration",
    "drift",
    "data_quality",
    "reconciliation",
    "split_overlap",
    "load",
    "cost",
    "impact",
    "readiness",
    "drill",
    "answers",
    "checks",
]
DecimalText = Annotated[
    str,
    Field(
        pattern=r"^-?(0|[1-9][0-9]{0,30})(\.[0-9]{1,30})?$", description='an exact decimal as text, such as `"0.80"`'
    ),
]


class Subject(Noun):
    """What was measured, on what."""

    model: ModelId
    version: Version
    artifact: Digest
    dataset: Digest | None = None
    dataset_name: Line | None = None


class Window(Noun):
    """The days that the data covers, both inclusive."""

    from_: Day = Field(alias="from")
    to: Day


class Produced(Noun):
    """Who measured it, with what, and when."""

    by: Line
    tool: Line
    tool_version: Line
    command: Annotated[str, Field(max_length=4000)] | None = None
    at: Instant


class Unmatched(Noun):
    """Rows that found no partner when truth was joined to the data; they are measured nowhere."""

    data: Annotated[int, Field(ge=0)]
    truth: Annotated[int, Field(ge=0)]


class DataSource(Noun):
    """The data by their digest, and how they were asked."""

    uri: Line
    """A name without the folders of somebody's machine, and without a user or password."""
    digest: Digest
    rows: Annotated[int, Field(ge=0)]
    digest_of: Line | None = None
    """What the digest stands for, where it is not that of a file's bytes."""
    schema_fingerprint: Digest | None = None
    """Of the names and kinds of the columns, in their order."""
    engine: Line | None = None
    engine_version: Line | None = None
    sql: tuple[Annotated[str, Field(min_length=1, max_length=200_000)], ...] = ()
    """Every query whose answer was measured; the table is called `data` in it."""
    joined_on: Line | None = None
    """The id that paired the rows of the data with those of the truth."""
    unmatched: Unmatched | None = None


class Counts(Noun):
    """A table of counts: group columns, then labels, then `n`; one row for each cell."""

    columns: Annotated[tuple[Line, ...], Field(min_length=2, max_length=24)]
    rows: tuple[tuple[str | int, ...], ...]


class Table(Noun):
    """A table of integers: named columns of texts first, such as groups and labels, then of whole numbers.

    Where a column is `bin`, it says how many of the `edges` a value reaches: 0 is below the first.
    """

    columns: Annotated[tuple[Line, ...], Field(min_length=1, max_length=24)]
    rows: tuple[tuple[str | int, ...], ...]
    edges: tuple[DecimalText, ...] = ()
    """Bounds of bins in rising order, frozen: a bin holds values from its lower bound on, up to below its upper one."""


class Interval(Noun):
    """An interval at a level, both ends inclusive."""

    level: DecimalText
    low: DecimalText
    high: DecimalText
    method: Line


class Measure(Noun):
    """One metric of one group."""

    metric: Line
    group: dict[str, str] = Field(default_factory=dict)
    """Column -> value; empty for everybody."""
    by: tuple[Line, ...] = ()
    """For a comparison of groups, the columns whose values make them."""
    n: Annotated[int, Field(ge=0)]
    """The rows that the metric is a share or mean of."""
    k: Annotated[int, Field(ge=0)] | None = None
    value: DecimalText | None
    """None where the metric is undefined, as with no rows to divide by; never 0 for that."""
    interval: Interval | None = None


class Claimed(Noun):
    """One number that another tool reported, and that rests on no counts here: nobody can compute it again."""

    metric: Line
    group: dict[str, str] = Field(default_factory=dict)
    """Column -> value; empty for everybody."""
    n: Annotated[int, Field(ge=0)] | None = None
    """The rows or cases that the tool says it rests on; None where it says nothing."""
    value: DecimalText | None
    """None where the tool says that it is undefined."""


class Imported(Noun):
    """The results file of another tool that evidence was taken from, and what became of every name in it."""

    tool: Line
    file: Line
    """Its name, without folders."""
    digest: Digest
    """Of the file's bytes."""
    about: Line | None = None
    """What in the file was taken, such as `run 0123` or `provider openai:gpt-4o`."""
    mapping: dict[Line, Line] = Field(default_factory=dict)
    """The tool's name of a number -> ours, as whoever imported it said."""
    not_taken: tuple[Line, ...] = ()
    """What else the file reports, by the tool's names, and some of why it was left."""
    at: Instant
    """When it was imported; `produced.at` is when the tool ran."""


class Crosscheck(Noun):
    """What an independent library said of the same table."""

    library: Line
    version: Line
    max_difference: Line


class Against(Noun):
    """The other artifact of a paired comparison on the same rows."""

    model: ModelId
    version: Version
    artifact: Digest


class Evidence(Noun):
    """One immutable measurement, named by its digest in the card."""

    schema_: Literal["rampgate/evidence/v1"] = Field(alias="schema")
    kind: EvidenceKind
    subject: Subject
    population: Literal["offline", "shadow", "production"]
    stage: StageName | None = None
    """The stage at which a shadow or production population was served."""
    window: Window | None = None
    produced: Produced
    source: DataSource | None = None
    against: Against | None = None
    counts: Counts | None = None
    sums: dict[str, Any] | None = None
    tables: dict[Line, Table] | None = None
    """What kinds other than counts of labels rest on: histograms, checks of columns, matches; by name."""
    minimum_cell: Annotated[int, Field(ge=0)] = 0
    """Groups with fewer rows than this are left out and listed in `suppressed`."""
    suppressed: tuple[dict[str, str], ...] = ()
    measures: tuple[Measure, ...] = ()
    crosscheck: Crosscheck | Literal["skipped"] | None = None
    """`skipped` where whoever measured asked for none; None where no other library computes these measures."""
    imported: Imported | None = None
    claimed: Annotated[tuple[Claimed, ...], Field(max_length=10_000)] = ()
    """Numbers that another tool reported without counts; rules refuse them unless they say otherwise."""
    results: dict[str, Any] | None = None
    """What kinds without counts report, such as the date and result of a drill."""

    @model_validator(mode="after")
    def _rests_on_something(self) -> Self:
        if self.claimed and self.imported is None:
            raise ValueError("`claimed` numbers come from another tool, so `imported` has to say which")
        rests = (self.counts, self.sums, self.tables, self.results)
        if all(each is None for each in rests) and not self.claimed:
            raise ValueError("evidence needs `counts`, `sums`, `tables` or `results` to rest on")
        return self
