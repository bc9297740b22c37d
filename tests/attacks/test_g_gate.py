"""Attacks on what the gate reads of the record: with a push right and no key, nobody makes it forget what went past it.

Whoever may write to `main` and to `decisions` pushes past the gate, is recorded, and then tampers with the branch of the
history. `rampgate audit verify` finds each of these; here the gate itself must not be led astray before anybody looks.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from worlds.governed_world import (
    GOVERNANCE,
    METRIC_RULE,
    OTTO,
    RITA,
    Answer,
    GovernedWorld,
    card,
    dump,
    policy,
    run_rampgate,
)
from worlds.recorder_world import declared, key_file

CLEAN = "record.is-clean"
LENIENT = {**METRIC_RULE, "with": {**METRIC_RULE["with"], "at_least": "0.10"}}
NOTES = "model_cards/fraud/1.0.0/notes.md"
WAIVER = {
    "schema": "rampgate/waiver/v1", "id": "W-1", "rule": "evidence.accuracy-floor", "model": "credit-risk",
    "version": "2.0.0", "entering": "canary", "reason": "agreed until the new data arrives", "owner": "alice",
    "approved_by": "rita", "starts": "2026-11-11", "ends": "2026-12-01",
}  # fmt: skip


class Watched(GovernedWorld):
    """Two models, a declared history, and the recorder after every push."""

    minute = 0

    def record(self) -> Answer:
        """Run the recorder on the clone as it is."""
        self.minute += 1
        now = f"2026-11-21T09:{self.minute:02d}:00Z"
        words = ("record", "--offline", "--repo", str(self.root), "--now", now, "--key", str(key_file(self.folder)))
        return run_rampgate(*words)

    def pushed(self, **fields: Any) -> Answer:
        """Push what is in the work tree straight to main, and record it."""
        self.base = self.commit("past the gate", **fields)
        return self.record()

    def rename(self, seq: int, name: str) -> None:
        """Give a record's file another name, in one more commit on the branch, as whoever may push there can."""
        self.checkout("decisions")
        (path,) = (self.root / "log/0000").glob(f"{seq:06d}-*")
        self.git("mv", str(path), f"log/0000/{seq:06d}-{name}.json")
        self.commit("tidy up")
        self.checkout("main")

    def asked(self) -> Answer:
        """Ask for the next rung with every approval that it needs, and return what the gate says."""
        self.checkout("main")
        self.base = self.rev("main")
        before = self.cards["credit-risk", "2.0.0"]["stage"]
        head = self.promotion()
        self.checkout("main")
        self.cards["credit-risk", "2.0.0"]["stage"] = before
        return self.judge(head, reviews=[self.review(RITA, head)], now="2026-11-22T10:00:00Z")


@pytest.fixture(scope="module")
def two_models(tmp_path_factory: pytest.TempPathFactory) -> Watched:
    world = Watched(tmp_path_factory.mktemp("watched"))
    world.add_version(card(model="fraud", version="1.0.0", tier="medium"))
    world.base = world.commit("another model", author=("Otto", OTTO["email"]))
    declared(world)
    assert world.record().exit == 0
    assert world.asked().verdict == "allow"
    return world


@pytest.fixture
def watched(two_models: Watched, tmp_path: Path) -> Watched:
    return two_models.copy(tmp_path)  # type: ignore[return-value]


@pytest.mark.parametrize("beside", ["nothing", "another model's file", "another model's card, unreadable"])
def test_C1_a_waiver_that_was_pushed_holds_its_model_back_whatever_came_with_it(watched: Watched, beside: str) -> None:
    """Files of another model make the record that one's own; the waiver is for the first."""
    watched.write("policies/waivers/W-1.yaml", dump(WAIVER))
    if beside == "another model's file":
        watched.write(NOTES, "a pinch of something else\n")
    elif beside != "nothing":
        watched.write("model_cards/fraud/1.0.0/card.yaml", "no card\n")
    assert watched.pushed().exit == 10
    answer = watched.asked()
    assert (answer.exit, answer.outcome(CLEAN)) == (10, "fail"), answer.text


def test_C1_rules_that_were_pushed_hold_back_every_model_though_their_record_hides(watched: Watched) -> None:
    """Under a name by which no model looks for it; nothing of the rules differs from what is on record."""
    watched.write("policies/lending.yaml", dump(policy(LENIENT)))
    watched.pushed()
    watched.write(NOTES, "another model moves on\n")
    watched.pushed()
    assert watched.asked().outcome(CLEAN) == "fail"
    watched.rename(3, "aaa-policy")
    answer = watched.asked()
    assert (answer.exit, answer.outcome(CLEAN)) == (12, "insufficient")
    assert "the records before it are not those that it was added to" in answer.failed()[CLEAN]
    # And the recorder appends nothing to a branch that can not be believed.
    watched.write(NOTES, "and on\n")
    assert watched.pushed().exit == 3


def test_C1_a_bypass_that_was_taken_back_is_not_forgotten_though_its_records_hide(watched: Watched) -> None:
    """The card is again as it was; only the records say that it was up and down."""
    for stage in ("canary", "pilot"):
        watched.edit_card(stage=stage)
        watched.pushed()
    watched.write(NOTES, "another model moves on\n")
    watched.pushed()
    for seq in (3, 4):
        watched.rename(seq, "aaa-2.0.0-canary")
    assert watched.asked().outcome(CLEAN) == "insufficient"


def test_G3_a_bypass_that_was_taken_back_is_not_forgotten_though_its_records_are_cut_off(watched: Watched) -> None:
    before = watched.rev("decisions")
    for stage in ("canary", "pilot"):
        watched.edit_card(stage=stage)
        watched.pushed()
    watched.git("update-ref", "refs/heads/decisions", before)
    answer = watched.asked()
    assert (answer.exit, answer.outcome(CLEAN)) == (12, "insufficient")
    # The recorder finds them on the branch, and writes them down once more.
    assert watched.record().exit == 10
    assert watched.asked().outcome(CLEAN) == "fail"


def test_G5_a_tag_that_is_named_like_a_branch_is_none(watched: Watched) -> None:
    """A runner fetches every tag, and may have no `origin/HEAD`; Git would take the tag of that name instead."""
    watched.branch("theirs")
    watched.write("policies/governance.yaml", dump({**GOVERNANCE, "branch": "theirs"}))
    theirs = watched.commit("their own branch is the governed one")
    watched.checkout("main")
    for name in ("refs/remotes/origin/HEAD", "refs/remotes/origin/main", "refs/heads/main"):
        watched.git("update-ref", f"refs/tags/{name}", theirs)
    answer = run_rampgate("audit", "verify", "--repo", str(watched.root))
    assert (answer.exit, "of `main` after" in answer.text) == (0, True), answer.text
