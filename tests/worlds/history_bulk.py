"""Generates long decision histories through `git fast-import`: records as large as real ones, of made-up decisions.

Half of the commits of `main` change a card, the other half nothing that is governed; every tenth record is a denial.
Names of trees and commits are computed here, because records name them before Git has seen them. As a program::

    PYTHONPATH=src:tests python tests/worlds/history_bulk.py FOLDER --records 10000 --models 50
"""

from __future__ import annotations

import argparse
import json
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from rampgate.formats.record import input_path, log_path, statement_of
from rampgate.model.record import Record
from worlds.git_world import WORDS, clean_environment
from worlds.governed_world import ARTIFACT, GOVERNANCE, LADDER, METRIC_RULE, PEOPLE, card, dump, policy
from worlds.history_world import ENGINE, REPOSITORY, settings, sha256
from worlds.loose_objects import Folder, commit_body, object_id
from worlds.ssh_signer import SIGNER, canonical

STAGES = ("pilot", "canary", "ramp", "majority")
FINDINGS = 50
BEGUN = datetime(2020, 1, 1, tzinfo=UTC)
DENIED_EVERY = 10


@dataclass
class Branch:
    """A branch as a stream for `git fast-import`, with the trees and commits that it will have."""

    name: str
    stream: Any
    folder: Folder = field(default_factory=Folder)
    tip: str = ""
    tree: str = ""
    count: int = 0

    def commit(self, files: dict[str, bytes], message: str = "change") -> str:
        """Put files, and return the commit's name; `tree` is then its tree's."""
        self.count += 1
        who = b"Recorder <recorder@example.com> %d +0000" % (BEGUN.timestamp() + 3600 * self.count)
        parts = [b"commit refs/heads/%s\ncommitter %s\n" % (self.name.encode(), who)]
        parts.append(b"data %d\n%s\n" % (len(message) + 1, message.encode()))
        for path, data in files.items():
            self.folder.put(path, object_id(b"blob", data))
            parts.append(b"M 100644 inline %s\ndata %d\n%s\n" % (path.encode(), len(data), data))
        self.stream.write(b"".join([*parts, b"\n"]))
        self.tree = self.folder.written(object_id)
        parents = (self.tip,) if self.tip else ()
        self.tip = object_id(b"commit", commit_body(self.tree, parents, message, who))
        return self.tip


@dataclass
class BulkHistory:
    """A repository at `root` with so many records; of a size, it is the same each time."""

    root: Path
    records: int
    models: int = 50

    def generate(self) -> None:
        """Write it, and check with Git that the branches stand where they were computed to."""
        subprocess.run([*WORDS, "init", "-q", "-b", "main", str(self.root)], env=clean_environment(), check=True)
        words = [*WORDS, "-C", str(self.root), "fast-import", "--quiet", "--done"]
        with subprocess.Popen(words, stdin=subprocess.PIPE, env=clean_environment()) as process:
            main, log = Branch("main", process.stdin), Branch("decisions", process.stdin)
            self._write(main, log)
            process.stdin.write(b"done\n")  # type: ignore[union-attr]
        assert process.returncode == 0
        for branch in (main, log):
            words = [*WORDS, "-C", str(self.root), "rev-parse", branch.name]
            assert subprocess.check_output(words, env=clean_environment(), text=True).strip() == branch.tip

    def _write(self, main: Branch, log: Branch) -> None:
        names = [f"model-{number:03d}" for number in range(self.models)]
        main.commit(_start(names))
        writer = Writer(main, log)
        writer.add("opening", {}, [])
        for name in names:
            move = {"model": name, "version": "1.0.0", "artifact": ARTIFACT, "from": None, "to": "pilot"}
            writer.add("baseline", {"landed": main.tip, "landed_tree": main.tree}, [name], moves=[move])
        for number in range(max(self.records - len(names) - 1, 0)):
            name = names[number % len(names)]
            main.commit({"README.md": b"change %d\n" % number})
            if number % DENIED_EVERY == DENIED_EVERY - 1:
                writer.denied(name, number)
            else:
                writer.landed(name, number)


