"""Append to the branch that holds the decision history: new commits on top of a known tip, and one push of the last.

Each commit adds its own files and touches no other. The commits are made in a temporary repository, so that nothing of
a run stays behind that was not pushed; the push is never forced, so that of two writers one is told to look again.
Deliberately not here: what records mean, and who signs them.

Example::

    tip = append(git, url, "decisions", known_tip, [addition], token=token)
    if tip is None:  # somebody else was faster: fetch, judge again, append again
        ...
"""

from __future__ import annotations

import re
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from rampgate.adapters.clock import parse_rfc3339
from rampgate.adapters.git_fetch import remote_refs
from rampgate.adapters.git_locks import free_lock
from rampgate.adapters.git_objects import GitObjects
from rampgate.adapters.git_remote import Remote
from rampgate.adapters.git_run import GitOutput, run_git
from rampgate.errors import Unreachable

AUTHOR: Final = "rampgate <rampgate@localhost>"
"""Whoever runs the recorder: its signature says who, a name in a commit does not."""

_MADE: Final = "refs/rampgate/made"
_WORDS: Final = (
    *("push", "--quiet", "--porcelain", "--no-verify", "--no-follow-tags", "--recurse-submodules=no"),
    *("--receive-pack=git-receive-pack", "--end-of-options"),
)
# What either side says where the branch is not, or while pushing did not stay, where it was looked for.
_MOVED: Final = re.compile(
    r"fetch first|non-fast-forward|already exists|cannot lock ref|failed to lock|failed to update ref"
    r"|incorrect old value"
)
# What the other side says where Git tidied its repository up in the very moment (a folder of objects that had become
# empty was taken away): the next push finds it made again.
_PASSING: Final = "unable to migrate objects to permanent storage"
_TRIES: Final = 5
_WAIT_SECONDS: Final = 0.2
# In what words the other side says why.
_TOLD: Final = re.compile(r"^(?:remote: |error: remote unpack failed: )(.*\S)", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Addition:
    """What one commit adds. files: path -> content; title: one line; at: its date, RFC 3339."""

    files: Mapping[str, bytes]
    title: str
    at: str


def append(
    git: GitObjects, url: str, branch: str, tip: str | None, additions: Sequence[Addition], *, token: str = ""
) -> str | None:
    """Append one commit for each addition after `tip`, push the last one, and return its name.

    url: what to push to, see `fetch`. tip: where the branch was found, None for a branch that is to begin. The same
    additions after the same tip give the same commits. Returns None where the branch is elsewhere by now.
    Raises Unreachable where the other side does not answer, or refuses for another reason.
    """
    remote, ref = Remote(url, token), f"refs/heads/{branch}"
    remote.check((ref,))
    made = _made(git, tip, additions)
    output = _pushed(git, remote, f"{made}:{ref}")
    if output.code == 0:
        return made
    # An answer can get lost: what the branch is now tells whether the push arrived.
    now = remote_refs(git, url, ref, token=token).get(ref)
    if now == made:
        return made
    said = output.stdout.decode("utf-8", "replace") + output.stderr
    if now != tip or free_lock(git.git_dir, said) or _MOVED.search(said):
        return None
    raise remote.failed("push", _reasoned(output, said), "write the contents, and may push to this branch")


def _pushed(git: GitObjects, remote: Remote, refspec: str) -> GitOutput:
    """Push, again and again for a moment where the other side only stumbled."""
    for _ in range(_TRIES - 1):
        output = remote.run(git.scratch, _WORDS, (refspec,))
        if output.code == 0 or _PASSING not in output.stdout.decode("utf-8", "replace"):
            return output
        time.sleep(_WAIT_SECONDS)
    return remote.run(git.scratch, _WORDS, (refspec,))


def _reasoned(output: GitOutput, said: str) -> GitOutput:
    """Return the output with the line of the refused ref as its reason, and what the other side told beside it."""
    refused = [line.split("\t")[-1] for line in said.splitlines() if line.startswith("!")]
    if not refused:
        return output
    reason = ": ".join([refused[0], *_TOLD.findall(output.stderr)[:1]])
    return GitOutput(output.code, b"", f"error: {reason}\n{output.stderr}")


def _made(git: GitObjects, tip: str | None, additions: Sequence[Addition]) -> str:
    if tip is not None and not git.has_commit(tip):
        raise Unreachable(f"commit {tip[:7]} of the decision history is not here; fetch it, and run this again")
    script = b"".join(_script(tip, additions))
    run_git(git.scratch, ["fast-import", "--quiet", "--done", "--force", "--date-format=raw"], given=script)
    return run_git(git.scratch, ["rev-parse", "--verify", _MADE]).stdout.decode("ascii").strip()


def _script(tip: str | None, additions: Sequence[Addition]) -> Iterator[bytes]:
    """Yield what `git fast-import` reads; a ref that an earlier call left is begun anew."""
    yield f"reset {_MADE}\n".encode()
    if tip is not None:
        yield f"from {tip}\n".encode()
    yield b"\n"
    for each in additions:
        seconds = int(parse_rfc3339(each.at).timestamp())
        yield f"commit {_MADE}\ncommitter {AUTHOR} {seconds} +0000\n".encode()
        yield _data(f"{each.title}\n".encode())
        for path, content in sorted(each.files.items()):
            yield f"M 100644 inline {path}\n".encode() + _data(content)
    yield b"done\n"


def _data(content: bytes) -> bytes:
    return b"data %d\n%s\n" % (len(content), content)
