"""How the terminal is written to: width, colour, problems, tables; `NO_COLOR` and narrow windows are respected."""

from __future__ import annotations

import contextlib
import os
import shutil
import sys
import time
from collections.abc import Callable, Iterable, Iterator, Sequence

import click

from rampgate.errors import Problem


def plain(text: str) -> str:
    """Return text on one line in which nothing is invisible (see `rampgate.reports.escape`)."""
    from rampgate.reports.escape import plain as harmless  # every report comes with it: too slow for a sound `check`

    return harmless(text)


def width() -> int:
    """Return the columns to write in: the terminal's, at most 100; 100 where there is none."""
    return min(shutil.get_terminal_size((100, 24)).columns, 100)


def is_terminal() -> bool:
    """Return whether standard output is a terminal; Python has no stream at all where the caller closed it."""
    return sys.stdout is not None and sys.stdout.isatty()


def has_colour() -> bool:
    """Return whether standard output may be coloured. Source: no-color.org."""
    return is_terminal() and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"


def paint(text: str, colour: str) -> str:
    """Return a text in a colour, or as it is where colour is not wanted; "" is no colour."""
    return click.style(text, fg=colour, bold=True) if colour and has_colour() else text


def problem_lines(problems: Iterable[Problem]) -> Iterator[str]:
    """Yield the lines of every problem: its place and message, then what was found, then the next step."""
    count = 0
    for problem in problems:
        count += 1
        yield plain(str(problem))
        if problem.found or problem.expected:
            compared = {"found": problem.found, "expected": problem.expected}
            yield plain("    " + ", ".join(f"{word} {value}" for word, value in compared.items() if value))
        if problem.fix:
            yield plain(f"    fix: {problem.fix}")
    yield f"{count} problem{'' if count == 1 else 's'}"


def note_lines(text: str, indent: str = "") -> list[str]:
    """Return a sentence as lines that fit the terminal; words are never broken, so that what is copied works."""
    import textwrap

    return textwrap.wrap(
        plain(text),
        max(width(), 40),
        initial_indent=indent,
        subsequent_indent=indent + "  ",
        break_long_words=False,
        break_on_hyphens=False,
    )


def progress(words: str) -> Callable[[int, int], None] | None:
    """Return what tells how far a command is, as (done, all): on a terminal only, and only once a second has passed."""
    if sys.stderr is None or not sys.stderr.isatty():
        return None
    begun = time.monotonic()
    told = begun

    def tell(done: int, total: int) -> None:
        nonlocal told
        moment = time.monotonic()
        if done == total and told > begun:
            click.echo("\r\x1b[K", err=True, nl=False)
        elif moment - begun > 1 and moment - told > 0.1:
            told = moment
            click.echo(f"\r{words}: {done} of {total}", err=True, nl=False)

    return tell


@contextlib.contextmanager
def working(words: str, share: Callable[[], float | None] = lambda: None) -> Iterator[None]:
    """Say on a terminal, once a second has passed, that work goes on and for how long; the line is gone at the end.

    share: how much of the work is done, in [0, 1]; None where nobody knows.
    """
    if sys.stderr is None or not sys.stderr.isatty():
        yield
        return
    import threading

    done, begun = threading.Event(), time.monotonic()

    def tell() -> None:
        while not done.wait(1):
            done_so_far = share()
            percent = "" if done_so_far is None else f", {done_so_far:.0%}"
            click.echo(f"\r{words}: {time.monotonic() - begun:.0f} s{percent}\x1b[K", err=True, nl=False)

    voice = threading.Thread(target=tell, daemon=True)
    voice.start()
    try:
        yield
    finally:
        done.set()
        voice.join()
        click.echo("\r\x1b[K", err=True, nl=False)


def table(header: Sequence[str], rows: Iterable[Sequence[str]], *, right: Sequence[int] = ()) -> Iterator[str]:
    """Yield the lines of a table in plain columns; `right` names the columns that are aligned to the right.

    Where the columns do not fit the window, each row is a block instead: its first cell, then one line for each other.
    """
    cells = [[plain(str(cell)) for cell in row] for row in (header, *rows)]
    widths = [max(len(row[column]) for row in cells) for column in range(len(header))]
    if sum(widths) + 2 * (len(widths) - 1) > width():
        yield from _blocks(cells)
        return
    for number, row in enumerate(cells):
        parts = [c.rjust(w) if i in right else c.ljust(w) for i, (c, w) in enumerate(zip(row, widths, strict=True))]
        yield "  ".join(parts).rstrip()
        if number == 0:
            yield "  ".join("-" * w for w in widths)


def _blocks(cells: Sequence[Sequence[str]]) -> Iterator[str]:
    header, *rows = cells
    names = max(len(name) for name in header)
    for row in rows:
        yield row[0]
        yield from (f"  {name.ljust(names)}  {cell}" for name, cell in zip(header[1:], row[1:], strict=True))
