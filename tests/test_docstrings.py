"""Everything public says what it is, in a first line that is true on its own."""

from __future__ import annotations

import ast
from collections.abc import Iterator

import pytest

from architecture.floors import modules

MODULES = modules()
Documented = ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef


def public(node: Documented, name: str) -> Iterator[tuple[str, Documented]]:
    """A module or class with everything public in it; what is nested in a function is nobody's business."""
    yield name, node
    if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
        return
    for child in node.body:
        if isinstance(child, ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef) and not child.name.startswith("_"):
            yield from public(child, f"{name}.{child.name}")


def lacks(node: Documented) -> str:
    """What is wrong with a docstring; empty where nothing is."""
    text = ast.get_docstring(node)
    if not text:
        return "no docstring"
    first, _, rest = text.partition("\n")
    if not first.rstrip().endswith("."):
        return f"the first line does not end with a period: {first!r}"
    if rest and not rest.startswith("\n"):
        return f"the first line does not stand alone: {first!r}"
    return ""


def faults(module: str, source: str) -> list[str]:
    return [f"{name}: {fault}" for name, node in public(ast.parse(source), module) if (fault := lacks(node))]


@pytest.mark.parametrize("module", MODULES)
def test_what_is_public_says_what_it_is(module):
    assert faults(module, MODULES[module]) == []


PLANTED = {
    "a module without": ("x = 1", "m: no docstring"),
    "a function without": ('"""M."""\ndef f():\n    pass', "m.f: no docstring"),
    "a method without": ('"""M."""\nclass A:\n    """A."""\n    def f(self):\n        pass', "m.A.f: no docstring"),
    "no period": ('"""A module"""', "m: the first line does not end with a period: 'A module'"),
    "a first line that runs on": ('"""One.\ntwo."""', "m: the first line does not stand alone: 'One.'"),
}


@pytest.mark.parametrize("case", PLANTED)
def test_a_planted_fault_is_found(case):
    source, expected = PLANTED[case]
    assert faults("m", source) == [expected]


def test_what_is_private_may_be_silent():
    assert faults("m", '"""M."""\ndef _f():\n    pass\nclass _A:\n    def f(self):\n        pass') == []
