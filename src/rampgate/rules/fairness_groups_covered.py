"""Every group that must be looked at is in the evidence, with enough rows.

## Why it exists
A comparison only speaks of the groups that are in the data. Leave a group out, or split by nothing, and every other
fairness rule is content. So the policy names the groups, and evidence that does not show them is not enough.

## Example
```yaml
- id: fairness.groups-are-covered
  kind: fairness.groups_covered
  title: Both sexes are measured with enough people
  applies: {changes: [promote, amend], entering: [canary, ramp, majority, full]}
  effect: block
  with: {evidence: fairness, by: [sex], groups: [Female, Male], min_group: 100}
```
With several columns a group is written as a mapping: `by: [sex, race]`, `groups: [{sex: Female, race: Asian}, ...]`.
At least two groups must be named, for one alone is compared with nobody.

## How to satisfy it
Measure on data in which every named group has at least `min_group` rows, split by these columns:
`rampgate measure fairness --by COLUMN --attach`. Values are compared exactly, so `female` is another group than
`Female`. A suppressed group is there and not enough: measure more of it, or without splitting so finely.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated

from pydantic import Field

from rampgate.formats.evidence_tables import counts_of, sums_of
from rampgate.formats.suggest import did_you_mean
from rampgate.model.evidence import Evidence, EvidenceKind
from rampgate.model.facts import Facts
from rampgate.model.finding import Answer
from rampgate.model.ids import Line
from rampgate.model.vocabulary import Outcome
from rampgate.rules._base import ParamFault, RuleKind, Surroundings
from rampgate.rules._evidence import EvidenceParams, Fit, matching, shown
from rampgate.rules._metrics import column_faults, group_text, listed
from rampgate.rules._more_rows import Need, way_out
from rampgate.stats.counts import Group


class GroupsCovered(EvidenceParams):
    """Which groups must be there, and how large."""

    evidence: EvidenceKind
    """The kind of evidence that is judged, such as `fairness`."""
    by: Annotated[tuple[Line, ...], Field(min_length=1)]
    """The columns whose values make the groups."""
    groups: Annotated[tuple[Line | dict[Line, Line], ...], Field(min_length=2)]
    """The groups that must be there: values of the one column, or a mapping of column to value."""
    min_group: Annotated[int, Field(ge=1, strict=True)]
    """The least number of rows of each of them."""


def lint(params: GroupsCovered, surroundings: Surroundings) -> Iterator[ParamFault]:  # noqa: ARG001
    """Yield groups that do not fit the columns, and groups that are named twice."""
    yield from column_faults(params.by)
    seen: list[Group] = []
    for place, given in enumerate(params.groups):
        group = _as_group(given, params.by)
        if group is None:
            columns = ", ".join(f"{name}: ..." for name in params.by)
            yield ParamFault(("groups", place), f"a group by {list(params.by)} is written as `{{{columns}}}`")
        elif group in seen:
            yield ParamFault(("groups", place), f"group {group_text(params.by, group)} is named twice", "name it once")
        else:
            seen.append(group)


def check(params: GroupsCovered, facts: Facts) -> Iterator[Answer]:
    """Pass each matching file in which every group has enough rows; any other is insufficient."""
    groups = [_as_group(given, params.by) for given in params.groups]
    wanted = [group for group in groups if group is not None]
    if len(wanted) < len(groups) or len(set(wanted)) < 2:
        yield Answer(
            Outcome.ERROR, "the rule does not name at least two groups by its columns", fix="correct the policy"
        )
        return
    for fit in matching(params.evidence, params, facts, by=params.by):
        yield fit if isinstance(fit, Answer) else _judge(params, wanted, fit, facts)


def _judge(params: GroupsCovered, wanted: list[Group], fit: Fit, facts: Facts) -> Answer:
    expected = f"at least {params.min_group} rows of each of {len(wanted)} groups"
    try:
        rows = _rows(fit.evidence, params.by)
    except ValueError as error:
        return fit.insufficient(str(error), expected=expected)
    hidden = {tuple(each.get(name, "?") for name in params.by) for each in fit.evidence.suppressed}
    gaps: list[str] = []
    needs: list[Need] = []
    for group in wanted:
        have = rows.get(group, 0)
        if have >= params.min_group:
            continue
        gaps.append(_gap(params.by, group, have, rows, is_hidden=group in hidden))
        needs.append(Need(group_text(params.by, group), have, params.min_group - have))
    if not gaps:
        smallest = min(wanted, key=lambda group: (rows[group], group))
        least = f"the smallest is {group_text(params.by, smallest)} (n={rows[smallest]})"
        message = f"all {len(wanted)} groups have at least {params.min_group} rows; {least}"
        return fit.answer(Outcome.PASS, message, f"{rows[smallest]} rows", expected)
    message = f"{len(wanted) - len(gaps)} of {len(wanted)} groups have at least {params.min_group} rows"
    found = f"{len(wanted) - len(gaps)} groups"
    return fit.insufficient(f"{message}; {listed(gaps)}", found, expected, way_out(fit, facts, needs[:5]))


def _gap(by: tuple[str, ...], group: Group, have: int, rows: dict[Group, int], *, is_hidden: bool) -> str:
    """Return what is wrong with one group, in words."""
    name = group_text(by, group)
    if is_hidden:
        return f"{name} is suppressed{f' in part, n={have} without it' if have else ''}"
    if have:
        return f"{name} has n={have}"
    others = {", ".join(other): other for other in rows}
    close = did_you_mean(", ".join(group), [word for word in others if len(word) <= 60 and shown(word) == word])
    return f"{name} is missing{close.replace('; did you mean', ' (is it').replace('?', '?)') if close else ''}"


def _rows(evidence: Evidence, by: tuple[str, ...]) -> dict[Group, int]:
    """Return the rows of each group; raises ValueError where the evidence is not split by these columns."""
    if evidence.counts is None and evidence.sums is not None:
        return {group: sums.n for group, sums in sums_of(evidence).marginal(by).sums.items()}
    return {group: cells.rows for group, cells in counts_of(evidence).marginal(by).groups().items()}


def _as_group(given: str | dict[str, str], by: tuple[str, ...]) -> Group | None:
    """Return a group in the order of the columns, or None where it does not name a value for each of them."""
    if isinstance(given, str):
        return (given,) if len(by) == 1 else None
    return tuple(given[name] for name in by) if set(given) == set(by) else None


KIND = RuleKind("fairness.groups_covered", GroupsCovered, check, __doc__, lint=lint)
