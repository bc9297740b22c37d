"""The earliest day of a promotion: the rest of the stay that the history tells of, then the least stays in between."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from rampgate.app.planning.standing import Standing
from rampgate.core.builtin import BUILT_IN
from rampgate.core.select import effect_of, why_silent
from rampgate.model.facts import Facts
from rampgate.model.finding import Finding
from rampgate.model.history import Stay
from rampgate.model.sourced import Missing
from rampgate.model.vocabulary import Effect
from rampgate.rules._dwell import least_stay, moment_of, stay_of
from rampgate.rules._evidence import days
from rampgate.rules.rollout_dwell import KIND, least_days

_VOUCHED = ("attestation.current", "outcome.signed_off")
"""Kinds that an attestation may satisfy from its date on."""


@dataclass
class When:
    """The earliest moment, what it rests on, and what no file says about days; in words."""

    moment: datetime
    days: list[str] = field(default_factory=list)
    unknown: list[str] = field(default_factory=list)

    @property
    def day(self) -> str:
        """Return the UTC day of the earliest moment."""
        return self.moment.date().isoformat()

    def not_before(self, moment: datetime, words: str) -> None:
        """Let it be no earlier than a moment, and say why."""
        self.days.append(words)
        self.moment = max(self.moment, moment)

    def later(self, count: int, words: str) -> None:
        """Let it be so many days later, and say why."""
        self.days.append(words)
        try:
            self.moment += timedelta(days=count)
        except OverflowError:
            self.moment = datetime.max.replace(tzinfo=self.moment.tzinfo)


def earliest(standing: Standing, steps: Sequence[Facts], open_: Sequence[Finding]) -> When:
    """Return when the last of some steps can be taken at the earliest, were everything else met.

    steps: the promotions from the stage where a version stands, one after another. open_: what blocks the last one.
    """
    when = When(moment_of(standing.now))
    _present(standing, steps[0], when)
    for facts in steps[1:]:
        least = least_of(standing, facts)
        if least:
            when.later(least, f"{days(least)} at `{_left(facts)}`")
    for start, words in _starts(standing, steps[-1], open_):
        when.not_before(moment_of(f"{start}T00:00:00Z"), f"{words} from {start}")
    return when


def least_of(standing: Standing, facts: Facts) -> int:
    """Return the least stay in days that any blocking rule asks of a promotion, 0 for none."""
    asked = [
        least_days(bound.params, facts)
        for bound in (*BUILT_IN, *standing.rules)
        if bound.kind.id == KIND.id and not why_silent(bound, facts) and effect_of(bound, facts) is Effect.BLOCK
    ]
    return max(asked, default=0)


def _present(standing: Standing, facts: Facts, when: When) -> None:
    """Say until when the stay at the present stage lasts, or why that can not be told."""
    least = least_of(standing, facts)
    if not least:
        return
    asked = f"at least {days(least)} at `{_left(facts)}` since it was entered"
    if isinstance(facts.history, Missing) and not facts.records:
        when.unknown.append(f"{asked}, which needs the decision history")
        return
    stay: Stay | Missing = stay_of(facts)
    found = stay if isinstance(stay, Missing) else least_stay(stay, least)
    if isinstance(found, Missing):
        when.unknown.append(f"{asked}: {found.why}" + (f"; {found.fix}" if found.fix else ""))
    elif not found.is_over(when.moment):
        left = days(found.days_left(when.moment))
        words = f"{days(least)} at `{_left(facts)}` since {found.stay.since}, {left} left, until {found.earliest}"
        when.not_before(found.until, words)


def _left(facts: Facts) -> str:
    return facts.change.transition.from_stage if facts.change.transition else ""


def _starts(standing: Standing, facts: Facts, open_: Sequence[Finding]) -> Iterator[tuple[str, str]]:
    """Yield the waivers and attestations that would help and that count from a later day on, with that day."""
    rules = {each.rule for each in open_}
    transition = facts.change.transition
    for waiver in (each.noun for each in standing.control.waivers):
        is_own = transition is not None and (waiver.model, waiver.version) == (transition.model, transition.version)
        helps = is_own and waiver.rule in rules and facts.ladder.canonical(waiver.entering) == facts.entering
        if helps and waiver.starts > facts.today:
            yield waiver.starts, f"waiver {waiver.id} counts"
    if isinstance(facts.subject, Missing) or not any(each.kind in _VOUCHED for each in open_):
        return
    for file in facts.subject.attestations:
        if file.content.noun.date > facts.today:
            yield file.content.noun.date, f"attestation `{file.id}` counts"
