"""Setting a value changes that value's bytes alone, whatever the layout around it."""

from __future__ import annotations

from decimal import Decimal

import pytest

from rampgate.errors import InvalidInput
from rampgate.formats.edit import dump_yaml, insert_item, set_scalar
from rampgate.formats.yaml_text import load_yaml

# Each layout as the text before the value, the value as written, the value as it must then be written, the text after.
LAYOUTS = {
    "plain": ("model: a\nstage: ", "pilot", "canary", "\ntier: low\n"),
    "single quotes": ("stage: ", "'pilot'", "'canary'", "\n"),
    "double quotes": ("stage: ", '"pilot"', '"canary"', "\n"),
    "a comment behind it": ("stage: ", "pilot", "canary", "   # was: draft, see stage: pilot\n"),
    "a tab before the comment": ("stage: ", "pilot", "canary", "\t# note\n"),
    "space before the colon": ("stage : ", "pilot", "canary", "\n"),
    "aligned colons": ("model      : a\nstage      : ", "pilot", "canary", "\ntier       : low\n"),
    "many spaces": ("stage:      ", "pilot", "canary", "   \n"),
    "trailing spaces on other lines": ("model: a   \nstage: ", "pilot", "canary", "  \ntier: low   \n"),
    "a quoted key": ('"stage": ', "pilot", "canary", "\n'tier': low\n"),
    "an explicit key": ("? stage\n: ", "pilot", "canary", "\n"),
    "on the next line": ("stage:\n  ", "pilot", "canary", "\ntier: low\n"),
    "a document start": ("---\nstage: ", "pilot", "canary", "\n"),
    "a document end": ("stage: ", "pilot", "canary", "\n...\n"),
    "no final newline": ("tier: low\nstage: ", "pilot", "canary", ""),
    "blank lines at the end": ("stage: ", "pilot", "canary", "\n\n\n"),
    "Windows line ends": ("model: a\r\nstage: ", "pilot", "canary", "\r\ntier: low\r\n"),
    "the stage in a comment above": ("# stage: pilot\n#stage: pilot\nstage: ", "pilot", "canary", "\n"),
    "the stage inside a text block before": ("note: |\n  stage: pilot\n\n  more\nstage: ", "pilot", "canary", "\n"),
    "the stage inside a folded block after": ("stage: ", "pilot", "canary", "\nnote: >-\n  stage: pilot\n  more\n"),
    "the stage inside a quoted text": ("note: 'stage: pilot'\nstage: ", "pilot", "canary", "\n"),
    "nested keys of the same name": ("a:\n  stage: pilot\n  b: {stage: pilot}\nstage: ", "pilot", "canary", "\nc:\n  - stage: pilot\n"),
    "a flow root": ("{model: a, stage: ", "pilot", "canary", ", tier: low}\n"),
    "a flow root without spaces": ('{"model":"a","stage":', '"pilot"', '"canary"', ',"tier":"low"}'),
    "a flow root over several lines": ("{\n  model: a,\n  stage: ", "pilot", "canary", ",  # now\n}\n"),
    "comments inside flow collections": ("l: [ 1,2 , # two\n  3 ]\nstage: ", "pilot", "canary", "\nm: { a: 1 , # one\n  b: 2 }\n"),
    "numbers and nulls in unusual forms": ("a: +1\nb: ~\nc: TRUE\nd: 0x1F\ne: 1.50\nstage: ", "pilot", "canary", "\nf: [ 1,2 ]\ng: Null\n"),
    "folded plain scalars": ("note: one\n  two\n   three\nstage: ", "pilot", "canary", "\n"),
    "text beyond ASCII before it": ("note: é ü 日本 😀\nstage: ", "pilot", "canary", "  # größer\n"),
    "very long lines": ("note: " + "word " * 400 + "\nstage: ", "pilot", "canary", "\nl: [" + "x, " * 300 + "y]\n"),
    "unusual indentation": ("a:\n      b:\n       - c\n       -   d: 1\n           e: 2\nstage: ", "pilot", "canary", "\n"),
    "lists at their parent's column": ("a:\n- 1\n-    2\nstage: ", "pilot", "canary", "\nb:\n-\n  - x\n"),
    "a block scalar as the value": ("stage: |-\n  ", "pilot", "canary", "\ntier: low\n"),
    "strange quotes elsewhere": ("a: 'it''s'\nb: \"\\x41\\n\"\nstage: ", "pilot", "canary", '\nc: "x\\\n  y"\n'),
    "nothing as the value": ("stage:", "", " canary", "\ntier: low\n"),
    "leading comment lines and blanks": ("\n\n# head\n\nstage: ", "pilot", "canary", "\n\n# foot"),
    "a byte order mark": ("\ufeffstage: ", "pilot", None, "\n"),
    "two documents": ("stage: ", "pilot", None, "\n---\nstage: pilot\n"),
    "an anchored value": ("stage: &s ", "pilot", None, "\n"),
}  # fmt: skip


