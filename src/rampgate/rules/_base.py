"""What a rule kind is: typed parameters, what it needs to look at, and a pure check.

Each kind stands in a file of its own that ends in `KIND = RuleKind(...)`; its module docstring is its page in the
rule reference, with the headings "Why it exists", "Example" and "How to satisfy it".
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Generic, Protocol, TypeVar

from pydantic import BaseModel, ConfigDict

from rampgate.model.facts import Facts, VersionFacts
from rampgate.model.finding import Answer
from rampgate.model.ladder import Ladder
from rampgate.model.people import People
from rampgate.model.policy import Scope
from rampgate.model.sourced import Missing
from rampgate.model.vocabulary import Outcome


class Params(BaseModel):
    """The base of a kind's parameters: closed to unknown keys, each field documented by the string under it."""

    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True, defer_build=True)


class Nothing(Params):
    """No parameters: what must hold is the same in every repository."""


P = TypeVar("P", bound=Params)


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What parameters are held against when a policy is checked, before any model is judged.

    card_schema: the JSON Schema of cards. team_schemas: file name -> JSON Schema of `policies/schemas/`. people: each
    with every role that they may have. scope: about which changes the rule speaks.
    """

    ladder: Ladder
    people: People
    card_schema: Mapping[str, Any]
    team_schemas: Mapping[str, Mapping[str, Any]]
    scope: Scope = field(default_factory=Scope)


@dataclass(frozen=True, slots=True)
class ParamFault:
    """A parameter that can never work, found when the policy is checked.

    pointer: the way to it inside `with`. line, column: an offset inside a text parameter, from 1, 0 for the whole.
    """

    pointer: tuple[str | int, ...]
    message: str
    fix: str = ""
    line: int = 0
    column: int = 0


Given_contra = TypeVar("Given_contra", bound=Params, contravariant=True)


class Check(Protocol[Given_contra]):
    """Judges facts by parameters; pure."""

    def __call__(self, params: Given_contra, facts: Facts) -> Iterator[Answer]:
        """Yield at least one answer."""


def nothing_to_say(params: Any, surroundings: Surroundings) -> Iterator[ParamFault]:  # noqa: ARG001
    """Yield no fault: the types of the parameters say all there is to check."""
    return iter(())


@dataclass(frozen=True, slots=True)
class RuleKind(Generic[P]):
    """One kind of rule.

    id: `family.statement`. summary: the first line of the module docstring. page: the whole docstring.
    may_be_waived: False for identity, lineage integrity and record rules. lint: finds parameters that can never work.
    built_in: applied by rampgate itself to every change that it concerns, and not for policies.
    """

    id: str
    params: type[P]
    check: Check[P]
    page: str
    may_be_waived: bool = True
    lint: Callable[[P, Surroundings], Iterator[ParamFault]] = nothing_to_say
    built_in: bool = False

    @property
    def summary(self) -> str:
        """Return what must hold, in one line."""
        return self.page.strip().splitlines()[0]


def missing(fact: Missing) -> Answer:
    """Return the answer to a fact that is not there: insufficient, with the reason."""
    return Answer(Outcome.INSUFFICIENT, fact.why, fix=fact.fix)


def subject_of(facts: Facts) -> VersionFacts:
    """Return the version that the change is about.

    Raises LookupError where there is none; `rampgate.core.check` makes an error finding of that.
    """
    if isinstance(facts.subject, Missing):
        raise LookupError(facts.subject.why)  # noqa: TRY004 - it is a fact that is missing, not a type that is wrong
    return facts.subject
