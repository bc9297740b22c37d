"""`rollout.dwell`: days are counted from the record, to the second, and rows from windows that do not share days."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rampgate.model.history import History, Stay
from rampgate.model.ladder import Ladder
from rampgate.model.sourced import Missing
from rampgate.rules._dwell_rows import Window, most_rows
from rampgate.rules.rollout_dwell import KIND
from worlds.facts_world import (
    ABSENT,
    ARTIFACT,
    NOW,
    an_evidence,
    changed,
    digest,
    example_rules,
    facts,
    judge,
    lint,
    outcomes,
)

# NOW is 2026-11-20T10:00:00Z.
A_WEEK_AGO = "2026-11-13T10:00:00Z"
ALONE = {"fallback": ABSENT}


def a_ladder(**least: int) -> Ladder:
    rungs = (("pilot", 0), ("canary", 5), ("ramp", 25), ("majority", 75), ("full", 100))
    stages = [{"name": name, "exposure_percent": percent} for name, percent in rungs]
    days = [{**each, "dwell_days": least[each["name"]]} if each["name"] in least else each for each in stages]
    return Ladder.model_validate({"schema": "rampgate/ladder/v1", "stages": days})


def stood(since: str = A_WEEK_AGO, stage: str = "canary", artifact: str = ARTIFACT, **fields: Any) -> History:
    return History(size=20, head="0" * 64, stays={"2.0.0": Stay("2.0.0", stage, artifact, since, 12)}, **fields)


def leaving(history: History | Missing | None = None, **given: Any):
    """The facts of a promotion from canary to ramp; seven days at canary unless said."""
    settings = {"from_stage": "canary", "to_stage": "ramp", "ladder": a_ladder(canary=7), **given}
    if history is not None:
        settings |= {"history": history, "records": True}
    return facts(settings.pop("card", ALONE), **settings)


# Days


def test_a_week_is_over_at_its_very_second_and_not_a_second_earlier():
    """168 hours; the calendar day has no part in it."""
    assert outcomes(judge(KIND, leaving(stood()))) == ["pass"]
    assert outcomes(judge(KIND, leaving(stood("2026-11-13T10:00:01Z")))) == ["waiting"]
    assert outcomes(judge(KIND, leaving(stood("2026-11-13T09:59:59Z")))) == ["pass"]
    assert outcomes(judge(KIND, leaving(stood("2026-11-13T10:00:00.000001Z")))) == ["waiting"]


def test_the_moment_on_record_may_stand_in_another_zone():
    """11:00 at +01:00 is 10:00 in UTC."""
    assert outcomes(judge(KIND, leaving(stood("2026-11-13T11:00:00+01:00")))) == ["pass"]
    assert outcomes(judge(KIND, leaving(stood("2026-11-13T10:00:00-00:01")))) == ["waiting"]


def test_who_waits_is_told_since_when_until_when_and_how_long():
    (answer,) = judge(KIND, leaving(stood("2026-11-15T22:30:00Z")))
    assert answer.message == (
        "version 2.0.0 has stood at `canary` since 2026-11-15T22:30:00Z (record 12), and stays until "
        "2026-11-22T22:30:00Z at the earliest: 3 days are left"
    )
    assert (answer.found, answer.expected) == ("4 days", "at least 7 days")
    assert answer.fix == "wait until 2026-11-22T22:30:00Z, and judge it again"
    assert answer.valid_until == ""


@pytest.mark.parametrize(("since", "left"), [("2026-11-13T10:00:01Z", "1 day is left"), ("2026-11-14T10:00:00Z", "1 day is left"),
                                             ("2026-11-14T10:00:01Z", "2 days are left"), (NOW, "7 days are left")])  # fmt: skip
def test_a_day_that_has_begun_is_left_whole(since, left):
    (answer,) = judge(KIND, leaving(stood(since)))
    assert answer.message.endswith(left)


def test_the_stay_of_the_stage_that_is_left_counts_and_no_other():
    assert outcomes(judge(KIND, leaving(stood(), ladder=a_ladder(canary=8)))) == ["waiting"]
    assert outcomes(judge(KIND, leaving(stood(), ladder=a_ladder(pilot=90, ramp=90)))) == ["not_applicable"]


def test_a_rule_of_a_policy_has_days_of_its_own():
    assert outcomes(judge(KIND, leaving(stood(), ladder=a_ladder()), min_days=8)) == ["waiting"]
    assert outcomes(judge(KIND, leaving(stood(), ladder=a_ladder(canary=90)), min_days=7)) == ["pass"]


def test_a_stage_that_was_renamed_is_the_same_stage():
    stages = [each.model_dump() for each in a_ladder(canary=7).stages]
    stages[1] |= {"name": "taster", "formerly": ["canary"]}
    renamed = Ladder.model_validate({"schema": "rampgate/ladder/v1", "stages": stages})
    assert outcomes(judge(KIND, leaving(stood(), ladder=renamed, from_stage="taster"))) == ["pass"]


ELSEWHERE = {
    "another stage": (stood(stage="pilot"), "by the decision history version 2.0.0 stands at `pilot` (record 12)"),
    "another artifact": (stood(artifact=digest("x")), "another artifact stands at `canary` (record 12)"),
    "an unknown version": (History(3, "0" * 64), "knows no stay of version 2.0.0 at `canary`"),
    "a moment that is none": (stood("2026-13-45T99:00:00Z"), "record 12 says `2026-13-45T99:00:00Z`"),
    "a moment without an offset": (stood("2026-11-13T10:00:00"), "record 12 says"),
    "a moment at the end of time": (stood("9999-12-31T00:00:00Z"), "from which 7 days can not be counted"),
    "no history that can be believed": (Missing("it is forged", "look into it"), "for 7 days at least; it is forged"),
}


@pytest.mark.parametrize("case", ELSEWHERE)
def test_what_the_history_does_not_tell_is_insufficient(case):
    history, words = ELSEWHERE[case]
    (answer,) = judge(KIND, leaving(history))
    assert str(answer.outcome) == "insufficient"
    assert words in answer.message
    assert answer.fix


def test_without_a_history_a_least_stay_can_not_be_told():
    (answer,) = judge(KIND, leaving())
    assert str(answer.outcome) == "insufficient"
    assert answer.message == "a version stays at `canary` for 7 days at least; there is no decision history to go by"


def test_a_moment_to_come_waits_longer_and_never_less():
    (answer,) = judge(KIND, leaving(stood("2027-11-20T10:00:00Z")))
    assert (str(answer.outcome), answer.found) == ("waiting", "0 days")
    assert answer.message.endswith("372 days are left")


def test_what_comes_up_is_what_stood_there():
    """At the first stage the artifact may change, and at once go up with another one."""
    about = leaving(stood(stage="pilot"), from_stage="pilot", to_stage="canary", ladder=a_ladder(pilot=7),
                    before={"artifact.digest": digest("the old one")})  # fmt: skip
    (answer,) = judge(KIND, about)
    assert str(answer.outcome) == "fail"
    assert answer.message == "the artifact that comes up has not stood at `pilot`: another one did"


@pytest.mark.parametrize(
    ("kind", "before", "after"),
    [("rollback", "canary", "pilot"), ("amend", "canary", "canary"), ("retire", "canary", "retired"),
     ("restore", "canary", "ramp"), ("register", "pilot", "pilot")],
)  # fmt: skip
def test_a_least_stay_holds_back_a_promotion_alone(kind, before, after):
    about = leaving(kind=kind, from_stage=before, to_stage=after, ladder=a_ladder(pilot=7, canary=7))
    assert outcomes(judge(KIND, about)) == ["not_applicable"]


def test_nothing_leaves_a_stage_beside_the_ladder():
    assert outcomes(judge(KIND, leaving(stood(), from_stage="standby", to_stage="full"), min_days=7)) == [
        "not_applicable"
    ]


FROM_2000 = datetime(2000, 1, 1, tzinfo=UTC)
MOMENTS = st.integers(0, 10**15).map(lambda count: (FROM_2000 + timedelta(microseconds=3 * count)).isoformat())


@given(MOMENTS, MOMENTS, st.integers(1, 4000), st.timedeltas(timedelta(0), timedelta(days=5000)))
def test_time_that_passes_never_turns_a_pass_into_a_wait(since, now, least, more):
    later = (datetime.fromisoformat(now) + more).isoformat()
    first, second = (
        outcomes(judge(KIND, leaving(stood(since), now=each, ladder=a_ladder()), min_days=least))
        for each in (now, later)
    )
    assert first in (["pass"], ["waiting"])
    assert (first, second) != (["pass"], ["waiting"])
    # By an independent count, in whole microseconds.
    passed = datetime.fromisoformat(now) - datetime.fromisoformat(since)
    assert (first == ["pass"]) == (passed // timedelta(microseconds=1) >= least * 24 * 3600 * 10**6)


# Rows


def measured(first: str, last: str, rows: int, **fields: Any) -> dict[str, Any]:
    """Performance evidence from production at canary on so many rows."""
    half = rows // 2
    return an_evidence(
        "performance",
        population="production",
        stage="canary",
        window={"from": first, "to": last},
        counts={"columns": ["y_true", "y_pred", "n"], "rows": [[0, 0, half], [1, 1, rows - half]]},
        **{"produced": {"by": "bob", "tool": "x", "tool_version": "1", "at": f"{last}T12:00:00Z"}, **fields},
    )


def counted(*files: dict[str, Any], least: int = 1000, signed: bool = True, **given: Any):
    names = {f"evidence/{at}.json": each for at, each in enumerate(files)}
    about = leaving(
        stood(), ladder=a_ladder(), evidence=names, signed_by=dict.fromkeys(names, "bob") if signed else {}, **given
    )
    return judge(KIND, about, min_rows=least, evidence="performance")


def test_the_rows_of_windows_after_one_another_add_up():
    (answer,) = counted(measured("2026-11-13", "2026-11-15", 400), measured("2026-11-16", "2026-11-18", 600))
    assert (str(answer.outcome), answer.found, answer.expected) == ("pass", "1000 rows", "at least 1000 rows")
    (answer,) = counted(measured("2026-11-13", "2026-11-15", 400), measured("2026-11-16", "2026-11-18", 599))
    assert (str(answer.outcome), answer.found) == ("insufficient", "999 rows")


def test_of_windows_that_share_a_day_the_larger_counts():
    (answer,) = counted(measured("2026-11-13", "2026-11-16", 600), measured("2026-11-16", "2026-11-18", 700))
    assert (str(answer.outcome), answer.found) == ("insufficient", "700 rows")
    assert "1 of the windows share days with others" in answer.message


def test_the_same_rows_in_two_files_count_once():
    (answer,) = counted(*[measured("2026-11-13", "2026-11-18", 600)] * 3)
    assert answer.found == "600 rows"


def test_rows_from_before_the_stay_do_not_count():
    """The stay began on 2026-11-13; what was gathered before a rollback and return is another stay's."""
    (answer,) = counted(measured("2026-11-12", "2026-11-15", 5000), measured("2026-11-16", "2026-11-18", 600))
    assert (str(answer.outcome), answer.found) == ("insufficient", "600 rows")
    assert "`evidence/0.json` begins on 2026-11-12, and the stay began on 2026-11-13" in answer.message


