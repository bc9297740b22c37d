"""The checks of the workflows on the governed branch: the gate, what wakes it, who else publishes, where the key is."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, Final

from rampgate.core import workflow_text as text
from rampgate.core.doctor_base import (
    Check,
    Found,
    NotRead,
    advice,
    hole,
    is_pinned_to_app,
    known,
    weakness,
)
from rampgate.model.doctor import Profile, Seen, Unread

_PINNED: Final = re.compile(r"@[0-9a-f]{40}([0-9a-f]{24})?$|@sha256:[0-9a-f]{64}$")
_HEAD: Final = re.compile(
    r"pull_request\.(head|number|merge)|head_ref|head_sha|head_branch|head_commit|refs/pull/|inputs\."
)
_FETCHES: Final = re.compile(r"\bgh\s+pr\s+checkout\b|\bgit\s+(checkout|switch|pull|merge|worktree\s+add)\b")
_NEEDED: Final = ("pull_request_target", "push", "schedule")
_FROM_HEAD: Final = ("pull_request", "pull_request_review", "pull_request_review_comment", "merge_group")
_MAY_WRITE: Final = ("statuses", "pull-requests", "issues", "checks", "security-events", "id-token")


def profile_of(seen: Seen) -> Profile:
    """Return how the verdict is published, as far as the gate's workflow and the required status tell."""
    gates = text.gates(seen.workflows)
    if not gates:
        return Profile("none", "no workflow of the governed branch runs `rampgate ci`")
    for gate in gates:
        if text.environments(gate):
            return Profile(
                "strong", f"{gate.path} takes an App's key from the environment `{text.environments(gate)[0]}`"
            )
        if any("create-github-app-token" in str(step.get("uses")) for _, step in text.steps(gate.value)):
            return Profile("strong", f"{gate.path} makes a token of an App")
    if is_pinned_to_app(seen):
        return Profile("strong", f"`{seen.context}` is taken from an App only")
    return Profile("light", "the workflow's own token publishes the verdict: whoever may push a branch can forge it")


def hears_the_queue(seen: Seen) -> bool:
    """Return whether the merge queue wakes the gate."""
    return any("merge_group" in text.triggers(each.value) for each in text.signals(seen.workflows))


def _absent(seen: Seen) -> Iterator[Found]:
    if not text.gates(seen.workflows):
        broken = [each for each in seen.workflows if each.problem]
        if broken:
            raise NotRead(
                Unread(f"no workflow that can be read runs it, and {broken[0].path} can not be read", "nothing")
            )
        yield hole(
            f"no workflow on `{seen.branch}` runs `rampgate ci`",
            "`rampgate github init` writes one; merge it, and follow .github/rampgate/README.md",
        )


def _from_head(seen: Seen) -> Iterator[Found]:
    for gate in text.gates(seen.workflows):
        events = [name for name in text.triggers(gate.value) if name in _FROM_HEAD]
        if events:
            yield hole(
                f"{gate.path} starts on {_listed(events)}: GitHub then takes the file from the pull request",
                "start it on `pull_request_target` and `workflow_run` only, and let the signal workflow hear the rest",
            )


def _not_woken(seen: Seen) -> Iterator[Found]:
    for gate in text.gates(seen.workflows):
        missing = [name for name in _NEEDED if name not in text.triggers(gate.value)]
        if missing:
            yield weakness(f"{gate.path} does not start on {_listed(missing)}", f"add {_listed(missing)} to its `on:`")


def _signal(seen: Seen) -> Iterator[Found]:
    if not text.gates(seen.workflows):
        return
    hears = [each for each in text.signals(seen.workflows) if "pull_request_review" in text.triggers(each.value)]
    if not hears:
        yield hole(
            "no workflow wakes the gate on `pull_request_review`, so a dismissed approval leaves the verdict green",
            "`rampgate github init` writes rampgate-signal.yml; the gate's `workflow_run` must list its name",
        )
    for each in hears:
        types = text.types_of(text.triggers(each.value)["pull_request_review"])
        missing = [] if types is None else [name for name in ("submitted", "dismissed") if name not in types]
        if missing:
            tell = hole if "dismissed" in missing else weakness
            yield tell(
                f"{each.path} does not hear reviews that are {' or '.join(missing)}",
                "set `pull_request_review: {types: [submitted, edited, dismissed]}`",
            )


