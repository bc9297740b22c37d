"""A condition in CEL, written by the owner of the policy, holds for the card and the change.

## Why it exists
Some rules are about two fields at once, or one stage only, and no rule kind says them. CEL is small, has no side
effects and always ends; here it is checked against the card's schema, so a misspelt field is an error when the policy
is checked and not a condition that never matches.

## Example
```yaml
- id: oversight.not-automated-below-full
  kind: expression
  why: Until the last rung a person can stop every single decision
  applies: {tiers: [high]}
  effect: block
  with:
    that: change.exposure_percent == 100 || card.human_oversight.mode != "solely_automated"
```
`card` is the card as it would land, without `extensions`. `change` has `kind`, `model`, `version`, `from`, `to` and
`exposure_percent`, the share of traffic at the stage `to`. The condition must read at least one of the two. `all` holds
for an empty list, so write `size(card.data.sets) > 0 && card.data.sets.all(each, ...)`.

## How to satisfy it
Change the card so that the condition holds. Where a value that the condition needs is missing, `unknown`, not
applicable or of another type, the rule is insufficient: the answer names the field to write. A condition that can not
be evaluated, or costs too much, is an error.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import cache
from typing import TYPE_CHECKING, Annotated, Any, Final, assert_never

from pydantic import Field

from rampgate.model.facts import Facts
from rampgate.model.finding import Answer
from rampgate.model.sourced import Location
from rampgate.model.vocabulary import ChangeKind, Outcome
from rampgate.rules._base import ParamFault, Params, RuleKind, Surroundings, subject_of

if TYPE_CHECKING:
    from rampgate.formats.cel import CompiledExpression

CHANGE_SCHEMA: Final[Mapping[str, Any]] = {
    "type": "object",
    "properties": {
        "kind": {"enum": [str(kind) for kind in ChangeKind], "type": "string"},
        "model": {"type": "string"},
        "version": {"type": "string"},
        "from": {"type": "string", "description": "the stage before, empty for a new version"},
        "to": {"type": "string"},
        "exposure_percent": {"type": "integer"},
    },
    "additionalProperties": False,
}
"""The JSON Schema of the variable `change`."""


class Expression(Params):
    """The condition."""

    that: Annotated[str, Field(min_length=1, max_length=2000)]
    """A CEL expression that gives true or false."""


def check(params: Expression, facts: Facts) -> Iterator[Answer]:
    """Answer once: pass for true, fail for false, insufficient where a value is missing, error for the rest."""
    from rampgate.formats.cel import ExpressionInvalid  # noqa: PLC0415 - see `_compiled`

    card = subject_of(facts).card
    place = _place_of(params.that, facts)
    try:
        compiled = _compiled(params.that, _card_schema())
    except ExpressionInvalid as error:
        words = "; ".join(str(problem) for problem in error.problems)
        yield Answer(Outcome.ERROR, f"the condition can not be used: {words}", fix="correct the policy")
        return
    answer = compiled.evaluate({"card": card.raw, "change": _change(facts)})
    condition = " ".join(params.that.split())
    match answer.outcome:
        case "true":
            yield Answer(Outcome.PASS, f"`{condition}` holds", location=place)
        case "false":
            fix = f"change {card.path} so that `{condition}`"
            yield Answer(Outcome.FAIL, f"`{condition}` does not hold", "false", "true", place, fix)
        case "insufficient":
            message = f"{answer.reason}, so nobody can tell whether `{condition}`"
            fix = f"write what is missing into {card.path}"
            yield Answer(Outcome.INSUFFICIENT, message, "no answer", "true", place, fix)
        case "error":
            message = f"`{condition}` can not be evaluated: {answer.reason}"
            yield Answer(Outcome.ERROR, message, "an error", "true", place, "simplify the condition in the policy")
        case never:
            assert_never(never)


def lint(params: Expression, surroundings: Surroundings) -> Iterator[ParamFault]:
    """Yield every problem of the condition with its line and column, and a condition that looks at nothing."""
    from rampgate.formats.cel import ExpressionInvalid  # noqa: PLC0415 - see `_compiled`

    try:
        compiled = _compiled(params.that, surroundings.card_schema)
    except ExpressionInvalid as error:
        for problem in error.problems:
            yield ParamFault(("that",), problem.message, problem.fix, problem.line, problem.column)
        return
    # What holds, or fails, with no values at all says nothing about any model.
    if (answer := compiled.evaluate({}).outcome) in {"true", "false"}:
        message = f"the condition is always {answer}, whatever the card says"
        yield ParamFault(("that",), message, "read a field of `card` or `change`")


def _compiled(source: str, card_schema: Mapping[str, Any]) -> CompiledExpression:
    # Imported late: the CEL library is large, and most policies have no expression.
    from rampgate.formats.cel import compile_expression  # noqa: PLC0415

    # `extensions` is kept verbatim for its owner; no rule reads it, so it is not there to be named.
    fields = {name: part for name, part in card_schema["properties"].items() if name != "extensions"}
    card = {**card_schema, "properties": fields}
    return compile_expression(source, card_schema, variables={"card": card, "change": CHANGE_SCHEMA})


@cache
def _card_schema() -> Mapping[str, Any]:
    from rampgate.formats.schemas import json_schema  # noqa: PLC0415 - builds the schema, for expressions alone

    return json_schema("card")


def _change(facts: Facts) -> dict[str, Any]:
    """Return the values of `change`; without a transition only its kind is known, and the rest is missing."""
    values: dict[str, Any] = {"kind": str(facts.change.kind)}
    transition = facts.change.transition
    if transition is None:
        return values
    values |= {
        "model": transition.model,
        "version": transition.version,
        "from": transition.from_stage,
        "to": transition.to_stage,
    }
    if facts.ladder.canonical(transition.to_stage) is not None:
        values["exposure_percent"] = facts.ladder.exposure(transition.to_stage)
    return values


def _place_of(source: str, facts: Facts) -> Location:
    """Return the place of the first field of the card that the condition names."""
    named = re.search(r"\bcard((?:\.[a-z_]+)+)", source)
    return subject_of(facts).card.at(*(named[1].split(".")[1:] if named else ()))


KIND = RuleKind("expression", Expression, check, __doc__, lint=lint)
