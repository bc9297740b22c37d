"""Publishes verdicts: the commit status that opens or closes the merge, and one comment that is kept up to date."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Any, Final

from rampgate.adapters.github.client import GitHub
from rampgate.adapters.github.refusals import Refused
from rampgate.app.ci.judging import PullJudged
from rampgate.core.brief import brief_of
from rampgate.errors import InvalidInput, Problem, Unreachable, UsageProblem
from rampgate.model.brief import Effects
from rampgate.model.decision import Decision
from rampgate.model.vocabulary import Verdict
from rampgate.reports.comment import MARKER, render, render_not_judged
from rampgate.reports.escape import clipped, plain
from rampgate.reports.words import headline

CONTEXT: Final = "rampgate/verdict"
"""The name of the status that the branch's rules ask for; no job may be called so."""

LONGEST: Final = 140
"""How many characters of a status' description GitHub takes."""

NOT_JUDGED: Final = "not judged: "

_ASKED: Final = re.compile(r"`([A-Z]+ /[^`]*)` (?:was |got )")
"""How an error of the client begins: what was asked, and then what came of it."""

LAST_SUCCESS: Final = 900
"""How many statuses a commit may have had when a success is written. GitHub takes 1000 under one context: the rest is
kept for taking the success back. Source: docs.github.com, REST API, "Create a commit status"."""

STATE: Final = {
    Verdict.ALLOW: "success",
    Verdict.HOLD: "pending",
    Verdict.DENY: "failure",
    Verdict.UNDECIDED: "error",
    None: "success",
}
"""Verdict -> state of the status; None: nothing governed differs."""

STRICTNESS: Final = (None, Verdict.ALLOW, Verdict.HOLD, Verdict.UNDECIDED, Verdict.DENY)
"""From the laxest to the strictest."""


class Publisher:
    """Writes to the forge, under one context. url: the page of this run."""

    def __init__(self, forge: GitHub, context: str, url: str) -> None:
        self._forge = forge
        self._context = context
        self._url = url
        self._me: object = None

    def pending(self, head: str) -> None:
        """Take back whatever was said of a commit, before anything is done that could fail."""
        said = self._forge.set_status(head, "pending", self._context, "judging...", self._url)
        creator = said.get("creator")
        self._me = creator.get("id") if isinstance(creator, dict) else self._me

    def not_judged(self, head: str, why: str) -> None:
        """Say that a commit could not be judged."""
        words = shortened(f"{NOT_JUDGED}{why}")
        self._forge.set_status(head, "error", self._context, words, self._url)

    def verdict(self, head: str, decisions: Iterable[Decision]) -> Decision:
        """Publish the strictest of the decisions on one commit, and return it.

        Raises Unreachable in place of a success that could not be taken back any more.
        """
        strictest = max(decisions, key=lambda each: STRICTNESS.index(each.verdict))
        state = STATE[strictest.verdict]
        if state == "success":
            self._check_room(head)
        self._forge.set_status(head, state, self._context, shortened(_in_a_line(strictest)), self._url)
        return strictest

    def is_open(self, head: str) -> bool:
        """Return whether a success stands on a commit; on one that GitHub does not know, none does."""
        try:
            said = self._forge.statuses(head)["statuses"]
        except Refused as error:
            if error.status not in (404, 422):
                raise
            return False
        return any((each.get("context"), each.get("state")) == (self._context, "success") for each in said)

    def _check_room(self, head: str) -> None:
        said = [each for each in self._forge.status_history(head) if each.get("context") == self._context]
        if len(said) >= LAST_SUCCESS:
            raise Unreachable(
                f"GitHub takes no more than 1000 statuses of a commit, and {head[:7]} has {len(said)}; push another "
                "commit, an empty one is enough"
            )

    def comment(self, one: PullJudged, effects: Effects | None = None) -> None:
        """Write the one comment of a pull request, or bring it up to date; none is begun where nothing is governed."""
        decision = one.judged.decision
        brief = replace(brief_of(decision, one.judged.facts, one.judged.rules), effects=effects)
        body = render(decision, brief, url=self._url)
        self._write(one.said.number, body, begins=decision.verdict is not None)

    def comment_not_judged(self, number: int, why: str) -> None:
        """Say in the comment of a pull request, where there is one, that what it said is not of now."""
        self._write(number, render_not_judged(why, url=self._url), begins=False)

    def _write(self, number: int, body: str, *, begins: bool) -> None:
        mine = self._own_comment(number)
        if mine is None:
            if begins:
                self._forge.create_comment(number, body)
        elif mine.get("body") != body:
            self._rewrite(number, int(mine["id"]), body)

    def _rewrite(self, number: int, comment: int, body: str) -> None:
        try:
            self._forge.update_comment(comment, body)
        except Refused as error:
            if error.status != 404:
                raise
            # Somebody deleted it a moment ago.
            self._forge.create_comment(number, body)

    def _own_comment(self, number: int) -> dict[str, Any] | None:
        """Return the comment that an earlier run wrote. Anybody can type the marker, so its author counts as well.

        Who we are stands in GitHub's answer to the first status; an App's token may not ask for it. Where it does not
        say, an App's comment is believed to be ours, for only Apps are of that type.
        """
        marked = [each for each in self._forge.comments(number) if str(each.get("body", "")).startswith(MARKER)]
        if not marked:
            return None
        me = self._me or (self._forge.viewer() or {}).get("id")
        for each in marked:
            author: dict[str, Any] = each.get("user") or {}
            if author.get("id") == me if me else author.get("type") == "Bot":
                return each
        return None


def why_not_judged(error: BaseException) -> str:
    """Return why a commit could not be judged, the reason first: what was asked of GitHub is of use to few."""
    if isinstance(error, InvalidInput):
        return _problems_in_a_line(error.problems, LONGEST - len(NOT_JUDGED))
    if not isinstance(error, Unreachable | UsageProblem):
        return "see the log of the run"
    asked = _ASKED.match(str(error))
    return f"GitHub: {str(error)[asked.end() :]} ({asked[1]})" if asked else str(error)


def _in_a_line(decision: Decision) -> str:
    """Return the verdict, and of invalid input the first problem, for nobody can act on their number."""
    if not decision.problems:
        return headline(decision)
    start = "undecided: "
    return start + _problems_in_a_line(decision.problems, LONGEST - len(start))


def _problems_in_a_line(problems: Sequence[Problem], most: int) -> str:
    """Return the first problem, cut so that how many more there are can still be read."""
    more = f", and {len(problems) - 1} more" if len(problems) > 1 else ""
    return clipped(plain(str(problems[0])).replace("`", ""), most - len(more)) + more


def shortened(text: str) -> str:
    """Return a text as one line of at most 140 characters."""
    line = plain(text).replace("`", "")
    return line if len(line) <= LONGEST else f"{line[: LONGEST - 3]}..."