@pytest.mark.parametrize("layout", LAYOUTS)
def test_setting_the_stage_changes_its_bytes_alone(layout):
    before, old, new, after = LAYOUTS[layout]
    data = f"{before}{old}{after}".encode()
    if new is None:
        with pytest.raises(InvalidInput):
            set_scalar(data, "card.yaml", ("stage",), "canary")
        return
    changed = set_scalar(data, "card.yaml", ("stage",), "canary")
    assert changed == f"{before}{new}{after}".encode()
    assert load_yaml(changed, "card.yaml").value["stage"] == "canary"


def test_at_least_33_layouts_are_accepted_and_stay_byte_for_byte():
    assert sum(new is not None for _, _, new, _ in LAYOUTS.values()) >= 33


def test_setting_what_is_already_there_changes_nothing():
    assert set_scalar(b"stage: 'pilot'\n", "c.yaml", ("stage",), "pilot") == b"stage: 'pilot'\n"


WRITTEN = {
    "a word that old readers take for true": ("on", b'a: "on"\n'),
    "a number": ("1.10", b'a: "1.10"\n'),
    "a colon": ("x: y", b'a: "x: y"\n'),
    "a comment sign": ("x # y", b'a: "x # y"\n'),
    "nothing": ("", b'a: ""\n'),
    "a line break": ("x\ny", b'a: "x\\ny"\n'),
    "a path": ("evidence/f-1.json", b"a: evidence/f-1.json\n"),
}


@pytest.mark.parametrize("sentence", WRITTEN)
def test_text_that_is_no_plain_word_is_quoted(sentence):
    text, expected = WRITTEN[sentence]
    assert set_scalar(b"a: old\n", "c.yaml", ("a",), text) == expected


def test_a_quote_in_single_quotes_is_doubled():
    assert set_scalar(b"a: 'x'\n", "c.yaml", ("a",), "it's") == b"a: 'it''s'\n"


def test_a_nested_value_and_an_item_of_a_list_can_be_set():
    data = b"a: {b: [x, y]}  # c\n"
    assert set_scalar(data, "c.yaml", ("a", "b", 1), "z") == b"a: {b: [x, z]}  # c\n"


def test_a_mapping_or_an_absent_key_is_not_set():
    for pointer in [("a",), ("missing",), ("a", "b", "c"), ()]:
        with pytest.raises(InvalidInput, match="no single value at"):
            set_scalar(b"a: {b: 1}\n", "c.yaml", pointer, "x")


def test_a_text_block_of_several_lines_is_left_to_its_author():
    with pytest.raises(InvalidInput, match="text block of several lines"):
        set_scalar(b"a: |\n  one\n  two\n", "c.yaml", ("a",), "x")


