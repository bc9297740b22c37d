"""`rampgate record` against a forge with real Git: what landed, judged again as of its merge."""

from __future__ import annotations

import json
from dataclasses import dataclass

import pytest

from rampgate.app.ci.gather import Said
from rampgate.app.github.record import as_of_the_merge
from worlds.actions_world import Actions, Run
from worlds.governed_world import ALICE, OLGA, OSSI, OTTO, RAVI, RITA, SAM, GovernedWorld, dump


@dataclass
class Recorder:
    """A clone that records; `start` is where the branch stood when the test began."""

    runner: Actions
    start: str
    world: GovernedWorld

    def tip(self) -> str:
        return self.runner.forge.hub.git.commit_of("refs/heads/main")

    def __call__(self, before: str = "", after: str = "", *words: str) -> Run:
        between = ("--before", before or self.start, "--after", after or self.tip())
        return self.runner.command("record", "--repo", str(self.runner.checkout), *between, *words)

    def json(self, before: str = "", after: str = "") -> list[dict]:
        path = self.runner.folder / "landed.json"
        self(before, after, "--json", str(path))
        value = json.loads(path.read_text())
        assert value["schema"] == "rampgate/landings/v1"
        return value["landings"]


@pytest.fixture
def record(world, forge, tmp_path):
    return Recorder(Actions(forge, tmp_path / "runner"), world.base, world)


def promotion(world, forge, to="canary", branch="promote"):
    """Alice asks for one stage up, on top of what the forge's main is now."""
    world.git("fetch", "-q", "origin", "main")
    world.branch(branch, "FETCH_HEAD")
    world.edit_card(stage=to)
    world.commit(f"promote to {to}")
    forge.push(world, branch, by=ALICE)
    return forge.open_pull(branch, "main", ALICE)


@pytest.mark.parametrize("method", ["merge", "squash"])
def test_an_allowed_promotion_is_found_in_order(world, forge, record, method):
    pull = promotion(world, forge)
    forge.review(pull, RITA, "APPROVED")
    landed = forge.merge(pull, OTTO, method)
    run = record()
    assert run.code == 0, run
    assert run.out == f"{landed[:10]}  pull request 1  allow  promote credit-risk 2.0.0: pilot -> canary\n"
    (found,) = record.json()
    assert (found["commit"], found["pull_request"], found["past_the_gate"]) == (landed, 1, [])
    assert found["decision"]["verdict"] == "allow"
    assert [each["person"] for each in found["decision"]["approvals"]["counted"]] == ["rita"]
    assert found["decision"]["evaluated_at"] == pull.merged_at


def test_a_push_past_every_pull_request_is_told(world, forge, record):
    world.edit_card(stage="canary")
    landed = world.commit("promote by hand")
    forge.push(world, "main", by=OTTO)
    run = record()
    assert run.code == 10, run
    assert f"{landed[:10]}  no pull request  " in run.out
    assert "  past the gate: no pull request brought it\n" in run.out
    assert run.out.endswith(
        "Next: roll back what should not serve, and find out who could push or merge past the rules.\n"
    )
    (found,) = record.json()
    assert (found["commit"], found["pull_request"]) == (landed, None)
    assert found["past_the_gate"] == ["no pull request brought it"]


def test_a_rollback_pushed_by_hand_is_told_too(start_forge, tmp_path):
    """A rollback needs nobody's approval, but a pull request: it is where the status is."""
    (tmp_path / "other").mkdir()
    world = GovernedWorld(tmp_path / "other", stage="ramp")
    forge = start_forge(world)
    world.edit_card(stage="pilot")
    world.commit("down")
    forge.push(world, "main", by=OTTO)
    record = Recorder(Actions(forge, tmp_path / "runner"), world.base, world)
    assert record().code == 10


def test_a_merge_on_hold_by_an_administrator_is_told(world, forge, record):
    pull = promotion(world, forge)
    landed = forge.merge(pull, OTTO)
    run = record()
    assert run.code == 10, run
    assert run.out.splitlines()[0].startswith(f"{landed[:10]}  pull request 1  hold  promote")
    assert "past the gate: it was merged when the verdict was hold" in run.out


