"""`rampgate gate`: the judge."""

from __future__ import annotations

from pathlib import Path

import click


@click.command("gate", short_help="Judge what one revision would bring to another.")
@click.option("--base", required=True, metavar="REV", help="The governed branch, or a commit of it: its rules count.")
@click.option("--head", required=True, metavar="REV", help="What would be merged into it.")
@click.option(
    "--reviews", type=click.Path(dir_okay=False, path_type=Path), metavar="FILE",
    help="JSON with `pull_request`, `reviews` and `commits` as GitHub gives them; without it, nobody has approved yet.",
)  # fmt: skip
@click.option(
    "--repo", type=click.Path(file_okay=False, path_type=Path), default=".", metavar="DIR", help="The repository."
)
@click.option(
    "--now", metavar="RFC3339", help="The moment to judge at, such as 2026-11-20T10:00:00Z; else the clock's."
)
@click.option(
    "--format", "format_", type=click.Choice(["text", "markdown", "json", "sarif", "junit"]), default="text",
    show_default=True, help="How the decision is written.",
)  # fmt: skip
@click.option(
    "--output", type=click.Path(dir_okay=False, path_type=Path), metavar="FILE", help="Write there, not to the screen."
)
@click.option("--full", is_flag=True, help="In text, list what passes and what does not apply too.")
def command(
    base: str,
    head: str,
    reviews: Path | None,
    repo: Path,
    now: str | None,
    format_: str,
    output: Path | None,
    full: bool,
) -> int:
    r"""Judge what HEAD would bring to BASE, and say why.

    Rules, people and waivers are read from BASE; cards and evidence from the tree that a merge would give. Nothing in
    the work tree plays a part, and nothing is written but the answer.

    \b
    rampgate gate --base main --head HEAD
    rampgate gate --base main --head promote/credit-risk \
        --reviews reviews.json --format json

    \b
    Exit codes: 0 allow, or nothing to judge   10 deny   11 hold   12 undecided
                3 invalid cards, policies or evidence   2 usage   4 out of reach
    """
    from rampgate.adapters.clock import now as clock_now
    from rampgate.adapters.clock import parse_rfc3339
    from rampgate.app.judging.gate import GateRequest, gate
    from rampgate.app.write import write_whole
    from rampgate.cli.show import paint, width
    from rampgate.model.vocabulary import EXIT_CODE
    from rampgate.reports import text
    from rampgate.reports.formats import FORMATS

    moment = parse_rfc3339(now) if now else clock_now()
    decision = gate(GateRequest(repo, base, head, moment.strftime("%Y-%m-%dT%H:%M:%SZ"), reviews))
    if format_ == "text":
        shown = (
            text.render(decision, full=full) if output else text.render(decision, width=width(), paint=paint, full=full)
        )
    else:
        shown = FORMATS[format_](decision)
    if output:
        write_whole(output, shown.encode())
    else:
        click.echo(shown, nl=False)
    if decision.problems:
        return 3
    return EXIT_CODE[decision.verdict] if decision.verdict else 0
