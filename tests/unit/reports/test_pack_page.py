"""The pages of a pack: five answers in words, and no text of somebody else that becomes more than text."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import replace
from pathlib import Path

import pytest

from rampgate.reports.history_csv import DECISIONS
from rampgate.reports.pack_answers import FAMILIES, Question, answers, question_of
from rampgate.reports.pack_page import MOST_IN_ONE, decision_page, index_page
from rampgate.rules import ALL
from unit.reports.hostile import EVERYTHING, TEXTS
from unit.reports.packs import a_pack, a_packed_decision, a_record
from unit.reports.test_html import INVISIBLE, Seen

CASES = {**TEXTS, "everything": EVERYTHING}
OURS = {
    *("html", "head", "meta", "title", "style", "body", "a", "header", "main", "nav", "footer", "section", "article"),
    *("h1", "h2", "h3", "p", "dl", "dt", "dd", "table", "caption", "thead", "tbody", "tr", "th", "td", "span", "bdi"),
    *("code", "pre", "ul", "li", "br", "strong", "details", "summary"),
}


@pytest.mark.parametrize("case", CASES)
def test_no_text_becomes_mark_up_on_a_page(case):
    plain = [Seen(page) for page in pages("x")]
    for seen, reference in zip([Seen(page) for page in pages(CASES[case])], plain, strict=True):
        assert {name for name, _ in seen.elements} <= OURS
        assert not [
            name for _, attributes in seen.elements for name in attributes if name.startswith("on") or name == "src"
        ]
        targets = [attributes["href"] for name, attributes in seen.elements if name == "a"]
        assert all(each.startswith(("./", "#")) for each in targets)
        assert targets == [attributes["href"] for name, attributes in reference.elements if name == "a"]
        assert not [each for each in seen.words.replace("\n", "") if unicodedata.category(each) in INVISIBLE]


def pages(text: str) -> list[str]:
    pack = a_pack(text)
    return [index_page(pack), decision_page(pack.decisions[0], pack.repository)]


def test_every_kind_of_rule_speaks_of_one_question():
    """A new family of rules has to be put somewhere: whoever adds one decides where an auditor looks for it."""
    listed = [family for families in FAMILIES.values() for family in families]
    assert len(listed) == len(set(listed))
    assert {kind.id.partition(".")[0] for kind in ALL} <= set(listed)


def test_an_answer_says_what_stands_against_it():
    """Blocking answers alone decide on the short word; what merely warns is told in the table."""
    outcomes = {
        "pass": "Met", "waived": "Met, with an exception", "fail": "Not met", "insufficient": "Not met",
        "waiting": "Not met", "error": "Not met", "not_applicable": "No rule asks for it",
    }  # fmt: skip
    for outcome, short in outcomes.items():
        assert short_of(outcome, "block") == short
        assert short_of(outcome, "warn") == "No rule asks for it"
        assert short_of(outcome, "audit") == "No rule asks for it"


def short_of(outcome: str, effect: str) -> str:
    told = a_packed_decision()
    finding = {**told.document["findings"][0], "outcome": outcome, "effect": effect}
    one = replace(told, document={"findings": [finding], "problems": []})
    return next(each.short for each in answers(one) if each.question is Question.TESTING)


def test_what_went_past_the_gate_was_not_authorised():
    told = replace(a_packed_decision(), document={"findings": [], "problems": []})
    assert answers(told)[0].short == "Went past the gate"


def test_what_could_not_be_judged_is_not_called_met():
    told = a_packed_decision()
    assert [each.short for each in answers(told)][:4] == ["Not decided"] * 4


DELAYS = {
    "2026-11-20T09:00:59Z": "Recorded within a minute",
    "2026-11-20T09:01:00Z": "Recorded 1 minute later",
    "2026-11-20T12:30:00+01:00": "Recorded 2 hours later",
    "2026-11-22T10:00:00Z": "Recorded 2 days later",
}


@pytest.mark.parametrize("recorded_at", DELAYS)
def test_how_long_after_the_decision_it_was_recorded_is_said(recorded_at):
    told = a_packed_decision(record=a_record(recorded_at=recorded_at))
    assert answers(told)[-1].short == DELAYS[recorded_at]


def test_a_record_without_a_decision_claims_no_answers():
    record = a_record(kind="baseline", decision=None, pull=None, past_the_gate=[], statements=[])
    told = replace(a_packed_decision(record=record), document={}, request=None)
    assert [each.question for each in answers(told)] == [Question.RECORD]
    words = Seen(decision_page(told, "github.com/acme/models")).words
    assert "Nobody judged it in this history" in words
    assert "Met" not in words


def test_an_unknown_kind_of_rule_is_shown_all_the_same():
    assert question_of({"kind": "house.rule"}) is Question.DESIGN


def test_many_decisions_are_listed_and_told_on_their_own_pages():
    pack = a_pack()
    many = replace(pack, decisions=pack.decisions * (MOST_IN_ONE + 1))
    seen = Seen(index_page(many))
    assert [name for name, _ in seen.elements].count("article") == 0
    targets = [attributes["href"] for name, attributes in seen.elements if name == "a"]
    assert targets.count("./decisions/000042-credit-risk-2.0.0-canary/index.html") == MOST_IN_ONE + 1


def test_the_reference_lists_every_family_and_every_column():
    page = (Path(__file__).resolve().parents[3] / "docs/reference/audit-pack.md").read_text(encoding="utf-8")
    for question, families in FAMILIES.items():
        assert f"| {question} | {', '.join(f'`{each}`' for each in families)} |" in page
    cells = page.partition("## Columns of decisions.csv")[2].partition("Several values")[0]
    named = [
        name
        for line in cells.splitlines()
        if line.startswith("| `")
        for name in re.findall(r"`(\w+)`", line.split("|")[1])
    ]
    assert named == list(DECISIONS)
