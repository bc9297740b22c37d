"""Reads from the environment of a run of GitHub Actions what it is about and where it is."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from rampgate.adapters.github.settings import Settings, settings_from
from rampgate.errors import Unreachable, UsageProblem
from rampgate.formats.github_event import wake_of
from rampgate.model.wake import Wake


@dataclass(frozen=True, slots=True)
class CiRequest:
    """One run. repo: a whole clone; wake: what woke it; url: the page of the run; comments: whether to write any."""

    repo: Path
    wake: Wake
    settings: Settings
    context: str
    url: str = ""
    comments: bool = True


def request_from(environ: Mapping[str, str], repo: Path, context: str, *, comments: bool = True) -> CiRequest:
    """Return what a run is to do, from the variables that GitHub Actions sets.

    Raises UsageProblem outside GitHub Actions, InvalidInput for an event that can not be read, Unreachable where its
    file is gone.
    """
    wake = _wake(environ)
    settings = settings_from(environ)
    number = environ.get("GITHUB_RUN_ID", "")
    page = f"{settings.server_url}/{settings.repository}/actions/runs/{number}" if number.isdecimal() else ""
    return CiRequest(repo, wake, settings, context, page, comments)


def _wake(environ: Mapping[str, str]) -> Wake:
    name, path = environ.get("GITHUB_EVENT_NAME", ""), environ.get("GITHUB_EVENT_PATH", "")
    if not name or not path:
        raise UsageProblem(
            "GITHUB_EVENT_NAME and GITHUB_EVENT_PATH are not set: this command runs inside GitHub Actions\n"
            "to judge a branch here, use `rampgate gate --base main --head BRANCH`"
        )
    try:
        return wake_of(name, Path(path).read_bytes(), path)
    except OSError as error:
        raise Unreachable(f"{path}: {error.strerror or error}") from error
