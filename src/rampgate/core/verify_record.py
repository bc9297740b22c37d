"""What one record must say, by its kind and by what it says elsewhere: checks that need no other record.

Deliberately not here: its form (`rampgate.formats.record`), its signature, and what Git says of its commits.
"""

from __future__ import annotations

from collections.abc import Iterator

from rampgate.core.instants import instant
from rampgate.model.correction import corrected_by
from rampgate.model.record import Record, RecordKind
from rampgate.model.verified import Mismatch
from rampgate.model.vocabulary import Verdict

HISTORY = "history:"
"""What stands before the size of the history in the input that names the newest record that was read."""

_OF_THE_HISTORY = (RecordKind.OPENING, RecordKind.BASELINE, RecordKind.REWRITTEN)


def named_inputs(record: Record) -> dict[str, str]:
    """Return every content that a record names and the branch must hold: digest -> what it is, in words."""
    found = {each.sha256: f"`{each.path}`" for each in record.statements}
    if record.git.objects is not None:
        found[record.git.objects] = "the pack of Git objects"
    if record.decision is not None:
        found |= {each.sha256: f"`{each.path}`" for each in record.decision.inputs if not _is_history(each.path)}
        found[record.decision.document] = "the decision document"
    return found


def history_read(record: Record) -> tuple[int, str] | None:
    """Return how many records the judge had read and the digest of the newest of them, None where it names none."""
    for each in record.decision.inputs if record.decision else ():
        if _is_history(each.path):
            size = each.path.removeprefix(HISTORY)
            return (int(size) if size.isascii() and size.isdigit() else -1), each.sha256
    return None


def _is_history(path: str) -> bool:
    return path.startswith(HISTORY)


def record_faults(record: Record) -> Iterator[Mismatch]:
    """Yield what a record says that can not be, going by itself alone."""
    yield from _kind_faults(record)
    yield from _landing_faults(record)
    yield from _decision_faults(record)
    if instant(record.at) > instant(record.recorded_at):
        yield fault(
            record, "record.time", "it was written before the moment that it is about", record.recorded_at, record.at
        )
    brought = corrected_by((each.path for each in record.statements), record.seq) if record.landed else ()
    if record.corrects != brought:
        what = "it puts right other records than the corrections that landed with it are about"
        yield fault(record, "record.corrects", what, _listed(record.corrects), _listed(brought))


def fault(record: Record, kind: str, message: str, found: str = "", expected: str = "") -> Mismatch:
    """Return a mismatch of a record."""
    return Mismatch(kind, f"record {record.seq}", message, found, expected, record.seq)


def _listed(places: tuple[int, ...]) -> str:
    return ", ".join(str(each) for each in places) or "none"


def _kind_faults(record: Record) -> Iterator[Mismatch]:
    kind = record.kind
    if (kind is RecordKind.OPENING) is not (record.seq == 0):
        what = "the first record does not open the history" if record.seq == 0 else "the history is opened once more"
        yield fault(record, "record.kind", what, str(kind), "`opening`, at 0 alone")
    if kind in _OF_THE_HISTORY and (record.decision is not None or record.pull is not None):
        yield fault(record, "record.kind", f"a record of kind `{kind}` decides nothing and has no pull request")
    if kind is RecordKind.OPENING and (record.moves or record.model_prev):
        yield fault(record, "record.kind", "the opening moves nothing")
    if kind is RecordKind.BASELINE and [each.from_ for each in record.moves] != [None]:
        yield fault(record, "record.kind", "a baseline says of one version where it stands, and of nothing before")
    # What landed past the gate may have had a pull request that brought nothing governed, and so no verdict.
    silent = (*_OF_THE_HISTORY, RecordKind.INVALID, RecordKind.POLICY)
    if kind not in silent and record.decision is None and not record.past_the_gate:
        yield fault(record, "record.kind", f"a record of kind `{kind}` holds no decision")


def _landing_faults(record: Record) -> Iterator[Mismatch]:
    git = record.git
    if (git.landed is None) is not (git.landed_tree is None):
        yield fault(record, "record.landing", "it names a landed commit without its tree, or a tree without a commit")
    if git.landed is None and (record.moves or record.past_the_gate) and record.kind is not RecordKind.REWRITTEN:
        yield fault(record, "record.landing", "nothing landed, and it says that something moved or went past the gate")
    if record.pull is not None and (record.pull.state == "merged") is not (git.landed is not None):
        yield fault(
            record, "record.landing", f"its pull request is {record.pull.state}, which does not go with what landed"
        )
    decided = record.kind not in (RecordKind.OPENING, RecordKind.BASELINE)
    if git.landed is None or not decided or record.past_the_gate:
        return
    if record.pull is None:
        yield fault(record, "record.landing", "no pull request brought it, and it does not say so")
        return
    verdict = record.decision.verdict if record.decision else None
    if verdict is not Verdict.ALLOW:
        said = f"it landed on the verdict `{verdict}`" if verdict else "it landed without a verdict"
        yield fault(record, "record.landing", f"{said} and does not say how it went past the gate")
    if git.landing_tree != git.landed_tree:
        yield fault(
            record, "landing.differs", "what landed is not what was evaluated, and the record does not say so",
            f"tree {git.landed_tree}", f"tree {git.landing_tree}",
        )  # fmt: skip


def _decision_faults(record: Record) -> Iterator[Mismatch]:
    shown = record.decision
    if shown is None:
        return
    if instant(shown.evaluated_at) != instant(record.at):
        yield fault(record, "record.time", "it was judged as of another moment", shown.evaluated_at, record.at)
    if shown.history_size is not None and shown.history_size > record.seq:
        yield fault(record, "record.decision", f"it goes by {shown.history_size} records, and {record.seq} were before")
    if shown.transition is not None and shown.transition.model not in record.model_prev:
        yield fault(record, "record.model_chain", f"it is about `{shown.transition.model}` and not in its chain")
    for each in record.moves:
        if each.model not in record.model_prev:
            yield fault(record, "record.model_chain", f"it moves `{each.model}` and is not in its chain")
