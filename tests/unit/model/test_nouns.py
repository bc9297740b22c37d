"""The laws of the nouns: what a ladder is, that nobody is two, and what an artifact is known by."""

from __future__ import annotations

import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from rampgate.model.card import Artifact
from rampgate.model.ladder import PRESETS, Ladder
from rampgate.model.people import People, noreply_account
from rampgate.model.policy import Rule, Slot
from rampgate.model.statements import Attestation
from rampgate.model.waiver import Waiver

DIGEST = "sha256:" + "a" * 64


def ladder(*stages, **fields):
    return Ladder.model_validate({"schema": "rampgate/ladder/v1", "stages": list(stages), **fields})


def stage(name, percent, **fields):
    return {"name": name, "exposure_percent": percent, **fields}


def refusal(make, *arguments, **fields):
    with pytest.raises(ValidationError) as caught:
        make(*arguments, **fields)
    return "; ".join(each["msg"] for each in caught.value.errors())


# The ladder


@pytest.mark.parametrize(
    ("name", "rungs"),
    [
        ("5-25-75-100", [("pilot", 0), ("canary", 5), ("ramp", 25), ("majority", 75), ("full", 100)]),
        ("10-50-100", [("pilot", 0), ("trial", 10), ("half", 50), ("full", 100)]),
        ("shadow-5-25-75-100", [("pilot", 0), ("shadow", 0), ("canary", 5), ("ramp", 25), ("majority", 75), ("full", 100)]),
    ],
)  # fmt: skip
def test_a_preset_is_the_ladder_of_its_name(name, rungs):
    assert [(each.name, each.exposure_percent) for each in Ladder.preset(name).stages] == rungs


def test_there_is_no_other_preset():
    assert sorted(PRESETS) == ["10-50-100", "5-25-75-100", "shadow-5-25-75-100"]
    with pytest.raises(KeyError):
        Ladder.preset("50-100")


BAD_LADDERS = {
    "one rung": ((stage("full", 100),), "at least 2 items"),
    "no end": ((stage("pilot", 0), stage("full", 99)), "the last stage must have an exposure of 100 percent"),
    "it falls": ((stage("pilot", 50), stage("canary", 5), stage("full", 100)), "must not fall up the ladder"),
    "a name twice": ((stage("pilot", 0), stage("pilot", 5), stage("full", 100)), "stage `pilot` is named twice"),
    "a former name of another": (
        (stage("pilot", 0), stage("trial", 5, formerly=["pilot"]), stage("full", 100)),
        "stage `pilot` is named twice",
    ),
    "standby on it": ((stage("pilot", 0), stage("standby", 5), stage("full", 100)), "`standby` stands beside the ladder"),
    "retired as a former name": ((stage("pilot", 0, formerly=["retired"]), stage("full", 100)), "`retired` stands beside"),
    "over everybody": ((stage("pilot", 0), stage("full", 101)), "less than or equal to 100"),
}  # fmt: skip


@pytest.mark.parametrize("case", BAD_LADDERS)
def test_what_is_no_ladder_is_refused(case):
    stages, words = BAD_LADDERS[case]
    assert words in refusal(ladder, *stages)


RENAMED = ladder(stage("pilot", 0), stage("trial", 5, formerly=["canary"]), stage("full", 100))


def test_a_former_name_stands_where_the_stage_stands():
    assert (RENAMED.canonical("canary"), RENAMED.position("canary"), RENAMED.next_after("canary")) == (
        "trial",
        1,
        "full",
    )
    assert RENAMED.exposure("canary") == 5


def test_beside_the_ladder_there_is_no_traffic_and_no_way_up():
    for name in ("standby", "retired"):
        assert (RENAMED.canonical(name), RENAMED.position(name), RENAMED.next_after(name)) == (name, None, None)
        assert RENAMED.exposure(name) == 0


def test_a_standby_is_judged_as_the_last_rung_and_a_retired_version_as_itself():
    assert (RENAMED.judged_as("standby"), RENAMED.judged_as("retired")) == ("full", "retired")


def test_an_unknown_stage_is_never_taken_for_a_known_one():
    assert RENAMED.canonical("Pilot") is None
    assert RENAMED.next_after("nowhere") is None
    for ask in (RENAMED.exposure, RENAMED.judged_as):
        with pytest.raises(KeyError):
            ask("nowhere")


