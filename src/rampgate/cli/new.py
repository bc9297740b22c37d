"""`rampgate new`: the card of a new model version."""

from __future__ import annotations

from pathlib import Path

import click


@click.command("new", short_help="Write the card of a new model version.")
@click.argument("model")
@click.argument("version")
@click.option(
    "--tier", metavar="TIER", help="low, medium or high; by default what policies/models.yaml says, else high."
)
@click.option("--task", metavar="TASK", help="What it does; by default what policies/models.yaml says, else other.")
@click.option("--business", metavar="PERSON", help="Who pays for it; else the first business_owner in people.yaml.")
@click.option("--technical", metavar="PERSON", help="Who builds it; else the first technical_owner.")
@click.option(
    "--artifact",
    type=click.Path(dir_okay=False, path_type=Path),
    metavar="FILE",
    help="What is served, to be hashed; else a placeholder.",
)
@click.option("--digest", metavar="SHA256", help="Or its digest, sha256: and 64 digits.")
@click.option("--uri", metavar="URI", help="Where the artifact can be fetched.")
@click.option(
    "--repo", type=click.Path(file_okay=False, path_type=Path), default=".", metavar="DIR", help="The repository."
)
def command(model: str, version: str, repo: Path, artifact: Path | None, **given: str | None) -> int:
    r"""Write model_cards/MODEL/VERSION/card.yaml with what its tier requires, explained in comments.

    What only you know is `unknown`, with an example under it. The version stands at the first stage. A card that is
    there is never overwritten, and nothing under policies/ is touched.

    \b
    rampgate new credit-risk 2.0.0 --tier high
    rampgate new credit-risk 2.0.0 --artifact model.pkl
    rampgate new assistant 1.0.0 --tier medium --task llm_application \
        --digest sha256:... --technical bob

    \b
    Exit codes: 0 written   3 ladder, people or models are invalid
                2 usage, or the card is there   4 out of reach
    """
    from rampgate.app.setup.new import NewRequest, new

    texts = {name: text or "" for name, text in given.items()}
    owners = {kind: texts.pop(kind) for kind in ("business", "technical")}
    written = new(NewRequest(repo, model, version, owners=owners, artifact=artifact, **texts))
    click.echo(f"Wrote {written.shown}.")
    if written.models_line:
        click.echo(
            f"\n`{model}` is not in policies/models.yaml, so it is judged as high. In a pull request of its own, add"
        )
        click.echo(f"under `models:` there (in place of `{{}}`, if nothing else is listed):\n\n{written.models_line}\n")
    if artifact is None and not given["digest"]:
        click.echo("Its artifact is a placeholder: write the digest of what is served; no card is valid without it.")
    click.echo(f"Next: fill in each `unknown`, then `rampgate check` and `rampgate plan {model}`.")
    return 0
