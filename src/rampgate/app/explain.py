"""Explains a rule of the user's policies, a kind of rule, or a word of the verdict."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from rampgate.adapters.field_docs import documented
from rampgate.app.judging.control import Control, has_policies, load_control
from rampgate.app.judging.trees import WorkTree
from rampgate.app.work_files import find_root
from rampgate.core.bound import BoundRule
from rampgate.core.builtin import BUILT_IN
from rampgate.core.reference import parameters
from rampgate.errors import InvalidInput, UsageProblem
from rampgate.formats.suggest import did_you_mean
from rampgate.formats.yaml_write import flow_text
from rampgate.model.policy import Rule, Waivable
from rampgate.rules import ALL
from rampgate.rules._base import RuleKind

WORDS: Final[Mapping[str, str]] = {
    "allow": "Verdict, exit code 0. At least one blocking rule passed or was waived, and none failed, is open or "
    "waits.",
    "deny": "Verdict, exit code 10. A blocking rule failed. Its finding says what was found, expected and what to do.",
    "hold": "Verdict, exit code 11. Blocking rules only wait: for an approval, or for a least stay to end.",
    "undecided": "Verdict, exit code 12. A blocking rule is insufficient or could not be evaluated, or none spoke at "
    "all; what can not be told never allows.",
    "pass": "Outcome. What the rule asks for is there.",
    "fail": "Outcome. What the rule asks for is not there; a blocking rule then denies.",
    "insufficient": "Outcome. Evidence is missing, too old or too little to tell. Pool windows of the same artifact, "
    "gather the rows that the fix names, or ask for a waiver; a blocking rule leaves the verdict undecided until then.",
    "waiting": "Outcome. A person has not approved yet, or a least stay has not ended; a blocking rule then holds.",
    "error": "Outcome. The rule could not be evaluated; a blocking rule leaves the verdict undecided. It can not be "
    "waived.",
    "not_applicable": "Outcome. The rule does not speak about this change; its message says why.",
    "waived": "Outcome. A live waiver excuses exactly this rule, version and stage; it ends on the day it says.",
    "block": "Effect. The rule's answer decides.",
    "warn": "Effect. The rule's answer is shown and decides nothing.",
    "audit": "Effect. The rule's answer is kept in the record and decides nothing.",
}
"""What the words of a decision mean."""


@dataclass(frozen=True, slots=True)
class Parameter:
    """One parameter. value: as written in the rule, "" in the page of a kind; type, default: in a few words."""

    name: str
    type: str
    default: str
    meaning: str
    value: str = ""


@dataclass(frozen=True, slots=True)
class KindPage:
    """The page of a kind; text: its docstring after the first line, in Markdown; used_by: rules of this repository."""

    id: str
    summary: str
    built_in: bool
    may_be_waived: bool
    parameters: tuple[Parameter, ...]
    text: str
    used_by: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class RulePage:
    """One rule: facts are (word, text) pairs in the order in which they are shown."""

    id: str
    kind: str
    title: str
    facts: tuple[tuple[str, str], ...]
    parameters: tuple[Parameter, ...]


def kinds() -> list[tuple[str, str, bool]]:
    """Return id, summary and whether it is built in, of every kind in the order of the reference."""
    return [(kind.id, kind.summary, kind.built_in) for kind in ALL]


def explain(repo: Path, word: str, *, day: str) -> tuple[RulePage | KindPage | str, ...]:
    """Return what a word means: the rule of that id, the kind of that id, both, or the meaning of a verdict.

    Raises UsageProblem for an unknown word, InvalidInput where only the policies could tell and they are invalid.
    """
    by_id = {kind.id: kind for kind in ALL}
    control, rules, why_unread = _rules(repo, day)
    found: list[RulePage | KindPage | str] = [
        rule_page(each, control, day) for each in (*rules, *BUILT_IN) if each.rule.id == word
    ]
    if word in by_id:
        used = tuple(each.rule.id for each in (*rules, *BUILT_IN) if each.kind.id == word)
        found.append(_kind_page(by_id[word], used))
    if word in WORDS:
        found.append(WORDS[word])
    if found:
        return tuple(found)
    if why_unread is not None:
        raise why_unread
    known = [*(each.rule.id for each in (*rules, *BUILT_IN)), *by_id, *WORDS]
    where = "" if control is not None else " (there are no policies here, so only kinds are known)"
    raise UsageProblem(
        f"there is no rule, kind or verdict `{word}`{did_you_mean(word, known)}{where}\n"
        "`rampgate explain --list` lists the kinds"
    )


def _rules(repo: Path, day: str) -> tuple[Control | None, tuple[BoundRule, ...], InvalidInput | None]:
    """Return the control files and rules of the work tree, or why they can not be read."""
    tree = WorkTree(find_root(repo))
    if not has_policies(tree):
        return None, (), None
    try:
        control = load_control(tree)
        return control, control.rules(day), None
    except InvalidInput as error:
        return None, (), error


def _kind_page(kind: RuleKind[Any], used: tuple[str, ...]) -> KindPage:
    _, _, rest = kind.page.strip().partition("\n")
    return KindPage(
        kind.id, kind.summary, kind.built_in, kind.may_be_waived, tuple(_parameters(kind, {})), rest.strip(), used
    )


def _parameters(kind: RuleKind[Any], given: Mapping[str, Any]) -> Iterator[Parameter]:
    for name, type_, default, meaning in parameters(
        documented(kind.params.model_json_schema(by_alias=True), kind.params)
    ):
        value = flow_text(given[name]) if name in given else ""
        yield Parameter(name, _plain(type_), _plain(default), _plain(meaning), value)


def _plain(text: str) -> str:
    return text.replace("\\|", "|")


def rule_page(bound: BoundRule, control: Control | None, day: str) -> RulePage:
    """Return the page of one rule as of a UTC day."""
    rule = bound.rule
    given = rule.params_on(day)
    facts = [
        ("why", rule.why or ""),
        ("policy", _policy(bound, control)),
        ("speaks", _scope(rule)),
        ("effect", _effect(rule, control, day)),
        ("in force", _force(rule)),
        ("wants", _wants(given, bound.kind.id)),
        ("fix", rule.fix or _way_out(bound.kind)),
        ("waiver", _waiver(rule.waivable, bound.kind)),
        ("controls", ", ".join(rule.controls)),
    ]
    title = rule.title or bound.kind.summary
    shown = tuple(each for each in _parameters(bound.kind, given) if each.value or each.default not in ("none", ""))
    return RulePage(rule.id, rule.kind, title, tuple((word, text) for word, text in facts if text), shown)


def _policy(bound: BoundRule, control: Control | None) -> str:
    if bound.location is None or control is None:
        return "rampgate itself, in every repository"
    policy = next(each for each in control.policies if each.path == bound.location.path)
    return f"{policy.noun.policy} {policy.noun.version} at {bound.location}, owned by {policy.noun.owner}"


def _scope(rule: Rule) -> str:
    scope = rule.applies
    parts = [f"when a change is {_or(scope.changes)}"]
    if scope.entering:
        parts.append(f"entering {_or(scope.entering)}")
    for word, values in (("tier", scope.tiers), ("task", scope.tasks), ("model", scope.models)):
        if values:
            parts.append(f"{word} {_or(values)}")
    return ", ".join(parts)


def _or(words: tuple[Any, ...]) -> str:
    listed = [str(word) for word in words]
    return listed[0] if len(listed) == 1 else f"{', '.join(listed[:-1])} or {listed[-1]}"


def _effect(rule: Rule, control: Control | None, day: str) -> str:
    if control is None:
        return "block"
    ladder = control.ladder.noun
    named = {ladder.canonical(stage) for stage in rule.applies.entering or ladder.names}
    effects = {stage: str(rule.effect_at(stage, day)) for stage in ladder.names if stage in named}
    if len(set(effects.values())) == 1:
        return next(iter(effects.values()))
    return ", ".join(f"{stage}: {effect}" for stage, effect in effects.items())


def _force(rule: Rule) -> str:
    first, last = (rule.in_force.from_, rule.in_force.to) if rule.in_force else (None, None)
    parts = [f"from {first}" if first else "", f"to {last}, that day included" if last else ""]
    parts += [f"revised on {revision.from_}" for revision in rule.revisions]
    return "; ".join(part for part in parts if part)


def _wants(given: Mapping[str, Any], kind: str) -> str:
    """Return which evidence a rule looks at, in words; "" for a rule that looks at none."""
    wanted = given.get("evidence") or (given.get("kind") if kind == "evidence.present" else None)
    if not isinstance(wanted, str):
        return ""
    parts = [f"evidence of kind {wanted}"]
    if given.get("population"):
        parts.append(f"on {given['population']} data")
    if given.get("stage") == "current":
        parts.append("from the stage where the version stands")
    if given.get("max_age_days"):
        parts.append(f"at most {given['max_age_days']} days old")
    if given.get("signed_by"):
        parts.append(f"signed by somebody with the role {' or '.join(given['signed_by'])}")
    return ", ".join(parts)


def _way_out(kind: RuleKind[Any]) -> str:
    """Return the part of a kind's page that says how to satisfy it."""
    _, _, rest = kind.page.partition("## How to satisfy it\n")
    return " ".join(rest.split("\n## ")[0].split())


def _waiver(terms: Waivable | None, kind: RuleKind[Any]) -> str:
    if terms is None or not kind.may_be_waived:
        return "can not be waived"
    limit = (
        f"at most {terms.max_days} days"
        if isinstance(terms.max_days, int)
        else ", ".join(f"at most {days} days at {stage}" for stage, days in terms.max_days.items())
    )
    return f"by somebody with the role {_or(terms.by)}, {limit}, where the outcome is {_or(terms.outcomes)}"
