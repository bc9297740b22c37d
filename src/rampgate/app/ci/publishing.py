"""Publishes verdicts: the commit status that opens or closes the merge, and one comment that is kept up to date."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final

from rampgate.adapters.github.client import GitHub
from rampgate.app.ci.judging import PullJudged
from rampgate.core.brief import brief_of
from rampgate.model.decision import Decision
from rampgate.model.vocabulary import Verdict
from rampgate.reports.comment import MARKER, render
from rampgate.reports.escape import plain
from rampgate.reports.words import headline

CONTEXT: Final = "rampgate/verdict"
"""The name of the status that the branch's rules ask for; no job may be called so."""

LONGEST: Final = 140
"""How many characters of a status' description GitHub takes."""

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

    def pending(self, head: str) -> None:
        """Take back whatever was said of a commit, before anything is done that could fail."""
        self._forge.set_status(head, "pending", self._context, "judging...", self._url)

    def not_judged(self, head: str, why: str) -> None:
        """Say that a commit could not be judged."""
        words = shortened(f"not judged: {why}")
        self._forge.set_status(head, "error", self._context, words, self._url)

    def verdict(self, head: str, decisions: Iterable[Decision]) -> Decision:
        """Publish the strictest of the decisions on one commit, and return it."""
        strictest = max(decisions, key=lambda each: STRICTNESS.index(each.verdict))
        words = shortened(headline(strictest))
        self._forge.set_status(head, STATE[strictest.verdict], self._context, words, self._url)
        return strictest

    def comment(self, one: PullJudged) -> None:
        """Write the one comment of a pull request, or bring it up to date; none is begun where nothing is governed."""
        decision, number = one.judged.decision, one.said.number
        body = render(decision, brief_of(decision, one.judged.facts, one.judged.rules), url=self._url)
        mine = self._own_comment(number)
        if mine is not None:
            if mine.get("body") != body:
                self._forge.update_comment(int(mine["id"]), body)
        elif decision.verdict is not None:
            self._forge.create_comment(number, body)

    def _own_comment(self, number: int) -> dict[str, Any] | None:
        """Return the comment that an earlier run wrote. Anybody can type the marker, so its author counts as well."""
        marked = [each for each in self._forge.comments(number) if str(each.get("body", "")).startswith(MARKER)]
        if not marked:
            return None
        viewer = self._forge.viewer()
        for each in marked:
            author: dict[str, Any] = each.get("user") or {}
            if viewer is not None and author.get("id") == viewer.get("id"):
                return each
            # An App's token may not ask who it is; only Apps are of this type.
            if viewer is None and author.get("type") == "Bot":
                return each
        return None


def shortened(text: str) -> str:
    """Return a text as one line of at most 140 characters."""
    line = plain(text).replace("`", "")
    return line if len(line) <= LONGEST else f"{line[: LONGEST - 3]}..."
