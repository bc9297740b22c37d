"""Records as SLSA Verification Summary Attestations: what was decided about a commit or an artifact, for other tools.

What comes out is an in-toto statement without a signature: the record that it is made from is signed, and is named as
its one input. It says `PASSED` only of what was allowed and landed as it was judged. It says nothing of SLSA levels:
the levels are rampgate's own and begin with `RAMPGATE_`.

Source: slsa.dev, "Verification Summary Attestation", predicate v1, text of version 1.1.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from rampgate.formats.digest import sha256_of
from rampgate.formats.dsse import statement
from rampgate.formats.record import SealedRecord, log_path
from rampgate.model.record import Record, RecordedDecision, RecordedInput
from rampgate.model.vocabulary import Effect, Outcome, Verdict

PREDICATE_TYPE: Final = "https://slsa.dev/verification_summary/v1"
SLSA_VERSION: Final = "1.1"
ABOUT: Final = "urn:rampgate:decision:v1"
"""The name of our own field; the specification asks for a URI as the name of such a field."""

_SHA256: Final = "sha256:"
_AT_A_HOST: Final = re.compile(r"[a-z0-9-]+(\.[a-z0-9-]+)+/.+", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Summary:
    """One statement, and a name for its file without ending, such as `000042-artifact`."""

    name: str
    statement: Mapping[str, Any]


def summaries(sealed: SealedRecord, artifact_uri: str | None, branch: str) -> Iterator[Summary]:
    """Yield what a record says: of the commit that was judged, and of the artifact where that is one thing.

    artifact_uri: where the card says that the artifact is, "" where it does not say; None for an artifact of parts,
    whose identity is the digest of their list and of nothing that is served. branch: of the history.
    A record without a decision, such as a baseline, yields nothing: nobody judged.
    """
    record = sealed.record
    decision = record.decision
    if decision is None:
        return
    commit = record.git.landed or record.git.head
    if commit is not None:
        subject = {"name": "landed" if record.landed else "head", "digest": {"gitCommit": commit}}
        resource = f"{repository_uri(record.repository)}@{commit}"
        yield Summary(f"{record.seq:06d}-commit", _statement(sealed, decision, subject, resource, branch))
    shown = decision.transition
    if shown is not None and artifact_uri is not None and shown.artifact.startswith(_SHA256):
        subject = {
            "name": f"{shown.model}@{shown.version}",
            "digest": {"sha256": shown.artifact.removeprefix(_SHA256)},
        }
        resource = artifact_uri or f"urn:rampgate:artifact:{shown.model}:{shown.version}"
        yield Summary(f"{record.seq:06d}-artifact", _statement(sealed, decision, subject, resource, branch))


def failures(record: Record) -> tuple[str, ...]:
    """Return why what a record tells of is not `PASSED`, in words; empty for what was allowed and landed as judged."""
    decision, git = record.decision, record.git
    found = [] if decision is None or decision.verdict is Verdict.ALLOW else [f"the verdict is {decision.verdict}"]
    if not record.landed:
        found.append("it did not land")
    elif git.landing_tree is None or git.landing_tree != git.landed_tree:
        found.append("what landed is not what was judged")
    return (*found, *record.past_the_gate)


def levels(record: Record) -> list[str]:
    """Return what was verified: the kind of change, and the stage that it may stand at; `FAILED` for a failure.

    A stage that was reached by an exception has a name of its own: who looks for the plain one does not find it.
    """
    decision = record.decision
    if decision is None or failures(record):
        return ["FAILED"]
    ending = _exception(decision)
    found = [f"RAMPGATE_CHANGE_{_capitals(record.kind)}{ending}"]
    if decision.transition is not None:
        found.append(f"RAMPGATE_STAGE_{_capitals(decision.transition.to)}{ending}")
    return found


def policy_digest(decision: RecordedDecision) -> str:
    """Return one digest of every policy file that was read, 64 hexadecimal digits.

    It is of the text that `sha256sum` writes of these files, ordered by path: `<digest>  <path>` on one line each.
    """
    lines = (f"{each.sha256}  {each.path.partition(':')[2]}\n" for each in policy_inputs(decision))
    return sha256_of("".join(lines).encode()).removeprefix(_SHA256)


def policy_inputs(decision: RecordedDecision) -> list[RecordedInput]:
    """Return the files that were judged by: those of the base; for the first policies, those that they brought."""
    for side in ("base:", "landing:"):
        found = [each for each in decision.inputs if each.path.startswith(f"{side}policies/")]
        if found:
            return sorted(found, key=lambda each: each.path)
    return []


def repository_uri(repository: str) -> str:
    """Return a repository as a URI; a name that does not begin with a host stays a name."""
    return f"git+https://{repository}" if _AT_A_HOST.fullmatch(repository) else f"urn:rampgate:repository:{repository}"


def _statement(
    sealed: SealedRecord, decision: RecordedDecision, subject: Mapping[str, Any], resource: str, branch: str
) -> dict[str, Any]:
    record = sealed.record
    home = repository_uri(record.repository)
    against = record.git.base or record.git.covered
    why = failures(record)
    predicate = {
        "verifier": {
            "id": f"urn:rampgate:gate:{record.repository}",
            "version": {record.engine.name: record.engine.version},
        },
        "timeVerified": decision.evaluated_at,
        "resourceUri": resource,
        "policy": {"uri": f"{home}@{against}#policies", "digest": {"sha256": policy_digest(decision)}},
        "inputAttestations": [
            {"uri": f"{home}@{branch}#{log_path(record)}", "digest": {"sha256": sealed.digest}},
        ],
        "verificationResult": "FAILED" if why else "PASSED",
        "verifiedLevels": levels(record),
        "slsaVersion": SLSA_VERSION,
        ABOUT: {
            "record": record.seq,
            "kind": str(record.kind),
            "title": record.title,
            "verdict": str(decision.verdict),
            "why": list(why),
        },
    }
    return statement([subject], PREDICATE_TYPE, predicate)


def _exception(decision: RecordedDecision) -> str:
    excused = [each for each in decision.findings if each.outcome is Outcome.WAIVED and each.effect is Effect.BLOCK]
    if decision.break_glass:
        return "_BY_BREAK_GLASS"
    return "_BY_WAIVER" if excused or decision.waivers else ""


def _capitals(name: str) -> str:
    return name.upper().replace("-", "_")