def test_a_review_given_after_the_merge_heals_nothing(world, forge, record):
    pull = promotion(world, forge)
    forge.merge(pull, OTTO)
    forge.review(pull, RITA, "APPROVED")
    (found,) = record.json()
    assert found["past_the_gate"] == ["it was merged when the verdict was hold"]
    assert found["decision"]["approvals"]["counted"] == []


def test_a_dismissal_after_the_merge_does_not_change_the_past(world, forge, record):
    pull = promotion(world, forge)
    review = forge.review(pull, RITA, "APPROVED")
    forge.merge(pull, OTTO)
    forge.dismiss(review, OTTO, "second thoughts")
    assert record().code == 0


def test_a_dismissal_before_the_merge_counts(world, forge, record):
    pull = promotion(world, forge)
    forge.dismiss(forge.review(pull, RITA, "APPROVED"), OTTO, "too quick")
    forge.merge(pull, OTTO)
    (found,) = record.json()
    assert found["past_the_gate"] == ["it was merged when the verdict was hold"]


def test_an_objection_after_the_merge_does_not_change_the_past(world, forge, record):
    pull = promotion(world, forge)
    forge.review(pull, RITA, "APPROVED")
    forge.merge(pull, OTTO)
    forge.review(pull, RITA, "CHANGES_REQUESTED", body="I was wrong")
    assert record().code == 0


def said(reviews, events, merged_at="2026-11-20T09:00:10Z"):
    return Said({"merged_at": merged_at}, reviews, [], events, [])


def test_a_dismissed_objection_is_one_again_before_its_dismissal():
    """Worked by hand: submitted at :05, merged at :10, dismissed at :15."""
    review = {"id": 3, "state": "DISMISSED", "submitted_at": "2026-11-20T09:00:05Z"}
    dismissed = {"review_id": 3, "state": "changes_requested"}
    event = {"created_at": "2026-11-20T09:00:15Z", "dismissed_review": dismissed}
    found = as_of_the_merge(said([review], [event]))
    assert (found.reviews[0]["state"], found.events) == ("CHANGES_REQUESTED", [])


def test_what_was_not_merged_stays_as_it_is():
    review = {"id": 3, "state": "APPROVED", "submitted_at": "2027-01-01T00:00:00Z"}
    whole = said([review], [], merged_at=None)
    assert as_of_the_merge(whole) is whole


def test_what_landed_is_not_what_the_pull_request_gives(world, forge, record):
    """Somebody merges by hand, and slips a file in; GitHub calls such a pull request merged all the same."""
    pull = promotion(world, forge)
    forge.review(pull, RITA, "APPROVED")
    world.checkout("main")
    landed = world.merge("promote", evil={"model_cards/credit-risk/2.0.0/runbook.md": "# other words\n"})
    forge.push(world, "main", by=OTTO)
    pull.state, pull.merged_at, pull.merge_commit = "closed", forge.state.clock.now(), landed
    run = record()
    assert run.code == 10, run
    assert "past the gate: what landed is not what merging the pull request gives" in run.out
    (found,) = record.json()
    assert found["decision"]["verdict"] == "allow", "what was judged is the pull request"


def test_a_merge_without_a_governed_pull_request_can_not_hide_one(world, forge, record):
    """The pull request touches a read-me; the commit that it became moves a model."""
    world.branch("words")
    world.write("README.md", "# words\n")
    world.commit("words")
    forge.push(world, "words", by=ALICE)
    pull = forge.open_pull("words", "main", ALICE)
    world.checkout("main")
    path = "model_cards/credit-risk/2.0.0/card.yaml"
    landed = world.merge("words", evil={path: world.read(path).replace('"stage": "pilot"', '"stage": "canary"')})
    forge.push(world, "main", by=OTTO)
    pull.state, pull.merged_at, pull.merge_commit = "closed", forge.state.clock.now(), landed
    run = record()
    assert run.code == 10, run
    assert run.out.splitlines()[0] == f"{landed[:10]}  pull request 1  nothing governed in the pull request"


