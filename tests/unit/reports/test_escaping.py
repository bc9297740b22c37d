"""No text of a card, a review or a file name becomes a command, mark-up, a link or a control in any report."""

from __future__ import annotations

import json
import re
import unicodedata
import xml.etree.ElementTree as ET
from html.parser import HTMLParser

import pytest

from rampgate.reports import annotations, comment, sarif
from rampgate.reports.escape import log_line, prose
from rampgate.reports.formats import FORMATS
from unit.reports.hostile import EVERYTHING, TEXTS, a_brief_of, a_decision_of

INVISIBLE = ("Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp")
CASES = {**TEXTS, "everything": EVERYTHING}


def every_report(text: str, *, machine: bool = True) -> dict[str, str]:
    decision, brief = a_decision_of(text), a_brief_of(text)
    shown = {name: render(decision) for name, render in FORMATS.items() if machine or name in ("text", "markdown")}
    shown["comment"] = comment.render(decision, brief, url="https://github.com/acme/models/actions/runs/1")
    shown["step summary"] = comment.step_summary(decision, brief, simulated=True)
    shown["annotations"] = "\n".join(annotations.lines(decision))
    return shown


def commands(line: str) -> list[str]:
    """What GitHub's runner makes of a line of a log: `::` at its start, blanks aside, or `##[` anywhere."""
    newer = re.match(r"\s*::([a-z-]+)(?: [^:]*)?::", line)
    return [newer[1]] if newer else re.findall(r"##\[([a-z-]+)[^\]]*\]", line)


@pytest.mark.parametrize("case", CASES)
def test_no_text_starts_a_workflow_command(case):
    """Whatever a report prints may stand in the log of a step."""
    for name, shown in every_report(CASES[case]).items():
        for line in re.split(r"[\r\n\x0b\x0c\x85\u2028\u2029]", shown):
            allowed = ["error"], ["warning"], ["notice"]
            assert commands(line) == [] or (name == "annotations" and commands(line) in allowed), (name, line)


@pytest.mark.parametrize("case", CASES)
def test_each_annotation_is_one_command_with_the_properties_it_was_given(case):
    """What the runner reads back: no value ends early, none adds a property."""
    decision = a_decision_of(CASES[case])
    written = annotations.lines(decision)
    assert [line.split(" ")[0] for line in written] == ["::error"] * 4 + ["::warning", "::notice"]
    for line in written:
        command, _, data = line[2:].partition("::")
        properties = dict(part.split("=", 1) for part in command.partition(" ")[2].split(","))
        assert set(properties) <= {"file", "line", "col", "title"}, line
        assert ":" not in command
        assert not re.search(r"[\r\n]", line)
        assert re.fullmatch(r"(?:[^%]|%25|%0A|%3A|%2C)*", command + data), line
        assert not [c for c in data if unicodedata.category(c) in INVISIBLE]


@pytest.mark.parametrize("case", CASES)
def test_no_control_or_bidi_mark_is_left_in_what_people_read(case):
    for name, shown in every_report(CASES[case], machine=False).items():
        assert not [c for c in shown if c != "\n" and unicodedata.category(c) in INVISIBLE], name


@pytest.mark.parametrize("case", CASES)
def test_the_machines_formats_stay_well_formed(case):
    decision = a_decision_of(CASES[case])
    for render in (FORMATS["json"], FORMATS["sarif"]):
        json.loads(render(decision))
    suite = ET.fromstring(FORMATS["junit"](decision))[0]
    cases = suite.findall("testcase")
    assert len(cases) == len(decision.findings) + len(decision.problems)


@pytest.mark.parametrize("case", CASES)
def test_no_message_of_sarif_holds_a_link_or_a_file_elsewhere(case):
    log = json.loads(sarif.render(a_decision_of(CASES[case])))
    for result in log["runs"][0]["results"]:
        assert "](" not in result["message"]["text"]
        uri = result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"]
        assert re.fullmatch(r"(?:[A-Za-z0-9_.~/-]|%[0-9A-F]{2})+", uri)
        assert uri.startswith(("model_cards/", "policies/"))


@pytest.mark.parametrize(
    ("line", "shown"),
    {
        "::error::x": "\\u003a:error::x",
        "   ::error::x": "   \\u003a:error::x",
        "a::b": "a::b",
        "": "",
    }.items(),
)
def test_a_line_that_begins_like_a_command_is_made_visible(line, shown):
    assert log_line(line) == shown


