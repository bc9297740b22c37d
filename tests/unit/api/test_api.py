"""`import rampgate`: what it hands out, what it costs, and that the answers are those of the command line."""

from __future__ import annotations

import dataclasses
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

import rampgate
from rampgate.model.history_views import Deed
from worlds.command_line import CommandLine
from worlds.governed_world import dump
from worlds.grown_world import grown_world
from worlds.history_world import settings
from worlds.ssh_signer import Signer

SOURCE = Path(rampgate.__file__).resolve().parents[1]


@pytest.fixture(scope="module")
def world():
    return grown_world()


@pytest.fixture(scope="module")
def history(world):
    with rampgate.History.open(world.root) as opened:
        yield opened


def test_every_name_is_there():
    for name in rampgate.__all__:
        assert getattr(rampgate, name) is not None
    assert set(rampgate.__all__) <= set(dir(rampgate))


def test_a_misspelt_name_is_an_attribute_error():
    with pytest.raises(AttributeError, match=r"module `rampgate` has no `Histroy`; it has .*History"):
        rampgate.Histroy  # noqa: B018


def test_a_name_loads_what_it_needs_and_no_more():
    """A program that asks for a noun does not pay for the readers of Git."""
    program = (
        "import sys, rampgate\n"
        "assert 'rampgate.model' not in sys.modules\n"
        "rampgate.Filters\n"
        "assert 'rampgate.adapters.git_objects' not in sys.modules\n"
        "from rampgate import History\n"
        "assert 'rampgate.adapters.git_objects' in sys.modules\n"
        "assert not {'git', 'duckdb', 'pandas', 'httpx', 'click'} & set(sys.modules)\n"
    )
    environ = {**os.environ, "PYTHONPATH": str(SOURCE)}
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, env=environ, check=False)
    assert done.returncode == 0, done.stderr


def test_the_gate_answers_as_the_command_does(world):
    decision = rampgate.gate(world.root, "main~1", "main", now="2026-11-26T09:00:00Z")
    judged = rampgate.examine(world.root, "main~1", "main", now="2026-11-26T09:00:00Z")
    assert judged.decision == decision
    assert decision.evaluated_at == "2026-11-26T09:00:00Z"
    told = world.gate(head="main", base="main~1", now="2026-11-26T09:00:00Z")
    assert told.verdict == str(decision.verdict)
    assert [each["rule"] for each in told.json["findings"]] == [each.rule for each in decision.findings]


def test_reviews_may_be_bytes_or_a_path(world, tmp_path):
    head = world.git("rev-parse", "main^2")
    body = dump(world.pull_request(head, world.git("rev-parse", "main^1"), {"id": 1001, "login": "alice-b"}, []))
    file = tmp_path / "reviews.json"
    file.write_text(body)
    words = (world.root, "main^1", "main^2")
    from_bytes = rampgate.gate(*words, reviews=body.encode(), now="2026-11-26T09:00:00Z")
    from_file = rampgate.gate(str(world.root), *words[1:], reviews=str(file), now="2026-11-26T09:00:00Z")
    assert from_bytes.findings == from_file.findings
    assert from_bytes.reviews_given
    assert from_file.reviews_given


def test_the_history_says_what_it_is_of(history):
    assert (history.repository, history.branch, len(history)) == ("github.com/acme/models", "main", 10)


def test_records_are_those_of_the_list(history, world, capsys):
    filters = rampgate.Filters(person="rita", since="2026-11-20")
    assert [each.seq for each in history.records(filters)] == [3, 4, 9]
    listing = history.listing(filters)
    assert (listing.size, listing.head) == (10, world.steps[9].digest)
    said = CommandLine(capsys, world.root)("audit", "log", "--format", "json")
    told = [each["sha256"] for each in json.loads(said.out)["records"]]
    assert [each.digest for each in history.records()] == told
    assert history.records()[4].people(Deed.GRANTED) == ("rita",)


def test_a_record_is_whole(history, world):
    """Entries leave the findings out; the record has them."""
    assert history.records()[4].record.decision.findings == ()
    whole = history.record(4)
    assert whole.model_dump(mode="json", by_alias=True) == world.steps[4].predicate
    assert history.show(world.steps[4].predicate["git"]["landed"]).entry.seq == 4


def test_asof_answers_or_says_why_not(history):
    then = history.asof("2026-11-22", "credit-risk")
    assert isinstance(then, rampgate.AsOf)
    assert [(row.version, row.stage, row.exposure_percent) for row in then.rows] == [
        ("1.4.0", "full", 100),
        ("2.0.0", "ramp", 25),
    ]
    before = history.asof("2026-10-01")
    assert isinstance(before, rampgate.Missing)
    assert "does not reach back" in before.why


def test_a_sample_is_that_of_the_command(history, world, capsys):
    drawn = history.sample(3, 7)
    said = CommandLine(capsys, world.root)("audit", "sample", "--n", "3", "--seed", "7", "--format", "json")
    assert [each.key for each in drawn.drawn] == [each["key"] for each in json.loads(said.out)["drawn"]]


