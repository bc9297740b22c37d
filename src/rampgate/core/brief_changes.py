"""What a change does to the files of a version, in sentences that a reviewer reads instead of a diff."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from rampgate.model.facts import Facts, VersionFacts
from rampgate.model.sourced import Missing

MOST: Final = 40
_LONGEST_VALUE: Final = 60
_NAMES: Final = ("name", "path", "metric", "id", "role")
"""The keys that tell the items of a list apart, in the order in which they are tried."""


def changes_of(facts: Facts) -> tuple[tuple[str, ...], int]:
    """Return at most forty sentences on what differs, and how many more there are.

    Moves come first, then the card, then the files beside it, then what lies outside the version.
    """
    sentences = [*_moves(facts), *_reasons(facts), *_waiver(facts)]
    match facts.subject, facts.before:
        case Missing(), _:
            pass
        case VersionFacts() as after, Missing():
            sentences.append(f"a new card, with {', '.join(sorted(after.card.raw))}")
            sentences += _files({}, after.files)
        case VersionFacts() as after, VersionFacts() as before:
            told = ("stage:", "evidence[")  # among the moves, and among the files
            sentences += [each for each in differences(before.card.raw, after.card.raw) if not each.startswith(told)]
            sentences += _files(before.files, after.files)
    sentences += _elsewhere(facts)
    return tuple(sentences[:MOST]), max(0, len(sentences) - MOST)


def _moves(facts: Facts) -> Iterator[str]:
    own = facts.change.transition.version if facts.change.transition else ""
    for move in sorted(facts.change.moves, key=lambda each: (each.version != own, each.version)):
        name = "stage" if move.version == own else f"stage of version {move.version}"
        yield f"{name}: {move.before or 'none'} -> {move.after or 'none'}"


def _reasons(facts: Facts) -> Iterator[str]:
    """Yield the reason of a rollback, a restore or a retirement, whole: it is what a reader asks for first."""
    if isinstance(facts.subject, Missing):
        return
    old = {} if isinstance(facts.before, Missing) else facts.before.events
    for name, event in sorted(facts.subject.events.items()):
        if name not in old:
            yield f"reason, given by {event.noun.by}: {' '.join(event.noun.reason.split())}"


def _waiver(facts: Facts) -> Iterator[str]:
    if isinstance(facts.waiver, Missing):
        return
    waiver = facts.waiver.noun
    yield (
        f"waiver {waiver.id} excuses {waiver.rule} of {waiver.model} {waiver.version} for {waiver.entering}, "
        f"from {waiver.starts} to {waiver.ends}"
    )
    # Whether it is granted is for the verdict to say: this is what the file names.
    reason = " ".join(waiver.reason.split())
    yield f"owner {waiver.owner}, approver {waiver.approved_by}; reason: {reason}"


def _files(before: Mapping[str, str], after: Mapping[str, str]) -> Iterator[str]:
    for path in sorted(before.keys() | after.keys()):
        if path == "card.yaml" or before.get(path) == after.get(path):
            continue
        word = "added" if path not in before else "removed" if path not in after else "changed"
        yield f"file {path}: {word}"


def _elsewhere(facts: Facts) -> Iterator[str]:
    """Yield the touched paths outside the version's own folder, for a reader has to know that they move along."""
    transition = facts.change.transition
    own = f"model_cards/{transition.model}/{transition.version}/" if transition else ""
    told = (
        {f"model_cards/{transition.model}/{move.version}/card.yaml" for move in facts.change.moves}
        if transition
        else ()
    )
    for touched in facts.change.touched:
        if (own and touched.path.startswith(own)) or touched.path in told:
            continue
        word = "added" if touched.was_added else "removed" if touched.was_removed else "changed"
        yield f"file {touched.path}: {word}"


