"""What is to be measured, and what comes out: values only, nothing is written here."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from decimal import Decimal
from pathlib import Path
from typing import Any, Literal

from rampgate.measure.details import Details

Population = Literal["offline", "shadow", "production"]


@dataclass(frozen=True, slots=True)
class Pairing:
    """How truth is joined to data. id: the column that tells rows apart, in both; None where the rows need none.

    stacked: both tables are offered one below the other instead, see `engines._parts.SOURCE`.
    """

    id: str | None = None
    allow_unmatched: bool = False
    stacked: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class MeasureRequest:
    """One measurement of one model version on one table.

    data: a CSV (UTF-8, comma, with a header line; `.tsv` with tabs) or Parquet file, a folder of them, or a pattern of
    their names. engine, table: instead of files, the address of an engine that has the data, and its table there;
    `data` is then the name of the table, for messages. id: the column that tells the rows apart. truth: a file, or a
    table of the same engine, whose columns are joined to the data by `id`; rows without a partner are refused unless
    `allow_unmatched`. y_true, y_pred: columns of labels,
    or of numbers for a regression. y_score, threshold: predict positive where the score is at least the threshold,
    instead of reading `y_pred`. outcome: the column of a yes or no, for a rate. by: the group columns.
    weight: a column of row weights. positive: the label that counts as positive, where labels are not 0 and 1.
    artifact: digest of the model artifact, `sha256:...`. window_from, window_to: days `YYYY-MM-DD`, both inclusive.
    pool: more data files about the same artifact, from other windows, whose rows are counted with those of `data`.
    min_cell: groups with fewer rows are left out of the evidence and listed as suppressed; 0 leaves none out.
    crosscheck: whether another library computes the same measures from the same table, and has to agree.
    preset: `nyc-ll144` for the bias audit of New York City's Local Law 144, None for none; for it, unknown is the value
    of an unknown category, and justification says why categories under 2% are left out, None to leave none out.
    details: what measurements of data ask for beside this, see there.
    """

    data: Path = Path()
    engine: str | None = None
    table: str | None = None
    id: str | None = None
    truth: str | None = None
    allow_unmatched: bool = False
    model: str
    version: str
    artifact: str
    produced_by: str
    population: Population = "offline"
    y_true: str | None = None
    y_pred: str | None = None
    y_score: str | None = None
    threshold: Decimal | None = None
    outcome: str | None = None
    by: tuple[str, ...] = ()
    weight: str | None = None
    positive: str | None = None
    dataset_name: str | None = None
    stage: str | None = None
    window_from: str | None = None
    window_to: str | None = None
    command: str | None = None
    pool: tuple[Path, ...] = ()
    min_cell: int = 0
    crosscheck: bool = True
    preset: Literal["nyc-ll144"] | None = None
    unknown: str = "unknown"
    justification: str | None = None
    details: Details = field(default_factory=Details)

    def __post_init__(self) -> None:
        if self.table is not None:
            object.__setattr__(self, "data", Path(self.table))

    @property
    def pairing(self) -> Pairing:
        """Return how truth is joined to the data."""
        return Pairing(self.id, self.allow_unmatched)


def pooled(request: MeasureRequest, other: Path) -> MeasureRequest:
    """Return the same request about other data: a file, or a table of the same engine."""
    return replace(request, data=other, table=None if request.table is None else str(other))


@dataclass(frozen=True, slots=True)
class Measurement:
    """What a measurement found.

    evidence: the content of an evidence file, `rampgate/evidence/v1`; `rampgate.measure.layout.to_bytes` writes it.
    header, table: what to print, every cell as text. notes: sentences to print below it, such as the lowest rate
    against the highest. warnings: what looks wrong in the data without making it invalid.
    """

    evidence: dict[str, Any]
    header: tuple[str, ...]
    table: tuple[tuple[str, ...], ...]
    notes: tuple[str, ...]
    warnings: tuple[str, ...]

    @property
    def crosscheck(self) -> dict[str, str] | None:
        """Return what the other library said, or None where it was not asked."""
        found = self.evidence.get("crosscheck")
        return found if isinstance(found, dict) else None
