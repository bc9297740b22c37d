"""What other people's linters say of the workflows and of the action."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

import node_side
from workflows.files import OWN, ROOT, SETS, write_all

BIN = Path(sys.executable).parent


def run(*words: str | Path, cwd: Path = ROOT) -> subprocess.CompletedProcess[str]:
    return subprocess.run([str(word) for word in words], cwd=cwd, capture_output=True, text=True, check=False)


@pytest.fixture
def zizmor():
    if not (BIN / "zizmor").exists():
        pytest.skip("zizmor is not installed beside this Python")
    return lambda *paths, cwd=ROOT: run(
        BIN / "zizmor", "--offline", "--persona=pedantic", "--format=json", *paths, cwd=cwd
    )


def folder_of(set_: str, tmp_path: Path) -> Path:
    # What zizmor collects it collects from a repository.
    if set_ != "own":
        run("git", "init", "-q", tmp_path)
    return write_all(set_, tmp_path)


@pytest.mark.parametrize("set_", SETS)
def test_zizmor_finds_nothing_that_is_not_explained(set_, tmp_path, zizmor):
    """Pedantic, and with every exception on the line that it is for."""
    paths = [".github", *(["action.yml"] if set_ == "own" else [])]
    done = zizmor(*paths, cwd=folder_of(set_, tmp_path))
    assert (done.returncode, json.loads(done.stdout)) == (0, [])


def test_zizmor_would_have_found_something(tmp_path, zizmor):
    """A linter that reads nothing finds nothing either."""
    folder = folder_of("strong", tmp_path)
    gate = folder / ".github/workflows/rampgate-gate.yml"
    gate.write_text(gate.read_text().replace(" # zizmor: ignore[dangerous-triggers]", " #"))
    done = zizmor(".github", cwd=folder)
    assert {each["ident"] for each in json.loads(done.stdout)} == {"dangerous-triggers"}


@pytest.mark.parametrize("set_", SETS)
def test_every_exception_gives_its_reason(set_):
    for workflow in SETS[set_]:
        for line in workflow.text.splitlines():
            if "zizmor: ignore" in line:
                assert len(line.split("]", 1)[1].split()) >= 5, line


def schema_check(kind: str, *files: Path) -> subprocess.CompletedProcess[str]:
    if not (BIN / "check-jsonschema").exists():
        pytest.skip("check-jsonschema is not installed beside this Python")
    return run(BIN / "check-jsonschema", "--builtin-schema", f"vendor.github-{kind}", *files)


@pytest.mark.parametrize("set_", SETS)
def test_workflows_fit_their_published_schema(set_, tmp_path):
    files = sorted((write_all(set_, tmp_path) / ".github/workflows").glob("*.yml"))
    done = schema_check("workflows", *files)
    assert (len(files) >= 5, done.returncode) == (True, 0), done.stdout


def test_the_action_fits_its_published_schema(tmp_path):
    assert schema_check("actions", ROOT / "action.yml").returncode == 0
    broken = tmp_path / "action.yml"
    broken.write_text((ROOT / "action.yml").read_text().replace("using: composite", "used: composite"))
    assert schema_check("actions", broken).returncode == 1


@pytest.fixture(scope="module")
def parse(tmp_path_factory):
    """GitHub's own parser; it is shipped in a form that Node loads only once it is bundled."""
    modules = node_side.node_modules()
    bundle = tmp_path_factory.mktemp("parser") / "parse.mjs"
    banner = "import{createRequire}from'module';const require=createRequire(import.meta.url);"
    done = run(
        modules / "esbuild/bin/esbuild", node_side.FOLDER / "parse_workflows.mjs", "--bundle", "--platform=node",
        "--format=esm", "--loader:.json=json", f"--banner:js={banner}", f"--outfile={bundle}", "--log-level=error",
    )  # fmt: skip
    assert done.returncode == 0, done.stderr

    def errors(*files: Path) -> list[str]:
        said = run(node_side.node(), bundle, *files)
        assert said.returncode == 0, said.stderr
        return [json.loads(line)["error"] for line in said.stdout.splitlines()]

    return errors


@pytest.mark.peer
@pytest.mark.parametrize("set_", SETS)
def test_the_forges_own_parser_accepts_the_workflows(set_, tmp_path, parse):
    assert parse(*sorted((write_all(set_, tmp_path) / ".github/workflows").glob("*.yml"))) == []


@pytest.mark.peer
def test_the_forges_own_parser_accepts_the_action(parse):
    assert parse(ROOT / "action.yml") == []


PLANTED = {
    "an event that does not exist": ("gate.yml", "workflow_run:", "workflow_ran:", "Unexpected value 'workflow_ran'"),
    "a context that does not exist": ("gate.yml", "steps.app.", "stepz.app.", "Unrecognized named-value: 'stepz'"),
    "a permission that does not exist": ("gate.yml", "contents: read", "content: read", "Unexpected value 'content'"),
}


@pytest.mark.peer
@pytest.mark.parametrize("case", PLANTED)
def test_the_forges_own_parser_would_have_refused(case, tmp_path, parse):
    name, right, wrong, words = PLANTED[case]
    broken = tmp_path / name
    broken.write_text((OWN / name).read_text().replace(right, wrong))
    assert any(words in error for error in parse(broken))
