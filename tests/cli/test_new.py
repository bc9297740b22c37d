"""`rampgate new`: the card is valid, honest about what is not known, and never replaces another."""

from __future__ import annotations

import hashlib
import re

import pytest

from rampgate.formats.yaml_text import load_yaml
from worlds.command_line import CommandLine

DIGEST = "sha256:" + "a" * 64
PEOPLE = ("--business-owner", "alice:1001:alice-b", "--risk", "rita:1005:rita", "--technical-owner", "bob:1002:bob-t")
CARD = "model_cards/credit-risk/2.0.0/card.yaml"
MODELS = "schema: rampgate/models/v1\nmodels:\n  credit-risk: {tier: medium, task: binary_classification}\n"


@pytest.fixture
def rampgate(tmp_path, capsys):
    said = CommandLine(capsys, tmp_path)
    assert said("init", *PEOPLE, "--yes").exit == 0
    return said


def value_of(folder, path=CARD):
    return load_yaml((folder / path).read_bytes(), path).value


@pytest.mark.parametrize("tier", ["low", "medium", "high"])
@pytest.mark.parametrize("task", ["binary_classification", "llm_application"])
def test_a_new_card_passes_check(tier, task, rampgate, tmp_path):
    done = rampgate("new", "credit-risk", "2.0.0", "--tier", tier, "--task", task, "--digest", DIGEST)
    assert (done.exit, done.err) == (0, "")
    checked = rampgate("check")
    assert checked.exit == 0, checked.out
    card = value_of(tmp_path)
    assert (card["stage"], card["tier"], card["task"]) == ("pilot", tier, task)
    assert card["owners"]["business"] == "alice"
    assert card["owners"]["technical"] == "bob"


def uncommented(text: str) -> str:
    """The card with every `unknown` replaced by the example under it."""
    text = re.sub(r"^(\w+): unknown\n# (\1:\n)", r"\2", text, flags=re.MULTILINE)
    text = re.sub(r"^#   ((?!parts:).*)$", r"  \1", text, flags=re.MULTILINE)
    return text.replace("PERSON", "rita").replace('"sha256:..."', f'"{DIGEST}"')


@pytest.mark.parametrize("tier", ["low", "medium", "high"])
def test_the_examples_in_the_comments_are_true_yaml_of_a_valid_card(tier, rampgate, tmp_path):
    rampgate("new", "credit-risk", "2.0.0", "--tier", tier, "--task", "regression", "--digest", DIGEST)
    text = uncommented((tmp_path / CARD).read_text())
    assert "unknown\n" not in text
    (tmp_path / CARD).write_text(text.replace("  drill: ", "  # drill: "))
    (tmp_path / CARD).with_name("runbook.md").write_text("# Runbook\n")
    checked = rampgate("check")
    assert checked.exit == 0, checked.out


def test_every_field_that_the_policies_require_is_named(rampgate, tmp_path):
    rampgate("new", "credit-risk", "2.0.0", "--task", "regression", "--digest", DIGEST)
    text = (tmp_path / CARD).read_text()
    policy = value_of(tmp_path, "policies/baseline.yaml")
    fields = [field for rule in policy["rules"] if rule["kind"] == "card.requires" for field in rule["with"]["fields"]]
    for field in fields:
        section = field.partition(".")[0]
        assert f"# Required: {field} (" in text or section == "owners", field
        assert f"{section}:" in text


def test_the_digest_is_that_of_the_file(rampgate, tmp_path):
    (tmp_path / "model.bin").write_bytes(b"weights")
    rampgate("new", "credit-risk", "2.0.0", "--task", "regression", "--artifact", str(tmp_path / "model.bin"))
    assert value_of(tmp_path)["artifact"] == {"digest": "sha256:" + hashlib.sha256(b"weights").hexdigest()}


def test_tier_and_task_come_from_the_registry(rampgate, tmp_path):
    (tmp_path / "policies/models.yaml").write_text(MODELS)
    done = rampgate("new", "credit-risk", "2.0.0", "--digest", DIGEST)
    assert (value_of(tmp_path)["tier"], value_of(tmp_path)["task"]) == ("medium", "binary_classification")
    assert "pull request of its own" not in done.out


