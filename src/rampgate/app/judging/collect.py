"""Collects everything that a change is judged on, from Git objects and the reviews file; nothing is fetched later."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

from rampgate.adapters.git_objects import GitObjects, TreeChange
from rampgate.app.judging.content import content_key, reviewed_content
from rampgate.app.judging.control import Control, has_policies, load_control
from rampgate.app.judging.names import known_names
from rampgate.app.judging.policy_change import card_problems_left, control_problems, corrections_altered
from rampgate.app.judging.trees import GitTree, refuse_special
from rampgate.app.judging.versions import Reading, load_model, load_version
from rampgate.approvals.contributors import review_facts
from rampgate.approvals.tally import tally
from rampgate.approvals.teams import unread_teams, with_teams
from rampgate.core.break_glass import bypassable
from rampgate.core.changes import ModelDiff, classify, touched_models
from rampgate.core.paths import CARDS, Area, area_of, clashes, folded, is_control, known_names_for, split
from rampgate.core.waive import cap_of, too_long
from rampgate.errors import InvalidInput, Problem
from rampgate.model.approval import ReviewFacts
from rampgate.model.change import Change, TouchedPath
from rampgate.model.facts import Facts, VersionFacts
from rampgate.model.policy import JUDGED_BY_POLICY
from rampgate.model.pull_request import CommitPeople, RawReviews
from rampgate.model.sourced import Missing, Sourced
from rampgate.model.vocabulary import ChangeKind
from rampgate.model.waiver import Waiver
from rampgate.rules import BY_ID

MAX_COMMITS: Final = 250
"""Commits of one pull request; GitHub's list ends there, so more could hide somebody."""


@dataclass(frozen=True, slots=True)
class Diff:
    """The two commits, their trees, and what differs between base and what would land."""

    git: GitObjects
    base: str
    head: str
    before: GitTree
    after: GitTree
    changes: list[TreeChange]

    @property
    def touched(self) -> tuple[TouchedPath, ...]:
        """Return the differing paths."""
        return tuple(
            TouchedPath(
                each.path,
                each.before.oid if each.before else "",
                each.after.oid if each.after else "",
                each.after.mode if each.after else "",
            )
            for each in self.changes
        )

    @property
    def is_governed(self) -> bool:
        """Return whether any differing path is governed."""
        return any(_is_governed(each) for each in self.changes)


def _is_governed(change: TreeChange) -> bool:
    """Return whether a path matters: prose does not, unless a link or a submodule takes its place."""
    area = area_of(change.path)
    if area is Area.PROSE:
        return change.after is not None and change.after.kind != "file"
    return area is not Area.OUTSIDE


def collect(diff: Diff, control: Control, raw: RawReviews | None, *, now: str, day: str) -> Facts:
    """Return the facts of a change. Raises InvalidInput with every problem of what would land."""
    refuse_unknown(diff)
    reading = Reading(known_names(control), control.people.noun)
    change, before, after = _classified(diff, control, reading)
    change = _with_hidden_control(change, diff)
    model = change.transition.model if change.transition else ""
    version = change.transition.version if change.transition else ""
    reviews = reviews_of(diff, control, raw)
    people = with_teams(control.people.noun, raw.teams if raw else ())
    problems, brought = _policy_side(diff, change, day)
    waiver = _waiver_brought(diff, change)
    return Facts(
        change=change,
        now=now,
        ladder=control.ladder.noun,
        people=people,
        models=control.models.noun,
        governance=control.governance.noun,
        glossary=control.glossary,
        subject=after.get(version, Missing(f"there is no version to judge in {CARDS}/{model}")),
        before=before.get(version, Missing("the version is new")),
        siblings=after,
        siblings_before=before,
        reviews=reviews,
        tally=tally(reviews, people, control.governance.noun.veto_lifted_by),
        waiver=waiver,
        waiver_problems=_terms_broken(waiver, control),
        team_schemas=control.team_schemas,
        policy_problems=tuple(str(problem) for problem in problems),
        control_before=control.written if has_policies(diff.before) else {},
        control_after=brought.written if isinstance(brought, Control) else brought,
        waivable_roles={
            rule.id: rule.waivable.by for policy in control.policies for rule in policy.noun.rules if rule.waivable
        },
        bypassable=bypassable(control.policies, BY_ID),
    )


