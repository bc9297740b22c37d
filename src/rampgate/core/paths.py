"""Which paths rampgate governs, and what each of them is. Names are compared NFC and casefolded."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

CARDS: Final = "model_cards"
POLICIES: Final = "policies"
WAIVERS: Final = "policies/waivers"
VERSION_PIN: Final = ".rampgate-version"
"""The file that pins the version of rampgate which judges this repository."""

CODEOWNERS: Final = ("codeowners", ".github/codeowners", "docs/codeowners")

MODEL_NAME: Final = re.compile(r"[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?")
VERSION_NAME: Final = re.compile(r"[0-9A-Za-z]([0-9A-Za-z.+_-]{0,61}[0-9A-Za-z])?")
FILE_IN_VERSION: Final = re.compile(
    r"card\.yaml|lineage\.yaml"
    r"|evidence/[A-Za-z0-9_][A-Za-z0-9_.+-]*\.json"
    r"|(attestations|events)/[A-Za-z0-9_][A-Za-z0-9_.+-]*\.yaml"
    r"|([A-Za-z0-9_][A-Za-z0-9_.+-]*/){0,4}[A-Za-z0-9_][A-Za-z0-9_.+-]*\.md"
)
PROSE: Final = re.compile(r"model_cards/([a-z0-9][a-z0-9-]*/)?README\.md")


class Area(StrEnum):
    """What a path belongs to."""

    VERSION = "version"
    WAIVER = "waiver"
    CONTROL = "control"
    PROSE = "prose"
    STRAY = "stray"
    OUTSIDE = "outside"


@dataclass(frozen=True, slots=True)
class VersionPath:
    """A path inside the folder of one version of one model."""

    model: str
    version: str
    rest: str

    @property
    def folder(self) -> str:
        """Return the folder of the version."""
        return version_folder(self.model, self.version)


def version_folder(model: str, version: str) -> str:
    """Return the folder that holds everything of one version."""
    return f"{CARDS}/{model}/{version}"


def folded(path: str) -> str:
    """Return the form in which two names are compared: NFC and casefolded."""
    return unicodedata.normalize("NFC", unicodedata.normalize("NFC", path).casefold())


def area_of(path: str) -> Area:
    """Return what a path belongs to; `stray` is a governed path that nothing recognises, and invalid."""
    name = folded(path)
    if name == CARDS or name.startswith(f"{CARDS}/"):
        if PROSE.fullmatch(path):
            return Area.PROSE
        return Area.VERSION if split(path) else Area.STRAY
    if name == WAIVERS or name.startswith(f"{WAIVERS}/"):
        return Area.WAIVER if re.fullmatch(r"policies/waivers/[A-Za-z0-9][A-Za-z0-9-]*\.yaml", path) else Area.STRAY
    return Area.CONTROL if is_control(name) else Area.OUTSIDE


def is_control(name: str) -> bool:
    """Return whether a folded path decides about how changes are judged."""
    last = name.rsplit("/", 1)[-1]
    return (
        name in (POLICIES, ".github", ".gitmodules", VERSION_PIN, *CODEOWNERS)
        or name.startswith((f"{POLICIES}/", ".github/"))
        or last == ".gitattributes"
    )


def split(path: str) -> VersionPath | None:
    """Return model, version and the rest of a path under `model_cards/`, or None for one that is not recognised."""
    parts = path.split("/", 3)
    if len(parts) != 4 or parts[0] != CARDS:
        return None
    _, model, version, rest = parts
    if not (MODEL_NAME.fullmatch(model) and VERSION_NAME.fullmatch(version) and FILE_IN_VERSION.fullmatch(rest)):
        return None
    return VersionPath(model, version, rest)


def models_in(paths: Iterable[str]) -> frozenset[str]:
    """Return the models whose version folders hold one of the paths."""
    return frozenset(found.model for path in paths if (found := split(path)) is not None)


def known_names_for(path: str) -> str:
    """Return which name would make a stray path known: its folders' first, for they make every file in them stray."""
    if folded(path).startswith(f"{WAIVERS}/"):
        return "a waiver is `policies/waivers/<id>.yaml`, of letters, digits and hyphens"
    _, *folders = path.split("/")[:-1]
    if folders and not MODEL_NAME.fullmatch(folders[0]):
        return "name the model's folder with small letters, digits and hyphens, at most 63, such as `credit-risk`"
    if len(folders) > 1 and not VERSION_NAME.fullmatch(folders[1]):
        return "name the version's folder with letters, digits and `.+_-`, at most 63, such as `2.0.0`"
    return "a version holds card.yaml, lineage.yaml, evidence/*.json, attestations/*.yaml, events/*.yaml, *.md"


def clashes(names: list[str]) -> list[tuple[str, str]]:
    """Return pairs of names that are the same once normalised and casefolded."""
    seen: dict[str, str] = {}
    pairs: list[tuple[str, str]] = []
    for name in sorted(names):
        first = seen.setdefault(folded(name), name)
        if first != name:
            pairs.append((first, name))
    return pairs
