"""Runs the examples of a Markdown page as a reader would, in one folder, and compares what is shown with what happens.

How to write them is docs/how-to/write-documentation.md.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

BLOCK = re.compile(
    r"^(?P<indent> *)(?P<fence>`{3,})(?P<info>[^\n`]*)\n(?P<body>.*?)^ *(?P=fence) *$|^<!-- setup\n(?P<setup>.*?)^-->$",
    re.MULTILINE | re.DOTALL,
)
FILE_INFO = re.compile(r"\bfile=(\S+)")
FILE_LINE = re.compile(r"# file: (\S+)\n")
EXIT_LINE = re.compile(r"# exit (\d+)")
SHELL_WORDS = {"bash", "sh", "shell", "shell-session", "zsh"}
TIME_LIMIT = 120


class PageFault(AssertionError):
    """A page shows something else than what happens."""


@dataclass(frozen=True)
class Command:
    """A command with the output and the exit code that the page shows; `line` is where it stands."""

    line: int
    text: str
    output: tuple[str, ...]
    code: int = 0


@dataclass(frozen=True)
class File:
    """A file that the page asks the reader to have."""

    line: int
    path: str
    content: str


@dataclass(frozen=True)
class Setup:
    """Commands that the page does not show."""

    line: int
    text: str


Step = Command | File | Setup


def steps(page: str) -> Iterator[Step]:
    """Everything on a page that is run or written, in order."""
    for match in BLOCK.finditer(page):
        line = page.count("\n", 0, match.start()) + 1
        if match["setup"] is not None:
            yield Setup(line, match["setup"])
            continue
        indent = len(match["indent"])
        body = "".join(
            text[min(indent, len(text) - len(text.lstrip(" "))) :] for text in match["body"].splitlines(True)
        )
        yield from block_steps(match["info"].strip(), body, line)


def block_steps(info: str, body: str, line: int) -> Iterator[Step]:
    word, _, rest = info.partition(" ")
    if word in SHELL_WORDS:
        raise PageFault(f"line {line}: write ```console with `$ ` before commands, so that they are run")
    if word == "console":
        if not rest.startswith("not-run"):
            yield from commands(body, line + 1)
        elif not rest.removeprefix("not-run").lstrip(": "):
            raise PageFault(f"line {line}: `not-run` needs a reason: ```console not-run: needs a GitHub token")
    elif (named := FILE_INFO.search(rest)) or (named := FILE_LINE.match(body)):
        yield File(line, named[1], body)


def commands(body: str, first_line: int) -> Iterator[Command]:
    """The commands of one block; lines after `$ ` that start with `> ` continue the command."""
    lines = body.splitlines()
    if lines and not lines[0].startswith("$ "):
        raise PageFault(f"line {first_line}: a console block starts with a command: `$ ...`")
    starts = [index for index, text in enumerate(lines) if text.startswith("$ ")]
    for start, end in zip(starts, [*starts[1:], len(lines)], strict=True):
        words = [lines[start][2:]]
        shown = start + 1
        while shown < end and lines[shown].startswith("> "):
            words.append(lines[shown][2:])
            shown += 1
        output = [text.rstrip() for text in lines[shown:end]]
        while output and not output[-1]:
            output.pop()
        code = 0
        if output and (exit_line := EXIT_LINE.fullmatch(output[-1])):
            code = int(exit_line[1])
            output.pop()
        yield Command(first_line + start, "\n".join(words), tuple(output), code)


def matches(shown: tuple[str, ...], happened: tuple[str, ...]) -> bool:
    """Whether shown lines are the lines that came; a line `...` is any lines, `...` in a line any words."""
    if not shown:
        return not happened
    if shown[0].strip() == "...":
        return any(matches(shown[1:], happened[skip:]) for skip in range(len(happened) + 1))
    if not happened:
        return False
    pattern = ".*".join(re.escape(part) for part in shown[0].split("..."))
    return re.fullmatch(pattern, happened[0]) is not None and matches(shown[1:], happened[1:])


class Reader:
    """Follows a page in a folder of its own; `cd` and exported variables last to the end of the page."""

    def __init__(self, folder: Path, programs: Path | None = None) -> None:
        """programs: a folder whose programs come before those of the environment that the tests run in."""
        self.start = folder / "start"
        self.start.mkdir(parents=True)
        self.state = folder / "state"
        home = folder / "home"
        home.mkdir()
        first = [str(programs)] if programs else []
        path = os.pathsep.join([*first, str(Path(sys.executable).parent), os.environ["PATH"]])
        self.environment = os.environ | {"PATH": path, "HOME": str(home), "PWD": str(self.start)}
        self.folder = self.start

    def follow(self, page: str) -> int:
        """Do everything that a page says and return how many commands that were; raise PageFault where it is wrong."""
        count = 0
        for step in steps(page):
            match step:
                case File():
                    self.write(step)
                case Setup():
                    code, output = self.run("set -e\n" + step.text)
                    if code:
                        raise PageFault(f"line {step.line}: setup ended with {code}:\n{output}")
                case Command():
                    self.compare(step)
                    count += 1
        return count

    def write(self, file: File) -> None:
        target = self.folder / file.path
        if not target.resolve().is_relative_to(self.start.resolve()):
            raise PageFault(f"line {file.line}: `{file.path}` is outside the folder of the page")
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(file.content, encoding="utf-8")

    def compare(self, command: Command) -> None:
        code, output = self.run(command.text)
        happened = tuple(text.rstrip() for text in output.rstrip("\n").split("\n")) if output.strip() else ()
        if code != command.code:
            raise PageFault(
                f"line {command.line}: `{command.text}` ended with {code}, and the page says {command.code}:\n{output}"
            )
        if not matches(command.output, happened):
            shown = "\n".join(command.output)
            raise PageFault(
                f"line {command.line}: `{command.text}`\n--- the page shows\n{shown}\n--- what came\n{output}"
            )

    def run(self, text: str) -> tuple[int, str]:
        """Run shell text; return its exit code and what it wrote to either stream, in order."""
        keep = f"trap '{{ pwd; env -0; }} > \"{self.state}\"' EXIT\n"
        done = subprocess.run(
            ["bash", "-c", keep + text],
            cwd=self.folder,
            env=self.environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            timeout=TIME_LIMIT,
            check=False,
        )
        folder, _, variables = self.state.read_text(encoding="utf-8", errors="surrogateescape").partition("\n")
        self.folder = Path(folder)
        self.environment = dict(pair.split("=", 1) for pair in variables.split("\0") if "=" in pair)
        return done.returncode, done.stdout.decode("utf-8", "replace")