@dataclass
class Writer:
    """Appends records to the branch `decisions`."""

    main: Branch
    log: Branch
    seq: int = 0
    prev: str | None = None
    last: dict[str, str] = field(default_factory=dict)
    stages: dict[str, int] = field(default_factory=dict)
    covered: str = ""

    def landed(self, name: str, number: int) -> None:
        """A card moves one stage, up or from the last one down to the first, and is recorded."""
        base, base_tree = self.main.tip, self.main.tree
        now = self.stages.get(name, 0)
        then = (now + 1) % len(STAGES)
        self.stages[name] = then
        path = f"model_cards/{name}/1.0.0/card.yaml"
        text = _card(name, STAGES[then], number).encode()
        self.covered = self.main.commit({path: text})
        tree = self.main.tree
        git = {"base": base, "base_tree": base_tree, "head": self.covered, "landing_tree": tree}
        git |= {"landed": self.covered, "landed_tree": tree}
        kind = "promote" if then > now else "rollback"
        move = {"model": name, "version": "1.0.0", "artifact": ARTIFACT, "from": STAGES[now], "to": STAGES[then]}
        self._decided(kind, "allow", git, name, move, {f"landing:{path}": text}, number)

    def denied(self, name: str, number: int) -> None:
        """A pull request is closed without having been let through."""
        path = f"model_cards/{name}/1.0.0/card.yaml"
        now = self.stages.get(name, 0)
        git = {"base": self.main.tip, "base_tree": self.main.tree, "head": sha256(b"%d" % number)[:40]}
        move = {"model": name, "version": "1.0.0", "artifact": ARTIFACT, "from": STAGES[now], "to": "full"}
        text = _card(name, "full", number).encode()
        self._decided("promote", "deny", git | {"landing_tree": None}, name, move, {f"landing:{path}": text}, number)

    def _decided(
        self,
        kind: str,
        verdict: str,
        git: dict[str, Any],
        name: str,
        move: dict[str, Any],
        files: dict[str, bytes],
        number: int,
    ) -> None:
        landed = "landed" in git
        reviews = _reviews(number, git["head"])
        document = canonical(_document(verdict, move, _at(self.seq), number))
        inputs = {**files, "reviews": reviews}
        decision = {
            "verdict": verdict,
            "transition": {**move, "supersedes": None},
            "evaluated_at": _at(self.seq),
            "valid_until": None,
            "content": f"sha256:{sha256(files[next(iter(files))])}",
            "findings": [_finding(each, number) for each in range(FINDINGS)],
            "not_applicable": [],
            "counted": [{"person": "rita", "login": "rita", "review": number + 1, "roles": ["risk"]}],
            "ignored": [],
            "waivers": [],
            "break_glass": [],
            "inputs": [{"path": path, "sha256": sha256(data)} for path, data in inputs.items()],
            "history_size": self.seq,
            "document": sha256(document),
        }
        pull = {"number": number + 1, "state": "merged" if landed else "closed", "author": "alice"}
        more = {"decision": decision, "pull": pull, "moves": [move] if landed else []}
        self.add(kind, git, [name], held=[*inputs.values(), document], **more)

    def add(
        self, kind: str, git: dict[str, Any], models: list[str], *, held: list[bytes] | None = None, **fields: Any
    ) -> None:
        """Append one record."""
        self.covered = self.covered or self.main.tip
        empty = dict.fromkeys(("base", "base_tree", "head", "landing_tree", "landed", "landed_tree", "objects"))
        body = {
            "schema": "rampgate/record/v1",
            "seq": self.seq,
            "prev": self.prev,
            "log": self.log.folder.below("log", object_id),
            "model_prev": {name: self.last.get(name) for name in models},
            "repository": REPOSITORY,
            "kind": kind,
            "at": _at(self.seq),
            "time_source": "forge",
            "recorded_at": _at(self.seq),
            "git": {**empty, "branch": "main", "covered": self.covered, **git},
            "pull": None,
            "decision": None,
            "moves": [],
            "past_the_gate": [],
            "engine": ENGINE,
            **fields,
        }
        record = Record.model_validate(body)
        data = SIGNER.envelope(canonical(statement_of(record)))
        self.log.commit({log_path(record): data, **{input_path(sha256(each)): each for each in held or ()}}, "record")
        self.prev = sha256(data)
        self.last |= dict.fromkeys(models, self.prev)
        self.seq += 1


