"""The checks of the decision history: whether it is there and complete, who signs it, and which workflow writes it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from rampgate.core import workflow_text as text
from rampgate.core.doctor_base import Check, Found, advice, known, weakness
from rampgate.model.doctor import LogSeen, Seen

_AGAIN: Final = "`gh workflow run rampgate-record.yml` writes down what is missing; its log says what stands in the way"
_WRITE_ANEW: Final = "`rampgate github init --replace` writes rampgate-record.yml anew"
_KEY: Final = "history-key"


def _log(seen: Seen) -> LogSeen | None:
    """Return the records, None where none are declared or the branch is not there. Raises NotRead."""
    return None if seen.history is None or seen.history.log is None else known(seen.history.log)


def _not_declared(seen: Seen) -> Iterator[Found]:
    if seen.history is None:
        yield advice(
            "no decision history is declared: there is no policies/history.yaml",
            "`rampgate keys create recorder`, and the step `Begin to record decisions` of .github/rampgate/README.md",
        )


def _absent(seen: Seen) -> Iterator[Found]:
    if seen.history is not None and seen.history.log is None:
        branch = seen.history.branch
        yield weakness(
            f"a decision history is declared, and there is no branch `{branch}`",
            f"`git fetch origin {branch}`; where GitHub has none either, "
            "`gh workflow run rampgate-record.yml` begins it",
        )


def _behind(seen: Seen) -> Iterator[Found]:
    log = _log(seen)
    if log is None:
        return
    if log.is_cut:
        yield weakness(f"the newest commit on record is not on `{seen.branch}` any more", _AGAIN)
    elif log.unrecorded:
        first, count = log.unrecorded[0][:7], len(log.unrecorded)
        more = f" and {count - 1} after it" if count > 1 else ""
        yield weakness(f"commit {first} of `{seen.branch}`{more} is on no record", _AGAIN)


def _signer(seen: Seen) -> Iterator[Found]:
    if seen.history is None:
        return
    log, able = _log(seen), seen.history.able
    place = log.size if log else 0
    if not able:
        yield weakness(
            f"no key may sign record {place}, the next one",
            f"`rampgate keys create NAME`, in a change of the rules; its private key is the secret of `{_KEY}`",
        )
    elif log is not None and log.why_not_next:
        yield weakness(
            f"the key `{log.signer}`, which signed the newest record, may not sign record {place}: {log.why_not_next}",
            f"make the private key of {' or '.join(f'`{name}`' for name in able)} the secret of `{_KEY}`",
        )


def _no_recorder(seen: Seen) -> Iterator[Found]:
    if seen.history is not None and not text.recorders(seen.workflows):
        yield weakness(
            f"no workflow on `{seen.branch}` runs `rampgate record`",
            "`rampgate github init` writes rampgate-record.yml",
        )


def _not_woken(seen: Seen) -> Iterator[Found]:
    """Yield the events that some recording workflow has to start on, and none does."""
    recorders = text.recorders(seen.workflows)
    if seen.history is None or not recorders:
        return
    on = [text.triggers(each.value) for each in recorders]
    if not any(_hears_branch(each.get("push"), seen.branch) for each in on):
        yield weakness(f"{recorders[0].path} does not start on a push to `{seen.branch}`", _WRITE_ANEW)
    closing = [text.types_of(each["pull_request_target"]) for each in on if "pull_request_target" in each]
    if not any(types is not None and "closed" in types for types in closing):
        yield weakness(
            f"{recorders[0].path} does not start when a pull request is closed, so that no refusal is on record",
            _WRITE_ANEW,
        )


def _hears_branch(push: Mapping[str, Any] | None, branch: str) -> bool:
    if push is None:
        return False
    named = push.get("branches")
    return named is None or branch in text.words(named)


def _keyless(seen: Seen) -> Iterator[Found]:
    for path, job, step in _recording(seen):
        place = f"{path}, job `{job}`,"
        if "uses" in step and not text.obj(step.get("with")).get(_KEY):
            yield weakness(f"{place} gives `record` no `{_KEY}`, so that it signs nothing", _WRITE_ANEW)
    for each in text.recorders(seen.workflows) if seen.history is not None else ():
        if not text.environments(each):
            yield weakness(
                f"{each.path} takes the key from no environment, so that every branch's workflow can read it",
                "give the job `environment: {name: model-gate, deployment: false}`, and move the key there",
            )


def _may_not_push(seen: Seen) -> Iterator[Found]:
    for each in text.recorders(seen.workflows) if seen.history is not None else ():
        for name, job in text.jobs(each.value).items():
            steps = [step for _, step in text.steps({"jobs": {name: job}})]
            if not any(text.records(step) for step in steps) or _writes_contents(each.value, job, steps):
                continue
            yield weakness(
                f"{each.path}, job `{name}`, has no token that may push",
                "give the App's token `permission-contents: write`; in the light profile the job `contents: write`",
            )


def _writes_contents(workflow: Mapping[str, Any], job: Mapping[str, Any], steps: list[Mapping[str, Any]]) -> bool:
    if {"contents", "everything"} & set(text.writes(text.granted(workflow, job))):
        return True
    made = [step for step in steps if "create-github-app-token" in str(step.get("uses"))]
    return any(_may_write(text.obj(step.get("with"))) for step in made)


def _may_write(given: Mapping[str, Any]) -> bool:
    """Return whether a token of an App is asked for that may push: without any wish it may all that the App may."""
    wished = [key for key in given if str(key).startswith("permission-")]
    return not wished or given.get("permission-contents") == "write"


def _not_heard(seen: Seen) -> Iterator[Found]:
    names = {text.name_of(each) for each in text.recorders(seen.workflows)}
    if seen.history is None or not names:
        return
    for gate in text.gates(seen.workflows):
        heard = text.words(text.triggers(gate.value).get("workflow_run", {}).get("workflows"))
        if not names & set(heard):
            yield weakness(
                f"{gate.path} does not start when {' or '.join(f'`{name}`' for name in sorted(names))} ends",
                "add that name to the `workflows` of its `workflow_run`",
            )


def _recording(seen: Seen) -> Iterator[tuple[str, str, Mapping[str, Any]]]:
    """Yield path, job and step of everything that records, where a history is declared."""
    for each in text.recorders(seen.workflows) if seen.history is not None else ():
        for name, job in text.jobs(each.value).items():
            for _, step in text.steps({"jobs": {name: job}}):
                if text.records(step):
                    yield each.path, name, step


CHECKS: Final = (
    Check("history-absent", "What is decided is written down nowhere.", _absent),
    Check("history-behind", "What landed is on no record, and the models that it touched do not move.", _behind),
    Check("history-signer", "The next decision can not be signed, and so not be recorded.", _signer),
    Check("record-absent", "What landed is not judged again, and is written down nowhere.", _no_recorder),
    Check("record-not-woken", "What landed or was refused would be missing from the history.", _not_woken),
    Check("record-without-key", "Without its key nothing is signed; within reach of others, anybody signs.", _keyless),
    Check("record-may-not-push", "A record that can not be pushed is lost with its run.", _may_not_push),
    Check("record-not-heard", "A promotion that waits for a record would not be judged once it is there.", _not_heard),
    Check("history-not-declared", "Nobody could say later who let which version in, and on what.", _not_declared),
)
"""The checks of the decision history, in the order in which equals are shown."""
