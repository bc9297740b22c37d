"""`rampgate github init`: what it writes GitHub would take, nothing is overwritten, and no placeholder is believed."""

from __future__ import annotations

import json
import re

import pytest
import yaml

import shared_data
from forge.contract import contract
from rampgate.app.github.files import GitHubAnswers, rulesets
from worlds.command_line import CommandLine

SHA = "0123456789abcdef0123456789abcdef01234567"
PEOPLE = ("--business-owner", "alice:1001:alice-b", "--risk", "rita:1005:rita", "--policy-owner", "rita:1005:rita",
          "--policy-owner", "otto:1010:otto")  # fmt: skip
WORKFLOWS = {f".github/workflows/rampgate-{name}.yml" for name in ("validate", "signal", "gate", "record", "monitor")}
ALWAYS = WORKFLOWS | {
    ".github/CODEOWNERS",
    ".github/rampgate/README.md",
    ".github/rampgate/environment.json",
}
APP = {".github/rampgate/app-manifest.json"}
RULESETS = {f".github/rampgate/ruleset{name}.json" for name in ("", "-merge-queue", "-decisions-history")}
WRITER = ".github/rampgate/ruleset-decisions-writer.json"


@pytest.fixture
def rampgate(tmp_path, capsys):
    said = CommandLine(capsys, tmp_path)
    assert said("init", *PEOPLE, "--yes").exit == 0
    return said


def written(folder) -> set[str]:
    return {path.relative_to(folder).as_posix() for path in (folder / ".github").rglob("*") if path.is_file()}


# arguments -> files
PROFILES = {
    "strong before the App exists": ((), ALWAYS | APP),
    "strong": (("--app-id", "4242"), ALWAYS | APP | RULESETS | {WRITER}),
    "light": (("--profile", "light"), ALWAYS | RULESETS),
}


@pytest.mark.parametrize("case", PROFILES)
def test_a_profile_writes_these_files(case, rampgate, tmp_path):
    arguments, expected = PROFILES[case]
    done = rampgate("github", "init", "--action-ref", SHA, *arguments, "--yes")
    assert (done.exit, done.err, written(tmp_path)) == (0, "", expected)
    assert set(re.findall(r"^  write  (\S+) ", done.out, re.MULTILINE)) == expected
    for path in expected:
        text = (tmp_path / path).read_text()
        assert not re.search(r"@[a-z]+(_[a-z]+)*@|^\[(strong|light)", text, re.MULTILINE), path
    assert rampgate("check").exit == 0


def test_the_rulesets_are_written_once_the_app_has_a_number(rampgate, tmp_path):
    first = rampgate("github", "init", "--action-ref", SHA, "--yes")
    assert "run this again with --app-id" in first.out
    before = {path: (tmp_path / path).read_bytes() for path in written(tmp_path)}
    second = rampgate("github", "init", "--action-ref", SHA, "--app-id", "4242", "--yes")
    assert (second.exit, written(tmp_path) - set(before)) == (0, RULESETS | {WRITER})
    assert {path: (tmp_path / path).read_bytes() for path in before} == before


def test_the_status_is_believed_from_the_app_alone(rampgate, tmp_path):
    rampgate("github", "init", "--action-ref", SHA, "--app-id", "4242", "--yes")
    body = json.loads((tmp_path / ".github/rampgate/ruleset.json").read_text())
    [checks] = [rule["parameters"] for rule in body["rules"] if rule["type"] == "required_status_checks"]
    assert checks["required_status_checks"] == [{"context": "rampgate/verdict", "integration_id": 4242}]
    assert checks["strict_required_status_checks_policy"] is True


@pytest.mark.parametrize("app_id", [None, 4242])
def test_the_rulesets_are_what_the_forge_documents(app_id):
    shared_data.shared("github/openapi-slice.json")
    for body in rulesets(GitHubAnswers("strong", "./", "main", app_id=app_id)).values():
        assert contract().request_faults("POST", "/repos/acme/models/rulesets", {}, body) == []


