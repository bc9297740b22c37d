"""Takes numbers by name: what the tool reports, which metric of ours each one is said to be, and what is left."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from rampgate.errors import UsageProblem
from rampgate.formats.claimed import metrics_of
from rampgate.formats.suggest import did_you_mean
from rampgate.measure.importers._base import NOT, Choice, ResultsFile

MOST_NAMES = 30
"""How many names of numbers a message lists."""

_MOST = Decimal(10) ** 30
_STEP = Decimal(1).scaleb(-30)


@dataclass(frozen=True, slots=True)
class Reported:
    """One number under the tool's name; value: None where the tool says that it is undefined. n: of how many rows."""

    name: str
    value: Decimal | None
    group: Mapping[str, str] = field(default_factory=dict)
    n: int | None = None


def checked_mapping(choice: Choice, kind: str, names: Iterable[str], file: ResultsFile) -> dict[str, str]:
    """Return the mapping, every name of the tool in the file and every metric one of the kind.

    Raises UsageProblem where there is no mapping, with the names that the file has, or for a name that is unknown.
    """
    found = list(dict.fromkeys(names))
    known = metrics_of(kind)
    if not choice.mapping:
        raise UsageProblem(
            f"{file.path}: say which numbers to take, as `--map NAME=METRIC`; it reports {listed(found)}; "
            f"metrics of kind `{kind}` are {listed(known)}"
        )
    for name, metric in choice.mapping.items():
        bare = metric.removeprefix(NOT)
        if bare not in known:
            hint = did_you_mean(bare, known)
            raise UsageProblem(f"`{name}={metric}`: evidence of kind `{kind}` has no metric `{bare}`{hint}")
        if name not in found:
            hint = did_you_mean(name, found)
            raise UsageProblem(f"{file.path}: it reports no `{name}`{hint}; it reports {listed(found)}")
    return dict(choice.mapping)


def claims(reported: Sequence[Reported], mapping: Mapping[str, str], file: ResultsFile) -> tuple[dict[str, Any], ...]:
    """Return the numbers that are mapped, as evidence writes them.

    Raises InvalidInput where two numbers would be one metric of one group, or where `not:` stands before what is no
    share.
    """
    taken: dict[tuple[str, frozenset[tuple[str, str]]], str] = {}
    found = []
    for each in reported:
        if each.name not in mapping:
            continue
        target = mapping[each.name]
        metric = target.removeprefix(NOT)
        key = (metric, frozenset(each.group.items()))
        if key in taken:
            words = f"`{taken[key]}` and `{each.name}` would both be `{metric}` of the same rows"
            raise file.problem(words, fix="map one of them")
        taken[key] = each.name
        value = each.value
        if value is not None and target != metric:
            if not 0 <= value <= 1:
                raise file.problem(f"`{each.name}` is {value}, no share, so there is no `{target}`")
            value = 1 - value
        entry: dict[str, Any] = {"metric": metric, "group": dict(each.group)}
        if each.n is not None:
            entry["n"] = each.n
        found.append(entry | {"value": None if value is None else decimal_text(value, each.name, file)})
    return tuple(found)


def decimal_text(value: Decimal, name: str, file: ResultsFile) -> str:
    """Return a number as evidence writes it, with at most 30 decimal places."""
    if not value.is_finite() or abs(value) >= _MOST:
        raise file.problem(f"`{name}` is no number that evidence can hold", found=str(value)[:40])
    if value.as_tuple().exponent < -30:  # type: ignore[operator]  # finite numbers have a whole exponent
        value = value.quantize(_STEP)
    text = f"{value:f}"
    text = text.rstrip("0").rstrip(".") if "." in text else text
    return "0" if text in ("-0", "") else text


def listed(names: Sequence[str]) -> str:
    """Return names to read, the first ones where there are many."""
    shown = ", ".join(f"`{name}`" for name in names[:MOST_NAMES])
    return (shown or "none") + (f" and {len(names) - MOST_NAMES} more" if len(names) > MOST_NAMES else "")
