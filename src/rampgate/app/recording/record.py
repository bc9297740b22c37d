"""Records what landed on the governed branch: judges it again as of its merge, and appends it to the history.

The history is caught up from the newest commit on record, in order, one record for each governed commit. Nothing is
kept between two runs but the branch itself: whoever is stopped, or slower than another, looks again and goes on from
there, so that no landing is left out and none is there twice.
"""

from __future__ import annotations

import random
import time
from contextlib import suppress
from typing import Final

from rampgate import __version__
from rampgate.adapters import packaged
from rampgate.adapters.git_pack import NotingObjects
from rampgate.adapters.ledger import Ledger
from rampgate.app.judging.chronicle import Chronicle
from rampgate.app.judging.trust import Trust
from rampgate.app.recording.declared import Declared, declared_at, declared_before
from rampgate.app.recording.run import Attempt, Recorded, RecordRequest
from rampgate.app.recording.scribe import Scribe
from rampgate.app.recording.source import Source
from rampgate.app.recording.tip import refuse_foreign
from rampgate.core.recorded import Writing
from rampgate.errors import InvalidInput, RampgateError, Unreachable
from rampgate.model.history import DECISIONS
from rampgate.model.record import RecordedEngine

ATTEMPTS: Final = 12
"""How often a run looks again where somebody else is faster."""

_LONGEST_WAIT_SECONDS: Final = 4.0


def record(git: NotingObjects, source: Source, request: RecordRequest) -> Recorded | None:
    """Catch the history up and return what was written, None where no history is declared (or none any more).

    Raises InvalidInput where settings or history can not be believed, UsageProblem where the key may not sign,
    Unreachable where forge or Git do not answer, the clock is behind, or others were faster at every attempt. Nothing
    but whole records is ever pushed.
    """
    done = Recorded()
    for attempt in range(ATTEMPTS):
        begun = _begun(git, source, request, done)
        if begun is None:
            return done if done.records else None
        if begun.catches_up():
            if done.records and not request.dry_run:
                _tell_the_clone(source, begun.declared.settings.branch)
            if begun.declared.ended and not done.records:
                return None
            if begun.declared.ended:
                done.notes.append(f"the history ends with commit {begun.declared.until[:10]}, which took it away")
            return done
        # Two that wait equally long meet again.
        time.sleep(random.SystemRandom().uniform(0, min(0.05 * 2**attempt, _LONGEST_WAIT_SECONDS)))
    raise Unreachable(
        f"somebody else was faster {ATTEMPTS} times, or the branch of the history is locked; run this again"
    )


def _begun(git: NotingObjects, source: Source, request: RecordRequest, done: Recorded) -> Attempt | None:
    # The moment comes first: what is merged after it is not in what is looked at then.
    now = source.now()
    tip = source.governed_tip()
    declared = _declared(git, source, tip)
    if declared is None:
        return None
    settings = declared.settings
    at = source.history_tip(settings.branch)
    ledger = Ledger(git, at) if at else None
    if ledger is not None:
        refuse_foreign(git, ledger, ledger.commit, settings.branch)
    chronicle = Chronicle(ledger, Trust(settings), ledger.size if ledger else 0)
    engine = RecordedEngine(name="rampgate", version=__version__, sha256=packaged.engine_sha256())
    # And it is written down after everything that it looks at has happened.
    writing = Writing(settings.repository, source.time_source, source.now(), engine)
    scribe = Scribe(chronicle, writing, None if request.dry_run else request.key)
    return Attempt(git, source, request, declared, tip, at, now, scribe, done)


def _declared(git: NotingObjects, source: Source, tip: str) -> Declared | None:
    """Return the settings of the history; whoever takes them away or breaks them is recorded by the last ones."""
    problem: InvalidInput | None = None
    try:
        found = declared_at(git, tip)
    except InvalidInput as error:
        found, problem = None, error
    if found is None and source.history_tip(DECISIONS) is not None:
        found = declared_before(git, tip)
    if found is None and problem is not None:
        raise problem
    return found


def _tell_the_clone(source: Source, branch: str) -> None:
    """Let the clone know what was pushed; what is recorded does not depend on it."""
    with suppress(RampgateError):
        source.history_tip(branch)
