"""What the rules that a pull request brings would have changed: models as they stand, and decisions on record.

The pull request is a stranger's: its policies are read and asked by the same code as those of the base, nothing of it
is run, and how much is looked at is bounded by numbers, so that the answer is the same at every run.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from rampgate.adapters.git_objects import GitObjects
from rampgate.app.history.open_history import open_history
from rampgate.app.judging.control import Control, has_policies, load_control
from rampgate.app.judging.trees import GitTree
from rampgate.app.planning.standing import models_in, statements_at
from rampgate.app.planning.whatif import Cards, compared
from rampgate.app.replaying.elsewhere import newest_decisions, past_under
from rampgate.core.paths import POLICIES
from rampgate.errors import InvalidInput, RampgateError, Unreachable
from rampgate.model.brief import Effects
from rampgate.model.decision import Decision
from rampgate.model.replay import PastRow
from rampgate.model.rule_shift import RuleShift
from rampgate.model.vocabulary import ChangeKind
from rampgate.model.whatif import WhatIf
from rampgate.reports.past import shift_words

DECISIONS: Final = 50
"""So many decisions on record are made again, the newest; each twice, under the rules of the base too."""

MODELS: Final = 100
"""So many models are asked about, by the order of their names."""

RULES: Final = 3
"""So many rules are named of each flip."""


def effects_of(git: GitObjects, decision: Decision) -> Effects | None:
    """Return what the rules that a judged change brings would have changed, None where it brings no other rules."""
    if decision.change is not ChangeKind.POLICY or decision.problems:
        return None
    landing = git.merge_tree(decision.base, decision.head).tree
    before = git.tree_of(decision.base)
    if landing is None or git.tree_oid(before, POLICIES) == git.tree_oid(landing, POLICIES):
        return None
    base, brought = GitTree(git, before, "base"), GitTree(git, landing, "landing")
    if not has_policies(base) or not has_policies(brought):
        return None
    try:
        present, other = load_control(base), load_control(brought)
        standing, models_told = _standing(git, base, present, other, decision.evaluated_at)
    except InvalidInput:
        return Effects("Nothing was looked at: the rules do not work, on the base or as they would be.")
    past, past_told = _past(git, present, other)
    return Effects(f"Looked at: {models_told}; {past_told}.", (*standing, *past))


def effects_or_why(git: GitObjects, decision: Decision) -> Effects | None:
    """Return what `effects_of` does, or that it failed: a verdict never waits for what might have been."""
    try:
        return effects_of(git, decision)
    except Exception as error:  # noqa: BLE001 - the verdict stands, whatever goes wrong here
        why = str(error) if isinstance(error, RampgateError) else type(error).__name__
        return Effects(f"What these rules would have changed could not be looked at: {' '.join(why.split())}.")


def _standing(
    git: GitObjects, base: GitTree, present: Control, other: Control, now: str
) -> tuple[tuple[str, ...], str]:
    """Return what flips of the models as they stand on the base, and what was looked at. Raises InvalidInput."""
    every = models_in(base)
    models = every[:MODELS]
    cards = Cards(base, models, statements_at(git, base.tree, models))
    answer = compared(cards, present, other, now, lambda: None)
    left = f", {len(every) - len(models)} more models are not looked at" if len(every) > len(models) else ""
    versions = len({(row.model, row.version) for row in answer.rows})
    return tuple(
        _flips(answer)
    ), f"{_count(len(answer.rows), 'question')} about {_count(versions, 'version')} of today{left}"


def _flips(answer: WhatIf) -> Iterator[str]:
    for row in answer.rows:
        if row.flips:
            asked = f"{row.stage} -> {row.entering}" if row.question == "next" else f"standing at {row.entering}"
            yield _sentence(f"{row.model} {row.version}, {asked}", row.before, row.after, row.shifts)


def _past(git: GitObjects, present: Control, other: Control) -> tuple[tuple[str, ...], str]:
    """Return which decisions would have come out otherwise by this change alone, and what was looked at.

    What would come out otherwise under the rules of the base already is none of its doing.
    """
    try:
        with open_history(git) as history:
            picked, left_out = newest_decisions(history, "", DECISIONS)
            today = {row.seq: row.after for row in past_under(history, present, picked).rows}
            answer = past_under(history, other, picked)
    except (InvalidInput, Unreachable) as error:
        return (), f"no decisions: {' '.join(str(error).split())}"
    flips = [row for row in answer.flips if row.after != today[row.seq]]
    gone = len(answer.not_replayable)
    told = f"the newest {len(picked)} of {len(picked) + left_out} decisions on record, each at its own moment"
    told += f", {gone} of which can not be made again" if gone else ""
    return tuple(_told(row) for row in reversed(flips)), told


def _told(row: PastRow) -> str:
    about = f"record {row.seq}, {row.at[:10]}, {row.about}"
    return _sentence(about, row.before, row.after, row.shifts)


def _sentence(about: str, before: str, after: str, shifts: tuple[RuleShift, ...]) -> str:
    rules = "; ".join(f"`{each.rule}` {shift_words(each).removeprefix(f'{each.rule}: ')}" for each in shifts[:RULES])
    more = f"; and {len(shifts) - RULES} more rules" if len(shifts) > RULES else ""
    return f"{about}: {before} -> {after}{f': {rules}{more}' if rules else ''}"


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}{'' if number == 1 else 's'}"
