"""The ladder: the stages of a rollout in order, with their exposure and least stay.

>>> ladder = Ladder.preset("10-50-100")
>>> [stage.name for stage in ladder.stages]
['pilot', 'trial', 'half', 'full']
>>> ladder.next_after("trial")
'half'
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Final, Literal, Self

from pydantic import Field, model_validator

from rampgate.model.ids import Noun, StageName
from rampgate.model.vocabulary import RETIRED, STANDBY

PRESETS: Final[Mapping[str, tuple[tuple[str, int], ...]]] = {
    "5-25-75-100": (("pilot", 0), ("canary", 5), ("ramp", 25), ("majority", 75), ("full", 100)),
    "10-50-100": (("pilot", 0), ("trial", 10), ("half", 50), ("full", 100)),
    "shadow-5-25-75-100": (
        ("pilot", 0),
        ("shadow", 0),
        ("canary", 5),
        ("ramp", 25),
        ("majority", 75),
        ("full", 100),
    ),
}
"""The ladders that `rampgate init` offers: name -> (stage, percent of traffic), in order."""


class Stage(Noun):
    """One rung of the ladder."""

    name: StageName
    exposure_percent: Annotated[int, Field(ge=0, le=100)]
    """Share of traffic in percent that a model at this stage serves."""
    dwell_days: Annotated[int, Field(ge=0, le=3650)] | None = None
    """The least number of days to stay before the next rung; needs the decision history."""
    formerly: tuple[StageName, ...] = ()
    """Names that this stage had before; cards that still say them stand here."""


class Ladder(Noun):
    """The stages in order; the first is the entry, the last serves everybody."""

    schema_: Literal["rampgate/ladder/v1"] = Field(alias="schema")
    stages: Annotated[tuple[Stage, ...], Field(min_length=2, max_length=20)]
    restore_days: Annotated[int, Field(ge=1, le=365)] = 30
    """Within how many days after a rollback a version may come back to the stage it left."""

    @model_validator(mode="after")
    def _is_a_ladder(self) -> Self:
        names = [name for stage in self.stages for name in (stage.name, *stage.formerly)]
        for name in names:
            if name in (STANDBY, RETIRED):
                raise ValueError(f"`{name}` stands beside the ladder and can not be one of its stages")
            if names.count(name) > 1:
                raise ValueError(f"stage `{name}` is named twice")
        exposures = [stage.exposure_percent for stage in self.stages]
        if exposures != sorted(exposures):
            raise ValueError("the exposure of stages must not fall up the ladder")
        if exposures[-1] != 100:
            raise ValueError("the last stage must have an exposure of 100 percent")
        return self

    @classmethod
    def preset(cls, name: str) -> Ladder:
        """Return the preset ladder of that name. Raises KeyError for a name not in `PRESETS`."""
        stages = [{"name": stage, "exposure_percent": percent} for stage, percent in PRESETS[name]]
        return cls.model_validate({"schema": "rampgate/ladder/v1", "stages": stages})

    @property
    def names(self) -> tuple[str, ...]:
        """Return the names of the rungs in order."""
        return tuple(stage.name for stage in self.stages)

    @property
    def first(self) -> str:
        """Return the name of the entry stage."""
        return self.stages[0].name

    @property
    def last(self) -> str:
        """Return the name of the stage that serves everybody."""
        return self.stages[-1].name

    def canonical(self, name: str) -> str | None:
        """Return today's name of a stage, standby and retired included, or None for an unknown one."""
        if name in (STANDBY, RETIRED):
            return name
        for stage in self.stages:
            if name == stage.name or name in stage.formerly:
                return stage.name
        return None

    def position(self, name: str) -> int | None:
        """Return the place of a rung, 0 for the first, or None for what is not a rung."""
        canonical = self.canonical(name)
        return self.names.index(canonical) if canonical in self.names else None

    def next_after(self, name: str) -> str | None:
        """Return the rung right above, or None at the top and beside the ladder."""
        position = self.position(name)
        if position is None or position + 1 == len(self.stages):
            return None
        return self.stages[position + 1].name

    def exposure(self, name: str) -> int:
        """Return the percent of traffic at a stage; 0 beside the ladder. Raises KeyError for an unknown stage."""
        position = self.position(name)
        if position is not None:
            return self.stages[position].exposure_percent
        if self.canonical(name) is None:
            raise KeyError(name)
        return 0

    def judged_as(self, name: str) -> str:
        """Return the rung whose rules speak about a version at this stage: standby is judged as the last."""
        canonical = self.canonical(name)
        if canonical is None:
            raise KeyError(name)
        return self.last if canonical == STANDBY else canonical
