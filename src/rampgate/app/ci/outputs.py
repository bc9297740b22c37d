"""What a run leaves to the workflow and its readers: the step summary, the outputs, and report files."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from rampgate.app.ci.judging import PullJudged
from rampgate.app.write import write_whole
from rampgate.core.brief import brief_of
from rampgate.errors import Unreachable
from rampgate.model.decision import Decision
from rampgate.reports.comment import step_summary
from rampgate.reports.formats import FORMATS

LONGEST_SUMMARY: Final = 900_000
"""Bytes of one summary; GitHub drops what is over 1 MiB, whole."""


def append_summary(path: Path, pulls: list[PullJudged]) -> None:
    """Append the judgement of every pull request to the file that `GITHUB_STEP_SUMMARY` names."""
    parts = []
    for one in pulls:
        decision = one.judged.decision
        words = step_summary(decision, brief_of(decision, one.judged.facts, one.judged.rules))
        parts.append(f"## Pull request {one.said.number}\n\n{words}")
    text = "\n".join(parts)
    if len(text.encode()) > LONGEST_SUMMARY:
        text = text.encode()[:LONGEST_SUMMARY].decode(errors="ignore") + "\n\n(cut: see the comments)\n"
    _append(path, text)


def append_outputs(path: Path, values: Mapping[str, str]) -> None:
    """Append outputs to the file that `GITHUB_OUTPUT` names; no value can end its own or begin another."""
    lines = []
    for name, value in values.items():
        mark = f"end-{secrets.token_hex(16)}"
        lines.append(f"{name}<<{mark}\n{value}\n{mark}\n")
    _append(path, "".join(lines))


def outputs_of(decision: Decision | None, exit_code: int, report: Path | None) -> dict[str, str]:
    """Return the outputs of a run; decision: None where there was none, or several."""
    verdict = decision.verdict if decision else None
    transition = decision.transition if decision else None
    return {
        "verdict": verdict.value if verdict else "",
        "exit-code": str(exit_code),
        "change": decision.change.value if decision else "",
        "model": transition.model if transition else "",
        "version": transition.version if transition else "",
        "report-path": str(report) if report else "",
    }


def write_reports(decision: Decision, files: Mapping[str, Path | None]) -> None:
    """Write a decision in every format for which a file is named, each whole or not at all."""
    for name, path in files.items():
        if path is not None:
            write_whole(path, FORMATS[name](decision).encode())


def _append(path: Path, text: str) -> None:
    try:
        with path.open("a", encoding="utf-8") as file:
            file.write(text)
    except OSError as error:
        raise Unreachable(f"{path}: {error.strerror or error}") from error
