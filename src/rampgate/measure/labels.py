"""What the texts of a data file mean: which label is 1, which rows lack a value, which groups look alike."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterator, Sequence
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any

from rampgate.errors import InvalidInput, Problem
from rampgate.formats.dialect import hidden_in
from rampgate.formats.suggest import did_you_mean
from rampgate.measure.cells import RawTable
from rampgate.measure.sql import NOT_A_NUMBER
from rampgate.stats.counts import CountsTable

_ONE = re.compile(r"1(\.0+)?|true", re.IGNORECASE)
_ZERO = re.compile(r"0(\.0+)?|false", re.IGNORECASE)
_SHOWN = 5


def counts_table(
    raw: RawTable, path: Path, *, groups: Sequence[str], labels: Sequence[str], positive: str | None, scored: bool
) -> CountsTable:
    """Return the counts table of what the engine found.

    groups: the leading columns. labels: `y_true`, `y_pred` or `outcome`, for the columns after them, in order.
    positive: the label that means 1; without it, labels are 0 and 1 or true and false. scored: whether the last label
    was made from a score, and so is 0 or 1 already.
    Raises InvalidInput with every column that has rows without a value, or labels that are not two.
    """
    width = len(groups)
    as_given = raw.columns[width : len(raw.columns) - 1] if scored else raw.columns[width:]
    problems = [*missing_values(raw, path), *hidden_values(raw, path, width)]
    problems += _label_problems(raw, path, as_given, positive)
    if scored:
        problems += _score_problems(raw, path)
    if problems:
        raise InvalidInput(problems)
    keys = len(raw.columns)
    summed: dict[tuple[Any, ...], list[int]] = {}
    for cell in raw.cells:
        coded = [code_of(text, positive) for text in cell[width : width + len(as_given)]]
        coded += [int(cell[keys - 1])] if scored else []
        amounts = [int(amount) for amount in cell[keys:]]
        key = (*cell[:width], *coded)
        summed[key] = [a + b for a, b in zip(summed[key], amounts, strict=True)] if key in summed else amounts
    weights = ["w", "w2"] if raw.cells and len(raw.cells[0]) - keys == 3 else []
    rows = [[*key, *amounts] for key, amounts in summed.items()]
    return CountsTable.from_rows([*groups, *labels, "n", *weights], rows)


def missing_values(raw: RawTable, path: Path) -> Iterator[Problem]:
    """Yield each column in which rows have no value, with their number; blank text and NaN are no values."""
    keys = len(raw.columns)
    for place, name in enumerate(raw.columns):
        rows = sum(int(cell[keys]) for cell in raw.cells if _is_missing(cell[place]))
        if rows:
            message = f"column `{name}` has no value in {rows:,} of {raw.rows:,} rows"
            fix = "give them a value of their own, such as `unknown`, or leave the rows out and say so in the card"
            yield Problem(str(path), message, fix=fix)


def look_alikes(raw: RawTable, width: int) -> list[str]:
    """Return a warning for each set of group values that differ only by letter case, spaces or Unicode form."""
    warnings = []
    for place, name in enumerate(raw.columns[:width]):
        alike: dict[str, set[str]] = {}
        for cell in raw.cells:
            folded = " ".join(unicodedata.normalize("NFKC", cell[place]).casefold().split())
            alike.setdefault(folded, set()).add(cell[place])
        for values in alike.values():
            if len(values) > 1:
                listed = ", ".join(f"`{value}`" for value in sorted(values))
                warnings.append(f"column `{name}` has {listed}: {len(values)} groups that look like one")
    return sorted(warnings)


def hidden_values(raw: RawTable, path: Path, width: int) -> Iterator[Problem]:
    """Yield each of the leading columns that has a value with a character that nobody sees."""
    for place, name in enumerate(raw.columns[:width]):
        hidden = sorted({cell[place] for cell in raw.cells if cell[place] is not None and hidden_in(cell[place])})
        if hidden:
            message = f"column `{name}` has a value with a hidden character: {hidden[0]!a}"
            yield Problem(str(path), message, fix="write the value with visible characters")


def _label_problems(raw: RawTable, path: Path, names: Sequence[str], positive: str | None) -> Iterator[Problem]:
    counted: Counter[str] = Counter()
    for name in names:
        place, own = raw.columns.index(name), Counter[str]()
        for cell in raw.cells:
            if not _is_missing(cell[place]):
                own[cell[place]] += int(cell[len(raw.columns)])
        counted += own
        if positive is None and any(not _ONE.fullmatch(text) and not _ZERO.fullmatch(text) for text in own):
            message = f"column `{name}` must hold two labels, 0 and 1 or true and false; found {_values(own)}"
            yield Problem(str(path), message, found=_values(own), fix=_label_fix(own))
    if positive is None or not names:
        return
    listed = ", ".join(f"`{name}`" for name in names)
    if not any(_is_positive(text, positive) for text in counted):
        message = f"the positive label `{positive}` occurs nowhere in {listed}{did_you_mean(positive, counted)}"
        yield Problem(str(path), message, found=_values(counted))
    elif len([text for text in counted if not _is_positive(text, positive)]) > 1:
        message = f"{listed} must hold two labels, `{positive}` and one other; found {_values(counted)}"
        yield Problem(str(path), message, found=_values(counted))


def _label_fix(found: Counter[str]) -> str:
    labels = [text for text in found if _ONE.fullmatch(text) or _ZERO.fullmatch(text)]
    others = Counter({text: rows for text, rows in found.items() if text not in labels})
    if labels and not all(_is_number(text) for text in others):
        rows = others.total()
        return f"mend the {rows:,} row{'' if rows == 1 else 's'} with {_values(others)}, or leave them out"
    if all(_is_number(text) for text in found):
        return "a score is read with `--y-score COLUMN --threshold NUMBER`; other numbers need `--positive LABEL`"
    return f"say which label is the positive one, such as `--positive {max(found)[:40]}`"


def _score_problems(raw: RawTable, path: Path) -> Iterator[Problem]:
    keys = len(raw.columns)
    rows = sum(int(cell[keys]) for cell in raw.cells if cell[keys - 1] == NOT_A_NUMBER)
    if rows:
        message = f"column `{raw.columns[-1]}` has a score that is no finite number in {rows:,} rows"
        yield Problem(str(path), message, fix="give every row a score, or leave the rows out and say so in the card")


def _is_missing(text: str | None) -> bool:
    # A missing number leaves a data frame as NaN; as a group it would be one that no one belongs to.
    return text is None or text.strip().casefold() in ("", "nan")


def code_of(text: str, positive: str | None) -> int:
    """Return the label that a text means; it has to be one of the two that `counts_table` accepts."""
    return int(_is_positive(text, positive)) if positive is not None else int(bool(_ONE.fullmatch(text)))


def _is_positive(text: str, positive: str) -> bool:
    if text == positive:
        return True
    return _is_number(text) and _is_number(positive) and Decimal(text) == Decimal(positive)


def _is_number(text: str) -> bool:
    try:
        return Decimal(text).is_finite()
    except InvalidOperation:
        return False


def _values(counted: Counter[str]) -> str:
    shown = [f"`{text[:40]}`" for text, _ in sorted(counted.items(), key=lambda each: (-each[1], each[0]))[:_SHOWN]]
    return ", ".join(shown) + (f" and {len(counted) - _SHOWN} more" if len(counted) > _SHOWN else "")
