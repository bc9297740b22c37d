"""Writes the file that puts a record right; the record itself is signed and stays as it is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rampgate.adapters.git_objects import GitObjects
from rampgate.app.judging.chronicle import chronicle_of
from rampgate.app.judging.control import Control, load_control
from rampgate.app.judging.trees import WorkTree
from rampgate.app.judging.trust import read_believed
from rampgate.app.moving.event_file import refuse_short
from rampgate.app.moving.who import address_in_git, who_is
from rampgate.app.new_file import new_file
from rampgate.app.work_files import find_root
from rampgate.app.write import write_whole
from rampgate.errors import UsageProblem
from rampgate.model.correction import Correction, correction_path
from rampgate.model.history import HistorySettings
from rampgate.model.record import Record
from rampgate.model.sourced import Missing


@dataclass(frozen=True, slots=True)
class CorrectRequest:
    """What is said of which record. seq: its place; person: "" where not said; day: UTC."""

    repo: Path
    seq: int
    conclusion: str
    reason: str
    day: str
    person: str = ""


@dataclass(frozen=True, slots=True)
class Corrected:
    """The correction that was written. path: from the root of the repository; record: the one that it is about."""

    path: str
    correction: Correction
    record: Record
    governed: str


def correct(request: CorrectRequest) -> Corrected:
    """Write the correction into a file of its own and return it.

    Raises UsageProblem where no such record is in the history of this clone, it has nothing to correct, or that was
    done; InvalidInput for a history that can not be believed. Nothing is then written.
    """
    refuse_short(request.reason)
    root = find_root(request.repo)
    tree = WorkTree(root)
    control = load_control(tree)
    path = correction_path(request.seq)
    if tree.exists(path):
        raise UsageProblem(f"{path} is there already; what was said of a record stays as it is")
    record = _record(root, control, request.seq)
    person = who_is(control.people.noun, "" if request.person else address_in_git(root), request.person).person
    values: dict[str, Any] = {
        "schema": "rampgate/correction/v1",
        "corrects": request.seq,
        "conclusion": request.conclusion,
        "reason": request.reason.strip(),
        "by": person.name,
        "date": request.day,
    }
    data, correction = new_file(path, values, Correction, "correction")
    write_whole(root / path, data)
    return Corrected(path, correction, record, control.governance.noun.branch)


def _record(root: Path, control: Control, seq: int) -> Record:
    """Return the record that is to be corrected. Raises UsageProblem where there is none, or nothing to correct."""
    if isinstance(control.history, Missing):
        raise UsageProblem(f"{control.history.why}, so there are no records to correct\n{control.history.fix}")
    with GitObjects.open(root) as git:
        records = _records_from(git, control.history.noun, seq)
    record, later = records[0], records[1:]
    if not record.past_the_gate:
        raise UsageProblem(f"record {seq} has nothing to correct: {record.title}\n`rampgate audit show {seq}` shows it")
    by = next((each.seq for each in later if seq in each.corrects), None)
    if by is not None:
        raise UsageProblem(f"record {seq} was corrected by record {by}; `rampgate audit show {by}` shows it")
    return record


def _records_from(git: GitObjects, settings: HistorySettings, seq: int) -> Sequence[Record]:
    """Return the record at a place and every later one, each signed by a key that counts."""
    found = chronicle_of(git, settings)
    if isinstance(found, Missing):
        raise UsageProblem(f"{found.why}\n{found.fix}")
    if seq >= found.size:
        last = f"the last one is record {found.size - 1}" if found.size else "it is empty"
        raise UsageProblem(f"there is no record {seq} in the history of this clone; {last}")
    assert found.ledger is not None, "what is read from a branch has one"
    return [each.record for each in read_believed(found.ledger, found.ledger.entries(seq), found.trust)]
