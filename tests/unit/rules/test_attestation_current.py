"""Attestations: there, expired, from the future, by the wrong person, of another version."""

import pytest
from pydantic import ValidationError

from rampgate.rules.attestation_current import KIND
from worlds.facts_world import an_attestation, example_rules, facts, judge, lint, outcomes, version_facts

TODAY = "2026-11-20"


def judged(*attestations, siblings=None, **parameters):
    files = {f"a{n}": each for n, each in enumerate(attestations)}
    return judge(KIND, facts(attestations=files, siblings=siblings), **{"roles": ["security"], **parameters})


def test_a_current_attestation_passes_as_a_persons_word():
    (answer,) = judged(an_attestation("security", "sam", date="2026-11-18", expires="2027-11-18"))
    assert answer.outcome == "pass"
    assert answer.attested
    assert answer.valid_until == "2027-11-18"
    assert answer.message == "`sam` (security) attested on 2026-11-18"


def test_nobody_having_attested_is_insufficient_and_names_the_command():
    (answer,) = judged()
    assert answer.outcome == "insufficient"
    assert answer.attested
    assert "rampgate attest credit-risk --version 2.0.0 --role security" in answer.fix


@pytest.mark.parametrize(
    ("date", "expires", "outcome", "words"),
    {
        "last day": ("2026-11-01", TODAY, "pass", ""),
        "one day too late": ("2026-11-01", "2026-11-19", "insufficient", "expired on 2026-11-19"),
        "given today": (TODAY, TODAY, "pass", ""),
        "given tomorrow": ("2026-11-21", "2027-01-01", "insufficient", "is dated 2026-11-21, which is after today"),
        "no such day": ("2026-02-30", "2027-01-01", "insufficient", "has no real dates"),
        "no such end": ("2026-11-01", "9999-99-99", "insufficient", "has no real dates"),
    }.values(),
)
def test_it_counts_from_its_date_to_its_last_day(date, expires, outcome, words):
    (answer,) = judged(an_attestation("security", "sam", date=date, expires=expires))
    assert answer.outcome == outcome
    assert words in answer.message


@pytest.mark.parametrize(("days", "outcome"), [(19, "pass"), (18, "insufficient")])
def test_an_age_limit_holds_however_late_it_expires(days, outcome):
    (answer,) = judged(an_attestation("security", "sam", date="2026-11-01"), max_age_days=days)
    assert answer.outcome == outcome
    if outcome == "pass":
        assert answer.valid_until == TODAY


def test_a_person_who_does_not_hold_the_role_fails():
    (answer,) = judged(an_attestation("security", "bob"))
    assert answer.outcome == "fail"
    assert "`bob`, who does not hold the role `security`" in answer.message


def test_a_person_who_is_not_in_the_people_file_fails():
    (answer,) = judged(an_attestation("security", "samm"))
    assert answer.outcome == "fail"
    assert "`samm`, who is not in the people file; did you mean `sam`" in answer.message


def test_an_attestation_in_another_role_does_not_count():
    assert outcomes(judged(an_attestation("risk", "rita"))) == ["insufficient"]


def test_one_that_counts_is_enough_beside_others_that_do_not():
    expired = an_attestation("security", "sam", expires="2026-11-02")
    (answer,) = judged(an_attestation("security", "bob"), expired, an_attestation("security", "sam"))
    assert answer.outcome == "pass"


def test_the_one_that_lasts_longest_decides_until_when():
    short = an_attestation("security", "sam", expires="2026-12-01")
    long = an_attestation("security", "sam", expires="2027-03-01")
    for pair in ((short, long), (long, short)):
        (answer,) = judged(*pair)
        assert answer.valid_until == "2027-03-01"


def test_every_role_is_answered_once():
    answers = judged(an_attestation("security", "sam"), roles=["security", "risk", "security"])
    assert outcomes(answers) == ["pass", "insufficient"]


@pytest.mark.parametrize(("covers", "outcome"), [("model", "pass"), ("version", "insufficient")])
def test_a_sibling_counts_only_where_it_covers_the_model(covers, outcome):
    given = {"a1": an_attestation("security", "sam", covers=covers)}
    older = version_facts({"version": "1.4.0", "stage": "full"}, attestations=given)
    (answer,) = judged(siblings={"1.4.0": older})
    assert answer.outcome == outcome
    if outcome == "pass":
        assert "given with version 1.4.0" in answer.message


def test_a_topic_restricts_which_count():
    about = an_attestation("security", "sam", topic="threat model")
    assert outcomes(judged(about)) == ["pass"]
    assert outcomes(judged(about, topic="threat model")) == ["pass"]
    assert outcomes(judged(about, topic="outcome")) == ["insufficient"]
    assert outcomes(judged(an_attestation("security", "sam"), topic="outcome")) == ["insufficient"]


def test_a_rule_without_roles_is_refused():
    with pytest.raises(ValidationError):
        KIND.params.model_validate({"roles": []})


def test_a_role_that_nobody_holds_is_a_fault_of_the_policy():
    (fault,) = lint(KIND, roles=["security", "securty"])
    assert fault.pointer == ("roles", 1)
    assert "did you mean `security`?" in fault.message


def test_the_example_on_the_page_is_a_rule_of_this_kind():
    (rule,) = example_rules(KIND)
    assert rule.kind == KIND.id
    assert lint(KIND, **rule.with_) == []
