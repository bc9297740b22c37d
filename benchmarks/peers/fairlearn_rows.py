"""The usual code: read the rows, give them to Fairlearn's MetricFrame, write six rates of every group as JSON.

`--mended` takes out the line that costs most of it, with the same result. `--table` reads PostgreSQL instead of a file.
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from types import SimpleNamespace

import fairlearn.metrics as fair
import numpy as np
import pandas as pd
from fairlearn.metrics import _annotated_metric_function as hot
from sklearn.metrics import accuracy_score

METRICS = {
    "selection_rate": fair.selection_rate,
    "accuracy": accuracy_score,
    "true_positive_rate": fair.true_positive_rate,
    "false_positive_rate": fair.false_positive_rate,
    "true_negative_rate": fair.true_negative_rate,
    "false_negative_rate": fair.false_negative_rate,
}


def mend() -> None:
    """Stack nothing that is flat already: it is copied value by value, and comes out as it was."""

    def stack(values: np.ndarray) -> np.ndarray:
        return values if values.dtype != object else np.stack(values)

    hot.np = SimpleNamespace(stack=stack, ndarray=np.ndarray)


def pulled(address: str, table: str, columns: list[str]) -> pd.DataFrame:
    import psycopg

    with psycopg.connect(address) as connection:
        rows = connection.execute(f"SELECT {', '.join(columns)} FROM {table}").fetchall()
    return pd.DataFrame(rows, columns=columns)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("data", help="a Parquet file, or the address of a server")
    parser.add_argument("--by", required=True)
    parser.add_argument("--table")
    parser.add_argument("--mended", action="store_true")
    parser.add_argument("--out", type=Path, required=True)
    asked = parser.parse_args()
    if asked.mended:
        mend()
    by = asked.by.split(",")
    columns = [*by, "y_true", "y_pred"]
    rows = pulled(asked.data, asked.table, columns) if asked.table else pd.read_parquet(asked.data, columns=columns)
    frame = fair.MetricFrame(metrics=METRICS, y_true=rows["y_true"], y_pred=rows["y_pred"], sensitive_features=rows[by])
    told = [
        [list(group) if isinstance(group, tuple) else [group], name, float(value)]
        for name, of_groups in frame.by_group.items()
        for group, value in of_groups.items()
    ]
    asked.out.write_text(json.dumps(told), encoding="utf-8")


if __name__ == "__main__":
    main()
