"""One term has one definition: features that claim it follow what the glossary calls canonical.

## Why it exists
"Applicant income" from the core system is gross and monthly, from the tax file net and yearly, from the form whatever
the applicant typed. A model that mixes them learns from the difference between systems. The organisation picks one
definition for each term, once.

## Example
```yaml
- id: lineage.one-definition-of-each-term
  kind: lineage.one_definition
  why: Three systems define applicant income
  applies: {changes: [promote, amend], tasks: [binary_classification, regression]}
  effect: block
  with: {every_feature: true}
```
`every_feature: true` asks that every feature names a term; otherwise features without one are left alone.

## How to satisfy it
Read the feature from the system whose definition is canonical in `policies/glossary.yaml`. Where a reconciliation has
shown that another definition gives the same values, its owner adds it to `equivalent` of the term, by a policy change.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping

from pydantic import StrictBool

from rampgate.formats.suggest import did_you_mean
from rampgate.model.facts import Facts
from rampgate.model.finding import Answer
from rampgate.model.lineage import Feature, Lineage
from rampgate.model.registry import Term
from rampgate.model.sourced import Missing, Sourced
from rampgate.model.vocabulary import Outcome
from rampgate.rules._base import Params, RuleKind, missing, subject_of
from rampgate.rules._evidence import shown

GLOSSARY = "policies/glossary.yaml"


class LineageOneDefinition(Params):
    """Which features must name a term."""

    every_feature: StrictBool = False
    """Whether a feature without a term leaves the rule insufficient."""


def check(params: LineageOneDefinition, facts: Facts) -> Iterator[Answer]:
    """Answer once for each term in use, each feature whose term is unknown and, if asked for, each without one."""
    lineage, glossary = subject_of(facts).lineage, facts.glossary
    absent = [missing(fact) for fact in (lineage, glossary) if isinstance(fact, Missing)]
    yield from absent
    if isinstance(lineage, Missing) or isinstance(glossary, Missing):
        return
    if not lineage.noun.features:
        fix = f"list the model's inputs under `features` in {lineage.path}, each with its definition and term"
        yield Answer(Outcome.INSUFFICIENT, "no features are declared", "none", "features", lineage.at("features"), fix)
        return
    yield from _repeated(lineage)
    yield from _without_term(lineage, params)
    terms = glossary.noun.terms
    for name, places in _by_term(lineage.noun).items():
        if name in terms:
            yield _judged(name, terms[name], places, lineage)
        else:
            yield from _unknown(name, places, lineage, terms)


def _repeated(lineage: Sourced[Lineage]) -> Iterator[Answer]:
    seen: set[str] = set()
    for index, feature in enumerate(lineage.noun.features):
        if feature.id in seen:
            place, fix = lineage.at("features", index), "declare each feature once"
            yield Answer(Outcome.FAIL, f"feature `{feature.id}` is declared twice", location=place, fix=fix)
        seen.add(feature.id)


def _without_term(lineage: Sourced[Lineage], params: LineageOneDefinition) -> Iterator[Answer]:
    loose = [(index, each) for index, each in enumerate(lineage.noun.features) if each.term is None]
    if params.every_feature:
        for index, feature in loose:
            fix = f"write `term:` with a term of {GLOSSARY}"
            message = f"feature `{feature.id}` claims no term"
            yield Answer(Outcome.INSUFFICIENT, message, "nothing", "a term", lineage.at("features", index), fix)
    elif len(loose) == len(lineage.noun.features):
        fix = f"write `term:` at the features that {GLOSSARY} has a term for"
        place = lineage.at("features")
        yield Answer(Outcome.INSUFFICIENT, "no feature claims a term", "none", "a term", place, fix)


def _by_term(lineage: Lineage) -> Mapping[str, list[tuple[int, Feature]]]:
    found: dict[str, list[tuple[int, Feature]]] = defaultdict(list)
    for index, feature in enumerate(lineage.features):
        if feature.term is not None:
            found[feature.term].append((index, feature))
    return found


def _unknown(
    name: str, places: list[tuple[int, Feature]], lineage: Sourced[Lineage], terms: Mapping[str, Term]
) -> Iterator[Answer]:
    for index, feature in places:
        message = f"feature `{feature.id}` claims the term `{shown(name)}`, which the glossary does not have"
        yield Answer(
            Outcome.FAIL,
            message + did_you_mean(name, terms),
            shown(name),
            "a term of the glossary",
            lineage.at("features", index, "term"),
            f"correct the term, or have it added to {GLOSSARY} by a policy change",
        )


def _judged(name: str, term: Term, places: list[tuple[int, Feature]], lineage: Sourced[Lineage]) -> Answer:
    accepted = (term.canonical, *term.equivalent)
    definitions = list(dict.fromkeys(feature.definition for _, feature in places))
    listed = ", ".join(f"`{shown(each)}`" for each in definitions)
    other = [(index, feature) for index, feature in places if feature.definition not in accepted]
    words = name.replace("_", " ")
    canonical = shown(term.canonical)
    if not other:
        place = lineage.at("features", places[0][0], "definition")
        count = "one canonical definition" if definitions == [term.canonical] else "canonical or equivalent definitions"
        return Answer(Outcome.PASS, f"{words} has {count}: {listed}", listed, f"`{canonical}`", place)
    index, first = other[0]
    features = ", ".join(f"`{feature.id}`" for _, feature in other)
    if len(definitions) > 1:
        message = f"{words} has {len(definitions)} definitions, {listed}; the canonical one is `{canonical}`"
    else:
        message = f"{words} is defined as {listed} by {features}; the canonical definition is `{canonical}`"
    fix = (
        f"read {features} from `{canonical}`, or have the definition reconciled and added to `equivalent` "
        f"of `{name}` in {GLOSSARY}"
    )
    place = lineage.at("features", index, "definition")
    return Answer(Outcome.FAIL, message, shown(first.definition), canonical, place, fix)


KIND = RuleKind("lineage.one_definition", LineageOneDefinition, check, __doc__)
