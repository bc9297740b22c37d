"""One run inside GitHub Actions: pending first, then the judgement, then the verdict; never an old success."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass, field
from typing import Any

from rampgate.adapters.git_objects import GitObjects
from rampgate.adapters.github.client import GitHub
from rampgate.app.ci.gather import told
from rampgate.app.ci.judging import (
    ATTEMPTS,
    Place,
    PullJudged,
    fetch_branch,
    is_still,
    judge_pull,
    judge_queued,
    never_still,
    queued,
)
from rampgate.app.ci.publishing import STATE, Publisher, why_not_judged
from rampgate.app.ci.request import CiRequest
from rampgate.app.judging.trees import GitTree
from rampgate.app.moving.stages import governed_branch
from rampgate.app.planning.effects import effects_or_why
from rampgate.errors import RampgateError, Unreachable
from rampgate.model.decision import Decision
from rampgate.model.wake import WakeAll, WakeClosed, WakeHead, WakeNothing, WakePull, WakeQueue


@dataclass(frozen=True, slots=True)
class HeadJudged:
    """Everything that was judged of one commit. decision: the strictest, which was published."""

    head: str
    pulls: tuple[PullJudged, ...]
    decision: Decision


@dataclass(slots=True)
class CiResult:
    """What a run did. failures: commit -> why it could not be judged; notes: what a reader of the log should know."""

    heads: list[HeadJudged] = field(default_factory=list)
    failures: dict[str, RampgateError] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)
    is_sweep: bool = False
    """Whether every open pull request was judged, so that no verdict is this run's own."""


def run(request: CiRequest) -> CiResult:
    """Judge what the event asks for, publish it, and return what was done.

    The first thing that is written is `pending`. Whatever fails afterwards, the status of a commit is either pending,
    an error that says why, or the verdict on what the forge and Git said last. Raises Unreachable where not even that
    could be written.
    """
    wake = request.wake
    if isinstance(wake, WakeNothing):
        return CiResult(notes=[wake.why])
    with GitHub(request.settings) as forge, closing(_Run(request, forge)) as one:
        return one.go(wake)


