"""Every error of a schema is said in words at its own line and column."""

from __future__ import annotations

import json

import pytest

from rampgate.formats.json_text import load_json
from rampgate.formats.schema_check import check_schema, check_team_schema, schema_problems
from rampgate.formats.yaml_text import load_yaml

PREVIOUS = {
    "type": "object",
    "properties": {"kind": {"const": "previous_model"}, "target": {"type": "string"}},
    "required": ["kind", "target"],
    "additionalProperties": False,
}
HUMAN = {
    "type": "object",
    "properties": {"kind": {"const": "human"}, "team": {"type": "string"}},
    "required": ["kind", "team"],
    "additionalProperties": False,
}
SCHEMA = {
    "type": "object",
    "$defs": {"previous": PREVIOUS, "human": HUMAN},
    "required": ["model"],
    "additionalProperties": False,
    "properties": {
        "model": {"type": "string", "description": "Name of the model, in lower-case letters. More words."},
        "code": {"type": "string", "pattern": "^[a-z]+$", "description": "Lower-case letters.", "examples": ["credit"]},
        "bare": {"type": "string", "pattern": "^[a-z]+$"},
        "version": {"type": "string"},
        "owners": {"type": "object"},
        "stage": {"enum": ["pilot", "canary"]},
        "flag": {"const": True},
        "fallback": {"anyOf": [{"$ref": "#/$defs/previous"}, {"$ref": "#/$defs/human"}, {"type": "null"}]},
        "text_or_list": {"anyOf": [{"type": "string"}, {"type": "array"}]},
        "date": {"type": "string", "format": "date"},
        "at": {"type": "string", "format": "date-time"},
        "days": {"type": "integer", "minimum": 1, "maximum": 30},
        "limit": {"type": "number", "exclusiveMaximum": 1},
        "roles": {"type": "array", "minItems": 1, "items": {"type": "string", "minLength": 1}},
        "named": {"propertyNames": {"pattern": "^a", "description": "A name that starts with a."}},
    },
}


def problems(text: str) -> list[tuple[str, int, int]]:
    document = load_yaml(f"model: m\n{text}".encode(), "card.yaml")
    return [(problem.message, problem.line, problem.column) for problem in check_schema(document, "test", SCHEMA)]


ERRORS = {
    "an unknown key stands at itself": ("owner: {}\n", [("unknown key `owner`; did you mean `owners`?", 2, 1)]),
    "an unknown key like no other": ("zzz: 1\n", [("unknown key `zzz`", 2, 1)]),
    "all problems come at once, in order": (
        "zz: 1\nstage: full\nversion: 1.10\n",
        [
            ("unknown key `zz`", 2, 1),
            ("expected one of `pilot`, `canary`, found `full`", 3, 8),
            ('expected a string, found a number (quote it: "1.10")', 4, 10),
        ],
    ),
    "the source's own digits are to be quoted": (
        "version: 0x1F\n",
        [('expected a string, found a number (quote it: "0x1F")', 2, 10)],
    ),
    "true where text is wanted": ("version: yes\nbare: true\n", [('expected a string, found true or false (quote it: "true")', 3, 7)]),
    "nothing where text is wanted": ("version:\n", [("expected a string, found no value", 2, 9)]),
    "a misspelt stage": ("stage: canry\n", [("expected one of `pilot`, `canary`, found `canry`; did you mean `canary`?", 2, 8)]),
    "a form that is described": (
        "code: Credit\n",
        [("`Credit` does not have the right form; expected lower-case letters (for example `credit`)", 2, 7)],
    ),
    "a form that is not described": (
        "bare: Credit\n",
        [("`Credit` does not have the right form; expected text that matches `^[a-z]+$`", 2, 7)],
    ),
    "D8 a trailing newline does not match": (
        'bare: "abc\\n"\n',
        [("`abc\\n` does not have the right form; expected text that matches `^[a-z]+$`", 2, 7)],
    ),
    "a day that does not exist": ("date: 2026-02-30\n", [("expected a date such as 2026-11-20, found `2026-02-30`", 2, 7)]),
    "D11 a time without offset": (
        "at: 2026-02-03T09:30:00\n",
        [("expected a time with its offset, such as 2026-11-20T09:30:00Z, found `2026-02-03T09:30:00`", 2, 5)],
    ),
    "a fraction where a whole number is wanted": ("days: 1.5\n", [("expected a whole number, found `1.5`", 2, 7)]),
    "a number out of bounds": ("days: 31\nlimit: 1\n", [("expected at most 30, found `31`", 2, 7), ("expected less than 1, found `1`", 3, 8)]),
    "an empty list": ("roles: []\n", [("expected at least 1 item, found 0", 2, 8)]),
    "an empty text in a list": ("roles: [a, '']\n", [("expected at least 1 character, found an empty text", 2, 12)]),
    "the form that was meant is explained": (
        "fallback:\n  kind: human\n  target: x\n",
        [("missing key `team`", 2, 1), ("unknown key `target`", 4, 3)],
    ),
    "no form fits the kind": (
        "fallback: {kind: robot, target: x}\n",
        [("expected `previous_model`, found `robot`", 2, 18)],
    ),
    "another type than all forms": (
        "text_or_list: 4\n",
        [('expected a string or a list, found a number (quote it: "4")', 2, 15)],
    ),
    "a key that may not be": ("named: {b: 1}\n", [("the key `b` is not accepted here; expected a name that starts with a", 2, 9)]),
}  # fmt: skip


