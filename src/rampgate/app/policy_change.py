"""What a policy change would leave behind: everything that `check` says of the control files that it brings."""

from __future__ import annotations

from rampgate.app.control import Control, load_control
from rampgate.app.trees import Tree
from rampgate.approvals.slots import authors_who_leave_it_unreachable
from rampgate.core.paths import CARDS
from rampgate.errors import InvalidInput, Problem
from rampgate.formats.yaml_text import load_yaml


def control_problems(tree: Tree, day: str) -> tuple[list[Problem], Control | None]:
    """Return every problem of the control files of a tree, and the control files where they could be read."""
    try:
        control = load_control(tree)
    except InvalidInput as error:
        return list(error.problems), None
    problems: list[Problem] = []
    try:
        control.rules(day)
    except InvalidInput as error:
        problems.extend(error.problems)
    problems.extend(quorum_problems(control))
    return problems, control


def quorum_problems(control: Control) -> list[Problem]:
    """Return why the quorum for policy changes could not be reached, whoever opens the pull request."""
    people = control.people.noun
    place = control.governance.at("policy_change")
    stuck = authors_who_leave_it_unreachable(control.governance.noun.policy_change.slots, people)
    if people.people and len(stuck) < len(people.people) and not stuck:
        return []
    who = ", ".join(f"`{name}`" for name in stuck[:5]) or "anybody"
    message = f"a policy change by {who} could never get its quorum"
    fix = "give the role to one person more, or ask for fewer"
    return [Problem(place.path, message, place.line, place.column, fix=fix)]


def stage_problems(tree: Tree, control: Control) -> list[Problem]:
    """Return the cards that stand at a stage which the ladder of this tree does not have."""
    problems = []
    ladder = control.ladder.noun
    for path in sorted(tree.files(CARDS)):
        if not path.endswith("/card.yaml"):
            continue
        try:
            document = load_yaml(tree.read(path), path)
        except InvalidInput:
            continue
        stage = document.value.get("stage")
        if not isinstance(stage, str) or ladder.canonical(stage) is None:
            fix = "keep the stage, or rename it with `formerly: [name]`"
            problems.append(
                document.problem(("stage",), f"the ladder has no stage `{stage}`, and this card uses it", fix=fix)
            )
    return problems
