"""A record has one form and one place: whatever else a signed envelope holds is refused, each for its own reason."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
import rfc8785
from hypothesis import strategies as st

from properties.laws import law
from rampgate.errors import InvalidInput
from rampgate.formats.dsse import read_canonical
from rampgate.formats.record import SealedRecord, log_path, may_be_about, payload_of, read_brief, read_record
from rampgate.formats.record_findings import without_findings
from rampgate.model.record import Record, RecordKind
from worlds.record_shapes import OPENING, PATH, PROMOTION, envelope, promotion
from worlds.ssh_signer import canonical

Value = dict[str, Any]


def with_(*keys: str | int, to: Any) -> Callable[[Value], None]:
    """Set one value of the predicate."""

    def change(statement: Value) -> None:
        place: Any = statement["predicate"]
        for key in keys[:-1]:
            place = place[key]
        place[keys[-1]] = to

    return change


def without(*keys: str | int) -> Callable[[Value], None]:
    def change(statement: Value) -> None:
        place: Any = statement["predicate"]
        for key in keys[:-1]:
            place = place[key]
        del place[keys[-1]]

    return change


def said(**changes: Any) -> Callable[[Value], None]:
    """Set values of the statement itself."""
    return lambda statement: statement.update(changes)


def subject(**changes: Any) -> Callable[[Value], None]:
    return lambda statement: statement["subject"][0].update(changes)


NO_STATEMENT = "it is no statement about a decision"
OTHERWISE = "the record is not written as this format writes it"

MALFORMED: dict[str, tuple[Callable[[Value], Any], str]] = {
    "another predicate type": (said(predicateType="urn:rampgate:evidence-signature:v1"), NO_STATEMENT),
    "a later version of the predicate": (said(predicateType="urn:rampgate:decision-record:v2"), NO_STATEMENT),
    "another statement type": (said(_type="https://in-toto.io/Statement/v0.1"), OTHERWISE),
    "a key beside the statement's": (said(more={}), NO_STATEMENT),
    "no subject": (lambda s: s.pop("subject"), NO_STATEMENT),
    "no predicate": (lambda s: s.pop("predicate"), NO_STATEMENT),
    "a predicate that is null": (said(predicate=None), "Input should be"),
    "an empty predicate": (said(predicate={}), "`schema`: Field required"),
    "an empty list of subjects": (said(subject=[]), OTHERWISE),
    "another commit as subject": (subject(digest={"gitCommit": "9" * 40}), OTHERWISE),
    "a subject with another name": (subject(name="head"), OTHERWISE),
    "a subject more": (lambda s: s["subject"].append({"name": "x", "digest": {"sha256": "0" * 64}}), OTHERWISE),
    "subjects in another order": (lambda s: s["subject"].reverse(), OTHERWISE),
    "another schema": (with_("schema", to="rampgate/record/v2"), "`schema`"),
    "an unknown kind": (with_("kind", to="bless"), "`kind`"),
    "a kind in capitals": (with_("kind", to="PROMOTE"), "`kind`"),
    "a key that no record has": (with_("note", to="x"), "`note`: Extra inputs are not permitted"),
    "a missing key": (without("prev"), "`prev`: Field required"),
    "a missing list that may be left out": (without("corrects"), OTHERWISE),
    "a place before the first": (with_("seq", to=-1), "`seq`"),
    "a place beyond the last": (with_("seq", to=1_000_000), "`seq`"),
    "a place as text": (with_("seq", to="7"), "`seq`"),
    "a place that is true": (with_("seq", to=True), "`seq`"),
    "a place that is null": (with_("seq", to=None), "`seq`"),
    "another place than its path's": (with_("seq", to=8), "the record belongs at another path"),
    "a digest in capitals": (with_("prev", to="A" * 64), "`prev`"),
    "a digest with its algorithm": (with_("prev", to="sha256:" + "1" * 64), "`prev`"),
    "a digest that is too short": (with_("prev", to="1" * 63), "`prev`"),
    "a digest with a line break": (with_("prev", to="1" * 64 + "\n"), "`prev`"),
    "a model with a strange name": (with_("model_prev", to={"../x": None}), "`model_prev"),
    "a list of models": (with_("model_prev", to=["credit-risk"]), "`model_prev`"),
    "a commit by its short name": (with_("git", "landed", to="f" * 7), "`git.landed`"),
    "a commit by a branch": (with_("git", "covered", to="refs/heads/main"), "`git.covered`"),
    "a key more in git": (with_("git", "merge_base", to="0" * 40), "`git.merge_base`: Extra inputs"),
    "a day as a moment": (with_("at", to="2026-11-20"), "`at`"),
    "a moment in another form": (with_("at", to="2026-11-20 10:00:00Z"), "`at`"),
    "a moment as a number": (with_("recorded_at", to=1_795_000_000), "`recorded_at`"),
    "a clock that nobody has": (with_("time_source", to="commit"), "`time_source`"),
    "an unknown verdict": (with_("decision", "verdict", to="maybe"), "`decision.verdict`"),
    "an outcome that is none": (with_("decision", "findings", 0, "outcome", to="ok"), "`decision.findings.0.outcome`"),
    "yes for true": (with_("decision", "findings", 0, "attested", to="yes"), OTHERWISE),
    "1 for true": (with_("decision", "findings", 0, "attested", to=1), OTHERWISE),
    "a review by text": (with_("decision", "counted", 0, "review", to="31"), OTHERWISE),
    "a size below none": (with_("decision", "history_size", to=-1), "`decision.history_size`"),
    "a pull request 0": (with_("pull", "number", to=0), "`pull.number`"),
    "an open pull request": (with_("pull", "state", to="open"), "`pull.state`"),
    "another engine": (with_("engine", "name", to="rampgate2"), "`engine.name`"),
    "a list as a mapping": (with_("moves", to={}), "`moves`"),
    "a repository without a name": (with_("repository", to=""), "`repository`"),
    "a key by its name in Python": (lambda s: s["predicate"].update(schema_=s["predicate"].pop("schema")), OTHERWISE),
    "a correction of nothing": (with_("corrects", to=[-1]), "`corrects.0`"),
    "another model than its path's": (with_("decision", "transition", "model", to="fraud"), "belongs at another path"),
}


@pytest.mark.parametrize("shape", MALFORMED)
def test_G12_a_malformed_record_is_refused_for_its_reason(shape):
    change, reason = MALFORMED[shape]
    statement = promotion()
    change(statement)
    with pytest.raises(InvalidInput, match=reason) as caught:
        read_record(envelope(canonical(statement)), PATH)
    assert {problem.path for problem in caught.value.problems} == {PATH}
    with pytest.raises(InvalidInput) as briefly:
        read_brief(envelope(canonical(statement)), PATH)
    assert briefly.value.problems == caught.value.problems


@pytest.mark.parametrize(
    "payload", [b"", b"{}", b"[]", b"null", b'{"a":1.5}', canonical(promotion()) + b"\n", b" " + canonical(promotion())]
)
def test_G12_a_payload_that_is_no_canonical_statement_is_refused(payload):
    for read in (read_record, read_brief):
        with pytest.raises(InvalidInput):
            read(envelope(payload), PATH)


PATHS = {
    "another folder": "log/0001/000007-credit-risk-2.0.0-canary.json",
    "another number": "log/0000/000008-credit-risk-2.0.0-canary.json",
    "another stage": "log/0000/000007-credit-risk-2.0.0-full.json",
    "another case": "log/0000/000007-Credit-Risk-2.0.0-canary.json",
    "not under log": "old/0000/000007-credit-risk-2.0.0-canary.json",
}


@pytest.mark.parametrize("case", PATHS)
def test_G12_a_record_at_another_path_is_refused(case):
    with pytest.raises(InvalidInput, match="the record belongs at another path") as caught:
        read_record(envelope(canonical(promotion())), PATHS[case])
    assert caught.value.problems[0].expected == PATH
    with pytest.raises(InvalidInput, match="the record belongs at another path"):
        read_brief(envelope(canonical(promotion())), PATHS[case])


def test_what_is_written_is_read_back_equal_and_names_its_subjects():
    record = Record.model_validate(PROMOTION)
    assert read_record(envelope(payload_of(record)), PATH).record == record
    assert promotion()["subject"] == [
        {"name": "landed", "digest": {"gitCommit": "f" * 40}},
        {"name": "landed tree", "digest": {"gitTree": "d1" * 20}},
        {"name": "credit-risk@2.0.0", "digest": {"sha256": "a" * 64}},
        {"name": "model_cards/credit-risk/2.0.0/card.yaml", "digest": {"sha256": "5" * 64}},
    ]


def test_a_record_about_nothing_that_landed_names_what_it_covers():
    payload = canonical({**promotion(), "subject": [{"name": "covered", "digest": {"gitCommit": "c" * 40}}]})
    with pytest.raises(InvalidInput, match=OTHERWISE):
        read_record(envelope(payload), PATH)
    record = Record.model_validate(OPENING)
    assert read_record(envelope(payload_of(record)), "log/0000/000000-opening.json").record == record


def test_a_record_of_another_model_is_never_taken_for_one_by_its_name():
    assert may_be_about(PATH, "credit-risk")
    assert may_be_about("log/0000/000003-policy.json", "credit-risk")
    assert not may_be_about(PATH, "fraud")


# Texts as people write them: any letter, and what JSON must escape; lone surrogates are no text at all.
texts = st.text(st.characters(codec="utf-8"), max_size=40)
lines = st.text(st.characters(codec="utf-8", exclude_categories=["C", "Z"]), min_size=1, max_size=20)
hexes = st.text("0123456789abcdef", min_size=64, max_size=64)


@st.composite
def records(draw: st.DrawFn) -> Record:
    value = dict(PROMOTION)
    value["decision"] = dict(value["decision"])
    value["decision"]["findings"] = [
        {
            **PROMOTION["decision"]["findings"][0],
            "message": draw(texts),
            "found": draw(texts),
            "attested": draw(st.booleans()),
        }
        for _ in range(draw(st.integers(0, 3)))
    ]
    value["decision"]["ignored"] = [
        {"login": draw(texts), "review": draw(st.integers(0, 2**53 - 1)), "reason": draw(texts)}
    ]
    value["past_the_gate"] = draw(st.lists(texts, max_size=3))
    value["prev"] = draw(st.none() | hexes)
    value["model_prev"] = draw(
        st.dictionaries(st.from_regex(r"\A[a-z0-9]([a-z0-9-]{0,20}[a-z0-9])?\Z"), st.none() | hexes, max_size=4)
    )
    value["kind"] = draw(st.sampled_from(list(RecordKind)))
    value["pull"] = draw(
        st.none() | st.just({"number": draw(st.integers(1, 10**9)), "state": "closed", "author": draw(texts)})
    )
    return Record.model_validate(value)  # fmt: skip


@law(records())
def test_whatever_is_written_is_read_back_equal(record):
    payload = payload_of(record)
    assert read_record(envelope(payload), log_path(record)).record == record
    assert canonical(read_canonical(payload, PATH)) == payload


# The quick way, which makes nothing of findings


def briefly(sealed: SealedRecord) -> SealedRecord:
    """The same without findings, put together by hand."""
    record = sealed.record
    if record.decision is None:
        return sealed
    decision = record.decision.model_dump(by_alias=True) | {"findings": ()}
    short = Record.model_validate(record.model_dump(by_alias=True) | {"decision": decision})
    return SealedRecord(short, sealed.envelope, sealed.digest)


def read_by(read: Callable[[bytes, str], SealedRecord], payload: bytes, path: str) -> Any:
    """What is read, or why it is refused."""
    try:
        return read(envelope(payload), path)
    except InvalidInput as error:
        return error.problems


def both_ways(payload: bytes, path: str = PATH) -> Any:
    """What is read in both ways, which must agree."""
    whole, brief = (read_by(read, payload, path) for read in (read_record, read_brief))
    assert brief == (briefly(whole) if isinstance(whole, SealedRecord) else whole)
    return whole


@law(records())
def test_a_record_is_read_briefly_as_it_is_read_whole(record):
    assert isinstance(both_ways(payload_of(record), log_path(record)), SealedRecord)


@law(records(), st.integers(0, 2**20), st.binary(min_size=0, max_size=2), st.integers(0, 2))
def test_a_payload_with_other_bytes_somewhere_is_read_or_refused_alike(record, place, put, gone):
    payload = payload_of(record)
    at = place % len(payload)
    both_ways(payload[:at] + put + payload[at + gone :], log_path(record))


def with_finding(**changes: Any) -> bytes:
    statement = promotion()
    finding = statement["predicate"]["decision"]["findings"][0]
    statement["predicate"]["decision"]["findings"] = [finding, {**finding, **changes}]
    return canonical(statement)


PLAIN = {
    "as they are": {},
    "the longest texts": {"message": "m" * 8000, "found": "f" * 8000, "expected": "e" * 8000},
    "the longest rule": {"rule": "r" * 200},
    "the longest and the shortest waiver": {"waiver": "w" * 300},
    "letters of several bytes": {"message": "é\u2028😀" * 2666, "rule": "é" * 200, "waiver": "😀" * 300},
    "empty texts": {"message": "", "found": "", "expected": ""},
    "what deletes": {"message": "\x7f"},
    "each outcome": {"outcome": "not_applicable"},
    "each effect": {"effect": "audit"},
    "true": {"attested": True},
    "words like a list of findings": {"message": "findings:[] findings':["},
}


@pytest.mark.parametrize("case", PLAIN)
def test_findings_in_their_plain_form_are_held_against_it_as_text(case):
    """What is left is the statement of the record without findings, made in another way."""
    payload = with_finding(**PLAIN[case])
    statement = json.loads(payload)
    statement["predicate"]["decision"]["findings"] = []
    assert without_findings(payload) == canonical(statement)
    assert isinstance(both_ways(payload), SealedRecord)


ESCAPED = {
    "a quotation mark": {"message": 'it says "no"'},
    "a backslash": {"found": "a\\b"},
    "a line break": {"expected": "a\nb"},
    "a control character": {"rule": "a\x00"},
    "the beginning of a list of findings": {"message": '"findings":[{'},
}


@pytest.mark.parametrize("case", ESCAPED)
def test_findings_with_what_json_escapes_are_read_in_the_usual_way(case):
    payload = with_finding(**ESCAPED[case])
    assert without_findings(payload) is None
    assert isinstance(both_ways(payload), SealedRecord)


BENT = {
    "a message that is too long": with_finding(message="m" * 8001),
    "a message that is too long, of several bytes each": with_finding(message="é" * 8001),
    "a rule that is too long": with_finding(rule="r" * 201),
    "a rule without a name": with_finding(rule=""),
    "a waiver that is too long": with_finding(waiver="w" * 301),
    "a waiver without a name": with_finding(waiver=""),
    "an outcome that is none": with_finding(outcome="passed"),
    "an outcome that begins well": with_finding(outcome="pass "),
    "an effect that is none": with_finding(effect="BLOCK"),
    "a number as text": with_finding(found=1),
    "null for a text": with_finding(expected=None),
    "null for true": with_finding(attested=None),
    "1 for true": with_finding(attested=1),
    "a key more": with_finding(zone="x"),
    "a list for a waiver": with_finding(waiver=["w"]),
    "a key less": canonical(promotion()).replace(b'"waiver":null', b"", 1),
    "a space": canonical(promotion()).replace(b'"attested":false', b'"attested": false', 1),
    "a comma more": canonical(promotion()).replace(b"}],", b"},],", 1),
    "a list that does not end": canonical(promotion()).replace(b"}],", b"},", 1),
    "findings twice": canonical(promotion()).replace(b'"findings":[', b'"findings":[],"findings":[', 1),
    "findings that are none": canonical(promotion()).replace(b'"findings":[', b'"findings":[null,', 1),
    "a line break as it is": with_finding(message="x@y").replace(b"x@y", b"x\ny"),
    "bytes that are no UTF-8": with_finding(message="x@y").replace(b"x@y", b"x\xffy"),
    "half a letter": with_finding(message="x@y").replace(b"x@y", b"x\xc3"),
    "a lone surrogate": with_finding(message="x@y").replace(b"x@y", b"\\ud800"),
    "a surrogate as bytes": with_finding(message="x@y").replace(b"x@y", b"\xed\xa0\x80"),
    "an escape that is not needed": with_finding(message="x@y").replace(b"x@y", b"\\u0078"),
    "an escaped slash": with_finding(message="x@y").replace(b"x@y", b"\\/"),
    "findings of a decision that is none": canonical(
        {**promotion(), "predicate": {**promotion()["predicate"], "decision": None, "findings": []}}
    ),
}


@pytest.mark.parametrize("case", BENT)
def test_G12_bent_findings_are_refused_for_the_same_reason_in_both_ways(case):
    assert not isinstance(both_ways(BENT[case]), SealedRecord)


# Keys are ASCII, as in every record; the numbers are those that JSON readers everywhere keep exactly.
plain = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53) + 1, 2**53 - 1) | texts,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text("aZ_-.0 ", max_size=6), inner, max_size=4),
    max_leaves=20,
)


@law(st.dictionaries(st.text("aZ_-.0 ", max_size=6), plain, max_size=5))
def test_the_fast_check_of_the_canonical_form_agrees_with_rfc8785(value):
    written = rfc8785.dumps(value)
    assert read_canonical(written, "x") == value
    for other in (written + b" ", b"\n" + written, written.replace(b":", b": ", 1)):
        if other != written:
            with pytest.raises(InvalidInput):
                read_canonical(other, "x")
