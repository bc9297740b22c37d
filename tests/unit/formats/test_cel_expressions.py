"""Expressions fail closed: what is missing, null, mistyped or misspelt never lets a card through."""

from __future__ import annotations

import subprocess
import sys
from decimal import Decimal
from typing import Any

import pytest

from rampgate.formats.cel import ExpressionInvalid, compile_expression

NOT_APPLICABLE = {
    "type": "object",
    "properties": {"not_applicable": {"type": "string"}},
    "required": ["not_applicable"],
    "additionalProperties": False,
}
MEASURED = {
    "type": "object",
    "additionalProperties": False,
    "properties": {
        "value": {"anyOf": [{"type": "number"}, {"type": "string"}]},
        "unit": {"anyOf": [{"type": "string"}, {"type": "null"}], "default": None},
    },
}


def maybe(schema: dict[str, Any]) -> dict[str, Any]:
    return {
        "anyOf": [schema, {"const": "unknown", "type": "string"}, {"$ref": "#/$defs/NotApplicable"}, {"type": "null"}]
    }


CARD = {
    "type": "object",
    "additionalProperties": False,
    "$defs": {
        "NotApplicable": NOT_APPLICABLE,
        "Measured": MEASURED,
        "Signal": {
            "type": "object",
            "additionalProperties": False,
            "properties": {
                "metric": {"type": "string"},
                "threshold": maybe({"type": "number"}),
                "children": {"type": "array", "items": {"$ref": "#/$defs/Signal"}},
            },
        },
        "Outcome": {
            "type": "object",
            "additionalProperties": False,
            "properties": {"metric": {"type": "string"}, "target": maybe({"$ref": "#/$defs/Measured"})},
        },
    },
    "properties": {
        "stage": {"type": "string"},
        "tier": {"enum": ["low", "medium", "high"], "type": "string"},
        "rows": {"type": "integer"},
        "errors": {"type": "integer"},
        "signed": {"type": "boolean"},
        "tags": {"type": "array", "items": {"type": "string"}},
        "metrics": {
            "type": "object",
            "additionalProperties": False,
            "properties": {"auc": {"type": "number"}, "loss": {"type": "number"}},
        },
        "scores": {"type": "object", "additionalProperties": {"type": "number"}},
        "outcome": maybe({"$ref": "#/$defs/Outcome"}),
        "monitoring": {
            "type": "object",
            "additionalProperties": False,
            "properties": {"signals": {"type": "array", "items": {"$ref": "#/$defs/Signal"}}},
        },
        "extensions": {"type": "object", "additionalProperties": True},
    },
}
TRANSITION = {"type": "object", "properties": {"from": {"type": "string"}, "to": {"type": "string"}}}
VARIABLES = {"card": CARD, "transition": TRANSITION}


def answer(source: str, card: dict[str, Any], **others: Any) -> tuple[str, str]:
    given = compile_expression(source, variables=VARIABLES).evaluate({"card": card, **others})
    return given.outcome, given.reason


def refused(source: str) -> list[str]:
    with pytest.raises(ExpressionInvalid) as caught:
        compile_expression(source, variables=VARIABLES)
    return [str(problem) for problem in caught.value.problems]


SIGNALS = {"monitoring": {"signals": [{"metric": "auc", "threshold": Decimal("0.8")}, {"metric": "psi"}]}}

