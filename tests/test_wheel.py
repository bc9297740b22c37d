"""The wheel holds what a user needs, and nothing else; it works where nothing but it is."""

from __future__ import annotations

import os
import subprocess
import sys
import zipfile
from email.parser import Parser
from pathlib import Path

import pytest

import rampgate
from rampgate.formats import schemas

ROOT = Path(__file__).resolve().parents[1]


@pytest.fixture(scope="module")
def wheel(tmp_path_factory) -> Path:
    """A wheel built from this tree with the locked build tool, which asks no network."""
    folder = tmp_path_factory.mktemp("wheel")
    words = [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", str(folder), str(ROOT)]
    done = subprocess.run(words, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    (built,) = folder.glob("*.whl")
    return built


def test_the_wheel_holds_every_module_and_no_test(wheel):
    names = set(zipfile.ZipFile(wheel).namelist())
    modules = {str(path.relative_to(ROOT / "src")) for path in (ROOT / "src").rglob("*.py")}
    assert modules <= names
    info = f"rampgate-{rampgate.__version__}.dist-info/"
    assert [name for name in names if not name.startswith(("rampgate/", info))] == []
    assert [name for name in names if name.endswith((".pyc", ".orig", ".rej", "~"))] == []
    assert {"rampgate/py.typed", info + "licenses/LICENSE", info + "entry_points.txt"} <= names


def test_the_wheel_holds_the_published_schemas(wheel):
    names = set(zipfile.ZipFile(wheel).namelist())
    assert {f"rampgate/schemas/{name}.schema.json" for name in schemas.NOUNS} <= names


def test_the_wheel_names_licence_version_and_python(wheel):
    with zipfile.ZipFile(wheel) as archive:
        info = f"rampgate-{rampgate.__version__}.dist-info/"
        metadata = Parser().parsestr(archive.read(info + "METADATA").decode())
        entry_points = archive.read(info + "entry_points.txt").decode()
    assert metadata["License-Expression"] == "Apache-2.0"
    assert metadata["Version"] == rampgate.__version__
    assert metadata["Requires-Python"] == ">=3.11"
    assert "rampgate = rampgate.cli.main:run" in entry_points


def test_the_unpacked_wheel_runs_from_anywhere(wheel, tmp_path):
    """Nothing may lean on the checkout: no file beside src/, no current folder."""
    zipfile.ZipFile(wheel).extractall(tmp_path / "site")
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    program = "import sys; sys.path.insert(0, sys.argv.pop(1)); from rampgate.cli.main import run; run()"
    words = [sys.executable, "-I", "-c", program, str(tmp_path / "site"), "--version"]
    done = subprocess.run(words, capture_output=True, text=True, check=False, cwd=elsewhere)
    assert (done.returncode, done.stdout, done.stderr) == (0, f"rampgate {rampgate.__version__}\n", "")


def test_the_installed_script_runs():
    script = Path(sys.executable).parent / "rampgate"
    done = subprocess.run([script, "--version"], capture_output=True, text=True, check=False, env=dict(os.environ))
    assert (done.returncode, done.stdout, done.stderr) == (0, f"rampgate {rampgate.__version__}\n", "")
