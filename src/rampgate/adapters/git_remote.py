"""Start `git` where it talks to another repository: one address, one token, nothing of anybody's settings.

Here: the checks of what is asked for, the settings and the environment of that one process, and its errors in words.
No tags, submodules, hooks, credential programs or redirects; only http, https and folders. The token goes through the
environment, so that it stands in no command line, no configuration file and no message. What is asked for is said in
`git_fetch` and `ledger_write`.
"""

from __future__ import annotations

import re
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

from rampgate.adapters.git_run import GitOutput, git_command, scrubbed_environment
from rampgate.adapters.github.settings import LOOPBACK, basic_authentication, check_token, checked_url, redacted
from rampgate.errors import Unreachable, UsageProblem
from rampgate.reports.escape import plain

TIMEOUT_SECONDS: Final = 300

SHA: Final = re.compile(r"[0-9a-f]{40}|[0-9a-f]{64}")
_REF: Final = r"(?:HEAD|refs/[^\s:^~?\[\\\x00-\x1f\x7f]+)"
_REFSPEC: Final = re.compile(rf"\+?{_REF}(?::{_REF})?")

_SETTINGS: Final = {
    "protocol.version": "2",
    "credential.helper": "",
    "http.followRedirects": "false",
    "http.sslVerify": "true",
    # A server that has gone quiet is given up before the whole time is over.
    "http.lowSpeedLimit": "1000",
    "http.lowSpeedTime": "60",
    # What is fetched stays, unlike what the judge writes: it must be on the disk, packed. These words are the default,
    # for which there is no word that git takes without a warning.
    "core.fsync": "-loose-object",
    # Two runs in one clone wait for each other's refs.
    "core.filesRefLockTimeout": "10000",
    "fetch.unpackLimit": "1",
    "fetch.writeCommitGraph": "false",
    "fetch.recurseSubmodules": "false",
    "fetch.prune": "false",
    "fetch.bundleURI": "",
    "push.followTags": "false",
    "push.gpgSign": "false",
    "push.recurseSubmodules": "no",
}
# What Git says where a disk, and not the network, is the trouble.
_DISK: Final = re.compile(
    r"No space left on device|Read-only file system|Disk quota exceeded|File too large|Out of diskspace"
    r"|unable to create temporary object directory"
)


@dataclass(frozen=True, slots=True)
class Remote:
    """The other side, and the token for it ("" for none). url: https, http on this machine, `file://` or a folder."""

    url: str
    token: str = ""

    def check(self, refspecs: Sequence[str] = ()) -> None:
        """Raise UsageProblem for an address, a token or a refspec that can not be one."""
        check_token(self.token)
        if urlsplit(self.url).scheme in ("http", "https"):
            checked_url(self.url, "the address to fetch from")
        elif not self.url.startswith(("file:///", "/")):
            raise UsageProblem(f"`{plain(self.url)}` is no address to fetch from; give one with https, or a whole path")
        for ref in refspecs:
            if not _REFSPEC.fullmatch(ref):
                raise UsageProblem(
                    f"`{plain(ref)}` is no refspec; give one such as `refs/heads/main:refs/remotes/x/main`"
                )

    def run(self, git_dir: Path, words: Sequence[str], what: Sequence[str]) -> GitOutput:
        """Run one command with the address and what is asked of it behind its words.

        Raises Unreachable where git is absent, or the other side does not end in time.
        """
        # As in the API's transport: what stays on this machine, unencrypted, must not pass a proxy.
        direct = {"http.proxy": ""} if urlsplit(self.url).hostname in LOOPBACK else {}
        settings = [word for name, value in (_SETTINGS | direct).items() for word in ("-c", f"{name}={value}")]
        try:
            done = subprocess.run(
                git_command(git_dir, [*settings, *words, self.url, *what]),
                cwd=git_dir,
                env=self._environment(),
                stdin=subprocess.DEVNULL,
                capture_output=True,
                timeout=TIMEOUT_SECONDS,
                # Whoever kills this program leaves git to end by itself, and no lock of a ref behind.
                start_new_session=True,
                check=False,
            )
        except subprocess.TimeoutExpired:
            named = self._named(words[0])
            raise Unreachable(f"{named} did not end within {TIMEOUT_SECONDS} seconds; try again") from None
        except OSError as error:
            raise Unreachable(f"git can not be started ({error.strerror}); install git 2.38 or later") from None
        return GitOutput(done.returncode, done.stdout, done.stderr.decode("utf-8", "replace").strip())

    def failed(self, command: str, output: GitOutput, may: str = "read the contents") -> Unreachable:
        """Return the error for a command that ended badly. may: what the token has to be allowed to do."""
        lines = [line for line in output.stderr.splitlines() if line.strip()]
        # The last line is often advice ("and the repository exists."); the first that says `fatal` is the reason.
        reasons = [line for line in lines if line.startswith(("fatal:", "error:"))] or lines or ["no reason given"]
        reason = plain(redacted(reasons[0], self.token))[:300].replace("`", "'")
        advice = f"check the address, the network, and that the token may {may}"
        if _DISK.search(output.stderr):
            advice = "check that the disk can be written to, and has room"
        return Unreachable(f"{self._named(command)} ended with code {output.code}: `{reason}`; {advice}")

    def _named(self, command: str) -> str:
        way = "to" if command == "push" else "from"
        return f"`git {command}` {way} `{plain(self.url)}`"

    def _environment(self) -> dict[str, str]:
        """Return the environment of the command: no program may ask for a password, and the token is one header."""
        environment = scrubbed_environment() | {"GIT_ALLOW_PROTOCOL": "http:https:file", "GIT_ASKPASS": ""}
        if not self.token:
            return environment
        name = f"http.{self.url}.extraheader"
        # The empty one first drops what the repository's own configuration adds (actions/checkout leaves such a
        # header): GitHub refuses two.
        headers = ("", f"Authorization: Basic {basic_authentication(self.token)}")
        environment["GIT_CONFIG_COUNT"] = str(len(headers))
        for place, header in enumerate(headers):
            environment |= {f"GIT_CONFIG_KEY_{place}": name, f"GIT_CONFIG_VALUE_{place}": header}
        return environment
