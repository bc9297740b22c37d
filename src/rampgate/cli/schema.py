"""`rampgate schema`: the JSON Schemas of rampgate's files."""

from __future__ import annotations

from pathlib import Path

import click

from rampgate.errors import UsageProblem


@click.command("schema", short_help="Print a JSON Schema of rampgate's files.")
@click.argument("name", required=False)
@click.option("--list", "listed", is_flag=True, help="List the schemas, and what each describes.")
@click.option(
    "--output", type=click.Path(file_okay=False, path_type=Path), metavar="DIR",
    help="Write into this folder as NAME.schema.json; all of them where no NAME is given.",
)  # fmt: skip
def command(name: str | None, listed: bool, output: Path | None) -> int:
    r"""Print the JSON Schema (Draft 2020-12) of a kind of file, or of the decision that the gate writes.

    An editor that knows the schema completes keys and marks mistakes as you type. Some things no schema can say, such
    as that a person exists; `rampgate check` finds those too.

    \b
    rampgate schema --list
    rampgate schema card > card.schema.json
    rampgate schema --output schemas/

    \b
    Exit codes: 0 done   2 there is no schema of that name
                4 the folder can not be written
    """
    from rampgate.app.schema import SCHEMAS, schema_text, write_schemas
    from rampgate.cli.show import table

    if listed:
        for line in table(("schema", "describes"), SCHEMAS.items()):
            click.echo(line)
    elif output is not None:
        for path in write_schemas((name,) if name else tuple(SCHEMAS), output):
            click.echo(f"Wrote {path}.")
    elif name:
        click.echo(schema_text(name), nl=False)
    else:
        raise UsageProblem("which one? give a name, or --list to see them")
    return 0
