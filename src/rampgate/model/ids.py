"""The identifiers, one pattern each; a string that fits no pattern never becomes a noun.

Patterns are anchored at both ends and hold ASCII alone, so that two names that look alike are alike.
"""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field

ModelId = Annotated[
    str,
    Field(
        pattern=r"^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$",
        description="name of a model: lower-case letters, digits and hyphens, such as `credit-risk`",
    ),
]
Version = Annotated[
    str,
    Field(
        pattern=r"^[0-9A-Za-z]([0-9A-Za-z.+_-]{0,61}[0-9A-Za-z])?$",
        description='version of a model, a quoted string such as `"2.0.0"`',
    ),
]
StageName = Annotated[
    str,
    Field(
        pattern=r"^[a-z]([a-z0-9-]{0,30}[a-z0-9])?$",
        description="name of a stage, such as `canary`",
    ),
]
PersonName = Annotated[
    str,
    Field(
        pattern=r"^[a-z]([a-z0-9._-]{0,61}[a-z0-9])?$",
        description="name of a person in `policies/people.yaml`, such as `alice`",
    ),
]
RoleName = Annotated[
    str,
    Field(pattern=r"^[a-z]([a-z0-9_]{0,61}[a-z0-9])?$", description="name of a role, such as `business_owner`"),
]
RuleId = Annotated[
    str,
    Field(
        pattern=r"^[a-z][a-z0-9_-]{0,62}(\.[a-z0-9][a-z0-9_-]{0,62}){0,5}$",
        description="stable id of a rule, such as `fairness.selection-rate-by-sex`",
    ),
]
Digest = Annotated[
    str,
    Field(
        pattern=r"^sha256:[0-9a-f]{64}$",
        description="digest of exact bytes, `sha256:` and 64 lower-case hexadecimal digits",
    ),
]
Day = Annotated[
    str,
    Field(
        json_schema_extra={"format": "date"},
        pattern=r"^[0-9]{4}-[0-9]{2}-[0-9]{2}$",
        description="a UTC day, `YYYY-MM-DD`",
    ),
]
Instant = Annotated[
    str,
    Field(
        json_schema_extra={"format": "date-time"},
        pattern=r"^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]{1,9})?(Z|[+-][0-9]{2}:[0-9]{2})$",
        description="a moment with its offset (RFC 3339), such as `2026-11-20T10:00:00Z`",
    ),
]
RelativePath = Annotated[
    str,
    Field(
        pattern=r"^[A-Za-z0-9_][A-Za-z0-9_.+-]*(/[A-Za-z0-9_][A-Za-z0-9_.+-]*){0,7}$",
        description="path inside the version's folder, with `/`, without `..`, such as `evidence/fairness.json`",
    ),
]
Text = Annotated[str, Field(min_length=1, max_length=4000, description="words for people")]
Line = Annotated[str, Field(min_length=1, max_length=300, description="a line of words for people")]
Number = Annotated[Decimal, Field(allow_inf_nan=False, description="an exact decimal number, quoted or not")]
Share = Annotated[Decimal, Field(allow_inf_nan=False, ge=0, le=1, description="an exact decimal from 0 to 1")]
Days = Annotated[int, Field(ge=1, le=36500, strict=True, description="whole days, at least 1")]


class Noun(BaseModel):
    """The base of every noun: frozen, closed to unknown fields, docstrings of fields kept for the reference."""

    model_config = ConfigDict(
        frozen=True,
        extra="forbid",
        populate_by_name=True,
        ser_json_inf_nan="strings",
        defer_build=True,
    )

    def given(self) -> dict[str, Any]:
        """Return the fields that were written, without defaults, under the names used in files."""
        return self.model_dump(mode="json", by_alias=True, exclude_unset=True)
