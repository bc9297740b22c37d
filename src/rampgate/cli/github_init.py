"""`rampgate github init`: workflows, rulesets, code owners and the App's manifest."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import click

from rampgate.errors import UsageProblem

if TYPE_CHECKING:
    from rampgate.app.github_init import Setup


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
@click.option("--action-ref", metavar="SHA", help="Full commit id of the release that is to judge; never a tag.")
@click.option("--branch", metavar="NAME", help="The governed branch; by default the one that the policies name.")
@click.option(
    "--app-id", type=int, metavar="NUMBER",
    help="The App that publishes the verdict; until it exists, leave it out and the rulesets wait.",
)  # fmt: skip
@click.option("--dry-run", is_flag=True, help="Show every file whole, and write nothing.")
@click.option("--yes", is_flag=True, help="Write without asking.")
def command(
    repo: Path,
    profile: str,
    action: str,
    action_ref: str | None,
    branch: str | None,
    app_id: int | None,
    dry_run: bool,
    yes: bool,
) -> int:
    r"""Write what puts a repository on GitHub under the gate.

    Five workflows, rulesets, code owners of the rules, and steps to follow. Shows what it would write, and asks
    before it writes. Files that are there stay as they are. Nothing is sent to GitHub: the steps say how.

    \b
    rampgate github init --action-ref SHA
    rampgate github init --action-ref SHA --app-id 123456 --yes
    rampgate github init --action-ref SHA --profile light --dry-run

    \b
    Exit codes: 0 done, or nothing to do   3 invalid policies
                2 usage   4 out of reach
    """
    from rampgate.app.github_init import GitHubRequest, plan_github
    from rampgate.app.init import write_setup
    from rampgate.cli.setup_shown import show_setup

    asks = sys.stdin.isatty() and not yes
    if action_ref is None:
        if not asks:
            raise UsageProblem(
                "give --action-ref, the full commit id of the release of rampgate that is to judge; "
                f"`git ls-remote https://github.com/{action} 'refs/tags/*'` lists them"
            )
        action_ref = str(click.prompt("Full commit id of the release of rampgate that is to judge"))
    chosen: Literal["strong", "light"] = "light" if profile == "light" else "strong"
    setup = plan_github(repo, GitHubRequest(chosen, action, action_ref, branch, app_id))
    show_setup(setup.write, setup.kept, whole=dry_run)
    waits = chosen == "strong" and app_id is None
    if waits:
        click.echo("  later  .github/rampgate/ruleset*.json (they name the App: run this again with --app-id)")
    if dry_run:
        return 0
    if setup.write and not yes:
        if not sys.stdin.isatty():
            raise UsageProblem("nothing was written; give --yes to write these files, or --dry-run to read them")
        click.confirm("Write these files?", abort=True)
    write_setup(setup, git_init=False)
    _after(setup)
    return 0


def _after(setup: Setup) -> None:
    click.echo(f"Wrote {len(setup.write)} files in {setup.root}.")
    owners = next((path for path in setup.kept if path.endswith("CODEOWNERS")), None)
    if owners:
        click.echo(
            f"Look whether `{owners}` gives `/policies/` and `/.github/` to the policy owners, and not model_cards/."
        )
    click.echo("Next: follow .github/rampgate/README.md. Merging these files is a change of the rules.")
