"""What a kind of measuring does not take is refused with what to do instead, and never left unread."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest

from measure_requests import measured
from rampgate.errors import UsageProblem

LABELS = {"y_true": "y", "y_pred": "p"}
GIVEN = {
    "calibration": {"y_true": "y", "y_score": "s"},
    "cost": {},
    "data_quality": {},
    "drift": {},
    "fairness": LABELS | {"by": ("sex",)},
    "impact": {},
    "load": {},
    "multiclass": LABELS,
    "performance": LABELS,
    "rate": {"outcome": "y"},
    "reconciliation": {},
    "regression": LABELS,
    "split_overlap": {},
}
"""Every kind -> what it needs of the request itself."""

OTHERS = {
    "calibration": ("y_pred", "threshold", "outcome", "weight", "pool", "preset", "unknown", "justification"),
    "cost": ("y_true", "y_score", "outcome", "weight", "positive", "pool", "min_cell", "truth", "preset"),
    "data_quality": ("y_true", "by", "outcome", "weight", "positive", "pool", "min_cell", "truth"),
    "drift": ("y_true", "by", "weight", "pool", "min_cell", "truth", "threshold"),
    "fairness": ("unknown", "justification"),
    "impact": ("y_true", "y_pred", "weight", "pool", "min_cell", "truth", "threshold"),
    "load": ("y_true", "outcome", "weight", "pool", "min_cell", "truth"),
    "multiclass": ("y_score", "threshold", "outcome", "weight", "positive", "pool", "preset"),
    "performance": ("preset", "unknown", "justification"),
    "rate": ("y_true", "y_pred", "y_score", "threshold", "preset", "justification"),
    "reconciliation": ("by", "weight", "pool", "min_cell", "truth"),
    "regression": ("y_score", "threshold", "outcome", "weight", "positive", "pool", "preset"),
    "split_overlap": ("by", "weight", "pool", "min_cell", "truth"),
}
VALUES = {
    "threshold": Decimal(0), "by": ("g",), "pool": (Path("b.csv"),), "min_cell": 5, "preset": "nyc-ll144",
    "unknown": "Unknown", "justification": "",
}  # fmt: skip
CASES = [(kind, name) for kind, names in OTHERS.items() for name in names]


@pytest.mark.parametrize(("kind", "name"), CASES)
def test_what_a_kind_does_not_take_is_refused_with_what_to_do(tmp_path, kind, name):
    """Nothing is read: the file does not exist. A threshold of 0 and an empty text are given all the same."""
    given = GIVEN[kind] | {name: VALUES.get(name, "column")}
    with pytest.raises(UsageProblem) as caught:
        measured(kind, tmp_path / "absent.csv", **given)
    words = str(caught.value)
    flag = "--exclude-small" if name == "justification" else f"--{name.replace('_', '-')}"
    assert words.startswith(f"`{flag}` has no meaning for {kind}")
    assert len(words.partition(": ")[2]) > 10


@pytest.mark.parametrize(
    ("kind", "lacks"), [("multiclass", "y_pred"), ("calibration", "y_score"), ("regression", "y_true")]
)
def test_what_a_kind_needs_is_said(tmp_path, kind, lacks):
    given = {name: column for name, column in GIVEN[kind].items() if name != lacks}
    with pytest.raises(UsageProblem, match=f"{kind} needs `--y-true COLUMN` and `--"):
        measured(kind, tmp_path / "absent.csv", **given)


@pytest.mark.parametrize("kind", ["multiclass", "calibration", "regression"])
def test_truth_and_what_was_said_are_two_columns(tmp_path, kind):
    given = dict.fromkeys(GIVEN[kind], "y")
    with pytest.raises(UsageProblem, match="are the same column `y`"):
        measured(kind, tmp_path / "absent.csv", **given)


def test_a_group_named_like_a_column_of_the_table_is_told_with_another_name(tmp_path):
    for kind, name in (("multiclass", "class"), ("calibration", "bin")):
        with pytest.raises(UsageProblem, match=f"can not be named `{name}` here; rename it, for instance to `{name}_"):
            measured(kind, tmp_path / "absent.csv", **GIVEN[kind], by=(name,))
