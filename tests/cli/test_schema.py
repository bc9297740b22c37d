"""`rampgate schema`: every published schema, and the contract of decisions held against real ones."""

from __future__ import annotations

import copy
import json

import jsonschema
import pytest

from rampgate.adapters.field_docs import documented
from rampgate.app.schema import SCHEMAS, schema_text
from rampgate.formats.schemas import NOUNS, json_schema
from rampgate.formats.schemas import schema_text as written
from worlds.command_line import CommandLine
from worlds.governed_world import RITA, GovernedWorld

DECISION = json.loads(schema_text("decision"))


@pytest.fixture
def rampgate(capsys):
    return CommandLine(capsys)


def valid(value) -> list[str]:
    checker = jsonschema.Draft202012Validator(DECISION, format_checker=jsonschema.FormatChecker())
    return [error.message for error in checker.iter_errors(value)]


def test_every_noun_has_a_schema_here_and_decisions_too():
    assert set(SCHEMAS) == {*NOUNS, "decision"}


@pytest.mark.parametrize("name", SCHEMAS)
def test_a_schema_is_printed_as_it_is_packaged(name, rampgate):
    done = rampgate("schema", name)
    assert done.exit == 0
    jsonschema.Draft202012Validator.check_schema(json.loads(done.out))
    if name in NOUNS:
        assert done.out == written(documented(json_schema(name), NOUNS[name]))


def test_a_misspelt_name_gets_the_nearest(rampgate):
    done = rampgate("schema", "waver")
    assert (done.exit, done.out) == (2, "")
    assert "there is no schema `waver`; did you mean `waiver`?" in done.err


def test_no_name_is_a_usage_error_that_says_what_to_do(rampgate):
    done = rampgate("schema")
    assert done.exit == 2
    assert "--list" in done.err


def test_the_list_names_each_schema_and_its_files(rampgate):
    lines = rampgate("schema", "--list").out.splitlines()
    assert [line.split()[0] for line in lines[2:]] == list(SCHEMAS)


def test_a_folder_takes_one_or_all(rampgate, tmp_path):
    assert rampgate("schema", "card", "--output", str(tmp_path / "one")).exit == 0
    assert [path.name for path in (tmp_path / "one").iterdir()] == ["card.schema.json"]
    assert rampgate("schema", "--output", str(tmp_path / "all")).exit == 0
    assert {path.name for path in (tmp_path / "all").iterdir()} == {f"{name}.schema.json" for name in SCHEMAS}


@pytest.fixture(scope="module")
def decisions(tmp_path_factory):
    """Sentence -> a real decision of each verdict."""
    world = GovernedWorld(tmp_path_factory.mktemp("decisions"))
    head = world.promotion()
    found = {"hold": world.judge(head), "allow": world.judge(head, reviews=[world.review(RITA, head)])}
    found["ignored"] = world.judge(head, reviews=[world.review(RITA, world.base)])
    world.checkout("main")
    found["deny"] = world.judge(world.promotion("full"))
    world.checkout("main")
    found["invalid"] = world.judge(world.promotion(owners={"business": "nobody", "technical": "bob"}))
    world.checkout("main")
    world.branch("prose")
    world.write("README.md", "x")
    found["nothing"] = world.judge(world.commit("prose"))
    return {sentence: answer.json for sentence, answer in found.items()}


def test_the_decisions_are_of_every_verdict(decisions):
    verdicts = {sentence: value["verdict"] for sentence, value in decisions.items()}
    assert verdicts == {
        "hold": "hold", "allow": "allow", "ignored": "hold", "deny": "deny", "invalid": "undecided", "nothing": None,
    }  # fmt: skip
    assert decisions["invalid"]["problems"]
    assert decisions["ignored"]["approvals"]["ignored"]


@pytest.mark.parametrize("sentence", ["hold", "allow", "ignored", "deny", "invalid", "nothing"])
def test_a_real_decision_fits_the_published_schema(sentence, decisions):
    assert valid(decisions[sentence]) == []


def test_the_schema_leaves_nothing_open(decisions):
    """A key that is added or lost changes the contract, and must change its version."""

    def places(value, way=()):
        if isinstance(value, dict):
            yield way
            for key in value:
                yield from places(value[key], (*way, key))
        elif isinstance(value, list):
            for index, item in enumerate(value):
                yield from places(item, (*way, index))

    whole = decisions["ignored"]
    looked_at = 0
    for way in places(whole):
        for change in ("add", "lose"):
            altered = copy.deepcopy(whole)
            here = altered
            for step in way:
                here = here[step]
            if change == "add":
                here["surprise"] = 1
            else:
                here.pop(next(iter(here)))
            assert valid(altered), (way, change)
            looked_at += 1
    assert looked_at > 50


def test_an_unknown_verdict_or_outcome_does_not_fit(decisions):
    assert valid({**decisions["allow"], "verdict": "allowed"})
    altered = copy.deepcopy(decisions["allow"])
    altered["findings"][0]["outcome"] = "ok"
    assert valid(altered)