HOLDS = {
    "a decimal meets an integer limit": ("card.metrics.auc < 1", {"metrics": {"auc": Decimal("0.8")}}, "true"),
    "an integer meets a decimal limit": ("card.metrics.auc >= 0.75", {"metrics": {"auc": 1}}, "true"),
    "equal to the limit is at least": ("card.metrics.auc >= 0.8", {"metrics": {"auc": Decimal("0.80")}}, "true"),
    "equal to the limit is not above": ("card.metrics.auc > 0.8", {"metrics": {"auc": Decimal("0.8")}}, "false"),
    "the last of 15 digits counts": ("card.metrics.auc >= 0.8", {"metrics": {"auc": Decimal("0.799999999999999")}}, "false"),
    "0.1 + 0.2 is 0.3": ("card.metrics.auc + card.metrics.loss == 0.3", {"metrics": {"auc": Decimal("0.1"), "loss": Decimal("0.2")}}, "true"),
    "0.82 - 0.80 reaches 0.02": ("card.metrics.auc - card.metrics.loss >= 0.02", {"metrics": {"auc": Decimal("0.82"), "loss": Decimal("0.8")}}, "true"),
    "three times 1.1 is 3.3": ("card.metrics.auc * 3 == 3.3", {"metrics": {"auc": Decimal("1.1")}}, "true"),
    "a share of two counts": ("1.0 * card.errors / card.rows <= 0.25", {"errors": 1, "rows": 4}, "true"),
    "a quoted decimal is a number where the schema says so": ("card.outcome.target.value >= 10", {"outcome": {"target": {"value": "9.5"}}}, "false"),
    "text": ('card.stage == "pilot" && card.stage != "full"', {"stage": "pilot"}, "true"),
    "membership": ('"eu" in card.tags', {"tags": ["us", "eu"]}, "true"),
    "no membership": ('"eu" in card.tags', {"tags": ["us"]}, "false"),
    "a choice": ('card.tier in ["medium", "high"]', {"tier": "high"}, "true"),
    "all": ('card.monitoring.signals.all(s, s.metric != "")', SIGNALS, "true"),
    "exists": ('card.monitoring.signals.exists(s, s.metric == "psi")', SIGNALS, "true"),
    "exists_one": ('card.monitoring.signals.exists_one(s, s.metric == "psi")', SIGNALS, "true"),
    "filter and map": ('card.monitoring.signals.filter(s, has(s.threshold)).map(s, s.metric).exists(m, m == "auc")', SIGNALS, "true"),
    "has guards a field that may be absent": ("has(card.outcome) && card.outcome.target.value > 1", {}, "false"),
    "has of an absent field": ("!has(card.outcome)", {}, "true"),
    "a null is as absent": ("!has(card.outcome)", {"outcome": None}, "true"),
    "an open map": ("card.scores.anything > 0.5", {"scores": {"anything": Decimal("0.6")}}, "true"),
    "a free-form section": ("card.extensions.a.b == 3", {"extensions": {"a": {"b": 3}}}, "true"),
    "regular expressions": ('card.stage.matches("^pil")', {"stage": "pilot"}, "true"),
    "a reference that leads back to itself": ('card.monitoring.signals.all(s, s.children.all(c, c.metric == "x"))', {"monitoring": {"signals": [{"children": [{"metric": "x"}]}]}}, "true"),
    "false and anything is false": ("false && card.metrics.auc > 1", {}, "false"),
    "true or anything is true": ("true || card.metrics.auc > 1", {}, "true"),
}  # fmt: skip


@pytest.mark.parametrize("case", HOLDS)
def test_an_expression_says_what_arithmetic_says(case):
    source, card, expected = HOLDS[case]
    assert answer(source, card)[0] == expected


