"""Judges one pull request: fetches its objects, asks the forge, decides, and looks again before it allows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

from rampgate.adapters.git_fetch import fetch, remote_refs
from rampgate.adapters.git_objects import GitObjects
from rampgate.adapters.github.client import GitHub
from rampgate.app.ci.fetch_history import HistoryThere, fetch_history
from rampgate.app.ci.gather import Said, gather
from rampgate.app.judging.gate import GateRequest, Judged, examine
from rampgate.app.judging.trees import GitTree
from rampgate.app.moving.stages import read_people
from rampgate.core.decide import decide
from rampgate.errors import InvalidInput, Unreachable
from rampgate.formats.github_event import queue_entry
from rampgate.model.finding import Finding
from rampgate.model.people import RoleTeam
from rampgate.model.vocabulary import ChangeKind, Effect, Outcome, Verdict

ATTEMPTS: Final = 3
"""How often a pull request is judged anew where it changes while it is being judged."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where judging happens. git: a whole clone, open; url: what to fetch from; branch: governed."""

    git: GitObjects
    url: str
    token: str
    branch: str


@dataclass(frozen=True, slots=True)
class PullJudged:
    """The judgement of one pull request, and what the forge said of it. base: the commit that it was compared with.

    history: the commit at which the decision history stood, "" for none.
    """

    said: Said
    judged: Judged
    base: str
    history: str = ""

    @property
    def verdict(self) -> Verdict | None:
        """Return the verdict, None where nothing governed differs."""
        return self.judged.decision.verdict


def judge_pull(forge: GitHub, place: Place, number: int) -> PullJudged:
    """Return the judgement of a pull request as it is now.

    An allowance is given only where, asked again, the forge says the same and neither the base nor the decision history
    has moved; where it keeps moving, Unreachable says so. Raises Unreachable where forge or Git do not answer.
    """
    for _ in range(ATTEMPTS):
        base = fetch_branch(place)
        history = history_at(place, base)
        said = gather(forge, number, teams_of(place.git, base))
        fetch_head(place, said)
        judged = examine(GateRequest(place.git, base, said.head, moment(forge), said.body()))
        _refuse_rewritten(history, judged)
        one = PullJudged(said, judged, base, history.tip)
        if judged.decision.verdict not in (Verdict.ALLOW, None) or is_still(forge, place, one):
            return one
    raise never_still(number)


def is_still(forge: GitHub, place: Place, one: PullJudged) -> bool:
    """Return whether the forge, asked again, says what was judged, and neither base nor history has moved.

    Any record that came in meanwhile may tell of something that went past the gate, so it is judged with that one too.
    """
    if fetch_branch(place) != one.base or history_at(place, one.base).tip != one.history:
        return False
    return gather(forge, one.said.number).is_as(one.said)


def history_at(place: Place, base: str) -> HistoryThere:
    """Return the history that `base` declares, as the forge has it; see `fetch_history`."""
    return fetch_history(place.git, place.url, place.token, base)


def _refuse_rewritten(history: HistoryThere, judged: Judged) -> None:
    """Raise InvalidInput where the history is not to be gone by; going down does not wait for one."""
    if history.problem is not None and judged.decision.change not in (ChangeKind.ROLLBACK, ChangeKind.RETIRE):
        raise history.problem


def never_still(number: int) -> Unreachable:
    """Return the error for a pull request that changed at every attempt to judge it."""
    return Unreachable(f"pull request {number} changed {ATTEMPTS} times while it was judged; run this again")


