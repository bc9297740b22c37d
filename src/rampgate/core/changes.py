"""What a diff is: one change of one model, by comparing the tree on base with the tree that would land.

Nothing is declared by the pull request; titles, labels and branch names play no part. What is more than one change
comes back with `faults`, and is refused by the built-in rule `change.well_formed`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from rampgate.core.paths import Area, VersionPath, area_of, split
from rampgate.model.card import Card
from rampgate.model.change import Change, Move, TouchedPath, Transition
from rampgate.model.ladder import Ladder
from rampgate.model.sourced import Sourced
from rampgate.model.vocabulary import RETIRED, STANDBY, ChangeKind

Cards = Mapping[str, Sourced[Card]]
"""Version -> card, of one model in one tree."""


@dataclass(frozen=True, slots=True)
class ModelDiff:
    """One model in both trees, with the paths of its versions that differ.

    restored: the versions for which the diff adds an event of kind `restore`. bypasses: the paths of files under
    `events/` that hold a break-glass or a review of one, which rules of their own judge. retraining: those of decisions
    about retraining, which may come in whatever only adds files.
    """

    model: str
    before: Cards
    after: Cards
    touched: tuple[tuple[VersionPath, TouchedPath], ...]
    restored: frozenset[str] = frozenset()
    bypasses: frozenset[str] = frozenset()
    retraining: frozenset[str] = frozenset()

    def stage(self, version: str, cards: Cards, ladder: Ladder) -> str:
        """Return the stage of a version by today's name, "" where it has no card."""
        if version not in cards:
            return ""
        written = cards[version].noun.stage
        return ladder.canonical(written) or written

    def versions(self) -> list[str]:
        """Return every version whose folder differs, in order."""
        return sorted({path.version for path, _ in self.touched})

    def files(self, version: str) -> list[tuple[str, TouchedPath]]:
        """Return the differing files of one version by their path inside its folder."""
        return [(path.rest, touched) for path, touched in self.touched if path.version == version]


def touched_models(touched: Sequence[TouchedPath]) -> list[str]:
    """Return the models whose version folders differ, in order."""
    return sorted({path.model for each in touched if (path := split(each.path)) is not None})


def classify(touched: Sequence[TouchedPath], diffs: Sequence[ModelDiff], ladder: Ladder) -> Change:
    """Return what the diff is. `diffs` holds one entry for each of `touched_models(touched)`."""
    areas = {each: [t for t in touched if area_of(t.path) is each] for each in Area}
    paths = tuple(touched)
    if areas[Area.CONTROL]:
        mixed = [*areas[Area.VERSION], *areas[Area.WAIVER]]
        faults = _mixed("a policy change moves no model and brings no waiver", mixed)
        return Change(ChangeKind.POLICY, touched=paths, faults=faults)
    if areas[Area.WAIVER]:
        return _waiver_change(areas, paths)
    if not diffs:
        return Change(ChangeKind.NONE, touched=paths)
    if len(diffs) > 1:
        names = ", ".join(f"`{diff.model}`" for diff in diffs)
        fault = f"it changes {len(diffs)} models ({names}); one pull request is one change of one model"
        return Change(ChangeKind.AMEND, touched=paths, faults=(fault,))
    outside = [each.path for each in (*areas[Area.OUTSIDE], *areas[Area.PROSE])]
    return _model_change(diffs[0], ladder, paths, outside)


def _waiver_change(areas: Mapping[Area, list[TouchedPath]], paths: tuple[TouchedPath, ...]) -> Change:
    others = [each for area, found in areas.items() if area is not Area.WAIVER for each in found]
    faults = list(_mixed("a waiver comes or goes alone", others))
    waivers = areas[Area.WAIVER]
    if len(waivers) > 1:
        faults.append(f"it changes {len(waivers)} waivers; a waiver change adds or removes exactly one")
    faults += [
        f"it edits `{each.path}`; remove the waiver and grant a new one"
        for each in waivers
        if not each.was_added and not each.was_removed
    ]
    return Change(ChangeKind.WAIVER, touched=paths, faults=tuple(faults))


def _mixed(rule: str, others: Sequence[TouchedPath]) -> tuple[str, ...]:
    if not others:
        return ()
    listed = ", ".join(f"`{each.path}`" for each in others[:3])
    more = f" and {len(others) - 3} more" if len(others) > 3 else ""
    return (f"{rule}, but it also changes {listed}{more}; split it into two pull requests",)


def _model_change(diff: ModelDiff, ladder: Ladder, paths: tuple[TouchedPath, ...], outside: list[str]) -> Change:
    moves = tuple(
        Move(version, before, after)
        for version in diff.versions()
        if (before := diff.stage(version, diff.before, ladder)) != (after := diff.stage(version, diff.after, ladder))
    )
    removed = [move for move in moves if not move.after]
    kind, main, side = _main_move([move for move in moves if move.after], diff, ladder)
    faults = [
        f"it removes the card of version {move.version}, which stood at `{move.before}`; a version leaves by "
        f"`stage: {RETIRED}`, and its card stays"
        for move in removed
    ]
    companions = {side.version} if side else set()
    strays = [v for v in diff.versions() if v != main.version and v not in companions]
    faults += [
        f"it also changes version {version}; one pull request is one change of one version"
        for version in strays
        if version not in {move.version for move in removed}
    ]
    if main.version not in diff.after:
        if main.version not in {move.version for move in removed}:
            faults.append(f"version {main.version} has files but no `card.yaml`")
        return Change(kind, moves=moves, touched=paths, faults=tuple(faults))
    if side and _edits_beside_stage(diff, side.version):
        faults.append(f"version {side.version} may change its `stage` alone when another version takes its place")
    if kind in (ChangeKind.ROLLBACK, ChangeKind.RETIRE, ChangeKind.RESTORE):
        faults += _only_stage_and_event(diff, main.version, kind, outside)
    else:
        faults += _events_without_move(diff, may_decide=kind is ChangeKind.AMEND and _only_adds(diff, main.version))
    transition = Transition(
        diff.model,
        main.version,
        diff.after[main.version].noun.artifact.identity,
        main.before,
        main.after,
        side.version if side else "",
    )
    return Change(
        kind,
        transition,
        moves,
        paths,
        tuple(faults),
        only_adds=_only_adds(diff, main.version),
        edits_beside_stage=_edits_beside_stage(diff, main.version),
    )


