"""Distances as others compute them: SciPy in this process, Evidently in an environment of its own, on its own bins.

Evidently needs pandas below 3, so it is never installed beside rampgate. `RAMPGATE_EVIDENTLY` names a Python that has
it; without one, an environment is made once in the temporary folder, and where that fails the test says why and skips.
"""

from __future__ import annotations

import fcntl
import json
import math
import os
import random
import subprocess
import sys
import tempfile
from decimal import Decimal
from pathlib import Path

import duckdb
import numpy as np
import pytest
from scipy import stats
from scipy.spatial import distance

from measure_requests import NOW, measured
from rampgate.measure.details import Details
from rampgate.measure.profile import ProfileRequest, make_profile
from rampgate.model.profile import Profile
from rampgate.stats.counts import SCALE
from rampgate.stats.drift import chi_square, cramers_v, jensen_shannon, psi
from rampgate.stats.impact import Sums, student_quantile, welch
from shared_data import shared

pytestmark = pytest.mark.peer

SIDE = Path(__file__).with_name("evidently_side.py")
WANTED = ("evidently==0.7.23", "pandas<3", "scipy==1.17.1")
PATIENCE_SECONDS = 900

CHANCE = random.Random(20)
HISTOGRAMS = [
    ([CHANCE.randrange(1, 5000) for _ in range(k)], [CHANCE.randrange(1, 5000) for _ in range(k)])
    for k in (2, 3, 10, 10, 50, 300)
]


@pytest.mark.parametrize(("reference", "window"), HISTOGRAMS)
def test_distances_of_histograms_are_those_of_scipy(reference, window):
    p, q = np.array(reference) / sum(reference), np.array(window) / sum(window)
    both = stats.entropy(p, q) + stats.entropy(q, p)  # Jeffreys' divergence is what PSI is
    assert float(psi(reference, window)) == pytest.approx(float(both), abs=1e-12)
    js = distance.jensenshannon(p, q, base=2)
    assert float(jensen_shannon(reference, window)) == pytest.approx(float(js), abs=1e-12)
    found = stats.chi2_contingency([reference, window], correction=False)
    statistic, freedom = chi_square(reference, window)
    assert float(statistic) == pytest.approx(float(found.statistic), rel=1e-12)
    assert freedom == found.dof
    size = stats.contingency.association([reference, window], method="cramer")
    assert float(cramers_v(reference, window)) == pytest.approx(float(size), abs=1e-12)


@pytest.mark.parametrize("freedom", [2, 4, 10, 48, 200, 1000])
@pytest.mark.parametrize("level", ["0.8", "0.95", "0.999"])
def test_quantiles_of_student_are_those_of_scipy(freedom, level):
    ours = student_quantile(Decimal(level), freedom)
    assert float(ours) == pytest.approx(stats.t.ppf((1 + float(level)) / 2, freedom), rel=1e-9)


def test_the_interval_of_welch_is_that_of_scipy_or_a_little_wider():
    chance = np.random.default_rng(3)
    for n, m in ((12, 40), (300, 80), (5000, 7000)):
        one, other = chance.normal(3, 1, n), chance.normal(2, 4, m)
        theirs = stats.ttest_ind(one, other, equal_var=False).confidence_interval(0.95)
        ours = welch(sums(one), sums(other))
        assert float(ours.low) <= theirs.low + 1e-6
        assert float(ours.high) >= theirs.high - 1e-6
        assert float(ours.high - ours.low) <= (theirs.high - theirs.low) * 1.06


