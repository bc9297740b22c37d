"""How far the query that runs now has come, for whoever waits for it: asked from another thread, and no promise."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

_RUNNING: list[Callable[[], float | None]] = []


@contextmanager
def told_by(share: Callable[[], float | None]) -> Iterator[None]:
    """Let a query tell how far it has come, as long as it runs. share: in [0, 1], None where it is not known."""
    _RUNNING.append(share)
    try:
        yield
    finally:
        _RUNNING.remove(share)


def share_done() -> float | None:
    """Return the share of the running query that is done, in [0, 1]; None where none runs or none can tell."""
    running = tuple(_RUNNING)
    found = running[-1]() if running else None
    return found if found is not None and 0 <= found <= 1 else None
