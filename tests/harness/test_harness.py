"""The harness runs small actions as GitHub's runner would; the action of this repository comes after it."""

from __future__ import annotations

from pathlib import Path

import pytest

from harness.command_files import FileFault, pairs
from harness.expressions import ExpressionFault, Expressions
from harness.log import Annotation, Log
from harness.runner import Event, Runner

# text of the file -> what it says
FILES = {
    "one value": ("a=1\n", {"a": "1"}),
    "an equals sign in a value": ("a=b=c\n", {"a": "b=c"}),
    "arrows in a value": ("a=x<<y\n", {"a": "x<<y"}),
    "several lines": ("a<<END\nx\ny=1\nEND\nb=2\n", {"a": "x\ny=1", "b": "2"}),
    "an empty text of several lines": ("a<<END\nEND\n", {"a": ""}),
    "the later of two": ("a=1\na=2\n", {"a": "2"}),
    "nothing": ("", {}),
}


@pytest.mark.parametrize("case", FILES)
def test_a_results_file_is_read(case):
    text, expected = FILES[case]
    assert pairs(text) == expected


@pytest.mark.parametrize("text", ["a<<END\nx\n", "nothing of the kind\n", "=1\n"])
def test_a_results_file_that_the_runner_refuses_is_refused(text):
    with pytest.raises(FileFault):
        pairs(text)


def test_commands_become_annotations():
    log = Log()
    log.feed("hello\n::error title=a%3Ab%2Cc,file=models/x.yaml,line=3::multi%0Aline: 100%25\n  ::notice::n\n")
    assert log.annotations == [
        Annotation("error", "multi\nline: 100%", "models/x.yaml", "3", "a:b,c"), Annotation("notice", "n"),
    ]  # fmt: skip
    assert "hello" in log.text


def test_commands_that_are_switched_off_are_text():
    log = Log()
    log.feed("::stop-commands::xyz\n::error::planted\n::abc::\n::xyz::\n::error::real\n")
    assert [each.message for each in log.annotations] == ["real"]
    assert "::error::planted" in log.text


def test_ten_annotations_of_a_level_are_kept_and_each_is_cut():
    log = Log()
    log.feed("".join(f"::error::{number}\n" for number in range(12)) + "::warning::" + "x" * 5000 + "\n")
    assert [each.message for each in log.annotations if each.level == "error"] == [str(n) for n in range(10)]
    assert (log.dropped, len(log.annotations[-1].message)) == (2, 4096)


def test_a_secret_is_masked_in_the_log():
    log = Log()
    log.feed("::add-mask::hunter2\nthe word is hunter2\n")
    assert log.text.splitlines()[0] == "the word is ***"


@pytest.fixture(scope="module")
def expressions():
    with Expressions() as engine:
        yield engine


# expression -> (contexts, what it is worth)
WORTH = {
    "inputs.a || 'b'": ({"inputs": {"a": ""}}, "b"),
    "github.event.pull_request.head.sha || github.ref": ({"github": {"ref": "refs/heads/main"}}, "refs/heads/main"),
    "inputs.install != 'false'": ({"inputs": {"install": "true"}}, True),
    "contains('abc', 'B')": ({}, True),
    "format('{0}-{1}', 1, true)": ({}, "1-true"),
    "failure()": ({}, False),
}


@pytest.mark.peer
@pytest.mark.parametrize("expression", WORTH)
def test_an_expression_is_worth_what_the_forge_says(expression, expressions):
    contexts, expected = WORTH[expression]
    assert expressions.ask(expression, contexts)["value"] == expected


@pytest.mark.peer
@pytest.mark.parametrize("expression", ["input.a", "inputs.a &&", "nothing()"])
def test_an_expression_that_the_forge_refuses_is_refused(expression, expressions):
    with pytest.raises(ExpressionFault):
        expressions.ask(expression, {"inputs": {}})


@pytest.mark.peer
def test_a_condition_that_does_not_look_at_the_status_holds_after_success_only(expressions):
    assert expressions.holds("1 == 1", {}, "success")
    assert not expressions.holds("1 == 1", {}, "failure")
    assert expressions.holds("${{ always() }}", {}, "failure")
    assert not expressions.holds(None, {}, "failure")


