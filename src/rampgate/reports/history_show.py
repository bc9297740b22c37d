"""One record whole: in words for a terminal, and as JSON `rampgate/history-record/v1`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from rampgate.model.finding import Finding
from rampgate.model.history_views import Shown
from rampgate.model.sourced import Location, Missing
from rampgate.model.vocabulary import Effect, Outcome, Verdict
from rampgate.reports.history_facts import GATE, NOT_AS_JUDGED, facts_of
from rampgate.reports.history_words import entry_json, json_text
from rampgate.reports.text import VERDICT_COLOUR, Paint, finding_lines, no_paint, wrapped
from rampgate.reports.words import MEANING, sorted_findings

SCHEMA: Final = "rampgate/history-record/v1"
_QUIET: Final = (Outcome.PASS, Outcome.NOT_APPLICABLE)
_COLUMN: Final = 13


def render_text(shown: Shown, *, width: int = 100, paint: Paint = no_paint, full: bool = False) -> str:
    """Return a record in words, ending in a newline. full: rules that pass or do not apply, and all inputs, too."""
    width = max(width, 40)
    lines = wrapped(f"record {shown.record.seq}: {shown.entry.title}", width, "")
    lines += _verdict(shown, width, paint)
    lines += ["", *(line for label, text in facts_of(shown) for line in _labelled(label, text, width, paint))]
    lines += ["", *_rules(shown, width, paint, full=full)]
    lines += _list("inputs", _inputs(shown), width, full=full)
    lines += _statements(shown, width)
    return "\n".join(lines).rstrip() + "\n"


def _verdict(shown: Shown, width: int, paint: Paint) -> list[str]:
    if shown.record.decision is None:
        return wrapped("nothing was decided: the record is about the history itself", width, "")
    verdict = Verdict(shown.record.decision.verdict)
    return [paint(line, VERDICT_COLOUR[verdict]) for line in wrapped(f"{verdict}: {MEANING[verdict]}", width, "")]


def _labelled(label: str, text: str, width: int, paint: Paint) -> list[str]:
    first, *more = wrapped(text, width - _COLUMN, "") or [""]
    colour = "red" if label == GATE or NOT_AS_JUDGED in text else ""
    head = f"{label:<{_COLUMN}}"
    return [f"{head}{paint(first, colour)}".rstrip(), *(f"{' ' * _COLUMN}{paint(each, colour)}" for each in more)]


def findings_of(shown: Shown) -> list[Finding]:
    """Return the findings as the decision told them, without the places of quorums."""
    told: list[Mapping[str, Any]] = list((shown.document or {}).get("findings", ()))
    return [_finding(each) for each in told]


def _finding(told: Mapping[str, Any]) -> Finding:
    where = told["location"]
    return Finding(
        rule=told["rule"],
        kind=told["kind"],
        outcome=Outcome(told["outcome"]),
        effect=Effect(told["effect"]),
        title=told["title"],
        message=told["message"],
        found=told["found"],
        expected=told["expected"],
        location=Location(where["path"], where["line"], where["column"]) if where else None,
        fix=told["fix"],
        why=told["why"],
        controls=tuple(told["controls"]),
        attested=told["attested"],
        valid_until=told["valid_until"] or "",
        waiver=told["waiver"] or "",
    )


def _rules(shown: Shown, width: int, paint: Paint, *, full: bool) -> list[str]:
    findings = sorted_findings(findings_of(shown))
    if not findings:
        return []
    listed = [each for each in findings if full or each.outcome not in _QUIET]
    lines = [line for each in listed for line in finding_lines(each, width, paint)]
    hidden = len(findings) - len(listed)
    if hidden:
        lines += wrapped(
            f"({hidden} {'more ' if listed else ''}rules pass or do not apply: --full lists them)", width, ""
        )
        lines.append("")
    return lines


def _inputs(shown: Shown) -> list[str]:
    decision = shown.record.decision
    if decision is None:
        return []
    found = [f"{each.sha256}  {each.path}" for each in decision.inputs]
    found.append(f"{decision.document}  (the decision itself)")
    if shown.record.git.objects:
        found.append(f"{shown.record.git.objects}  (commits and trees that were read)")
    if decision.history_size is not None:
        found.append(f"the history before it, {decision.history_size} records")
    return found


def _list(word: str, items: list[str], width: int, *, full: bool) -> list[str]:
    if not items:
        return []
    if not full:
        return [*wrapped(f"{len(items)} {word}, under inputs/ by their sha256 (--full lists them)", width, ""), ""]
    return [f"{word}, under inputs/ by their sha256:", *(line for e in items for line in wrapped(e, width, "  ")), ""]


def _statements(shown: Shown, width: int) -> list[str]:
    lines: list[str] = []
    for each in shown.statements:
        lines += wrapped(f"{each.kind}, {each.path} (sha256 {each.sha256}):", width, "")
        text = each.text.why if isinstance(each.text, Missing) else each.text
        lines += [line for part in text.splitlines() for line in wrapped(part, width, "  ")]
        lines.append("")
    return lines


def render_json(shown: Shown) -> str:
    """Return everything as JSON text of a stable order, ending in a newline; `record` is as it was signed."""
    key = shown.signed.key
    value = {
        "schema": SCHEMA,
        **entry_json(shown.entry, shown.corrected_by),
        "file": shown.path,
        "signed_by": {"fingerprint": shown.signed.fingerprint, **key.model_dump(mode="json", by_alias=True)},
        "landed_as_judged": shown.landed_as_judged,
        "fate": shown.fate,
        "later": [each.seq for each in shown.later],
        "neighbours": {model: {"before": b, "after": a} for model, (b, a) in shown.neighbours.items()},
        "same_pull_request": [each.seq for each in shown.same_pull],
        "statements": [
            {
                "kind": each.kind,
                "path": each.path,
                "sha256": each.sha256,
                "text": None if isinstance(each.text, Missing) else each.text,
            }
            for each in shown.statements
        ],
        "signed_record": shown.record.model_dump(mode="json", by_alias=True),
        "decision": shown.document,
    }
    return json_text(value)
