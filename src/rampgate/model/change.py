"""A change: what the diff of a governed repository is, and the transition that it asks for."""

from __future__ import annotations

from dataclasses import dataclass

from rampgate.model.vocabulary import ChangeKind


@dataclass(frozen=True, slots=True)
class Transition:
    """The unit of approval and of decision: one version, one artifact, from one stage to another.

    from_stage is "" for a version that is new. An amendment is a transition from a stage to itself.
    supersedes: the version whose place it takes or gives back, with its own move, or "" for none.
    """

    model: str
    version: str
    artifact: str
    from_stage: str
    to_stage: str
    supersedes: str = ""

    @property
    def title(self) -> str:
        """Return the transition in words, such as `credit-risk 2.0.0: pilot -> canary`."""
        move = f"{self.from_stage} -> {self.to_stage}" if self.from_stage != self.to_stage else f"at {self.to_stage}"
        return f"{self.model} {self.version}: {move if self.from_stage else 'new at ' + self.to_stage}"


@dataclass(frozen=True, slots=True)
class Move:
    """One version's stage before and after; "" stands for absent."""

    version: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class TouchedPath:
    """One path that differs between base and what would land; an oid is "" where the path is absent."""

    path: str
    oid_before: str
    oid_after: str
    mode_after: str = ""

    @property
    def was_added(self) -> bool:
        """Return whether the path is new."""
        return not self.oid_before

    @property
    def was_removed(self) -> bool:
        """Return whether the path is gone."""
        return not self.oid_after


@dataclass(frozen=True, slots=True)
class Change:
    """One pull request's change of a governed repository.

    kind: what it is, by comparing the two trees. transition: None for `policy`, `waiver` and `none`.
    moves: every version whose stage differs. touched: every path that differs, governed or not.
    faults: why it is not one well-formed change, in words; empty when it is.
    only_adds: whether it does nothing to the version's folder but add evidence, attestations and events.
    """

    kind: ChangeKind
    transition: Transition | None = None
    moves: tuple[Move, ...] = ()
    touched: tuple[TouchedPath, ...] = ()
    faults: tuple[str, ...] = ()
    only_adds: bool = False
    edits_beside_stage: bool = False
