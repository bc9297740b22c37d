"""Draws entries by a seed, alike on every machine and in every version of Python: no generator of numbers is used.

The key of an entry is the SHA-256 of the seed, a colon and the digest of the record, all as ASCII text; the smallest
keys are drawn. So anybody can draw again with `sha256sum`, and a larger sample holds the smaller one. Whoever inspects
chooses the seed, after the records were written: who knows it earlier could write records that are not drawn.
"""

from __future__ import annotations

import re

from rampgate.errors import UsageProblem
from rampgate.formats.digest import sha256_of
from rampgate.model.history_views import Drawn, Listing, Sample

_SEED = re.compile(r"[A-Za-z0-9._-]{1,100}")


def draw(population: Listing, number: int, seed: str) -> Sample:
    """Return so many entries of a population, or all where there are fewer, in the order of the history.

    seed: 1 to 100 letters, digits, `.`, `_` and `-`. Raises UsageProblem for another one.
    """
    if not _SEED.fullmatch(seed):
        raise UsageProblem(f"the seed `{seed[:100]}` can not be used; write letters and digits, as in `--seed 2026-q4`")
    if number < 1:
        raise UsageProblem(f"{number} records can not be drawn; ask for at least 1")
    keyed = sorted(((key_of(seed, each.digest), each) for each in population.entries), key=lambda pair: pair[0])
    drawn = [Drawn(rank, key, entry) for rank, (key, entry) in enumerate(keyed[:number], 1)]
    return Sample(population, seed, number, tuple(sorted(drawn, key=lambda each: each.entry.seq)))


def key_of(seed: str, digest: str) -> str:
    """Return the key by which an entry is drawn, 64 hexadecimal digits."""
    return sha256_of(f"{seed}:{digest}".encode("ascii")).removeprefix("sha256:")
