"""A history with one record of each sort that an auditor asks about: for packs, pages and exports.

Record 0 opens, 1 and 2 are baselines, 3 was closed without an approval, 4 was allowed with a waiver and attested, 5 was
pushed past the gate, 6 rolls back, 7 corrects record 5.
"""

from __future__ import annotations

from pathlib import Path

from golden.reviewed_world import (
    ATTESTATION,
    BETTER,
    BY_SEX,
    LOOKED,
    OLD_ARTIFACT,
    RECALL,
    WAIVER,
    by_sex,
    incumbent,
    subject,
)
from worlds.governed_world import APPROVAL_RULE, METRIC_RULE, OLGA, OTTO, RITA, SAM, card, dump, evidence
from worlds.history_world import HistoryWorld, sha256

FOLDER = "model_cards/credit-risk/2.0.0"
EVENT = {
    "schema": "rampgate/event/v1", "kind": "rollback", "from": "ramp", "to": "pilot", "by": "alice",
    "reason": "error rate doubled within the hour", "date": "2026-11-23",
}  # fmt: skip
PUT_RIGHT = "policies/corrections/000005.yaml"
CORRECTION = {
    "schema": "rampgate/correction/v1", "corrects": 5, "conclusion": "reverted", "by": "rita",
    "reason": "rolled back the next day", "date": "2026-11-24",
}  # fmt: skip


class AuditedWorld(HistoryWorld):
    """Built once for a module of tests; who changes something takes a `copy`."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder, rules=(METRIC_RULE, BETTER, BY_SEX, RECALL, LOOKED, APPROVAL_RULE))
        old = card(version="1.4.0", stage="full", artifact={"uri": "s3://models/x", "digest": OLD_ARTIFACT})
        self.add_version(old, incumbent())
        self.cards["credit-risk", "2.0.0"] |= {"summary": "Scores applications for a loan."}
        self.replace_evidence(evidence(860, 140), by_sex())
        self.write("policies/waivers/W-2026-014.yaml", dump(WAIVER))
        self.base = self.commit("everything that stands on base")
        self.begin()
        self.deny(at="2026-11-20T08:00:00Z", stage="canary")
        self.land(
            self._measured_again, at="2026-11-20T09:00:00Z", recorded_at="2026-11-20T09:04:10Z", stage="canary",
            approved_by=(RITA, SAM), verdict="allow",
        )  # fmt: skip
        self.push(at="2026-11-22T09:00:00Z", stage="ramp")
        self.land(self._went_wrong, at="2026-11-23T09:00:00Z", stage="pilot", approved_by=(), verdict="allow")
        said = {"kind": "correction", "path": PUT_RIGHT, "sha256": sha256(dump(CORRECTION).encode())}
        self.land(
            self._put_right, at="2026-11-24T09:00:00Z", approved_by=(OTTO, OLGA), verdict="allow", corrects=[5],
            statements=[said],
        )  # fmt: skip

    def _measured_again(self) -> None:
        self.edit_card(owners={"business": "alice", "technical": "bob", "reliability": "sam"})
        self.replace_evidence(evidence(900, 100, subject=subject()), by_sex())
        self.write(f"{FOLDER}/attestations/tm-12.yaml", dump(ATTESTATION))

    def _went_wrong(self) -> None:
        self.write(f"{FOLDER}/events/inc-812.yaml", dump(EVENT))

    def _put_right(self) -> None:
        self.write(PUT_RIGHT, dump(CORRECTION))
