"""`rampgate rollback` on real repositories: any lower rung, with its reason, without a question."""

from __future__ import annotations

import re
from datetime import UTC, datetime

import pytest

from rampgate.formats.yaml_text import load_yaml
from worlds.command_line import CommandLine
from worlds.git_world import GitWorld

LADDER = """\
schema: rampgate/ladder/v1
stages:
  - {name: pilot, exposure_percent: 0}
  - {name: canary, exposure_percent: 5}
  - {name: ramp, exposure_percent: 25}
  - {name: full, exposure_percent: 100}
"""
PEOPLE = """\
schema: rampgate/people/v1
people:
  - {name: alice, emails: [alice@example.com], roles: [business_owner]}
  - {name: bob, emails: [bob@example.com], roles: [engineer]}
"""
FOLDER = "model_cards/credit-risk/{}"
WHY = "approvals fell by a third"


def card(version: str, stage: str, fallback: str = "") -> str:
    more = f"fallback: {{kind: previous_model, target: 'credit-risk@{fallback}'}}\n" if fallback else ""
    return f"model: credit-risk\nversion: '{version}'\nstage: {stage}\n{more}"


@pytest.fixture
def world(tmp_path):
    made = GitWorld(tmp_path)
    made.write("policies/ladder.yaml", LADDER)
    made.write("policies/people.yaml", PEOPLE)
    made.write(f"{FOLDER.format('1.4.0')}/card.yaml", card("1.4.0", "standby"))
    made.write(f"{FOLDER.format('2.0.0')}/card.yaml", card("2.0.0", "full", "1.4.0"))
    made.commit("start")
    return made


@pytest.fixture
def rampgate(world, capsys):
    return CommandLine(capsys, world.root)


def changed(world: GitWorld) -> list[str]:
    return sorted(world.git("diff", "--name-only", "main", "HEAD").split())


def event(world: GitWorld, version: str = "2.0.0") -> dict[str, object]:
    (path,) = (world.root / FOLDER.format(version) / "events").glob("*.yaml")
    return load_yaml(path.read_bytes(), path.name).value


def test_the_fallback_serves_again_in_the_same_commit(world, rampgate):
    said = rampgate("rollback", "credit-risk", "--to", "ramp", "--reason", WHY, "--local")
    assert said.exit == 0, said.err
    assert "stage: ramp\n" in world.read(f"{FOLDER.format('2.0.0')}/card.yaml")
    assert "stage: full\n" in world.read(f"{FOLDER.format('1.4.0')}/card.yaml")
    assert len(changed(world)) == 3
    assert world.git("rev-list", "--count", "main..HEAD") == "1"
    assert world.git("branch", "--show-current") == "rollback/credit-risk-2.0.0-ramp"


def test_the_event_says_who_when_and_why(world, rampgate):
    assert rampgate("rollback", "credit-risk", "--to", "pilot", "--reason", WHY, "--local").exit == 0
    today = datetime.now(UTC).date().isoformat()
    told = event(world)
    assert told == {
        "schema": "rampgate/event/v1", "kind": "rollback", "from": "full", "to": "pilot", "reason": WHY, "by": "alice",
        "date": told["date"],
    }  # fmt: skip
    assert told["date"] in (today, datetime.now(UTC).date().isoformat())
    assert f"{FOLDER.format('2.0.0')}/events/{told['date']}-rollback-1.yaml" in changed(world)


def test_retiring_writes_an_event_of_its_own_kind(world, rampgate):
    said = rampgate(
        "rollback", "credit-risk", "--version", "1.4.0", "--to", "retired", "--reason", "replaced by 2.0.0", "--local"
    )
    assert said.exit == 0, said.err
    assert event(world, "1.4.0")["kind"] == "retire"
    assert world.git("branch", "--show-current") == "retire/credit-risk-1.4.0"
    assert any(re.search(r"events/\d{4}-\d\d-\d\d-retire-1\.yaml$", path) for path in changed(world))


