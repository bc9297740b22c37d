"""`rampgate evidence`: verified, shown, added and imported, and nothing left behind where it is refused."""

from __future__ import annotations

import copy
import json

import pytest

from foreign_results import case, expectation, lm_eval, promptfoo, run_results, validation
from worlds.command_line import CommandLine
from worlds.governed_world import PEOPLE, GovernedWorld, dump
from worlds.ssh_keys import ssh_key

ROWS = "sex,y,p\n" + "f,1,1\nf,0,0\nm,1,0\nm,0,1\n" * 5
FOLDER = "model_cards/credit-risk/2.0.0"
WHOSE = ("--model", "credit-risk", "--model-version", "2.0.0", "--as", "alice")


@pytest.fixture
def world(tmp_path):
    world = GovernedWorld(tmp_path)
    people = copy.deepcopy(PEOPLE)
    people["people"][0]["keys"] = [ssh_key("alice").public]
    world.write("policies/people.yaml", dump(people))
    world.write("data.csv", ROWS)
    world.base = world.commit("keys and data")
    return world


@pytest.fixture
def rampgate(world, capsys, monkeypatch):
    monkeypatch.chdir(world.path)
    return CommandLine(capsys)


_MEASURED: dict[tuple[str, ...], bytes] = {}
"""Evidence that this process has measured, by words and data: measuring takes a second, and gives the same again."""


@pytest.fixture
def measured(world, rampgate):
    def run(*words, out="f.json", kind="fairness", by=("--by", "sex")):
        columns = ("--data", "data.csv", "--y-true", "y", "--y-pred", "p", *by, *words)
        key = (kind, *columns, (world.path / "data.csv").read_text())
        if key in _MEASURED:
            (world.path / out).write_bytes(_MEASURED[key])
            return world.path / out
        done = rampgate("measure", kind, *columns, *WHOSE, "--out", out)
        assert done.exit == 0, done.err
        if not {"--attach", "--sign"} & set(words):
            _MEASURED[key] = (world.path / out).read_bytes()
        return world.path / out

    return run


def altered(path, change, to=None):
    """Write the evidence with something changed in it."""
    value = json.loads(path.read_text())
    change(value)
    (to or path).write_text(json.dumps(value))


def untouched(world):
    return world.git("status", "--porcelain", "--", "model_cards", "policies") == ""