def sums(rows) -> Sums:
    scaled = [round(float(each) * SCALE) for each in rows]
    return Sums(len(rows), sum(scaled), sum(each * each // SCALE for each in scaled))


@pytest.fixture(scope="module")
def employment(tmp_path_factory):
    """Employment in Massachusetts: 2015 as reference, 2018 as window."""
    folder = tmp_path_factory.mktemp("employment")
    later = shared("drift/employment_MA_analysis.pq")
    duckdb.sql(f"SELECT * FROM read_parquet('{later}') WHERE year = 2018").write_parquet(str(folder / "2018.parquet"))
    return shared("drift/employment_MA_reference.pq"), folder / "2018.parquet"


def values_of(path: Path, column: str) -> list:
    return [row[0] for row in duckdb.sql(f"SELECT \"{column}\" FROM read_parquet('{path}')").fetchall()]


@pytest.mark.parametrize("column", ["AGEP", "predicted_probability"])
def test_ks_of_single_rows_lies_between_our_bounds(employment, column):
    reference, window = employment
    made = make_profile(ProfileRequest(data=reference, columns=(column,)), NOW)
    found = measured("drift", window, details=Details(profile=Profile.model_validate(made.profile)))
    interval = next(each["interval"] for each in found.evidence["measures"] if each["metric"] == "ks")
    exact = stats.ks_2samp(values_of(reference, column), values_of(window, column)).statistic
    assert float(interval["low"]) - 1e-12 <= exact <= float(interval["high"]) + 1e-12
    assert float(interval["high"]) - float(interval["low"]) < 0.03


@pytest.fixture(scope="module")
def evidently() -> str:
    """A Python that has Evidently."""
    given = os.environ.get("RAMPGATE_EVIDENTLY")
    if given:
        return given
    home = Path(tempfile.gettempdir()) / "rampgate-evidently-0.7.23"
    python = home / "bin" / "python"
    try:
        with home.with_suffix(".lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)  # tests may run in several processes
            if not (home / "complete").exists():
                run([sys.executable, "-m", "venv", "--clear", str(home)])
                run([str(python), "-m", "pip", "install", "--quiet", "--disable-pip-version-check", *WANTED])
                run([str(python), "-c", "import evidently"])
                (home / "complete").touch()
    except (OSError, subprocess.SubprocessError) as error:
        why = (getattr(error, "stderr", None) or str(error)).strip().splitlines()[-1]
        pytest.skip(f"Evidently can not be installed into an environment of its own: {why}")
    return str(python)


def run(words: list[str]) -> None:
    # Tests find the door to the network closed; what is installed here comes through it.
    environ = {name: value for name, value in os.environ.items() if not name.endswith("_proxy")}
    subprocess.run(words, capture_output=True, text=True, check=True, timeout=PATIENCE_SECONDS, env=environ)


def told_by(python: str, columns) -> dict:
    # It sends usage data unless it is told not to.
    environ = os.environ | {"DO_NOT_TRACK": "1", "ITERATIVE_DO_NOT_TRACK": "1"}
    done = subprocess.run(
        [python, "-W", "ignore", str(SIDE)], input=json.dumps(columns), capture_output=True, text=True,
        check=True, timeout=PATIENCE_SECONDS, env=environ,
    )  # fmt: skip
    return json.loads(done.stdout)


def agree(found: dict, least: int) -> None:
    """Where no bin is empty, PSI and JS on its counts are what Evidently says; it counts JS in base e."""
    compared = 0
    for told in found.values():
        reference, current = told["reference"], told["current"]
        ours = jensen_shannon(reference, current) * Decimal(2).ln().sqrt()
        assert float(ours) == pytest.approx(float(told["js"]), abs=1e-9)
        if all(reference) and all(current):
            assert float(psi(reference, current)) == pytest.approx(float(told["psi"]), abs=1e-14)
            compared += 1
    assert compared >= least


@pytest.mark.timeout(2 * PATIENCE_SECONDS)
def test_psi_and_js_are_those_of_evidently_on_its_bins(evidently):
    chance = random.Random(8)
    columns = {
        f"beta {a} {b}": {
            "kind": "number",
            "reference": [chance.betavariate(a, b) for _ in range(20_000)],
            "current": [chance.betavariate(a * 1.1, b) for _ in range(20_000)],
        }
        for a, b in ((1, 1), (1, 1.2), (0.8, 0.9), (0.7, 1.1))
    }
    columns["codes"] = {
        "kind": "category",
        "reference": chance.choices("abcdef", [6, 5, 4, 3, 2, 1], k=20_000),
        "current": chance.choices("abcdef", [5, 5, 5, 3, 2, 2], k=20_000),
    }
    agree(told_by(evidently, columns), least=5)


@pytest.mark.timeout(2 * PATIENCE_SECONDS)
def test_real_columns_are_told_alike_by_evidently(evidently, employment):
    reference, window = employment
    columns = {
        name: {"kind": kind, "reference": values_of(reference, name), "current": values_of(window, name)}
        for name, kind in (
            ("AGEP", "number"), ("predicted_probability", "number"), ("SCHL", "category"), ("RELP", "category"),
            ("ANC", "category"), ("MIL", "category"), ("RAC1P", "category"),
        )
    }  # fmt: skip
    agree(told_by(evidently, columns), least=6)


@pytest.mark.timeout(2 * PATIENCE_SECONDS)
def test_one_outlier_moves_the_psi_of_evidently_and_not_ours(evidently, tmp_path):
    """Its bins span reference and window together, so one row of ten thousand can hide a shift."""
    chance = random.Random(1)
    reference = [chance.gauss(0, 1) for _ in range(10_000)]
    window = [chance.gauss(0.5, 1) for _ in range(10_000)]
    spoilt = [*window[:-1], 1e6]
    samples = {name: {"kind": "number", "reference": reference, "current": rows}
               for name, rows in (("as it is", window), ("with an outlier", spoilt))}  # fmt: skip
    theirs = {name: float(told["psi"]) for name, told in told_by(evidently, samples).items()}
    assert theirs["with an outlier"] < theirs["as it is"] / 2
    for name, rows in (("reference", reference), ("window", window), ("spoilt", spoilt)):
        (tmp_path / f"{name}.csv").write_text("x\n" + "\n".join(map(repr, rows)), encoding="utf-8")
    profile = Profile.model_validate(make_profile(ProfileRequest(data=tmp_path / "reference.csv"), NOW).profile)
    ours = [
        next(
            each["value"]
            for each in measured("drift", tmp_path / name, details=Details(profile=profile)).evidence["measures"]
        )
        for name in ("window.csv", "spoilt.csv")
    ]
    assert math.isclose(float(ours[0]), float(ours[1]), rel_tol=0.01)
