"""Build what a rule looks at from plain values, through the real nouns and the real YAML reader.

Everything has a default: a high-tier credit model that goes from pilot to canary. A test says only what differs::

    judge(KIND, facts({"owners.security": ABSENT}), fields=["owners.security"])
    facts(evidence={"evidence/fairness.json": an_evidence("fairness", counts={...})})
    facts(siblings={"1.4.0": {"stage": "full"}}, attestations={"security": an_attestation("security", "sam")})

Every card, lineage and glossary is written as YAML and read back, so that locations are real lines and columns.
"""

from __future__ import annotations

import copy
import json
from collections.abc import Collection, Mapping
from decimal import Decimal
from typing import Any

from rampgate.formats.digest import sha256_of
from rampgate.formats.yaml_text import load_yaml
from rampgate.model.approval import Contributor, CountedApproval, Review, ReviewFacts, Tally
from rampgate.model.card import Card
from rampgate.model.change import Change, Move, Transition
from rampgate.model.evidence import Evidence
from rampgate.model.facts import AttestationFile, EvidenceFile, Facts, VersionFacts
from rampgate.model.finding import Answer
from rampgate.model.ladder import Ladder
from rampgate.model.lineage import Lineage
from rampgate.model.people import People
from rampgate.model.policy import Policy, Rule, Scope
from rampgate.model.registry import Glossary, Governance, Models
from rampgate.model.sourced import Missing, Sourced
from rampgate.model.statements import Attestation, Event
from rampgate.model.vocabulary import ChangeKind
from rampgate.model.waiver import Waiver
from rampgate.rules._base import ParamFault, RuleKind, Surroundings

ABSENT: Any = object()
"""A value that takes the field away."""

MODEL, VERSION, NOW = "credit-risk", "2.0.0", "2026-11-20T10:00:00Z"
Values = Mapping[str, Any]


def digest(name: str) -> str:
    """A digest that stands for the bytes of that name."""
    return sha256_of(name.encode())


ARTIFACT, TRAINING, TESTING = digest("artifact 2.0.0"), digest("training data"), digest("test data")
CARD: dict[str, Any] = {
    "schema": "rampgate/card/v1",
    "model": MODEL,
    "version": VERSION,
    "stage": "canary",
    "tier": "high",
    "task": "binary_classification",
    "artifact": {"uri": "s3://models/credit-risk/2.0.0", "digest": ARTIFACT},
    "owners": {"business": "alice", "technical": "bob", "reliability": "carol", "security": "sam"},
    "outcome": {
        "metric": "approval_accuracy",
        "baseline": {"value": "0.81", "source": "report 12"},
        "target": {"value": "0.86"},
        "direction": "increase",
        "window_days": 30,
        "method": "ab",
    },
    "uses": {"intended": ["rank applications for manual review"], "affected_persons": ["applicants"]},
    "data": {
        "sets": [
            {"name": "applications", "role": "training", "digest": TRAINING},
            {"name": "holdout", "role": "test", "digest": TESTING},
        ]
    },
    "evaluation": {"metrics": ["auc"], "dataset": "holdout"},
    "fairness": {"attributes": ["sex"]},
    "fallback": {"kind": "previous_model", "target": "credit-risk@1.4.0"},
    "operations": {"oncall": "lending-oncall", "runbook": "runbook.md"},
    "monitoring": {
        "signals": [{"name": "auc", "kind": "quality"}, {"name": "psi", "kind": "drift"}],
        "triggers": [
            {
                "metric": "auc",
                "window": "7d",
                "min_samples": 500,
                "op": "<",
                "value": "0.8",
                "kind": "absolute",
                "action": "rollback",
            }
        ],
    },
}
PEOPLE: list[dict[str, Any]] = [
    {"name": "alice", "id": 1001, "roles": ["business_owner"], "team": "lending"},
    {"name": "bob", "id": 1002, "roles": ["technical_owner"], "team": "lending"},
    {"name": "carol", "id": 1003, "roles": ["reliability"], "team": "lending"},
    {"name": "sam", "id": 1004, "roles": ["security"], "team": "security"},
    {"name": "rita", "id": 1005, "roles": ["risk"], "team": "model-risk"},
    {"name": "raj", "id": 1006, "roles": ["risk"], "team": "model-risk"},
    {"name": "lena", "id": 1007, "roles": ["risk"], "team": "lending"},
    {"name": "olga", "id": 1008, "roles": ["policy_owner"], "team": "model-risk"},
    {"name": "omar", "id": 1009, "roles": ["policy_owner"], "team": "model-risk"},
    {"name": "dora", "id": 1010, "roles": ["data_owner"], "team": "data"},
]
BOT = {"forge": "github", "id": 41898282, "login": "github-actions[bot]"}


