"""A governed repository with a valid decision history, written without the recorder: for whatever reads histories.

The judgements are the gate's own; records, signatures and the branch `decisions` are made here, in process. Example::

    world = HistoryWorld(tmp_path)
    world.begin(at="2026-11-01T09:00:00Z")                    # record 0: the opening; record 1: what stands already
    world.land(at="2026-11-02T09:00:00Z", stage="canary")     # record 2: promoted, approved by rita
    world.deny(at="2026-11-03T09:00:00Z", stage="ramp")       # record 3: closed without an approval
    world.rebuild(world.steps[:-1])                           # and the tail is gone
"""

from __future__ import annotations

import base64
import copy
import hashlib
import json
import subprocess
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from rampgate.adapters.git_objects import GitObjects
from rampgate.app.judging.chronicle import Chronicle
from rampgate.app.judging.gate import GateRequest, Judged, examine
from rampgate.app.judging.trust import Trust
from rampgate.formats.record import SealedRecord, input_path, log_path, payload_of, read_record
from rampgate.model.decision import Decision
from rampgate.model.history import HistorySettings
from rampgate.model.record import Record
from rampgate.model.vocabulary import Outcome
from rampgate.reports.json_v1 import as_json
from worlds.git_world import WORDS, clean_environment
from worlds.governed_world import ALICE, RITA, GovernedWorld, dump
from worlds.loose_objects import WHO, Folder, LooseObjects, commit_body, object_id
from worlds.ssh_signer import CHECKPOINT, SIGNER, WITNESS, Signer, canonical

REPOSITORY = "github.com/acme/models"
ENGINE = {"name": "rampgate", "version": "0.1.0", "sha256": hashlib.sha256(b"the engine of the tests").hexdigest()}
HASH_CHAIN = (
    "rampgate/checkpoint/v1 hash chain: the hash is the SHA-256 of the newest record, not the root of a Merkle tree"
)
BYPASSED = "what landed is not what was evaluated"
NOT_ALLOWED = "it landed although the gate did not allow it"


def sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def settings(*signers: dict[str, Any], witnesses: Sequence[dict[str, Any]] = (), **fields: Any) -> dict[str, Any]:
    """What `policies/history.yaml` says; without words, the recorder and the witness of the tests."""
    return {
        "schema": "rampgate/history/v1",
        "repository": REPOSITORY,
        "signers": list(signers) or [{"name": SIGNER.name, "key": SIGNER.public}],
        "witnesses": list(witnesses) or [{"name": WITNESS.name, "key": WITNESS.public}],
        **fields,
    }


@dataclass(frozen=True)
class Step:
    """What one commit of the branch `decisions` adds: a record, and contents that it names, by path."""

    path: str
    data: bytes
    inputs: Mapping[str, bytes] = field(default_factory=dict)

    @property
    def digest(self) -> str:
        return sha256(self.data)

    @property
    def predicate(self) -> dict[str, Any]:
        """The record as plain values."""
        found: dict[str, Any] = json.loads(base64.b64decode(json.loads(self.data)["payload"]))["predicate"]
        return found


