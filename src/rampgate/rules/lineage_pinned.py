"""Everything that the model was made from is named exactly: code by commit and path, data by digest.

## Why it exists
A branch name or a folder of files means something else tomorrow. Only a commit and a digest let somebody build the
same model again, or see that they did not.

## Example
```yaml
- id: lineage.is-pinned
  kind: lineage.pinned
  applies: {changes: [promote, amend], tiers: [high, medium]}
  effect: block
  with: {data_roles: [training, test]}
```
`data_roles` says which data sets of the card need a digest; the card must declare at least one of them.

## How to satisfy it
In `lineage.yaml` give every step `code: {repo, commit, path}` with the full commit, and every source a `digest`. In the
card give the data sets under `data.sets` a `digest`.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Literal

from pydantic import Field

from rampgate.model.card import Card, Data
from rampgate.model.facts import Facts
from rampgate.model.finding import Answer
from rampgate.model.lineage import Lineage
from rampgate.model.sourced import Missing, Sourced
from rampgate.model.vocabulary import Outcome
from rampgate.rules._base import Params, RuleKind, missing, subject_of
from rampgate.rules._evidence import shown

DataRole = Literal["training", "validation", "test", "calibration", "reference", "retrieval"]


class LineagePinned(Params):
    """Which data must be pinned, beside the sources."""

    data_roles: Annotated[tuple[DataRole, ...], Field(min_length=1)] = ("training", "test")
    """Every data set of the card in one of these roles needs a digest."""


def check(params: LineagePinned, facts: Facts) -> Iterator[Answer]:
    """Fail once for each thing that is not named exactly; pass if there is none."""
    subject = subject_of(facts)
    if isinstance(subject.lineage, Missing):
        loose = [missing(subject.lineage)]
    else:
        loose = [*_loose_sources(subject.lineage), *_loose_code(subject.lineage)]
    loose += _loose_data(params, subject.card)
    yield from loose
    if not loose:
        message = "every step names its commit and path, every source and data set its digest"
        yield Answer(Outcome.PASS, message, location=subject.card.at("data"))


def _loose_sources(lineage: Sourced[Lineage]) -> Iterator[Answer]:
    for index, source in enumerate(lineage.noun.sources):
        if source.digest is None:
            place, fix = lineage.at("sources", index), "write `digest: sha256:...` of the bytes that were read"
            yield Answer(Outcome.FAIL, f"source `{source.id}` has no digest", "nothing", "a digest", place, fix)


def _loose_code(lineage: Sourced[Lineage]) -> Iterator[Answer]:
    for index, step in enumerate(lineage.noun.steps):
        place = lineage.at("steps", index, "code")
        if step.code.commit is None:
            fix = "write the full commit id: `git rev-parse HEAD` in the folder that the step ran from"
            yield Answer(Outcome.FAIL, f"step `{step.id}` names no commit", "nothing", "a full commit id", place, fix)
        if step.code.path is None or not step.code.path.strip():
            fix = "write `path:`, the file that the step runs, inside of its repository"
            yield Answer(Outcome.FAIL, f"step `{step.id}` names no path to its code", "nothing", "a path", place, fix)


def _loose_data(params: LineagePinned, card: Sourced[Card]) -> Iterator[Answer]:
    data = card.noun.data
    sets = list(enumerate(data.sets)) if isinstance(data, Data) else []
    wanted = [(index, each) for index, each in sets if each.role in params.data_roles]
    if not wanted:
        roles = " or ".join(params.data_roles)
        fix = f"declare it under `data.sets` in {card.path}, with name, role and digest"
        message = f"the card declares no {roles} data, so there is nothing to hold against the lineage"
        yield Answer(Outcome.INSUFFICIENT, message, "none", f"{roles} data", card.at("data"), fix)
    for index, each in wanted:
        if each.digest is None:
            message = f"the {each.role} data `{shown(each.name)}` has no digest"
            fix = "write `digest: sha256:...` of the bytes that were used"
            yield Answer(Outcome.FAIL, message, "nothing", "a digest", card.at("data", "sets", index), fix)


KIND = RuleKind("lineage.pinned", LineagePinned, check, __doc__, may_be_waived=False)