def refuse_unknown(diff: Diff) -> None:
    """Raise InvalidInput for governed paths that are links, submodules, unknown files or clashing names."""
    governed = [each for each in diff.changes if area_of(each.path) is not Area.OUTSIDE]
    refuse_special((each.path, each.after.mode) for each in governed if each.after)
    problems = [
        Problem(
            each.path,
            "rampgate does not know this file, and everything here is governed",
            fix=known_names_for(each.path),
        )
        for each in governed
        if each.after and area_of(each.path) is Area.STRAY
    ]
    if any(split(each.path) for each in governed):
        problems += [
            Problem(f"{CARDS}/{second}", f"the name differs from `{first}` only by case or accents", fix="rename it")
            for first, second in clashes(diff.after.names(CARDS))
        ]
    roots = diff.after.names("")
    problems += [
        Problem(second, f"the name differs from `{first}` only by case or accents", fix="rename it")
        for first, second in clashes(roots)
        if folded(first) in (CARDS, "policies", ".github")
    ]
    if problems:
        raise InvalidInput(problems)


def _classified(
    diff: Diff, control: Control, reading: Reading
) -> tuple[Change, dict[str, VersionFacts], dict[str, VersionFacts]]:
    """Return what the diff is, and the versions of its model before and after, with what rules may need."""
    touched, ladder = diff.touched, control.ladder.noun
    models = touched_models(touched)
    reading = replace(reading, held=frozenset())
    before = {model: load_model(diff.before, model, reading) for model in models}
    on_record = frozenset(
        oid
        for versions in before.values()
        for each in versions.values()
        for path, oid in each.files.items()
        if path.startswith("attestations/")
    )
    after = {model: load_model(diff.after, model, replace(reading, on_record=on_record)) for model in models}
    diffs = [
        ModelDiff(
            model,
            {version: each.card for version, each in before[model].items()},
            {version: each.card for version, each in after[model].items()},
            tuple((path, each) for each in touched if (path := split(each.path)) and path.model == model),
            frozenset(version for version, each in after[model].items() if _is_restored(each, before[model])),
            frozenset(path for each in after[model].values() for path in _bypasses(each)),
            frozenset(decided.path for each in after[model].values() for decided in each.retraining.values()),
        )
        for model in models
    ]
    change = classify(touched, diffs, ladder)
    if change.transition is None:
        return change, {}, {}
    model, version = change.transition.model, change.transition.version
    if change.kind in JUDGED_BY_POLICY:
        held = frozenset(path.version for each in touched if (path := split(each.path)))
        wanted = replace(reading, on_record=on_record, full=frozenset({version}), held=held)
        after[model] |= _again(diff.after, model, held, after[model], wanted)
        at_last = {v for v, each in before[model].items() if ladder.canonical(each.card.noun.stage) == ladder.last}
        wanted = replace(reading, full=frozenset(at_last))
        before[model] |= _again(diff.before, model, at_last, before[model], wanted)
    return change, before[model], after[model]


def _bypasses(version: VersionFacts) -> list[str]:
    """Return the paths of every break-glass and every review of one that stands beside a version."""
    bypasses = [event.path for event in version.break_glass.values()]
    return bypasses + [review.path for review in version.break_glass_reviews.values()]


def _is_restored(version: VersionFacts, before: Mapping[str, VersionFacts]) -> bool:
    """Return whether a version has an event of kind `restore` that it did not have before."""
    old = before[version.version].events if version.version in before else {}
    return any(event.noun.kind == "restore" for name, event in version.events.items() if name not in old)


def _again(
    tree: GitTree, model: str, versions: Collection[str], known: dict[str, VersionFacts], reading: Reading
) -> dict[str, VersionFacts]:
    """Return some versions read once more, now that the kind of change says how much of them matters.

    Nothing of it is needed to go down or to leave: a person who has left or a damaged file must not stop a rollback.
    """
    present = sorted(version for version in versions if version in known)
    return {version: load_version(tree, model, version, known[version].files, reading) for version in present}


