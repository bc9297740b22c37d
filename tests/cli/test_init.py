"""`rampgate init`: what it writes is valid, nothing is overwritten, and nobody is asked in a pipe."""

from __future__ import annotations

import os
import pty
import re
import select
import subprocess
import sys

import pytest

from rampgate.app.setup.init import Answers, Somebody, plan_setup, somebody, write_setup
from rampgate.app.setup.scaffold import roles_of
from rampgate.cli.init import LADDERS
from rampgate.errors import Unreachable, UsageProblem
from rampgate.formats.yaml_text import load_yaml
from rampgate.model.ladder import PRESETS
from worlds.command_line import CommandLine
from worlds.git_world import GitWorld

PEOPLE = ("--business-owner", "alice:1001:alice-b", "--risk", "rita:1005:rita")
ALICE, RITA, RAVI = (Somebody("alice", 1001, "alice-b"), Somebody("rita", 1005, "rita"), Somebody("ravi", 1006, "ravi"))


def files_in(folder) -> set[str]:
    return {
        path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file() and ".git/" not in str(path)
    }


@pytest.fixture
def rampgate(tmp_path, capsys):
    return CommandLine(capsys, tmp_path)


@pytest.mark.parametrize("ladder", PRESETS)
@pytest.mark.parametrize("start", ["warn", "block"])
@pytest.mark.parametrize("risk", [("rita:1005:rita",), ("rita:1005:rita", "ravi:1006:ravi")])
def test_what_init_writes_passes_check(ladder, start, risk, rampgate):
    more = [word for each in risk for word in ("--risk", each)]
    done = rampgate(
        "init", "--business-owner", "alice:1001:alice-b", *more, "--ladder", ladder, "--start", start, "--yes"
    )
    assert (done.exit, done.err) == (0, "")
    checked = rampgate("check")
    assert (checked.exit, checked.out.endswith("no problems\n")) == (0, True), checked.out


def test_the_command_offers_every_ladder():
    assert set(LADDERS) == set(PRESETS)


def test_the_list_of_files_is_shown_and_written(rampgate, tmp_path):
    done = rampgate("init", *PEOPLE, "--yes")
    shown = set(re.findall(r"^  write  (\S+) ", done.out, re.MULTILINE))
    assert shown == files_in(tmp_path) == {
        "policies/ladder.yaml", "policies/people.yaml", "policies/models.yaml", "policies/governance.yaml",
        "policies/glossary.yaml", "policies/baseline.yaml", "policies/README.md", "model_cards/README.md",
        ".rampgate-version",
    }  # fmt: skip
    for path in files_in(tmp_path):
        assert not re.search(r"@[a-z_]+@", (tmp_path / path).read_text()), path


def test_a_file_that_is_there_stays_as_it_is(rampgate, tmp_path):
    (tmp_path / "policies").mkdir()
    (tmp_path / "policies/ladder.yaml").write_text("mine\n")
    done = rampgate("init", *PEOPLE, "--yes")
    assert (tmp_path / "policies/ladder.yaml").read_text() == "mine\n"
    assert "keep   policies/ladder.yaml" in done.out
    assert (done.exit, "policies/ladder.yaml:1:1" in done.err) == (3, True)


def test_a_second_init_changes_nothing(rampgate, tmp_path):
    rampgate("init", *PEOPLE, "--yes")
    before = {path: (tmp_path / path).read_bytes() for path in files_in(tmp_path)}
    done = rampgate("init", *PEOPLE, "--ladder", "10-50-100", "--yes")
    assert done.exit == 0
    assert "There is nothing to write." in done.out
    assert {path: (tmp_path / path).read_bytes() for path in files_in(tmp_path)} == before


def test_a_dry_run_shows_every_file_and_writes_none(rampgate, tmp_path):
    done = rampgate("init", *PEOPLE, "--dry-run")
    assert done.exit == 0
    assert "--- policies/baseline.yaml\nschema: rampgate/policy/v1\n" in done.out
    assert files_in(tmp_path) == set()


# sentence -> (words, part of the message)
WRONG = {
    "nobody is asked in a pipe": ((), "give --business-owner and --risk NAME:ID:LOGIN"),
    "one person is missing": (("--risk", "rita:1005:rita"), "give --business-owner NAME:ID:LOGIN"),
    "nobody confirms in a pipe": (PEOPLE, "give --yes to write these files"),
    "an account without a number": (("--business-owner", "alice:alice-b", "--risk", "rita:1005:rita"), "--business-owner `alice:alice-b`: expected NAME:ID:LOGIN"),
    "a name that no one may have": (("--business-owner", "Alice B:1:alice", "--risk", "rita:1005:rita"), "--business-owner `Alice B:1:alice`"),
    "only one person": (("--business-owner", "alice:1:alice", "--risk", "alice:1:alice"), "a quorum needs two people at least"),
    "two people with one account": (("--business-owner", "alice:1:alice", "--risk", "rita:1:alice"), "the same account id"),
    "a ratio above one": ((*PEOPLE, "--fairness-ratio", "80"), "--fairness-ratio `80`"),
    "a branch that is none": ((*PEOPLE, "--branch", "-x"), "--branch `-x`"),
}  # fmt: skip


