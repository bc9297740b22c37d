"""The card says what this tier has to say: each required field is there and holds something.

## Why it exists
A question that nobody had to answer is a question that nobody asked. Which fields a model needs depends on how much
harm it can do, so the policy lists them, and a card that leaves one out does not move.

## Example
```yaml
- id: card.says-who-answers
  kind: card.requires
  why: Somebody must answer when it goes wrong at night
  applies: {changes: [promote, amend], tiers: [high, medium]}
  effect: block
  with:
    fields: [owners.security, operations.runbook, uses.affected_persons, cost]
    permit_not_applicable: [cost]
  waivable: {by: [risk], max_days: 14}
```
`fields` are ways into the card, with dots. A list is required as a whole: it must have an item.

## How to satisfy it
Write the field into the card. `unknown` is an honest word and leaves the rule undecided. So does
`not_applicable: <reason>`, unless the policy lists the field, or a section around it, under `permit_not_applicable`.
A field that is empty, blank or null counts as one that is not there.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Annotated, Any

from pydantic import Field

from rampgate.formats.suggest import did_you_mean
from rampgate.model.card import Card
from rampgate.model.facts import Facts
from rampgate.model.finding import Answer
from rampgate.model.ids import Line
from rampgate.model.sourced import Sourced
from rampgate.model.vocabulary import Outcome
from rampgate.rules._base import ParamFault, Params, RuleKind, Surroundings, subject_of
from rampgate.rules._evidence import one_line, shown

FieldPath = Annotated[Line, Field(pattern=r"^[a-z_]+(\.[a-z_]+)*$")]


class CardRequires(Params):
    """Which fields must be there."""

    fields: Annotated[tuple[FieldPath, ...], Field(min_length=1)]
    """Fields of the card, as dotted ways, every one of which must hold a value."""
    permit_not_applicable: tuple[FieldPath, ...] = ()
    """Fields, or sections around them, that may say `not_applicable: <reason>` instead."""


def check(params: CardRequires, facts: Facts) -> Iterator[Answer]:
    """Answer once for each field that holds no value; pass once if there is none."""
    card = subject_of(facts).card
    lacking = [answer for path in params.fields for answer in _judged(path, card, params.permit_not_applicable)]
    yield from lacking
    if not lacking:
        names = ", ".join(f"`{path}`" for path in params.fields)
        yield Answer(Outcome.PASS, f"the card says what is required: {names}", location=card.at())


def _judged(path: str, card: Sourced[Card], permitted: tuple[str, ...]) -> Iterator[Answer]:
    """Yield why a field counts as not there; nothing where it holds a value or may be left out."""
    keys = path.split(".")
    value: Any = card.raw
    for depth, key in enumerate(keys):
        value = value.get(key) if isinstance(value, Mapping) else None
        here = ".".join(keys[: depth + 1])
        place = card.at(*keys[: depth + 1])
        if value == "unknown":
            fix = f"find it out and write it into {place.path}"
            yield Answer(Outcome.INSUFFICIENT, f"`{here}` is `unknown`", "unknown", f"`{path}`", place, fix)
            return
        if isinstance(value, Mapping) and set(value) == {"not_applicable"}:
            if not any(here == each or here.startswith(f"{each}.") for each in permitted) and path not in permitted:
                reason = shown(one_line(str(value["not_applicable"])))
                message = f"`{here}` says that it does not apply ({reason}), which this rule does not permit"
                fix = f"write `{path}`, or ask the owner of the policy to permit it under `permit_not_applicable`"
                yield Answer(Outcome.INSUFFICIENT, message, "not_applicable", f"`{path}`", place, fix)
            return
        if _is_empty(value):
            where = f"under `{'.'.join(keys[:depth])}`" if depth else "at the top level"
            found = "nothing" if value is None else "an empty value"
            message = f"the card does not say `{path}`" if value is None else f"`{here}` is empty"
            fix = f"write `{key}:` {where} in {place.path}"
            yield Answer(Outcome.FAIL, message, found, f"`{path}`", place, fix)
            return


def _is_empty(value: Any) -> bool:
    return value is None or (isinstance(value, str) and not value.strip()) or value in ([], {}, ())


def lint(params: CardRequires, surroundings: Surroundings) -> Iterator[ParamFault]:
    """Yield every path that leads to no field of a card."""
    for name in ("fields", "permit_not_applicable"):
        for index, path in enumerate(getattr(params, name)):
            fault = _path_fault(path, surroundings.card_schema)
            if fault:
                yield ParamFault((name, index), *fault)
    for index, path in enumerate(params.permit_not_applicable):
        if not any(field == path or field.startswith(f"{path}.") for field in params.fields):
            message = f"`{path}` is permitted not to apply, but no field of this rule is there or below"
            yield ParamFault(("permit_not_applicable", index), message, "list it under `fields`, or remove it")


def _path_fault(path: str, schema: Mapping[str, Any]) -> tuple[str, str] | None:
    """Return why a path leads to no field of a card, and what to write instead, or None."""
    keys = path.split(".")
    if keys[0] == "extensions":
        return "`extensions` is kept verbatim, and no rule reads it", "name a field of the card"
    branches: list[Mapping[str, Any]] = [schema]
    for depth, key in enumerate(keys):
        known = {name: part for branch in branches for name, part in branch.get("properties", {}).items()}
        before = ".".join(keys[:depth])
        if not known and any(branch.get("type") == "array" for branch in branches):
            return f"`{before}` is a list, and `{path}` looks into it", f"require `{before}` as a whole"
        if not known:
            return f"`{before}` has no fields, and `{path}` looks into it", f"require `{before}`"
        if key not in known:
            inside = f"`{before}`" if before else "a card"
            names = ", ".join(f"`{name}`" for name in known)
            return f"{inside} has no field `{key}`{did_you_mean(key, known)}", f"known: {names}"
        branches = [
            branch for branch in _branches(known[key], schema) if "not_applicable" not in branch.get("properties", {})
        ]
    return None


def _branches(part: Mapping[str, Any], schema: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """Return the alternatives of a part of the schema, references followed."""
    if "$ref" in part:
        return _branches(schema["$defs"][part["$ref"].removeprefix("#/$defs/")], schema)
    alternatives = [*part.get("anyOf", ()), *part.get("oneOf", ()), *part.get("allOf", ())]
    return [found for each in alternatives for found in _branches(each, schema)] or [part]


KIND = RuleKind("card.requires", CardRequires, check, __doc__, lint=lint)
