"""Each hole is found, by its id and with its weight; the set-up that `rampgate github init` writes has none."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from rampgate.core.doctor import CHECKS, diagnose, examine
from rampgate.model.doctor import (
    AccountSeen,
    BranchRule,
    BypassActor,
    Bypassed,
    EnvironmentSeen,
    LogSeen,
    Seen,
    Severity,
    Unread,
    WorkflowSeen,
)
from worlds.github_set_up import LIGHT, PIN, added, edited, lost, sound, with_parameters, without

HOLE, WEAK, TIP, UNKNOWN = Severity.HOLE, Severity.WEAKNESS, Severity.ADVICE, Severity.UNKNOWN
UNREAD = Unread("GitHub does not tell", "administration: read")
ENVIRONMENT = EnvironmentSeen("model-gate", False, ("main",), admins_bypass=False)
CHECK = {"context": "rampgate/verdict"}
STATUS_WRITER = "on: push\njobs:\n  x:\n    permissions: {statuses: write}\n    runs-on: ubuntu\n    steps: []\n"


def found(seen: Seen) -> set[tuple[str, Severity]]:
    return {(each.check, each.severity) for each in diagnose(seen)}


def environment(**changes: object) -> Callable[[Seen], Seen]:
    return lambda seen: replace(seen, environments={"model-gate": replace(ENVIRONMENT, **changes)})  # type: ignore[arg-type]


def status(**entry: object) -> Callable[[Seen], Seen]:
    return lambda seen: with_parameters(seen, "required_status_checks", required_status_checks=[CHECK | entry])


def bypass(kind: str, mode: str, ruleset: int = 1) -> Callable[[Seen], Seen]:
    def change(seen: Seen) -> Seen:
        assert not isinstance(seen.rulesets, Unread)
        actor = (BypassActor(kind, mode),)
        return replace(
            seen,
            rulesets=tuple(replace(each, actors=actor) if each.number == ruleset else each for each in seen.rulesets),
        )

    return change


def account(**changes: object) -> Callable[[Seen], Seen]:
    one = AccountSeen("rita", "rita", 1005, 1005, "write")
    return lambda seen: replace(seen, accounts=(replace(one, **changes),))  # type: ignore[arg-type]


def history(**changes: object) -> Callable[[Seen], Seen]:
    return lambda seen: replace(seen, history=replace(seen.history, **changes))  # type: ignore[type-var,arg-type]


def log(**changes: object) -> Callable[[Seen], Seen]:
    return history(log=replace(LogSeen(42, "recorder"), **changes))  # type: ignore[arg-type]


# sentence -> (what differs from the sound set-up, all that must be found)
CASES: dict[str, tuple[Callable[[Seen], Seen], set[tuple[str, Severity]]]] = {
    "no rule requires the verdict": (
        lambda s: without(s, "required_status_checks"),
        {("status-not-required", HOLE)},
    ),
    "another status is required": (status(context="ci/tests"), {("status-not-required", HOLE)}),
    "anybody may publish the verdict": (status(), {("status-not-pinned", HOLE)}),
    "branch protection's number for anybody": (status(integration_id=-1), {("status-not-pinned", HOLE)}),
    "every workflow may publish the verdict": (status(integration_id=15368), {("status-from-actions", HOLE)}),
    "the default branch is another": (lambda s: replace(s, default_branch="trunk"), {
        ("default-branch-not-governed", HOLE), ("environment-open", HOLE),
    }),
    "force-push": (lambda s: without(s, "non_fast_forward"), {("force-push-allowed", HOLE)}),
    "deletion": (lambda s: without(s, "deletion"), {("deletion-allowed", HOLE)}),
    "no pull request is needed": (
        lambda s: without(s, "pull_request"),
        {("pull-request-not-required", WEAK), ("rebase-allowed", WEAK)},
    ),
    "administrators pass by, always": (bypass("the admins", "always"), {("bypass-actors", HOLE)}),
    "administrators pass by, on pull requests": (bypass("the admins", "pull_request"), {("bypass-actors", HOLE)}),
    "a deploy key passes by without a trace": (bypass("every deploy key", "exempt"), {("bypass-actors", HOLE)}),
    "somebody passes the merge queue alone by": (bypass("the user 7", "always", 2), {("bypass-actors", WEAK)}),
    "nobody may pass a ruleset of another branch by, but somebody does": (bypass("the user 7", "always", 3), set()),
    "the record of decisions can be rewritten": (
        lambda s: replace(s, history_rules=()),
        {("history-not-protected", WEAK)},
    ),
    "there is no record of decisions": (lambda s: replace(s, history_rules=None), set()),
    "a merge queue of groups": (
        lambda s: with_parameters(s, "merge_queue", max_entries_to_merge=5),
        {("queue-groups", WEAK)},
    ),
    "a merge queue that looks at the last of a group": (
        lambda s: with_parameters(s, "merge_queue", max_entries_to_merge=5, grouping_strategy="HEADGREEN"),
        {("queue-groups", HOLE)},
    ),
    "a merge queue that judges ahead": (
        lambda s: with_parameters(s, "merge_queue", max_entries_to_build=2),
        {("queue-groups", WEAK)},
    ),
    "a merge queue that rebases": (
        lambda s: with_parameters(s, "merge_queue", merge_method="REBASE"),
        {("rebase-allowed", WEAK)},
    ),
    "a merge queue that nothing hears": (
        lambda s: edited(s, "signal", "  merge_group:\n    types: [checks_requested]\n", ""),
        {("queue-without-signal", WEAK)},
    ),
    "tokens write by default": (lambda s: replace(s, token_writes=True), {("token-writes-by-default", WEAK)}),
    "workflows approve": (lambda s: replace(s, actions_approve=True), {("actions-may-approve", WEAK)}),
    "native reviews": (
        lambda s: with_parameters(s, "pull_request", required_approving_review_count=1),
        {("native-reviews-required", WEAK)},
    ),
    "native approval of the last push": (
        lambda s: with_parameters(s, "pull_request", require_last_push_approval=True),
        {("native-reviews-required", WEAK)},
    ),
    "a team must approve cards": (
        lambda s: with_parameters(
            s, "pull_request", required_reviewers=[{"minimum_approvals": 1, "file_patterns": ["model_cards/**"]}]
        ),
        {("native-reviews-required", WEAK)},
    ),
    "a team must approve rules": (
        lambda s: with_parameters(
            s, "pull_request", required_reviewers=[{"minimum_approvals": 1, "file_patterns": ["policies/**"]}]
        ),
        set(),
    ),
    "rebase": (
        lambda s: with_parameters(s, "pull_request", allowed_merge_methods=["merge", "rebase"]),
        {("rebase-allowed", WEAK)},
    ),
    "no limit on merging, and the repository allows no rebase": (
        lambda s: replace(with_parameters(s, "pull_request", allowed_merge_methods=None), rebase=False),
        set(),
    ),
    "an older base, without a queue": (
        lambda s: with_parameters(
            without(s, "merge_queue"), "required_status_checks", strict_required_status_checks_policy=False
        ),
        {("not-up-to-date", WEAK)},
    ),
    "an older base, with a queue": (
        lambda s: with_parameters(s, "required_status_checks", strict_required_status_checks_policy=False),
        set(),
    ),
    "somebody passed by last week": (
        lambda s: replace(s, bypassed=(Bypassed("mallory", "2026-11-14T09:00:00Z", "b" * 40, "c" * 40),)),
        {("rules-were-passed-by", WEAK)},
    ),
    "no gate": (
        lambda s: lost(s, "gate"),
        {("gate-absent", HOLE), ("queue-without-signal", WEAK)},
    ),
    "the gate starts on reviews": (
        lambda s: edited(s, "gate", "  workflow_dispatch:\n", "  pull_request_review:\n"),
        {("gate-from-head", HOLE)},
    ),
    "the gate starts on pull requests alone": (
        lambda s: edited(s, "gate", "  pull_request_target:", "  pull_request:"),
        {("gate-from-head", HOLE), ("gate-not-woken", WEAK)},
    ),
    "the gate checks out the head": (
        lambda s: edited(s, "gate", "github.event.repository.default_branch", "github.event.pull_request.head.sha"),
        {("gate-checks-out-head", HOLE)},
    ),
    "the gate checks out the head of a run": (
        lambda s: edited(s, "gate", "github.event.repository.default_branch", "github.event.workflow_run.head_sha"),
        {("gate-checks-out-head", HOLE)},
    ),
    "the gate insists on a fork's head": (
        lambda s: edited(s, "gate", "fetch-depth: 0", "allow-unsafe-pr-checkout: true"),
        {("gate-checks-out-head", HOLE)},
    ),
    "the gate checks out by command": (
        lambda s: edited(s, "gate", "    steps:\n", '    steps:\n      - run: gh pr checkout "$NUMBER"\n'),
        {("gate-checks-out-head", HOLE)},
    ),
    "an expression in a script": (
        lambda s: edited(s, "gate", "    steps:\n", "    steps:\n      - run: echo ${{ github.head_ref }}\n"),
        {("gate-expression-in-script", HOLE)},
    ),
    "an expression in JavaScript": (
        lambda s: edited(
            s, "gate", "    steps:\n",
            f"    steps:\n      - uses: actions/github-script@{PIN}\n        with: {{script: 'f(\"${{{{ github.ref }}}}\")'}}\n",
        ),
        {("gate-expression-in-script", HOLE)},
    ),
    "an action by its tag": (
        lambda s: edited(s, "gate", f"acme/rampgate@{PIN}", "acme/rampgate@v1"),
        {("gate-action-not-pinned", WEAK)},
    ),
    "no signal": (
        lambda s: lost(s, "signal"),
        {("signal-absent", HOLE), ("queue-without-signal", WEAK)},
    ),
    "a signal that the gate does not hear": (
        lambda s: edited(s, "gate", "workflows: [rampgate signal, ", "workflows: [signal, "),
        {("signal-absent", HOLE), ("queue-without-signal", WEAK)},
    ),
    "a signal that does not hear dismissals": (
        lambda s: edited(s, "signal", "[submitted, edited, dismissed]", "[submitted]"),
        {("signal-absent", HOLE)},
    ),
    "a gate without a schedule": (
        lambda s: edited(s, "gate", '  schedule: # evidence, waivers and attestations end with a day in UTC\n    - cron: "7 0,6,12,18 * * *"\n', ""),
        {("gate-not-woken", WEAK)},
    ),
    "a filter by path": (
        lambda s: edited(s, "gate", "  workflow_run:", "    paths: [model_cards/**]\n  workflow_run:"),
        {("gate-filtered", WEAK)},
    ),
    "a gate that writes contents": (
        lambda s: edited(s, "gate", "contents: read", "contents: write"),
        {("gate-token-too-wide", WEAK)},
    ),
    "a gate that asks for no permissions": (
        lambda s: replace(s, workflows=_without_permissions(s)),
        {("gate-token-too-wide", WEAK)},
    ),
    "another workflow publishes statuses": (
        lambda s: added(s, STATUS_WRITER),
        {("others-publish-statuses", WEAK)},
    ),
    "a job is called like the status": (
        lambda s: added(s, "on: push\npermissions: {}\njobs:\n  x: {name: rampgate/verdict, steps: []}\n"),
        {("job-named-like-status", WEAK)},
    ),
    "a workflow that can not be read": (
        lambda s: replace(s, workflows=(*s.workflows, WorkflowSeen(".github/workflows/x.yml", {}, "x.yml:1: no"))),
        {("workflow-not-readable", UNKNOWN)},
    ),
    "the App's key in no environment": (
        lambda s: edited(
            s, "gate",
            "    environment:\n      name: model-gate # open to the default branch only; it holds the key of the App\n"
            "      deployment: false\n", "",
        ),
        {("key-without-environment", HOLE)},
    ),
    "no environment": (lambda s: replace(s, environments={"model-gate": None}), {("environment-absent", HOLE)}),
    "an environment of every branch": (environment(patterns=None), {("environment-open", HOLE)}),
    "an environment of every protected branch": (
        environment(patterns=None, protected_only=True),
        {("environment-open", WEAK)},
    ),
    "an environment of another branch too": (
        environment(patterns=("main", "release/*")),
        {("environment-open", HOLE)},
    ),
    "an environment that administrators pass by": (environment(admins_bypass=True), {("environment-admins", TIP)}),
    "an environment of which GitHub does not say": (environment(admins_bypass=None), {("environment-admins", TIP)}),
    "no history is declared": (lambda s: replace(s, history=None), {("history-not-declared", TIP)}),
    "no history is declared, and nothing records": (
        lambda s: replace(lost(s, "record"), history=None),
        {("history-not-declared", TIP)},
    ),
    "a history that has not begun": (history(log=None), {("history-absent", WEAK)}),
    "a landing that is on no record": (log(unrecorded=("b" * 40,)), {("history-behind", WEAK)}),
    "a branch that was rewritten": (log(is_cut=True), {("history-behind", WEAK)}),
    "no key may sign any more": (
        lambda s: log(why_not_next="it ended")(history(able=())(s)),
        {("history-signer", WEAK)},
    ),
    "another key has to sign now": (log(why_not_next="key `recorder` counts up to record 41"), {("history-signer", WEAK)}),
    "no workflow records": (lambda s: lost(s, "record"), {("record-absent", WEAK)}),
    "recording by hand alone": (
        lambda s: edited(s, "record", "  push:\n    branches: [main]\n", ""),
        {("record-not-woken", WEAK)},
    ),
    "recording what another branch gets": (
        lambda s: edited(s, "record", "branches: [main]", "branches: [trunk]"),
        {("record-not-woken", WEAK)},
    ),
    "refusals are not recorded": (
        lambda s: edited(s, "record", "types: [closed]", "types: [opened]"),
        {("record-not-woken", WEAK)},
    ),
    "recording without a key": (
        lambda s: edited(s, "record", "          history-key: ${{ secrets.RAMPGATE_HISTORY_KEY }}\n", ""),
        {("record-without-key", WEAK)},
    ),
    "the history's key in no environment": (
        lambda s: edited(
            s, "record",
            "    environment:\n      name: model-gate # open to the default branch only; it holds the key that signs the "
            "history\n      deployment: false\n", "",
        ),
        {("record-without-key", WEAK)},
    ),
    "recording with a token that only reads": (
        lambda s: edited(s, "record", "permission-contents: write", "permission-contents: read"),
        {("record-may-not-push", WEAK)},
    ),
    "recording with all that the App may": (
        lambda s: edited(
            s, "record",
            "          permission-contents: write\n          permission-pull-requests: read\n"
            "          permission-statuses: read\n", "",
        ),
        set(),
    ),
    "recording checks out the head": (
        lambda s: edited(s, "record", "github.event.repository.default_branch", "github.event.pull_request.head.sha"),
        {("gate-checks-out-head", HOLE)},
    ),
    "a record that wakes no gate": (
        lambda s: edited(s, "gate", "[rampgate signal, rampgate record]", "[rampgate signal]"),
        {("record-not-heard", WEAK)},
    ),
    "one person": (lambda s: replace(s, persons=1), {("one-person", HOLE)}),
    "broken people": (
        lambda s: replace(s, persons=0, policies="policies/people.yaml:1: no"),
        {("policies-not-readable", WEAK)},
    ),
    "a login that is another account's now": (account(found=9), {("account-renamed", WEAK)}),
    "a login that nobody has": (account(found=None), {("account-renamed", WEAK)}),
    "a person who may only read": (account(permission="read"), {("no-write-permission", TIP)}),
    "a team that can not be read": (
        lambda s: replace(s, teams={"acme/model-risk": Unread("no", "members: read")}),
        {("teams-not-readable", UNKNOWN)},
    ),
    "a fault in CODEOWNERS": (
        lambda s: replace(s, owner_errors=("line 3: Unknown owner",)),
        {("codeowners-errors", WEAK)},
    ),
    "no CODEOWNERS": (lambda s: replace(s, owners=None), {("codeowners-incomplete", TIP)}),
    "nobody owns the policies": (
        lambda s: replace(s, owners="/.github/ @rita\n"),
        {("codeowners-incomplete", TIP)},
    ),
    "somebody owns the cards": (
        lambda s: replace(s, owners="* @rita\n"),
        {("codeowners-holds-rollback", WEAK)},
    ),
    "nobody watches since Monday": (
        lambda s: replace(s, monitor="2026-11-16T05:30:00Z"),
        {("monitor-stale", WEAK)},
    ),
    "the monitor has not run yet": (lambda s: replace(s, monitor=None), {("monitor-stale", TIP)}),
    "the monitor ran three days ago": (lambda s: replace(s, monitor="2026-11-17T10:00:00Z"), set()),
}  # fmt: skip


def _without_permissions(seen: Seen) -> tuple[WorkflowSeen, ...]:
    """The workflows, the gate's job and the gate itself without `permissions`."""

    def bare(each: WorkflowSeen) -> WorkflowSeen:
        value = {key: part for key, part in each.value.items() if key != "permissions"}
        value["jobs"] = {
            name: {key: part for key, part in job.items() if key != "permissions"}
            for name, job in value["jobs"].items()
        }
        return replace(each, value=value)

    return tuple(bare(each) if "rampgate-gate" in each.path else each for each in seen.workflows)


