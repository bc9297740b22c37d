"""Policies to bound rules: every rule gets its kind and typed parameters, or every problem is told with its place."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any, Final

from pydantic import ValidationError

from rampgate.core.bound import BoundRule
from rampgate.core.builtin import BUILT_IN
from rampgate.core.lint_rule import lint_rule
from rampgate.errors import InvalidInput, Problem
from rampgate.formats.suggest import did_you_mean
from rampgate.model.policy import Policy, Rule
from rampgate.model.sourced import Pointer, Sourced
from rampgate.rules._base import ParamFault, Params, RuleKind, Surroundings

RESERVED: Final = frozenset(bound.rule.id for bound in BUILT_IN) | {"change.merges"}
"""The ids of rampgate's own rules; a waivable rule of the same id would excuse theirs."""

Kinds = Mapping[str, RuleKind[Any]]
"""Kind id -> kind, of those that a policy may name."""


def bind(
    policies: Sequence[Sourced[Policy]], kinds: Kinds, surroundings: Surroundings, *, day: str
) -> tuple[BoundRule, ...]:
    """Return the rules of all policies as of a UTC day, in file order.

    Raises InvalidInput with every problem of every policy: unknown kinds, wrong parameters, unknown stages and roles,
    effects that loosen up the ladder, rules that can never speak, ids used twice.
    """
    problems: list[Problem] = []
    bound: list[BoundRule] = []
    homes: dict[str, str] = {}
    for policy in policies:
        for index, rule in enumerate(policy.noun.rules):
            here: Pointer = ("rules", index)
            if rule.id in homes:
                problems.append(policy.problem((*here, "id"), f"rule id `{rule.id}` is used in {homes[rule.id]} too"))
            if rule.id in RESERVED:
                words = f"rule id `{rule.id}` belongs to a rule that rampgate applies by itself"
                problems.append(policy.problem((*here, "id"), words, fix="give the rule another id"))
            homes.setdefault(rule.id, str(policy.at(*here, "id")))
            found = list(lint_rule(policy, here, rule, surroundings))
            kind = kinds.get(rule.kind)
            if kind is None:
                hint = did_you_mean(rule.kind, kinds)
                found.append(policy.problem((*here, "kind"), f"unknown rule kind `{rule.kind}`{hint}"))
            else:
                found += _waivable_problems(policy, here, rule, kind)
                found += _param_problems(policy, here, rule, kind, surroundings)
            problems += found
            if kind is not None and not found:
                params = kind.params.model_validate(rule.params_on(day))
                bound.append(BoundRule(rule, kind, params, policy.noun.policy, policy.at(*here)))
    if problems:
        raise InvalidInput(problems)
    return tuple(bound)


def _waivable_problems(policy: Sourced[Policy], here: Pointer, rule: Rule, kind: RuleKind[Any]) -> Iterator[Problem]:
    if rule.waivable is not None and not kind.may_be_waived:
        message = f"a rule of kind `{kind.id}` can not be waived"
        yield policy.problem((*here, "waivable"), message, fix="remove `waivable`")


def _param_problems(
    policy: Sourced[Policy], here: Pointer, rule: Rule, kind: RuleKind[Any], surroundings: Surroundings
) -> Iterator[Problem]:
    """Yield the problems of the parameters, as written and as every revision changes them."""
    sets: list[tuple[Pointer, dict[str, Any]]] = [((*here, "with"), dict(rule.with_))]
    for index, revision in enumerate(rule.revisions):
        if revision.with_ is not None:
            pointer: Pointer = (*here, "revisions", index, "with")
            sets.append((pointer, {**rule.params_on(revision.from_), **revision.with_}))
    about = replace(surroundings, scope=rule.applies)
    for pointer, given in sets:
        yield from _param_set_problems(policy, pointer, given, kind, about)


def _param_set_problems(
    policy: Sourced[Policy], pointer: Pointer, given: dict[str, Any], kind: RuleKind[Any], surroundings: Surroundings
) -> Iterator[Problem]:
    try:
        params = kind.params.model_validate(given)
    except ValidationError as error:
        for each in error.errors():
            yield _pydantic_problem(policy, pointer, kind, each)
        return
    for fault in kind.lint(params, surroundings):
        yield _fault_problem(policy, pointer, fault)


def _fault_problem(policy: Sourced[Policy], pointer: Pointer, fault: ParamFault) -> Problem:
    problem = policy.problem((*pointer, *fault.pointer), fault.message, fix=fault.fix)
    if fault.line <= 1:
        return replace(problem, column=problem.column + max(fault.column - 1, 0))
    return replace(problem, message=f"{problem.message} (line {fault.line}, column {fault.column} of the text)")


def _pydantic_problem(policy: Sourced[Policy], pointer: Pointer, kind: RuleKind[Any], error: Any) -> Problem:
    """Return one of pydantic's errors as a problem in our words, at its place."""
    way = tuple(part for part in error["loc"] if isinstance(part, int | str))
    name = str(way[-1]) if way else ""
    match error["type"]:
        case "missing":
            fix = f"`rampgate explain {kind.id}` says what it means"
            return policy.problem(pointer, f"missing parameter `{name}`", fix=fix)
        case "extra_forbidden":
            known = _names(kind.params)
            message = f"unknown parameter `{name}`{did_you_mean(name, known)}"
            return policy.problem((*pointer, *way), message, fix=f"known: {', '.join(f'`{each}`' for each in known)}")
        case _:
            text = str(error["msg"])
            text = text.removeprefix("Value error, ")
            words = f"{text[:1].lower()}{text[1:]}"
            return policy.problem((*pointer, *way), f"parameter `{name}`: {words}" if name else words)


def _names(params: type[Params]) -> list[str]:
    return [field.alias or name for name, field in params.model_fields.items()]
