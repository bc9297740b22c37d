"""`rampgate check` on real folders: every kind of problem at its place, only what was asked for, and quickly."""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from worlds.command_line import CommandLine
from worlds.git_world import GitWorld
from worlds.governed_world import (
    APPROVAL_RULE,
    GOVERNANCE,
    LADDER,
    METRIC_RULE,
    MODELS,
    PEOPLE,
    card,
    dump,
    evidence,
    policy,
)

CARD = "model_cards/credit-risk/2.0.0/card.yaml"
WAIVER = {
    "schema": "rampgate/waiver/v1",
    "id": "W-1",
    "rule": "evidence.accuracy-floor",
    "model": "credit-risk",
    "version": "2.0.0",
    "entering": "canary",
    "reason": "The test set is late",
    "owner": "alice",
    "approved_by": "rita",
    "starts": "2026-11-10",
    "ends": "2026-11-30",
}
NOW = "2026-11-20T10:00:00Z"


@pytest.fixture
def world(tmp_path):
    made = GitWorld(tmp_path)
    for name, value in (("people", PEOPLE), ("ladder", LADDER), ("models", MODELS), ("governance", GOVERNANCE)):
        made.write(f"policies/{name}.yaml", dump(value))
    made.write("policies/lending.yaml", dump(policy(APPROVAL_RULE, METRIC_RULE)))
    made.write(CARD, dump(card()))
    return made


@pytest.fixture
def check(world, capsys):
    said = CommandLine(capsys, world.root)
    return lambda *words: said("check", "--now", NOW, *(str(world.root / word) for word in words))


def with_evidence(world: GitWorld, value: dict[str, Any], digest: str | None = None) -> None:
    data = dump(value)
    world.write("model_cards/credit-risk/2.0.0/evidence/p.json", data)
    digest = digest or "sha256:" + hashlib.sha256(data.encode()).hexdigest()
    world.write(CARD, dump(card(evidence=[{"path": "evidence/p.json", "digest": digest}])))


def test_a_sound_repository_has_no_problems_and_says_what_was_looked_at(world, check):
    with_evidence(world, evidence())
    answer = check()
    assert (answer.exit, answer.out) == (
        0,
        "1 card, 1 policy, 2 rules, 1 evidence file in the work tree: no problems\n",
    )


def test_without_policies_the_next_step_is_init(tmp_path, capsys):
    answer = CommandLine(capsys, tmp_path)("check")
    assert answer.exit == 3
    assert "fix: `rampgate init` writes them" in answer.err


