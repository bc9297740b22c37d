"""`rampgate github doctor` finds no hole in what `rampgate github init` writes, but for the one that is confessed."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from forge.server import Forge
from rampgate.app.github.doctor import diagnosis_here
from rampgate.app.github.files import GitHubAnswers, files, rulesets
from rampgate.model.doctor import Severity
from workflows.files import USES
from worlds.governed_world import OTTO, GovernedWorld

PEOPLE = ("otto", "olga", "ossi")
PROFILES = {
    "strong": (GitHubAnswers("strong", USES, "main", PEOPLE, app_id=4242), []),
    "light": (GitHubAnswers("light", USES, "main", PEOPLE), ["status-not-pinned"]),
}


def set_up(forge: Forge, answers: GitHubAnswers) -> None:
    """Do what the steps of `.github/rampgate/README.md` say."""
    for number, body in enumerate(rulesets(answers).values(), 1):
        kept = json.loads(json.dumps(body))
        forge.state.rulesets[number] = {"id": number, "source_type": "Repository", "source": "acme/models", **kept}
    forge.state.environments["model-gate"] = json.loads(files(answers).get(ENVIRONMENT, b"{}"))
    forge.state.environment_branches["model-gate"] = ["main"]


ENVIRONMENT = ".github/rampgate/environment.json"


@pytest.mark.parametrize("profile", PROFILES)
def test_the_doctor_finds_what_the_profile_confesses_and_nothing_else(profile, tmp_path, start_forge):
    answers, confessed = PROFILES[profile]
    world = GovernedWorld(tmp_path)
    for path, data in files(answers).items():
        world.write(path, data.decode())
    world.commit("github")
    forge = start_forge(world)
    set_up(forge, answers)
    world.git("fetch", "-q", "origin")
    diagnosis = diagnosis_here(forge.environ(forge.token(OTTO)), Path(world.root), "", "rampgate/verdict")
    found = [each for each in diagnosis.holes if each.severity in (Severity.HOLE, Severity.WEAKNESS)]
    assert [each.check for each in found] == confessed, found
