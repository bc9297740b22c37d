"""Adding a key to a mapping inside a file changes that mapping's text alone, whatever the layout around it."""

from __future__ import annotations

import pytest

from rampgate.errors import InvalidInput
from rampgate.formats.edit_field import add_field
from rampgate.formats.yaml_text import load_yaml

# Each layout as the text before the place of the new key, the key as it must be written, and the text after it.
LAYOUTS = {
    "the only item": ("keys:\n  - name: ci\n    from: 0\n", "    to: 41\n", ""),
    "an item before others": ("keys:\n  - name: ci\n", "    to: 41\n", "  - name: b\n"),
    "a comment behind the last key": ("keys:\n  - name: ci  # ours\n", "    to: 41\n", "# foot\n"),
    "a list at its parent's column": ("keys:\n- name: ci\n", "  to: 41\n", "b: 1\n"),
    "wide indentation": ("keys:\n    -   name: ci\n", "        to: 41\n", ""),
    "a flow mapping as last value": ("keys:\n  - name: ci\n    r: {a: 1, b: 2}\n", "    to: 41\n", ""),
    "a nested mapping as last value": ("keys:\n  - name: ci\n    r:\n      a: 1\n", "    to: 41\n", "b: 2\n"),
    "a text block as last value": ("keys:\n  - name: ci\n    r: |\n      one\n      two\n", "    to: 41\n", "b: 2\n"),
    "Windows line ends": ("keys:\r\n  - name: ci\r\n", "    to: 41\r\n", "b: 1\r\n"),
    "no final newline": ("keys:\n  - name: ci", "\n    to: 41", ""),
    "a flow item": ("keys:\n  - {name: ci", ", to: 41", "}\n"),
    "a flow item with a space": ("keys: [{ name: ci", ", to: 41", " }]  # end\n"),
    "JSON": ('{"keys": [\n {\n  "name": "ci"', ", to: 41", "\n }\n]}\n"),
}


@pytest.mark.parametrize("layout", LAYOUTS)
def test_adding_a_key_changes_its_place_alone(layout):
    before, new, after = LAYOUTS[layout]
    changed = add_field(f"{before}{after}".encode(), "keys.yaml", ("keys", 0), "to", 41)
    assert changed == f"{before}{new}{after}".encode()
    assert load_yaml(changed, "keys.yaml").value["keys"][0]["to"] == 41


def test_an_unusual_layout_is_written_again_with_its_comments():
    """A comma behind the last key: the text of another key can not simply follow."""
    changed = add_field(b"# head\nkeys: [{name: ci,}]\n", "keys.yaml", ("keys", 0), "to", 41)
    assert load_yaml(changed, "keys.yaml").value == {"keys": [{"name": "ci", "to": 41}]}
    assert changed.startswith(b"# head\n")


def test_a_mapping_is_written_on_one_line():
    value = {"from": 30, "on": "2026-11-20", "reason": "the laptop: stolen"}
    changed = add_field(b"keys:\n  - name: ci\n", "keys.yaml", ("keys", 0), "revoked", value)
    assert changed.splitlines()[2] == b'    revoked: {from: 30, "on": "2026-11-20", reason: "the laptop: stolen"}'


REFUSED = {
    "the key is there": (b"keys:\n  - name: ci\n    to: 1\n", ("keys", 0), "has a `to` already"),
    "no mapping there": (b"keys: [1]\n", ("keys", 0), "is no mapping"),
    "nothing there": (b"keys: []\n", ("keys", 3), "is no mapping"),
    "an empty mapping": (b"keys: [{}]\n", ("keys", 0), "is no mapping"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_what_can_not_take_a_key_is_refused(case):
    data, pointer, words = REFUSED[case]
    with pytest.raises(InvalidInput, match=words):
        add_field(data, "keys.yaml", pointer, "to", 41)
