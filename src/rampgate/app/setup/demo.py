"""The demonstration: a real Git repository, the example models in it, and the commands that a model owner would type.

Nothing is told that did not happen: every line that begins with `$` is run as it stands, and what follows is what it
printed. The `rampgate` commands run in this process, one after the other, so that the story does not start Python anew
for each of them.
"""

from __future__ import annotations

import json
import os
import shlex
import subprocess
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from rampgate.adapters.packaged import example_files
from rampgate.app.setup.demo_data import GENERATORS, as_csv
from rampgate.errors import RampgateError
from rampgate.formats.digest import sha256_of

NOW: Final = "2026-11-20T10:00:00Z"
"""The moment of the demonstration, so that it tells the same story in every year."""

ALICE: Final = ("Alice", "alice@example.com", 1001, "alice-b")
BOB: Final = ("Bob", "bob@example.com", 1002, "bob-t")
NED: Final = ("Ned", "ned@example.com", 1009, "ned-feed")
RITA: Final = (1005, "rita")

Say = Callable[[str], None]
Rampgate = Callable[[Sequence[str]], tuple[int, str]]
"""Runs one `rampgate` command in the present folder, and returns its exit code and everything that it printed."""


class DemoBroke(RampgateError):
    """A step of the demonstration did not end as it should; what it printed is in the message."""


@dataclass
class Stage:
    """The repository of the demonstration, and the voice that tells what happens in it."""

    root: Path
    say: Say
    rampgate: Rampgate

    def heading(self, text: str) -> None:
        """Say what comes next."""
        self.say(f"\n== {text} " + "=" * max(3, 96 - len(text)) + "\n")

    def tell(self, text: str) -> None:
        """Say a sentence of the story."""
        self.say(text + "\n")

    def run(self, *words: str, expect: int = 0, shown: str = "", quiet: bool = False) -> str:
        """Run a command in the repository, say it and what it printed, and hold its exit code against the expected."""
        code, said = self.rampgate(words[1:]) if words[0] == "rampgate" else self._other(words)
        if code != expect:
            raise DemoBroke(f"`{shlex.join(words)}` ended with {code}, expected {expect}\n{said}")
        if not quiet:
            self.say(f"$ {shown or shlex.join(words)}")
            for line in said.rstrip().splitlines():
                self.say(f"  {line}".rstrip())
            if words[0] == "rampgate":
                self.say(f"  (exit code {code})\n")
        return said.strip()

    def _other(self, words: Sequence[str]) -> tuple[int, str]:
        """Run another program, without the machine's own Git settings."""
        kept = {name: value for name, value in os.environ.items() if not name.startswith("GIT_")}
        environment = kept | {"GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_NOSYSTEM": "1"}
        done = subprocess.run(
            words, cwd=self.root, env=environment, capture_output=True, stdin=subprocess.DEVNULL, text=True, check=False
        )
        return done.returncode, done.stdout + done.stderr

    def be(self, who: tuple[str, str, int, str]) -> None:
        """Let somebody sit down at the keyboard."""
        self.run("git", "config", "user.name", who[0], quiet=True)
        self.run("git", "config", "user.email", who[1], quiet=True)

    def commit(self, message: str) -> str:
        """Commit everything, and return the commit."""
        self.run("git", "add", "-A", quiet=True)
        self.run("git", "commit", "-q", "-m", message, quiet=True)
        return self.run("git", "rev-parse", "HEAD", quiet=True)

    def on_main(self) -> None:
        """Go back to the governed branch."""
        self.run("git", "checkout", "-q", "main", quiet=True)

    def write_data(self, name: str, model: str) -> None:
        """Write a generated data file beside the governed folders; it is never committed."""
        (self.root / name).write_bytes(as_csv(GENERATORS[model]()))


def demo(root: Path, say: Say, rampgate: Rampgate, now: str) -> None:
    """Build the repository in an empty folder and play the story in it; the present folder must be that one.

    now: the present moment, RFC 3339 in UTC, for what the commands date by the clock.
    """
    stage = Stage(root, say, rampgate)
    _build(stage)
    _published_counts(stage)
    _three_definitions(stage)
    _few_rows(stage)
    _on_record(stage, _down_again(stage), now)
    stage.heading("That was it")
    stage.tell(
        "Denied, fixed, held, allowed, rolled back, on record: the files in Git were judged, and nothing else.\n"
        "Next: `rampgate init` in a repository of your own; `rampgate explain fairness.ratio_at_least` for a rule."
    )


