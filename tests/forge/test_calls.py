"""The forge's REST half says what GitHub says; asked by a client that is not rampgate's."""

from __future__ import annotations

import base64

import httpx
import pytest

from forge.acts import Refusal
from forge.state import Account
from worlds.governed_world import ALICE, BOB, OTTO, RAVI, RITA, ROBOT, STRANGER

REPO = "/repos/acme/models"


class Caller:
    """Asks as somebody, and hands back status and JSON."""

    def __init__(self, forge, token=None):
        environ = forge.environ(token)
        headers = {"Authorization": f"Bearer {environ['GITHUB_TOKEN']}", "User-Agent": "test"}
        self.http = httpx.Client(base_url=environ["GITHUB_API_URL"], headers=headers, trust_env=False)

    def __call__(self, method, path, body=None, **query):
        answer = self.http.request(method, httpx.URL(path).copy_merge_params(query), json=body)
        self.last = answer
        return answer.json()

    def status(self, method, path, body=None, **query):
        self(method, path, body, **query)
        return self.last.status_code


@pytest.fixture
def pull(forge, world):
    world.branch("promote")
    world.edit_card(stage="canary")
    world.commit("promote", author=("Bob", BOB["email"]))
    forge.push(world, "promote", ALICE)
    return forge.open_pull("promote", "main", ALICE)


@pytest.fixture
def ask(forge):
    with (caller := Caller(forge)).http:
        yield caller


def as_(forge, who, **permissions):
    return Caller(forge, forge.token(who, **permissions))


def test_a_pull_tells_head_base_and_counts(ask, pull, world):
    shown = ask("GET", f"{REPO}/pulls/1")
    assert (shown["head"]["sha"], shown["base"]["sha"], shown["base"]["ref"]) == (world.head, world.base, "main")
    assert (shown["commits"], shown["changed_files"], shown["state"], shown["draft"]) == (1, 1, "open", False)
    assert (shown["user"]["login"], shown["user"]["id"], shown["mergeable"]) == ("alice-b", 1001, True)


def test_a_pull_of_a_fork_names_another_repository(forge, ask, world):
    world.branch("promote")
    world.write("note.txt", "x")
    world.commit("x")
    forge.push(world, "promote", STRANGER, fork=True)
    forge.open_pull("promote", "main", STRANGER, fork=True, draft=True)
    shown = ask("GET", f"{REPO}/pulls/1")
    assert shown["head"]["repo"]["full_name"] == "mallory/models"
    assert shown["head"]["repo"]["id"] != shown["base"]["repo"]["id"]
    assert (shown["head"]["repo"]["fork"], shown["draft"], shown["author_association"]) == (True, True, "NONE")


def test_a_pull_is_opened_and_listed_by_calls(forge, ask, world):
    world.branch("promote")
    world.write("note.txt", "x")
    world.commit("x")
    forge.push(world, "promote", ALICE)
    body = {"title": "promote", "body": "why", "head": "promote", "base": "main"}
    assert ask.status("POST", f"{REPO}/pulls", body) == 201
    assert ask("POST", f"{REPO}/pulls", body)["errors"][0]["message"].startswith("A pull request already exists")
    assert [each["number"] for each in ask("GET", f"{REPO}/pulls", base="main", head="acme:promote")] == [1]
    assert ask("GET", f"{REPO}/pulls", base="other") == []
    assert [each["number"] for each in ask("GET", f"{REPO}/commits/{world.head}/pulls")] == [1]


def test_commits_are_attributed_by_their_mail(ask, pull):
    (commit,) = ask("GET", f"{REPO}/pulls/1/commits")
    assert commit["sha"] == pull.head_sha
    assert (commit["author"]["login"], commit["commit"]["author"]["email"]) == ("bob-t", "bob@example.com")


def test_the_author_may_not_approve(forge, pull):
    with as_(forge, ALICE).http as http:
        answer = http.post(f"{REPO}/pulls/1/reviews", json={"event": "APPROVE"})
    assert answer.status_code == 422
    assert answer.json()["errors"] == ["Review Can not approve your own pull request"]
    with pytest.raises(Refusal, match="Can not approve your own"):
        forge.review(pull, ALICE, "APPROVED")


