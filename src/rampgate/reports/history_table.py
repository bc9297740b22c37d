"""A table for a spreadsheet: RFC 4180, UTF-8, and no cell that calculates."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from typing import Final

from rampgate.reports.escape import plain

_FORMULA: Final = tuple("=+-@\uff1d\uff0b\uff0d\uff20")
"""What makes a spreadsheet calculate; the last four are the wide forms, which some take alike."""


def table_csv(header: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Return a header and its rows as CSV; lines end in CR LF."""
    out = io.StringIO(newline="")
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(header)
    writer.writerows([harmless(cell) for cell in row] for row in rows)
    return out.getvalue()


def harmless(cell: str) -> str:
    """Return a cell that no spreadsheet calculates with, and in which nothing is invisible.

    A cell like `=cmd()` begins with an apostrophe, which a spreadsheet does not show.
    """
    shown = plain(cell)
    return f"'{shown}" if shown.lstrip().startswith(_FORMULA) else shown
