"""Start `git` on a repository that a stranger may have filled: the only place that does.

Here: the fixed command line, the scrubbed environment, and `Quarantine`, an empty bare repository that borrows the
objects of the real one. A repository's own configuration, hooks, attributes, replace refs and grafts have no say in the
quarantine, because it has none of them. Deliberately not here: what the objects mean (see `git_objects`).

>>> "GIT_DIR" in scrubbed_environment({"GIT_DIR": "/elsewhere", "PATH": "/usr/bin"})
False
"""

from __future__ import annotations

import os
import subprocess
import tempfile
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from rampgate.errors import Unreachable

TIMEOUT_SECONDS = 120
"""A command on a large repository takes seconds; what takes longer waits for something that will not come."""

ObjectFormat = Literal["sha1", "sha256"]

_FIXED_ENVIRONMENT = {
    "GIT_CONFIG_NOSYSTEM": "1",
    "GIT_CONFIG_GLOBAL": os.devnull,
    "GIT_ATTR_NOSYSTEM": "1",
    "GIT_NO_REPLACE_OBJECTS": "1",
    "GIT_NO_LAZY_FETCH": "1",
    # A list of protocols here overrides every `protocol.*.allow` of the repository; `-c protocol.allow` does not.
    "GIT_ALLOW_PROTOCOL": "none",
    "GIT_TERMINAL_PROMPT": "0",
    "GIT_OPTIONAL_LOCKS": "0",
    "LC_ALL": "C",
    "LANGUAGE": "C",
}

_FIXED_SETTINGS = {
    "core.hooksPath": os.devnull,
    "core.fsmonitor": "false",
    "core.attributesFile": os.devnull,
    # A commit-graph file may name other parents and trees than the commits do, so only the commits are believed.
    "core.commitGraph": "false",
    "core.warnAmbiguousRefs": "true",
    # What a merge writes is thrown away in a moment.
    "core.fsync": "none",
    "core.looseCompression": "0",
    "diff.external": "",
    "protocol.allow": "never",
    "gc.auto": "0",
}


@dataclass(frozen=True, slots=True)
class GitOutput:
    """What one command answered: exit code, raw standard output, standard error as text."""

    code: int
    stdout: bytes
    stderr: str


def scrubbed_environment(environment: Mapping[str, str] | None = None) -> dict[str, str]:
    """Return the environment for `git`: the given one (the process's own) without any `GIT_*`, plus the fixed ones."""
    given = os.environ if environment is None else environment
    kept = {name: value for name, value in given.items() if not name.upper().startswith("GIT_")}
    return kept | _FIXED_ENVIRONMENT


def git_command(git_dir: Path, arguments: Sequence[str]) -> list[str]:
    """Return the whole command line for a subcommand with its arguments, on exactly this repository folder."""
    settings = [word for name, value in _FIXED_SETTINGS.items() for word in ("-c", f"{name}={value}")]
    # Naming the folder also skips discovery, so no repository further up or `core.worktree` steps in.
    return ["git", "--no-pager", "--literal-pathspecs", f"--git-dir={git_dir}", *settings, *arguments]


def run_git(
    git_dir: Path, arguments: Sequence[str], *, accepted: Collection[int] = (0,), given: bytes = b""
) -> GitOutput:
    """Run one command to its end and return what it answered.

    accepted: exit codes that are answers. given: what it reads. Values that come from outside stand after
    `--end-of-options`.
    Raises Unreachable where git is absent, too old, does not end in time, or exits with another code.
    """
    try:
        done = subprocess.run(
            git_command(git_dir, arguments),
            cwd=git_dir,
            env=scrubbed_environment(),
            input=given,
            capture_output=True,
            timeout=TIMEOUT_SECONDS,
            check=False,
        )
    except subprocess.TimeoutExpired:
        raise Unreachable(f"`git {arguments[0]}` gave no answer within {TIMEOUT_SECONDS} seconds") from None
    except OSError as error:
        raise _cannot_start(error) from error
    output = GitOutput(done.returncode, done.stdout, done.stderr.decode("utf-8", "replace").strip())
    if output.code not in accepted:
        raise _refused(arguments[0], output)
    return output


def start_git(git_dir: Path, arguments: Sequence[str]) -> subprocess.Popen[bytes]:
    """Start one command that answers line by line through its pipes; the caller ends it.

    Raises Unreachable where git is absent.
    """
    try:
        return subprocess.Popen(
            git_command(git_dir, arguments),
            cwd=git_dir,
            env=scrubbed_environment(),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
        )
    except OSError as error:
        raise _cannot_start(error) from error


def _cannot_start(error: OSError) -> Unreachable:
    return Unreachable(f"git can not be started ({error.strerror}); install git 2.38 or later")


def _refused(subcommand: str, output: GitOutput) -> Unreachable:
    if output.code == 129:  # git's code for words it does not know
        return Unreachable(f"this git does not know `git {subcommand}` as it is used here; install git 2.38 or later")
    lines = output.stderr.splitlines() or ["no reason given"]
    # What follows the reason is advice, or where a report of it lies.
    reason = next((line for line in lines if line.startswith("fatal: ")), lines[-1])
    return Unreachable(f"`git {subcommand}` ended with code {output.code}: {reason}")


class Quarantine:
    """A temporary bare repository that holds nothing itself and reads the objects of another.

    What a command writes (the trees of a merge) stays in it, so the real repository is never written to.
    """

    def __init__(self, objects: Path, object_format: ObjectFormat) -> None:
        self._folder = tempfile.TemporaryDirectory(prefix="rampgate-git-")
        self.git_dir = Path(self._folder.name)
        _write_bare_repository(self.git_dir, objects, object_format)

    def close(self) -> None:
        """Remove the folder with everything in it."""
        self._folder.cleanup()


def _write_bare_repository(folder: Path, objects: Path, object_format: ObjectFormat) -> None:
    """Write by hand what `git init --bare` would, 20 times faster and without any template."""
    (folder / "objects" / "info").mkdir(parents=True)
    (folder / "refs").mkdir()
    # An unborn branch: later versions of git take the attributes of a bare repository from its HEAD.
    (folder / "HEAD").write_text("ref: refs/heads/nothing\n", encoding="ascii")
    version = "0" if object_format == "sha1" else "1"
    config = f"[core]\n\trepositoryformatversion = {version}\n\tbare = true\n"
    if object_format != "sha1":
        config += f"[extensions]\n\tobjectFormat = {object_format}\n"
    (folder / "config").write_text(config, encoding="ascii")
    (folder / "objects" / "info" / "alternates").write_bytes(_quoted(os.fsencode(objects)) + b"\n")


def _quoted(path: bytes) -> bytes:
    """Return the path as a C-style quoted string, which an alternates file takes for any byte but NUL."""
    plain = set(range(0x20, 0x7F)) - {0x22, 0x5C}
    return b'"' + b"".join(bytes([byte]) if byte in plain else b"\\%03o" % byte for byte in path) + b'"'
