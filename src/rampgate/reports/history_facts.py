"""What a record says beside rules and inputs: who, when, what landed, what came of it, who signed; label and words."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from rampgate.model.history_views import Entry, Shown
from rampgate.model.record import RecordKind

GATE: Final = "gate"
"""The label of what went past the gate."""
NOT_AS_JUDGED: Final = "NOT WHAT WAS JUDGED"

_CLOCK: Final = {"forge": "the forge's clock", "given": "a clock that was given on the command line"}


def facts_of(shown: Shown) -> Iterator[tuple[str, str]]:
    """Yield (label, words) of everything but rules and inputs."""
    record, git = shown.record, shown.record.git
    yield "when", f"{record.at} by {_CLOCK[record.time_source]}; written {record.recorded_at}"
    yield from _people(shown)
    yield from ((GATE, f"PAST THE GATE: {fault}") for fault in record.past_the_gate)
    yield "landed", _landed(shown)
    yield from _moves(shown)
    yield "fate", shown.fate
    yield from _around(shown)
    names = ("base", "base_tree", "head", "landing_tree", "landed", "landed_tree", "covered")
    yield from ((name.replace("_", " "), value) for name in names if (value := getattr(git, name)) is not None)
    yield from (("unread", f"reviewed commit {each} could not be read") for each in git.unread)
    key = shown.signed.key
    ends = "" if key.to is None else f" to {key.to}"
    revoked = f"; revoked from record {key.revoked.from_} on, {key.revoked.reason}" if key.revoked else ""
    yield "signed by", f"{key.name} ({shown.signed.fingerprint}), for records from {key.from_}{ends}{revoked}"
    yield "sha256", shown.entry.digest
    yield "file", shown.path
    yield "engine", f"{record.engine.name} {record.engine.version}, sha256 {record.engine.sha256}"


def _people(shown: Shown) -> Iterator[tuple[str, str]]:
    record = shown.record
    if record.pull is not None:
        yield "asked by", f"{record.pull.author}, in pull request #{record.pull.number} ({record.pull.state})"
    elif record.kind not in (RecordKind.OPENING, RecordKind.BASELINE, RecordKind.REWRITTEN):
        yield "asked by", "nobody: there was no pull request"
    if record.decision is None:
        return
    counted = record.decision.counted
    for each in counted:
        roles = f" as {', '.join(each.roles)}" if each.roles else ""
        yield "approved by", f"{each.person} (login {each.login}){roles}, review {each.review}"
    if not counted:
        yield "approved by", "nobody"
    for ignored in record.decision.ignored:
        yield "not counted", f"{ignored.login}, review {ignored.review}: {ignored.reason}"
    yield from _excused(shown)
    if record.decision.valid_until:
        yield "stands until", record.decision.valid_until


def _excused(shown: Shown) -> Iterator[tuple[str, str]]:
    """Yield the waivers and the bypasses that the decision rests on, as the decision told them."""
    excused: Mapping[str, Any] = (shown.document or {}).get("excused_by", {})
    for each in excused.get("waivers", ()):
        words = f"{each['id']}, granted by {each['approved_by']}, owner {each['owner']}, ends {each['ends']}"
        yield "waiver", f"{words}: {each['reason']}"
    for each in excused.get("break_glass", ()):
        words = f"{each['id']}, by {each['by']} and {each['second']} ({each['ticket']})"
        yield "break-glass", f"{words}, to be reviewed by {each['review_by']}: {each['reason']}"


def _landed(shown: Shown) -> str:
    record = shown.record
    if not record.landed:
        return "no"
    if record.pull is None and record.decision is not None:
        return "yes, and it was judged only then"
    if shown.landed_as_judged is None:
        return "yes"
    return "yes, exactly what was judged" if shown.landed_as_judged else f"yes, but {NOT_AS_JUDGED}: the trees differ"


def _moves(shown: Shown) -> Iterator[tuple[str, str]]:
    for each in shown.record.moves:
        artifact = f" ({each.artifact})" if each.artifact else ""
        yield "moved", f"{each.model} {each.version}: {each.from_ or '-'} -> {each.to or '-'}{artifact}"


def _around(shown: Shown) -> Iterator[tuple[str, str]]:
    if shown.corrected_by is not None:
        yield "put right", f"by record {shown.corrected_by}"
    if shown.record.corrects:
        yield "puts right", ", ".join(f"record {seq}" for seq in shown.record.corrects)
    for model, (before, after) in shown.neighbours.items():
        sides = (f"before it {_place(before)}", f"after it {_place(after)}")
        yield "records", f"of {model}: {', '.join(sides)}"
    if shown.same_pull:
        yield "also", f"about #{_number(shown)}: {', '.join(_brief(each) for each in shown.same_pull)}"


def _place(seq: int | None) -> str:
    return "none" if seq is None else str(seq)


def _number(shown: Shown) -> int:
    return shown.record.pull.number if shown.record.pull else 0


def _brief(entry: Entry) -> str:
    return f"record {entry.seq} ({entry.verdict or entry.record.kind})"
