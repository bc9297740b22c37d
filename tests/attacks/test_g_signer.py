"""Attacks by whoever holds the signing key: what a record says of what landed is held against the governed branch.

The signature is good and the chain is whole; what a record leaves out, or makes up, a clone alone still shows.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from rampgate.app.replaying.replay import ReplayRequest, replay
from rampgate.app.verifying.verify import VerifyRequest, verify
from worlds.governed_world import OLGA, OSSI, OTTO, card, dump
from worlds.history_world import HistoryWorld, sha256

NOTES = "model_cards/fraud/1.0.0/notes.md"
CORRECTION = "policies/corrections/000003.yaml"
SAID = {
    "schema": "rampgate/correction/v1", "corrects": 3, "conclusion": "accepted", "by": "otto",
    "reason": "looked into, and it may stand", "date": "2026-11-21",
}  # fmt: skip


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> HistoryWorld:
    world = HistoryWorld(tmp_path_factory.mktemp("signer"))
    world.add_version(card("fraud", "1.0.0", tier="medium"))
    world.base = world.commit("another model")
    world.begin(at="2026-11-20T08:00:00Z")
    assert found(world) == []
    return world


@pytest.fixture
def history(template: HistoryWorld, tmp_path: Path) -> HistoryWorld:
    return template.copy(tmp_path)  # type: ignore[return-value]


def found(world: HistoryWorld) -> list[tuple[str, int | None]]:
    return [(each.kind, each.seq) for each in verify(VerifyRequest(world.root)).mismatches]


def newest(world: HistoryWorld, **changes: Any) -> None:
    """Let the newest record say something else, under a good signature."""
    world.rebuild([*world.steps[:-1], world.resigned(world.steps[-1], **changes)])


def test_G6_a_push_that_the_rules_would_allow_is_told_as_a_push(history: HistoryWorld) -> None:
    """Notes beside a card need nobody's approval; that no pull request brought them is a fault all the same."""
    history.push(lambda: history.write(NOTES, "x\n"), at="2026-11-20T09:00:00Z")
    assert found(history) == []
    newest(history, past_the_gate=[])
    assert found(history) == [("record.landing", 3)]


@pytest.mark.parametrize("log", [None, "0" * 40, "the one before"])
def test_G1_a_record_names_the_folder_of_those_before_it(history: HistoryWorld, log: str | None) -> None:
    """The gate goes by it; who names another one could hide what came before under other names."""
    history.push(lambda: history.write(NOTES, "x\n"), at="2026-11-20T09:00:00Z")
    newest(history, log=history.steps[-2].predicate["log"] if log == "the one before" else log)
    assert found(history) == [("record.log", 3)]


def test_G6_a_record_is_about_every_model_that_its_commit_touches(history: HistoryWorld) -> None:
    """Who leaves one out hides it from everybody who asks for that model, the gate among them."""

    def both() -> None:
        history.edit_card("fraud", "1.0.0", stage="canary")

    history.push(both, at="2026-11-20T09:00:00Z", stage="canary")
    assert found(history) == []
    record = history.steps[-1].predicate
    moves = [each for each in record["moves"] if each["model"] == "fraud"]
    newest(history, moves=moves, model_prev={"fraud": record["model_prev"]["fraud"]})
    assert found(history) == [("landing.models", 3)]


def put_right(history: HistoryWorld, **fields: Any) -> None:
    """Push past the gate, and land a correction of that by quorum."""
    history.push(at="2026-11-20T09:00:00Z", stage="canary")
    said = {"kind": "correction", "path": CORRECTION, "sha256": sha256(dump(SAID).encode())}
    history.land(
        lambda: history.write(CORRECTION, dump(SAID)), at="2026-11-21T09:00:00Z", by=OTTO, approved_by=(OLGA, OSSI),
        **{"verdict": "allow", "statements": [said], "corrects": [3], **fields},
    )  # fmt: skip


def test_G6_a_correction_is_a_file_that_landed(history: HistoryWorld) -> None:
    put_right(history)
    assert found(history) == []
    newest(history, corrects=[])
    assert found(history) == [("record.corrects", 4)]


def test_G6_nothing_is_put_right_by_a_word_alone(history: HistoryWorld) -> None:
    history.push(at="2026-11-20T09:00:00Z", stage="canary")
    history.land(
        lambda: history.write(NOTES, "x\n"), at="2026-11-21T09:00:00Z", model="fraud", version="1.0.0",
        verdict="allow", corrects=[3],
    )  # fmt: skip
    assert found(history) == [("record.corrects", 4)]


def test_G6_a_statement_is_what_came_with_the_commit(history: HistoryWorld) -> None:
    put_right(history)
    record = history.steps[-1].predicate
    named = record["decision"]["document"]
    newest(history, statements=[{**record["statements"][0], "sha256": named}])
    assert found(history) == [("landing.statements", 4)]


