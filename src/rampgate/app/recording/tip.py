"""Whether the newest commit of the history is one that a recorder made; nothing is written on top of another.

A recorder's commit adds one record and the contents that it names. Were another one built upon, the history could only
be put right by taking good records away with it. Deliberately not here: the proof of every commit (`verify`).
"""

from __future__ import annotations

from rampgate.adapters.git_objects import GitObjects
from rampgate.adapters.ledger import Ledger
from rampgate.errors import InvalidInput, Problem

_INPUTS = "inputs/"


def refuse_foreign(git: GitObjects, ledger: Ledger, tip: str, branch: str) -> None:
    """Raise InvalidInput where the commit at which a history stands is not one that adds its newest record."""
    fault = _fault(git, ledger, tip)
    if fault is not None:
        fix = (
            "find out who pushed it; `rampgate audit verify` tells which commits are no records; set the branch back "
            "to the newest one before them, and run this again"
        )
        message = f"the newest commit of the decision history was not made by `rampgate record`: {fault}"
        raise InvalidInput([Problem(f"refs/heads/{branch}", message, found=f"commit {tip}", fix=fix)])


def _fault(git: GitObjects, ledger: Ledger, tip: str) -> str | None:
    size, parents = ledger.size, git.commit(tip).parents
    if not size:
        return "it holds no record"
    if len(parents) != min(size - 1, 1):
        return "it does not follow one record before it"
    if not parents:
        return None
    changes = git.changed_paths(git.tree_of(parents[0]), git.tree_of(tip))
    if any(each.before is not None or each.after is None for each in changes):
        return "it changes or removes what was there"
    beside = [each.path for each in changes if not each.path.startswith(_INPUTS)]
    if beside != [each.path for each in ledger.entries(size - 1)]:
        return "it does not add exactly one record, the newest"
    return None