@pytest.mark.parametrize("sentence", WRONG)
def test_what_does_not_fit_is_a_usage_error_and_writes_nothing(sentence, rampgate, tmp_path):
    words, expected = WRONG[sentence]
    done = rampgate("init", *words)
    assert (done.exit, files_in(tmp_path)) == (2, set())
    assert expected in done.err


def test_git_is_made_only_where_asked(rampgate, tmp_path):
    rampgate("init", *PEOPLE, "--yes")
    assert not (tmp_path / ".git").exists()
    rampgate("init", *PEOPLE, "--yes", "--git-init")
    assert (tmp_path / ".git").is_dir()


def test_a_folder_inside_a_repository_sets_up_its_root_and_keeps_its_branch(tmp_path, capsys):
    world = GitWorld(tmp_path)
    world.write("src/a.py", "")
    world.commit("start")
    world.git("branch", "-m", "trunk")
    done = CommandLine(capsys, world.root / "src")("init", *PEOPLE, "--yes")
    assert done.exit == 0
    governance = load_yaml((world.root / "policies/governance.yaml").read_bytes(), "governance.yaml").value
    assert governance["branch"] == "trunk"


def test_quorums_grow_with_exposure_where_people_allow_it(tmp_path):
    def risk_needed(answers: Answers, rule: str) -> int:
        data = plan_setup(tmp_path, answers).write["policies/baseline.yaml"]
        rules = {each["id"]: each for each in load_yaml(data, "baseline.yaml").value["rules"]}
        return next(slot["count"] for slot in rules[rule]["with"]["slots"] if slot["role"] == "risk")

    two, three = Answers(ALICE, (RITA,)), Answers(ALICE, (RITA, RAVI))
    assert [risk_needed(two, rule) for rule in ("approval.high", "approval.high-to-most")] == [1, 1]
    assert [risk_needed(three, rule) for rule in ("approval.high", "approval.high-to-most")] == [1, 2]


def test_production_evidence_is_asked_for_only_where_there_was_traffic(tmp_path):
    data = plan_setup(tmp_path, Answers(ALICE, (RITA,), ladder="shadow-5-25-75-100")).write["policies/baseline.yaml"]
    rules = {each["id"]: each for each in load_yaml(data, "baseline.yaml").value["rules"]}
    assert rules["evidence.performance-where-it-serves"]["applies"]["entering"] == ["ramp", "majority", "full"]


def test_every_role_of_the_rules_has_a_holder():
    roles = {role for _, own, _ in roles_of(Answers(ALICE, (RITA,))) for role in own}
    assert roles == {"business_owner", "technical_owner", "risk", "security", "policy_owner"}


def test_a_failure_while_writing_leaves_no_half_setup(tmp_path):
    setup = plan_setup(tmp_path, Answers(ALICE, (RITA,)))
    (tmp_path / "model_cards").write_text("a file where a folder must be")
    with pytest.raises(Unreachable):
        write_setup(setup, git_init=False)
    assert files_in(tmp_path) == {"model_cards"}


def test_an_address_may_follow_the_login():
    assert somebody("alice:1001:alice-b:alice@example.com", "--risk").email == "alice@example.com"
    with pytest.raises(UsageProblem, match="--risk"):
        somebody("alice:1001:alice-b:nowhere", "--risk")


def on_a_terminal(folder, answers: list[str]) -> tuple[int, str]:
    """Run `rampgate init` on a terminal of its own, answering each question once it stands there."""
    terminal, inner = pty.openpty()
    words = [sys.executable, "-m", "rampgate", "init"]
    process = subprocess.Popen(words, cwd=folder, stdin=inner, stdout=inner, stderr=inner)
    os.close(inner)
    said = ""
    waiting = list(answers)
    while select.select([terminal], [], [], 60)[0]:
        try:
            part = os.read(terminal, 4096).decode()
        except OSError:  # the end, on Linux
            break
        if not part:
            break
        said += part
        if waiting and re.search(r"(\]|\)|\?): $|\]: $", said):
            os.write(terminal, f"{waiting.pop(0)}\n".encode())
            said += "\n"
    os.close(terminal)
    return process.wait(60), said


def test_on_a_terminal_it_asks_what_no_option_answered(tmp_path):
    code, said = on_a_terminal(
        tmp_path, ["alice:1001:alice-b", "rita:1005:rita", "10-50-100", "warn", "0.75", "y", "y"]
    )
    assert code == 0, said
    assert (tmp_path / ".git").is_dir()
    assert "trial" in (tmp_path / "policies/ladder.yaml").read_text()
    assert 'at_least: "0.75"' in (tmp_path / "policies/baseline.yaml").read_text()


def test_a_no_on_the_terminal_writes_nothing(tmp_path):
    code, said = on_a_terminal(tmp_path, ["alice:1001:alice-b", "rita:1005:rita", "", "", "", "n"])
    assert (code, files_in(tmp_path)) == (2, set()), said
