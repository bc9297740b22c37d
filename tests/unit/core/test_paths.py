"""Which paths are governed; a name that only looks like another is governed as that other."""

from __future__ import annotations

import pytest

from rampgate.core.paths import Area, area_of, clashes, split

AREAS = {
    "model_cards/fraud/1.0/card.yaml": Area.VERSION,
    "model_cards/fraud/1.0/lineage.yaml": Area.VERSION,
    "model_cards/fraud/1.0/evidence/fairness.json": Area.VERSION,
    "model_cards/fraud/1.0/attestations/a.yaml": Area.VERSION,
    "model_cards/fraud/1.0/events/e.yaml": Area.VERSION,
    "model_cards/fraud/1.0/runbook.md": Area.VERSION,
    "model_cards/fraud/1.0/docs/deep/note.md": Area.VERSION,
    "model_cards/README.md": Area.PROSE,
    "model_cards/fraud/README.md": Area.PROSE,
    "model_cards/fraud/1.0/weights.bin": Area.STRAY,
    "model_cards/fraud/1.0/Card.yaml": Area.STRAY,
    "model_cards/fraud/1.0/card.yml": Area.STRAY,
    "model_cards/fraud/1.0/evidence/.hidden.json": Area.STRAY,
    "model_cards/fraud/1.0/evidence/../card.yaml": Area.STRAY,
    "model_cards/Fraud/1.0/card.yaml": Area.STRAY,
    "model_cards/fraud/card.yaml": Area.STRAY,
    "model_cards/fraud": Area.STRAY,
    "model_cards": Area.STRAY,
    "Model_Cards/fraud/1.0/card.yaml": Area.STRAY,
    "MODEL_CARDS": Area.STRAY,
    "model_cards/fraud/1.0/card.yaml\n": Area.STRAY,
    "policies/waivers/W-1.yaml": Area.WAIVER,
    "policies/waivers/W-1.yml": Area.STRAY,
    "policies/waivers/sub/W-1.yaml": Area.STRAY,
    "Policies/Waivers/W-1.yaml": Area.STRAY,
    "policies/lending.yaml": Area.CONTROL,
    "POLICIES/lending.yaml": Area.CONTROL,
    "policies": Area.CONTROL,
    "policies/schemas/card.json": Area.CONTROL,
    ".github/workflows/ci.yml": Area.CONTROL,
    ".GitHub/workflows/ci.yml": Area.CONTROL,
    "CODEOWNERS": Area.CONTROL,
    "docs/CODEOWNERS": Area.CONTROL,
    "deep/down/.gitattributes": Area.CONTROL,
    "deep/.GITATTRIBUTES": Area.CONTROL,
    ".gitmodules": Area.CONTROL,
    ".rampgate-version": Area.CONTROL,
    "src/CODEOWNERS": Area.OUTSIDE,
    "model_cards_old/fraud/1.0/card.yaml": Area.OUTSIDE,
    "policies.md": Area.OUTSIDE,
    "README.md": Area.OUTSIDE,
}


@pytest.mark.parametrize("path", AREAS)
def test_a_path_belongs_to_one_area(path):
    assert area_of(path) is AREAS[path]


def test_a_version_path_is_taken_apart():
    found = split("model_cards/fraud/1.0/evidence/a.json")
    assert found is not None
    assert (found.model, found.version, found.rest, found.folder) == (
        "fraud",
        "1.0",
        "evidence/a.json",
        "model_cards/fraud/1.0",
    )


def test_names_that_a_mac_takes_for_one_clash():
    """`é` as one letter, and as `e` with an accent behind it."""
    found = clashes(["caf\u00e9", "cafe\u0301", "tea", "Tea", "x"])
    assert sorted(found) == [("Tea", "tea"), ("cafe\u0301", "caf\u00e9")]
