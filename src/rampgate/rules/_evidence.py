"""Which evidence a rule judges: all files of its kind, population and stage; one that does not fit is no answer.

A file that matches and is about another artifact, version or data set, too old, or dated in the future makes the rule
insufficient and is never skipped; so does a listed file that can not be read, for nobody knows what it would say.
"""

from __future__ import annotations

import shlex
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Literal

from rampgate.model.card import Card, Data
from rampgate.model.evidence import Evidence, EvidenceKind
from rampgate.model.facts import EvidenceFile, Facts, VersionFacts
from rampgate.model.finding import Answer
from rampgate.model.ids import Days, Digest, Line
from rampgate.model.sourced import Location, Missing
from rampgate.model.vocabulary import Outcome
from rampgate.rules._base import Params, subject_of

Population = Literal["offline", "shadow", "production"]

_LABELS = {
    "fairness": "--y-true COLUMN --y-pred COLUMN",
    "performance": "--y-true COLUMN --y-pred COLUMN",
    "regression": "--y-true COLUMN --y-pred COLUMN",
    "rate": "--outcome COLUMN",
    "multiclass": "--y-true COLUMN --y-pred COLUMN",
    "calibration": "--y-true COLUMN --y-score COLUMN",
}


class EvidenceParams(Params):
    """What every rule about evidence can ask of it, beside its kind."""

    population: Population | None = None
    """Only evidence about this population; left out, evidence about any."""
    stage: Literal["current"] | None = None
    """`current`: only evidence about the stage where the version stands before the change."""
    dataset: Digest | None = None
    """The digest of the data set that the evidence must be about."""
    dataset_name: Line | None = None
    """The name of the data set that the evidence must be about."""
    max_age_days: Days | None = None
    """The greatest age in days, from the day on which the evidence was produced."""


@dataclass(frozen=True, slots=True)
class Fit:
    """One file that matches and fits, ready to be judged; `valid_until` is "" where its age has no limit."""

    file: EvidenceFile
    evidence: Evidence
    location: Location
    valid_until: str
    measure: str
    """The command that measures such evidence again, in its place."""

    def answer(self, outcome: Outcome, message: str, found: str = "", expected: str = "", fix: str = "") -> Answer:
        """Return the answer about this file; a pass that rests on an unsigned file says that it is claimed."""
        claimed = outcome is Outcome.PASS and isinstance(self.file.signed_by, Missing)
        return Answer(
            outcome,
            f"`{self.file.path}`: {message}{' (claimed: the evidence is not signed)' if claimed else ''}",
            found,
            expected,
            self.location,
            fix,
            attested=claimed,
            valid_until=self.valid_until if outcome is Outcome.PASS else "",
        )

    def insufficient(self, message: str, found: str = "", expected: str = "", fix: str = "") -> Answer:
        """Return the answer that this file is not enough to tell; the fix is to measure again unless given."""
        return self.answer(Outcome.INSUFFICIENT, message, found, expected, fix or f"measure again: `{self.measure}`")


def matching(
    kind: EvidenceKind, params: EvidenceParams, facts: Facts, *, by: Sequence[str] = ()
) -> Iterator[Fit | Answer]:
    """Yield every file of the subject that the rule is about: fit to be judged, or why it is not an answer.

    by: the columns to name in the command that measures the evidence. Yields at least one item.
    """
    subject = subject_of(facts)
    found = False
    for file in subject.evidence:
        where = subject.card.at("evidence", file.listed)
        if isinstance(file.content, Missing):
            found = True
            again = measure_command(kind, subject.card.noun, by=by, population=params.population, replaces=file.path)
            yield Answer(
                Outcome.INSUFFICIENT,
                f"`{file.path}` can not be read: {one_line(file.content.why)}",
                location=where,
                fix=file.content.fix or f"measure again: `{again}`",
            )
            continue
        evidence = file.content.noun
        reasons = unclear_stage(evidence, params, facts)
        if not _is_wanted(evidence, kind, params) or not (reasons or _is_current(evidence, params, facts)):
            continue
        found = True
        reasons += misfits(evidence, params, subject, facts.today)
        again = measure_command(kind, subject.card.noun, by=by, population=evidence.population, replaces=file.path)
        fit = Fit(file, evidence, where, _last_day(evidence, params), again)
        yield fit.insufficient("; ".join(reasons)) if reasons else fit
    if not found:
        command = measure_command(kind, subject.card.noun, by=by, population=params.population)
        yield _nothing(kind, params, facts, command)


def measure_command(
    kind: EvidenceKind,
    card: Card,
    *,
    by: Sequence[str] = (),
    population: Population | None = None,
    replaces: str = "",
) -> str:
    """Return the command that measures evidence of a kind for a card, with capitals where words are to be filled in.

    population: "offline" if None. replaces: the path of the file whose place it takes, "" for a new one. For a kind
    that rampgate does not measure the words say what to add to the card.
    """
    if kind not in _LABELS:
        return f"add an evidence file of kind `{kind}` to the card's `evidence`, with its digest"
    words = ["rampgate", "measure", kind, "--data", "FILE", _LABELS[kind]]
    if by:
        words += ["--by", shlex.quote(",".join(by))]
    if population not in (None, "offline"):
        words += ["--population", str(population), "--window", "DAY..DAY"]
    words += ["--model", card.model, "--model-version", card.version]
    if replaces and replaces != f"evidence/{kind}.json":
        words += ["--out", f"model_cards/{card.model}/{card.version}/{replaces}"]
    return " ".join([*words, "--attach", *(["--replace"] if replaces else [])])


