"""Makes a move here or publishes it, and shows what was done: what changed, where it is now, and what to do next."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from rampgate.app.moving.event_file import is_break_glass
from rampgate.app.moving.moves import Moved
from rampgate.cli.show import note_lines, paint
from rampgate.reports.escape import plain

if TYPE_CHECKING:
    from rampgate.app.github.merge import Merged
    from rampgate.app.github.publish import Published
    from rampgate.app.github.unfinished import Asked

Move = Callable[[frozenset[str]], Moved]
"""Makes the commit; gets the names of the remote's branches."""


def carry_out(repo: Path, asked: Asked, move: Move, *, local: bool, needs_approval: bool) -> Published | None:
    """Make the move, publish it unless it is to stay here, and print what was done; return what was published."""
    import os

    import click

    if local:
        for line in moved_lines(move(frozenset()), needs_approval=needs_approval):
            click.echo(line)
        return None
    from rampgate.app.github.publish import move_and_publish
    from rampgate.app.moment import moment

    published = move_and_publish(repo, os.environ, asked, move, now=moment())
    for line in published_lines(published, needs_approval=needs_approval):
        click.echo(line)
    return published


def moved_lines(moved: Moved, *, needs_approval: bool) -> Iterator[str]:
    """Yield the lines to print; commands to copy are never wrapped."""
    yield from _what(moved)
    yield f"commit {moved.commit[:10]} on branch {moved.branch}, which is checked out now"
    yield from _notes(moved)
    yield ""
    yield "next:"
    yield f"  git push -u origin {moved.branch}"
    wait = "the gate says whose approval it needs" if needs_approval else "it waits for no approval"
    yield f"  then open a pull request into {moved.governed}; {wait}"
    yield f"  rampgate gate --base {moved.governed} --head {moved.branch}"
    yield f"  git checkout {moved.start}   # to go back to where you were"


def published_lines(published: Published, *, needs_approval: bool) -> Iterator[str]:
    """Yield the lines to print about a move whose pull request is open."""
    moved = published.moved
    yield from _what(moved)
    yield f"commit {moved.commit[:10]} on branch {moved.branch}, pushed to origin"
    opened = "opened" if published.is_new else "open already:"
    yield f"pull request {published.number} {opened} {plain(published.url)}"
    yield from _notes(moved)
    yield ""
    yield "next:"
    yield f"  rampgate review {published.number}   # what it changes, and who is awaited"
    if not needs_approval:
        yield "  merge it once `rampgate/verdict` is there; it waits for no approval"
    yield f"  git checkout {moved.start}   # to go back to where you were"


def merged_lines(merged: Merged, published: Published) -> Iterator[str]:
    """Yield the lines to print once the waiting for the verdict has ended."""
    if merged.exit_code == 0:
        at = f" as {merged.commit[:10]}" if merged.commit else ""
        yield paint(f"merged into {published.moved.governed}{at}", "green")
        yield "make the traffic follow: rampgate does not route"
        return
    yield from note_lines(f"not merged: {merged.why}")
    yield f"the pull request stays open: {plain(published.url)}"
    yield "to wait again, run the same command"


def _what(moved: Moved) -> Iterator[str]:
    yield paint(plain(moved.title), "green")
    for edit in moved.edits:
        yield plain(f"  {edit.path}  stage: {edit.before} -> {edit.after}")
    if moved.event:
        what = "the break-glass" if is_break_glass(moved.event) else "the reason"
        yield plain(f"  {moved.event}  ({what})")


def _notes(moved: Moved) -> Iterator[str]:
    for note in moved.notes:
        yield from note_lines(f"note: {note}")