def test_a_model_that_is_not_listed_gets_the_line_to_add_and_no_policy_is_touched(rampgate, tmp_path):
    before = (tmp_path / "policies/models.yaml").read_bytes()
    done = rampgate("new", "credit-risk", "2.0.0", "--task", "regression", "--digest", DIGEST)
    line = "  credit-risk: {tier: high, task: regression, owner_team: models}"
    assert line in done.out.splitlines()
    assert (tmp_path / "policies/models.yaml").read_bytes() == before
    (tmp_path / "policies/models.yaml").write_bytes(before.replace(b"models: {}", b"models:\n" + line.encode()))
    assert rampgate("check").exit == 0


def test_model_version_and_tier_are_enough_and_the_placeholder_is_no_valid_card(rampgate, tmp_path):
    """Everything else can be filled in by hand; until the artifact is named, `check` says so at its place."""
    done = rampgate("new", "credit-risk", "2.0.0", "--tier", "high")
    assert done.exit == 0
    assert "Its artifact is a placeholder" in done.out
    text = (tmp_path / CARD).read_text()
    assert "\ntask: other" in text
    answer = rampgate("check")
    assert answer.exit == 3
    line = 1 + text[: text.index("sha256:0000")].count("\n")
    assert f"{CARD}:{line}:" in answer.out + answer.err
    assert "the artifact's digest is still the placeholder" in answer.out + answer.err
    (tmp_path / CARD).write_text(text.replace("sha256:" + "0" * 64, DIGEST))
    assert rampgate("check").exit == 0


# sentence -> (words, part of the message)
REFUSED = {
    "a laxer tier": (("--tier", "low", "--digest", DIGEST), "policies/models.yaml says tier `medium`; a card may be stricter, not `low`"),
    "another task": (("--task", "regression", "--digest", DIGEST), "policies/models.yaml says task `binary_classification`"),
    "a misspelt tier": (("--tier", "hihg", "--digest", DIGEST), "unknown tier `hihg`; did you mean `high`?"),
    "a stranger": (("--technical", "bop", "--digest", DIGEST), "--technical `bop` is nobody in policies/people.yaml; did you mean `bob`?"),
    "two artifacts": (("--artifact", "x", "--digest", DIGEST), "give what is served once, either --artifact FILE or"),
    "a short digest": (("--digest", "sha256:12"), "expected `sha256:` and 64 lower-case hexadecimal digits"),
}  # fmt: skip


@pytest.mark.parametrize("sentence", REFUSED)
def test_what_does_not_fit_is_a_usage_error(sentence, rampgate, tmp_path):
    words, expected = REFUSED[sentence]
    (tmp_path / "policies/models.yaml").write_text(MODELS)
    done = rampgate("new", "credit-risk", "2.0.0", *words)
    assert (done.exit, (tmp_path / CARD).exists()) == (2, False)
    assert expected in done.err


@pytest.mark.parametrize(
    ("model", "version"), [("Credit", "1"), ("credit_risk", "1"), ("x-", "1"), ("credit", "1/2"), ("credit", "..")]
)
def test_a_name_that_is_none_is_refused_with_the_pattern_explained(model, version, rampgate):
    done = rampgate("new", "--digest", DIGEST, "--task", "regression", model, version)
    assert done.exit == 2
    assert "at most 63" in done.err


def test_a_card_that_is_there_is_never_replaced(rampgate, tmp_path):
    rampgate("new", "credit-risk", "2.0.0", "--task", "regression", "--digest", DIGEST)
    before = (tmp_path / CARD).read_bytes()
    done = rampgate("new", "credit-risk", "2.0.0", "--task", "regression", "--digest", DIGEST)
    assert (done.exit, (tmp_path / CARD).read_bytes()) == (2, before)
    assert "is there already" in done.err


def test_a_version_that_differs_by_case_only_is_refused(rampgate):
    rampgate("new", "credit-risk", "2.0.0-RC1", "--task", "regression", "--digest", DIGEST)
    done = rampgate("new", "credit-risk", "2.0.0-rc1", "--task", "regression", "--digest", DIGEST)
    assert done.exit == 2
    assert "only by case" in done.err


def test_without_policies_the_next_step_is_init(tmp_path, capsys):
    done = CommandLine(capsys, tmp_path)("new", "credit-risk", "1", "--digest", DIGEST)
    assert done.exit == 3
    assert "`rampgate init` writes them" in done.err
