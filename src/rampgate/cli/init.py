"""`rampgate init`: policies, people and ladder for any repository."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from rampgate.errors import UsageProblem

if TYPE_CHECKING:
    from rampgate.app.setup.init import Answers, Setup

LADDERS = ("5-25-75-100", "10-50-100", "shadow-5-25-75-100")
"""The presets of `rampgate.model.ladder`; a test compares the two."""

_PERSON = "NAME:ID:LOGIN"


@click.command("init", short_help="Set up policies, people and ladder in a repository.")
@click.option(
    "--repo", type=click.Path(file_okay=False, path_type=Path), default=".", metavar="DIR", help="The repository."
)
@click.option("--business-owner", metavar=_PERSON, help="Who pays for the models and answers for them.")
@click.option("--risk", multiple=True, metavar=_PERSON, help="Who looks at risk; give it twice for two people.")
@click.option("--technical-owner", multiple=True, metavar=_PERSON, help="Who builds; else the business owner.")
@click.option("--security", multiple=True, metavar=_PERSON, help="Who vouches for security; else the first of --risk.")
@click.option("--policy-owner", multiple=True, metavar=_PERSON, help="Who may change the rules; else all of the above.")
@click.option("--ladder", type=click.Choice(LADDERS), help="Percent of traffic of the rungs; the first by default.")
@click.option("--team", default="models", show_default=True, help="The team of whoever owns and builds the models.")
@click.option("--branch", metavar="NAME", help="The governed branch; by default the one that the repository calls so.")
@click.option(
    "--start", type=click.Choice(["warn", "block"]), help="What unmet rules do at first; approvals block in any case."
)
@click.option(
    "--fairness-ratio", metavar="DECIMAL", help="Least ratio of selection rates; your decision, 0.80 if left out."
)
@click.option("--attributes", metavar="C,C", default="sex", show_default=True, help="Columns that groups are made by.")
@click.option("--git-init/--no-git-init", default=None, help="Make a Git repository where there is none.")
@click.option("--dry-run", is_flag=True, help="Show every file whole, and write nothing.")
@click.option("--yes", is_flag=True, help="Write without asking.")
def command(repo: Path, dry_run: bool, yes: bool, git_init: bool | None, **given: object) -> int:
    r"""Set up policies, people and ladder in a repository.

    Asks what no option answers, shows what it would write, and asks again before it writes. Files that are there stay
    as they are. A person is NAME:ID:LOGIN, or NAME:ID:LOGIN:EMAIL, such as alice:1001:alice-b; ID is the number of
    the GitHub account, which `gh api users/LOGIN --jq .id` prints. Two people are the least: nobody approves alone.

    \b
    rampgate init
    rampgate init --business-owner alice:1001:alice-b --risk rita:1005:rita --yes
    rampgate init --ladder 10-50-100 --start warn --dry-run

    \b
    Exit codes: 0 done, or nothing to do   3 files that were there have problems
                2 usage   4 out of reach
    """
    from rampgate.app.setup.init import plan_setup, write_setup
    from rampgate.cli.setup_shown import show_setup

    answers = _answers(repo, dict(given), asks=sys.stdin.isatty() and not yes)
    setup = plan_setup(repo, answers)
    show_setup(setup.write, setup.kept, whole=dry_run)
    if dry_run:
        return 0
    if setup.write and not yes:
        if not sys.stdin.isatty():
            raise UsageProblem("nothing was written; give --yes to write these files, or --dry-run to read them")
        click.confirm("Write these files?", abort=True)
    if setup.needs_git and git_init is None:
        git_init = (
            not yes and sys.stdin.isatty() and click.confirm("There is no Git repository. Make one?", default=True)
        )
    write_setup(setup, git_init=bool(git_init))
    return _after(setup, has_git=bool(git_init) or not setup.needs_git)


def _answers(repo: Path, given: dict[str, object], *, asks: bool) -> Answers:
    from rampgate.app.setup.init import Answers, branch_of, somebody

    if not asks:
        lacking = [f"--{name.replace('_', '-')}" for name in ("business_owner", "risk") if not given[name]]
        if lacking:
            raise UsageProblem(f"there is nobody to ask here: give {' and '.join(lacking)} {_PERSON}")
    business = given["business_owner"] or _ask("Business owner, who pays and answers for the models")
    risk = given["risk"] or (_ask("Risk officer, another person"),)
    ladder = given["ladder"] or (_choose("Percent of traffic of the rungs", LADDERS) if asks else LADDERS[0])
    start = given["start"] or (_choose("Unmet rules at first", ("block", "warn")) if asks else "block")
    ratio = given["fairness_ratio"] or (
        click.prompt("Least ratio of selection rates between groups (your decision)", default="0.80")
        if asks
        else "0.80"
    )

    def people(option: str, texts: object) -> tuple[object, ...]:
        assert isinstance(texts, tuple), "click gives repeated options as a tuple"
        return tuple(somebody(text, f"--{option}") for text in texts)

    values = {
        "business": somebody(str(business), "--business-owner"),
        "risk": people("risk", risk),
        "technical": people("technical-owner", given["technical_owner"]),
        "security": people("security", given["security"]),
        "policy_owners": people("policy-owner", given["policy_owner"]),
        "ladder": ladder,
        "team": given["team"],
        "branch": given["branch"] or branch_of(repo),
        "start": start,
        "ratio": ratio,
        "attributes": tuple(each.strip() for each in str(given["attributes"]).split(",")),
    }
    return Answers(**values)  # type: ignore[arg-type]


def _ask(question: str) -> str:
    return str(click.prompt(f"{question} ({_PERSON})"))


def _choose(question: str, words: tuple[str, ...]) -> str:
    return str(click.prompt(question, type=click.Choice(words), default=words[0]))


def _after(setup: Setup, *, has_git: bool) -> int:
    from rampgate.app.setup.init import problems_after

    problems = problems_after(setup)
    for problem in problems:
        click.echo(problem, err=True)
    click.echo(f"Wrote {len(setup.write)} files in {setup.root}.")
    if problems:
        click.echo("Next: solve what `rampgate check` says.")
        return 3
    start = "" if has_git else "`git init`, then "
    click.echo(f"Next: {start}read policies/baseline.yaml, commit, and `rampgate new MODEL VERSION`.")
    click.echo("On GitHub, `rampgate github init` writes what makes the verdict count.")
    return 0
