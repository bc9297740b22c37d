"""Tries on GitHub itself what nothing else can prove, and prints for each id `proven`, `not so` or `not tried`.

Every id stands in docs/reference/what-only-github-proves.md. GH_TOKEN is an owner's token (contents, pull requests,
statuses, workflows, administration: write), SMOKE_REVIEWER_TOKEN another person's, SMOKE_FORK_TOKEN a third one's who
has a fork and never contributed. The repository is spoiled: use one that holds nothing.

Example::

    GH_TOKEN=... SMOKE_REVIEWER_TOKEN=... python smoke/smoke.py --repository you/scratch --yes \
        --action rampgate/rampgate@COMMIT

Exit codes: 0 nothing is otherwise than it must be   1 something is   2 usage   4 GitHub could not be reached
"""

# ruff: noqa: INP001 - a script beside another, and no package

from __future__ import annotations

import argparse
import os
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final

sys.path.insert(0, str(Path(__file__).resolve().parent))

from scratch import NotSoError, NotTriedError, Person, Pull, Scratch, scratch

from rampgate.adapters.git_fetch import fetch
from rampgate.adapters.github.refusals import Refused
from rampgate.adapters.github.settings import settings_from
from rampgate.app.ci.publishing import CONTEXT
from rampgate.errors import RampgateError, UsageProblem
from rampgate.reports.comment import MARKER
from rampgate.reports.escape import plain

REFUSALS: Final = frozenset({405, 409, 422})
"""How GitHub refuses a merge: its rules, a head that moved, values that do not fit."""


def status_wakes(smoke: Scratch) -> str:
    """Opening a pull request leads to a status on its head."""
    pull = smoke.promotion()
    found, seconds = smoke.judged(pull.head, "success", "pending", "failure", "error")
    if found["state"] != "pending":
        raise NotSoError(f"the verdict is {found['state']}, `{found['description']}`, and nobody has approved")
    return f"pending {seconds:.0f} s after opening #{pull.number}: {found['description']}"


def review_wakes(smoke: Scratch) -> str:
    """An approval leads to success by itself."""
    pull = smoke.promotion()
    pull.review = int(smoke.reviewer.approve(pull.number, pull.head)["id"])
    _, seconds = smoke.judged(pull.head, "success")
    return f"success {seconds:.0f} s after the review"


def dismissal_wakes(smoke: Scratch) -> str:
    """A dismissal takes the success back by itself."""
    pull = smoke.promotion()
    if not pull.review or smoke.status(pull.head).get("state") != "success":
        raise NotTriedError("there is no success to take back")
    smoke.owner.dismiss(pull.number, pull.review)
    found, seconds = smoke.judged(pull.head, "pending", "failure", "error")
    return f"{found['state']} {seconds:.0f} s after the dismissal"


def fork_review_wakes(smoke: Scratch) -> str:
    """A review of a first contributor's pull request wakes the judge, too."""
    token = os.environ.get("SMOKE_FORK_TOKEN", "")
    if not token:
        raise NotTriedError("give SMOKE_FORK_TOKEN, of an account with a fork that never contributed")
    who = Person(replace(smoke.settings, token=token)).viewer() or {}
    name = f"{who.get('login')}/{smoke.settings.repository.partition('/')[2]}"
    contributor = replace(smoke.clone, settings=replace(smoke.settings, repository=name, token=token))
    smoke.clone.on(smoke.branch)
    contributor.git("checkout", "-q", "-B", "smoke/fork")
    (contributor.folder / "model_cards/smoke/1.0.0/notes.md").write_text("smoke\n", encoding="utf-8")
    contributor.commit("From a fork")
    contributor.push("smoke/fork", force=True)
    opened = Person(replace(smoke.settings, token=token)).create_pull(
        "smoke: from a fork", "Opened by smoke.py.", f"{who.get('login')}:smoke/fork", smoke.branch
    )
    try:
        pull = Pull(int(opened["number"]), contributor.git("rev-parse", "HEAD"))
        before, _ = smoke.judged(pull.head, "success", "pending", "failure", "error")
        smoke.reviewer.approve(pull.number, pull.head)
        _, seconds = smoke.until("another status", lambda: smoke.status(pull.head).get("id") != before["id"])
    finally:
        contributor.push("", "smoke/fork")
    return f"judged again {seconds:.0f} s after the review"


def merge_blocked(smoke: Scratch) -> str:
    """GitHub refuses to merge under every state but success."""
    pull = smoke.promotion()
    if smoke.status(pull.head).get("state") == "success":
        smoke.owner.set_status(pull.head, "pending", CONTEXT, "smoke: is a merge refused now?")
    smoke.protect()
    told = [f"{smoke.status(pull.head).get('state')}: {_refused(smoke, pull)}"]
    for state in ("failure", "error"):
        smoke.owner.set_status(pull.head, state, CONTEXT, "smoke: is a merge refused now?")
        told.append(f"{state}: {_refused(smoke, pull)}")
    return ", ".join(told)


