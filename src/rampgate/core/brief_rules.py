"""What a change does to the rules of the policies, in sentences, each by the id of its rule."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from rampgate.core.brief_slots import slot_changes
from rampgate.core.differences import differences, is_list

Raw = Mapping[str, Any]
_STRENGTH: Final = {"audit": 0, "warn": 1, "block": 2}
_TOLD_APART: Final = ("with", "effect", "revisions")


def rule_changes(
    before: Mapping[str, Raw], after: Mapping[str, Raw], stages: Mapping[str, str], today: str
) -> Iterator[str]:
    """Yield what differs between the rules of two sets of policy files.

    before, after: path -> the file as it is written. stages: every name of a stage -> its name now. today: UTC day.
    """
    old, new = _rules(before), _rules(after)
    come = [each for each in new if each not in old]
    for id_, (path, rule) in old.items():
        if id_ in new:
            moved, now = new[id_]
            if moved != path:
                yield f"rule {id_}: it stands in {moved} now, and not in {path}"
            yield from _rule(id_, rule, now, stages, today)
            continue
        same = next((each for each in come if _but_id(new[each][1]) == _but_id(rule)), None)
        if same is not None:
            come.remove(same)
            yield f"rule {id_}: its id is {same} now"
        else:
            # One of the same kind may have taken its place.
            is_certain = rule["kind"] not in {new[each][1]["kind"] for each in come}
            word = "looser: " if is_certain and _has_a_say(rule, today) and _blocks(rule) else ""
            yield f"{word}rule {id_}: removed ({_in_a_word(rule)})"
    yield from (f"rule {id_}: added ({_in_a_word(new[id_][1])})" for id_ in come)


def _rules(files: Mapping[str, Raw]) -> dict[str, tuple[str, Raw]]:
    return {rule["id"]: (path, rule) for path, value in files.items() for rule in value.get("rules", ())}


def _but_id(rule: Raw) -> dict[str, Any]:
    return {key: value for key, value in rule.items() if key != "id"}


def _rule(id_: str, before: Raw, after: Raw, stages: Mapping[str, str], today: str) -> Iterator[str]:
    where = f"rule {id_}"
    # Where it speaks of something else than before, or at other times, nothing of it can be compared.
    same = all(before.get(key) == after.get(key) for key in ("kind", "applies", "in_force"))
    is_certain = same and _has_a_say(before, today) and _has_a_say(after, today)
    yield from _effect(where, before, after, stages, is_certain=is_certain)
    old, new = dict(before.get("with", {})), dict(after.get("with", {}))
    if is_certain and is_list(old.get("slots")) and is_list(new.get("slots")):
        yield from slot_changes(where, old.pop("slots"), new.pop("slots"))
    yield from (f"{where}: {each}" for each in differences(old, new))
    yield from (f"{where}: {each}" for each in differences(_rest(before), _rest(after)))
    yield from (f"{where}: revision {each}" for each in differences(_dated(before), _dated(after)))


def _rest(rule: Raw) -> dict[str, Any]:
    return {key: value for key, value in rule.items() if key not in _TOLD_APART}


def _dated(rule: Raw) -> dict[str, Raw]:
    """Return the revisions by their day, so that each is compared with itself."""
    return {f"from {each['from']}": _but_from(each) for each in rule.get("revisions", ())}


def _but_from(revision: Raw) -> dict[str, Any]:
    return {key: value for key, value in revision.items() if key != "from"}


def _effect(where: str, before: Raw, after: Raw, stages: Mapping[str, str], *, is_certain: bool) -> Iterator[str]:
    old, new = before["effect"], after["effect"]
    if isinstance(old, str) and isinstance(new, str):
        if old != new:
            yield f"{_direction(old, new) if is_certain else ''}{where}: effect: {old} -> {new}"
        return
    old, new = _by_stage(old, stages), _by_stage(new, stages)
    for stage in dict.fromkeys(stages.values()):
        was, now = old.get(stage, "audit"), new.get(stage, "audit")
        if was != now:
            heard = is_certain and _hears(after, stage, stages)
            yield f"{_direction(was, now) if heard else ''}{where}: effect at {stage}: {was} -> {now}"


def _by_stage(effect: str | Raw, stages: Mapping[str, str]) -> dict[str, str]:
    if isinstance(effect, str):
        return dict.fromkeys(stages.values(), effect)
    return {stages.get(name, name): value for name, value in effect.items()}


def _direction(before: str, after: str) -> str:
    return "looser: " if _STRENGTH[after] < _STRENGTH[before] else "stricter: "


def _hears(rule: Raw, stage: str, stages: Mapping[str, str]) -> bool:
    """Return whether a rule speaks about entering a stage."""
    entering = rule.get("applies", {}).get("entering")
    return entering is None or stage in {stages.get(name, name) for name in entering}


def _has_a_say(rule: Raw, today: str) -> bool:
    """Return whether what a rule says outside its revisions is what holds, today or some day."""
    ends = (rule.get("in_force") or {}).get("to")
    return not rule.get("revisions") and (ends is None or str(ends) >= today)


def _blocks(rule: Raw) -> bool:
    effect = rule["effect"]
    return effect == "block" or (not isinstance(effect, str) and "block" in effect.values())


def _in_a_word(rule: Raw) -> str:
    effect = rule["effect"]
    words = effect if isinstance(effect, str) else ", ".join(f"{stage}: {each}" for stage, each in effect.items())
    return f"{rule['kind']}; {words}"
