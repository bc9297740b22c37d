"""Makes entries of the history from what was seen: the beginning, a landing, a rewritten branch, a closed request.

Each comes with the contents that it names, by digest. Deliberately not here: their places, and how they are signed.
"""

from __future__ import annotations

from collections.abc import Container, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from rampgate.adapters.git_pack import NotingObjects
from rampgate.app.judging.gate import GateRequest, examine
from rampgate.app.recording.contents import Contents, contents_of, digest_of, pack_of
from rampgate.app.recording.landing import Seen
from rampgate.app.recording.trees import Differing, differing, every_version, ladder_of, standings, untold
from rampgate.core.recorded import Entry, Standings, decision_of, kind_of, moves_between, statements_in
from rampgate.model.record import RecordedGit, RecordedPull, RecordKind
from rampgate.model.vocabulary import RETIRED, ChangeKind

Written = tuple[Entry, Mapping[str, bytes]]
"""An entry, and the contents that it names, by digest."""


@dataclass
class Entries:
    """Makes entries about one repository. branch: the governed one."""

    git: NotingObjects
    branch: str

    def opening(self, start: str, now: str) -> Iterator[Written]:
        """Yield that the history begins, and one baseline for every version that is not retired."""
        yield Entry(RecordKind.OPENING, now, self._places(covered=start)), {}
        yield from self.baselines(start, now)

    def baselines(self, start: str, now: str, without: Container[tuple[str, str]] = ()) -> Iterator[Written]:
        """Yield one baseline for every version that was not retired. without: those that have one already."""
        tree = self.git.tree_of(start)
        found = standings(self.git, tree, every_version(self.git, tree), ladder_of(self.git, tree))
        for move in moves_between({}, found):
            if move.to != RETIRED and (move.model, move.version) not in without:
                places = self._places(covered=start, landed=start)
                yield Entry(RecordKind.BASELINE, now, places, {move.model}, moves=(move,)), {}

    def untold(self, start: str) -> Iterator[str]:
        """Yield in words which versions have no baseline because nobody can say where they stand."""
        for path in untold(self.git, self.git.tree_of(start)):
            yield (
                f"no baseline for `{path}`: no card can be read there as of commit {start[:10]}, so the history does "
                "not say where it stands; put the card right, and what lands is recorded"
            )

    def rewritten(self, covered: str, tip: str, before: Standings | None, now: str) -> Written:
        """Return that the branch does not hold the newest commit on record any more.

        before: where every version stood by the records, where that commit can not be had; else None.
        """
        git, tree = self.git, self.git.tree_of(tip)
        ladder = ladder_of(git, tree)
        pack: bytes | None = None
        if before is None:
            was = git.tree_of(covered)
            versions = differing(git, was, tree).versions
            before = standings(git, was, versions, ladder)
            # What was judged there can be judged again, though no branch leads to it any more.
            pack = pack_of(git, [covered], [], without=tip)
        else:
            versions = frozenset({*before, *every_version(git, tree)})
        moves = moves_between(before, standings(git, tree, versions, ladder))
        fault = f"the branch was rewritten: commit {covered}, the newest on record, is not on it any more"
        places = self._places(covered=tip, landed=tip, objects=digest_of(pack) if pack else None)
        models = {move.model for move in moves}
        entry = Entry(RecordKind.REWRITTEN, now, places, models, moves=moves, faults=(fault,))
        return entry, {digest_of(pack): pack} if pack else {}

    def landing(self, seen: Seen) -> Written:
        """Return what landed with one commit, and what was decided of it."""
        git, step, decision = self.git, seen.step, seen.decision
        read = set(git.noted)
        before, after = git.tree_of(step.parent), git.tree_of(step.commit)
        differs = differing(git, before, after)
        ladder = ladder_of(git, before) or ladder_of(git, after)
        was, stands = (standings(git, tree, differs.versions, ladder) for tree in (before, after))
        whole = decision
        if decision.change is ChangeKind.NONE and seen.claim is not None:
            whole = examine(GateRequest(git, step.parent, step.commit, seen.at)).decision
        about = self._about(seen, differs, read)
        places = self._places_of(seen, about, landed=step.commit, covered=step.commit)
        kind = kind_of(decision, whole, touches_rules=differs.touches_rules)
        entry = _entry(seen, differs, about, kind=kind, git=places, moves=moves_between(was, stands))
        return entry, about.by_digest

    def closed(self, seen: Seen, covered: str) -> Written:
        """Return the last decision on a pull request that was closed without a merge."""
        git, decision = self.git, seen.decision
        read = set(git.noted)
        after = seen.landing_tree or git.tree_of(seen.head)
        differs = differing(git, git.tree_of(seen.step.parent), after)
        about = self._about(seen, differs, read)
        places = self._places_of(seen, about, landed=None, covered=covered)
        kind = kind_of(decision, decision, touches_rules=differs.touches_rules)
        return _entry(seen, differs, about, kind=kind, git=places, moves=()), about.by_digest

    def _about(self, seen: Seen, differs: Differing, read: set[str]) -> Contents:
        return contents_of(self.git, seen, differs.models, differs.stated.values(), read)

    def _places_of(self, seen: Seen, about: Contents, *, landed: str | None, covered: str) -> RecordedGit:
        reviewed = seen.claim.reviewed if seen.claim else ()
        return self._places(
            base=seen.step.parent,
            head=seen.head,
            landing_tree=seen.landing_tree,
            landed=landed,
            covered=covered,
            objects=about.objects,
            unread=tuple(each for each in reviewed if not self.git.has_commit(each)),
        )

    def _places(self, *, covered: str, base: str | None = None, landed: str | None = None, **more: Any) -> RecordedGit:
        none = dict.fromkeys(("head", "landing_tree", "objects"))
        places = {**none, "base": base, "landed": landed, "covered": covered, **more}
        sides = {"base_tree": base, "landed_tree": landed}
        trees = {name: self.git.tree_of(each) if each else None for name, each in sides.items()}
        return RecordedGit.model_validate({"branch": self.branch, **places, **trees})


def _entry(seen: Seen, differs: Differing, about: Contents, **more: Any) -> Entry:
    decision = seen.decision
    return Entry(
        at=seen.at,
        models={*differs.models, *([decision.transition.model] if decision.transition else [])},
        pull=_pull(seen, "merged" if more["git"].landed else "closed"),
        decision=decision_of(decision, seen.judged.facts, about.reviews),
        faults=seen.faults,
        statements=statements_in(differs.stated),
        **more,
    )


def _pull(seen: Seen, state: str) -> RecordedPull | None:
    if seen.claim is None:
        return None
    facts = seen.judged.facts
    author = (facts.reviews.author if facts else "") or seen.claim.login
    return RecordedPull.model_validate({"number": seen.claim.number, "state": state, "author": author})
