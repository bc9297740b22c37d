"""`rampgate.measured`: a frame gives what its file gives, and a MetricFrame gives no more than it holds."""

from __future__ import annotations

from decimal import Decimal

import pytest

import rampgate
from rampgate.formats.evidence_check import recompute

pd = pytest.importorskip("pandas")

WHOSE = {
    "model": "m", "version": "1.0.0", "artifact": "sha256:" + "a" * 64, "produced_by": "alice",
    "now": "2026-11-20T10:00:00Z",
}  # fmt: skip
COLUMNS = {"y_true": "y", "y_pred": "p", "by": ["sex", "band"], "crosscheck": False}
ROWS = [("f", "a b", 1, 1), ("f", "ü", 0, 0), ("m", "b", 1, 0), ("m", "ü", 0, 1), ("m", "ü", 1, 1)] * 3


@pytest.fixture(scope="module")
def frame():
    return pd.DataFrame(ROWS, columns=["sex", "band", "y", "p"])


def test_a_frame_gives_the_tables_and_measures_that_its_parquet_file_gives(frame, tmp_path):
    path = tmp_path / "data.parquet"
    frame.to_parquet(path)
    ours, theirs = (rampgate.measured(data, "fairness", **COLUMNS, **WHOSE) for data in (frame, path))
    assert ours.evidence.counts == theirs.evidence.counts
    assert ours.measures == theirs.measures
    assert ours.value("selection_rate", sex="f") == Decimal("0.5")
    assert theirs.evidence.source.digest != ours.evidence.source.digest
    assert recompute(ours.evidence) == []


def test_the_digest_of_a_frame_is_that_of_its_content(frame):
    """Neither the index nor how pandas keeps texts is content; a value, an order and a name are."""

    def digest(data):
        found = rampgate.measured(data, "performance", y_true="y", y_pred="p", crosscheck=False, **WHOSE).evidence
        assert found.subject.dataset == found.source.digest
        assert "frame" in found.source.digest_of
        return found.source.digest

    same = [
        frame,
        frame.set_index(pd.Index(range(100, 100 + len(frame)))),
        frame.astype({"sex": "category"}),
        frame.astype({"sex": object, "y": "Int64"}),
        pd.concat([frame[:4], frame[4:]]),
    ]
    assert len({digest(each) for each in same}) == 1
    other = frame.copy()
    other.loc[0, "band"] = "a c"
    different = [frame, other, frame[::-1], frame.rename(columns={"band": "bands"}), frame.astype({"y": float})]
    assert len({digest(each) for each in different}) == len(different)


@pytest.mark.parametrize(
    ("change", "words"),
    {
        "several kinds in one column": (lambda f: f.assign(band=[1, "x", None] * 5), "column `band` holds values of several kinds"),
        "a label that is missing": (lambda f: f.assign(p=f.p.where(f.index > 2)), "column `p` has no value in 3 of 15 rows"),
        "two columns of one name": (lambda f: pd.concat([f, f[["y"]]], axis=1), "is named `y`"),
        "a name that is no text": (lambda f: f.rename(columns={"band": 3}), "column 2 is named `3`"),
        "labels in words": (lambda f: f.assign(p=["yes", "no", "no"] * 5), "DataFrame"),
        "no rows": (lambda f: f[:0], "DataFrame"),
        "lists": (lambda f: f.assign(band=[[1]] * 15), "several kinds"),
    }.values(),
)  # fmt: skip
def test_a_frame_that_can_not_be_measured_is_refused_by_the_name_of_its_column(frame, change, words):
    with pytest.raises(rampgate.InvalidInput) as refused:
        rampgate.measured(change(frame), "fairness", **COLUMNS, **WHOSE)
    assert words in str(refused.value)
    assert "/tmp" not in str(refused.value)


