"""What the documentation shows is what happens: every example of every page is run."""

from __future__ import annotations

from pathlib import Path

import pytest

from forked_command import folder_of_the_command
from transcript import Command, File, PageFault, Reader, matches, steps

ROOT = Path(__file__).resolve().parents[1]
PAGES = sorted([ROOT / "README.md", *(ROOT / "docs").rglob("*.md")])


# A newcomer's way in is always walked; the other pages start some two hundred programs and are run with the slow tests.
ALWAYS = ROOT / "docs" / "tutorial"


@pytest.mark.parametrize(
    "page",
    [pytest.param(page, marks=() if page.is_relative_to(ALWAYS) else pytest.mark.docs) for page in PAGES],
    ids=lambda page: str(page.relative_to(ROOT)),
)
def test_every_example_of_the_page_does_what_it_shows(page, tmp_path):
    # The first page starts the installed program itself, the others one that starts fast.
    programs = None if page.name == "README.md" else folder_of_the_command()
    Reader(tmp_path, programs).follow(page.read_text(encoding="utf-8"))


@pytest.mark.parametrize("words", ["--version", "nonsense", "check --repo nowhere", "explain lineage.pinned"])
def test_the_command_that_starts_fast_says_what_the_program_says(words, tmp_path):
    page = console(f"$ echo x | rampgate {words} >out 2>err; echo $? >>out")
    for name, programs in (("fast", folder_of_the_command()), ("program", None)):
        Reader(tmp_path / name, programs).follow(page)
    said = [[(tmp_path / name / "start" / each).read_text() for each in ("out", "err")] for name in ("fast", "program")]
    assert said[0] == said[1]
    assert said[0][0] != ""


def follow(page: str, folder: Path) -> int:
    return Reader(folder).follow(page)


def console(*lines: str) -> str:
    return "\n".join(["Text.", "", "```console", *lines, "```", ""])


def test_a_true_page_passes(tmp_path):
    page = console("$ printf 'one\\ntwo\\n'", "one", "two", "", "$ true")
    assert follow(page, tmp_path) == 2


# sentence -> (lines of a console block, words of the fault)
WRONG = {
    "another output": (["$ echo two", "one"], "the page shows\none\n--- what came\ntwo"),
    "output that the page leaves out": (["$ echo two"], "what came\ntwo"),
    "output that never comes": (["$ true", "one"], "the page shows\none"),
    "another exit code": (["$ false"], "`false` ended with 1, and the page says 0"),
    "an exit code that does not happen": (["$ true", "# exit 10"], "ended with 0, and the page says 10"),
    "words on the error stream": (["$ echo no >&2"], "what came\nno"),
    "no command": (["output"], "line 4: a console block starts with a command"),
    "too few lines around an ellipsis": (["$ echo a", "a", "...", "b"], "what came\na"),
}


@pytest.mark.parametrize("case", WRONG)
def test_a_false_page_fails(case, tmp_path):
    lines, words = WRONG[case]
    with pytest.raises(PageFault) as caught:
        follow(console(*lines), tmp_path)
    assert words in str(caught.value)


def test_a_fault_names_the_line_of_the_command(tmp_path):
    with pytest.raises(PageFault, match=r"^line 5: "):
        follow(console("$ true", "$ echo two", "one"), tmp_path)


def test_an_exit_code_is_shown_after_the_output(tmp_path):
    assert follow(console("$ echo no; exit 10", "no", "# exit 10"), tmp_path) == 1


def test_a_command_goes_on_over_lines(tmp_path):
    assert follow(console("$ cat <<'END'", "> one", "> END", "one"), tmp_path) == 1


def test_folder_and_variables_last_to_the_end_of_the_page(tmp_path):
    first = console("$ mkdir inside && cd inside && export WHO='a b'")
    assert follow(first + console('$ echo "$(basename "$PWD") $WHO"', "inside a b"), tmp_path) == 2


def test_hidden_setup_is_run_and_must_work(tmp_path):
    assert follow("<!-- setup\necho hidden > file\n-->\n" + console("$ cat file", "hidden"), tmp_path / "a") == 1
    with pytest.raises(PageFault, match="line 1: setup ended with 1"):
        follow("<!-- setup\nfalse\ntrue\n-->\n", tmp_path / "b")


def test_a_yaml_block_that_names_a_file_is_written(tmp_path):
    page = "```yaml\n# file: policies/x.yaml\na: 1\n```\n" + console(
        "$ cat policies/x.yaml", "# file: policies/x.yaml", "a: 1"
    )
    assert follow(page, tmp_path) == 1


def test_a_block_of_any_language_may_name_its_file_beside_the_fence(tmp_path):
    page = '```json file=reviews.json\n{"a": 1}\n```\n' + console("$ cat reviews.json", '{"a": 1}')
    assert follow(page, tmp_path) == 1


def test_no_file_is_written_outside(tmp_path):
    with pytest.raises(PageFault, match="is outside the folder of the page"):
        follow("```yaml\n# file: ../../x.yaml\n```\n", tmp_path)


def test_other_blocks_are_left_alone():
    assert list(steps("```yaml\na: 1\n```\n\n```text\n$ false\n```\n")) == []


def test_commands_can_not_hide_from_being_run():
    with pytest.raises(PageFault, match="line 1: write ```console"):
        list(steps("```bash\nrampgate check\n```\n"))


def test_leaving_out_a_run_needs_a_reason():
    assert list(steps("```console not-run: needs a GitHub token\n$ gh pr create\n```\n")) == []
    with pytest.raises(PageFault, match="`not-run` needs a reason"):
        list(steps("```console not-run\n$ gh pr create\n```\n"))


def test_a_block_inside_a_list_is_read_without_its_indent():
    page = "1. Write:\n\n   ```yaml\n   # file: a.yaml\n   b:\n     c: 1\n   ```\n\n   ```console\n   $ true\n   ```\n"
    assert list(steps(page)) == [File(3, "a.yaml", "# file: a.yaml\nb:\n  c: 1\n"), Command(10, "true", ())]


@pytest.mark.parametrize(
    ("shown", "happened", "expected"),
    [
        (["a", "...", "d"], ["a", "b", "c", "d"], True),
        (["a", "...", "d"], ["a", "d"], True),
        (["..."], [], True),
        (["commit ... on main"], ["commit 1f2e on main"], True),
        (["commit ... on main"], ["commit 1f2e on other"], False),
        (["a.c"], ["abc"], False),
        (["a", "..."], ["b", "a"], False),
    ],
)
def test_an_ellipsis_stands_for_what_changes(shown, happened, expected):
    assert matches(tuple(shown), tuple(happened)) is expected
