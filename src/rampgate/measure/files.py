"""The data files that a path means: one file, all files of a folder, or those that a pattern names.

Files of one table are of one kind and have the same columns in the same order. Folders named like `sex=f` add no
column. What begins with `_` or `.` is a note of the program that wrote the folder, and is left out.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from rampgate.errors import InvalidInput, Problem, Unreachable
from rampgate.formats.digest import canonical_json, sha256_of
from rampgate.measure.source import DataFile, Format, check_header, check_unchanged, header_of, look_at

MOST_FILES = 100_000
"""More files than this are listed by an engine of their own and not by one machine."""

_PATTERN = frozenset("*?[")
_PATTERN_OF_ENGINE = frozenset("*?[]{}")


@dataclass(frozen=True, slots=True)
class DataFiles:
    """The files of one table. digest: of the bytes of one file; of the listing of names, digests and sizes of more.

    name: the path as the user typed it. uri: without the folders of this machine. top: None for one file alone.
    """

    name: str
    uri: str
    digest: str
    files: tuple[DataFile, ...]
    top: Path | None

    @property
    def format(self) -> Format:
        """Return the kind that all of them are of."""
        return self.files[0].format

    @property
    def digest_of(self) -> str:
        """Return what the digest stands for; empty for the bytes of one file."""
        if self.top is None:
            return ""
        return f"the sorted list of name, sha256 and size of {len(self.files)} files"


def look_at_all(path: Path) -> DataFiles:
    """Return the files that a path means, each hashed.

    Raises Unreachable if there is none, or one can not be read; InvalidInput for files of several kinds, or of none.
    """
    top = _top(path)
    if top is not None:
        return _listed(path, top)
    file = look_at(path)
    return DataFiles(str(path), path.name, file.digest, (file,), None)


def check_alike(data: DataFiles, columns: Mapping[Path, Sequence[str]]) -> None:
    """Raise InvalidInput with each file that has other columns than the first. columns: by file, kinds included."""
    first = data.files[0]
    expected, problems = list(columns[first.path]), []
    for each in data.files[1:]:
        found = list(columns[each.path])
        if found != expected:
            more = [name for name in found if name not in expected]
            less = [name for name in expected if name not in found]
            words = "; ".join(
                f"{what} {', '.join(f'`{name}`' for name in names[:5])}"
                for what, names in (("has besides", more), ("lacks", less))
                if names
            )
            message = f"has other columns than {first.name}: {words or 'the same in another order'}"
            problems.append(Problem(each.name, message, fix="files of one table have the same columns"))
    if problems:
        raise InvalidInput(problems[:20])


def check_headers(data: DataFiles) -> None:
    """Raise InvalidInput if a text file's header names a column twice, or is not that of the first file."""
    for each in data.files:
        check_header(each)
    if len(data.files) > 1:
        check_alike(data, {each.path: header_of(each) for each in data.files})


def check_all_unchanged(data: DataFiles) -> None:
    """Raise Unreachable if a file was changed since it was looked at, or the folder has other files by now."""
    for each in data.files:
        check_unchanged(each)
    if data.top is not None and _found(Path(data.name), data.top) != [each.path for each in data.files]:
        raise Unreachable(f"{data.name}: files came or went while they were read; measure again")


@contextmanager
def plain_paths(data: DataFiles) -> Iterator[list[str]]:
    """Give absolute paths of the files that hold no character which the engine reads as a pattern of names."""
    resolved = [each.path.resolve() for each in data.files]
    if not any(_PATTERN_OF_ENGINE & set(str(path)) for path in resolved):
        yield [str(path) for path in resolved]
        return
    with TemporaryDirectory(prefix="rampgate-") as folder:
        links = [Path(folder).resolve() / f"{place}.{data.format}" for place in range(len(resolved))]
        for link, path in zip(links, resolved, strict=True):
            link.symlink_to(path)
        yield [str(link) for link in links]


def _top(path: Path) -> Path | None:
    """Return the folder that the files of a folder or pattern are named from; None for one file."""
    if path.is_dir():
        return path
    return _fixed_part(path) if _PATTERN & set(str(path)) and not path.exists() else None


def _found(path: Path, top: Path) -> list[Path]:
    found = path.rglob("*") if path == top else top.glob(str(path.relative_to(top)))
    files = (each for each in found if each.is_file() and not _is_note(each, top))
    return sorted(files, key=lambda each: each.relative_to(top).as_posix())


def _listed(path: Path, top: Path) -> DataFiles:
    files = _found(path, top)
    if not files:
        raise Unreachable(f"{path}: there is no data file; expected `.csv`, `.tsv` or `.parquet` files")
    if len(files) > MOST_FILES:
        raise InvalidInput([Problem(str(path), f"holds {len(files):,} files, and {MOST_FILES:,} are the most")])
    looked = [look_at(each) for each in files]
    problems = [
        Problem(each.name, f"is of kind {each.format}, and {looked[0].name} is of kind {looked[0].format}")
        for each in looked
        if each.format != looked[0].format
    ]
    if problems:
        raise InvalidInput(problems[:20])
    listing = [[each.path.relative_to(top).as_posix(), each.digest, each.size] for each in looked]
    return DataFiles(str(path), path.name, sha256_of(canonical_json(listing)), tuple(looked), top)


def _fixed_part(path: Path) -> Path:
    """Return the folder above the first part of a path that is a pattern."""
    fixed = Path(path.anchor)
    for part in path.relative_to(path.anchor).parts:
        if _PATTERN & set(part):
            return fixed
        fixed /= part
    return fixed


def _is_note(path: Path, top: Path) -> bool:
    return any(part.startswith(("_", ".")) for part in path.relative_to(top).parts)
