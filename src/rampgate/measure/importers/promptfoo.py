"""promptfoo: the results of an evaluation, as `promptfoo eval --output results.json` writes them.

Every case is there with every assertion of it, so everything is counted. An assertion is named by its `metric`, or
`assert:<type>` where it has none; a case meets it if all its assertions of that name pass. As an assertion usually says
what is wanted, `factuality=not:hallucination` is the way to count the cases that miss it. `passed` counts cases that
pass as a whole. Cases without an answer to judge are counted as `error`, and in nothing else. Source: promptfoo
`src/types`, `ResultFailureReason`, results version 3.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from rampgate.errors import UsageProblem
from rampgate.formats.measured.answers import COST, ERROR, RATES, SPENT, SPENT_COLUMNS
from rampgate.formats.suggest import did_you_mean
from rampgate.measure.importers import _json
from rampgate.measure.importers._answers import Judged, judged_tables
from rampgate.measure.importers._base import NOT, Choice, Importer, ResultsFile, Taken
from rampgate.measure.importers._numbers import checked_mapping, listed
from rampgate.stats.counts import SCALE

_ERROR = 2
"""`ResultFailureReason.ERROR`: there is no answer, so nothing was judged."""
PASSED, COSTS = "passed", "cost"
Case = Mapping[str, Any]


def read(file: ResultsFile, choice: Choice) -> Taken:
    """Return the mapped assertions as counts, and what was spent if `cost` is mapped."""
    kind = IMPORTER.check(choice)
    value = _json.mapping(_json.read_json(file), "results", file)
    results = _json.mapping(value.get("results"), "`results`", file)
    if results.get("version") != 3:
        raise file.problem("expected results of version 3", found=str(results.get("version"))[:20])
    cases = [_json.mapping(each, "a case", file) for each in _json.items(results.get("results"), "`results`", file)]
    _agrees(results, cases, file)
    cases, about = _picked(cases, choice, file)
    answered = [case for case in cases if not _erred(case)]
    names = {name for case in answered for name in _assertions(case, file)}
    mapping = checked_mapping(choice, kind, [*sorted(names), PASSED, COSTS], file)
    judged = [Judged(ERROR, len(cases) - len(answered), len(cases))]
    for name, target in mapping.items():
        if (name == COSTS) != (target == COST):
            raise UsageProblem(f"`{name}={target}`: `cost` is `{COST}`, and nothing else is")
        if name != COSTS:
            judged.append(_counted(name, target, answered, file))
    tables = judged_tables(judged, (), file)
    if COSTS in mapping:
        tables[SPENT] = _spent(answered, file)
    metadata = value.get("metadata")
    version = metadata.get("promptfooVersion") if isinstance(metadata, Mapping) else None
    return Taken(
        kind=kind,
        tool_version=_json.text(version),
        at=_json.moment(results.get("timestamp")),
        tables=tables,
        about=about,
        mapping=mapping,
        not_taken=tuple(sorted({*names, PASSED, COSTS} - set(mapping))),
    )


def _agrees(results: Mapping[str, Any], cases: Sequence[Case], file: ResultsFile) -> None:
    """Refuse results whose own summary says otherwise: cases were taken out, or put in."""
    if not cases:
        raise file.problem("it holds no cases, so nothing was judged")
    stats = _json.mapping(results.get("stats"), "`stats`", file)
    found = {"successes": 0, "failures": 0, "errors": 0}
    for case in cases:
        if not isinstance(case.get("success"), bool):
            raise file.problem("a case does not say whether it is a success")
        found["errors" if _erred(case) else "successes" if case["success"] else "failures"] += 1
    for name, number in found.items():
        said = _json.count(stats.get(name, 0), f"`{name}`", file)
        if said != number:
            raise file.problem(f"its summary says {said} {name}, but its cases give {number}")


def _picked(cases: Sequence[Case], choice: Choice, file: ResultsFile) -> tuple[list[Case], str]:
    """Return the cases of the one provider and the one prompt that are meant, and what they are."""
    kept, words = list(cases), []
    for name, own in (("provider", _provider), ("prompt", _prompt)):
        known = sorted({own(case) for case in kept})
        wanted = choice.picks.get(name)
        if wanted is None and len(known) > 1:
            raise UsageProblem(f"{file.path}: it has several {name}s; say which: `--pick {name}=`{listed(known)}")
        if wanted is not None and wanted not in known:
            hint = did_you_mean(wanted, known)
            raise UsageProblem(f"{file.path}: it has no {name} `{wanted}`{hint}; it has {listed(known)}")
        kept = [case for case in kept if wanted in (None, own(case))]
        words.append(f"{name} {wanted or known[0]}")
    return kept, ", ".join(words)[:200]


def _provider(case: Case) -> str:
    provider = case.get("provider")
    if isinstance(provider, Mapping):
        return _json.text(provider.get("label") or provider.get("id"))
    return _json.text(provider)


def _prompt(case: Case) -> str:
    return _json.text(case.get("promptIdx"), "0")


def _erred(case: Case) -> bool:
    grading = case.get("gradingResult")
    return case.get("failureReason") == _ERROR or (not isinstance(grading, Mapping) and not case.get("success"))


def _assertions(case: Case, file: ResultsFile) -> dict[str, bool]:
    """Return whether a case meets all its assertions of each name."""
    found: dict[str, bool] = {}
    grading = case.get("gradingResult")
    for part in (grading.get("componentResults") or []) if isinstance(grading, Mapping) else []:
        result = _json.mapping(part, "a component result", file)
        assertion = result.get("assertion")
        if not isinstance(assertion, Mapping):
            continue  # a set of assertions sums up its members, which stand beside it
        metric = assertion.get("metric")
        name = _json.text(metric) if metric else f"assert:{_json.text(assertion.get('type'))}"
        if not isinstance(result.get("pass"), bool):
            raise file.problem(f"an assertion `{name}` does not say whether it passes")
        found[name] = found.get(name, True) and result["pass"]
    return found


def _counted(name: str, target: str, cases: Sequence[Case], file: ResultsFile) -> Judged:
    measure = target.removeprefix(NOT)
    if measure not in RATES or measure == ERROR:
        raise UsageProblem(f"`{name}={target}`: `{measure}` can not be taken from an assertion")
    verdicts = [case["success"] for case in cases]
    if name != PASSED:
        each = [_assertions(case, file) for case in cases]
        verdicts = [found[name] for found in each if name in found]
    met = sum(verdicts)
    return Judged(measure, len(verdicts) - met if target.startswith(NOT) else met, len(verdicts))


def _spent(cases: Sequence[Case], file: ResultsFile) -> dict[str, Any]:
    """Return the sum of the costs of all answers, which promptfoo gives in US dollars."""
    nano = Decimal(0)
    for case in cases:
        response = case.get("response")
        if isinstance(response, Mapping) and response.get("cached"):
            fix = "evaluate without cache: `promptfoo eval --no-cache`"
            raise file.problem("an answer came from the cache and cost nothing, so costs can not be told", fix=fix)
        cost = _json.number(case.get("cost"))
        if cost is None or cost < 0:
            fix = "leave `--map cost` away"
            raise file.problem("an answer has no cost, so costs can not be told", fix=fix)
        nano += (cost * SCALE).to_integral_value()
    (currency,), own = SPENT_COLUMNS
    return {"columns": [currency, *own], "rows": [["USD", int(nano), len(cases)]]}


IMPORTER = Importer(
    tool="promptfoo",
    what="the results of an evaluation, version 3",
    kinds=("answers",),
    read=read,
    picks={"provider": "the label or id of one provider", "prompt": "the number of one prompt, from 0"},
)