INSUFFICIENT = {
    "a section is missing": ("card.outcome.target.value >= 5", {}, "`card.outcome` is missing"),
    "a field in a section is missing": ("card.outcome.target.value >= 5", {"outcome": {"metric": "x"}}, "`card.outcome.target` is missing"),
    "the last field is missing": ("card.outcome.target.value >= 5", {"outcome": {"target": {}}}, "`card.outcome.target.value` is missing"),
    "the second of two is missing": ("card.metrics.auc > 0.5 && card.rows > 5", {"metrics": {"auc": 1}}, "`card.rows` is missing"),
    "missing behind a negation": ('!(card.stage == "x")', {}, "`card.stage` is missing"),
    "missing on the far side of unequal": ('card.stage != "x"', {}, "`card.stage` is missing"),
    "null": ("card.metrics.auc >= 0.5", {"metrics": {"auc": None}}, "`card.metrics.auc` is null"),
    "null and unequal": ('card.stage != "x"', {"stage": None}, "`card.stage` is null"),
    "unknown": ("card.outcome.target.value > 1", {"outcome": "unknown"}, "`card.outcome` is `unknown`"),
    "not applicable as a section": ("card.outcome.target.value > 1", {"outcome": {"target": {"not_applicable": "none yet"}}}, "`card.outcome.target` is `not_applicable: none yet`"),
    "not applicable as text": ("card.metrics.auc > 1", {"metrics": {"auc": "not_applicable: none"}}, "`card.metrics.auc` is `not_applicable: none`"),
    "has sees unknown, which is then of no use": ("!has(card.outcome) || card.outcome.metric == 'x'", {"outcome": "unknown"}, "`card.outcome` is `unknown`"),
    "a number as text": ("card.metrics.auc >= 0.1", {"metrics": {"auc": "0.2"}}, "`card.metrics.auc` is the text `0.2`, where a number is needed"),
    "a number as text, equal": ("card.metrics.auc == 0.2", {"metrics": {"auc": "0.2"}}, "`card.metrics.auc` is the text `0.2`, where a number is needed"),
    "a number as text, unequal": ("card.metrics.auc != 0.2", {"metrics": {"auc": "0.2"}}, "`card.metrics.auc` is the text `0.2`, where a number is needed"),
    "true as a number": ("card.metrics.auc >= 0", {"metrics": {"auc": True}}, "`card.metrics.auc` is true or false, where a number is needed"),
    "a list as a number": ("card.metrics.auc >= 0", {"metrics": {"auc": [1]}}, "`card.metrics.auc` is a list, where a number is needed"),
    "free-form text against a number": ("card.extensions.x == 0.2", {"extensions": {"x": "0.2"}}, "the expression compares the text `0.2` with the number `0.2`"),
    "free-form text unequal to a number": ("card.extensions.x != 0.2", {"extensions": {"x": "0.2"}}, "the expression compares the text `0.2` with the number `0.2`"),
    "numbers in texts have no order": ("card.extensions.x < card.extensions.y", {"extensions": {"x": "10", "y": "9"}}, "the expression orders the texts `10` and `9` letter by letter"),
    "free-form text as a verdict": ("card.extensions.ok", {"extensions": {"ok": "yes"}}, "the expression gives STRING, not true or false"),
    "free-form null as a verdict": ("!card.extensions.ok", {"extensions": {"ok": None}}, "`card.extensions.ok` is null"),
    "free-form mixed list": ("!(1 in card.extensions.l)", {"extensions": {"l": ["1"]}}, "the expression compares the number `1` with the text `1`"),
    "a section is text": ("card.metrics.auc > 0.5", {"metrics": "good"}, "`card.metrics` is the text `good`, where a section with fields is needed"),
    "one element of a list": ("card.monitoring.signals.all(s, s.threshold < 1)", SIGNALS, "`card.monitoring.signals[1].threshold` is missing"),
    "no list at all": ("card.monitoring.signals.all(s, s.metric != '')", {"monitoring": {}}, "`card.monitoring.signals` is missing"),
    "beyond the end of a list": ("card.tags[3] == 'x'", {"tags": []}, "`card.tags[3]` is missing"),
    "null in a list": ("!('x' in card.tags)", {"tags": [None]}, "`card.tags[0]` is null"),
    "too many digits": ("card.metrics.auc >= 0.8", {"metrics": {"auc": Decimal("0.79999999999999999999")}}, "has more than 15 significant digits"),
    "a number beyond all bounds": ("card.metrics.auc >= 0.8", {"metrics": {"auc": Decimal("1e400")}}, "is out of range"),
    "an integer beyond 64 bits": ("card.rows > 5", {"rows": 10**5000}, "is out of range"),
    "not a number": ("card.metrics.auc >= 0.8", {"metrics": {"auc": Decimal("NaN")}}, "is out of range"),
    "a date that is none": ("timestamp(card.stage) > timestamp('2026-01-01T00:00:00Z')", {"stage": "soon"}, "conversion failed"),
}  # fmt: skip


@pytest.mark.parametrize("case", INSUFFICIENT)
def test_a_value_that_can_not_be_used_is_insufficient_and_named(case):
    source, card, expected = INSUFFICIENT[case]
    outcome, reason = answer(source, card)
    assert outcome == "insufficient"
    assert expected in reason


def test_a_variable_without_a_value_is_insufficient():
    assert answer('transition.to == "full"', {}) == ("insufficient", "`transition` is missing")
    assert answer('transition.to == "full"', {}, transition={"to": "full"}) == ("true", "")


