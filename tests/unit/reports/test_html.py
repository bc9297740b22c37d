"""HTML that is made here: no text of somebody else becomes mark-up, leaves its place, or is invisible."""

from __future__ import annotations

import unicodedata
from html.parser import HTMLParser

import pytest

from rampgate.reports.html import code, foreign, link, page, prose, table, tag, text
from unit.reports.hostile import EVERYTHING, TEXTS

CASES = {**TEXTS, "everything": EVERYTHING}
INVISIBLE = ("Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp")


class Seen(HTMLParser):
    """What a reader of HTML finds: elements with their attributes, and the text outside of them."""

    def __init__(self, source: str) -> None:
        super().__init__(convert_charrefs=True)
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.words = ""
        self.feed(source)
        self.close()

    def handle_starttag(self, tag, attrs):
        self.elements.append((tag, dict(attrs)))

    def handle_data(self, data):
        self.words += data

    def handle_comment(self, data):
        raise AssertionError(f"a comment: {data}")


@pytest.mark.parametrize("case", CASES)
@pytest.mark.parametrize("put", [foreign, prose, code])
def test_a_text_becomes_no_mark_up(case, put):
    seen = Seen(put(CASES[case]))
    assert {name for name, _ in seen.elements} <= {"bdi", "code"}
    assert not any(attributes for _, attributes in seen.elements)
    assert not [each for each in seen.words if unicodedata.category(each) in INVISIBLE]


@pytest.mark.parametrize("case", CASES)
def test_a_text_does_not_leave_an_attribute(case):
    seen = Seen(tag("p", "x", class_=CASES[case]))
    assert [(name, list(attributes)) for name, attributes in seen.elements] == [("p", ["class"])]
    assert seen.words == "x"


@pytest.mark.parametrize("case", CASES)
def test_a_link_stays_beside_the_page(case):
    """No scheme, no host, no query: what a path is called is quoted whole."""
    (name, attributes), *_ = Seen(link(CASES[case].encode("utf-8", "replace").decode(), "x")).elements
    assert name == "a"
    assert attributes["href"].startswith("./")
    assert not set(attributes["href"]) & set(":?#&\\\"'<> ")


def test_text_is_shown_as_it_is_written():
    assert Seen(foreign("1 < 2 & \"x\" 'y'")).words == "1 < 2 & \"x\" 'y'"
    assert Seen(prose("the rule `a<b` holds")).words == "the rule a<b holds"
    assert text("שלום") == "שלום"


def test_every_cell_of_a_table_knows_its_column_and_its_row():
    seen = Seen(table("what it is", ("Rule", "Answer"), [("a", "pass"), ("b", "<b>fail</b>")])).elements
    assert ("caption", {}) in seen
    heads = [attributes for name, attributes in seen if name == "th"]
    assert [each["scope"] for each in heads] == ["col", "col", "row", "row"]
    assert [attributes["data-label"] for name, attributes in seen if name == "td"] == ["Answer", "Answer"]
    assert not [name for name, _ in seen if name == "b"]


def test_a_page_lets_in_its_own_style_and_nothing_else():
    shown = page("<title>", "p { color: red; }", tag("p", "x"))
    seen = Seen(shown).elements
    rules = [
        attributes["content"] for name, attributes in seen if attributes.get("http-equiv") == "Content-Security-Policy"
    ]
    # The digest is that of the text between the style tags, by openssl: printf '%s' 'p { color: red; }' | openssl dgst -sha256 -binary | base64
    assert rules == [
        "default-src 'none'; style-src 'sha256-pckGv9YvNcB5xy+Y4fbqhyo+ib850wyiuWeNbZvLi00='; base-uri 'none'; form-action 'none'"
    ]
    assert not {name for name, _ in seen} & {"script", "link", "img", "iframe", "base", "object", "form"}