class TestVerify:
    def test_what_was_measured_is_the_same_when_it_is_measured_again(self, measured, rampgate):
        measured()
        done = rampgate("evidence", "verify", "f.json", "--data", "data.csv", "--format", "json")
        assert done.exit == 0
        states = {each["name"]: each["state"] for each in json.loads(done.out)["examined"]}
        assert states == {"digest": "none", "measures": "same", "signature": "none", "data": "same"}

    def test_nothing_is_written_while_measuring_again(self, world, measured, rampgate):
        measured("--attach", out=f"{FOLDER}/evidence/fairness.json")
        before = world.git("status", "--porcelain")
        done = rampgate("evidence", "verify", f"{FOLDER}/evidence/fairness.json", "--data", "data.csv")
        assert done.exit == 0
        assert world.git("status", "--porcelain") == before

    def test_a_changed_row_is_named_by_the_digest(self, world, measured, rampgate):
        measured()
        world.write("data.csv", ROWS.replace("f,1,1", "m,1,1", 1))
        done = rampgate("evidence", "verify", "f.json", "--data", "data.csv")
        assert done.exit == 10
        assert "digest of the data: recorded as sha256:" in " ".join(done.out.split())

    def test_a_table_that_the_data_do_not_give_is_named_by_its_first_cell(self, measured, rampgate):
        """Table and measures agree with each other: only the data can tell."""
        path = measured(by=(), kind="performance")

        def swap(value):
            for row in value["counts"]["rows"]:
                row[-1] = {(0, 0): 6, (1, 0): 4}.get(tuple(row[:2]), row[-1])
            value["measures"] = []

        altered(path, swap)
        assert rampgate("evidence", "verify", "f.json").exit == 0
        done = rampgate("evidence", "verify", "f.json", "--data", "data.csv")
        assert done.exit == 10
        assert "counts, row 1: recorded as [0, 0, 6], the data give [0, 0, 5]" in done.out

    def test_a_tampered_measure_differs_and_is_named(self, measured, rampgate):
        path = measured()
        altered(path, lambda value: value["measures"][2].update(value="0.99"))
        done = rampgate("evidence", "verify", "f.json")
        assert done.exit == 10
        assert "DIFFERS   measures: measure 3, `accuracy` of everybody: recorded as 0.99" in done.out

    def test_a_table_that_is_none_is_invalid(self, measured, rampgate):
        path = measured()
        altered(path, lambda value: value["counts"]["rows"][0].__setitem__(-1, -5))
        done = rampgate("evidence", "verify", "f.json")
        assert done.exit == 3
        assert "counts: row 1" in done.err

    def test_rows_that_vanished_from_a_table_are_invalid(self, measured, rampgate):
        path = measured()
        altered(path, lambda value: value["counts"]["rows"].pop())
        assert rampgate("evidence", "verify", "f.json").exit == 3

    def test_what_is_no_evidence_is_invalid(self, world, rampgate):
        world.write("no.json", '{"schema": "rampgate/evidence/v1"}')
        assert rampgate("evidence", "verify", "no.json").exit == 3
        assert rampgate("evidence", "verify", "nowhere.json").exit == 4

    def test_data_that_are_not_there_are_out_of_reach(self, measured, rampgate):
        measured()
        done = rampgate("evidence", "verify", "f.json", "--data", "gone.csv")
        assert (done.exit, done.out) == (4, "")

    def test_another_digest_than_the_one_asked_for_differs(self, measured, rampgate):
        measured()
        assert rampgate("evidence", "verify", "f.json", "--digest", "sha256:" + "0" * 64).exit == 10

    def test_in_its_folder_it_is_held_against_the_card(self, world, measured, rampgate):
        measured("--attach", out=f"{FOLDER}/evidence/fairness.json")
        path = f"{FOLDER}/evidence/fairness.json"
        done = rampgate("evidence", "verify", path)
        assert done.exit == 0
        assert f"as {FOLDER}/card.yaml lists it" in " ".join(done.out.split())
        altered(world.path / path, lambda value: value["subject"].update(artifact="sha256:" + "b" * 64))
        done = rampgate("evidence", "verify", path)
        assert done.exit == 10
        assert "DIFFERS   digest" in done.out
        assert "DIFFERS   subject: it is about the artifact" in done.out

    def test_a_signature_counts_by_the_people_file_and_over_these_bytes(self, world, measured, rampgate):
        path = measured("--sign", str(ssh_key("alice").path))
        done = rampgate("evidence", "verify", "f.json")
        assert done.exit == 0
        assert "signature: by alice (business_owner)" in done.out
        path.write_bytes(path.read_bytes() + b"\n")
        done = rampgate("evidence", "verify", "f.json")
        assert done.exit == 10
        assert "signs other bytes" in done.out

    def test_a_strangers_signature_differs(self, measured, rampgate):
        measured("--sign", str(ssh_key("mallory").path))
        done = rampgate("evidence", "verify", "f.json")
        assert done.exit == 10
        assert "signed by no key in" in done.out

    def test_a_signature_that_nobody_can_check_is_out_of_reach(self, measured, rampgate, tmp_path):
        measured("--sign", str(ssh_key("alice").path))
        empty = tmp_path / "elsewhere"
        empty.mkdir()
        assert rampgate("evidence", "verify", "f.json", "--repo", str(empty)).exit == 4

    @pytest.mark.parametrize(
        ("command", "words"),
        {
            "none": (None, "it names no command"),
            "another program": ("rm -rf /", "expected `rampgate measure`"),
            "another command": ("rampgate promote a b", "expected `rampgate measure`"),
            "an unknown option": ("rampgate measure fairness --data data.csv --evil 1", "can not be run again"),
            "help": ("rampgate measure --help", "it asks for help"),
            "open quotes": ("rampgate measure 'fairness", "can not be run again"),
        }.values(),
    )
    def test_a_command_that_a_stranger_wrote_is_never_believed(self, measured, rampgate, command, words):
        path = measured()
        altered(
            path, lambda value: value["produced"].update(command=command) or command or value["produced"].pop("command")
        )
        done = rampgate("evidence", "verify", "f.json", "--data", "data.csv")
        assert done.exit == 3
        assert words in done.err

    def test_a_recorded_command_writes_nothing_and_reads_only_what_is_given(self, world, measured, rampgate):
        """It asks to be attached, signed, and to read a file of its own choice."""
        path = measured()
        evil = (
            "rampgate measure fairness --data data.csv --y-true y --y-pred p --by sex --model credit-risk"
            " --model-version 2.0.0 --attach --replace --out stolen.json --sign /nonexistent"
        )
        altered(path, lambda value: value["produced"].update(command=evil))
        assert rampgate("evidence", "verify", "f.json", "--data", "data.csv").exit == 0
        assert untouched(world)
        assert not (world.path / "stolen.json").exists()
        pool = f"{evil} --pool /etc/passwd"
        altered(path, lambda value: value["produced"].update(command=pool))
        done = rampgate("evidence", "verify", "f.json", "--data", "data.csv")
        assert done.exit == 4
        assert "it was measured on `passwd`; give it" in done.err

    def test_claims_are_said_to_be_claims(self, world, rampgate):
        world.write("results.json", json.dumps(lm_eval(t=({"acc,none": 0.75}, 4))))
        rampgate(
            "evidence", "import", "lm-eval", "results.json", "--map", "t:acc,none=correct", *WHOSE, "--out", "c.json"
        )
        done = rampgate("evidence", "verify", "c.json")
        assert done.exit == 0
        assert "there are none that can be computed again; 1 claimed numbers have no counts" in done.out


