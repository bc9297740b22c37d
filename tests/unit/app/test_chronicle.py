"""What a judge reads of a real decision history: everything that matters for a model, or why nothing."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from rampgate.adapters.git_objects import GitObjects
from rampgate.adapters.ledger import Ledger
from rampgate.app.judging.chronicle import Chronicle, chronicle_of, history_of
from rampgate.app.judging.control import load_control
from rampgate.app.judging.trees import GitTree
from rampgate.model.history import History, Stay
from rampgate.model.sourced import Missing, Sourced
from worlds.governed_world import ARTIFACT, card
from worlds.history_world import HistoryWorld, Step, settings
from worlds.ssh_signer import INTRUDER, SIGNER

MODEL = "credit-risk"
BEGUN, CANARY, LATER = "2026-11-20T09:00:00Z", "2026-11-21T09:00:00Z", "2026-11-25T09:00:00Z"
README = "model_cards/credit-risk/README.md"


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> HistoryWorld:
    """The opening, the baseline at pilot, a promotion to canary, and a pull request of another model."""
    world = HistoryWorld(tmp_path_factory.mktemp("history"))
    world.add_version(card("fraud", "1.0.0", tier="medium"))
    world.base = world.commit("another model")
    world.begin(at=BEGUN)
    world.land(at=CANARY, stage="canary", verdict="allow")
    amend = lambda: world.edit_card("fraud", "1.0.0", summary="said anew")  # noqa: E731
    world.land(amend, at=LATER, model="fraud", version="1.0.0", past_the_gate=[])
    return world


@pytest.fixture
def world(template: HistoryWorld, tmp_path: Path) -> HistoryWorld:
    return template.copy(tmp_path)  # type: ignore[return-value]


def read(world: HistoryWorld, base: str = "", model: str = MODEL) -> History | Missing:
    with GitObjects.open(world.root) as git:
        commit = base or world.base
        control = load_control(GitTree(git, git.tree_of(commit), "base"))
        return history_of(git, control.history, model, commit)


def told(world: HistoryWorld, base: str = "", model: str = MODEL) -> History:
    found = read(world, base, model)
    assert isinstance(found, History), found
    return found


def why_not(world: HistoryWorld) -> str:
    found = read(world)
    assert isinstance(found, Missing), found
    assert found.fix
    return found.why


def test_a_history_tells_of_one_model_what_became_of_it(world: HistoryWorld) -> None:
    found = told(world)
    assert (found.size, found.head) == (5, world.steps[-1].digest)
    assert found.stays == {"2.0.0": Stay("2.0.0", "canary", ARTIFACT, CANARY, 3)}
    assert list(found.contents.values()) == [3]
    assert (found.unsettled, found.uncovered) == ((), ())
    other = told(world, model="fraud")
    assert other.stays == {"1.0.0": Stay("1.0.0", "pilot", ARTIFACT, BEGUN, 2)}
    assert other.contents == {}


def test_of_a_model_that_is_new_it_tells_nothing(world: HistoryWorld) -> None:
    assert told(world, model="churn") == History(5, world.steps[-1].digest)


def test_where_nothing_is_declared_nothing_is_read(world: HistoryWorld) -> None:
    world.remove("policies/history.yaml")
    world.base = world.commit("no history")
    assert why_not(world) == "there is no decision history to go by"


# What stands on the branch and is not on record


def test_a_change_that_slipped_in_is_not_on_record(world: HistoryWorld) -> None:
    world.slip(lambda: world.edit_card(summary="quietly"))
    assert told(world).uncovered == ("`model_cards/credit-risk/2.0.0/card.yaml`",)
    assert told(world, model="fraud").uncovered == ()


def test_a_rule_that_slipped_in_bears_on_every_model(world: HistoryWorld) -> None:
    world.slip(lambda: world.write("policies/lending.yaml", world.read("policies/lending.yaml") + "\n"))
    world.slip(lambda: world.write(".github/CODEOWNERS", "* @mallory\n"))
    expected = ("`.github/CODEOWNERS`", "`policies/lending.yaml`")
    assert told(world).uncovered == told(world, model="fraud").uncovered == expected


def test_what_governs_nothing_need_not_be_on_record(world: HistoryWorld) -> None:
    world.slip(lambda: (world.write(README, "prose\n"), world.write("src/app.py", "1\n")))
    assert told(world).uncovered == ()
    world.land(lambda: world.edit_card(summary="said anew"), at=LATER, past_the_gate=[])
    assert told(world).uncovered == ()


def test_many_paths_are_counted_and_not_all_told(world: HistoryWorld) -> None:
    world.slip(lambda: [world.write(f"policies/schemas/s{at}.json", "{}\n") for at in range(8)])
    found = told(world).uncovered
    assert len(found) == 6
    assert found[-1] == "3 more"


def test_a_base_from_before_the_newest_record_is_covered(world: HistoryWorld) -> None:
    before = world.rev("main~1")
    assert told(world, before).uncovered == ()
    assert told(world, world.rev("main~2")).uncovered == ()


def test_a_branch_that_was_rewritten_is_not_covered(world: HistoryWorld) -> None:
    world.git("reset", "--hard", "-q", "main~1")
    world.write("notes.txt", "another way\n")
    world.base = world.commit("another history")
    (words,) = told(world).uncovered
    assert words == f"commit {world.covered[:7]}, the newest on record, is not on the branch any more"


def test_the_last_record_of_a_model_is_looked_for_from_the_newest_on(
    world: HistoryWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The newest of all vouches for the names; then the model's own is the only one that is read."""
    read_places: list[int] = []
    plain = Ledger.read
    monkeypatch.setattr(
        Ledger, "read", lambda self, given: read_places.extend(e.seq for e in given) or plain(self, given)
    )
    with GitObjects.open(world.root) as git:
        control = load_control(GitTree(git, git.tree_of(world.base), "base"))
        assert isinstance(control.history, Sourced)
        chronicle = chronicle_of(git, control.history.noun)
        assert isinstance(chronicle, Chronicle)
        assert chronicle.last(MODEL) == world.steps[3].digest
        assert read_places == [4, 3]
        assert chronicle.last("churn") is None


