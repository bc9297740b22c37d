"""Writes a pack as a folder or as an archive: whole or not at all, and the same bytes every time.

What is made is a folder beside the place where it is to be; it takes that place in one step at the end.
"""

from __future__ import annotations

import hashlib
import shutil
import tempfile
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from rampgate.errors import Unreachable, UsageProblem

MANIFEST: Final = "MANIFEST"
_ROOT: Final = "rampgate-pack"
"""The one folder in an archive; it does not follow the archive's name, so that the bytes do not either."""
_FIRST_MOMENT: Final = (1980, 1, 1, 0, 0, 0)
"""The earliest time that an archive can say; files of a pack have no other."""


@dataclass
class PackFolder:
    """A folder that files are put into. digests: path -> sha256, of every file so far; size: bytes."""

    root: Path
    digests: dict[str, str] = field(default_factory=dict)
    size: int = 0

    def put(self, path: str, data: bytes) -> None:
        """Write one file, by its path from the root."""
        place = self.root / path
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(data)
        self.digests[path] = hashlib.sha256(data).hexdigest()
        self.size += len(data)

    def finish(self) -> None:
        """Write the list of all files, as `sha256sum --check` reads it."""
        lines = (f"{digest}  {path}\n" for path, digest in sorted(self.digests.items()))
        (self.root / MANIFEST).write_bytes("".join(lines).encode())


@contextmanager
def written_whole(out: Path, *, replace: bool) -> Iterator[PackFolder]:
    """Hand out a folder to fill; when the block ends well it becomes `out`, a folder or a `.zip`, in one step.

    replace: a pack that stands there already may give way; nothing else ever does.
    Raises UsageProblem where something is in the way, Unreachable where it can not be written.
    """
    _refuse_others(out, replace=replace)
    try:
        out.parent.mkdir(parents=True, exist_ok=True)
        making = Path(tempfile.mkdtemp(dir=out.parent, prefix=f".{out.name}."))
    except OSError as error:
        raise Unreachable(f"{out}: {error.strerror or error}") from error
    try:
        folder = PackFolder(making / "pack")
        folder.root.mkdir()
        yield folder
        folder.finish()
        if is_archive(out):
            _archive(folder.root, making / "pack.zip")
            (making / "pack.zip").replace(out)
        else:
            _take_place(folder.root, out, making / "before")
    except OSError as error:
        raise Unreachable(f"{out}: {error.strerror or error}") from error
    finally:
        shutil.rmtree(making, ignore_errors=True)


def is_archive(out: Path) -> bool:
    """Return whether a pack is written as one file, by the ending of its name."""
    return out.suffix.lower() == ".zip"


def _refuse_others(out: Path, *, replace: bool) -> None:
    """Raise UsageProblem where something stands in the way that a pack must not take the place of."""
    if not out.exists() and not out.is_symlink():
        return
    if out.is_dir() and not any(out.iterdir()) and not is_archive(out):
        return
    if out.is_symlink() or is_archive(out) != out.is_file() or not _is_pack(out):
        raise UsageProblem(
            f"`{out}` is there already, and is no pack, or holds more; nothing was written; choose another --out"
        )
    if not replace:
        raise UsageProblem(f"`{out}` is there already; nothing was written; choose another --out, or give --replace")


def _is_pack(out: Path) -> bool:
    """Return whether every file is one that a pack has listed: notes that somebody put there are not thrown away."""
    if out.is_file():
        if not zipfile.is_zipfile(out):
            return False
        with zipfile.ZipFile(out) as opened:
            names = set(opened.namelist())
            manifest = opened.read(f"{_ROOT}/{MANIFEST}").decode() if f"{_ROOT}/{MANIFEST}" in names else ""
            return names == {f"{_ROOT}/{path}" for path in _listed(manifest)}
    manifest = (out / MANIFEST).read_text("utf-8") if (out / MANIFEST).is_file() else ""
    return {each.relative_to(out).as_posix() for each in out.rglob("*") if not each.is_dir()} == _listed(manifest)


def _listed(manifest: str) -> set[str]:
    """Return the paths that a pack of this manifest has; none has no files."""
    return {MANIFEST, "index.html", *(line[66:] for line in manifest.splitlines())}


def _take_place(made: Path, out: Path, before: Path) -> None:
    """Put a folder in its place; what stood there comes back where that fails."""
    if out.exists():
        out.rename(before)
    try:
        made.rename(out)
    except OSError:
        if before.exists():
            before.rename(out)
        raise


def _archive(root: Path, archive: Path) -> None:
    """Write the folder as an archive. It is not compressed: what compresses differs from machine to machine."""
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_STORED) as opened:
        for path in sorted(each.relative_to(root).as_posix() for each in root.rglob("*") if each.is_file()):
            info = zipfile.ZipInfo(f"{_ROOT}/{path}", _FIRST_MOMENT)
            info.create_system, info.external_attr = 3, 0o100644 << 16
            opened.writestr(info, (root / path).read_bytes())
