"""The break-glass that comes with a promotion: who asks for it by the user's own clone, and what its commit says."""

from __future__ import annotations

from dataclasses import dataclass

from rampgate.adapters.git_work import WorkRepo
from rampgate.app.judging.control import load_control
from rampgate.app.judging.trees import WorkTree
from rampgate.app.moment import parse_day
from rampgate.app.moving.break_glass import BreakGlassRequest, NewBreakGlass, break_glass_event
from rampgate.app.moving.event_file import whose_word
from rampgate.app.moving.who import who_is
from rampgate.core.paths import version_folder
from rampgate.errors import UsageProblem


@dataclass(frozen=True, slots=True)
class Bypass:
    """What the user asks for beside the promotion. day: UTC, today; review_by, person: "" where not said."""

    rules: tuple[str, ...]
    second: str
    ticket: str
    day: str
    review_by: str = ""
    person: str = ""

    @property
    def terms(self) -> str:
        """Return its terms as the line of the commit message by which the same request is known again."""
        until = f", to be reviewed by {self.review_by}" if self.review_by else ""
        return f"Break-glass {self.ticket.strip()}, with {self.second}: bypasses {', '.join(self.rules)}{until}."


@dataclass(frozen=True, slots=True)
class Move:
    """The promotion that it comes with; stages by today's names."""

    model: str
    version: str
    from_stage: str
    to_stage: str
    reason: str


def bypass_file(work: WorkRepo, tree: WorkTree, bypass: Bypass, move: Move) -> tuple[NewBreakGlass, tuple[str, ...]]:
    """Return the file of the break-glass, not yet written, and what the user should know beside it.

    Raises UsageProblem where it could never count, nobody knows who asks, or the commit would be the second person's.
    """
    control = load_control(tree)
    if bypass.review_by:
        parse_day(bypass.review_by, "--review-by")
    known = who_is(control.people.noun, work.user()[1], bypass.person)
    folder = f"{version_folder(move.model, move.version)}/events"
    request = BreakGlassRequest(
        move.model, move.version, move.from_stage, move.to_stage, bypass.rules, known.person.name, bypass.second,
        move.reason, bypass.ticket, bypass.day, bypass.review_by,
    )  # fmt: skip
    made = break_glass_event(request, control, taken=tree.names(folder))
    committer = control.people.noun.by_email(work.user()[1])
    if committer is not None and committer.name == bypass.second:
        raise UsageProblem(
            f"the commit would be `{bypass.second}`'s, and the second person has no hand in the change\n"
            f"let `{known.person.name}` run this, or name somebody else with --second"
        )
    event = made.event
    note = (
        f"it counts once `{event.by}` has opened the pull request or approved it, and `{event.second}` has approved "
        f"it; then it is to be reviewed by {event.review_by}"
    )
    return made, (note, *whose_word(known))