class TestShow:
    def test_a_page_fits_80_columns_and_draws_every_group_on_one_scale(self, measured, rampgate, monkeypatch):
        monkeypatch.setenv("COLUMNS", "80")
        measured("--min-cell", "1")
        done = rampgate("evidence", "show", "f.json", "--metric", "selection_rate", "--limit", "0.8")
        assert done.exit == 0
        lines = done.out.splitlines()
        assert max(len(line) for line in lines if "sha256" not in line) <= 80
        block = lines[lines.index(next(line for line in lines if line.startswith("selection_rate"))) :][1:4]
        assert [line.split()[0] for line in block] == ["everybody", "sex=f", "sex=m"]
        assert len({line.rindex("|") for line in block}) == 1
        assert all("[" in line and "o" in line for line in block)
        assert "0.5000  0.2366..0.7634  n=10" in block[1]  # Wilson, 5 of 10

    def test_words_of_a_stranger_do_no_harm(self, world, measured, rampgate):
        path = measured()

        def hostile(value):
            value["produced"]["by"] = "al\x1b[31mice\u202e"
            value["counts"]["rows"] = [[f"{row[0]}\x1b[2J\u200b", *row[1:]] for row in value["counts"]["rows"]]
            value["measures"] = []

        altered(path, hostile)
        done = rampgate("evidence", "show", "f.json")
        assert "\x1b" not in done.out + done.err
        assert "\u202e" not in done.out + done.err
        assert "\\u001b" in done.out + done.err

    def test_evidence_that_contradicts_itself_is_not_shown(self, measured, rampgate):
        path = measured()
        altered(path, lambda value: value["measures"][0].update(value="0.1"))
        done = rampgate("evidence", "show", "f.json")
        assert (done.exit, done.out) == (3, "")

    def test_suppressed_groups_are_named(self, world, measured, rampgate):
        world.write("data.csv", ROWS + "x,1,1\n" * 2)
        measured("--min-cell", "5")
        done = rampgate("evidence", "show", "f.json", "--metric", "accuracy")
        assert "left out, as groups of fewer than 5 rows: sex=x" in done.out

    def test_results_without_numbers_are_shown(self, world, rampgate):
        value = {
            "schema": "rampgate/evidence/v1", "kind": "drill", "population": "offline",
            "subject": {"model": "m", "version": "1.0.0", "artifact": "sha256:" + "a" * 64},
            "produced": {"by": "bob", "tool": "drill", "tool_version": "1", "at": "2026-11-19T10:00:00Z"},
            "results": {"date": "2026-11-19", "steps": {"rollback": "ok"}},
        }  # fmt: skip
        world.write("d.json", json.dumps(value))
        done = rampgate("evidence", "show", "d.json")
        assert done.exit == 0
        assert done.out.splitlines()[-3:] == ["results", "  date: 2026-11-19", "  steps.rollback: ok"]

    @pytest.mark.parametrize("words", [("--limit", "high"), ("--limit", "NaN"), ("--metric", "acuracy")])
    def test_wrong_words_are_usage(self, measured, rampgate, words):
        measured()
        assert rampgate("evidence", "show", "f.json", *words).exit == 2


