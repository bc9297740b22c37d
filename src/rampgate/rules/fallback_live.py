"""What takes over when the model may not serve is really there, and somebody has practised it lately.

## Why it exists
A fallback is needed at the worst moment. One that was retired, that never served, or that nobody has switched to for a
year is a line in a file and no fallback.

## Example
```yaml
- id: fallback.is-live
  kind: fallback.live
  why: Rolling back takes minutes and not a meeting
  applies: {changes: [promote], tiers: [high, medium], entering: [canary, ramp, majority, full]}
  effect: {canary: warn, ramp: block, majority: block, full: block}
  with: {max_age_days: 90}
  waivable: {by: [risk], max_days: 14}
```
A previous model must stand at the last rung or at `standby`, both on the base branch and after the change. Fallbacks of
kind `rules`, `human` and `off` name a process, which only the drill proves.

## How to satisfy it
Name the version under `fallback.target` as `model@version`, or the process that takes over. Practise the switch, write
an evidence file of kind `drill` about this artifact, list it under `evidence`, and name its path under
`fallback.drill`. Its `results` may say `date` (the day, else the day on which the file was produced counts) and
`passed`; `passed: false` fails.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

from rampgate.model.card import Fallback
from rampgate.model.evidence import Evidence
from rampgate.model.facts import EvidenceFile, Facts, VersionFacts
from rampgate.model.finding import Answer
from rampgate.model.ids import Days
from rampgate.model.sourced import Location, Missing
from rampgate.model.vocabulary import STANDBY, Outcome
from rampgate.rules._base import Params, RuleKind, missing, subject_of
from rampgate.rules._evidence import EvidenceParams, days, misfits, produced_on, shown


class FallbackLive(Params):
    """How recent the drill must be."""

    max_age_days: Days
    """The greatest age of the drill in days; a drill exactly this old still counts."""


def check(params: FallbackLive, facts: Facts) -> Iterator[Answer]:
    """Answer once about the target and once about the drill."""
    subject = subject_of(facts)
    fallback = subject.card.noun.fallback
    if not isinstance(fallback, Fallback):
        said = "does not say" if fallback is None else "leaves open"
        fix = f"write `fallback:` with kind, target and drill in {subject.card.path}"
        message = f"the card {said} what serves when the model may not"
        yield Answer(Outcome.INSUFFICIENT, message, "nothing", "a fallback", subject.card.at("fallback"), fix)
        return
    yield _previous_model(fallback, facts) if fallback.kind == "previous_model" else _process(fallback, facts)
    yield _drill(fallback, params, facts)


def _process(fallback: Fallback, facts: Facts) -> Answer:
    """Answer about a fallback that is no model; its name is all that can be seen of it here."""
    place = subject_of(facts).card.at("fallback", "target")
    name, is_versioned, _ = fallback.target.partition("@")
    if not fallback.target.strip() or (is_versioned and name in facts.models.models):
        message = f"a fallback of kind `{fallback.kind}` names a process, not `{shown(fallback.target)}`"
        fix = "write `kind: previous_model` for a model, or the name of the process"
        return Answer(Outcome.FAIL, message, shown(fallback.target), "a process", place, fix)
    message = f"`{shown(fallback.target)}` takes over ({fallback.kind}); no model is needed for it"
    return Answer(Outcome.PASS, message, location=place, attested=True)


def _previous_model(fallback: Fallback, facts: Facts) -> Answer:
    subject = subject_of(facts)
    card, place = subject.card.noun, subject.card.at("fallback", "target")
    expected = f"`{facts.ladder.last}` or `{STANDBY}`"

    def answer(outcome: Outcome, message: str, found: str, fix: str) -> Answer:
        return Answer(outcome, message, found, expected, place, fix)

    target = shown(fallback.target)
    model, versioned, version = fallback.target.partition("@")
    if not (model and versioned and version):
        fix = f"write `target: {card.model}@VERSION`"
        return answer(Outcome.FAIL, f"`{target}` does not say which version of which model serves", target, fix)
    if model != card.model:
        message = f"`{target}` is another model, whose stage can not be seen from a change of {card.model}"
        fix = f"name a version of {card.model}, or a process (kind `rules`, `human` or `off`)"
        return answer(Outcome.INSUFFICIENT, message, target, fix)
    if version == card.version:
        fix = "name the version that served before"
        return answer(Outcome.FAIL, f"version {version} can not be its own fallback", target, fix)
    fix = f"name a version that stands at {expected}, or bring this one there first"
    for tree, versions in (("on the base branch", facts.siblings_before), ("after this change", facts.siblings)):
        stage = _stage(version, versions.get(version), facts)
        if stage is None:
            return answer(Outcome.FAIL, f"`{target}` is not there {tree}", "no such version", fix)
        if stage not in (facts.ladder.last, STANDBY):
            return answer(Outcome.FAIL, f"`{target}` stands at `{stage}` {tree}", stage, fix)
    stage = _stage(version, facts.siblings_before.get(version), facts)
    return Answer(Outcome.PASS, f"`{target}` stands at `{stage}`, ready to serve", f"`{stage}`", expected, place)


def _stage(version: str, found: VersionFacts | None, facts: Facts) -> str | None:
    if found is None or found.version != version:
        return None
    stage = found.card.noun.stage
    return facts.ladder.canonical(stage) or stage


def _drill(fallback: Fallback, params: FallbackLive, facts: Facts) -> Answer:
    subject = subject_of(facts)
    place = subject.card.at("fallback", "drill")
    if fallback.drill is None:
        fix = "practise it, list an evidence file of kind `drill`, and name its path under `fallback.drill`"
        return _unproven("nothing shows that the fallback was ever practised", place, fix)
    file = next((each for each in subject.evidence if each.path == fallback.drill), None)
    if file is None:
        fix = f"list `{fallback.drill}` with its digest under `evidence` in {subject.card.path}"
        return _unproven(f"the drill `{fallback.drill}` is not among the card's evidence", place, fix)
    if isinstance(file.content, Missing):
        return missing(file.content)
    evidence = file.content.noun
    if evidence.kind != "drill":
        fix = "name an evidence file of kind `drill`"
        return _unproven(f"`{file.path}` is evidence of kind `{evidence.kind}`, not `drill`", place, fix)
    return _practised(file, evidence, params, facts)


def _practised(file: EvidenceFile, evidence: Evidence, params: FallbackLive, facts: Facts) -> Answer:
    subject = subject_of(facts)
    place, limit = subject.card.at("fallback", "drill"), days(params.max_age_days)
    fix = f"practise the fallback with version {subject.version}, and attach the evidence"
    results = evidence.results or {}
    if results.get("passed", True) is not True:
        message = f"the drill `{file.path}` did not pass"
        return Answer(Outcome.FAIL, message, f"passed: {shown(str(results['passed']))}", "passed: true", place, fix)
    day = _held_on(evidence, results)
    reasons = misfits(evidence, EvidenceParams(), subject, facts.today)
    if day is None:
        reasons.append("the day of the drill is not a date")
    elif day > date.fromisoformat(facts.today):
        reasons.append(f"the drill is dated {day}, which is after today, {facts.today}")
    elif (age := (date.fromisoformat(facts.today) - day).days) > params.max_age_days:
        reasons.append(f"the drill of {day} is {days(age)} old; at most {limit} are allowed")
    produced = produced_on(evidence)
    if day is not None and produced is not None and day > produced:
        reasons.append(f"it was produced on {produced}, before the drill that it reports, {day}")
    if reasons or day is None:
        return _unproven(f"`{file.path}`: {'; '.join(dict.fromkeys(reasons))}", place, fix)
    message = f"the fallback was practised on {day}"
    until = (day + timedelta(days=params.max_age_days)).isoformat()
    claimed = isinstance(file.signed_by, Missing)
    return Answer(Outcome.PASS, message, str(day), f"at most {limit} ago", place, attested=claimed, valid_until=until)


def _held_on(evidence: Evidence, results: dict[str, Any]) -> date | None:
    """Return the day of the drill: what its results say, else the day on which its file was produced."""
    if "date" not in results:
        return produced_on(evidence)
    try:
        return date.fromisoformat(results["date"])
    except (TypeError, ValueError):
        return None


def _unproven(message: str, place: Location, fix: str) -> Answer:
    return Answer(Outcome.INSUFFICIENT, message, location=place, fix=fix)


KIND = RuleKind("fallback.live", FallbackLive, check, __doc__)
