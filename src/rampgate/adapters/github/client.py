"""The calls that rampgate makes to GitHub, one method each; what comes back is GitHub's own JSON.

Example::

    with GitHub(settings_from(os.environ)) as github:
        reviews = github.reviews(7)

Every method raises Refused (with the HTTP status) where GitHub says no, and Unreachable where it does not answer, is
asked too often for longer than the client's patience, or answers with what can not be relied on. Neither
`merge_commit_sha` nor `assignee` of a pull request is used, because later versions of the API leave them out.
Source: GitHub, "REST API", version 2022-11-28.
"""

from __future__ import annotations

import base64
import binascii
import re
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from types import TracebackType
from typing import Any, Final, Self
from urllib.parse import quote

from rampgate.adapters.github.answer import Answer
from rampgate.adapters.github.pages import Identity, by_id, by_sha, joined, pages
from rampgate.adapters.github.refusals import Refused, Unanswered
from rampgate.adapters.github.settings import Settings
from rampgate.adapters.github.transport import Transport
from rampgate.errors import Unreachable, UsageProblem
from rampgate.reports.escape import plain

LONGEST_DESCRIPTION: Final = 140
"""Characters of a status's description; GitHub refuses more."""

_SHA: Final = re.compile(r"[0-9a-f]{40}|[0-9a-f]{64}")

JsonObject = dict[str, Any]