def test_an_outsiders_approval_is_stored_at_the_head(forge, ask, pull):
    with as_(forge, STRANGER).http as http:
        assert http.post(f"{REPO}/pulls/1/reviews", json={"event": "APPROVE"}).status_code == 200
    (review,) = ask("GET", f"{REPO}/pulls/1/reviews")
    assert (review["user"]["id"], review["state"], review["commit_id"]) == (6666, "APPROVED", pull.head_sha)
    assert review["author_association"] == "NONE"


def test_a_review_keeps_the_commit_that_it_saw(forge, ask, world, pull):
    forge.review(pull, RITA, "APPROVED")
    old = pull.head_sha
    world.write("note.txt", "more")
    world.commit("more")
    forge.push(world, "promote", ALICE)
    forge.review(pull, RAVI, "APPROVED")
    assert [each["commit_id"] for each in ask("GET", f"{REPO}/pulls/1/reviews")] == [old, world.head]


def test_a_dismissal_changes_the_review_and_leaves_an_event(forge, ask, pull):
    review = forge.review(pull, RITA, "APPROVED")
    with as_(forge, OTTO).http as http:
        path = f"{REPO}/pulls/1/reviews/{review.id}/dismissals"
        assert http.put(path, json={"message": "too old"}).json()["state"] == "DISMISSED"
        assert http.put(path, json={"message": "again"}).status_code == 422
    (event,) = ask("GET", f"{REPO}/issues/1/events")
    assert (event["event"], event["actor"]["login"]) == ("review_dismissed", "otto")
    told = {"state": "approved", "review_id": review.id, "dismissal_message": "too old"}
    assert event["dismissed_review"] == told


def test_a_pending_review_is_seen_by_its_author_only(forge, ask, pull):
    forge.review(pull, RITA, "PENDING")
    assert ask("GET", f"{REPO}/pulls/1/reviews") == []
    with as_(forge, RITA).http as http:
        (review,) = http.get(f"{REPO}/pulls/1/reviews").json()
    assert (review["state"], "submitted_at" in review) == ("PENDING", False)


def test_a_deleted_user_leaves_a_review_of_nobody(forge, ask, pull):
    forge.review(pull, RITA, "APPROVED")
    forge.delete_user(RITA)
    (review,) = ask("GET", f"{REPO}/pulls/1/reviews")
    assert (review["user"], review["state"]) == (None, "APPROVED")


def test_a_bot_says_that_it_is_one(forge, ask, pull):
    forge.review(pull, ROBOT, "APPROVED")
    assert ask("GET", f"{REPO}/pulls/1/reviews")[0]["user"]["type"] == "Bot"


def test_stale_approvals_are_dismissed_where_the_repository_says_so(forge, ask, world, pull):
    forge.state.dismiss_stale_reviews = True
    forge.review(pull, RITA, "APPROVED")
    world.write("note.txt", "more")
    world.commit("more")
    forge.push(world, "promote", ALICE)
    assert ask("GET", f"{REPO}/pulls/1/reviews")[0]["state"] == "DISMISSED"


def test_the_last_status_of_a_context_counts(ask, forge, pull):
    path = f"{REPO}/statuses/{pull.head_sha}"
    for state, context in (("pending", "a"), ("success", "b"), ("success", "a")):
        body = {"state": state, "context": context, "description": "so"}
        assert ask.status("POST", path, body) == 201
    shown = ask("GET", f"{REPO}/commits/{pull.head_sha}/status")
    assert (shown["state"], shown["total_count"]) == ("success", 2)
    assert {each["context"]: each["state"] for each in shown["statuses"]} == {"a": "success", "b": "success"}
    assert [each.state for each in forge.statuses(pull.head_sha, "a")] == ["pending", "success"]


def test_a_status_has_a_commit_and_a_short_description(ask, pull):
    body = {"state": "success", "context": "a"}
    assert ask.status("POST", f"{REPO}/statuses/{'0' * 40}", body) == 422
    assert ask.status("POST", f"{REPO}/statuses/{pull.head_sha}", {**body, "description": "x" * 141}) == 422
    assert ask.status("POST", f"{REPO}/statuses/{pull.head_sha}", {**body, "description": "x" * 140}) == 201


