"""Writes the review of a break-glass beside it, or refuses at once one that could never count."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rampgate.adapters.git_work import WorkRepo
from rampgate.app.judging.control import Control, load_control
from rampgate.app.judging.trees import WorkTree
from rampgate.app.moving.break_glass_files import break_glass_files
from rampgate.app.moving.event_file import refuse_short
from rampgate.app.moving.stages import read_stages
from rampgate.app.moving.who import address_in_git, who_is
from rampgate.app.new_file import new_file
from rampgate.app.work_files import find_root
from rampgate.app.write import write_whole
from rampgate.approvals.teams import at_best
from rampgate.core.break_glass import reviewers
from rampgate.errors import Unreachable, UsageProblem
from rampgate.formats.suggest import did_you_mean
from rampgate.model.people import Person
from rampgate.model.statements import BreakGlass, BreakGlassReview
from rampgate.rules._break_glass import review_of, reviewer_roles


@dataclass(frozen=True, slots=True)
class ReviewBreakGlassRequest:
    """What is said of which break-glass. id: the name of its file; model, version, person: "" where not said.

    conclusion: as in the file; day: UTC, today.
    """

    repo: Path
    id: str
    conclusion: str
    reason: str
    day: str
    model: str = ""
    version: str = ""
    person: str = ""


@dataclass(frozen=True, slots=True)
class ReviewedBreakGlass:
    """The review that was written. path: from the root of the repository; notes: what the user should know beside."""

    path: str
    review: BreakGlassReview
    governed: str
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class _Found:
    """A break-glass in the work tree; review: what was said of it already, None for nothing."""

    model: str
    version: str
    id: str
    path: str
    event: BreakGlass
    review: BreakGlassReview | None


def review_break_glass(request: ReviewBreakGlassRequest) -> ReviewedBreakGlass:
    """Write the review into a file of its own and return it.

    Raises UsageProblem where there is no such break-glass, it is reviewed already, or the person may not review it;
    InvalidInput for broken files. Nothing is then written.
    """
    refuse_short(request.reason)
    root = find_root(request.repo)
    tree = WorkTree(root)
    control = load_control(tree)
    found = _named(tree, request)
    if found.review is not None:
        said = found.review
        conclusion = said.conclusion.replace("_", " ")
        raise UsageProblem(f"`{found.id}` is reviewed already: {conclusion}, by {said.by} on {said.date}")
    email = "" if request.person else address_in_git(root)
    person = who_is(control.people.noun, email, request.person).person
    _refuse_other(at_best(control.people.noun).named(person.name) or person, found, control)
    path = _free_path(tree, found)
    values: dict[str, Any] = {
        "schema": "rampgate/break-glass-review/v1",
        "of": found.id,
        "by": person.name,
        "conclusion": request.conclusion,
        "reason": request.reason.strip(),
        "date": request.day,
    }
    data, review = new_file(path, values, BreakGlassReview, "break-glass-review")
    write_whole(root / path, data)
    governed = control.governance.noun.branch
    return ReviewedBreakGlass(path, review, governed, tuple(_notes(root, tree, control, found, request)))


def _named(tree: WorkTree, request: ReviewBreakGlassRequest) -> _Found:
    every = [
        _Found(model, version, id_, event.path, event.noun, review_of(id_, event.noun, reviews))
        for model, versions in break_glass_files(tree).items()
        for version, (events, reviews) in versions.items()
        for id_, event in events.items()
    ]
    name = request.id.rpartition("/")[2].removesuffix(".yaml")
    named = [
        found
        for found in every
        if found.id == name and request.model in ("", found.model) and request.version in ("", found.version)
    ]
    if len(named) > 1:
        listed = "\n".join(f"  {each.path}" for each in named)
        words = f"{len(named)} break-glass are called `{name}`; say which with --model and --version"
        raise UsageProblem(f"{words}\n{listed}")
    if named:
        return named[0]
    known = sorted({found.id for found in every if found.review is None})
    waiting = ", ".join(f"`{each}`" for each in known) or "none"
    raise UsageProblem(f"there is no break-glass `{name}`{did_you_mean(name, known)}\nwaiting for a review: {waiting}")


def _refuse_other(person: Person, found: _Found, control: Control) -> None:
    able = reviewers(at_best(control.people.noun), control.governance.noun, found.event)
    if person.name in able:
        return
    who = ", ".join(f"`{name}`" for name in able[:6]) or "nobody"
    if person.name in (found.event.by, found.event.second):
        raise UsageProblem(f"`{person.name}` broke the glass, and does not review it; {who} can")
    roles = " or ".join(f"`{role}`" for role in reviewer_roles(control.governance.noun))
    raise UsageProblem(f"`{person.name}` does not hold {roles}, which reviews a break-glass; {who} can")


def _free_path(tree: WorkTree, found: _Found) -> str:
    """Return the path of a file that is not there yet; what somebody has said is never written over."""
    folder = found.path.rpartition("/")[0]
    taken = {name.casefold() for name in tree.names(folder)}
    names = (f"{found.id}-review", *(f"{found.id}-review-{number}" for number in range(2, 10_000)))
    return next(f"{folder}/{name}.yaml" for name in names if f"{name}.yaml".casefold() not in taken)


def _notes(
    root: Path, tree: WorkTree, control: Control, found: _Found, request: ReviewBreakGlassRequest
) -> Iterator[str]:  # fmt: skip
    stage = read_stages(tree, found.model, control.ladder.noun).stages.get(found.version, "")
    ladder = control.ladder.noun
    here, there = ladder.position(stage), ladder.position(found.event.to)
    stands_up = here is not None and there is not None and here >= there
    if request.conclusion == "rolled_back" and stands_up:
        yield (
            f"{found.model} {found.version} still stands at `{stage}`: "
            f'rampgate rollback {found.model} --version {found.version} --to {found.event.from_} --reason "..."'
        )
    governed = control.governance.noun.branch
    if not _has_landed(root, governed, found.path):
        yield f"`{governed}` of this clone does not hold the break-glass, and a review counts only after it has landed"


def _has_landed(root: Path, governed: str, path: str) -> bool:
    """Return whether the governed branch, as this clone knows it, holds a file; true where there is no clone."""
    try:
        work = WorkRepo.open(root)
    except Unreachable:
        return True
    try:
        return any(work.file_at(f"refs/{place}/{governed}", path) for place in ("heads", "remotes/origin"))
    finally:
        work.close()
