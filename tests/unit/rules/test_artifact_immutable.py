"""`artifact.immutable`: another artifact is another version, once the first stage is left."""

from __future__ import annotations

import pytest

from rampgate.model.ladder import Ladder
from rampgate.model.sourced import Missing
from rampgate.rules.artifact_immutable import KIND
from worlds.facts_world import ARTIFACT, digest, facts, judge

OTHER = digest("another artifact")


@pytest.mark.parametrize("stage", ["canary", "full", "standby", "retired"])
def test_another_artifact_beyond_the_first_stage_fails_at_its_place(stage):
    about = facts(
        {"artifact.digest": OTHER}, kind="amend", from_stage=stage, to_stage=stage, before={"artifact.digest": ARTIFACT}
    )
    (answer,) = judge(KIND, about)
    assert (answer.outcome, answer.found, answer.expected) == ("fail", OTHER, ARTIFACT)
    assert answer.location is not None
    assert answer.location.line > 1


def test_another_artifact_at_the_first_stage_passes():
    about = facts(
        {"artifact.digest": OTHER},
        kind="amend",
        from_stage="pilot",
        to_stage="pilot",
        before={"artifact.digest": ARTIFACT},
    )
    assert judge(KIND, about)[0].outcome == "pass"


def test_a_former_name_of_the_first_stage_is_the_first_stage():
    stages = [
        {"name": "entry", "exposure_percent": 0, "formerly": ["pilot"]},
        {"name": "full", "exposure_percent": 100},
    ]
    ladder = Ladder.model_validate({"schema": "rampgate/ladder/v1", "stages": stages})
    about = facts({"artifact.digest": OTHER, "stage": "pilot"}, kind="amend", from_stage="pilot", to_stage="pilot",
                  before={"artifact.digest": ARTIFACT}, ladder=ladder)  # fmt: skip
    assert judge(KIND, about)[0].outcome == "pass"


def test_the_same_artifact_passes_at_every_move():
    assert judge(KIND, facts(from_stage="canary", to_stage="ramp"))[0].outcome == "pass"


def test_a_new_version_has_nothing_to_compare():
    assert judge(KIND, facts(kind="register", before=Missing("new")))[0].outcome == "not_applicable"


def test_one_changed_part_is_another_artifact():
    parts = [
        {"name": "prompt", "uri": "git://p", "digest": ARTIFACT},
        {"name": "model", "uri": "api://m", "provider_version": "1"},
    ]
    changed = [parts[0], {**parts[1], "provider_version": "2"}]
    about = facts(
        {"artifact": {"parts": changed}},
        kind="amend",
        from_stage="ramp",
        to_stage="ramp",
        before={"artifact": {"parts": parts}},
    )
    assert judge(KIND, about)[0].outcome == "fail"
