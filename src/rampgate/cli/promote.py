"""`rampgate promote`: one rung up."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from rampgate.app.moving.bypass import Bypass
    from rampgate.app.moving.moves import Moved


@click.command("promote", short_help="Move a version one rung up, on a branch.")
@click.argument("model")
@click.option("--version", metavar="V", default="", help="Which version; needed where several could move there.")
@click.option(
    "--to", metavar="STAGE", default="", help="The rung right above where it stands; left out, the choices are listed."
)
@click.option("--reason", metavar="TEXT", default="", help="Why now; goes into commit and pull request.")
@click.option("--break-glass", is_flag=True, help="Bypass rules in an emergency; needs the four options that follow.")
@click.option("--rules", metavar="ID,ID", multiple=True, help="Which rules it bypasses, and no other.")
@click.option("--second", metavar="PERSON", default="", help="Who answers for it beside you, and approves it.")
@click.option("--ticket", metavar="TEXT", default="", help="Where the emergency is recorded, such as INC-311.")
@click.option("--review-by", metavar="DATE", default="", help="Until when it is reviewed; else as late as is allowed.")
@click.option(
    "--as", "person", metavar="PERSON", default="", help="Who breaks the glass, if Git's address is not yours."
)
@click.option("--local", is_flag=True, help="Make the branch and the commit here, and push nothing.")
@click.option(
    "--repo", type=click.Path(file_okay=False, path_type=Path), default=".", metavar="DIR", help="The repository."
)
def command(  # noqa: PLR0913, PLR0917 - one argument for each option
    model: str, version: str, to: str, reason: str, break_glass: bool, rules: tuple[str, ...], second: str, ticket: str,
    review_by: str, person: str, local: bool, repo: Path,
) -> None:  # fmt: skip
    r"""Move a version of MODEL one rung up the ladder.

    Changes the one `stage` line of its card, on a new branch promote/MODEL-VERSION-STAGE made from where you are, in a
    commit that holds nothing else. At the last rung, the version that serves there goes to `standby` in the same
    commit. Then pushes the branch to `origin` and opens the pull request, with the token in GH_TOKEN or GITHUB_TOKEN;
    run it again to finish what failed half-way. It decides nothing: the pull request is judged, and `rampgate plan
    MODEL` tells beforehand what is missing.

    With --break-glass, where policies/governance.yaml allows it, the commit also holds events/DATE-break-glass.yaml,
    which bypasses the rules that it names, and the branch is break-glass/MODEL-VERSION-STAGE. What could never count is
    refused at once. Afterwards somebody else reviews it: `rampgate break-glass review`.

    \b
    rampgate promote credit-risk --to canary --local
    rampgate promote credit-risk --version 2.0.0 --to ramp \
        --reason "a week without alerts"
    rampgate promote credit-risk --to ramp --break-glass \
        --rules fairness.by-sex,approval.to-ramp --second rita \
        --ticket INC-311 --reason "the version that serves rejects everybody"

    \b
    Exit codes: 0 done   3 a broken card, ladder or policy
                2 the ladder has no such move, a break-glass could never count,
                  files are not committed, the branch exists, or there is no
                  token
                4 no repository, or the remote or GitHub refused
    """
    from rampgate.app.github.unfinished import Asked
    from rampgate.app.moment import moment
    from rampgate.app.moving.promote import PromoteRequest, promote
    from rampgate.cli.moved import carry_out

    given = {"--rules": rules, "--second": second, "--ticket": ticket, "--review-by": review_by, "--as": person}
    if not break_glass:
        _refuse_alone(given)
    bypass = _bypass(model, given, reason) if break_glass and to else None

    def move(taken: frozenset[str]) -> Moved:
        return promote(PromoteRequest(repo, model, to, version, reason, taken, bypass, moment()))

    title = "Promote {model} {version} to {to}"
    asked = Asked("promote", title, model, to, version, reason)
    if bypass is not None:
        asked = Asked("break-glass", f"{title} by break-glass", model, to, version, reason, bypass.terms)
    # Without a stage the choices are told, for which nobody needs a token.
    carry_out(repo, asked, move, local=local or not to, needs_approval=True)


def _bypass(model: str, given: dict[str, Sequence[str]], reason: str) -> Bypass:
    """Return what --break-glass asks for. Raises UsageProblem with every option that is missing."""
    from rampgate.app.moment import moment
    from rampgate.app.moving.bypass import Bypass
    from rampgate.app.moving.event_file import refuse_short
    from rampgate.errors import UsageProblem

    rules = tuple(dict.fromkeys(id_ for word in given["--rules"] for id_ in word.replace(",", " ").split()))
    needed = {"--rules": rules, "--second": given["--second"], "--ticket": given["--ticket"], "--reason": reason}
    missing = [option for option, value in needed.items() if not value]
    if missing:
        hint = f"\n`rampgate plan {model}` lists the rules that are open" if "--rules" in missing else ""
        raise UsageProblem(f"--break-glass also needs {', '.join(missing)}{hint}")
    refuse_short(reason)
    second, ticket, review_by, person = (str(given[name]) for name in ("--second", "--ticket", "--review-by", "--as"))
    return Bypass(rules, second, ticket, moment()[:10], review_by, person)


def _refuse_alone(given: dict[str, Sequence[str]]) -> None:
    """Raise UsageProblem for options that mean nothing without --break-glass."""
    from rampgate.errors import UsageProblem

    alone = [option for option, value in given.items() if value]
    if alone:
        raise UsageProblem(f"{', '.join(alone)} {'means' if len(alone) == 1 else 'mean'} nothing without --break-glass")
