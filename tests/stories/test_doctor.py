"""`rampgate github doctor` on a repository that `rampgate github init` set up, and with one thing changed at a time.

The forge answers over HTTP as GitHub does; the clone is real Git. Set-up: an App publishes, reviews wake the gate.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest

from forge.server import Forge
from rampgate.app.github.files import GitHubAnswers, files
from rampgate.app.github.files import rulesets as ruleset_bodies
from worlds.command_line import CommandLine
from worlds.github_set_up import LIGHT, STRONG
from worlds.governed_world import RITA, SAM, STRANGER, GovernedWorld, dump

GATE = ".github/workflows/rampgate-gate.yml"
NO_HISTORY = ("history-not-declared", "advice")
"""Found in every scene here: the history has scenes of its own."""


@dataclass
class Scene:
    """The forge, the clone, and the command that is asked."""

    forge: Forge
    world: GovernedWorld
    command: CommandLine
    monkeypatch: pytest.MonkeyPatch

    def doctor(self, *words: str, token: str | None = None) -> Any:
        """Fetch, run the doctor with an administrator's token unless another is given, and return what it said."""
        self.world.git("fetch", "-q", "origin")
        for name, value in self.forge.environ(token).items():
            self.monkeypatch.setenv(name, value)
        return self.command("github", "doctor", *words)

    def found(self, token: str | None = None) -> set[tuple[str, str]]:
        said = self.doctor("--format", "json", token=token)
        assert said.exit in (0, 10), said.err
        return {(each["check"], each["severity"]) for each in json.loads(said.out)["findings"]} - {NO_HISTORY}

    def push(self, path: str, text: str) -> None:
        """Let a file land on main, at the forge too."""
        self.world.write(path, text)
        self.world.commit("change")
        self.forge.hub.git.fetch_from(self.world.root, "+refs/heads/main:refs/heads/main")

    def ruleset(self, name: str) -> dict[str, Any]:
        return next(each for each in self.forge.state.rulesets.values() if each["name"] == f"rampgate: {name}")


@pytest.fixture
def set_up(world, start_forge, capsys, monkeypatch) -> Callable[..., Scene]:
    """A forge whose repository stands as `github init` says."""

    def start(answers: GitHubAnswers = STRONG) -> Scene:
        for path, data in files(answers).items():
            world.write(path, data.decode())
        world.commit("under the gate")
        forge = start_forge(world)
        state = forge.state
        state.rulesets = dict(enumerate(ruleset_bodies(answers).values(), 1))
        named = {"protected_branches": False, "custom_branch_policies": True}
        state.environments["model-gate"] = {"deployment_branch_policy": named, "can_admins_bypass": False}
        state.environment_branches["model-gate"] = ["main"]
        state.runs["rampgate-monitor.yml"] = [run("2026-11-20T05:30:00Z")]
        monkeypatch.setenv("COLUMNS", "80")
        return Scene(forge, world, CommandLine(capsys, world.root), monkeypatch)

    return start


def run(ended: str) -> dict[str, Any]:
    times = {"created_at": ended, "run_started_at": ended, "updated_at": ended}
    return {"id": 1, "event": "schedule", "status": "completed", "conclusion": "failure", **times}


def test_a_repository_as_init_leaves_it_has_no_hole(set_up):
    said = set_up().doctor()
    assert said.exit == 0, said.out
    assert said.out.startswith("profile strong: ")
    assert [line for line in said.out.splitlines() if line.startswith(("HOLE", "weakness", "?", "advice"))] == [
        "advice    history-not-declared"
    ]
    assert "1 advice; 51 checks" in said.out


def test_the_light_profile_is_told_first_and_ends_with_ten(set_up):
    said = set_up(LIGHT).doctor()
    assert said.exit == 10
    assert said.out.startswith("profile light: ")
    assert "HOLE      status-not-pinned" in said.out
    assert "next: close `status-not-pinned`" in said.out


def test_where_nothing_is_set_up_the_first_step_is_to_do_so(set_up):
    """Four holes and a required status whose ruleset nobody has yet: one command writes what closes them."""
    scene = set_up(LIGHT)
    scene.forge.state.rulesets = {}
    scene.world.remove(".github")
    scene.push("README.md", "x\n")
    said = scene.doctor()
    assert said.exit == 10, said.err
    assert said.out.startswith("no profile: ")
    assert "next: set it up with `rampgate github init`, then run" in said.out


