"""What the nouns of a card refuse beyond its schema, the plain check refuses too, in the same words."""

from __future__ import annotations

import inspect
import re
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rampgate.adapters import packaged
from rampgate.core.card_shape import registry_problems, shape_problems
from rampgate.errors import InvalidInput
from rampgate.formats.documents import Document
from rampgate.formats.nouns import noun_of
from rampgate.formats.schema_check import check_schema
from rampgate.model import card as nouns
from rampgate.model.card import Card
from worlds.governed_world import ARTIFACT, card

PART = {"name": "prompt", "uri": "git://prompts"}
EVIDENCE = {"path": "evidence/a.json", "digest": ARTIFACT}

# sentence -> (fields of the card, the noun's message)
REFUSED: dict[str, tuple[dict[str, Any], str]] = {
    "an artifact without digest and parts": ({"artifact": {"uri": "s3://x"}}, "an artifact needs `digest`, or `parts`"),
    "an artifact that has not been named yet": (
        {"artifact": {"digest": "sha256:" + "0" * 64}},
        "the artifact's digest is still the placeholder",
    ),
    "an artifact with both": (
        {"artifact": {"digest": ARTIFACT, "parts": [{**PART, "digest": ARTIFACT}]}},
        "an artifact has either `uri` and `digest`, or `parts`",
    ),
    "a part that is not pinned": (
        {"artifact": {"parts": [PART]}},
        "part `prompt` needs either `digest` or `provider_version`",
    ),
    "a part that is pinned twice": (
        {"artifact": {"parts": [{**PART, "digest": ARTIFACT, "provider_version": "3"}]}},
        "part `prompt` needs either `digest` or `provider_version`",
    ),
    "evidence that is listed twice": (
        {"evidence": [EVIDENCE, {**EVIDENCE, "path": "evidence/A.json"}]},
        "evidence `evidence/a.json` is listed twice",
    ),
}


def document(**fields: Any) -> Document:
    return Document("card.yaml", b"", card(**fields))


def noun_messages(given_document: Document) -> list[str]:
    try:
        noun_of(given_document, Card, "card", packaged.schema("card"))
    except InvalidInput as error:
        return [problem.message for problem in error.problems]
    return []


@pytest.mark.parametrize("sentence", REFUSED)
def test_the_plain_check_says_what_the_noun_says(sentence):
    fields, message = REFUSED[sentence]
    found = document(**fields)
    assert check_schema(found, "card", packaged.schema("card")) == []
    assert noun_messages(found)[0] == message
    assert message in [problem.message for problem in shape_problems(found)]


def test_every_refusal_of_the_nouns_has_a_case_above():
    """A validator that is added to the card later must be added to the plain check as well."""
    raised = re.findall(r"raise ValueError\(f?\"(.+?)\"\)", inspect.getsource(nouns))
    assert len(raised) >= 4
    said = [message for _, message in REFUSED.values()]
    for text in raised:
        pattern = re.sub(r"\\\{.+?\\\}", ".+", re.escape(text))
        assert any(re.fullmatch(pattern, message) for message in said), text


PART_VALUES = st.fixed_dictionaries(
    {"name": st.just("a"), "uri": st.just("u")},
    optional={"digest": st.sampled_from([None, ARTIFACT]), "provider_version": st.sampled_from([None, "1"])},
)
ARTIFACTS = st.fixed_dictionaries(
    {},
    optional={
        "uri": st.sampled_from([None, "s3://x"]),
        "digest": st.sampled_from([None, ARTIFACT]),
        "parts": st.none() | st.lists(PART_VALUES, max_size=2),
    },
)


@given(ARTIFACTS, st.lists(st.sampled_from(["evidence/a.json", "evidence/b.json", "evidence/B.json"]), max_size=3))
def test_noun_and_plain_check_refuse_the_same_cards(artifact, paths):
    found = document(artifact=artifact, evidence=[{"path": path, "digest": ARTIFACT} for path in paths])
    plain = check_schema(found, "card", packaged.schema("card")) or list(shape_problems(found))
    assert bool(plain) == bool(noun_messages(found))


def test_a_card_may_be_stricter_than_the_registry_and_never_laxer():
    fixed = {"credit-risk": {"tier": "medium", "task": "binary_classification"}}
    assert list(registry_problems(document(tier="high"), fixed)) == []
    assert list(registry_problems(document(tier="medium"), fixed)) == []
    (laxer,) = registry_problems(document(tier="low"), fixed)
    assert (laxer.found, laxer.expected) == ("low", "medium")
    (other,) = registry_problems(document(task="regression"), fixed)
    assert "the task of `credit-risk` is fixed" in other.message
    assert list(registry_problems(document(tier="low"), {})) == []