# sentence -> (path to write, its content, the place and words of the one problem)
PROBLEMS: dict[str, tuple[str, str, str]] = {
    "a misspelt key": (CARD, dump(card(sumary="x")), f"{CARD}:16:2: unknown key `sumary`; did you mean `summary`?"),
    "an unknown person": (CARD, dump(card(owners={"business": "alise", "technical": "bob"})), "unknown person `alise`; did you mean `alice`?"),
    "an unknown stage": (CARD, dump(card(stage="canarry")), f"{CARD}:5:11: unknown stage `canarry`; did you mean `canary`?"),
    "a laxer tier": (CARD, dump(card(tier="low")), "the tier of `credit-risk` is fixed"),
    "another version than the folder's": (CARD, dump(card(version="2.0.1")), "the folder says `2.0.0`, the card says `2.0.1`"),
    "an artifact that is not pinned": (CARD, dump(card(artifact={"uri": "s3://x"})), "an artifact needs `digest`, or `parts`"),
    "a file that is not known": ("model_cards/credit-risk/2.0.0/notes.txt", "x", "notes.txt: rampgate does not know this file"),
    "a folder without a card": ("model_cards/credit-risk/3.0.0/runbook.md", "x", "3.0.0: there is no `card.yaml` here"),
    "evidence that is not listed": ("model_cards/credit-risk/2.0.0/evidence/x.json", "{}", "`evidence/x.json` is not listed under `evidence`"),
    "an attestation of nobody": (
        "model_cards/credit-risk/2.0.0/attestations/a.yaml",
        dump({"schema": "rampgate/attestation/v1", "role": "security", "person": "sammy", "statement": "Looked at it all", "covers": "version", "date": "2026-11-01", "expires": "2027-11-01"}),
        "a.yaml:4:12: unknown person `sammy`",
    ),
    "an event at no stage": (
        "model_cards/credit-risk/2.0.0/events/e.yaml",
        dump({"schema": "rampgate/event/v1", "kind": "rollback", "from": "rampp", "to": "pilot", "reason": "errors went up", "by": "alice", "date": "2026-11-01"}),
        "e.yaml:4:10: unknown stage `rampp`",
    ),
    "lineage without steps": (
        "model_cards/credit-risk/2.0.0/lineage.yaml",
        dump({"schema": "rampgate/lineage/v1", "artifact": "sha256:" + "a" * 64, "sources": [{"id": "s", "uri": "s3://s"}]}),
        "lineage.yaml",
    ),
    "an effect that loosens": (
        "policies/lending.yaml",
        dump(policy({**METRIC_RULE, "effect": {"canary": "block", "ramp": "warn", "majority": "warn", "full": "warn"}})),
        "the effect loosens up the ladder: `block` at `canary`, `warn` at `ramp`",
    ),
    "a rule that is dead": (
        "policies/lending.yaml",
        dump(policy({**METRIC_RULE, "applies": {"entering": ["pilot"]}})),
        "the rule can never speak: nothing is promoted to `pilot`",
    ),
    "an unknown kind of rule": (
        "policies/lending.yaml",
        dump(policy({**METRIC_RULE, "kind": "evidence.metric_witin"})),
        "unknown rule kind `evidence.metric_witin`; did you mean `evidence.metric_within`?",
    ),
    "a quorum that nobody reaches": (
        "policies/governance.yaml",
        dump({**GOVERNANCE, "policy_change": {"slots": [{"role": "policy_owner", "count": 3}]}}),
        "policies/governance.yaml:3:19: a policy change by `otto`, `olga`, `ossi` could never get its quorum",
    ),
    "a waiver of no rule": ("policies/waivers/W-1.yaml", dump({**WAIVER, "rule": "evidence.acuracy-floor"}), "W-1.yaml:4:10: there is no rule `evidence.acuracy-floor`; did you mean"),
    "a waiver that lasts too long": ("policies/waivers/W-1.yaml", dump({**WAIVER, "ends": "2026-12-10"}), "it lasts 31 days, and the rule allows 30"),
    "a waiver of no model": ("policies/waivers/W-1.yaml", dump({**WAIVER, "model": "credit-rik"}), "there is no model `credit-rik`; did you mean `credit-risk`?"),
    "a waiver of no version": ("policies/waivers/W-1.yaml", dump({**WAIVER, "version": "9"}), "there is no version `9` of `credit-risk`"),
    "a waiver by somebody who may not": ("policies/waivers/W-1.yaml", dump({**WAIVER, "approved_by": "sam"}), "`sam` holds none of the roles that may grant it (risk)"),
    "a waiver to oneself": ("policies/waivers/W-1.yaml", dump({**WAIVER, "owner": "rita"}), "`rita` can not grant a waiver to themselves"),
    "a file among the policies that is not known": ("policies/notes.txt", "x", "policies/notes.txt: rampgate does not know this file"),
    "a team schema that is none": ("policies/schemas/house.json", '{"type": "objct"}', "policies/schemas/house.json:1:10"),
}  # fmt: skip


@pytest.mark.parametrize("sentence", PROBLEMS)
def test_a_problem_is_found_at_its_place(sentence, world, check):
    path, content, expected = PROBLEMS[sentence]
    world.write(path, content)
    answer = check()
    assert answer.exit == 3
    assert expected in answer.out, answer.out
    assert answer.out.endswith(" in the work tree: 1 problem\n"), answer.out


def test_a_live_waiver_is_no_problem(world, check):
    world.write("policies/waivers/W-1.yaml", dump(WAIVER))
    assert check().exit == 0