def _bypass(scene: Scene) -> None:
    scene.ruleset("governed branch")["bypass_actors"] = [
        {"actor_id": 5, "actor_type": "RepositoryRole", "bypass_mode": "always"}
    ]


def _evaluate_only(scene: Scene) -> None:
    scene.ruleset("governed branch")["enforcement"] = "evaluate"


def _protect_classically(scene: Scene) -> None:
    """The ruleset sleeps, and classic protection says the same, administrators included."""
    _evaluate_only(scene)
    scene.forge.state.branch_protection["main"] = {
        "required_status_checks": {
            "strict": True, "contexts": [], "checks": [{"context": "rampgate/verdict", "app_id": 4242}],
        },
        "required_pull_request_reviews": {"dismiss_stale_reviews": False, "require_code_owner_reviews": False},
        "enforce_admins": {"url": f"{scene.forge.url}/enforce", "enabled": True},
        "allow_force_pushes": {"enabled": False},
        "allow_deletions": {"enabled": False},
    }  # fmt: skip


def _history_branch(scene: Scene) -> None:
    scene.world.git("branch", "decisions")
    scene.forge.hub.git.fetch_from(scene.world.root, "refs/heads/decisions:refs/heads/decisions")
    scene.ruleset("decisions are never rewritten")["enforcement"] = "disabled"


def _environment(**changes: Any) -> Callable[[Scene], None]:
    return lambda scene: scene.forge.state.environments["model-gate"].update(changes)


def _suite(scene: Scene) -> None:
    scene.forge.state.rule_suites.append(
        {
            "id": 8, "actor_id": STRANGER["id"], "actor_name": "mallory", "before_sha": "b" * 40, "after_sha": "c" * 40,
            "ref": "refs/heads/main", "repository_id": 42, "repository_name": "models",
            "pushed_at": "2026-11-14T09:00:00Z", "result": "bypass", "evaluation_result": "bypass",
        }
    )  # fmt: skip


def _people(scene: Scene, *changes: tuple[str, str]) -> None:
    text = (scene.world.root / "policies/people.yaml").read_text()
    for old, new in changes:
        assert old in text
        text = text.replace(old, new)
    scene.push("policies/people.yaml", text)


def _team(scene: Scene) -> None:
    text = json.loads((scene.world.root / "policies/people.yaml").read_text())
    text["teams"] = [{"forge": "github", "organization": "acme", "slug": "model-risk", "roles": ["risk"]}]
    scene.push("policies/people.yaml", dump(text))


def _link(scene: Scene) -> None:
    (scene.world.root / ".github/workflows/x.yml").symlink_to("../../policies/people.yaml")
    scene.world.commit("link")
    scene.forge.hub.git.fetch_from(scene.world.root, "+refs/heads/main:refs/heads/main")


def _owner_error(scene: Scene) -> None:
    scene.forge.state.codeowners_errors.append(
        {"line": 3, "column": 1, "kind": "Unknown owner", "message": "Unknown owner", "path": ".github/CODEOWNERS"}
    )