@pytest.mark.parametrize(
    ("text", "shown"),
    {
        "`a_b` is c_d": "`a_b` is c\\_d",
        "an odd ` one": "an odd \\` one",
        "`` x": " x",
        "`<b>` <b>": "`<b>` &lt;b&gt;",
    }.items(),
)
def test_a_sentence_shows_what_is_between_backticks_as_code(text, shown):
    assert prose(text) == shown


class Tags(HTMLParser):
    """The elements of a page, with the addresses that they lead to."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.addresses: list[str] = []
        self.open: list[str] = []
        self.text: list[str] = []

    def handle_starttag(self, tag, attrs):
        self.tags.add(tag)
        self.addresses += [value for name, value in attrs if name in ("href", "src")]
        assert not [name for name, _ in attrs if name.startswith("on")]
        if tag not in ("br", "img", "input"):
            self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag, tag

    def handle_data(self, data):
        if "code" not in self.open:
            self.text.append(data)

    def handle_comment(self, data):
        self.tags.add(f"comment:{data}")


OURS = {
    *("h3", "h4", "p", "strong", "em", "ul", "li", "br", "code", "details", "summary", "sub", "a"),
    *("table", "thead", "tbody", "tr", "th", "td"),
}


@pytest.mark.peer
@pytest.mark.parametrize("case", CASES)
def test_rendered_as_github_does_only_our_own_elements_are_there(case):
    """cmark-gfm is the program with which GitHub renders Markdown."""
    cmarkgfm = pytest.importorskip("cmarkgfm", reason="cmarkgfm is not installed")
    from cmarkgfm.cmark import Options  # noqa: PLC0415

    url = "https://github.com/acme/models/actions/runs/1"
    for simulated in (False, True):
        text = comment.render(a_decision_of(CASES[case]), a_brief_of(CASES[case]), simulated=simulated, url=url)
        page = Tags()
        page.feed(cmarkgfm.github_flavored_markdown_to_html(text, Options.CMARK_OPT_UNSAFE))
        assert page.open == []
        assert page.tags <= {*OURS, "comment: rampgate:verdict "}
        assert page.addresses == [url]
        assert page.tags >= {"details", "summary", "table"}
        # GitHub looks for mentions and numbers once more, in the text outside code.
        words = "".join(page.text)
        assert not re.search(r"(?<![\w/])@\w|(?<!\w)#\d|GH-\d|\w/\w+#\d", words), words


@pytest.mark.parametrize("case", CASES)
def test_every_row_of_a_table_keeps_its_columns(case):
    shown = comment.render(a_decision_of(CASES[case]), a_brief_of(CASES[case]))
    rows = [line for line in shown.splitlines() if line.startswith("|")]
    widths = [len(re.findall(r"(?<!\\)\|", row)) - 1 for row in rows]
    assert widths == [5] * 3 + [4] * 5


@pytest.mark.parametrize("case", CASES)
def test_why_it_was_not_judged_is_one_line_without_effect(case):
    shown = comment.render_not_judged(CASES[case], url="https://github.com/a/b/actions/runs/1")
    marker, head, _, words = shown.splitlines()
    assert (marker, words[:14]) == (comment.MARKER, "The newest run")
    outside = re.sub(r"(`+).*?\1", "", head)
    assert not re.search(r"<[a-z/!]|(?<!\\)[\[\]]|@\w", outside), outside


ADDRESSES = {
    "https://github.com/a/b/actions/runs/1": "](https://github.com/a/b/actions/runs/1)",
    "javascript:alert(1)": None,
    "https://x.example/) <b>": "](https://x.example/%29%20%3Cb%3E)",
    "": None,
}


@pytest.mark.parametrize("url", ADDRESSES)
def test_the_address_of_the_run_can_not_end_its_link(url):
    shown = comment.render(a_decision_of("x"), a_brief_of("x"), url=url)
    assert ("the run]" in shown) is (ADDRESSES[url] is not None)
    assert ADDRESSES[url] is None or ADDRESSES[url] in shown


def test_the_hostile_texts_are_hostile():
    """The tests above would prove nothing with text that needs no care."""
    assert commands(TEXTS["a workflow command"]) == ["set-output"]
    assert commands(TEXTS["an older workflow command"]) == ["set-env", "error"]
    assert {"`", "|", "<", "@", "#", "\n", "\r", "\x1b", "\u202e", "\x00", "\ud800", "%", "&", "]"} <= set(EVERYTHING)