def a_card(changes: Values | str | None = None) -> dict[str, Any] | str:
    """The default card with changes: dotted path -> value or ABSENT; a whole card (with `schema`) or YAML text stays."""
    if isinstance(changes, str) or (changes is not None and "schema" in changes):
        return changes if isinstance(changes, str) else dict(changes)
    return changed(CARD, changes or {})


def changed(values: Values, changes: Values) -> dict[str, Any]:
    """A copy with values set or taken away by dotted path; a number is a place in a list."""
    result: Any = copy.deepcopy(dict(values))
    for path, value in changes.items():
        *parents, last = [int(part) if part.isdigit() else part for part in path.split(".")]
        place = result
        for part in parents:
            place = place[part] if isinstance(part, int) else place.setdefault(part, {})
        if value is ABSENT:
            place.pop(last, None) if isinstance(place, dict) else place.pop(last)
        else:
            place[last] = value
    return result


def a_lineage(changes: Values | None = None) -> dict[str, Any]:
    """Two sources, joined into training data and test data, trained into the artifact; one feature."""
    return changed(
        {
            "schema": "rampgate/lineage/v1",
            "artifact": ARTIFACT,
            "sources": [
                {"id": "core", "uri": "db://core/applications", "digest": digest("core"), "owner": "dora"},
                {"id": "bureau", "uri": "s3://bureau/scores", "digest": digest("bureau"), "owner": "dora"},
            ],
            "steps": [
                {
                    "id": "join",
                    "code": {"repo": "git://lending/etl", "commit": "a" * 40, "path": "join.sql"},
                    "inputs": [digest("core"), digest("bureau")],
                    "outputs": [TRAINING, TESTING],
                },
                {
                    "id": "train",
                    "code": {"repo": "git://lending/credit", "commit": "b" * 40, "path": "train.py"},
                    "inputs": [TRAINING],
                    "outputs": [ARTIFACT],
                },
            ],
            "features": [
                {
                    "id": "income",
                    "definition": "core_banking.gross_monthly_income",
                    "term": "applicant_income",
                    "source": "core",
                }
            ],
        },
        changes or {},
    )


def a_glossary(terms: Values | None = None) -> dict[str, Any]:
    """One term, `applicant_income`, or the terms given: name -> canonical id or the whole term."""
    given = terms if terms is not None else {"applicant_income": "core_banking.gross_monthly_income"}
    whole = {
        name: {"canonical": term, "meaning": f"what {name} means"} if isinstance(term, str) else term
        for name, term in given.items()
    }
    return {"schema": "rampgate/glossary/v1", "terms": whole}


def an_evidence(kind: str, changes: Values | None = None, /, **fields: Any) -> dict[str, Any]:
    """Evidence about the default card's artifact on its test data; give `counts`, `sums` or `results`."""
    base = {
        "schema": "rampgate/evidence/v1",
        "kind": kind,
        "subject": {"model": MODEL, "version": VERSION, "artifact": ARTIFACT, "dataset": TESTING},
        "population": "offline",
        "produced": {"by": "bob", "tool": "rampgate", "tool_version": "0.1.0", "at": "2026-11-10T09:00:00Z"},
        **fields,
    }
    if not {"counts", "sums", "results"} & set(base):
        base["results"] = {"result": "done"}
    return changed(base, changes or {})


def an_attestation(role: str, person: str, **fields: Any) -> dict[str, Any]:
    """An attestation that counts from 2026-11-01 to 2027-11-01."""
    return {
        "schema": "rampgate/attestation/v1",
        "role": role,
        "person": person,
        "statement": "Reviewed what has to be reviewed; nothing is open",
        "covers": "version",
        "date": "2026-11-01",
        "expires": "2027-11-01",
        **fields,
    }


