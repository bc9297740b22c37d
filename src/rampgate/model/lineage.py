"""Lineage: the way of the data from its sources, through each transformation, to the artifact, by digests."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from rampgate.model.ids import Digest, Line, Noun, PersonName

NodeId = Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9_.-]{0,127}$", description="id of a source or step")]


class Source(Noun):
    """Data as it came in."""

    id: NodeId
    uri: Line
    digest: Digest | None = None
    owner: PersonName | None = None
    system: Line | None = None


class Code(Noun):
    """The exact code of a step."""

    repo: Line
    commit: Annotated[str, Field(pattern=r"^[0-9a-f]{40}([0-9a-f]{24})?$")] | None = None
    path: Line | None = None


class Step(Noun):
    """One transformation: what went in, what came out, and by which code."""

    id: NodeId
    code: Code
    inputs: Annotated[tuple[Digest, ...], Field(min_length=1)]
    outputs: Annotated[tuple[Digest, ...], Field(min_length=1)]


class Feature(Noun):
    """One input of the model, and the definition that its values follow."""

    id: NodeId
    definition: Line
    """The id of the definition, such as `core_banking.gross_monthly_income`."""
    term: Line | None = None
    """The term of `policies/glossary.yaml` that this feature claims to be."""
    source: NodeId | None = None


class Lineage(Noun):
    """`lineage.yaml` of one version."""

    schema_: Literal["rampgate/lineage/v1"] = Field(alias="schema")
    artifact: Digest
    """The identity of the artifact that the last step made."""
    sources: Annotated[tuple[Source, ...], Field(min_length=1)]
    steps: Annotated[tuple[Step, ...], Field(min_length=1)]
    features: tuple[Feature, ...] = ()
