"""What a kind of measuring takes of a request: what it does not take is refused, and never left unread.

>>> request = MeasureRequest(model="m", version="1", artifact="", produced_by="", y_true="a", y_pred="b", weight="w")
>>> refuse_others("multiclass", request, takes=TRUTH_AND_PREDICTION)
Traceback (most recent call last):
    ...
rampgate.errors.UsageProblem: `--weight` has no meaning for multiclass: every row counts once; leave it away
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import fields
from types import MappingProxyType
from typing import Final

from rampgate.errors import UsageProblem
from rampgate.measure.request import MeasureRequest

INSTEAD: Final[Mapping[str, str]] = MappingProxyType(
    {
        "preset": "it is for `fairness`",
        "unknown": "it is for `fairness --preset`",
        "justification": "it is for `fairness --preset`",
        "truth": "give a table that has all columns",
        "y_true": "leave it away",
        "y_pred": "leave it away",
        "y_score": "leave it away",
        "threshold": "leave it away",
        "outcome": "leave it away",
        "positive": "leave it away",
        "weight": "every row counts once; leave it away",
        "by": "give the rows of each group as data of their own, and measure each",
        "min_cell": "it leaves no group out; measure coarser groups, or none",
        "pool": "it is measured on one data file or folder; put the files of all windows into a folder, and give that "
        "as `--data`",
    }
)
"""Field of a request that only some kinds take -> what to do where one does not; the first that is given is told."""

_SPOKEN: Final = {"justification": "exclude-small"}

TRUTH_AND_PREDICTION: Final = frozenset({"y_true", "y_pred", "by", "min_cell", "truth"})


def refuse_others(what: str, request: MeasureRequest, *, takes: Collection[str] = ()) -> None:
    """Raise UsageProblem for the first thing that a request gives and a measurement does not take.

    what: the kind, or the words for it. takes: names of fields of the request.
    """
    unset = {each.name: each.default for each in fields(MeasureRequest)}
    for name, instead in INSTEAD.items():
        if name not in takes and getattr(request, name) != unset[name]:
            spoken = _SPOKEN.get(name, name.replace("_", "-"))
            raise UsageProblem(f"`--{spoken}` has no meaning for {what}: {instead}")


def two_columns(what: str, request: MeasureRequest, other: str, *, more: str = "") -> tuple[str, str]:
    """Return the columns of the truth and of `other`, such as `y_pred`. more: what to say of the other one.

    Raises UsageProblem where one is not given, or both are the same.
    """
    truth, said = request.y_true, getattr(request, other)
    if truth is None or said is None:
        raise UsageProblem(f"{what} needs `--y-true COLUMN` and `--{other.replace('_', '-')} COLUMN`{more}")
    if truth == said:
        word = "score" if other == "y_score" else "prediction"
        raise UsageProblem(f"truth and {word} are the same column `{truth}`")
    return truth, str(said)


def refuse_name(request: MeasureRequest, reserved: str) -> None:
    """Raise UsageProblem for a group column that is named like a column of the table in the evidence."""
    if reserved in request.by:
        words = f"a group column can not be named `{reserved}` here; rename it, for instance to `{reserved}_group`"
        raise UsageProblem(words)
