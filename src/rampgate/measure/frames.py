"""Measures a pandas DataFrame: it is written as Parquet for a moment, so that it is counted as a file would be.

The digest of Parquet bytes differs from release to release of whatever writes them. So the evidence names the frame by
a digest of its content: names and kinds of the columns in their order, which values are missing, and the values.
"""

# ruff: noqa: S608 (names are quoted, and the name of the view is our own)

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final

from rampgate.errors import InvalidInput, Problem, UsageProblem
from rampgate.formats.digest import canonical_json
from rampgate.measure import Measurement, MeasureRequest, measure

NAME: Final = "DataFrame"
DIGEST_OF: Final = "a frame: columns by name and kind in order, what is missing, values; see `rampgate.measure.frames`"
_TYPES: Final[Mapping[str, str]] = {
    "text": "VARCHAR", "integer": "BIGINT", "number": "DOUBLE", "boolean": "BOOLEAN", "time": "TIMESTAMP"
}  # fmt: skip


def is_frame(data: object) -> bool:
    """Return whether this is a pandas DataFrame, without importing pandas."""
    kinds = {(each.__module__.partition(".")[0], each.__name__) for each in type(data).__mro__}
    return ("pandas", "DataFrame") in kinds


def measure_frame(kind: str, frame: Any, request: MeasureRequest, *, now: datetime) -> Measurement:
    """Return the evidence of one kind about a DataFrame; `request.data` is not looked at.

    A missing value of the frame (NaN, None, NA, NaT) is one that is missing. Raises as `rampgate.measure.measure` does,
    and InvalidInput for a column that holds values of several kinds.
    """
    if request.truth is not None or request.pool or request.engine is not None:
        raise UsageProblem("a frame is measured alone: join truth to it, or put windows together, before")
    columns = _columns(frame)
    digest = _digest(columns, len(frame))
    with TemporaryDirectory(prefix="rampgate-") as folder:
        path = Path(folder) / "frame.parquet"
        _write(columns, len(frame), path)
        try:
            found = measure(kind, replace(request, data=path, table=None), now=now)
        except InvalidInput as error:
            raise InvalidInput([_renamed(each, path) for each in error.problems]) from None
    evidence = dict(found.evidence)
    evidence["subject"] = evidence["subject"] | {"dataset": digest}
    named = {"uri": NAME, "digest": digest, "rows": evidence["source"]["rows"], "digest_of": DIGEST_OF}
    evidence["source"] = named | {key: value for key, value in evidence["source"].items() if key not in named}
    return replace(found, evidence=evidence)


def _columns(frame: Any) -> dict[str, tuple[str, Any, Any]]:
    """Return name -> (kind, values, missing) with plain numpy arrays; raises InvalidInput with every wrong column."""
    found: dict[str, tuple[str, Any, Any]] = {}
    problems = []
    for place, name in enumerate(frame.columns):
        series = frame.iloc[:, place]
        if not isinstance(name, str) or name.casefold() in {each.casefold() for each in found}:
            words = f"column {place + 1} is named `{str(name)[:60]}`"
            problems.append(Problem(NAME, words, expected="a text that no other column is named"))
            continue
        kind = _kind(series)
        if kind is None:
            fix = f"make it one kind, or leave it out: `frame.drop(columns=[{name!r}])`"
            words = f"column `{name}` holds values of several kinds, or of none that can be measured"
            problems.append(Problem(NAME, words, found=str(series.dtype), fix=fix))
            continue
        missing = series.isna().to_numpy(dtype=bool)
        found[name] = (kind, _plain(series, kind, missing), missing)
    if not found and not problems:
        problems.append(Problem(NAME, "has no columns"))
    if problems:
        raise InvalidInput(problems)
    return found


