"""What a change does to the files of a version, in sentences that a reviewer reads instead of a diff."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from typing import Final

from rampgate.core.brief_control import control_changes
from rampgate.core.differences import differences
from rampgate.model.facts import Facts, VersionFacts
from rampgate.model.sourced import Missing

MOST: Final = 40


def changes_of(facts: Facts) -> tuple[tuple[str, ...], int]:
    """Return at most forty sentences on what differs, and how many more there are.

    Moves come first, then the card, then the files beside it, then what lies outside the version.
    """
    sentences = [*_moves(facts), *_reasons(facts), *_waiver(facts)]
    match facts.subject, facts.before:
        case Missing(), _:
            pass
        case VersionFacts() as after, Missing():
            sentences.append(f"a new card, with {', '.join(sorted(after.card.raw))}")
            sentences += _files({}, after.files)
        case VersionFacts() as after, VersionFacts() as before:
            told = ("stage:", "evidence[")  # among the moves, and among the files
            sentences += [each for each in differences(before.card.raw, after.card.raw) if not each.startswith(told)]
            sentences += _files(before.files, after.files)
    control = control_changes(facts)
    sentences += [*control.sentences, *_elsewhere(facts, control.told)]
    return tuple(sentences[:MOST]), max(0, len(sentences) - MOST)


def _moves(facts: Facts) -> Iterator[str]:
    own = facts.change.transition.version if facts.change.transition else ""
    for move in sorted(facts.change.moves, key=lambda each: (each.version != own, each.version)):
        name = "stage" if move.version == own else f"stage of version {move.version}"
        yield f"{name}: {move.before or 'none'} -> {move.after or 'none'}"


def _reasons(facts: Facts) -> Iterator[str]:
    """Yield the reason of a move that waits for nobody, or of a decision about retraining, whole.

    It is what a reader asks for first.
    """
    if isinstance(facts.subject, Missing):
        return
    old = {} if isinstance(facts.before, Missing) else facts.before.events
    for name, event in sorted(facts.subject.events.items()):
        if name not in old:
            yield f"reason, given by {event.noun.by}: {' '.join(event.noun.reason.split())}"
    known = {} if isinstance(facts.before, Missing) else facts.before.retraining
    for name, decided in sorted(facts.subject.retraining.items()):
        if name not in known:
            noun = decided.noun
            then = f", to be followed by version {noun.successor}" if noun.successor else ""
            yield f"retraining: {noun.decision.replace('_', ' ')}, on {noun.trigger}{then}"
            yield f"reason, given by {noun.by}: {' '.join(noun.reason.split())}"


def _waiver(facts: Facts) -> Iterator[str]:
    if isinstance(facts.waiver, Missing):
        return
    waiver = facts.waiver.noun
    yield (
        f"waiver {waiver.id} excuses {waiver.rule} of {waiver.model} {waiver.version} for {waiver.entering}, "
        f"from {waiver.starts} to {waiver.ends}"
    )
    # Whether it is granted is for the verdict to say: this is what the file names.
    reason = " ".join(waiver.reason.split())
    yield f"owner {waiver.owner}, approver {waiver.approved_by}; reason: {reason}"


def _files(before: Mapping[str, str], after: Mapping[str, str]) -> Iterator[str]:
    for path in sorted(before.keys() | after.keys()):
        if path == "card.yaml" or before.get(path) == after.get(path):
            continue
        word = "added" if path not in before else "removed" if path not in after else "changed"
        yield f"file {path}: {word}"


def _elsewhere(facts: Facts, told_in_words: Collection[str]) -> Iterator[str]:
    """Yield the touched paths outside the version's own folder, for a reader has to know that they move along."""
    transition = facts.change.transition
    own = f"model_cards/{transition.model}/{transition.version}/" if transition else ""
    told = (
        {f"model_cards/{transition.model}/{move.version}/card.yaml" for move in facts.change.moves}
        if transition
        else ()
    )
    for touched in facts.change.touched:
        if (own and touched.path.startswith(own)) or touched.path in told or touched.path in told_in_words:
            continue
        word = "added" if touched.was_added else "removed" if touched.was_removed else "changed"
        yield f"file {touched.path}: {word}"
