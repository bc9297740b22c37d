"""The brief: what changes in words, and numbers that anybody can work out from the counts."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest

from golden.reviewed_world import approved, promotion
from rampgate.app.judging.gate import GateRequest, Judged, examine
from rampgate.core.brief import brief_of
from rampgate.core.brief_changes import MOST
from rampgate.core.differences import differences
from rampgate.model.brief import Brief, Figure
from worlds.governed_world import NOW, GovernedWorld, evidence

WORDS = {
    "a scalar": ({"stage": "pilot"}, {"stage": "canary"}, ["stage: pilot -> canary"]),
    "a nested scalar": ({"owners": {"a": "carol"}}, {"owners": {"a": "dave"}}, ["owners.a: carol -> dave"]),
    "nothing": ({"a": 1, "b": [1, {"c": 2}]}, {"b": [1, {"c": 2}], "a": 1}, []),
    "an added field": ({}, {"summary": "new"}, ["summary: added, new"]),
    "a removed field": ({"summary": "old"}, {}, ["summary: removed, it was old"]),
    "an added list": ({}, {"m": [{"name": "x"}, {"name": "y"}]}, ["m: 2 added (x, y)"]),
    "a removed list": ({"m": ["x"]}, {}, ["m: 1 removed (x)"]),
    "an empty list": ({}, {"m": []}, ["m: added, []"]),
    "items by name": (
        {"m": [{"name": "x", "v": 1}, {"name": "y"}]},
        {"m": [{"name": "x", "v": 2}, {"name": "z"}]},
        ["m: 1 added (z), 1 removed (y)", "m[x].v: 1 -> 2"],
    ),
    "items of which two have one name": (
        {"m": [{"name": "x", "v": 1}, {"name": "x", "v": 2}]},
        {"m": [{"name": "x", "v": 1}, {"name": "x", "v": 3}]},
        ["m: 1 added (x), 1 removed (x)"],
    ),
    "another order": ({"m": ["x", "y"]}, {"m": ["y", "x"]}, ["m: another order, or an item more than once"]),
    "another order of named items": (
        {"m": [{"name": "x"}, {"name": "y"}]}, {"m": [{"name": "y"}, {"name": "x"}]}, ["m: another order"]),
    "true, null and a number": (
        {"a": True, "b": None, "c": Decimal("0.80")},
        {"a": False, "b": "x", "c": Decimal("0.8")},
        ["a: true -> false", "b: null -> x"],
    ),
    "a mapping that becomes a word": ({"a": {"b": 1, "c": 2}}, {"a": "unknown"}, ["a: {b, c} -> unknown"]),
    "a digest": (
        {"d": "sha256:" + "a" * 64}, {"d": "sha256:" + "b" * 64},
        ["d: sha256:aaaaaaaaaaaa -> sha256:bbbbbbbbbbbb"],
    ),
    "a long text": (
        {"s": "one two three four five six seven eight nine ten eleven twelve thirteen"},
        {"s": "one two three four five six seven eight nine ten eleven twelve fourteen"},
        ["s: reworded, `... nine ten eleven twelve thirteen` -> `... nine ten eleven twelve fourteen`"],
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", WORDS)
def test_a_difference_is_told_in_words(case):
    before, after, sentences = WORDS[case]
    assert list(differences(before, after)) == sentences


def judged(built: tuple[GovernedWorld, str, list[dict]], folder: Path) -> Judged:
    world, head, reviews = built
    path = world._reviews_file(head, world.base, {"id": 1001, "login": "alice-b"}, reviews, None)
    return examine(GateRequest(world.root, world.base, head, NOW, path))


def brief(built: tuple[GovernedWorld, str, list[dict]], folder: Path) -> Brief:
    answer = judged(built, folder)
    return brief_of(answer.decision, answer.facts, answer.rules)


@pytest.fixture(scope="module")
def reviewed(tmp_path_factory: pytest.TempPathFactory) -> Brief:
    folder = tmp_path_factory.mktemp("reviewed")
    return brief(promotion(folder), folder)


def test_without_facts_there_is_nothing_to_tell(tmp_path):
    folder = tmp_path
    answer = judged(promotion(folder), folder)
    assert brief_of(answer.decision, None) == Brief()


def test_what_the_card_and_its_folder_gain_is_told(reviewed):
    assert reviewed.changes == (
        "stage: pilot -> canary",
        "owners.reliability: added, sam",
        "monitoring.signals[accuracy].window: added, 7d",
        "monitoring.triggers: 1 added (accuracy)",
        "licences: 1 added (MIT)",
        "summary: removed, it was Scores applications for a loan.",
        "file attestations/tm-12.yaml: added",
        "file evidence/performance.json: changed",
    )
    assert (reviewed.exposure_from, reviewed.exposure_to) == (0, 5)


def test_a_metric_stands_beside_the_incumbents_on_the_same_data(reviewed):
    """1800 of 2000 against 1760 of 2000; the intervals are Wilson's at z = 1.959964, worked out apart."""
    row = next(each for each in reviewed.metrics if each.metric == "accuracy")
    assert row.new == Figure("0.9000", 2000, "0.8861 to 0.9124")
    assert row.old == Figure("0.8800", 2000, "0.8650 to 0.8935")
    assert (row.old_name, row.difference, row.better, row.asked) == ("1.4.0, at full", "+0.0200", "higher", True)


