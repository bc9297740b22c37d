"""Reads the JSON of other tools: it holds any text that a model may say, and NaN where a number is undefined.

What could mean two things is refused all the same: a key that stands twice, bytes that are no UTF-8, a file beyond all
measure.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from rampgate.errors import InvalidInput, Problem
from rampgate.measure.importers._base import ResultsFile

MAX_BYTES = 512 << 20
_LONGEST = 300


class _Refused(Exception):
    pass


def read_json(file: ResultsFile) -> Any:
    """Return what the file holds; numbers with a fraction are Decimal. Raises InvalidInput."""
    return json_of(file.data, file)


def json_of(data: bytes, file: ResultsFile, line: int = 0) -> Any:
    """Return what some bytes of the file hold; line: where they stand, for messages."""
    if len(data) > MAX_BYTES:
        raise file.problem(f"the file has {len(data):,} bytes; at most {MAX_BYTES:,} are read")
    try:
        return json.loads(
            data.decode("utf-8-sig"),
            object_pairs_hook=_pairs,
            parse_float=_decimal,
            parse_int=_whole,
            parse_constant=lambda _: Decimal("NaN"),
        )
    except UnicodeDecodeError as error:
        raise file.problem("holds bytes that are not UTF-8", fix="write it as UTF-8") from error
    except json.JSONDecodeError as error:
        words = f"not valid JSON: {error.msg[:1].lower()}{error.msg[1:]}"
        raise InvalidInput([Problem(str(file.path), words, line or error.lineno, error.colno)]) from error
    except RecursionError as error:
        raise file.problem("nested too deep") from error
    except _Refused as error:
        raise file.problem(str(error)) from error


def _pairs(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    value = dict(pairs)
    if len(value) != len(pairs):
        names = [name for name, _ in pairs]
        twice = next(name for name in names if names.count(name) > 1)
        raise _Refused(f"the key `{twice[:60]}` stands twice in one object")
    return value


def _decimal(text: str) -> Decimal:
    if len(text) > _LONGEST:
        raise _Refused("a number has too many digits")
    return Decimal(text)


def _whole(text: str) -> int:
    if len(text) > _LONGEST:
        raise _Refused("a number has too many digits")
    return int(text)


def mapping(value: Any, what: str, file: ResultsFile) -> Mapping[str, Any]:
    """Return an object; raises InvalidInput for anything else."""
    if not isinstance(value, dict):
        raise file.problem(f"expected {what}, an object", found=kind_of(value))
    return value


def items(value: Any, what: str, file: ResultsFile) -> list[Any]:
    """Return a list; raises InvalidInput for anything else."""
    if not isinstance(value, list):
        raise file.problem(f"expected {what}, a list", found=kind_of(value))
    return value


def count(value: Any, what: str, file: ResultsFile) -> int:
    """Return a whole number of at least 0; raises InvalidInput for anything else."""
    if isinstance(value, Decimal) and value.is_finite() and value == value.to_integral_value():
        value = int(value)
    if not isinstance(value, int) or isinstance(value, bool) or value < 0:
        raise file.problem(f"{what} is no whole number of at least 0", found=str(value)[:60])
    return value


def number(value: Any) -> Decimal | None:
    """Return a finite number, None for anything else: words, NaN, a list."""
    if isinstance(value, bool) or not isinstance(value, (int, Decimal)):
        return None
    found = Decimal(value)
    return found if found.is_finite() else None


def is_undefined(value: Any) -> bool:
    """Return whether a tool says that a number is undefined: NaN or nothing."""
    return value is None or (isinstance(value, Decimal) and value.is_nan())


def text(value: Any, otherwise: str = "unknown") -> str:
    """Return a short text on one line, or another where there is none."""
    return " ".join(str(value).split())[:200] if isinstance(value, (str, int)) and str(value).strip() else otherwise


def moment(value: Any) -> str | None:
    """Return a time as RFC 3339 in UTC: from seconds since 1970, or from ISO 8601 with an offset; None for others."""
    try:
        if isinstance(value, (int, Decimal)) and not isinstance(value, bool):
            return _written(datetime.fromtimestamp(float(value), UTC))
        if not isinstance(value, str):
            return None
        found = datetime.fromisoformat(value)
    except (ValueError, OverflowError, OSError):
        return None
    return None if found.tzinfo is None else _written(found.astimezone(UTC))


def _written(when: datetime) -> str:
    return when.replace(microsecond=0).strftime("%Y-%m-%dT%H:%M:%SZ")


def kind_of(value: Any) -> str:
    """Return in a word what a value is."""
    kinds = {dict: "an object", list: "a list", str: "text", bool: "true or false", type(None): "nothing"}
    return kinds.get(type(value), "a number")
