"""`rampgate plan`: what is missing, before anybody asks."""

from __future__ import annotations

from pathlib import Path

import click


@click.command("plan", short_help="Show what stands between a model and its next stage.")
@click.argument("model")
@click.option("--version", metavar="V", default="", help="One version; else every version with a rung above it.")
@click.option("--to", metavar="STAGE", default="", help="Up to this rung; else up to the last.")
@click.option(
    "--repo", type=click.Path(file_okay=False, path_type=Path), default=".", metavar="DIR", help="The repository."
)
@click.option("--now", metavar="RFC3339", help="The moment to plan at, such as 2026-11-20T10:00:00Z; else the clock's.")
@click.option(
    "--format", "format_", type=click.Choice(["text", "json"]), default="text", show_default=True,
    help="How the plan is written.",
)  # fmt: skip
def command(model: str, version: str, to: str, repo: Path, now: str | None, format_: str) -> None:
    r"""Show what stands between MODEL and each rung above it.

    Reads cards and policies of your work tree, committed or not, and judges promotions that nobody has asked for yet:
    which rules are not met and how to meet them, whose approval is needed, the earliest day, waivers that ended or end
    soon. Rungs beyond the next are judged on what is there today.

    \b
    rampgate plan credit-risk
    rampgate plan credit-risk --version 2.0.0 --to canary --format json

    \b
    Exit codes: 0 planned, whatever is missing
                3 invalid cards, policies or evidence   2 usage   4 out of reach
    """
    from rampgate.app.moment import moment
    from rampgate.app.planning.plan import PlanRequest, plan
    from rampgate.cli.show import paint, width
    from rampgate.reports.plan import render_json, render_text

    plans = plan(PlanRequest(repo, model, moment(now), version, to))
    shown = render_json(plans) if format_ == "json" else render_text(plans, width=width(), paint=paint)
    click.echo(shown, nl=False)
