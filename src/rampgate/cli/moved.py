"""Shows a move that was committed: what changed, where it is now, and what to do next."""

from __future__ import annotations

from collections.abc import Iterator

from rampgate.app.moves import Moved
from rampgate.cli.show import note_lines, paint
from rampgate.reports.escape import plain


def moved_lines(moved: Moved, *, needs_approval: bool) -> Iterator[str]:
    """Yield the lines to print; commands to copy are never wrapped."""
    yield paint(plain(moved.title), "green")
    for edit in moved.edits:
        yield plain(f"  {edit.path}  stage: {edit.before} -> {edit.after}")
    if moved.event:
        yield plain(f"  {moved.event}  (the reason)")
    yield f"commit {moved.commit[:10]} on branch {moved.branch}, which is checked out now"
    for note in moved.notes:
        yield from note_lines(f"note: {note}")
    yield ""
    yield "next:"
    yield f"  git push -u origin {moved.branch}"
    wait = "the gate says whose approval it needs" if needs_approval else "it waits for no approval"
    yield f"  then open a pull request into {moved.governed}; {wait}"
    yield f"  rampgate gate --base {moved.governed} --head {moved.branch}"
    yield f"  git checkout {moved.start}   # to go back to where you were"
