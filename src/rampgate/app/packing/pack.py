"""Puts everything about decisions into a folder or an archive, for somebody who has no clone and no rampgate."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Final

from rampgate import __version__
from rampgate.adapters.git_objects import GitObjects
from rampgate.app.history.log import listed
from rampgate.app.history.open_history import OpenHistory, Tell, open_history
from rampgate.app.history.show import meant
from rampgate.app.packing.contents import allowed_signers, packed
from rampgate.app.packing.files import PackFolder, written_whole
from rampgate.core.fate import Fates
from rampgate.errors import UsageProblem
from rampgate.model.history_views import Entry, Filters
from rampgate.reports.history_csv import decisions_csv, finding_lines, findings_csv
from rampgate.reports.pack_page import MOST_IN_ONE, decision_page, index_page
from rampgate.reports.pack_readme import readme
from rampgate.reports.packed import Pack, PackedDecision

DEFAULT_OUT: Final = Path("audit-pack")


@dataclass(frozen=True, slots=True)
class PackRequest:
    """What is to be packed.

    ids: records, as `rampgate.app.history.show` takes them; none for all that `filters` mean. out: a folder, or an
    archive where the name ends in `.zip`. replace: a pack that stands there may give way. trust: a file kept elsewhere
    that says whose signatures count, None for the one of the governed branch.
    """

    repo: Path | GitObjects
    ids: tuple[str, ...] = ()
    filters: Filters = field(default_factory=Filters)
    out: Path = DEFAULT_OUT
    replace: bool = False
    trust: Path | None = None
    tell: Tell | None = None


@dataclass(frozen=True, slots=True)
class PackWritten:
    """What was written. files, size (bytes): of all decisions and of the pack itself, but for the list of files."""

    out: Path
    decisions: tuple[int, ...]
    files: int
    size: int


def pack(request: PackRequest) -> PackWritten:
    """Write a pack, whole or not at all, and return what it holds.

    Raises UsageProblem where no decision is meant or something is in the way, NotBelieved for a history that is not to
    be believed, Unreachable where there is none or nothing can be written.
    """
    with open_history(request.repo, request.trust, request.tell) as history:
        chosen = _chosen(history, request)
        with written_whole(request.out, replace=request.replace) as folder:
            findings: list[str] = []
            told = tuple(_decisions(history, chosen, folder, findings))
            _whole(history, told, request, folder, "".join(findings))
    return PackWritten(request.out, tuple(each.seq for each in chosen), len(folder.digests), folder.size)


def _chosen(history: OpenHistory, request: PackRequest) -> Sequence[Entry]:
    if request.ids:
        found = {entry.seq: entry for entry in (meant(history.entries(), each) for each in request.ids)}
        return [found[seq] for seq in sorted(found)]
    meant_by = listed(history, request.filters).entries
    if not meant_by:
        raise UsageProblem(f"no record is meant: {selection(request)}; `rampgate audit log` lists what there is")
    return meant_by


def _decisions(
    history: OpenHistory, chosen: Sequence[Entry], folder: PackFolder, findings: list[str]
) -> Iterator[PackedDecision]:
    """Yield each decision once its files and its page are written; `findings` takes its rows of the table.

    Of many, only what a list tells of them stays in memory.
    """
    fates = Fates(each.record for each in history.entries())
    for entry in chosen:
        told, held = packed(history, history.one(entry.seq), fates.of(entry.record))
        _put_all(folder, told.folder, {**held, "index.html": decision_page(told, history.repository).encode()})
        findings.append(finding_lines(told))
        yield told if len(chosen) <= MOST_IN_ONE else replace(told, document={}, files=(), request=None)


def _whole(
    history: OpenHistory, told: tuple[PackedDecision, ...], request: PackRequest, folder: PackFolder, findings: str
) -> None:
    entries = history.entries()
    settings = history.trust.settings
    whole = Pack(
        history.repository, settings.branch, selection(request), len(entries), entries[-1].digest, __version__, told
    )
    files = {
        "index.html": index_page(whole),
        "decisions.csv": decisions_csv(told),
        "findings.csv": findings_csv(()) + findings,
        "allowed_signers": allowed_signers(settings.signers),
        "README.txt": readme(whole, settings),
    }
    _put_all(folder, "", {path: text.encode() for path, text in files.items()})


def _put_all(folder: PackFolder, under: str, files: Mapping[str, bytes]) -> None:
    for path, data in sorted(files.items()):
        folder.put(f"{under}/{path}" if under else path, data)


def selection(request: PackRequest) -> str:
    """Return which decisions a request means, in words."""
    if request.ids:
        return f"chosen one by one: {', '.join(request.ids)}"
    asked = request.filters
    days = f"from {asked.since or 'the beginning'} to {asked.until or 'the newest'}"
    others = replace(asked, since="", until="").given
    return ", ".join([days, *(f"{name.replace('_', ' ')} {value}" for name, value in others.items())])
