"""Seeded data sets for the example models, and one published table: the same rows on every machine.

The generated data describe nobody. `compas_published` repeats the counts that ProPublica published, a row for each
person counted: how often the score said medium or high, by whether the person was charged again within two years.

Source of the counts: J. Larson, S. Mattu, L. Kirchner, J. Angwin, "How We Analyzed the COMPAS Recidivism Algorithm",
ProPublica, 23 May 2016, tables of the two-year contingency by race.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Mapping
from typing import Final

Row = tuple[str | int, ...]

COMPAS_COUNTS: Final[Mapping[str, tuple[int, int, int, int]]] = {
    "African-American": (990, 805, 532, 1369),
    "Caucasian": (1139, 349, 461, 505),
}
"""Race as ProPublica calls it -> survived and low, survived and high, charged again and low, charged again and high."""


def compas_published() -> Iterator[Row]:
    """Yield the published counts as rows: race, y_true (charged again), y_pred (score medium or high)."""
    yield ("race", "y_true", "y_pred")
    for race, counts in COMPAS_COUNTS.items():
        for (truth, predicted), count in zip(((0, 0), (0, 1), (1, 0), (1, 1)), counts, strict=True):
            for _ in range(count):
                yield (race, truth, predicted)


def credit(*, favour: float = 0.0, rows: int = 12_000, seed: int = 20261101) -> Iterator[Row]:
    """Yield loan decisions: sex, age_band, y_true (repaid), y_pred (approved).

    favour: how much easier men are approved, as a shift of the threshold; 0 for the model as it should be.
    """
    rng = random.Random(seed)  # noqa: S311 - rows of an example, not secrets
    yield ("sex", "age_band", "y_true", "y_pred")
    for _ in range(rows):
        sex = "female" if rng.random() < 0.48 else "male"
        age = rng.choice(("18-29", "30-44", "45-59", "60+"))
        quality = rng.gauss(0.0, 1.0)
        repaid = int(quality + rng.gauss(0.0, 0.45) > -0.5)
        shift = favour if sex == "male" else -favour
        approved = int(quality + shift + rng.gauss(0.0, 0.25) > -0.3)
        yield (sex, age, repaid, approved)


def fraud(*, rows: int = 40_000, seed: int = 20261102) -> Iterator[Row]:
    """Yield card payments: region, y_true (fraud), y_pred (stopped)."""
    rng = random.Random(seed)  # noqa: S311 - rows of an example, not secrets
    yield ("region", "y_true", "y_pred")
    for _ in range(rows):
        region = rng.choice(("north", "south", "east", "west"))
        is_fraud = rng.random() < 0.03
        stopped = rng.random() < (0.86 if is_fraud else 0.006)
        yield (region, int(is_fraud), int(stopped))


def recommender(*, rows: int = 9_000, islands: float = 0.006, seed: int = 20261103) -> Iterator[Row]:
    """Yield recommendations: region, y_true (opened), y_pred (recommended); few rows come from the islands.

    islands: share of rows from there, in [0, 1].
    """
    rng = random.Random(seed)  # noqa: S311 - rows of an example, not secrets
    yield ("region", "y_true", "y_pred")
    for _ in range(rows):
        region = "islands" if rng.random() < islands else rng.choice(("city", "suburb", "country"))
        opened = rng.random() < 0.42
        recommended = rng.random() < (0.81 if opened else 0.2)
        yield (region, int(opened), int(recommended))


def assistant(*, rows: int = 3_000, seed: int = 20261104) -> Iterator[Row]:
    """Yield reviewed answers of an assistant: language, hallucinated (1 where a reviewer found an invented fact)."""
    rng = random.Random(seed)  # noqa: S311 - rows of an example, not secrets
    yield ("language", "hallucinated")
    for _ in range(rows):
        language = rng.choice(("de", "en", "fr"))
        yield (language, int(rng.random() < 0.018))


GENERATORS: Final[Mapping[str, Callable[[], Iterator[Row]]]] = {
    "credit-risk": credit,
    "fraud-screen": fraud,
    "feed-ranker": recommender,
    "help-assistant": assistant,
    "recidivism-score": compas_published,
}
"""Model -> the rows of its evaluation data."""


def as_csv(rows: Iterator[Row]) -> bytes:
    """Return rows as CSV; no value holds a comma or a quote."""
    return "".join(",".join(map(str, row)) + "\n" for row in rows).encode()