def test_a_ruleset_that_the_forge_would_refuse_is_seen():
    shared_data.shared("github/openapi-slice.json")
    body = json.loads(json.dumps(rulesets(GitHubAnswers("light", "./", "main"))["ruleset"]))
    del body["rules"][-1]["parameters"]["required_status_checks"][0]["context"]
    assert contract().request_faults("POST", "/repos/acme/models/rulesets", {}, body) != []


def test_the_environment_is_what_the_forge_documents(rampgate, tmp_path):
    shared_data.shared("github/openapi-slice.json")
    rampgate("github", "init", "--action-ref", SHA, "--yes")
    body = json.loads((tmp_path / ".github/rampgate/environment.json").read_text())
    assert contract().request_faults("PUT", "/repos/acme/models/environments/model-gate", {}, body) == []


@pytest.mark.parametrize("app_id", [None, 4242])
def test_nobody_passes_by_the_governed_branch(app_id):
    found = rulesets(GitHubAnswers("strong", "./", "main", app_id=app_id))
    passing = {name: body["bypass_actors"] for name, body in found.items() if body["bypass_actors"]}
    app = [{"actor_id": 4242, "actor_type": "Integration", "bypass_mode": "always"}]
    assert passing == ({"ruleset-decisions-writer": app} if app_id else {})
    assert all(body["enforcement"] == "active" for body in found.values())


def test_a_rollback_waits_for_nobody_and_nothing_is_rebased():
    [rule] = [
        each for each in rulesets(GitHubAnswers("light", "./", "main"))["ruleset"]["rules"]
        if each["type"] == "pull_request"
    ]  # fmt: skip
    assert rule["parameters"]["required_approving_review_count"] == 0
    assert rule["parameters"]["allowed_merge_methods"] == ["merge", "squash"]


def test_code_owners_own_the_rules_and_no_model(rampgate, tmp_path):
    rampgate("github", "init", "--action-ref", SHA, "--yes")
    lines = [
        line.split() for line in (tmp_path / ".github/CODEOWNERS").read_text().splitlines()
        if not line.startswith("#")
    ]  # fmt: skip
    # The last line that fits a file counts, and one without owners takes them away.
    assert lines == [["/policies/", "@rita", "@otto"], ["/policies/waivers/"], ["/.github/", "@rita", "@otto"]]


def test_the_app_may_write_a_status_a_comment_and_the_history_and_nothing_else(rampgate, tmp_path):
    rampgate("github", "init", "--action-ref", SHA, "--yes")
    manifest = json.loads((tmp_path / ".github/rampgate/app-manifest.json").read_text())
    assert manifest["default_permissions"] == {
        "contents": "write", "members": "read", "metadata": "read", "pull_requests": "write", "statuses": "write",
    }  # fmt: skip
    assert manifest["public"] is False
    asked = dict(re.findall(r"[?&](contents|pull_requests|statuses|members)=(\w+)",
                            (tmp_path / ".github/rampgate/README.md").read_text()))  # fmt: skip
    assert asked == {key: value for key, value in manifest["default_permissions"].items() if key != "metadata"}


def test_a_code_owners_file_elsewhere_is_not_put_into_the_shade(rampgate, tmp_path):
    (tmp_path / "CODEOWNERS").write_text("* @rita\n")
    done = rampgate("github", "init", "--action-ref", SHA, "--yes")
    assert not (tmp_path / ".github/CODEOWNERS").exists()
    assert "keep   CODEOWNERS" in done.out
    assert "Look whether `CODEOWNERS` gives" in done.out


def test_a_file_that_is_there_stays_as_it_is(rampgate, tmp_path):
    place = tmp_path / ".github/workflows/rampgate-gate.yml"
    place.parent.mkdir(parents=True)
    place.write_text("mine\n")
    done = rampgate("github", "init", "--action-ref", SHA, "--yes")
    assert (place.read_text(), "keep   .github/workflows/rampgate-gate.yml" in done.out) == ("mine\n", True)


