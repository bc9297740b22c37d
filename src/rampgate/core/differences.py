"""What differs between two values of a file, in sentences, whatever the file is about."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

_LONGEST_VALUE: Final = 60
_NAMES: Final = ("name", "path", "metric", "id", "role")
"""The keys that tell the items of a list apart, in the order in which they are tried."""


def differences(before: Any, after: Any, where: str = "") -> Iterator[str]:
    """Yield a sentence for each difference between two values, in the order of the one after.

    Items of a list that have a name, path, metric, id or role are compared by it, others as a whole.
    """
    if before == after:
        return
    if isinstance(before, Mapping) and isinstance(after, Mapping):
        for key in [*after, *(key for key in before if key not in after)]:
            yield from _entry(before, after, key, f"{where}.{key}" if where else str(key))
    elif is_list(before) and is_list(after):
        yield from _items(before, after, where)
    else:
        yield f"{where}: {_told(before, after)}"


def _entry(before: Mapping[str, Any], after: Mapping[str, Any], key: str, where: str) -> Iterator[str]:
    if key not in before:
        items = after[key]
        yield f"{where}: {_counted(items, ()) if is_list(items) and items else f'added, {shown(items)}'}"
    elif key not in after:
        items = before[key]
        yield f"{where}: {_counted((), items) if is_list(items) and items else f'removed, it was {shown(items)}'}"
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
            yield from differences(old[each], value, f"{where}[{short(each)}]")


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
            names = ", ".join(shown(each) for each in items[:3]) + (", ..." if len(items) > 3 else "")
            parts.append(f"{len(items)} {word} ({names})")
    return ", ".join(parts)


def _told(before: Any, after: Any) -> str:
    """Return two values as `a -> b`, or, where both are long texts, where they begin to differ."""
    is_prose = isinstance(before, str) and isinstance(after, str) and max(len(before), len(after)) > _LONGEST_VALUE
    if not is_prose:
        return f"{shown(before)} -> {shown(after)}"
    if before.startswith("sha256:") and after.startswith("sha256:"):
        return f"{before[:19]} -> {after[:19]}"
    same = next((at for at, (one, two) in enumerate(zip(before, after, strict=False)) if one != two), None)
    same = min(len(before), len(after)) if same is None else same
    start = before.rfind(" ", 0, max(0, same - 20)) + 1
    lead = "... " if start else ""
    return f"reworded, `{lead}{short(before[start:])}` -> `{lead}{short(after[start:])}`"


def shown(value: Any) -> str:
    """Return a value in a few words: an item by its name, a long text cut."""
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, Mapping):
        named = next((value[name] for name in _NAMES if isinstance(value.get(name), str)), None)
        return short(named) if named else f"{{{short(', '.join(str(key) for key in value))}}}"
    if is_list(value):
        return f"[{', '.join(shown(each) for each in value[:3])}{', ...' if len(value) > 3 else ''}]"
    return short(str(value))


def short(text: str) -> str:
    """Return a text on one line, cut where it is long."""
    one_line = " ".join(text.split())
    return one_line if len(one_line) <= _LONGEST_VALUE else one_line[: _LONGEST_VALUE - 3] + "..."


def is_list(value: Any) -> bool:
    """Return whether a value is a list of a file."""
    return isinstance(value, Sequence) and not isinstance(value, str)