@pytest.mark.parametrize(
    ("data", "kind", "words", "said"),
    {
        "neither frame nor path": ([1, 2], "fairness", {}, "can not measure list"),
        "a misspelt word": ("x.csv", "fairness", {"y_tru": "y"}, "unknown word `y_tru`"),
        "a mapping for data": ("x.csv", "fairness", {"mapping": {"a": "accuracy"}}, "is for a MetricFrame"),
        "a threshold as a float": ("x.csv", "performance", {"threshold": 0.5}, "as text"),
    }.values(),
)
def test_words_that_do_not_fit_are_refused(data, kind, words, said):
    with pytest.raises(rampgate.UsageProblem, match=said):
        rampgate.measured(data, kind, **words, **WHOSE)


def test_a_file_that_is_not_there_is_out_of_reach(tmp_path):
    with pytest.raises(rampgate.Unreachable):
        rampgate.measured(tmp_path / "none.csv", "performance", y_true="y", y_pred="p", **WHOSE)


def test_evidence_is_written_as_its_digest_says(frame, tmp_path):
    found = rampgate.measured(frame, "performance", y_true="y", y_pred="p", crosscheck=False, **WHOSE)
    found.write(tmp_path / "e.json")
    assert (tmp_path / "e.json").read_bytes() == found.data
    with pytest.raises(KeyError):
        found.value("accuracy", sex="x")
    with pytest.raises(AttributeError):
        found.digest = "x"


@pytest.fixture(scope="module")
def metric_frame(frame):
    metrics = pytest.importorskip("fairlearn.metrics")
    scores = pytest.importorskip("sklearn.metrics")
    chosen = {
        "selection_rate": metrics.selection_rate, "count": metrics.count, "acc": scores.accuracy_score, "rec": scores.recall_score,
    }  # fmt: skip
    return metrics.MetricFrame(metrics=chosen, y_true=frame.y, y_pred=frame.p, sensitive_features=frame[["sex"]])


class TestMetricFrame:
    def test_shares_and_counts_together_are_counted(self, metric_frame):
        """6 of 9 men and 3 of 6 women were selected, by hand."""
        found = rampgate.measured(metric_frame, "rate", **WHOSE)
        assert found.evidence.counts.rows == (("f", 0, 3), ("f", 1, 3), ("m", 0, 3), ("m", 1, 6))
        assert found.value("rate") == Decimal("0.6")
        assert recompute(found.evidence) == []

    def test_everything_else_is_a_claim_with_rows_only_where_it_divides_by_all_of_them(self, metric_frame):
        mapping = {"acc": "accuracy", "rec": "recall"}
        found = rampgate.measured(metric_frame, "fairness", mapping=mapping, **WHOSE)
        assert found.measures == ()
        rows = {(each.metric, each.group.get("sex")): each.n for each in found.claimed}
        assert rows == {
            ("accuracy", None): 15, ("accuracy", "f"): 6, ("accuracy", "m"): 9,
            ("recall", None): None, ("recall", "f"): None, ("recall", "m"): None,
        }  # fmt: skip
        assert found.evidence.imported.tool == "fairlearn"
        assert found.evidence.imported.not_taken == ("selection_rate",)
        assert found.value("recall", sex="f") == 1

    def test_names_are_never_guessed(self, metric_frame):
        with pytest.raises(rampgate.UsageProblem, match="say which numbers to take"):
            rampgate.measured(metric_frame, "fairness", **WHOSE)
        with pytest.raises(rampgate.UsageProblem, match="no `by`"):
            rampgate.measured(metric_frame, "fairness", by=["sex"], mapping={"acc": "accuracy"}, **WHOSE)

    def test_weighted_shares_are_no_counts(self, frame):
        metrics = pytest.importorskip("fairlearn.metrics")
        weighted = metrics.MetricFrame(
            metrics={"selection_rate": metrics.selection_rate, "count": metrics.count},
            y_true=frame.y, y_pred=frame.p, sensitive_features=frame[["sex"]],
            sample_params={"selection_rate": {"sample_weight": list(range(1, 16))}},
        )  # fmt: skip
        with pytest.raises(rampgate.InvalidInput, match="no whole number of rows; were they weighted"):
            rampgate.measured(weighted, "rate", **WHOSE)
