"""What no linter sees in the workflows and the action: what they may, what they take, and that they are one text."""

from __future__ import annotations

import re

import pytest

from rampgate.app.github import files as github_files
from rampgate.app.github.files import CONTEXT, OWN_ACTION, WORKFLOWS, GitHubAnswers
from workflows.files import ANSWERS, EVERY, OWN, ROOT, SETS, USES, load

ACTION = load((ROOT / "action.yml").read_text())

# job -> permission -> level; what is not here is not granted.
READ = {"contents": "read"}
MAY = {
    "check": READ,
    "wake": {},
    "watch": {"contents": "read", "actions": "read"},
    "run": READ,
}
JUDGE_MAY = {
    "own": READ,
    "strong": READ,
    "strong with teams": READ,
    "light": {"contents": "read", "pull-requests": "write", "statuses": "write"},
}
RECORDER_MAY = {
    "own": READ,
    "strong": READ,
    "strong with teams": READ,
    "light": {"contents": "write", "pull-requests": "read", "statuses": "read"},
}
RECORDERS_APP_MAY = {"permission-contents": "write", "permission-pull-requests": "read", "permission-statuses": "read"}
APP_MAY = {"permission-contents": "read", "permission-pull-requests": "write", "permission-statuses": "write"}

TRIGGERS = {
    "validate": {"pull_request", "merge_group"},
    "signal": {"pull_request_review", "merge_group"},
    "gate": {"pull_request_target", "workflow_run", "push", "schedule", "workflow_dispatch"},
    "record": {"push", "pull_request_target", "workflow_dispatch"},
    "monitor": {"schedule", "workflow_dispatch"},
}


def expressions_in(value: object, place: str = "") -> list[tuple[str, str]]:
    """Return every text of a workflow with an expression: (dotted place, text)."""
    if isinstance(value, dict):
        return [each for key, inner in value.items() for each in expressions_in(inner, f"{place}.{key}")]
    if isinstance(value, list):
        return [each for inner in value for each in expressions_in(inner, place)]
    return [(place, value)] if isinstance(value, str) and "${{" in value else []


@pytest.mark.parametrize("workflow", EVERY, ids=str)
def test_a_job_may_what_it_needs_and_no_more(workflow):
    assert workflow.value["permissions"] == {}
    for job, value in workflow.jobs.items():
        may = {**MAY, "judge": JUDGE_MAY[workflow.set_], "record": RECORDER_MAY[workflow.set_]}
        assert value["permissions"] == may[job], job


@pytest.mark.parametrize(("name", "may"), [("gate", APP_MAY), ("record", RECORDERS_APP_MAY)])
@pytest.mark.parametrize("set_", SETS)
def test_the_apps_token_may_what_the_job_needs(set_, name, may):
    """Whoever judges changes no file, and whoever writes the history publishes no verdict."""
    workflow = next(workflow for workflow in SETS[set_] if workflow.name == name)
    steps = [step for step in workflow.steps if "create-github-app-token" in step.get("uses", "")]
    asked = [{key: value for key, value in step["with"].items() if key.startswith("permission-")} for step in steps]
    teams = {"permission-members": "read"} if "teams" in set_ else {}
    assert asked == ([] if set_ == "light" else [may | teams])


def test_the_app_may_what_its_tokens_ask_for_and_no_more():
    """A token never gets more than the App was given, and what nothing asks for is a way in that nobody needs."""
    asked = APP_MAY | RECORDERS_APP_MAY | {"permission-members": "read"}
    writes = {key for each in (APP_MAY, RECORDERS_APP_MAY) for key, level in each.items() if level == "write"}
    needed = {key.removeprefix("permission-"): "write" if key in writes else "read" for key in asked}
    given = {key.replace("_", "-"): level for key, level in github_files.APP_MANIFEST["default_permissions"].items()}
    assert given == {**needed, "metadata": "read"}
    link = github_files.files(ANSWERS["strong"])[".github/rampgate/README.md"].decode()
    assert dict(re.findall(r"[?&](contents|pull_requests|statuses|members)=(\w+)", link)) == {
        key.replace("-", "_"): level for key, level in needed.items()
    }


@pytest.mark.parametrize("set_", [*ANSWERS, "own"])
def test_the_keys_are_reachable_from_the_environment_alone(set_):
    named = {workflow.name: workflow for workflow in SETS[set_]}
    guarded = {job: value.get("environment") for name in ("gate", "record") for job, value in named[name].jobs.items()}
    environment = {"name": "model-gate", "deployment": "false"}
    assert guarded == {"judge": None if set_ == "light" else environment, "record": environment}
    secrets = {name: set(re.findall(r"secrets\.(\w+)", workflow.text)) for name, workflow in named.items()}
    of_the_app = set() if set_ == "light" else {"RAMPGATE_APP_KEY"}
    found = {name: keys for name, keys in secrets.items() if keys}
    expected = {"gate": of_the_app, "record": {*of_the_app, "RAMPGATE_HISTORY_KEY"}}
    assert found == {name: keys for name, keys in expected.items() if keys}


@pytest.mark.parametrize("workflow", EVERY, ids=str)
def test_no_expression_reaches_a_shell(workflow):
    assert [place for place, _ in expressions_in(workflow.value) if place.endswith(".run")] == []


def test_no_expression_of_the_action_reaches_a_shell():
    assert [place for place, _ in expressions_in(ACTION) if place.endswith(".run")] == []


