"""Build a real Git repository for a test, with nothing of the machine's own Git settings in it.

Example::

    world = GitWorld(tmp_path)
    world.write("policies/ladder.yaml", "schema: rampgate/ladder/v1\\n")
    base = world.commit("policies")
    world.branch("promote")
    world.write("model_cards/fraud/1.0/card.yaml", "stage: pilot\\n")
    head = world.commit("register", author=("Bob", "bob@example.com"))
"""

from __future__ import annotations

import datetime as dt
import os
import re
import shutil
import subprocess
from pathlib import Path

from worlds.loose_objects import LooseObjects

# What every call says: nothing of it is the repository's own, so the code under test meets none of it.
SETTINGS = {
    "commit.gpgSign": "false",
    "protocol.file.allow": "always",
    # A world lives for seconds: it is neither tidied up nor kept through a loss of power.
    "maintenance.auto": "false",
    "core.fsync": "none",
}
WORDS = ("git", *(word for name, value in SETTINGS.items() for word in ("-c", f"{name}={value}")))
ALICE = ("Alice", "alice@example.com")
DATE = "2026-01-05T12:00:00+00:00"
Person = tuple[str, str]

# What Git writes as it is given: with any other name it has rules of its own, so any other is left to it.
PLAIN_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9-]*(?: [A-Za-z0-9-]*[A-Za-z0-9])?")
PLAIN_MAIL = re.compile(r"[A-Za-z0-9][A-Za-z0-9.+-]*@[A-Za-z0-9-]+\.[a-z]+")
PLAIN_DATE = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\+00:00")
PLAIN_BRANCH = re.compile(r"[A-Za-z0-9_-]+(?:/[A-Za-z0-9_-]+)*")
UNFINISHED = ("MERGE_HEAD", "CHERRY_PICK_HEAD", "REVERT_HEAD")