def test_comments_are_written_and_changed(ask, pull):
    made = ask("POST", f"{REPO}/issues/1/comments", {"body": "one"})
    ask("PATCH", f"{REPO}/issues/comments/{made['id']}", {"body": "two"})
    (comment,) = ask("GET", f"{REPO}/issues/1/comments")
    assert (comment["body"], comment["user"]["login"]) == ("two", "rampgate-gate[bot]")
    assert comment["updated_at"] > comment["created_at"]


def test_lists_come_in_pages_that_link_to_each_other(forge, ask, pull):
    for number in range(5):
        forge.review(pull, RITA, "COMMENTED", body=str(number))
    forge.page_size = 2
    url, seen = f"{REPO}/pulls/1/reviews", []
    while url:
        seen.append([each["body"] for each in ask("GET", url)])
        url = ask.last.links.get("next", {}).get("url")
    assert seen == [["0", "1"], ["2", "3"], ["4"]]
    ask("GET", f"{REPO}/pulls/1/reviews?page=2&per_page=100")
    pages = {name: httpx.URL(each["url"]).params["page"] for name, each in ask.last.links.items()}
    assert pages == {"prev": "1", "next": "3", "last": "3", "first": "1"}
    assert ask.last.links["next"]["url"].startswith(forge.environ()["GITHUB_API_URL"])


def test_a_merge_wants_the_head_that_was_judged_and_the_required_status(forge, ask, pull):
    forge.state.required_contexts = ["rampgate/verdict"]
    path = f"{REPO}/pulls/1/merge"
    assert ask.status("PUT", path, {"sha": "0" * 40}) == 409
    assert ask.status("PUT", path, {"sha": pull.head_sha}) == 405
    assert 'Required status check "rampgate/verdict" is expected.' in ask.last.json()["message"]
    ask("POST", f"{REPO}/statuses/{pull.head_sha}", {"state": "success", "context": "rampgate/verdict"})
    merged = ask("PUT", path, {"sha": pull.head_sha, "merge_method": "merge"})
    assert merged["merged"] is True
    assert ask("GET", f"{REPO}/pulls/1")["merged"] is True
    assert ask.status("PUT", path, {"sha": pull.head_sha}) == 405


def test_who_asks_is_known_or_refused(forge, pull):
    with Caller(forge, "nobodys").http as http:
        assert http.get(f"{REPO}/pulls/1").status_code == 401
        assert http.get("/user").json()["message"] == "Bad credentials"
    with Caller(forge).http as http:
        assert http.get("/user").status_code == 403
    with as_(forge, RITA).http as http:
        assert http.get("/user").json()["id"] == 1005


def test_a_token_without_a_permission_is_told_which(forge, pull):
    with as_(forge, RITA, statuses="read").http as http:
        answer = http.post(f"{REPO}/statuses/{pull.head_sha}", json={"state": "success"})
        assert http.get(f"{REPO}/commits/{pull.head_sha}/status").status_code == 200
    assert answer.status_code == 403
    assert answer.headers["x-accepted-github-permissions"] == "statuses=write"


def test_a_team_is_listed_to_who_may_see_it(forge, ask):
    forge.team("model-risk", RITA, RAVI)
    assert [each["login"] for each in ask("GET", "/orgs/acme/teams/model-risk/members")] == ["rita", "ravi"]
    assert ask.status("GET", "/orgs/acme/teams/none/members") == 404
    with as_(forge, ROBOT, members="none").http as http:
        assert http.get("/orgs/acme/teams/model-risk/members").status_code == 403


def test_rules_of_a_branch_come_from_active_rulesets(forge, ask):
    rule = {"type": "required_status_checks"}
    rule["parameters"] = {
        "strict_required_status_checks_policy": False,
        "required_status_checks": [{"context": "rampgate/verdict", "integration_id": 9}],
    }
    ruleset = {
        "name": "gate",
        "target": "branch",
        "enforcement": "active",
        "bypass_actors": [],
        "conditions": {"ref_name": {"include": ["~DEFAULT_BRANCH"], "exclude": []}},
        "rules": [{"type": "deletion"}, {"type": "non_fast_forward"}, rule],
    }
    number = ask("POST", f"{REPO}/rulesets", ruleset)["id"]
    assert [each["type"] for each in ask("GET", f"{REPO}/rules/branches/main")] == [x["type"] for x in ruleset["rules"]]
    assert ask("GET", f"{REPO}/rules/branches/other") == []
    assert [each["id"] for each in ask("GET", f"{REPO}/rulesets")] == [number]
    assert ask("GET", f"{REPO}/rulesets/{number}")["rules"][2] == rule
    assert forge.hub.required_contexts("main") == ["rampgate/verdict"]