class GitHub:
    """One repository on GitHub, asked with one token; use it in a `with` block, which closes the connection.

    sleep: waits that many seconds, between attempts and where GitHub asks to wait.
    """

    def __init__(self, settings: Settings, *, sleep: Callable[[float], None] = time.sleep) -> None:
        self.settings = settings
        self._transport = Transport(settings, sleep=sleep)
        self._home = f"/repos/{settings.repository}"

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._transport.close()

    def time(self) -> datetime:
        """Return the moment, in UTC and to the second, at which GitHub sent its last answer.

        Judging by GitHub's clock keeps a wrong clock of the runner out. Raises Unreachable where nothing was asked yet,
        or the answer had no readable `Date`. Source: RFC 9110, section 6.6.1.
        """
        answer = self._transport.last_answer
        if answer is None:
            raise Unreachable("GitHub was not asked anything yet, so its time is not known")
        try:
            moment = parsedate_to_datetime(answer.headers.get("date", ""))
            return moment.astimezone(UTC)
        except (ValueError, OverflowError):
            raise answer.anomaly("no date that can be read") from None

    # Reading

    def repository(self) -> JsonObject:
        """Return the repository: its `id`, `full_name`, `default_branch`, `permissions`."""
        return self._read(self._home)

    def pull(self, number: int) -> JsonObject:
        """Return a pull request."""
        return self._read(f"{self._home}/pulls/{number:d}")

    def reviews(self, number: int) -> list[JsonObject]:
        """Return all reviews of a pull request, in the order in which they were given."""
        return self._list(f"{self._home}/pulls/{number:d}/reviews", by_id)

    def commits(self, number: int) -> list[JsonObject]:
        """Return the commits of a pull request, the oldest first; GitHub gives no more than 250."""
        return self._list(f"{self._home}/pulls/{number:d}/commits", by_sha)

    def dismissals(self, number: int) -> list[JsonObject]:
        """Return the events of a pull request by which a review was dismissed."""
        events = self._list(f"{self._home}/issues/{number:d}/events", by_id)
        return [event for event in events if event.get("event") == "review_dismissed"]

    def pulls_with(self, sha: str) -> list[JsonObject]:
        """Return the pull requests, open and closed, that a commit is part of."""
        return self._list(f"{self._home}/commits/{_sha(sha)}/pulls", by_id)

    def open_pulls(self, base: str, head: str = "") -> list[JsonObject]:
        """Return the open pull requests into a branch, from one branch only where `head` names it.

        head: `branch` of this repository or `owner:branch`. GitHub ignores one without an owner, so it gets one.
        """
        query: dict[str, str | int] = {"state": "open", "base": base}
        if head:
            query["head"] = head if ":" in head else f"{self.settings.owner}:{head}"
        return self._list(f"{self._home}/pulls", by_id, query)

    def statuses(self, sha: str) -> JsonObject:
        """Return the combined status of a commit; `statuses` holds the latest of each context, all pages joined."""
        answers: list[Answer] = []
        every = joined(
            _kept(pages(self._transport, f"{self._home}/commits/{_sha(sha)}/status"), answers), by_id, _statuses
        )
        combined = answers[0].json_object()
        if combined.get("total_count") != len(every):
            raise answers[-1].anomaly(f"{len(every)} statuses where the total count is another")
        return {**combined, "statuses": every}

    def status_history(self, sha: str) -> list[JsonObject]:
        """Return every status that a commit was ever given, of every context, the newest first."""
        return self._list(f"{self._home}/commits/{_sha(sha)}/statuses", None)

    def comments(self, number: int) -> list[JsonObject]:
        """Return all comments on a pull request (not those on lines of its diff), the oldest first."""
        return self._list(f"{self._home}/issues/{number:d}/comments", by_id)

    def team_members(self, organization: str, slug: str) -> list[JsonObject]:
        """Return the accounts of a team and of the teams within it.

        The token needs `members: read` of the organisation, which the one of a workflow can not have.
        """
        return self._list(f"/orgs/{_word(organization)}/teams/{_word(slug)}/members", by_id)

    def viewer(self) -> JsonObject | None:
        """Return the account that asks; None where the token is an app's, which may not ask this."""
        try:
            return self._read("/user")
        except Refused as refused:
            if refused.status == 403:
                return None
            raise

    def branch_rules(self, branch: str) -> list[JsonObject]:
        """Return the active rules of all rulesets, the organisation's included, that hold for a branch."""
        return self._list(f"{self._home}/rules/branches/{_word(branch)}", None)

    def rulesets(self) -> list[JsonObject]:
        """Return the rulesets of the repository and of its organisation, without their rules (see `ruleset`)."""
        return self._list(f"{self._home}/rulesets", by_id)

    def ruleset(self, number: int) -> JsonObject:
        """Return one ruleset with its rules; who may bypass it is shown to a token that may write it."""
        return self._read(f"{self._home}/rulesets/{number:d}")

    def environment(self, name: str) -> JsonObject | None:
        """Return a deployment environment, None where there is none (or the token may not see it)."""
        return self._absent(f"{self._home}/environments/{_word(name)}")

    def codeowners_errors(self) -> JsonObject | None:
        """Return `{"errors": [...]}` of the CODEOWNERS file of the default branch, None where there is no such file."""
        return self._absent(f"{self._home}/codeowners/errors")

    def permission(self, login: str) -> JsonObject:
        """Return what an account may do here: `permission` is `admin`, `write`, `read` or `none`."""
        return self._read(f"{self._home}/collaborators/{_word(login)}/permission")

    def workflow_permissions(self) -> JsonObject:
        """Return what a workflow's own token may do by default: `default_workflow_permissions` is `read` or `write`."""
        return self._read(f"{self._home}/actions/permissions/workflow")

    def user(self, login: str) -> JsonObject | None:
        """Return the account that a login names now, None where there is none."""
        return self._absent(f"/users/{_word(login)}")

    def branch_protection(self, branch: str) -> JsonObject | None:
        """Return the classic protection of a branch, None where there is none (or the token may not see it)."""
        return self._absent(f"{self._home}/branches/{_word(branch)}/protection")

    def environment_branches(self, name: str) -> list[JsonObject]:
        """Return the branches and tags, by `name` or pattern, that may use an environment open to named ones only."""
        path = f"{self._home}/environments/{_word(name)}/deployment-branch-policies"
        return joined(pages(self._transport, path), by_id, lambda answer: _listed(answer, "branch_policies"))

    def rule_suites(self, branch: str, result: str, period: str) -> list[JsonObject]:
        """Return what GitHub's rules said of pushes to a branch.

        result: `pass`, `fail`, `bypass` or `all`; period: the last `hour`, `day`, `week` or `month`.
        """
        query: dict[str, str | int] = {
            "ref": f"refs/heads/{branch}",
            "rule_suite_result": result,
            "time_period": period,
        }
        return self._list(f"{self._home}/rulesets/rule-suites", by_id, query)

    def last_run(self, workflow: str) -> JsonObject | None:
        """Return the run of a workflow that ended last, None where none has. workflow: the name of its file."""
        path = f"{self._home}/actions/workflows/{_word(workflow)}/runs"
        runs = _listed(self._get(path, {"status": "completed", "per_page": 1}), "workflow_runs")
        return runs[0] if runs and isinstance(runs[0], dict) else None

    def file(self, path: str, ref: str) -> bytes | None:
        """Return the bytes of a file (of 1 MiB at most) at a branch, tag or commit, None where there is none.

        Raises Unreachable where the path is a folder or a submodule, or the file is larger.
        """
        if not path or {"", ".", ".."} & set(path.split("/")):
            raise UsageProblem(
                f"`{plain(path)}` is no path inside a repository; give one such as `policies/people.yaml`"
            )
        try:
            answer = self._get(f"{self._home}/contents/{quote(path, safe='/')}", {"ref": ref})
        except Refused as refused:
            if refused.status == 404:
                return None
            raise
        return _content(answer)

    # Doing

    def create_pull(self, title: str, body: str, head: str, base: str) -> JsonObject:
        """Open a pull request and return it; raises Unanswered where it may or may not have been opened."""
        values = {"title": title, "body": body, "head": head, "base": base}
        return self._do("POST", f"{self._home}/pulls", values, repeatable=False)

    def merge(self, number: int, sha: str, method: str = "merge") -> JsonObject:
        """Merge a pull request whose head still is this commit, and return GitHub's answer.

        method: `merge`, `squash` or `rebase`. Where the answer is lost, the pull request is read again: if it is merged
        at this head, `{"merged": True, ...}` without `sha` is returned, else Unanswered is raised.
        """
        values = {"sha": _sha(sha), "merge_method": method}
        try:
            return self._do("PUT", f"{self._home}/pulls/{number:d}/merge", values, repeatable=False)
        except Unanswered:
            now = self.pull(number)
            head = now.get("head")
            if now.get("merged") is True and isinstance(head, dict) and head.get("sha") == sha:
                return {"merged": True, "message": "merged; the answer was lost, and the pull request read again"}
            raise

    def set_status(self, sha: str, state: str, context: str, description: str, target_url: str = "") -> JsonObject:
        """Publish a status of a commit; the last one of a context counts.

        state: `success`, `pending`, `failure` or `error`. A description of more than 140 characters is cut.
        """
        if len(description) > LONGEST_DESCRIPTION:
            description = description[: LONGEST_DESCRIPTION - 1] + "…"
        values = {"state": state, "context": context, "description": description}
        if target_url:
            values["target_url"] = target_url
        return self._do("POST", f"{self._home}/statuses/{_sha(sha)}", values, repeatable=True)

    def create_comment(self, number: int, body: str) -> JsonObject:
        """Comment on a pull request; raises Unanswered where the comment may or may not have been made."""
        return self._do("POST", f"{self._home}/issues/{number:d}/comments", {"body": body}, repeatable=False)

    def update_comment(self, identifier: int, body: str) -> JsonObject:
        """Replace the text of a comment, by the comment's `id`."""
        return self._do("PATCH", f"{self._home}/issues/comments/{identifier:d}", {"body": body}, repeatable=True)

    # The parts that the calls are made of

    def _get(self, path: str, query: dict[str, str | int] | None = None) -> Answer:
        return self._transport.ask("GET", self._transport.url(path, query), repeatable=True)

    def _read(self, path: str) -> JsonObject:
        return self._get(path).json_object()

    def _absent(self, path: str) -> JsonObject | None:
        try:
            return self._read(path)
        except Refused as refused:
            if refused.status == 404:
                return None
            raise

    def _list(
        self, path: str, identity: Identity | None, query: dict[str, str | int] | None = None
    ) -> list[JsonObject]:
        return joined(pages(self._transport, path, query), identity)

    def _do(self, method: str, path: str, values: JsonObject, *, repeatable: bool) -> JsonObject:
        return self._transport.ask(method, self._transport.url(path), values, repeatable=repeatable).json_object()


