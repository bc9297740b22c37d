"""What Aequitas does with the rows of a table: crosstabs of every group of each column; and, where asked, disparities.

`--disparities` asks how far each group lies from the largest one, and whether by more than chance, which is the part of
its audit that answers what intervals answer elsewhere. It needs pandas below 3.
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path

import pandas as pd
from aequitas.bias import Bias
from aequitas.group import Group

NAMES = {
    "pprev": "selection_rate",
    "accuracy": "accuracy",
    "tpr": "true_positive_rate",
    "fpr": "false_positive_rate",
    "tnr": "true_negative_rate",
    "fnr": "false_negative_rate",
}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("data")
    parser.add_argument("--by", required=True)
    parser.add_argument("--disparities", action="store_true")
    parser.add_argument("--out", type=Path, required=True)
    asked = parser.parse_args()
    by = asked.by.split(",")
    rows = pd.read_parquet(asked.data, columns=[*by, "y_true", "y_pred"])
    rows = rows.rename(columns={"y_true": "label_value", "y_pred": "score"})
    crosstabs, _ = Group().get_crosstabs(rows, attr_cols=by)
    if asked.disparities:
        crosstabs = Bias().get_disparity_major_group(crosstabs, original_df=rows, check_significance=True)
    told = [
        [[row["attribute_value"]], ours, float(row[theirs])]
        for _, row in crosstabs[crosstabs["attribute_name"] == by[0]].iterrows()
        for theirs, ours in NAMES.items()
    ]
    asked.out.write_text(json.dumps(told), encoding="utf-8")


if __name__ == "__main__":
    main()