@pytest.mark.parametrize("sentence", CASES)
def test_what_differs_from_the_sound_set_up_is_found_and_nothing_else(sentence):
    change, expected = CASES[sentence]
    assert found(change(sound())) == expected


def test_what_init_writes_has_no_hole():
    assert diagnose(sound()) == ()


def test_every_check_is_seen_to_find_something():
    assert {each.id for each in CHECKS} == {check for _, expected in CASES.values() for check, _ in expected}


def test_the_page_of_checks_says_the_worst_that_each_can_be():
    order = list(Severity)
    worst = {
        each.id: min((w for _, expected in CASES.values() for c, w in expected if c == each.id), key=order.index)
        for each in CHECKS
    }
    page = Path(__file__).resolve().parents[3] / "docs" / "reference" / "doctor.md"
    rows = re.findall(r"^\| `([a-z-]+)` \| (\w+) \| ", page.read_text(encoding="utf-8"), re.MULTILINE)
    assert {check: Severity(weight) for check, weight in rows if check in worst} == worst


def test_ids_are_told_apart():
    assert len({each.id for each in CHECKS}) == len(CHECKS)


def test_the_light_profile_is_told_to_be_forgeable():
    diagnosis = examine(sound(LIGHT))
    assert diagnosis.profile.name == "light"
    assert "forge" in diagnosis.profile.because
    assert {(each.check, each.severity) for each in diagnosis.holes} == {("status-not-pinned", HOLE)}