def _refused(smoke: Scratch, pull: Pull) -> int:
    """Return the status with which GitHub refuses a merge."""
    try:
        smoke.owner.merge(pull.number, pull.head)
    except Refused as error:
        if error.status in REFUSALS:
            return error.status
        raise
    smoke.merged = True
    raise NotSoError(f"#{pull.number} was merged without success")


def merge_opens(smoke: Scratch) -> str:
    """It merges once the status is success."""
    pull = smoke.promotion()
    if smoke.merged:
        raise NotTriedError("it is merged already, without success")
    smoke.protect()
    begun = time.monotonic()
    pull.review = int(smoke.reviewer.approve(pull.number, pull.head)["id"])
    smoke.judged(pull.head, "success")
    smoke.until("the merge", lambda: _merged(smoke, pull))
    smoke.merged = True
    return f"#{pull.number} merged {time.monotonic() - begun:.0f} s after the approval"


def _merged(smoke: Scratch, pull: Pull) -> bool:
    """Return whether it is merged now; GitHub takes a moment to see a status, and to know what is mergeable."""
    try:
        return bool(smoke.owner.merge(pull.number, pull.head).get("merged"))
    except Refused as error:
        if error.status in REFUSALS:
            return False
        raise


def rollback_passes(smoke: Scratch) -> str:
    """A rollback is merged without any review."""
    if not smoke.merged:
        raise NotTriedError("nothing was promoted that could be rolled back")
    smoke.clone.on(smoke.branch)
    smoke.clone.rampgate("rollback", "smoke", "--to", "pilot", "--reason", "smoke: to where it was", "--local")
    pull = smoke.open(smoke.clone.git("branch", "--show-current"), "smoke: down again")
    _, seconds = smoke.judged(pull.head, "success")
    smoke.until("the merge of the rollback", lambda: _merged(smoke, pull))
    return f"#{pull.number}: success after {seconds:.0f} s, and merged without a review"


def old_commit_fetched(smoke: Scratch) -> str:
    """A commit that a forced push replaced is still fetched by its id."""
    smoke.clone.on(smoke.branch)
    smoke.clone.git("checkout", "-q", "-B", "smoke/old")
    old = smoke.clone.commit("Soon gone")
    smoke.clone.push("smoke/old", force=True)
    smoke.clone.git("reset", "-q", "--hard", "HEAD^")
    smoke.clone.commit("In its place")
    smoke.clone.push("smoke/old", force=True)
    with tempfile.TemporaryDirectory() as folder:
        replace(smoke.clone, folder=Path(folder)).git("init", "-q", "--bare", ".")
        settings = smoke.settings
        if fetch(Path(folder), settings.git_url, refs=(), shas=(old,), token=settings.token):
            raise NotSoError(f"{old[:7]} can not be fetched any more")
    return f"{old[:7]} was fetched after a forced push"


def description_length(smoke: Scratch) -> str:
    """A description of 140 characters is taken."""
    smoke.clone.on(smoke.branch)
    head = smoke.clone.git("rev-parse", "HEAD")
    taken = smoke.owner.set_status(head, "success", "smoke/description", "x" * 140).get("description") or ""
    if len(taken) != 140:
        raise NotSoError(f"GitHub kept {len(taken)} of 140 characters")
    return "140 characters were kept"


def comment_once(smoke: Scratch) -> str:
    """Several runs leave one comment, by an App."""
    pull = smoke.promotion()
    mine = [each for each in smoke.owner.comments(pull.number) if str(each.get("body", "")).startswith(MARKER)]
    if len(mine) != 1:
        raise NotSoError(f"{len(mine)} comments begin with the marker")
    if mine[0]["created_at"] == mine[0]["updated_at"]:
        raise NotTriedError("only one run has commented")
    return f"comment {mine[0]['id']} by {plain(str(mine[0]['user']['login']))}, changed at {mine[0]['updated_at']}"


def _by_hand(reason: str) -> Callable[[Scratch], str]:
    def attempt(smoke: Scratch) -> str:  # noqa: ARG001 - it has the shape of an attempt
        raise NotTriedError(reason)

    return attempt