ITEM = {"path": "evidence/f.json", "digest": "sha256:ab"}
BLOCK = b'  - path: evidence/f.json\n    digest: "sha256:ab"\n'
FLOW = b'{path: evidence/f.json, digest: "sha256:ab"}'
INSERTIONS = {
    "an absent list is made at the end": (b"a: 1 # c\n", b"a: 1 # c\nevidence:\n" + BLOCK),
    "no final newline": (b"a: 1", b"a: 1\nevidence:\n" + BLOCK),
    "an empty flow list": (b"evidence: []  # none\nb: 1\n", b"evidence: [" + FLOW + b"]  # none\nb: 1\n"),
    "a key without a value": (b"evidence:\nb: 1\n", b"evidence: [" + FLOW + b"]\nb: 1\n"),
    "a flow list": (b"evidence: [{path: x}, ]\n", b"evidence: [{path: x}, " + FLOW + b", ]\n"),
    "a block list with comments": (
        b"evidence:\n  - path: x\n    digest: y # c\n\n# more\nb: 1\n",
        b"evidence:\n  - path: x\n    digest: y # c\n" + BLOCK + b"\n# more\nb: 1\n",
    ),
    "a block list that ends the file": (b"evidence:\n  - path: x", b"evidence:\n  - path: x\n" + BLOCK.rstrip()),
    "an item that ends in a text block": (
        b"evidence:\n  - why: |\n      text\nb: 1\n",
        b"evidence:\n  - why: |\n      text\n" + BLOCK + b"b: 1\n",
    ),
    "a flow root": (b"{evidence: [{a: 1}], b: 2}\n", b"{evidence: [{a: 1}, " + FLOW + b"], b: 2}\n"),
    "Windows line ends": (
        b"evidence:\r\n  - a: 1\r\nb: 2\r\n",
        b"evidence:\r\n  - a: 1\r\n" + BLOCK.replace(b"\n", b"\r\n") + b"b: 2\r\n",
    ),
    "items that are nothing": (b"evidence:\n  -\n  -\nb: 1\n", b"evidence:\n  -\n  -\n" + BLOCK + b"b: 1\n"),
}


@pytest.mark.parametrize("sentence", INSERTIONS)
def test_an_item_joins_the_list_and_every_other_byte_stays(sentence):
    before, expected = INSERTIONS[sentence]
    assert insert_item(before, "c.yaml", ("evidence",), ITEM) == expected


def test_where_the_text_offers_no_place_the_file_is_written_again_with_its_comments():
    changed = insert_item(b"# head\na: 1  # one\n...\n", "c.yaml", ("evidence",), ITEM)
    assert load_yaml(changed, "c.yaml").value == {"a": 1, "evidence": [ITEM]}
    assert b"# head\na: 1  # one\n" in changed


def test_a_value_that_is_no_list_takes_no_item():
    with pytest.raises(InvalidInput, match="`evidence` is no list that an item could join"):
        insert_item(b"evidence: text\n", "c.yaml", ("evidence",), ITEM)


def test_a_new_file_quotes_what_could_be_taken_for_something_else():
    value = {
        "schema": "rampgate/waiver/v1",
        "version": "1.10",
        "on": "no",
        "starts": "2026-11-20",
        "reason": "Group under 100 until March",
        "text": "one\ntwo\n",
        "limit": Decimal("0.80"),
        "days": 30,
        "live": True,
        "end": None,
        "roles": ["risk", "1e3"],
        "none": [],
    }
    expected = (
        'schema: rampgate/waiver/v1\nversion: "1.10"\n"on": "no"\nstarts: "2026-11-20"\n'
        "reason: Group under 100 until March\ntext: |\n  one\n  two\nlimit: 0.80\ndays: 30\nlive: true\nend: null\n"
        'roles:\n  - risk\n  - "1e3"\nnone: []\n'
    )
    assert dump_yaml(value).decode() == expected
    assert load_yaml(dump_yaml(value), "c.yaml").value == value


def test_what_would_not_be_read_back_is_not_written():
    for value in [{"a": float("nan")}, {1: "a"}, {"a": "x\u202ey\ud800"}]:
        with pytest.raises((ValueError, TypeError)):
            dump_yaml(value)