REFUSED = {
    "card.metrics.auk >= 0.8": "1:14: `card.metrics` has no field `auk`; did you mean `auc`?",
    "crd.stage == 'x'": "1:1: unknown variable `crd`; did you mean `card`?",
    "card.stge == 'x'": "1:6: `card` has no field `stge`; did you mean `stage`?",
    "has(card.metrix)": "1:10: `card` has no field `metrix`; did you mean `metrics`?",
    "has(card.metrics.auk)": "1:18: `card.metrics` has no field `auk`; did you mean `auc`?",
    "card['stge'] == 'x'": "1:7: `card` has no field `stge`; did you mean `stage`?",
    "card.outcome.target.valu > 1": "1:21: `card.outcome.target` has no field `valu`; did you mean `value`?",
    "card.outcome.not_applicable == ''": "1:14: `card.outcome` has no field `not_applicable`",
    "card.monitoring.signals.all(s, s.metrik != '')": "1:34: `s` has no field `metrik`; did you mean `metric`?",
    "card.monitoring.signals.filter(s, true).all(t, t.metrik != '')": "1:50: `t` has no field `metrik`; did you mean `metric`?",
    "card.monitoring.signals.map(s, s.threshold).all(t, t == '')": "1:54: `==` does not take a number together with text",
    "card.monitoring.signals.metric == ''": "1:25: `card.monitoring.signals` is a list and has no field `metric`",
    "card.stage.name == ''": "1:12: `card.stage` is text and has no field `name`",
    "transition.too == 'x'": "1:12: `transition` has no field `too`; did you mean `to`?",
    "card.metrics.auc >= '0.8'": "1:18: `>=` does not take a number together with text",
    "card.metrics.auc == '0.8'": "1:18: `==` does not take a number together with text",
    "card.stage && true": "1:5: `card.stage` is text, but `&&` takes true or false",
    "card.stage": "1:1: the expression gives text, not true or false",
    "card.metrics.auc": "1:1: the expression gives a number, not true or false",
    "card": "1:1: the expression gives a section with fields, not true or false",
    "card.stage == null": "1:15: `null` can not be compared with",
    "card.tier == 'hgih'": "1:14: `hgih` is never a value here; did you mean `high`?",
    "card.tier in ['low', 'hgih']": "1:22: `hgih` is never a value here; did you mean `high`?",
    "card.tags == card.tags": "1:5: `card.tags` is a list, but `==` takes",
    "card.errors / card.rows < 1": "1:13: `/` of two integers drops the remainder",
    "siez(card.tags) > 0": "1:5: unknown function `siez`; did you mean `size`?",
    "double('nan') > 1.0": "1:7: unknown function `double`",
    "card.stage.matches('[')": "1:20: `[` is no regular expression",
    "card.metrics.auc >= 0.80000000000000000001": "1:21: a number has more than 15 significant digits",
    "card.metrics.auc >= 1e999": "1:21: a number has more than 15 significant digits or is out of range",
    "card.stage == 'x' &&\n card.metrics.auk > 1": "2:15: `card.metrics` has no field `auk`; did you mean `auc`?",
    "'é😀' == card.stge": "1:14: `card` has no field `stge`; did you mean `stage`?",
    "card.stage.all(s, true)": "1:5: `card.stage` is text, but a macro takes",
    "Card{stage: 'x'}.stage == 'x'": "1:1: unknown message type `Card`",
}


@pytest.mark.parametrize("source", REFUSED)
def test_a_wrong_expression_is_refused_with_its_place(source):
    problems = refused(source)
    assert any(problem.startswith(REFUSED[source]) for problem in problems), problems


@pytest.mark.parametrize(
    "source", ["", "1 +", "card.stage == ", "(", "card..stage", "a b", "card.stage = 'x'", "'x", "\ud800", "'\0' == ''"]
)
def test_a_syntax_error_is_refused_with_its_place(source):
    for problem in refused(source):
        line, column, _ = problem.split(":", 2)
        assert int(line) == 1
        assert 1 <= int(column) <= len(source) + 1