def misfits(evidence: Evidence, params: EvidenceParams, subject: VersionFacts, today: str) -> list[str]:
    """Return why evidence is not about this version, this data, or not recent enough; empty where it fits."""
    card, about = subject.card.noun, evidence.subject
    reasons = []
    if (about.model, about.version) != (card.model, card.version):
        reasons.append(f"it is about {about.model} {about.version}, not {card.model} {card.version}")
    if about.artifact != card.artifact.identity:
        reasons.append(f"it is about artifact {short(about.artifact)}, not {short(card.artifact.identity)}")
    return [*reasons, *_data_misfits(evidence, params, card), *_age_misfits(evidence, params, today)]


def _data_misfits(evidence: Evidence, params: EvidenceParams, card: Card) -> Iterator[str]:
    about = evidence.subject
    if params.dataset is not None and about.dataset != params.dataset:
        yield f"it is about data set {short(about.dataset)}, not {short(params.dataset)}"
    if params.dataset_name is not None and about.dataset_name != params.dataset_name:
        yield f"it is about data set `{shown(about.dataset_name or 'unnamed')}`, not `{shown(params.dataset_name)}`"
    for declared in card.data.sets if isinstance(card.data, Data) else ():
        if declared.name == about.dataset_name and declared.digest is not None and declared.digest != about.dataset:
            yield (
                f"its data set `{shown(declared.name)}` is {short(about.dataset)}, "
                f"but the card's is {short(declared.digest)}"
            )


def _age_misfits(evidence: Evidence, params: EvidenceParams, today: str) -> Iterator[str]:
    produced = produced_on(evidence)
    if produced is None:
        yield f"`{evidence.produced.at}`, when it was produced, is not a date"
        return
    age = (date.fromisoformat(today) - produced).days
    if age < 0:
        yield f"it was produced on {produced}, which is after today, {today}"
    elif evidence.window is not None and evidence.window.to > today:
        yield f"its window ends on {evidence.window.to}, which is after today, {today}"
    elif params.max_age_days is not None and age > params.max_age_days:
        yield f"it is {days(age)} old, produced on {produced}; at most {days(params.max_age_days)} are allowed"


def produced_on(evidence: Evidence) -> date | None:
    """Return the UTC day on which evidence was produced, or None where what it says is no date."""
    try:
        return datetime.fromisoformat(evidence.produced.at).astimezone(UTC).date()
    except (ValueError, OverflowError):
        return None


def _last_day(evidence: Evidence, params: EvidenceParams) -> str:
    produced = produced_on(evidence)
    if produced is None or params.max_age_days is None:
        return ""
    try:
        return (produced + timedelta(days=params.max_age_days)).isoformat()
    except OverflowError:
        return ""


def _is_wanted(evidence: Evidence, kind: EvidenceKind, params: EvidenceParams) -> bool:
    return evidence.kind == kind and params.population in (None, evidence.population)


def current_stage(facts: Facts) -> str:
    """Return the stage where the subject stands before the change, or the one it enters if it is new."""
    transition = facts.change.transition
    if transition is None:
        return ""
    stage = transition.from_stage or transition.to_stage
    return facts.ladder.canonical(stage) or stage


def unclear_stage(evidence: Evidence, params: EvidenceParams, facts: Facts) -> list[str]:
    """Return why nobody can tell at which stage evidence was gathered, where the rule asks; such evidence matches."""
    if params.stage is None:
        return []
    if evidence.stage is None:
        return ["it does not say at which stage it was gathered"]
    if facts.ladder.canonical(evidence.stage) is None:
        return [f"its stage `{evidence.stage}` is not on the ladder"]
    return []


def _is_current(evidence: Evidence, params: EvidenceParams, facts: Facts) -> bool:
    if params.stage is None or evidence.stage is None:
        return params.stage is None
    return facts.ladder.canonical(evidence.stage) == current_stage(facts)


def _nothing(kind: EvidenceKind, params: EvidenceParams, facts: Facts, command: str) -> Answer:
    wanted = [f"kind `{kind}`"]
    if params.population is not None:
        wanted.append(f"population `{params.population}`")
    if params.stage is not None:
        wanted.append(f"stage `{current_stage(facts)}`")
    words = ", ".join(wanted)
    measured = f"`{command}`" if command.startswith("rampgate ") else command
    return Answer(
        Outcome.INSUFFICIENT,
        f"the card lists no evidence of {words}",
        "none",
        f"evidence of {words}",
        subject_of(facts).card.at("evidence"),
        measured,
    )


def short(digest: str | None) -> str:
    """Return a digest short enough to read, such as `sha256:0123456789ab`."""
    return f"`{digest[:19]}`" if digest else "unknown"


def days(count: int) -> str:
    """Return a number of days in words."""
    return "1 day" if count == 1 else f"{count} days"


def shown(text: str) -> str:
    """Return text that a stranger wrote so that it stays on one line and can not pass for other words."""
    cleaned = "".join(each if each.isprintable() and each != "`" else f"\\u{ord(each):04x}" for each in text[:60])
    return cleaned + ("..." if len(text) > 60 else "")


def one_line(text: str) -> str:
    """Return words on one line."""
    return " ".join(text.split())
