"""`rampgate github init`: workflows, rulesets, code owners and the App's manifest."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import click

from rampgate.errors import UsageProblem

if TYPE_CHECKING:
    from rampgate.app.github.init import Setup


@click.command("init", short_help="Write workflows, rulesets and code owners.")
@click.option(
    "--repo", type=click.Path(file_okay=False, path_type=Path), default=".", metavar="DIR", help="The repository."
)
@click.option(
    "--profile", type=click.Choice(["strong", "light"]), default="strong", show_default=True,
    help="strong: an App of your own publishes the verdict. light: GITHUB_TOKEN does, and it can be forged.",
)  # fmt: skip
@click.option(
    "--action", default="rampgate/rampgate", show_default=True, metavar="OWNER/REPO", help="Where the action is."
)
@click.option(
    "--action-ref",
    metavar="SHA",
    help="Full commit id of the release that is to judge, never a tag; by default the one that the gate here runs.",
)
@click.option("--branch", metavar="NAME", help="The governed branch; by default the one that the policies name.")
@click.option(
    "--app-id", type=int, metavar="NUMBER",
    help="The App that publishes the verdict; until it exists, leave it out and the rulesets wait.",
)  # fmt: skip
@click.option(
    "--replace",
    is_flag=True,
    help="Write those anew that differ, all but CODEOWNERS: a newer release, or the other profile.",
)
@click.option("--dry-run", is_flag=True, help="Show every file whole, and write nothing.")
@click.option("--yes", is_flag=True, help="Write without asking.")
def command(
    repo: Path,
    profile: str,
    action: str,
    action_ref: str | None,
    branch: str | None,
    app_id: int | None,
    **how: bool,
) -> int:
    r"""Write what puts a repository on GitHub under the gate.

    Five workflows, rulesets, code owners of the rules, and steps to follow. Shows what it would write, and asks
    before it writes. Files that are there stay as they are, unless --replace is given. Nothing is sent to GitHub:
    the steps say how.

    \b
    rampgate github init --action-ref SHA
    rampgate github init --app-id 123456
    rampgate github init --action-ref SHA --replace
    rampgate github init --action-ref SHA --profile light --dry-run

    \b
    Exit codes: 0 done, or nothing to do   3 invalid policies
                2 usage   4 out of reach
    """
    from rampgate.app.github.init import GitHubRequest, pinned, plan_github
    from rampgate.app.setup.init import write_setup
    from rampgate.app.work_files import find_root
    from rampgate.cli.setup_shown import show_setup

    dry_run, replace = how["dry_run"], how["replace"]
    asks = sys.stdin.isatty() and not how["yes"]
    if action_ref is None and asks and pinned(find_root(repo), action) is None:
        action_ref = str(click.prompt("Full commit id of the release of rampgate that is to judge"))
    chosen: Literal["strong", "light"] = "light" if profile == "light" else "strong"
    setup = plan_github(repo, GitHubRequest(chosen, action, action_ref, branch, app_id, replace))
    why_kept = "it differs; yours to edit" if replace else "it is there, and differs"
    show_setup(setup.write, setup.kept, whole=dry_run, same=setup.same, replaced=setup.replaced, why_kept=why_kept)
    waits = chosen == "strong" and app_id is None
    if waits:
        click.echo("  later  .github/rampgate/ruleset*.json (they name the App: run this again with --app-id)")
    if dry_run:
        return 0
    if setup.write and not how["yes"]:
        if not sys.stdin.isatty():
            raise UsageProblem("nothing was written; give --yes to write these files, or --dry-run to read them")
        click.confirm("Write these files?", abort=True)
    write_setup(setup, git_init=False)
    _after(setup)
    return 0


def _after(setup: Setup) -> None:
    if setup.write:
        click.echo(f"Wrote {len(setup.write)} files in {setup.root}.")
    if any(not path.endswith("CODEOWNERS") for path in setup.kept):
        click.echo("Look at those that were kept: --replace writes them anew, and `git diff` shows what that changes.")
    owners = next((path for path in setup.kept if path.endswith("CODEOWNERS")), None)
    if owners:
        click.echo(
            f"Look whether `{owners}` gives `/policies/` and `/.github/` to the policy owners, and not model_cards/."
        )
    click.echo("Next: follow .github/rampgate/README.md. Merging these files is a change of the rules.")
