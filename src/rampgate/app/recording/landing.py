"""Judges one commit that landed on the governed branch, as of its merge, and says how it went past the gate.

A commit that brings governed files without a pull request, with another tree than merging its pull request gives, or
that was not allowed when it was merged, went past the gate. Deliberately not here: how any of it is written down.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final, Protocol

from rampgate.adapters.clock import parse_rfc3339
from rampgate.adapters.git_objects import GitObjects
from rampgate.app.judging.chronicle import Chronicle
from rampgate.app.judging.collect import Diff, hidden_control
from rampgate.app.judging.gate import GateRequest, Judged, examine
from rampgate.app.judging.trees import GitTree
from rampgate.errors import InvalidInput
from rampgate.model.decision import Decision
from rampgate.model.landing import Landing
from rampgate.model.record import Record
from rampgate.model.vocabulary import Verdict

NOBODY: Final = "ghost"
"""Who opened a pull request whose account is gone, as GitHub calls them."""


@dataclass(frozen=True, slots=True)
class Step:
    """One commit of the governed branch's own line, and the one before it."""

    parent: str
    commit: str


@dataclass(frozen=True, slots=True)
class Claim:
    """A pull request as it was when it was merged or closed.

    head: the commit at its head; body: the forge's whole answer; at: that moment; login: who opened it.
    """

    number: int
    head: str
    body: bytes
    at: str
    login: str
    reviewed: tuple[str, ...] = ()


class Pulls(Protocol):
    """Where pull requests are asked for."""

    def merged_as(self, step: Step, *, newest: bool) -> list[tuple[int, str]]:
        """Return number and merge time of the pull requests that a landing came from, the newest first.

        newest: whether it is the last landing that is asked about.
        """

    def claim(self, step: Step, number: int) -> Claim:
        """Return a pull request as it was merged, with every object of it here; the teams are those of the parent."""


@dataclass(frozen=True, slots=True)
class Moment:
    """A landing before it is judged. numbers: the pull requests that claim it; at: when it came, as far as is known."""

    step: Step
    numbers: tuple[int, ...]
    at: str


@dataclass(frozen=True, slots=True)
class Seen:
    """One landing, judged. claim: None for what no pull request brought; landing_tree: None where it does not merge."""

    step: Step
    at: str
    head: str
    landing_tree: str | None
    claim: Claim | None
    judged: Judged
    faults: tuple[str, ...] = ()

    @property
    def decision(self) -> Decision:
        """Return what was decided."""
        return self.judged.decision


def steps_between(git: GitObjects, before: str, after: str) -> list[Step]:
    """Return the commits after one up to another, along first parents, oldest first: the line of pushes and merges."""
    steps, commit = [], after
    while commit != before:
        parent = git.commit(commit).parents[0]
        steps.append(Step(parent, commit))
        commit = parent
    return steps[::-1]


def is_governed(git: GitObjects, step: Step) -> bool:
    """Return whether a landing brings anything that is governed; what can not be read does."""
    before, after = (GitTree(git, git.tree_of(each), "base") for each in (step.parent, step.commit))
    try:
        changes = git.changed_paths(before.tree, after.tree)
        diff = Diff(git, step.parent, step.commit, before, after, changes)
        return diff.is_governed or bool(hidden_control(diff))
    except InvalidInput:
        return True


def with_moments(steps: Sequence[Step], pulls: Pulls, now: str) -> list[Moment]:
    """Return each landing with the pull requests that claim it and the moment that it is judged as of.

    That is the merge. Of a push the forge does not tell the moment: it was before the next merge, and before now.
    """
    claimed = [(step, pulls.merged_as(step, newest=step is steps[-1])) for step in steps]
    found: list[Moment] = []
    latest = now
    for step, merged in reversed(claimed):
        at = merged[0][1] if merged else latest
        latest = min(latest, at, key=parse_rfc3339)
        found.append(Moment(step, tuple(number for number, _ in merged), at))
    return found[::-1]


def judge_landing(git: GitObjects, pulls: Pulls, landing: Moment, history: Chronicle | None = None) -> Seen:
    """Return a landing, judged.

    Where several pull requests claim a commit, the newest that accounts for it counts, else the newest.
    """
    step, at = landing.step, landing.at
    claimed = (_of_claim(git, step, pulls.claim(step, each), history) for each in landing.numbers)
    newest = next(claimed, None)
    if newest is None:
        judged = examine(GateRequest(git, step.parent, step.commit, at, history=history))
        return Seen(step, at, step.commit, git.tree_of(step.commit), None, judged, ("no pull request brought it",))
    return newest if not newest.faults else next((each for each in claimed if not each.faults), newest)


def in_order(seen: Seen, before: Record | None) -> Seen:
    """Return a landing with the fault, where it has it, that its merge lies before the landing that it follows."""
    if before is None or parse_rfc3339(seen.at) >= parse_rfc3339(before.at):
        return seen
    fault = f"it was merged at {seen.at}, before the landing that it follows (record {before.seq}, {before.at})"
    return replace(seen, faults=(*seen.faults, fault))


def landing_of(seen: Seen, record: int | None = None) -> Landing:
    """Return a judged landing as it is told; record: its place in the history."""
    number = seen.claim.number if seen.claim else 0
    return Landing(seen.step.commit, number, seen.decision, seen.faults, record)


def _of_claim(git: GitObjects, step: Step, claim: Claim, history: Chronicle | None) -> Seen:
    judged = examine(GateRequest(git, step.parent, claim.head, claim.at, claim.body, history=history))
    merged = merged_tree(git, step.parent, claim.head)
    faults = []
    if merged != git.tree_of(step.commit):
        faults.append("what landed is not what merging the pull request gives")
    verdict = judged.decision.verdict
    if verdict not in (Verdict.ALLOW, None):
        faults.append(f"it was merged when the verdict was {verdict}")
    return Seen(step, claim.at, claim.head, merged, claim, judged, tuple(faults))


def merged_tree(git: GitObjects, base: str, head: str) -> str | None:
    """Return the tree that merging head into base gives, None where they do not merge."""
    try:
        return git.merge_tree(base, head).tree
    except InvalidInput:
        return None
