"""A reference profile: how the columns of a data set were distributed, in bins that are frozen with it."""

from __future__ import annotations

from decimal import Decimal
from itertools import pairwise
from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from rampgate.model.evidence import DataSource, DecimalText
from rampgate.model.ids import Instant, Line, Noun

Count = Annotated[int, Field(ge=0)]
ColumnName = Annotated[str, Field(min_length=1, max_length=250, description="name of a column of the data")]


class NumberColumn(Noun):
    """A column of numbers: how many rows lie between edges that were its quantiles."""

    name: ColumnName
    kind: Literal["number"]
    null: Count
    """Rows without a value; they are in no bin."""
    not_a_number: Count
    """Rows with NaN, infinity, or a text that is no number; they are in no bin."""
    edges: Annotated[tuple[DecimalText, ...], Field(min_length=1, max_length=2000)]
    """Bounds of bins in rising order: a bin holds values from its lower bound on, up to below its upper one."""
    parts: tuple[Count, ...]
    """For each bin, the wider bin that it is part of, counted from 0; PSI and its kin rest on the wide ones."""
    counts: tuple[Count, ...]
    """Rows in each bin: below the first edge, between each two, and from the last edge on."""

    @model_validator(mode="after")
    def _fits_together(self) -> Self:
        if len(self.counts) != len(self.edges) + 1 or len(self.parts) != len(self.counts):
            raise ValueError(f"column `{self.name}`: `counts` and `parts` need one entry more than `edges`")
        edges = [Decimal(edge) for edge in self.edges]
        if any(low >= high for low, high in pairwise(edges)):
            raise ValueError(f"column `{self.name}`: `edges` must rise")
        if self.parts[0] or any(after - before not in (0, 1) for before, after in pairwise(self.parts)):
            raise ValueError(f"column `{self.name}`: `parts` must begin with 0 and rise by 0 or 1")
        return self

    @property
    def rows(self) -> int:
        """Return all rows that were profiled."""
        return self.null + self.not_a_number + sum(self.counts)


class CategoryColumn(Noun):
    """A column of values that are names: how many rows have each of the listed ones."""

    name: ColumnName
    kind: Literal["category"]
    null: Count
    """Rows without a value."""
    values: Annotated[tuple[str, ...], Field(max_length=1000)]
    counts: tuple[Count, ...]
    """Rows with each of the values."""
    other: Count
    """Rows with a value that is not listed. If 0, every value that is not listed is new."""

    @model_validator(mode="after")
    def _fits_together(self) -> Self:
        if len(self.counts) != len(self.values):
            raise ValueError(f"column `{self.name}`: `counts` needs one entry for each of `values`")
        if len(set(self.values)) != len(self.values):
            raise ValueError(f"column `{self.name}`: `values` lists a value twice")
        return self

    @property
    def rows(self) -> int:
        """Return all rows that were profiled."""
        return self.null + self.other + sum(self.counts)


ProfileColumn = Annotated[NumberColumn | CategoryColumn, Field(discriminator="kind")]


class Profile(Noun):
    """What later windows are compared with; the data that it was made from are never read again."""

    schema_: Literal["rampgate/profile/v1"] = Field(alias="schema")
    source: DataSource
    """The data that were profiled."""
    made_at: Instant
    tool_version: Line
    columns: Annotated[tuple[ProfileColumn, ...], Field(min_length=1, max_length=1000)]

    @model_validator(mode="after")
    def _counts_every_row(self) -> Self:
        names = [column.name for column in self.columns]
        if len(set(names)) != len(names):
            raise ValueError("a column is profiled twice")
        for column in self.columns:
            if column.rows != self.source.rows:
                raise ValueError(
                    f"column `{column.name}` counts {column.rows} rows, but the data had {self.source.rows}"
                )
        return self
