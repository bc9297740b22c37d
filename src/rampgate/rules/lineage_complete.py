"""Every declared source leads, digest by digest and step by step, to the very artifact that the card names.

## Why it exists
When an input turns out to be wrong, somebody must be able to say which models learned from it, and the other way
round. A gap in the chain, a circle, or a chain that ends at another file answers neither question.

## Example
```yaml
- id: lineage.is-complete
  kind: lineage.complete
  why: A data incident must be traceable to every model within a day
  applies: {changes: [promote, amend], tiers: [high, medium]}
  effect: block
  with: {training_data: true}
```
`training_data: true` also asks that every training set of the card is on the way to the artifact. This rule can not be
waived.

## How to satisfy it
In `lineage.yaml` give every source its digest, list the inputs and outputs of every step by digest, and let the last
step's output be the identity of the card's artifact: its digest or, for an artifact of several parts, the digest that
this rule's answer says it expects. Remove sources that nothing uses.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping

from pydantic import StrictBool

from rampgate.model.card import Data
from rampgate.model.facts import Facts, VersionFacts
from rampgate.model.finding import Answer
from rampgate.model.lineage import Lineage
from rampgate.model.sourced import Location, Missing, Sourced
from rampgate.model.vocabulary import Outcome
from rampgate.rules._base import Params, RuleKind, missing, subject_of
from rampgate.rules._evidence import short, shown


class LineageComplete(Params):
    """How far the lineage has to reach."""

    training_data: StrictBool = False
    """Whether every training set of the card must be on the way to the artifact, too."""


def check(params: LineageComplete, facts: Facts) -> Iterator[Answer]:
    """Fail once for each gap of the chain; pass if there is none."""
    subject = subject_of(facts)
    if isinstance(subject.lineage, Missing):
        yield missing(subject.lineage)
        return
    lineage = subject.lineage
    gaps = [
        *_artifact_gaps(subject, lineage),
        *_repeated_ids(lineage),
        *_source_gaps(lineage),
        *_step_gaps(lineage),
        *(_training_gaps(subject, lineage) if params.training_data else ()),
    ]
    yield from gaps
    if not gaps:
        sources, steps = len(lineage.noun.sources), len(lineage.noun.steps)
        message = f"{_count(sources, 'source')} lead through {_count(steps, 'step')} to the artifact"
        yield Answer(Outcome.PASS, message, location=lineage.at())


def _artifact_gaps(subject: VersionFacts, lineage: Sourced[Lineage]) -> Iterator[Answer]:
    identity, end = subject.card.noun.artifact.identity, lineage.noun.artifact
    place = lineage.at("artifact")
    if end != identity:
        message = f"the lineage ends at {short(end)}, but the card's artifact is {short(identity)}"
        fix = f"write the lineage of this artifact, with `artifact: {identity}`"
        yield Answer(Outcome.FAIL, message, end, identity, place, fix)
    if not any(end in step.outputs for step in lineage.noun.steps):
        fix = "list the artifact under `outputs` of the step that makes it"
        yield Answer(Outcome.FAIL, f"no step makes the artifact {short(end)}", "no step", "one step", place, fix)


def _repeated_ids(lineage: Sourced[Lineage]) -> Iterator[Answer]:
    names = [("sources", index, each.id) for index, each in enumerate(lineage.noun.sources)]
    names += [("steps", index, each.id) for index, each in enumerate(lineage.noun.steps)]
    seen: set[str] = set()
    for group, index, name in names:
        if name in seen:
            place = lineage.at(group, index, "id")
            yield _gap(f"the id `{name}` is used twice", place, "give each source and step an id of its own")
        seen.add(name)


def _source_gaps(lineage: Sourced[Lineage]) -> Iterator[Answer]:
    """Yield sources that are not pinned, that are made by a step, and that lead nowhere."""
    reached = _leading_to(lineage.noun, lineage.noun.artifact)
    made = {output for step in lineage.noun.steps for output in step.outputs}
    for index, source in enumerate(lineage.noun.sources):
        place = lineage.at("sources", index)
        if source.digest is None:
            fix = f"write `digest: sha256:...` of the bytes of `{source.id}` that were read"
            yield Answer(Outcome.FAIL, f"source `{source.id}` has no digest", "nothing", "a digest", place, fix)
        elif source.digest in made:
            message = f"source `{source.id}` is the output of a step, {short(source.digest)}, and so is no source"
            yield _gap(message, place, "remove it from `sources`, and declare what that step reads")
        elif source.digest not in reached:
            message = f"source `{source.id}` ({short(source.digest)}) does not lead to the artifact"
            yield _gap(message, place, "list its digest under `inputs` of the step that reads it, or remove it")


def _step_gaps(lineage: Sourced[Lineage]) -> Iterator[Answer]:
    """Yield inputs that come from nowhere, and steps that need their own result."""
    steps = lineage.noun.steps
    known = {source.digest for source in lineage.noun.sources if source.digest}
    known |= {output for step in steps for output in step.outputs}
    for index, step in enumerate(steps):
        for at, digest in enumerate(step.inputs):
            if digest not in known:
                message = f"step `{step.id}` reads {short(digest)}, which is no source and no step's output"
                fix = "declare it under `sources`, or add the step that makes it"
                yield _gap(message, lineage.at("steps", index, "inputs", at), fix)
    circle = steps_in_circles(lineage.noun)
    if circle:
        names = ", ".join(f"`{shown(steps[index].id)}`" for index in circle)
        fix = "correct the digests: what a step makes can not be needed to make it"
        yield _gap(f"the lineage runs in a circle through {names}", lineage.at("steps", circle[0]), fix)


def _training_gaps(subject: VersionFacts, lineage: Sourced[Lineage]) -> Iterator[Answer]:
    """Yield training sets of the card that are not on the way to the artifact."""
    card = subject.card
    data = card.noun.data
    sets = list(enumerate(data.sets)) if isinstance(data, Data) else []
    training = [(index, each) for index, each in sets if each.role == "training"]
    if not training:
        fix = f"declare it under `data.sets` in {card.path}, with `role: training` and its digest"
        yield Answer(Outcome.INSUFFICIENT, "the card declares no training data", location=card.at("data"), fix=fix)
    reached = _leading_to(lineage.noun, lineage.noun.artifact)
    for index, each in training:
        if each.digest is None or each.digest not in reached:
            message = f"training data `{shown(each.name)}` ({short(each.digest)}) is not on the way to the artifact"
            fix = "give the data set the digest that the training step reads"
            yield _gap(message, card.at("data", "sets", index), fix)


def _leading_to(lineage: Lineage, end: str) -> frozenset[str]:
    """Return every digest from which steps lead to `end`, itself included."""
    makers: dict[str, list[int]] = defaultdict(list)
    for index, step in enumerate(lineage.steps):
        for output in step.outputs:
            makers[output].append(index)
    reached, done, waiting = {end}, set[int](), [end]
    while waiting:
        for index in makers[waiting.pop()]:
            if index not in done:
                done.add(index)
                new = set(lineage.steps[index].inputs) - reached
                reached |= new
                waiting += new
    return frozenset(reached)


def steps_in_circles(lineage: Lineage) -> list[int]:
    """Return the places of the steps that stand on a circle, or between two, in file order.

    Steps and digests are nodes of one graph; peeling off what nothing leads to, and then what leads nowhere, leaves
    the circles. Source: Kahn 1962, "Topological sorting of large networks", doi:10.1145/368996.369025.
    """
    edges = {(("digest", digest), ("step", str(at))) for at, step in enumerate(lineage.steps) for digest in step.inputs}
    edges |= {
        (("step", str(at)), ("digest", digest)) for at, step in enumerate(lineage.steps) for digest in step.outputs
    }
    left = _peeled(_peeled(edges), backwards=True)
    return sorted({int(name) for edge in left for kind, name in edge if kind == "step"})


Node = tuple[str, str]


def _peeled(edges: Iterable[tuple[Node, Node]], *, backwards: bool = False) -> set[tuple[Node, Node]]:
    """Return the edges that are left when every node without an edge into it is taken away, again and again."""
    left = set(edges)
    following: Mapping[Node, list[tuple[Node, Node]]] = defaultdict(list)
    into: Counter[Node] = Counter()
    for edge in left:
        start, end = edge[::-1] if backwards else edge
        following[start].append(edge)
        into[end] += 1
    waiting = [node for node in list(following) if not into[node]]
    while waiting:
        for edge in following[waiting.pop()]:
            left.discard(edge)
            end = edge[0] if backwards else edge[1]
            into[end] -= 1
            if not into[end] and end in following:
                waiting.append(end)
    return left


def _gap(message: str, place: Location, fix: str) -> Answer:
    return Answer(Outcome.FAIL, message, location=place, fix=fix)


def _count(number: int, word: str) -> str:
    return f"{number} {word}" if number == 1 else f"{number} {word}s"


KIND = RuleKind("lineage.complete", LineageComplete, check, __doc__, may_be_waived=False)
