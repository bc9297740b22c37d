"""Moves one version down, or retires it, on a branch, with the reason in an event file; asks nothing.

Where the version at the last rung leaves it, its fallback serves again in the same change.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from rampgate.adapters.git_work import WorkRepo
from rampgate.app.judging.trees import WorkTree
from rampgate.app.moving.event_file import artifact_named, event_path, refuse_short, whose_word
from rampgate.app.moving.moves import Moved, StageEdit, commit_on_branch, edited, start_of, told_from_where, where_from
from rampgate.app.moving.stages import Stages, governed_branch, read_ladder, read_people, read_stages, stage_named
from rampgate.app.moving.unlanded import away_from_unlanded, left_behind
from rampgate.app.moving.who import Known, who_is
from rampgate.app.new_file import new_file
from rampgate.errors import UsageProblem
from rampgate.model.statements import Event
from rampgate.model.vocabulary import RETIRED, STANDBY


@dataclass(frozen=True, slots=True)
class RollbackRequest:
    """What is to move. version, to: "" where not said. person: "" for the one whose address Git has. day: UTC.

    taken: branches of the remote, whose names are not free.
    """

    repo: Path
    model: str
    day: str
    reason: str
    to: str = ""
    version: str = ""
    person: str = ""
    taken: frozenset[str] = frozenset()


def rollback(request: RollbackRequest) -> Moved:
    """Commit the move and its event file on a branch of their own and return what was done.

    Raises UsageProblem where the stage is not below, the reason is too short or nobody knows who asks; InvalidInput for
    the version's own broken card. Broken cards of other versions do not stop it. A failure leaves everything as it was.
    """
    work = WorkRepo.open(request.repo)
    try:
        with away_from_unlanded(work, governed_branch(WorkTree(work.root))) as left:
            moved = _moved(work, request)
        if left:
            notes = [note for note in moved.notes if note not in where_from(moved.start, moved.governed)]
            moved = replace(moved, start=left, notes=(*notes, *left_behind(left, moved.governed)))
        return moved
    finally:
        work.close()


def _moved(work: WorkRepo, request: RollbackRequest) -> Moved:
    """Return the move, made from what is checked out."""
    tree = WorkTree(work.root)
    ladder = read_ladder(tree)
    stages = read_stages(tree, request.model, ladder)
    if not request.to:
        raise UsageProblem(f"say where to with --to\n{_choices(stages, request.version)}")
    refuse_short(request.reason)
    to = stage_named(ladder, request.to, aside=(RETIRED,))
    with told_from_where(work, tree):
        version = _version(stages, request.version, to)
    known = who_is(read_people(tree), work.user()[1], request.person)
    return _carry_out(work, tree, stages, request, version, to, known)


def _carry_out(
    work: WorkRepo, tree: WorkTree, stages: Stages, request: RollbackRequest, version: str, to: str, known: Known
) -> Moved:
    edits, notes = _edits(stages, version, to)
    _refuse_edited(work, edits)
    kind = "retire" if to == RETIRED else "rollback"
    path = event_path(tree, request.model, version, request.day, kind)
    event = _event(stages, request, version, to, known.person.name)
    files = {edit.path: edited(stages.documents[edit.version], edit.after) for edit in edits}
    files[path], _ = new_file(path, event, Event, "event")
    title = f"Retire {request.model} {version}" if kind == "retire" else f"Roll back {request.model} {version} to {to}"
    name = f"{kind}/{request.model}-{version}" + ("" if kind == "retire" else f"-{to}")
    branch = _free_branch(work.branches() | request.taken, name)
    start, governed = start_of(work), governed_branch(tree)
    commit = commit_on_branch(work, branch, files, _message(title, edits, request.reason))
    notes = (*notes, *_broken(stages), *whose_word(known), *where_from(start, governed))
    return Moved(title, edits, path, branch, commit, start, governed, notes)


def _version(stages: Stages, wanted: str, to: str) -> str:
    """Return the version that moves. Raises UsageProblem where it can not go there, or where several could."""
    if wanted:
        stage = stages.named(wanted)
        if not _may_go(stages, stage, to):
            why = " already" if stage == to else f", and `{to}` is not below it"
            raise UsageProblem(f"{stages.model} {wanted} stands at `{stage}`{why}\n{_choices(stages, wanted)}")
        return wanted
    able = [version for version, stage in stages.stages.items() if _may_go(stages, stage, to)]
    if not able:
        raise UsageProblem(f"no version of {stages.model} can go to `{to}`\n{_choices(stages, '')}")
    if len(able) > 1:
        raise UsageProblem(f"{len(able)} versions of {stages.model} can go to `{to}`; say which with --version\n"
                           f"{_choices(stages, '')}")  # fmt: skip
    return able[0]


def _may_go(stages: Stages, stage: str, to: str) -> bool:
    if to == RETIRED:
        return stage != RETIRED
    here, there = stages.ladder.position(stage), stages.ladder.position(to)
    return here is not None and there is not None and there < here


def _choices(stages: Stages, version: str) -> str:
    """Return one line for each version, or the one named: where it stands and where it can go."""
    lines = []
    shown = {version: stages.named(version)} if version else stages.stages
    for each, stage in shown.items():
        below = [name for name in (*stages.ladder.names, RETIRED) if _may_go(stages, stage, name)]
        where = ", ".join(f"`{name}`" for name in below) or "nowhere"
        lines.append(f"  {each} stands at `{stage}`; it can go to {where}")
    return "\n".join(lines) or stages.listed()


def _edits(stages: Stages, version: str, to: str) -> tuple[tuple[StageEdit, ...], tuple[str, ...]]:
    """Return the stage lines that change, and what to know where the last rung is left with nobody."""
    own = StageEdit(version, stages.documents[version].path, stages.stages[version], to)
    others = [each for each in stages.challengers() if each != version]
    if others and to in stages.ladder.names[1:-1]:
        first, last = stages.ladder.first, stages.ladder.last
        raise UsageProblem(
            f"version {others[0]} stands between `{first}` and `{last}` already, and there is one challenger; "
            f"go down to `{first}`"
        )
    if own.before != stages.ladder.last:
        return (own,), ()
    value = stages.documents[version].value.get("fallback")
    fallback: Mapping[str, Any] = value if isinstance(value, Mapping) else {}
    if to == RETIRED:
        if fallback.get("kind") in ("rules", "human", "off"):
            return (own,), (_nobody_serves(stages, fallback),)
        note = f"version {version} serves everybody, and the gate asks for a process that takes over before it retires"
        return (own,), (f"{note}; promote a successor first, or roll back",)
    target = str(fallback.get("target", "")).removeprefix(f"{stages.model}@")
    if fallback.get("kind") != "previous_model":
        return (own,), (_nobody_serves(stages, fallback),)
    if stages.stages.get(target) != STANDBY:
        where = f"stands at `{stages.stages[target]}`" if target in stages.stages else "is not there"
        note = f"the fallback `{fallback['target']}` {where}, not at `{STANDBY}`, so it is not brought back"
        return (own,), (f"{note}; no version serves at `{stages.ladder.last}` now",)
    return (own, StageEdit(target, stages.documents[target].path, STANDBY, stages.ladder.last)), ()


def _nobody_serves(stages: Stages, fallback: Mapping[str, Any]) -> str:
    takes_over = f"`{fallback['target']}`" if fallback.get("target") else "nothing that the card names"
    return f"no version serves at `{stages.ladder.last}` now; {takes_over} takes over"


def _refuse_edited(work: WorkRepo, edits: tuple[StageEdit, ...]) -> None:
    """Raise UsageProblem where the cards to edit have changes of their own; other files are left alone."""
    changed = work.changed([edit.path for edit in edits])
    if changed:
        raise UsageProblem(f"`{changed[0]}` has changes that are not committed; commit them, or `git restore` the file")


def _event(stages: Stages, request: RollbackRequest, version: str, to: str, person: str) -> dict[str, Any]:
    return {
        "schema": "rampgate/event/v1",
        "kind": "retire" if to == RETIRED else "rollback",
        "from": stages.stages[version],
        "to": to,
        "reason": request.reason.strip(),
        "by": person,
        "date": request.day,
        **artifact_named(stages.documents[version]),
    }


def _free_branch(taken: Collection[str], name: str) -> str:
    """Return the name, with a number where the branch of an earlier move is still there: nobody is asked at night."""
    return next(each for each in (name, *(f"{name}-{n}" for n in range(2, 10_000))) if each not in taken)


def _broken(stages: Stages) -> tuple[str, ...]:
    return tuple(
        f"the card of version {version} can not be read, and the gate judges nothing until it is mended"
        for version in stages.broken
    )


def _message(title: str, edits: tuple[StageEdit, ...], reason: str) -> str:
    main, *others = edits
    lines = [f"From {main.before} to {main.after}."]
    lines += [f"Version {edit.version}, the fallback, serves again." for edit in others]
    return "\n\n".join([title, reason.strip(), "\n".join(lines)])