def _kind(series: Any) -> str | None:
    from pandas.api import types  # noqa: PLC0415 (heavy; whoever has a frame has it already)

    dtype = series.dtype
    if isinstance(dtype, types.CategoricalDtype):
        return _kind(dtype.categories.to_series())
    tests = (
        ("boolean", types.is_bool_dtype), ("integer", types.is_integer_dtype), ("number", types.is_float_dtype),
        ("time", types.is_datetime64_any_dtype),
    )  # fmt: skip
    for kind, test in tests:
        if test(dtype):
            return kind
    if not (types.is_string_dtype(dtype) or types.is_object_dtype(dtype)):
        return None
    inferred = types.infer_dtype(series, skipna=True)
    return {"string": "text", "empty": "text", "boolean": "boolean", "integer": "integer"}.get(inferred)


def _plain(series: Any, kind: str, missing: Any) -> Any:
    """Return the values as a numpy array of one type, something of that type where a value is missing."""
    import numpy as np  # noqa: PLC0415 (heavy; whoever has a frame has it already)
    import pandas as pd  # noqa: PLC0415 (as numpy)

    if kind == "text":
        values = series.astype(object).to_numpy(dtype=object, copy=True)
        values[missing] = None
        return values
    if kind == "time":
        moments = pd.to_datetime(series, utc=series.dt.tz is not None) if hasattr(series, "dt") else series
        if getattr(moments.dt, "tz", None) is not None:
            moments = moments.dt.tz_localize(None)
        return moments.to_numpy(dtype="datetime64[us]")
    types = {"integer": np.int64, "number": np.float64, "boolean": np.bool_}
    filler: Any = False if kind == "boolean" else 0
    with suppress(OverflowError):
        return series.astype(object).where(~missing, filler).to_numpy(dtype=types[kind])
    raise InvalidInput([Problem(NAME, f"column `{series.name}` holds integers beyond 64 bits")])


def _digest(columns: Mapping[str, tuple[str, Any, Any]], rows: int) -> str:
    """Return the digest of a frame: the same for equal content, whatever the frame was made from."""
    import numpy as np  # noqa: PLC0415 (heavy; whoever has a frame has it already)
    import pandas as pd  # noqa: PLC0415 (as numpy)

    found = hashlib.sha256(canonical_json([rows, [[name, kind] for name, (kind, _, _) in columns.items()]]))
    for kind, values, missing in columns.values():
        found.update(np.packbits(missing).tobytes())
        if kind == "text":
            codes, words = pd.factorize(values, sort=True)
            found.update(canonical_json([str(word) for word in words]))
            found.update(codes.astype("<i8").tobytes())
            continue
        plain = values.copy()
        plain[missing] = np.zeros(1, dtype=values.dtype)[0]
        if kind == "number":
            plain = plain + 0.0  # one zero, not two
        forms = {"integer": "<i8", "number": "<f8", "boolean": "u1"}
        found.update((plain.view("i8") if kind == "time" else plain).astype(forms.get(kind, "<i8")).tobytes())
    return f"sha256:{found.hexdigest()}"


def _write(columns: Mapping[str, tuple[str, Any, Any]], rows: int, path: Path) -> None:
    """Write the columns as Parquet, each of its own type."""
    try:
        import duckdb  # noqa: PLC0415 (heavy; needed by measuring alone)
    except ImportError as error:
        raise UsageProblem("measuring needs DuckDB; install `rampgate[measure]`") from error
    import pandas as pd  # noqa: PLC0415 (heavy; whoever has a frame has it already)

    plain = {}
    for place, (_, values, missing) in enumerate(columns.values()):
        plain[f"c{place}"] = values
        plain[f"m{place}"] = missing
    selected = ", ".join(
        f"CASE WHEN m{place} THEN NULL ELSE CAST(c{place} AS {_TYPES[kind]}) END AS {_quoted(name)}"
        for place, (name, (kind, _, _)) in enumerate(columns.items())
    )
    with duckdb.connect(":memory:") as connection:
        # Texts are texts: without a sample nothing is guessed from the first of them.
        connection.execute("SET GLOBAL pandas_analyze_sample=0")
        connection.register("frame", pd.DataFrame(plain, index=range(rows), copy=False))
        connection.execute(f"COPY (SELECT {selected} FROM frame) TO ? (FORMAT parquet)", [str(path)])


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def _renamed(problem: Problem, path: Path) -> Problem:
    return replace(problem, path=NAME) if problem.path == str(path) else problem
