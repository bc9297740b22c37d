"""What the doctor reads in the clone: workflows, code owners, people and branch, as Git objects of one commit."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from rampgate.adapters import packaged
from rampgate.adapters.git_objects import GitObjects
from rampgate.app.github.doctor_log import read_history
from rampgate.app.judging.trees import GitTree
from rampgate.errors import InvalidInput, UsageProblem
from rampgate.formats.codeowners import PLACES
from rampgate.formats.nouns import noun_of
from rampgate.formats.yaml_text import load_yaml
from rampgate.model.doctor import HistorySeen, WorkflowSeen
from rampgate.model.history import DECISIONS
from rampgate.model.people import People
from rampgate.model.registry import Governance

WORKFLOWS: Final = ".github/workflows"


@dataclass(frozen=True, slots=True)
class Clone:
    """The files of the governed branch. policies: what is wrong with people and governance, "" for nothing.

    history: what it declares, None for none; has_history: whether the branch `decisions` is there all the same.
    """

    branch: str
    commit: str
    workflows: tuple[WorkflowSeen, ...]
    owners: str | None
    people: People | None
    policies: str
    history: HistorySeen | None
    has_history: bool


def read_clone(repo: Path, branch: str, default_branch: str) -> Clone:
    """Return what a clone holds at the tip of the governed branch, as it was fetched last.

    branch: "" for the one that the policies of the default branch name.
    Raises UsageProblem where the clone does not have the branch, Unreachable where the folder is no repository.
    """
    with GitObjects.open(repo) as git:
        name = branch or _governed(git, default_branch)
        commit = _tip(git, name)
        if commit is None:
            raise UsageProblem(
                f"this clone has no branch `{name}`; `git fetch origin {name}`, or name another with --branch"
            )
        tree = GitTree(git, git.tree_of(commit), "base")
        people, fault = _people(tree)
        history, there = read_history(git, tree, commit), _tip(git, DECISIONS) is not None
        return Clone(name, commit, tuple(_workflows(tree)), _owners(tree), people, fault, history, there)


def _tip(git: GitObjects, branch: str) -> str | None:
    """Return the commit of a branch, as its origin had it, or of the clone's own branch where it has no such origin."""
    for ref in (f"refs/remotes/origin/{branch}", f"refs/heads/{branch}"):
        try:
            return git.resolve(ref)
        except UsageProblem:
            continue
    return None


def _governed(git: GitObjects, default_branch: str) -> str:
    commit = _tip(git, default_branch)
    if commit is None:
        return default_branch
    tree = GitTree(git, git.tree_of(commit), "base")
    path = "policies/governance.yaml"
    try:
        document = load_yaml(tree.read(path), path)
        return noun_of(document, Governance, "governance", packaged.schema("governance")).noun.branch
    except InvalidInput:
        return default_branch


def _people(tree: GitTree) -> tuple[People | None, str]:
    path = "policies/people.yaml"
    try:
        document = load_yaml(tree.read("policies/governance.yaml"), "policies/governance.yaml")
        noun_of(document, Governance, "governance", packaged.schema("governance"))
        return noun_of(load_yaml(tree.read(path), path), People, "people", packaged.schema("people")).noun, ""
    except InvalidInput as error:
        return None, str(error.problems[0])


def _workflows(tree: GitTree) -> Iterator[WorkflowSeen]:
    for name in tree.names(WORKFLOWS):
        path = f"{WORKFLOWS}/{name}"
        if path.endswith((".yml", ".yaml")):
            try:
                yield WorkflowSeen(path, load_yaml(tree.read(path), path).value)
            except InvalidInput as error:
                yield WorkflowSeen(path, {}, str(error.problems[0]))


def _owners(tree: GitTree) -> str | None:
    place = next((path for path in PLACES if tree.exists(path)), None)
    return tree.read(place).decode("utf-8", "replace") if place else None
