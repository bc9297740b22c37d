"""The pages about the doctor say what the code says."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

from rampgate.core.doctor import CHECKS, examine
from rampgate.model.doctor import BypassActor, EnvironmentSeen, Unread
from rampgate.reports.doctor import render_text
from worlds.github_set_up import sound

DOCS = Path(__file__).resolve().parents[1] / "docs"
PAGE = (DOCS / "reference" / "doctor.md").read_text(encoding="utf-8")
HOW_TO = (DOCS / "how-to" / "find-holes-in-the-set-up.md").read_text(encoding="utf-8")
ROWS = re.findall(r"^\| `([a-z-]+-[a-z-]+)` \| (hole|weakness|unknown|advice) \| (.+) \|$", PAGE, re.MULTILINE)


def test_every_check_stands_on_the_page_with_its_reason():
    assert [(check, why) for check, _, why in ROWS] == [(each.id, each.why) for each in CHECKS]


def test_the_how_to_shows_what_is_said():
    """The page can not ask GitHub, so that what it shows is held against the report of the same findings."""
    seen = sound()
    assert not isinstance(seen.rulesets, Unread)
    administrators = (BypassActor("the role `admin`", "always"),)
    opened = replace(
        seen,
        commit="3f9c2d1a7b" + "0" * 30,
        rulesets=(replace(seen.rulesets[0], actors=administrators), *seen.rulesets[1:]),
        environments={"model-gate": EnvironmentSeen("model-gate", False, None, admins_bypass=False)},
    )
    refused = Unread("GitHub refuses to tell (403)", "administration: read")
    hidden = replace(seen, token_writes=refused, actions_approve=refused, bypassed=refused)
    shown = re.findall(r"^```text\n(.*?)^```$", HOW_TO, re.MULTILINE | re.DOTALL)
    assert shown == [
        render_text(examine(opened), width=80),
        render_text(examine(hidden), width=80).partition("\n\n")[2],
    ]
