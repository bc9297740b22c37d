"""The decision history: how a repository declares it, and what rules may know of it.

`HistorySettings` is `policies/history.yaml`: a control file, so that whose signature counts changes by quorum alone.
`History` is what the judge read of the log before it decided; a fact like any other.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Annotated, Final, Literal, Self

from pydantic import Field, model_validator

from rampgate.model.ids import Day, Line, Noun, Text

DECISIONS: Final = "decisions"
"""The branch that holds the history, where nothing else is said."""

KEY_NAME: Final = r"^[a-z0-9]([a-z0-9._-]{0,61}[a-z0-9])?$"

KeyText = Annotated[
    str,
    Field(
        pattern=r"^(ssh-|ecdsa-|sk-)[a-z0-9@.-]+ [A-Za-z0-9+/=]{16,2000}$",
        description="a public key as in a `.pub` file, without the comment: `ssh-ed25519 AAAA...`",
    ),
]
Place = Annotated[int, Field(ge=0, lt=1_000_000, strict=True, description="place of a record, from 0")]


class Revocation(Noun):
    """A key that is not trusted any more."""

    from_: Place = Field(alias="from")
    """The first record that is no longer believed on this key's word; earlier ones stay as they are."""
    on: Day
    reason: Annotated[Text, Field(min_length=3)]


class HistoryKey(Noun):
    """One key, and the records that it may sign; dates have no part in it."""

    name: Annotated[str, Field(pattern=KEY_NAME)]
    key: KeyText
    from_: Place = Field(default=0, alias="from")
    """The first record that it may sign."""
    to: Place | None = None
    """The last record that it may sign; open where it is left out."""
    revoked: Revocation | None = None

    @model_validator(mode="after")
    def _ends_after_it_starts(self) -> Self:
        if self.to is not None and self.to < self.from_:
            raise ValueError(f"the key `{self.name}` ends at record {self.to}, before it starts at {self.from_}")
        return self

    def why_not_at(self, seq: int) -> str:
        """Return why the key may not sign the record at a place, or "" when it may."""
        if self.revoked is not None and seq >= self.revoked.from_:
            return f"key `{self.name}` is revoked from record {self.revoked.from_} on: {self.revoked.reason}"
        if seq < self.from_:
            return f"key `{self.name}` counts from record {self.from_} on"
        if self.to is not None and seq > self.to:
            return f"key `{self.name}` counts up to record {self.to}"
        return ""


class HistorySettings(Noun):
    """`policies/history.yaml`: where decisions are recorded, and whose signatures count."""

    schema_: Literal["rampgate/history/v1"] = Field(alias="schema")
    repository: Annotated[Line, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9._:/@-]*$")]
    """What every record names, so that a record of another repository is none of this one: `github.com/acme/models`."""
    branch: Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9._/-]{0,99}$")] = DECISIONS
    signers: Annotated[tuple[HistoryKey, ...], Field(min_length=1)]
    """The keys that sign records."""
    witnesses: tuple[HistoryKey, ...] = ()
    """The keys that sign checkpoints: another role's, kept elsewhere."""

    @model_validator(mode="after")
    def _no_name_and_no_key_twice(self) -> Self:
        keys = (*self.signers, *self.witnesses)
        for what, seen in (("name", [each.name for each in keys]), ("key", [each.key for each in keys])):
            twice = sorted({each for each in seen if seen.count(each) > 1})
            if twice:
                raise ValueError(f"the {what} `{twice[0][:60]}` stands there twice; a witness is another key")
        return self


@dataclass(frozen=True, slots=True)
class Stay:
    """Where one version stands by the history. since: the moment, RFC 3339; seq: the record that says so."""

    version: str
    stage: str
    artifact: str
    since: str
    seq: int


@dataclass(frozen=True, slots=True)
class Unsettled:
    """A record of something that went past the gate and that no later record puts right."""

    seq: int
    commit: str
    faults: tuple[str, ...]
    models: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class History:
    """What the judge read of the log about one model.

    size: how many records the log had; head: the digest of the newest. stays: version -> where it stands.
    contents: content key -> the record under which that content landed by a promotion or restore.
    unsettled: what went past the gate and is not put right: of the model, or of the rules that hold for it.
    uncovered: governed paths that differ between the newest commit on record and the base, in words.
    """

    size: int
    head: str
    stays: Mapping[str, Stay] = field(default_factory=dict)
    contents: Mapping[str, int] = field(default_factory=dict)
    unsettled: tuple[Unsettled, ...] = ()
    uncovered: tuple[str, ...] = ()
