"""The brief: what a reviewer needs beside the decision, from the facts that the decision rests on. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from rampgate.core.bound import BoundRule
from rampgate.core.brief_changes import changes_of
from rampgate.core.brief_groups import groups_of
from rampgate.core.brief_numbers import MOST_METRICS, metrics_of
from rampgate.model.brief import Brief, EvidenceOrigin, Vouched
from rampgate.model.decision import Decision
from rampgate.model.facts import AttestationFile, Facts
from rampgate.model.sourced import Missing
from rampgate.model.vocabulary import Outcome

MOST_TABLES: Final = 8


def brief_of(decision: Decision, facts: Facts | None, rules: Sequence[BoundRule] = ()) -> Brief:
    """Return the brief of a decision.

    facts: None gives an empty brief. rules: those that were bound for the judgement; of them only those that have a
    finding are looked at, and without any there are no tables of groups and only the usual metrics.
    """
    if facts is None:
        return Brief()
    speaking = {each.rule for each in decision.findings if each.outcome is not Outcome.NOT_APPLICABLE}
    asked = [bound for bound in rules if bound.rule.id in speaking]
    changes, more_changes = changes_of(facts)
    metrics, left_out = metrics_of(facts, asked)
    groups = list(groups_of(facts, asked))
    before, after = _exposure(facts)
    return Brief(
        changes=changes,
        more_changes=more_changes,
        exposure_from=before,
        exposure_to=after,
        metrics=tuple(metrics[:MOST_METRICS]),
        more_metrics=max(0, len(metrics) - MOST_METRICS),
        metrics_left_out=tuple(left_out),
        groups=tuple(groups[:MOST_TABLES]),
        more_groups=max(0, len(groups) - MOST_TABLES),
        vouched=tuple(_vouched(facts)),
        evidence=tuple(_origins(facts)),
    )


def _exposure(facts: Facts) -> tuple[int | None, int | None]:
    transition = facts.change.transition
    if transition is None:
        return None, None
    before, after = (
        facts.ladder.exposure(stage) if stage and facts.ladder.canonical(stage) is not None else None
        for stage in (transition.from_stage, transition.to_stage)
    )
    return before, after


def _vouched(facts: Facts) -> Iterator[Vouched]:
    """Yield every attestation that covers this version and has not expired, the new ones first."""
    if isinstance(facts.subject, Missing):
        return
    own = list(facts.subject.attestations)
    for version, sibling in sorted(facts.siblings.items()):
        if version != facts.subject.version:
            own += [each for each in sibling.attestations if each.content.noun.covers == "model"]
    live = [each for each in own if each.content.noun.date <= facts.today <= each.content.noun.expires]
    yield from sorted(map(_as_vouched, live), key=lambda each: (not each.is_new, each.role, each.person))


def _as_vouched(file: AttestationFile) -> Vouched:
    noun = file.content.noun
    return Vouched(noun.role, noun.person, " ".join(noun.statement.split()), noun.expires, not file.on_record)


def _origins(facts: Facts) -> Iterator[EvidenceOrigin]:
    if isinstance(facts.subject, Missing):
        return
    for file in facts.subject.evidence:
        if isinstance(file.content, Missing):
            continue
        produced = file.content.noun.produced
        signer = "" if isinstance(file.signed_by, Missing) else file.signed_by
        yield EvidenceOrigin(file.path, produced.by, produced.at[:10], signer)
