"""No tracked file names a machine, a person's folder or a place to download packages from."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]

# Spelled in pieces, so that this file does not name what it looks for.
FOLDERS = ("work", "root", "home", "Users", "opt")
HOSTS = ("py" + "pi", "python" + "hosted", "npm" + "js", "cra" + "tes")
ABSOLUTE = re.compile(r"(?<![\w.:/~$}{*-])/(?:" + "|".join(FOLDERS) + r")/[\w.]")
DOWNLOADS = re.compile(r"(?i)(?:https?://|file://|@|\b)(?:[\w-]+\.)*(?:" + "|".join(HOSTS) + r")\.(?:org|com|io)\b")


def leaks(text: str) -> list[str]:
    return [match.group() for pattern in (ABSOLUTE, DOWNLOADS) for match in pattern.finditer(text)]


def tracked() -> list[Path]:
    done = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=False)
    if done.returncode:
        pytest.skip("not a Git checkout, so there is nothing tracked to look at")
    return [ROOT / name for name in done.stdout.split("\0") if name]


def test_no_tracked_file_leaks():
    found = []
    for path in tracked():
        if path.is_file() and not path.is_symlink():
            text = path.read_bytes().decode("utf-8", "replace")
            found += [f"{path.relative_to(ROOT)}: {leak}" for leak in leaks(text)]
    assert found == []


PLANTED = {
    "a work folder": "/" + "work/main/x",
    "a home": "see /" + "home/ann/card.yaml",
    "a home in quotes": '"/' + 'root/.cache"',
    "a package index": "https://" + "py" + "pi.org/simple",
    "its files": "files." + "python" + "hosted.org",
}


@pytest.mark.parametrize("case", PLANTED)
def test_a_planted_leak_is_found(case):
    assert leaks(PLANTED[case])


@pytest.mark.parametrize("text", ["https://example.com/work/x", "src/work/main", "PyPI", "$HOME/root/x", "../home/x"])
def test_what_leaks_nothing_is_left_alone(text):
    assert leaks(text) == []
