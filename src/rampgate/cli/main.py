"""The group of commands, each imported only when it is called, and the one place that turns errors into exit codes."""

from __future__ import annotations

import errno
import importlib
import os
import sys
from collections.abc import Mapping
from typing import Final

import click

from rampgate import __version__
from rampgate.errors import InvalidInput, RampgateError

COMMANDS: Final[Mapping[str, tuple[str, str]]] = {
    "init": ("init", "Set up policies, people, ladder and CI in a repository."),
    "new": ("new", "Write the card of a new model version."),
    "measure": ("measure", "Measure a model on data, and write evidence."),
    "check": ("check", "Find every problem in cards, policies and evidence."),
    "plan": ("plan", "Show what stands between a model and its next stage."),
    "promote": ("promote", "Move a version one rung up, on a branch."),
    "rollback": ("rollback", "Move a version down, on a branch, with the reason."),
    "attest": ("attest", "Write down what a person vouches for."),
    "waive": ("waive", "Write a waiver: one rule, one version, one stage, an end."),
    "gate": ("gate", "Judge what one revision would bring to another."),
    "status": ("status", "Show what stands where."),
    "whatif": ("whatif", "Judge every card under other policies."),
    "explain": ("explain", "Explain a rule, or a kind of rule."),
    "schema": ("schema", "Print a JSON Schema of rampgate's files."),
    "demo": ("demo", "See a model denied, fixed, held and allowed, in a temporary repository."),
}
"""Command -> its module under `rampgate.cli`, and its line in the list; in the order of a model's way."""


class LazyGroup(click.Group):
    """A group whose commands are imported when they are called; listing them imports none."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002
        """Return the names of the commands in the order of a model's way."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002
        """Return a command, importing its module."""
        if cmd_name not in COMMANDS:
            return None
        module = importlib.import_module(f"rampgate.cli.{COMMANDS[cmd_name][0]}")
        command: click.Command = module.command
        # Docstrings are raw, so click's mark for "do not wrap this paragraph" arrives as two characters.
        command.help = (command.help or "").replace("\\b\n", "\b\n")
        return command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Return the command that was asked for; an unknown one is told with the nearest that exists."""
        name = args[0]
        if name not in COMMANDS and not name.startswith("-"):
            from rampgate.formats.suggest import did_you_mean

            hint = did_you_mean(name, COMMANDS)
            raise click.UsageError(f"unknown command `{name}`{hint}\nsee `rampgate --help` for the commands")
        return super().resolve_command(ctx, args)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002
        """Write the list of commands from the table, without importing them."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, line) for name, (_, line) in COMMANDS.items()])


@click.group(
    cls=LazyGroup,
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