# What can not be believed


def test_a_clone_without_the_branch_says_how_to_get_it(world: HistoryWorld) -> None:
    world.rebuild([])
    found = read(world)
    assert isinstance(found, Missing)
    assert found.why == "the decision history is not here: there is no branch `decisions`"
    assert "git fetch origin decisions" in found.fix


def named_by_the_next(world: HistoryWorld, forged: Step) -> None:
    """Put another record 3 in the branch, which a record 4 names that is signed as it should be."""
    before = [*world.steps[:3], forged]
    world.rebuild([*before, world.behind(before, world.steps[4])])


def test_a_record_that_a_stranger_signed_is_not_believed(world: HistoryWorld) -> None:
    named_by_the_next(world, world.resigned(world.steps[3], INTRUDER))
    assert "record 3 is signed by no key of `policies/history.yaml`" in why_not(world)


def test_a_signature_for_another_purpose_is_not_believed(world: HistoryWorld) -> None:
    named_by_the_next(world, world.resigned(world.steps[3], namespace="git"))
    assert "record 3 is signed by no key" in why_not(world)


@pytest.mark.parametrize(
    ("terms", "words"),
    [({"revoked": {"from": 2, "on": "2026-11-06", "reason": "it was lost"}}, "revoked from record 2 on: it was lost"),
     ({"to": 2}, "counts up to record 2"), ({"from": 1}, "counts from record 1 on")],
)  # fmt: skip
def test_a_key_counts_for_its_records_alone(world: HistoryWorld, terms: dict[str, object], words: str) -> None:
    world.declare(settings({"name": SIGNER.name, "key": SIGNER.public, **terms}))
    assert words in why_not(world)


def test_a_record_of_another_repository_is_not_believed(world: HistoryWorld) -> None:
    world.rebuild([*world.steps[:4], world.resigned(world.steps[4], repository="github.com/evil/models")])
    assert "it is of another repository" in why_not(world)


def _renamed(at: int) -> Callable[[HistoryWorld], object]:
    """Give a record of the model a name by which another model's would be looked for."""

    def attack(world: HistoryWorld) -> None:
        step = world.steps[at]
        name = f"log/0000/{at:06d}-fraud-9.9.9-pilot.json"
        world.rebuild([*world.steps[:at], replace(step, path=name), *world.steps[at + 1 :]])

    return attack


