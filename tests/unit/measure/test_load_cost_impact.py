"""Load, cost and impact of small logs, worked by hand; and what is refused."""

from __future__ import annotations

import random
from decimal import Decimal
from fractions import Fraction

import pytest

from measure_requests import measured, value
from rampgate.errors import InvalidInput, UsageProblem
from rampgate.formats.evidence_check import recompute
from rampgate.measure.details import Details
from rampgate.model.evidence import Evidence
from rampgate.stats.quantiles import rank_of


def written(tmp_path, text, name="log.csv"):
    path = tmp_path / name
    path.write_text(text, encoding="utf-8")
    return path


def load(path, *, by=(), positive=None, **details):
    return measured("load", path, by=by, positive=positive, details=Details(**({"latency": "ms"} | details)))


def holds(measurement):
    """Evidence is what its own tables tell."""
    return recompute(Evidence.model_validate(measurement.evidence)) == []


def interval(measurement, metric, **group):
    found = [each for each in measurement.evidence["measures"] if (each["metric"], each["group"]) == (metric, group)]
    return Decimal(found[0]["interval"]["low"]), Decimal(found[0]["interval"]["high"])


def test_a_percentile_lies_between_its_edges_for_certain(tmp_path):
    chance = random.Random(7)
    rows = [round(chance.lognormvariate(5, 1), 3) for _ in range(3000)]
    found = load(written(tmp_path, "ms\n" + "\n".join(map(str, rows))))
    for metric, share in (("p50", "0.5"), ("p95", "0.95"), ("p99", "0.99")):
        exact = Decimal(str(sorted(rows)[rank_of(Fraction(share), 3000) - 1]))
        low, high = interval(found, metric)
        assert low <= exact < high <= low * Decimal("1.06")
        assert value(found, metric) == high
    assert holds(found)


def test_an_edge_at_the_limit_settles_it(tmp_path):
    """95 of 100 requests take 249.9 and the rest 251: whether p95 is below 250 is known, not guessed."""
    path = written(tmp_path, "ms\n" + "249.9\n" * 95 + "251\n" * 5)
    assert interval(load(path, edges=(Decimal(250),)), "p95")[1] == 250
    assert interval(load(path, edges=(Decimal(250),)), "p99")[0] == 250


def test_requests_without_a_latency_are_slower_than_all_others(tmp_path):
    found = load(written(tmp_path, "ms,id\n" + "10,a\n" * 90 + ",b\n" * 10))
    assert value(found, "p50") > 10
    assert value(found, "p95") is None
    assert value(found, "no_latency_rate") == Decimal("0.1")
    assert "10 requests have no latency" in found.warnings[0]
    assert holds(found)


def test_errors_and_throughput_of_each_endpoint(tmp_path):
    lines = ["at,ms,failed,endpoint"]
    lines += [f"2026-11-01T00:00:{second:02d}Z,5,{int(second < 6)},{'ab'[second % 2]}" for second in range(31)]
    found = load(written(tmp_path, "\n".join(lines)), error="failed", time="at", by=("endpoint",))
    assert value(found, "error_rate") == Decimal(6 / 31).quantize(Decimal("1e-12"))
    assert value(found, "error_rate", endpoint="b") == Decimal("0.2")
    assert value(found, "requests_per_second") == Decimal(31 / 30).quantize(Decimal("1e-12"))
    assert value(found, "requests", endpoint="a") == 16
    assert holds(found)


@pytest.mark.parametrize(
    ("rows", "words"),
    [
        ("5\n-1\n", "1 rows have one that is below 0"),
        ("5\nfast\nNaN\n", "2 rows have one that is no finite number"),
        ("5\ninf\n", "1 rows have one that is no finite number"),
    ],
)
def test_a_latency_that_is_none_is_refused(tmp_path, rows, words):
    with pytest.raises(InvalidInput, match=words):
        load(written(tmp_path, "ms\n" + rows))


def test_a_request_without_a_group_is_refused(tmp_path):
    with pytest.raises(InvalidInput, match="column `endpoint` has no value in 1 of 2 rows"):
        load(written(tmp_path, "ms,endpoint\n1,a\n2,\n"), by=("endpoint",))


def test_moments_with_an_offset_are_refused_and_not_taken_for_utc(tmp_path):
    with pytest.raises(InvalidInput, match="an offset from UTC in 1 rows"):
        load(written(tmp_path, "ms,at\n1,2026-11-01T00:00:00Z\n2,2026-11-01T00:00:00+02:00\n"), time="at")