def yaml_text(value: Any) -> str:
    """Block YAML with every text quoted and every Decimal plain; nothing is left to be guessed."""
    return "\n".join(_lines(value)) + "\n"


def _lines(value: Any) -> list[str]:
    if isinstance(value, Mapping) and value:
        return [line for key, each in value.items() for line in _entry(f"{json.dumps(key, ensure_ascii=False)}:", each)]
    if isinstance(value, (list, tuple)) and value:
        return [line for each in value for line in _entry("-", each)]
    if isinstance(value, Decimal):
        return [str(value)]
    return [json.dumps(list(value) if isinstance(value, tuple) else value, ensure_ascii=False)]


def _entry(head: str, value: Any) -> list[str]:
    lines = _lines(value)
    if isinstance(value, (Mapping, list, tuple)) and value:
        return [head, *("  " + line for line in lines)]
    return [f"{head} {lines[0]}"]


def sourced(noun: Any, values: Values | str, path: str) -> Sourced[Any]:
    """A noun read from YAML (or from the text given), with its real places and the digest of its bytes."""
    data = (values if isinstance(values, str) else yaml_text(values)).encode()
    document = load_yaml(data, path)
    return Sourced(noun.model_validate(document.value), document.value, document, sha256_of(data))


def version_facts(
    card: Values | str | None = None,
    *,
    lineage: Values | str | Missing | None = None,
    evidence: Mapping[str, Values | Missing] | None = None,
    signed_by: Mapping[str, str] | None = None,
    attestations: Mapping[str, Values] | None = None,
    new_attestations: Collection[str] = (),
    events: Mapping[str, Values] | None = None,
    files: Mapping[str, str] | None = None,
) -> VersionFacts:
    """One version's folder.

    card: see `a_card`. evidence: path -> evidence or Missing; the card lists all of it unless it lists its own.
    lineage: None leaves it missing. signed_by: evidence path -> person. new_attestations: ids not on record.
    """
    values = a_card(card)
    found = {
        path: each if isinstance(each, Missing) else _evidence(path, each) for path, each in (evidence or {}).items()
    }
    if isinstance(values, dict) and found and "evidence" not in values:
        values["evidence"] = [
            {"path": path, "digest": digest(path) if isinstance(each, Missing) else each.digest}
            for path, each in found.items()
        ]
    version = (
        values["version"] if isinstance(values, dict) else load_yaml(values.encode(), "card.yaml").value["version"]
    )
    folder = f"model_cards/{MODEL}/{version}"
    beside = {
        "events": {name: sourced(Event, each, f"{folder}/events/{name}.yaml") for name, each in (events or {}).items()},
        "files": files if files is not None else {"card.yaml": "c" * 40, "runbook.md": "d" * 40},
    }
    if lineage is not None:
        beside["lineage"] = (
            lineage if isinstance(lineage, Missing) else sourced(Lineage, lineage, f"{folder}/lineage.yaml")
        )
    signers = signed_by or {}
    return VersionFacts(
        version=version,
        card=sourced(Card, values, f"{folder}/card.yaml"),
        evidence=tuple(
            EvidenceFile(path, place, each, signers.get(path, Missing("it is not signed")))
            for place, (path, each) in enumerate(found.items())
        ),
        attestations=tuple(
            AttestationFile(
                name,
                sourced(Attestation, each, f"{folder}/attestations/{name}.yaml"),
                version,
                name not in new_attestations,
            )
            for name, each in (attestations or {}).items()
        ),
        **beside,
    )


def _evidence(path: str, values: Values) -> Sourced[Any]:
    return sourced(Evidence, values, f"model_cards/{MODEL}/{values['subject']['version']}/{path}")


