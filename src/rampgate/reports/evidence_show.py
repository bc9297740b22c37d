"""Prints evidence for a person: what, whose, when, by what; every measure with its rows, its interval and a bar.

Everything that a file says is shown harmless (see `rampgate.reports.escape`): evidence may come from a stranger.
"""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from rampgate.model.evidence import Claimed, Evidence, Measure
from rampgate.reports.escape import clipped, plain
from rampgate.reports.evidence_chart import Bar, Scale, drawn, scale_for

LABELS = 14
"""Columns of the words on the left of the head."""


@dataclass(frozen=True, slots=True)
class Shown:
    """What is known of a file beside what it says: path, digest, and words on who signed it."""

    path: str
    digest: str
    signed: str


def lines_of(
    evidence: Evidence, shown: Shown, *, width: int = 80, limit: Decimal | None = None, metric: str = ""
) -> Iterator[str]:
    """Yield the lines of a page; none is longer than `width`, but for a digest or a command to copy."""
    yield from _head(evidence, shown, width)
    measures = list(measure_lines(evidence, width=width, limit=limit, metric=metric))
    if measures:
        yield ""
        yield from measures
    yield from _results(evidence, width)
    closing = list(_closing(evidence, width))
    if closing:
        yield ""
        yield from closing


def measure_lines(
    evidence: Evidence, *, width: int = 80, limit: Decimal | None = None, metric: str = ""
) -> Iterator[str]:
    """Yield a block for each metric: a line for each group, with value, interval, rows and a bar on one scale.

    metric: the one to show, "" for all. limit: drawn into every block.
    """
    first = True
    for name, rows in _by_metric(evidence, metric):
        if not first:
            yield ""
        first = False
        yield from _block(name, rows, width, limit)


def _by_metric(evidence: Evidence, metric: str) -> Iterator[tuple[str, list[Measure | Claimed]]]:
    """Yield the measures of each metric, as they stand in the file, then the claimed ones."""
    order: dict[str, list[Measure | Claimed]] = {}
    every: list[Measure | Claimed] = [*evidence.measures, *evidence.claimed]
    for each in every:
        order.setdefault(each.metric, []).append(each)
    for name, rows in order.items():
        if metric in ("", name):
            yield name, rows


def _block(name: str, rows: Sequence[Measure | Claimed], width: int, limit: Decimal | None) -> Iterator[str]:
    groups = [_group(each) for each in rows]
    values = [_value(each) for each in rows]
    counts = [_rows(each) for each in rows]
    left = max(len(group) for group in groups)
    if left > max(width - 48, 14):
        left = 2  # names on lines of their own leave room for everything else
    middle, last = max(len(value) for value in values), max(len(count) for count in counts)
    room = width - 2 - left - 2 - middle - 2 - last - 2
    bars = [_bar(each) for each in rows]
    scale = scale_for(bars, min(room, 40), limit)
    title = clipped(plain(name), width - 2 if scale is None else left + middle + last + 6)
    head = f"{title.ljust(left + middle + last + 8)}{scale.header}" if scale else title
    yield head.rstrip()
    for group, value, count, bar in zip(groups, values, counts, bars, strict=True):
        if len(group) > left:
            yield f"  {clipped(group, width - 2)}"
        yield _row(group if len(group) <= left else "", value, count, bar, (left, middle, last), scale, limit)


def _row(
    group: str,
    value: str,
    count: str,
    bar: Bar,
    widths: tuple[int, int, int],
    scale: Scale | None,
    limit: Decimal | None,
) -> str:
    left, middle, last = widths
    line = f"  {group.ljust(left)}  {value.ljust(middle)}  {count.rjust(last)}"
    return f"{line}  {drawn(bar, scale, limit)}".rstrip() if scale else line.rstrip()


def _group(each: Measure | Claimed) -> str:
    words = ", ".join(f"{plain(name)}={plain(value)}" for name, value in each.group.items())
    compared = ", ".join(plain(name) for name in getattr(each, "by", ()))
    return words or (f"by {compared}" if compared else "everybody")


def _value(each: Measure | Claimed) -> str:
    if each.value is None:
        return "undefined"
    interval = getattr(each, "interval", None)
    value, text = Decimal(each.value), _four(each.value)
    if interval is None:
        return f"{value:,.0f}" if value == value.to_integral_value() else text
    return f"{text}  {_four(interval.low)}..{_four(interval.high)}"


def _rows(each: Measure | Claimed) -> str:
    if isinstance(each, Claimed):
        return "claimed" if each.n is None else f"claimed, n={each.n:,}"
    return f"n={each.n:,}"


def _bar(each: Measure | Claimed) -> Bar:
    value = None if each.value is None else Decimal(each.value)
    interval = getattr(each, "interval", None)
    if interval is None:
        return Bar(value)
    return Bar(value, Decimal(interval.low), Decimal(interval.high))


