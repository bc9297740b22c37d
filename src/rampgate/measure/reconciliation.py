"""Reconciliation: the values of each key in two sources, compared by the engine; no value leaves it."""

# ruff: noqa: S608 (names of columns are quoted by the dialect, tolerances are whole numbers)

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal, localcontext
from typing import Any

from rampgate.errors import InvalidInput, Problem, UsageProblem
from rampgate.formats.digest import canonical_json, sha256_of
from rampgate.formats.measured.reconciliation import (
    DIFFERING,
    DIFFERING_TEXTS,
    KEY_COUNTS,
    KEY_TEXTS,
    KEYS,
    VALUE_COUNTS,
    VALUE_TEXTS,
    VALUES,
)
from rampgate.measure.cells import LARGEST_NUMBER
from rampgate.measure.details import Details
from rampgate.measure.engines import open_pair
from rampgate.measure.engines._base import RELATION, Relation, provenance
from rampgate.measure.options import refuse_others
from rampgate.measure.pairs import by_key, check_pair, rows_without_key, whole_numbers
from rampgate.measure.request import Measurement, MeasureRequest
from rampgate.measure.telling import HEADER, evidence_from, table_of, told_lines
from rampgate.stats.counts import SCALE
from rampgate.stats.normal import WORKING

MOST_SAMPLED = 1000
"""More differing keys than these are not kept: a sample shows where to look, and is no copy of the data."""

MOST_LINE = 300
"""The longest name of a source."""

ONCE = "here = 1 AND there = 1"


@dataclass(frozen=True, slots=True)
class Compared:
    """What the comparison with one other source gave."""

    keys: list[Any]
    values: list[list[Any]]
    differing: list[tuple[str, str, str]] = field(default_factory=list)
    source: dict[str, Any] = field(default_factory=dict)


def measure_reconciliation(request: MeasureRequest, now: datetime) -> Measurement:
    """Return reconciliation evidence; raises as `rampgate.measure.measure` does."""
    asked = request.details
    refuse_others("reconciliation", request)
    _check(asked)
    found = [_compare(request, asked, other) for other in asked.others]
    tables = {
        KEYS: table_of((*KEY_TEXTS, *KEY_COUNTS), [each.keys for each in found]),
        VALUES: table_of((*VALUE_TEXTS, *VALUE_COUNTS), [row for each in found for row in each.values]),
    }
    if asked.sample:
        tables[DIFFERING] = table_of(DIFFERING_TEXTS, [row for each in found for row in each.differing])
    results = {
        "key": list(asked.key),
        "alike": _rule(asked),
        "differing_keys": "plain" if asked.plain_keys else "sha256",
    }
    evidence, told = evidence_from(
        "reconciliation", request, now, _source(found), {"tables": tables, "results": results}
    )
    notes = [f"{source}: {key} {why}" for each in found for source, key, why in each.differing[:5]]
    repeated = [(each.keys[0], each.keys[4]) for each in found if each.keys[4]]
    warnings = [f"{source}: {n:,} keys are there more than once, and are compared nowhere" for source, n in repeated]
    return Measurement(evidence, HEADER, told_lines(told), tuple(notes), tuple(warnings))


def _check(asked: Details) -> None:
    if not asked.others or not asked.key or not asked.values:
        words = "`--other FILE`, `--key COLUMN` and `--values COLUMN`"
        raise UsageProblem(f"reconciliation needs another source, what pairs the rows, and what to compare: {words}")
    names = [_name(other) for other in asked.others]
    if len(set(names)) != len(names):
        raise UsageProblem("two of the other sources have the same name; evidence could not tell them apart")
    if not 0 <= asked.sample <= MOST_SAMPLED:
        raise UsageProblem(f"a sample has 0 to {MOST_SAMPLED:,} keys, found {asked.sample}")
    for option, tolerance in (("--absolute", asked.absolute), ("--relative", asked.relative)):
        if tolerance is not None and (tolerance < 0 or tolerance > LARGEST_NUMBER or _scaled(tolerance) is None):
            raise UsageProblem(f"`{option}` is at least 0 and has at most 9 decimal places, found {tolerance}")


