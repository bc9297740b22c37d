"""Attacks on the readers: what two programs, or a program and a person, would read differently is refused."""

from __future__ import annotations

import hashlib
import json
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner

from rampgate.cli.gate import command
from worlds.governed_world import (
    ALICE,
    APPROVAL_RULE,
    ARTIFACT,
    METRIC_RULE,
    NOW,
    RITA,
    Answer,
    GovernedWorld,
    approved,
    card,
    dump,
    evidence,
    policy,
)

CARD = "model_cards/credit-risk/2.0.0/card.yaml"
FOLDER = "model_cards/credit-risk/2.0.0"
POLICY = "policies/lending.yaml"
EVIDENCE = f"{FOLDER}/evidence/performance.json"
FLOOR = "evidence.accuracy-floor"

PLAIN = """\
schema: rampgate/card/v1
model: credit-risk
version: "2.0.0"
stage: canary # one rung up
tier: high
task: binary_classification
artifact: {{uri: "s3://models/x", digest: "{artifact}"}}
owners: {{business: alice, technical: bob}}
evidence:
  - path: evidence/performance.json
    digest: "{digest}"
"""
"""The promotion's card, as a person would write it."""


def plain_card(world: GovernedWorld) -> str:
    digest = "sha256:" + hashlib.sha256(world.read(EVIDENCE).encode()).hexdigest()
    return PLAIN.format(artifact=ARTIFACT, digest=digest)


def with_card(world: GovernedWorld, change: Callable[[str], str | bytes]) -> Answer:
    """Promote with a card that a person wrote, changed by the attack."""
    world.branch("promote")
    world.write(CARD, change(plain_card(world)))
    return approved(world, world.commit("attack"))


def with_evidence(world: GovernedWorld, body: bytes) -> Answer:
    """Promote with evidence of these very bytes, which the card names by their digest."""
    digest = "sha256:" + hashlib.sha256(body).hexdigest()
    world.branch(f"evidence-{digest[7:15]}", "main")
    world.write(EVIDENCE, body)
    world.edit_card(stage="canary", evidence=[{"path": "evidence/performance.json", "digest": digest}])
    return approved(world, world.commit("attack"))


def refused(answer: Answer, path: str, *words: str) -> None:
    """Assert invalid input with a located problem of this file that says all the words."""
    assert (answer.exit, answer.verdict) == (3, "undecided")
    located = [each for each in answer.json["problems"] if each["location"]["path"] == path]
    assert located, answer.problems()
    assert all(each["location"]["line"] >= 1 and each["location"]["column"] >= 1 for each in located)
    text = "\n".join(each["message"] for each in located)
    for word in words:
        assert word in text, text


def test_D0_without_any_attack_both_are_allowed(world: GovernedWorld) -> None:
    """The control of every test here that changes the card or the evidence of a promotion."""
    written = with_card(world, str)
    assert (written.exit, written.verdict) == (0, "allow")
    measured = with_evidence(world, dump(evidence()).encode())
    assert (measured.exit, measured.verdict) == (0, "allow")


def test_D1_a_repeated_key_in_a_card_is_refused(world: GovernedWorld) -> None:
    answer = with_card(world, lambda text: text.replace("tier: high", "tier: high\nstage: full"))
    refused(answer, CARD, "`stage`")
    assert answer.json["problems"][0]["location"]["line"] == 6
    process = world.gate(reviews=[], as_process=True)
    assert (process.exit, process.verdict) == (3, "undecided")


def test_D1_a_repeated_key_in_evidence_is_refused(world: GovernedWorld) -> None:
    body = dump(evidence(50, 50)).replace(
        '"counts": {', '"counts": {"columns": ["y_true", "y_pred", "n"], "rows": []},\n "counts": {'
    )
    refused(with_evidence(world, body.encode()), EVIDENCE, "`counts`")


@pytest.mark.parametrize("path", [POLICY, "policies/people.yaml", "policies/ladder.yaml", "policies/governance.yaml"])
def test_D1_a_repeated_key_in_a_control_file_is_refused(world: GovernedWorld, path: str) -> None:
    head = world.promotion()
    world.checkout("main")
    world.write(path, world.read(path).replace('"schema":', '"schema": "x",\n "schema":', 1))
    world.base = world.commit("twice")
    refused(approved(world, head), path, "`schema`")


