"""A promotion that has everything a reviewer may see: an incumbent, groups, a waiver, an attestation, ignored reviews."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from worlds.governed_world import (
    ALICE,
    APPROVAL_RULE,
    ARTIFACT,
    BOB,
    DATASET,
    METRIC_RULE,
    RITA,
    SAM,
    STRANGER,
    GovernedWorld,
    card,
    dump,
    evidence,
)  # fmt: skip

OLD_ARTIFACT = "sha256:" + "b" * 64
BETTER = {
    "id": "evidence.at-most-two-points-worse", "kind": "evidence.no_worse_than", "effect": "block",
    "title": "It is at most two points less accurate than what serves now",
    "with": {"evidence": "performance", "metric": "accuracy", "than": "incumbent", "margin": "0.02"},
}  # fmt: skip
BY_SEX = {
    "id": "rates.approvals-by-sex", "kind": "fairness.ratio_at_least", "effect": "block",
    "title": "Approval rates are comparable across sex", "why": "Lending standard 4.2",
    "fix": "find out why the rates differ, and measure again",
    "with": {"evidence": "fairness", "metric": "selection_rate", "by": ["sex"], "at_least": "0.80", "min_group": 100},
    "waivable": {"by": ["risk"], "outcomes": ["insufficient"], "max_days": 30},
}  # fmt: skip
RECALL = {
    "id": "evidence.recall-in-every-group", "kind": "evidence.metric_within", "effect": "warn",
    "title": "Nobody's cases are overlooked",
    "with": {"evidence": "fairness", "metric": "recall", "group": "every", "by": ["sex"], "at_least": "0.60", "min_n": 50},
}  # fmt: skip
LOOKED = {
    "id": "security.has-looked", "kind": "attestation.current", "effect": "block", "title": "Security has looked",
    "with": {"roles": ["security"]},
}  # fmt: skip
WAIVER = {
    "schema": "rampgate/waiver/v1", "id": "W-2026-014", "rule": BY_SEX["id"], "model": "credit-risk",
    "version": "2.0.0", "entering": "canary", "reason": "the third group is under the minimum until March",
    "owner": "alice", "approved_by": "rita", "starts": "2026-11-10", "ends": "2026-12-01",
}  # fmt: skip
ATTESTATION = {
    "schema": "rampgate/attestation/v1", "role": "security", "person": "sam", "covers": "version",
    "statement": "Reviewed threat model TM-12; no open high finding.", "date": "2026-11-18", "expires": "2027-11-18",
}  # fmt: skip


def by_sex() -> dict[str, Any]:
    """f: 160 of 400 selected, m: 200 of 400, x: 12 of 30, and a fourth group that is suppressed."""
    rows = [
        ["f", 0, 0, 190], ["f", 0, 1, 10], ["f", 1, 0, 50], ["f", 1, 1, 150],
        ["m", 0, 0, 180], ["m", 0, 1, 20], ["m", 1, 0, 20], ["m", 1, 1, 180],
        ["x", 0, 0, 14], ["x", 0, 1, 2], ["x", 1, 0, 4], ["x", 1, 1, 10],
    ]  # fmt: skip
    counts = {"columns": ["sex", "y_true", "y_pred", "n"], "rows": rows}
    source = {"uri": "scores.csv", "digest": DATASET, "rows": 837}
    return evidence(kind="fairness", counts=counts, source=source, minimum_cell=10, suppressed=[{"sex": "not told"}])


def incumbent() -> dict[str, Any]:
    about = {"model": "credit-risk", "version": "1.4.0", "artifact": OLD_ARTIFACT, "dataset": DATASET}
    return evidence(880, 120, subject=about)


def reviewed_world(folder: Path) -> GovernedWorld:
    """The world before the promotion: version 1.4.0 serves everybody, 2.0.0 stands at the first stage."""
    world = GovernedWorld(folder, rules=(METRIC_RULE, BETTER, BY_SEX, RECALL, LOOKED, APPROVAL_RULE))
    world.add_version(
        card(version="1.4.0", stage="full", artifact={"uri": "s3://models/x", "digest": OLD_ARTIFACT}), incumbent()
    )
    monitoring = {"signals": [{"name": "accuracy", "kind": "quality"}]}
    world.cards["credit-risk", "2.0.0"] |= {"monitoring": monitoring, "summary": "Scores applications for a loan."}
    world.replace_evidence(evidence(860, 140), by_sex())
    world.write("policies/waivers/W-2026-014.yaml", dump(WAIVER))
    world.base = world.commit("everything that stands on base")
    return world


def promotion(folder: Path) -> tuple[GovernedWorld, str, list[dict[str, Any]]]:
    """The promotion, its head, and reviews of which one counts: an old one, one's own, a stranger's, and Rita's."""
    world = reviewed_world(folder)
    world.branch("work")
    world.edit_card(stage="canary")
    first = world.commit("promote")
    trigger = {
        "metric": "accuracy", "window": "7d", "min_samples": 500, "op": "<", "value": 0.8, "kind": "absolute",
        "action": "rollback",
    }  # fmt: skip
    monitoring = {"signals": [{"name": "accuracy", "kind": "quality", "window": "7d"}], "triggers": [trigger]}
    owners = {"business": "alice", "technical": "bob", "reliability": "sam"}
    world.edit_card(monitoring=monitoring, owners=owners, licences=["MIT"], summary=None)
    world.replace_evidence(evidence(900, 100, subject=subject()), by_sex())
    world.write("model_cards/credit-risk/2.0.0/attestations/tm-12.yaml", dump(ATTESTATION))
    head = world.commit("say what follows when it gets worse")
    given = [(RITA, first), (ALICE, head), (STRANGER, head), (BOB, head)]
    return world, head, [world.review(who, commit) for who, commit in given]


def subject() -> dict[str, Any]:
    return {
        "model": "credit-risk",
        "version": "2.0.0",
        "artifact": ARTIFACT,
        "dataset": DATASET,
        "dataset_name": "test",
    }


def approved(folder: Path) -> tuple[GovernedWorld, str, list[dict[str, Any]]]:
    world, head, reviews = promotion(folder)
    return world, head, [*reviews, world.review(RITA, head), world.review(SAM, head)]
