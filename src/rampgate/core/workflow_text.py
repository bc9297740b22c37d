"""Reads what GitHub workflows say, as plain values: triggers, jobs, steps, permissions. Odd shapes read as nothing.

>>> triggers({"on": ["push", "pull_request"]})
{'push': {}, 'pull_request': {}}
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from rampgate.model.doctor import WorkflowSeen

Json = Mapping[str, Any]
Workflows = Sequence[WorkflowSeen]

_RUNS_CI: Final = re.compile(r"\brampgate(\.pyz)?\s+ci\b")
_RUNS_RECORD: Final = re.compile(r"\brampgate(\.pyz)?\s+record\b")
_OWN: Final = ("./", ".", "$/")


def triggers(workflow: Json) -> dict[str, Json]:
    """Return the events that start a workflow, with their filters."""
    on = workflow.get("on")
    if isinstance(on, str):
        return {on: {}}
    if isinstance(on, list):
        return {str(each): {} for each in on}
    return {name: obj(value) for name, value in on.items()} if isinstance(on, dict) else {}


def types_of(event: Json) -> list[str] | None:
    """Return the activity types that an event is limited to, None for its default ones."""
    types = event.get("types")
    return None if types is None else words(types)


def words(value: Any) -> list[str]:
    """Return a word or a list of words as a list."""
    return [str(each) for each in value] if isinstance(value, list) else [] if value is None else [str(value)]


def jobs(workflow: Json) -> dict[str, Json]:
    """Return the jobs of a workflow by id."""
    return {name: obj(job) for name, job in obj(workflow.get("jobs")).items()}


def steps(workflow: Json) -> Iterator[tuple[str, Json]]:
    """Yield each step with the place of it in words."""
    for name, job in jobs(workflow).items():
        listed = job.get("steps")
        for number, step in enumerate(listed if isinstance(listed, list) else [], 1):
            yield f"job `{name}`, step {number}", obj(step)


def name_of(workflow: WorkflowSeen) -> str:
    """Return the name by which `workflow_run` calls a workflow: its own, else its path."""
    return str(workflow.value.get("name") or workflow.path)


def gates(workflows: Workflows) -> list[WorkflowSeen]:
    """Return the workflows that judge and publish: those with a step that runs `rampgate ci`."""
    found = [each for each in workflows if any(_judges(step) for _, step in steps(each.value))]
    return found or [each for each in workflows if each.path.endswith(("/rampgate-gate.yml", "/rampgate-gate.yaml"))]


def _judges(step: Json) -> bool:
    return bool(_RUNS_CI.search(str(step.get("run") or ""))) or _is_action(step, "ci")


def _is_action(step: Json, wanted: str) -> bool:
    """Return whether a step is the action with this command."""
    uses = str(step.get("uses") or "").partition("@")[0]
    command = obj(step.get("with")).get("command", "ci")
    return command == wanted and (uses in _OWN or uses.rpartition("/")[2].startswith("rampgate"))


def records(step: Json) -> bool:
    """Return whether a step writes down what landed: it runs `rampgate record`."""
    return bool(_RUNS_RECORD.search(str(step.get("run") or ""))) or _is_action(step, "record")


def recorders(workflows: Workflows) -> list[WorkflowSeen]:
    """Return the workflows with a step that runs `rampgate record`."""
    return [each for each in workflows if any(records(step) for _, step in steps(each.value))]


def guarded(workflows: Workflows) -> list[WorkflowSeen]:
    """Return the workflows that hold a key: the gates, and those that write the decision history."""
    judging = gates(workflows)
    return [*judging, *(each for each in recorders(workflows) if each not in judging)]


def signals(workflows: Workflows) -> list[WorkflowSeen]:
    """Return the workflows whose end wakes a gate: those that a gate's `workflow_run` lists."""
    heard = {
        name
        for gate in gates(workflows)
        for name in words(triggers(gate.value).get("workflow_run", {}).get("workflows"))
    }
    return [each for each in workflows if name_of(each) in heard]


def monitor(workflows: Workflows) -> WorkflowSeen | None:
    """Return the workflow that looks after the set-up, None where there is none."""
    for each in workflows:
        file = each.path.rpartition("/")[2].rpartition(".")[0]
        if file == "rampgate-monitor" or name_of(each) == "rampgate monitor":
            return each
    return None


def environments(gate: WorkflowSeen) -> list[str]:
    """Return the names of the environments that a gate's jobs use."""
    found = []
    for job in jobs(gate.value).values():
        value = job.get("environment")
        name = value.get("name") if isinstance(value, dict) else value
        if isinstance(name, str) and name not in found:
            found.append(name)
    return found


def granted(workflow: Json, job: Json) -> Any:
    """Return the permissions that a job's token has: its own, else the workflow's, None for the default."""
    return job["permissions"] if "permissions" in job else workflow.get("permissions")


def writes(permissions: Any) -> list[str]:
    """Return what permissions let a token write; `everything` for `write-all`."""
    if permissions == "write-all":
        return ["everything"]
    return [name for name, level in obj(permissions).items() if level == "write"]


def obj(value: Any) -> Json:
    """Return a mapping as it is, anything else as an empty one."""
    return value if isinstance(value, dict) else {}
