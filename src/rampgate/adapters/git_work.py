"""Work in the user's own clone: make a branch, commit a few files, push it, ask who the user is.

Through GitPython, with the user's own settings and hooks, as if they had typed the commands. Never used on what a
stranger pushed; reading that is `git_objects`.

Example::

    work = WorkRepo.open(Path("."))
    work.create_branch("promote/fraud-score-2.1.0")
    work.commit(["model_cards/fraud-score/2.1.0/card.yaml"], "Promote fraud-score 2.1.0 to canary")
"""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from rampgate.errors import Unreachable, UsageProblem

if TYPE_CHECKING:
    from git import GitCommandError, Repo


class WorkRepo:
    """The user's clone; `root` is the top folder of its work tree."""

    def __init__(self, repo: Repo) -> None:
        self._repo = repo
        assert repo.working_tree_dir is not None
        self.root = Path(repo.working_tree_dir)

    @classmethod
    def open(cls, folder: Path) -> WorkRepo:
        """Open the clone of a folder, or of the nearest folder above it.

        Raises Unreachable where there is none, or where it is bare and has no files to change.
        """
        from git import Repo  # noqa: PLC0415
        from git.exc import InvalidGitRepositoryError, NoSuchPathError  # noqa: PLC0415

        try:
            repo = Repo(folder, search_parent_directories=True)
        except (InvalidGitRepositoryError, NoSuchPathError):
            raise Unreachable(
                f"`{folder}` is not inside a Git repository; run `git init` or give another folder"
            ) from None
        if repo.bare:
            repo.close()
            raise Unreachable(f"`{folder}` is a bare repository and has no files to change; give a clone of it")
        return cls(repo)

    @classmethod
    def init(cls, folder: Path) -> WorkRepo:
        """Make a new repository in a folder, with the branch `main` and no commit."""
        from git import Repo  # noqa: PLC0415

        return cls(Repo.init(folder, mkdir=True, initial_branch="main"))

    def current_branch(self) -> str | None:
        """Return the branch that is checked out, also before its first commit; None where a commit is."""
        return None if self._repo.head.is_detached else self._repo.head.reference.name

    def head(self) -> str | None:
        """Return the full name of the commit that is checked out; None before the first one."""
        return self._repo.head.commit.hexsha if self._repo.head.is_valid() else None

    def default_branch(self) -> str:
        """Return the branch that changes are meant for: the remote's own, else `main`, `master`, or the current one."""
        for remote in self._repo.remotes:
            pointer = self._git("symbolic-ref", "--quiet", f"refs/remotes/{remote.name}/HEAD", fails_with="")
            if pointer:
                return pointer.removeprefix(f"refs/remotes/{remote.name}/")
        names = {head.name for head in self._repo.heads}
        return next((name for name in ("main", "master") if name in names), self.current_branch() or "main")

    def create_branch(self, name: str) -> None:
        """Make a branch at the present commit and check it out; raises UsageProblem where the name is taken or bad."""
        if name.startswith("-") or not self._git("check-ref-format", "--branch", name, fails_with=""):
            raise UsageProblem(f"`{name}` can not be the name of a branch")
        if name in {head.name for head in self._repo.heads}:
            raise UsageProblem(f"branch `{name}` is there already; give another name or delete it")
        self._git("checkout", "-q", "-b", name)

    def check_out(self, name: str) -> None:
        """Check out a branch or a commit; raises UsageProblem where changes that are not committed are in the way."""
        self._git("checkout", "-q", name)

    def commit_at(self, ref: str) -> str | None:
        """Return the full name of the commit that a ref leads to, None where there is no such ref."""
        return self._git("rev-parse", "--verify", "--quiet", f"{ref}^{{commit}}", fails_with="") or None

    def contains(self, commit: str, other: str) -> bool:
        """Return whether the history of a commit holds another one, or is it."""
        return self._git("merge-base", "--is-ancestor", other, commit, fails_with="no") != "no"

    def is_clean(self, paths: Sequence[str | Path]) -> bool:
        """Return whether none of these paths differs from the last commit, untracked files included."""
        words = ["--porcelain", "--untracked-files=all", "--ignored=no", "--", *self._relative(paths)]
        return not self._git("status", *words)

    def changed(self, paths: Sequence[str | Path]) -> list[str]:
        """Return which files under these paths differ from the last commit, untracked ones included, by their path."""
        words = ["--porcelain", "-z", "--no-renames", "--untracked-files=all", "--", *self._relative(paths)]
        return sorted(line[3:] for line in self._git("status", *words).split("\0") if line)

    def abandon_branch(self, name: str, *, back_to: str, paths: Sequence[str | Path]) -> None:
        """Undo `create_branch`: unstage these paths, check out the branch or commit from before, delete the branch."""
        self._git("reset", "-q", "--", *self._relative(paths), fails_with="")
        self._git("checkout", "-q", back_to)
        self._git("branch", "-q", "-D", name)

    def branches(self) -> set[str]:
        """Return the names of the local branches."""
        return {head.name for head in self._repo.heads}

    def user(self) -> tuple[str, str]:
        """Return the name and address that commits are made with; raises UsageProblem where none is set."""
        found = []
        for part in ("name", "email"):
            asked = os.environ.get(f"GIT_AUTHOR_{part.upper()}")
            found.append(asked or self._git("config", "--get", f"user.{part}", fails_with=""))
        name, email = found
        if not name or not email:
            raise UsageProblem(
                "git does not know who you are; run `git config --global user.name 'Your Name'` "
                "and `git config --global user.email you@example.com`"
            )
        return name, email

    def commit(self, paths: Sequence[str | Path], message: str, *, author: tuple[str, str] | None = None) -> str:
        """Commit these paths and nothing else, and return the commit's full name.

        paths: relative to `root`, or absolute inside it; a path that is gone is committed as deleted.
        author: name and address, where another person than the user made the change.
        Raises UsageProblem where other changes are staged, nothing changed, no identity is set or a hook refuses.
        """
        self.user()
        wanted = self._relative(paths)
        self._refuse_other_staged(wanted)
        if not wanted or self.is_clean(paths):
            raise UsageProblem("there is nothing to commit: none of the files changed")
        self._git("add", "--all", "--", *wanted)
        by = [f"--author={author[0]} <{author[1]}>"] if author else []
        self._git("commit", "-q", f"--message={message}", *by, "--", *wanted)
        sha = self.head()
        assert sha is not None, "a commit was just made"
        return sha

    def commit_of(self, name: str) -> tuple[str, list[str], str]:
        """Return the full name, the parents and the message of a branch's or a commit's own commit."""
        commit = self._repo.commit(name)
        return commit.hexsha, [each.hexsha for each in commit.parents], str(commit.message)

    def changed_by(self, commit: str) -> list[str]:
        """Return the paths in which a commit differs from its first parent."""
        words = ["--name-only", "--no-renames", "-z", f"{commit}^", commit]
        return [path for path in self._git("diff-tree", "-r", *words).split("\0") if path]

    def file_at(self, commit: str, path: str) -> bytes:
        """Return the bytes of a file in a commit, without the line breaks at its end; b"" where it has none."""
        return self._git("cat-file", "blob", f"{commit}:{path}", fails_with="").encode()

    def push_address(self, remote: str = "origin") -> str:
        """Return the address that a remote is pushed to; raises UsageProblem where there is no such remote."""
        address = self._git("remote", "get-url", "--push", remote, fails_with="")
        if not address:
            raise UsageProblem(
                f"there is no remote `{remote}` to push to; add one with `git remote add {remote} URL`, or use --local"
            )
        return address.splitlines()[0]

    def remote_branches(self, remote: str = "origin") -> dict[str, str]:
        """Return the branches of a remote: name -> commit. Raises Unreachable where it does not answer."""
        lines = self._online("ls-remote", "--heads", remote).splitlines()
        return {name.removeprefix("refs/heads/"): sha for sha, _, name in (line.partition("\t") for line in lines)}

    def fetch(self, branch: str, remote: str = "origin") -> None:
        """Bring `remote/branch` up to date; raises Unreachable where the remote does not answer."""
        self._online("fetch", "-q", "--no-tags", remote, f"+refs/heads/{branch}:refs/remotes/{remote}/{branch}")

    def push(self, branch: str, remote: str = "origin") -> None:
        """Push a branch under its own name, never by force; raises Unreachable where the remote refuses it."""
        self._online("push", "-q", "--set-upstream", remote, f"refs/heads/{branch}:refs/heads/{branch}")

    def _online(self, subcommand: str, *words: str) -> str:
        """Run a command that talks to a remote, with the user's own credentials; a prompt needs a terminal."""
        from git.exc import GitCommandError  # noqa: PLC0415

        alone = {} if sys.stdin is not None and sys.stdin.isatty() else {"GIT_TERMINAL_PROMPT": "0"}
        try:
            return str(self._repo.git.execute(["git", subcommand, *words], env=alone))
        except GitCommandError as error:
            # An address may hold a user and a password.
            reason = re.sub(r"//[^/@\s]+@", "//", _reason(error))
            raise Unreachable(f"`git {subcommand}` failed: {reason}") from None

    def close(self) -> None:
        """End the processes that GitPython keeps."""
        self._repo.close()

    def _refuse_other_staged(self, wanted: Sequence[str]) -> None:
        staged = self._git("diff", "--cached", "--name-only", "--no-renames", "-z").split("\0")
        folders = tuple(f"{path}/" for path in wanted)
        others = [path for path in staged if path and path not in wanted and not path.startswith(folders)]
        if others:
            shown = ", ".join(f"`{path}`" for path in others[:3])
            raise UsageProblem(f"other changes are staged: {shown}; commit them, or run `git restore --staged .`")

    def _relative(self, paths: Sequence[str | Path]) -> list[str]:
        root = self.root.resolve()
        relative = []
        for path in paths:
            absolute = Path(os.path.normpath(root / path))
            if not absolute.is_relative_to(root):
                raise UsageProblem(f"`{path}` is outside the repository `{self.root}`")
            relative.append(absolute.relative_to(root).as_posix())
        return relative

    def _git(self, subcommand: str, *words: str, fails_with: str | None = None) -> str:
        """Run one command; a failure gives `fails_with` where that is given, else UsageProblem with git's reason."""
        from git.exc import GitCommandError  # noqa: PLC0415

        try:
            # Paths are names here, never patterns: `*` in a file name is a star.
            return str(self._repo.git.execute(["git", "--literal-pathspecs", subcommand, *words]))
        except GitCommandError as error:
            if fails_with is not None:
                return fails_with
            raise UsageProblem(f"`git {subcommand}` refused: {_reason(error)}") from error


def _reason(error: GitCommandError) -> str:
    text = str(error.stderr).strip().removeprefix("stderr:").strip(" '\n")
    return text or f"it ended with code {error.status}"
