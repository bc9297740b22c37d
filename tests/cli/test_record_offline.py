"""`rampgate record --offline`: a clone by itself, its own branches and a given moment; nobody else is asked."""

from __future__ import annotations

import json

import pytest

from rampgate.adapters.git_objects import GitObjects
from rampgate.adapters.ledger import Ledger
from rampgate.app.judging.trust import Trust, read_believed
from rampgate.model.history import HistorySettings
from worlds.command_line import CommandLine
from worlds.governed_world import ALICE, RITA
from worlds.recorder_world import declared, key_file

NOW = "2026-11-20T10:00:00Z"


class Offline:
    """A clone in which the command is run with a key that is listed."""

    def __init__(self, capsys, world):
        self.world = world
        self.key = key_file(world.folder)
        self.line = CommandLine(capsys, world.root)

    def __call__(self, *words, now=NOW):
        return self.line("record", "--offline", "--now", now, "--key", str(self.key), *words)

    def records(self):
        settings = HistorySettings.model_validate(json.loads(self.world.git("show", "main:policies/history.yaml")))
        with GitObjects.open(self.world.root) as git:
            ledger = Ledger.on(git, "decisions")
            return [each.record for each in read_believed(ledger, ledger.entries(), Trust(settings))]

    def promotion(self, to="canary"):
        """Ask for one stage up, and return the commit and its branch."""
        return self.world.promotion(to), self.world.git("branch", "--show-current")

    def reviews(self, head, *people):
        path = self.world.folder / "said.json"
        given = [self.world.review(each, head) for each in people]
        path.write_text(json.dumps(self.world.pull_request(head, self.world.base, ALICE, given)))
        return str(path)


@pytest.fixture
def offline(world, capsys):
    declared(world)
    offline = Offline(capsys, world)
    assert offline().exit == 0
    return offline


def test_the_history_begins_in_the_clone_itself(offline):
    opening, baseline = offline.records()
    assert (opening.kind, baseline.kind, opening.time_source, opening.at) == ("opening", "baseline", "given", NOW)
    assert offline.world.git("branch", "--show-current") == "main"
    assert not offline.world.git("status", "--porcelain")


def test_a_merge_with_its_reviews_is_recorded_as_allowed(offline):
    head, branch = offline.promotion()
    said = offline.reviews(head, RITA)
    landed = offline.world.land(branch)
    run = offline("--reviews", said, now="2026-11-20T11:00:00Z")
    assert run.exit == 0, run
    assert run.out == f"record 2  {landed[:10]}  pull request 7  allow  promote credit-risk 2.0.0: pilot -> canary\n"
    record = offline.records()[-1]
    assert (record.at, record.git.head, record.pull.author) == ("2026-11-20T11:00:00Z", head, "alice")


def test_a_squash_needs_to_be_told_its_head(offline):
    world = offline.world
    head, branch = offline.promotion()
    said = offline.reviews(head, RITA)
    world.checkout("main")
    world.git("merge", "-q", "--squash", branch)
    landed = world.commit("promote (#7)")
    run = offline("--reviews", said, "--head", head)
    assert run.exit == 0, run
    assert offline.records()[-1].git.landed == landed


def test_reviews_are_of_the_newest_landing_alone(offline):
    world = offline.world
    world.edit_card(stage="canary")
    by_hand = world.commit("by hand")
    world.base = by_hand
    head, branch = offline.promotion("ramp")
    said = offline.reviews(head, RITA)
    landed = world.land(branch)
    run = offline("--reviews", said)
    assert run.exit == 10, run
    first, second = offline.records()[-2:]
    assert (first.git.landed, first.past_the_gate) == (by_hand, ("no pull request brought it",))
    assert (second.git.landed, second.pull.number) == (landed, 7)


def test_what_no_review_is_given_for_was_brought_by_nobody(offline):
    _, branch = offline.promotion()
    offline.world.land(branch)
    run = offline()
    assert run.exit == 10, run
    assert offline.records()[-1].past_the_gate == ("no pull request brought it",)


def test_a_moment_before_the_newest_record_is_refused(offline):
    offline.world.edit_card(stage="canary")
    offline.world.commit("by hand")
    run = offline(now="2026-11-20T09:59:59Z")
    assert run.exit == 4
    assert "the clock says 2026-11-20T09:59:59Z, and record 1 was written at 2026-11-20T10:00:00Z" in run.err
    assert len(offline.records()) == 2


def test_a_dry_run_leaves_the_branch_alone(offline):
    offline.world.edit_card(stage="canary")
    offline.world.commit("by hand")
    run = offline("--dry-run")
    assert run.exit == 10
    assert run.out.startswith("record 2  ")
    assert len(offline.records()) == 2


def test_without_a_declaration_nothing_is_recorded(world, capsys):
    run = Offline(capsys, world)()
    assert run.exit == 2
    assert "no decision history is declared" in run.err
    assert not world.git("branch", "--list", "decisions")


WRONG = {
    "no moment": (["record", "--offline"], "--offline needs --now"),
    "a forge's option": (["record", "--offline", "--now", NOW, "--closed", "3"], "--closed and --before ask the forge"),
    "an offline option": (["record", "--now", NOW], "go with --offline"),
}


@pytest.mark.parametrize("case", WRONG)
def test_words_that_do_not_go_together_are_refused(world, capsys, case):
    words, expected = WRONG[case]
    run = CommandLine(capsys, world.root)(*words)
    assert run.exit == 2
    assert expected in run.err


DEEP = "/".join(["f" * 200] * 20)
LONG = {
    "a rule": f"policies/{DEEP}/x.yaml",
    "a file of a version": f"model_cards/credit-risk/2.0.0/{'/'.join(['f' * 200] * 4)}/{'n' * 240}.md",
    "a rule with a name that no disk holds": f"policies/{'n' * 5000}.yaml",
    "what no record is about": f"model_cards/{DEEP}/x",
}


@pytest.mark.parametrize("what", LONG)
def test_what_landed_is_recorded_however_long_its_path_is(offline, what):
    """Otherwise one push would end the history, for nothing after it can be recorded before it is."""
    world = offline.world
    blob = world.git("rev-parse", "HEAD:policies/ladder.yaml")
    world.git("update-index", "--add", "--cacheinfo", f"100644,{blob},{LONG[what]}")
    tree = world.git("write-tree")
    commit = world.git("commit-tree", tree, "-p", "HEAD", "-m", "long")
    world.git("update-ref", "refs/heads/main", commit)
    run = offline()
    assert run.exit == 10, run
    assert offline.records()[-1].git.landed == commit
    assert offline.line("audit", "verify").exit == 0
    assert offline().exit == 0