@pytest.mark.parametrize("sentence", ERRORS)
def test_an_error_is_said_in_words_at_its_place(sentence):
    text, expected = ERRORS[sentence]
    assert problems(text) == expected


def test_a_missing_key_says_what_to_add():
    document = load_yaml(b"stage: pilot\n", "card.yaml")
    (problem,) = check_schema(document, "test", SCHEMA)
    assert (str(problem), problem.fix) == (
        "card.yaml:1:1: missing key `model`",
        "add `model:` (name of the model, in lower-case letters)",
    )


def test_a_document_that_fits_has_no_problem():
    assert problems('stage: pilot\nversion: "1.10"\nlimit: 0.999999999999999999999\ndays: 1.0\nflag: true\n') == []


def test_decimals_are_compared_by_all_their_digits():
    """A double would round this to exactly 1."""
    assert problems("limit: 1.00000000000000000000001\n") == [
        ("expected less than 1, found `1.00000000000000000000001`", 2, 8)
    ]


def test_a_second_schema_of_the_same_name_is_noticed():
    document = load_yaml(b"a: 1\n", "c.yaml")
    assert check_schema(document, "twice", {"type": "object"}) == []
    assert len(check_schema(document, "twice", {"required": ["b"]})) == 1


def team(schema: dict | str, text: bytes = b"a: 0.3\n") -> list[str]:
    source = schema if isinstance(schema, str) else json.dumps(schema)
    schema_document = load_json(source.encode(), "policies/schemas/own.json")
    return [str(problem) for problem in check_team_schema(load_yaml(text, "card.yaml"), schema_document)]


def test_a_teams_own_schema_is_applied_to_the_card():
    assert team({"properties": {"a": {"maximum": 0.25}}}) == ["card.yaml:1:4: expected at most 0.25, found `0.3`"]
    assert team({"properties": {"a": {"$ref": "#/$defs/n"}}, "$defs": {"n": {"type": "number"}}}) == []


BROKEN = {
    "D14 a reference to an address": (
        '{"properties": {"a": {"$ref": "http://example.com/x"}}}',
        "policies/schemas/own.json:1:31: `$ref` leads out of the file, to `http://example.com/x`; nothing is fetched",
    ),
    "a reference to a file": (
        '{"$ref": "file:///etc/passwd"}',
        "policies/schemas/own.json:1:10: `$ref` leads out of the file, to `file:///etc/passwd`; nothing is fetched",
    ),
    "a reference to nothing": (
        '{"$ref": "#/nope"}',
        "policies/schemas/own.json:1:1: the schema cannot be used: Pointer '/nope' does not exist",
    ),
    "a misspelt type": (
        '{"properties": {\n "a": {"type": "strin"}}}',
        "policies/schemas/own.json:2:16: not a valid schema: 'strin' is not valid under any of the given schemas",
    ),
    "an older draft": (
        '{"$schema": "http://json-schema.org/draft-07/schema#"}',
        "policies/schemas/own.json:1:13: `$schema` names `http://json-schema.org/draft-07/schema#`; only Draft 2020-12 is read",
    ),
    "a format that nobody checks": (
        '{"properties": {"a": {"format": "zip"}}}',
        (
            "policies/schemas/own.json:1:33: the schema cannot be used: Unknown format: 'zip'. "
            "Adjust configuration to ignore unrecognized formats"
        ),
    ),
    "a broken pattern": (
        '{"properties": {"a": {"pattern": "["}}}',
        'policies/schemas/own.json:1:34: the schema cannot be used: "[" is not a "regex"',
    ),
}


@pytest.mark.parametrize("sentence", BROKEN)
def test_a_schema_that_cannot_be_used_is_a_problem_at_its_place_and_lets_nothing_through(sentence):
    source, expected = BROKEN[sentence]
    assert team(source) == [expected]
    assert [str(p) for p in schema_problems(load_json(source.encode(), "policies/schemas/own.json"))] == [expected]


def test_a_pattern_that_explodes_elsewhere_ends_here():
    assert team({"properties": {"a": {"pattern": "^(a+)+$"}}}, b"a: " + b"a" * 40 + b"b\n") == [
        "card.yaml:1:4: `" + "a" * 40 + "b` does not have the right form; expected text that matches `^(a+)+$`"
    ]
