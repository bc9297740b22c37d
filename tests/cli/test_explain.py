"""`rampgate explain`: a stranger finds out what a rule wants, whose it is and who may waive it."""

from __future__ import annotations

import pytest

from rampgate.app.explain import WORDS
from rampgate.model.vocabulary import EXIT_CODE, Effect, Outcome, Verdict
from rampgate.rules import ALL
from worlds.command_line import CommandLine
from worlds.governed_world import GOVERNANCE, LADDER, METRIC_RULE, MODELS, PEOPLE, dump, policy

NOW = "2026-11-20T10:00:00Z"
RULE = {
    **METRIC_RULE,
    "title": "Most decisions are right",
    "why": "Lending standard 4.2",
    "applies": {"tiers": ["high"], "entering": ["canary", "ramp", "majority", "full"]},
    "effect": {"canary": "warn", "ramp": "block", "majority": "block", "full": "block"},
    "with": {
        "evidence": "performance",
        "metric": "accuracy",
        "at_least": "0.80",
        "decide_on": "point",
        "max_age_days": 30,
    },
    "fix": "Retrain, then measure again",
    "controls": ["company.fl-7"],
    "revisions": [{"from": "2026-12-01", "with": {"at_least": "0.85"}}],
}


@pytest.fixture
def rampgate(tmp_path, capsys):
    (tmp_path / "policies").mkdir()
    for name, value in (("people", PEOPLE), ("ladder", LADDER), ("models", MODELS), ("governance", GOVERNANCE)):
        (tmp_path / f"policies/{name}.yaml").write_text(dump(value))
    (tmp_path / "policies/lending.yaml").write_text(dump(policy(RULE)))
    return CommandLine(capsys, tmp_path)


def test_a_rule_is_explained_with_everything_that_its_policy_says(rampgate):
    done = rampgate("explain", "evidence.accuracy-floor", "--now", NOW)
    assert done.exit == 0
    lines = [line.strip() for line in done.out.splitlines()]
    for line in (
        "Most decisions are right",
        "kind: evidence.metric_within",
        "why: Lending standard 4.2",
        "policy: lending 1 at policies/lending.yaml:7:3, owned by model-risk",
        "effect: canary: warn, ramp: block, majority: block, full: block",
        "in force: revised on 2026-12-01",
        "wants: evidence of kind performance, at most 30 days old",
        "fix: Retrain, then measure again",
        "waiver: by somebody with the role risk, at most 30 days, where the outcome is fail or insufficient",
        "controls: company.fl-7",
        'at_least: "0.80"',
    ):
        assert line in lines, line


def test_a_dated_revision_shows_from_its_day_on(rampgate):
    assert 'at_least: "0.85"' in rampgate("explain", "evidence.accuracy-floor", "--now", "2026-12-01T00:00:00Z").out


@pytest.mark.parametrize("kind", [kind.id for kind in ALL])
def test_every_kind_has_a_page_that_fits_a_terminal(kind, rampgate):
    done = rampgate("explain", kind)
    assert done.exit == 0
    for heading in ("Why it exists", "Example", "How to satisfy it"):
        assert heading in done.out.splitlines()
    prose = [line for line in done.out.splitlines() if not line.startswith("    ")]
    assert max(map(len, prose)) <= 100


def test_the_page_of_a_kind_names_the_rules_that_use_it(rampgate):
    assert "Rules of this kind here: evidence.accuracy-floor." in rampgate("explain", "evidence.metric_within").out


def test_a_built_in_rule_is_explained_as_one(rampgate):
    done = rampgate("explain", "change.is-one")
    assert "policy: rampgate itself, in every repository" in done.out
    assert "waiver: can not be waived" in done.out


def test_every_word_of_a_decision_is_explained(rampgate):
    assert set(WORDS) == {*Verdict, *Outcome, *Effect}
    for verdict, code in EXIT_CODE.items():
        assert f"exit code {code}." in rampgate("explain", verdict).out


def test_an_unknown_word_gets_the_nearest(rampgate):
    done = rampgate("explain", "evidence.acuracy-floor")
    assert (done.exit, done.out) == (2, "")
    assert "did you mean `evidence.accuracy-floor`?" in done.err


def test_the_list_names_every_kind(rampgate):
    lines = rampgate("explain", "--list").out.splitlines()
    assert [line.split()[0] for line in lines if not line.startswith(" ")] == [kind.id for kind in ALL]


def test_without_policies_kinds_are_known_all_the_same(tmp_path_factory, capsys):
    said = CommandLine(capsys, tmp_path_factory.mktemp("empty"))
    assert said("explain", "card.requires").exit == 0
    done = said("explain", "my.rule")
    assert (done.exit, "there are no policies here" in done.err) == (2, True)


def test_invalid_policies_are_told_where_only_they_could_answer(rampgate, tmp_path):
    (tmp_path / "policies/lending.yaml").write_text(dump(policy({**RULE, "kind": "nonsense"})))
    assert rampgate("explain", "card.requires").exit == 0
    done = rampgate("explain", "evidence.accuracy-floor")
    assert (done.exit, "unknown rule kind `nonsense`" in done.err) == (3, True)
