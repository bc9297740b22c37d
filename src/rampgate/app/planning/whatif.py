"""What other policies would change: each version's next promotion, its present stage, and what was decided before."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from rampgate.app.judging.control import Control, load_control
from rampgate.app.judging.trees import Tree, WorkTree
from rampgate.app.moving.stages import read_stages
from rampgate.app.planning.policies_elsewhere import policies_at
from rampgate.app.planning.standing import Standing, landed_statements, load_standing, models_in, promotion
from rampgate.app.planning.whatif_past import past_here
from rampgate.app.work_files import find_root
from rampgate.core.bound import BoundRule
from rampgate.core.builtin import BUILT_IN
from rampgate.core.decide import decide
from rampgate.core.shifts import WORST
from rampgate.errors import InvalidInput
from rampgate.model.finding import Finding
from rampgate.model.rule_shift import RuleShift
from rampgate.model.vocabulary import RETIRED, Effect, Outcome
from rampgate.model.whatif import WhatIf, WhatIfRow

Question = tuple[str, str, str]
"""Version, `next` or `standing`, and the stage that is entered or stood at."""

_OURS = frozenset(bound.rule.id for bound in BUILT_IN)


@dataclass(frozen=True, slots=True)
class WhatIfRequest:
    """What is asked. policies: a folder, or a revision; start: where a relative folder is meant from.

    since: a UTC day from which on every recorded decision is judged again, "" for the newest of them.
    """

    repo: Path
    policies: str
    now: str
    start: Path
    since: str = ""


@dataclass(frozen=True, slots=True)
class Answers:
    """One model under one set of policies. stages: version -> stage; answers: question -> findings."""

    stages: dict[str, str]
    answers: dict[Question, tuple[Finding, ...]]
    problems: tuple[str, ...] = ()


def whatif(request: WhatIfRequest, tell: Callable[[int, int], None] | None = None) -> WhatIf:
    """Return how every question is answered under the policies of the work tree and under the others.

    tell: is called with how many models were judged, of how many; each is judged twice. Cards that are invalid under
    one of them are told, and stop nothing. Raises InvalidInput where the policies themselves are
    invalid, UsageProblem where there are none.
    """
    root = find_root(request.repo)
    tree = WorkTree(root)
    present = load_control(tree)
    models = models_in(tree)
    recorded = landed_statements(root, present.governance.noun.branch, models) or {}
    day = request.now[:10]
    twice = iter(range(1, 2 * len(models) + 1))

    def judged() -> None:
        if tell is not None:
            tell(next(twice), 2 * len(models))

    with policies_at(root, tree, request.policies, request.start) as elsewhere:
        try:
            other = load_control(elsewhere.tree)
            other.rules(day)
        except InvalidInput as error:
            raise InvalidInput(replace(each, path=elsewhere.shown(each.path)) for each in error.problems) from None
    answer = compared(Cards(tree, models, recorded), present, other, request.now, judged)
    past = past_here(root, other, request.since, tell)
    return replace(answer, policies=elsewhere.name, borrowed=elsewhere.borrowed, past=past)


@dataclass(frozen=True, slots=True)
class Cards:
    """The cards that are asked about. recorded: see `load_standing`."""

    tree: Tree
    models: Sequence[str]
    recorded: dict[str, str]


def compared(cards: Cards, present: Control, other: Control, now: str, judged: Callable[[], None]) -> WhatIf:
    """Return how every question about these cards is answered under control files and under others.

    judged: is called once for each model under each of them. Raises InvalidInput where rules do not work.
    """
    day = now[:10]
    before = _answers(cards, present, present.rules(day), now, judged)
    after = _answers(cards, other, other.rules(day), now, judged)
    return WhatIf(
        policies="",
        now=now,
        rows=tuple(row for model in cards.models for row in _rows(model, before[model], after[model])),
        problems_before=tuple(problem for each in before.values() for problem in each.problems),
        problems_after=tuple(problem for each in after.values() for problem in each.problems),
    )


def _answers(
    cards: Cards, control: Control, rules: tuple[BoundRule, ...], now: str, judged: Callable[[], None]
) -> dict[str, Answers]:
    """Return every model's answers under one set of policies."""
    found: dict[str, Answers] = {}
    for model in cards.models:
        try:
            standing = load_standing(cards.tree, control, rules, model, cards.recorded, now=now)
        except InvalidInput as error:
            known = dict(read_stages(cards.tree, model, control.ladder.noun).stages)
            found[model] = Answers(known, {}, tuple(map(str, error.problems)))
            judged()
            continue
        stages = {version: standing.stage_of(version) for version in standing.versions}
        found[model] = Answers(stages, dict(_asked(standing, stages)))
        judged()
    return found