def test_what_only_labels_need_is_refused(tmp_path):
    with pytest.raises(UsageProblem, match="`--weight` has no meaning for load"):
        measured("load", written(tmp_path, "ms\n1\n"), weight="ms", details=Details(latency="ms"))


def test_cost_by_the_thousand(tmp_path):
    found = measured(
        "cost", written(tmp_path, "usd,language\n0.002,de\n0.004,de\n0.006,en\n0.008,en\n"), by=("language",),
        details=Details(cost="usd", currency="USD"),
    )  # fmt: skip
    assert value(found, "cost_per_1000") == 5
    assert value(found, "cost_per_1000", language="de") == 3
    assert value(found, "total_cost") == Decimal("0.02")
    low, high = interval(found, "cost_per_1000")
    assert low < 5 < high
    assert found.evidence["results"]["currency"] == "USD"
    assert holds(found)


def test_a_call_without_a_cost_is_refused(tmp_path):
    with pytest.raises(InvalidInput, match="must hold a cost in every row; 1 rows have no value"):
        measured("cost", written(tmp_path, "usd,x\n0.1,a\n,b\n"), details=Details(cost="usd"))


def trial(path, **given):
    details = {"arm": "arm", "treatment": "new", "baseline": "old"} | given.pop("details", {})
    return measured("impact", path, details=Details(**details), **given)


def test_impact_on_a_rate(tmp_path):
    """Newcombe (1998), example (a) of the second paper: 56/70 against 48/80, 0.0524 to 0.3339."""
    rows = "new,1\n" * 56 + "new,0\n" * 14 + "old,1\n" * 48 + "old,0\n" * 32
    found = trial(written(tmp_path, "arm,repaid\n" + rows), outcome="repaid")
    assert value(found, "rate_difference") == Decimal("0.2")
    low, high = interval(found, "rate_difference")
    assert (round(low, 4), round(high, 4)) == (Decimal("0.0524"), Decimal("0.3339"))
    assert value(found, "relative_difference") == Decimal("0.333333333333")
    assert holds(found)


def test_impact_on_a_mean_by_segment(tmp_path):
    rows = "new,3,a\nnew,5,a\nnew,4,a\nold,1,a\nold,2,a\nold,-3,a\nnew,1,b\nold,1,b\n"
    found = trial(written(tmp_path, "arm,gain,segment\n" + rows), details={"value": "gain"}, by=("segment",))
    assert value(found, "mean_difference", segment="a") == 4
    assert value(found, "baseline_mean", segment="a") == 0
    assert value(found, "relative_difference", segment="a") is None
    low, high = interval(found, "mean_difference", segment="a")
    assert low < 4 < high
    assert [each["interval"] for each in found.evidence["measures"]
            if (each["metric"], each["group"]) == ("mean_difference", {"segment": "b"})] == [None]  # fmt: skip
    assert holds(found)


def test_another_arm_is_left_out_and_told(tmp_path):
    rows = "new,1\nold,0\nholdout,1\nholdout,0\n"
    found = trial(written(tmp_path, "arm,y\n" + rows), outcome="y")
    assert found.notes == ("left out: 2 rows of another arm, `holdout`",)
    assert found.evidence["tables"]["left_out"]["rows"] == [["holdout", 2]]
    assert holds(found)


def test_an_arm_that_does_not_occur_is_refused(tmp_path):
    with pytest.raises(InvalidInput, match=r"has no `new`, which `--treatment` names; did you mean `news`\?"):
        trial(written(tmp_path, "arm,y\nnews,1\nold,0\n"), outcome="y")


def test_a_row_without_an_arm_is_refused(tmp_path):
    with pytest.raises(InvalidInput, match="column `arm` has no value in 1 of 3 rows"):
        trial(written(tmp_path, "arm,y\nnew,1\nold,0\n,1\n"), outcome="y")


@pytest.mark.parametrize("kind", ["load", "cost", "impact"])
def test_an_absent_column_is_told_with_the_nearest(tmp_path, kind):
    path = written(tmp_path, "latency,price,arms\n1,1,new\n")
    details = Details(latency="latenzy", cost="prise", arm="arm", treatment="new", baseline="old", value="price")
    with pytest.raises(InvalidInput, match=r"no column `(latenzy|prise|arm)`; did you mean"):
        measured(kind, path, details=details)


def test_a_table_that_was_tampered_with_is_found(tmp_path):
    found = load(written(tmp_path, "ms\n" + "10\n" * 10))
    evidence = found.evidence
    evidence["tables"]["latency"]["rows"][0][1] = 9
    words = recompute(Evidence.model_validate(evidence))
    assert words == ["tables: table `latency`: 9 requests of everybody have a bin or none, expected 10"]