def test_what_is_a_weakness_beside_an_app_is_a_hole_without():
    """Statuses of other workflows count only where the ruleset takes the verdict from anybody."""
    light = replace(added(sound(LIGHT), STATUS_WRITER), token_writes=True)
    assert {("others-publish-statuses", HOLE), ("token-writes-by-default", HOLE)} <= found(light)


def test_the_profile_is_told_by_where_the_key_is():
    assert examine(sound()).profile.name == "strong"
    assert "model-gate" in examine(sound()).profile.because
    assert examine(lost(sound(), "gate")).profile.name == "none"


UNREADABLE: dict[str, tuple[Callable[[Seen], Seen], set[str]]] = {
    "who may pass by": (lambda s: replace(s, rulesets=UNREAD), {"bypass-actors"}),
    "who may pass one ruleset by": (
        lambda s: replace(s, rulesets=(replace(s.rulesets[0], actors=UNREAD), *s.rulesets[1:])),  # type: ignore[index]
        {"bypass-actors"},
    ),
    "a ruleset that is not listed": (lambda s: replace(s, rulesets=()), {"bypass-actors"}),
    "the records": (history(log=UNREAD), {"history-behind", "history-signer"}),
    "rules of the record": (lambda s: replace(s, history_rules=UNREAD), {"history-not-protected"}),
    "what tokens may": (
        lambda s: replace(s, token_writes=UNREAD, actions_approve=UNREAD),
        {"token-writes-by-default", "actions-may-approve"},
    ),
    "the environment": (
        lambda s: replace(s, environments={"model-gate": UNREAD}),
        {"environment-absent", "environment-open", "environment-admins"},
    ),
    "the environment's branches": (environment(patterns=UNREAD), {"environment-open"}),
    "faults of CODEOWNERS": (lambda s: replace(s, owner_errors=UNREAD), {"codeowners-errors"}),
    "an account": (account(found=UNREAD), {"account-renamed"}),
    "a permission": (account(permission=UNREAD), {"no-write-permission"}),
    "who passed by": (lambda s: replace(s, bypassed=UNREAD), {"rules-were-passed-by"}),
    "the monitor's runs": (lambda s: replace(s, monitor=UNREAD), {"monitor-stale"}),
    "how the repository merges": (
        lambda s: replace(with_parameters(s, "pull_request", allowed_merge_methods=None), rebase=UNREAD),
        {"rebase-allowed"},
    ),
}