def _filtered(seen: Seen) -> Iterator[Found]:
    for gate in text.gates(seen.workflows):
        for name, event in text.triggers(gate.value).items():
            filters = [key for key in ("paths", "paths-ignore") if key in event]
            if filters and name != "push":
                yield weakness(
                    f"{gate.path} filters `{name}` by {_listed(filters)}", "remove the filter; rampgate skips itself"
                )


def _checkout(seen: Seen) -> Iterator[Found]:
    for gate in text.guarded(seen.workflows):
        for place, step in text.steps(gate.value):
            given = text.obj(step.get("with"))
            chosen = f"{given.get('ref') or ''} {given.get('repository') or ''}"
            is_checkout = str(step.get("uses") or "").startswith("actions/checkout@")
            if is_checkout and (_HEAD.search(chosen) or str(given.get("allow-unsafe-pr-checkout")).lower() == "true"):
                yield hole(
                    f"{gate.path}, {place}, checks out what the pull request brings",
                    "set `ref: ${{ github.event.repository.default_branch }}`; `rampgate ci` fetches the head",
                )
            if fetched := _FETCHES.search(str(step.get("run") or "")):
                yield hole(
                    f"{gate.path}, {place}, runs `{fetched[0]}`", "leave it out; `rampgate ci` fetches what it judges"
                )


def _expression(seen: Seen) -> Iterator[Found]:
    for gate in text.guarded(seen.workflows):
        for place, step in text.steps(gate.value):
            script = f"{step.get('run') or ''}{text.obj(step.get('with')).get('script') or ''}"
            if "${{" in script:
                yield hole(
                    f"{gate.path}, {place}, has `${{{{ }}}}` inside a script",
                    "give the value by `env:` and write `$NAME` in the script",
                )


def _unpinned(seen: Seen) -> Iterator[Found]:
    for gate in text.guarded(seen.workflows):
        used = [str(step["uses"]) for _, step in text.steps(gate.value) if step.get("uses")]
        used += [str(job["uses"]) for job in text.jobs(gate.value).values() if job.get("uses")]
        for name in dict.fromkeys(used):
            if not name.startswith(("./", "$/")) and name != "." and not _PINNED.search(name):
                yield weakness(
                    f"{gate.path} uses `{name}`", "name it by its full commit id, 40 of the signs 0-9 and a-f"
                )


def _wide(seen: Seen) -> Iterator[Found]:
    for gate in text.gates(seen.workflows):
        for name, job in text.jobs(gate.value).items():
            permissions = text.granted(gate.value, job)
            wide = [each for each in text.writes(permissions) if each not in _MAY_WRITE]
            if permissions is None or wide:
                what = (
                    f"may write {', '.join(wide)}" if wide else "asks for no permissions and so gets the default ones"
                )
                yield weakness(
                    f"{gate.path}, job `{name}`, {what}",
                    "`permissions: {}` for the workflow; for the job `contents: read`, and in the light profile "
                    "`pull-requests: write` and `statuses: write`",
                )


def _same_name(seen: Seen) -> Iterator[Found]:
    for each in seen.workflows:
        for name, job in text.jobs(each.value).items():
            if seen.context in (name, job.get("name")):
                yield weakness(f"{each.path} has a job called `{seen.context}`", "give the job another name")


def _others(seen: Seen) -> Iterator[Found]:
    own = {gate.path for gate in text.gates(seen.workflows)}
    tell = weakness if is_pinned_to_app(seen) else hole
    for each in seen.workflows:
        able = [
            name
            for name, job in text.jobs(each.value).items()
            if {"statuses", "everything"} & set(text.writes(text.granted(each.value, job)))
        ]
        if able and each.path not in own:
            yield tell(
                f"{each.path}, job {_listed(able)}, may publish statuses",
                "take `statuses: write` away, or have the required status come from an App (`integration_id`)",
            )


