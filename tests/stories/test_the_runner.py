"""The stories cover what they are said to cover, and the runner fails where a story goes otherwise than it expects."""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from rampgate.errors import InvalidInput
from stories.checks import CHECKS
from stories.given import GIVEN
from stories.runner import STEPS, STORIES, Templates, folders, load, loose, told
from stories.vocabulary import README, with_vocabulary
from stories.words import BadStory, Mismatch
from worlds.governed_world import GovernedWorld

ROOT = Path(__file__).resolve().parents[2]
LINES = {"A": 21, "E": 20, "F": 8}
SCENARIOS = 40
SUITES = ("policy-bot", "prow", "gittuf", "tuf", "branch-deploy")
ELSEWHERE = re.compile(r"^\| ([A-G]?\d+) .*\| (.*) \|$", re.MULTILINE)

SOUND = """\
story: An approval leads to an allowance.
shows: [A1]
steps:
  - promotion: alice
  - review: rita
  - wake: review
  - expect: {verdict: allow, exit: 0, status: success, counted: [rita], ignored: {}, comments: 1}
"""


@pytest.fixture
def templates(tmp_path: Path) -> Templates:
    return lambda stage: GovernedWorld(tmp_path / "template", stage=stage)


@pytest.fixture
def tell(tmp_path: Path, templates: Templates) -> Callable[[str], list[str]]:
    """Tell a story from its text, and return what it proves nothing with."""

    def run(text: str) -> list[str]:
        folder = tmp_path / "a-story"
        folder.mkdir()
        (folder / "story.yaml").write_text(text)
        with told(folder, templates, tmp_path / "world") as play:
            return loose(play)

    return run


def elsewhere() -> dict[str, str]:
    """Line of the catalogue, or number of a scenario -> what proves it, by the README's table."""
    return {found[1]: found[2] for found in ELSEWHERE.finditer(README.read_text())}


def test_every_line_and_every_scenario_is_a_story_or_proven_elsewhere():
    shown = {each for folder in folders() for each in load(folder).shows}
    numbers = {each.split()[1] for each in shown if each.split()[0] in SUITES}
    wanted = {f"{letter}{number}" for letter, last in LINES.items() for number in range(1, last + 1)}
    wanted |= {str(number) for number in range(1, SCENARIOS + 1)}
    assert wanted - shown - numbers - set(elsewhere()) == set()


def test_what_proves_it_elsewhere_is_there():
    missing = [
        name
        for proof in elsewhere().values()
        for path, name in (each.split("::") for each in proof.split(", ") if "::" in each)
        if name not in functions(ROOT / path)
    ]
    assert missing == []


def functions(path: Path) -> set[str]:
    return {each.name for each in ast.parse(path.read_text()).body if isinstance(each, ast.FunctionDef)}


def test_every_word_of_the_vocabulary_is_said_in_a_story():
    said = {"stage"}
    for folder in folders():
        story = load(folder)
        said |= set(story.given) | set(words(story.steps))
    assert (set(GIVEN) | set(STEPS) | set(CHECKS)) - said == set()


def words(steps: list[Any]) -> Iterator[str]:
    """The names of all steps and expectations, those of nested steps too."""
    for step in steps:
        for name, fields in step.items():
            yield name
            if name == "expect":
                yield from fields
            elif isinstance(fields, list):
                yield from words(fields)
            elif isinstance(fields, dict):
                yield from words([*fields.get("steps", []), *([fields["step"]] if "step" in fields else [])])


def test_no_story_is_told_twice():
    sentences = [load(folder).sentence for folder in folders()]
    assert len(set(sentences)) == len(sentences) >= 60


def test_a_folder_is_named_by_its_sentence():
    assert [f.name for f in folders() if not re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+){2,}", f.name)] == []
    assert {f.name for f in STORIES.iterdir() if f.is_dir() and f.name != "__pycache__"} == {f.name for f in folders()}


def test_the_readme_holds_the_vocabulary_of_the_code():
    text = README.read_text()
    assert with_vocabulary(text) == text, "run: PYTHONPATH=tests python -m stories.vocabulary"


def test_a_sound_story_is_told(tell):
    assert tell(SOUND) == []


FLIPPED = {
    "another verdict": ("verdict: allow", "verdict: hold"),
    "another exit code": ("exit: 0", "exit: 11"),
    "another status": ("status: success", "status: failure"),
    "another person": ("counted: [rita]", "counted: [ravi]"),
    "nobody": ("counted: [rita]", "counted: []"),
    "an ignored review": ("ignored: {}", "ignored: {rita: stale}"),
    "no comment": ("comments: 1", "comments: 0"),
}


@pytest.mark.parametrize("case", FLIPPED)
def test_a_story_that_expects_otherwise_fails(case, tell):
    old, new = FLIPPED[case]
    assert old in SOUND
    with pytest.raises(Mismatch, match=rf"{new.split(':')[0]}: expected"):
        tell(SOUND.replace(old, new))


def test_without_its_approval_the_same_story_fails(tell):
    with pytest.raises(Mismatch, match="verdict: expected 'allow', found 'hold'"):
        tell(SOUND.replace("  - review: rita\n", ""))


def test_an_expectation_that_could_not_fail_is_told(templates, tmp_path):
    """`loose` holds changed expectations against what was seen; here one of them holds, because nothing is asked."""
    (tmp_path / "a-story").mkdir()
    (tmp_path / "a-story/story.yaml").write_text(SOUND)
    with told(tmp_path / "a-story", templates, tmp_path / "world") as play:
        play.seen = [("log", "what nobody ever says", "")]
        assert loose(play) == ["log: ['what nobody ever says'] holds as well as ''"]
        play.seen = [("log", "much", [])]
        assert loose(play) == ["log: [] asks nothing"]


WRONG = {
    "an unknown key": (SOUND + "givn: {}\n", BadStory, "unknown \\['givn'\\]"),
    "an unknown step": (SOUND.replace("review: rita", "revew: rita"), BadStory, "unknown step `revew`"),
    "an unknown field": (SOUND.replace("review: rita", "review: {by: rita, on: x}"), BadStory, "unknown \\['on'\\]"),
    "a field that is missing": (SOUND.replace("review: rita", "review: {at: first}"), BadStory, "must be said"),
    "an unknown expectation": (SOUND.replace("exit: 0", "exitt: 0"), BadStory, "unknown \\['exitt'\\]"),
    "an unknown event": (SOUND.replace("wake: review", "wake: reviw"), BadStory, "nothing wakes on `reviw`"),
    "an unknown person": (SOUND.replace("review: rita", "review: rosa"), BadStory, "nobody is called `rosa`"),
    "an unknown line": (SOUND.replace("[A1]", "[X1]"), BadStory, "names no line"),
    "nothing given that is known": (SOUND + "given: {stge: canary}\n", BadStory, "`given` knows no"),
    "nothing expected": (SOUND[: SOUND.index("  - expect")], BadStory, "shows nothing"),
    "a key twice": (SOUND + "story: again\n", InvalidInput, "story"),
    "a fault that never happens": (
        SOUND.replace("  - wake", '  - fault: {call: "GET */nothing", status: 502}\n  - wake'), Mismatch, "never happened"
    ),
    "a refusal that does not come": (
        SOUND.replace("- review: rita", "- refused: {step: {review: rita}, status: 422}"), Mismatch, "does not refuse"
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", WRONG)
def test_a_story_that_can_not_be_told_fails(case, tell):
    text, error, words = WRONG[case]
    with pytest.raises(error, match=words):
        tell(text)
