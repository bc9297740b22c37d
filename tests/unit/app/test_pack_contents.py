"""Where a file of the repository lies in a pack, and what it is."""

from __future__ import annotations

import pytest

from rampgate.app.packing.contents import _placed, role_of
from rampgate.reports.packed import FileRole

DIGEST = "2" * 64
ROLES = {
    "model_cards/credit-risk/2.0.0/card.yaml": FileRole.CARD,
    "model_cards/credit-risk/2.0.0/lineage.yaml": FileRole.LINEAGE,
    "model_cards/credit-risk/2.0.0/evidence/fairness.json": FileRole.EVIDENCE,
    "model_cards/credit-risk/2.0.0/attestations/tm-12.yaml": FileRole.ATTESTATION,
    "model_cards/credit-risk/2.0.0/events/inc-7.yaml": FileRole.EVENT,
    "model_cards/credit-risk/2.0.0/runbook.md": FileRole.OTHER_OF_VERSION,
    "model_cards/stray.txt": FileRole.OTHER_OF_VERSION,
    "policies/people.yaml": FileRole.PEOPLE,
    "policies/ladder.yaml": FileRole.PEOPLE,
    "policies/governance.yaml": FileRole.PEOPLE,
    "policies/lending.yaml": FileRole.POLICY,
    "policies/schemas/card.schema.json": FileRole.POLICY,
    "policies/waivers/W-1.yaml": FileRole.EXCEPTION,
    "policies/break-glass/inc-7.yaml": FileRole.EXCEPTION,
    ".github/workflows/gate.yml": FileRole.POLICY,
}


@pytest.mark.parametrize("path", ROLES)
def test_a_file_is_what_its_path_says(path):
    assert role_of(path) is ROLES[path]


@pytest.mark.parametrize("path", ["policies/people.yaml", "model_cards/a/1.0/md/übersicht.md", ".github/CODEOWNERS"])
def test_a_file_keeps_its_path(path):
    assert _placed("base", path, DIGEST) == f"base/{path}"


UNSAFE = {
    "a way up": "../../etc/cron.d/evil",
    "a way up in the middle": "policies/../../x",
    "the root": "/etc/passwd",
    "an empty name": "policies//x",
    "a dot": "./x",
    "a backslash": "policies\\..\\x",
    "a drive": "C:x",
    "a line break": "policies/a\nb.yaml",
    "a colour": "policies/\x1b[31m",
    "a direction": "policies/\u202elmay.x",
    "a blank at the end": "policies/x ",
    "a dot at the end": "policies/x.",
    "a name that is too long": "policies/" + "ü" * 128,
    "nothing": "",
}


@pytest.mark.parametrize("case", UNSAFE)
def test_a_name_that_could_lead_elsewhere_is_not_used(case):
    assert _placed("base", UNSAFE[case], DIGEST) == f"other/{DIGEST}"
