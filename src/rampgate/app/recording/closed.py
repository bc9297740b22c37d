"""The last decision on a pull request that was closed without a merge, as of the moment at which it was closed.

Whoever was refused is on record as well as who was let in. Nothing is recorded of one that had been allowed, or that
brings nothing governed.
"""

from __future__ import annotations

from rampgate.adapters.git_objects import GitObjects
from rampgate.app.ci.gather import told
from rampgate.app.judging.chronicle import Chronicle
from rampgate.app.judging.gate import GateRequest, examine
from rampgate.app.recording.back import closed_before, covered_at
from rampgate.app.recording.landing import Seen, Step, merged_tree
from rampgate.app.recording.source import Source
from rampgate.errors import UsageProblem
from rampgate.model.vocabulary import Verdict


def closed_pull(git: GitObjects, source: Source, history: Chronicle, number: int) -> Seen | str:
    """Return a closed pull request, judged; or in words why there is nothing to record of it.

    It is compared with the commit at which the governed branch stood then, by the records.
    Raises UsageProblem where it is open or was merged, or nobody can be asked about it.
    """
    said = source.closed(number)
    if said.pull.get("merged_at"):
        raise UsageProblem(f"pull request {number} was merged; it is recorded with what landed, without --closed")
    if said.is_open:
        raise UsageProblem(f"pull request {number} is open; it is recorded once it is merged or closed")
    if said.base != source.branch:
        return f"pull request {number} is into `{said.base}`, which is not governed; nothing to record of it"
    before = closed_before(history, number, said.head, str(told(said.pull, "created_at")))
    if before is not None:
        return f"pull request {number} is on record with this head already: record {before.seq}"
    at = str(told(said.pull, "closed_at"))
    base = covered_at(history, at)
    claim = source.claimed(said, at, base)
    judged = examine(GateRequest(git, base, claim.head, at, claim.body, history=history))
    if judged.decision.verdict in (Verdict.ALLOW, None):
        verdict = judged.decision.verdict or "nothing governed in it"
        return f"pull request {number} was closed when the verdict was {verdict}; nothing to record of it"
    return Seen(Step(base, claim.head), at, claim.head, merged_tree(git, base, claim.head), claim, judged)