def test_D1_a_repeated_key_in_the_reviews_is_refused(world: GovernedWorld) -> None:
    head = world.promotion()
    text = json.dumps(world.pull_request(head, world.base, ALICE, [world.review(RITA, head)]))
    path = world.folder / "twice.json"
    path.write_text(text.replace('"state": "APPROVED"', '"state": "CHANGES_REQUESTED", "state": "APPROVED"'))
    answer = world.gate(head, extra=("--reviews", str(path)))
    assert answer.exit == 3
    assert "`state`" in answer.text


HIDDEN = {
    "line separator": "\u2028",
    "paragraph separator": "\u2029",
    "next line": "\x85",
    "lone carriage return": "\r",
    "vertical tab": "\x0b",
    "form feed": "\x0c",
    "NUL": "\x00",
    "escape": "\x1b[2K",
    "delete": "\x7f",
    "right-to-left override": "\u202e",
    "isolate": "\u2066",
    "zero-width space": "\u200b",
    "word joiner": "\u2060",
    "byte order mark inside": "\ufeff",
}


@pytest.mark.parametrize("name", HIDDEN)
def test_D2_a_hidden_character_is_refused(world: GovernedWorld, name: str) -> None:
    """`stage: canary # reviewed by bob<U+2028>stage: full` is `full` to some readers, and a comment to the eye."""
    hidden = HIDDEN[name]
    answer = with_card(world, lambda text: text.replace("# one rung up", f"# reviewed by bob{hidden}stage: full"))
    refused(answer, CARD)
    assert answer.json["problems"][0]["location"]["line"] in (4, 5)


@pytest.mark.parametrize(
    ("attack", "word"),
    [
        (lambda text: text.replace("tier: high", "tier: &t high"), "anchor"),
        (lambda text: text.replace("owners: {", "owners: &o {").replace("evidence:", "data: *o\nevidence:"), "anchor"),
        (lambda text: text.replace("owners: {", "owners: {<<: {business: sam}, "), "merge"),
        (lambda text: "a: &a [x, x]\nb: &b [*a, *a]\nc: &c [*b, *b]\n" + text, "anchor"),
        (lambda text: text + "extensions: &e {again: *e}\n", "anchor"),
    ],
    ids=["anchor", "alias", "merge key", "billion laughs", "recursive"],
)  # fmt: skip
def test_D3_anchors_aliases_and_merge_keys_are_refused(
    world: GovernedWorld, attack: Callable[[str], str], word: str
) -> None:
    answer = with_card(world, attack)
    refused(answer, CARD)
    assert word in answer.problems().lower() or "alias" in answer.problems().lower() or "<<" in answer.problems()


@pytest.mark.parametrize(
    "tag", ["!!python/object/apply:os.system [id]", "!x high", "!!str high", "! high", "!!binary aGk="]
)
def test_D4_tags_are_refused(world: GovernedWorld, tag: str) -> None:
    answer = with_card(world, lambda text: text.replace("tier: high", f"tier: {tag}"))
    refused(answer, CARD, "tag")
    assert answer.json["problems"][0]["location"]["line"] == 5


ODD = {
    "two documents": lambda text: text + "---\n" + text.replace("canary", "full"),
    "a list": lambda text: "- stage: full\n",
    "a text": lambda text: "stage\n",
    "nothing": lambda text: "",
    "only a comment": lambda text: "# stage: full\n",
    "null": lambda text: "null\n",
    "a number as key": lambda text: text + "1: x\n",
    "a truth as key": lambda text: text + "true: x\n",
    "a list as key": lambda text: text + "? [a]\n: x\n",
    "a directive": lambda text: "%YAML 1.1\n---\n" + text,
    "broken off": lambda text: text + "uses: {intended: [",
    "a tab for indentation": lambda text: text + "uses:\n\tintended: [x]\n",
}


@pytest.mark.parametrize("name", ODD)
def test_D5_a_file_that_is_not_one_mapping_with_text_keys_is_refused(world: GovernedWorld, name: str) -> None:
    refused(with_card(world, ODD[name]), CARD)


def test_D5_on_and_off_are_texts(world: GovernedWorld) -> None:
    """`on` is `true` to YAML 1.1; as a key it is an unknown field here, by the name that was written."""
    refused(with_card(world, lambda text: text + "on: push\n"), CARD, "`on`")


