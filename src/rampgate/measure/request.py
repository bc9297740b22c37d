"""What is to be measured, and what comes out: values only, nothing is written here."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any, Literal

Population = Literal["offline", "shadow", "production"]


@dataclass(frozen=True, slots=True, kw_only=True)
class MeasureRequest:
    """One measurement of one model version on one data file.

    data: a CSV (UTF-8, comma, with a header line; `.tsv` with tabs) or Parquet file. y_true, y_pred: columns of labels,
    or of numbers for a regression. y_score, threshold: predict positive where the score is at least the threshold,
    instead of reading `y_pred`. outcome: the column of a yes or no, for a rate. by: the group columns.
    weight: a column of row weights. positive: the label that counts as positive, where labels are not 0 and 1.
    artifact: digest of the model artifact, `sha256:...`. window_from, window_to: days `YYYY-MM-DD`, both inclusive.
    pool: more data files about the same artifact, from other windows, whose rows are counted with those of `data`.
    min_cell: groups with fewer rows are left out of the evidence and listed as suppressed; 0 leaves none out.
    crosscheck: whether another library computes the same measures from the same table, and has to agree.
    """

    data: Path
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
        found: dict[str, str] | None = self.evidence.get("crosscheck")
        return found
