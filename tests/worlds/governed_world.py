"""A small governed repository for end-to-end tests: real Git, the real command line, and one model that may move.

Example::

    world = GovernedWorld(tmp_path)
    world.branch("promote")
    world.edit_card(stage="canary")
    head = world.commit("promote")
    answer = world.gate(head=head, reviews=[world.review(RITA, head)])
    assert answer.verdict == "allow"
"""

from __future__ import annotations

import atexit
import copy
import hashlib
import json
import os
import shutil
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rampgate.app.judging.gate import GateRequest, gate
from rampgate.errors import RampgateError
from rampgate.model.vocabulary import EXIT_CODE
from rampgate.reports import json_v1
from worlds.command_line import Said, said_here
from worlds.copied import copy_tree
from worlds.git_world import GitWorld, clean_environment

ALICE = {"name": "alice", "id": 1001, "login": "alice-b", "email": "alice@example.com"}
BOB = {"name": "bob", "id": 1002, "login": "bob-t", "email": "bob@example.com"}
RITA = {"name": "rita", "id": 1005, "login": "rita", "email": "rita@example.com"}
RAVI = {"name": "ravi", "id": 1006, "login": "ravi", "email": "ravi@example.com"}
SAM = {"name": "sam", "id": 1007, "login": "sam-sec", "email": "sam@example.com"}
OTTO = {"name": "otto", "id": 1010, "login": "otto", "email": "otto@example.com"}
OLGA = {"name": "olga", "id": 1011, "login": "olga", "email": "olga@example.com"}
OSSI = {"name": "ossi", "id": 1012, "login": "ossi", "email": "ossi@example.com"}
STRANGER = {"name": "mallory", "id": 6666, "login": "mallory", "email": "mallory@example.com"}
ROBOT = {"name": "robot", "id": 41898282, "login": "github-actions[bot]", "email": "robot@example.com"}

ARTIFACT = "sha256:" + "a" * 64
DATASET = "sha256:" + "d" * 64
NOW = "2026-11-20T10:00:00Z"

PEOPLE: dict[str, Any] = {
    "schema": "rampgate/people/v1",
    "people": [
        {
            "name": who["name"],
            "accounts": [{"forge": "github", "id": who["id"], "login": who["login"]}],
            "emails": [who["email"]],
            "roles": roles,
            "team": team,
        }
        for who, roles, team in (
            (ALICE, ["business_owner"], "lending"),
            (BOB, ["engineer", "risk"], "lending"),
            (RITA, ["risk"], "model-risk"),
            (RAVI, ["risk"], "model-risk"),
            (SAM, ["security"], "security"),
            (OTTO, ["policy_owner"], "governance"),
            (OLGA, ["policy_owner"], "governance"),
            (OSSI, ["policy_owner"], "governance"),
        )
    ],
    "bots": [{"forge": "github", "id": 41898282, "login": "github-actions[bot]", "emails": ["robot@example.com"]}],
}
LADDER: dict[str, Any] = {
    "schema": "rampgate/ladder/v1",
    "stages": [
        {"name": "pilot", "exposure_percent": 0},
        {"name": "canary", "exposure_percent": 5},
        {"name": "ramp", "exposure_percent": 25},
        {"name": "majority", "exposure_percent": 75},
        {"name": "full", "exposure_percent": 100},
    ],
}
MODELS: dict[str, Any] = {
    "schema": "rampgate/models/v1",
    "models": {
        "credit-risk": {"tier": "high", "task": "binary_classification", "owner_team": "lending"},
        "fraud": {"tier": "medium", "task": "binary_classification", "owner_team": "payments"},
    },
}
GOVERNANCE: dict[str, Any] = {
    "schema": "rampgate/governance/v1",
    "policy_change": {"slots": [{"role": "policy_owner", "count": 2}]},
}
APPROVAL_RULE: dict[str, Any] = {
    "id": "approval.risk-agrees",
    "kind": "approval.roles",
    "effect": "block",
    "with": {"slots": [{"role": "risk", "count": 1, "independent_of": "owner_team"}]},
}
METRIC_RULE: dict[str, Any] = {
    "id": "evidence.accuracy-floor",
    "kind": "evidence.metric_within",
    "applies": {"changes": ["promote", "restore"], "tasks": ["binary_classification"]},
    "effect": "block",
    "with": {"evidence": "performance", "metric": "accuracy", "at_least": "0.80", "decide_on": "point"},
    "waivable": {"by": ["risk"], "max_days": 30},
}