def _compare(request: MeasureRequest, asked: Details, other: str) -> Compared:
    with open_pair(request, other) as table:
        check_pair(table, asked.key, asked.values)
        numeric = asked.absolute is not None or asked.relative is not None
        if numeric:
            _check_sizes(table, asked.values)
        rows = rows_without_key(table, asked.key)
        name = _name(other)
        keyed = _flags(table, asked, numeric=numeric)
        count = table.dialect.counted_if
        whole = " AND ".join(f"alike{place} = 1" for place in range(len(asked.values)))
        words = [
            "here > 0",
            "there > 0",
            "here > 0 AND there > 0",
            "here > 1 OR there > 1",
            ONCE,
            f"{ONCE} AND {whole}",
        ]
        each = [
            count(f"{ONCE} AND {flag}{place} = 1")
            for place in range(len(asked.values))
            for flag in ("alike", "missing")
        ]
        text = f"SELECT {', '.join([*map(count, words), *each])} FROM ({keyed}) AS keys"
        found = whole_numbers(table.query(text, keep=True)[0])
        keys = [name, *found[:6], rows[0][0] + rows[1][0], rows[0][1] + rows[1][1]]
        values = [
            [name, column, found[4], found[6 + 2 * place], found[7 + 2 * place]]
            for place, column in enumerate(asked.values)
        ]
        differing = _differing(table, asked, keyed, whole, name) if asked.sample else []
        return Compared(keys, values, differing, provenance(table))


def _flags(table: Relation, asked: Details, *, numeric: bool) -> str:
    """Return SQL that gives for each key how often it is there, and whether each value is alike, or missing in one."""
    dialect = table.dialect
    given, summands = [], []
    for place, name in enumerate(asked.values):
        given.append(f"{dialect.as_text(dialect.quoted(name))} AS t{place}")
        summands += [f"MAX(CASE WHEN side = {side} THEN t{place} END) AS t{place}_{side}" for side in (0, 1)]
        if numeric:
            number = dialect.number(name, table.columns()[name])
            scaled = dialect.whole(dialect.scaled(number))
            given.append(f"CASE WHEN {dialect.finite(number)} THEN {scaled} END AS q{place}")
            summands += [f"MAX(CASE WHEN side = {side} THEN q{place} END) AS q{place}_{side}" for side in (0, 1)]
    flags = [f"key{place}" for place in range(len(asked.key))] + ["here", "there"]
    for place in range(len(asked.values)):
        one, other = f"t{place}_0", f"t{place}_1"
        near = f" OR ({_near(asked, f'q{place}_0', f'q{place}_1')})" if numeric else ""
        alike = f"({one} IS NULL AND {other} IS NULL) OR {one} = {other}{near}"
        flags.append(f"CASE WHEN {alike} THEN 1 ELSE 0 END AS alike{place}")
        alone = f"({one} IS NULL AND {other} IS NOT NULL) OR ({one} IS NOT NULL AND {other} IS NULL)"
        flags.append(f"CASE WHEN {alone} THEN 1 ELSE 0 END AS missing{place}")
    return f"SELECT {', '.join(flags)} FROM ({by_key(table, asked.key, summands, given)}) AS grouped"


def _near(asked: Details, one: str, other: str) -> str:
    """Return whether two numbers, times 10^9, are within either tolerance."""
    words = []
    if asked.absolute is not None:
        words.append(f"ABS({one} - {other}) <= {_scaled(asked.absolute)}")
    if asked.relative is not None:
        larger = f"(CASE WHEN ABS({one}) > ABS({other}) THEN ABS({one}) ELSE ABS({other}) END)"
        words.append(f"ABS({one} - {other}) * {SCALE} <= {larger} * {_scaled(asked.relative)}")
    return " OR ".join(words)


