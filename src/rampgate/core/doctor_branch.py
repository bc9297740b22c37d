"""The checks of what holds for branches: the required status, who may pass by, merging, the merge queue."""

from __future__ import annotations

from collections.abc import Iterator
from fnmatch import fnmatchcase
from typing import Final

from rampgate.core.doctor_base import (
    ACTIONS_APP,
    Check,
    Found,
    hole,
    is_pinned_to_app,
    known,
    of_kind,
    verdict_sources,
    weakness,
)
from rampgate.core.doctor_workflows import hears_the_queue
from rampgate.model.doctor import BranchRule, BypassActor, RulesetSeen, Seen, Unread
from rampgate.model.history import DECISIONS

_A_CARD: Final = "model_cards/credit-risk/1.0.0/card.yaml"


def _status_required(seen: Seen) -> Iterator[Found]:
    if verdict_sources(seen):
        return
    asleep = [each for each in _rulesets(seen) if each.enforcement != "active"]
    also = "".join(f"; ruleset `{each.name}` is not active but `{each.enforcement}`" for each in asleep)
    yield hole(
        f"no rule on `{seen.branch}` requires the status `{seen.context}`{also}{seen.unseen}",
        "apply .github/rampgate/ruleset.json of `rampgate github init`: a rule `required_status_checks` with "
        f'{{"context": "{seen.context}", "integration_id": APP_ID}}, in a ruleset of `"enforcement": "active"`',
    )


def _rulesets(seen: Seen) -> tuple[RulesetSeen, ...]:
    return () if isinstance(seen.rulesets, Unread) else seen.rulesets


def _status_source(seen: Seen) -> Iterator[Found]:
    sources = verdict_sources(seen)
    if sources and all(number is None for _, number in sources):
        yield hole(
            f"{sources[0][0].source} takes `{seen.context}` from anybody: whoever may write can publish it",
            'set "integration_id" beside the context in `required_status_checks` to the number of your App '
            "(`rampgate github init --app-id APP_ID --replace` writes it, and the other files of the strong profile)",
        )


def _status_app(seen: Seen) -> Iterator[Found]:
    numbers = {number for _, number in verdict_sources(seen)}
    if ACTIONS_APP in numbers and not is_pinned_to_app(seen):
        yield hole(
            f"`{seen.context}` is taken from GitHub Actions, so from the token of every workflow of every branch",
            "publish it by an App of your own: `rampgate github init --profile strong --replace`",
        )


def _pull_request(seen: Seen) -> Iterator[Found]:
    if not of_kind(seen.rules, "pull_request"):
        yield weakness(
            f"`{seen.branch}` can be pushed to without a pull request{seen.unseen}",
            'add a rule `{"type": "pull_request"}` with "required_approving_review_count": 0 to the ruleset',
        )


def _force_push(seen: Seen) -> Iterator[Found]:
    if not of_kind(seen.rules, "non_fast_forward"):
        yield hole(
            f"`{seen.branch}` can be force-pushed{seen.unseen}",
            'add the rule `{"type": "non_fast_forward"}` to the ruleset',
        )


def _deletion(seen: Seen) -> Iterator[Found]:
    if not of_kind(seen.rules, "deletion"):
        yield hole(f"`{seen.branch}` can be deleted{seen.unseen}", 'add the rule `{"type": "deletion"}` to the ruleset')


def _history(seen: Seen) -> Iterator[Found]:
    rules = known(seen.history_rules)
    if rules is None:
        return
    branch = seen.history.branch if seen.history else DECISIONS
    words = {"non_fast_forward": "force-pushed", "deletion": "deleted"}
    open_to = [word for kind, word in words.items() if not of_kind(rules, kind)]
    if open_to:
        yield weakness(
            f"the branch `{branch}` can be {' and '.join(open_to)}",
            "apply .github/rampgate/ruleset-decisions-history.json: rules `non_fast_forward` and `deletion` for "
            f"refs/heads/{branch}",
        )