def judge_queued(forge: GitHub, place: Place, number: int, group: str) -> PullJudged:
    """Return the judgement of the merge queue's commit `group`, which must be its base and one pull request.

    What would land is the group's own tree; it must equal what merging the pull request into the group's base gives.
    As for a pull request, an allowance is given only where the forge and the history, asked again, say the same.
    """
    fetch_branch(place)
    missing = fetch(place.git, place.url, refs=(), shas=(group,), token=place.token)
    if missing:
        raise Unreachable(f"the merge queue's commit {group[:7]} can not be fetched; it may have left the queue")
    parents = place.git.commit(group).parents
    base = parents[0] if parents else group
    teams = teams_of(place.git, base)
    for _ in range(ATTEMPTS):
        history = history_at(place, base)
        said = gather(forge, number, teams)
        fetch_head(place, said)
        judged = examine(GateRequest(place.git, base, said.head, moment(forge), said.body()))
        _refuse_rewritten(history, judged)
        expected, landing = place.git.merge_tree(base, said.head).tree, place.git.tree_of(group)
        if expected != landing:
            return PullJudged(said, _another_tree(judged, number, group), base, history.tip)
        one = PullJudged(said, judged, base, history.tip)
        if judged.decision.verdict not in (Verdict.ALLOW, None) or _is_as_queued(forge, place, one, teams):
            return one
    raise never_still(number)


def _is_as_queued(forge: GitHub, place: Place, one: PullJudged, teams: Sequence[RoleTeam]) -> bool:
    return history_at(place, one.base).tip == one.history and gather(forge, one.said.number, teams).is_as(one.said)


def queued(place: Place) -> Mapping[int, tuple[str, ...]]:
    """Return the commits that the merge queue of the governed branch holds, by the pull request that each is for."""
    found: dict[int, tuple[str, ...]] = {}
    pattern = f"refs/heads/gh-readonly-queue/{place.branch}/*"
    for ref, commit in sorted(remote_refs(place.git, place.url, pattern, token=place.token).items()):
        entry = queue_entry(ref)
        if entry is not None and entry.base == place.branch:
            found[entry.pull] = (*found.get(entry.pull, ()), commit)
    return found


def fetch_branch(place: Place) -> str:
    """Return the commit at which the governed branch stands at the forge; every object of it is here afterwards."""
    ref = f"refs/remotes/origin/{place.branch}"
    fetch(place.git, place.url, refs=(f"+refs/heads/{place.branch}:{ref}",), shas=(), token=place.token)
    return place.git.resolve(ref)


def fetch_head(place: Place, said: Said) -> None:
    """Bring the head and every reviewed commit here, by their ids; a reviewed one that is gone is judged as gone."""
    wanted = (said.head, *(commit for commit in said.reviewed() if commit != said.head))
    ref = f"refs/rampgate/pull/{said.number}"
    missing = fetch(
        place.git, place.url, refs=(f"+refs/pull/{said.number}/head:{ref}",), shas=wanted, token=place.token
    )
    if said.head in missing:
        raise Unreachable(f"the head {said.head[:7]} of pull request {said.number} can not be fetched; run this again")


def moment(forge: GitHub) -> str:
    """Return the moment of a judgement by the forge's clock, RFC 3339 in UTC: the runner's may be wrong."""
    return forge.time().strftime("%Y-%m-%dT%H:%M:%SZ")


def teams_of(git: GitObjects, base: str) -> tuple[RoleTeam, ...]:
    """Return the teams whose members hold roles; the judge says what is wrong with a people file that can not be read.

    A pull request never names the teams: they are those of the base.
    """
    tree = GitTree(git, git.tree_of(base), "base")
    try:
        return read_people(tree).teams
    except InvalidInput:
        return ()


def _another_tree(judged: Judged, number: int, group: str) -> Judged:
    finding = Finding(
        rule="change.lands-as-judged",
        kind="change.well_formed",
        outcome=Outcome.INSUFFICIENT,
        effect=Effect.BLOCK,
        title="What would land is what was judged",
        message=f"the merge queue's commit {group[:7]} holds more, or other files, than pull request {number}",
        found="another tree",
        expected="the tree of this pull request merged into the base",
        fix="let the queue build and merge one pull request at a time: group size 1, one entry to build",
    )
    findings = (finding, *judged.decision.findings)
    return replace(judged, decision=replace(judged.decision, findings=findings, verdict=decide(findings)))


def pull_url(said: Said) -> str:
    """Return the page of a pull request, "" where the forge names none."""
    url: Any = said.pull.get("html_url")
    return url if isinstance(url, str) else ""