def _unreadable(seen: Seen) -> Iterator[Found]:
    broken = [each for each in seen.workflows if each.problem]
    if broken:
        told = "; ".join(each.problem for each in broken)
        raise NotRead(Unread(f"{told}", "nothing"))
    yield from ()


def _environment(seen: Seen) -> Iterator[Found]:
    for name, part in seen.environments.items():
        if known(part) is None:
            yield hole(
                f"there is no environment `{name}`, and GitHub makes one that is open to every branch",
                f"`gh api -X PUT repos/{seen.repository}/environments/{name} --input "
                ".github/rampgate/environment.json`, then move the key into it",
            )


def _open_environment(seen: Seen) -> Iterator[Found]:
    for name, part in seen.environments.items():
        environment = known(part)
        if environment is None:
            continue
        fix = (
            f"limit it to `{seen.default_branch}`: `gh api -X POST repos/{seen.repository}/environments/{name}/"
            f"deployment-branch-policies -f name={seen.default_branch}`, with "
            '"deployment_branch_policy": {"protected_branches": false, "custom_branch_policies": true}'
        )
        if environment.patterns is None:
            if environment.protected_only:
                yield weakness(f"the environment `{name}` is open to every protected branch", fix)
            else:
                yield hole(f"the environment `{name}` is open to every branch", fix)
            continue
        others = [each for each in known(environment.patterns) if each != seen.default_branch]
        if others:
            yield hole(f"the environment `{name}` is open to {_listed(others)} too", f"{fix}; delete the others")


def _keyless(seen: Seen) -> Iterator[Found]:
    if profile_of(seen).name != "strong":
        return
    for gate in text.gates(seen.workflows):
        if not text.environments(gate):
            yield hole(
                f"{gate.path} takes the App's key from no environment, so that every branch's workflow can read it",
                "give the job `environment: {name: model-gate, deployment: false}`, and move the key there",
            )


def _admins(seen: Seen) -> Iterator[Found]:
    for name, part in seen.environments.items():
        environment = known(part)
        if environment is not None and environment.admins_bypass is not False:
            said = "may" if environment.admins_bypass else "may perhaps (GitHub does not say)"
            yield advice(
                f"administrators {said} bypass the protection of the environment `{name}`",
                f"Settings > Environments > {name}: switch off `Allow administrators to bypass`",
            )


def _listed(names: list[Any]) -> str:
    return ", ".join(f"`{name}`" for name in names)


CHECKS: Final = (
    Check("gate-absent", "Nothing judges, so nothing can say no.", _absent),
    Check("gate-from-head", "The author of a pull request could change the judge.", _from_head),
    Check("gate-checks-out-head", "What a stranger wrote could then run beside the key.", _checkout),
    Check("gate-expression-in-script", "Text that an author chose could run as a command beside the key.", _expression),
    Check("signal-absent", "A veto or a dismissal after the verdict would change nothing.", _signal),
    Check("key-without-environment", "Who can read the App's key can publish a verdict.", _keyless),
    Check("environment-absent", "The key would be open to every branch's workflow.", _environment),
    Check("environment-open", "A workflow of another branch could use the App's key.", _open_environment),
    Check("others-publish-statuses", "A second workflow could publish the verdict.", _others),
    Check("gate-not-woken", "A moved base, a new day or a push would not be judged again.", _not_woken),
    Check("gate-filtered", "A run that is filtered out leaves the status waiting for ever, or stale.", _filtered),
    Check("gate-action-not-pinned", "Who moves the tag runs code beside the key.", _unpinned),
    Check("gate-token-too-wide", "A fault in the gate would reach further than it has to.", _wide),
    Check("job-named-like-status", "GitHub would require the job too, and any branch can have such a job.", _same_name),
    Check("workflow-not-readable", "What it may do could not be told.", _unreadable),
    Check("environment-admins", "Who administers the repository could let another branch use the key.", _admins),
)
"""The checks of workflows and environments, in the order in which equals are shown."""
