"""Laws of expressions: nothing but the values read matters, and a naive evaluator in Python agrees."""

from __future__ import annotations

import random
from decimal import Decimal
from fractions import Fraction
from typing import Any

from hypothesis import strategies as st

from properties.laws import law
from rampgate.formats.cel import (
    CompiledExpression,
    Evaluation,
    ExpressionInvalid,
    ExpressionProblem,
    compile_expression,
)

FIELDS = ("a", "b", "c")
NUMBERS = {"type": "object", "additionalProperties": False, "properties": {name: {"type": "number"} for name in FIELDS}}
CARD = {
    "type": "object",
    "additionalProperties": False,
    "properties": {
        "n": NUMBERS,
        "s": {
            "type": "object",
            "additionalProperties": False,
            "properties": {name: {"type": "string"} for name in FIELDS},
        },
        "list": {"type": "array", "items": NUMBERS},
        "free": {"type": "object"},
    },
}
VARIABLES = {"card": CARD}
OPERATORS = {
    "==": lambda x, y: x == y, "!=": lambda x, y: x != y, "<": lambda x, y: x < y,
    "<=": lambda x, y: x <= y, ">": lambda x, y: x > y, ">=": lambda x, y: x >= y,
}  # fmt: skip

decimals = st.decimals(min_value=-1000, max_value=1000, places=4, allow_nan=False, allow_infinity=False)
operands = st.one_of(
    st.tuples(st.just("field"), st.sampled_from(FIELDS)),
    st.tuples(st.just("literal"), decimals),
    st.tuples(st.just("sum"), st.sampled_from(FIELDS), decimals),
    st.tuples(st.just("difference"), st.sampled_from(FIELDS), st.sampled_from(FIELDS)),
)
comparisons = st.tuples(st.just("compare"), st.sampled_from(sorted(OPERATORS)), operands, operands)
trees = st.recursive(
    comparisons | st.tuples(st.just("has"), st.sampled_from(FIELDS)),
    lambda inner: st.tuples(st.sampled_from(["and", "or"]), inner, inner) | st.tuples(st.just("not"), inner),
    max_leaves=5,
)
values = st.one_of(
    decimals, st.integers(-5, 5), st.none(), st.just("0.5"), st.just("unknown"), st.just([]), st.booleans()
)
cards = st.fixed_dictionaries({}, optional=dict.fromkeys(FIELDS, values))


class Unusable(Exception):
    """The naive evaluator met a value that has no answer."""


def text_of_operand(operand: tuple) -> str:
    match operand:
        case ("field", name):
            return f"card.n.{name}"
        case ("literal", value):
            return f"{value:f}"
        case ("sum", name, value):
            return f"(card.n.{name} + ({value:f}))"
        case ("difference", one, other):
            return f"(card.n.{one} - card.n.{other})"
    raise AssertionError(operand)


def text_of(tree: tuple) -> str:
    match tree:
        case ("compare", operator, left, right):
            return f"({text_of_operand(left)} {operator} {text_of_operand(right)})"
        case ("has", name):
            return f"has(card.n.{name})"
        case ("not", inner):
            return f"!({text_of(inner)})"
        case (word, left, right):
            return f"({text_of(left)} {'&&' if word == 'and' else '||'} {text_of(right)})"
    raise AssertionError(tree)


def number(card: dict[str, Any], name: str) -> Fraction:
    value = card.get(name)
    if isinstance(value, bool) or not isinstance(value, (int, Decimal)):
        raise Unusable
    return Fraction(value)


def worth(operand: tuple, card: dict[str, Any]) -> Fraction:
    match operand:
        case ("field", name):
            return number(card, name)
        case ("literal", value):
            return Fraction(value)
        case ("sum", name, value):
            return number(card, name) + Fraction(value)
        case ("difference", one, other):
            return number(card, one) - number(card, other)
    raise AssertionError(operand)


def naive(tree: tuple, card: dict[str, Any]) -> bool | None:
    """Three-valued logic over exact fractions; None where a value can not be used."""
    match tree:
        case ("compare", operator, left, right):
            try:
                return OPERATORS[operator](worth(left, card), worth(right, card))
            except Unusable:
                return None
        case ("has", name):
            return card.get(name) is not None
        case ("not", inner):
            answer = naive(inner, card)
            return None if answer is None else not answer
        case (word, left, right):
            answers = [naive(left, card), naive(right, card)]
            absorbing = word == "or"
            if absorbing in answers:
                return absorbing
            return None if None in answers else not absorbing
    raise AssertionError(tree)


