"""Holds checkpoints, which witnesses signed and others kept, against the history: it may only have grown since."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from rampgate.app.history.checkpoint import witness_of
from rampgate.errors import Unreachable
from rampgate.formats.checkpoint import read_checkpoint
from rampgate.model.checkpoint import Checkpoint
from rampgate.model.history import HistorySettings
from rampgate.model.sourced import Missing
from rampgate.model.verified import HeldCheckpoint, Mismatch


@dataclass(frozen=True, slots=True)
class Kept:
    """A checkpoint that somebody kept, and whose it is. why_not: why no witness's word stands behind it, else ""."""

    path: str
    checkpoint: Checkpoint
    witness: str
    why_not: str


@dataclass(frozen=True, slots=True)
class Grown:
    """The history as it is now. digest, commit, covered: of a record by its place, None where nobody can tell."""

    size: int
    digest: Callable[[int], str | None]
    commit: Callable[[int], str | None]
    covered: Callable[[int], str | None]


def read_kept(path: Path, settings: HistorySettings) -> Kept:
    """Return a checkpoint from its file. Raises InvalidInput where it is malformed, Unreachable where it is absent."""
    try:
        data = path.read_bytes()
    except OSError as error:
        raise Unreachable(f"{path}: {error.strerror or error}") from error
    checkpoint = read_checkpoint(data, str(path))
    witness = witness_of(checkpoint, settings)
    if isinstance(witness, Missing):
        return Kept(str(path), checkpoint, "", witness.why)
    return Kept(str(path), checkpoint, witness.name, "")


def hold(kept: Sequence[Kept], grown: Grown) -> tuple[list[HeldCheckpoint], list[Mismatch]]:
    """Return each checkpoint with whether the history agrees with it, and in what it does not."""
    held: list[HeldCheckpoint] = []
    mismatches = list(_forks(kept))
    for each in kept:
        found = list(_differences(each, grown))
        held.append(HeldCheckpoint(each.path, each.checkpoint.size, each.witness, agrees=not found))
        mismatches += found
    return held, mismatches


def _differences(kept: Kept, grown: Grown) -> Iterator[Mismatch]:
    said, place = kept.checkpoint, kept.checkpoint.newest
    if kept.why_not:
        yield _mismatch("checkpoint.signature", kept, f"{kept.why_not}; what it says is not gone by")
        return
    if said.size > grown.size:
        what = "the history was longer once: its newest records are gone, or it is another one"
        yield _mismatch("checkpoint.size", kept, what, f"{grown.size} records", f"at least {said.size}")
        return
    digest = grown.digest(place)
    if digest != said.head:
        what = f"record {place} was another one when it was signed: the history was rewritten or made anew"
        yield _mismatch("checkpoint.head", kept, what, str(digest), said.head)
        return
    for name, found, expected in (
        ("commit", grown.commit(place), said.commit),
        ("covered", grown.covered(place), said.covered),
    ):
        if found is not None and found != expected:
            what = {
                "commit": f"record {place} lies in another commit than it did: the branch was made anew",
                "covered": f"record {place} accounts for another commit of the governed branch than it did",
            }[name]
            yield _mismatch(f"checkpoint.{name}", kept, what, found, expected)


def _forks(kept: Sequence[Kept]) -> Iterator[Mismatch]:
    """Yield where two witnesses, or one at two times, saw two histories."""
    seen: dict[int, Kept] = {}
    for each in kept:
        if each.why_not:
            continue
        first = seen.setdefault(each.checkpoint.size, each)
        if first.checkpoint.head != each.checkpoint.head:
            what = f"it and `{first.path}` name two histories of {each.checkpoint.size} records: somebody showed two"
            yield _mismatch("checkpoint.fork", each, what, each.checkpoint.head, first.checkpoint.head)


def _mismatch(kind: str, kept: Kept, message: str, found: str = "", expected: str = "") -> Mismatch:
    return Mismatch(kind, f"checkpoint {kept.path}", message, found, expected)
