"""Evaluates `${{ }}` with GitHub's own expression engine, in one child process that is asked line by line."""

from __future__ import annotations

import json
import re
import subprocess
from types import TracebackType
from typing import Any, Self

import node_side

IN_TEXT = re.compile(r"\$\{\{(.*?)\}\}", re.DOTALL)
STATUS_FUNCTION = re.compile(r"\b(?:always|success|failure|cancelled)\s*\(")


class ExpressionFault(Exception):
    """GitHub's engine does not take the expression."""


class Expressions:
    """The engine; a context manager, because a process stands behind it."""

    def __init__(self) -> None:
        words = [str(node_side.node()), str(node_side.FOLDER / "expressions.mjs")]
        self._process = subprocess.Popen(words, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        assert self._process.stdin, self._process.stdout
        self._process.stdin.close()
        self._process.wait(timeout=10)
        self._process.stdout.close()

    def ask(self, expression: str, contexts: dict[str, Any], status: str = "success") -> dict[str, Any]:
        """Return `value` (as JSON) and `text` (as in a text) of one expression."""
        question = {"expression": expression.strip(), "contexts": contexts, "status": status}
        self._process.stdin.write(json.dumps(question) + "\n")
        self._process.stdin.flush()
        said = json.loads(self._process.stdout.readline())
        if "error" in said:
            raise ExpressionFault(f"{expression.strip()}: {said['error']}")
        return said

    def text(self, text: str, contexts: dict[str, Any], status: str = "success") -> str:
        """Return a text with every expression in it replaced."""
        return IN_TEXT.sub(lambda found: self.ask(found[1], contexts, status)["text"], text)

    def holds(self, condition: str | None, contexts: dict[str, Any], status: str) -> bool:
        """Return whether an `if:` holds; one that does not look at the status holds after success only."""
        if condition is None:
            return status == "success"
        whole = re.fullmatch(r"\s*\$\{\{(.*)\}\}\s*", condition, re.DOTALL)
        expression = whole[1] if whole else condition
        if not STATUS_FUNCTION.search(expression):
            expression = f"success() && ({expression})"
        return bool(self.ask(f"!!({expression})", contexts, status)["value"])
