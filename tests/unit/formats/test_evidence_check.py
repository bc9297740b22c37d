"""What evidence says of itself is held against the counts or sums that it rests on."""

from __future__ import annotations

import csv
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from rampgate.formats.evidence_check import recompute
from rampgate.measure.fairness import measure_fairness
from rampgate.measure.request import MeasureRequest
from rampgate.model.evidence import Evidence
from worlds.facts_world import an_evidence, digest

COUNTS = {"columns": ["sex", "y_true", "y_pred", "n"], "rows": [["f", 1, 1, 30], ["f", 0, 0, 60], ["m", 1, 0, 10]]}
SCALE = 10**9
SUMS = {
    "n": 4,
    "sum_err": 4 * SCALE,
    "sum_abs_err": 8 * SCALE,
    "sum_sq_err": 16 * SCALE,
    "sum_y": 0,
    "sum_y2": 64 * SCALE,
}


def of(kind: str, **fields: Any) -> Evidence:
    """Evidence of a kind with these fields."""
    return Evidence.model_validate(an_evidence(kind, **fields))


def measure(**fields: Any) -> dict[str, Any]:
    """A true measure of the counts above, everybody's accuracy: 90 of 100."""
    return {"metric": "accuracy", "n": 100, "k": 90, "value": "0.9000", **fields}


def problems(*measures: dict[str, Any], **fields: Any) -> list[str]:
    """What is wrong with fairness evidence on the counts above."""
    return recompute(of("fairness", **{"counts": COUNTS, "measures": measures, **fields}))


def test_true_measures_are_no_problem() -> None:
    """Wilson at 95% for 90 of 100 is 0.8256 to 0.9448; accuracy of f is 1, its false positive rate 0/60."""
    assert (
        problems(
            measure(interval={"level": "0.95", "low": "0.8256", "high": "0.9448", "method": "wilson"}),
            measure(group={"sex": "f"}, n=90, k=90, value="1"),
            {"metric": "false_positive_rate", "group": {"sex": "f"}, "n": 60, "k": 0, "value": "0"},
            {"metric": "false_positive_rate", "group": {"sex": "m"}, "n": 0, "value": None},
            {"metric": "recall", "n": 40, "value": "0.75"},
        )
        == []
    )


@pytest.mark.parametrize(
    ("given", "words"),
    {
        "another value": (measure(value="0.9001"), "recorded as 0.9001, but the counts give 0.9"),
        "a value rounded too far": ({"metric": "precision", "n": 30, "value": "0.9"}, "recorded as 0.9"),
        "a value cut to one place": (measure(group={"sex": "f"}, n=90, k=90, value="0.9"), "but the counts give 1"),
        "another n": (measure(n=101), "n is recorded as 101, but the counts give 100"),
        "another k": (measure(k=91), "k is recorded as 91, but the counts give 90"),
        "undefined written as 0": (
            {"metric": "false_positive_rate", "group": {"sex": "m"}, "n": 0, "value": "0"},
            "it is undefined",
        ),
        "defined written as undefined": (measure(value=None), "recorded as undefined"),
        "an unknown metric": (measure(metric="acuracy"), "did you mean `accuracy`?"),
        "a metric of another table": (measure(metric="rate"), "needs `outcome`"),
        "an unknown column": (measure(group={"race": "x"}), "no group column `race`"),
        "an unknown group": (measure(group={"sex": "x"}), "no such group"),
        "a narrower interval": (
            measure(interval={"level": "0.95", "low": "0.8900", "high": "0.9100", "method": "wilson"}),
            "the low limit is recorded as 0.8900",
        ),
        "another method": (
            measure(interval={"level": "0.95", "low": "0.8256", "high": "0.9448", "method": "bootstrap"}),
            "can not be recomputed",
        ),
        "a level that is none": (
            measure(interval={"level": "1.5", "low": "0.8256", "high": "0.9448", "method": "wilson"}),
            "can not be recomputed",
        ),
    }.values(),
)
def test_a_measure_that_the_counts_do_not_give_is_a_problem(given: dict[str, Any], words: str) -> None:
    found = problems(given)
    assert any(words in problem for problem in found), found


def test_a_measure_recorded_twice_is_a_problem() -> None:
    assert any("recorded once" in problem for problem in problems(measure(), measure()))