NOTED = {
    "it ended": ({"ends": "2026-11-19"}, "12:10: note: the waiver ended on 2026-11-19, and excuses nothing any more"),
    "it ended, and its rule, person and version have gone since": (
        {"ends": "2026-11-19", "rule": "evidence.gone", "owner": "gus", "version": "1"}, "12:10: note: the waiver ended",
    ),
    "its version stands there": ({"entering": "pilot"}, "7:14: note: credit-risk 2.0.0 stands at `pilot` already"),
}  # fmt: skip


@pytest.mark.parametrize("case", NOTED)
def test_a_waiver_that_has_done_its_service_is_noted_and_stops_nobody(case, world, check):
    """The days go by while nobody touches a file: the checks of everybody's pull requests must not go red by that."""
    fields, words = NOTED[case]
    world.write("policies/waivers/W-1.yaml", dump(WAIVER | fields))
    answer = check()
    assert answer.exit == 0
    first, fix, last = answer.out.splitlines()
    assert first.startswith(f"policies/waivers/W-1.yaml:{words}")
    assert fix == "    fix: remove policies/waivers/W-1.yaml, in a pull request of its own"
    assert last.endswith(" in the work tree: no problems")


def test_a_waiver_for_a_rung_behind_is_noted(world, check):
    world.write("policies/waivers/W-1.yaml", dump(WAIVER))
    world.write(CARD, dump(card(stage="ramp")))
    answer = check()
    assert (answer.exit, "note: credit-risk 2.0.0 stands at `ramp` already, beyond `canary`" in answer.out) == (0, True)


def test_notes_are_told_beside_problems_and_apart_from_them(world, check):
    world.write("policies/waivers/W-1.yaml", dump(WAIVER | {"starts": "2020-01-01", "ends": "2020-01-02"}))
    world.write(CARD, dump(card(tier="low")))
    answer = check()
    assert answer.exit == 3
    assert answer.out.endswith(" in the work tree: 1 problem\n")
    assert "W-1.yaml:12:10: note: the waiver ended" in answer.out
    assert "note:" not in check(CARD).out
    value = json.loads(check_json(world))
    assert [each["path"] for each in value["problems"]] == [CARD]
    assert [(each["path"], each["line"]) for each in value["notes"]] == [("policies/waivers/W-1.yaml", 12)]


def test_changed_evidence_is_found_and_so_is_a_measure_that_its_counts_do_not_give(world, check):
    with_evidence(world, evidence(), digest="sha256:" + "0" * 64)
    assert "`p.json` has another digest than the card says" in check().out
    assert "`p.json` has another digest than the card says" in check(CARD).out
    with_evidence(world, evidence(measures=[{"metric": "accuracy", "n": 200, "value": "0.99"}]))
    answer = check()
    assert (answer.exit, "evidence/p.json" in answer.out) == (3, True)


def test_names_that_differ_by_case_only_are_found(world, check):
    world.write("model_cards/credit-risk/2.0.0/README.md", "x")
    world.write("model_cards/credit-risk/2.0.0/readme.md", "x")
    answer = check()
    assert "readme.md: the name differs from `model_cards/credit-risk/2.0.0/README.md` only by case" in answer.out


def test_links_are_found_and_not_followed(world, check):
    world.remove(CARD)
    world.symlink(CARD, "/etc/hostname")
    assert f"{CARD}: a symbolic link stands where only a regular file may" in check().out


def test_what_git_ignores_is_nobodys_problem(world, check):
    world.write(".gitignore", "*.swp\n")
    world.write("model_cards/credit-risk/2.0.0/.card.yaml.swp", "x")
    world.write("policies/.lending.yaml.swp", "x")
    assert check().exit == 0


def test_only_what_was_asked_for_is_reported(world, check):
    other = "model_cards/fraud/1.0/card.yaml"
    world.write(other, dump(card("fraud", "1.0", tier="low")))
    world.write("policies/lending.yaml", dump(policy({**METRIC_RULE, "kind": "nonsense"})))
    assert check(CARD).exit == 0
    assert check(CARD).out == "1 card in the work tree: no problems\n"
    assert check("model_cards/credit-risk").exit == 0
    assert "tier of `fraud`" in check(other).out
    assert "nonsense" not in check("model_cards").out
    assert "nonsense" in check("policies/lending.yaml").out
    assert check("policies/people.yaml").exit == 0


