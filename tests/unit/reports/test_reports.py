"""Reports: the verdict first, nothing hidden, and nothing that a card or a login says becomes mark-up or a control."""

from __future__ import annotations

import re
import unicodedata

import pytest

from rampgate.model.approval import IgnoredReview, SlotState
from rampgate.model.decision import Bypass, Waived
from rampgate.model.sourced import Location
from rampgate.reports import markdown, text
from rampgate.reports.escape import cell, code, plain
from rampgate.reports.escape import markdown as escaped
from rampgate.reports.formats import FORMATS
from rampgate.reports.summary import summary
from unit.reports.decisions import HOSTILE, a_decision, a_finding, a_hostile_decision

INVISIBLE = ("Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp")


def rendered(value: str) -> str:
    """What a reader sees of escaped Markdown: entities and backslashes resolved by hand."""
    for entity, character in (("&#8288;", ""), ("&lt;", "<"), ("&gt;", ">"), ("&#64;", "@"), ("&amp;", "&")):
        value = value.replace(entity, character)
    return re.sub(r"\\(.)", r"\1", value)


@pytest.mark.parametrize("format_", ["text", "markdown"])
def test_no_control_or_bidi_mark_reaches_a_reader(format_):
    shown = FORMATS[format_](a_hostile_decision())
    assert not [c for c in shown if c != "\n" and unicodedata.category(c) in INVISIBLE]
    assert "\\u202e" in shown.replace("\\\\", "\\")


def test_json_holds_the_exact_text_and_no_raw_control():
    shown = FORMATS["json"](a_hostile_decision())
    assert not [c for c in shown if c != "\n" and unicodedata.category(c) == "Cc"]


def outside_code(line: str) -> str:
    """A line of Markdown without its code spans."""
    return re.sub(r"(`+)(?!`).*?(?<!`)\1(?!`)", "", re.sub(r"\\`", "", line))


def test_nothing_hostile_becomes_markup_in_markdown():
    shown = markdown.render(a_hostile_decision())
    for line in shown.splitlines():
        bare = outside_code(line)
        assert "<img" not in bare
        assert not re.search(r"(?<!\\)\]\(", bare), bare
        assert "@rita" not in bare
        assert not re.search(r"(?<!&)#12", bare), bare
        assert "**bold**" not in bare
    headings = [line for line in shown.splitlines() if line.startswith("#")]
    assert not [line for line in headings[1:] if not re.fullmatch(r"#### [A-Z][a-z ]+( \(\d+\))?", line)], headings


@pytest.mark.parametrize(
    "given",
    ["@rita", "#12", "a@example.com", "https://evil.example/x", "www.evil.example", "GH-12", "owner/repo#1", ":tada:",
     "<b>", "&lt;", "a\\<b", "\\", "`", "1 * 2 * 3", "~~x~~", "$x$"],
)  # fmt: skip
def test_escaped_text_reads_as_it_was_written(given):
    assert rendered(escaped(given)) == given


@pytest.mark.parametrize("given", ["@rita", "#12", "a@example.com", "owner/repo#1", "www.evil.example", "GH-12"])
def test_what_a_forge_would_link_is_broken_even_after_markdown_is_resolved(given):
    resolved = re.sub(r"\\(.)", r"\1", escaped(given)).replace("&#64;", "@")
    assert "&#8288;" in resolved
    assert given not in resolved


CODE = {"": "", " ": "", "x": "`x`", "a`b": "``a`b``", "`": "`` ` ``", "``a": "``` ``a ```", "a\nb": "`a b`"}


@pytest.mark.parametrize("given", CODE)
def test_a_code_span_is_never_left(given):
    assert code(given) == CODE[given]


def test_a_pipe_ends_no_cell_of_a_table():
    assert cell("a|b") == "`a\\|b`"


def test_plain_text_is_one_line_that_shows_what_is_invisible():
    assert plain("a\nb\tc\x1b[0m\u202e\u200b") == "a b c\\u001b[0m\\u202e\\u200b"


def test_no_line_is_wider_than_a_narrow_terminal():
    """Words that can not be broken, such as a path, stand alone on their line instead."""
    decision = a_decision(
        a_finding("fail", message="the accuracy of the second group is 0.71, and 0.80 is asked for", found="0.71",
                  expected="at least 0.80", fix="retrain, or measure more rows", why="lending standard 4.2",
                  location=Location("model_cards/a/1/card.yaml", 12, 3)),
        a_finding("waived", waiver="W-1", valid_until="2026-12-01"),
        a_finding("pass"),
        verdict="deny",
        ignored=(IgnoredReview("rita", 1, "stale: reviewed abcdef0, the content has changed since"),),
        required=(SlotState("r", "risk", 1, missing=1, candidates=("rita", "ravi")),),
        reviews_given=False,
        valid_until="2026-12-01",
    )  # fmt: skip
    for full in (False, True):
        wide = [line for line in text.render(decision, width=40, full=full).splitlines() if len(line) > 40]
        assert wide == [], full


def test_a_terminal_narrower_than_forty_columns_is_written_to_as_if_it_had_forty():
    decision = a_decision(a_finding("fail"), verdict="deny")
    assert text.render(decision, width=5) == text.render(decision, width=40)


def test_without_paint_no_escape_is_written_and_with_paint_the_words_are_the_same():
    decision = a_decision(a_finding("fail"), a_finding("waiting"), verdict="deny")
    bare = text.render(decision)
    painted = text.render(decision, paint=lambda words, colour: f"\x1b[1m{words}\x1b[0m")
    assert "\x1b" not in bare
    assert re.sub(r"\x1b\[[0-9]m", "", painted) == bare


