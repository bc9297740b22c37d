"""The judge: two commits, what the forge says and a moment in; one decision out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from rampgate import __version__
from rampgate.adapters.git_objects import GitObjects, MergeResult, opened
from rampgate.app.judging.collect import Diff, collect, hidden_control
from rampgate.app.judging.control import Control, has_policies, load_control
from rampgate.app.judging.trees import GitTree, Tree
from rampgate.core.bound import BoundRule
from rampgate.core.decide import decide
from rampgate.core.judge import judge
from rampgate.errors import InvalidInput, Problem, Unreachable
from rampgate.formats.digest import sha256_of
from rampgate.formats.reviews import load_reviews
from rampgate.model.decision import Decision
from rampgate.model.facts import Facts
from rampgate.model.finding import Finding
from rampgate.model.inputs import Input
from rampgate.model.pull_request import RawReviews
from rampgate.model.sourced import Location, Missing
from rampgate.model.vocabulary import ChangeKind, Effect, Outcome, Verdict

if TYPE_CHECKING:
    from rampgate.app.judging.chronicle import Chronicle


@dataclass(frozen=True, slots=True)
class GateRequest:
    """What is to be judged.

    repo: its folder, or the repository where it is open already; base, head: any revision; reviews: what the forge
    says, as a JSON file or as its bytes, or None for no pull request; now: RFC 3339 in UTC.
    history: the decision history to go by, None for the one that this clone has. landing: the tree that would land,
    where it is known already; "" has it merged. elsewhere: the control files to judge by, None for those of the base.
    line: commits that the governed branch is known to have stood at, beside where it stands in this clone.
    """

    repo: Path | GitObjects
    base: str
    head: str
    now: str
    reviews: Path | bytes | None = None
    history: Chronicle | None = None
    landing: str = ""
    elsewhere: Tree | Control | None = None
    line: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Judged:
    """A decision and the facts that it rests on; facts is None where nothing governed differs or nothing was read.

    rules: the policies' rules as they were bound that day, those that do not apply included.
    """

    decision: Decision
    facts: Facts | None = None
    rules: tuple[BoundRule, ...] = ()


def gate(request: GateRequest) -> Decision:
    """Return the decision on what `head` would bring to `base`; raises as `examine` does."""
    return examine(request).decision


def examine(request: GateRequest) -> Judged:
    """Return the decision on what `head` would bring to `base`, and what it rests on.

    Invalid input gives a decision that is undecided and holds the problems. Raises UsageProblem for an unknown
    revision, Unreachable for a repository or file that can not be opened.
    """
    with opened(request.repo) as git:
        base, head = git.resolve(request.base), git.resolve(request.head)
        try:
            raw, inputs = _reviews(request.reviews)
            merged = MergeResult(request.landing, ()) if request.landing else git.merge_tree(base, head)
            if merged.tree is None:
                return Judged(_conflict(request, base, head, merged.conflicts))
            before, after = GitTree(git, git.tree_of(base), "base"), GitTree(git, merged.tree, "landing")
            diff = Diff(git, base, head, before, after, git.changed_paths(before.tree, after.tree))
            if not diff.is_governed and not hidden_control(diff):
                return Judged(_nothing(request, base, head))
            control = _control(diff, request.elsewhere)
            _refuse_other_branch(diff, control.governance.noun.branch, request.line)
            day = request.now[:10]
            facts = _with_history(collect(diff, control, raw, now=request.now, day=day), diff, control, request)
            rules = _rules(control, facts.change.kind, day)
        except InvalidInput as error:
            return Judged(_invalid(request, base, head, list(error.problems)))
        decision = judge(
            facts,
            rules,
            control.waivers,
            inputs=[*inputs, *before.inputs, *after.inputs, *_history_read(facts)],
            engine_version=__version__,
            base=base,
            head=head,
        )
        return Judged(decision, facts, rules)


def _control(diff: Diff, elsewhere: Tree | Control | None) -> Control:
    """Return the control files of base; the first policy change of a repository is judged by those that it brings."""
    if elsewhere is not None:
        return elsewhere if isinstance(elsewhere, Control) else load_control(elsewhere)
    if has_policies(diff.before):
        return load_control(diff.before)
    if has_policies(diff.after):
        return load_control(diff.after)
    message = "there are no policies on the base branch, so nothing can be judged"
    raise InvalidInput([Problem("policies", message, fix="run `rampgate init`, and merge what it writes first")])


def _with_history(facts: Facts, diff: Diff, control: Control, request: GateRequest) -> Facts:
    """Return the facts with what the decision history says, where a version is to come up; going down needs none."""
    if isinstance(control.history, Missing):
        return facts
    facts = replace(facts, records=True)
    transition = facts.change.transition
    if transition is None or facts.change.kind not in (ChangeKind.PROMOTE, ChangeKind.RESTORE):
        return facts
    from rampgate.app.judging.chronicle import history_of  # noqa: PLC0415 - slow to import, and few need it

    history = history_of(diff.git, control.history, transition.model, diff.base, request.history)
    return replace(facts, history=history)


def _history_read(facts: Facts) -> list[Input]:
    """Return the history that was read, by the digest of its newest record: everything before hangs on it."""
    history = facts.history
    return [] if isinstance(history, Missing) else [Input(f"history:{history.size}", history.head)]


def _rules(control: Control, kind: ChangeKind, day: str) -> tuple[BoundRule, ...]:
    """Return the rules of the policies. Raises InvalidInput where they do not work and the change is judged by them.

    A rule that does not work, on base, must neither keep a version from going down nor the policy from being repaired.
    """
    try:
        return control.rules(day)
    except InvalidInput:
        if kind in (ChangeKind.ROLLBACK, ChangeKind.RETIRE, ChangeKind.POLICY):
            return ()
        raise


def _refuse_other_branch(diff: Diff, branch: str, line: Sequence[str]) -> None:
    """Raise InvalidInput where base is not on the governed branch: its policies would be anybody's.

    Commits that came in through a merge are not on it; between the first and the last of them anything may have stood.
    """
    if any(diff.git.has_commit(tip) and diff.git.is_on_branch(diff.base, tip) for tip in line):
        return
    tips = diff.git.tips(f"refs/heads/{branch}", f"refs/remotes/origin/{branch}")
    if not any(diff.git.is_on_branch(diff.base, tip) for tip in tips):
        message = f"base {diff.base[:7]} is not on the governed branch `{branch}`"
        raise InvalidInput([Problem("", message, fix=f"give a commit of `{branch}` as --base, and fetch that branch")])


def _reviews(given: Path | bytes | None) -> tuple[RawReviews | None, list[Input]]:
    if given is None:
        return None, []
    try:
        data = given if isinstance(given, bytes) else given.read_bytes()
    except OSError as error:
        raise Unreachable(f"{given!s}: {error.strerror or error}") from error
    name = "the forge's answer" if isinstance(given, bytes) else str(given)
    return load_reviews(data, name), [Input("reviews", sha256_of(data).removeprefix("sha256:"))]


def _conflict(request: GateRequest, base: str, head: str, paths: tuple[str, ...]) -> Decision:
    """Return that nothing can be said of what would land, because nothing would."""
    listed = ", ".join(f"`{path}`" for path in paths[:5])
    more = f" and {len(paths) - 5} more" if len(paths) > 5 else ""
    finding = Finding(
        rule="change.merges",
        kind="change.well_formed",
        outcome=Outcome.INSUFFICIENT,
        effect=Effect.BLOCK,
        title="What would land is known",
        message=f"head does not merge into base without conflict: {listed}{more}",
        found=f"{len(paths)} in conflict",
        expected="none",
        location=Location(paths[0]) if paths else None,
        fix="update the branch, and solve the conflict there",
    )
    return replace(_nothing(request, base, head), verdict=decide([finding]), findings=(finding,))


def _nothing(request: GateRequest, base: str, head: str) -> Decision:
    return Decision(
        None, ChangeKind.NONE, None, (), (), (), (), (), __version__, request.now, base, head,
        reviews_given=request.reviews is not None,
    )  # fmt: skip


def _invalid(request: GateRequest, base: str, head: str, problems: list[Problem]) -> Decision:
    return replace(_nothing(request, base, head), verdict=Verdict.UNDECIDED, problems=tuple(problems))
