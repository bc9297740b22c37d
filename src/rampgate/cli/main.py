"""The group of commands, each imported only when it is called, and the one place that turns errors into exit codes."""

from __future__ import annotations

import errno
import os
import sys
from collections.abc import Mapping
from typing import Final

import click

from rampgate import __version__
from rampgate.cli.lazy import LazyGroup
from rampgate.errors import InvalidInput, RampgateError

COMMANDS: Final[Mapping[str, tuple[str, str]]] = {
    "init": ("init", "Set up policies, people and ladder in a repository."),
    "new": ("new", "Write the card of a new model version."),
    "measure": ("measure", "Measure a model on data, and write evidence."),
    "evidence": ("evidence", "Verify, show, add and import evidence."),
    "check": ("check", "Find every problem in cards, policies and evidence."),
    "plan": ("plan", "Show what stands between a model and its next stage."),
    "promote": ("promote", "Move a version one rung up, on a branch."),
    "rollback": ("rollback", "Move a version down, on a branch, with the reason."),
    "restore": ("restore", "Bring a version back up after a rollback."),
    "attest": ("attest", "Write down what a person vouches for."),
    "retraining": ("retraining", "Write down whether a model is trained again, and why."),
    "waive": ("waive", "Write a waiver: one rule, one version, one stage, an end."),
    "waivers": ("waivers", "List waivers and break-glass, and what is wrong with them."),
    "break-glass": ("break_glass", "Review what was bypassed in an emergency."),
    "gate": ("gate", "Judge what one revision would bring to another."),
    "simulate": ("simulate", "Judge as if other people approved, or on another day."),
    "review": ("review", "Read a pull request as its reviewer: what changes, and what is awaited."),
    "ci": ("ci", "Judge a pull request inside GitHub Actions, and publish the verdict."),
    "record": ("record", "Judge again what landed, and write it into the decision history."),
    "audit": ("audit", "Read, verify and replay the decision history."),
    "keys": ("keys", "Create, rotate and revoke the keys of the history."),
    "github": ("github", "Set up a GitHub repository, and find the holes in its set-up."),
    "status": ("status", "Show what stands where."),
    "whatif": ("whatif", "Judge every card under other policies."),
    "explain": ("explain", "Explain a rule, or a kind of rule."),
    "schema": ("schema", "Print a JSON Schema of rampgate's files."),
    "demo": ("demo", "See a model denied, fixed, held and allowed, in a temporary repository."),
}
"""Command -> its module under `rampgate.cli`, and its line in the list; in the order of a model's way."""


@click.group(
    cls=LazyGroup,
    table=COMMANDS,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    epilog="Exit codes: 0 allow or valid, 10 deny, 11 hold, 12 undecided, 3 invalid input, 2 usage, 4 out of reach.",
)
@click.version_option(__version__, prog_name="rampgate", message="%(prog)s %(version)s")
def main() -> None:
    """Judge the promotion of machine-learning models, from cards and policies kept in Git.

    A model climbs a ladder of stages (pilot, canary 5%, ramp 25%, majority 75%, full); each step is a pull request
    that changes one line of its card. rampgate says whether it may, and what is missing.

    First steps: `rampgate demo`, then `rampgate init` in your own repository.
    """


def run(arguments: list[str] | None = None) -> None:
    """Run the command line and end the process with its exit code.

    A crash ends with 1, Python's own code, so that it never looks like a verdict.
    """
    try:
        code = main.main(args=arguments, prog_name="rampgate", standalone_mode=False)
    except click.ClickException as error:
        error.show()
        sys.exit(2)
    except click.Abort:
        click.echo("stopped; nothing was changed after this point", err=True)
        sys.exit(2)
    except InvalidInput as error:
        show_problems(error)
        sys.exit(error.exit_code)
    except RampgateError as error:
        click.echo(f"rampgate: {error}", err=True)
        sys.exit(error.exit_code)
    except BrokenPipeError:
        # Whoever read our output has gone; Python would complain again when it closes the stream.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(141)
    except OSError as error:
        # What commands read and write tells its own path; what is left is a stream that takes no more.
        if error.errno not in (errno.ENOSPC, errno.EIO, errno.EFBIG, errno.EDQUOT):
            raise
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        click.echo(f"rampgate: the output can not be written: {error.strerror}", err=True)
        sys.exit(4)
    sys.exit(code if isinstance(code, int) else 0)


def show_problems(error: InvalidInput) -> None:
    """Write every problem to standard error: its place, what is wrong, and the next step."""
    from rampgate.cli.show import problem_lines

    for line in problem_lines(error.problems):
        click.echo(line, err=True)