def test_the_verdict_comes_first_and_then_what_needs_a_hand():
    decision = a_decision(
        a_finding("pass", rule="a.pass"),
        a_finding("waived", rule="b.waived", waiver="W-1", valid_until="2026-12-01"),
        a_finding("fail", "warn", rule="c.warned"),
        a_finding("waiting", rule="d.waiting"),
        a_finding("fail", rule="e.failed"),
        a_finding("error", rule="f.erred"),
        verdict="deny",
    )
    shown = text.render(decision, full=True)
    assert shown.startswith("deny: a blocking rule is not met\npromote credit-risk 2.0.0: pilot -> canary\n")
    order = re.findall(r"[a-f]\.[a-z]+", shown)
    assert order == ["f.erred", "e.failed", "d.waiting", "c.warned", "b.waived", "a.pass"]


def test_whoever_reads_of_an_exception_reads_who_granted_it_why_and_until_when():
    decision = a_decision(
        waivers=(Waived("W-1", "agreed in RISK-311 " * 40, "alice", "rita", "2026-12-01"),),
        break_glass=(Bypass("BG-1", "fraud wave", "INC-9", "bob", "sam", "2026-11-25"),),
    )
    shown = text.render(decision, width=400)
    assert "break-glass BG-1, by bob and sam (INC-9), to be reviewed by 2026-11-25: fraud wave" in shown
    assert "waiver W-1, granted by rita, owner alice, ends 2026-12-01: agreed in RISK-311 agreed" in shown
    page = markdown.render(decision)
    assert r"- **break-glass** `BG-1` by `bob` and `sam` (INC\-9), to be reviewed by 2026\-11\-25: fraud wave" in page
    assert r"- **waiver** `W-1`, granted by `rita`, owner `alice`, ends 2026\-12\-01: agreed in RISK\-311" in page
    longest = ("agreed in RISK-311 " * 40)[:297] + "..."
    assert escaped(longest) in page
    assert longest in " ".join(shown.split())


def test_a_waived_rule_shows_its_waiver_and_end_in_every_report():
    decision = a_decision(a_finding("waived", waiver="W-2026-014", valid_until="2026-12-01"), valid_until="2026-12-01")
    assert "waived by W-2026-014 until 2026-12-01" in text.render(decision)
    assert "`evidence.floor` is waived by W\\-2026\\-014 until 2026" in markdown.render(decision)
    assert "stands until 2026-12-01" in text.render(decision)


HEADLINES = {
    "allow": (a_decision(a_finding()), "allow: every blocking rule is met"),
    "hold": (
        a_decision(a_finding("waiting"), verdict="hold",
                   required=(SlotState("r", "risk", 2, missing=2, candidates=("rita", "ravi")),
                             SlotState("s", "security", 1, missing=1, candidates=("sam",), person="sam"))),
        "hold: waiting for 2 x risk (`rita` or `ravi`), `sam`",
    ),
    "allow, with a waiver": (
        a_decision(
            a_finding(), a_finding("waived", rule="a.b", waiver="W-1", valid_until="2026-12-01"),
            a_finding("waived", "warn", rule="e.f", waiver="W-2", valid_until="2026-12-01"),
        ),
        "allow: every blocking rule is met, but for 1 that is waived",
    ),
    "deny, beside a break-glass": (
        a_decision(
            a_finding("fail"), a_finding("waived", waiver="break-glass hotfix", valid_until="2026-11-27"), verdict="deny",
        ),
        "deny: a blocking rule is not met",
    ),
    "nothing evaluated": (a_decision(verdict="undecided"), "undecided: no rule applies to this change, so nothing was evaluated"),
    "not decidable": (a_decision(a_finding("insufficient"), verdict="undecided"), "undecided: something that blocks could not be decided"),
    "nothing to judge": (a_decision(verdict=None, transition=None), "nothing to judge: no governed path differs"),
}  # fmt: skip


@pytest.mark.parametrize("case", HEADLINES)
def test_a_headline_says_the_verdict_and_who_is_awaited(case):
    decision, words = HEADLINES[case]
    assert text.render(decision).splitlines()[0] == words


def test_what_no_file_proves_is_told_where_everything_is_shown():
    decision = a_decision(a_finding())
    assert "not checked: that the business owner really holds the budget" in " ".join(
        text.render(decision, full=True).split()
    )
    assert "#### Not checked by any file" in markdown.render(decision)


def test_the_summary_keeps_checks_and_statements_apart():
    findings = [
        a_finding("pass"),
        a_finding("pass", attested=True),
        a_finding("fail"),
        a_finding("insufficient", attested=True),
        a_finding("waiting"),
        a_finding("error"),
        a_finding("waived"),
        a_finding("not_applicable"),
        a_finding("not_applicable", attested=True),
    ]
    assert summary(findings) == {
        "checked": 5, "attested": 2, "passed": 2, "failed": 1, "insufficient": 1, "waiting": 1, "errored": 1,
        "waived": 1, "not_applicable": 2,
    }  # fmt: skip


def test_no_report_judges_the_model_itself():
    decision = a_decision(a_finding("fail"), a_finding(), verdict="deny")
    for format_ in FORMATS.values():
        assert not re.search(r"\b(fair|unbiased|compliant|safe)\b", format_(decision), re.IGNORECASE)


def test_hostile_text_is_hostile():
    """The tests above would prove nothing with text that needs no care."""
    assert {"`", "|", "<", "@", "#", "\n", "\x1b", "\u202e"} <= set(HOSTILE)