def _kept(answers: Iterator[Answer], store: list[Answer]) -> Iterator[Answer]:
    for answer in answers:
        store.append(answer)
        yield answer


def _statuses(answer: Answer) -> list[Any]:
    return _listed(answer, "statuses")


def _listed(answer: Answer, key: str) -> list[Any]:
    found = answer.json_object().get(key)
    if not isinstance(found, list):
        raise answer.anomaly(f"an object without a list of `{key}`")
    return found


def _content(answer: Answer) -> bytes:
    found = answer.parsed()
    kind = found.get("type") if isinstance(found, dict) else "dir"
    if kind != "file":
        raise answer.anomaly(f"an entry of type `{answer.words(str(kind), 20)}` where a file was expected")
    if found.get("encoding") != "base64" or not isinstance(found.get("content"), str):
        raise answer.anomaly("a file without its content, as GitHub does for one of more than 1 MiB")
    try:
        content = base64.b64decode(found["content"].replace("\n", ""), validate=True)
    except (binascii.Error, ValueError):
        raise answer.anomaly("a content that is not base64") from None
    if found.get("size") != len(content):
        raise answer.anomaly("a content of another size than it says")
    return content


def _sha(name: str) -> str:
    if not _SHA.fullmatch(name):
        raise UsageProblem(f"`{plain(name)}` is no full name of a commit; give its 40 or 64 hexadecimal digits")
    return name


def _word(name: str) -> str:
    """Return a name as one piece of a path, whatever it holds."""
    if name in ("", ".", ".."):
        raise UsageProblem(f"`{name}` is no name that GitHub knows")
    return quote(name, safe="")