def _at(seq: int) -> str:
    return (BEGUN + timedelta(hours=2 * seq)).strftime("%Y-%m-%dT%H:%M:%SZ")


def _start(names: list[str]) -> dict[str, bytes]:
    models = {name: {"tier": "high", "task": "binary_classification", "owner_team": "lending"} for name in names}
    control = {
        "people": PEOPLE,
        "ladder": LADDER,
        "models": {"schema": "rampgate/models/v1", "models": models},
        "governance": GOVERNANCE,
        "lending": policy(METRIC_RULE),
        "history": settings(),
    }
    files = {f"policies/{name}.yaml": dump(value).encode() for name, value in control.items()}
    cards = {f"model_cards/{name}/1.0.0/card.yaml": _card(name, "pilot", 0).encode() for name in names}
    return files | cards | {"README.md": b"models\n"}


def _card(name: str, stage: str, number: int) -> str:
    return dump(card(name, "1.0.0", stage, notes=f"as of change {number}"))


def _finding(place: int, number: int) -> dict[str, Any]:
    """A finding of ordinary length: `fairness.selection-rate-by-...`, with numbers and a sentence."""
    return {
        "rule": f"fairness.selection-rate-{place:02d}",
        "outcome": "pass",
        "effect": "block",
        "message": f"the lowest ratio of selection rates is 0.{8000 + (place * 37 + number) % 1900} (group {place % 7})",
        "found": f"0.{8000 + (place * 37 + number) % 1900}",
        "expected": "at least 0.80",
        "waiver": None,
        "attested": False,
    }


def _document(verdict: str, move: dict[str, Any], at: str, number: int) -> dict[str, Any]:
    more = {
        "kind": "fairness.ratio_at_least",
        "title": "Approval rates are comparable across groups",
        "why": "Lending standard 4.2",
        "fix": "Re-threshold or retrain, then measure again and attach the evidence",
        "controls": ["company.fl-7"],
        "location": {"path": f"model_cards/{move['model']}/1.0.0/card.yaml", "line": 12, "column": 3},
        "valid_until": None,
    }
    findings = [{**_finding(each, number), **more} for each in range(FINDINGS)]
    return {
        "schema": "rampgate/decision/v1",
        "verdict": verdict,
        "transition": move,
        "findings": findings,
        "evaluated_at": at,
    }


def _reviews(number: int, head: str) -> bytes:
    review = {"id": number + 1, "state": "APPROVED", "commit_id": head, "user": {"id": 1005, "login": "rita"}}
    pull = {"number": number + 1, "user": {"id": 1001, "login": "alice-b"}, "head": {"sha": head, "ref": "change"}}
    return canonical({"pull_request": pull, "reviews": [review], "commits": []})


def sizes(root: Path) -> Iterator[str]:
    """What Git says of the objects, for a report."""
    words = [*WORDS, "-C", str(root), "count-objects", "-v"]
    yield from subprocess.check_output(words, env=clean_environment(), text=True).splitlines()


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--records", type=int, default=1000)
    parser.add_argument("--models", type=int, default=50)
    asked = parser.parse_args()
    BulkHistory(asked.folder, asked.records, asked.models).generate()
    print(json.dumps(list(sizes(asked.folder))))  # noqa: T201
