"""From a review's webhook to the published verdict: seconds on loopback, and how they grow with the repository.

A small forge with real Git delivers a signed `pull_request_review` webhook; whoever receives it starts `rampgate ci`,
as GitHub Actions would after it has found a runner. The clock stops when the final status stands. `gh` reads the same
three lists of the pull request over the same forge as the floor that any client pays.

    python benchmarks/review_to_verdict.py --rounds 5 --cards 20 2000
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tests"))

import generate

from forge import webhooks
from forge.server import Forge
from forge.state import Account, Pull
from worlds.git_world import GitWorld, clean_environment

ALICE = Account(1001, "alice", email="alice@example.com")
RITA = Account(1004, "rita", email="rita@example.com")
SECRET = "benchmark"


class Receiver:
    """Checks a webhook's signature and starts `rampgate ci` for it, as the end of the `signal` workflow."""

    def __init__(self, forge: Forge, checkout: Path) -> None:
        self.forge, self.checkout = forge, checkout
        self.ended = threading.Event()
        receiver = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                is_signed = self.headers["X-Hub-Signature-256"] == webhooks.signature(body, SECRET)
                self.send_response(202 if is_signed else 401)
                self.send_header("Content-Length", "0")
                self.end_headers()
                if is_signed:
                    threading.Thread(target=receiver.judge, args=(json.loads(body),)).start()

            def log_message(self, *_: object) -> None:
                pass

        self.server = HTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_address[1]}/"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def judge(self, review_event: dict) -> None:
        head = review_event["pull_request"]["head"]
        event = webhooks.workflow_run(
            self.forge.desk, event="pull_request_review", head_sha=head["sha"], head_branch=head["ref"]
        )
        path = self.checkout.parent / "event.json"
        path.write_text(json.dumps(event))
        environ = {**clean_environment(), **self.forge.environ(), "GITHUB_EVENT_NAME": "workflow_run"}
        environ |= {"GITHUB_EVENT_PATH": str(path), "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}"}
        environ.pop("PYTHONDONTWRITEBYTECODE", None)
        subprocess.run(
            ["rampgate", "ci", "--repo", str(self.checkout)], env=environ, stdout=subprocess.DEVNULL, check=False
        )
        self.ended.set()


def wait_for_verdict(forge: Forge, head: str, so_far: int) -> None:
    while len(forge.statuses(head)) < so_far + 2:
        time.sleep(0.002)


def gh_reads(folder: Path, pull: Pull) -> float:
    """How long `gh` takes for the pull request, its reviews and its commits."""
    settings = folder / "gh"
    settings.mkdir(exist_ok=True)
    (settings / "config.yml").write_text(f"http_unix_socket: {folder / 's'}\n")
    environ = {**clean_environment(), "GH_CONFIG_DIR": str(settings), "GH_TOKEN": "token-of-rita"}
    gh = str(Path(sys.executable).with_name("gh"))
    began = time.perf_counter()
    for what in ("", "/reviews", "/commits"):
        words = [gh, "api", f"repos/acme/models/pulls/{pull.number}{what}", *(["--paginate"] if what else [])]
        subprocess.run(words, env=environ, stdout=subprocess.DEVNULL, check=True)
    return time.perf_counter() - began


def measure(cards: int, rounds: int, folder: Path) -> tuple[list[float], list[float]]:
    """Seconds from webhook to verdict, and of `gh`, each round in turn; the first round warms up and is dropped."""
    world = GitWorld(folder, "empty")
    generate.make(folder / "models", cards=cards, commits=20)
    world.root = folder / "models"
    verdicts, reads = [], []
    with Forge.of(world) as forge:
        for account in (ALICE, RITA):
            forge.state.accounts[account.login] = account
            forge.token(account)
        forge.unix_socket(folder / "s")
        pull = forge.open_pull("promote", "main", ALICE)
        checkout = folder / "checkout"
        subprocess.run(["git", "clone", "-q", str(forge.hub.git.path), str(checkout)], check=True)
        receiver = Receiver(forge, checkout)
        for _ in range(rounds + 1):
            review = forge.review(pull, RITA, "APPROVED")
            event = webhooks.pull_request_review(forge.desk, review)
            so_far = len(forge.statuses(pull.head_sha))
            receiver.ended.clear()
            began = time.perf_counter()
            webhooks.deliver(receiver.url, "pull_request_review", event, SECRET)
            wait_for_verdict(forge, pull.head_sha, so_far)
            verdicts.append(time.perf_counter() - began)
            receiver.ended.wait(60)
            reads.append(gh_reads(folder, pull))
        last = forge.verdict(pull.head_sha)
        print(f"{cards} cards: the last status is `{last.state}`: {last.description}")
        receiver.server.shutdown()
    return verdicts[1:], reads[1:]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--cards", type=int, nargs=2, default=[20, 2000])
    asked = parser.parse_args()
    found = {}
    for cards in asked.cards:
        with tempfile.TemporaryDirectory() as folder:
            found[cards] = measure(cards, asked.rounds, Path(folder))
    print("| cards | webhook to verdict, median s | worst s | over `gh` reading the same lists |")
    print("|---:|---:|---:|---:|")
    for cards, (verdicts, reads) in found.items():
        middle = statistics.median(verdicts)
        print(f"| {cards} | {middle:.2f} | {max(verdicts):.2f} | {middle / statistics.median(reads):.1f} |")
    small, large = (statistics.median(found[cards][0]) for cards in asked.cards)
    print(f"ratio of {asked.cards[1]} cards over {asked.cards[0]}: {large / small:.2f}")


if __name__ == "__main__":
    main()
