"""The card fits a JSON Schema of the team's own.

## Why it exists
Every organisation has conventions that no tool can know: how budgets are numbered, which on-call names exist. JSON
Schema says such things in a language that many people and editors already read.

## Example
```yaml
- id: card.follows-house-conventions
  kind: card.matches_schema
  applies: {changes: [register, amend, promote]}
  effect: block
  with: {schema: house-card.json}
```
The file stands in `policies/schemas/` on the base branch, is Draft 2020-12, and refers to nothing outside itself.

## How to satisfy it
Each answer names the place in the card, what was found and what the schema expects there.
"""

from __future__ import annotations

from collections.abc import Iterator

from pydantic import Field

from rampgate.formats.documents import Document
from rampgate.formats.suggest import did_you_mean
from rampgate.model.card import Card
from rampgate.model.facts import Facts
from rampgate.model.finding import Answer
from rampgate.model.ids import Line
from rampgate.model.sourced import Location, Sourced
from rampgate.model.vocabulary import Outcome
from rampgate.rules._base import ParamFault, Params, RuleKind, Surroundings, subject_of

FOLDER = "policies/schemas/"


class CardMatchesSchema(Params):
    """Which schema the card must fit."""

    schema_: Line = Field(alias="schema")
    """The file's name inside `policies/schemas/`, such as `house-card.json`."""


def check(params: CardMatchesSchema, facts: Facts) -> Iterator[Answer]:
    """Fail once for each difference between card and schema; pass if there is none."""
    # Imported late: most repositories have no schema of their own, and the checkers take tens of milliseconds.
    from rampgate.formats.schema_check import check_team_schema  # noqa: PLC0415

    card = subject_of(facts).card
    path = FOLDER + params.schema_
    schema = facts.team_schemas.get(params.schema_)
    if schema is None:
        fix = f"add the schema to `{FOLDER}`, or correct the name in the policy"
        yield Answer(Outcome.INSUFFICIENT, f"there is no `{path}` on the base branch", "none", f"`{path}`", fix=fix)
        return
    differences = 0
    for problem in check_team_schema(_document(card), Document(path, b"", schema)):
        differences += 1
        about_card = problem.path == card.path
        yield Answer(
            Outcome.FAIL if about_card else Outcome.ERROR,
            f"{problem.message} (by `{path}`)" if about_card else problem.message,
            problem.found,
            problem.expected,
            Location(problem.path, problem.line, problem.column),
            problem.fix or (f"change the card so that it fits `{path}`" if about_card else "correct the schema"),
        )
    if not differences:
        yield Answer(Outcome.PASS, f"the card fits `{path}`", location=card.at())


def _document(card: Sourced[Card]) -> Document:
    places = card.places
    return places if isinstance(places, Document) else Document(card.path, b"", dict(card.raw))


def lint(params: CardMatchesSchema, surroundings: Surroundings) -> Iterator[ParamFault]:
    """Yield that the schema is not there, or why it can not be used."""
    from rampgate.formats.schema_check import schema_problems  # noqa: PLC0415 - see `check`

    name, known = params.schema_, surroundings.team_schemas
    if name not in known:
        listed = ", ".join(f"`{each}`" for each in sorted(known)) or "none"
        message = f"there is no `{FOLDER}{name}`{did_you_mean(name, known)}"
        yield ParamFault(("schema",), message, f"known: {listed}")
        return
    for problem in schema_problems(Document(FOLDER + name, b"", known[name])):
        yield ParamFault(("schema",), f"`{problem.path}`: {problem.message}", problem.fix)


KIND = RuleKind("card.matches_schema", CardMatchesSchema, check, __doc__, lint=lint)
