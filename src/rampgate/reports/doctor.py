"""The holes in a repository's set-up, as text, Markdown and JSON (`rampgate/doctor/v1`), the worst first."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from typing import Final

from rampgate.model.doctor import Diagnosis, Hole, Severity
from rampgate.reports.escape import code, prose
from rampgate.reports.text import Paint, no_paint, wrapped

SCHEMA: Final = "rampgate/doctor/v1"
_LABEL: Final = {
    Severity.HOLE: ("HOLE", "red"),
    Severity.WEAKNESS: ("weakness", "yellow"),
    Severity.UNKNOWN: ("?", "magenta"),
    Severity.ADVICE: ("advice", "cyan"),
}
_INDENT: Final = " " * 10


def render_text(diagnosis: Diagnosis, *, width: int = 100, paint: Paint = no_paint) -> str:
    """Return the diagnosis as text, ending in a newline; at least 40 columns are used."""
    width = max(width, 40)
    lines = [line for each in _opening(diagnosis) for line in wrapped(each, width, "")]
    for checks, hole in _grouped(diagnosis.holes):
        word, colour = _LABEL[hole.severity]
        head = wrapped(", ".join(checks), width - len(_INDENT), "")
        lines += ["", f"{paint(f'{word:<{len(_INDENT)}}', colour)}{head[0]}", *(_INDENT + line for line in head[1:])]
        lines += wrapped(hole.found, width, _INDENT)
        if hole.severity is not Severity.UNKNOWN:
            lines += wrapped(f"why: {hole.why}", width, _INDENT)
        lines += wrapped(f"fix: {hole.fix}", width, _INDENT)
    colour = "red" if diagnosis.count(Severity.HOLE) else "" if diagnosis.count(Severity.UNKNOWN) else "green"
    lines += ["", *(paint(line, colour) for line in wrapped(summary(diagnosis), width, ""))]
    lines += wrapped(f"next: {next_step(diagnosis)}", width, "")
    return "\n".join(lines) + "\n"


def render_markdown(diagnosis: Diagnosis) -> str:
    """Return the diagnosis as GitHub-flavoured Markdown, ending in a newline."""
    lines = [f"### {prose(summary(diagnosis))}", ""]
    lines += [line for each in _opening(diagnosis) for line in (prose(each), "")]
    for checks, hole in _grouped(diagnosis.holes):
        names = ", ".join(code(check) for check in checks)
        lines.append(f"- **{_LABEL[hole.severity][0]}** {names}: {prose(hole.found)}")
        if hole.severity is not Severity.UNKNOWN:
            lines.append(f"  - why: {prose(hole.why)}")
        lines.append(f"  - fix: {prose(hole.fix)}")
    lines += [""] if diagnosis.holes else []
    lines.append(f"next: {prose(next_step(diagnosis))}")
    return "\n".join(lines) + "\n"


def render_json(diagnosis: Diagnosis) -> str:
    """Return the diagnosis as JSON text of a stable order, ending in a newline."""
    value = {
        "schema": SCHEMA,
        "repository": diagnosis.repository,
        "branch": diagnosis.branch,
        "commit": diagnosis.commit,
        "profile": {"name": diagnosis.profile.name, "because": diagnosis.profile.because},
        "summary": {"checks": diagnosis.checks, **{str(each): diagnosis.count(each) for each in Severity}},
        "findings": [
            {
                "check": hole.check,
                "severity": str(hole.severity),
                "found": hole.found,
                "why": hole.why,
                "fix": hole.fix,
                "needs": hole.needs or None,
            }
            for hole in diagnosis.holes
        ],
    }
    return json.dumps(value, indent=2, ensure_ascii=False) + "\n"


FORMATS: Final[Mapping[str, Callable[[Diagnosis], str]]] = {
    "text": render_text,
    "markdown": render_markdown,
    "json": render_json,
}
"""Name of a format -> how it is rendered."""


def summary(diagnosis: Diagnosis) -> str:
    """Return how many findings there are of each weight, in a line; what could not be read is never called sound."""
    holes, unknown = diagnosis.count(Severity.HOLE), diagnosis.count(Severity.UNKNOWN)
    parts = [_many(holes, "hole", "holes") if holes else "no hole found"]
    for severity, words in ((Severity.WEAKNESS, ("weakness", "weaknesses")), (Severity.ADVICE, ("advice", "advice"))):
        if number := diagnosis.count(severity):
            parts.append(_many(number, *words))
    text = f"{', '.join(parts)}; {diagnosis.checks} checks"
    return f"{text}, of which {unknown} could not be made" if unknown else text


def next_step(diagnosis: Diagnosis) -> str:
    """Return what to do now."""
    if any(hole.check == "gate-absent" and hole.severity is Severity.HOLE for hole in diagnosis.holes):
        return "set it up with `rampgate github init`, then run `rampgate github doctor` again"
    if diagnosis.count(Severity.HOLE):
        return f"close `{diagnosis.holes[0].check}`, then run `rampgate github doctor` again"
    missing = {hole.needs for hole in diagnosis.holes if hole.needs}
    # Who may write may read.
    needs = sorted(each for each in missing if each.replace(": read", ": write") not in missing - {each})
    if needs:
        return f"run it once with a token that has {', '.join(f'`{each}`' for each in needs)}"
    if diagnosis.holes:
        return f"look at `{diagnosis.holes[0].check}`"
    return "nothing to do; the monitor workflow looks again every day"


def _opening(diagnosis: Diagnosis) -> Iterator[str]:
    name = diagnosis.profile.name
    yield f"{f'profile {name}' if name != 'none' else 'no profile'}: {diagnosis.profile.because}"
    yield f"{diagnosis.repository}, branch `{diagnosis.branch}`; its files as of {diagnosis.commit[:10]} in this clone"


def _grouped(holes: tuple[Hole, ...]) -> list[tuple[list[str], Hole]]:
    """Return the findings, those that could not be read for one and the same reason together."""
    groups: list[tuple[list[str], Hole]] = []
    for hole in holes:
        same = next(
            (group for group in groups if hole.severity is Severity.UNKNOWN and _reason(group[1]) == _reason(hole)),
            None,
        )
        if same:
            same[0].append(hole.check)
        else:
            groups.append(([hole.check], hole))
    return groups


def _reason(hole: Hole) -> tuple[Severity, str, str]:
    return hole.severity, hole.found, hole.needs


def _many(number: int, one: str, several: str) -> str:
    return f"{number} {one if number == 1 else several}"
