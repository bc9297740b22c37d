"""Judges what has not happened: one version of the work tree, promoted from one stage to another, as of now.

There is no pull request and so nobody behind it: approvals are "none yet". What the governed branch holds already
counts as landed, so that an attestation which stands there needs no approval again.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from rampgate.adapters.git_objects import GitObjects
from rampgate.app.judging.control import Control
from rampgate.app.judging.names import known_names
from rampgate.app.judging.trees import Tree
from rampgate.app.judging.versions import Reading, load_model
from rampgate.approvals.teams import unread_teams
from rampgate.core.bound import BoundRule
from rampgate.core.break_glass import bypassable
from rampgate.core.judge import findings_on
from rampgate.core.paths import CARDS, MODEL_NAME, WAIVERS
from rampgate.errors import InvalidInput, Unreachable, UsageProblem
from rampgate.formats.digest import sha256_of
from rampgate.model.approval import ReviewFacts, Tally
from rampgate.model.change import Change, Move, Transition
from rampgate.model.facts import Facts, VersionFacts
from rampgate.model.finding import Finding
from rampgate.model.history import History, Stay
from rampgate.model.sourced import Missing, Sourced
from rampgate.model.vocabulary import STANDBY, ChangeKind
from rampgate.rules import BY_ID

LIMIT_BYTES = 1024 * 1024
"""The largest attestation or waiver that is looked at."""


@dataclass(frozen=True, slots=True)
class Standing:
    """One model as it stands, and what it is judged by.

    versions: as in the work tree. landed: the same, with only those attestations that the governed branch holds.
    history: what the decision history says of the model, or why it says nothing; None where nobody asked it.
    """

    model: str
    control: Control
    rules: tuple[BoundRule, ...]
    versions: Mapping[str, VersionFacts]
    landed: Mapping[str, VersionFacts]
    now: str
    history: History | Missing | None = None

    def stage_of(self, version: str) -> str:
        """Return the stage of a version by today's name."""
        written = self.versions[version].card.noun.stage
        return self.control.ladder.noun.canonical(written) or written

    def findings(self, facts: Facts) -> tuple[Finding, ...]:
        """Return every rule's findings, waivers applied."""
        return findings_on(facts, self.rules, self.control.waivers)


def models_in(tree: Tree) -> list[str]:
    """Return the names of the models that have a folder."""
    return [name for name in tree.names(CARDS) if MODEL_NAME.fullmatch(name)]


def load_standing(
    tree: Tree,
    control: Control,
    rules: tuple[BoundRule, ...],
    model: str,
    recorded: Mapping[str, str],
    *,
    now: str,
    history: History | Missing | None = None,
) -> Standing:
    """Return a model with every version's evidence read. Raises InvalidInput with every problem of it.

    recorded: path -> digest of what the governed branch holds (see `landed_statements`). history: see `Standing`.
    """
    names = frozenset(tree.names(f"{CARDS}/{model}"))
    versions = load_model(tree, model, Reading(known_names(control), control.people.noun, full=names))
    digests = frozenset(recorded.values())
    after = {
        version: replace(
            each,
            attestations=tuple(replace(a, on_record=a.content.digest in digests) for a in each.attestations),
        )
        for version, each in versions.items()
    }
    landed = {
        version: replace(
            each,
            attestations=tuple(a for a in each.attestations if recorded.get(a.content.path) == a.content.digest),
        )
        for version, each in after.items()
    }
    return Standing(model, control, rules, after, landed, now, history)


def landed_statements(root: Path, branch: str, models: list[str]) -> dict[str, str] | None:
    """Return path -> digest of every attestation of these models and every waiver that the governed branch holds.

    None where there is no repository or no such branch: every attestation then still needs its person's approval.
    """
    try:
        with GitObjects.open(root) as git:
            return statements_at(git, git.tree_of(_tip(git, branch)), models)
    except (Unreachable, UsageProblem, InvalidInput):
        return None


