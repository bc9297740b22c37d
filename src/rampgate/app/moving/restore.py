"""Moves one version back up after a rollback, on a branch, with the reason in an event file.

Which stage it may come back to, and until when, is read from its events as the gate reads them. A standby comes back
to the last rung without any rollback. There, the version that serves so far goes to `standby` in the same commit.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from rampgate.adapters import packaged
from rampgate.adapters.git_work import WorkRepo
from rampgate.app.judging.trees import WorkTree
from rampgate.app.moving.event_file import artifact_named, event_path, refuse_short, whose_word
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
from rampgate.app.moving.stages import Stages, governed_branch, read_ladder, read_people, read_stages, stage_named
from rampgate.app.moving.who import who_is
from rampgate.app.new_file import new_file
from rampgate.core.paths import version_folder
from rampgate.errors import InvalidInput, UsageProblem
from rampgate.formats.nouns import noun_of
from rampgate.formats.yaml_text import load_yaml
from rampgate.model.ladder import Ladder
from rampgate.model.sourced import Missing, Sourced
from rampgate.model.statements import Event
from rampgate.model.vocabulary import STANDBY
from rampgate.rules._way_back import WayBack, way_back


@dataclass(frozen=True, slots=True)
class RestoreRequest:
    """What is to come back. version: "" for the one that can. person: "" for the one whose address Git has. day: UTC.

    taken: branches of the remote, whose names are not free.
    """

    repo: Path
    model: str
    day: str
    reason: str
    to: str
    version: str = ""
    person: str = ""
    taken: frozenset[str] = frozenset()


def restore(request: RestoreRequest) -> Moved:
    """Commit the move and its event file on a branch of their own and return what was done.

    Raises UsageProblem where no rollback lets the version come back there, the reason is too short, nobody knows who
    asks, governed files are not committed or the branch exists; InvalidInput for broken files. A failure leaves
    everything as it was.
    """
    work = WorkRepo.open(request.repo)
    try:
        tree = WorkTree(work.root)
        stages = read_stages(tree, request.model, read_ladder(tree))
        if stages.broken:
            raise InvalidInput(problem for error in stages.broken.values() for problem in error.problems)
        if not request.to:
            raise UsageProblem(f"say where to with --to\n{_choices(tree, stages, request.day)}")
        refuse_short(request.reason)
        to = stage_named(stages.ladder, request.to)
        with told_from_where(work, tree):
            version = _version(tree, stages, request, to)
        refuse_changed_files(work)
        known = who_is(read_people(tree), work.user()[1], request.person)
        edits = _edits(stages, version, to)
        path = event_path(tree, request.model, version, request.day, "restore")
        event = {
            "schema": "rampgate/event/v1", "kind": "restore", "from": stages.stages[version], "to": to,
            "reason": request.reason.strip(), "by": known.person.name, "date": request.day,
            **artifact_named(stages.documents[version]),
        }  # fmt: skip
        files = {edit.path: edited(stages.documents[edit.version], edit.after) for edit in edits}
        files[path], _ = new_file(path, event, Event, "event")
        title = f"Restore {request.model} {version} to {to}"
        branch = f"restore/{request.model}-{version}-{to}"
        refuse_taken(branch, request.taken)
        start, governed = start_of(work), governed_branch(tree)
        commit = commit_on_branch(work, branch, files, _message(title, edits, request.reason))
        notes = (*whose_word(known), *where_from(start, governed))
        return Moved(title, edits, path, branch, commit, start, governed, notes)
    finally:
        work.close()


def read_events(tree: WorkTree, model: str, version: str) -> dict[str, Sourced[Event]]:
    """Return the events of a version by id. Raises InvalidInput for one that is broken."""
    folder = f"{version_folder(model, version)}/events"
    found = {}
    for name in tree.names(folder):
        path = f"{folder}/{name}"
        document = load_yaml(tree.read(path), path)
        found[name.removesuffix(".yaml")] = noun_of(document, Event, "event", packaged.schema("event"))
    return found


def _way(tree: WorkTree, stages: Stages, version: str) -> WayBack | Missing:
    artifact = artifact_named(stages.documents[version]).get("artifact", "")
    return way_back(read_events(tree, stages.model, version), stages.stages[version], artifact, stages.ladder)


def _version(tree: WorkTree, stages: Stages, request: RestoreRequest, to: str) -> str:
    """Return the version that comes back. Raises UsageProblem where it can not, or where several could."""
    if request.version:
        stages.named(request.version)
        why = _why_not(tree, stages, request.version, to, request.day)
        if why:
            raise UsageProblem(f"{stages.model} {request.version} can not be restored to `{to}`: {why}")
        return request.version
    reasons = {version: _why_not(tree, stages, version, to, request.day) for version in stages.stages}
    able = [version for version, why in reasons.items() if not why]
    if not able:
        told = "\n".join(f"  {version}: {why}" for version, why in reasons.items()) or stages.listed()
        raise UsageProblem(f"no version of {stages.model} can be restored to `{to}`\n{told}")
    if len(able) > 1:
        raise UsageProblem(
            f"{len(able)} versions of {stages.model} can be restored to `{to}`; say which with --version\n"
            f"{stages.listed()}"
        )
    return able[0]


def _why_not(tree: WorkTree, stages: Stages, version: str, to: str, day: str) -> str:
    """Return why a version can not come back to a stage, "" where it can."""
    ladder, stage = stages.ladder, stages.stages[version]
    here, there = ladder.position(stage), ladder.position(to)
    if stage == STANDBY:
        return "" if to == ladder.last else f"it stands at `{stage}`, from where it comes back to `{ladder.last}` alone"
    if stage == to:
        return f"it stands at `{stage}` already"
    if here is None or there is None or there < here:
        return f"it stands at `{stage}`, and `{to}` is not above it"
    others = [each for each in stages.challengers() if each != version]
    if others and to != ladder.last:
        return f"version {others[0]} stands between `{ladder.first}` and `{ladder.last}` already; move it first"
    return _why_not_up(_way(tree, stages, version), ladder, to, day)


def _why_not_up(way: WayBack | Missing, ladder: Ladder, to: str, day: str) -> str:
    if isinstance(way, Missing):
        return way.why
    if (ladder.position(to) or 0) > (ladder.position(way.stage) or 0):
        return f"the rollback of {way.event.noun.date} left `{way.stage}`, so that is the highest to come back to"
    if day > way.until:
        words = f"the rollback of {way.event.noun.date} could be undone until {way.until}"
        return f"{words}; promote it instead, one rung at a time"
    return ""


def _choices(tree: WorkTree, stages: Stages, day: str) -> str:
    """Return one line for each version: where it can come back to, and until when, or why it can not."""
    lines = []
    for version, stage in stages.stages.items():
        if stage == STANDBY:
            told = f"stands at `{stage}`; it can come back to `{stages.ladder.last}`"
        else:
            way = _way(tree, stages, version)
            why = way.why if isinstance(way, Missing) else _why_not_up(way, stages.ladder, way.stage, day)
            able = "" if isinstance(way, Missing) else f"it can come back to at most `{way.stage}`, until {way.until}"
            told = f"stands at `{stage}`; {why or able}"
        lines.append(f"  {version} {told}")
    return "\n".join(lines) or stages.listed()


def _edits(stages: Stages, version: str, to: str) -> tuple[StageEdit, ...]:
    moves = [(version, to)]
    if to == stages.ladder.last:
        moves += [(incumbent, STANDBY) for incumbent in stages.at(to)]
    return tuple(
        StageEdit(each, stages.documents[each].path, stages.stages[each], after) for each, after in moves
    )  # fmt: skip


def _message(title: str, edits: tuple[StageEdit, ...], reason: str) -> str:
    main, *others = edits
    lines = [f"From {main.before} to {main.after}."]
    lines += [f"Version {edit.version}, which served so far, goes to {edit.after}." for edit in others]
    return "\n\n".join([title, reason.strip(), "\n".join(lines)])
