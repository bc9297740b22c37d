"""The version has stood long enough at the stage that it leaves: in days, and in rows of evidence gathered there.

## Why it exists
Some harm shows only after days: month ends, weekends, slow feedback. A stage that is left at once was not a stage. The
days are counted from the record of the decision history under which this artifact came to this stage, in the forge's
time; nobody can write them into a commit.

## Example
```yaml
- id: rollout.a-week-and-enough-rows
  kind: rollout.dwell
  title: A week, and enough decisions to tell
  applies: {changes: [promote], tiers: [high], entering: [ramp, majority, full]}
  effect: block
  with:
    min_days: 7
    min_rows: 5000
    evidence: performance
  waivable: {by: [risk], max_days: 30, outcomes: [insufficient]}
```
`min_days` left out, the ladder's `dwell_days` of the stage that is left count; those rampgate applies by itself, as
`rollout.has-dwelt`. A day has 24 hours. A version that goes down and comes back begins anew, and so does another
artifact. A promotion that is too early waits; nobody need do anything but judge it again.

`min_rows` asks for rows of evidence of the kind `evidence`, about `population` (`production` unless said), gathered at
the present stage by this artifact. The rows of all such files add up; of windows that overlap, only one counts, and a
window that begins before the day on which the stay began does not.

## How to satisfy it
Wait until the moment that the message names. Where rows are missing, attach evidence about further windows, or pool
them. Where the history can not tell, `rampgate record` has not run since the last change landed, or the history
does not fit the branch: `rampgate audit verify` says which. In an emergency a break-glass bypasses the rule.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated

from pydantic import Field

from rampgate.model.evidence import EvidenceKind
from rampgate.model.facts import Facts
from rampgate.model.finding import Answer
from rampgate.model.history import Stay
from rampgate.model.ids import Days
from rampgate.model.sourced import Missing
from rampgate.model.vocabulary import ChangeKind, Outcome
from rampgate.rules._base import ParamFault, Params, RuleKind, Surroundings, missing, subject_of
from rampgate.rules._dwell import is_another_artifact, least_stay, moment_of, stay_of
from rampgate.rules._dwell_rows import Asked, enough_rows
from rampgate.rules._evidence import Population, days


class RolloutDwell(Params):
    """How long, and on how many rows."""

    min_days: Days | None = None
    """The least number of days; left out, the ladder's `dwell_days` of the stage that is left."""
    min_rows: Annotated[int, Field(ge=1, strict=True)] | None = None
    """The least number of rows of evidence gathered during the stay."""
    evidence: EvidenceKind | None = None
    """The kind of evidence whose rows count."""
    population: Population = "production"
    """Whom the evidence must be about."""


def lint(params: RolloutDwell, surroundings: Surroundings) -> Iterator[ParamFault]:
    """Yield parameters that ask for nothing, or for rows of nothing."""
    if ChangeKind.PROMOTE not in surroundings.scope.changes:
        yield ParamFault((), "a stay is asked for by promotions alone", "write `applies: {changes: [promote]}`")
    if params.min_rows is not None and params.evidence is None:
        yield ParamFault(("min_rows",), "nothing says which rows", "name the kind of evidence: `evidence: performance`")
    if params.min_rows is None and params.evidence is not None:
        yield ParamFault(("evidence",), "nothing says how many rows", "say how many: `min_rows: 1000`")
    ladder_asks = any(stage.dwell_days for stage in surroundings.ladder.stages)
    if params.min_days is None and params.min_rows is None and not ladder_asks:
        fix = "give `min_days`, or `dwell_days` to a stage of policies/ladder.yaml"
        yield ParamFault((), "the rule asks for nothing: no stage of the ladder has `dwell_days`", fix)


def check(params: RolloutDwell, facts: Facts) -> Iterator[Answer]:
    """Answer for the days and for the rows; insufficient where the history can not tell."""
    transition = facts.change.transition
    position = facts.ladder.position(transition.from_stage) if transition else None
    if transition is None or position is None or facts.change.kind is not ChangeKind.PROMOTE:
        yield Answer(Outcome.NOT_APPLICABLE, "nothing leaves a rung of the ladder for the next one")
        return
    least = least_days(params, facts)
    if not least and params.min_rows is None:
        yield Answer(Outcome.NOT_APPLICABLE, f"no least stay is asked for at `{transition.from_stage}`")
        return
    if is_another_artifact(facts):
        yield _other_artifact(facts, transition.from_stage)
        return
    stay = stay_of(facts)
    if isinstance(stay, Missing):
        yield _unknown(stay, least, transition.from_stage, facts)
        return
    if least:
        yield _time(stay, least, facts)
    if params.min_rows is not None and params.evidence is not None:
        asked = Asked(params.evidence, params.population, params.min_rows)
        yield from enough_rows(asked, stay, facts)


def least_days(params: RolloutDwell, facts: Facts) -> int:
    """Return the least stay in days at the stage that is left: the rule's own, else the ladder's, else 0."""
    transition = facts.change.transition
    position = facts.ladder.position(transition.from_stage) if transition else None
    if position is None:
        return 0
    return params.min_days or facts.ladder.stages[position].dwell_days or 0


def _other_artifact(facts: Facts, stage: str) -> Answer:
    message = f"the artifact that comes up has not stood at `{stage}`: another one did"
    fix = "land the artifact where the version stands, and promote it once it has stayed there"
    return Answer(Outcome.FAIL, message, location=subject_of(facts).card.at("artifact"), fix=fix)


def _unknown(why: Missing, least: int, stage: str, facts: Facts) -> Answer:
    asked = f"for {days(least)} at least" if least else "until enough rows are gathered"
    place = subject_of(facts).card.at("stage")
    message = f"a version stays at `{stage}` {asked}; {why.why}"
    return Answer(Outcome.INSUFFICIENT, message, "unknown", days(least) if least else "", place, why.fix)


def _time(stay: Stay, least: int, facts: Facts) -> Answer:
    found = least_stay(stay, least)
    if isinstance(found, Missing):
        return missing(found)
    now = moment_of(facts.now)
    stood, expected = days(found.days_stood(now)), f"at least {days(least)}"
    words = f"version {stay.version} has stood at `{stay.stage}` since {stay.since} (record {stay.seq})"
    place = subject_of(facts).card.at("stage")
    if found.is_over(now):
        return Answer(Outcome.PASS, words, stood, expected, place)
    left = found.days_left(now)
    message = f"{words}, and stays until {found.earliest} at the earliest: {days(left)} {_are(left)} left"
    return Answer(Outcome.WAITING, message, stood, expected, place, f"wait until {found.earliest}, and judge it again")


def _are(count: int) -> str:
    return "is" if count == 1 else "are"


KIND = RuleKind("rollout.dwell", RolloutDwell, check, __doc__, lint=lint)
