"""What people do at the forge and what follows from it, as GitHub has it; a refusal carries GitHub's status.

Every function changes `State` and the repository and knows nothing of HTTP, so a call and a test's own step are one.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from forge.git_side import BareRepository
from forge.state import Account, Comment, Event, Pull, Queued, Review, State, Status

EVENTS = {"APPROVE": "APPROVED", "REQUEST_CHANGES": "CHANGES_REQUESTED", "COMMENT": "COMMENTED"}
MOST_STATUSES = 1000
LONGEST_DESCRIPTION = 140


class Refusal(Exception):
    """GitHub says no: the status, its message and what it lists as errors."""

    def __init__(self, status: int, message: str, errors: tuple[Any, ...] = ()) -> None:
        self.status, self.message, self.errors = status, message, errors
        super().__init__(f"{status}: {message} {list(errors)}")


class Hub:
    """One repository: what is remembered (`state`), its commits (`git`) and those of its forks."""

    def __init__(self, state: State, git: BareRepository) -> None:
        self.state = state
        self.git = git
        self.forks: dict[str, BareRepository] = {}

    # Pull requests and the refs that follow them

    def pull(self, number: int) -> Pull:
        if number not in self.state.pulls:
            raise Refusal(404, "Not Found")
        return self.state.pulls[number]

    def repository_of(self, login: str) -> BareRepository:
        return self.git if login == self.state.owner else self.forks[login]

    def open_pull(
        self, author: Account, head_owner: str, head_ref: str, base_ref: str, *, title: str, body: str, draft: bool
    ) -> Pull:
        if head_owner != self.state.owner and head_owner not in self.forks:
            raise invalid("PullRequest", "head", "invalid")
        head = self.repository_of(head_owner).commit_of(f"refs/heads/{head_ref}")
        base = self.git.commit_of(f"refs/heads/{base_ref}")
        if head is None or base is None:
            raise invalid("PullRequest", "base" if base is None else "head", "invalid")
        name = f"{head_owner}:{head_ref}"
        if any(f"{x.head_owner}:{x.head_ref}" == name and x.base_ref == base_ref for x in self.open_pulls()):
            raise custom("PullRequest", f"A pull request already exists for {name}.")
        if head_owner == self.state.owner and self.git.contains(base, head):
            raise custom("PullRequest", f"No commits between {base_ref} and {head_ref}")
        number = max(self.state.pulls, default=0) + 1
        now = self.state.clock.now()
        pull = Pull(number, author, title, body, head_owner, head_ref, head, base_ref, base, now, now, draft)
        self.state.pulls[number] = pull
        self._follow(pull)
        return pull

    def open_pulls(self) -> list[Pull]:
        return [each for each in self.state.pulls.values() if each.state == "open"]

    def pushed(self, owner: str, old: dict[str, str], by: Account) -> None:
        """Let pull requests follow the branches that a push moved, created or deleted."""
        new = self.repository_of(owner).refs()
        for pull in self.open_pulls():
            name = f"refs/heads/{pull.head_ref}"
            if pull.head_owner == owner and old.get(name) != new.get(name):
                self._head_moved(pull, new.get(name), by)
            elif owner == self.state.owner and old.get(base := f"refs/heads/{pull.base_ref}") != new.get(base):
                self._follow(pull)

    def _head_moved(self, pull: Pull, sha: str | None, by: Account) -> None:
        if sha is None:
            pull.state = "closed"
            self._happened(pull, "closed", by)
            return
        previous, pull.head_sha, pull.updated = pull.head_sha, sha, self.state.clock.now()
        pull.base_sha = self.git.commit_of(f"refs/heads/{pull.base_ref}") or pull.base_sha
        self._follow(pull)
        if not self.git.contains(sha, previous):
            self._happened(pull, "head_ref_force_pushed", by)
        if self.state.dismiss_stale_reviews:
            for review in self.state.reviews_of(pull.number):
                if review.state == "APPROVED":
                    self._dismiss(review, by, None)

    def _follow(self, pull: Pull) -> None:
        """Keep refs/pull/N/head and /merge in step with head and base."""
        if pull.head_owner != self.state.owner:
            self.git.bring(self.forks[pull.head_owner].path, pull.head_sha)
        self.git.set_ref(f"refs/pull/{pull.number}/head", pull.head_sha)
        base = self.git.commit_of(f"refs/heads/{pull.base_ref}")
        assert base is not None
        merged = self.git.merged(base, pull.head_sha, f"Merge {pull.head_sha} into {base}")
        pull.mergeable, pull.merge_commit = merged is not None, merged
        if merged is not None:
            self.git.set_ref(f"refs/pull/{pull.number}/merge", merged)

    def commits(self, pull: Pull) -> list[dict[str, str]]:
        return self.git.commits(pull.base_sha, pull.head_sha)

    def changed(self, pull: Pull) -> tuple[int, int, int]:
        return self.git.changed(pull.base_sha, pull.head_sha)

    # Reviews

    def review(self, pull: Pull, account: Account, state: str, commit: str | None = None, body: str = "") -> Review:
        """Store a review; whether its author may push plays no part, as on GitHub."""
        if account.id == pull.author.id and state in ("APPROVED", "CHANGES_REQUESTED"):
            what = "approve" if state == "APPROVED" else "request changes on"
            raise Refusal(422, "Unprocessable Entity", (f"Review Can not {what} your own pull request",))
        if state in ("CHANGES_REQUESTED", "COMMENTED") and not body:
            raise Refusal(422, "Unprocessable Entity", ("Review Body can't be blank",))
        if commit is not None and self.git.commit_of(commit) is None:
            raise Refusal(422, "Unprocessable Entity", ("Review Commit is not part of the pull request",))
        now = self.state.clock.now()
        review = Review(self.state.new_id(), pull.number, account, state, commit or pull.head_sha, body, now)
        self.state.reviews.append(review)
        return review

    def dismiss(self, review: Review, by: Account, message: str) -> Review:
        if review.state not in ("APPROVED", "CHANGES_REQUESTED"):
            raise Refusal(
                422, "Unprocessable Entity", (f"Can not dismiss a {review.state.lower()} pull request review",)
            )
        return self._dismiss(review, by, message)

    def _dismiss(self, review: Review, by: Account, message: str | None) -> Review:
        told = {"state": review.state.lower(), "review_id": review.id, "dismissal_message": message}
        self._happened(self.pull(review.pull), "review_dismissed", by, told)
        review.state = "DISMISSED"
        return review

    def _happened(self, pull: Pull, kind: str, by: Account, dismissed: dict[str, Any] | None = None) -> None:
        now = self.state.clock.now()
        self.state.events.append(Event(self.state.new_id(), pull.number, kind, by, now, dismissed))

    # Comments and statuses

    def comment(self, pull: Pull, account: Account, body: str) -> Comment:
        if not body:
            raise custom("IssueComment", "body is missing")
        now = self.state.clock.now()
        comment = Comment(self.state.new_id(), pull.number, account, body, now, now)
        self.state.comments.append(comment)
        return comment

    def set_status(
        self, sha: str, account: Account, state: str, context: str, description: str | None, target_url: str | None
    ) -> Status:
        if self.git.commit_of(sha) is None:
            raise Refusal(422, f"No commit found for SHA: {sha}")
        if len(description or "") > LONGEST_DESCRIPTION:
            raise custom("Status", "description is too long (maximum is 140 characters)")
        if sum(each.sha == sha and each.context == context for each in self.state.statuses) >= MOST_STATUSES:
            raise custom("Status", "This SHA and context has reached the maximum number of statuses.")
        now = self.state.clock.now()
        status = Status(self.state.new_id(), sha, state, context, description, target_url or None, account, now)
        self.state.statuses.append(status)
        return status

    # Merging

    def merge(self, pull: Pull, by: Account, method: str, sha: str | None) -> str:
        """Merge as GitHub does, if the rules let it, and return the new commit of the base branch."""
        if sha is not None and sha != pull.head_sha:
            raise Refusal(409, "Head branch was modified. Review and try the merge again.")
        if pull.state != "open" or pull.draft or not pull.mergeable or method == "rebase":
            raise Refusal(405, "Pull Request is not mergeable")
        self._check_required(pull)
        base = self.git.commit_of(f"refs/heads/{pull.base_ref}")
        assert base is not None
        message = f"Merge pull request #{pull.number} from {pull.head_owner}/{pull.head_ref}\n\n{pull.title}"
        commit = self.git.merged(base, pull.head_sha, message, squash=method == "squash")
        assert commit is not None
        self._landed(pull, by, commit)
        return commit

    def _check_required(self, pull: Pull) -> None:
        success = {each.context for each in self.state.latest_statuses(pull.head_sha) if each.state == "success"}
        for context in self.required_contexts(pull.base_ref):
            if context not in success:
                reason = f'Repository rule violations found\n\nRequired status check "{context}" is expected.'
                raise Refusal(405, reason)

    def required_contexts(self, branch: str) -> list[str]:
        of_rules = [
            each["context"]
            for rule in self.rules_of(branch)
            if rule["type"] == "required_status_checks"
            for each in rule["parameters"]["required_status_checks"]
        ]
        return [*self.state.required_contexts, *of_rules]

    def rules_of(self, branch: str) -> list[dict[str, Any]]:
        """The rules of every active ruleset that covers a branch, as GitHub shows them together."""
        found = []
        for number, ruleset in sorted(self.state.rulesets.items()):
            if ruleset["enforcement"] == "active" and self._covers(ruleset, branch):
                origin = {"ruleset_source_type": "Repository", "ruleset_source": self.state.full_name}
                found += [{**rule, **origin, "ruleset_id": number} for rule in ruleset.get("rules", [])]
        return found

    def _covers(self, ruleset: dict[str, Any], branch: str) -> bool:
        names = ((ruleset.get("conditions") or {}).get("ref_name")) or {}
        default = branch == self.state.default_branch
        meant = {f"refs/heads/{branch}", "~ALL", *(["~DEFAULT_BRANCH"] if default else [])}
        return bool(meant & set(names.get("include", []))) and not meant & set(names.get("exclude", []))

    def _landed(self, pull: Pull, by: Account, commit: str) -> None:
        before = self.git.refs()
        self.git.set_ref(f"refs/heads/{pull.base_ref}", commit)
        now = self.state.clock.now()
        pull.state, pull.merged_at, pull.merged_by, pull.updated = "closed", now, by, now
        pull.merge_commit = commit
        self._happened(pull, "merged", by)
        self._happened(pull, "closed", by)
        self.pushed(self.state.owner, before, by)

    # The merge queue

    def enqueue(self, pull: Pull) -> Queued:
        """Merge on top of what is queued already, under the ref that GitHub gives to such a commit."""
        tip = self.state.queue[-1].head if self.state.queue else self.git.commit_of(f"refs/heads/{pull.base_ref}")
        assert tip is not None
        head = self.git.merged(tip, pull.head_sha, f"Merge pull request #{pull.number} from {pull.head_ref}")
        if head is None:
            raise Refusal(405, "Pull Request is not mergeable")
        ref = f"refs/heads/gh-readonly-queue/{pull.base_ref}/pr-{pull.number}-{tip}"
        self.git.set_ref(ref, head)
        queued = Queued(pull.number, ref, tip, head)
        self.state.queue.append(queued)
        return queued

    def leave_queue(self, queued: Queued, by: Account, *, landed: bool) -> None:
        """Take the first entry out of the queue; where it landed the base branch is its commit now."""
        self.state.queue.remove(queued)
        self.git.delete_ref(queued.ref)
        if landed:
            self._landed(self.pull(queued.pull), by, queued.head)

    def delete_user(self, account: Account) -> None:
        """Let a user go: reviews stay without anybody, pull requests belong to the ghost."""
        ghost = Account(10137, "ghost")
        for review in self.state.reviews:
            if review.account and review.account.id == account.id:
                review.account = None
        for number, pull in self.state.pulls.items():
            if pull.author.id == account.id:
                self.state.pulls[number] = replace(pull, author=ghost)
        self.state.accounts.pop(account.login, None)


def invalid(resource: str, field: str, code: str) -> Refusal:
    return Refusal(422, "Validation Failed", ({"resource": resource, "field": field, "code": code},))


def custom(resource: str, message: str) -> Refusal:
    return Refusal(422, "Validation Failed", ({"resource": resource, "code": "custom", "message": message},))
