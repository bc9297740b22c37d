"""The comment on a pull request that a reviewer reads in two minutes, and the summary of a run with the same words."""

from __future__ import annotations

from typing import Final

from rampgate.model.brief import Brief
from rampgate.model.decision import Decision
from rampgate.reports.markdown import address, sections, text_of
from rampgate.reports.sections import fitted

MARKER: Final = "<!-- rampgate:verdict -->"
"""The first line of the one comment that is written anew at every judgement; whose comment it is has to be looked at
beside it, for anybody can write this line."""

MOST_CHARACTERS: Final = 65_536
"""The longest comment that GitHub takes; here a character beyond the 65,536 first counts as two."""

MOST_BYTES: Final = 900_000
"""The longest step summary that is written; GitHub drops one of more than 1 MiB whole."""


def render(decision: Decision, brief: Brief, *, simulated: bool = False, url: str = "") -> str:
    """Return the comment, its marker first, ending in a newline, and never longer than GitHub takes."""
    parts = sections(decision, brief, simulated=simulated, url=url)
    return f"{MARKER}\n{fitted(parts, MOST_CHARACTERS - len(MARKER) - 1, _units)}"


def render_not_judged(why: str, *, url: str = "") -> str:
    """Return the comment in place of one whose verdict is no longer of what is there; why: in words."""
    link = f" ([the run]({address(url)}))" if address(url) else ""
    words = (
        f"The newest run could not judge this pull request{link}, so what stood here is not of now. "
        "The next push, review or nightly run judges it again."
    )
    return f"{MARKER}\n### not judged: {text_of(why)}\n\n{words}\n"


def step_summary(decision: Decision, brief: Brief, *, simulated: bool = False, url: str = "") -> str:
    """Return the same page without the marker, for the summary of a run, ending in a newline."""
    return fitted(sections(decision, brief, simulated=simulated, url=url), MOST_BYTES, _bytes)


def _units(text: str) -> int:
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def _bytes(text: str) -> int:
    return len(text.encode("utf-8", "surrogatepass"))
