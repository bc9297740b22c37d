"""`rampgate evidence add`: an evidence file into a card."""

from __future__ import annotations

from pathlib import Path

import click


@click.command("add", short_help="List an evidence file in a card.")
@click.argument("card", metavar="CARD", type=click.Path(path_type=Path))
@click.argument("file", metavar="FILE", type=click.Path(path_type=Path))
@click.option("--name", metavar="NAME.json", default="", help="Keep it under this name; else under its own.")
@click.option("--sign", type=click.Path(dir_okay=False, path_type=Path), metavar="SSHKEY", help="Sign with this key.")
def command(card: Path, file: Path, name: str, sign: Path | None) -> int:
    r"""Write path and digest of an evidence file into a card, and leave every other byte of the card as it was.

    CARD is a card.yaml, or the folder of a version. A file that stands elsewhere is copied into the version's folder
    `evidence`, with the signature beside it if there is one. Refused is evidence of another model, version or artifact,
    evidence that its own tables contradict, and what is listed already.

    \b
    rampgate evidence add model_cards/credit-risk/2.0.0/card.yaml fairness.json
    rampgate evidence add model_cards/credit-risk/2.0.0 ~/fairness.json \
        --name fairness-may.json --sign ~/.ssh/id_ed25519

    \b
    Exit codes: 0 listed   2 usage   3 no valid evidence for this card
                4 out of reach
    """
    from rampgate.app.evidence.add import AddRequest, add_evidence

    evidence, kept = add_evidence(AddRequest(card, file, sign, name))
    if kept.evidence.resolve() != file.resolve():
        click.echo(f"wrote {kept.evidence}  {kept.digest}")
    if kept.signature:
        click.echo(f"signed by {kept.signature}")
    click.echo(f"listed in {kept.card}; commit both, and see `rampgate plan {evidence.subject.model}`")
    return 0
