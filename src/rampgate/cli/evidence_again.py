"""Runs the command that evidence names once more, `measure` or `evidence import`, on the user's files; writes nothing.

The command was written by whoever made the evidence. So only its parameters are believed: every file in it is replaced
by one that the user gives, and the engine is the user's own; a name that the user gives no file for is not opened.
"""

from __future__ import annotations

import shlex
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import click

from rampgate.errors import InvalidInput, Problem, Unreachable

_OURS = {"out": None, "attach": False, "replace": False, "sign": None, "person": None, "repo": Path()}
"""What a rehearsal must not do, whatever the command says."""


def measured_again(evidence: Any, path: Path, data: Sequence[Path], engine: str | None) -> dict[str, Any]:
    """Return the content of the evidence that the recorded command gives on these data.

    Raises InvalidInput where the evidence names no such command, Unreachable where a file of it is not given.
    """
    from rampgate.app.evidence.rehearsal import REHEARSAL, Rehearsal, RehearsedError

    context = _context(evidence.produced.command, path)
    params = context.params
    params.update({name: value for name, value in _OURS.items() if name in params})
    if "now" in params:
        params["now"] = evidence.imported.at if evidence.imported else evidence.produced.at
    if params.get("table") is not None and engine is None:
        raise Unreachable(f"{path}: it was measured on an engine; give its address: `--engine ADDRESS`")
    if "engine" in params:
        params["engine"] = engine
    _use(context, data, path)
    subject = evidence.subject
    rehearsal = Rehearsal(subject.artifact, evidence.produced.by, evidence.stage)
    token = REHEARSAL.set(rehearsal)
    try:
        with context:
            context.command.invoke(context)
    except RehearsedError:
        pass
    except click.ClickException as error:
        raise _unreadable(path, error.format_message()) from error
    finally:
        REHEARSAL.reset(token)
    if not rehearsal.found:
        raise _unreadable(path, "it measures nothing")
    return rehearsal.found[0]


def _context(written: str | None, path: Path) -> click.Context:
    """Return the recorded command with its parameters, read but not run."""
    from rampgate.cli.evidence_import import command as import_
    from rampgate.cli.measure import command as measure

    if not written:
        fix = "verify it without `--data`, or measure it again with `rampgate measure`"
        raise InvalidInput([Problem(str(path), "it names no command, so it can not be measured again", 1, 1, fix=fix)])
    try:
        words = shlex.split(written)
    except ValueError as error:
        raise _unreadable(path, str(error)) from error
    if any(word in ("--help", "-h") for word in words):
        raise _unreadable(path, "it asks for help")
    try:
        if words[:2] == ["rampgate", "measure"]:
            return measure.make_context("measure", words[2:])
        if words[:3] == ["rampgate", "evidence", "import"]:
            return import_.make_context("import", words[3:])
    except click.ClickException as error:
        raise _unreadable(path, error.format_message()) from error
    except click.exceptions.Exit as error:
        raise _unreadable(path, "it measures nothing") from error
    wanted = "`rampgate measure` or `rampgate evidence import`"
    raise _unreadable(path, f"expected {wanted}, found `{' '.join(words[:3])[:60]}`")


def _unreadable(path: Path, why: str) -> InvalidInput:
    return InvalidInput([Problem(str(path), f"its command can not be run again: {why}", 1, 1)])


def _use(context: click.Context, data: Sequence[Path], path: Path) -> None:
    """Put the user's files in the place of the recorded names."""
    from rampgate.cli.measure_shared import PLACES

    # On an engine, a place is a table there; a file, such as a profile, is a file all the same.
    places = PLACES if context.params.get("table") is None else ()
    for parameter in context.command.params:
        name = parameter.name or ""
        value = context.params.get(name)
        if name in _OURS or value is None or not (isinstance(parameter.type, click.Path) or name in places):
            continue
        recorded = value if isinstance(value, tuple) else (value,)
        kind = type(recorded[0]) if recorded else Path
        found = tuple(kind(_file(Path(each), data, path, alone=name in ("data", "file"))) for each in recorded)
        context.params[name] = found if isinstance(value, tuple) else found[0]


def _file(recorded: Path, data: Sequence[Path], path: Path, *, alone: bool) -> Path:
    """Return the user's file for a recorded name: the one of that name, or the only one for the only one."""
    named = [each for each in data if each.name == recorded.name]
    if len(named) == 1:
        return named[0]
    if len(named) > 1:
        raise Unreachable(f"{path}: {len(named)} of the files given are named `{recorded.name}`")
    if alone and len(data) == 1:
        return data[0]
    raise Unreachable(f"{path}: it was measured on `{recorded.name}`; give it: `--data PATH/{recorded.name}`")
