"""What a change of the rules does, in sentences: rules by their id, people, ladder, governance and waivers.

A sentence begins with `looser` or `stricter` only where that is certain: a weaker or stronger effect, a rule that
blocked and is gone, fewer or more persons asked for. Anything else is for the reader to weigh.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from rampgate.core.brief_rules import rule_changes
from rampgate.core.brief_slots import slot_changes
from rampgate.core.differences import differences, shown
from rampgate.model.facts import Facts
from rampgate.model.history import DECISIONS
from rampgate.model.sourced import Missing

Raw = Mapping[str, Any]
_POLICY: Final = "rampgate/policy/v1"
_WAIVER: Final = "rampgate/waiver/v1"
_QUORUMS: Final = {"policy_change": "a change of the rules", "adoption": "an adoption"}
_FIRST: Final = ("looser: ", "stricter: ")


@dataclass(frozen=True, slots=True)
class ControlChanges:
    """What differs in words, and the paths of the files that these words tell whole."""

    sentences: tuple[str, ...] = ()
    told: frozenset[str] = frozenset()


def control_changes(facts: Facts) -> ControlChanges:
    """Return what a change does to the control files, what got looser first."""
    if isinstance(facts.control_after, Missing):
        return _waivers_gone(facts)
    before, after = facts.control_before, facts.control_after
    sentences = [*rule_changes(_of(before, _POLICY), _of(after, _POLICY), _stages(after), facts.today)]
    touched = [each.path for each in facts.change.touched if each.path in before or each.path in after]
    for path in touched:
        old, new = before.get(path, {}), after.get(path, {})
        found = list(_file(path, old, new))
        if old == new:
            found = [f"file {path}: only comments or the layout changed"]
        elif not found and new.get("schema") != _POLICY:
            found = [f"file {path}: its entries stand in another order"]
        sentences += found
    return ControlChanges(tuple(sorted(sentences, key=_rank)), frozenset(touched))


def _waivers_gone(facts: Facts) -> ControlChanges:
    """Return which waivers a change takes away that brings no other control file."""
    gone = [each.path for each in facts.change.touched if each.was_removed and each.path in facts.control_before]
    waivers = [path for path in gone if facts.control_before[path].get("schema") == _WAIVER]
    sentences = [line for path in waivers for line in _waiver(facts.control_before[path], {})]
    return ControlChanges(tuple(sentences), frozenset(waivers))


def _rank(sentence: str) -> int:
    return next((place for place, word in enumerate(_FIRST) if sentence.startswith(word)), len(_FIRST))


def _of(files: Mapping[str, Raw], schema: str) -> dict[str, Raw]:
    return {path: value for path, value in files.items() if value.get("schema") == schema}


def _stages(files: Mapping[str, Raw]) -> dict[str, str]:
    """Return every name of a stage, older ones too -> its name now, in the order of the ladder."""
    stages = files.get("policies/ladder.yaml", {}).get("stages", ())
    return {name: each["name"] for each in stages for name in (each["name"], *each.get("formerly", ()))}


def _file(path: str, before: Raw, after: Raw) -> Iterator[str]:
    match after.get("schema", before.get("schema")):
        case "rampgate/policy/v1":
            yield from _policy(path, before, after)
        case "rampgate/people/v1":
            yield from _people(before, after)
        case "rampgate/ladder/v1":
            yield from _ladder(before, after)
        case "rampgate/governance/v1":
            yield from _governance(before, after)
        case "rampgate/waiver/v1":
            yield from _waiver(before, after)
        case "rampgate/models/v1":
            yield from _named("model", before.get("models", {}), after.get("models", {}))
        case "rampgate/history/v1":
            yield from _history(before, after)
        case "rampgate/correction/v1":
            yield from _correction(before, after)
        case _:
            yield from _named("term", before.get("terms", {}), after.get("terms", {}))


def _policy(path: str, before: Raw, after: Raw) -> Iterator[str]:
    """Yield what differs beside the rules, which are told across all files."""
    if not before or not after:
        yield f"file {path}: {'added' if after else 'removed'}"
        return
    yield from (f"{path}: {each}" for each in differences(_without(before, "rules"), _without(after, "rules")))
    old, new = ([rule["id"] for rule in each["rules"]] for each in (before, after))
    if [each for each in old if each in new] != [each for each in new if each in old]:
        yield f"{path}: its rules stand in another order"


def _people(before: Raw, after: Raw) -> Iterator[str]:
    yield from _named("person", _persons(before), _persons(after), "roles")
    for word, key, name in (("team", "teams", _team_name), ("bot", "bots", lambda bot: str(bot.get("login")))):
        old = {name(each): each for each in before.get(key, ())}
        new = {name(each): each for each in after.get(key, ())}
        yield from _named(word, old, new, "roles")


def _persons(value: Raw) -> dict[str, Raw]:
    """Return the people by name, their accounts as one text each, so that one that differs can be read."""
    return {
        str(each["name"]): {
            **each,
            "accounts": [f"{account['login']} ({account['id']})" for account in each.get("accounts", ())],
            "roles": list(each.get("roles", ())),
        }
        for each in value.get("people", ())
    }


def _team_name(team: Raw) -> str:
    return f"{team.get('organization')}/{team.get('slug')}"


def _ladder(before: Raw, after: Raw) -> Iterator[str]:
    known = {each["name"] for each in before.get("stages", ())}
    new = {}
    for stage in after.get("stages", ()):
        # A stage that was renamed is told beside what it was.
        renamed = next((name for name in stage.get("formerly", ()) if name in known), stage["name"])
        new[stage["name"] if stage["name"] in known else renamed] = stage
    old = {each["name"]: each for each in before.get("stages", ())}
    yield from _named("stage", old, new, "exposure_percent")
    if [name for name in old if name in new] != [name for name in new if name in old]:
        yield "the stages stand in another order"
    yield from (f"ladder: {each}" for each in differences(_without(before, "stages"), _without(after, "stages")))


def _governance(before: Raw, after: Raw) -> Iterator[str]:
    told = [key for key in _QUORUMS if key in before and key in after]
    for key in told:
        yield from slot_changes(f"for {_QUORUMS[key]}", before[key]["slots"], after[key]["slots"])
    yield from (f"governance: {each}" for each in differences(_without(before, *told), _without(after, *told)))


def _waiver(before: Raw, after: Raw) -> Iterator[str]:
    about = after or before
    what = f"{about['rule']} of {about['model']} {about['version']} for {about['entering']}, to {about['ends']}"
    if not before:
        yield f"waiver {about['id']}: added, it excuses {what}; approver {about['approved_by']}"
    elif not after:
        yield f"waiver {about['id']}: removed, it excused {what}"
    else:
        yield from (f"waiver {about['id']}: {each}" for each in differences(before, after))


def _history(before: Raw, after: Raw) -> Iterator[str]:
    """Yield where decisions are recorded, and whose signatures count: signers, and witnesses of checkpoints."""
    if not before or not after:
        about = after or before
        word = "declared" if after else "declared no more"
        yield f"decision history: {word}, of {about['repository']}, on branch {about.get('branch', DECISIONS)}"
    for word, key in (("signer", "signers"), ("witness", "witnesses")):
        old, new = ({each["name"]: each for each in value.get(key, ())} for value in (before, after))
        yield from _named(word, old, new)
    if before and after:
        old, new = (_without(value, "signers", "witnesses") for value in (before, after))
        yield from (f"decision history: {each}" for each in differences(old, new))


def _correction(before: Raw, after: Raw) -> Iterator[str]:
    about = after or before
    word = "added" if not before else "removed" if not after else "changed"
    yield f"correction of record {about['corrects']}: {word}, {about['conclusion']}, by {about['by']}"
    yield f"reason, given by {about['by']}: {' '.join(about['reason'].split())}"


def _named(word: str, before: Raw, after: Raw, most_telling: str = "") -> Iterator[str]:
    """Yield which entries came, which are gone, and what differs in the others."""
    for name, value in after.items():
        if name not in before:
            yield f"{word} {name}: added{_with(value, most_telling)}"
        else:
            yield from (f"{word} {name}: {each}" for each in differences(before[name], value))
    for name, value in before.items():
        if name not in after:
            yield f"{word} {name}: removed{_with(value, most_telling)}"


def _with(value: Raw, key: str) -> str:
    found = value.get(key)
    if found is None or found == []:
        return ""
    words = ", ".join(map(str, found)) if isinstance(found, Sequence) and not isinstance(found, str) else shown(found)
    return f", {key} {words}"


def _without(value: Raw, *keys: str) -> dict[str, Any]:
    return {key: each for key, each in value.items() if key not in (*keys, "schema")}
