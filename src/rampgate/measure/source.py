"""One data file: is it there, what is it, what are its bytes, does its header name every column once."""

from __future__ import annotations

import codecs
import csv
import hashlib
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from rampgate.errors import InvalidInput, Problem, Unreachable
from rampgate.formats.suggest import did_you_mean

Format = Literal["csv", "tsv", "parquet"]

_SUFFIXES: dict[str, Format] = {".csv": "csv", ".tsv": "tsv", ".parquet": "parquet", ".pq": "parquet"}
_PARQUET_MAGIC = b"PAR1"
_GZIP_MAGIC = b"\x1f\x8b"
_LONGEST = 1 << 24
"""No line of a table has so many bytes; in a file that is no text, one may."""
_POINTER = b"version https://git-lfs.github.com/"


@dataclass(frozen=True, slots=True)
class DataFile:
    """A data file that was there when it was looked at; `digest` is that of its bytes."""

    path: Path
    format: Format
    digest: str
    state: tuple[int, ...]

    @property
    def name(self) -> str:
        """Return the path as the user typed it, for messages."""
        return str(self.path)

    @property
    def size(self) -> int:
        """Return how many bytes it has."""
        return self.state[2]

    @property
    def separator(self) -> str:
        """Return what stands between the fields of a text file."""
        return "\t" if self.format == "tsv" else ","


def look_at(path: Path) -> DataFile:
    """Return the data file at a path, its bytes hashed.

    Raises Unreachable if it is absent, no file, can not be read, or is named Parquet and is none; InvalidInput if it is
    empty, or neither named nor built as CSV, TSV or Parquet.
    """
    try:
        if not path.is_file():
            raise Unreachable(f"{path}: the data file does not exist{_neighbour(path)}")
        state = _state(path)
        with path.open("rb") as stream:
            start = stream.read(len(_POINTER))
            stream.seek(0)
            digest = hashlib.file_digest(stream, "sha256").hexdigest()
    except (OSError, ValueError) as error:
        raise Unreachable(f"{path}: the data file can not be read ({getattr(error, 'strerror', error)})") from error
    if not start:
        raise InvalidInput([Problem(str(path), "the data file is empty", expected="a header line and rows")])
    if start == _POINTER:
        raise Unreachable(f"{path}: this is a Git LFS pointer, and not the data; fetch them with `git lfs pull`")
    return DataFile(path, _format(path, start), f"sha256:{digest}", state)


def check_unchanged(data: DataFile) -> None:
    """Raise Unreachable if the file was changed since it was looked at: its digest would name other bytes."""
    try:
        now = _state(data.path)
    except OSError as error:
        raise Unreachable(f"{data.path}: the data file went away while it was read") from error
    if now != data.state:
        raise Unreachable(f"{data.path}: the data file was changed while it was read; measure again")


def check_header(data: DataFile) -> None:
    """Raise InvalidInput if a text file is not UTF-8 or its header names a column twice.

    The engine would rename the second of two equal names (letter case aside) and go on.
    """
    seen: dict[str, str] = {}
    problems = []
    for name in header_of(data):
        if name.casefold() in seen:
            message = f"the header names the column `{name}` twice (letter case makes no difference)"
            problems.append(Problem(data.name, message, 1, 1, fix="rename one of them"))
        seen[name.casefold()] = name
    if problems:
        raise InvalidInput(problems)


def header_of(data: DataFile) -> list[str]:
    """Return the column names in the first line of a text file. Raises InvalidInput if it is not UTF-8."""
    try:
        with data.path.open(encoding="utf-8-sig", newline="") as stream:
            return next(csv.reader(stream, delimiter=data.separator), [])
    except (UnicodeDecodeError, csv.Error) as error:
        raise InvalidInput([not_utf8(data)]) from error


def not_utf8(data: DataFile) -> Problem:
    """Return where a text file has its first byte that is not UTF-8, and what the file looks like instead."""
    with data.path.open("rb") as stream:
        start = stream.read(4)
        stream.seek(0)
        if start.startswith(_GZIP_MAGIC):
            return Problem(data.name, "is compressed by gzip, and no text", 1, 1, fix="unpack it: `gunzip FILE`")
        if start.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
            fix = "write it as UTF-8: `iconv -f UTF-16 -t UTF-8 FILE`"
            return Problem(data.name, "is text in UTF-16, and not in UTF-8", 1, 1, fix=fix)
        for number, line in enumerate(iter(lambda: stream.readline(_LONGEST), b""), start=1):
            if len(line) == _LONGEST:
                break
            try:
                line.decode("utf-8")
            except UnicodeDecodeError as error:
                message = f"is not a text file in UTF-8: a byte 0x{line[error.start]:02x}"
                fix = "write it as UTF-8; if it is in Latin-1, `iconv -f LATIN1 -t UTF-8 FILE` does"
                return Problem(data.name, message, number, len(line[: error.start].decode()) + 1, fix=fix)
    return Problem(data.name, "is not a text file in UTF-8", 1, 1, fix="write it as UTF-8")


def first_fault(data: DataFile) -> Problem:
    """Return the first place where a text file is no table: a row with more or fewer fields than its header."""
    line, width = 1, 0
    try:
        with data.path.open(encoding="utf-8-sig", newline="") as stream:
            reader = csv.reader(stream, delimiter=data.separator, strict=True)
            width = len(next(reader, []))
            for row in reader:
                line = reader.line_num
                if row and len(row) != width:
                    found, expected = f"{len(row)} fields", f"{width} fields, as in the header"
                    message = f"this row has {found}, expected {expected}"
                    return Problem(data.name, message, line, 1, found=found, expected=expected)
    except UnicodeDecodeError:
        return not_utf8(data)
    except csv.Error as error:
        fix = "quote a field on both sides, and double a quote inside it (RFC 4180)"
        return Problem(data.name, f"is no well-formed table ({error})", line + 1, 1, fix=fix)
    fix = "write it as CSV (RFC 4180) with one kind of line end, or as Parquet"
    return Problem(data.name, "can not be read as a table", fix=fix)


def _format(path: Path, start: bytes) -> Format:
    named = _SUFFIXES.get(path.suffix.lower())
    if start.startswith(_PARQUET_MAGIC):
        return "parquet"
    if named == "parquet":
        raise Unreachable(f"{path}: the data file is named Parquet and does not start as one")
    if named is None:
        message = f"unknown kind of data file `{path.suffix or path.name}`{did_you_mean(path.suffix, _SUFFIXES)}"
        raise InvalidInput([Problem(str(path), message, expected="`.csv`, `.tsv` or `.parquet`, not compressed")])
    return named


def _state(path: Path) -> tuple[int, ...]:
    status = path.stat()
    return status.st_dev, status.st_ino, status.st_size, status.st_mtime_ns


def _neighbour(path: Path) -> str:
    try:
        return did_you_mean(path.name, [each.name for each in path.parent.iterdir()])
    except OSError:
        return ""
