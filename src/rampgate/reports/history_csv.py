"""The history as tables: one row for each decision, and one for each finding, for a spreadsheet.

Lines end in CR LF and cells are quoted where they must be (RFC 4180), the text is UTF-8. A cell that a spreadsheet
would take for a formula begins with an apostrophe, which the spreadsheet does not show.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final

from rampgate.model.record import Record, RecordedDecision
from rampgate.model.vocabulary import Effect, Outcome
from rampgate.reports.history_table import table_csv
from rampgate.reports.packed import PackedDecision

DECISIONS: Final = (
    "record", "kind", "model", "version", "from", "to", "artifact", "verdict", "landed", "landed_as_judged",
    "past_the_gate", "pull_request", "author", "approved_by", "reviews_not_counted", "rules_passed", "rules_not_met",
    "rules_waived", "waivers", "break_glass", "judged_as_of", "time_source", "recorded_at", "valid_until", "fate",
    "later_records", "base", "head", "landed_commit", "signed_by", "record_sha256",
)  # fmt: skip
FINDINGS: Final = (
    "record", "model", "version", "rule", "kind", "title", "outcome", "effect", "message", "found", "expected",
    "waiver", "attested", "valid_until", "controls", "why",
)  # fmt: skip


def decisions_csv(decisions: Iterable[PackedDecision]) -> str:
    """Return the table of decisions, one row each, in the order given."""
    return table_csv(DECISIONS, (decision_cells(each) for each in decisions))


def findings_csv(decisions: Iterable[PackedDecision]) -> str:
    """Return the table of every finding of every decision, those that do not apply included."""
    return table_csv(FINDINGS, ()) + "".join(finding_lines(each) for each in decisions)


def finding_lines(told: PackedDecision) -> str:
    """Return the rows of one decision in the table of findings, without the header."""
    return table_csv(FINDINGS, finding_rows(told)).partition("\r\n")[2]


def decision_cells(told: PackedDecision) -> list[str]:
    """Return the cells of one decision."""
    record, decision = told.record, told.record.decision
    model, version, before, after, artifact = _subject(record)
    return [
        str(record.seq), str(record.kind), model, version, before, after, artifact,
        str(decision.verdict) if decision else "", _yes(record.landed), landed_as_judged(record),
        "; ".join(record.past_the_gate), str(record.pull.number) if record.pull else "",
        record.pull.author if record.pull else "", *_approvals(decision), *_counts(decision),
        "; ".join(decision.waivers) if decision else "", "; ".join(decision.break_glass) if decision else "",
        record.at, record.time_source, record.recorded_at, (decision.valid_until or "") if decision else "", told.fate,
        "; ".join(str(seq) for seq in told.later), record.git.base or "", record.git.head or "",
        record.git.landed or "", told.signer, told.digest,
    ]  # fmt: skip


def finding_rows(told: PackedDecision) -> Iterable[list[str]]:
    """Yield the cells of every finding of one decision."""
    model, version, *_ = _subject(told.record)
    for each in told.document.get("findings", ()):
        names = ("rule", "kind", "title", "outcome", "effect", "message", "found", "expected", "waiver")
        cells = [_cell(each.get(name)) for name in names]
        rest = [_yes(each.get("attested") is True), _cell(each.get("valid_until")), "; ".join(each.get("controls", ()))]
        yield [str(told.record.seq), model, version, *cells, *rest, _cell(each.get("why"))]


def landed_as_judged(record: Record) -> str:
    """Return `yes` or `no`, or "" for what did not land or was judged only afterwards; see `Record`."""
    return "" if record.landed_as_judged is None else _yes(record.landed_as_judged)


def _subject(record: Record) -> tuple[str, str, str, str, str]:
    shown = record.decision.transition if record.decision else None
    if shown is not None:
        return shown.model, shown.version, shown.from_ or "", shown.to, shown.artifact
    if len(record.moves) == 1:
        move = record.moves[0]
        return move.model, move.version, move.from_ or "", move.to or "", move.artifact
    return "; ".join(record.models), "", "", "", ""


def _approvals(decision: RecordedDecision | None) -> tuple[str, str]:
    if decision is None:
        return "", ""
    return "; ".join(dict.fromkeys(each.person for each in decision.counted)), str(len(decision.ignored))


def _counts(decision: RecordedDecision | None) -> tuple[str, str, str]:
    if decision is None:
        return "", "", ""
    outcomes = [each.outcome for each in decision.findings]
    bad = [
        each for each in decision.findings
        if each.effect is Effect.BLOCK and each.outcome not in (Outcome.PASS, Outcome.WAIVED, Outcome.NOT_APPLICABLE)
    ]  # fmt: skip
    return str(outcomes.count(Outcome.PASS)), str(len(bad)), str(outcomes.count(Outcome.WAIVED))


def _cell(value: Any) -> str:
    return "" if value is None else str(value)


def _yes(value: bool) -> str:
    return "yes" if value else "no"
