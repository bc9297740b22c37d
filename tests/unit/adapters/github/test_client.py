"""Each call: its method, its path, what it sends and what it gives back; and that GitHub's own description has it."""

from __future__ import annotations

import base64
import json
import re
from datetime import UTC, datetime
from urllib.parse import urlsplit

import jsonschema
import pytest

from rampgate.adapters.github.refusals import Refused
from rampgate.errors import Unreachable, UsageProblem
from shared_data import shared

HEAD = "c" * 40
HOME = "/repos/acme/models"
LIST = "list"

# name -> (the call, the line it sends, the body it sends, the template of the path, what is answered)
CALLS = {
    "repository": (lambda g: g.repository(), f"GET {HOME}", None, "/repos/{owner}/{repo}", {}),
    "pull": (lambda g: g.pull(7), f"GET {HOME}/pulls/7", None, "/repos/{owner}/{repo}/pulls/{pull_number}", {}),
    "reviews": (lambda g: g.reviews(7), f"GET {HOME}/pulls/7/reviews", None, "/repos/{owner}/{repo}/pulls/{pull_number}/reviews", LIST),
    "commits": (lambda g: g.commits(7), f"GET {HOME}/pulls/7/commits", None, "/repos/{owner}/{repo}/pulls/{pull_number}/commits", LIST),
    "dismissals": (lambda g: g.dismissals(7), f"GET {HOME}/issues/7/events", None, "/repos/{owner}/{repo}/issues/{issue_number}/events", LIST),
    "pulls_with": (lambda g: g.pulls_with(HEAD), f"GET {HOME}/commits/{HEAD}/pulls", None, "/repos/{owner}/{repo}/commits/{commit_sha}/pulls", LIST),
    "open_pulls": (lambda g: g.open_pulls("main"), f"GET {HOME}/pulls", None, "/repos/{owner}/{repo}/pulls", LIST),
    "create_pull": (
        lambda g: g.create_pull("Promote", "why", "promote", "main"),
        f"POST {HOME}/pulls",
        {"title": "Promote", "body": "why", "head": "promote", "base": "main"},
        "/repos/{owner}/{repo}/pulls",
        {},
    ),
    "merge": (
        lambda g: g.merge(7, HEAD, "squash"),
        f"PUT {HOME}/pulls/7/merge",
        {"sha": HEAD, "merge_method": "squash"},
        "/repos/{owner}/{repo}/pulls/{pull_number}/merge",
        {},
    ),
    "set_status": (
        lambda g: g.set_status(HEAD, "success", "rampgate/verdict", "allow", "https://example.com/run"),
        f"POST {HOME}/statuses/{HEAD}",
        {"state": "success", "context": "rampgate/verdict", "description": "allow", "target_url": "https://example.com/run"},
        "/repos/{owner}/{repo}/statuses/{sha}",
        {},
    ),
    "statuses": (lambda g: g.statuses(HEAD), f"GET {HOME}/commits/{HEAD}/status", None, "/repos/{owner}/{repo}/commits/{ref}/status", {"statuses": [], "total_count": 0}),
    "comments": (lambda g: g.comments(7), f"GET {HOME}/issues/7/comments", None, "/repos/{owner}/{repo}/issues/{issue_number}/comments", LIST),
    "create_comment": (lambda g: g.create_comment(7, "hello"), f"POST {HOME}/issues/7/comments", {"body": "hello"}, "/repos/{owner}/{repo}/issues/{issue_number}/comments", {}),
    "update_comment": (lambda g: g.update_comment(12, "hello"), f"PATCH {HOME}/issues/comments/12", {"body": "hello"}, "/repos/{owner}/{repo}/issues/comments/{comment_id}", {}),
    "team_members": (lambda g: g.team_members("acme", "model-risk"), "GET /orgs/acme/teams/model-risk/members", None, "/orgs/{org}/teams/{team_slug}/members", LIST),
    "viewer": (lambda g: g.viewer(), "GET /user", None, "/user", {}),
    "branch_rules": (lambda g: g.branch_rules("main"), f"GET {HOME}/rules/branches/main", None, "/repos/{owner}/{repo}/rules/branches/{branch}", LIST),
    "rulesets": (lambda g: g.rulesets(), f"GET {HOME}/rulesets", None, "/repos/{owner}/{repo}/rulesets", LIST),
    "ruleset": (lambda g: g.ruleset(3), f"GET {HOME}/rulesets/3", None, "/repos/{owner}/{repo}/rulesets/{ruleset_id}", {}),
    "environment": (lambda g: g.environment("model gate/x"), f"GET {HOME}/environments/model%20gate%2Fx", None, "/repos/{owner}/{repo}/environments/{environment_name}", {}),
    "codeowners_errors": (lambda g: g.codeowners_errors(), f"GET {HOME}/codeowners/errors", None, "/repos/{owner}/{repo}/codeowners/errors", {"errors": []}),
    "permission": (lambda g: g.permission("robot[bot]"), f"GET {HOME}/collaborators/robot%5Bbot%5D/permission", None, "/repos/{owner}/{repo}/collaborators/{username}/permission", {}),
    "workflow_permissions": (lambda g: g.workflow_permissions(), f"GET {HOME}/actions/permissions/workflow", None, "/repos/{owner}/{repo}/actions/permissions/workflow", {}),
    "user": (lambda g: g.user("rita"), "GET /users/rita", None, "/users/{username}", {}),
    "branch_protection": (lambda g: g.branch_protection("release/1"), f"GET {HOME}/branches/release%2F1/protection", None, "/repos/{owner}/{repo}/branches/{branch}/protection", {}),
    "rule_suites": (lambda g: g.rule_suites("main", "bypass", "month"), f"GET {HOME}/rulesets/rule-suites", None, "/repos/{owner}/{repo}/rulesets/rule-suites", LIST),
    "file": (
        lambda g: g.file("policies/people #1.yaml", "main"),
        f"GET {HOME}/contents/policies/people%20%231.yaml",
        None,
        "/repos/{owner}/{repo}/contents/{path}",
        {"type": "file", "encoding": "base64", "content": "YQo=\n", "size": 2},
    ),
}  # fmt: skip