def _build(stage: Stage) -> None:
    stage.heading("A repository with five models and three policies")
    stage.run("git", "init", "-q", "-b", "main", ".", quiet=True)
    for path, data in example_files().items():
        place = stage.root / path
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(data)
    (stage.root / ".gitignore").write_text("*.csv\n*reviews.json\nrecorder-key*\n", encoding="utf-8")
    stage.be(BOB)
    stage.commit("The models, and the rules they are judged by")
    stage.run("rampgate", "status")
    stage.run("rampgate", "check")


def _gate(stage: Stage, branch: str, expect: int, *more: str) -> None:
    words = ("--base", "main", "--head", branch, "--now", NOW, *more)
    stage.run("rampgate", "gate", *words, expect=expect)


def _published_counts(stage: Stage) -> None:
    stage.heading("Denied: published counts")
    stage.tell(
        "`recidivism-score` carries the counts that ProPublica published in 2016: of people who were not charged\n"
        "again, 45 in 100 Black and 23 in 100 white defendants had been scored medium or high. May it go to canary?"
    )
    stage.be(ALICE)
    stage.run("rampgate", "promote", "recidivism-score", "--to", "canary", "--local")
    _gate(stage, "promote/recidivism-score-1.0.0-canary", 10)
    stage.on_main()


def _three_definitions(stage: Stage) -> None:
    branch = "promote/credit-risk-2.0.0-canary"
    stage.heading("Denied: three systems, three incomes")
    stage.tell("The lending model asks for its first five percent of customers.")
    stage.run("rampgate", "promote", "credit-risk", "--version", "2.0.0", "--to", "canary", "--local")
    _gate(stage, branch, 10)
    stage.heading("Fixed: one definition, a new artifact, new evidence")
    stage.tell(
        "The team agrees on the ledger's definition, trains again and measures again: the old evidence is about other\n"
        "bytes. All of it goes into the same pull request."
    )
    _train_again(stage)
    stage.run("git", "diff", "--stat", "--", "model_cards/credit-risk/2.0.0/lineage.yaml")
    stage.write_data("settled-loans-2026-h1.csv", "credit-risk")
    for kind, more in (("performance", ()), ("fairness", ("--by", "sex"))):
        words = (
            "measure",
            kind,
            "--data",
            "settled-loans-2026-h1.csv",
            "--y-true",
            "y_true",
            "--y-pred",
            "y_pred",
            *more,
        )
        whose = ("--model", "credit-risk", "--model-version", "2.0.0", "--as", "bob", "--attach", "--replace")
        stage.run("rampgate", *words, *whose, "--now", "2026-11-19T09:00:00Z")
    head = stage.commit("Train on one definition of the applicant's income, and measure again")
    stage.heading("Held: only people are missing")
    _gate(stage, branch, 11, "--reviews", _reviews(stage, branch, []))
    stage.heading("Allowed: Rita of model risk approves")
    stage.tell(
        "Alice owns the outcome; opening the pull request is her consent. Rita reviews, and approves this content."
    )
    _gate(stage, branch, 0, "--reviews", _reviews(stage, branch, [(RITA, head)]))
    stage.on_main()
    stage.run("git", "merge", "-q", "--no-ff", "-m", "Promote credit-risk 2.0.0 to canary", branch, quiet=True)


def _train_again(stage: Stage) -> None:
    """Do what the team does outside rampgate: one definition in the lineage, and an artifact with another digest."""
    folder = stage.root / "model_cards" / "credit-risk" / "2.0.0"
    lineage = (folder / "lineage.yaml").read_text(encoding="utf-8")
    for other in ("crm.declared_yearly_income", "app.net_monthly_income"):
        lineage = lineage.replace(other, "core_banking.gross_monthly_income")
    card = (folder / "card.yaml").read_text(encoding="utf-8")
    old = card.split('digest: "', 1)[1][:71]
    new = sha256_of(b"example artifact: credit-risk 2.0.0, trained on one definition")
    (folder / "lineage.yaml").write_text(lineage.replace(old, new), encoding="utf-8")
    (folder / "card.yaml").write_text(card.replace(old, new), encoding="utf-8")