class _Run:
    def __init__(self, request: CiRequest, forge: GitHub) -> None:
        self._request = request
        self._forge = forge
        self._publisher = Publisher(forge, request.context, request.url)
        self._result = CiResult()
        self._groups: Mapping[int, tuple[str, ...]] | None = None
        self._governed = ""
        self._opened: GitObjects | None = None

    def close(self) -> None:
        """Close the repository, where it is open."""
        if self._opened is not None:
            self._opened.close()
            self._opened = None

    def go(self, wake: WakePull | WakeClosed | WakeHead | WakeQueue | WakeAll) -> CiResult:
        branch = self._governed = self._branch()
        if isinstance(wake, WakePull):
            self._pull(wake, branch)
        elif isinstance(wake, WakeClosed):
            self._result.notes.append("the pull request is closed")
            self._elsewhere(wake.head, branch, stays=wake.is_merged)
        elif isinstance(wake, WakeHead):
            self._head(wake.head, branch)
        elif isinstance(wake, WakeQueue):
            self._queue(wake, branch)
        elif wake.branch in ("", branch):
            self._sweep(branch)
        else:
            self._result.notes.append(f"`{wake.branch}` moved, and `{branch}` is governed")
        return self._result

    def _branch(self) -> str:
        """Return the governed branch, as the clone at hand says; a repository without policies is governed by none."""
        branch = ""
        with suppress(RampgateError):
            git = self._git()
            branch = governed_branch(GitTree(git, git.tree_of(git.resolve("HEAD")), "HEAD"), unknown="")
        if branch:
            return branch
        return str(told(self._forge.repository(), "default_branch"))

    def _git(self) -> GitObjects:
        """Return the repository, opened at its first use and then kept open: what is fetched meanwhile is seen."""
        if self._opened is None:
            self._opened = GitObjects.open(self._request.repo)
        return self._opened

    def _place(self, branch: str) -> Place:
        settings = self._request.settings
        url = f"{settings.server_url}/{settings.repository}.git"
        return Place(self._git(), url, settings.token, branch)

    def _pull(self, wake: WakePull, branch: str) -> None:
        try:
            if wake.base == branch:
                self._head(wake.head, branch)
            else:
                self._result.notes.append(f"the pull request goes into `{wake.base}`, and `{branch}` is governed")
                self._elsewhere(wake.head, branch)
        finally:
            if wake.before and wake.before != wake.head:
                self._left(wake.before, branch)

    def _elsewhere(self, head: str, branch: str, *, stays: bool = False) -> None:
        """Judge a commit whose own pull request needs no verdict, where another one needs it.

        Of the runs that wait for one commit GitHub keeps the newest alone, so this one stands for the others as well.
        stays: whether what was said of the commit may stand where no pull request needs it: it has landed.
        """
        with self._failing_closed(head):
            is_needed = bool(self._open_with(head, branch))
        if is_needed:
            self._head(head, branch)
        elif not stays:
            self._left(head, branch)

    def _left(self, head: str, branch: str) -> None:
        """Take back the success of a commit that a pull request has left.

        A status is the commit's and outlives its pull request: whoever comes back to the commit, by a force push, by
        reopening or with another pull request, must not find the gate open until a run has begun.
        """
        with self._failing_closed(head):
            is_open = self._publisher.is_open(head)
        if is_open:
            self._head(head, branch)

    def _head(self, head: str, branch: str) -> None:
        self._publisher.pending(head)
        with self._failing_closed(head):
            self._judge(head, branch)

    def _open_with(self, head: str, branch: str) -> list[int]:
        """Return the open pull requests into the governed branch that have a commit as their head.

        The forge's own answer leaves out forks at times, so an empty one is checked against the whole list.
        """

        def numbers(pulls: Sequence[dict[str, Any]]) -> list[int]:
            return sorted(int(told(each, "number")) for each in pulls if _is_open_with(each, head, branch))

        return numbers(self._forge.pulls_with(head)) or numbers(self._forge.open_pulls(branch))

    def _judge(self, head: str, branch: str) -> None:
        """Judge every pull request of one head; the strictest verdict is the commit's.

        What the merge queue holds of them would land without another event, so it is judged again as well.
        """
        numbers = self._open_with(head, branch)
        if not numbers:
            note = f"no open pull request into `{branch}` has the head {head[:7]}; its status stays pending"
            self._result.notes.append(note)
            return
        groups = [(number, group) for number in numbers for group in self._queued(branch).get(number, ())]
        for _, group in groups:
            self._publisher.pending(group)
        self._publish(head, numbers, branch)
        for number, group in groups:
            with suppress(RampgateError), self._failing_closed(group):
                again = judge_queued(self._forge, self._place(branch), number, group)
                self._publisher.verdict(group, [again.judged.decision])

    def _queued(self, branch: str) -> Mapping[int, tuple[str, ...]]:
        """Return what the merge queue holds, asked once in a run."""
        if self._groups is None:
            self._groups = queued(self._place(branch))
        return self._groups

    def _publish(self, head: str, numbers: Sequence[int], branch: str) -> None:
        """Judge and publish, and look again after a success.

        Whatever came in before that look is seen by it; whatever comes later has a run whose words come later too. So
        the runs for a push and for a review, which do not wait for each other, leave no success that a run overtook.
        """
        for _ in range(ATTEMPTS):
            here = self._judged_at(head, numbers, branch)
            if not here:
                return
            decision = self._publisher.verdict(head, [one.judged.decision for one in here])
            if STATE[decision.verdict] != "success" or self._is_still(head, here, numbers, branch):
                self._result.heads.append(HeadJudged(head, here, decision))
                for one in here if self._request.comments else ():
                    self._comment(one)
                return
            self._publisher.pending(head)
            numbers = self._open_with(head, branch)
        raise never_still(numbers[0] if numbers else here[0].said.number)

    def _judged_at(self, head: str, numbers: Sequence[int], branch: str) -> tuple[PullJudged, ...]:
        """Return the judgements of the pull requests that still have a commit as their head."""
        judged = [judge_pull(self._forge, self._place(branch), number) for number in numbers]
        for one in judged:
            if one.said.head != head:
                now_at = one.said.head[:7]
                note = f"pull request {one.said.number} has moved on to {now_at}, which has a run of its own"
                self._result.notes.append(note)
        return tuple(one for one in judged if _is_open_with(dict(one.said.pull), head, branch))

    def _is_still(self, head: str, here: Sequence[PullJudged], numbers: Sequence[int], branch: str) -> bool:
        place = self._place(branch)
        return self._open_with(head, branch) == numbers and all(is_still(self._forge, place, one) for one in here)

    def _comment(self, one: PullJudged) -> None:
        """Write the comment; a verdict does not wait for it."""
        effects = effects_or_why(self._git(), one.judged.decision)
        try:
            self._publisher.comment(one, effects)
        except Unreachable as error:
            self._result.notes.append(f"the comment on pull request {one.said.number} could not be written: {error}")

    def _queue(self, wake: WakeQueue, branch: str) -> None:
        if wake.base != branch:
            self._result.notes.append(f"the queue is of `{wake.base}`, and `{branch}` is governed")
            return
        self._publisher.pending(wake.head)
        with self._failing_closed(wake.head):
            judged = judge_queued(self._forge, self._place(branch), wake.pull, wake.head)
            decision = self._publisher.verdict(wake.head, [judged.judged.decision])
            self._result.heads.append(HeadJudged(wake.head, (judged,), decision))

    def _sweep(self, branch: str) -> None:
        """Judge every open pull request again; what fails of one does not keep the others waiting."""
        self._result.is_sweep = True
        heads = dict.fromkeys(str(told(pull, "head", "sha")) for pull in self._forge.open_pulls(branch))
        if not heads:
            # Where the governed branch was renamed, no pull request goes into it any more: that must not look quiet.
            fetch_branch(self._place(branch))
        for head in heads:
            self._publisher.pending(head)
        for head in heads:
            with suppress(RampgateError), self._failing_closed(head):
                self._judge(head, branch)

    @contextmanager
    def _failing_closed(self, head: str) -> Iterator[None]:
        """Say on the commit why it could not be judged, and let the failure go on."""
        try:
            yield
        except BaseException as error:
            if isinstance(error, RampgateError):
                self._result.failures[head] = error
            why = why_not_judged(error)
            with suppress(RampgateError):
                self._publisher.not_judged(head, why)
            # Whoever stops a run does not wait for its comments.
            if self._request.comments and isinstance(error, Exception):
                with suppress(RampgateError):
                    self._comment_not_judged(head, why)
            # Where reading broke off, the next commit is judged in the repository opened anew.
            self.close()
            raise

    def _comment_not_judged(self, head: str, why: str) -> None:
        """Take the old verdict out of the comments on the pull requests of a commit."""
        for number in self._open_with(head, self._governed):
            self._publisher.comment_not_judged(number, why)


def _is_open_with(pull: dict[str, Any], head: str, branch: str) -> bool:
    ends = told(pull, "state"), told(pull, "head", "sha"), told(pull, "base", "ref")
    return ends == ("open", head, branch)