def _main_move(moves: list[Move], diff: ModelDiff, ladder: Ladder) -> tuple[ChangeKind, Move, Move | None]:
    """Return the kind, the move that the change is about, and the companion move of incumbent or fallback."""
    for kind, is_main, is_side in (
        (ChangeKind.ROLLBACK, _is_down, _is_back),
        (ChangeKind.RETIRE, lambda move, _: move.after == RETIRED and bool(move.before), None),
        (ChangeKind.RESTORE, lambda move, of: _is_up(move, of) and move.version in diff.restored, _is_aside),
        (ChangeKind.PROMOTE, _is_up, _is_aside),
        (ChangeKind.RESTORE, _is_back, _is_aside),
        (ChangeKind.REGISTER, lambda move, _: not move.before, None),
        (ChangeKind.PROMOTE, lambda _move, _ladder: True, None),
    ):
        main = next((move for move in moves if is_main(move, ladder)), None)
        if main is None:
            continue
        swaps = ladder.last in (main.before, main.after)
        side = next((m for m in moves if m != main and is_side and swaps and is_side(m, ladder)), None)
        return kind, main, side
    version = diff.versions()[0]
    stage = diff.stage(version, diff.after, ladder)
    return ChangeKind.AMEND, Move(version, stage, stage), None


def _is_up(move: Move, ladder: Ladder) -> bool:
    before, after = ladder.position(move.before), ladder.position(move.after)
    return before is not None and after is not None and after > before


def _is_down(move: Move, ladder: Ladder) -> bool:
    before, after = ladder.position(move.before), ladder.position(move.after)
    return before is not None and after is not None and after < before


def _is_aside(move: Move, ladder: Ladder) -> bool:
    return move.before == ladder.last and move.after == STANDBY


def _is_back(move: Move, ladder: Ladder) -> bool:
    return move.before == STANDBY and move.after == ladder.last


def _without_stage(card: Sourced[Card]) -> dict[str, object]:
    return {key: value for key, value in card.raw.items() if key != "stage"}


def _edits_beside_stage(diff: ModelDiff, version: str) -> bool:
    """Return whether anything of a version differs but the value of `stage`."""
    if any(rest != "card.yaml" for rest, _ in diff.files(version)):
        return True
    if version not in diff.before or version not in diff.after:
        return True
    return _without_stage(diff.before[version]) != _without_stage(diff.after[version])


def _only_adds(diff: ModelDiff, version: str) -> bool:
    """Return whether a version gains evidence, attestations or events and nothing else of it changes."""
    if version not in diff.before:
        return False
    for rest, touched in diff.files(version):
        is_statement = rest.startswith(("evidence/", "attestations/", "events/"))
        if rest != "card.yaml" and not (is_statement and touched.was_added):
            return False
    before, after = dict(diff.before[version].raw), dict(diff.after[version].raw)
    listed = before.pop("evidence", []), after.pop("evidence", [])
    before.pop("stage"), after.pop("stage")
    return before == after and list(listed[1][: len(listed[0])]) == list(listed[0])


def _events_without_move(diff: ModelDiff, *, may_decide: bool) -> list[str]:
    """Return the events that a change brings or edits without a move that they could tell.

    A restore rests on the rollbacks on record; whoever could write one beside them could skip rungs. A decision about
    retraining grants nothing, and comes where `may_decide` says so: in a change that only adds files.
    """
    alone = diff.bypasses | (diff.retraining if may_decide else frozenset())
    faults = []
    for path, touched in diff.touched:
        if not path.rest.startswith("events/") or (touched.was_added and touched.path in alone):
            continue
        if touched.was_added and touched.path in diff.retraining:
            words = "a decision about retraining comes in a change that only adds files"
        else:
            words = "an event comes in the change that makes its move, and stays as it is"
        faults.append(f"it touches the event `{touched.path}`; {words}")
    return faults


def _only_stage_and_event(diff: ModelDiff, version: str, kind: ChangeKind, outside: list[str]) -> list[str]:
    """Return what a change that needs no approval beforehand carries beside its stage line and one event file."""
    extra = list(outside)
    events = 0
    for rest, touched in diff.files(version):
        if rest.startswith("events/") and touched.was_added:
            events += 1
        elif rest != "card.yaml":
            extra.append(touched.path)
    faults = []
    if extra:
        rule = f"a {kind} changes stage lines and adds one event file, nothing else"
        faults.append(f"{rule}; it also changes `{extra[0]}`")
    if version in diff.before and _without_stage(diff.before[version]) != _without_stage(diff.after[version]):
        faults.append(f"a {kind} changes nothing in the card but `stage`")
    if events > 1:
        faults.append(f"a {kind} adds one event file, not {events}")
    return faults