class HistoryWorld(GovernedWorld):
    """A `GovernedWorld` that declares a history. `steps`: what the branch holds, commit by commit."""

    def __init__(self, folder: Path, *, history: dict[str, Any] | None = None, **options: Any) -> None:
        super().__init__(folder, **options)
        self.signer: Signer = SIGNER
        self.recorder = WHO
        self.packs = False
        """Whether records carry what was read, so that a clone without the branch is enough."""
        self.steps: list[Step] = []
        self.covered = ""
        self._sealed: list[SealedRecord] = []
        self._stood: dict[tuple[str, str], tuple[str, str]] = {}
        self._folder = Folder()
        self.tip = ""
        self.declare(history or settings())

    def _become(self, other: GovernedWorld, folder: Path) -> None:
        super()._become(other, folder)
        if isinstance(other, HistoryWorld) and hasattr(other, "steps"):
            self.steps, self._sealed = list(other.steps), list(other._sealed)
            self._stood, self._folder = dict(other._stood), copy.deepcopy(other._folder)

    def declare(self, value: dict[str, Any]) -> str:
        """Write `policies/history.yaml` on main, with no record of it, and return the commit."""
        self.settings = HistorySettings.model_validate(value)
        self.write("policies/history.yaml", dump(value))
        self.base = self.commit("declare the history")
        return self.base

    @property
    def objects(self) -> LooseObjects:
        return LooseObjects(self.root / ".git")

    def records(self) -> list[Record]:
        """What was recorded, in order."""
        return [each.record for each in self._sealed]

    # What happens

    def begin(self, at: str = "2026-11-01T09:00:00Z") -> None:
        """Open the history at the tip of main, with a baseline for every version that is not retired."""
        self.covered = self.base
        self.append({"kind": "opening", "at": at})
        self._stood = self._standing()
        for (model, version), (stage, artifact) in sorted(self._stood.items()):
            if stage == "retired":
                continue
            move = {"model": model, "version": version, "artifact": artifact, "from": None, "to": stage}
            git = {"landed": self.base, "landed_tree": self.tree(self.base)}
            self.append({"kind": "baseline", "at": at, "moves": [move], "git": git}, models=[model])

    def land(
        self,
        edit: Callable[[], Any] | None = None,
        *,
        at: str,
        recorded_at: str = "",
        stage: str = "",
        model: str = "credit-risk",
        version: str = "2.0.0",
        by: dict[str, Any] = ALICE,
        approved_by: Iterable[dict[str, Any]] = (RITA,),
        verdict: str | None = None,
        past_the_gate: Sequence[str] | None = None,
        evil: dict[str, str | bytes] | None = None,
        **fields: Any,
    ) -> Record | None:
        """Merge a pull request and record it; None where it governs nothing.

        edit: what it changes, beside `stage` of a version and what is in the work tree already. evil: files that the
        merge alone brings. past_the_gate: None says it as it is. verdict: what it must be. fields: more of the record.
        """
        base, head = self._pull(edit, stage, model, version)
        branch = self.git("branch", "--show-current")
        judged, reviews, landing = self._judged(base, head, at, by, approved_by)
        self.checkout("main")
        self.base = landed = self.merge(branch, evil=evil)
        decision = judged.decision
        assert verdict in (None, decision.verdict), decision.findings
        if decision.verdict is None:
            return None
        self.covered = landed
        faults = [NOT_ALLOWED] if decision.verdict != "allow" else []
        faults += [BYPASSED] if self.tree(landed) != landing else []
        moves = self._moved()
        body = {
            "kind": "invalid" if decision.problems else str(decision.change),
            "at": at,
            "recorded_at": recorded_at or at,
            "git": {
                **self._places(base, head, landing),
                "landed": landed,
                "landed_tree": self.tree(landed),
            },
            "pull": {"number": 7, "state": "merged", "author": by["name"]},
            "moves": moves,
            "past_the_gate": faults if past_the_gate is None else list(past_the_gate),
            **fields,
        }
        return self._decided(judged, reviews, body, [each["model"] for each in moves])

    def push(self, edit: Callable[[], Any] | None = None, *, at: str, stage: str = "", **fields: Any) -> Record | None:
        """Push straight to main, past the gate, and record that."""
        base = self.base
        self._edited(edit, stage, "credit-risk", "2.0.0")
        self.base = landed = self.commit("pushed")
        judged, _, landing = self._judged(base, landed, at, ALICE, None)
        if judged.decision.verdict is None:
            return None
        self.covered = landed
        body = {
            "kind": "invalid" if judged.decision.problems else str(judged.decision.change),
            "at": at,
            "git": {**self._places(base, landed, landing), "landed": landed, "landed_tree": landing},
            "moves": self._moved(),
            "past_the_gate": ["it was pushed without a pull request"],
            **fields,
        }
        return self._decided(judged, b"", body, [each["model"] for each in body["moves"]])

    def deny(
        self,
        edit: Callable[[], Any] | None = None,
        *,
        at: str,
        stage: str = "",
        model: str = "credit-risk",
        version: str = "2.0.0",
        by: dict[str, Any] = ALICE,
        approved_by: Iterable[dict[str, Any]] = (),
        **fields: Any,
    ) -> Record:
        """Close a pull request that the gate did not let through, and record the last decision on it."""
        cards = copy.deepcopy(self.cards)
        base, head = self._pull(edit, stage, model, version)
        judged, reviews, landing = self._judged(base, head, at, by, approved_by)
        self.checkout("main")
        self.cards = cards
        assert judged.decision.verdict not in (None, "allow"), judged.decision.findings
        body = {
            "kind": "invalid" if judged.decision.problems else str(judged.decision.change),
            "at": at,
            "git": self._places(base, head, landing),
            "pull": {"number": 7, "state": "closed", "author": by["name"]},
            **fields,
        }
        return self._decided(judged, reviews, body, [])

    def slip(self, edit: Callable[[], Any] | None = None, *, stage: str = "") -> str:
        """Change main without a record, and return the commit."""
        self._edited(edit, stage, "credit-risk", "2.0.0")
        self.base = self.commit("slipped in")
        return self.base

    # How it is judged and written

    def _pull(self, edit: Callable[[], Any] | None, stage: str, model: str, version: str) -> tuple[str, str]:
        base = self.base
        self.branch(f"pull-{len(self.steps)}-{base[:7]}")
        self._edited(edit, stage, model, version)
        return base, self.commit("asked for")

    def _edited(self, edit: Callable[[], Any] | None, stage: str, model: str, version: str) -> None:
        if edit is not None:
            edit()
        if stage:
            self.edit_card(model, version, stage=stage)

    def _judged(
        self, base: str, head: str, at: str, by: dict[str, Any], approved_by: Iterable[dict[str, Any]] | None
    ) -> tuple[Judged, bytes, str]:
        """What the gate says, going by the history so far; the forge's answer; and the tree that merging gives."""
        reviews = b""
        if approved_by is not None:
            given = self.pull_request(head, base, by, [self.review(each, head) for each in approved_by])
            reviews = canonical(given)
        with GitObjects.open(self.root) as git:
            landing = git.merge_tree(base, head).tree or ""
            chronicle = Chronicle(None, Trust(self.settings), 0, tuple(self._sealed)) if self._sealed else None
            judged = examine(GateRequest(git, base, head, at, reviews or None, history=chronicle))
        return judged, reviews, landing

    def _places(self, base: str, head: str, landing: str) -> dict[str, Any]:
        return {"base": base, "base_tree": self.tree(base), "head": head, "landing_tree": landing or None}

    def _decided(self, judged: Judged, reviews: bytes, body: dict[str, Any], models: list[str]) -> Record:
        decision = judged.decision
        document = canonical(as_json(decision))
        inputs = {sha256(document): document} | ({sha256(reviews): reviews} if reviews else {})
        for each in decision.inputs:
            side, _, path = each.path.partition(":")
            if side in ("base", "landing"):
                tree = body["git"]["base_tree" if side == "base" else "landing_tree"]
                inputs[each.sha256] = self.git("show", f"{tree}:{path}").encode() + b"\n"
                assert sha256(inputs[each.sha256]) == each.sha256, each.path
        if self.packs and body["git"]["head"] != body["git"].get("landed"):
            pack = self._packed(body["git"])
            body["git"]["objects"] = sha256(pack)
            inputs[sha256(pack)] = pack
        content = judged.facts.reviews.content if judged.facts else ""
        shown = recorded(decision, content, sha256(document), len(self.steps))
        if decision.transition is not None:
            models = [*models, decision.transition.model]
        return self.append({**body, "decision": shown}, models=models, inputs=inputs)

    def _packed(self, places: dict[str, Any]) -> bytes:
        """Every object of the head and of what would land that the base does not have."""
        wanted = [each for each in (places["head"], places["landing_tree"]) if each]
        names = self.git("rev-list", "--objects", "--no-object-names", *wanted, f"^{places['base']}")
        path = self.folder / "pack"
        self.git("pack-objects", "-q", str(path), stdin=f"{names}\n")
        (made,) = self.folder.glob("pack-*.pack")
        data = made.read_bytes()
        for each in self.folder.glob("pack-*"):
            each.unlink()
        return data

    def append(
        self, body: dict[str, Any], *, models: Iterable[str] = (), inputs: Mapping[str, bytes] | None = None
    ) -> Record:
        """Append a record of this kind and these fields; what is left out follows from the history so far."""
        record = Record.model_validate(self._whole(body, models))
        return self.add(self.signer.envelope(payload_of(record)), log_path(record), inputs or {})

    def add(self, data: bytes, path: str, inputs: Mapping[str, bytes] | None = None) -> Record:
        """Append an envelope as it is, with contents by their digest."""
        held = {input_path(key): value for key, value in (inputs or {}).items()}
        self.steps.append(Step(path, data, held))
        self._write(self.steps[-1])
        self._sealed.append(read_record(data, path))
        return self._sealed[-1].record

    def _whole(self, body: dict[str, Any], models: Iterable[str]) -> dict[str, Any]:
        last = {model: each.digest for each in self._sealed for model in each.record.models}
        git = dict.fromkeys(("base", "base_tree", "head", "landing_tree", "landed", "landed_tree", "objects"))
        return {
            "schema": "rampgate/record/v1",
            "seq": len(self.steps),
            "prev": self.steps[-1].digest if self.steps else None,
            "log": self._folder.below("log", self.objects.store),
            "model_prev": {model: last.get(model) for model in sorted(set(models))},
            "repository": REPOSITORY,
            "time_source": "forge",
            "recorded_at": body["at"],
            "pull": None,
            "decision": None,
            "moves": [],
            "past_the_gate": [],
            "engine": ENGINE,
            **body,
            "git": {**git, "branch": "main", "covered": self.covered, **body.get("git", {})},
        }

    def _standing(self) -> dict[tuple[str, str], tuple[str, str]]:
        """Where every version stands in the work tree: model, version -> stage, artifact."""
        cards = [json.loads(path.read_text()) for path in sorted(self.root.glob("model_cards/*/*/card.yaml"))]
        return {(each["model"], each["version"]): (each["stage"], each["artifact"]["digest"]) for each in cards}

    def _moved(self) -> list[dict[str, Any]]:
        before, self._stood = self._stood, self._standing()
        found = []
        for key in sorted({*before, *self._stood}):
            old, new = before.get(key), self._stood.get(key)
            if old != new:
                names = {"model": key[0], "version": key[1], "artifact": new[1] if new else ""}
                found.append({**names, "from": old[0] if old else None, "to": new[0] if new else None})
        return found

    # What somebody does to the branch

    def _write(self, step: Step, *, removed: Iterable[str] = (), more_parents: tuple[str, ...] = ()) -> str:
        for path, data in {step.path: step.data, **step.inputs}.items():
            self._folder.put(path, self.objects.store(b"blob", data))
        for path in removed:
            self._folder.put(path, None)
        return self.commit_folder((*((self.tip,) if self.tip else ()), *more_parents))

    def commit_folder(self, parents: tuple[str, ...], message: str = "record") -> str:
        """Commit the files of the branch as they are in memory, and let the branch stand there."""
        tree = self._folder.written(self.objects.store)
        self.tip = self.objects.store(b"commit", commit_body(tree, parents, message, self.recorder))
        self.objects.point("refs/heads/decisions", self.tip)
        return self.tip

    def tamper(
        self, files: Mapping[str, bytes | None], *, parents: tuple[str, ...] | None = None, message: str = "record"
    ) -> str:
        """Put one more commit on the branch: files by path, None removes one; `parents` instead of the tip."""
        for path, data in files.items():
            self._folder.put(path, None if data is None else self.objects.store(b"blob", data))
        return self.commit_folder((self.tip,) if parents is None else parents, message)

    def rebuild(self, steps: Sequence[Step]) -> str:
        """Create the branch anew, of these steps, one commit each; the world's own list stays as it was."""
        self._folder, self.tip = Folder(), ""
        for step in steps:
            self._write(step)
        if not steps:
            self.objects.point("refs/heads/decisions", None)
        return self.tip

    def checkpoint(
        self,
        name: str = "kept.checkpoint",
        size: int | None = None,
        signer: Signer = WITNESS,
        *,
        namespace: str = CHECKPOINT,
        **changes: str,
    ) -> Path:
        """Keep a checkpoint of the branch as it is now, outside of the repository; `changes`: head, commit, covered."""
        commits = self.git("rev-list", "--first-parent", "--reverse", "decisions").split()
        size = len(commits) if size is None else size
        path = self.git("diff-tree", "--root", "-r", "--name-only", "--no-commit-id", commits[size - 1], "--", "log")
        data = subprocess.check_output(
            [*WORDS, "cat-file", "blob", f"{commits[size - 1]}:{path}"], cwd=self.root, env=clean_environment()
        )
        said = {
            "head": sha256(data),
            "commit": commits[size - 1],
            "covered": Step(path, data).predicate["git"]["covered"],
            **changes,
        }
        origin = f"{REPOSITORY}/decisions"
        head = base64.b64encode(bytes.fromhex(said["head"])).decode()
        text = f"{origin}\n{size}\n{head}\n{HASH_CHAIN}\ndecisions {said['commit']}\ncovered {said['covered']}\n"
        target = self.folder / name
        target.write_bytes(signer.note(text, f"{origin}/witness/{WITNESS.name}", namespace=namespace))
        return target

    def resigned(
        self,
        step: Step,
        signer: Signer | None = None,
        *,
        namespace: str = "rampgate-decision",
        **changes: Any,
    ) -> Step:
        """Return a step whose record says something else, signed anew."""
        record = Record.model_validate({**step.predicate, **changes})
        envelope = (signer or self.signer).envelope(payload_of(record), namespace=namespace)
        return replace(step, data=envelope, path=log_path(record))

    def behind(self, before: Sequence[Step], step: Step, signer: Signer | None = None, **changes: Any) -> Step:
        """Return a step that is added behind these others, which its record names, and says what else is given."""
        folder = Folder()
        for each in before:
            folder.put(each.path, object_id(b"blob", each.data))
        prev = before[-1].digest if before else None
        return self.resigned(step, signer, **{"prev": prev, "log": folder.below("log", object_id), **changes})

    def rechained(self, steps: Sequence[Step], signer: Signer | None = None) -> list[Step]:
        """Return steps as a forger with the key would write them: numbers and digests anew, one after the other."""
        found: list[Step] = []
        last: dict[str, str] = {}
        for step in steps:
            models = {model: last.get(model) for model in step.predicate["model_prev"]}
            found.append(self.behind(found, step, signer, seq=len(found), model_prev=models))
            last |= dict.fromkeys(models, found[-1].digest)
        return found


