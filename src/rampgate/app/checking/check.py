"""Finds every problem in the user's work tree: cards, what stands beside them, and what changes are judged by.

Cards alone are checked on plain values (`check_cards`), without pydantic, so that a hook on one card is quick; the
rest is imported only where it is asked for.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

from rampgate.app.checking.check_cards import check_card, digest_problems, known_names, layout_problems, versions_in
from rampgate.app.work_files import find_root, relative_to_root, walk
from rampgate.core.paths import CARDS, POLICIES, Area, area_of, version_folder
from rampgate.core.references import KnownNames
from rampgate.errors import InvalidInput, Problem
from rampgate.formats.documents import Document

Progress = Callable[[int, int], None]
"""Told how many of how many cards are done."""


@dataclass(frozen=True, slots=True)
class CheckReport:
    """What was found, sorted by place; counts: what was looked at, such as `cards` -> 3.

    notes: what is no problem of the files, and somebody may clear away, such as a waiver that ended.
    """

    problems: tuple[Problem, ...]
    counts: Mapping[str, int]
    notes: tuple[Problem, ...] = ()


@dataclass
class _Scope:
    """What was asked for: everything, or some paths as seen from the root."""

    root: Path
    paths: tuple[str, ...]
    files: list[str] = field(default_factory=list)
    links: list[str] = field(default_factory=list)

    def asks_for(self, path: str) -> bool:
        """Return whether a file was asked for: named itself, or under a folder that was."""
        return any(not asked or path == asked or path.startswith(f"{asked}/") for asked in self.paths)

    def concerns(self, folder: str) -> bool:
        """Return whether anything that was asked for stands in a folder, at it, or above it."""
        return any(self.asks_for(folder) or asked.startswith(f"{folder}/") for asked in self.paths)


def check(
    repo: Path,
    paths: Sequence[Path] = (),
    *,
    day: str = "",
    start: Path | None = None,
    progress: Progress | None = None,
) -> CheckReport:
    """Return every problem of a repository's work tree, or of the given files and folders of it.

    repo: a folder in the repository. start: what relative paths are meant from, the present folder by default. day:
    a UTC day, today by default.
    Raises InvalidInput where there are no policies at all, UsageProblem for a path that is not there.
    """
    root = find_root(repo)
    wanted = tuple(relative_to_root(root, path, start or Path.cwd()) for path in paths) or ("",)
    scope = _Scope(root, wanted)
    if not (root / POLICIES).is_dir():
        message = "there are no policies here, so there is nothing to check against"
        raise InvalidInput([Problem(POLICIES, message, fix="`rampgate init` writes them")])
    problems: list[Problem] = []
    notes: list[Problem] = []
    counts: Counter[str] = Counter(cards=0)
    if scope.concerns(POLICIES):
        problems, notes = _control(scope, counts, day or _today())
    if scope.concerns(CARDS):
        problems += _cards(scope, counts, progress)
    return CheckReport(_in_order(problems), counts, _in_order(notes))


def _in_order(problems: Sequence[Problem]) -> tuple[Problem, ...]:
    return tuple(sorted(dict.fromkeys(problems), key=lambda each: (each.path, each.line, each.column)))


def _today() -> str:
    from rampgate.app.moment import moment  # noqa: PLC0415 -- the check of a card needs no clock

    return moment()[:10]


def _control(scope: _Scope, counts: Counter[str], day: str) -> tuple[list[Problem], list[Problem]]:
    """Return the problems of the control files, and what is to be noted of them."""
    from rampgate.app.checking.check_control import check_control  # noqa: PLC0415 -- heavy: pydantic, and every rule kind

    found = check_control(scope.root, day)
    if found.control is not None:
        counts["policies"] = len(found.control.policies)
        counts["rules"] = found.rules
        counts["waivers"] = len(found.control.waivers)
    # A file that is missing is told to whoever asks for its folder; a fault elsewhere only to whoever asks for that.
    problems, notes = ([each for each in some if scope.asks_for(each.path)] for some in (found.problems, found.notes))
    return problems, notes


def _cards(scope: _Scope, counts: Counter[str], progress: Progress | None) -> list[Problem]:
    files, links = _files_asked_about(scope)
    versions = versions_in(files)
    names, problems = known_names(scope.root)
    if scope.concerns(POLICIES):
        problems = []  # told with the other control files
    problems += [each for each in layout_problems(scope.root, files, links, versions) if scope.asks_for(each.path)]
    evidence = partial(_evidence_problems, scope)
    # A card is looked at where it, or evidence that it lists, was asked for.
    due = [
        (version, own)
        for version, own in sorted(versions.items())
        if "card.yaml" in own and any(_bears_on_card(scope, version, rest) for rest in own)
    ]
    for done, (version, own) in enumerate(due, start=1):
        found = check_card(scope.root, version, set(own), names, evidence)
        folder = version_folder(*version)
        whole = scope.asks_for(f"{folder}/card.yaml")
        problems += [each for each in found if whole or scope.asks_for(each.path)]
        counts["cards"] += 1
        if progress is not None:
            progress(done, len(due))
    return problems + _beside(scope, files, names, counts)


def _files_asked_about(scope: _Scope) -> tuple[list[str], list[str]]:
    """Return files and links under `model_cards/`: all of them, or those of the versions that are asked about."""
    folders = {"/".join(path.split("/")[:3]) for path in scope.paths if path.startswith(f"{CARDS}/")}
    if any(not path or path == CARDS for path in scope.paths):
        folders = {CARDS}
    files: list[str] = []
    links: list[str] = []
    for folder in sorted(folders):
        if (scope.root / folder).is_dir() and not (scope.root / folder).is_symlink():
            found = walk(scope.root, folder)
            files += found[0]
            links += found[1]
        elif (scope.root / folder).is_symlink():
            links.append(folder)
        else:
            files.append(folder)
    return sorted(set(files)), sorted(set(links))


def _bears_on_card(scope: _Scope, version: tuple[str, str], rest: str) -> bool:
    kind = rest.split("/", 1)[0]
    return kind in ("card.yaml", "evidence") and scope.asks_for(f"{version_folder(*version)}/{rest}")


def _evidence_problems(scope: _Scope, document: Document, index: int) -> list[Problem]:
    path = f"{document.path.removesuffix('card.yaml')}{document.value['evidence'][index]['path']}"
    if not scope.asks_for(path):
        return digest_problems(scope.root, document, index)
    from rampgate.app.checking.check_beside import evidence_problems  # noqa: PLC0415 -- heavy: pydantic

    return evidence_problems(scope.root, document, index)


def _beside(scope: _Scope, files: list[str], names: KnownNames | None, counts: Counter[str]) -> list[Problem]:
    """Return the problems of lineage, attestations and events, and count what stands beside the cards."""
    problems: list[Problem] = []
    for path in files:
        if area_of(path) is not Area.VERSION or not scope.asks_for(path):
            continue
        rest = path.split("/", 3)[3]
        counts["evidence files"] += rest.startswith("evidence/")
        if rest == "lineage.yaml" or rest.startswith(("attestations/", "events/")):
            from rampgate.app.checking.check_beside import statement_problems  # noqa: PLC0415 -- heavy: pydantic

            counts["lineage files" if rest == "lineage.yaml" else rest.split("/", 1)[0]] += 1
            problems += statement_problems(scope.root, path, names)
    return problems
