"""Makes governed repositories of any size: the same seed gives the same bytes, and so the same commit names.

Example: `python benchmarks/generate.py /tmp/repo --cards 2000 --commits 50 --checkout`
"""

from __future__ import annotations

import argparse
import hashlib
import os
import random
import subprocess
from collections.abc import Iterator
from pathlib import Path

START = 1_767_614_400  # 2026-01-05T12:00:00Z, in seconds
ALICE = "Alice <alice@example.com>"
BOB = "Bob <bob@example.com>"

TASKS = ("binary_classification", "multiclass_classification", "regression", "forecasting", "recommendation")
TIERS = ("low", "medium", "high")
WORDS = (
    *("applicant", "amount", "branch", "claim", "customer", "device", "district", "estimate", "fee", "invoice"),
    *("journey", "limit", "merchant", "month", "order", "parcel", "payment", "price", "quarter", "region"),
    *("request", "route", "season", "service", "session", "shop", "supply", "ticket", "transfer", "week"),
)

POLICIES = {
    "policies/ladder.yaml": """\
schema: rampgate/ladder/v1
stages:
  - {name: pilot, exposure_percent: 0}
  - {name: canary, exposure_percent: 5}
  - {name: ramp, exposure_percent: 25}
  - {name: majority, exposure_percent: 75}
  - {name: full, exposure_percent: 100}
""",
    "policies/people.yaml": """\
schema: rampgate/people/v1
people:
  - name: alice
    accounts: [{forge: github, id: 1001, login: alice}]
    emails: [alice@example.com]
    roles: [business_owner]
    team: lending
  - name: bob
    accounts: [{forge: github, id: 1002, login: bob}]
    emails: [bob@example.com]
    roles: [engineer]
    team: lending
  - name: carol
    accounts: [{forge: github, id: 1003, login: carol}]
    emails: [carol@example.com]
    roles: [operations]
    team: platform
  - name: rita
    accounts: [{forge: github, id: 1004, login: rita}]
    emails: [rita@example.com]
    roles: [risk, policy_owner]
    team: risk
  - name: ravi
    accounts: [{forge: github, id: 1005, login: ravi}]
    emails: [ravi@example.com]
    roles: [risk, policy_owner]
    team: risk
  - name: olga
    accounts: [{forge: github, id: 1006, login: olga}]
    emails: [olga@example.com]
    roles: [policy_owner]
    team: risk
""",
    "policies/governance.yaml": """\
schema: rampgate/governance/v1
policy_change: {slots: [{role: policy_owner, count: 2}]}
""",
    "policies/lending.yaml": """\
schema: rampgate/policy/v1
policy: lending
version: "1.0"
owner: model-risk
rules:
  - id: card.says-what-it-is-for
    kind: card.requires
    effect: block
    with: {fields: [uses.intended, evaluation.metrics, fallback, owners.reliability]}
  - id: card.is-watched
    kind: monitoring.declared
    effect: block
    with: {signals: [quality, drift]}
  - id: approval.of-risk
    kind: approval.roles
    effect: block
    with: {slots: [{role: business_owner, author_counts: true}, {role: risk, independent_of: owner_team}]}
""",
}


def digest(*parts: object) -> str:
    return "sha256:" + hashlib.sha256(repr(parts).encode()).hexdigest()


def model_name(number: int) -> str:
    return f"model-{number:05d}"


def traits(number: int) -> tuple[str, str]:
    """Tier and task of a model."""
    return TIERS[number % len(TIERS)], TASKS[number % len(TASKS)]


def sentence(dice: random.Random, length: int = 9) -> str:
    return " ".join(dice.choice(WORDS) for _ in range(length)).capitalize()


