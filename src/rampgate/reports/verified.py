"""The proof of a decision history in words, and as JSON (`rampgate/verified/v1`)."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import asdict
from typing import Any, Final

from rampgate.model.verified import Mismatch, Verified

SCHEMA: Final = "rampgate/verified/v1"


def lines(found: Verified) -> Iterator[str]:
    """Yield every mismatch, and the counts after them; not yet made harmless."""
    for each in found.mismatches:
        yield f"{each.place}: {each.message} [{each.kind}]"
        if each.found or each.expected:
            compared = {"found": each.found, "expected": each.expected}
            yield "    " + ", ".join(f"{word} {value}" for word, value in compared.items() if value)
    if found.mismatches:
        yield ""
    yield from _counts(found)
    yield from _limits(found)
    yield ""
    yield conclusion(found)


def conclusion(found: Verified) -> str:
    """Return what it comes to, in one sentence."""
    if not found.mismatches and found.since == found.size:
        return f"Verified: no record came after the {found.since:,} of the checkpoint, and no governed change."
    if not found.mismatches:
        what = f"records {found.since} to {found.size - 1}" if found.since else _n(found.size, "record")
        return f"Verified: {what}, each signed, in its place, and on one line with `{found.branch}`."
    return f"Not verified: {_n(len(found.mismatches), 'mismatch', 'mismatches')}."


def unrecorded(found: Verified) -> tuple[Mismatch, ...]:
    """Return the governed changes that no record is about."""
    return tuple(each for each in found.mismatches if each.kind in ("landing.unrecorded", "landing.waiting"))


def _counts(found: Verified) -> Iterator[str]:
    tally = found.tally
    taken = f", {found.since} of them on the word of a checkpoint" if found.since else ""
    yield f"history     {_n(found.size, 'record')}{taken}; newest {found.head or 'none'}"
    if found.commit:
        yield f"            at commit {found.commit}"
    yield f"kinds       {_listed(tally.kinds)}"
    yield f"landed      {_listed(tally.landed)}"
    yield f"closed      {_listed(tally.closed)}"
    yield (
        f"exceptions  past the gate {tally.past_the_gate}, corrected {tally.corrected}, "
        f"break-glass {tally.break_glass}, waived {tally.waived}, unrecorded {len(unrecorded(found))}"
    )
    if found.opened:
        commits = _n(found.commits, "commit")
        yield f"branch      {commits} of `{found.branch}` {_since(found)}, {found.governed} of them governed"
    yield f"contents    {_n(tally.inputs, 'file')} under `inputs/`, each with the bytes that its name says"
    yield f"keys        {_listed(tally.keys)}"
    if tally.first_at:
        yield f"time        {tally.first_at} to {tally.last_at}"
    for each in found.checkpoints:
        said = f"signed by `{each.witness}`" if each.witness else "signed by no witness"
        yield f"checkpoint  {each.path}: {_n(each.size, 'record')}, {said}; " + (
            "agrees" if each.agrees else "DISAGREES"
        )


def _since(found: Verified) -> str:
    return "after the checkpoint" if found.since else f"after {found.opened[:12]}, where the history begins"


def _limits(found: Verified) -> Iterator[str]:
    """Yield what nobody can tell from what was given."""
    if found.keys_from == "repository":
        yield (
            f"keys come from the repository itself, as `{found.branch}` has them now; "
            "`--trust FILE` goes by a file that you hold"
        )
    if not found.tail_anchored:
        yield "without a checkpoint that was kept elsewhere nobody can tell that the newest records were removed"


def _listed(counts: Mapping[str, int]) -> str:
    return ", ".join(f"{name} {count}" for name, count in sorted(counts.items())) or "none"


def _n(count: int, one: str, many: str = "") -> str:
    return f"{count:,} {one if count == 1 else many or one + 's'}"


def render_json(found: Verified) -> str:
    """Return everything as JSON text of a stable order, ending in a newline."""
    tally = found.tally
    value: dict[str, Any] = {
        "schema": SCHEMA,
        "verified": found.holds,
        "mismatches": [asdict(each) for each in found.mismatches],
        "history": {
            "size": found.size,
            "since": found.since,
            "head": found.head or None,
            "commit": found.commit or None,
            "covered": found.covered or None,
            "opened": found.opened or None,
        },
        "governed_branch": {
            "name": found.branch,
            "tip": found.governed_tip,
            "commits": found.commits,
            "governed": found.governed,
            "unrecorded": [each.found for each in unrecorded(found)],
        },
        "keys": {"from": found.keys_from, "file": found.trust or None, "records": dict(sorted(tally.keys.items()))},
        "checkpoints": [asdict(each) for each in found.checkpoints],
        "counts": {
            "records": tally.records,
            "kinds": dict(sorted(tally.kinds.items())),
            "landed": dict(sorted(tally.landed.items())),
            "closed": dict(sorted(tally.closed.items())),
            "past_the_gate": tally.past_the_gate,
            "corrected": tally.corrected,
            "break_glass": tally.break_glass,
            "waived": tally.waived,
            "inputs": tally.inputs,
        },
        "time": {"first": tally.first_at or None, "last": tally.last_at or None},
    }
    return json.dumps(value, indent=2, ensure_ascii=False) + "\n"
