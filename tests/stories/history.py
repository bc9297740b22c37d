"""The steps that work on files and commits, before anything reaches the forge.

Every step is a function whose docstring names its fields; a bare value stands for the first of them.
"""

from __future__ import annotations

import json
from typing import Any

from stories.given import put
from stories.play import Play
from stories.table import Step
from stories.words import fields
from worlds.governed_world import card, dump, evidence


def branch(play: Play, said: Any) -> None:
    """Create a branch and check it out: `name`, `at` (main)."""
    f = fields(said, "name", name=..., at="main")
    play.world.branch(f["name"], play.commits.get(f["at"], f["at"]))


def checkout(play: Play, said: Any) -> None:
    """Check a branch out: `name`."""
    play.world.checkout(fields(said, "name", name=...)["name"])


def edit_card(play: Play, said: Any) -> None:
    """Change fields of a card as it stands in the work tree: any field, `version` (2.0.0); null removes one."""
    held(play, version := str(said.get("version", "2.0.0")))
    play.world.edit_card(version=version, **{key: each for key, each in said.items() if key != "version"})


def add_version(play: Play, said: Any) -> None:
    """Add a version with evidence: `version`, `stage` (pilot), `model` (credit-risk)."""
    f = fields(said, "version", version=..., stage="pilot", model="credit-risk")
    file = evidence()
    file["subject"] |= {"model": f["model"], "version": f["version"]}
    play.world.add_version(card(**f), file)


def measure(play: Play, said: Any) -> None:
    """Let the card of 2.0.0 list other evidence, and nothing else: `correct`, `wrong` (10)."""
    f = fields(said, "correct", correct=..., wrong=10)
    held(play, "2.0.0")
    play.world.replace_evidence(evidence(f["correct"], f["wrong"]))


def write(play: Play, said: Any) -> None:
    """Write files by their path: a text as it is, anything else as YAML; null removes the file or folder."""
    for path, content in said.items():
        put(play.world, path, content)


def change_yaml(play: Play, said: Any) -> None:
    """Set one field of a governed file: `path`, `at` (keys and numbers down to it), `to` (null removes it)."""
    f = fields(said, "path", path=..., at=..., to=None)
    value = whole = json.loads(play.world.read(f["path"]))
    for key in f["at"][:-1]:
        value = value[key]
    if f["to"] is None:
        del value[f["at"][-1]]
    elif isinstance(value, list) and f["at"][-1] == len(value):
        value.append(f["to"])
    else:
        value[f["at"][-1]] = f["to"]
    play.world.write(f["path"], dump(whole))


def commit(play: Play, said: Any) -> None:
    """Commit the work tree and name the commit: `as`, `author` (alice), `committer` (author), `message`, `amend`."""
    f = fields(said, "as", **{"as": "", "author": "alice", "committer": "", "message": "change", "amend": False})
    if f["amend"]:
        play.world.git("reset", "-q", "--soft", "HEAD^")
    sha = play.world.commit(f["message"], play.signature(f["author"]), play.signature(f["committer"] or f["author"]))
    if f["as"]:
        play.commits[f["as"]] = sha


def commits(play: Play, said: Any) -> None:
    """Add commits that change nothing: `count`."""
    count = fields(said, "count", count=...)["count"]
    tree, head = play.world.tree(), play.world.head
    stream = [
        f"commit refs/heads/many\nmark :{number}\ncommitter Alice <alice@example.com> {number} +0000\ndata 1\nx\n"
        + (f"from {head}\n" if number == 1 else f"from :{number - 1}\n")
        for number in range(1, count + 1)
    ]
    play.world.git("fast-import", "--quiet", "--force", stdin="\n".join(stream) + "\n")
    play.world.git("reset", "-q", "--hard", "refs/heads/many")
    assert play.world.tree() == tree


def merge_base(play: Play, said: Any) -> None:
    """Update the checked-out branch with main by a merge commit: `as`, `author` (alice), `evil` (files changed in it)."""
    f = fields(said, "as", **{"as": "", "author": "alice", "evil": {}})
    evil = {path: each if isinstance(each, str) else dump(each) for path, each in f["evil"].items()}
    play.commits[f["as"]] = play.world.merge("main", "Merge main", play.signature(f["author"]), evil=evil)


def merge_branch(play: Play, said: Any) -> None:
    """Merge another branch into the checked-out one: `name`, `as`, `author` (alice)."""
    f = fields(said, "name", **{"name": ..., "as": "", "author": "alice"})
    play.commits[f["as"]] = play.world.merge(f["name"], "Merge", play.signature(f["author"]))


def rebase(play: Play, said: Any) -> None:
    """Rebase the checked-out branch onto main as somebody: `by` (alice), `as`."""
    f = fields(said, "by", **{"by": "alice", "as": ""})
    name, email = play.signature(f["by"])
    play.world.git("rebase", "-q", "main", GIT_COMMITTER_NAME=name, GIT_COMMITTER_EMAIL=email)
    play.commits[f["as"]] = play.world.head


def current(play: Play) -> str:
    """The branch that is checked out."""
    return (play.world.root / ".git/HEAD").read_text().strip().removeprefix("ref: refs/heads/")


def held(play: Play, version: str) -> None:
    """Let the world know the card that the checked-out branch holds."""
    path = f"model_cards/credit-risk/{version}/card.yaml"
    play.world.cards["credit-risk", version] = json.loads(play.world.read(path))


HISTORY: tuple[Step, ...] = (
    branch,
    checkout,
    edit_card,
    add_version,
    measure,
    write,
    change_yaml,
    commit,
    commits,
    merge_base,
    merge_branch,
    rebase,
)