def test_a_change_of_the_rules_is_judged_by_the_rules_before_it(world, forge, record):
    world.branch("rules")
    world.write("policies/lending.yaml", world.read("policies/lending.yaml").replace('"0.80"', '"0.70"'))
    world.commit("a lower floor")
    forge.push(world, "rules", by=OTTO)
    pull = forge.open_pull("rules", "main", OTTO)
    for who in (OLGA, OSSI):
        forge.review(pull, who, "APPROVED")
    forge.merge(pull, OTTO)
    (found,) = record.json()
    assert (found["past_the_gate"], found["decision"]["change"]) == ([], "policy")


def test_a_change_of_the_rules_by_too_few_is_told(world, forge, record):
    world.branch("rules")
    world.write("policies/lending.yaml", world.read("policies/lending.yaml").replace('"0.80"', '"0.70"'))
    world.commit("a lower floor")
    forge.push(world, "rules", by=OTTO)
    pull = forge.open_pull("rules", "main", OTTO)
    forge.review(pull, OLGA, "APPROVED")
    forge.merge(pull, OTTO)
    (found,) = record.json()
    assert found["past_the_gate"] == ["it was merged when the verdict was hold"]


def test_each_landing_is_told_in_the_order_in_which_it_came(world, forge, record):
    first = promotion(world, forge, "canary", "one")
    forge.review(first, RITA, "APPROVED")
    forge.merge(first, OTTO, "merge")
    second = promotion(world, forge, "ramp", "two")
    forge.merge(second, OTTO, "squash")
    third = promotion(world, forge, "majority", "three")
    for who in (RAVI, SAM):
        forge.review(third, who, "APPROVED")
    forge.merge(third, OTTO, "squash")
    run = record()
    assert run.code == 10, run
    said = [line.split("  ")[1:] for line in run.out.splitlines() if "  pull request " in line]
    assert [each[:2] for each in said] == [
        ["pull request 1", "allow"],
        ["pull request 2", "hold"],
        ["pull request 3", "allow"],
    ]
    assert [each["pull_request"] for each in record.json()] == [1, 2, 3]
    assert record(second.merge_commit).code == 0, "only the third is after the second"


def test_what_is_not_governed_is_not_asked_about(world, forge, record):
    world.write("README.md", "# words\n")
    world.commit("words")
    forge.push(world, "main", by=ALICE)
    before = len(forge.calls)
    run = record()
    assert (run.code, run.out) == (0, "nothing governed landed\n")
    assert not [each for each in forge.calls[before:] if each.path.endswith("/pulls")]
    assert record.json() == []


def test_no_step_at_all_is_nothing(record):
    assert record(record.start, record.start).out == "nothing governed landed\n"


def test_a_rewritten_branch_can_not_be_recorded(world, forge, record):
    """What stood there before is fetched by its id: the runner's clone has only what the branch is now."""
    world.write("README.md", "# words\n")
    gone = world.commit("words")
    forge.push(world, "main", by=OTTO)
    world.git("reset", "-q", "--hard", record.start)
    world.write("README.md", "# other words\n")
    world.commit("other words")
    forge.push(world, "main", by=OTTO, force=True)
    run = record(gone)
    assert run.code == 2, run
    assert f"does not descend from {gone[:7]} along its first parents; was the branch rewritten?" in run.error
    run = record(record.start, gone)
    assert run.code == 2, run
    assert f"{gone[:7]} is not on `main` as it is at GitHub now; was the branch rewritten?" in run.error


def test_a_branch_that_a_push_made_has_nothing_before_it(record):
    run = record("0" * 40)
    assert run.code == 2, run
    assert "the branch was made by this push" in run.error


def test_a_forge_that_does_not_answer_is_no_clean_record(world, forge, record):
    forge.merge(promotion(world, forge), OTTO)
    forge.fail_next("GET", "*/reviews", 403, times=9)
    run = record()
    assert run.code == 4, run


def test_what_a_card_says_can_not_write_to_the_terminal(world, forge, record):
    world.branch("odd")
    world.write("policies/lending.yaml", dump({"schema": "rampgate/policy/v1\x1b[2J\n::error::x"}))
    world.commit("odd")
    forge.push(world, "odd", by=ALICE)
    forge.merge(forge.open_pull("odd", "main", ALICE), OTTO)
    run = record()
    assert run.code == 10
    assert "\x1b" not in run.out
    assert not [line for line in run.out.splitlines() if line.startswith("::")]
