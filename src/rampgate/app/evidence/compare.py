"""Compares recorded evidence with what its data give when they are measured again, cell by cell."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import zip_longest
from typing import Any

from rampgate.model.evidence import Evidence, Measure


def first_difference(recorded: Evidence, found: Evidence) -> str:
    """Return the first difference in words, "" where there is none.

    In order: kind, digest of the data, rows, columns, what was left out, tables, measures, results. Who measured, when,
    with which version and by which query may differ.
    """
    return next(_differences(recorded, found), "")


def is_of_a_snapshot(evidence: Evidence) -> bool:
    """Return whether the digest of the data names a snapshot of a database, which can not be read a second time."""
    from rampgate.measure.engines.postgres import DIGEST_OF  # noqa: PLC0415 (with it comes all of measuring)

    return evidence.source is not None and DIGEST_OF in (evidence.source.digest_of or "")


def _differences(recorded: Evidence, found: Evidence) -> Iterator[str]:
    yield from _unlike("kind", recorded.kind, found.kind)
    if recorded.source is None or found.source is None:
        if recorded.source is not None or found.source is not None:
            yield "only one of the two names its source"
    else:
        gone = is_of_a_snapshot(recorded)
        for name in ("digest", "rows", "schema_fingerprint", "joined_on", "unmatched"):
            if name == "digest" and gone:
                continue
            yield from _unlike(
                f"{name.replace('_', ' ')} of the data",
                getattr(recorded.source, name),
                getattr(found.source, name),
                if_recorded=name == "schema_fingerprint",
            )
        # Of a snapshot that is gone, the evidence can still be asked to name it twice alike.
        dataset = recorded.source.digest if gone else found.subject.dataset
        yield from _unlike("dataset of the subject", recorded.subject.dataset, dataset)
    yield from _imported(recorded, found)
    yield from _unlike("minimum_cell", recorded.minimum_cell, found.minimum_cell)
    yield from _rows(
        "suppressed", [dict(each) for each in recorded.suppressed], [dict(each) for each in found.suppressed]
    )
    yield from _table("counts", recorded.counts, found.counts)
    yield from _sums(recorded.sums, found.sums)
    yield from _tables(recorded.tables or {}, found.tables or {})
    yield from _measures(recorded.measures, found.measures)
    yield from _results(recorded.results or {}, found.results or {})


def _imported(recorded: Evidence, found: Evidence) -> Iterator[str]:
    """Yield what differs in what was taken of another tool's file, but for its name and the moment of the import."""
    one, other = recorded.imported, found.imported
    if one is None or other is None:
        if one is not other:
            yield "only one of the two was imported"
        return
    for name in ("tool", "digest", "about", "mapping", "not_taken"):
        yield from _unlike(f"{name} of the import", getattr(one, name), getattr(other, name))
    yield from _rows("claimed", list(recorded.claimed), list(found.claimed))
    yield from _unlike("moment of the run", recorded.produced.at, found.produced.at)


def _unlike(name: str, recorded: Any, found: Any, *, if_recorded: bool = False) -> Iterator[str]:
    if recorded != found and not (if_recorded and recorded is None):
        yield f"{name}: recorded as {_short(recorded)}, the data give {_short(found)}"


def _tables(recorded: Mapping[str, Any], found: Mapping[str, Any]) -> Iterator[str]:
    for name in sorted({*recorded, *found}):
        yield from _table(f"table `{name}`", recorded.get(name), found.get(name))


def _table(name: str, recorded: Any, found: Any) -> Iterator[str]:
    if recorded is None or found is None:
        if recorded is not found:
            yield f"{name}: {'not recorded, but the data give it' if recorded is None else 'the data do not give it'}"
        return
    yield from _unlike(f"columns of {name}", recorded.columns, found.columns)
    yield from _unlike(f"edges of {name}", getattr(recorded, "edges", ()), getattr(found, "edges", ()))
    yield from _rows(name, recorded.rows, found.rows)


def _sums(recorded: Any, found: Any) -> Iterator[str]:
    if isinstance(recorded, Mapping) and isinstance(found, Mapping) and "rows" in recorded and "rows" in found:
        yield from _unlike("columns of sums", list(recorded.get("columns", ())), list(found.get("columns", ())))
        yield from _rows("sums", recorded["rows"], found["rows"])
    yield from _unlike("sums", recorded, found)


def _rows(name: str, recorded: Sequence[Any], found: Sequence[Any]) -> Iterator[str]:
    """Yield the first cell that differs, by its row from 1."""
    for number, (one, other) in enumerate(zip_longest(recorded, found), start=1):
        if _plain(one) != _plain(other):
            yield f"{name}, row {number}: recorded as {_short(one)}, the data give {_short(other)}"
            return


def _measures(recorded: Sequence[Measure], found: Sequence[Measure]) -> Iterator[str]:
    ours = {_key(each): each for each in found}
    for each in recorded:
        other = ours.pop(_key(each), None)
        name = f"`{each.metric}` of {dict(each.group) or 'everybody'}"
        if other is None:
            yield f"{name}: recorded, but the data do not give it"
            continue
        for field in ("n", "k", "value", "interval"):
            yield from _unlike(f"{field} of {name}", getattr(each, field), getattr(other, field))
    for other in ours.values():
        yield f"`{other.metric}` of {dict(other.group) or 'everybody'}: not recorded, but the data give it"


def _results(recorded: Mapping[str, Any], found: Mapping[str, Any]) -> Iterator[str]:
    for name in sorted({*recorded, *found}):
        yield from _unlike(f"results, `{name}`", recorded.get(name), found.get(name))


def _key(measure: Measure) -> tuple[Any, ...]:
    return measure.metric, frozenset(measure.group.items()), tuple(getattr(measure, "by", ()))


def _plain(row: Any) -> Any:
    return list(row) if isinstance(row, (list, tuple)) else row


def _short(value: Any) -> str:
    text = "nothing" if value is None else str(_plain(value))
    return text if len(text) <= 200 else f"{text[:197]}..."