# The description that lies beside a checkout is a part of GitHub's own; these paths are not in that part.
NOT_DESCRIBED = {
    "merge": "documented as `Merge a pull request`",
    "dismissals": "documented as `List issue events`",
    "workflow_permissions": "documented as `Get default workflow permissions for a repository`",
}


def test_bypasses_are_asked_for_by_branch_result_and_time(world):
    world.server.say([])
    world.github.rule_suites("main", "bypass", "month")
    (sent,) = world.server.calls
    assert "ref=refs%2Fheads%2Fmain&rule_suite_result=bypass&time_period=month" in sent.path


def test_the_branches_of_an_environment_are_taken_out_of_their_object(world):
    policies = [{"id": 1, "name": "main"}, {"id": 2, "name": "release/*"}]
    world.server.say({"total_count": 2, "branch_policies": policies})
    assert world.github.environment_branches("model-gate") == policies
    (sent,) = world.server.calls
    assert sent.path.startswith(f"{HOME}/environments/model-gate/deployment-branch-policies")


def test_the_run_that_ended_last_is_the_first_that_is_given(world):
    world.server.say({"total_count": 7, "workflow_runs": [{"id": 9, "updated_at": "2026-11-20T05:30:00Z"}]})
    assert world.github.last_run("rampgate-monitor.yml") == {"id": 9, "updated_at": "2026-11-20T05:30:00Z"}
    (sent,) = world.server.calls
    assert sent.path == f"{HOME}/actions/workflows/rampgate-monitor.yml/runs?status=completed&per_page=1"


def test_a_workflow_that_never_ran_has_no_last_run(world):
    world.server.say({"total_count": 0, "workflow_runs": []})
    assert world.github.last_run("rampgate-monitor.yml") is None


def test_an_answer_without_its_list_is_an_anomaly(world):
    world.server.say({"total_count": 0})
    with pytest.raises(Unreachable, match="without a list of `workflow_runs`"):
        world.github.last_run("rampgate-monitor.yml")


@pytest.mark.parametrize("name", CALLS)
def test_a_call_sends_this(world, name):
    call, line, body, _, answered = CALLS[name]
    world.server.say([] if answered == LIST else answered)
    given = call(world.github)
    (sent,) = world.server.calls
    assert (f"{sent.method} {urlsplit(sent.path).path}", sent.body) == (line, body)
    if name != "file":
        assert given == ([] if answered == LIST else answered)


def test_the_history_of_a_commits_statuses_is_a_list_of_its_own(world):
    world.server.say([])
    assert world.github.status_history(HEAD) == []
    (sent,) = world.server.calls
    assert f"{sent.method} {urlsplit(sent.path).path}" == f"GET {HOME}/commits/{HEAD}/statuses"


def test_every_call_is_in_this_table():
    from rampgate.adapters.github.client import GitHub  # noqa: PLC0415

    asks_nothing = {"time"}
    has_its_own_test = {"environment_branches", "last_run", "status_history"}
    assert {name for name in vars(GitHub) if not name.startswith("_")} - asks_nothing - has_its_own_test == set(CALLS)


@pytest.mark.parametrize("name", CALLS)
def test_a_call_is_in_githubs_description(world, name):
    """Path, method, query and body are those of the published OpenAPI description."""
    call, line, body, template, answered = CALLS[name]
    method, path = line.split(" ")
    assert re.fullmatch(re.sub(r"\{[a-z_]+\}", "[^/]+", template.replace("{path}", ".+")), path)
    described = json.loads(shared("github/openapi-slice.json").read_text(encoding="utf-8"))
    if name in NOT_DESCRIBED:
        assert template not in described["paths"], "it is described now; take it out of the list"
        world.server.script.clear()
        return
    operation = described["paths"][template][method.lower()]
    world.server.say([] if answered == LIST else answered)
    call(world.github)
    known = {_parameter(described, each)["name"] for each in operation.get("parameters", [])}
    asked = {word.partition("=")[0] for word in urlsplit(world.server.calls[0].path).query.split("&") if word}
    assert asked <= known
    if body is not None:
        schema = operation["requestBody"]["content"]["application/json"]["schema"]
        jsonschema.validate(body, _without_null(schema))
        assert set(body) <= set(schema["properties"])


