"""What a change does to a quorum, in sentences; with `looser` or `stricter` first where that is certain."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Any


def slot_changes(where: str, before: Sequence[Mapping[str, Any]], after: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    """Yield what differs between the slots of two quorums.

    where: how the sentences go on, such as `rule approval.risk-agrees`. Slots that differ in nothing but their count
    are one. A slot that is gone counts as looser, and a new one as stricter, only where the other did not take its
    place.
    """
    old, new = _counts(before), _counts(after)
    gone, come = [each for each in old if each not in new], [each for each in new if each not in old]
    for slot in new:
        if slot in old and new[slot] != old[slot]:
            word = "looser" if new[slot] < old[slot] else "stricter"
            yield f"{word}: {where}: {slot}: {old[slot]} -> {new[slot]} persons"
    for slots, counts, word, verb in ((gone, old, "looser", "no longer asks for"), (come, new, "stricter", "asks for")):
        is_certain = not (gone and come)
        for slot in slots:
            yield f"{f'{word}: ' if is_certain else ''}{where}: {verb} {counts[slot]} x {slot}"


def _counts(slots: Sequence[Mapping[str, Any]]) -> Counter[str]:
    counts: Counter[str] = Counter()
    for slot in slots:
        counts[_label(slot)] += slot.get("count", 1)
    return counts


def _label(slot: Mapping[str, Any]) -> str:
    parts = [str(slot["role"])]
    if slot.get("independent_of"):
        parts.append("independent of the owner's team")
    if slot.get("author_counts"):
        parts.append("the author counts")
    if slot.get("tiers") is not None:
        parts.append(f"for tier {' or '.join(map(str, slot['tiers']))}")
    if slot.get("from_exposure_percent"):
        parts.append(f"from {slot['from_exposure_percent']}% of traffic")
    return ", ".join(parts)
