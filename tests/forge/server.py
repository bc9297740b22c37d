"""A small GitHub for tests: Git over HTTP, the REST calls that rampgate makes, faults on demand.

Example::

    with Forge.of(world) as forge:
        forge.push(world, "promote", by=ALICE)
        pull = forge.open_pull("promote", "main", ALICE)
        forge.review(pull, RITA, "APPROVED")
        run_rampgate("ci", env=forge.environ())
        assert forge.verdict(pull.head_sha).state == "success"
"""

from __future__ import annotations

import base64
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any, Self

from forge import faults, webhooks
from forge.acts import Hub
from forge.contract import contract
from forge.desk import Desk, Exchange
from forge.git_side import BareRepository
from forge.http_side import API, loopback, serve, unix
from forge.shapes import Site
from forge.state import WRITE_ALL, Account, Pull, Queued, Review, State, Status, Token
from worlds import governed_world
from worlds.git_world import GitWorld

ROBOT = Account.of(governed_world.ROBOT)
APP = Account(9001, "rampgate-gate[bot]", "Bot")
WRITERS = ("ALICE", "BOB", "RITA", "RAVI", "SAM", "OTTO", "OLGA", "OSSI")
Who = Account | Mapping[str, Any]


class Forge:
    """One repository, `acme/models` unless named otherwise, with its pull requests, served on loopback until `stop`."""

    def __init__(self, folder: Path, *, name: str = "models", private: bool = False) -> None:
        state = State(name=name, private=private)
        self.root = folder / "forge"
        self.hub = Hub(state, BareRepository(self.root, state.full_name))
        self._servers: list[Any] = [loopback()]
        self.url = f"http://127.0.0.1:{self._servers[0].server_address[1]}"
        self.desk = Desk(self.hub, Site(self.url + API, self.url), contract())
        self._enrol()
        serve(self._servers[0], self.desk)

    @classmethod
    def of(cls, world: GitWorld, **options: Any) -> Forge:
        """Start a forge that holds every branch of a world, whose remote `origin` it becomes."""
        forge = cls(world.root.parent, **options)
        forge.hub.git.begin_as(world.root / ".git")
        config = world.root / ".git" / "config"
        if '[remote "origin"]' in config.read_text():
            world.git("remote", "remove", "origin")
        with config.open("a") as file:  # what `git remote add` writes
            file.write(f'[remote "origin"]\n\turl = {forge.git_url}\n\tfetch = +refs/heads/*:refs/remotes/origin/*\n')
        return forge

    def _enrol(self) -> None:
        for name in (*WRITERS, "STRANGER", "ROBOT"):
            account = Account.of(getattr(governed_world, name))
            self.state.accounts[account.login] = account
            self.token(account)
            if name in WRITERS:
                self.state.permissions[account.login] = "write"
        self.state.permissions[governed_world.OTTO["login"]] = "admin"

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def stop(self) -> None:
        for server in self._servers:
            server.end()
        self._servers.clear()

    # Where it is, and who asks

    @property
    def state(self) -> State:
        return self.hub.state

    @property
    def git_url(self) -> str:
        return f"{self.url}/{self.state.full_name}.git"

    def token(self, who: Who = APP, *, installation: bool = False, **permissions: str) -> str:
        """Return a secret for an account; the permissions named here differ from WRITE_ALL (`statuses="none"`)."""
        account = Account.of(who)
        plain = not permissions and not installation
        text = f"token-of-{account.login}" + ("" if plain else f"-{len(self.state.tokens)}")
        self.state.accounts.setdefault(account.login, account)
        self.state.tokens[text] = Token(account, {**WRITE_ALL, **permissions}, installation)
        return text

    def environ(self, token: str | None = None) -> dict[str, str]:
        """What GitHub Actions sets for a job; without a token it is that of an App's installation."""
        return {
            "GITHUB_API_URL": self.url + API,
            "GITHUB_SERVER_URL": self.url,
            "GITHUB_REPOSITORY": self.state.full_name,
            "GITHUB_TOKEN": self.token(APP, installation=True) if token is None else token,
        }

    def unix_socket(self, path: Path) -> Path:
        """Answer on a Unix socket too, where a client believes to talk to https://api.github.com."""
        server = unix(path)
        self._servers.append(server)
        serve(server, self.desk)
        return path

    # What people do

    def push(
        self, world: GitWorld, branch: str, by: Who, *, to: str = "", force: bool = False, fork: bool = False
    ) -> str:
        """Push a branch as somebody; `fork` means that person's own fork. Returns the commit.

        The branch is handed over here, with no server in between; `push_with_git` speaks HTTP.
        """
        account = Account.of(by)
        owner = account.login if fork else self.state.owner
        if fork:
            self.fork(by)
        with self.desk.lock:
            repository = self.hub.repository_of(owner)
            before = repository.refs()
            repository.take(world.root / ".git", f"refs/heads/{branch}", f"refs/heads/{to or branch}", force=force)
            self.hub.pushed(owner, before, account)
        return repository.refs()[f"refs/heads/{to or branch}"]

    def push_with_git(self, world: GitWorld, branch: str, by: Who, *, force: bool = False, fork: bool = False) -> str:
        """Push a branch with real Git, over HTTP and with a token."""
        owner = Account.of(by).login if fork else self.state.owner
        if fork:
            self.fork(by)
        secret = base64.b64encode(f"x-access-token:token-of-{Account.of(by).login}".encode()).decode()
        spec = f"{'+' if force else ''}refs/heads/{branch}:refs/heads/{branch}"
        header = f"http.extraHeader=Authorization: Basic {secret}"
        world.git("-c", header, "push", "-q", f"{self.url}/{owner}/{self.state.name}.git", spec)
        return world.rev(branch)

    def fork(self, who: Who) -> str:
        """Give somebody a fork, if there is none, and return its address."""
        login = Account.of(who).login
        if login not in self.hub.forks:
            copy = BareRepository(self.root, f"{login}/{self.state.name}")
            copy.begin_as(self.hub.git.path)
            self.hub.forks[login] = copy
        return f"{self.url}/{login}/{self.state.name}.git"

    def open_pull(
        self,
        head_branch: str,
        base: str = "main",
        by: Who = governed_world.ALICE,
        *,
        draft: bool = False,
        fork: bool = False,
        title: str = "promote",
        body: str = "",
    ) -> Pull:
        """Open a pull request from a branch that was pushed before."""
        author = Account.of(by)
        owner = author.login if fork else self.state.owner
        with self.desk.lock:
            return self.hub.open_pull(author, owner, head_branch, base, title=title, body=body, draft=draft)

    def review(self, pull: Pull, who: Who, state: str, commit: str | None = None, body: str = "looked at it") -> Review:
        """Submit a review at `commit`, the head unless given. Raises Refusal where GitHub refuses."""
        with self.desk.lock:
            return self.hub.review(pull, Account.of(who), state, commit, body)

    def dismiss(self, review: Review, by: Who, message: str) -> Review:
        with self.desk.lock:
            return self.hub.dismiss(review, Account.of(by), message)

    def merge(self, pull: Pull, by: Who, method: str = "merge") -> str:
        with self.desk.lock:
            return self.hub.merge(pull, Account.of(by), method, None)

    def enqueue(self, pull: Pull) -> dict[str, Any]:
        """Put a pull request into the merge queue and return the `merge_group` event that follows."""
        with self.desk.lock:
            return webhooks.merge_group(self.desk, self.hub.enqueue(pull))

    def leave_queue(self, by: Who = ROBOT, *, landed: bool) -> Queued:
        """Take the first entry out of the queue; `landed` moves the base branch to its commit."""
        with self.desk.lock:
            queued = self.state.queue[0]
            self.hub.leave_queue(queued, Account.of(by), landed=landed)
            return queued

    def team(self, slug: str, *members: Who, organization: str = "acme") -> None:
        self.state.teams[organization, slug] = [Account.of(each) for each in members]

    def delete_user(self, who: Who) -> None:
        with self.desk.lock:
            self.hub.delete_user(Account.of(who))

    # What was asked and answered

    @property
    def calls(self) -> list[Exchange]:
        return self.desk.calls

    @property
    def violations(self) -> list[str]:
        """What broke GitHub's contract, on either side."""
        return self.desk.violations

    def statuses(self, sha: str, context: str = "rampgate/verdict") -> list[Status]:
        """Every status of one context that a commit got, oldest first."""
        return [each for each in self.state.statuses if each.sha == sha and each.context == context]

    def verdict(self, sha: str, context: str = "rampgate/verdict") -> Status | None:
        """The status that counts: the last one."""
        found = self.statuses(sha, context)
        return found[-1] if found else None

    @property
    def page_size(self) -> int:
        return self.desk.page_size

    @page_size.setter
    def page_size(self, most: int) -> None:
        """Never list more than this on one page, however many are asked for."""
        self.desk.page_size = most

    # What goes wrong

    def fail_next(
        self,
        method: str,
        path: str,
        status: int,
        times: int = 1,
        headers: Mapping[str, str] | None = None,
        *,
        skip: int = 0,
        done: bool = False,
        body: Any = None,
    ) -> None:
        """Answer with a status instead; `done` means that the call happened and only its answer is lost."""
        self.desk.faults.add(method, path, faults.answering(status, headers, body), times=times, skip=skip, done=done)

    def drop_next(
        self, method: str, path: str, times: int = 1, *, skip: int = 0, done: bool = False, sent: float = 0.0
    ) -> None:
        """Close the connection; `sent` (with `done`) is the part of the body that arrives before."""
        self.desk.faults.add(method, path, faults.losing(sent), times=times, skip=skip, done=done)

    def bend_next(self, method: str, path: str, change: faults.Change, times: int = 1, *, skip: int = 0) -> None:
        """Send another answer than the right one (`faults.with_next`, `faults.with_body`, or a function)."""
        self.desk.faults.add(method, path, change, times=times, skip=skip)

    def when(
        self, method: str, path: str, act: Callable[[], object], times: int = 1, *, skip: int = 0, done: bool = False
    ) -> None:
        """Let something happen (a push, a review) when a call comes in, before it is answered or after."""

        def pass_on(answer: Any) -> Any:
            act()
            return replace(answer)

        self.desk.faults.add(method, path, pass_on, times=times, skip=skip, done=done)
