"""What is shown of an evidence file: its content, once its own tables agree with it, and who signed it."""

from __future__ import annotations

from pathlib import Path

from rampgate.app.evidence.opened import open_evidence, signature_of
from rampgate.app.judging.recomputed import faults_of
from rampgate.errors import InvalidInput, Problem
from rampgate.model.evidence import Evidence
from rampgate.reports.evidence_show import Shown


def shown_evidence(path: Path, repo: Path) -> tuple[Evidence, Shown]:
    """Return the evidence in a file and what is known of it beside.

    Raises InvalidInput where it is no evidence, or where its tables do not give what it records; Unreachable where it
    can not be read.
    """
    evidence = open_evidence(path)
    faults = faults_of(evidence.noun)
    if faults:
        fix = f"see all of it with `rampgate evidence verify {path}`; measure again"
        raise InvalidInput([Problem(str(path), fault, 1, 1, fix=fix) for fault in faults])
    signature = signature_of(path, evidence, repo)
    words = {"refused": f"NOT by a key that counts: {signature.words}"}.get(signature.state, signature.words)
    return evidence.noun, Shown(str(path), evidence.digest, words)
