"""`rampgate attest`: a person's word."""

from __future__ import annotations

from pathlib import Path

import click


@click.command("attest", short_help="Write down what a person vouches for.")
@click.argument("model")
@click.argument("version", required=False, default="")
@click.option("--version", "version_option", metavar="V", default="", help="The version, in place of the argument.")
@click.option("--role", required=True, metavar="ROLE", help="The role in which the person speaks, such as `security`.")
@click.option("--statement", required=True, metavar="TEXT", help="What they looked at, and what they found.")
@click.option("--topic", metavar="TOPIC", default="", help="What it is about, where a rule asks for one: `outcome`.")
@click.option(
    "--covers", type=click.Choice(["version", "model"]), default="version", show_default=True,
    help="This version alone, or every version of the model.",
)  # fmt: skip
@click.option("--expires", metavar="DATE", default="", help="The last day on which it counts, YYYY-MM-DD.")
@click.option("--days", type=click.IntRange(1, 36500), metavar="N", help="For how many days it counts; else 365.")
@click.option("--as", "person", metavar="PERSON", default="", help="Who vouches, if not the one whom Git commits as.")
@click.option(
    "--repo", type=click.Path(file_okay=False, path_type=Path), default=".", metavar="DIR", help="The repository."
)
def command(  # noqa: PLR0913, PLR0917 - one argument for each option
    model: str,
    version: str,
    version_option: str,
    role: str,
    statement: str,
    topic: str,
    covers: str,
    expires: str,
    days: int | None,
    person: str,
    repo: Path,
) -> None:
    r"""Write down what a person vouches for about VERSION of MODEL.

    Writes attestations/ROLE[-TOPIC].yaml beside the card and never writes over one that is there. Anybody can type a
    name into a file: it counts once that very person has approved the pull request that brings it, or opened it.

    \b
    rampgate attest credit-risk 2.0.0 --role security \
        --statement "Reviewed threat model TM-12; nothing is open"
    rampgate attest credit-risk 2.0.0 --role business_owner --topic outcome \
        --statement "The target is mine to reach"

    \b
    Exit codes: 0 written
                2 the person does not hold the role, or a word does not fit
                3 a broken people file or ladder   4 no such folder
    """
    from rampgate.app.attest import AttestRequest, attest
    from rampgate.app.moment import moment
    from rampgate.cli.show import note_lines
    from rampgate.errors import UsageProblem

    if version and version_option and version != version_option:
        raise UsageProblem(f"two versions are given, `{version}` and `{version_option}`")
    which = version or version_option
    today = moment()[:10]
    done = attest(AttestRequest(repo, model, which, role, statement, today, topic, covers, expires, days or 0, person))
    click.echo(f"wrote {done.path}")
    for line in note_lines(
        f"`{done.person}` vouches for it as `{done.role}` until {done.expires}, once `{done.person}` has approved the "
        f"pull request that brings it, or has opened it"
    ):
        click.echo(line)
    click.echo(f"next: git add {done.path}")
