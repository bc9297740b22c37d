"""Evidently's DataDriftPreset with its own choice of tests, of a current table against a reference."""

from __future__ import annotations

import argparse
import json
from pathlib import Path

import pandas as pd
from evidently import Report
from evidently.presets import DataDriftPreset


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("reference")
    parser.add_argument("current")
    parser.add_argument("--out", type=Path, required=True)
    asked = parser.parse_args()
    reference, current = pd.read_parquet(asked.reference), pd.read_parquet(asked.current)
    found = Report([DataDriftPreset()]).run(current, reference).dict()
    asked.out.write_text(json.dumps(found, default=str), encoding="utf-8")


if __name__ == "__main__":
    main()