class TestAdd:
    def test_a_file_is_copied_and_listed_and_no_other_byte_changes(self, world, measured, rampgate):
        path = measured("--sign", str(ssh_key("alice").path))
        before = (world.path / FOLDER / "card.yaml").read_bytes()
        done = rampgate("evidence", "add", f"{FOLDER}/card.yaml", "f.json")
        assert done.exit == 0, done.err
        after = (world.path / FOLDER / "card.yaml").read_bytes()
        kept = world.path / FOLDER / "evidence" / "f.json"
        assert kept.read_bytes() == path.read_bytes()
        assert kept.with_name("f.dsse.json").is_file()
        start = next(i for i, (one, other) in enumerate(zip(before, after, strict=False)) if one != other)
        assert after.startswith(before[:start])
        assert after.endswith(before[start:])
        assert b"signature: evidence/f.dsse.json" in after
        assert rampgate("check", FOLDER).exit == 0
        assert rampgate("evidence", "verify", str(kept)).exit == 0

    def test_it_can_be_signed_while_it_is_added(self, measured, rampgate):
        measured()
        done = rampgate("evidence", "add", FOLDER, "f.json", "--name", "g.json", "--sign", str(ssh_key("alice").path))
        assert done.exit == 0
        done = rampgate("evidence", "verify", f"{FOLDER}/evidence/g.json")
        assert "signature: by alice" in done.out

    @pytest.mark.parametrize(
        ("change", "words"),
        {
            "another artifact": (lambda v: v["subject"].update(artifact="sha256:" + "b" * 64), "about the artifact"),
            "another model": (lambda v: v["subject"].update(model="fraud"), "it is about fraud 2.0.0"),
            "another version": (lambda v: v["subject"].update(version="1.0.0"), "it is about credit-risk 1.0.0"),
            "a tampered measure": (lambda v: v["measures"][0].update(value="0.9"), "recorded as 0.9"),
            "a tampered table": (lambda v: v["counts"]["rows"][0].__setitem__(-1, 99), "counts"),
        }.values(),
    )
    def test_what_does_not_belong_is_refused(self, world, measured, rampgate, change, words):
        altered(measured(), change)
        done = rampgate("evidence", "add", FOLDER, "f.json")
        assert done.exit == 3
        assert words in done.err
        assert untouched(world)

    def test_a_twin_is_refused(self, world, measured, rampgate):
        measured()
        assert rampgate("evidence", "add", FOLDER, "f.json").exit == 0
        done = rampgate("evidence", "add", FOLDER, "f.json", "--name", "other.json")
        assert done.exit == 3
        assert "the same evidence is listed already" in done.err
        assert not (world.path / FOLDER / "evidence" / "other.json").exists()

    @pytest.mark.parametrize(
        "name", ["performance.json", "a b.json", "../f.json", "f.yaml", "f.dsse.json", "sub/f.json"]
    )
    def test_a_name_that_is_taken_or_none_is_refused(self, world, measured, rampgate, name):
        measured()
        done = rampgate("evidence", "add", FOLDER, "f.json", "--name", name)
        assert done.exit == 2
        assert untouched(world)

    def test_a_signature_of_other_bytes_beside_the_file_is_refused(self, world, measured, rampgate):
        path = measured("--sign", str(ssh_key("alice").path))
        path.write_bytes(path.read_bytes() + b"\n")
        done = rampgate("evidence", "add", FOLDER, "f.json")
        assert done.exit == 3
        assert "signs other bytes" in done.err
        assert untouched(world)

    def test_the_same_file_again_is_told_as_a_twin_and_not_as_a_name_that_is_taken(self, measured, rampgate):
        measured()
        assert rampgate("evidence", "add", FOLDER, "f.json").exit == 0
        done = rampgate("evidence", "add", FOLDER, "f.json")
        assert done.exit == 3
        assert "the same evidence is listed already, as `evidence/f.json`" in done.err

    def test_what_is_no_card_is_usage(self, measured, rampgate):
        measured()
        assert rampgate("evidence", "add", "policies", "f.json").exit == 2

    def test_a_version_that_is_not_there_is_told_with_the_nearest(self, measured, rampgate):
        measured()
        done = rampgate("evidence", "add", "model_cards/credit-risk/2.0.1", "f.json")
        assert done.exit == 2
        assert "`model_cards/credit-risk/2.0.1` is not there; did you mean `2.0.0`?" in done.err

    @pytest.mark.parametrize("words", [("add", FOLDER), ("verify",), ("show",)])
    def test_another_kind_of_file_is_one_problem(self, world, measured, rampgate, words):
        made = rampgate("measure", "profile", "--data", "data.csv", "--columns", "sex", "--out", "profile.json")
        assert made.exit == 0, made.err
        done = rampgate("evidence", *words, "profile.json")
        assert done.exit == 3
        assert "this is a file of `rampgate/profile/v1`, and no evidence" in done.err
        assert done.err.endswith("1 problem\n")


