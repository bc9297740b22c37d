"""Writes down what was decided about training a version again, as a new file beside its card."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rampgate.app.judging.trees import WorkTree
from rampgate.app.moving.event_file import event_path, refuse_short, whose_word
from rampgate.app.moving.stages import Stages, read_ladder, read_people, read_stages
from rampgate.app.moving.who import address_in_git, who_is
from rampgate.app.new_file import new_file
from rampgate.app.work_files import find_root
from rampgate.app.write import write_whole
from rampgate.core.paths import version_folder
from rampgate.errors import InvalidInput, UsageProblem
from rampgate.formats.suggest import did_you_mean
from rampgate.formats.yaml_text import load_yaml
from rampgate.model.statements import RetrainingDecision
from rampgate.model.vocabulary import RETIRED


@dataclass(frozen=True, slots=True)
class RetrainingRequest:
    """What was decided. version, person, evidence, successor: "" where not said; day: UTC.

    decision: as in the file; evidence: a path inside the version's folder.
    """

    repo: Path
    model: str
    decision: str
    trigger: str
    reason: str
    day: str
    version: str = ""
    person: str = ""
    evidence: str = ""
    successor: str = ""


@dataclass(frozen=True, slots=True)
class RetrainingWritten:
    """The decision that was written. path: from the root of the repository; notes: what the user should know beside."""

    path: str
    decided: RetrainingDecision
    version: str
    notes: tuple[str, ...] = ()


def decide_retraining(request: RetrainingRequest) -> RetrainingWritten:
    """Write the decision into a file of its own and return it.

    The version is the only one that is not retired where none is named. Raises UsageProblem where a word does not fit;
    nothing is then written.
    """
    refuse_short(request.reason)
    if not request.trigger.strip():
        raise UsageProblem('say what made it necessary to decide: --trigger "psi of income at 0.21"')
    root = find_root(request.repo)
    tree = WorkTree(root)
    stages = read_stages(tree, request.model, read_ladder(tree))
    version = _version(stages, request.version)
    _refuse_absent(tree, version, request)
    known = who_is(read_people(tree), address_in_git(root), request.person)
    path = event_path(tree, request.model, version, request.day, "retraining")
    values: dict[str, Any] = {
        "schema": "rampgate/retraining/v1",
        "decision": request.decision,
        "trigger": request.trigger.strip(),
        **({"evidence": request.evidence} if request.evidence else {}),
        "reason": request.reason.strip(),
        "by": known.person.name,
        "date": request.day,
        **({"successor": request.successor} if request.successor else {}),
    }
    data, decided = new_file(path, values, RetrainingDecision, "retraining")
    write_whole(root / path, data)
    notes = (*whose_word(known), *_card_says_other(tree, request.model, version, known.person.name))
    return RetrainingWritten(path, decided, version, notes)


def _version(stages: Stages, named: str) -> str:
    """Return the version that is meant: the one named, else the only one that stands on the ladder."""
    if named:
        stages.named(named)
        return named
    standing = [version for version, stage in stages.stages.items() if stage != RETIRED]
    if len(standing) != 1:
        raise UsageProblem(f"say which version of {stages.model}: --version V\n{stages.listed()}")
    return standing[0]


def _refuse_absent(tree: WorkTree, version: str, request: RetrainingRequest) -> None:
    """Raise UsageProblem for evidence that is not there, and for a version that is to succeed itself."""
    folder = version_folder(request.model, version)
    if request.evidence and not tree.exists(f"{folder}/{request.evidence}"):
        known = [path.removeprefix(f"{folder}/") for path in tree.files(folder)]
        raise UsageProblem(
            f"there is no file {folder}/{request.evidence}{did_you_mean(request.evidence, known)}\n"
            f"give --evidence as it stands in the folder of the version, such as evidence/drift.json"
        )
    if request.successor == version:
        raise UsageProblem(f"{request.model} {version} does not succeed itself; give another version as --successor")


def _card_says_other(tree: WorkTree, model: str, version: str, by: str) -> Iterator[str]:
    """Yield that the card names somebody else who decides about retraining; broken cards are told elsewhere."""
    path = f"{version_folder(model, version)}/card.yaml"
    try:
        section = load_yaml(tree.read(path), path).value.get("retraining")
    except InvalidInput:
        return
    named = section.get("decided_by") if isinstance(section, dict) else None
    if isinstance(named, str) and named != by:
        yield f"by the card, `{named}` decides about retraining, and not `{by}`"