def clean_environment() -> dict[str, str]:
    """The process's environment without `GIT_*` and without system-wide or personal Git settings."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("GIT_")}
    return kept | {
        "GIT_CONFIG_NOSYSTEM": "1",
        "GIT_CONFIG_GLOBAL": os.devnull,
        "GIT_ATTR_NOSYSTEM": "1",
        "GIT_TERMINAL_PROMPT": "0",
        "LC_ALL": "C",
    }


class GitWorld:
    """A repository in `folder/name` whose branch `main` is checked out; paths are relative to it, with `/`."""

    _object_format = "sha1"

    def __init__(self, folder: Path, name: str = "repo", *, object_format: str = "sha1", bare: bool = False) -> None:
        self.root = Path(folder) / name
        self.root.mkdir(parents=True)
        self._object_format = object_format
        words = ["init", "-q", "-b", "main", f"--object-format={object_format}", "--template="]
        self.git(*words, *(["--bare"] if bare else []))

    @property
    def path(self) -> Path:
        """The folder to give to `--repo`."""
        return self.root

    @property
    def head(self) -> str:
        """The commit that is checked out; read from the files where they say it, which spares a process."""
        try:
            text = (self.root / ".git" / "HEAD").read_text().strip()
            if text.startswith("ref: "):
                text = (self.root / ".git" / text.removeprefix("ref: ")).read_text().strip()
        except OSError:
            return self.rev("HEAD")
        return text

    def git(self, *arguments: str, stdin: str | bytes | None = None, ok: tuple[int, ...] = (0,), **env: str) -> str:
        """Run git here and return its standard output without the last line break; keywords set the environment."""
        done = subprocess.run(
            [*WORDS, *arguments],
            cwd=self.root,
            env=clean_environment() | self._identity(ALICE, ALICE, DATE) | env,
            input=stdin.encode() if isinstance(stdin, str) else stdin,
            stdin=subprocess.DEVNULL if stdin is None else None,
            capture_output=True,
            check=False,
        )
        assert done.returncode in ok, f"git {' '.join(arguments)}: {done.stdout.decode()}{done.stderr.decode()}"
        return done.stdout.decode("utf-8", "surrogateescape").rstrip("\n")

    @staticmethod
    def _identity(author: Person, committer: Person, date: str) -> dict[str, str]:
        return {
            "GIT_AUTHOR_NAME": author[0],
            "GIT_AUTHOR_EMAIL": author[1],
            "GIT_AUTHOR_DATE": date,
            "GIT_COMMITTER_NAME": committer[0],
            "GIT_COMMITTER_EMAIL": committer[1],
            "GIT_COMMITTER_DATE": date,
        }

    # Files of the work tree

    def write(self, path: str, content: str | bytes) -> Path:
        target = self.root / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(content.encode("utf-8") if isinstance(content, str) else content)
        return target

    def read(self, path: str) -> str:
        return (self.root / path).read_bytes().decode("utf-8")

    def remove(self, path: str) -> None:
        target = self.root / path
        if target.is_dir() and not target.is_symlink():
            shutil.rmtree(target)
        else:
            target.unlink()

    def move(self, old: str, new: str) -> None:
        (self.root / new).parent.mkdir(parents=True, exist_ok=True)
        (self.root / old).rename(self.root / new)

    def symlink(self, path: str, target: str) -> None:
        link = self.root / path
        link.parent.mkdir(parents=True, exist_ok=True)
        if link.exists() or link.is_symlink():
            link.unlink()
        link.symlink_to(target)

    def executable(self, path: str) -> None:
        (self.root / path).chmod(0o755)

    def gitlink(self, path: str, commit: str | None = None) -> None:
        """Put a gitlink (what a submodule is in a tree) into the index; the next `commit` keeps it."""
        self.git("update-index", "--add", "--cacheinfo", f"160000,{commit or self.head},{path}")
        (self.root / path).mkdir(parents=True, exist_ok=True)

    # History

    def commit(
        self,
        message: str = "change",
        author: Person = ALICE,
        committer: Person | None = None,
        date: str = DATE,
        *,
        allow_empty: bool = True,
    ) -> str:
        """Commit everything in the work tree and return the commit's full name."""
        self.git("add", "--all")
        people = (author, committer or author)
        if allow_empty and (place := self._plain_place(message, people, date)) is not None:
            return self._written_commit(place, message, people, date)
        return self._commit_index(message, author, committer, date, allow_empty=allow_empty)

    def _plain_place(self, message: str, people: tuple[Person, ...], date: str) -> str | None:
        """The ref that a commit moves, where Git writes it as it is given and nothing is unfinished; None elsewhere."""
        plain = (
            all(PLAIN_NAME.fullmatch(name) and PLAIN_MAIL.fullmatch(mail) for name, mail in people)
            and PLAIN_DATE.fullmatch(date)
            and message
            and "\0" not in message
            and self._object_format == "sha1"
            and (self.root / ".git").is_dir()
            and not any((self.root / ".git" / each).exists() for each in UNFINISHED)
        )
        said = (self.root / ".git" / "HEAD").read_text().strip() if plain else ""
        place = said.removeprefix("ref: ")
        return place if place != said and (self.root / ".git" / place).is_file() else None

    def _written_commit(self, place: str, message: str, people: tuple[Person, ...], date: str) -> str:
        """What `git commit` writes of the index, byte for byte; it looks at much more, which takes longer."""
        tree, parent = self.git("write-tree"), (self.root / ".git" / place).read_text().strip()
        seconds = int(dt.datetime.fromisoformat(date).timestamp())
        who = (
            f"{role} {name} <{mail}> {seconds} +0000"
            for role, (name, mail) in zip(("author", "committer"), people, strict=True)
        )
        body = "\n".join([f"tree {tree}", f"parent {parent}", *who, "", message]).encode()
        objects = LooseObjects(self.root / ".git")
        commit = objects.store(b"commit", body)
        objects.point(place, commit)
        return commit

    def _commit_index(
        self, message: str, author: Person, committer: Person | None, date: str, *, allow_empty: bool
    ) -> str:
        words = [
            "commit",
            "-q",
            "--no-verify",
            "--cleanup=verbatim",
            "-F",
            "-",
            *(["--allow-empty"] if allow_empty else []),
        ]
        self.git(*words, stdin=message, **self._identity(author, committer or author, date))
        return self.head

    def branch(self, name: str, start: str = "HEAD") -> None:
        """Create a branch and check it out."""
        git_dir = self.root / ".git"
        place = git_dir / "refs" / "heads" / name
        plain = start == "HEAD" and PLAIN_BRANCH.fullmatch(name) and (git_dir / "HEAD").is_file()
        if plain and not place.exists() and not (git_dir / "packed-refs").exists() and place.parent.is_dir():
            # Nothing but the two files changes: neither the index nor the work tree.
            place.write_text(f"{self.head}\n")
            (git_dir / "HEAD").write_text(f"ref: refs/heads/{name}\n")
            return
        self.git("checkout", "-q", "-b", name, start)

    def checkout(self, name: str) -> None:
        self.git("checkout", "-q", name)

    def merge(
        self,
        name: str,
        message: str = "merge",
        author: Person = ALICE,
        committer: Person | None = None,
        date: str = DATE,
        *,
        evil: dict[str, str | bytes] | None = None,
    ) -> str:
        """Merge a branch with a merge commit; `evil` writes these files inside it, which also settles conflicts."""
        self.git("merge", "-q", "--no-ff", "--no-commit", name, ok=(0, 1) if evil else (0,))
        for path, content in (evil or {}).items():
            self.write(path, content)
        self.git("add", "--all")
        return self._commit_index(message, author, committer, date, allow_empty=True)

    def rev(self, name: str) -> str:
        return self.git("rev-parse", "--verify", name)

    def tree(self, name: str = "HEAD") -> str:
        return self.rev(f"{name}^{{tree}}")

    # Objects that no ordinary command would write

    def hash_object(self, content: bytes, kind: str = "blob") -> str:
        """Write any bytes as an object of this kind, without Git checking them."""
        return self.git("hash-object", "-w", "--literally", "-t", kind, "--stdin", stdin=content)

    def make_tree(self, entries: list[tuple[str, bytes, str]]) -> str:
        """Write a tree from (mode, name, oid) in exactly this order, however wrong."""
        body = b"".join(mode.encode() + b" " + name + b"\0" + bytes.fromhex(oid) for mode, name, oid in entries)
        return self.hash_object(body, "tree")

    def make_commit(self, tree: str, parents: tuple[str, ...] = (), message: str = "made") -> str:
        words = [word for parent in parents for word in ("-p", parent)]
        return self.git("commit-tree", tree, *words, "-F", "-", stdin=message)
