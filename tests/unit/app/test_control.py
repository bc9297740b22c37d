"""The control files: every problem of all of them at once, and no file that nobody reads."""

from __future__ import annotations

import copy

import pytest

from rampgate.app.judging.control import has_policies, load_control
from rampgate.app.judging.trees import WorkTree
from rampgate.errors import InvalidInput
from worlds.governed_world import GOVERNANCE, LADDER, METRIC_RULE, MODELS, PEOPLE, dump, policy

WAIVER = {
    "schema": "rampgate/waiver/v1", "id": "W-1", "rule": "a.b", "model": "credit-risk", "version": "2.0.0",
    "entering": "canary", "reason": "ten letters at least", "owner": "alice", "approved_by": "rita",
    "starts": "2026-11-10", "ends": "2026-11-20",
}  # fmt: skip
FILES = {
    "ladder.yaml": dump(LADDER),
    "people.yaml": dump(PEOPLE),
    "models.yaml": dump(MODELS),
    "governance.yaml": dump(GOVERNANCE),
    "lending.yaml": dump(policy(METRIC_RULE)),
}


def tree(folder, **changes):
    """The control files with changes: path under `policies` -> text; None takes a file away."""
    for name, content in {**FILES, **changes}.items():
        if content is not None:
            path = folder / "policies" / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(content, encoding="utf-8")
    return WorkTree(folder)


def problems(folder, changes):
    with pytest.raises(InvalidInput) as caught:
        load_control(tree(folder, **changes))
    return [str(each) for each in caught.value.problems]


def test_everything_is_read(tmp_path):
    control = load_control(
        tree(tmp_path, **{"waivers/W-1.yaml": dump(WAIVER), "schemas/card.json": "{}\n", "README.md": "x"})
    )
    assert [each.noun.policy for each in control.policies] == ["lending"]
    assert [each.noun.id for each in control.waivers] == ["W-1"]
    assert list(control.team_schemas) == ["card.json"]
    assert control.ladder.noun.first == "pilot"
    assert len(control.rules("2026-11-20")) == 1


def test_every_problem_of_every_file_is_told(tmp_path):
    ladder = copy.deepcopy(LADDER)
    ladder["stages"][0]["exposure"] = 3
    found = problems(
        tmp_path,
        {"ladder.yaml": dump(ladder), "people.yaml": "people: [", "lending.yaml": "schema: rampgate/policy/v1\nrules: 3\n",
         "governance.yaml": None, "waivers/W-2.yaml": dump(WAIVER)},
    )  # fmt: skip
    text = "\n".join(found)
    for words in (
        "policies/ladder.yaml:7:4: unknown key `exposure`", "policies/people.yaml:", "policies/lending.yaml:",
        "policies/governance.yaml: the file is missing",
        "a waiver's file is named by its id: expected `policies/waivers/W-1.yaml`",
    ):  # fmt: skip
        assert words in text, text


@pytest.mark.parametrize("name", ["ladder", "people", "models", "governance"])
def test_what_must_be_there_is_missed(tmp_path, name):
    assert problems(tmp_path, {f"{name}.yaml": None}) == [f"policies/{name}.yaml: the file is missing"]


STRANGE = {
    "a file of no kind": ({"notes.txt": "x"}, "policies/notes.txt: rampgate does not know this file"),
    "another ending": ({"more.yml": "x: 1\n"}, "policies/more.yml: rampgate does not know this file"),
    "a schema of another name": (
        {"more.yaml": "schema: rampgate/polcy/v1\n"},
        "policies/more.yaml:1:9: unknown schema `rampgate/polcy/v1`; did you mean `rampgate/policy/v1`?",
    ),
    "a second ladder": ({"ladder2.yaml": dump(LADDER)}, "this belongs into `policies/ladder.yaml`"),
    "a ladder that says people": ({"ladder.yaml": dump(PEOPLE)}, "policies/ladder.yaml:"),
    "a list": ({"more.yaml": "- a\n"}, "policies/more.yaml:1:1"),
    "nothing": ({"more.yaml": ""}, "policies/more.yaml"),
    "a team schema that is no JSON": ({"schemas/card.json": "{"}, "policies/schemas/card.json:1:"),
}  # fmt: skip


@pytest.mark.parametrize("case", STRANGE)
def test_a_file_that_would_never_be_read_is_refused(tmp_path, case):
    changes, words = STRANGE[case]
    found = problems(tmp_path, changes)
    assert any(words in each for each in found), found


def test_two_waivers_of_one_id_are_refused_in_whatever_capitals(tmp_path):
    found = problems(tmp_path, {"waivers/W-1.yaml": dump(WAIVER), "waivers/w-1.yaml": dump({**WAIVER, "id": "w-1"})})
    assert found == ["policies/waivers/w-1.yaml: waiver id `w-1` is used in policies/waivers/W-1.yaml too"]


def test_prose_alone_is_no_policy(tmp_path):
    assert not has_policies(WorkTree(tmp_path))
    (tmp_path / "policies").mkdir()
    (tmp_path / "policies/README.md").write_text("x")
    assert not has_policies(WorkTree(tmp_path))
    assert has_policies(tree(tmp_path))
