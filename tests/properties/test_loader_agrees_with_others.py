"""Where the loader and ruamel.yaml (YAML 1.2, pure Python) both accept a file, they read the same value."""

from __future__ import annotations

import importlib.util
import json
import random
import warnings
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import strategies as st
from ruamel.yaml import YAML
from ruamel.yaml.constructor import SafeConstructor
from ruamel.yaml.error import YAMLError

from properties.laws import law
from rampgate.errors import InvalidInput
from rampgate.formats.edit import dump_yaml, set_scalar
from rampgate.formats.json_text import load_json
from rampgate.formats.yaml_text import load_yaml
from shared_data import shared

_fuzz_file = importlib.util.spec_from_file_location("loader_fuzz", Path(__file__).with_name("test_loader_fuzz.py"))
fuzz = importlib.util.module_from_spec(_fuzz_file)
_fuzz_file.loader.exec_module(fuzz)


class _TextConstructor(SafeConstructor):
    """Builds numbers from their text by hand, and dates as text: the core schema of YAML 1.2 knows none."""

    def construct_yaml_float(self, node):
        text = self.construct_scalar(node)
        return Decimal(text) if "_" not in text else text

    def construct_yaml_int(self, node):
        text = self.construct_scalar(node)
        return text if "_" in text else int(text, 0) if text[:2] in {"0x", "0o"} else int(text)

    def construct_text(self, node):
        return self.construct_scalar(node)


_TextConstructor.add_constructor("tag:yaml.org,2002:float", _TextConstructor.construct_yaml_float)
_TextConstructor.add_constructor("tag:yaml.org,2002:int", _TextConstructor.construct_yaml_int)
_TextConstructor.add_constructor("tag:yaml.org,2002:timestamp", _TextConstructor.construct_text)


def by_ruamel(data: bytes):
    reader = YAML(typ="safe", pure=True)
    reader.Constructor = _TextConstructor
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return reader.load(data)


def agree(data: bytes) -> bool:
    """Return whether both accept the data; fails the test if they read different values."""
    try:
        ours = load_yaml(data, "file").value
        theirs = by_ruamel(data)
    except (
        InvalidInput,
        YAMLError,
        ValueError,
        TypeError,
        AttributeError,
        LookupError,
        ArithmeticError,
        AssertionError,
    ):
        return False
    assert ours == theirs, data
    return True


def test_mutated_cards_have_the_same_value_for_both_readers():
    chance = random.Random(12)
    assert all(agree(seed) for seed in fuzz.CARDS)
    assert sum(agree(fuzz.mutated(chance.choice(fuzz.CARDS), chance)) for _ in range(400)) > 20


@pytest.mark.scale
def test_10000_mutated_cards_have_the_same_value_for_both_readers():
    chance = random.Random(13)
    assert sum(agree(fuzz.mutated(chance.choice(fuzz.CARDS), chance)) for _ in range(10_000)) > 500


def test_front_matter_of_real_cards_has_the_same_value_for_both_readers():
    agreed = 0
    for file in sorted(path for path in shared("cards/hf-2020").rglob("*") if path.is_file()):
        parts = file.read_bytes().split(b"---\n", 2)
        if len(parts) == 3 and not parts[0].strip():
            agreed += agree(parts[1])
    assert agreed > 100


_TEXT = st.text(st.characters(codec="utf-8", categories=["L", "N", "P", "S", "Zs"]), max_size=12)
_KEYS = st.text("abcdefghijklmnopqrstuvwxyz_ -.:#0123456789éü'\"", min_size=1, max_size=10)
_SCALARS = (
    st.none() | st.booleans() | st.integers(-(10**20), 10**20) | _TEXT
    | st.decimals(-1000, 1000, allow_nan=False, allow_infinity=False, places=3)
    | st.sampled_from(["on", "no", "1.10", "010", "0x1F", "~", "null", "2026-11-20", "1e3", "<<", "=", "a: b", "a #b", "- x", "?", "!x", "&x", "*x", "two\nlines\n", "\ttab"])
)  # fmt: skip
_VALUES = st.recursive(
    _SCALARS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(_KEYS, inner, max_size=4),
    max_leaves=12,
)
_MAPPINGS = st.dictionaries(_KEYS, _VALUES, min_size=1, max_size=5)


@law(_MAPPINGS)
def test_what_is_written_is_read_back_and_read_alike_by_others(value):
    data = dump_yaml(value)
    assert load_yaml(data, "file").value == value
    assert by_ruamel(data) == value
    assert dump_yaml(value) == data


@law(_MAPPINGS, _TEXT, st.data())
def test_any_scalar_can_be_set_and_nothing_else_changes(value, text, data):
    before = dump_yaml(value)
    pointers = [
        p for p in fuzz.pointers(value) if not isinstance(at(value, p), (dict, list)) and "\n" not in str(at(value, p))
    ]
    if not pointers:
        return
    pointer = data.draw(st.sampled_from(pointers))
    after = load_yaml(set_scalar(before, "file", pointer, text), "file").value
    assert at(after, pointer) == text
    for other in pointers:
        if other != pointer:
            assert at(after, other) == at(value, other)


@law(
    st.dictionaries(
        st.text('abc"\\é ', max_size=4),
        st.integers() | st.text('xyz"\\{}[]:,é', max_size=6) | st.lists(st.booleans(), max_size=3),
        max_size=5,
    )
)
def test_json_is_read_as_the_standard_library_reads_it(value):
    for written in (json.dumps(value), json.dumps(value, indent=2, ensure_ascii=False)):
        document = load_json(written.encode(), "file")
        assert document.value == value
        assert set(document.spans) == set(fuzz.pointers(value))
        for pointer, span in document.spans.items():
            assert json.loads(written[span.start : span.end]) == at(value, pointer)


def at(value, pointer):
    for step in pointer:
        value = value[step]
    return value