def differences(before: Any, after: Any, where: str = "") -> Iterator[str]:
    """Yield a sentence for each difference between two values of a card, in the order of the card after.

    Items of a list that have a name, path, metric, id or role are compared by it, others as a whole.
    """
    if before == after:
        return
    if isinstance(before, Mapping) and isinstance(after, Mapping):
        for key in [*after, *(key for key in before if key not in after)]:
            yield from _entry(before, after, key, f"{where}.{key}" if where else str(key))
    elif _is_list(before) and _is_list(after):
        yield from _items(before, after, where)
    else:
        yield f"{where}: {_told(before, after)}"


def _entry(before: Mapping[str, Any], after: Mapping[str, Any], key: str, where: str) -> Iterator[str]:
    if key not in before:
        items = after[key]
        yield f"{where}: {_counted(items, ()) if _is_list(items) and items else f'added, {_shown(items)}'}"
    elif key not in after:
        items = before[key]
        yield f"{where}: {_counted((), items) if _is_list(items) and items else f'removed, it was {_shown(items)}'}"
    else:
        yield from differences(before[key], after[key], where)


def _items(before: Sequence[Any], after: Sequence[Any], where: str) -> Iterator[str]:
    name = _name_of([*before, *after], before, after)
    if name is None:
        gone, come = [e for e in before if e not in after], [e for e in after if e not in before]
        if not gone and not come:
            yield f"{where}: another order, or an item more than once"
        else:
            yield f"{where}: {_counted(come, gone)}"
        return
    old, new = {each[name]: each for each in before}, {each[name]: each for each in after}
    come, gone = [each for each in new if each not in old], [each for each in old if each not in new]
    if come or gone:
        yield f"{where}: {_counted(come, gone)}"
    elif list(old) != list(new):
        yield f"{where}: another order"
    for each, value in new.items():
        if each in old:
            yield from differences(old[each], value, f"{where}[{_short(each)}]")


def _name_of(items: Sequence[Any], *lists: Sequence[Any]) -> str | None:
    """Return the key whose values tell the items of each list apart, or None."""
    if not all(isinstance(each, Mapping) for each in items):
        return None
    for name in _NAMES:
        if all(isinstance(each.get(name), str) for each in items) and all(
            len({each[name] for each in some}) == len(some) for some in lists
        ):
            return name
    return None


def _counted(come: Sequence[Any], gone: Sequence[Any]) -> str:
    parts = []
    for word, items in (("added", come), ("removed", gone)):
        if items:
            names = ", ".join(_shown(each) for each in items[:3]) + (", ..." if len(items) > 3 else "")
            parts.append(f"{len(items)} {word} ({names})")
    return ", ".join(parts)


def _told(before: Any, after: Any) -> str:
    """Return two values as `a -> b`, or, where both are long texts, where they begin to differ."""
    is_prose = isinstance(before, str) and isinstance(after, str) and max(len(before), len(after)) > _LONGEST_VALUE
    if not is_prose:
        return f"{_shown(before)} -> {_shown(after)}"
    if before.startswith("sha256:") and after.startswith("sha256:"):
        return f"{before[:19]} -> {after[:19]}"
    same = next((at for at, (one, two) in enumerate(zip(before, after, strict=False)) if one != two), None)
    same = min(len(before), len(after)) if same is None else same
    start = before.rfind(" ", 0, max(0, same - 20)) + 1
    lead = "... " if start else ""
    return f"reworded, `{lead}{_short(before[start:])}` -> `{lead}{_short(after[start:])}`"


def _shown(value: Any) -> str:
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, Mapping):
        named = next((value[name] for name in _NAMES if isinstance(value.get(name), str)), None)
        return _short(named) if named else f"{{{_short(', '.join(str(key) for key in value))}}}"
    if _is_list(value):
        return f"[{', '.join(_shown(each) for each in value[:3])}{', ...' if len(value) > 3 else ''}]"
    return _short(str(value))


def _short(text: str) -> str:
    one_line = " ".join(text.split())
    return one_line if len(one_line) <= _LONGEST_VALUE else one_line[: _LONGEST_VALUE - 3] + "..."


def _is_list(value: Any) -> bool:
    return isinstance(value, Sequence) and not isinstance(value, str)