def _check_sizes(table: Relation, names: Sequence[str]) -> None:
    """Raise InvalidInput for numbers that are too large to be compared as whole numbers of 10^-9."""
    dialect, kinds = table.dialect, table.columns()
    problems = []
    for name in names:
        if kinds[name] not in ("text", "integer", "number"):
            problems.append(Problem(table.name, f"column `{name}` holds no numbers, and a tolerance needs some"))
            continue
        number = dialect.number(name, kinds[name])
        words = f"{dialect.finite(number)} AND ABS({number}) > {LARGEST_NUMBER}"
        beyond = int(table.query(f"SELECT {dialect.counted_if(words)} FROM {RELATION}")[0][0])
        if beyond:
            message = f"column `{name}` has {beyond:,} numbers above {LARGEST_NUMBER:,}"
            problems.append(
                Problem(table.name, message, fix="give it in a larger unit, or compare without a tolerance")
            )
    if problems:
        raise InvalidInput(problems)


def _differing(table: Relation, asked: Details, keyed: str, whole: str, name: str) -> list[tuple[str, str, str]]:
    """Return a sample of keys that do not match, the same one for the same data, and why; values never."""
    dialect = table.dialect
    keys = [dialect.as_text(f"key{place}") for place in range(len(asked.key))]
    joined = " || '|' || ".join(keys)
    flags = ", ".join(f"alike{place}" for place in range(len(asked.values)))
    text = (
        f"SELECT {', '.join(keys)}, here, there, {flags} FROM ({keyed}) AS keys "
        f"WHERE NOT ({ONCE} AND {whole}) ORDER BY MD5({joined}) LIMIT {asked.sample}"
    )
    found = []
    for row in table.query(text, keep=True):
        key, here, there = [str(each) for each in row[: len(keys)]], int(row[len(keys)]), int(row[len(keys) + 1])
        alike = dict(zip(asked.values, row[len(keys) + 2 :], strict=True))
        found.append((name, _key_text(key, plain=asked.plain_keys), _why(here, there, alike)))
    return found


def _why(here: int, there: int, alike: dict[str, Any]) -> str:
    if not there:
        return "is only in the first source"
    if not here:
        return "is only in the other source"
    if here > 1 or there > 1:
        return f"is there {here} and {there} times"
    return "differs in " + ", ".join(column for column, flag in alike.items() if not int(flag))


def _key_text(key: Sequence[str], *, plain: bool) -> str:
    if plain:
        return "|".join(key)
    return "sha256:" + hashlib.sha256(canonical_json(list(key))).hexdigest()


def _name(other: str) -> str:
    """Return a name of the other source without the folders of somebody's machine."""
    return other.rstrip("/").rpartition("/")[2]


def _source(found: Sequence[Compared]) -> dict[str, Any]:
    """Return the source that stands for all comparisons."""
    first = found[0].source
    if len(found) == 1:
        return first
    names = [name for each in found for name in str(each.source["uri"]).split(" + ")]
    return {
        **{key: value for key, value in first.items() if key != "schema_fingerprint"},
        "uri": _listed(list(dict.fromkeys(names))),
        "digest": sha256_of(canonical_json([each.source["digest"] for each in found])),
        "digest_of": "the digests of the first source with each of the others",
        "rows": sum(each.source["rows"] for each in found),
        "sql": list(dict.fromkeys(text for each in found for text in each.source["sql"])),
    }


def _listed(names: Sequence[str]) -> str:
    text = " + ".join(names)
    return text if len(text) <= MOST_LINE else f"{names[0]} + {len(names) - 1} others"


def _rule(asked: Details) -> str:
    parts = ["equal texts, or both missing"]
    if asked.absolute is not None:
        parts.append(f"numbers at most {asked.absolute:f} apart")
    if asked.relative is not None:
        parts.append(f"numbers at most {asked.relative:f} of the larger one apart")
    return "; or ".join(parts) + ("; numbers are rounded to 9 decimal places" if len(parts) > 1 else "")


def _scaled(tolerance: Decimal) -> int | None:
    """Return a tolerance times 10^9, None where that is no whole number."""
    with localcontext(WORKING):
        scaled = tolerance * SCALE
        return int(scaled) if scaled == scaled.to_integral_value() else None