def policy(*rules: dict[str, Any]) -> dict[str, Any]:
    """A policy file that holds the rules."""
    return {
        "schema": "rampgate/policy/v1",
        "policy": "lending",
        "version": "1",
        "owner": "model-risk",
        "rules": list(rules),
    }


def card(model: str = "credit-risk", version: str = "2.0.0", stage: str = "pilot", **fields: Any) -> dict[str, Any]:
    """A small valid card."""
    return {
        "schema": "rampgate/card/v1",
        "model": model,
        "version": version,
        "stage": stage,
        "tier": "high",
        "task": "binary_classification",
        "artifact": {"uri": "s3://models/x", "digest": ARTIFACT},
        "owners": {"business": "alice", "technical": "bob"},
        **fields,
    }


def evidence(correct: int = 90, wrong: int = 10, **fields: Any) -> dict[str, Any]:
    """Performance evidence: `correct` hits and `wrong` misses among the positives, as many again among the negatives."""
    value: dict[str, Any] = {
        "schema": "rampgate/evidence/v1",
        "kind": "performance",
        "subject": {"model": "credit-risk", "version": "2.0.0", "artifact": ARTIFACT, "dataset": DATASET},
        "population": "offline",
        "produced": {"by": "bob", "tool": "rampgate", "tool_version": "0.1.0", "at": "2026-11-19T10:00:00Z"},
        "source": {"uri": "scores.csv", "digest": DATASET, "rows": 2 * (correct + wrong)},
        "counts": {
            "columns": ["y_true", "y_pred", "n"],
            "rows": [[0, 0, correct], [0, 1, wrong], [1, 0, wrong], [1, 1, correct]],
        },
    }
    value.update(fields)
    return value


def dump(value: Any) -> str:
    """JSON, which is YAML too, one key a line."""
    return json.dumps(value, indent=1) + "\n"


@dataclass(frozen=True)
class Answer:
    """What the command said: its exit code, its JSON and everything it printed."""

    exit: int
    json: dict[str, Any]
    text: str

    @property
    def verdict(self) -> str | None:
        return self.json.get("verdict")

    def of(self, rule: str) -> list[dict[str, Any]]:
        """The findings of one rule."""
        return [each for each in self.json["findings"] if each["rule"] == rule]

    def outcome(self, rule: str) -> str:
        """The outcome of the first finding of one rule."""
        found = self.of(rule)
        assert found, f"no finding of {rule}: {[each['rule'] for each in self.json['findings']]}"
        return found[0]["outcome"]

    def failed(self) -> dict[str, str]:
        """Rule -> message of every finding that blocks, by outcome fail, insufficient or error."""
        bad = ("fail", "insufficient", "error")
        return {
            e["rule"]: e["message"] for e in self.json["findings"] if e["effect"] == "block" and e["outcome"] in bad
        }

    def ignored(self) -> dict[str, str]:
        """Login -> the reason why its last review does not count."""
        return {each["login"]: each["reason"] for each in self.json["approvals"]["ignored"]}

    def counted(self) -> list[str]:
        """The persons whose approvals count."""
        return [each["person"] for each in self.json["approvals"]["counted"]]

    def problems(self) -> str:
        """The messages of invalid input, joined."""
        return "\n".join(f"{p['location']['path']}: {p['message']}" for p in self.json["problems"])


_BUILT: dict[str, GovernedWorld] = {}
"""The worlds that this process has built, by what they begin with; identities and dates are fixed, so commits are."""


