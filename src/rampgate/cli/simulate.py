"""`rampgate simulate`: what the gate would say if other people approved."""

from __future__ import annotations

import os
from pathlib import Path

import click

from rampgate.errors import UsageProblem


@click.command("simulate", short_help="Judge as if other people approved, or on another day.")
@click.option(
    "--pr", "number", type=click.IntRange(min=1), metavar="N",
    help="A pull request: base, head and reviews are GitHub's.",
)  # fmt: skip
@click.option("--base", metavar="REV", help="The governed branch, or a commit of it: its rules count.")
@click.option("--head", metavar="REV", help="What would be merged into it.")
@click.option(
    "--reviews", type=click.Path(dir_okay=False, path_type=Path), metavar="FILE",
    help="JSON as for `gate`; without it, a pull request by the head commit's author is assumed.",
)  # fmt: skip
@click.option(
    "--approve-by", multiple=True, metavar="LOGIN[,LOGIN]", help="Logins or names of those who approve the head."
)
@click.option("--ignore", multiple=True, metavar="LOGIN[,LOGIN]", help="Those whose reviews are left out.")
@click.option(
    "--repo", type=click.Path(file_okay=False, path_type=Path), default=".", metavar="DIR", help="The repository."
)
@click.option(
    "--now", metavar="RFC3339", help="The moment to judge at, such as 2026-11-20T10:00:00Z; else the clock's."
)
@click.option(
    "--format", "format_", type=click.Choice(["text", "markdown", "json"]), default="text", show_default=True,
    help="How the answer is written.",
)  # fmt: skip
def command(
    number: int | None,
    base: str | None,
    head: str | None,
    reviews: Path | None,
    approve_by: tuple[str, ...],
    ignore: tuple[str, ...],
    repo: Path,
    now: str | None,
    **given: str,
) -> int:
    r"""Judge what HEAD would bring to BASE, as if other people had approved it.

    It is judged twice: as it is, and with the approvals added. What would keep a real approval from counting keeps
    these from it too, and is told. Nothing is written or published. A pull request is asked for as `review` does, with
    GH_TOKEN.

    \b
    rampgate simulate --pr 12 --approve-by rita
    rampgate simulate --base main --head HEAD --approve-by rita,sam-sec
    rampgate simulate --base main --head promote/credit-risk \
        --reviews reviews.json --ignore bob --approve-by rita

    \b
    Exit codes: 0 allow, or nothing to judge   10 deny   11 hold   12 undecided,
                each of the simulated verdict   3 invalid cards, policies or
                evidence   2 usage   4 out of reach
    """
    from rampgate.app.moment import moment
    from rampgate.app.simulate import SimulateRequest, simulate
    from rampgate.cli.show import paint, width
    from rampgate.model.vocabulary import EXIT_CODE
    from rampgate.reports.simulated import FORMATS, render_text

    format_ = given["format_"]
    names, left_out = _split(approve_by), _split(ignore)
    if number is not None:
        from rampgate.app.github.simulate_pull import simulate_pull

        _refuse_beside_a_pull_request(base, head, reviews)
        answer = simulate_pull(os.environ, repo, number, names, left_out, moment(now) if now else "")
    elif base is None or head is None:
        raise UsageProblem("say what is judged: --pr N, or both --base and --head")
    else:
        answer = simulate(SimulateRequest(repo, base, head, moment(now), reviews, names, left_out))
    shown = render_text(answer, width=width(), paint=paint) if format_ == "text" else FORMATS[format_](answer)
    click.echo(shown, nl=False)
    if answer.after.problems:
        return 3
    return EXIT_CODE[answer.after.verdict] if answer.after.verdict else 0


def _refuse_beside_a_pull_request(base: str | None, head: str | None, reviews: Path | None) -> None:
    given = {"--base": base, "--head": head, "--reviews": reviews}
    too_many = [name for name, value in given.items() if value is not None]
    if too_many:
        raise UsageProblem(f"--pr says what {' and '.join(too_many)} would; leave out one or the other")


def _split(given: tuple[str, ...]) -> list[str]:
    """Return the names of a list that may be given at once or one by one."""
    return [name.strip() for part in given for name in part.split(",") if name.strip()]