def _resigned(at: int) -> Callable[[HistoryWorld], object]:
    return lambda world: world.tamper({world.steps[at].path: world.resigned(world.steps[at], time_source="given").data})


def _changed(at: int, data: bytes) -> Callable[[HistoryWorld], object]:
    return lambda world: world.tamper({world.steps[at].path: data})


NOT_THOSE = "the records before it are not those that it was added to"

ATTACKS: dict[str, tuple[Callable[[HistoryWorld], object], str]] = {
    "a record in the middle is gone": (lambda world: world.tamper({world.steps[1].path: None}), "the log has a gap"),
    "the opening is gone": (lambda world: world.tamper({world.steps[0].path: None}), "the log has a gap"),
    "a record in the middle is renamed": (_renamed(1), NOT_THOSE),
    "the last record of the model is renamed": (_renamed(3), NOT_THOSE),
    "the newest record is renamed": (_renamed(4), "the record belongs at another path"),
    "the opening is renamed": (_renamed(0), NOT_THOSE),
    "a record of another model is another one": (_resigned(2), NOT_THOSE),
    "a record is emptied": (_changed(3, b""), NOT_THOSE),
    "a record is no record": (_changed(3, b"{}"), NOT_THOSE),
    "the newest record is emptied": (_changed(4, b""), "it can not be read as JSON"),
    "a place is there twice": (lambda world: world.tamper({"log/0000/000003-x.json": b"{}"}), "one place twice"),
    "a file that is no record": (lambda world: world.tamper({"log/0000/README.md": b"x"}), "no record has this name"),
    "a folder of another name": (lambda world: world.tamper({"log/more/000009-x.json": b"x"}), "no folder of the log"),
    "a record in another folder": (lambda world: world.tamper({"log/0001/000007-x.json": b"x"}), "no record has this"),
    "nothing is left": (lambda world: (world.rebuild([]), world.commit_folder(())), "the decision history is empty"),
}  # fmt: skip


@pytest.mark.parametrize("attack", ATTACKS)
def test_a_branch_that_was_tampered_with_is_not_believed(world: HistoryWorld, attack: str) -> None:
    told(world)
    done, words = ATTACKS[attack]
    done(world)
    assert words in why_not(world)


def test_a_tail_that_was_cut_off_is_missed(world: HistoryWorld) -> None:
    world.rebuild(world.steps[:3])
    found = told(world)
    assert found.stays["2.0.0"].stage == "pilot"
    assert found.uncovered == ("`model_cards/credit-risk/2.0.0/card.yaml`",)


# What bears on several models


def test_a_push_of_two_models_is_on_record_for_both(world: HistoryWorld) -> None:
    def both() -> None:
        world.edit_card(stage="ramp")
        world.edit_card("fraud", "1.0.0", stage="canary")

    record = world.push(both, at=LATER)
    assert record is not None
    assert [each.seq for each in told(world).unsettled] == [record.seq]
    assert [each.seq for each in told(world, model="fraud").unsettled] == [record.seq]
    assert told(world, model="churn").unsettled == ()


def test_a_push_of_rules_with_one_model_is_on_record_for_all(world: HistoryWorld) -> None:
    def mixed() -> None:
        world.edit_card("fraud", "1.0.0", stage="canary")
        world.write("policies/NOTES.md", "what holds\n")

    record = world.push(mixed, at=LATER)
    assert record is not None
    assert record.models == ("fraud",)
    assert [each.seq for each in told(world).unsettled] == [record.seq]


def test_what_was_touched_and_put_back_after_the_newest_record_is_not_on_record(world: HistoryWorld) -> None:
    """Nothing of it is left in the tree; a tail that was cut off says no more what it was."""
    rules = world.read("policies/lending.yaml")
    world.slip(stage="ramp")
    world.slip(lambda: world.write("policies/lending.yaml", rules + "\n"))
    world.slip(lambda: world.write("policies/lending.yaml", rules), stage="canary")
    assert told(world).uncovered == ("`model_cards/credit-risk/2.0.0/card.yaml`", "`policies/lending.yaml`")
    assert told(world, model="fraud").uncovered == ("`policies/lending.yaml`",)
