"""Gathers what a record names by digest, so that a clone is enough to judge it again.

That is: every file that was read, the forge's answer, the whole decision, what people state in it, and a pack of the
commits and trees that a clone lacks once a branch is squashed and gone.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from rampgate.adapters.git_objects import GitObjects
from rampgate.adapters.git_pack import packed
from rampgate.adapters.ledger import MAX_INPUT_BYTES
from rampgate.app.recording.landing import Seen
from rampgate.core.paths import CARDS, POLICIES
from rampgate.core.recorded import document_of
from rampgate.formats.digest import sha256_of


@dataclass(frozen=True, slots=True)
class Contents:
    """Contents by digest. reviews, objects: which of them are the forge's answer and the pack; None for none."""

    by_digest: dict[str, bytes]
    reviews: str | None
    objects: str | None


def contents_of(
    git: GitObjects, seen: Seen, models: Iterable[str], stated: Iterable[bytes], read: set[str]
) -> Contents:
    """Return what the record of a judgement names. read: every file that was read for it, by its object's name."""
    found: dict[str, bytes] = {}
    trees = {"base": git.tree_of(seen.step.parent), "landing": seen.landing_tree}
    told: set[str] = set()
    for each in seen.decision.inputs:
        side, _, path = each.path.partition(":")
        tree = trees.get(side)
        entry = git.entry(tree, path) if tree else None
        if entry is not None:
            found[each.sha256] = git.read_blob(entry.oid, limit_bytes=MAX_INPUT_BYTES)
            told.add(entry.oid)
    found |= _by_digest(stated)
    if seen.decision.verdict is not None:
        found |= _by_digest([document_of(seen.decision)])
    reviews = digest_of(seen.claim.body) if seen.claim else None
    if seen.claim:
        found[digest_of(seen.claim.body)] = seen.claim.body
    pack = _pack(git, seen, read - told - _on_base(git, trees["base"] or "", models))
    objects = digest_of(pack) if pack else None
    return Contents({**found, **_by_digest([pack] if pack else [])}, reviews, objects)


def _pack(git: GitObjects, seen: Seen, files: set[str]) -> bytes | None:
    """Return the pack of what the judgement read beside the governed branch; None for nothing, or for far too much."""
    reviewed = seen.claim.reviewed if seen.claim else ()
    commits = dict.fromkeys([seen.head, *(each for each in reviewed if git.has_commit(each))])
    trees = [seen.landing_tree] if seen.landing_tree else []
    # To find once more that two sides do not merge, Git compares the files themselves.
    with_files = seen.landing_tree is None
    return pack_of(git, list(commits), trees, without=seen.step.parent, blobs=files, with_files=with_files)


def pack_of(git: GitObjects, commits: Sequence[str], trees: Sequence[str], **more: Any) -> bytes | None:
    """Return a pack as `packed` makes it; None for nothing, or for more than is ever read again."""
    pack = packed(git, commits, trees, **more)
    return pack if pack is not None and len(pack) <= MAX_INPUT_BYTES else None


def _on_base(git: GitObjects, tree: str, models: Iterable[str]) -> set[str]:
    """Return the files of the base that are read the most, by name; every clone has them."""
    folders = [POLICIES, *(f"{CARDS}/{model}" for model in models)]
    return {each.oid for folder in folders if git.tree_oid(tree, folder) for each in git.list_tree(tree, folder)}


def _by_digest(contents: Iterable[bytes]) -> dict[str, bytes]:
    return {digest_of(each): each for each in contents}


def digest_of(data: bytes) -> str:
    """Return the SHA-256 of bytes as 64 hexadecimal digits."""
    return sha256_of(data).removeprefix("sha256:")