def test_the_repositorys_settings_are_told(forge, ask):
    assert (ask("GET", REPO)["default_branch"], ask("GET", REPO)["private"]) == ("main", False)
    assert ask.status("GET", f"{REPO}/environments/model-gate") == 404
    forge.state.environments["model-gate"] = {
        "deployment_branch_policy": {"protected_branches": False, "custom_branch_policies": True}
    }
    assert ask("GET", f"{REPO}/environments/model-gate")["deployment_branch_policy"]["custom_branch_policies"] is True
    assert ask("GET", f"{REPO}/collaborators/rita/permission")["permission"] == "write"
    assert ask("GET", f"{REPO}/collaborators/mallory/permission")["permission"] == "read"
    assert ask("GET", f"{REPO}/actions/permissions/workflow")["default_workflow_permissions"] == "read"
    assert ask.status("GET", f"{REPO}/codeowners/errors") == 404
    assert ask.status("GET", "/repos/acme/other") == 404


def test_what_protects_the_repository_is_told_as_the_test_set_it(forge, ask):
    assert ask.status("GET", f"{REPO}/branches/main/protection") == 404
    assert ask.status("GET", f"{REPO}/actions/workflows/monitor.yml/runs") == 404
    forge.state.environments["model-gate"] = {}
    forge.state.environment_branches["model-gate"] = ["main"]
    shown = ask("GET", f"{REPO}/environments/model-gate/deployment-branch-policies")
    assert [each["name"] for each in shown["branch_policies"]] == ["main"]
    suite = {"id": 1, "ref": "refs/heads/main", "result": "bypass", "actor_name": "otto", "after_sha": "a" * 40}
    forge.state.rule_suites.append(suite)
    path = f"{REPO}/rulesets/rule-suites"
    assert ask("GET", path, ref="refs/heads/main", rule_suite_result="bypass", time_period="month") == [suite]
    assert ask("GET", path, rule_suite_result="fail") == []
    run = {"id": 1, "event": "schedule", "status": "completed", "conclusion": "success"}
    run |= dict.fromkeys(("created_at", "updated_at"), "2026-11-19T00:00:00Z")
    forge.state.runs["monitor.yml"] = [run]
    assert (
        ask("GET", f"{REPO}/actions/workflows/monitor.yml/runs", status="completed", per_page="1")["total_count"] == 1
    )


def test_files_are_read_at_a_commit(ask, forge, world, pull):
    path = "model_cards/credit-risk/2.0.0/card.yaml"
    at_head = ask("GET", f"{REPO}/contents/{path}", ref=pull.head_sha)
    assert base64.b64decode(at_head["content"]).decode() == world.read(path)
    assert '"pilot"' in base64.b64decode(ask("GET", f"{REPO}/contents/{path}")["content"]).decode()
    names = [each["name"] for each in ask("GET", f"{REPO}/contents/policies")]
    assert names == ["governance.yaml", "ladder.yaml", "lending.yaml", "models.yaml", "people.yaml"]
    assert ask.status("GET", f"{REPO}/contents/none.yaml") == 404
    assert ask.http.get(f"{REPO}/contents/{path}", headers={"Accept": "application/vnd.github.raw+json"}).text


def test_ids_are_those_of_the_world(forge):
    assert forge.state.accounts["rita"] == Account(1005, "rita", "User", "rita@example.com", "rita")


def test_every_answer_is_dated_as_the_test_says(forge, ask):
    ask("GET", REPO)
    assert ask.last.headers["Date"] == "Fri, 20 Nov 2026 09:00:00 GMT"
    forge.state.clock.set("2027-01-01T00:00:00Z")
    ask("GET", REPO)
    assert ask.last.headers["Date"] == "Fri, 01 Jan 2027 00:00:00 GMT"