def recorded(decision: Decision, content: str, document: str, history_size: int | None) -> dict[str, Any]:
    """A decision as it is recorded, written out here once more: the code under test has its own."""
    shown = decision.transition
    silent = [each for each in decision.findings if each.outcome is Outcome.NOT_APPLICABLE]
    return {
        "verdict": decision.verdict,
        "transition": None
        if shown is None
        else {
            "model": shown.model,
            "version": shown.version,
            "artifact": shown.artifact,
            "from": shown.from_stage or None,
            "to": shown.to_stage,
            "supersedes": shown.supersedes or None,
        },
        "evaluated_at": decision.evaluated_at,
        "valid_until": decision.valid_until or None,
        "content": content,
        "findings": [
            {
                "rule": each.rule,
                "outcome": each.outcome,
                "effect": each.effect,
                "message": each.message,
                "found": each.found,
                "expected": each.expected,
                "waiver": each.waiver or None,
                "attested": each.attested,
            }
            for each in decision.findings
            if each.outcome is not Outcome.NOT_APPLICABLE
        ],
        "not_applicable": [each.rule for each in silent],
        "counted": [
            {
                "person": each.person,
                "login": each.login,
                "review": each.review,
                "roles": sorted({slot.role for slot in decision.required if slot.role and each.person in slot.filled}),
            }
            for each in decision.counted
        ],
        "ignored": [{"login": e.login, "review": e.review, "reason": e.reason} for e in decision.ignored],
        "waivers": [each.id for each in decision.waivers],
        "break_glass": [each.id for each in decision.break_glass],
        "inputs": [
            {"path": each.path, "sha256": each.sha256}
            for each in decision.inputs
            if not each.path.startswith("history:")
        ],
        "history_size": next(
            (int(each.path.partition(":")[2]) for each in decision.inputs if each.path.startswith("history:")), None
        ),
        "document": document,
    }
