"""Make the profile of a reference and write it, or read one that was written."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from rampgate.adapters import packaged
from rampgate.app.write import write_all
from rampgate.errors import Unreachable, UsageProblem
from rampgate.formats.digest import sha256_of
from rampgate.formats.json_text import load_json
from rampgate.formats.nouns import noun_of
from rampgate.measure.layout import profile_bytes
from rampgate.measure.profile import HEADER, Profiled, ProfileRequest, make_profile
from rampgate.model.profile import Profile

__all__ = ["HEADER", "ProfileRequest", "WrittenProfile", "profile_and_write", "read_profile"]


@dataclass(frozen=True, slots=True)
class WrittenProfile:
    """What was profiled and where it went; digest: of the file's bytes."""

    profiled: Profiled
    path: Path
    digest: str


def profile_and_write(request: ProfileRequest, out: Path, *, replace: bool, now: datetime) -> WrittenProfile:
    """Profile a reference and write the file.

    Raises InvalidInput, UsageProblem or Unreachable; nothing is then written.
    """
    if out.exists() and not replace:
        raise UsageProblem(f"{out} exists; give another `--out`, or `--replace` to write over it")
    profiled = make_profile(request, now)
    data = profile_bytes(profiled.profile)
    _profile_of(data, str(out))  # what can not be read again is never written
    write_all({out: data})
    return WrittenProfile(profiled, out, sha256_of(data))


def read_profile(path: Path) -> tuple[Profile, str]:
    """Return a profile and the digest of its file.

    Raises Unreachable if the file can not be read, InvalidInput with every problem of what it holds.
    """
    try:
        data = path.read_bytes()
    except OSError as error:
        raise Unreachable(f"{path}: the profile can not be read ({error.strerror or error})") from error
    return _profile_of(data, str(path)), sha256_of(data)


def _profile_of(data: bytes, path: str) -> Profile:
    return noun_of(load_json(data, path), Profile, "profile", packaged.schema("profile")).noun
