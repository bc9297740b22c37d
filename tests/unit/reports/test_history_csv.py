"""The tables of the history: a spreadsheet reads every cell as the text that it is."""

from __future__ import annotations

import csv
import io
import unicodedata

import pytest

from rampgate.reports.history_csv import DECISIONS, FINDINGS, decisions_csv, findings_csv
from rampgate.reports.history_table import harmless
from unit.reports.hostile import EVERYTHING, TEXTS
from unit.reports.packs import a_packed_decision

FORMULAS = {
    "a sum": "=1+1",
    "a command": "=cmd|' /C calc'!A0",
    "a plus": "+1",
    "a minus": "-1+2",
    "an at sign": "@SUM(A1)",
    "behind blanks": "  =1+1",
    "behind a tab": "\t=1+1",
    "behind a line break": "\n=1+1",
    "a wide equals sign": "\uff1d1+1",
    "a wide at sign": "\uff20SUM(A1)",
}


@pytest.mark.parametrize("case", FORMULAS)
def test_no_cell_is_a_formula(case):
    """Source of the signs: OWASP, "CSV Injection"."""
    shown = harmless(FORMULAS[case])
    assert shown.startswith("'")
    assert "\t" not in shown
    assert "\r" not in shown


@pytest.mark.parametrize("case", ["", "credit-risk", "2026-11-20", "a = b", "1.4.0"])
def test_other_cells_stay_as_they_are(case):
    assert harmless(case) == case


@pytest.mark.parametrize("case", {**TEXTS, "everything": EVERYTHING})
def test_each_decision_is_one_line_whatever_its_texts_hold(case):
    told = a_packed_decision({**TEXTS, "everything": EVERYTHING}[case])
    for written, header, count in ((decisions_csv([told]), DECISIONS, 1), (findings_csv([told]), FINDINGS, 2)):
        assert written.count("\r\n") == count + 1
        assert written.replace("\r\n", "").isprintable()
        rows = list(csv.reader(io.StringIO(written, newline="")))
        assert rows[0] == list(header)
        assert [len(row) for row in rows] == [len(header)] * (count + 1)
        assert not [c for row in rows for cell in row for c in cell if unicodedata.category(c) in ("Cc", "Cf")]


def test_a_cell_with_a_quote_and_a_comma_is_quoted_as_rfc_4180_says():
    told = a_packed_decision('he said "no", twice')
    assert '"he said ""no"", twice"' in findings_csv([told])
