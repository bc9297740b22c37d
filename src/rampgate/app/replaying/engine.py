"""Engines of released wheels: a decision that another version made is made again by that version, in its own process.

A wheel is run only where the package in it has the digest that a signed record names, so nothing runs that has not
judged before.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from typing import Any, Final

from rampgate.adapters.packaged import package_sha256
from rampgate.errors import Unreachable, UsageProblem
from rampgate.model.record import RecordedEngine
from rampgate.model.replay import Difference, Replayed, ReplayState

LIMIT_BYTES: Final = 256 << 20
"""The most bytes of a package in a wheel; rampgate has two million."""

TIMEOUT_SECONDS: Final = 24 * 3600


@dataclass
class Engines:
    """The engines of the wheels at hand, by digest. repo, trust: what they are to read."""

    folders: dict[str, Path]
    repo: Path
    trust: Path | None
    _waiting: dict[str, list[int]] = field(default_factory=dict)

    def has(self, engine: RecordedEngine) -> bool:
        """Return whether a wheel holds an engine."""
        return engine.sha256 in self.folders

    def later(self, engine: RecordedEngine, seq: int) -> None:
        """Note a decision that an engine is to make again."""
        self._waiting.setdefault(engine.sha256, []).append(seq)

    def rows(self) -> dict[int, Replayed]:
        """Return what came of the decisions noted, by their place; one process for each engine."""
        found: dict[int, Replayed] = {}
        for sha256, places in self._waiting.items():
            found |= self._run(sha256, places)
        return found

    def _run(self, sha256: str, places: Sequence[int]) -> dict[int, Replayed]:
        words = [sys.executable, "-P", "-m", "rampgate", "audit", "replay", *map(str, places)]
        words += ["--engine", "current", "--format", "json", "--repo", str(self.repo)]
        words += ["--trust", str(self.trust)] if self.trust else []
        kept = {name: value for name, value in os.environ.items() if not name.startswith("PYTHON")}
        env = kept | {"PYTHONPATH": str(self.folders[sha256]), "PYTHONDONTWRITEBYTECODE": "1"}
        said = ""
        try:
            done = subprocess.run(words, env=env, capture_output=True, timeout=TIMEOUT_SECONDS, check=False)
            said = done.stderr.decode("utf-8", "replace").strip().rpartition("\n")[2]
            answer = json.loads(done.stdout)
            rows = {row["seq"]: _row(row) for row in answer["records"]}
            engine = answer["engine"]["sha256"]
        except (OSError, subprocess.TimeoutExpired, ValueError, KeyError, TypeError) as error:
            raise Unreachable(f"the engine {sha256[:12]} of the wheel gave no answer: {said or error}") from None
        if engine != sha256:
            raise Unreachable(f"the engine {sha256[:12]} of the wheel was asked, and {engine[:12]} has answered")
        return rows


def _row(value: dict[str, Any]) -> Replayed:
    difference = value["difference"]
    return Replayed(
        seq=value["seq"],
        about=value["about"],
        at=value["at"],
        state=ReplayState(value["state"]),
        verdict=value["verdict"] or "",
        why=value["why"] or "",
        difference=Difference(**difference) if difference else None,
        engine=value["engine"],
    )


@contextmanager
def engines_of(wheels: Sequence[Path], repo: Path, trust: Path | None) -> Iterator[Engines]:
    """Yield the engines of wheels, unpacked for the time of a block.

    Raises UsageProblem for a file that is no wheel of rampgate, Unreachable for one that can not be read.
    """
    with ExitStack() as stack:
        folders: dict[str, Path] = {}
        for wheel in wheels:
            folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="rampgate-engine-")))
            _unpack(wheel, folder)
            folders[package_sha256(folder / "rampgate")] = folder
        yield Engines(folders, repo.absolute(), trust.absolute() if trust else None)


def _unpack(wheel: Path, folder: Path) -> None:
    """Write the package in a wheel to a folder; nothing else of it."""
    try:
        with zipfile.ZipFile(wheel) as archive:
            wanted = [each for each in archive.infolist() if _is_of_the_package(each.filename)]
            if not wanted:
                raise UsageProblem(f"`{wheel}` holds no package `rampgate`; give a released wheel of rampgate")
            if sum(each.file_size for each in wanted) > LIMIT_BYTES:
                raise UsageProblem(f"`{wheel}` holds more than {LIMIT_BYTES >> 20} MiB; it is no wheel of rampgate")
            for each in wanted:
                target = folder / PurePosixPath(each.filename)
                target.parent.mkdir(parents=True, exist_ok=True)
                target.write_bytes(archive.read(each))
    except zipfile.BadZipFile as error:
        raise UsageProblem(f"`{wheel}` is no wheel: {error}") from None
    except OSError as error:
        raise Unreachable(f"{wheel}: {error.strerror or error}") from error


def _is_of_the_package(name: str) -> bool:
    """Return whether an entry of an archive is a file of the package, and leads nowhere else."""
    parts = name.split("/")
    plain = all(part not in ("", ".", "..") and "\\" not in part and "\0" not in part for part in parts)
    return plain and parts[0] == "rampgate" and len(parts) > 1
