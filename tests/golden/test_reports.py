"""What people and services are shown, byte for byte: the comment, the annotations, SARIF and JUnit of each decision.

`RAMPGATE_WRITE_GOLDEN=1` writes the files anew; read what then differs with the eyes of a reviewer.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest

import rampgate.app.judging.gate
from golden import test_decisions
from golden.reviewed_world import approved, promotion
from rampgate.app.judging.gate import GateRequest, Judged, examine
from rampgate.core.brief import brief_of
from rampgate.reports import annotations, comment, junit, sarif
from worlds import governed_world

HERE = Path(__file__).parent / "reports"
RUN = "https://github.com/acme/models/actions/runs/1"
RENDER: dict[str, Callable[[Judged], str]] = {
    "comment.md": lambda judged: comment.render(
        judged.decision, brief_of(judged.decision, judged.facts, judged.rules), url=RUN
    ),
    "annotations.txt": lambda judged: "".join(f"{line}\n" for line in annotations.lines(judged.decision)),
    "sarif.json": lambda judged: sarif.render(judged.decision, repository="https://github.com/acme/models"),
    "junit.xml": lambda judged: junit.render(judged.decision),
}
CASES = (
    "deny", "undecided", "rollback", "conflict", "policy_change", "none", "invalid", "held_review", "allowed_review"
)  # fmt: skip
VERDICT = {
    "deny": "deny",
    "policy_change": "allow",
    "rollback": "allow",
    "none": None,
    "held_review": "hold",
    "allowed_review": "allow",
}


@pytest.fixture(autouse=True)
def engine(monkeypatch: pytest.MonkeyPatch) -> None:
    """A release changes the version of the engine and no golden file."""
    monkeypatch.setattr(rampgate.app.judging.gate, "__version__", "0.0.0")


def judged(case: str, folder: Path, monkeypatch: pytest.MonkeyPatch) -> Judged:
    """What the gate says, with the facts that the reports look at."""
    heard: list[Judged] = []

    def listen(request: GateRequest) -> object:
        heard.append(examine(request))
        return heard[-1].decision

    monkeypatch.setattr(governed_world, "gate", listen)
    if case.endswith("_review"):
        world, head, reviews = (promotion if case == "held_review" else approved)(folder)
        world.judge(head, reviews=reviews)
    else:
        test_decisions.CASES[case](folder)
    return heard[-1]


@pytest.mark.parametrize("case", CASES)
def test_what_is_shown_is_what_was_read_by_a_person(case, tmp_path, monkeypatch):
    answer = judged(case, tmp_path, monkeypatch)
    assert str(answer.decision.verdict) == str(VERDICT.get(case, "undecided"))
    for ending, render in RENDER.items():
        path, text = HERE / f"{case}.{ending}", render(answer)
        if os.environ.get("RAMPGATE_WRITE_GOLDEN"):
            path.write_text(text, encoding="utf-8")
        assert text == path.read_text(encoding="utf-8"), path.name