def statements_at(git: GitObjects, tree: str, models: Sequence[str]) -> dict[str, str]:
    """Return path -> digest of every attestation of these models and every waiver in a tree."""
    found: dict[str, str] = {}
    for folder in (WAIVERS, *(f"{CARDS}/{model}" for model in models)):
        for entry in git.list_tree(tree, folder):
            path = entry.path if entry.path.startswith(f"{folder}/") else f"{folder}/{entry.path}"
            if entry.kind == "file" and ("/attestations/" in path or folder == WAIVERS):
                found[path] = sha256_of(git.read_blob(entry.oid, limit_bytes=LIMIT_BYTES))
    return found


def _tip(git: GitObjects, branch: str) -> str:
    try:
        return git.resolve(f"refs/heads/{branch}")
    except UsageProblem:
        return git.resolve(f"refs/remotes/origin/{branch}")


def promotion(standing: Standing, version: str, start: str, to: str) -> Facts:
    """Return the facts of a promotion that nobody has asked for yet; every other version stands where it stands.

    At the last rung the incumbent goes to standby with it, as `rampgate promote` would have it.
    """
    ladder = standing.control.ladder.noun
    subject = standing.versions[version]
    after = {each: facts for each, facts in standing.versions.items() if each != version}
    moves = [Move(version, start, to)]
    supersedes = ""
    if to == ladder.last and start != to:
        for other in [each for each in after if standing.stage_of(each) == ladder.last]:
            after[other] = at_stage(after[other], STANDBY)
            moves.append(Move(other, ladder.last, STANDBY))
            supersedes = other
    after[version] = at_stage(subject, to)
    before = {**standing.landed, version: at_stage(standing.landed[version], start)}
    artifact = subject.card.noun.artifact.identity
    transition = Transition(standing.model, version, artifact, start, to, supersedes)
    return _facts(standing, Change(ChangeKind.PROMOTE, transition, tuple(moves)), after, before)


def at_stage(facts: VersionFacts, stage: str) -> VersionFacts:
    """Return a version as if its card said another stage."""
    card = facts.card
    noun = card.noun.model_copy(update={"stage": stage})
    return replace(facts, card=Sourced(noun, {**card.raw, "stage": stage}, card.places, card.digest))


def _facts(
    standing: Standing, change: Change, after: Mapping[str, VersionFacts], before: Mapping[str, VersionFacts]
) -> Facts:
    control = standing.control
    version = change.transition.version if change.transition else ""
    return Facts(
        change=change,
        now=standing.now,
        ladder=control.ladder.noun,
        people=control.people.noun,
        models=control.models.noun,
        governance=control.governance.noun,
        glossary=control.glossary,
        subject=after.get(version, Missing("there is no version to judge")),
        before=before.get(version, Missing("the version is new")),
        siblings=after,
        siblings_before=before,
        reviews=ReviewFacts(given=False, unread_teams=unread_teams(control.people.noun, None)),
        tally=Tally(),
        team_schemas=control.team_schemas,
        waivable_roles={
            rule.id: rule.waivable.by for policy in control.policies for rule in policy.noun.rules if rule.waivable
        },
        bypassable=bypassable(control.policies, BY_ID),
        **_remembered(standing, change),
    )


def _remembered(standing: Standing, change: Change) -> dict[str, Any]:
    """Return the facts of the history, as they will be: a version that gets to a stage begins its stay there."""
    if standing.history is None or isinstance(standing.control.history, Missing):
        return {}
    history, transition = standing.history, change.transition
    if isinstance(history, Missing) or transition is None:
        return {"history": history, "records": True}
    version, start = transition.version, transition.from_stage
    if start != standing.stage_of(version):
        begun = Stay(version, start, transition.artifact, standing.now, history.size)
        history = replace(history, stays={**history.stays, version: begun})
    return {"history": history, "records": True}