def test_a_branch_left_over_from_another_night_does_not_stop_it(world, rampgate):
    world.git("branch", "rollback/credit-risk-2.0.0-ramp")
    assert rampgate("rollback", "credit-risk", "--to", "ramp", "--reason", WHY, "--local").exit == 0
    assert world.git("branch", "--show-current") == "rollback/credit-risk-2.0.0-ramp-2"


def test_a_second_event_of_a_day_gets_its_own_file(world, rampgate):
    assert rampgate("rollback", "credit-risk", "--to", "ramp", "--reason", WHY, "--local").exit == 0
    world.git("branch", "-q", "-f", "main", "HEAD")
    assert (
        rampgate("rollback", "credit-risk", "--version", "2.0.0", "--to", "pilot", "--reason", WHY, "--local").exit == 0
    )
    names = sorted(path.name[11:] for path in (world.root / FOLDER.format("2.0.0") / "events").iterdir())
    assert names == ["rollback-1.yaml", "rollback-2.yaml"]


def test_another_version_with_a_broken_card_does_not_stop_it(world, rampgate):
    world.write(f"{FOLDER.format('3.0.0')}/card.yaml", "stage: [\n")
    world.commit("broken")
    said = rampgate("rollback", "credit-risk", "--to", "ramp", "--reason", WHY, "--local")
    assert said.exit == 0, said.err
    assert "the card of version 3.0.0 can not be read" in " ".join(said.out.split())


def test_unrelated_changes_do_not_stop_it_and_are_not_committed(world, rampgate):
    world.write("policies/draft.yaml", "half written")
    assert rampgate("rollback", "credit-risk", "--to", "ramp", "--reason", WHY, "--local").exit == 0
    assert "policies/draft.yaml" not in changed(world)


def test_a_fallback_that_is_gone_is_told_and_stops_nothing(world, rampgate):
    world.write(f"{FOLDER.format('1.4.0')}/card.yaml", card("1.4.0", "retired"))
    world.commit("gone")
    said = rampgate("rollback", "credit-risk", "--to", "pilot", "--reason", WHY, "--local")
    assert said.exit == 0
    assert "`credit-risk@1.4.0` stands at `retired`, not at `standby`" in " ".join(said.out.split())
    assert "stage: retired" in world.read(f"{FOLDER.format('1.4.0')}/card.yaml")


def test_without_a_stage_the_choices_are_listed(world, rampgate):
    said = rampgate("rollback", "credit-risk", "--reason", WHY, "--local")
    assert said.exit == 2
    assert "2.0.0 stands at `full`; it can go to `pilot`, `canary`, `ramp`, `retired`" in said.err


def test_up_is_refused(world, rampgate):
    world.write(f"{FOLDER.format('2.0.0')}/card.yaml", card("2.0.0", "canary"))
    world.commit("lower")
    said = rampgate("rollback", "credit-risk", "--version", "2.0.0", "--to", "ramp", "--reason", WHY, "--local")
    assert (said.exit, "`ramp` is not below it" in said.err) == (2, True)


def test_a_reason_that_explains_nothing_is_refused(world, rampgate):
    said = rampgate("rollback", "credit-risk", "--to", "ramp", "--reason", "oops", "--local")
    assert (said.exit, "at least 10 characters" in said.err) == (2, True)


def test_a_stranger_is_told_how_to_say_who_they_are(world, rampgate):
    world.git("config", "user.email", "mallory@example.com")
    said = rampgate("rollback", "credit-risk", "--to", "ramp", "--reason", WHY, "--local")
    assert said.exit == 2
    assert "`mallory@example.com`" in said.err
    assert "--as PERSON (`alice`, `bob`)" in said.err
    assert world.git("branch", "--show-current") == "main"


