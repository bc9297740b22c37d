"""Measuring as one function: a DataFrame, a Fairlearn MetricFrame or a file in, evidence out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from os import PathLike, fspath
from pathlib import Path
from typing import Any, Literal, TypedDict, Unpack

from rampgate.app.evidence.importing import ImportRequest, Origin
from rampgate.app.measure_data import Measured, MeasureRequest, is_known_data, measure_data, measure_metric_frame
from rampgate.errors import UsageProblem

Kind = Literal["fairness", "performance", "rate", "regression", "multiclass", "calibration"]


class Asked(TypedDict, total=False):
    """What may be said of the data beside whose they are; what is left out is as `rampgate measure` has it.

    by: the group columns. threshold: an exact number, as text. window: first and last day. mapping: for a MetricFrame
    alone, its names -> our metrics.
    """

    y_true: str
    y_pred: str
    y_score: str
    threshold: Decimal | str
    outcome: str
    by: Sequence[str]
    weight: str
    positive: str
    population: Literal["offline", "shadow", "production"]
    stage: str
    dataset_name: str
    window: tuple[str, str]
    min_cell: int
    crosscheck: bool
    mapping: Mapping[str, str]


def measured(
    data: object,
    kind: Kind,
    *,
    model: str,
    version: str,
    artifact: str,
    produced_by: str,
    now: str | None = None,
    **asked: Unpack[Asked],
) -> Measured:
    """Return the evidence of one kind about data; nothing is written, and no row is kept.

    data: a pandas DataFrame, a path as `rampgate measure --data` takes it, or a Fairlearn MetricFrame, whose numbers
    are `claimed`, but for kind `rate`, which is counted from `selection_rate` and `count`. artifact: the digest in the
    card, `sha256:...`. produced_by: a person of the people file. now: RFC 3339, None for the clock's.
    Raises UsageProblem for columns or words that do not fit, InvalidInput for what the data hold, Unreachable for a
    file that can not be read.
    """
    shape = is_known_data(data)
    words: dict[str, Any] = dict(asked)
    unknown = set(words) - set(Asked.__annotations__)
    if unknown:
        raise UsageProblem(f"unknown word `{min(unknown)}`; known are {', '.join(Asked.__annotations__)}")
    mapping, window = words.pop("mapping", None), words.pop("window", None)
    if shape == "metric_frame":
        about = {name: words.pop(name) for name in ("population", "stage", "dataset_name") if name in words}
        if words:
            raise UsageProblem(f"a MetricFrame has its columns already; give `mapping`, and no `{min(words)}`")
        request = ImportRequest(
            "fairlearn", Path("MetricFrame"), model, version, kind=kind, mapping=mapping or {}, window=window, **about
        )
        return measure_metric_frame(kind, data, request, Origin(artifact, produced_by, about.get("stage")), now)
    if mapping:
        raise UsageProblem("`mapping` is for a MetricFrame; data have columns")
    if "threshold" in words:
        words["threshold"] = _exact(words["threshold"])
    by = words.pop("by", ())
    first, last = window or (None, None)
    place = Path(fspath(data)) if isinstance(data, (str, PathLike)) else Path("DataFrame")
    request_of_data = MeasureRequest(
        data=place, model=model, version=version, artifact=artifact, produced_by=produced_by,
        by=(by,) if isinstance(by, str) else tuple(by), window_from=first, window_to=last, **words,
    )  # fmt: skip
    return measure_data(kind, data, request_of_data, now)


def _exact(number: Decimal | str) -> Decimal:
    """Return a threshold. Raises UsageProblem for a float, whose digits are not those that were meant, or no number."""
    if not isinstance(number, (Decimal, str)):
        raise UsageProblem(f'give the threshold as text, such as `"0.5"`, found {number!r}')
    try:
        return Decimal(number)
    except ArithmeticError:
        raise UsageProblem(f"the threshold `{number}` is no number") from None