@given(st.lists(st.integers(0, 100), min_size=1, max_size=8))
def test_every_rung_but_the_last_has_exactly_one_next_and_exposure_never_falls(percents):
    steps = [*sorted(percents), 100]
    made = ladder(*(stage(f"s{number}", percent) for number, percent in enumerate(steps)))
    climbed = [made.first]
    while (above := made.next_after(climbed[-1])) is not None:
        assert made.exposure(above) >= made.exposure(climbed[-1])
        climbed.append(above)
    assert tuple(climbed) == made.names
    assert climbed[-1] == made.last


# People


def people(*given_, bots=()):
    return People.model_validate({"schema": "rampgate/people/v1", "people": list(given_), "bots": list(bots)})


def account(id_, login="x"):
    return {"forge": "github", "id": id_, "login": login}


KEY = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIBkq"
TWICE = {
    "a name": (({"name": "ann"}, {"name": "ann"}), "name `ann` belongs to both"),
    "an account": (({"name": "ann", "accounts": [account(1)]}, {"name": "ben", "accounts": [account(1, "y")]}), "account 1 belongs to both `ann` and `ben`"),
    "an address in other capitals": (({"name": "ann", "emails": ["Ann@Example.com"]}, {"name": "ben", "emails": ["ann@example.COM"]}), "address `ann@example.com` belongs to both"),
    "a key with another comment": (({"name": "ann", "keys": [KEY + " ann"]}, {"name": "ben", "keys": [KEY + " ben"]}), "belongs to both `ann` and `ben`"),
    "a no-reply address of another's account": (
        ({"name": "ann", "accounts": [account(7)]}, {"name": "ben", "emails": ["7+ann@users.noreply.github.com"]}),
        "account 7 belongs to both `ann` and `ben`",
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", TWICE)
def test_nobody_is_two(case):
    given_, words = TWICE[case]
    assert words in refusal(people, *given_)


def test_a_bot_is_no_person():
    bot = {"forge": "github", "id": 1, "login": "ci[bot]"}
    assert "account 1 belongs to both" in refusal(people, {"name": "ann", "accounts": [account(1)]}, bots=[bot])


def test_a_person_may_list_the_no_reply_address_of_their_own_account():
    mine = "7+ann@users.noreply.github.com"
    made = people({"name": "ann", "accounts": [account(7)], "emails": [mine]})
    assert made.by_email(mine) == made.people[0]


def test_a_person_is_found_by_account_address_and_no_reply_address():
    made = people({"name": "ann", "accounts": [account(7)], "emails": ["ann@example.com"]}, {"name": "ben"})
    ann = made.people[0]
    assert made.by_account(7) == made.by_email("ANN@example.com") == ann
    assert made.by_email("7+anything@Users.NoReply.github.com") == ann
    assert made.by_email("8+ann@users.noreply.github.com") is None
    assert made.by_account(8) is None


@pytest.mark.parametrize(
    ("email", "id_"),
    [("1001+alice@users.noreply.github.com", 1001), ("alice@users.noreply.github.com", None), ("+a@users.noreply.github.com", None),
     ("12a+b@users.noreply.github.com", None), ("1001+alice@users.noreply.github.com.evil.example", None),
     ("\u0661+a@users.noreply.github.com", None), ("1001+alice@example.com", None)],
)  # fmt: skip
def test_a_no_reply_address_names_one_account(email, id_):
    assert noreply_account(email) == id_


# Artifacts


def part(name, **fields):
    return {"name": name, "uri": f"registry://{name}", **fields}


def test_one_file_is_known_by_its_digest():
    assert Artifact.model_validate({"uri": "s3://x", "digest": DIGEST}).identity == DIGEST


def test_parts_are_known_by_the_sha256_of_their_canonical_json():
    """Written by hand: keys sorted, no spaces, in the order of the parts."""
    made = Artifact.model_validate(
        {"parts": [part("prompt", digest=DIGEST), part("model", provider_version="2026-01")]}
    )
    text = (
        f'[{{"digest":"{DIGEST}","name":"prompt","uri":"registry://prompt"}},'
        '{"name":"model","provider_version":"2026-01","uri":"registry://model"}]'
    )
    assert made.identity == "sha256:" + hashlib.sha256(text.encode()).hexdigest()


def test_another_part_is_another_artifact():
    first = [part("prompt", digest=DIGEST), part("model", provider_version="1")]
    others = [
        [part("prompt", digest="sha256:" + "b" * 64), part("model", provider_version="1")],
        [part("prompt", digest=DIGEST), part("model", provider_version="2")],
        first[:1],
        first[::-1],
    ]
    known = {Artifact.model_validate({"parts": each}).identity for each in (first, *others)}
    assert len(known) == 5


BAD_ARTIFACTS = {
    "nothing": ({}, "an artifact needs `digest`, or `parts`"),
    "both": ({"digest": DIGEST, "parts": [part("a", digest=DIGEST)]}, "either `uri` and `digest`, or `parts`"),
    "a place without a digest": ({"uri": "s3://x"}, "an artifact needs `digest`"),
    "an unpinned part": ({"parts": [part("a")]}, "part `a` needs either"),
    "a part pinned twice": ({"parts": [part("a", digest=DIGEST, provider_version="1")]}, "part `a` needs either"),
    "a short digest": ({"digest": "sha256:abc"}, "pattern"),
}


@pytest.mark.parametrize("case", BAD_ARTIFACTS)
def test_an_artifact_is_one_thing_pinned(case):
    value, words = BAD_ARTIFACTS[case]
    assert words in refusal(Artifact.model_validate, value)


# Rules, slots, waivers, attestations

RULE = {"id": "a.b", "kind": "k", "effect": "block"}


def test_a_rule_speaks_about_promote_and_restore_unless_it_says_otherwise():
    assert [str(each) for each in Rule.model_validate(RULE).applies.changes] == ["promote", "restore"]


@pytest.mark.parametrize("kind", ["rollback", "retire", "waiver", "policy", "adopt", "none"])
def test_no_policy_rule_judges_what_must_always_pass_or_has_rules_of_its_own(kind):
    assert f"no policy rule judges `{kind}`" in refusal(Rule.model_validate, {**RULE, "applies": {"changes": [kind]}})


def test_a_stage_left_out_of_an_effect_is_audited():
    rule = Rule.model_validate({**RULE, "effect": {"full": "block"}})
    assert (rule.effect_at("full", "2026-01-01"), rule.effect_at("canary", "2026-01-01")) == ("block", "audit")


def test_only_a_business_owner_consents_by_asking():
    assert Slot.model_validate({"role": "business_owner", "author_counts": True})
    assert "for the role `business_owner` alone" in refusal(
        Slot.model_validate, {"role": "risk", "author_counts": True}
    )


WAIVER = {
    "schema": "rampgate/waiver/v1", "id": "W-1", "rule": "a.b", "model": "m", "version": "1", "entering": "canary",
    "reason": "ten letters at least", "owner": "ann", "approved_by": "ben", "starts": "2026-11-10", "ends": "2026-11-10",
}  # fmt: skip


def test_a_waiver_lives_on_its_first_and_last_day():
    made = Waiver.model_validate({**WAIVER, "ends": "2026-11-12"})
    days = ["2026-11-09", "2026-11-10", "2026-11-12", "2026-11-13"]
    assert [made.is_live(day) for day in days] == [False, True, True, False]
    assert Waiver.model_validate(WAIVER).is_live("2026-11-10")


def test_nobody_grants_a_waiver_to_themselves_and_none_ends_before_it_starts():
    assert "`ann` can not grant a waiver to themselves" in refusal(
        Waiver.model_validate, {**WAIVER, "approved_by": "ann"}
    )
    assert "before it starts" in refusal(Waiver.model_validate, {**WAIVER, "ends": "2026-11-09"})


def test_an_attestation_does_not_expire_before_its_date():
    value = {"schema": "rampgate/attestation/v1", "role": "security", "person": "sam", "statement": "ten letters at least",
             "covers": "version", "date": "2026-11-18", "expires": "2026-11-17"}  # fmt: skip
    assert "expires on 2026-11-17, before its date" in refusal(Attestation.model_validate, value)
