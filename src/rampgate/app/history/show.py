"""Shows one record whole: what was decided, on what, by whom, who signed it, and what became of it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from rampgate.adapters.git_objects import GitObjects
from rampgate.adapters.sshsig import fingerprint, key_blob
from rampgate.app.history.open_history import OpenHistory, Tell, open_history
from rampgate.core.fate import Fates
from rampgate.core.history_select import corrections
from rampgate.errors import NotBelieved, Problem, UsageProblem
from rampgate.formats.record import SealedRecord, log_path
from rampgate.model.history_views import Entry, Shown, Signed, Statement
from rampgate.model.record import Record
from rampgate.model.sourced import Missing

_PLACE = re.compile(r"[0-9]{1,6}")
_NAME = re.compile(r"[0-9a-f]{7,64}")
_PULL = re.compile(r"#[0-9]{1,9}")


@dataclass(frozen=True, slots=True)
class ShowRequest:
    """id: the place of a record, a commit (7 or more digits of its name), or a pull request as `#12`."""

    repo: Path | GitObjects
    id: str
    trust: Path | None = None
    tell: Tell | None = None


def show(request: ShowRequest) -> Shown:
    """Return one record whole. Raises UsageProblem where the id means none or several, and as `log` does."""
    with open_history(request.repo, request.trust, request.tell) as history:
        return shown(history, request.id)


def shown(history: OpenHistory, id_: str) -> Shown:
    """Return one record of an open history; raises as `show` does."""
    entries = history.entries()
    entry = meant(entries, id_)
    sealed = history.one(entry.seq)
    record = sealed.record
    fate = Fates(each.record for each in entries).of(record)
    return Shown(
        record=record,
        entry=entry,
        path=log_path(record),
        signed=_signed(history, sealed),
        document=history.document(record),
        statements=tuple(_statements(history, record)),
        fate=fate.words,
        later=tuple(entries[seq] for seq in fate.later),
        neighbours={model: _neighbours(entries, model, entry.seq) for model in record.models},
        same_pull=tuple(_same_pull(entries, entry)),
        corrected_by=corrections(entries).get(entry.seq),
    )


def meant(entries: Sequence[Entry], id_: str) -> Entry:
    """Return the entry that an id means; of a pull request with several records, the newest.

    Raises UsageProblem where it means none, or a commit's name in part means several.
    """
    if _PLACE.fullmatch(id_):
        if int(id_) < len(entries):
            return entries[int(id_)]
        raise UsageProblem(f"there is no record {int(id_)}; the newest is {len(entries) - 1}")
    if _PULL.fullmatch(id_):
        found = [each for each in entries if each.record.pull and each.record.pull.number == int(id_[1:])]
        if not found:
            raise UsageProblem(f"no record is about pull request {id_}; `rampgate audit log` lists them")
        return found[-1]
    if _NAME.fullmatch(id_):
        return _of_commit(entries, id_)
    raise UsageProblem(f"`{id_[:80]}` is no record; give its number, a commit (7 or more digits), or `#12`")


def _of_commit(entries: Sequence[Entry], name: str) -> Entry:
    """What landed as the commit comes before what was asked for with it as its head; then a record's own digest."""
    landed = [each for each in entries if (each.record.git.landed or "").startswith(name)]
    heads = [each for each in entries if (each.record.git.head or "").startswith(name)]
    digests = [each for each in entries if each.digest.startswith(name)]
    found = landed or heads or digests
    if not found:
        raise UsageProblem(f"no record is about the commit `{name}`; `rampgate audit log` lists them")
    names = {each.record.git.landed for each in landed} or {each.record.git.head for each in heads}
    if len(names) > 1 or (digests == found and len(found) > 1):
        raise UsageProblem(f"`{name}` is the beginning of several names; write more of it")
    # A baseline stands at the commit at which the history begins, and there is one for each version.
    if len(found) > 1 and landed:
        places = ", ".join(str(each.seq) for each in found[:10])
        raise UsageProblem(f"several records are about the commit `{name}`; give one of their numbers: {places}")
    return found[-1]


def _signed(history: OpenHistory, sealed: SealedRecord) -> Signed:
    key = history.trust.signer(sealed)
    if isinstance(key, Missing):
        # `entries` has said otherwise a moment ago: the clone is being written to.
        raise NotBelieved([Problem(log_path(sealed.record), key.why)])
    return Signed(key, fingerprint(key_blob(key.key)))


def _statements(history: OpenHistory, record: Record) -> list[Statement]:
    found = []
    for each in record.statements:
        data = history.statement(each)
        absent = Missing("the history does not keep its content")
        text = absent if data is None else data.decode("utf-8", "replace")
        found.append(Statement(each.kind, each.path, each.sha256, text))
    return found


def _neighbours(entries: Sequence[Entry], model: str, seq: int) -> tuple[int | None, int | None]:
    own = [each.seq for each in entries if model in each.record.models]
    place = own.index(seq)
    before = own[place - 1] if place else None
    return before, own[place + 1] if place + 1 < len(own) else None


def _same_pull(entries: Sequence[Entry], entry: Entry) -> list[Entry]:
    pull = entry.record.pull
    if pull is None:
        return []
    return [
        each
        for each in entries
        if each.record.pull and each.record.pull.number == pull.number and each.seq != entry.seq
    ]