_APP: Final = "it needs an App of your own (strong profile): "
_QUEUE: Final = "it needs a merge queue, which a plan for organisations has: "
_HISTORY: Final = "it needs a secret, which only `gh` can set: declare a history with `rampgate keys create`, then "
ATTEMPTS: Final[Mapping[str, Callable[[Scratch], str]]] = {
    "status-wakes": status_wakes,
    "review-wakes": review_wakes,
    "dismissal-wakes": dismissal_wakes,
    "fork-review-wakes": fork_review_wakes,
    "merge-blocked": merge_blocked,
    "merge-opens": merge_opens,
    "expected-source": _by_hand(f"{_APP}publish a success as yourself, and see that the merge stays closed"),
    "queue-judged": _by_hand(f"{_QUEUE}queue two pull requests, and see the status on each commit of the queue"),
    "queue-source": _by_hand(f"{_QUEUE}with the App as source, see that the queue takes its status"),
    "environment-closed": _by_hand(f"{_APP}name the environment in a workflow of a branch, and see it refused"),
    "no-deployment": _by_hand(f"{_APP}look whether the page Deployments stays empty"),
    "rollback-passes": rollback_passes,
    "old-commit-fetched": old_commit_fetched,
    "description-length": description_length,
    "comment-once": comment_once,
    "team-read": _by_hand(f"{_APP}give a role to a team, and see that its members count"),
    "record-pushes": _by_hand(f"{_HISTORY}merge a promotion, and see its record on the branch `decisions`"),
    "closed-recorded": _by_hand(f"{_HISTORY}close a pull request from a fork, and see its refusal on record"),
    "record-wakes": _by_hand(f"{_HISTORY}see `gate` start once `record` has ended, and judge what is open again"),
    "writer-alone": _by_hand(f"{_APP}push to the branch `decisions` as yourself, and see it refused"),
}
"""Id -> how it is tried, in the order of the page, in which each may rest on what came before."""


@dataclass(frozen=True)
class Tried:
    """How one attempt ended."""

    id: str
    word: str
    seconds: float
    evidence: str


def attempts(smoke: Scratch) -> Iterator[Tried]:
    """Try every id, and go on after a failure; what only went wrong on the way counts as not tried."""
    for name, attempt in ATTEMPTS.items():
        begun = time.monotonic()
        try:
            word, evidence = "proven", attempt(smoke)
        except NotSoError as seen:
            word, evidence = "not so", str(seen)
        except (NotTriedError, RampgateError, OSError, LookupError, TypeError) as problem:
            word, evidence = "not tried", str(problem) or type(problem).__name__
        yield Tried(name, word, time.monotonic() - begun, evidence)


def _arguments(words: Sequence[str] | None) -> argparse.Namespace:
    reader = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    reader.add_argument("--list", action="store_true", help="print the ids, and do nothing")
    reader.add_argument("--repository", help="owner/name; the name holds `scratch` or `smoke`")
    reader.add_argument("--action", default="", help="owner/name@COMMIT of the action that is to judge")
    reader.add_argument("--yes", action="store_true", help="spoil the repository without asking")
    reader.add_argument("--timeout", type=float, default=300, help="seconds to wait for each thing that must come")
    reader.add_argument("--poll", type=float, default=3, help="seconds between two looks")
    return reader.parse_args(words)


def _refuse(asked: argparse.Namespace, environ: Mapping[str, str]) -> None:
    name = str(asked.repository or "").partition("/")[2].lower()
    if not name or not ("scratch" in name or "smoke" in name):
        raise UsageProblem("give --repository owner/name, with `scratch` or `smoke` in its name: it will be spoiled")
    if not asked.yes:
        raise UsageProblem("pull requests are opened and merged, and rules set: give --yes if that may be")
    if not asked.action.partition("@")[2]:
        raise UsageProblem("give --action owner/name@COMMIT, such as rampgate/rampgate@ and the commit of a release")
    missing = [each for each in ("GH_TOKEN", "SMOKE_REVIEWER_TOKEN") if not environ.get(each)]
    if missing:
        raise UsageProblem(f"set {' and '.join(missing)}: two people are needed")


def run(asked: argparse.Namespace, environ: Mapping[str, str]) -> int:
    """Set the repository up, try everything, tidy up; return the exit code."""
    _refuse(asked, environ)
    places = ("GITHUB_API_URL", "GITHUB_SERVER_URL", "GH_TOKEN")
    settings = settings_from({name: environ.get(name, "") for name in places}, repository=asked.repository)
    options: dict[str, Any] = {"action": asked.action, "timeout": asked.timeout, "poll": asked.poll}
    worst = 0
    with tempfile.TemporaryDirectory() as folder:
        smoke = scratch(settings, environ["SMOKE_REVIEWER_TOKEN"], Path(folder), **options)
        smoke.set_up()
        smoke.tidy()
        try:
            for each in attempts(smoke):
                evidence = plain(settings.redact(each.evidence))
                print(f"{each.id:<19} {each.word:<9} {each.seconds:6.1f} s  {evidence}", flush=True)  # noqa: T201
                worst = max(worst, each.word == "not so")
        finally:
            with suppress(RampgateError):
                smoke.tidy()
    return worst


def main(words: Sequence[str] | None = None) -> int:
    """Read the command line and the environment, and return the exit code."""
    asked = _arguments(words)
    if asked.list:
        print("\n".join(ATTEMPTS))  # noqa: T201
        return 0
    try:
        return run(asked, os.environ)
    except RampgateError as error:
        print(f"smoke: {error}", file=sys.stderr)  # noqa: T201
        return error.exit_code


if __name__ == "__main__":
    sys.exit(main())
