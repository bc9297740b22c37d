"""Writes every generated file again: the packaged JSON Schemas and the reference pages of rules and commands.

With `--check` it writes nothing, names each file whose bytes are not what the code says, and ends with 1.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import click

ROOT = Path(__file__).resolve().parents[1]
MADE_BY = "<!-- Made by `make docs` from the code. Edit the code. -->\n"
WIDTH = 100


def schema_files() -> Iterator[tuple[str, str]]:
    """Yield the JSON Schema of each noun, as packaged."""
    from rampgate.adapters.field_docs import documented
    from rampgate.formats.schemas import NOUNS, json_schema, schema_text

    for name, noun in NOUNS.items():
        yield f"src/rampgate/schemas/{name}.schema.json", schema_text(documented(json_schema(name), noun))


def rule_pages() -> Iterator[tuple[str, str]]:
    """Yield the rule reference: a page for each kind, and the list of all."""
    from rampgate import rules
    from rampgate.adapters.field_docs import documented
    from rampgate.core.reference import index_page, rule_page

    yield "docs/reference/rules/index.md", MADE_BY + "\n" + index_page(rules.ALL)
    for kind in rules.ALL:
        schema = documented(kind.params.model_json_schema(by_alias=True), kind.params)
        yield f"docs/reference/rules/{kind.id}.md", MADE_BY + "\n" + rule_page(kind, schema)


def contexts(parent: click.Context) -> Iterator[click.Context]:
    """Yield a context for every command below one, those of groups right after their group."""
    assert isinstance(parent.command, click.Group)
    for name in parent.command.list_commands(parent):
        command = parent.command.get_command(parent, name)
        assert command is not None
        inner = click.Context(command, info_name=name, parent=parent, max_content_width=WIDTH, terminal_width=WIDTH)
        yield inner
        if isinstance(command, click.Group):
            yield from contexts(inner)


def commands_page() -> Iterator[tuple[str, str]]:
    """Yield the reference of the command line: the help page of each command."""
    from rampgate.cli.main import main

    # A context made by hand knows nothing of the command's own settings, such as `-h`.
    settings = main.context_settings | {"max_content_width": WIDTH, "terminal_width": WIDTH}
    context = click.Context(main, info_name="rampgate", **settings)
    parts = [MADE_BY, "# Commands\n", f"```text\n{main.get_help(context)}\n```\n"]
    parts += [
        f"## `{inner.command_path}`\n\n```text\n{inner.command.get_help(inner)}\n```\n" for inner in contexts(context)
    ]
    yield "docs/reference/cli.md", "\n".join(parts)


GENERATORS: tuple[Callable[[], Iterator[tuple[str, str]]], ...] = (schema_files, rule_pages, commands_page)
"""Each yields (path from the root of the repository, text)."""


def main() -> int:
    """Write or check every generated file; return the exit code."""
    check = sys.argv[1:] == ["--check"]
    if sys.argv[1:] and not check:
        sys.exit("usage: python docs/generate.py [--check]")
    stale = 0
    for path, text in (file for generate in GENERATORS for file in generate()):
        target = ROOT / path
        if target.is_file() and target.read_bytes() == text.encode():
            continue
        stale += 1
        if not check:
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(text.encode())
        print(f"{path}: {'not what the code says; run: make docs' if check else 'written'}")
    return 1 if check and stale else 0


if __name__ == "__main__":
    sys.exit(main())
