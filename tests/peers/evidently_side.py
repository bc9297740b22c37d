"""Run by a Python of its own that has Evidently: what it says of two samples, and the bins that it put them in.

Reads `{column: {kind, reference, current}}` as JSON, writes `{column: {psi, js, reference, current}}` with the counts.
"""

from __future__ import annotations

import json
import sys

import pandas as pd
from evidently.legacy.calculations.stattests.jensenshannon import jensenshannon_stat_test
from evidently.legacy.calculations.stattests.psi import psi_stat_test
from evidently.legacy.calculations.stattests.registry import get_stattest
from evidently.legacy.calculations.stattests.utils import get_binned_data
from evidently.legacy.core import ColumnType


def main() -> None:
    told = {}
    for name, column in json.load(sys.stdin).items():
        kind = ColumnType.Numerical if column["kind"] == "number" else ColumnType.Categorical
        reference, current = pd.Series(column["reference"]), pd.Series(column["current"])
        shares = get_binned_data(reference, current, kind, 30, False)
        counts = [
            [round(share * len(rows)) for share in side]
            for side, rows in zip(shares, (reference, current), strict=True)
        ]
        psi, js = (
            float(get_stattest(reference, current, kind, test)(reference, current, kind, 0.1).drift_score)
            for test in (psi_stat_test, jensenshannon_stat_test)
        )
        told[name] = {"psi": repr(psi), "js": repr(js), "reference": counts[0], "current": counts[1]}
    json.dump(told, sys.stdout)


main()