@pytest.mark.parametrize("part", UNREADABLE)
def test_what_can_not_be_read_is_unknown_and_never_sound(part):
    change, checks = UNREADABLE[part]
    assert found(change(sound())) == {(check, UNKNOWN) for check in checks}


def test_an_unknown_names_the_permission_that_is_missing():
    (hole,) = diagnose(replace(sound(), bypassed=UNREAD))
    assert hole.needs == "administration: read"
    assert "administration: read" in hole.fix


def test_what_was_seen_before_the_unread_part_is_still_told():
    known = AccountSeen("rita", "rita", 1005, None, "write")
    hidden = AccountSeen("ben", "ben-b", 1006, UNREAD, "write")
    assert found(replace(sound(), accounts=(hidden, known))) == {
        ("account-renamed", WEAK),
        ("account-renamed", UNKNOWN),
    }


def test_the_worst_comes_first():
    worse = replace(without(sound(), "deletion"), persons=1, actions_approve=True, monitor=None, bypassed=UNREAD)
    assert [each.severity for each in diagnose(worse)] == [HOLE, HOLE, WEAK, UNKNOWN, TIP]


def test_a_repository_without_any_rule_has_every_hole_of_branches():
    bare = replace(sound(), rules=(), rulesets=(), workflows=(), environments={})
    assert {check for check, severity in found(bare) if severity is HOLE} == {
        "status-not-required",
        "force-push-allowed",
        "deletion-allowed",
        "gate-absent",
    }


def test_a_second_rule_that_takes_the_verdict_from_anybody_opens_nothing():
    """Both must be met, so that the one that names the App counts."""
    lax = BranchRule("required_status_checks", {"required_status_checks": [CHECK]}, 2, "ruleset `lax`")
    assert diagnose(replace(sound(), rules=(*sound().rules, lax))) == ()


def test_every_finding_says_why_and_what_to_do():
    for change, _ in CASES.values():
        for hole in diagnose(change(sound())):
            assert hole.why.endswith(".")
            assert hole.fix
