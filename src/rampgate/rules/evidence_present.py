"""The card lists evidence of a kind that is about this very artifact, recent enough and large enough.

## Why it exists
A number about another artifact, another data set or last year's traffic says nothing about what is being promoted.
The rule asks for the measurement itself: its subject by digest, its age, its rows and, where it matters, the signature
of somebody in a role that may vouch for it.

## Example
```yaml
- id: evidence.production-performance
  kind: evidence.present
  title: Performance was measured where the model now serves
  applies: {tiers: [high], entering: [ramp, majority, full]}
  effect: block
  with:
    kind: performance
    population: production
    stage: current
    max_age_days: 30
    min_rows: 1000
    signed_by: [technical_owner, model_quality]
```
Every file of that kind, `population` and `stage` is judged, and the worst answer counts. `stage: current` is the stage
where the version stands before the change. Age counts in UTC days from the day on which the evidence was produced;
`max_age_days` itself is still allowed, and a day to come is never evidence. Rows are counted in the table that the
evidence rests on; what it says of its source counts only where it has no table. `counts: required` refuses what was
imported from another tool as a number alone.

## How to satisfy it
Measure with `rampgate measure KIND --attach`, signed with `--as PERSON --sign SSHKEY` where the rule names roles. An
unsigned file passes where no signature is asked for, and is then reported as claimed. Take a file that no longer fits
out of the card's `evidence`, or measure it again.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Literal

from pydantic import Field

from rampgate.formats.evidence_tables import counts_of, sums_of
from rampgate.formats.measured.registry import BY_KIND
from rampgate.formats.suggest import did_you_mean
from rampgate.model.evidence import Evidence, EvidenceKind
from rampgate.model.facts import Facts
from rampgate.model.finding import Answer
from rampgate.model.ids import RoleName
from rampgate.model.sourced import Missing
from rampgate.model.vocabulary import Outcome
from rampgate.rules._base import ParamFault, RuleKind, Surroundings
from rampgate.rules._evidence import EvidenceParams, Fit, matching, one_line, produced_on


class EvidencePresent(EvidenceParams):
    """Which evidence must be there."""

    kind: EvidenceKind
    """The kind of evidence, such as `performance`."""
    min_rows: Annotated[int, Field(ge=1, strict=True)] | None = None
    """The least number of rows that it must rest on."""
    counts: Literal["required"] | None = None
    """`required`: it must rest on counts, so that its numbers can be computed again, and claim none without."""
    signed_by: Annotated[tuple[RoleName, ...], Field(min_length=1)] | None = None
    """Roles of which the signer must hold at least one; left out, evidence need not be signed."""


def lint(params: EvidencePresent, surroundings: Surroundings) -> Iterator[ParamFault]:
    """Yield roles that nobody holds: evidence could never be signed by them."""
    held = sorted({role for person in surroundings.people.people for role in person.roles})
    for place, role in enumerate(params.signed_by or ()):
        if role not in held:
            fix = "name a role of `policies/people.yaml`"
            yield ParamFault(("signed_by", place), f"nobody holds the role `{role}`{did_you_mean(role, held)}", fix)


def check(params: EvidencePresent, facts: Facts) -> Iterator[Answer]:
    """Pass each matching file that is large enough and signed as asked; any other is insufficient."""
    for fit in matching(params.kind, params, facts):
        yield fit if isinstance(fit, Answer) else _judge(params, fit, facts)


def _judge(params: EvidencePresent, fit: Fit, facts: Facts) -> Answer:
    try:
        rows = rows_of(fit.evidence)
    except ValueError as error:
        return fit.insufficient(str(error))
    if params.min_rows is not None:
        expected = f"at least {params.min_rows} rows"
        if rows is None:
            return fit.insufficient("it does not say on how many rows it rests", "unknown", expected)
        if rows < params.min_rows:
            return fit.insufficient(f"it rests on {rows} rows, and {expected} are asked for", f"{rows} rows", expected)
    if params.counts == "required" and not has_counts(fit.evidence):
        fix = "measure it with `rampgate measure`, or import results that have counts"
        return fit.insufficient("it rests on no counts, so its numbers are claims", "no counts", "counts", fix)
    signer = _unsigned(params, fit, facts)
    if signer:
        expected = f"signed by {_roles(params)}"
        return fit.insufficient(signer, "no signature that counts", expected, f"sign it: `{_signing(fit)}`")
    by = "" if isinstance(fit.file.signed_by, Missing) else f", signed by `{fit.file.signed_by}`"
    about = f"{params.kind} evidence of {produced_on(fit.evidence)}"
    size = "" if rows is None else f" on {rows} rows"
    return fit.answer(Outcome.PASS, f"{about}{size} is about this artifact{by}", f"{about}{size}")


def _unsigned(params: EvidencePresent, fit: Fit, facts: Facts) -> str:
    """Return why no signature counts, or "" where one does or none is asked for."""
    if params.signed_by is None:
        return ""
    signer = fit.file.signed_by
    if isinstance(signer, Missing):
        return f"a signature by {_roles(params)} is asked for, and {one_line(signer.why)}"
    person = facts.people.named(signer)
    if person is None:
        return f"it is signed by `{signer}`, who is not in the people file"
    if not set(params.signed_by) & set(person.roles):
        return f"it is signed by `{signer}`, who holds none of the roles asked for: {_roles(params)}"
    return ""


def _roles(params: EvidencePresent) -> str:
    return " or ".join(f"`{role}`" for role in params.signed_by or ())


def _signing(fit: Fit) -> str:
    return f"{fit.measure} --as PERSON --sign SSHKEY" if fit.measure.startswith("rampgate ") else fit.measure


def rows_of(evidence: Evidence) -> int | None:
    """Return the rows that evidence rests on, or None where nothing says it; raises ValueError for a broken table."""
    if evidence.counts is not None:
        return counts_of(evidence).total.rows
    if evidence.sums is not None and evidence.kind == "regression":
        return sums_of(evidence).total.n
    kind = BY_KIND.get(evidence.kind)
    if kind is not None and kind.sizes is not None and evidence.tables is not None:
        return sum(kind.sizes(evidence)[1].values())
    return None if evidence.source is None else evidence.source.rows


def has_counts(evidence: Evidence) -> bool:
    """Return whether evidence rests on counts or sums, and claims nothing beside them."""
    if evidence.claimed:
        return False
    return any(each is not None for each in (evidence.counts, evidence.sums, evidence.tables))


KIND = RuleKind("evidence.present", EvidencePresent, check, __doc__, lint=lint)