@pytest.mark.parametrize(
    ("counts", "words"),
    [
        ({"columns": ["sex", "y_true", "n"], "rows": []}, "columns must end with"),
        ({"columns": ["y_true", "y_pred", "n"], "rows": [[1, 1, -1]]}, "at least 0"),
        ({"columns": ["y_true", "y_pred", "n"], "rows": [[1, 1, 1], [1, 1, 1]]}, "listed twice"),
        ({"columns": ["y_true", "y_pred", "n"], "rows": [[1, 2, 1]]}, "labels must be 0 or 1"),
        ({"columns": ["y_true", "y_pred", "n"], "rows": [[1, 1]]}, "expected 3 values"),
        ({"columns": ["n", "y_true", "y_pred", "n"], "rows": []}, "named twice"),
    ],
)
def test_a_malformed_table_is_a_problem(counts: dict[str, Any], words: str) -> None:
    [problem] = problems(counts=counts)
    assert problem.startswith("counts: ")
    assert words in problem


def test_a_group_is_counted_or_suppressed_and_not_both() -> None:
    assert problems(suppressed=[{"sex": "x"}], minimum_cell=10) == []
    assert any("is counted too" in each for each in problems(suppressed=[{"sex": "f"}], minimum_cell=10))
    assert any("listed twice" in each for each in problems(suppressed=[{"sex": "x"}] * 2, minimum_cell=10))
    assert any("expected a value for each" in each for each in problems(suppressed=[{"race": "x"}], minimum_cell=10))
    assert any("`minimum_cell` is 0" in each for each in problems(suppressed=[{"sex": "x"}]))
    assert any("fewer than `minimum_cell` 11" in each for each in problems(minimum_cell=11))


def test_rows_of_the_source_must_be_accounted_for() -> None:
    """100 rows are counted; one suppressed group under a minimum of 10 hides at most 9."""

    def source(rows: int) -> dict[str, Any]:
        return {"uri": "holdout.csv", "digest": digest("data"), "rows": rows}

    hidden = {"suppressed": [{"sex": "x"}], "minimum_cell": 10}
    assert problems(source=source(100)) == []
    assert problems(source=source(109), **hidden) == []
    assert any("neither counted nor" in each for each in problems(source=source(101)))
    assert any("neither counted nor" in each for each in problems(source=source(110), **hidden))
    assert any("the source has 99" in each for each in problems(source=source(99)))


def test_evidence_of_a_kind_that_rests_on_a_table_has_it() -> None:
    assert recompute(of("performance", results={"accuracy": "0.99"})) == [
        "evidence of kind `performance` needs `counts`"
    ]
    assert recompute(of("regression", results={"mae": "1"})) == ["evidence of kind `regression` needs `sums`"]
    assert recompute(of("drill", results={"result": "done"})) == []


def test_errors_are_recomputed_from_sums() -> None:
    """4 rows: mean absolute error 8/4, mean error 4/4, root of 16/4, and 1 - 16/64."""
    entries = {"mae": "2", "bias": "1", "rmse": "2", "r2": "0.75"}
    true = [{"metric": name, "n": 4, "value": value} for name, value in entries.items()]
    assert recompute(of("regression", sums=SUMS, measures=true)) == []
    [wrong] = recompute(of("regression", sums=SUMS, measures=[{**true[0], "value": "1.9999"}]))
    assert "recorded as 1.9999" in wrong
    [more] = recompute(of("regression", sums=SUMS, measures=[{**true[0], "n": 5}]))
    assert "n is recorded as 5" in more
    [broken] = recompute(of("regression", sums={**SUMS, "n": "4"}))
    assert broken.startswith("sums: `n` must be an integer")
    hidden = recompute(of("regression", sums=SUMS, suppressed=[{"sex": "x"}], minimum_cell=5))
    assert any("expected a value for each of no group columns" in each for each in hidden)
    [extra] = recompute(of("regression", sums={**SUMS, "sum_errors": 1}))
    assert "unknown sum `sum_errors`" in extra


def test_what_rampgate_measures_itself_is_true_by_its_own_counts(tmp_path: Path) -> None:
    """A round trip through a file: every recorded digit comes out of the recorded counts again."""
    cells = Counter(
        {("f", 1, 1): 41, ("f", 0, 1): 7, ("f", 0, 0): 23, ("m", 1, 1): 30, ("m", 1, 0): 13, ("x", 1, 1): 3}
    )
    data = tmp_path / "holdout.csv"
    with data.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["sex", "y_true", "y_pred"])
        writer.writerows(row for row, times in cells.items() for _ in range(times))
    request = MeasureRequest(
        data=data,
        model="credit-risk",
        version="2.0.0",
        artifact=digest("artifact 2.0.0"),
        produced_by="bob",
        y_true="y_true",
        y_pred="y_pred",
        by=("sex",),
        min_cell=5,
        crosscheck=False,
    )
    found = measure_fairness(request, datetime(2026, 11, 10, tzinfo=UTC))
    evidence = Evidence.model_validate(found.evidence)
    assert len(evidence.suppressed) == 1
    assert recompute(evidence) == []