def test_G6_a_branch_is_not_called_rewritten_that_was_not(history: HistoryWorld) -> None:
    """By such a record everything up to the tip would be accounted for."""
    slipped = history.slip(stage="canary")
    git = {"landed": slipped, "landed_tree": history.tree(slipped), "covered": slipped}
    words = ["the branch was rewritten"]
    history.append({"kind": "rewritten", "at": "2026-11-20T10:00:00Z", "git": git, "past_the_gate": words})
    assert found(history) == [("landing.rewritten", 3)]


def test_F2_a_landing_before_the_one_that_it_follows_says_so(history: HistoryWorld) -> None:
    history.land(at="2026-11-20T12:00:00Z", stage="canary", verdict="allow")
    early = {"at": "2026-11-20T09:00:00Z", "recorded_at": "2026-11-20T12:00:00Z"}
    history.land(stage="ramp", verdict="allow", **early)
    assert found(history) == [("record.time", 4)]
    newest(history, past_the_gate=["it was merged before the landing that it follows"])
    assert found(history) == []


def test_G4_what_was_taken_back_and_comes_once_more_is_recorded_once_more(history: HistoryWorld) -> None:
    """The branch is forced back by one commit, and the same commit is pushed again: three records, each of them true."""
    history.push(at="2026-11-20T09:00:00Z", stage="canary")
    pushed = history.steps[-1].predicate
    back = pushed["git"]["base"]
    git = {"landed": back, "landed_tree": history.tree(back), "covered": back}
    words = {"at": "2026-11-20T10:00:00Z", "past_the_gate": ["the branch was rewritten"]}
    history.append({"kind": "rewritten", "git": git, **words}, models=["credit-risk"])
    assert found(history) == [("landing.waiting", None)]
    again = {key: value for key, value in pushed.items() if key not in ("seq", "prev", "log", "model_prev")}
    history.append({**again, "recorded_at": "2026-11-20T11:00:00Z"}, models=["credit-risk"])
    assert found(history) == []


# What takes the cards, and so stands in a replay


def differences(world: HistoryWorld) -> list[tuple[int, str]]:
    """Record and field of everything that differs once each decision is made again."""
    report = replay(ReplayRequest(world.root, engine="current"))
    return [(each.seq, each.difference.field) for each in report.rows if each.difference]


MOVES: dict[str, list[dict[str, Any]]] = {
    "nothing moved": [],
    "it went higher": [{"to": "full"}],
    "it came from elsewhere": [{"from": "ramp"}],
    "another artifact": [{"artifact": "sha256:" + "e" * 64}],
    "another version": [{"version": "3.0.0"}],
    "one more moved": [{}, {"version": "3.0.0"}],
}


@pytest.mark.parametrize("lie", MOVES)
def test_G6_where_a_version_stands_is_what_its_card_says(history: HistoryWorld, lie: str) -> None:
    history.land(at="2026-11-20T09:00:00Z", stage="canary", verdict="allow")
    assert differences(history) == []
    (move,) = history.steps[-1].predicate["moves"]
    newest(history, moves=[{**move, **changes} for changes in MOVES[lie]])
    assert differences(history) == [(3, "what landed")]


def test_G6_a_record_is_of_the_kind_that_the_change_is(history: HistoryWorld) -> None:
    """An amendment comes up for nobody: its content could come back."""
    history.push(at="2026-11-20T09:00:00Z", stage="canary")
    newest(history, kind="amend")
    assert differences(history) == [(3, "the record's own kind")]


@pytest.mark.parametrize("lie", ["one is left out", "it stood higher", "another artifact"])
def test_G6_baselines_are_what_stood_when_the_history_began(history: HistoryWorld, lie: str) -> None:
    steps = list(history.steps)
    (move,) = steps[2].predicate["moves"]
    if lie == "one is left out":
        steps.pop()
    else:
        told = {"to": "full"} if lie == "it stood higher" else {"artifact": "sha256:" + "e" * 64}
        steps[2] = history.resigned(steps[2], moves=[{**move, **told}])
    history.rebuild(steps)
    assert differences(history) == [(0, "what stood when it began")]


def test_C5_what_merging_gives_is_merged_again(history: HistoryWorld) -> None:
    """The record calls the tree that landed the one that was evaluated; base and head give another one."""
    evil: dict[str, str | bytes] = {"serve.py": "reverted\n"}
    history.land(at="2026-11-20T09:00:00Z", stage="canary", evil=evil)
    assert differences(history) == []
    git = history.steps[-1].predicate["git"]
    newest(history, git={**git, "landing_tree": git["landed_tree"]}, past_the_gate=[])
    assert found(history) == []
    assert differences(history) == [(3, "the tree that merging gives")]