class GovernedWorld(GitWorld):
    """A repository with one policy (accuracy at least 0.80 and one independent risk approval) and one version at pilot."""

    def __init__(self, folder: Path, *, stage: str = "pilot", rules: tuple[dict[str, Any], ...] | None = None) -> None:
        given = (stage, rules if rules is not None else (METRIC_RULE, APPROVAL_RULE))
        key = dump(given)
        if key not in _BUILT:
            _BUILT[key] = self._built(*given)
        self._become(_BUILT[key], Path(folder))

    @classmethod
    def _built(cls, stage: str, rules: tuple[dict[str, Any], ...]) -> GovernedWorld:
        """Build the world in a folder of its own, from which every world that begins like it is copied."""
        folder = Path(tempfile.mkdtemp(prefix="rampgate-world-"))
        atexit.register(shutil.rmtree, folder, ignore_errors=True)
        world = cls.__new__(cls)
        GitWorld.__init__(world, folder)
        world.folder, world.cards = folder, {}
        world.write("policies/people.yaml", dump(PEOPLE))
        world.write("policies/ladder.yaml", dump(LADDER))
        world.write("policies/models.yaml", dump(MODELS))
        world.write("policies/governance.yaml", dump(GOVERNANCE))
        world.write("policies/lending.yaml", dump(policy(*rules)))
        world.add_version(card(stage=stage), evidence())
        world.base = world.commit("start", author=("Otto", OTTO["email"]), committer=("Otto", OTTO["email"]))
        # One pack is two files to copy and to remove, and the loose objects are thirty.
        world.git("repack", "-a", "-d", "-q")
        # What only a server of files, a reflog or an editor would read.
        for each in ("info/refs", "objects/info/packs", "COMMIT_EDITMSG"):
            (world.root / ".git" / each).unlink()
        shutil.rmtree(world.root / ".git" / "logs")
        return world

    def _become(self, other: GovernedWorld, folder: Path) -> None:
        """Be what another world is, in a folder of its own."""
        vars(self).update(vars(other))
        self.folder, self.root = folder, folder / other.root.name
        self.cards = copy.deepcopy(other.cards)
        copy_tree(other.root, self.root)

    def copy(self, folder: Path) -> GovernedWorld:
        """Return the same world in another folder, without building it once more."""
        world = copy.copy(self)
        world._become(self, Path(folder))
        return world

    def add_version(self, value: dict[str, Any], *evidence_files: dict[str, Any]) -> None:
        """Write a version's folder; evidence is listed in the card with its digest."""
        folder = f"model_cards/{value['model']}/{value['version']}"
        value = copy.deepcopy(value)
        for number, each in enumerate(evidence_files):
            body = dump(each)
            name = f"evidence/{each['kind']}{number or ''}.json"
            self.write(f"{folder}/{name}", body)
            digest = "sha256:" + hashlib.sha256(body.encode()).hexdigest()
            value.setdefault("evidence", []).append({"path": name, "digest": digest})
        self.cards[value["model"], value["version"]] = value
        self.write(f"{folder}/card.yaml", dump(value))

    def edit_card(self, model: str = "credit-risk", version: str = "2.0.0", **fields: Any) -> None:
        """Change fields of a card, None removes one, and write it."""
        value = self.cards[model, version]
        value.update(fields)
        for key in [key for key, field in value.items() if field is None]:
            del value[key]
        self.write(f"model_cards/{model}/{version}/card.yaml", dump(value))

    def replace_evidence(self, *files: dict[str, Any], model: str = "credit-risk", version: str = "2.0.0") -> None:
        """Let the card list exactly these evidence files, each with its digest; the others go."""
        if (self.root / f"model_cards/{model}/{version}/evidence").exists():
            self.remove(f"model_cards/{model}/{version}/evidence")
        self.add_version({**self.cards[model, version], "evidence": []}, *files)

    def promotion(self, to: str = "canary", **fields: Any) -> str:
        """Ask for one stage up of credit-risk 2.0.0 on a branch of its own, and return the commit."""
        self.branch(f"promote-{sum(each.is_file() for each in (self.root / '.git/refs/heads').rglob('*'))}")
        self.edit_card(stage=to, **fields)
        return self.commit("promote")

    def land(self, branch: str) -> str:
        """Merge a branch into main with a merge commit, as if it had been allowed, and return the new base."""
        self.checkout("main")
        self.base = self.merge(branch)
        return self.base

    def review(
        self, who: dict[str, Any], commit: str, state: str = "APPROVED", number: int | None = None
    ) -> dict[str, Any]:
        """A review as GitHub lists it; ids rise in the order of the calls."""
        self._reviews = getattr(self, "_reviews", 0) + 1
        kind = "Bot" if who["login"].endswith("[bot]") else "User"
        return {
            "id": number or self._reviews,
            "user": {"id": who["id"], "login": who["login"], "type": kind},
            "state": state,
            "commit_id": commit,
            "submitted_at": "2026-11-20T09:00:00Z",
        }

    def pull_request(
        self, head: str, base: str, author: dict[str, Any], reviews: list[dict[str, Any]]
    ) -> dict[str, Any]:
        """The reviews file, as GitHub's three answers."""
        listing = self.git("log", "--topo-order", "--reverse", "--format=%H%x00%ae%x00%ce%x00%B%x01", f"{base}..{head}")
        accounts = {each["email"]: each for each in (ALICE, BOB, RITA, RAVI, SAM, OTTO, OLGA, OSSI, STRANGER, ROBOT)}

        def commit(entry: str) -> dict[str, Any]:
            sha, author_mail, committer_mail, message = entry.strip("\n").split("\0")

            def account(mail: str) -> dict[str, Any] | None:
                known = accounts.get(mail)
                return {"id": known["id"], "login": known["login"], "type": "User"} if known else None

            return {
                "sha": sha,
                "commit": {
                    "author": {"name": "x", "email": author_mail},
                    "committer": {"name": "x", "email": committer_mail},
                    "message": message,
                },
                "author": account(author_mail),
                "committer": account(committer_mail),
            }

        return {
            "pull_request": {
                "number": 7,
                "user": {"id": author["id"], "login": author["login"], "type": "User"},
                "head": {"sha": head, "ref": "promote"},
                "base": {"sha": base, "ref": "main"},
            },
            "reviews": reviews,
            "commits": [commit(entry) for entry in listing.split("\x01") if entry.strip("\n")],
        }

    def gate(
        self,
        head: str = "HEAD",
        base: str | None = None,
        *,
        reviews: list[dict[str, Any]] | None = None,
        author: dict[str, Any] = ALICE,
        now: str = NOW,
        file: dict[str, Any] | None = None,
        extra: tuple[str, ...] = (),
        as_process: bool = False,
    ) -> Answer:
        """Run `rampgate gate` with a user's words, and return what it said; `as_process` in a process of its own."""
        base = base or self.base
        words = ["gate", "--repo", str(self.root), "--base", base, "--head", head, "--now", now, "--format", "json"]
        path = self._reviews_file(head, base, author, reviews, file)
        given = ["--reviews", str(path)] if path else []
        return run_rampgate(*words, *given, *extra, as_process=as_process)

    def judge(
        self,
        head: str = "HEAD",
        base: str | None = None,
        *,
        reviews: list[dict[str, Any]] | None = None,
        author: dict[str, Any] = ALICE,
        now: str = NOW,
        file: dict[str, Any] | None = None,
    ) -> Answer:
        """Do what `gate` does without starting a process: the same use case, the same JSON, the same exit code."""
        base = base or self.base
        path = self._reviews_file(head, base, author, reviews, file)
        try:
            decision = gate(GateRequest(self.root, base, head, now, path))
        except RampgateError as error:
            return Answer(error.exit_code, {}, str(error))
        verdict = EXIT_CODE[decision.verdict] if decision.verdict else 0
        text = json_v1.render(decision)
        return Answer(3 if decision.problems else verdict, json.loads(text), text)

    def _reviews_file(
        self,
        head: str,
        base: str,
        author: dict[str, Any],
        reviews: list[dict[str, Any]] | None,
        file: dict[str, Any] | None,
    ) -> Path | None:
        """Write the reviews file that a forge would hand over, None where there is no pull request yet."""
        if reviews is None and file is None:
            return None
        sha = head if len(head) == 40 else self.rev(head)
        content = file if file is not None else self.pull_request(sha, base, author, reviews or [])
        path = self.folder / "reviews.json"
        path.write_text(json.dumps(content))
        return path