def test_every_problem_is_reported_in_order():
    assert [problem.split(":")[1] for problem in refused("card.stge == 'x' && card.metrics.auk > 1 && nope > 2")] == [
        "6",
        "34",
        "45",
    ]


@pytest.mark.parametrize("depth", [31, 33, 60, 250, 900])
@pytest.mark.parametrize(
    "kind", ["parentheses", "negations", "lists", "fields", "sums", "conditions", "calls", "conjunctions", "minus"]
)
def test_deep_nesting_never_crashes(kind, depth):
    source = {
        "parentheses": "(" * depth + "true" + ")" * depth,
        "negations": "!" * depth + "true",
        "lists": "[" * depth + "]" * depth,
        "fields": "card.extensions" + ".a" * depth + " == 1",
        "sums": "1" + "+1" * depth + " > 0",
        "conditions": "true?true:" * (depth // 5) + "true",
        "calls": "size(" * (depth // 3) + "1" + ")" * (depth // 3),
        "conjunctions": "true" + "&&true" * (depth // 4),
        "minus": "-" * depth + "1 < 2",
    }[kind]
    try:
        expression = compile_expression(source, variables=VARIABLES)
    except ExpressionInvalid:
        return
    assert expression.evaluate({"card": {"extensions": {}}}).outcome in {"true", "false", "insufficient"}


def test_a_long_source_is_refused():
    assert refused("true" + " " * 2_000) == ["1:1: the expression has 2004 characters, more than 2000"]


def test_macros_nest_two_deep_and_no_deeper():
    assert answer("card.tags.all(a, card.tags.all(b, a == b))", {"tags": ["x"]})[0] == "true"
    assert refused("card.tags.all(a, card.tags.all(b, card.tags.all(c, a == c)))")[0].endswith(
        "nested more than 2 deep"
    )


def test_an_exhausted_budget_is_an_error():
    outcome, reason = answer("card.tags.all(a, card.tags.all(b, a == b))", {"tags": ["x"] * 200})
    assert outcome == "error"
    assert "budget" in reason


def test_lookups_inside_of_a_macro_are_bounded():
    card = {"tags": ["a"] * 2_000}
    assert answer("card.tags.all(t, !('b' in card.tags))", card)[0] == "error"
    assert answer("card.tags.all(t, 'a' in ['b', 'a'])", card)[0] == "true"


def test_too_many_values_are_an_error():
    outcome, reason = answer("card.tags.size() > 0", {"tags": ["x"] * 5_001})
    assert (outcome, reason) == ("error", "the expression reads more than 5000 values")


@pytest.mark.parametrize("source", ["card.extensions.a / card.extensions.b > 1", "1.0 / card.extensions.c > 1"])
def test_a_division_that_has_no_answer_is_an_error(source):
    assert answer(source, {"extensions": {"a": 3, "b": 2, "c": Decimal(0)}})[0] == "error"


def test_a_pattern_from_a_card_that_is_none_is_an_error():
    assert answer("card.stage.matches(card.extensions.p)", {"stage": "x", "extensions": {"p": "["}})[0] == "error"


def test_a_backtracking_pattern_is_linear():
    assert answer('card.stage.matches("^(a+)+$")', {"stage": "a" * 5_000 + "b"})[0] == "false"


def test_references_are_found_in_the_shared_document():
    document = {"$defs": {"Card": {"type": "object", "properties": {"auc": {"type": "number"}}}}}
    expression = compile_expression("card.auc > 0.5", document, variables={"card": {"$ref": "#/$defs/Card"}})
    assert expression.evaluate({"card": {"auc": Decimal("0.6")}}).outcome == "true"
    with pytest.raises(ExpressionInvalid, match="did you mean `auc`"):
        compile_expression("card.auk > 0.5", document, variables={"card": {"$ref": "#/$defs/Card"}})


def test_the_same_expression_is_compiled_once():
    first = compile_expression("card.signed", variables=VARIABLES)
    assert compile_expression("card.signed", variables=VARIABLES) is first


def test_importing_loads_no_cel_library():
    code = "import sys, rampgate.formats.cel; print([m for m in sys.modules if m.startswith(('cel_expr', 'google'))])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
