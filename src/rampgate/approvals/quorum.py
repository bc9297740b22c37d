"""Answers whether a change has the approvals of a quorum, in one sentence that says who can give what is missing."""

from __future__ import annotations

from collections.abc import Sequence

from rampgate.approvals.slots import fill, unreachable
from rampgate.approvals.teams import why_unknown
from rampgate.model.approval import SlotState
from rampgate.model.facts import Facts
from rampgate.model.finding import Answer
from rampgate.model.policy import Slot
from rampgate.model.vocabulary import Outcome

_SHOWN = 6


def quorum_answer(slots: Sequence[Slot], rule: str, facts: Facts) -> Answer:
    """Return the answer of a quorum, with the state of its slots.

    rule: who asks. Reviews that can not be believed, places that nobody can fill, and places of a role of which nobody
    knows who holds it, are errors; other empty places are waiting; all places filled passes. Objections are a rule of
    their own, which holds where no quorum is asked for too.
    """
    reviews = facts.reviews
    excluded = reviews.people_behind()
    team = owner_team(facts)
    states = fill(slots, rule, facts.tally.people(), reviews.author, facts.people, team, excluded)
    asked = sum(slot.count for slot in slots)
    given = sum(len(state.filled) for state in states)
    found, expected = f"{given} of {asked}", f"{asked} approvals" if asked != 1 else "1 approval"

    def answer(outcome: Outcome, message: str, fix: str = "") -> Answer:
        return Answer(outcome, message, found, expected, fix=fix, slots=states)

    if reviews.faults:
        words = "; ".join(reviews.faults)
        return answer(Outcome.ERROR, f"the reviews can not be believed: {words}", "fetch the reviews again")
    if given == asked:
        return answer(Outcome.PASS, f"{found} approvals: {_who_filled(states, reviews.author)}")
    lacking = [state for state in states if state.missing]
    unread = why_unknown([state.role for state in lacking], reviews)
    if unread and reviews.given:
        fix = "let the token of the run read the team's members, and judge again"
        return answer(Outcome.ERROR, f"{found} approvals, and {unread}", fix)
    reason = "" if unread else unreachable(slots, facts.people, excluded, reviews.author, team)
    if reason:
        fix = "let somebody else open or write the change, or list more people in policies/people.yaml"
        return answer(Outcome.ERROR, f"{found} approvals, and the quorum can not be reached: {reason}", fix)
    waiting = "; ".join(_wish(state, _teams(state, facts)) for state in lacking)
    ask = dict.fromkeys(each for state in lacking for each in (*state.candidates, *_teams(state, facts)))
    fix = f"ask {in_words(list(ask), 'or')} to approve"
    return answer(Outcome.WAITING, f"{found} approvals; waiting for {waiting}", fix)


def owner_team(facts: Facts) -> str | None:
    """Return the team that owns the model, as `policies/models.yaml` says, or None where it does not."""
    return facts.entry.owner_team if facts.entry else None


def in_words(words: Sequence[str], link: str) -> str:
    """Return `a, b or c`; of a long list the first six."""
    if len(words) > _SHOWN:
        return f"{', '.join(words[:_SHOWN])} {link} {len(words) - _SHOWN} more"
    if len(words) < 2:
        return "".join(words)
    return f"{', '.join(words[:-1])} {link} {words[-1]}"


def _who_filled(states: Sequence[SlotState], author: str) -> str:
    seats = [
        f"{name} (`{state.role}`, by asking)" if name == author else f"{name} (`{state.role}`)"
        for state in states
        for name in state.filled
    ]
    return ", ".join(seats)


def _teams(state: SlotState, facts: Facts) -> list[str]:
    """Return in words the members of teams that hold a role, where nobody has been asked yet who they are."""
    return [f"a member of team {team.name}" for team in facts.reviews.unread_teams if state.role in team.roles]


def _wish(state: SlotState, teams: Sequence[str]) -> str:
    article = "an" if state.role[0] in "aeiou" else "a"
    number = article if state.missing == 1 else str(state.missing)
    if state.independent_of == "owner_team":
        outside = " outside the team that owns the model"
    else:
        outside = f" outside team {state.independent_of}" if state.independent_of else ""
    return f"{number} `{state.role}`{outside}: {in_words([*state.candidates, *teams], 'or')}"
