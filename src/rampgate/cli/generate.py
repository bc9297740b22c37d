"""Writes, or checks, every file that is generated from the code: schemas, the rule reference, the command reference.

`python -m rampgate.cli.generate` writes them into the checkout; `--check` compares bytes and writes nothing.
"""

from __future__ import annotations

from pathlib import Path

import click

from rampgate.cli.main import COMMANDS, main

ROOT = Path(__file__).resolve().parents[3]


def generated() -> dict[str, str]:
    """Return every generated file: path in the checkout -> its text."""
    from rampgate.core.reference import index_page, rule_page
    from rampgate.formats.schemas import NOUNS, schema_text
    from rampgate.rules import ALL

    files = {f"src/rampgate/schemas/{name}.schema.json": schema_text(name) for name in NOUNS}
    files |= {f"docs/reference/rules/{kind.id}.md": rule_page(kind) for kind in ALL}
    files["docs/reference/rules/index.md"] = index_page(ALL)
    files["docs/reference/cli.md"] = cli_page()
    return files


def cli_page() -> str:
    """Return the help of every command as one Markdown page."""
    lines = ["# Commands", "", "What `rampgate COMMAND --help` prints.", ""]
    with click.Context(main, info_name="rampgate", max_content_width=100, terminal_width=100) as root:
        lines += ["```text", main.get_help(root).rstrip(), "```", ""]
        for name in COMMANDS:
            command = main.get_command(root, name)
            if command is None:
                continue
            with click.Context(command, info_name=name, parent=root, max_content_width=100, terminal_width=100) as own:
                lines += [f"## rampgate {name}", "", "```text", command.get_help(own).rstrip(), "```", ""]
    return "\n".join(lines)


@click.command()
@click.option("--check", is_flag=True, help="Compare only; end with 3 where a file differs.")
def command(*, check: bool) -> None:
    """Write every generated file of this checkout, or compare them."""
    differing = []
    for path, text in generated().items():
        place = ROOT / path
        if place.is_file() and place.read_text(encoding="utf-8") == text:
            continue
        differing.append(path)
        if not check:
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_text(text, encoding="utf-8")
    for path in differing:
        click.echo(f"{'differs' if check else 'wrote'}: {path}")
    if check and differing:
        click.echo("run `make docs` to write them again", err=True)
        raise SystemExit(3)


if __name__ == "__main__":
    command()
