"""Moves one version one rung up, on a branch: the one line of its card, and the incumbent's at the top.

In an emergency the file of a break-glass comes with it, in the same commit.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from rampgate.adapters.git_work import WorkRepo
from rampgate.app.judging.trees import WorkTree
from rampgate.app.moving.bypass import Bypass, Move, bypass_file
from rampgate.app.moving.moves import (
    Moved,
    StageEdit,
    commit_on_branch,
    edited,
    refuse_changed_files,
    refuse_taken,
    start_of,
    told_from_where,
    where_from,
)
from rampgate.app.moving.stages import Stages, governed_branch, read_ladder, read_stages, stage_named
from rampgate.app.moving.stay_notes import stay_notes
from rampgate.errors import InvalidInput, UsageProblem
from rampgate.model.ladder import Ladder
from rampgate.model.vocabulary import RETIRED, STANDBY


@dataclass(frozen=True, slots=True)
class PromoteRequest:
    """What is to move. version: "" for the one that can move there; reason: "" for none.

    taken: branches of the remote, whose names are not free. bypass: None for a promotion that meets its rules. now:
    RFC 3339 in UTC, to tell how long the version is still to stay; "" tells nothing.
    """

    repo: Path
    model: str
    to: str
    version: str = ""
    reason: str = ""
    taken: frozenset[str] = frozenset()
    bypass: Bypass | None = None
    now: str = ""


def promote(request: PromoteRequest) -> Moved:
    """Commit the promotion on a branch of its own and return what was done.

    Raises UsageProblem where the ladder has no such move, a break-glass could never count, governed files are not
    committed or the branch exists; InvalidInput for a broken card, ladder or policy. A failure leaves everything as it
    was.
    """
    work = WorkRepo.open(request.repo)
    try:
        tree = WorkTree(work.root)
        ladder = read_ladder(tree)
        to = _rung(ladder, request) if request.to else ""
        stages = read_stages(tree, request.model, ladder)
        if stages.broken:
            raise InvalidInput(problem for error in stages.broken.values() for problem in error.problems)
        if not to:
            raise UsageProblem(f"say where to with --to\n{stages.listed()}")
        with told_from_where(work, tree):
            version = _version(stages, request.version, to)
        refuse_changed_files(work)
        return _carry_out(work, tree, stages, request, version, to)
    finally:
        work.close()


def _carry_out(work: WorkRepo, tree: WorkTree, stages: Stages, request: PromoteRequest, version: str, to: str) -> Moved:
    edits = _edits(stages, version, to)
    files = {edit.path: edited(stages.documents[edit.version], edit.after) for edit in edits}
    # A folder of branches of its own: the promotion that was denied keeps its branch and its pull request.
    folder, title = "promote", f"Promote {request.model} {version} to {to}"
    event, terms = "", ""
    notes: tuple[str, ...] = ()
    if request.bypass is None and request.now:
        notes = stay_notes(work.root, tree, stages, version, request.now)
    if request.bypass is not None:
        move = Move(request.model, version, stages.stages[version], to, request.reason)
        made, notes = bypass_file(work, tree, request.bypass, move)
        files[made.path] = made.data
        event, terms = made.path, request.bypass.terms
        folder, title = "break-glass", f"{title} by break-glass"
    branch = f"{folder}/{request.model}-{version}-{to}"
    refuse_taken(branch, request.taken)
    start, governed = start_of(work), governed_branch(tree)
    commit = commit_on_branch(work, branch, files, _message(title, edits, request.reason, terms))
    return Moved(title, edits, event, branch, commit, start, governed, (*notes, *where_from(start, governed)))


def _rung(ladder: Ladder, request: PromoteRequest) -> str:
    if request.to == RETIRED:
        hint = f'rampgate rollback {request.model} --to {RETIRED} --reason "..." --local'
        raise UsageProblem(f"`{RETIRED}` is no rung; a version leaves by `{hint}`")
    if request.to == STANDBY:
        raise UsageProblem(
            f"`{STANDBY}` is no rung; the version at `{ladder.last}` goes there when another takes its place"
        )
    return stage_named(ladder, request.to)


def _version(stages: Stages, wanted: str, to: str) -> str:
    """Return the version that moves. Raises UsageProblem where it can not, or where several could."""
    if wanted:
        stage = stages.named(wanted)
        if stages.ladder.next_after(stage) != to:
            raise UsageProblem(_why_not(stages, wanted, stage, to))
        version = wanted
    else:
        ready = [version for version, stage in stages.stages.items() if stages.ladder.next_after(stage) == to]
        if not ready:
            raise UsageProblem(f"no version of {stages.model} is one rung below `{to}`\n{stages.listed()}")
        if len(ready) > 1:
            raise UsageProblem(f"{len(ready)} versions of {stages.model} can move to `{to}`; say which with --version\n"
                               f"{stages.listed()}")  # fmt: skip
        version = ready[0]
    others = [each for each in stages.challengers() if each != version]
    if others and to != stages.ladder.last:
        raise UsageProblem(
            f"version {others[0]} already stands between `{stages.ladder.first}` and `{stages.ladder.last}`, and there "
            f"is one challenger; move it first\n{stages.listed()}"
        )
    return version


def _why_not(stages: Stages, version: str, stage: str, to: str) -> str:
    here = f"{stages.model} {version} stands at `{stage}`"
    ladder = stages.ladder
    if stage == STANDBY:
        return f"{here}; a standby leaves by `rampgate restore` to `{ladder.last}` or by retirement"
    if stage == RETIRED:
        return f"{here}, and nothing leaves it; register the artifact as a new version"
    above = ladder.next_after(stage)
    if above is None:
        return f"{here}, the last rung; nothing is above it"
    position, wanted = ladder.position(stage), ladder.position(to)
    if position is not None and wanted is not None and wanted <= position:
        if wanted == position:
            return f"{here} already; the next rung is `{above}`"
        return f"{here}, above `{to}`; `rampgate rollback` goes down"
    return f"{here}; a promotion goes one rung up, so the next is `{above}`, not `{to}`"


def _edits(stages: Stages, version: str, to: str) -> tuple[StageEdit, ...]:
    """Return the stage lines that change: the version's, and at the top the incumbent's."""
    moves = [(version, to)]
    if to == stages.ladder.last:
        moves += [(incumbent, STANDBY) for incumbent in stages.at(to)]
    return tuple(
        StageEdit(each, stages.documents[each].path, stages.stages[each], after)
        for each, after in moves
    )  # fmt: skip


def _message(title: str, edits: tuple[StageEdit, ...], reason: str, terms: str) -> str:
    main, *others = edits
    lines = [f"From {main.before} to {main.after}."]
    lines += [f"Version {edit.version}, which served so far, goes to {edit.after}." for edit in others]
    return "\n\n".join(part for part in (title, reason.strip(), terms, "\n".join(lines)) if part)