def _parameter(described, each):
    return described["components"]["parameters"][each["$ref"].rpartition("/")[2]] if "$ref" in each else each


def _without_null(schema):
    """OpenAPI 3.0 says `nullable` where JSON Schema says `type: [..., "null"]`; we send no null."""
    return json.loads(json.dumps(schema).replace('"nullable": true, ', ""))


# What a call means


def test_only_dismissals_are_taken_from_the_events(world):
    dismissed = {"id": 2, "event": "review_dismissed", "dismissed_review": {"review_id": 5}}
    world.server.say([{"id": 1, "event": "labeled"}, dismissed, {"id": 3}])
    assert world.github.dismissals(7) == [dismissed]


def test_an_app_has_no_account(world):
    world.server.say({"message": "Resource not accessible by integration"}, 403)
    assert world.github.viewer() is None


def test_a_token_that_is_not_valid_is_no_app(world):
    world.server.say({"message": "Bad credentials"}, 401)
    with pytest.raises(Refused, match="set GITHUB_TOKEN to one that is"):
        world.github.viewer()


@pytest.mark.parametrize(
    "ask", [lambda g: g.environment("x"), lambda g: g.codeowners_errors(), lambda g: g.file("a", "main")]
)
def test_what_is_not_there_is_none(world, ask):
    world.server.say({"message": "Not Found"}, 404)
    assert ask(world.github) is None


@pytest.mark.parametrize(
    "ask", [lambda g: g.environment("x"), lambda g: g.codeowners_errors(), lambda g: g.file("a", "main")]
)
def test_what_may_not_be_read_is_not_taken_for_absent(world, ask):
    world.server.say({"message": "Forbidden"}, 403)
    with pytest.raises(Refused) as raised:
        ask(world.github)
    assert raised.value.status == 403


def test_the_head_of_another_owner_is_kept(world):
    world.server.say([])
    world.github.open_pulls("main", "mallory:promote")
    assert "head=mallory%3Apromote" in world.server.calls[0].path


def test_a_description_is_cut_at_140_characters(world):
    world.server.say({}, 201)
    world.server.say({}, 201)
    world.github.set_status(HEAD, "failure", "rampgate/verdict", "x" * 140)
    world.github.set_status(HEAD, "failure", "rampgate/verdict", "x" * 141)
    assert [call.body["description"] for call in world.server.calls] == ["x" * 140, "x" * 139 + "…"]
    assert "target_url" not in world.server.calls[0].body


def test_the_bytes_of_a_file_come_as_they_are(world):
    content = bytes(range(256))
    encoded = base64.encodebytes(content).decode()
    world.server.say({"type": "file", "encoding": "base64", "content": encoded, "size": 256})
    assert world.github.file("a/b.bin", "main") == content
    assert world.server.calls[0].path == f"{HOME}/contents/a/b.bin?ref=main"


FILES = {
    "a folder": ([{"type": "file"}], "an entry of type `dir`"),
    "a submodule": ({"type": "submodule"}, "an entry of type `submodule`"),
    "a large file": ({"type": "file", "encoding": "none", "content": "", "size": 2_000_000}, "of more than 1 MiB"),
    "no base64": ({"type": "file", "encoding": "base64", "content": "***", "size": 1}, "not base64"),
    "a shorter one": ({"type": "file", "encoding": "base64", "content": "YQ==", "size": 2}, "another size"),
}


@pytest.mark.parametrize("case", FILES)
def test_what_is_no_file_is_an_error(world, case):
    answered, words = FILES[case]
    world.server.say(answered)
    with pytest.raises(Unreachable, match=words):
        world.github.file("a", "main")


@pytest.mark.parametrize("path", ["", "/a", "a/", "a//b", "../x", "a/../../x", "./a"])
def test_a_path_that_leaves_the_repository_is_not_asked_for(world, path):
    with pytest.raises(UsageProblem, match="no path inside a repository"):
        world.github.file(path, "main")
    assert world.server.calls == []


@pytest.mark.parametrize("name", ["", ".", ".."])
def test_a_name_that_climbs_is_not_asked_for(world, name):
    for ask in (world.github.environment, world.github.permission, world.github.branch_rules):
        with pytest.raises(UsageProblem, match="no name that GitHub knows"):
            ask(name)
    assert world.server.calls == []


def test_a_name_stays_one_piece_of_the_path(world):
    world.server.say({})
    world.github.permission("rita/../../../user?x=#y")
    assert world.server.calls[0].path == f"{HOME}/collaborators/rita%2F..%2F..%2F..%2Fuser%3Fx%3D%23y/permission"


def test_the_time_is_the_one_that_github_gave_last(world):
    with pytest.raises(Unreachable, match="was not asked anything yet"):
        world.github.time()
    world.server.say({})
    world.github.repository()
    assert abs((world.github.time() - datetime.now(UTC)).total_seconds()) < 60