# sentence -> (what is changed, everything that must be found then)
CHANGES: dict[str, tuple[Callable[[Scene], object], set[tuple[str, str]]]] = {
    "administrators may pass by": (_bypass, {("bypass-actors", "hole")}),
    "the ruleset only evaluates": (_evaluate_only, {
        ("status-not-required", "hole"), ("force-push-allowed", "hole"), ("deletion-allowed", "hole"),
        ("pull-request-not-required", "weakness"), ("rebase-allowed", "unknown"),
    }),
    "classic protection instead": (_protect_classically, {("rebase-allowed", "unknown")}),
    "decisions may be rewritten": (_history_branch, {("history-not-protected", "weakness")}),
    "the environment is gone": (
        lambda scene: scene.forge.state.environments.clear(), {("environment-absent", "hole")},
    ),
    "the environment is open": (_environment(deployment_branch_policy=None), {("environment-open", "hole")}),
    "the environment names another branch": (
        lambda scene: scene.forge.state.environment_branches.update({"model-gate": ["main", "*"]}),
        {("environment-open", "hole")},
    ),
    "workflows may approve": (
        lambda scene: scene.forge.state.workflow_permissions.update(can_approve_pull_request_reviews=True),
        {("actions-may-approve", "weakness")},
    ),
    "tokens write": (
        lambda scene: scene.forge.state.workflow_permissions.update(default_workflow_permissions="write"),
        {("token-writes-by-default", "weakness")},
    ),
    "the gate is gone": (
        lambda scene: (scene.world.remove(GATE), scene.push("README.md", "x\n")),
        {("gate-absent", "hole"), ("queue-without-signal", "weakness")},
    ),
    "a workflow is a link": (_link, {("workflow-not-readable", "unknown")}),
    "a workflow is no YAML": (
        lambda scene: scene.push(".github/workflows/x.yml", "on: [push\n"), {("workflow-not-readable", "unknown")},
    ),
    "somebody passed by": (_suite, {("rules-were-passed-by", "weakness")}),
    "a login has another number": (
        lambda scene: _people(scene, ('"id": 1005', '"id": 77')), {("account-renamed", "weakness")},
    ),
    "a login is nobody's": (
        lambda scene: _people(scene, ('"login": "rita"', '"login": "rita-old"')),
        {("account-renamed", "weakness"), ("no-write-permission", "advice")},
    ),
    "a person may not write": (
        lambda scene: scene.forge.state.permissions.update({SAM["login"]: "read"}),
        {("no-write-permission", "advice")},
    ),
    "a team is not there": (_team, {("teams-not-readable", "unknown")}),
    "a team is there": (lambda scene: (_team(scene), scene.forge.team("model-risk", RITA)), set()),
    "CODEOWNERS has a fault": (_owner_error, {("codeowners-errors", "weakness")}),
    "broken people": (lambda scene: scene.push("policies/people.yaml", "people: 1\n"), {
        ("policies-not-readable", "weakness"),
    }),
    "the monitor sleeps": (
        lambda scene: scene.forge.state.runs.update({"rampgate-monitor.yml": [run("2026-11-01T05:30:00Z")]}),
        {("monitor-stale", "weakness")},
    ),
    "the monitor is not known yet": (
        lambda scene: scene.forge.state.runs.pop("rampgate-monitor.yml"), {("monitor-stale", "unknown")},
    ),
    "the monitor never ran": (
        lambda scene: scene.forge.state.runs.update({"rampgate-monitor.yml": []}), {("monitor-stale", "advice")},
    ),
}  # fmt: skip


@pytest.mark.parametrize("sentence", CHANGES)
def test_what_was_changed_is_found_and_nothing_else(set_up, sentence):
    change, expected = CHANGES[sentence]
    scene = set_up()
    change(scene)
    assert scene.found() == expected


def test_a_workflows_own_token_is_told_what_it_can_not_see(set_up):
    """As the monitor runs it: `contents: read` and `actions: read`, nothing else."""
    scene = set_up()
    del scene.ruleset("governed branch")["bypass_actors"]
    token = scene.forge.token(
        installation=True, administration="none", members="none", statuses="none", contents="read", issues="none"
    )
    assert scene.found(token) == {
        ("bypass-actors", "unknown"),
        ("token-writes-by-default", "unknown"),
        ("actions-may-approve", "unknown"),
        ("rules-were-passed-by", "unknown"),
    }
    said = scene.doctor(token=token)
    assert said.exit == 0
    assert "1 advice; 51 checks, of which 4 could not be made" in said.out
    assert said.out.endswith("next: run it once with a token that has `administration: write`\n")
    told = " ".join(said.out.split())
    assert "? token-writes-by-default, actions-may-approve, rules-were-passed-by" in told


def test_a_monitor_that_github_does_not_know_yet_is_told_with_both_causes(set_up):
    scene = set_up()
    scene.forge.state.runs.pop("rampgate-monitor.yml")
    told = " ".join(scene.doctor().out.split())
    assert "GitHub does not know `rampgate-monitor.yml` yet, or does not show it to this token (404)" in told
    assert (
        "fix: if it has just been merged, start it once: `gh workflow run rampgate-monitor.yml`; else run it with a "
        "token that has `actions: read`"
    ) in told
    assert "next: run it once with a token" not in told


