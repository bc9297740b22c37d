"""What a policy change would leave behind: everything that `check` says of the control files that it brings."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from rampgate.adapters import packaged
from rampgate.app.judging.control import Control, load_control
from rampgate.app.judging.history_keys import history_key_problems
from rampgate.app.judging.names import known_names
from rampgate.app.judging.trees import Tree
from rampgate.approvals.slots import authors_who_leave_it_unreachable
from rampgate.approvals.teams import at_best
from rampgate.core.lint_governance import rules_beyond_cap, terms_problems
from rampgate.core.lint_rule import ended_rules
from rampgate.core.paths import CARDS, split
from rampgate.core.references import card_problems
from rampgate.errors import InvalidInput, Problem
from rampgate.formats.schema_check import check_schema
from rampgate.formats.suggest import did_you_mean
from rampgate.formats.yaml_text import load_yaml
from rampgate.model.change import TouchedPath
from rampgate.model.correction import FOLDER


def control_problems(tree: Tree, day: str) -> tuple[list[Problem], Control | None]:
    """Return every problem of the control files of a tree, and the control files where they could be read."""
    try:
        control = load_control(tree)
    except InvalidInput as error:
        return list(error.problems), None
    problems: list[Problem] = list(ended_rules(control.policies, day))
    try:
        control.rules(day)
    except InvalidInput as error:
        problems.extend(error.problems)
    problems.extend(governance_problems(control))
    problems.extend(correction_problems(control, day))
    problems.extend(history_key_problems(control))
    return problems, control


def correction_problems(control: Control, day: str) -> list[Problem]:
    """Return what a correction says that can not be: a person whom nobody knows, a day to come."""
    problems: list[Problem] = []
    known = [person.name for person in control.people.noun.people]
    for each in control.corrections:
        if each.noun.by not in known:
            message = f"unknown person `{each.noun.by}`{did_you_mean(each.noun.by, known)}"
            problems.append(each.problem(("by",), message, fix="name somebody of people.yaml"))
        if each.noun.date > day:
            message = f"the correction is dated {each.noun.date}, after today"
            problems.append(each.problem(("date",), message, fix="write the day on which it was concluded"))
    return problems


def corrections_altered(touched: Iterable[TouchedPath]) -> list[Problem]:
    """Return every correction of the base branch that a change edits or takes away: the history names its bytes."""
    message = "a correction stays as it landed; the decision history names its bytes"
    return [
        Problem(each.path, message, fix="put the file back as it stands on the base branch")
        for each in touched
        if each.path.startswith(f"{FOLDER}/") and each.path.endswith(".yaml") and not each.was_added
    ]


def governance_problems(control: Control) -> list[Problem]:
    """Return what can not work in `policies/governance.yaml`, and the rules that go beyond its ceiling of waivers."""
    ladder, people = control.ladder.noun, at_best(control.people.noun)
    return [
        *quorum_problems(control),
        *terms_problems(control.governance, people, ladder),
        *rules_beyond_cap(control.policies, control.governance.noun.waivers, ladder),
    ]


def quorum_problems(control: Control) -> list[Problem]:
    """Return why the quorum for policy changes is none: its author is enough, or nobody could ever fill it."""
    people = at_best(control.people.noun)
    for index, slot in enumerate(control.governance.noun.policy_change.slots):
        if slot.author_counts:
            message = "whoever opens a policy change would approve it by asking; another person has to"
            pointer = ("policy_change", "slots", index, "author_counts")
            return [control.governance.problem(pointer, message, fix="remove `author_counts`")]
    stuck = authors_who_leave_it_unreachable(control.governance.noun.policy_change.slots, people)
    if people.people and not stuck:
        return []
    who = ", ".join(f"`{name}`" for name in stuck[:5]) or "anybody"
    message = f"a policy change by {who} could never get its quorum"
    fix = "give the role to one person more, or ask for fewer"
    return [control.governance.problem(("policy_change",), message, fix=fix)]


_KEEP = "keep it; a stage is renamed with `formerly`, and who leaves keeps an entry without roles"


def card_problems_left(tree: Tree, control: Control) -> list[Problem]:
    """Return what cards refer to and the control files of this tree no longer have: stages and persons.

    A card whose structure is not right is left out; no change of the rules makes it so.
    """
    problems: list[Problem] = []
    names = known_names(control)
    for path in sorted(tree.files(CARDS)):
        place = split(path)
        if place is None or place.rest != "card.yaml":
            continue
        try:
            document = load_yaml(tree.read(path), path)
        except InvalidInput:
            continue
        if check_schema(document, "card", packaged.schema("card")):
            continue
        found = card_problems(document, names, model=place.model, version=place.version, files=None)
        problems += (replace(problem, fix=_KEEP) for problem in found)
    return problems