def _four(text: str) -> str:
    """Return a decimal text with 4 decimal places; smaller numbers than that would show by their first digits."""
    value = Decimal(text)
    return f"{value:,.4f}" if not value or abs(value) >= Decimal("0.00005") else f"{value:.1e}"


def _head(evidence: Evidence, shown: Shown, width: int) -> Iterator[str]:
    about, made, source = evidence.subject, evidence.produced, evidence.source
    yield plain(f"{evidence.kind} of {about.model} {about.version}, {evidence.population}{_where(evidence)}")
    pairs = [("file", shown.path), ("digest", shown.digest), ("artifact", about.artifact)]
    if about.dataset or about.dataset_name:
        pairs.append(("data set", " ".join(each for each in (about.dataset_name, about.dataset) if each)))
    pairs.append(("measured", f"{made.at} by {made.by}, with {made.tool} {made.tool_version}"))
    if evidence.imported is not None:
        taken = evidence.imported
        about_words = f", {taken.about}" if taken.about else ""
        pairs.append(("imported", f"{taken.at} from {taken.file} of {taken.tool}{about_words}"))
    if source is not None:
        pairs.append(("source", f"{source.uri}, {source.rows:,} rows{_engine(evidence)}"))
    pairs.append(("signed", shown.signed))
    if made.command:
        pairs.append(("command", made.command))
    for label, text in pairs:
        yield from _labelled(label, text, width)


def _where(evidence: Evidence) -> str:
    stage = f" at {evidence.stage}" if evidence.stage else ""
    window = evidence.window
    return stage + (f", {window.from_} to {window.to}" if window else "")


def _engine(evidence: Evidence) -> str:
    source = evidence.source
    if source is None or source.engine is None:
        return ""
    return f", by {source.engine} {source.engine_version or ''}".rstrip()


def _results(evidence: Evidence, width: int) -> Iterator[str]:
    if not evidence.results:
        return
    yield ""
    yield "results"
    for name, value in _flat(evidence.results, ()):
        yield from _wrapped(f"{name}: {value}", width, "  ")


def _flat(value: Any, way: tuple[str, ...]) -> Iterator[tuple[str, str]]:
    if isinstance(value, Mapping) and value and len(way) < 4:
        for key, part in value.items():
            yield from _flat(part, (*way, str(key)))
    else:
        yield ".".join(way), str(value)


def _closing(evidence: Evidence, width: int) -> Iterator[str]:
    """Yield who was left out, what another library said, and what a reader must know."""
    if evidence.suppressed:
        named = ["; ".join(f"{k}={v}" for k, v in group.items()) for group in evidence.suppressed[:20]]
        more = f", and {len(evidence.suppressed) - 20} more" if len(evidence.suppressed) > 20 else ""
        least = f"groups of fewer than {evidence.minimum_cell} rows"
        yield from _wrapped(f"left out, as {least}: {', '.join(named)}{more}", width)
    check = evidence.crosscheck
    if check == "skipped":
        yield "no other library was asked whether it computes the same"
    elif check is not None:
        words = f"checked against {check.library} {check.version}: largest difference {check.max_difference}"
        yield from _wrapped(words, width)
    for warning in _warnings(evidence):
        yield from _wrapped(f"warning: {warning}", width)


def _warnings(evidence: Evidence) -> Iterator[str]:
    undefined = sum(each.value is None for each in evidence.measures)
    if undefined:
        yield f"{undefined} of {len(evidence.measures)} measures are undefined: there are no rows to divide by"
    if evidence.claimed:
        yield "claimed numbers have no counts; nobody can compute them again"
    if evidence.imported is not None and evidence.imported.not_taken:
        yield f"{len(evidence.imported.not_taken)} other results of {evidence.imported.file} were not taken"
    source = evidence.source
    if source is not None and source.unmatched and (source.unmatched.data or source.unmatched.truth):
        found = source.unmatched
        yield f"{found.data:,} rows of the data and {found.truth:,} of the truth found no partner"


def _labelled(label: str, text: str, width: int) -> Iterator[str]:
    lines = textwrap.wrap(
        plain(text), max(width - LABELS, 30), break_long_words=False, break_on_hyphens=False
    ) or [""]  # fmt: skip
    for number, line in enumerate(lines):
        yield f"{('' if number else label).ljust(LABELS)}{line}".rstrip()


def _wrapped(text: str, width: int, indent: str = "") -> list[str]:
    return textwrap.wrap(
        plain(text), max(width, 40), initial_indent=indent, subsequent_indent=f"{indent}  ",
        break_long_words=False, break_on_hyphens=False,
    )  # fmt: skip