def _bypass(seen: Seen) -> Iterator[Found]:
    """Only rulesets that hold for the branch are asked: GitHub shows them by the number in each rule."""
    guarding = {rule.ruleset: rule for rule in seen.rules}
    if not guarding:
        return
    vital = {rule.ruleset for rule, _ in verdict_sources(seen)}
    vital |= {rule.ruleset for rule in seen.rules if rule.kind in ("non_fast_forward", "deletion")}
    rulesets = {each.number: each for each in known(seen.rulesets)}
    for number, rule in guarding.items():
        actors = known(rulesets[number].actors) if number in rulesets else known(_hidden(rule))
        for actor in actors:
            mode = {"pull_request": "on pull requests", "exempt": "always, and without a trace"}.get(
                actor.mode, "always"
            )
            tell = hole if number in vital else weakness
            yield tell(
                f"{actor.who} may bypass {rule.source}, {mode}",
                'take them out of "bypass_actors" of the ruleset, or switch on "do not allow bypassing" where it is '
                "branch protection; emergencies have break-glass in policies/governance.yaml",
            )


def _hidden(rule: BranchRule) -> tuple[BypassActor, ...] | Unread:
    return Unread(f"{rule.source} is not shown to this token", "administration: write")


def _native_reviews(seen: Seen) -> Iterator[Found]:
    for rule in of_kind(seen.rules, "pull_request"):
        count = rule.parameters.get("required_approving_review_count") or 0
        asked = [f"{count} approving review{'' if count == 1 else 's'}"] if count else []
        if rule.parameters.get("require_last_push_approval") is True:
            asked.append("an approval of the last push")
        teams = rule.parameters.get("required_reviewers") or []
        if any(each.get("minimum_approvals") and _reaches_a_card(each.get("file_patterns") or []) for each in teams):
            asked.append("a team's approval of model_cards/")
        if asked:
            yield weakness(
                f"{rule.source} asks for {', '.join(asked)} on every pull request, a rollback's too",
                'set "required_approving_review_count": 0 and "require_last_push_approval": false, and keep '
                '"required_reviewers" off model_cards/; the policies say who must approve',
            )


def _reaches_a_card(patterns: list[str]) -> bool:
    return any(fnmatchcase(_A_CARD, each) or fnmatchcase(_A_CARD, each.rstrip("/") + "/*") for each in patterns)


def _rebase(seen: Seen) -> Iterator[Found]:
    limited = [rule.parameters["allowed_merge_methods"] for rule in of_kind(seen.rules, "pull_request")
               if rule.parameters.get("allowed_merge_methods")]  # fmt: skip
    queued = [rule for rule in of_kind(seen.rules, "merge_queue") if rule.parameters.get("merge_method") == "REBASE"]
    is_allowed = bool(queued) or (all("rebase" in each for each in limited) and known(seen.rebase))
    if is_allowed:
        yield weakness(
            f"pull requests into `{seen.branch}` can be merged by rebase",
            'set "allowed_merge_methods": ["merge", "squash"] in the rule `pull_request`'
            + (', and "merge_method": "MERGE" in `merge_queue`' if queued else ""),
        )


def _up_to_date(seen: Seen) -> Iterator[Found]:
    if not verdict_sources(seen) or of_kind(seen.rules, "merge_queue"):
        return
    if not any(
        rule.parameters.get("strict_required_status_checks_policy") is True for rule, _ in verdict_sources(seen)
    ):
        yield weakness(
            f"a pull request can be merged that was judged against an older `{seen.branch}`",
            'set "strict_required_status_checks_policy": true in `required_status_checks`, or use a merge queue',
        )


def _queue_size(seen: Seen) -> Iterator[Found]:
    for rule in of_kind(seen.rules, "merge_queue"):
        built, merged = (rule.parameters.get(f"max_entries_to_{verb}") for verb in ("build", "merge"))
        fix = (
            'set "max_entries_to_merge": 1, "max_entries_to_build": 1, "grouping_strategy": "ALLGREEN" in `merge_queue`'
        )
        if merged != 1 and rule.parameters.get("grouping_strategy") == "HEADGREEN":
            yield hole(
                f"the merge queue lands up to {merged} pull requests together, of which only the last must be green",
                fix,
            )
        elif merged != 1:
            yield weakness(f"the merge queue lands up to {merged} pull requests together", fix)
        elif built != 1:
            yield weakness(f"the merge queue judges up to {built} pull requests, each upon the ones before it", fix)


