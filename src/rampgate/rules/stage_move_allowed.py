"""A version moves only where the ladder has a rung for it: one up, any number down, or aside.

## Why it exists
A stage that is skipped is evidence that was never gathered. Going down must always be possible; going up goes by
single rungs, with at most one challenger between the first stage and the last. How long a version stays before it
leaves a rung is for `rollout.dwell` to judge.

## Example
```yaml
- id: stage.one-rung-at-a-time
  kind: stage.move_allowed
  applies: {changes: [promote, restore]}
  effect: block
```
rampgate applies it to every move by itself; a policy may name it to add its own reason and controls.

## How to satisfy it
Set `stage` to the rung right above the present one. Promoting to the last rung moves the version that stands there to
`standby` in the same change; rolling the last rung back restores the fallback of the version that leaves it.

After a rollback, `rampgate restore MODEL --to STAGE --reason "..."` brings the version back to at most the stage that
it left, within the ladder's `restore_days`, once for each rollback; the rules of the stage entered judge it.
"""

from __future__ import annotations

from collections.abc import Iterator

from rampgate.model.card import Fallback
from rampgate.model.change import Transition
from rampgate.model.facts import Facts
from rampgate.model.finding import Answer
from rampgate.model.sourced import Missing
from rampgate.model.vocabulary import RETIRED, STANDBY, ChangeKind, Outcome
from rampgate.rules._base import Nothing, RuleKind, subject_of
from rampgate.rules._way_back import way_back


def check(params: Nothing, facts: Facts) -> Iterator[Answer]:  # noqa: ARG001
    """Fail once for each reason why the ladder has no such move; pass otherwise."""
    transition = facts.change.transition
    if transition is None:
        yield Answer(Outcome.NOT_APPLICABLE, "the change moves no model")
        return
    place = subject_of(facts).card.at("stage")
    faults = [*_direction(transition, facts), *_company(transition, facts)]
    for message, fix in faults:
        yield Answer(Outcome.FAIL, message, transition.to_stage, location=place, fix=fix)
    if not faults:
        yield Answer(Outcome.PASS, f"the ladder allows {transition.title}", transition.to_stage, location=place)


def _direction(transition: Transition, facts: Facts) -> Iterator[tuple[str, str]]:
    """Yield why the move itself is not on the ladder."""
    ladder, before, after = facts.ladder, transition.from_stage, transition.to_stage
    match facts.change.kind:
        case ChangeKind.REGISTER:
            if after != ladder.first:
                yield f"a new version starts at `{ladder.first}`, not at `{after}`", f"set `stage: {ladder.first}`"
        case ChangeKind.PROMOTE:
            expected = ladder.next_after(before)
            if expected is None:
                yield f"nothing leads from `{before}` to `{after}`", _way_out(before, ladder.last)
            elif after != expected:
                yield (
                    f"a promotion goes one rung up: from `{before}` to `{expected}`, not to `{after}`",
                    f"set `stage: {expected}`",
                )
        case ChangeKind.RESTORE:
            yield from _comes_back(transition, facts)
        case ChangeKind.RETIRE:
            if before == ladder.last and not _has_other_service(facts):
                yield (
                    f"version {transition.version} serves everybody, and no process is named that takes over",
                    "promote a successor, or name a fallback of kind `rules`, `human` or `off`, before retiring it",
                )
        case _:
            return


def _comes_back(transition: Transition, facts: Facts) -> Iterator[tuple[str, str]]:
    """Yield why no rollback on record lets the version come back there."""
    ladder, before, after = facts.ladder, transition.from_stage, transition.to_stage
    if before == STANDBY or isinstance(facts.before, Missing):
        return
    found = way_back(facts.before.events, before, transition.artifact, ladder)
    above = ladder.next_after(before)
    ordinary = f"promote it instead: `stage: {above}`, and no event file"
    if isinstance(found, Missing):
        yield f"nothing can be restored: {found.why}", ordinary
        return
    if (ladder.position(after) or 0) > (ladder.position(found.stage) or 0):
        words = f"the rollback of {found.event.noun.date} left `{found.stage}`; a restore to `{after}` goes beyond it"
        yield words, f"restore it to `{found.stage}` at most, and promote it from there"
    if facts.today > found.until:
        words = f"the rollback of {found.event.noun.date} could be undone within {ladder.restore_days} days"
        yield f"{words}, until {found.until}", ordinary


def _way_out(before: str, last: str) -> str:
    if before == STANDBY:
        return f"a standby leaves by restore (`stage: {last}`) or by `stage: {RETIRED}`"
    if before == RETIRED:
        return "register the artifact as a new version"
    return "leave the stage as it is"


def _company(transition: Transition, facts: Facts) -> Iterator[tuple[str, str]]:
    """Yield why the version can not stand there beside the other versions of its model."""
    ladder = facts.ladder
    if facts.change.kind in (ChangeKind.REGISTER, ChangeKind.AMEND):
        return
    stages = {v: ladder.canonical(each.card.noun.stage) for v, each in sorted(facts.siblings.items())}
    between = [v for v, stage in stages.items() if stage in ladder.names[1:-1]]
    at_last = [v for v, stage in stages.items() if stage == ladder.last]
    if len(between) > 1 and transition.version in between:
        others = ", ".join(v for v in between if v != transition.version)
        yield (
            f"version {others} already stands between `{ladder.first}` and `{ladder.last}`; there is one challenger",
            f"move the other version first, or go down to `{ladder.first}`",
        )
    if len(at_last) > 1 and transition.version in at_last:
        others = ", ".join(v for v in at_last if v != transition.version)
        yield (
            f"version {others} still stands at `{ladder.last}`; one version serves everybody",
            f"set `stage: {STANDBY}` in the card of version {others}, in the same change",
        )
    if facts.change.kind is ChangeKind.ROLLBACK and transition.from_stage == ladder.last:
        yield from _fallback_restored(transition, facts)


def _fallback_restored(transition: Transition, facts: Facts) -> Iterator[tuple[str, str]]:
    fallback = subject_of(facts).card.noun.fallback
    if not isinstance(fallback, Fallback) or fallback.kind != "previous_model":
        if transition.supersedes:
            yield (
                f"version {transition.supersedes} is brought back, but the fallback is not a previous model",
                "leave the other version where it stands",
            )
        return
    wanted = fallback.target.removeprefix(f"{transition.model}@")
    ready = facts.siblings_before.get(wanted)
    is_ready = ready is not None and facts.ladder.canonical(ready.card.noun.stage) == STANDBY
    if transition.supersedes and transition.supersedes != wanted:
        yield (
            f"version {transition.supersedes} is brought back, but the fallback is `{fallback.target}`",
            "leave the other version where it stands",
        )
    # Where nothing can be brought back, leaving the last rung must be possible all the same.
    elif is_ready and not transition.supersedes:
        yield (
            f"the fallback `{fallback.target}` must serve again when version {transition.version} leaves the last rung",
            f"set `stage: {facts.ladder.last}` in the card of version {wanted}, in the same change",
        )


def _has_other_service(facts: Facts) -> bool:
    fallback = subject_of(facts).card.noun.fallback
    return isinstance(fallback, Fallback) and fallback.kind != "previous_model"


KIND = RuleKind("stage.move_allowed", Nothing, check, __doc__, may_be_waived=False)
