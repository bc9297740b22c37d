"""Pooling windows of the same artifact: the counts of one file with all rows, without making that file."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from rampgate.errors import InvalidInput, UsageProblem
from rampgate.measure import MeasureRequest, measure

NOW = datetime(2026, 11, 20, tzinfo=UTC)
HEADER = "sex,y_true,y_pred\n"
OCTOBER = HEADER + "female,1,1\n" * 3 + "male,1,0\n" * 2
NOVEMBER = HEADER + "female,0,1\n" * 4 + "male,1,1\n" * 5


def request(data: Path, **more: object) -> MeasureRequest:
    return MeasureRequest(
        data=data, model="m", version="1", artifact="sha256:" + "a" * 64, produced_by="bob", y_true="y_true",
        y_pred="y_pred", **more,
    )  # fmt: skip


def write(folder: Path, **files: str) -> list[Path]:
    for name, text in files.items():
        (folder / f"{name}.csv").write_text(text)
    return [folder / f"{name}.csv" for name in files]


def test_pooled_counts_are_those_of_one_file_with_all_rows(tmp_path: Path) -> None:
    october, november, both = write(
        tmp_path, october=OCTOBER, november=NOVEMBER, both=OCTOBER + NOVEMBER.removeprefix(HEADER)
    )
    pooled = measure("fairness", request(october, by=("sex",), pool=(november,)), now=NOW).evidence
    whole = measure("fairness", request(both, by=("sex",)), now=NOW).evidence
    assert pooled["counts"] == whole["counts"]
    assert pooled["measures"] == whole["measures"]
    assert pooled["source"]["rows"] == 14
    assert pooled["source"]["uri"] == "october.csv, november.csv"


def test_the_digest_of_pooled_data_names_all_files_in_any_order(tmp_path: Path) -> None:
    october, november = write(tmp_path, october=OCTOBER, november=NOVEMBER)
    one = measure("performance", request(october, pool=(november,)), now=NOW).evidence["subject"]["dataset"]
    other = measure("performance", request(november, pool=(october,)), now=NOW).evidence["subject"]["dataset"]
    alone = measure("performance", request(october), now=NOW).evidence["subject"]["dataset"]
    assert one == other != alone


def test_the_same_rows_are_not_counted_twice(tmp_path: Path) -> None:
    october, again = write(tmp_path, october=OCTOBER, again=OCTOBER)
    with pytest.raises(InvalidInput, match=r"again.csv: these are the same bytes as another file to pool"):
        measure("performance", request(october, pool=(again,)), now=NOW)


def test_a_regression_is_not_pooled(tmp_path: Path) -> None:
    october, november = write(tmp_path, october=OCTOBER, november=NOVEMBER)
    with pytest.raises(UsageProblem, match="one data file"):
        measure("regression", request(october, pool=(november,)), now=NOW)