def _with_hidden_control(change: Change, diff: Diff) -> Change:
    """Return the change with a fault for every commit in it that touches a control path which the result does not show.

    A commit that loosens the rules and one that restores them leave no trace in the result; in between, the branch
    held rules that nobody approved.
    """
    faults = hidden_control(diff) if change.kind is not ChangeKind.POLICY else []
    if faults and change.kind is ChangeKind.NONE:
        change = replace(change, kind=ChangeKind.POLICY)
    return replace(change, faults=(*change.faults, *faults)) if faults else change


def hidden_control(diff: Diff) -> list[str]:
    """Return, for every commit that touches a control path which the result does not show, that it does."""
    shown = {each.path for each in diff.changes}
    faults = []
    for commit in diff.git.commits_between(diff.base, diff.head):
        parents = [diff.git.tree_of(parent) for parent in commit.parents]
        if not parents:
            continue
        differing = [{each.path for each in diff.git.changed_paths(parent, commit.tree)} for parent in parents]
        hidden = sorted(p for p in set.intersection(*differing) if is_control(folded(p)) and p not in shown)
        faults += [
            f"commit {commit.sha[:7]} touches the control path `{path}`, and a later one hides it" for path in hidden
        ]
    return faults


def reviews_of(diff: Diff, control: Control, raw: RawReviews | None) -> ReviewFacts:
    """Return who is behind the change and who reviewed it, every reviewed commit with its content key."""
    commits = diff.git.commits_between(diff.base, diff.head)
    in_git = [CommitPeople(c.sha, c.author_email, c.committer_email, c.message) for c in commits]
    content = content_key(diff.git, diff.before.tree, diff.after.tree, diff.changes)
    reviewed = {each.commit for each in raw.reviews if each.commit} if raw else set()
    keys = {commit: reviewed_content(diff.git, diff.base, commit) for commit in sorted(reviewed)}
    facts = review_facts(raw, in_git, control.people.noun, head=diff.head, content=content, contents=keys)
    faults = list(facts.faults)
    if len(commits) > MAX_COMMITS:
        faults.append(f"the pull request has {len(commits)} commits; more than {MAX_COMMITS} can not be attributed")
    if raw is not None and raw.base_ref != control.governance.noun.branch:
        faults.append(
            f"the reviews are of a pull request into `{raw.base_ref}`, not `{control.governance.noun.branch}`"
        )
    unread = unread_teams(control.people.noun, raw.teams if raw else None)
    return replace(facts, faults=tuple(faults), unread_teams=unread)


def _policy_side(diff: Diff, change: Change, day: str) -> tuple[Sequence[Problem], Control | Missing]:
    """Return what is wrong with the control files that a policy change brings, and those files."""
    if change.kind is not ChangeKind.POLICY:
        return (), Missing("the change brings no control files")
    problems, brought = control_problems(diff.after, day)
    problems = [*corrections_altered(change.touched), *problems]
    if brought is None:
        return problems, Missing("the control files that the change brings can not be read")
    return [*problems, *card_problems_left(diff.after, brought)], brought


def _waiver_brought(diff: Diff, change: Change) -> Sourced[Waiver] | Missing:
    added = [each for each in change.touched if area_of(each.path) is Area.WAIVER and each.was_added]
    if change.kind is not ChangeKind.WAIVER or len(added) != 1:
        return Missing("the change brings no waiver")
    # All control files of the result are read: one that does not go with the others would stop every later judgement.
    waivers = load_control(diff.after).waivers
    return next(waiver for waiver in waivers if waiver.path == added[0].path)


def _terms_broken(waiver: Sourced[Waiver] | Missing, control: Control) -> tuple[str, ...]:
    """Return how a waiver goes beyond what the rule that it names allows."""
    if isinstance(waiver, Missing):
        return ()
    rules = (rule for policy in control.policies for rule in policy.noun.rules if rule.id == waiver.noun.rule)
    cap = cap_of(control.governance.noun)
    reasons = (too_long(waiver.noun, rule.waivable, cap, control.ladder.noun) for rule in rules if rule.waivable)
    return tuple(reason for reason in reasons if reason)
