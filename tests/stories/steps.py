"""The steps of what people do at the forge, of what goes wrong there, and of what is run.

Every step is a function whose docstring names its fields; a bare value stands for the first of them.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from typing import Any
from unittest.mock import patch

from forge import faults, webhooks
from forge.acts import Refusal
from forge.state import Account, Review
from rampgate.adapters.github.client import GitHub
from rampgate.adapters.github.settings import settings_from
from rampgate.app.ci.gather import gather
from stories import waking
from stories.history import HISTORY, branch, commit, current, edit_card
from stories.play import Play
from stories.table import STEPS, Step, perform
from stories.words import Mismatch, fields

STATES = {"approve": "APPROVED", "object": "CHANGES_REQUESTED", "comment": "COMMENTED", "pending": "PENDING"}

# What people do at the forge


def advance_base(play: Play, said: Any) -> None:
    """Do steps on main, commit and push it as otto: `steps`, `as`, `by` (otto)."""
    f = fields(said, "steps", **{"steps": ..., "as": "", "by": "otto"})
    here = current(play)
    play.world.checkout("main")
    perform(play, f["steps"])
    commit(play, {"as": f["as"], "author": f["by"], "message": "base"})
    push(play, {"by": f["by"], "branch": "main"})
    play.world.checkout(here)


def push(play: Play, said: Any) -> None:
    """Push a branch, the checked-out one unless said: `by`, `branch`, `force`, `fork` (to that person's own)."""
    f = fields(said, "by", by=..., branch="", force=False, fork=False)
    name = f["branch"] or current(play)
    hub, account = play.forge.hub, play.account(f["by"])
    if f["fork"]:
        play.forge.fork(account)
    owner = account.login if f["fork"] else play.forge.state.owner
    with play.forge.desk.lock:
        repository = hub.repository_of(owner)
        before = repository.refs()
        ref = f"refs/heads/{name}"
        repository.take(play.world.root / ".git", ref, ref, force=f["force"])
        hub.pushed(owner, before, account)


def open_pull(play: Play, said: Any) -> None:
    """Open a pull request from the checked-out branch: `by`, `base` (main), `draft`, `fork`, `title`."""
    f = fields(said, "by", by=..., base="main", draft=False, fork=False, title="promote")
    name = current(play)
    play.forge.open_pull(name, f["base"], play.account(f["by"]), draft=f["draft"], fork=f["fork"], title=f["title"])


def promotion(play: Play, said: Any) -> None:
    """Branch, set the stage, commit, push and open a pull request: `by`, `to` (canary), `as` (first), `branch` (promote),
    `author`, `committer`, `message`, `draft`, `fork`, `title`, and `card` (more fields)."""
    f = fields(
        said, "by", by=..., to="canary", branch="promote", author="alice", committer="", message="promote",
        draft=False, fork=False, title="promote", card={}, **{"as": "first"},
    )  # fmt: skip
    branch(play, f["branch"])
    edit_card(play, {"stage": f["to"], **f["card"]})
    commit(play, {key: f[key] for key in ("as", "author", "committer", "message")})
    push(play, {"by": f["by"], "fork": f["fork"]})
    open_pull(play, {key: f[key] for key in ("by", "draft", "fork", "title")})


def review(play: Play, said: Any) -> None:
    """Review a pull request: `by`, `state` (approve, object, comment, pending), `at` (the head), `pull` (1), `body`;
    `planted` stores even what GitHub would refuse."""
    f = fields(said, "by", by=..., state="approve", at="", pull=1, body="looked at it", planted=False)
    pull, state = play.pull(f["pull"]), STATES[f["state"]]
    at = play.commit(f["at"]) if f["at"] else pull.head_sha
    if f["planted"]:
        known = play.forge.state
        planted = Review(known.new_id(), pull.number, play.account(f["by"]), state, at, f["body"], known.clock.now())
        known.reviews.append(planted)
    else:
        play.forge.review(pull, play.account(f["by"]), state, at, f["body"])


def dismiss(play: Play, said: Any) -> None:
    """Dismiss somebody's last review: `of`, `by`, `message`, `pull` (1)."""
    f = fields(said, "of", of=..., by=..., message="no longer needed", pull=1)
    play.forge.dismiss(play.last_review(f["of"], f["pull"]), play.account(f["by"]), f["message"])


def re_request(play: Play, said: Any) -> None:
    """Ask somebody for a review again, which takes no earlier one back: `by`, `pull` (1)."""
    f = fields(said, "by", by=..., pull=1)
    play.forge.hub._happened(play.pull(f["pull"]), "review_requested", play.account(f["by"]))


def comment(play: Play, said: Any) -> None:
    """Write a comment below a pull request: `by`, `body`, `pull` (1)."""
    f = fields(said, "by", by=..., body=..., pull=1)
    play.forge.hub.comment(play.pull(f["pull"]), play.account(f["by"]), f["body"])


def change_pull(play: Play, said: Any) -> None:
    """Close a pull request, mark it as ready, rename it or give it another base: `pull`, `state`, `draft`, `title`, `base`."""
    f = fields(said, "pull", pull=1, state=None, draft=None, title=None, base=None)
    pull = play.pull(f["pull"])
    for key in ("state", "draft", "title"):
        if f[key] is not None:
            setattr(pull, key, f[key])
    if f["base"]:
        pull.base_ref, pull.base_sha = f["base"], play.commit(f["base"])
        play.forge.hub._follow(pull)


def merge_pull(play: Play, said: Any) -> None:
    """Merge a pull request at the forge: `pull`, `by`, `method` (merge or squash)."""
    f = fields(said, "pull", pull=1, by="alice", method="merge")
    play.forge.merge(play.pull(f["pull"]), play.account(f["by"]), f["method"])


def enqueue(play: Play, said: Any) -> None:
    """Put a pull request into the merge queue; the group's commit is called `group-1`, `group-2`: `pull`, `tree` (of
    another commit, where the queue builds something else than it says)."""
    f = fields(said, "pull", pull=..., tree="")
    event = play.forge.enqueue(play.pull(f["pull"]))
    if f["tree"]:
        event = _with_tree(play, play.commit(f["tree"]))
    play.groups.append(event)
    play.commits[f"group-{len(play.groups)}"] = event["merge_group"]["head_sha"]


def _with_tree(play: Play, commit: str) -> dict[str, Any]:
    """Let the queue's last entry hold the tree of another commit."""
    hub, queued = play.forge.hub, play.forge.state.queue[-1]
    parents = ("-p", queued.base, "-p", play.pull(queued.pull).head_sha)
    head = hub.git.git("commit-tree", f"{commit}^{{tree}}", *parents, "-m", "group")
    hub.git.set_ref(queued.ref, head)
    play.forge.state.queue[-1] = changed = replace(queued, head=head)
    return webhooks.merge_group(play.forge.desk, changed)


def leave_queue(play: Play, said: Any) -> None:
    """Take the first entry out of the queue: `landed`."""
    play.forge.leave_queue(landed=fields(said, "landed", landed=...)["landed"])


def require_status(play: Play, said: Any) -> None:
    """Let main ask for a status, as a ruleset does: `context`."""
    play.forge.state.required_contexts = [fields(said, "context", context=...)["context"]]


# Accounts


def delete_user(play: Play, said: Any) -> None:
    """Delete an account: `who`."""
    play.forge.delete_user(play.account(fields(said, "who", who=...)["who"]))


def rename_account(play: Play, said: Any) -> None:
    """Give an account another login: `who`, `login`."""
    f = fields(said, "who", who=..., login=...)
    old = play.account(f["who"])
    play.people[f["who"]]["login"] = f["login"]
    new = replace(old, login=f["login"])
    state = play.forge.state
    state.accounts.pop(old.login)
    state.accounts[new.login] = new
    for each in state.reviews:
        each.account = new if each.account and each.account.id == old.id else each.account


def new_account(play: Play, said: Any) -> None:
    """Sign up somebody: `name` (as the story says), `id`, `login` (name)."""
    f = fields(said, "name", name=..., id=..., login="")
    login = f["login"] or f["name"]
    play.people[f["name"]] = {"name": f["name"], "id": f["id"], "login": login, "email": f"{f['name']}@example.org"}
    play.forge.state.accounts[login] = Account.of(play.people[f["name"]])


def team(play: Play, said: Any) -> None:
    """Say who is in a team of the organisation `acme`: `slug`, `members`."""
    f = fields(said, "slug", slug=..., members=[])
    play.forge.team(f["slug"], *(play.account(each) for each in f["members"]))


def token(play: Play, said: Any) -> None:
    """Let later runs have a token with other permissions, such as `members: none`."""
    play.runner.environ["GITHUB_TOKEN"] = play.forge.token(installation=True, **said)


# What goes wrong


def fault(play: Play, said: Any) -> None:
    """Answer calls wrongly: `call` ("GET */reviews"), then one of `status` (with `headers`, `body`), `drop`, `next` (an
    address for the Link header; `{api}` is the forge's), `replace` (texts of the body; commits by name) or `raw` (a body); `times` (1), `skip`,
    `done` (it happened, only the answer is bad)."""
    f = fields(
        said, "call", call=..., status=0, headers={}, body=None, drop=False, next="", replace={}, raw=None,
        times=1, skip=0, done=False,
    )  # fmt: skip
    method, path = f["call"].split(" ", 1)
    if f["status"]:
        change, done = faults.answering(f["status"], f["headers"], f["body"]), f["done"]
    elif f["drop"]:
        change, done = faults.losing(), f["done"]
    elif f["next"]:
        change, done = faults.with_next(f["next"].replace("{api}", play.forge.desk.site.api)), True
    elif f["raw"] is not None:
        raw = str(f["raw"]).encode()
        change, done = faults.with_body(lambda _: raw), True
    else:
        texts = {play.commits.get(old, old): play.commits.get(new, new) for old, new in f["replace"].items()}
        change, done = faults.with_body(lambda body: _replaced(body, texts)), True
    play.forge.desk.faults.add(method, path, change, times=f["times"], skip=f["skip"], done=done)


def _replaced(body: Any, texts: Mapping[str, str]) -> Any:
    text = json.dumps(body)
    for old, new in texts.items():
        assert old in text, f"{old} is not in {text}"
        text = text.replace(old, new)
    return json.loads(text)


def at_call(play: Play, said: Any) -> None:
    """Let steps happen in the moment of a call: `call`, `steps`, `skip` (0), `done` (after it is answered)."""
    f = fields(said, "call", call=..., steps=..., skip=0, done=False)
    method, path = f["call"].split(" ", 1)
    play.forge.when(method, path, lambda: perform(play, f["steps"]), skip=f["skip"], done=f["done"])


def page_size(play: Play, said: Any) -> None:
    """List at most so many items on one page: `most`."""
    play.forge.page_size = fields(said, "most", most=...)["most"]


def clock(play: Play, said: Any) -> None:
    """Go to another moment: `at`, such as 2026-12-02T10:00:00Z."""
    play.forge.state.clock.set(fields(said, "at", at=...)["at"])


def refused(play: Play, said: Any) -> None:
    """Try a step that GitHub refuses: `step`, `status`."""
    f = fields(said, "step", step=..., status=...)
    try:
        perform(play, [f["step"]])
    except Refusal as refusal:
        if refusal.status != f["status"]:
            raise Mismatch(f"refused with {refusal.status}, not {f['status']}") from refusal
        return
    raise Mismatch(f"GitHub does not refuse {f['step']}")


# What is run


def wake(play: Play, said: Any) -> None:
    """Run `rampgate ci` on an event: `on` (pull_request_target, pull_request, review, queue, merge_group, push, schedule,
    dispatch), `pull` (1), `action` (opened), `at` (the commit that the event names), `group` (the last), `branch` (main),
    `event` (fields that differ), `arguments`."""
    f = fields(said, "on", on=..., pull=1, action="opened", at="", group=0, branch="main", event={}, arguments=[])
    with _no_sleep(play):
        play.run = waking.wake(play, f)


def record(play: Play, said: Any) -> None:
    """Run `rampgate record` over what landed on main: `before`, `after` (main)."""
    f = fields(said, "before", before=..., after="main")
    with _no_sleep(play):
        words = ("record", "--before", play.commit(f["before"]), "--after", play.commit(f["after"]))
        play.run = play.runner.command(*words, "--repo", str(play.runner.checkout))


def simulate(play: Play, said: Any) -> None:
    """Run `rampgate simulate` on a pull request, as the forge tells it: `approve_by`, `ignore`, `pull` (1). What it says of
    the verdict afterwards is looked at like a decision."""
    f = fields(said, "approve_by", approve_by=[], ignore=[], pull=1)
    place = play.runner.folder / "reviews.json"
    with _no_sleep(play), GitHub(settings_from(play.runner.environ)) as forge:
        place.write_bytes(gather(forge, f["pull"]).body())
    words = ["--base", "refs/remotes/origin/main", "--head", play.pull(f["pull"]).head_sha, "--reviews", str(place)]
    words += [
        word for key in ("approve_by", "ignore") for each in f[key] for word in (f"--{key.replace('_', '-')}", each)
    ]
    words += ["--repo", str(play.runner.checkout), "--now", play.forge.state.clock.now(), "--format", "json"]
    run = play.runner.command("simulate", *words)
    play.run = replace(run, report=json.loads(run.out)["after"])


def _no_sleep(play: Play) -> Any:
    """Let the client write down for how long it would wait, instead of waiting."""
    return patch.dict(GitHub.__init__.__kwdefaults__, sleep=play.waits.append)


AT_THE_FORGE: tuple[Step, ...] = (
    advance_base,
    push,
    open_pull,
    promotion,
    review,
    dismiss,
    re_request,
    comment,
    change_pull,
    merge_pull,
    enqueue,
    leave_queue,
    require_status,
    delete_user,
    rename_account,
    new_account,
    team,
    token,
    fault,
    at_call,
    page_size,
    clock,
    refused,
    wake,
    record,
    simulate,
)

STEPS |= {step.__name__: step for step in (*HISTORY, *AT_THE_FORGE)}