def test_rows_without_days_do_not_count():
    without = measured("2026-11-13", "2026-11-18", 5000)
    del without["window"]
    (answer,) = counted(without)
    assert (str(answer.outcome), answer.found) == ("insufficient", "0 rows")
    assert "`evidence/0.json` names no window of days" in answer.message


def test_who_lacks_rows_is_told_how_many_and_about_how_many_days():
    """600 rows in three days are 200 a day: 400 more take two."""
    (answer,) = counted(measured("2026-11-16", "2026-11-18", 600))
    assert "pool windows of the same artifact: `rampgate measure performance --data FILE --pool FILE" in answer.fix
    assert (
        "gather 400 more rows of `performance` evidence at `canary` (about 2 days at `canary`, 5% of traffic)"
        in answer.fix
    )


MISFITS = {
    "another artifact": {"subject.artifact": digest("x")},
    "another version": {"subject.version": "1.0.0"},
    "a window that has not ended": {"window.to": "2026-12-01"},
    "an unknown stage": {"stage": "somewhere"},
    "no stage": {"stage": ABSENT},
}


@pytest.mark.parametrize("case", MISFITS)
def test_evidence_that_does_not_fit_is_no_answer_and_is_not_skipped(case):
    odd = changed(measured("2026-11-13", "2026-11-15", 5000), MISFITS[case])
    answers = counted(odd, measured("2026-11-16", "2026-11-18", 1000))
    assert outcomes(answers) == ["insufficient", "pass"]


