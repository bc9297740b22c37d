"""The audited world some days later: the ladder has changed. Built once in a process, and read by every test of it.

Record 8 lets 10% and not 5% of the traffic go to the canary; 9 comes up to it again, past the gate.
"""

from __future__ import annotations

import atexit
import copy
import shutil
import tempfile
from functools import cache
from pathlib import Path

from worlds.audited_world import AuditedWorld
from worlds.governed_world import LADDER, OLGA, OSSI, OTTO, RITA, dump


@cache
def grown_world() -> AuditedWorld:
    """The world; whoever changes something takes a `copy` of it."""
    folder = Path(tempfile.mkdtemp(prefix="rampgate-grown-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    world = AuditedWorld(folder)
    ladder = copy.deepcopy(LADDER)
    ladder["stages"][1]["exposure_percent"] = 10
    world.write("policies/ladder.yaml", dump(ladder))
    world.land(at="2026-11-25T09:00:00Z", by=OTTO, approved_by=(OLGA, OSSI), verdict="allow")
    world.land(at="2026-11-26T09:00:00Z", stage="canary", approved_by=(RITA,))
    return world