def facts(
    card: Values | str | None = None,
    *,
    lineage: Values | str | Missing | None = None,
    evidence: Mapping[str, Values | Missing] | None = None,
    signed_by: Mapping[str, str] | None = None,
    attestations: Mapping[str, Values] | None = None,
    new_attestations: Collection[str] = (),
    events: Mapping[str, Values] | None = None,
    files: Mapping[str, str] | None = None,
    kind: str = "promote",
    from_stage: str = "pilot",
    to_stage: str = "canary",
    supersedes: str = "",
    siblings: Mapping[str, Values | VersionFacts] | None = None,
    siblings_before: Mapping[str, Values | VersionFacts] | None = None,
    before: VersionFacts | Missing | Values | None = None,
    reviews: ReviewFacts | None = None,
    tally: Tally | None = None,
    approved_by: Collection[str] = (),
    author: str = "alice",
    people: People | list[dict[str, Any]] | None = None,
    glossary: Values | str | Missing | None = None,
    models: Values | None = None,
    governance: Values | Missing | None = None,
    ladder: str | Ladder = "5-25-75-100",
    now: str = NOW,
    change: Change | None = None,
    team_schemas: Mapping[str, Mapping[str, Any]] | None = None,
    waiver: Values | None = None,
    **others: Any,
) -> Facts:
    """Facts of one change.

    card: changes of the default card by dotted path (`stage` is `to_stage` unless given), a whole card or YAML text.
    siblings: other versions in the tree that would land, version -> changes of the default card or `version_facts(...)`;
    siblings_before: the same on base, by default the others as they will land and the subject at `from_stage`.
    approved_by: persons whose approvals count (fills reviews and tally); reviews or tally replace what comes of it.
    kind "none" or a kind without a model: give `change`. others: fields of Facts as they are.
    """
    values = a_card(card)
    if isinstance(values, dict) and (card is None or "stage" not in card):
        values["stage"] = to_stage
    subject = version_facts(
        values if isinstance(values, str) else {**values},
        lineage=lineage,
        evidence=evidence,
        signed_by=signed_by,
        attestations=attestations,
        new_attestations=new_attestations,
        events=events,
        files=files,
    )
    around = {name: _version(name, each) for name, each in (siblings or {}).items()}
    earlier = _before(before, values, from_stage, kind)
    on_base = (
        {name: _version(name, each) for name, each in siblings_before.items()}
        if siblings_before is not None
        else dict(around)
    )
    if isinstance(earlier, VersionFacts):
        on_base.setdefault(subject.version, earlier)
    who = people if isinstance(people, People) else some_people(people)
    return Facts(
        change=change or a_change(kind, from_stage, to_stage, subject, supersedes=supersedes),
        now=now,
        ladder=ladder if isinstance(ladder, Ladder) else Ladder.preset(ladder),
        people=who,
        models=Models.model_validate(models or default_models()),
        governance=_governance(governance),
        glossary=_glossary(glossary),
        subject=subject,
        before=earlier,
        siblings={**around, subject.version: subject},
        siblings_before=on_base,
        reviews=reviews or some_reviews(who, author, approved_by),
        tally=tally if tally is not None else some_tally(approved_by),
        team_schemas=team_schemas or {},
        **({"waiver": sourced(Waiver, waiver, f"policies/waivers/{waiver['id']}.yaml")} if waiver else {}),
        **others,
    )


def _version(name: str, given: Values | VersionFacts) -> VersionFacts:
    if isinstance(given, VersionFacts):
        return given
    artifact = {"uri": f"s3://models/{MODEL}/{name}", "digest": digest(f"artifact {name}")}
    return version_facts(a_card({"version": name, "artifact": artifact, **given}))


def _before(
    given: VersionFacts | Missing | Values | None, card: Values | str, from_stage: str, kind: str
) -> VersionFacts | Missing:
    if isinstance(given, (VersionFacts, Missing)):
        return given
    if kind == "register":
        return Missing("the version is new")
    base = CARD if isinstance(card, str) else card
    return version_facts(changed({**base, "stage": from_stage}, given or {}))


def a_change(kind: str, from_stage: str, to_stage: str, subject: VersionFacts, **fields: Any) -> Change:
    """A well-formed change of one version."""
    card = subject.card.noun
    start = "" if kind == "register" else from_stage
    transition = Transition(
        card.model, card.version, card.artifact.identity, start, to_stage, fields.pop("supersedes", "")
    )
    moves = (Move(card.version, start, to_stage),) if start != to_stage else ()
    return Change(ChangeKind(kind), transition, moves, **fields)