def test_evidence_of_another_stage_or_population_is_not_asked():
    answers = counted(changed(measured("2026-11-13", "2026-11-15", 5000), {"stage": "pilot"}),
                      changed(measured("2026-11-13", "2026-11-15", 5000), {"population": "offline"}))  # fmt: skip
    assert outcomes(answers) == ["insufficient"]
    assert "lists no evidence of kind `performance`, population `production`, stage `canary`" in answers[0].message


def test_unsigned_rows_are_told_as_claimed():
    (answer,) = counted(measured("2026-11-13", "2026-11-18", 1000), signed=False)
    assert (str(answer.outcome), answer.attested) == ("pass", True)
    assert answer.message.endswith("(claimed: not all of the evidence is signed)")
    (answer,) = counted(measured("2026-11-13", "2026-11-18", 1000))
    assert not answer.attested


def test_days_and_rows_are_answered_both():
    about = leaving(stood(), evidence={"evidence/0.json": measured("2026-11-13", "2026-11-18", 10)})
    assert outcomes(judge(KIND, about, min_days=8, min_rows=10, evidence="performance")) == ["waiting", "pass"]


WINDOWS = st.lists(st.tuples(st.integers(0, 20), st.integers(0, 6), st.integers(0, 500)), max_size=7)


@given(WINDOWS)
def test_the_most_rows_are_those_of_the_best_choice_of_all(given_windows):
    """Held against every subset, one by one."""
    start = date(2026, 11, 1)
    fit = type("Fit", (), {"file": type("File", (), {"path": "x"})})()
    windows = [Window(start + timedelta(a), start + timedelta(a + b), rows, fit) for a, b, rows in given_windows]
    best = 0
    for mask in range(1 << len(windows)):
        chosen = [each for at, each in enumerate(windows) if mask >> at & 1]
        days = [day for each in chosen for day in range(each.first.toordinal(), each.last.toordinal() + 1)]
        if len(days) == len(set(days)):
            best = max(best, sum(each.rows for each in chosen))
    assert sum(each.rows for each in most_rows(windows)) == best


# Policies


PROMOTE = {"changes": ["promote"]}


def test_parameters_that_ask_for_nothing_are_faults():
    assert [each.message for each in lint(KIND, scope=PROMOTE)] == [
        "the rule asks for nothing: no stage of the ladder has `dwell_days`"
    ]
    assert [each.message for each in lint(KIND, scope=PROMOTE, min_rows=5)] == ["nothing says which rows"]
    assert [each.message for each in lint(KIND, scope=PROMOTE, min_days=5, evidence="performance")] == [
        "nothing says how many rows"
    ]
    assert [each.message for each in lint(KIND, scope={"changes": ["amend"]}, min_days=5)] == [
        "a stay is asked for by promotions alone"
    ]
    assert lint(KIND, min_days=5) == []


def test_the_example_works():
    (rule,) = example_rules(KIND)
    params = KIND.params.model_validate(rule.with_)
    assert (params.min_days, params.min_rows, params.population) == (7, 5000, "production")
