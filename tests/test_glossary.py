"""The pages that list words, files and fields list those of the code."""

from __future__ import annotations

import json
import re
from enum import StrEnum
from pathlib import Path

import pytest

from rampgate.formats.schemas import NOUNS
from rampgate.model import vocabulary
from rampgate.model.vocabulary import EXIT_CODE, RETIRED, STANDBY

ROOT = Path(__file__).resolve().parents[1]
REFERENCE = ROOT / "docs" / "reference"
SCHEMAS = ROOT / "src" / "rampgate" / "schemas"
GLOSSARY = (REFERENCE / "glossary.md").read_text(encoding="utf-8")
ENTRIES = re.findall(r"^\*\*([^*]+)\*\*: ", GLOSSARY, re.MULTILINE)
SECTION_OF = {
    "Outcome": "Outcomes",
    "Effect": "Effects",
    "Verdict": "Verdicts",
    "ChangeKind": "Kinds of change",
    "Tier": "Tiers",
    "Task": "Tasks",
}


def section(page: str, heading: str) -> str:
    return page.split(f"\n### {heading}\n", 1)[1].split("\n##", 1)[0]


def words(text: str) -> list[str]:
    """The words in backticks, links and file names left out."""
    return [each for each in re.findall(r"`([^`]+)`", text) if re.fullmatch(r"[a-z0-9_]+", each)]


def vocabularies() -> dict[str, type[StrEnum]]:
    found = {name: each for name, each in vars(vocabulary).items() if isinstance(each, type) and each is not StrEnum}
    return {name: each for name, each in found.items() if issubclass(each, StrEnum)}


def test_every_vocabulary_has_a_section():
    assert set(vocabularies()) == set(SECTION_OF)


@pytest.mark.parametrize("name", SECTION_OF)
def test_a_section_lists_the_closed_vocabulary_and_no_other_word(name):
    listed = words(section(GLOSSARY, SECTION_OF[name]))
    assert sorted(listed) == sorted(each.value for each in vocabularies()[name])


def test_the_stages_beside_the_ladder_are_named():
    assert words(section(GLOSSARY, "Stages beside the ladder")) == [STANDBY, RETIRED]


@pytest.mark.parametrize("noun", [*NOUNS, "decision", "finding", "transition", "change", "approval", "slot"])
def test_every_noun_is_explained(noun):
    assert noun in ENTRIES


def test_entries_stand_once_and_in_order():
    assert sorted(set(ENTRIES)) == ENTRIES


def test_the_page_of_exit_codes_lists_each_verdict_with_its_code():
    rows = dict(re.findall(r"^\| (\d+) \| (.+?) \|", (REFERENCE / "exit-codes.md").read_text(), re.MULTILINE))
    for verdict, code in EXIT_CODE.items():
        assert f"`{verdict}`" in rows[str(code)]
    assert set(rows) == {"0", "10", "11", "12", "3", "2", "4", "1"}


def keys(rows: str) -> dict[str, bool]:
    """The keys of a table, with whether they are required."""
    return {key: need == "yes" for key, need in re.findall(r"^\| `(\w+)` \| (yes|no) \|", rows, re.MULTILINE)}


@pytest.mark.parametrize("noun", NOUNS)
def test_the_page_of_files_lists_every_key_of_every_file(noun):
    schema = json.loads((SCHEMAS / f"{noun}.schema.json").read_text(encoding="utf-8"))
    page = (REFERENCE / "files.md").read_text(encoding="utf-8")
    expected = {key: key in schema["required"] for key in schema["properties"]}
    assert keys(section(page, noun)) == expected
    assert f"`rampgate/{noun}/v1`" in section(page, noun)


def test_the_page_of_the_decision_names_every_field():
    schema = json.loads((SCHEMAS / "decision.schema.json").read_text(encoding="utf-8"))
    page = (REFERENCE / "decision.md").read_text(encoding="utf-8")
    shapes = [schema, *schema["$defs"].values()]
    fields = {name for shape in shapes for name in shape.get("properties", {})}
    assert fields - set(words(page)) == set()
