"""Which files of tests run by a share in the plain suite, so that it ends in about two minutes, and whole in CI.

They prove one thing in many variants, each on a real repository, a forge or an engine. Every so many-th test of such a
file stays in the plain suite; the others bear the mark `long`, which `make test-slow` runs.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest

TESTS = Path(__file__).resolve().parent

ONE_OF = {
    "attacks/test_a_identity.py": 3,
    "attacks/test_b_content.py": 3,
    "attacks/test_c_git.py": 3,
    "attacks/test_d_parsing.py": 3,
    "attacks/test_f_time.py": 3,
    "attacks/test_g_gate.py": 3,
    "attacks/test_g_record.py": 3,
    "attacks/test_g_replay.py": 4,
    "attacks/test_g_signer.py": 3,
    "ci/test_adversary.py": 6,
    "ci/test_effects.py": 3,
    "ci/test_history.py": 4,
    "ci/test_killed.py": 4,
    "ci/test_record.py": 4,
    "ci/test_record_history.py": 8,
    "ci/test_record_replay.py": 5,
    "ci/test_replay_recorded.py": 6,
    "ci/test_review.py": 4,
    "ci/test_run.py": 4,
    "cli/test_audit_asof.py": 4,
    "cli/test_audit_correct.py": 4,
    "cli/test_audit_pack.py": 4,
    "cli/test_audit_replay.py": 5,
    "cli/test_audit_verify.py": 4,
    "cli/test_evidence.py": 4,
    "cli/test_evidence_verify_kinds.py": 10,
    "cli/test_keys.py": 4,
    "cli/test_measure_data_kinds.py": 3,
    "cli/test_publish.py": 6,
    "cli/test_record_offline.py": 4,
    "cli/test_whatif.py": 4,
    "engines/test_quoting.py": 10,
    "forge/test_calls.py": 4,
    "forge/test_git.py": 3,
    "history/test_killed.py": 6,
    "history/test_obstacles.py": 5,
    "history/test_races.py": 5,
    "smoke/test_smoke.py": 4,
    "stories/test_changes.py": 4,
    "stories/test_doctor.py": 4,
    "stories/test_doctor_history.py": 4,
    "stories/test_restore.py": 4,
    "stories/test_stories.py": 8,
    "stories/test_the_runner.py": 4,
    "test_governed_repo.py": 5,
    "unit/adapters/test_git_fetch.py": 4,
    "unit/adapters/test_ledger_write.py": 4,
    "unit/measure/test_data_files.py": 4,
    "unit/measure/test_drift.py": 3,
    "unit/measure/test_measures.py": 3,
    "unit/measure/test_no_silent_pass.py": 3,
    "unit/measure/test_scores.py": 3,
}
"""File -> of how many of its tests one stays in the plain suite."""

SLOW_ALREADY = ("docs", "peer", "browser", "spark", "scale")


def mark_long(items: Sequence[pytest.Item]) -> None:
    """Give the mark `long` to what the plain suite leaves out; what is slow by another mark is not counted."""
    seen: dict[str, int] = {}
    for item in items:
        name = item.path.relative_to(TESTS).as_posix() if item.path.is_relative_to(TESTS) else ""
        if name not in ONE_OF or any(item.get_closest_marker(mark) for mark in SLOW_ALREADY):
            continue
        place = seen[name] = seen.get(name, -1) + 1
        if place % ONE_OF[name]:
            item.add_marker(pytest.mark.long)
