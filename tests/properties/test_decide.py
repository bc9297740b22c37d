"""Laws of the verdict, on generated sets of findings."""

from __future__ import annotations

import random
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rampgate.core.decide import decide
from rampgate.model.finding import Finding
from rampgate.model.vocabulary import Effect, Outcome, Verdict
from reference.decide import naive_verdict

STRICTNESS = {Verdict.ALLOW: 0, Verdict.HOLD: 1, Verdict.UNDECIDED: 2, Verdict.DENY: 3}
UNMET = (Outcome.FAIL, Outcome.INSUFFICIENT, Outcome.WAITING, Outcome.ERROR)

findings = st.builds(
    lambda outcome, effect, settles: Finding("r", "k", outcome, effect, "title", "message", settles=settles),
    st.sampled_from(list(Outcome)),
    st.sampled_from(list(Effect)),
    st.booleans(),
)


def random_findings(seed: int) -> list[Finding]:
    rng = random.Random(seed)
    return [
        Finding(f"r{n}", "k", rng.choice(list(Outcome)), rng.choice(list(Effect)), "t", "m", settles=rng.random() < 0.8)
        for n in range(rng.randrange(0, 9))
    ]


def test_the_naive_second_implementation_agrees_on_20000_generated_sets() -> None:
    verdicts = set()
    for seed in range(20_000):
        found = random_findings(seed)
        verdict = decide(found)
        verdicts.add(verdict)
        assert verdict == naive_verdict([(f.outcome.value, f.effect.value, f.settles) for f in found]), found
    assert verdicts == set(Verdict), "the generator reaches every verdict"


@given(st.lists(findings, max_size=8), st.randoms())
def test_the_order_of_findings_never_matters(found: list[Finding], rng: random.Random) -> None:
    shuffled = list(found)
    rng.shuffle(shuffled)
    assert decide(shuffled) is decide(found)


@given(st.lists(findings, max_size=8), st.sampled_from(UNMET))
def test_adding_an_unmet_blocking_rule_never_helps(found: list[Finding], outcome: Outcome) -> None:
    unmet = Finding("extra", "k", outcome, Effect.BLOCK, "t", "m")
    verdict = decide([*found, unmet])
    assert verdict is not Verdict.ALLOW
    # A set in which nothing is evaluated is undecided, and waiting is milder: the one order that adding may lower.
    if any(f.effect is Effect.BLOCK and f.outcome in UNMET for f in found):
        assert STRICTNESS[verdict] >= STRICTNESS[decide(found)]


@given(st.lists(findings, max_size=8))
@settings(max_examples=200)
def test_what_only_warns_or_is_audited_never_matters(found: list[Finding]) -> None:
    quiet = [replace(f, effect=Effect.WARN) for f in found] + [replace(f, effect=Effect.AUDIT) for f in found]
    assert decide([*found, *quiet]) is decide(found)


@pytest.mark.parametrize("outcome", [Outcome.PASS, Outcome.WAIVED])
def test_a_pass_that_settles_nothing_is_not_enough(outcome: Outcome) -> None:
    """What holds in every repository says nothing about whether this model may serve more people."""
    assert decide([Finding("r", "k", outcome, Effect.BLOCK, "t", "m", settles=False)]) is Verdict.UNDECIDED


def test_no_finding_at_all_is_undecided() -> None:
    assert decide([]) is Verdict.UNDECIDED