def test_results_are_frozen(history):
    entry = history.records()[4]
    with pytest.raises(dataclasses.FrozenInstanceError):
        entry.digest = ""
    with pytest.raises(ValueError, match="frozen"):
        entry.record.seq = 0


def test_it_is_verified_replayed_and_handed_over(history, tmp_path):
    proof = history.verify()
    assert proof.size == 10
    assert proof.holds, proof.mismatches
    again = history.replay([4], engine="current")
    assert [row.seq for row in again.rows] == [4]
    past = history.whatif("main", [4, "5"])
    assert [row.seq for row in past.rows] == [4, 5]
    (table,) = history.export("csv", rampgate.Filters(past_the_gate=True))
    assert len(table.data.splitlines()) == 2
    written = history.pack(tmp_path / "pack", [4])
    assert written.decisions == (4,)
    assert (tmp_path / "pack" / "index.html").is_file()
    with pytest.raises(ValueError, match="xlsx"):
        history.export("xlsx")


# sentence -> (what is asked, the error, its exit code)
ERRORS = {
    "a name that nothing knows": (lambda h: h.records(rampgate.Filters(model="credit")), rampgate.UsageProblem, 2),
    "a day that is none": (lambda h: h.records(rampgate.Filters(since="2026-02-30")), rampgate.UsageProblem, 2),
    "a record that is not there": (lambda h: h.record(10), rampgate.UsageProblem, 2),
    "a place below the first": (lambda h: h.record(-1), rampgate.UsageProblem, 2),
    "a moment that is none": (lambda h: h.asof("now"), rampgate.UsageProblem, 2),
    "a sample of nothing": (lambda h: h.sample(0, 7), rampgate.UsageProblem, 2),
}


@pytest.mark.parametrize("case", ERRORS)
def test_an_error_is_one_class_for_what_a_caller_would_do(case, history):
    ask, expected, code = ERRORS[case]
    with pytest.raises(expected) as caught:
        ask(history)
    assert isinstance(caught.value, rampgate.RampgateError)
    assert caught.value.exit_code == code


def test_a_history_that_is_not_believed_answers_nothing(world, tmp_path):
    copy = world.copy(tmp_path)
    copy.rebuild([*world.steps[:9], world.resigned(world.steps[9], Signer("mallory"))])
    with rampgate.History.open(copy.root) as history:
        for ask in (history.records, lambda: history.show(0), lambda: history.asof("2026-11-20")):
            with pytest.raises(rampgate.NotBelieved) as caught:
                ask()
            assert isinstance(caught.value, rampgate.InvalidInput)
            assert caught.value.problems


def test_keys_that_were_kept_elsewhere_count(world, tmp_path):
    kept = tmp_path / "kept.yaml"
    kept.write_text(dump(settings({"name": "other", "key": Signer("mallory").public})))
    with rampgate.History.open(world.root, trust=kept) as history, pytest.raises(rampgate.NotBelieved):
        history.records()


def test_where_there_is_no_history_that_is_said_at_once(tmp_path):
    with pytest.raises(rampgate.Unreachable):
        rampgate.History.open(tmp_path)


def test_a_closed_history_keeps_what_it_handed_out(world):
    history = rampgate.History.open(world.root)
    records = history.records()
    history.close()
    assert [each.seq for each in records] == list(range(10))


PROGRAM = """
import rampgate

with rampgate.History.open("x") as history:
    reveal_type(history.asof("2026-11-20"))
    reveal_type(history.records(rampgate.Filters(model="m")))
reveal_type(rampgate.gate("x", "a", "b").verdict)
rampgate.Histroy
rampgate.Filters(modle="m")
"""


@pytest.mark.peer
def test_a_type_checker_sees_every_type(tmp_path):
    """A module with a `__getattr__` that returns anything would make every misspelling pass."""
    (tmp_path / "program.py").write_text(PROGRAM)
    words = [sys.executable, "-m", "mypy", "--strict", "--follow-imports=silent", "program.py"]
    # What is installed is found by itself, and mypy refuses to be told where.
    environ = os.environ if SOURCE.name == "site-packages" else {**os.environ, "MYPYPATH": str(SOURCE)}
    done = subprocess.run(words, cwd=tmp_path, env=environ, capture_output=True, text=True, check=False)
    assert 'Revealed type is "rampgate.model.history_views.AsOf | rampgate.model.sourced.Missing"' in done.stdout
    assert "tuple[rampgate.model.history_views.Entry, ...]" in done.stdout
    assert "rampgate.model.vocabulary.Verdict | None" in done.stdout
    assert 'Module has no attribute "Histroy"' in done.stdout
    assert 'Unexpected keyword argument "modle"' in done.stdout
    assert done.stdout.splitlines()[-1].startswith("Found 2 errors")