def approved(world: GovernedWorld, head: str, *, author: dict[str, Any] = ALICE, **options: Any) -> Answer:
    """Judge with everybody's approval, so that nothing but the attack stands in the way."""
    people = [each for each in (RITA, RAVI, SAM, BOB, OTTO, OLGA, OSSI) if each is not author]
    reviews = [world.review(each, head) for each in people]
    return world.judge(head, reviews=reviews, author=author, **options)


def run_rampgate(*words: str, as_process: bool = False) -> Answer:
    """Run the command line with a user's words; `as_process` where more than its answer matters, such as its start."""
    environ = {**clean_environment(), "NO_COLOR": "1", "GIT_CONFIG_GLOBAL": os.devnull}
    said = _process(words, environ) if as_process else said_here(list(words), environ)
    assert "Traceback" not in said.err, said.out + said.err
    try:
        value = json.loads(said.out)
    except ValueError:
        value = {}
    return Answer(said.exit, value if isinstance(value, dict) else {}, said.out + said.err)


def _process(words: tuple[str, ...], environ: dict[str, str]) -> Said:
    done = subprocess.run(
        [sys.executable, "-m", "rampgate", *words],
        env=environ,
        capture_output=True,
        stdin=subprocess.DEVNULL,
        timeout=120,
        check=False,
    )
    return Said(done.returncode, done.stdout.decode(), done.stderr.decode())