def _few_rows(stage: Stage) -> None:
    stage.heading("Undecided: too few people from the islands")
    stage.tell("The feed ranker was measured on 48 readers from the islands. That is too few to tell, and no pass.")
    stage.be(NED)
    stage.run("rampgate", "promote", "feed-ranker", "--to", "canary", "--local")
    _gate(stage, "promote/feed-ranker-0.9.0-canary", 12)
    stage.on_main()


def _down_again(stage: Stage) -> str:
    """Roll back on a branch, and return its name."""
    stage.heading("Rolled back: no approval beforehand, but a reason")
    stage.be(ALICE)
    reason = "INC-812: complaints about refused regular customers"
    stage.run(
        "rampgate", "rollback", "credit-risk", "--version", "2.0.0", "--to", "pilot", "--reason", reason, "--local"
    )
    branch = stage.run("git", "rev-parse", "--abbrev-ref", "HEAD", quiet=True)
    stage.tell("The event file holds today's date, so this one is judged by today's clock.")
    stage.run("rampgate", "gate", "--base", "main", "--head", branch)
    stage.on_main()
    return branch


def _on_record(stage: Stage, branch: str, now: str) -> None:
    """Declare a decision history, let the rollback land, and ask what an auditor asks."""
    stage.heading("On record: what stood, what landed, and who let it in")
    stage.tell("From now on every decision is one signed record on the branch `decisions`.")
    where = ("--key-file", "recorder-key", "--repository", "example.com/lending")
    stage.run("rampgate", "keys", "create", "recorder", *where)
    stage.commit("Record decisions")
    record = ("rampgate", "record", "--offline", "--now", now, "--key", "recorder-key")
    stage.run(*record)
    stage.tell("The rollback lands.")
    told = _reviews(stage, branch, [], "rollback-reviews.json")
    stage.run("git", "merge", "-q", "--no-ff", "-m", "Roll back credit-risk 2.0.0 to pilot", branch, quiet=True)
    stage.run(*record, "--reviews", told)
    stage.tell("An auditor with nothing but a clone asks what stands where, and proves that nothing was left out.")
    stage.run("rampgate", "audit", "asof", now[:10], "--model", "credit-risk")
    stage.run("rampgate", "audit", "verify")
    stage.run("rampgate", "audit", "replay", "--kind", "rollback")


def _reviews(
    stage: Stage, branch: str, approvals: list[tuple[tuple[int, str], str]], name: str = "reviews.json"
) -> str:
    """Write what GitHub would answer about the pull request, and return the file's name."""
    log = stage.run("git", "log", "--reverse", "--format=%H%x09%ae%x09%s", f"main..{branch}", quiet=True)
    people = {each[1]: each for each in (ALICE, BOB, NED)}
    head = stage.run("git", "rev-parse", branch, quiet=True)

    def account(number: int, login: str) -> dict[str, Any]:
        return {"id": number, "login": login, "type": "User"}

    def commit(line: str) -> Mapping[str, Any]:
        sha, email, subject = line.split("\t")
        who = account(people[email][2], people[email][3])
        side = {"name": people[email][0], "email": email}
        return {
            "sha": sha,
            "author": who,
            "committer": who,
            "commit": {"author": side, "committer": side, "message": subject},
        }

    answer = {
        "pull_request": {
            "number": 1,
            "user": account(ALICE[2], ALICE[3]),
            "head": {"sha": head, "ref": branch},
            "base": {"sha": stage.run("git", "rev-parse", "main", quiet=True), "ref": "main"},
        },
        "reviews": [
            {"id": number, "user": account(*who), "state": "APPROVED", "commit_id": sha}
            for number, (who, sha) in enumerate(approvals, start=1)
        ],
        "commits": [commit(line) for line in log.splitlines()],
    }
    (stage.root / name).write_text(json.dumps(answer, indent=1) + "\n", encoding="utf-8")
    return name