class TestImport:
    def test_cases_become_evidence_that_the_gate_can_read(self, world, rampgate):
        cases = [case(("factuality", number % 10 > 0)) for number in range(200)]
        world.write("results.json", json.dumps(promptfoo(*cases)))
        done = rampgate(
            "evidence", "import", "promptfoo", "results.json", "--map", "factuality=not:hallucination",
            "--map", "cost=cost_per_1000", *WHOSE, "--now", "2026-11-19T10:00:00Z", "--attach",
        )  # fmt: skip
        assert done.exit == 0, done.err
        value = json.loads((world.path / FOLDER / "evidence" / "answers.json").read_text())
        told = {each["metric"]: (each["n"], each["value"]) for each in value["measures"]}
        assert told == {
            "error": (200, "0.000000000000"),
            "hallucination": (200, "0.100000000000"),
            "cost_per_1000": (200, "2.000000000000"),
        }
        assert value["produced"]["at"] == "2026-11-18T10:00:00Z"
        assert rampgate("check", FOLDER).exit == 0

    def test_an_import_is_no_younger_than_the_run(self, world, rampgate):
        """An old result would else pass every limit of age."""
        world.write("results.json", json.dumps({"info": {"run_id": "r"}, "data": {"metrics": {"acc": 0.5}}}))
        words = (
            "evidence",
            "import",
            "mlflow",
            "results.json",
            "--kind",
            "performance",
            "--map",
            "acc=accuracy",
            *WHOSE,
        )
        done = rampgate(*words, "--out", "m.json")
        assert done.exit == 2
        assert "say it: `--measured-at" in done.err
        done = rampgate(*words, "--out", "m.json", "--measured-at", "2126-01-01T00:00:00Z")
        assert done.exit == 3
        assert "which is after now" in done.err
        world.write("dbt.json", json.dumps(run_results(("test.a.b", "pass", 0))))
        done = rampgate("evidence", "import", "dbt", "dbt.json", *WHOSE, "--measured-at", "2026-11-19T00:00:00Z")
        assert done.exit == 3
        assert "it says itself when it was measured" in done.err

    def test_an_import_is_verified_by_importing_again(self, world, rampgate):
        """The mapping that was chosen stands in the command; the file is the user's own."""
        cases = [case(("factuality", number % 10 > 0)) for number in range(50)]
        world.write("results.json", json.dumps(promptfoo(*cases)))
        words = ("--map", "factuality=not:hallucination", *WHOSE, "--out", "i.json", "--now", "2026-11-19T10:00:00Z")
        assert rampgate("evidence", "import", "promptfoo", "results.json", *words).exit == 0
        done = rampgate("evidence", "verify", "i.json", "--data", "results.json")
        assert done.exit == 0, done.out + done.err
        assert "data: imported again: the same file, tables, measures and claims" in " ".join(done.out.split())
        world.write("results.json", json.dumps(promptfoo(*cases, case(("factuality", True)))))
        done = rampgate("evidence", "verify", "i.json", "--data", "results.json")
        assert done.exit == 10
        assert "data: digest of the import: recorded as sha256:" in " ".join(done.out.split())

    def test_an_edited_claim_is_found(self, world, rampgate):
        world.write("results.json", json.dumps(lm_eval(t=({"acc,none": 0.75}, 4))))
        words = ("--map", "t:acc,none=correct", *WHOSE, "--out", "c.json")
        assert rampgate("evidence", "import", "lm-eval", "results.json", *words).exit == 0
        assert rampgate("evidence", "verify", "c.json", "--data", "results.json").exit == 0
        altered(world.path / "c.json", lambda value: value["claimed"][0].update(value="0.99"))
        done = rampgate("evidence", "verify", "c.json", "--data", "results.json")
        assert done.exit == 10
        assert "data: claimed, row 1: recorded as" in " ".join(done.out.split())

    @pytest.mark.parametrize(
        ("tool", "value"),
        {
            "promptfoo": promptfoo(case(("a", True))) | {"config": {}},
            "lm-eval": lm_eval(t=({"acc,none": 0.75}, 4)),
            "dbt": run_results(("test.a.b", "pass", 0)) | {"elapsed_time": 1.0},
            "great-expectations": validation(expectation("expect_x", "a")),
            "mlflow": {"info": {"run_id": "r"}, "data": {"metrics": {"acc": 0.5}}},
            "evidently": {"metrics": [], "tests": []},
        }.items(),
    )
    def test_a_file_of_another_tool_is_told_as_such(self, world, rampgate, tool, value):
        world.write("results.json", json.dumps(value))
        named = "dbt" if tool != "dbt" else "promptfoo"
        done = rampgate("evidence", "import", named, "results.json", *WHOSE)
        assert done.exit == 3
        assert f"it looks like results of {tool}" in done.err
        assert f"fix: `rampgate evidence import {tool} results.json`" in done.err
        assert untouched(world)

    def test_the_numbers_of_a_file_are_listed_where_none_is_named(self, world, rampgate):
        world.write("results.json", json.dumps(lm_eval(t=({"acc,none": 0.75}, 4))))
        done = rampgate("evidence", "import", "lm-eval", "results.json", *WHOSE)
        assert done.exit == 2
        assert "it reports `t:acc,none`; metrics of kind `answers` are" in done.err

    @pytest.mark.parametrize(
        "words", [("--map", "a"), ("--map", "a="), ("--map", "a=b", "--map", "a=c"), ("--pick", "=x")]
    )
    def test_what_is_no_pair_is_usage(self, world, rampgate, words):
        world.write("results.json", "{}")
        assert rampgate("evidence", "import", "lm-eval", "results.json", *words, *WHOSE).exit == 2
        assert untouched(world)
