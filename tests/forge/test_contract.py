"""A wrong question and a wrong answer are caught, so that what is not caught means something."""

from __future__ import annotations

import pytest

from forge import shapes
from forge.contract import Contract, modern, pattern
from forge.fixtures import look_at
from forge.test_calls import REPO, Caller
from shared_data import shared
from worlds.governed_world import ALICE, RITA


@pytest.fixture
def checked(forge):
    """A forge that is allowed to break the contract, where the contract is on this machine."""
    shared("github/openapi-slice.json")
    yield forge
    forge.violations.clear()


@pytest.fixture
def ask(checked, world):
    world.branch("promote")
    world.edit_card(stage="canary")
    world.commit("promote")
    checked.push(world, "promote", ALICE)
    checked.review(checked.open_pull("promote", "main", ALICE), RITA, "APPROVED")
    with (caller := Caller(checked)).http:
        yield caller


WRONG_QUESTIONS = {
    "a state that GitHub does not know": (
        "POST",
        "/statuses/" + "a" * 40,
        {"state": "hold"},
        '/state: "hold" is not one of',
    ),
    "a field that GitHub does not know": (
        "POST",
        "/statuses/" + "a" * 40,
        {"state": "error", "contxt": "x"},
        "`contxt` is no field",
    ),
    "no body": ("POST", "/issues/1/comments", {}, '"body" is a required property'),
    "a parameter that GitHub does not know": (
        "GET",
        "/pulls/1/reviews?perpage=100",
        None,
        "`perpage` is no parameter of the query",
    ),
    "a number that is none": ("GET", "/pulls/one", None, 'path `pull_number`: /: "one" is not of type "integer"'),
    "a body where none belongs": ("GET", "/pulls/1", {"x": 1}, "a body is sent, and none is described"),
    "a call that GitHub does not know": ("GET", "/verdicts", None, "the forge has no such call"),
}


@pytest.mark.parametrize("case", WRONG_QUESTIONS)
def test_a_wrong_question_is_caught(checked, ask, case):
    method, path, body, fault = WRONG_QUESTIONS[case]
    assert ask.status(method, REPO + path, body) == 500
    assert fault in "\n".join(checked.violations)


def without(name):
    def bent(original):
        return lambda *words, **more: {k: v for k, v in original(*words, **more).items() if k != name}

    return bent


def with_(**fields):
    def bent(original):
        return lambda *words, **more: {**original(*words, **more), **fields}

    return bent


WRONG_ANSWERS = {
    "a review without its commit": ("review", without("commit_id"), "/pulls/1/reviews", '"commit_id" is a required'),
    "a pull of an unknown state": ("pull_full", with_(state="merged"), "/pulls/1", '"merged" is not one of'),
    "a time that is none": ("pull_full", with_(created_at="yesterday"), "/pulls/1", 'is not a "date-time"'),
    "a null where none may be": ("pull_full", with_(title=None), "/pulls/1", 'null is not of type "string"'),
    "a repository without its owner": ("full_repository", without("owner"), "", '"owner" is a required property'),
}


@pytest.mark.parametrize("case", WRONG_ANSWERS)
def test_a_wrong_answer_is_caught(checked, ask, case, monkeypatch):
    shape, bend, path, fault = WRONG_ANSWERS[case]
    monkeypatch.setattr(shapes, shape, bend(getattr(shapes, shape)))
    assert ask.status("GET", REPO + path) == 500
    assert fault in "\n".join(checked.violations)


def test_a_program_error_of_the_forge_is_no_answer_of_githubs(checked, ask, monkeypatch):
    monkeypatch.setattr(shapes, "review", lambda *words: 1 / 0)
    assert ask.status("GET", f"{REPO}/pulls/1/reviews") == 500
    assert "ZeroDivisionError" in checked.violations[0]


def test_a_violation_fails_the_test_that_made_it(checked):
    """The fixture does this in the end, so nobody has to ask for it."""
    look_at([checked])
    checked.violations.append("planted")
    with pytest.raises(AssertionError, match="planted"):
        look_at([checked])


def test_null_is_a_type_of_its_own_in_json_schema():
    assert modern({"type": "string", "nullable": True}) == {"type": ["string", "null"]}
    assert modern({"enum": ["a"], "type": "string", "nullable": True})["enum"] == ["a", None]
    assert modern({"$ref": "#/x", "nullable": True}) == {"anyOf": [{"$ref": "#/x"}, {"type": "null"}]}


def test_a_branch_may_hold_slashes_and_a_number_none():
    assert pattern("/rules/branches/{branch}").fullmatch("/rules/branches/gh/x/pr-1")
    assert not pattern("/pulls/{pull_number}").fullmatch("/pulls/1/reviews")


def test_without_a_description_nothing_is_checked():
    assert Contract([], absent="not here").response_faults("GET", "/x", 200, {}) == []
