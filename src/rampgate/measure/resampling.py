"""Draws the replicates of many groups at once: the same numbers as `rampgate.stats.bootstrap` draws, to the last bit.

Each step is the one that is taken there, in the same order, on whole columns: running products and sums go from left
to right, and no function of the C library has a part in it. Tests hold both against each other. To load NumPy takes as
long as plain Python needs for about ten groups, so few groups are drawn there.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from fractions import Fraction
from importlib.util import find_spec
from math import isqrt
from typing import TYPE_CHECKING, Any, Final

from rampgate.stats.bootstrap import ENDLESS, NEGLIGIBLE, PLAIN, SPARE, STEP, Resampler, Sample

if TYPE_CHECKING:
    import numpy as np

    Column = np.ndarray[Any, np.dtype[np.float64]]

FEW: Final = 10
"""Groups up to which plain Python is as quick."""


def resampler_for(groups: int) -> Resampler:
    """Return what draws the replicates of so many groups soonest, of what is installed."""
    return _FAST if groups > FEW and find_spec("numpy") else PLAIN


def _strays(rates: Sequence[Sequence[Sample]], replicates: int, seed: int) -> tuple[list[float], list[float]]:
    import numpy as np  # noqa: PLC0415 - slow to import, and needed for many groups alone

    groups = len(rates[0])
    apart: Column = np.zeros(replicates)
    factors: Column = np.zeros(replicates)
    for start, each in enumerate(rates):
        high, low = np.full(replicates, -np.inf), np.full(replicates, np.inf)
        most, least = high.copy(), low.copy()
        for place, (k, n) in enumerate(each, start * groups):
            drawn, found = _drawn(k, n, n, f"{seed}/{place}", replicates), float(Fraction(k, n))
            _widen(high, low, drawn - found)
            _widen(most, least, drawn / found)
        np.maximum(apart, high - low, out=apart)
        factor = np.full(replicates, ENDLESS)
        np.divide(most, least, out=factor, where=least > 0)
        np.maximum(factors, factor, out=factors)
    return apart.tolist(), factors.tolist()


def _ranges(samples: Sequence[Sample], replicates: int, seed: int) -> list[float]:
    import numpy as np  # noqa: PLC0415 - as above

    k, n = sum(k for k, _ in samples), sum(n for _, n in samples)
    high, low = np.full(replicates, -np.inf), np.full(replicates, np.inf)
    for place, (_, rows) in enumerate(samples):
        _widen(high, low, _drawn(k, n, rows, f"{seed}/{place}", replicates))
    found: list[float] = (high - low).tolist()
    return found


def _widen(high: Column, low: Column, values: Column) -> None:
    import numpy as np  # noqa: PLC0415 - as above

    np.maximum(high, values, out=high)
    np.minimum(low, values, out=low)


def _drawn(k: int, n: int, rows: int, seed: str, replicates: int) -> Column:
    """Return the rate of one group in every replicate; see `Binomial.of` and `Binomial.draw`."""
    import numpy as np  # noqa: PLC0415 - as above

    if k in (0, n):
        return np.full(replicates, 1.0 if k else 0.0)
    odds, mode = k / (n - k), (rows + 1) * k // n
    below = _weights(mode, lambda counts: counts / ((rows - counts + 1) * odds), -1, mode)
    above = _weights(mode, lambda counts: (rows - counts) * odds / (counts + 1), 1, rows - mode)
    sums = np.add.accumulate(np.concatenate((below[::-1], [1.0], above)))
    bits = np.frombuffer(hashlib.shake_256(seed.encode()).digest(8 * replicates), "<u8") >> np.uint64(SPARE)
    places = np.searchsorted(sums, bits.astype(np.float64) * STEP * sums[-1], side="left")
    counts: Column = (mode - len(below) + places).astype(np.float64)
    return counts / rows


def _weights(mode: int, quotient: Any, step: int, most: int) -> Column:
    """Return the weights beside the likeliest count, outward, up to the first that is negligible; `most` at most."""
    import numpy as np  # noqa: PLC0415 - as above

    weights: list[Column] = []
    weight, count, left = 1.0, mode, most
    while left and weight > NEGLIGIBLE:
        size = min(left, 10 * isqrt(most) + 10)
        counts = np.arange(count, count + step * size, step, dtype=np.float64)
        block = np.multiply.accumulate(np.concatenate(([weight], quotient(counts))))[1:]
        small = np.flatnonzero(block <= NEGLIGIBLE)
        block = block[: small[0] + 1] if len(small) else block
        weights.append(block)
        weight, count, left = float(block[-1]), count + step * len(block), left - len(block)
    return np.concatenate(weights) if weights else np.empty(0)


_FAST: Final = Resampler(_strays, _ranges)