IMPLICIT = {
    "version: 2.0": ('version: "2.0.0"', "version: 2.0"),
    "version: 1_000": ('version: "2.0.0"', "version: 1_000"),
    "stage: no": ("stage: canary", "stage: no"),
    "stage: 010": ("stage: canary", "stage: 010"),
    "stage: 1:30": ("stage: canary", "stage: 1:30"),
    "tier: true": ("tier: high", "tier: true"),
    "tier: null": ("tier: high", "tier: ~"),
    "digits of a digest": (f'digest: "{ARTIFACT}"', "digest: 1234567890123456789012345678901234567890"),
    "owner: 1001": ("business: alice", "business: 1001"),
}


@pytest.mark.parametrize("name", IMPLICIT)
def test_D6_nothing_is_guessed_from_how_a_value_looks(world: GovernedWorld, name: str) -> None:
    old, new = IMPLICIT[name]
    answer = with_card(world, lambda text: text.replace(old, new))
    assert (answer.exit, answer.verdict) == (3, "undecided")
    assert {each["location"]["path"] for each in answer.json["problems"]} == {CARD}


def test_D6_a_version_with_a_trailing_zero_stays_as_written(world: GovernedWorld) -> None:
    body = evidence()
    body["subject"]["version"] = "1.10"
    world.add_version(card(version="1.10"), body)
    world.add_version(card(version="1.1"))
    world.base = world.commit("1.1 and 1.10")
    world.branch("promote")
    world.edit_card(version="1.10", stage="canary")
    answer = approved(world, world.commit("promote"))
    assert (answer.verdict, answer.json["transition"]["version"]) == ("allow", "1.10")


@pytest.mark.parametrize("number", ["NaN", "Infinity", "-Infinity", "1e999", "-1e999", "1E+400"])
def test_D7_a_number_that_is_none_is_refused_in_evidence(world: GovernedWorld, number: str) -> None:
    """Both `minimum: 0.8` and `maximum: 0.1` of JSON Schema let NaN pass."""
    body = dump(evidence()).replace('"n"\n', '"n"\n', 1).replace("90\n", f"{number}\n", 1)
    assert number in body
    refused(with_evidence(world, body.encode()), EVIDENCE)


@pytest.mark.parametrize("value", ["NaN", "nan", "Infinity", "80%", "0,80", "1e-1", "", " 0.9", "0.9\n", "０.９"])
def test_D7_a_measure_that_is_no_decimal_is_refused(world: GovernedWorld, value: str) -> None:
    body = evidence(measures=[{"metric": "accuracy", "n": 200, "k": 180, "value": value}])
    refused(with_evidence(world, dump(body).encode()), EVIDENCE)


@pytest.mark.parametrize("limit", [".nan", ".inf", "'NaN'", "'Infinity'", "'80%'", "1e999", "'0.8O'", "true"])
def test_D7_a_limit_that_is_no_number_is_refused(world: GovernedWorld, limit: str) -> None:
    head = world.promotion()
    world.checkout("main")
    world.write(POLICY, world.read(POLICY).replace('"at_least": "0.80"', f'"at_least": {limit}'))
    world.base = world.commit("limit")
    refused(approved(world, head), POLICY)


@pytest.mark.parametrize("count", ["-1", "90.5", '"90"', "true", "null", "1e2"])
def test_D7_a_count_that_is_no_whole_number_is_refused(world: GovernedWorld, count: str) -> None:
    body = dump(evidence()).replace("90\n", f"{count}\n", 1)
    answer = with_evidence(world, body.encode())
    assert (answer.exit, answer.verdict) == (3, "undecided")
    assert {each["location"]["path"] for each in answer.json["problems"]} == {EVIDENCE}


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("stage: canary", 'stage: "canary\\n"'),
        ("model: credit-risk", 'model: "credit-risk\\n"'),
        ('version: "2.0.0"', 'version: "2.0.0\\n"'),
        ("business: alice", 'business: "alice\\n"'),
        ("path: evidence/performance.json", 'path: "evidence/performance.json\\n"'),
        (ARTIFACT, ARTIFACT + "\\n"),
    ],
    ids=["stage", "model", "version", "person", "path", "digest"],
)
def test_D8_a_line_break_after_a_valid_name_is_refused(world: GovernedWorld, old: str, new: str) -> None:
    """`^[a-z]+$` accepts `abc` and a line break in many an engine."""
    refused(with_card(world, lambda text: text.replace(old, new)), CARD)


