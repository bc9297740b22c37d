"""The action, run for real: what each event of GitHub leads to, how the step ends, and what nobody can plant in it."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

import node_side
from forge import webhooks
from harness.action_world import ROOT, Action
from harness.expressions import Expressions
from harness.runner import Event, Runner
from workflows.files import load
from worlds.git_world import clean_environment
from worlds.governed_world import ALICE, GOVERNANCE, OTTO, RITA, ROBOT, STRANGER, dump

pytestmark = pytest.mark.peer


@pytest.fixture(scope="module")
def expressions():
    with Expressions() as engine:
        yield engine


@pytest.fixture
def action(forge, tmp_path, expressions) -> Action:
    return Action(forge, tmp_path / "runner", expressions)


def promotion(world, forge, *, by=ALICE, draft=False, fork=False, **fields):
    world.branch("promote")
    world.edit_card(stage="canary", **fields)
    world.commit("promote", author=(by["name"], by["email"]), committer=(by["name"], by["email"]))
    forge.push(world, "promote", by=by, fork=fork)
    return forge.open_pull("promote", "main", by, draft=draft, fork=fork)


def told(ran) -> dict[str, str]:
    """The outputs, without where files are."""
    return {name: value for name, value in ran.outputs.items() if name not in {"report-path", "report-dir"}}


OF_THE_MODEL = {"change": "promote", "model": "credit-risk", "version": "2.0.0"}


def test_an_opened_pull_request_is_judged_and_the_step_is_green(world, forge, action):
    pull = promotion(world, forge)
    ran = action.opened(pull)
    assert ran.conclusion == "success", ran.log.text
    assert told(ran) == {"verdict": "hold", "exit-code": "11", **OF_THE_MODEL}
    assert ran.steps == {"install": "skipped", "run": "success"}
    assert forge.verdict(pull.head_sha).state == "pending"
    assert (ran.warnings, ran.log.unknown, ran.log.dropped) == ([], [], 0)
    assert "### hold" in ran.summary
    decision = json.loads(Path(ran.outputs["report-path"]).read_text())
    assert decision["verdict"] == "hold"
    reports = {path.name for path in Path(ran.outputs["report-dir"]).iterdir()}
    assert reports == {"decision.json", "decision.sarif", "decision.xml"}


def test_a_review_leads_to_success_and_one_comment_is_kept(world, forge, action):
    pull = promotion(world, forge)
    action.opened(pull)
    review = forge.review(pull, RITA, "APPROVED")
    ran = action.reviewed(review)
    assert (ran.conclusion, told(ran)) == ("success", {"verdict": "allow", "exit-code": "0", **OF_THE_MODEL})
    assert forge.verdict(pull.head_sha).state == "success"
    forge.dismiss(review, OTTO, "too early")
    assert told(action.reviewed(review))["verdict"] == "hold"
    assert forge.verdict(pull.head_sha).state == "pending"
    assert len([each for each in forge.state.comments if each.pull == pull.number]) == 1


def test_the_merge_queue_gets_its_verdict(world, forge, action):
    pull = promotion(world, forge)
    forge.review(pull, RITA, "APPROVED")
    action.opened(pull)
    event = forge.enqueue(pull)
    ran = action.queued(event)
    assert (ran.conclusion, told(ran)["verdict"]) == ("success", "allow"), ran.log.text
    assert forge.verdict(event["merge_group"]["head_sha"]).state == "success"


def test_a_fork_is_refused_unless_the_rules_say_otherwise(world, forge, action):
    pull = promotion(world, forge, fork=True)
    assert told(action.opened(pull))["verdict"] == "deny"
    ran = action.reviewed(forge.review(pull, RITA, "APPROVED"))
    assert (told(ran)["verdict"], forge.verdict(pull.head_sha).state) == ("deny", "failure"), ran.log.text


def test_a_fork_that_the_rules_allow_is_judged_like_everybody(world, start_forge, tmp_path, expressions):
    world.write("policies/governance.yaml", dump({**GOVERNANCE, "forks": "allowed"}))
    world.base = world.commit("forks", author=("Otto", OTTO["email"]), committer=("Otto", OTTO["email"]))
    forge = start_forge(world)
    action = Action(forge, tmp_path / "runner", expressions)
    pull = promotion(world, forge, fork=True)
    assert told(action.opened(pull))["verdict"] == "hold"
    ran = action.reviewed(forge.review(pull, RITA, "APPROVED"))
    assert (told(ran)["verdict"], forge.verdict(pull.head_sha).state) == ("allow", "success"), ran.log.text


def test_a_review_by_a_bot_or_a_stranger_changes_nothing(world, forge, action):
    pull = promotion(world, forge)
    for who in (ROBOT, STRANGER):
        ran = action.reviewed(forge.review(pull, who, "APPROVED"))
        assert (told(ran)["verdict"], forge.verdict(pull.head_sha).state) == ("hold", "pending")


def test_a_promotion_by_a_listed_bot_waits_for_people(world, forge, action):
    pull = promotion(world, forge, by=ROBOT)
    assert (told(action.opened(pull))["verdict"], forge.verdict(pull.head_sha).state) == ("hold", "pending")
    ran = action.reviewed(forge.review(pull, RITA, "APPROVED"))
    assert (told(ran)["verdict"], forge.verdict(pull.head_sha).state) == ("allow", "success")


def test_a_draft_is_judged_and_told_before_it_is_ready(world, forge, action):
    pull = promotion(world, forge, draft=True)
    ran = action.opened(pull)
    assert (ran.conclusion, told(ran)["verdict"]) == ("success", "hold")
    assert forge.verdict(pull.head_sha).state == "pending"


def test_a_moved_base_has_every_open_pull_request_judged_again(world, forge, action):
    pull = promotion(world, forge)
    forge.review(pull, RITA, "APPROVED")
    for ran in (action.base_moved(), action.nightly()):
        assert (ran.conclusion, told(ran)["exit-code"], told(ran)["verdict"]) == ("success", "0", ""), ran.log.text
        assert forge.verdict(pull.head_sha).state == "success"


# what the card says -> verdict, exit code, state of the status
PUBLISHED = {
    "a step that skips a rung": ({"to": "ramp"}, "deny", "10", "failure"),
    "a card that is none": ({"text": "schema: rampgate/card/v1\n"}, "undecided", "3", "error"),
}


@pytest.mark.parametrize("case", PUBLISHED)
def test_a_verdict_that_was_published_ends_the_step_green(case, world, forge, action):
    given, verdict, code, state = PUBLISHED[case]
    world.branch("promote")
    if "to" in given:
        world.edit_card(stage=given["to"])
    else:
        world.write("model_cards/credit-risk/2.0.0/card.yaml", given["text"])
    world.commit("promote")
    forge.push(world, "promote", by=ALICE)
    pull = forge.open_pull("promote", "main", ALICE)
    ran = action.opened(pull)
    assert ran.conclusion == "success", ran.log.text
    assert (told(ran)["verdict"], told(ran)["exit-code"]) == (verdict, code)
    assert forge.verdict(pull.head_sha).state == state
    levels = [each.level for each in ran.annotations]
    assert "error" in levels
    assert ran.log.dropped == 0


def test_a_verdict_that_could_not_be_published_ends_the_step_red(world, forge, action):
    pull = promotion(world, forge)
    forge.fail_next("POST", "*/statuses/*", 404, times=9)
    ran = action.opened(pull)
    assert (ran.conclusion, told(ran)["exit-code"]) == ("failure", "4"), ran.log.text
    assert forge.verdict(pull.head_sha) is None


def test_an_event_that_says_nothing_is_refused_in_red(forge, action):
    ran = action.wake("watch", {})
    assert (ran.conclusion, told(ran)["exit-code"]) == ("failure", "3")


def test_a_command_that_is_none_is_refused_in_red(forge, action):
    ran = action.wake("push", {}, command="ci; id")
    assert (ran.conclusion, told(ran)["exit-code"]) == ("failure", "2")
    assert [each.level for each in ran.annotations] == ["error"]


def test_the_token_is_nowhere_in_what_a_run_leaves(world, forge, action):
    pull = promotion(world, forge)
    ran = action.opened(pull)
    token = action.environ["GITHUB_TOKEN"]
    left = [ran.log.text, ran.summary, json.dumps(ran.outputs)]
    left += [path.read_text() for path in Path(ran.outputs["report-dir"]).iterdir()]
    git = [path for path in (action.checkout / ".git").rglob("*") if path.is_file() and path.suffix != ".pack"]
    left += [path.read_bytes().decode("utf-8", "replace") for path in git]
    assert len(token) > 10
    assert not any(token in text for text in left)
    # Masked by the runner or not: nothing was there to be masked.
    assert "***" not in ran.log.text


def test_nothing_of_a_checkout_is_imported(world, forge, action):
    """What lies in the folder in which a step runs is data, whatever its name."""
    pull = promotion(world, forge)
    for name in ("rampgate", "click", "httpx", "sitecustomize", "usercustomize", "json"):
        (action.checkout / f"{name}.py").write_text("raise SystemExit(66)\n")
    (action.checkout / "action").mkdir()
    (action.checkout / "action/run.sh").write_text("exit 66\n")
    assert told(action.opened(pull))["exit-code"] == "11"


HOSTILE = "::error::planted\n::stop-commands::x\n##[error]planted\n<img src=x onerror=alert(1)>\n```\n# planted"


def test_no_text_of_a_card_is_obeyed_by_the_runner(world, forge, action):
    pull = promotion(world, forge, outcome={"metric": HOSTILE}, notes=HOSTILE)
    ran = action.opened(pull)
    assert told(ran)["exit-code"] in {"3", "10", "11", "12"}
    assert not [each for each in ran.annotations if each.message.startswith("planted")]
    assert not [line for line in ran.summary.splitlines() if line.startswith(("# planted", "::"))]


def checked(forge, tmp_path, expressions, text: str):
    action = Action(forge, tmp_path / "runner", expressions)
    (action.checkout / "model_cards/credit-risk/2.0.0/card.yaml").write_text(text)
    return action.wake("pull_request", {}, command="check", token="")


def test_a_check_ends_as_its_exit_code_says(world, forge, tmp_path, expressions):
    good = (world.root / "model_cards/credit-risk/2.0.0/card.yaml").read_text()
    ran = checked(forge, tmp_path / "good", expressions, good)
    assert (ran.conclusion, told(ran)["exit-code"]) == ("success", "0"), ran.log.text
    ran = checked(forge, tmp_path / "bad", expressions, f"{json.dumps(HOSTILE)}: 1\n'## planted': 2\n")
    assert (ran.conclusion, told(ran)["exit-code"]) == ("failure", "3")
    assert [each.message for each in ran.annotations] == []
    assert "### rampgate check: exit code 3" in ran.summary
    body = ran.summary.split("exit code 3\n", 1)[1]
    assert "card.yaml" in body
    assert all(line.startswith("    ") for line in body.splitlines() if line)


def test_what_landed_as_allowed_is_recorded_in_green_and_what_went_past_in_red(world, forge, action):
    pull = promotion(world, forge)
    action.reviewed(forge.review(pull, RITA, "APPROVED"))
    before = world.rev("main")
    after = forge.merge(pull, ALICE)
    ran = landed(action, forge, before, after)
    assert (ran.conclusion, told(ran)["exit-code"]) == ("success", "0"), ran.log.text
    world.checkout("main")
    world.git(
        "pull", "-q", "--ff-only", forge.git_url.replace("http://", "http://x-access-token:token-of-otto@"), "main"
    )
    world.edit_card(stage="ramp")
    past = world.commit("nobody was asked")
    forge.push(world, "main", by=OTTO)
    ran = landed(action, forge, after, past)
    assert (ran.conclusion, told(ran)["exit-code"]) == ("failure", "10"), ran.log.text
    assert "past the gate" in ran.summary


def landed(action, forge, before, after):
    words = ["git", "pull", "-q", "--ff-only", str(forge.hub.git.path), "main"]
    subprocess.run(words, cwd=action.checkout, env=clean_environment(), check=True)
    event = webhooks.push(forge.desk, "main", before, after, next(iter(forge.state.accounts.values())))
    return action.wake("push", event, command="record")


def test_waivers_and_holes_are_looked_for_each_day(world, forge, action):
    """Three steps of one job: each ends as its own exit code says, and tells the summary."""
    event = webhooks.schedule(forge.desk)
    for command, conclusion, code in (
        ("waivers", "success", "0"),
        ("check", "success", "0"),
        ("doctor", "failure", "10"),
    ):
        ran = action.wake("schedule", event, command=command)
        assert (ran.conclusion, told(ran)["exit-code"]) == (conclusion, code), ran.log.text
        assert f"### rampgate {command}: exit code {code}" in ran.summary


# event -> what tells runs of the judge apart: those of one commit wait for each other
GROUPS = {
    "a pull request": ({"event": {"pull_request": {"head": {"sha": "a" * 40}}}}, "a" * 40),
    "a signal": ({"event": {"workflow_run": {"head_sha": "b" * 40}}}, "b" * 40),
    "a push": ({"event": {}, "ref": "refs/heads/main"}, "refs/heads/main"),
}


@pytest.mark.parametrize("case", GROUPS)
def test_runs_for_one_commit_wait_for_each_other(case, expressions):
    github, expected = GROUPS[case]
    gate = load((ROOT / ".github/workflows/gate.yml").read_text())
    found = expressions.text(gate["concurrency"]["group"], {"github": github})
    assert found == f"rampgate-gate-{expected}"


# How the requirements come to be there.


def runner_at(tmp_path, expressions, **environ: str) -> Runner:
    runner = Runner(tmp_path / "job", expressions, environ=environ)
    (runner.workspace / "policies").mkdir()
    return runner


def test_an_installation_that_fails_runs_nothing(tmp_path, expressions):
    runner = runner_at(tmp_path, expressions, PIP_NO_INDEX="1")
    ran = runner.run(ROOT, {"command": "check", "python": sys.executable}, Event("push", {}))
    assert (ran.conclusion, ran.steps) == ("failure", {"install": "failure", "run": "skipped"})


def test_a_python_that_is_too_old_or_none_is_refused(tmp_path, expressions):
    ran = runner_at(tmp_path, expressions).run(ROOT, {"command": "check", "python": "false"}, Event("push", {}))
    assert ran.steps == {"install": "failure", "run": "skipped"}
    assert ["3.11 or newer" in each.message for each in ran.annotations] == [True]


def test_a_job_installs_once_and_again_for_another_lock(tmp_path, expressions):
    runner = runner_at(tmp_path, expressions, PIP_NO_INDEX="1")
    home = runner.temp / "rampgate"
    (home / "bin").mkdir(parents=True)
    (home / "bin/python").symlink_to(sys.executable)
    shutil.copy(ROOT / "requirements/runtime.txt", home / "lock.txt")
    ran = runner.run(ROOT, {"command": "check", "python": sys.executable}, Event("push", {}))
    assert ran.steps["install"] == "success"
    (home / "lock.txt").write_text("another\n")
    ran = runner.run(ROOT, {"command": "check", "python": sys.executable}, Event("push", {}))
    assert ran.steps["install"] == "failure"


def test_the_locked_requirements_install_and_are_enough(world, tmp_path, expressions):
    """The whole way, with a package index; nothing is built, and nothing but the lock is taken."""
    network = {name: value for name, value in node_side.with_network().items() if name.startswith("PIP_")}
    runner = Runner(tmp_path / "job", expressions, environ=network, workspace=world.root)
    ran = runner.run(ROOT, {"command": "check", "python": sys.executable}, Event("push", {}))
    if ran.steps["install"] == "failure" and "connection" in ran.log.text.lower():
        pytest.skip("no package index can be reached from here")
    assert (ran.conclusion, ran.outputs["exit-code"]) == ("success", "0"), ran.log.text
    listed = subprocess.run(
        [runner.temp / "rampgate/bin/python", "-m", "pip", "list", "--format=freeze", "--exclude=pip",
         "--exclude=setuptools"],
        capture_output=True, text=True, check=True,
    ).stdout.split()  # fmt: skip
    locked = re.findall(r"^(\S+)==(\S+)", (ROOT / "requirements/runtime.txt").read_text(), re.MULTILINE)
    assert listed
    assert {normal(each.split("==")) for each in listed} == {normal(each) for each in locked}


def normal(pin) -> tuple[str, str]:
    return re.sub(r"[._-]+", "-", pin[0]).lower(), pin[1]
