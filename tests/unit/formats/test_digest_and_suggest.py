"""Equal values have equal digests, and misspelt words find the word that was meant."""

from __future__ import annotations

from decimal import Decimal

import pytest

from rampgate.formats.digest import canonical_json, sha256_of
from rampgate.formats.suggest import did_you_mean


def test_the_digest_is_the_published_sha256_of_abc():
    # FIPS 180-2, appendix B.1
    assert sha256_of(b"abc") == "sha256:ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"


def test_key_order_and_spaces_do_not_change_canonical_json():
    assert (
        canonical_json({"b": [1, None], "a": {"d": True, "c": "é"}}) == '{"a":{"c":"é","d":true},"b":[1,null]}'.encode()
    )


def test_keys_are_ordered_by_utf_16_units_and_characters_escaped_as_rfc_8785_shows():
    # RFC 8785, section 3.2.3: the order of these keys; U+FB33 comes behind the surrogates of U+1F600
    keys = ["\u20ac", "\r", "\ufb33", "1", "\U0001f600", "\u0080", "\u00f6"]
    expected = ["\\r", "1", "\u0080", "\u00f6", "\u20ac", "\U0001f600", "\ufb33"]
    assert canonical_json(dict.fromkeys(keys, 0)).decode() == "{" + ",".join(f'"{key}":0' for key in expected) + "}"
    assert canonical_json('\u20ac$\u000f\nA\'B"\\"/') == '"€$\\u000f\\nA\'B\\"\\\\\\"/"'.encode()


def test_a_decimal_is_written_as_the_text_of_its_digits():
    assert canonical_json({"a": Decimal("1.10")}) == b'{"a":"1.10"}'


@pytest.mark.parametrize("value", [1.5, {1: "a"}, {"a": {1, 2}}, [float("nan")]])
def test_what_has_no_canonical_form_is_refused(value):
    with pytest.raises(TypeError, match="canonical JSON"):
        canonical_json(value)


def test_a_near_word_is_suggested_and_a_far_one_is_not():
    known = ["fairness.ratio_at_least", "approval.roles", "owners"]
    assert did_you_mean("owner", known) == "; did you mean `owners`?"
    assert did_you_mean("fairnes.ratio-at-least", known) == "; did you mean `fairness.ratio_at_least`?"
    assert did_you_mean("OWNERS", known) == "; did you mean `owners`?"
    assert did_you_mean("zebra", known) == ""
    assert did_you_mean("owners" * 1000, known) == ""
    assert did_you_mean("x", []) == ""
