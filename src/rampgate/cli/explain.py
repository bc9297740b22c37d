"""`rampgate explain`: a rule, a kind of rule, or a word of the verdict."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import click

from rampgate.errors import UsageProblem

if TYPE_CHECKING:
    from rampgate.app.explain import KindPage, Parameter, RulePage


@click.command("explain", short_help="Explain a rule, or a kind of rule.")
@click.argument("word", metavar="RULE|KIND|VERDICT", required=False)
@click.option("--list", "listed", is_flag=True, help="List the kinds of rules.")
@click.option(
    "--repo", type=click.Path(file_okay=False, path_type=Path), default=".", metavar="DIR", help="The repository."
)
@click.option("--now", metavar="RFC3339", help="The moment at which a dated rule is read; else the clock's.")
def command(word: str | None, listed: bool, repo: Path, now: str | None) -> int:
    r"""Explain a rule of your policies, a kind of rule, or a word such as `undecided`.

    For a rule: why it is there, whose it is and where, what it does at each stage, its parameters with their meaning,
    how to satisfy it, and who may waive it. For a kind: what a rule of that kind can say, with an example. Policies
    are read from the work tree.

    \b
    rampgate explain fairness.selection-rate-by-sex
    rampgate explain fairness.ratio_at_least
    rampgate explain undecided
    rampgate explain --list

    \b
    Exit codes: 0 done   3 the policies are invalid
                2 there is nothing of that name
    """
    from rampgate.app.explain import RulePage, explain, kinds
    from rampgate.app.moment import moment
    from rampgate.cli.show import note_lines, paint

    if listed:
        for id_, summary, built_in in kinds():
            click.echo(paint(id_, "cyan") + (" (applied by rampgate itself)" if built_in else ""))
            for line in note_lines(summary, "  "):
                click.echo(line)
        return 0
    if not word:
        raise UsageProblem("which one? give the id of a rule or kind, or --list to see the kinds")
    for number, page in enumerate(explain(repo, word, day=moment(now)[:10])):
        if number:
            click.echo()
        if isinstance(page, str):
            lines: Iterator[str] = iter(note_lines(page))
        else:
            lines = _rule(page) if isinstance(page, RulePage) else _kind(page)
        for line in lines:
            click.echo(line)
    return 0


def _rule(page: RulePage) -> Iterator[str]:
    from rampgate.cli.show import note_lines, paint

    yield paint(page.id, "cyan")
    yield from note_lines(page.title, "  ")
    yield ""
    for word, text in (("kind", page.kind), *page.facts):
        yield from _pair(word, text)
    if page.parameters:
        yield ""
        yield "parameters"
        for parameter in page.parameters:
            value = parameter.value or f"{parameter.default.strip('`')} (default)"
            yield from _pair(parameter.name, value, indent=2)
            yield from _wrapped(parameter.meaning, " " * 6, " " * 6)
    yield ""
    yield from note_lines(f"`rampgate explain {page.kind}` tells everything that such a rule can say.")


def _pair(word: str, text: str, indent: int = 0) -> list[str]:
    """Return a word and its text, wrapped under itself."""
    return _wrapped(text, " " * indent + f"{word}: ", " " * (indent + 4))


def _wrapped(text: str, lead: str = "", below: str = "") -> list[str]:
    """Return a text as lines that fit the terminal; lead, below: what the first and the other lines begin with."""
    import textwrap

    from rampgate.cli.show import width
    from rampgate.reports.escape import plain

    return textwrap.wrap(
        plain(text), max(width(), 40), initial_indent=lead, subsequent_indent=below,
        break_long_words=False, break_on_hyphens=False,
    )  # fmt: skip


def _kind(page: KindPage) -> Iterator[str]:
    from rampgate.cli.show import note_lines, paint

    yield paint(page.id, "cyan")
    yield from note_lines(page.summary, "  ")
    yield ""
    if page.built_in:
        yield from note_lines(
            "Applied by rampgate itself in every repository; it always blocks, and can not be waived."
        )
    elif not page.may_be_waived:
        yield "Can not be waived."
    if page.used_by:
        yield from note_lines(f"Rules of this kind here: {', '.join(page.used_by)}.")
    if page.parameters:
        yield ""
        yield "Parameters"
        yield from (line for parameter in page.parameters for line in _parameter(parameter))
    yield ""
    yield from _markdown(page.text)


def _parameter(parameter: Parameter) -> Iterator[str]:
    type_, default = parameter.type.replace("`", ""), parameter.default.replace("`", "")
    more = default if default == "required" else f"default {default}"
    yield from _pair(parameter.name, f"{type_}, {more}", indent=2)
    yield from _wrapped(parameter.meaning, " " * 6, " " * 6)


def _markdown(text: str) -> Iterator[str]:
    """Yield a page's text for a terminal: headings plain, prose wrapped, examples as they are."""
    fenced = False
    prose: list[str] = []

    def rest() -> Iterator[str]:
        if prose:
            yield from _wrapped(" ".join(prose), below="  " if prose[0].startswith("- ") else "")
            prose.clear()

    for line in text.splitlines():
        if line.startswith("```"):
            yield from rest()
            fenced = not fenced
        elif fenced:
            yield f"    {line}"
        elif line.startswith("## ") or not line.strip():
            yield from rest()
            yield line.removeprefix("## ")
        else:
            if line.startswith("- "):
                yield from rest()
            prose.append(line.strip())
    yield from rest()