def test_a_metric_is_shown_once_although_two_files_give_it(reviewed):
    names = [each.metric for each in reviewed.metrics]
    assert sorted(names) == ["accuracy", "false_positive_rate", "precision", "true_positive_rate"]


def test_groups_stand_in_order_with_the_reference_the_thin_and_the_suppressed(reviewed):
    table = next(each for each in reviewed.groups if each.rule == "rates.approvals-by-sex")
    shown = [(row.group, row.rows, row.figure.value if row.figure else None, row.note) for row in table.rows]
    assert shown == [
        ("sex=f", 400, "0.4000", ""),
        ("sex=x", 30, "0.4000", "thin, under 100"),
        ("sex=m", 400, "0.5000", "reference"),
        ("sex=not told", 0, None, "suppressed"),
    ]
    assert table.rows[0].against.startswith("0.8000 (")
    assert table.least_cell == 10


def test_a_metric_in_every_group_divides_by_its_own_rows(reviewed):
    table = next(each for each in reviewed.groups if each.metric == "recall")
    assert [(row.group, row.rows, row.figure and row.figure.value) for row in table.rows] == [
        ("sex=x", 14, "0.7143"),
        ("sex=f", 200, "0.7500"),
        ("sex=m", 200, "0.9000"),
        ("sex=not told", 0, None),
    ]


def test_who_vouches_and_who_measured_is_told(reviewed):
    assert [(each.person, each.role, each.is_new) for each in reviewed.vouched] == [("sam", "security", True)]
    assert [(each.path, each.signed_by) for each in reviewed.evidence] == [
        ("evidence/performance.json", ""),
        ("evidence/fairness1.json", ""),
    ]


def test_the_brief_does_not_depend_on_who_approved(reviewed, tmp_path):
    assert brief(approved(tmp_path), tmp_path) == reviewed


def promoted(folder: Path, *files: dict, **fields) -> Brief:
    world = GovernedWorld(folder)
    world.replace_evidence(*files)
    world.base = world.commit("other evidence")
    head = world.promotion(**fields)
    return brief((world, head, []), folder)


def test_what_is_undefined_says_so_and_is_never_zero(tmp_path):
    """No row is truly positive, so nobody can be found."""
    counts = {"columns": ["y_true", "y_pred", "n"], "rows": [[0, 0, 90], [0, 1, 10]]}
    source = {"uri": "scores.csv", "digest": "sha256:" + "d" * 64, "rows": 100}
    shown = promoted(tmp_path, evidence(counts=counts, source=source))
    found = {row.metric: row.new for row in shown.metrics}
    assert found["true_positive_rate"] == Figure("undefined", 0)
    assert found["accuracy"].value == "0.9000"


def test_evidence_about_another_artifact_is_no_number_of_this_version(tmp_path):
    about = {
        "model": "credit-risk",
        "version": "2.0.0",
        "artifact": "sha256:" + "e" * 64,
        "dataset": "sha256:" + "d" * 64,
    }
    shown = promoted(tmp_path, evidence(subject=about))
    assert shown.metrics == ()
    assert shown.metrics_left_out[0].startswith("evidence/performance.json: it is about artifact `sha256:eeeeeeeeeeee`")


def test_a_list_of_changes_ends_somewhere(tmp_path):
    shown = promoted(tmp_path, evidence(), extensions={f"k{number:03}": number for number in range(100)})
    assert (len(shown.changes), shown.more_changes) == (2, 0), "a new section is one change"
    many = {f"k{number:03}": str(number) for number in range(100)}
    assert len(list(differences(many, dict.fromkeys(many, "x")))) == 100
    assert MOST == 40