ACTION = """\
name: small
description: small
inputs:
  word: {description: w, required: true}
  branch: {description: b, default: "${{ github.ref_name }}"}
outputs:
  said: {description: s, value: "${{ steps.say.outputs.said }}"}
  late: {description: l, value: "${{ steps.late.outputs.it }}"}
runs:
  using: composite
  steps:
    - id: say
      shell: bash
      env: {WORD: "${{ inputs.word }}", BRANCH: "${{ inputs.branch }}"}
      run: |
        echo "said=$WORD on $BRANCH by $GITHUB_EVENT_NAME" >> "$GITHUB_OUTPUT"
        echo "KEPT=yes" >> "$GITHUB_ENV"
        mkdir -p "$RUNNER_TEMP/bin"; echo "$RUNNER_TEMP/bin" >> "$GITHUB_PATH"
        echo "# told" >> "$GITHUB_STEP_SUMMARY"
        echo "secret is hunter2"
    - id: breaks
      if: inputs.word == 'break'
      shell: bash
      run: |
        false | cat
        echo "not reached"
    - id: skipped-after-failure
      shell: sh
      run: test "$KEPT" = yes; case $PATH in *"$RUNNER_TEMP/bin"*) ;; *) exit 9;; esac
    - id: late
      if: ${{ always() }}
      shell: python
      run: |
        import os
        open(os.environ["GITHUB_OUTPUT"], "a").write("it<<E\\na\\nb\\nE\\n")
"""


@pytest.fixture
def small(tmp_path) -> Path:
    folder = tmp_path / "action"
    folder.mkdir()
    (folder / "action.yml").write_text(ACTION)
    return folder


@pytest.fixture
def runner(tmp_path, expressions) -> Runner:
    return Runner(tmp_path / "job", expressions, secrets=("hunter2",))


PUSH = Event("push", {}, {"ref_name": "main"})


@pytest.mark.peer
def test_an_action_is_run_from_its_inputs_to_its_outputs(small, runner):
    ran = runner.run(small, {"word": "it's $(id) `id`"}, PUSH)
    assert ran.conclusion == "success", ran.log.text
    assert ran.outputs == {"said": "it's $(id) `id` on main by push", "late": "a\nb"}
    assert ran.steps == {
        "say": "success", "breaks": "skipped", "skipped-after-failure": "success", "late": "success",
    }  # fmt: skip
    assert (ran.summary, ran.warnings) == ("# told\n", [])
    assert "secret is ***" in ran.log.text


@pytest.mark.peer
def test_a_step_that_fails_skips_what_does_not_ask_to_run(small, runner):
    ran = runner.run(small, {"word": "break"}, PUSH)
    assert (ran.conclusion, ran.exits) == ("failure", [0, 1, 0])
    assert ran.steps["skipped-after-failure"] == "skipped"
    assert (ran.outputs["late"], "not reached" in ran.log.text) == ("a\nb", False)


@pytest.mark.peer
def test_inputs_that_are_not_known_or_not_given_are_told(small, runner):
    ran = runner.run(small, {"wrod": "x"}, PUSH)
    assert ran.warnings == [
        "unexpected inputs ['wrod'], valid inputs are ['word', 'branch']", "required inputs ['word'] are not given",
    ]  # fmt: skip


@pytest.mark.peer
def test_a_summary_that_is_too_large_is_dropped_with_an_error(small, runner):
    text = (small / "action.yml").read_text()
    (small / "action.yml").write_text(text.replace('echo "# told"', "head -c 1048577 /dev/zero | tr '\\0' x"))
    ran = runner.run(small, {"word": "x"}, PUSH)
    assert (ran.summary, [each.level for each in ran.annotations]) == ("", ["error"])


@pytest.mark.peer
def test_nothing_of_this_machine_is_in_the_environment(small, runner, monkeypatch):
    monkeypatch.setenv("GITHUB_TOKEN", "from-outside")
    text = (small / "action.yml").read_text()
    (small / "action.yml").write_text(text.replace('echo "secret is hunter2"', 'echo "[${GITHUB_TOKEN-none}]"'))
    assert "[none]" in runner.run(small, {"word": "x"}, PUSH).log.text