def test_a_monitor_whose_runs_are_refused_needs_another_token(set_up):
    scene = set_up()
    told = " ".join(scene.doctor(token=scene.forge.token(RITA, actions="none")).out.split())
    assert "does not know `rampgate-monitor.yml`" not in told
    assert "run it with a token that has `actions: read`" in told


def test_nothing_is_written(set_up):
    scene = set_up()
    scene.doctor()
    assert {call.method for call in scene.forge.calls} == {"GET"}


def test_the_branch_is_the_one_that_the_policies_name(set_up):
    scene = set_up()
    scene.world.git("branch", "trunk")
    scene.forge.hub.git.fetch_from(scene.world.root, "refs/heads/trunk:refs/heads/trunk")
    text = json.loads((scene.world.root / "policies/governance.yaml").read_text())
    scene.push("policies/governance.yaml", dump({**text, "branch": "trunk"}))
    said = scene.doctor("--format", "json")
    assert json.loads(said.out)["branch"] == "trunk"
    assert "default-branch-not-governed" in said.out


def test_another_status_may_carry_the_verdict(set_up):
    said = set_up().doctor("--context", "acme/gate")
    assert said.exit == 10
    assert "requires the status `acme/gate`" in said.out


@pytest.mark.parametrize("format_", ["text", "markdown", "json"])
def test_hostile_names_are_shown_and_do_nothing(set_up, format_):
    """A login in CODEOWNERS or the name of an action is a stranger's text."""
    scene = set_up()
    text = files(STRONG)[GATE].decode()
    scene.push(
        GATE,
        text.replace(
            "    steps:\n", "    steps:\n      - uses: 'x`<b>@team`</b>/x@v1'\n      - uses: '::error::x'\n", 1
        ),
    )
    said = scene.doctor("--format", format_)
    assert "<b>" not in said.out or format_ != "markdown"
    assert not any(line.lstrip().startswith("::") for line in said.out.splitlines())


def test_every_line_fits_eighty_columns_unless_one_word_does_not(set_up):
    scene = set_up(LIGHT)
    _bypass(scene)
    _suite(scene)
    said = scene.doctor()
    assert [line for line in said.out.splitlines() if len(line) > 80 and len(line.split()) > 1] == []


def test_markdown_names_the_holes(set_up):
    said = set_up(LIGHT).doctor("--format", "markdown")
    assert said.out.startswith("### 1 hole, 1 advice; 51 checks\n")
    assert "- **HOLE** `status-not-pinned`: " in said.out


UNREACHABLE = {
    "the token is not valid": (lambda scene: scene.forge.fail_next("GET", "/repos/acme/models", 401), 4),
    "the rules are not shown": (lambda scene: scene.forge.fail_next("GET", "*/rules/branches/main", 403), 4),
    "the clone lacks the branch": (lambda scene: None, 2),
}


@pytest.mark.parametrize("sentence", UNREACHABLE)
def test_what_can_not_be_told_is_no_finding(set_up, sentence):
    change, code = UNREACHABLE[sentence]
    scene = set_up()
    change(scene)
    said = scene.doctor(*(["--branch", "elsewhere"] if code == 2 else []))
    assert (said.exit, said.out) == (code, "")
    assert said.err


def test_the_repository_is_the_one_of_the_clones_origin(set_up):
    scene = set_up()
    for name, value in scene.forge.environ().items():
        scene.monkeypatch.setenv(name, value)
    scene.monkeypatch.delenv("GITHUB_REPOSITORY")
    said = scene.command("github", "doctor", "--format", "json")
    assert said.exit == 0, said.err
    assert json.loads(said.out)["repository"] == "acme/models"


def test_an_origin_on_another_host_gets_no_token(set_up):
    scene = set_up()
    scene.world.git("remote", "set-url", "origin", "https://git.evil.example/acme/models.git")
    for name, value in scene.forge.environ().items():
        scene.monkeypatch.setenv(name, value)
    scene.monkeypatch.delenv("GITHUB_REPOSITORY")
    said = scene.command("github", "doctor")
    assert said.exit == 2
    assert "set GITHUB_REPOSITORY" in said.err
    assert scene.forge.calls == []


def test_without_a_token_nothing_is_asked(set_up, monkeypatch):
    scene = set_up()
    said = scene.doctor(token="")
    assert said.exit == 2
    assert "GITHUB_TOKEN" in said.err
    assert scene.forge.calls == []
