"""Records what landed in the repository that the environment names, or in a clone by itself; see `record`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from rampgate.adapters.git_pack import NotingObjects
from rampgate.adapters.github.client import GitHub
from rampgate.adapters.github.settings import settings_from
from rampgate.app.ci.judging import Place
from rampgate.app.github.record import landings
from rampgate.app.recording.clone import CloneSource
from rampgate.app.recording.record import record
from rampgate.app.recording.run import Recorded, RecordRequest
from rampgate.app.recording.source import ForgeSource
from rampgate.errors import Unreachable, UsageProblem
from rampgate.model.landing import Landing
from rampgate.model.record import Record

NOT_DECLARED = (
    "no decision history is declared, so nothing was recorded; `rampgate keys create` writes `policies/history.yaml`"
)


@dataclass(frozen=True, slots=True)
class RecordHere:
    """What is to be recorded where. before: for a repository without a history, the commit to begin after."""

    repo: Path
    branch: str
    before: str
    request: RecordRequest


@dataclass(frozen=True, slots=True)
class Given:
    """What is said instead of a forge. now: the moment; reviews, head: of the newest landing, None and "" for none."""

    now: str
    reviews: Path | None = None
    head: str = ""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What landed and what was recorded of it. declared: whether there is a history to record in."""

    landings: tuple[Landing, ...]
    records: tuple[Record, ...]
    notes: tuple[str, ...]
    declared: bool

    @property
    def is_clean(self) -> bool:
        """Return whether nothing went past the gate."""
        return not any(each.faults for each in self.landings) and not any(each.past_the_gate for each in self.records)


def record_here(environ: Mapping[str, str], here: RecordHere) -> Outcome:
    """Record what landed in the repository that the environment names, as GitHub Actions sets it; see `record`.

    Where no history is declared, what landed is judged all the same. Raises UsageProblem where it is then not said
    from where on, and as `record` does.
    """
    settings = settings_from(environ)
    with GitHub(settings) as forge, NotingObjects.open(here.repo) as git:
        place = Place(git, settings.git_url, settings.token, here.branch)
        recorded = record(git, ForgeSource(forge, place), here.request)
        if recorded is not None:
            return _outcome(recorded)
        if here.request.closed:
            return Outcome((), (), (NOT_DECLARED,), declared=False)
        if not here.before:
            raise UsageProblem(f"{NOT_DECLARED}\nwithout one, say by --before from where on what landed is judged")
        after = here.request.after or f"refs/remotes/origin/{here.branch}"
        return Outcome(tuple(landings(forge, place, here.before, after)), (), (NOT_DECLARED,), declared=False)


def record_offline(here: RecordHere, given: Given) -> Outcome:
    """Record what landed in a clone by itself; nobody else is asked. Raises UsageProblem without a declared history."""
    reviews = None if given.reviews is None else _read(given.reviews)
    with NotingObjects.open(here.repo) as git:
        source = CloneSource(git, here.branch, given.now, reviews, given.head)
        recorded = record(git, source, here.request)
    if recorded is None:
        raise UsageProblem(NOT_DECLARED)
    return _outcome(recorded)


def _outcome(recorded: Recorded) -> Outcome:
    return Outcome(tuple(recorded.landings), tuple(recorded.records), tuple(recorded.notes), declared=True)


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise Unreachable(f"{path}: {error.strerror or error}") from error