@pytest.mark.parametrize("workflow", EVERY, ids=str)
def test_no_workflow_is_filtered_by_paths(workflow):
    """A required status that a filter leaves out stays awaited for ever."""
    assert not re.search(r"^\s*paths(-ignore)?:", workflow.text, re.MULTILINE)


@pytest.mark.parametrize("workflow", EVERY, ids=str)
def test_a_workflow_is_woken_by_these_events(workflow):
    if workflow.name != "ci":
        assert set(workflow.value["on"]) == TRIGGERS[workflow.name]


@pytest.mark.parametrize("workflow", EVERY, ids=str)
def test_no_job_with_rights_checks_out_a_head(workflow):
    """Where GitHub takes the workflow from the default branch, the files come from there too."""
    trusted = {"pull_request_target", "workflow_run"} & set(workflow.value["on"])
    for step in workflow.steps:
        if step.get("uses", "").startswith("actions/checkout@"):
            assert step["with"]["persist-credentials"] == "false"
            expected = "${{ github.event.repository.default_branch }}" if trusted else None
            assert step["with"].get("ref") == expected
    assert not re.search(r"\bhead_ref\b|head\.ref\b|refs/pull", workflow.text)


@pytest.mark.parametrize("workflow", EVERY, ids=str)
def test_actions_by_others_are_pinned_with_a_version(workflow):
    for line in workflow.text.splitlines():
        named = re.match(r"\s*(?:- )?uses: (\S+)(.*)", line)
        if named and not named[1].startswith("./"):
            assert re.fullmatch(r"[\w.-]+/[\w./-]+@[0-9a-f]{40}", named[1]), line
            assert re.fullmatch(r" # (v\d+\.\d+\.\d+|pinned by rampgate \S+)", named[2]), line


@pytest.mark.parametrize("workflow", EVERY, ids=str)
def test_what_is_given_to_the_action_is_an_input_of_it(workflow):
    given = [
        key for step in workflow.steps
        if step.get("uses", "").startswith(("./", "rampgate/rampgate@")) for key in step.get("with", {})
    ]  # fmt: skip
    assert set(given) <= set(ACTION["inputs"])


def test_what_a_workflow_reads_of_the_action_is_an_output_of_it():
    for workflow in EVERY:
        for name in re.findall(r"steps\.(?:judge|landed)\.outputs\.([a-z-]+)", workflow.text):
            assert name in ACTION["outputs"]


@pytest.mark.parametrize("set_", SETS)
def test_job_names_are_unique_and_none_is_the_context(set_):
    """A required status is looked up by its name alone, whatever workflow or event it came from."""
    names = [job["name"] for workflow in SETS[set_] for job in workflow.jobs.values()]
    assert (len(names) >= 5, len(set(names))) == (True, len(names))
    assert CONTEXT not in names
    assert ACTION["inputs"]["context"]["default"] == CONTEXT


def test_the_judge_is_woken_by_the_names_that_signal_and_record_have():
    for workflows in SETS.values():
        named = {workflow.name: workflow.value for workflow in workflows}
        expected = [named["signal"]["name"], named["record"]["name"]]
        assert named["gate"]["on"]["workflow_run"]["workflows"] == expected


@pytest.mark.parametrize("workflow", EVERY, ids=str)
def test_a_run_that_judges_is_never_cut_off(workflow):
    if workflow.name in {"gate", "record", "monitor", "signal"}:
        assert workflow.value["concurrency"]["cancel-in-progress"] == "false"
    if workflow.name == "record":
        assert workflow.value["concurrency"]["queue"] == "max"
    assert all(int(job["timeout-minutes"]) <= 60 for job in workflow.jobs.values())


@pytest.mark.parametrize("name", WORKFLOWS)
def test_this_repository_runs_the_workflows_that_it_hands_out(name):
    """The strong profile, with the action named by its folder: nothing else differs."""
    here = (OWN / f"{name}.yml").read_text()
    assert here == github_files.workflow(name, GitHubAnswers("strong", OWN_ACTION, "main"))
    theirs = github_files.workflow(name, ANSWERS["strong"])
    assert here.replace(f"uses: {OWN_ACTION}", f"uses: {USES}") == theirs


def test_only_who_holds_the_token_and_what_is_red_differ_between_the_profiles():
    strong, light = (
        {name: github_files.workflow(name, GitHubAnswers(profile, USES, "main")) for name in WORKFLOWS}
        for profile in ("strong", "light")
    )
    assert [name for name in WORKFLOWS if strong[name] != light[name]] == ["gate", "record", "monitor"]
    more = set(light["monitor"].splitlines()) - set(strong["monitor"].splitlines())
    assert [line.split("#")[0].strip() for line in more] == ["continue-on-error: true"]


def test_the_page_of_the_action_lists_its_inputs_and_outputs():
    page = (ROOT / "docs/reference/github-action.md").read_text()
    inputs = re.findall(
        r"^\| `([a-z-]+)` \| (?:`([^`]*)` )?", page.split("## Inputs")[1].split("## Outputs")[0], re.MULTILINE
    )
    outputs = re.findall(r"^\| `([a-z-]+)` \|", page.split("## Outputs")[1].split("## How")[0], re.MULTILINE)
    assert ([name for name, _ in inputs], outputs) == (list(ACTION["inputs"]), list(ACTION["outputs"]))
    for name, default in inputs:
        told = ACTION["inputs"][name].get("default", "")
        assert told == default or (default == "" and ("${{" in told or told == "")), name