def test_the_commit_that_the_gate_runs_is_taken_on(rampgate, tmp_path):
    """The steps of the README ask for a second run, by when nobody remembers the commit."""
    rampgate("github", "init", "--action-ref", SHA, "--yes")
    assert (
        "`rampgate github init --profile strong --app-id APP_ID`"
        in (tmp_path / ".github/rampgate/README.md").read_text()
    )
    done = rampgate("github", "init", "--profile", "strong", "--app-id", "4242", "--yes")
    assert (done.exit, done.err, written(tmp_path) >= RULESETS) == (0, "", True)
    assert done.out.count("  same   ") == len(ALWAYS | APP)
    assert "keep" not in done.out


@pytest.mark.parametrize(("first", "second"), [("light", "strong"), ("strong", "light")])
def test_the_other_profile_is_not_mixed_into_the_one_that_is_there(first, second, rampgate, tmp_path):
    """A light ruleset beside a strong gate believes a status from anybody, and nobody would notice."""
    rampgate("github", "init", "--action-ref", SHA, "--profile", first, "--yes")
    before = written(tmp_path)
    done = rampgate("github", "init", "--action-ref", SHA, "--profile", second, "--yes")
    assert (done.exit, written(tmp_path)) == (2, before)
    assert f"rampgate-gate.yml` is of the {first} profile; give --replace" in done.err


def test_the_other_profile_replaces_the_one_that_is_there_when_told_so(rampgate, tmp_path):
    rampgate("github", "init", "--action-ref", SHA, "--profile", "light", "--yes")
    (tmp_path / ".github/CODEOWNERS").write_text("/policies/ @rita\n")
    done = rampgate("github", "init", "--app-id", "4242", "--replace", "--yes")
    assert done.exit == 0, done.err
    assert "bytes, instead of what is there)" in done.out
    gate = (tmp_path / ".github/workflows/rampgate-gate.yml").read_text()
    assert ("create-github-app-token" in gate, f"rampgate@{SHA}" in gate) == (True, True)
    assert '"integration_id": 4242' in (tmp_path / ".github/rampgate/ruleset.json").read_text()
    assert (tmp_path / ".github/CODEOWNERS").read_text() == "/policies/ @rita\n"


def test_a_newer_release_replaces_the_older_in_every_workflow(rampgate, tmp_path):
    rampgate("github", "init", "--action-ref", SHA, "--profile", "light", "--yes")
    newer = SHA[::-1]
    kept = rampgate("github", "init", "--action-ref", newer, "--profile", "light", "--yes")
    assert "keep   .github/workflows/rampgate-gate.yml (it is there, and differs)" in kept.out
    assert "--replace writes them anew" in kept.out
    rampgate("github", "init", "--action-ref", newer, "--profile", "light", "--replace", "--yes")
    texts = [(tmp_path / path).read_text() for path in WORKFLOWS]
    assert [SHA in text for text in texts] == [False] * 5
    assert sum(newer in text for text in texts) == 4


def test_a_dry_run_shows_everything_and_writes_nothing(rampgate, tmp_path):
    done = rampgate("github", "init", "--action-ref", SHA, "--dry-run")
    assert (done.exit, written(tmp_path)) == (0, set())
    assert f"uses: rampgate/rampgate@{SHA} # pinned by rampgate" in done.out


def test_the_branch_is_the_one_that_the_policies_name(rampgate, tmp_path):
    governance = tmp_path / "policies/governance.yaml"
    governance.write_text(re.sub(r"^branch: .*$", "branch: trunk", governance.read_text(), flags=re.MULTILINE))
    rampgate("github", "init", "--action-ref", SHA, "--yes")
    record = yaml.load((tmp_path / ".github/workflows/rampgate-record.yml").read_text(), yaml.BaseLoader)
    assert record["on"]["push"] == {"branches": ["trunk"]}
    assert [
        step["with"]["branch"] for step in record["jobs"]["record"]["steps"] if "branch" in step.get("with", {})
    ] == ["trunk"]


