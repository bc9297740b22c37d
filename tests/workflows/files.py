"""The workflows that are looked at: this repository's own, and what a user gets in each profile."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from rampgate.app.github import files as github_files
from rampgate.app.github.files import GitHubAnswers

ROOT = Path(__file__).resolve().parents[2]
OWN = ROOT / ".github" / "workflows"
USES = "rampgate/rampgate@0123456789abcdef0123456789abcdef01234567 # pinned by rampgate 0.1.0"

ANSWERS = {
    "strong": GitHubAnswers("strong", USES, "main", ("otto", "olga"), app_id=4242),
    "strong with teams": GitHubAnswers("strong", USES, "main", ("otto", "olga"), has_teams=True, app_id=4242),
    "light": GitHubAnswers("light", USES, "trunk", ("otto", "olga")),
}


class Loader(yaml.BaseLoader):
    """Every scalar as the text that it is, so that the key `on` stays `on`."""


def load(text: str) -> dict[str, Any]:
    return yaml.load(text, Loader)


@dataclass(frozen=True)
class Workflow:
    """One workflow. set_: who has it; name: its part's name, such as `gate`; text: as written."""

    set_: str
    name: str
    text: str

    @property
    def value(self) -> dict[str, Any]:
        return load(self.text)

    @property
    def jobs(self) -> dict[str, Any]:
        return self.value["jobs"]

    @property
    def steps(self) -> Iterator[dict[str, Any]]:
        for job in self.jobs.values():
            yield from job["steps"]

    def __str__(self) -> str:
        return f"{self.set_}: {self.name}"


def own() -> list[Workflow]:
    return [Workflow("own", path.stem, path.read_text()) for path in sorted(OWN.glob("*.yml"))]


def rendered(set_: str) -> list[Workflow]:
    return [Workflow(set_, name, github_files.workflow(name, ANSWERS[set_])) for name in github_files.WORKFLOWS]


SETS = {"own": own(), **{set_: rendered(set_) for set_ in ANSWERS}}
EVERY = [workflow for workflows in SETS.values() for workflow in workflows]


def write_all(set_: str, folder: Path) -> Path:
    """Write what a user gets into a folder, and return it; nothing is written for this repository's own."""
    if set_ == "own":
        return ROOT
    for path, data in github_files.files(ANSWERS[set_]).items():
        place = folder / path
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(data)
    return folder
