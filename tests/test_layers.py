"""Imports point down only, pure floors stay pure, and nothing slow is imported by the way."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

from architecture.floors import FLOOR, HANDED_OUT, SOURCE, faults, handed_out, modules, told_to_type_checkers

MODULES = modules()


@pytest.mark.parametrize("module", MODULES)
def test_a_module_keeps_to_its_floor(module):
    assert faults(module, MODULES[module]) == []


def test_every_package_is_looked_at():
    """A walk that finds nothing would prove nothing."""
    packages = {path.name for path in (SOURCE / "rampgate").iterdir() if path.is_dir() and any(path.glob("*.py"))}
    assert packages <= set(FLOOR)
    assert {"model", "rules", "formats", "stats", "core", "adapters"} <= packages


# sentence -> (module, text, words of the one fault)
PLANTED = {
    "a noun imports a rule": ("rampgate.model.card", "from rampgate.rules import _base", "`model` may not import `rules`"),
    "errors import a noun": ("rampgate.errors", "import rampgate.model.card", "`errors` may not import `model`"),
    "statistics import formats": ("rampgate.stats.rates", "from rampgate.formats import digest", "may not import `formats`"),
    "approvals import a rule": ("rampgate.approvals.tally", "from rampgate.rules import _base", "may not import `rules`"),
    "a rule imports a report": ("rampgate.rules.x", "from rampgate.reports import text", "may not import `reports`"),
    "a rule imports the core": ("rampgate.rules.x", "import rampgate.core.decide", "may not import `core`"),
    "the core imports an adapter": ("rampgate.core.x", "from rampgate.adapters.clock import now", "may not import `adapters`"),
    "an adapter imports a measurement": ("rampgate.adapters.x", "import rampgate.measure", "may not import `measure`"),
    "the app imports a command": ("rampgate.app.judging.gate", "from rampgate.cli import main", "may not import `cli`"),
    "a command imports the core": ("rampgate.cli.gate", "from rampgate.core import decide", "behind a use case of `app`"),
    "a command imports a format": ("rampgate.cli.gate", "from rampgate.formats import digest", "behind a use case"),
    "the package is imported by name": ("rampgate.rules.x", "from rampgate import core", "may not import `core`"),
    "the import is relative": ("rampgate.rules.x", "from ..core import decide", "may not import `core`"),
    "the import hides in a function": ("rampgate.rules.x", "def f():\n    import rampgate.core", "may not import `core`"),
    "the import hides in a branch": ("rampgate.rules.x", "try:\n    import os\nexcept A:\n    pass", "may not import `os`"),
    "a rule reads the environment": ("rampgate.rules.x", "from os import environ", "may not import `os`"),
    "a rule runs a program": ("rampgate.rules.x", "def f():\n    import subprocess", "may not import `subprocess`"),
    "a format opens a path": ("rampgate.formats.x", "from pathlib import Path", "may not import `pathlib`"),
    "a format imports pathlib whole": ("rampgate.formats.x", "import pathlib", "may not import `pathlib`"),
    "a format opens a file": ("rampgate.formats.x", "def f(p):\n    return open(p)", "`open` reaches the world"),
    "a format opens a file through io": ("rampgate.formats.x", "import io\nio.open(p)", "`io.open` reaches the world"),
    "a format takes open from io": ("rampgate.formats.x", "from io import open as o", "`io` opens files"),
    "a report prints": ("rampgate.reports.x", "print(1)", "`print` reaches the world"),
    "a file is opened under another name": ("rampgate.reports.x", "o = open", "`open` reaches the world"),
    "the core asks for the hour": ("rampgate.core.x", "def f():\n    return datetime.now(UTC)", "reads the clock"),
    "the core asks in full": ("rampgate.core.x", "def f():\n    return datetime.datetime.utcnow()", "reads the clock"),
    "the core asks for the day": ("rampgate.core.x", "n = date.today", "reads the clock"),
    "the core waits": ("rampgate.core.x", "from time import sleep", "may not import `time`"),
    "statistics throw dice": ("rampgate.stats.x", "import random", "may not import `random`"),
    "a rule uses a data frame": ("rampgate.rules.x", "def f():\n    import pandas", "may not import `pandas`"),
    "a noun fetches a page": ("rampgate.model.x", "import urllib.request", "may not import `urllib.request`"),
    "a measurement loads pandas at once": ("rampgate.measure.x", "import pandas as pd", "`pandas` is slow to import"),
    "a class body loads duckdb": ("rampgate.measure.x", "class A:\n    import duckdb", "`duckdb` is slow to import"),
    "a format loads ruamel at once": ("rampgate.formats.x", "from ruamel.yaml import YAML", "`ruamel` is slow"),
    "CEL's wire format is loaded at once": ("rampgate.formats.x", "from google.protobuf import any", "`google` is slow"),
    "GitPython is loaded at once": ("rampgate.adapters.x", "import git", "`git` is slow"),
    "an adapter writes to the terminal": ("rampgate.adapters.x", "def f():\n    import click", "belongs to `cli`"),
    "the API imports the core": ("rampgate.api.x", "from rampgate.core import decide", "behind a use case of `app`"),
    "the API imports an adapter": ("rampgate.api.x", "from rampgate.adapters import clock", "behind a use case"),
    "the API writes text": ("rampgate.api.x", "from rampgate.reports import text", "behind a use case"),
    "the API calls a command": ("rampgate.api.x", "from rampgate.cli import main", "`api` may not import `cli`"),
    "a command calls the API": ("rampgate.cli.x", "from rampgate.api import history", "`cli` may not import `api`"),
    "the package imports its API": ("rampgate", "def f():\n    from rampgate import api", "may not import `api`"),
    "the package loads modules at once": ("rampgate", "import importlib", "may not import `importlib`"),
    "a noun loads modules by name": ("rampgate.model.x", "def f():\n    import importlib", "may not import `importlib`"),
    "a package stands nowhere": ("rampgate.helpers.x", "", "stands on no floor"),
}  # fmt: skip


@pytest.mark.parametrize("case", PLANTED)
def test_a_planted_fault_is_found(case):
    module, source, words = PLANTED[case]
    found = faults(module, source)
    assert len(found) == 1, found
    assert words in found[0]


GRANTED = {
    "a rule imports formats and statistics": (
        "rampgate.rules.x",
        "import rampgate.formats.digest, rampgate.stats.rates",
    ),
    "a rule imports its neighbour": ("rampgate.rules.x", "from rampgate.rules._base import Params"),
    "anybody raises errors": ("rampgate.model.x", "from rampgate.errors import Problem"),
    "a path that opens nothing": ("rampgate.formats.x", "from pathlib import PurePosixPath"),
    "text that looks like a file": ("rampgate.formats.x", "from io import StringIO"),
    "the parts of an address": ("rampgate.formats.x", "from urllib.parse import urlsplit"),
    "a date that was given": ("rampgate.core.x", "d = datetime.fromisoformat(now)"),
    "a slow library inside a function": ("rampgate.measure.x", "def f():\n    import duckdb"),
    "a slow library for types alone": ("rampgate.measure.x", "if TYPE_CHECKING:\n    import pandas"),
    "an adapter opens a file": ("rampgate.adapters.x", "import os\nopen(os.devnull)"),
    "a method that happens to be called open": ("rampgate.core.x", "def f(gate):\n    return gate.open()"),
    "a command reads the clock": ("rampgate.cli.gate", "from rampgate.adapters.clock import now"),
    "the API imports a use case": ("rampgate.api.x", "from rampgate.app.judging import gate"),
    "the package loads a module that is asked for": (
        "rampgate",
        "def __getattr__(name):\n    from importlib import import_module",
    ),
    "a command imports a use case": ("rampgate.cli.gate", "import click\nfrom rampgate.app import gate"),
}


@pytest.mark.parametrize("case", GRANTED)
def test_what_is_allowed_is_not_complained_about(case):
    assert faults(*GRANTED[case]) == []


def test_the_package_hands_out_what_type_checkers_see():
    """The table is text, which no walk over imports sees: it may name doors, use cases, nouns and errors alone."""
    source = MODULES["rampgate"]
    table = handed_out(source)
    assert table == told_to_type_checkers(source)
    assert {home.partition(".")[0] for home in table.values()} <= HANDED_OUT
    assert {f"rampgate.{home}" for home in table.values()} <= set(MODULES)


HEAVY_AT_START = (
    *("cel_expr_python", "duckdb", "fairlearn", "git", "google.protobuf", "jsonschema", "jsonschema_rs", "numpy"),
    *("pandas", "pydantic", "pydantic_core", "rich", "ruamel", "scipy", "sklearn", "yaml"),
)
START = {
    "import of the API": "import rampgate",
    "import": "import rampgate.cli.main",
    "--help": "from rampgate.cli.main import run\nsys.argv = ['rampgate', '--help']\nrun()",
    "--version": "from rampgate.cli.main import run\nsys.argv = ['rampgate', '--version']\nrun()",
}


@pytest.mark.parametrize("way", START)
def test_starting_loads_nothing_slow(way):
    """Every command pays for what is loaded here, the help page and shell completion too."""
    program = f"""
import json, sys
try:
    {START[way].replace(chr(10), chr(10) + "    ")}
except SystemExit as end:
    assert not end.code, end.code
print(json.dumps([name for name in {HEAVY_AT_START!r} if name in sys.modules]), file=sys.stderr)
"""
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stderr.splitlines()[-1]) == []
