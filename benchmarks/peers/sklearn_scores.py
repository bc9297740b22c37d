"""The usual code for a model with scores: scikit-learn's metrics of all rows, then of every group."""

from __future__ import annotations

import argparse
import json
from pathlib import Path

import pandas as pd
from sklearn import metrics


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("data")
    parser.add_argument("--by", required=True)
    parser.add_argument("--out", type=Path, required=True)
    asked = parser.parse_args()
    rows = pd.read_parquet(asked.data, columns=[asked.by, "y_true", "score"])
    told = {"all": told_of(rows)} | {str(group): told_of(some) for group, some in rows.groupby(asked.by)}
    asked.out.write_text(json.dumps(told), encoding="utf-8")


def told_of(rows: pd.DataFrame) -> dict[str, float]:
    truth, score = rows["y_true"], rows["score"]
    predicted = score >= 0.5
    return {
        "accuracy": metrics.accuracy_score(truth, predicted),
        "precision": metrics.precision_score(truth, predicted),
        "recall": metrics.recall_score(truth, predicted),
        "f1": metrics.f1_score(truth, predicted),
        "brier": metrics.brier_score_loss(truth, score),
        "log_loss": metrics.log_loss(truth, score),
        "roc_auc": metrics.roc_auc_score(truth, score),
        "average_precision": metrics.average_precision_score(truth, score),
    }


if __name__ == "__main__":
    main()