@pytest.mark.parametrize("day", ["2026-02-31", "2026-13-01", "2026-11-19\\n", "yesterday", "2026-1-9", "20261119"])
def test_D8_a_date_that_does_not_exist_is_refused(world: GovernedWorld, day: str) -> None:
    oversight = "human_oversight: {{mode: human_in_the_loop, last_tested: {day}}}\n"
    answer = with_card(world, lambda text: text + oversight.format(day=f'"{day}"'))
    refused(answer, CARD)


HUGE = {
    "a number of 5,000 digits": lambda text: text + f"extensions: {{x: {'9' * 5000}}}\n",
    "a hexadecimal number of 5,000 digits": lambda text: text + f"extensions: {{x: 0x{'f' * 5000}}}\n",
    "a power of ten": lambda text: text + "extensions: {x: 1e999999999}\n",
    "10,000 brackets": lambda text: text + "extensions: " + "[" * 10_000 + "]" * 10_000 + "\n",
    "10,000 levels": lambda text: text + "extensions:\n" + "".join(" " * d + "a:\n" for d in range(1, 900)),
    "a bad date": lambda text: text + "extensions: {x: !!timestamp 2026-99-99}\n",
    "not UTF-8": lambda text: text.encode() + b"# \xff\xfe\n",
    "UTF-16": lambda text: text.encode("utf-16"),
    "2 MiB": lambda text: text + "# " + "x" * (2 << 20) + "\n",
    "a lone surrogate": lambda text: text + 'summary: "\\ud800"\n',
}


@pytest.mark.parametrize("name", HUGE)
def test_D9_what_breaks_a_parser_is_a_located_problem(world: GovernedWorld, name: str) -> None:
    started = time.monotonic()
    refused(with_card(world, HUGE[name]), CARD)
    assert time.monotonic() - started < 10


@pytest.mark.parametrize("name", ["digits", "depth", "surrogate", "not closed", "a list", "comment", "two values"])
def test_D9_what_breaks_a_json_parser_is_a_located_problem(world: GovernedWorld, name: str) -> None:
    body = dump(evidence())
    bodies = {
        "digits": body.replace("90\n", "9" * 5000 + "\n", 1),
        "depth": body.rstrip()[:-1] + ', "results": ' + "[" * 50_000 + "]" * 50_000 + "}",
        "surrogate": body.replace("scores.csv", "\\ud800"),
        "not closed": body[:-3],
        "a list": f"[{body}]",
        "comment": "// counts\n" + body,
        "two values": body + body,
    }
    refused(with_evidence(world, bodies[name].encode()), EVIDENCE)


def test_D9_a_broken_control_file_stops_everything_with_every_problem(world: GovernedWorld) -> None:
    head = world.promotion()
    world.checkout("main")
    world.write("policies/people.yaml", "people: [\n")
    world.write("policies/ladder.yaml", "- a\n")
    world.base = world.commit("broken")
    answer = world.gate(head, reviews=[])
    assert (answer.exit, answer.verdict) == (3, "undecided")
    assert {"policies/people.yaml", "policies/ladder.yaml"} <= {e["location"]["path"] for e in answer.json["problems"]}


@pytest.mark.parametrize(
    ("correct", "wrong", "verdict"), [(4000, 1000, "allow"), (3999, 1001, "deny"), (4001, 999, "allow")]
)
def test_D10_the_limit_itself_is_met_and_nothing_is_rounded_up_to_it(
    world: GovernedWorld, correct: int, wrong: int, verdict: str
) -> None:
    """7998 of 10000 is 0.80 to two places, and is not at least 0.80."""
    answer = with_evidence(world, dump(evidence(correct, wrong)).encode())
    assert answer.verdict == verdict
    assert answer.of(FLOOR)[0]["expected"] == "at least 0.80"