# what is given -> words of the refusal
ODD = {
    "no commit": ((), "give --action-ref, the full commit id"),
    "a tag": (("--action-ref", "v1.0.0"), "expected the full commit id of a release"),
    "a short commit": (("--action-ref", "0123456"), "expected the full commit id of a release"),
    "a placeholder": (("--action-ref", "0" * 40), "expected the full commit id of a release"),
    "no repository": (("--action-ref", SHA, "--action", "rampgate"), "expected OWNER/REPOSITORY"),
    "an expression": (("--action-ref", SHA, "--action", "a/${{x}}"), "expected OWNER/REPOSITORY"),
    "a branch of two lines": (("--action-ref", SHA, "--branch", "main]\nx"), "is no name of a branch"),
    "an App in the light profile": (("--action-ref", SHA, "--profile", "light", "--app-id", "3"), "strong profile"),
    "an App without a number": (("--action-ref", SHA, "--app-id", "0"), "1 or more"),
    "nobody to ask": (("--action-ref", SHA), "give --yes to write these files"),
}


@pytest.mark.parametrize("case", ODD)
def test_what_does_not_fit_is_refused_and_nothing_is_written(case, rampgate, tmp_path, monkeypatch):
    arguments, words = ODD[case]
    done = rampgate("github", "init", *arguments, *(() if case == "nobody to ask" else ("--yes",)))
    assert (done.exit, words in done.err, written(tmp_path)) == (2, True, set()), done.err


def test_policies_come_first(tmp_path, capsys):
    done = CommandLine(capsys, tmp_path)("github", "init", "--action-ref", SHA, "--yes")
    assert (done.exit, "run `rampgate init` first" in done.err) == (2, True)


def test_broken_policies_are_told(rampgate, tmp_path):
    (tmp_path / "policies/people.yaml").write_text("people: [\n")
    done = rampgate("github", "init", "--action-ref", SHA, "--yes")
    assert (done.exit, "policies/people.yaml:" in done.err, written(tmp_path)) == (3, True, set())


def test_an_unknown_command_is_told_with_the_nearest(capsys):
    done = CommandLine(capsys)("github", "inti")
    assert (done.exit, "did you mean `init`?" in done.err) == (2, True)


@pytest.mark.parametrize("words", [(), ("init",)])
def test_a_help_page_fits_and_has_exit_codes(words, capsys, monkeypatch):
    monkeypatch.setenv("COLUMNS", "80")
    done = CommandLine(capsys)("github", *words, "--help")
    assert (done.exit, "Exit codes: 0 " in done.out) == (0, True)
    assert [line for line in done.out.splitlines() if len(line) > 80] == []


def test_members_of_teams_are_read_only_where_a_team_holds_a_role(rampgate, tmp_path):
    """An installation on a personal account has no members to read, and a token that asks for them is refused."""
    first = rampgate("github", "init", "--action-ref", SHA, "--dry-run")
    people = tmp_path / "policies/people.yaml"
    team = "teams:\n  - {forge: github, organization: acme, slug: model-risk, roles: [risk]}\n"
    people.write_text(people.read_text() + team)
    second = rampgate("github", "init", "--action-ref", SHA, "--dry-run")
    assert [each.out.count("permission-members: read") for each in (first, second)] == [0, 2]


def test_the_rules_protect_the_branch_that_the_history_is_on(rampgate, tmp_path):
    """Rules for `decisions` would guard nothing where the history is declared on another branch."""
    key = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIP58lEBbfzc/CYVFXGfXHyCFBJJBEVG9Ov8BmlZUu7jC"
    value = {"schema": "rampgate/history/v1", "repository": "github.com/acme/models", "branch": "audit/log",
             "signers": [{"name": "recorder", "key": key}]}  # fmt: skip
    (tmp_path / "policies/history.yaml").write_text(json.dumps(value))
    rampgate("github", "init", "--action-ref", SHA, "--app-id", "4242", "--yes")
    for name in ("history", "writer"):
        body = json.loads((tmp_path / f".github/rampgate/ruleset-decisions-{name}.json").read_text())
        assert body["conditions"]["ref_name"]["include"] == ["refs/heads/audit/log"]
    assert "`audit/log`" in (tmp_path / ".github/rampgate/README.md").read_text()