def some_people(given: list[dict[str, Any]] | None = None) -> People:
    """The default people, or those given as {name, id, roles, team}."""
    people = [
        {
            "name": each["name"],
            "accounts": [{"forge": "github", "id": each["id"], "login": f"{each['name']}-gh"}],
            "emails": [f"{each['name']}@example.com"],
            "roles": each.get("roles", []),
            "team": each.get("team"),
        }
        for each in (PEOPLE if given is None else given)
    ]
    return People.model_validate({"schema": "rampgate/people/v1", "people": people, "bots": [BOT]})


def default_models() -> dict[str, Any]:
    """The model is of high tier and belongs to lending."""
    entry = {"tier": "high", "task": "binary_classification", "owner_team": "lending"}
    return {"schema": "rampgate/models/v1", "models": {MODEL: entry}}


def some_tally(people: Collection[str]) -> Tally:
    """A tally in which the approvals of these persons count."""
    return Tally(counted=tuple(CountedApproval(name, f"{name}-gh", 10 + at) for at, name in enumerate(people)))


def some_reviews(people: People, author: str, approved_by: Collection[str]) -> ReviewFacts:
    """The people of a pull request that `author` opened; nothing is given where nobody approved."""
    content = digest("content")

    def account(name: str) -> int | None:
        person = people.named(name)
        return person.accounts[0].id if person and person.accounts else None

    return ReviewFacts(
        given=bool(approved_by),
        number=7,
        author=author if people.named(author) else "",
        author_account=account(author),
        contributors=(Contributor("author", f"{author}-gh", author if people.named(author) else ""),),
        reviews=tuple(
            Review(
                10 + at, account(name), f"{name}-gh", is_bot=False, state="APPROVED", commit="e" * 40, content=content
            )
            for at, name in enumerate(approved_by)
        ),
        content=content,
        head="e" * 40,
    )


def _governance(given: Values | Missing | None) -> Governance | Missing:
    if isinstance(given, Missing):
        return given
    default = {"schema": "rampgate/governance/v1", "policy_change": {"slots": [{"role": "policy_owner", "count": 2}]}}
    return Governance.model_validate(given or default)


def _glossary(given: Values | str | Missing | None) -> Sourced[Any] | Missing:
    if isinstance(given, Missing):
        return given
    return sourced(Glossary, a_glossary() if given is None else given, "policies/glossary.yaml")


def judge(kind: RuleKind[Any], about: Facts, /, **parameters: Any) -> list[Answer]:
    """Every answer of a kind; parameters as a policy would write them under `with`."""
    return list(kind.check(kind.params.model_validate(parameters), about))


def outcomes(answers: list[Answer]) -> list[str]:
    """The outcomes in order, as text."""
    return [str(answer.outcome) for answer in answers]


def lint(
    kind: RuleKind[Any],
    /,
    team_schemas: Values | None = None,
    scope: Values | None = None,
    people: People | None = None,
    **parameters: Any,
) -> list[ParamFault]:
    """Every fault that checking a policy with these parameters finds; scope: what the rule says under `applies`."""
    applies = Scope.model_validate(scope or {})
    ladder = Ladder.preset("5-25-75-100")
    around = Surroundings(ladder, people or some_people(), card_schema(), team_schemas or {}, applies)
    return list(kind.lint(kind.params.model_validate(parameters), around))


def card_schema() -> dict[str, Any]:
    """The JSON Schema of cards, as pydantic gives it."""
    return Card.model_json_schema(by_alias=True)


def example_rules(kind: RuleKind[Any]) -> tuple[Rule, ...]:
    """The rules of every yaml block under "Example" in a kind's page, read as one policy."""
    blocks = kind.page.split("## Example", 1)[1].split("\n## ", 1)[0].split("```yaml\n")[1:]
    rules = "".join(block.split("```", 1)[0] for block in blocks)
    head = "schema: rampgate/policy/v1\npolicy: example\nversion: '1'\nowner: risk\nrules:\n"
    return Policy.model_validate(load_yaml((head + rules).encode(), "policies/example.yaml").value).rules