def card_text(number: int, *, seed: int, stage: str = "pilot") -> str:
    """The text of one card: about 120 lines, laid out as people write them."""
    dice = random.Random(f"{seed}:{number}")
    name = model_name(number)
    tier, task = traits(number)
    watched = dice.choice(WORDS)
    signals = "".join(
        f"    - name: {watched}_{kind}\n      kind: {kind}\n      window: {dice.randint(1, 28)}d\n"
        for kind in ("quality", "drift", "data_quality")
    )
    triggers = "".join(
        f"    - metric: {watched}_quality\n      window: 7d\n      min_samples: {dice.randint(100, 5000)}\n"
        f'      op: "<"\n      value: "0.{dice.randint(500, 999)}"\n      kind: absolute\n      action: {action}\n'
        for action in ("investigate", "rollback")
    )
    sets = "".join(
        f"    - name: {dice.choice(WORDS)}s-{role}\n      role: {role}\n      uri: s3://data/{name}/{role}.parquet\n"
        f'      digest: "{digest(seed, number, role)}"\n      licence: internal\n'
        for role in ("training", "validation", "test")
    )
    return f"""\
schema: rampgate/card/v1
model: {name}
version: "1.0.{number % 7}"
stage: {stage}
tier: {tier}
task: {task}
summary: {sentence(dice, 14)}.

artifact:
  uri: s3://models/{name}/1.0.{number % 7}
  digest: "{digest(seed, number, "artifact")}"

owners:
  business: alice
  technical: bob
  reliability: carol

# Agreed with the business before the first line of code.
outcome:
  metric: {dice.choice(WORDS)}_accuracy
  baseline:
    value: "0.{dice.randint(500, 799)}"
    measured_on: "2026-01-{dice.randint(10, 28)}"
  target:
    value: "0.{dice.randint(800, 999)}"
  direction: increase
  window_days: {dice.randint(14, 90)}
  method: ab

uses:
  intended:
    - {sentence(dice)}
    - {sentence(dice)}
  out_of_scope:
    - {sentence(dice)}
  affected_persons:
    - applicants

data:
  sets:
{sets}  quality_checks:
    - {sentence(dice, 5)}
    - {sentence(dice, 5)}

evaluation:
  metrics:
    - accuracy
    - log_loss
  dataset: {dice.choice(WORDS)}s-test
  why: >-
    {sentence(dice, 12)}
    {sentence(dice, 12)}
  limitations:
    - {sentence(dice, 11)}

fairness:
  attributes:
    - sex
    - age_band
  harms: {sentence(dice, 8)}
  mitigation: {sentence(dice, 8)}

human_oversight:
  mode: human_on_the_loop
  stop_procedure: {sentence(dice, 10)}
  last_tested: "2026-02-{dice.randint(10, 28)}"

fallback:
  kind: rules
  target: scorecard-{dice.randint(1, 9)}

operations:
  oncall: {dice.choice(WORDS)}-oncall
  runbook: runbook.md
  sla:
    - metric: latency_p95
      op: "<="
      value: {dice.randint(50, 400)}
      unit: ms

monitoring:
  signals:
{signals}  triggers:
{triggers}
retraining:
  cadence: quarterly
  decided_by: alice
"""


def folder_of(number: int) -> str:
    return f"model_cards/{model_name(number)}/1.0.{number % 7}"


def models_text(cards: int) -> str:
    rows = []
    for number in range(cards):
        tier, task = traits(number)
        rows.append(f"  {model_name(number)}: {{tier: {tier}, task: {task}, owner_team: lending}}\n")
    return "schema: rampgate/models/v1\nmodels:\n" + "".join(rows)


def files(cards: int, seed: int) -> Iterator[tuple[str, str]]:
    """Every file of the governed repository, by path."""
    yield from POLICIES.items()
    yield "policies/models.yaml", models_text(cards)
    for number in range(cards):
        yield f"{folder_of(number)}/card.yaml", card_text(number, seed=seed)
        yield f"{folder_of(number)}/runbook.md", f"# {model_name(number)}\n\nCall the on-call, then stop the model.\n"


def stream(cards: int, commits: int, seed: int) -> Iterator[bytes]:
    """A `git fast-import` stream: `main` with its history, and `promote`, which moves the first model one rung up."""

    def commit(branch: str, who: str, moment: int, message: str, parent: str = "") -> bytes:
        head = f"commit refs/heads/{branch}\nauthor {who} {moment} +0000\ncommitter {who} {moment} +0000\n"
        return (head + f"data {len(message)}\n{message}\n" + (f"from {parent}\n" if parent else "")).encode()

    def write(path: str, text: str) -> bytes:
        data = text.encode()
        return f"M 100644 inline {path}\ndata {len(data)}\n".encode() + data + b"\n"

    yield commit("main", ALICE, START, "Set up")
    for path, text in files(cards, seed):
        yield write(path, text)
    for number in range(1, commits):
        yield commit("main", ALICE, START + 60 * number, f"Note {number}")
        yield write(f"notes/{number % 50}.md", f"Note {number}\n")
    yield commit("promote", BOB, START + 60 * commits, "Promote the first model", "refs/heads/main")
    yield write(f"{folder_of(0)}/card.yaml", card_text(0, seed=seed, stage="canary"))


def make(folder: Path, *, cards: int, commits: int, seed: int = 1, checkout: bool = False) -> None:
    """Make the repository in a folder that does not exist yet."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("GIT_")}
    environment |= {"GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_NOSYSTEM": "1"}

    def git(*words: str, data: bytes | None = None) -> None:
        subprocess.run(["git", "-C", str(folder), *words], input=data, env=environment, check=True)

    folder.mkdir(parents=True)
    git("init", "--quiet", "--initial-branch=main")
    git("fast-import", "--quiet", data=b"".join(stream(cards, commits, seed)))
    if checkout:
        git("reset", "--quiet", "--hard")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--cards", type=int, default=20)
    parser.add_argument("--commits", type=int, default=50)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--checkout", action="store_true", help="also write the work tree")
    asked = parser.parse_args()
    make(asked.folder, cards=asked.cards, commits=asked.commits, seed=asked.seed, checkout=asked.checkout)


if __name__ == "__main__":
    main()
