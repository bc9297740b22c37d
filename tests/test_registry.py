"""The registries are complete, explicit, and say what the files say."""

from __future__ import annotations

import ast
import importlib
import re
from pathlib import Path

import pytest
import yaml

from rampgate import measure, rules
from rampgate.adapters.field_docs import field_docs
from rampgate.formats import schemas
from rampgate.model.policy import Rule
from rampgate.reports.formats import FORMATS
from rampgate.rules._base import RuleKind

SOURCE = Path(__file__).resolve().parents[1] / "src" / "rampgate"
HEADINGS = ["Why it exists", "Example", "How to satisfy it"]
KINDS = {kind.id: kind for kind in rules.ALL}


def files(package: str) -> set[str]:
    """The modules of a package that are no helpers."""
    return {path.stem for path in (SOURCE / package).glob("*.py") if not path.stem.startswith("_")}


def home(kind: RuleKind) -> str:
    """`fairness.ratio_at_least` is at home in `fairness_ratio_at_least.py`."""
    return kind.id.replace(".", "_")


def section(page: str, heading: str) -> str:
    return page.split(f"## {heading}\n", 1)[1].split("\n## ", 1)[0]


def test_every_kind_in_the_folder_is_registered_and_none_else():
    """A forgotten line would make a policy's rule unknown; a leftover one would judge by a file that is gone."""
    assert {home(kind) for kind in rules.ALL} == files("rules")


def test_ids_are_unique():
    assert len(KINDS) == len(rules.ALL)


def test_what_policies_name_comes_before_what_rampgate_applies_by_itself():
    """The order of the registry is the order of the reference."""
    built_in = [kind.built_in for kind in rules.ALL]
    assert built_in == sorted(built_in)


def test_policies_can_name_every_kind_that_is_not_built_in():
    assert list(rules.BY_ID) == [kind.id for kind in rules.ALL if not kind.built_in]


def test_what_can_not_be_waived_is_identity_integrity_of_lineage_and_the_record():
    """Named by hand: a kind that leaves this list can be excused, so it leaves by a decision and not by a default."""
    never = {
        "approval.roles", "stage.move_allowed",
        "lineage.complete", "lineage.pinned",
    }  # fmt: skip
    assert {id_ for id_, kind in KINDS.items() if not kind.may_be_waived and not kind.built_in} == never
    assert all(not kind.may_be_waived for kind in rules.ALL if kind.built_in)


@pytest.mark.parametrize("id_", KINDS)
def test_a_kind_stands_in_the_file_of_its_name(id_):
    module = importlib.import_module(f"rampgate.rules.{home(KINDS[id_])}")
    assert module.KIND is KINDS[id_]
    assert KINDS[id_].page == module.__doc__


@pytest.mark.parametrize("id_", KINDS)
def test_the_page_has_its_three_headings(id_):
    page = KINDS[id_].page
    assert re.findall(r"^## (.+)$", page, re.MULTILINE) == HEADINGS
    assert all(section(page, heading).strip() for heading in HEADINGS)
    assert KINDS[id_].summary.endswith(".")


@pytest.mark.parametrize("id_", [id_ for id_, kind in KINDS.items() if not kind.built_in])
def test_the_example_is_a_rule_that_works(id_):
    """The first thing that anybody does with an example is to copy it."""
    blocks = re.findall(r"```yaml\n(.*?)```", section(KINDS[id_].page, "Example"), re.DOTALL)
    assert blocks, "no example"
    for block in blocks:
        for written in yaml.safe_load(block):
            rule = Rule.model_validate(written)
            assert rule.kind == id_
            KINDS[id_].params.model_validate(rule.with_)


@pytest.mark.parametrize("id_", KINDS)
def test_every_parameter_is_documented(id_):
    params = KINDS[id_].params
    assert set(params.model_fields) - set(field_docs(params)) == set()


def test_every_measurement_is_registered():
    """A measurement is a module with a function `measure_<its name>`."""
    found = {
        stem for stem in files("measure") if f"def measure_{stem}(" in (SOURCE / "measure" / f"{stem}.py").read_text()
    }
    assert found == set(measure.MEASUREMENTS)


def test_every_report_is_registered():
    """A report is a module with a function `render`; the comment is apart, because it needs more than the decision."""
    renderers = {
        f"rampgate.reports.{stem}"
        for stem in files("reports")
        if has_function(SOURCE / "reports" / f"{stem}.py", "render")
    }
    comment = {"rampgate.reports.comment"}
    assert {render.__module__ for render in FORMATS.values()} == renderers - comment
    assert comment <= renderers


def has_function(path: Path, name: str) -> bool:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    return any(isinstance(node, ast.FunctionDef) and node.name == name for node in tree.body)


def test_every_noun_with_a_schema_line_has_a_published_schema():
    """What a file may say in its `schema` line is what `rampgate schema` can print."""
    lines = [
        re.findall(r'Literal\["rampgate/([a-z-]+)/v1"\]', path.read_text()) for path in (SOURCE / "model").glob("*.py")
    ]
    assert {name for names in lines for name in names} <= set(schemas.NOUNS)


@pytest.mark.parametrize("name", schemas.NOUNS)
def test_a_schema_names_itself(name):
    schema = schemas.json_schema(name)
    assert schema["properties"]["schema"]["const"] == f"rampgate/{name}/v1"
    assert schema["additionalProperties"] is False