def test_D10_a_miss_too_small_for_a_float_is_a_miss(world: GovernedWorld) -> None:
    """2.4e17 - 1 of 3e17 differs from 0.8 only behind the 17th place, where a double sees them equal."""
    total = 3 * 10**17
    right = total * 8 // 10 - 1
    assert right / total == 0.8
    body = evidence()
    body["counts"]["rows"] = [[0, 0, right // 2], [0, 1, total - right], [1, 0, 0], [1, 1, right - right // 2]]
    body["source"]["rows"] = total
    answer = with_evidence(world, dump(body).encode())
    assert (answer.exit, answer.verdict) == (10, "deny")
    body["counts"]["rows"][0][2] += 1
    body["counts"]["rows"][1][2] -= 1
    assert with_evidence(world, dump(body).encode()).verdict == "allow"


@pytest.mark.parametrize("now", ["2026-11-20T10:00:00", "2026-11-20", "20.11.2026", "now", "2026-11-20T25:00:00Z"])
def test_D11_a_moment_without_its_offset_is_refused(world: GovernedWorld, now: str) -> None:
    head = world.promotion()
    words = ["--repo", str(world.root), "--base", world.base, "--head", head, "--now", now]
    done = CliRunner().invoke(command, words, standalone_mode=False)
    assert done.exception is not None
    assert getattr(done.exception, "exit_code", None) == 2
    assert now in str(done.exception)


@pytest.mark.parametrize(
    "at", ["2026-11-19T10:00:00", "2026-11-19", "2026-11-31T10:00:00Z", "2026-11-19T10:00:00+25:00"]
)
def test_D11_evidence_without_a_moment_is_not_enough(world: GovernedWorld, at: str) -> None:
    body = evidence()
    body["produced"]["at"] = at
    answer = with_evidence(world, dump(body).encode())
    assert answer.exit in (3, 12)
    assert answer.verdict == "undecided"
    assert "2026-11" in answer.problems() + "".join(answer.failed().values()) or "produced" in answer.text


def test_D11_an_offset_is_counted_in_utc(tmp_path: Path) -> None:
    rule = {**METRIC_RULE, "with": {**METRIC_RULE["with"], "max_age_days": 1}}
    world = GovernedWorld(tmp_path, rules=(rule, APPROVAL_RULE))
    body = evidence()
    body["produced"]["at"] = "2026-11-19T23:30:00-12:00"
    answer = with_evidence(world, dump(body).encode())
    assert answer.verdict == "allow"
    assert answer.json["evaluated_at"] == NOW


TYPOS = {
    "aproval": (POLICY, '"rules": [', '"aproval": true,\n "rules": [', "`aproval`"),
    "kind": (POLICY, '"kind": "evidence.metric_within"', '"kind": "evidence.metric_witin"', "did you mean"),
    "effekt": (POLICY, '"effect": "block"', '"effekt": "block"', "`effekt`"),
    "at_leest": (POLICY, '"at_least"', '"at_leest"', "`at_leest`"),
    "metric": (POLICY, '"metric": "accuracy"', '"metric": "acuracy"', "`acuracy`"),
    "applies": (POLICY, '"tasks": [', '"task": [', "`task`"),
    "block": (POLICY, '"effect": "block"', '"effect": "blok"', "`blok`"),
    "roles": ("policies/people.yaml", '"roles": [', '"role": [', "`role`"),
    "policy_change": ("policies/governance.yaml", '"policy_change"', '"policy_chnge"', "`policy_chnge`"),
    "owner_team": ("policies/models.yaml", '"owner_team"', '"owner_taem"', "`owner_taem`"),
    "stages": ("policies/ladder.yaml", '"exposure_percent": 5', '"exposure_precent": 5', "`exposure_precent`"),
}


@pytest.mark.parametrize("name", TYPOS)
def test_D12_a_typing_error_disables_no_rule(world: GovernedWorld, name: str) -> None:
    path, old, new, word = TYPOS[name]
    head = world.promotion()
    assert approved(world, head).verdict == "allow"
    world.checkout("main")
    assert old in world.read(path)
    world.write(path, world.read(path).replace(old, new, 1))
    world.base = world.commit("typo")
    answer = approved(world, head)
    refused(answer, path)
    assert word in json.dumps(answer.json["problems"])


@pytest.mark.parametrize("key", ["stge", "Stage", "stage ", "evidences", "arifact"])
def test_D12_a_typing_error_in_a_card_is_refused(world: GovernedWorld, key: str) -> None:
    refused(with_card(world, lambda text: text + f'"{key}": full\n'), CARD, f"`{key}`")


@pytest.mark.parametrize("key", ["measure", "count", "subjct"])
def test_D12_a_typing_error_in_evidence_is_refused(world: GovernedWorld, key: str) -> None:
    refused(with_evidence(world, dump(evidence(**{key: {}})).encode()), EVIDENCE, f"`{key}`")


REDOS = "^(a+)+$"
LONG = "a" * 3000 + "!"


def test_D13_a_pattern_of_a_team_schema_can_not_stop_the_judge(tmp_path: Path) -> None:
    rule = {"id": "card.team", "kind": "card.matches_schema", "effect": "block", "with": {"schema": "team.json"}}
    world = GovernedWorld(tmp_path, rules=(METRIC_RULE, APPROVAL_RULE, rule))
    schema = {"$schema": "https://json-schema.org/draft/2020-12/schema", "properties": {"summary": {"pattern": REDOS}}}
    world.write("policies/schemas/team.json", dump(schema))
    world.base = world.commit("a schema")
    started = time.monotonic()
    bad = approved(world, world.promotion(summary=LONG))
    assert time.monotonic() - started < 10
    assert bad.verdict in ("deny", "undecided")
    assert "card.team" in bad.failed()
    world.edit_card(summary="aaaa")
    assert approved(world, world.commit("short")).verdict == "allow"


def test_D13_a_pattern_of_an_expression_can_not_stop_the_judge(tmp_path: Path) -> None:
    text = f"card.summary.matches('{REDOS}')"
    rule = {"id": "card.expression", "kind": "expression", "effect": "block", "with": {"that": text}}
    world = GovernedWorld(tmp_path, rules=(METRIC_RULE, APPROVAL_RULE, rule))
    started = time.monotonic()
    bad = approved(world, world.promotion(summary=LONG))
    assert time.monotonic() - started < 10
    assert (bad.exit, bad.verdict) == (10, "deny")
    assert set(bad.failed()) == {"card.expression"}
    world.edit_card(summary="aaaa")
    assert approved(world, world.commit("short")).verdict == "allow"


@pytest.mark.parametrize("schema", ["rampgate/card/v0", "rampgate/card/v2", "rampgate/policy/v1", "card", ""])
def test_D14_a_card_does_not_choose_its_own_schema(world: GovernedWorld, schema: str) -> None:
    refused(with_card(world, lambda text: text.replace("rampgate/card/v1", f'"{schema}"')), CARD, "rampgate/card/v1")


@pytest.mark.parametrize("key", ["$schema", "apiVersion", "$ref"])
def test_D14_other_ways_to_name_a_schema_are_unknown_fields(world: GovernedWorld, key: str) -> None:
    answer = with_card(world, lambda text: text + f'"{key}": "https://example.com/schema.json"\n')
    refused(answer, CARD, f"`{key}`")


@pytest.mark.parametrize("schema", ["rampgate/evidence/v0", "rampgate/evidence/v2"])
def test_D14_evidence_does_not_either(world: GovernedWorld, schema: str) -> None:
    refused(with_evidence(world, dump(evidence(schema=schema)).encode()), EVIDENCE, "rampgate/evidence/v1")


def test_D14_a_team_schema_fetches_nothing(tmp_path: Path) -> None:
    """The network is closed while tests run: a fetch would be another error than this one."""
    rule = {"id": "card.team", "kind": "card.matches_schema", "effect": "block", "with": {"schema": "team.json"}}
    world = GovernedWorld(tmp_path, rules=(METRIC_RULE, APPROVAL_RULE, rule))
    world.write("policies/schemas/team.json", dump({"$ref": "https://example.com/schema.json"}))
    world.base = world.commit("a remote schema")
    answer = approved(world, world.promotion())
    assert answer.verdict == "undecided"
    assert answer.exit in (3, 12)
    assert "example.com" in answer.text


def test_D14_a_policy_of_another_schema_is_no_policy(world: GovernedWorld) -> None:
    head = world.promotion()
    world.checkout("main")
    rules = policy(METRIC_RULE, APPROVAL_RULE) | {"schema": "rampgate/policy/v0"}
    world.write(POLICY, dump(rules))
    world.base = world.commit("old schema")
    refused(approved(world, head), POLICY)