def test_a_named_person_is_written_down_and_the_user_still_commits(world, rampgate):
    world.git("config", "user.email", "mallory@example.com")
    said = rampgate("rollback", "credit-risk", "--to", "ramp", "--reason", WHY, "--as", "bob", "--local")
    assert said.exit == 0
    assert event(world)["by"] == "bob"
    assert world.git("log", "-1", "--format=%ae") == "mallory@example.com"
    assert "let `bob` open the pull request" in " ".join(said.out.split())


def test_a_misspelt_person_is_corrected(world, rampgate):
    said = rampgate("rollback", "credit-risk", "--to", "ramp", "--reason", WHY, "--as", "bobb", "--local")
    assert (said.exit, "did you mean `bob`?" in said.err) == (2, True)


def test_a_hook_that_refuses_leaves_no_event_behind(world, rampgate):
    hook = world.write(".git/hooks/pre-commit", "#!/bin/sh\nexit 1\n")
    hook.chmod(0o755)
    assert rampgate("rollback", "credit-risk", "--to", "ramp", "--reason", WHY, "--local").exit == 2
    assert world.git("status", "--porcelain", "--untracked-files=all") == ""
    assert world.git("branch", "--format=%(refname:short)") == "main"
    assert not (world.root / FOLDER.format("2.0.0") / "events").exists()


def test_a_rung_where_another_challenger_stands_is_refused_with_the_way(world, rampgate):
    world.write(f"{FOLDER.format('3.0.0')}/card.yaml", card("3.0.0", "canary"))
    world.commit("challenger")
    said = rampgate("rollback", "credit-risk", "--version", "2.0.0", "--to", "ramp", "--reason", WHY, "--local")
    assert (said.exit, "go down to `pilot`" in said.err) == (2, True)


def test_retiring_what_serves_everybody_says_what_the_gate_will_ask(world, rampgate):
    said = rampgate("rollback", "credit-risk", "--version", "2.0.0", "--to", "retired", "--reason", WHY, "--local")
    assert said.exit == 0, said.err
    assert "promote a successor first, or roll back" in " ".join(said.out.split())
    assert "stage: standby" in world.read(f"{FOLDER.format('1.4.0')}/card.yaml")


def test_a_move_made_from_another_branch_says_so(world, rampgate):
    world.branch("feature-x")
    said = rampgate("rollback", "credit-risk", "--to", "ramp", "--reason", WHY, "--local")
    assert "it was made from branch `feature-x`, not from `main`" in " ".join(said.out.split())
    assert "git checkout feature-x" in said.out


def test_a_move_from_a_commit_without_a_branch_goes_back_to_it_when_it_fails(world, rampgate):
    world.git("checkout", "-q", "--detach")
    before = world.head
    world.write(".git/hooks/pre-commit", "#!/bin/sh\nexit 1\n").chmod(0o755)
    assert rampgate("rollback", "credit-risk", "--to", "ramp", "--reason", WHY, "--local").exit == 2
    assert (world.head, world.git("branch", "--show-current"), world.git("status", "--porcelain")) == (before, "", "")


def test_without_anything_but_the_model_the_choices_are_told(world, rampgate):
    said = rampgate("rollback", "credit-risk")
    assert said.exit == 2
    assert "say where to with --to" in said.err
    assert "2.0.0 stands at `full`; it can go to `pilot`, `canary`, `ramp`, `retired`" in said.err


def test_without_a_reason_it_asks_for_one(rampgate):
    said = rampgate("rollback", "credit-risk", "--to", "canary")
    assert (said.exit, '--reason "what happened"' in said.err) == (2, True)


def test_who_takes_over_is_told_when_the_version_that_serves_retires(world, rampgate):
    path = f"{FOLDER.format('2.0.0')}/card.yaml"
    world.write(path, world.read(path).partition("fallback:")[0] + "fallback: {kind: human, target: The credit desk}\n")
    world.commit("people take over")
    said = rampgate("rollback", "credit-risk", "--version", "2.0.0", "--to", "retired", "--reason", WHY, "--local")
    assert "no version serves at `full` now; `The credit desk` takes over" in " ".join(said.out.split())
