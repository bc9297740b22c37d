"""The locked dependencies are complete, pinned by hash, and those that pyproject.toml asks for."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).resolve().parents[1]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
LOCKS = ("runtime", "dev", "spark-build", "spark-server")


def entries(name: str) -> list[str]:
    """Each requirement with its hashes as one line, without comments."""
    text = (ROOT / "requirements" / f"{name}.txt").read_text(encoding="utf-8")
    lines = [line for line in text.splitlines() if not line.lstrip().startswith("#")]
    return [line for line in "\n".join(lines).replace("\\\n", " ").splitlines() if line.strip()]


def pinned(name: str) -> dict[str, set[str]]:
    """Package -> the versions it is pinned to; several where platforms or Pythons differ."""
    found: dict[str, set[str]] = {}
    for entry in entries(name):
        package, _, rest = entry.partition("==")
        found.setdefault(canonicalize_name(package), set()).add(rest.split()[0])
    return found


@pytest.mark.parametrize("name", LOCKS)
def test_every_line_pins_a_version_and_its_hashes(name):
    for entry in entries(name):
        assert re.fullmatch(r"[a-z0-9-]+==[^ ;]+( ;[^\\]+?)?( +--hash=sha256:[0-9a-f]{64})+ *", entry), entry[:80]


@pytest.mark.parametrize(
    ("name", "asked"),
    [
        ("runtime", PROJECT["project"]["dependencies"]),
        ("dev", PROJECT["project"]["dependencies"]),
        ("dev", PROJECT["project"]["optional-dependencies"]["measure"]),
        ("dev", PROJECT["project"]["optional-dependencies"]["postgres"]),
        ("dev", PROJECT["project"]["optional-dependencies"]["spark"]),
        ("dev", PROJECT["dependency-groups"]["dev"]),
        ("spark-build", PROJECT["dependency-groups"]["spark-build"]),
        ("spark-server", PROJECT["dependency-groups"]["spark-server"]),
        ("dev", PROJECT["build-system"]["requires"]),
    ],
    ids=[
        "runtime",
        "dev: runtime",
        "dev: measure",
        "dev: postgres",
        "dev: spark",
        "dev: dev group",
        "spark-build",
        "spark-server",
        "dev: build",
    ],
)
def test_the_lock_satisfies_what_is_asked_for(name, asked):
    locked = pinned(name)
    for requirement in map(Requirement, asked):
        versions = locked.get(canonicalize_name(requirement.name), set())
        assert versions, f"{requirement} is not in requirements/{name}.txt; run: make lock"
        assert all(requirement.specifier.contains(version) for version in versions), f"{requirement}: {versions}"


def test_what_runs_is_what_is_tested():
    runtime, dev = pinned("runtime"), pinned("dev")
    assert {package: dev.get(package) for package in runtime} == runtime
