"""What stands where, as the files of the work tree say: stages, traffic, evidence, waivers, attestations.

Reads plain values; a card that is not valid is listed as such, so that one mistake does not hide the others.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any, Final

from rampgate.adapters import packaged
from rampgate.app.checking.check_cards import control_values, versions_in
from rampgate.app.work_files import find_root, read_bytes, walk
from rampgate.core.card_shape import shape_problems
from rampgate.core.paths import CARDS, POLICIES, version_folder
from rampgate.errors import InvalidInput, Problem, UsageProblem
from rampgate.formats.json_text import load_json
from rampgate.formats.schema_check import check_schema
from rampgate.formats.suggest import did_you_mean
from rampgate.formats.yaml_text import load_yaml
from rampgate.model.vocabulary import RETIRED, STANDBY

HISTORY: Final = "policies/history.yaml"
SOON_DAYS: Final = 30
"""An attestation that ends within so many days is told as ending."""


@dataclass(frozen=True, slots=True)
class Ending:
    """Something with an end: what it is in words, and its last UTC day."""

    what: str
    ends: str


@dataclass(frozen=True, slots=True)
class VersionStatus:
    """One version. traffic: percent that it serves; newest: day of its newest evidence, "" for none.

    stage: "" where the card is not valid, `problem` then says why. waivers: live ones; attestations: all of them;
    reviews: what is owed for every break-glass that nobody has reviewed; card: what the card says, empty where it is
    not valid; evidence: path and day of each file; since: the moment since when it stands there by the decision
    history, "" where that was not asked, does not tell, or tells of another stage or artifact.
    """

    model: str
    version: str
    stage: str = ""
    traffic: int = 0
    problem: str = ""
    newest: str = ""
    waivers: tuple[Ending, ...] = ()
    attestations: tuple[Ending, ...] = ()
    reviews: tuple[Ending, ...] = ()
    evidence: tuple[tuple[str, str], ...] = ()
    card: Mapping[str, Any] | None = None
    since: str = ""

    def ending(self, day: str) -> tuple[Ending, ...]:
        """Return the attestations that have ended by a UTC day, or will within `SOON_DAYS`."""
        soon = (date.fromisoformat(day) + timedelta(days=SOON_DAYS)).isoformat()
        return tuple(each for each in self.attestations if each.ends <= soon)


def status(repo: Path, *, day: str, model: str = "") -> tuple[VersionStatus, ...]:
    """Return every version of the work tree, or of one model, highest rung first within a model.

    Raises InvalidInput where ladder, people or models can not be read, UsageProblem for a model that is not there.
    """
    root = find_root(repo)
    values, problems = control_values(root)
    if problems:
        if not (root / POLICIES).is_dir():
            problems = [Problem(POLICIES, "there are no policies here", fix="`rampgate init` writes them")]
        raise InvalidInput(problems)
    versions = versions_in(walk(root, CARDS)[0])
    models = sorted({name for name, _ in versions})
    if model and model not in models:
        raise UsageProblem(f"there is no model `{model}` under {CARDS}{did_you_mean(model, models)}")
    stages = values["ladder"]["stages"]
    waivers = _waivers(root)
    found: list[VersionStatus] = []
    for name in [model] if model else models:
        own = [_version(root, key, files, waivers, stages, day) for key, files in versions.items() if key[0] == name]
        found += _with_traffic(own, stages)
    return tuple(_since(root, model, found) if model and (root / HISTORY).is_file() else found)


def _since(root: Path, model: str, versions: Sequence[VersionStatus]) -> Iterator[VersionStatus]:
    """Yield the versions of a model with since when each stands where it stands, where the history tells."""
    from rampgate.app.judging.history_here import history_here, settings_in  # noqa: PLC0415 - heavy: pydantic
    from rampgate.app.judging.trees import WorkTree  # noqa: PLC0415
    from rampgate.app.moving.stages import governed_branch  # noqa: PLC0415
    from rampgate.model.artifact import artifact_identity  # noqa: PLC0415
    from rampgate.model.sourced import Missing  # noqa: PLC0415

    tree = WorkTree(root)
    history = history_here(root, settings_in(tree), governed_branch(tree), model)
    for each in versions:
        stay = None if isinstance(history, Missing) or each.card is None else history.stays.get(each.version)
        if stay is None or each.card is None:
            yield each
            continue
        is_same = (stay.stage, stay.artifact) == (each.stage, artifact_identity(each.card["artifact"]))
        yield replace(each, since=stay.since if is_same else "")


def _version(
    root: Path,
    key: tuple[str, str],
    files: Sequence[str],
    waivers: Sequence[Mapping[str, Any]],
    stages: Sequence[Mapping[str, Any]],
    day: str,
) -> VersionStatus:
    here = VersionStatus(*key)
    path = f"{version_folder(*key)}/card.yaml"
    try:
        document = load_yaml(read_bytes(root, path), path)
    except InvalidInput as error:
        return replace(here, problem=str(error.problems[0]))
    problems = check_schema(document, "card", packaged.schema("card")) or list(shape_problems(document))
    if problems:
        return replace(here, problem=str(problems[0]))
    card = document.value
    evidence = tuple((each["path"], _day_of(root, key, each["path"])) for each in card.get("evidence", ()))
    return replace(
        here,
        stage=_canonical(card["stage"], stages),
        newest=max((produced for _, produced in evidence), default=""),
        waivers=tuple(
            Ending(f"{each['id']}: {each['rule']} entering {each['entering']}", each["ends"])
            for each in waivers
            if (each["model"], each["version"]) == key and each["starts"] <= day <= each["ends"]
        ),
        attestations=tuple(_attestations(root, key, files)),
        reviews=tuple(_reviews_owed(root, key, files)),
        evidence=evidence,
        card=card,
    )


def _canonical(stage: str, stages: Sequence[Mapping[str, Any]]) -> str:
    return next((str(each["name"]) for each in stages if stage in each.get("formerly", ())), stage)


def _day_of(root: Path, key: tuple[str, str], path: str) -> str:
    """Return the UTC day on which an evidence file says it was produced; "" where it can not be read."""
    where = f"{version_folder(*key)}/{path}"
    try:
        produced = load_json(read_bytes(root, where), where).value.get("produced")
    except InvalidInput:
        return ""
    return str(produced.get("at", ""))[:10] if isinstance(produced, Mapping) else ""


def _attestations(root: Path, key: tuple[str, str], files: Sequence[str]) -> list[Ending]:
    found = []
    for rest in sorted(files):
        if rest.startswith("attestations/"):
            path = f"{version_folder(*key)}/{rest}"
            value = _valid(root, path, "attestation")
            if value is not None:
                found.append(Ending(f"{value['role']} by {value['person']}", value["expires"]))
    return found


def _reviews_owed(root: Path, key: tuple[str, str], files: Sequence[str]) -> Iterator[Ending]:
    """Yield every break-glass of a version that none but its two persons has reviewed, with the day of its review."""
    paths = [rest for rest in sorted(files) if rest.startswith("events/")]
    found = {
        kind: [(rest, v) for rest in paths if (v := _valid(root, f"{version_folder(*key)}/{rest}", kind)) is not None]
        for kind in ("break-glass", "break-glass-review")
    }
    for rest, event in found["break-glass"]:
        id_ = rest.removeprefix("events/").removesuffix(".yaml")
        two = (event["by"], event["second"])
        if not any(each["of"] == id_ and each["by"] not in two for _, each in found["break-glass-review"]):
            yield Ending(f"{id_} ({event['ticket']})", event["review_by"])


def _waivers(root: Path) -> list[Mapping[str, Any]]:
    paths = [path for path in walk(root, f"{POLICIES}/waivers")[0] if path.endswith(".yaml")]
    return [value for path in paths if (value := _valid(root, path, "waiver")) is not None]


def _valid(root: Path, path: str, name: str) -> Mapping[str, Any] | None:
    """Return what a file says, None where it is not valid; `rampgate check` says why."""
    try:
        document = load_yaml(read_bytes(root, path), path)
    except InvalidInput:
        return None
    value: Mapping[str, Any] = document.value
    return None if check_schema(document, name, packaged.schema(name)) else value


def _with_traffic(versions: list[VersionStatus], stages: Sequence[Mapping[str, Any]]) -> list[VersionStatus]:
    """Return the versions with what they serve: the last rung serves what the challenger does not."""
    exposure = {stage["name"]: stage["exposure_percent"] for stage in stages}
    last = stages[-1]["name"]
    challenged = max((exposure.get(each.stage, 0) for each in versions if each.stage != last), default=0)
    ranks = {name: rank for rank, name in enumerate((RETIRED, STANDBY, *exposure))}
    served = [
        replace(each, traffic=100 - challenged if each.stage == last else exposure.get(each.stage, 0))
        for each in versions
    ]
    return sorted(served, key=lambda each: (-ranks.get(each.stage, -1), each.version))
