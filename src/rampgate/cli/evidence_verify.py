"""`rampgate evidence verify`: everything in evidence computed again."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import click

SIGNS = {"same": "ok", "differs": "DIFFERS", "unknown": "unknown", "none": "-"}


@click.command("verify", short_help="Compute everything in evidence again, and compare.")
@click.argument("file", metavar="FILE", type=click.Path(path_type=Path))
@click.option(
    "--data", type=click.Path(path_type=Path), multiple=True, metavar="DATA",
    help="Measure again on this file, and compare; once for each file that was measured.",
)  # fmt: skip
@click.option("--engine", metavar="ADDRESS", help="Measure again on this engine, where a table was measured.")
@click.option("--digest", metavar="SHA256", default="", help="The digest that the file must have, `sha256:...`.")
@click.option("--repo", type=click.Path(file_okay=False, path_type=Path), default=".", metavar="DIR", help="Where.")
@click.option("--format", "format_", type=click.Choice(["text", "json"]), default="text", show_default=True)
def command(
    file: Path, data: tuple[Path, ...], engine: str | None, digest: str, repo: Path, format_: str
) -> int:  # fmt: skip
    r"""Verify an evidence file.

    Looked at are: its structure; its digest, and what it is about, against the card in whose folder it stands; every
    measure, computed again from the tables in it; its signature, by the people file of --repo. With --data, the command
    that it names, a measurement or an import, is run again with its parameters on your files, and digest, tables,
    measures and results are compared cell by cell; the first difference is named. Nothing is written.

    \b
    rampgate evidence verify model_cards/credit-risk/2.0.0/evidence/fairness.json
    rampgate evidence verify fairness.json --data scored.parquet

    \b
    Exit codes: 0 everything is the same   10 something differs
                3 no valid evidence   4 a file or key file is out of reach
    """
    from rampgate.app.evidence.verify import VerifyRequest, verify_evidence
    from rampgate.cli.evidence_again import measured_again
    from rampgate.cli.show import working

    again = None
    if data or engine:

        def again(evidence: Any) -> dict[str, Any]:
            return measured_again(evidence, file, data, engine)

    with working(f"verifying {file.name}"):
        done = verify_evidence(VerifyRequest(file, repo, digest), again)
    if format_ == "json":
        click.echo(_json(done))
    else:
        _show(done)
    return done.exit_code


def _json(done: Any) -> str:
    examined = [{"name": each.name, "state": each.state, "words": each.words} for each in done.examined]
    value = {"path": done.path, "digest": done.digest, "kind": done.kind, "exit": done.exit_code, "examined": examined}
    return json.dumps({"schema": "rampgate/evidence-verified/v1", **value}, indent=1)


def _show(done: Any) -> None:
    from rampgate.cli.show import note_lines, paint

    colours = {"same": "green", "differs": "red", "unknown": "yellow", "none": ""}
    for each in done.examined:
        first, *rest = note_lines(f"{each.name}: {each.words}", indent="          ")
        sign = SIGNS[each.state].ljust(8)
        click.echo(f"{paint(sign, colours[each.state])}  {first.lstrip()}")
        for line in rest:
            click.echo(line)
    ends = {0: "nothing differs", 10: "something differs", 4: "something could not be looked at"}
    click.echo(f"{done.kind} evidence: {ends[done.exit_code]}")