def _queue_signal(seen: Seen) -> Iterator[Found]:
    if of_kind(seen.rules, "merge_queue") and not hears_the_queue(seen):
        yield weakness(
            "there is a merge queue, and no workflow that wakes the gate on `merge_group`",
            "add `merge_group: {types: [checks_requested]}` to the signal workflow, whose name the gate's "
            "`workflow_run` lists",
        )


def _default_branch(seen: Seen) -> Iterator[Found]:
    if seen.branch != seen.default_branch:
        yield hole(
            f"the governed branch is `{seen.branch}`, and GitHub takes the gate's workflow from the default branch "
            f"`{seen.default_branch}`",
            f"make it the default branch: `gh repo edit {seen.repository} --default-branch {seen.branch}`, "
            "or set `branch` in policies/governance.yaml",
        )


def _past(seen: Seen) -> Iterator[Found]:
    for each in known(seen.bypassed):
        yield weakness(
            f"{each.who} passed the rules of `{seen.branch}` by on {each.when[:10]} "
            f"({each.before[:7]}..{each.after[:7]})",
            f"`rampgate record --before {each.before} --after {each.after}` judges what landed",
        )


def _actions_approve(seen: Seen) -> Iterator[Found]:
    if known(seen.actions_approve):
        yield weakness(
            "workflows may approve pull requests",
            f"`gh api -X PUT repos/{seen.repository}/actions/permissions/workflow -F "
            "can_approve_pull_request_reviews=false`",
        )


def _token(seen: Seen) -> Iterator[Found]:
    if known(seen.token_writes):
        tell = weakness if is_pinned_to_app(seen) else hole
        yield tell(
            "a workflow that asks for no permissions gets a token that writes, statuses included",
            f"`gh api -X PUT repos/{seen.repository}/actions/permissions/workflow -f "
            "default_workflow_permissions=read`",
        )


CHECKS: Final = (
    Check("status-not-required", "Without it GitHub merges whatever the verdict is.", _status_required),
    Check("status-not-pinned", "A status that anybody may publish can be forged.", _status_source),
    Check("status-from-actions", "Whoever may push a branch can write a workflow that publishes it.", _status_app),
    Check("default-branch-not-governed", "Who may push to the default branch can change the judge.", _default_branch),
    Check("force-push-allowed", "A force-push replaces what was judged.", _force_push),
    Check("deletion-allowed", "A branch that is deleted and made again brings what nobody judged.", _deletion),
    Check("bypass-actors", "Whoever may bypass the rules needs no verdict.", _bypass),
    Check("pull-request-not-required", "A push without a pull request has no reviews that could count.", _pull_request),
    Check("history-not-protected", "Who can rewrite the record of decisions can change what was decided.", _history),
    Check("queue-groups", "A group lands as a tree that nobody judged as a whole.", _queue_size),
    Check("queue-without-signal", "No verdict is published for what waits in the queue, and it stalls.", _queue_signal),
    Check("token-writes-by-default", "Any workflow could publish a verdict, or push.", _token),
    Check(
        "actions-may-approve", "An approval by a workflow counts natively, though no person gave it.", _actions_approve
    ),
    Check("native-reviews-required", "A rollback would wait for a review that no policy asks for.", _native_reviews),
    Check("rebase-allowed", "A rebase lands commits that nobody judged or approved.", _rebase),
    Check("not-up-to-date", "The tree that lands may differ from the one that was judged.", _up_to_date),
    Check("rules-were-passed-by", "What landed then was not held to the verdict.", _past),
)
"""The checks of branches, in the order in which equals are shown."""