def test_a_broken_ladder_is_told_even_where_only_a_card_was_asked_for(world, check):
    """What the card says can not be looked up then, and must not count as found."""
    world.write("policies/ladder.yaml", dump({**LADDER, "stagess": []}))
    answer = check(CARD)
    assert answer.exit == 3
    assert "policies/ladder.yaml" in answer.out


def test_a_path_that_is_not_there_is_a_usage_error(check):
    answer = check("model_cards/nothing")
    assert (answer.exit, "there is no" in answer.err) == (2, True)


def test_json_holds_every_part_of_a_problem(world, check):
    world.write(CARD, dump(card(tier="low")))
    value = json.loads(check_json(world))
    assert value["schema"] == "rampgate/check/v1"
    assert value["read"] == "work tree"
    assert value["counts"]["cards"] == 1
    (problem,) = value["problems"]
    assert problem == {
        "path": CARD, "line": 6, "column": 10,
        "message": "the tier of `credit-risk` is fixed in `policies/models.yaml`; a card may only be stricter",
        "found": "low", "expected": "high", "fix": "write `high`",
    }  # fmt: skip


def check_json(world: GitWorld) -> str:
    words = [sys.executable, "-m", "rampgate", "check", "--format", "json", "--repo", str(world.root)]
    return subprocess.run(words, capture_output=True, text=True, check=False).stdout


def test_checking_one_card_imports_nothing_slow(world):
    """A hook runs on every commit; pydantic alone takes longer than the whole check."""
    program = (
        "import sys\nfrom rampgate.cli.main import run\n"
        "try:\n    run(sys.argv[1:])\nfinally:\n    print(*sys.modules)\n"
    )
    words = [sys.executable, "-c", program, "check", CARD]
    done = subprocess.run(words, cwd=world.root, capture_output=True, text=True, check=False, env=dict(os.environ))
    first, names = done.stdout.splitlines()
    assert first == "1 card in the work tree: no problems"
    assert "rampgate.model.decision" not in names.split()
    roots = {name.partition(".")[0] for name in names.split()}
    assert not roots & {
        "pydantic",
        "duckdb",
        "git",
        "jsonschema",
        "ruamel",
        "pandas",
        "cel_expr_python",
        "importlib.resources",
    }


def test_a_folder_inside_the_repository_finds_its_root(world, capsys):
    inside = Path(world.root / "model_cards/credit-risk")
    assert CommandLine(capsys, inside)("check").exit == 0


def test_a_pipe_in_the_place_of_a_card_is_told_and_never_waited_for(world, check):
    place = world.root / CARD
    place.unlink()
    os.mkfifo(place)
    done = check()
    assert done.exit == 3
    assert f"{CARD}: this is no regular file\n    fix: put the file itself there" in done.out


@pytest.mark.parametrize(
    ("folder", "fix"),
    [
        ("My-Model/1.0.0", "name the model's folder with small letters, digits and hyphens"),
        ("my-model/1 0", "name the version's folder with letters, digits and `.+_-`"),
    ],
)
def test_a_folder_whose_name_can_not_be_is_told_how_to_name_it(world, check, folder, fix):
    world.write(f"model_cards/{folder}/card.yaml", dump(card()))
    done = check()
    assert done.exit == 3
    assert f"model_cards/{folder}/card.yaml: rampgate does not know this file\n    fix: {fix}" in done.out


def test_lineage_files_are_counted_by_their_name(world, check):
    world.write("model_cards/credit-risk/2.0.0/lineage.yaml", "[]")
    assert "1 lineage file in the work tree" in check().out


@pytest.mark.parametrize(("terminal", "lines"), [(True, 2), (False, 1)])
def test_the_last_line_is_wrapped_on_a_terminal_and_whole_in_a_pipe(check, monkeypatch, terminal, lines):
    monkeypatch.setenv("COLUMNS", "40")
    monkeypatch.setattr("rampgate.cli.show.is_terminal", lambda: terminal)
    monkeypatch.setattr("rampgate.cli.show.has_colour", lambda: False)
    assert len(check().out.splitlines()) == lines