@law(trees, cards, few=75)
def test_a_naive_evaluator_agrees(tree, card):
    found = compile_expression(text_of(tree), variables=VARIABLES).evaluate({"card": {"n": card}})
    assert found.outcome == {True: "true", False: "false", None: "insufficient"}[naive(tree, card)]


@law(
    trees,
    cards,
    st.dictionaries(st.text(min_size=1, max_size=6).filter(lambda name: name not in FIELDS), values, max_size=4),
)
def test_fields_that_are_not_read_never_change_the_answer(tree, card, others):
    expression = compile_expression(text_of(tree), variables=VARIABLES)
    plain = expression.evaluate({"card": {"n": card}})
    more = expression.evaluate(
        {"card": {"n": {**others, **card}, "free": others, "list": [others], **{f"x{k}": v for k, v in others.items()}}}
    )
    assert plain == more


@law(trees, cards, st.sampled_from(FIELDS))
def test_taking_a_value_away_never_turns_false_into_true_without_has(tree, card, name):
    source = text_of(tree)
    if "has(" in source:
        return
    expression = compile_expression(source, variables=VARIABLES)
    less = expression.evaluate({"card": {"n": {key: value for key, value in card.items() if key != name}}}).outcome
    assert less in {"insufficient", expression.evaluate({"card": {"n": card}}).outcome}


anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5) | st.decimals() | st.floats(),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from([*FIELDS, "n", "s", "list"]), inner, max_size=3)
    ),
    max_leaves=8,
)
SOURCES = (
    'card.n.a >= 0.5 && card.s.b != "x"',
    "card.list.all(item, item.a > 1)",
    "card.list.filter(item, has(item.b)).exists(item, item.b in [1, 2])",
    'card.free.a == 1 || card.free["b"].startsWith("x")',
    "card.free.a + card.free.b > card.free.c",
    "card.list.size() > 1 ? card.free.c : !card.free.c",
)


@law(st.sampled_from(SOURCES), anything)
def test_any_value_at_all_gives_an_outcome(source, card):
    found = compile_expression(source, variables=VARIABLES).evaluate({"card": card})
    assert isinstance(found, Evaluation)
    assert found.outcome in {"true", "false", "insufficient", "error"}
    assert (found.reason == "") == (found.outcome == "true")


def is_inside(text: str, problem: ExpressionProblem) -> bool:
    lines = text.count("\n") + 1
    return 1 <= problem.line <= lines and 1 <= problem.column <= len(text) + 1 and bool(problem.message)


def test_mutated_expressions_are_refused_or_compiled():
    """2,000 seeded mutations: ExpressionInvalid with a place, or an expression that evaluates."""
    chance = random.Random(20261120)
    pieces = [
        *"()[]{}.,:?!+-*/%<>=&|\"'`\\ \n\t\0xé😀\u2028", "card", "n", "a", "list", ".all(x, ", "has(", "1e9", "0x", "null", " in ", "==", "&&",
        "||", "true", "9223372036854775808", "r'", "b'", '"""', "//", "@result", "size(", ".map(", "timestamp(", "1u", ".5",
    ]  # fmt: skip
    compiled, misplaced = 0, []
    for _ in range(2_000):
        source = list(chance.choice(SOURCES))
        for _ in range(chance.randint(1, 3)):
            place = chance.randrange(len(source) + 1)
            source[place : place + chance.choice([0, 0, 1, 3])] = [chance.choice(pieces)]
        text = "".join(source)
        try:
            expression = compile_expression(text, variables=VARIABLES)
        except ExpressionInvalid as problem:
            misplaced += [(text, one) for one in problem.problems if not is_inside(text, one)]
            continue
        assert isinstance(expression, CompiledExpression)
        expression.evaluate(
            {
                "card": {
                    "n": {"a": 1},
                    "s": {"b": "y"},
                    "list": [{"a": 2, "b": 1}],
                    "free": {"a": 1, "b": "x", "c": True},
                }
            }
        )
        compiled += 1
    assert misplaced == []
    assert compiled > 15
