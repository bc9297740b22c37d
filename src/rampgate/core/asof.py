"""What stood where at a moment: a fold over the records that had happened by then.

The order of the history is that of the governed branch, and what landed later never counts as earlier. So what had
happened is everything before the first landing whose moment had not come. Dates of commits have no part in it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from rampgate.core.chronicle import stays
from rampgate.core.fate import subjects
from rampgate.core.history_select import corrections
from rampgate.core.instants import instant
from rampgate.model.history import Stay
from rampgate.model.history_views import Entry, Stood
from rampgate.model.ladder import Ladder
from rampgate.model.record import Record, RecordKind
from rampgate.model.sourced import Missing
from rampgate.model.vocabulary import RETIRED

Key = tuple[str, str]


def happened(entries: Sequence[Entry], moment: str) -> Sequence[Entry]:
    """Return the entries that had happened by a moment (as `instant` writes it), that moment included.

    A baseline says how things stood when the history began, whenever it was written. Empty before the opening.
    """
    if instant(entries[0].record.at) > moment:
        return ()
    later = [instant(each.record.at) > moment and each.record.kind is not RecordKind.BASELINE for each in entries]
    end = next((place for place, each in enumerate(entries) if later[place] and each.record.landed), len(entries))
    # What was closed without landing may be on record before an earlier landing; at the end it is left out.
    while later[end - 1]:
        end -= 1
    return entries[:end]


def stood(entries: Sequence[Entry], ladder: Ladder | Missing) -> list[Stood]:
    """Return where every version stood after these entries, retired ones too: by model, the highest rung first."""
    about = _about(entries)
    put_right = corrections(entries)
    ways = _ways(entries)
    found: list[Stood] = []
    for model in sorted(about):
        where = stays(about[model].values(), model)
        shares = Shares.of(where.values(), ladder)
        rows = [_row(entries, model, stay, shares, ways[model, stay.version], put_right) for stay in where.values()]
        found += sorted(rows, key=lambda row: (-shares.rank(row.stage), row.version))
    return found


def _about(entries: Sequence[Entry]) -> dict[str, dict[int, Record]]:
    """Return model -> place -> each record that moves it, none of them as of a moment before one on record already."""
    found: dict[str, dict[int, Record]] = {}
    latest = entries[0].record.at
    for each in entries:
        record = each.record
        latest = max(latest, record.at, key=instant) if record.landed else latest
        for move in record.moves:
            told = record if record.at == latest else record.model_copy(update={"at": latest})
            found.setdefault(move.model, {})[each.seq] = told
    return found


@dataclass(frozen=True, slots=True)
class Shares:
    """How much traffic each stage of one model means, by one ladder."""

    ladder: Ladder | Missing
    challenged: int | Missing = 0

    @classmethod
    def of(cls, where: Iterable[Stay], ladder: Ladder | Missing) -> Shares:
        """Return the shares of a model whose versions stand so."""
        if isinstance(ladder, Missing):
            return cls(ladder, ladder)
        plain = cls(ladder)
        beside = [plain.exposure(each.stage) for each in where if ladder.canonical(each.stage) != ladder.last]
        unknown = next((each for each in beside if isinstance(each, Missing)), None)
        return cls(ladder, unknown or max((each for each in beside if isinstance(each, int)), default=0))

    def exposure(self, stage: str) -> int | Missing:
        """Return the percent that the ladder names for a stage."""
        if isinstance(self.ladder, Missing):
            return self.ladder
        if self.ladder.canonical(stage) is None:
            return Missing(f"the ladder of that time has no stage `{stage}`")
        return self.ladder.exposure(stage)

    def traffic(self, stage: str) -> int | Missing:
        """Return the percent that a version at a stage serves: the last rung serves what the challenger does not."""
        if isinstance(self.ladder, Missing) or self.ladder.canonical(stage) != self.ladder.last:
            return self.exposure(stage)
        return self.challenged if isinstance(self.challenged, Missing) else 100 - self.challenged

    def rank(self, stage: str) -> int:
        """Return how high a stage is; beside the ladder is below it, retired is last."""
        position = None if isinstance(self.ladder, Missing) else self.ladder.position(stage)
        return position if position is not None else (-2 if stage == RETIRED else -1)


@dataclass
class _Way:
    """What brought a version where it is: the records that moved it, and those that went past the gate with it."""

    moved: list[Entry] = field(default_factory=list)
    past: dict[int, tuple[str, ...]] = field(default_factory=dict)


def _ways(entries: Sequence[Entry]) -> dict[Key, _Way]:
    found: dict[Key, _Way] = {}
    for each in entries:
        for key in dict.fromkeys(subjects(each.record)):
            way = found.setdefault(key, _Way())
            if any((move.model, move.version) == key for move in each.record.moves):
                way.moved.append(each)
            if each.record.past_the_gate:
                way.past[each.seq] = each.record.past_the_gate
    return found


def _row(
    entries: Sequence[Entry], model: str, stay: Stay, shares: Shares, way: _Way, put_right: Mapping[int, int]
) -> Stood:
    return Stood(
        model=model,
        version=stay.version,
        stage=stay.stage,
        artifact=stay.artifact,
        since=stay.since,
        exposure_percent=shares.exposure(stay.stage),
        traffic_percent=shares.traffic(stay.stage),
        placed_by=entries[stay.seq],
        way=tuple(way.moved),
        past_the_gate=way.past,
        put_right={seq: put_right[seq] for seq in way.past if seq in put_right},
    )
