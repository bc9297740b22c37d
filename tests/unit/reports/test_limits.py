"""No report is longer than where it goes takes, and none is cut in silence."""

from __future__ import annotations

import re

import pytest

from rampgate.model.brief import Brief
from rampgate.reports import annotations, comment
from rampgate.reports.sections import Section, fitted, page
from unit.reports.decisions import a_decision, a_finding
from unit.reports.hostile import EVERYTHING, a_brief_of, a_decision_of

LIST = Section("Few", tuple(f"- {number}" for number in range(5)), of="numbers", rank=1)
LESS = Section(
    "Many", tuple(f"- {number:04}" for number in range(100)), ("before",), ("after",), of="greater numbers", rank=2
)


def test_a_page_that_fits_is_left_as_it_is():
    assert fitted([LIST, LESS], 10_000) == page([LIST, LESS])


@pytest.mark.parametrize("limit", [700, 300, 200, 150, 110])
def test_the_least_important_goes_first_and_no_more_than_need_be(limit):
    shown = fitted([LIST, LESS], limit)
    assert len(shown) <= limit
    kept = len(re.findall(r"^- \d{4}$", shown, re.MULTILINE))
    few = len(re.findall(r"^- \d$", shown, re.MULTILINE))
    assert f"*{100 - kept} more greater numbers are left out for length.*" in shown
    assert few == 5 or kept == 0
    assert "before" in shown
    assert "after" in shown
    if kept:
        one_more = page([LIST, LESS.first(kept + 1)])
        assert len(one_more) > limit


def test_what_is_no_item_is_never_cut():
    assert fitted([Section("", lead=("x" * 50,))], 10) == "x" * 50 + "\n"


def many(number: int, text: str = "m" * 1_000):
    findings = [a_finding("fail", rule=f"a.rule-{place}", message=text, fix=text) for place in range(number)]
    return a_decision(*findings, *(a_finding("pass", rule=f"b.rule-{place}") for place in range(500)), verdict="deny")


@pytest.mark.parametrize("text", ["m" * 1_000, "@" * 1_000, "\U0001f600" * 1_000, "a`" * 500, EVERYTHING])
def test_a_comment_is_never_longer_than_github_takes(text):
    shown = comment.render(many(500, text), Brief())
    assert len(shown.encode("utf-16-le")) // 2 <= 65_536
    assert len(shown) > 20_000, "and not cut more than need be"
    lines = shown.splitlines()
    assert lines[:2] == ["<!-- rampgate:verdict -->", "### deny\\: 500 blocking rules are not met"]
    assert re.search(r"\*\d+ more findings are left out for length\.\*", shown)
    assert "*500 more answers are left out for length.*" in shown
    assert shown.count("<details>") == shown.count("</details>") == 1
    assert lines[-1].startswith("<sub>rampgate 0.1.0")


def test_a_decision_full_of_hostile_texts_fits_too():
    assert (
        len(comment.render(a_decision_of(EVERYTHING * 50), a_brief_of(EVERYTHING * 50)).encode("utf-16-le")) <= 131_072
    )


def test_a_step_summary_stays_under_900_kilobytes():
    shown = comment.step_summary(many(700, "\u00e4" * 1_000), Brief())
    assert 800_000 < len(shown.encode()) <= 900_000
    assert not shown.startswith("<!--")


def test_a_long_text_is_cut_before_it_is_escaped():
    """A cut in the middle of an entity or a code span would show half of it, or let the rest out of it."""
    shown = comment.render(a_decision(a_finding("fail", message="`" + "<" * 5_000), verdict="deny"), Brief())
    assert "&lt;...<br>" in shown.replace("\n", "<br>")


def level(lines: list[str], name: str) -> list[str]:
    return [line for line in lines if line.startswith(f"::{name} ")]


def test_ten_annotations_of_each_level_are_printed_and_the_last_tells_of_the_rest():
    findings = [
        *(a_finding("fail", rule=f"a.fails-{n}") for n in range(8)),
        *(a_finding("error", rule=f"a.errs-{n}") for n in range(4)),
        *(a_finding("insufficient", rule=f"a.thin-{n}") for n in range(3)),
        *(a_finding("fail", "warn", rule=f"b.warns-{n}") for n in range(10)),
        *(a_finding("waiting", rule=f"c.waits-{n}") for n in range(11)),
        *(a_finding("fail", "audit", rule=f"d.noted-{n}") for n in range(2)),
        *(a_finding("pass", rule=f"e.passes-{n}") for n in range(9)),
        a_finding("waived", rule="f.waived", waiver="W-1", valid_until="2026-12-01"),
        a_finding("not_applicable", rule="f.nothing"),
    ]
    lines = annotations.lines(a_decision(*findings, verdict="deny"))
    errors, warnings, notices = (level(lines, name) for name in ("error", "warning", "notice"))
    assert lines == [*errors, *warnings, *notices], "the worst first"
    assert [len(each) for each in (errors, warnings, notices)] == [10, 10, 10]
    assert [re.search("title=([a-z.]+)", line)[1] for line in errors] == ["a.errs"] * 4 + ["a.fails"] * 6
    assert errors[-1].endswith("%0A(5 more of this level are in the report)")
    assert "more of this level" not in warnings[-1]
    assert notices[-1].endswith("%0A(3 more of this level are in the report)")


def test_an_annotation_is_no_longer_than_the_runner_shows_and_keeps_its_next_step():
    findings = [a_finding("fail", rule=f"a.rule-{n}", message="m" * 9_000, fix="f" * 2_000) for n in range(12)]
    last = annotations.lines(a_decision(*findings, verdict="deny"))[-1]
    message = last.partition("::")[2].partition("::")[2].replace("%0A", "\n")
    assert len(message) == 4_096
    assert message.splitlines()[1].startswith("next: fff")
    assert message.endswith("(2 more of this level are in the report)")