def _asked(standing: Standing, stages: dict[str, str]) -> Iterator[tuple[Question, tuple[Finding, ...]]]:
    """Yield the questions about every version that is not retired, with their findings."""
    ladder = standing.control.ladder.noun
    for version, stage in stages.items():
        above = ladder.next_after(stage)
        if above is not None:
            facts = promotion(standing, version, stage, above)
            yield (version, "next", above), standing.findings(facts)
        if stage not in (ladder.first, RETIRED):
            facts = promotion(standing, version, ladder.judged_as(stage), ladder.judged_as(stage))
            yield (version, "standing", stage), tuple(_as_approved(standing.findings(facts)))


def _as_approved(findings: Sequence[Finding]) -> Iterator[Finding]:
    """Yield the findings of policies, as if everyone had approved: that was given when the stage was entered."""
    for finding in findings:
        if finding.rule in _OURS:
            continue
        given = finding.outcome is Outcome.WAITING and finding.slots
        yield replace(finding, outcome=Outcome.PASS) if given else finding


def _rows(model: str, before: Answers, after: Answers) -> Iterator[WhatIfRow]:
    """Yield a row for each question that either side asks, in the order of the versions.

    Where the ladders differ, the next rung may be another one; the question is then told by both.
    """
    stages = {**after.stages, **before.stages}
    for version, kind in dict.fromkeys((v, k) for v, k, _ in (*before.answers, *after.answers)):
        old, new = _of(before, version, kind), _of(after, version, kind)
        entering = " / ".join(dict.fromkeys(stage for stage, _ in (old, new) if stage))
        yield WhatIfRow(
            model=model,
            version=version,
            stage=stages[version],
            question=kind,
            entering=entering,
            before=_verdict(before, old[1]),
            after=_verdict(after, new[1]),
            shifts=tuple(_shifts(old[1] or (), new[1] or ())) if not (before.problems or after.problems) else (),
        )


def _of(answers: Answers, version: str, kind: str) -> tuple[str, tuple[Finding, ...] | None]:
    for (each, question, stage), findings in answers.answers.items():
        if (each, question) == (version, kind):
            return stage, findings
    return "", None


def _verdict(answers: Answers, findings: tuple[Finding, ...] | None) -> str:
    if answers.problems:
        return "invalid"
    return "not asked" if findings is None else decide(findings).value


def _shifts(before: Sequence[Finding], after: Sequence[Finding]) -> Iterator[RuleShift]:
    """Yield the rules that answer differently, in their order."""
    old, new = _words(before), _words(after)
    for rule in dict.fromkeys((*old, *new)):
        if old.get(rule, "-") != new.get(rule, "-"):
            yield RuleShift(rule, old.get(rule, "-"), new.get(rule, "-"))


def _words(findings: Sequence[Finding]) -> dict[str, str]:
    """Return rule -> its worst answer in words, such as `fail`, `fail (warn)` or `waiting for 2 x risk`."""
    grouped: dict[str, list[Finding]] = {}
    for finding in findings:
        grouped.setdefault(finding.rule, []).append(finding)
    return {rule: _word(min(each, key=lambda finding: WORST.index(finding.outcome))) for rule, each in grouped.items()}


def _word(finding: Finding) -> str:
    if finding.outcome is Outcome.NOT_APPLICABLE:
        return "-"
    words = str(finding.outcome)
    if finding.outcome is Outcome.WAITING and finding.slots:
        words += " for " + ", ".join(f"{slot.count} x {slot.role}" for slot in finding.slots)
    return words if finding.effect is Effect.BLOCK else f"{words} ({finding.effect})"
