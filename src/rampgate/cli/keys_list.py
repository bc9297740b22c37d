"""`rampgate keys list`: whose signatures count, and for which records."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from rampgate.app.keys.list import KeyList, ListedKey


@click.command("list", short_help="List the keys, and which records each may sign.")
@click.option(
    "--format", "format_", type=click.Choice(["text", "json"]), default="text", show_default=True,
    help="How the list is written.",
)  # fmt: skip
@click.option(
    "--repo", type=click.Path(file_okay=False, path_type=Path), default=".", metavar="DIR", help="The repository."
)
def command(format_: str, repo: Path) -> None:
    r"""List the keys in policies/history.yaml: name, role, fingerprint, the records that each may sign.

    Reads the work tree as it is. Which record is the next one is read from the history as this clone has it; `next`
    says whether the key may sign it.

    \b
    rampgate keys list
    rampgate keys list --format json

    \b
    Exit codes: 0 listed   2 there is no history.yaml   3 it is invalid
                4 no such folder
    """
    from rampgate.app.keys.list import keys_of

    found = keys_of(repo)
    if format_ == "json":
        import json

        click.echo(json.dumps(_json(found), indent=1))
        return
    for line in _text(found):
        click.echo(line)


def _text(found: KeyList) -> Iterator[str]:
    from rampgate.cli.show import note_lines, table

    header = ("name", "role", "records", "next", "fingerprint")
    yield from table(header, [_row(each) for each in found.keys])
    for each in found.keys:
        if each.key.revoked is not None:
            gone = each.key.revoked
            text = f"{each.key.name}: revoked from record {gone.from_} on, on {gone.on}: {gone.reason}"
            yield from note_lines(text)
    where = f"branch `{found.branch}`"
    if found.next is None:
        yield from note_lines(f"note: this clone has no {where}, so record 0 is taken for the next one")
    else:
        yield from note_lines(f"the next record of {found.repository} is {found.next}, on {where}")
    if not any(each.role == "signer" and not each.why_not for each in found.keys):
        yield from note_lines("warning: no key may sign the next record; make one with `rampgate keys create`")


def _row(each: ListedKey) -> tuple[str, ...]:
    key = each.key
    records = f"{key.from_}-{'' if key.to is None else key.to}"
    if key.revoked is not None:
        records += f", not {key.revoked.from_}-"
    return key.name, each.role, records, "no" if each.why_not else "yes", each.fingerprint


def _json(found: KeyList) -> dict[str, Any]:
    keys = [
        {
            **each.key.model_dump(mode="json", by_alias=True),
            "role": each.role,
            "fingerprint": each.fingerprint,
            "may_sign_next": not each.why_not,
            "why_not": each.why_not or None,
        }
        for each in found.keys
    ]
    return {"repository": found.repository, "branch": found.branch, "next": found.next, "keys": keys}
