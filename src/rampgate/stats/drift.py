"""How far two histograms with the same bins lie apart: PSI, Jensen-Shannon distance, KS, chi-square.

Counts in, exact fractions or decimals of 50 digits out, so that every machine gives the same digits. A bin that is
empty on both sides says nothing; for PSI, a bin that is empty on one side counts as half a row there.

>>> f"{psi((50, 50), (80, 20)):.6f}"
'0.415888'
"""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Context, Decimal, localcontext
from fractions import Fraction
from itertools import accumulate

from rampgate.stats.intervals import DEFAULT_LEVEL, Interval, as_decimal, outward
from rampgate.stats.normal import WORKING, two_sided_z

Counts = Sequence[int]

CERTAIN = Decimal(1)
"""The level of an interval that no chance is in: the value lies in it, whatever the rows within a bin look like."""

_HALF = Fraction(1, 2)
_FEWER = Context(prec=45)


def psi(reference: Counts, window: Counts) -> Decimal | None:
    """Return the population stability index, sum of (w - r) ln(w / r) over bins, from 0 up; None without rows.

    r, w: shares of the bin among all rows of its side. The logarithm is natural.
    Source: Jeffreys (1946); the name and its rules of thumb are from credit scoring (Siddiqi 2006).
    """
    shares = _shares(reference, window)
    if shares is None:
        return None
    with localcontext(WORKING):
        return sum(((w - r) * (w / r).ln() for r, w in shares), Decimal(0))


def psi_without_drift(reference: Counts, window: Counts) -> Fraction | None:
    """Return about what PSI is on average where nothing has drifted: (k - 1)(1/n + 1/m), for k bins with rows."""
    n, m, used = sum(reference), sum(window), _used(reference, window)
    return (len(used) - 1) * (Fraction(1, n) + Fraction(1, m)) if n and m else None


def psi_interval(reference: Counts, window: Counts, level: Decimal = DEFAULT_LEVEL) -> Interval | None:
    """Return an interval of the PSI of the populations that both sides are samples of; None without rows.

    Its variance is that of the delta method and of chance alone, 2(k - 1)(1/n + 1/m)^2, added up. The low limit also
    gives back the average without drift, which PSI is too high by.
    """
    value, chance, shares = psi(reference, window), psi_without_drift(reference, window), _shares(reference, window)
    if value is None or chance is None or shares is None:
        return None
    n, m, freedom = sum(reference), sum(window), max(len(shares) - 1, 0)
    with localcontext(WORKING):
        of_reference = _variance([(r, (r / w).ln() + 1 - w / r) for r, w in shares]) / n
        of_window = _variance([(w, (w / r).ln() + 1 - r / w) for r, w in shares]) / m
        alone = 2 * freedom * (1 / Decimal(n) + 1 / Decimal(m)) ** 2
        half = two_sided_z(level) * (of_reference + of_window + alone).sqrt()
        return outward(value - as_decimal(chance) - half, value + half, level, "psi-delta", lowest=Decimal(0))


def jensen_shannon(reference: Counts, window: Counts) -> Decimal | None:
    """Return the Jensen-Shannon distance, the root of the divergence in base 2: 0 where equal, 1 where disjoint.

    Source: Endres and Schindelin (2003), IEEE Transactions on Information Theory 49:1858.
    """
    n, m = sum(reference), sum(window)
    if not n or not m:
        return None
    with localcontext(WORKING):
        total = Decimal(0)
        for r, w in _used(reference, window):
            p, q = Decimal(r) / n, Decimal(w) / m
            middle = (p + q) / 2
            total += sum((x * (x / middle).ln() for x in (p, q) if x), Decimal(0))
        # Rounded to fewer digits than were computed, so that disjoint sides have 1 and not 0.999...
        divergence = _FEWER.plus(total / 2 / Decimal(2).ln())
        return divergence.max(Decimal(0)).min(Decimal(1)).sqrt()


def ks_bounds(reference: Counts, window: Counts) -> Interval | None:
    """Return between what the Kolmogorov-Smirnov distance lies, for bins of a number in rising order.

    The low limit is the largest distance of the distributions at an edge; within a bin, each of them may rise at
    either end, which bounds how much larger the distance between the edges can be. Both limits are certain.
    """
    n, m = sum(reference), sum(window)
    if not n or not m:
        return None
    at_r = [Fraction(0), *(Fraction(each, n) for each in accumulate(reference))]
    at_w = [Fraction(0), *(Fraction(each, m) for each in accumulate(window))]
    low = max(abs(r - w) for r, w in zip(at_r, at_w, strict=True))
    high = max(max(at_r[i + 1] - at_w[i], at_w[i + 1] - at_r[i]) for i in range(len(reference)))
    return outward(
        as_decimal(low), as_decimal(high), CERTAIN, "certain-from-bins", lowest=Decimal(0), highest=Decimal(1)
    )


def chi_square(reference: Counts, window: Counts) -> tuple[Fraction, int] | None:
    """Return Pearson's statistic of homogeneity of two rows of counts, and its degrees of freedom; None without rows.

    No p-value is told: with many rows, every difference is significant. `cramers_v` says how large it is.
    """
    n, m, used = sum(reference), sum(window), _used(reference, window)
    if not n or not m:
        return None
    # For two rows, the sum over all cells comes to one term for each bin.
    statistic = sum((Fraction((r * m - w * n) ** 2, n * m * (r + w)) for r, w in used), Fraction(0))
    return statistic, len(used) - 1


def cramers_v(reference: Counts, window: Counts) -> Decimal | None:
    """Return the size of the chi-square, its root per row, from 0 to 1; None without rows.

    Source: Cramer (1946), Mathematical Methods of Statistics, section 21.9.
    """
    found = chi_square(reference, window)
    if found is None:
        return None
    with localcontext(WORKING):
        return as_decimal(found[0] / (sum(reference) + sum(window))).sqrt()


def merged(counts: Counts, parts: Sequence[int]) -> list[int]:
    """Return the counts of wider bins; parts: for each bin, the number of the wider one that it is in, from 0."""
    wide = [0] * (max(parts, default=-1) + 1)
    for count, part in zip(counts, parts, strict=True):
        wide[part] += count
    return wide


def _used(reference: Counts, window: Counts) -> list[tuple[int, int]]:
    return [(r, w) for r, w in zip(reference, window, strict=True) if r or w]


def _shares(reference: Counts, window: Counts) -> list[tuple[Decimal, Decimal]] | None:
    n, m = sum(reference), sum(window)
    if not n or not m:
        return None
    return [(as_decimal((r or _HALF) / Fraction(n)), as_decimal((w or _HALF) / Fraction(m)))
            for r, w in _used(reference, window)]  # fmt: skip


def _variance(pairs: list[tuple[Decimal, Decimal]]) -> Decimal:
    """Return the variance of a slope over a multinomial; (share, slope) pairs."""
    mean = sum((share * slope for share, slope in pairs), Decimal(0))
    return (sum((share * slope * slope for share, slope in pairs), Decimal(0)) - mean * mean).max(Decimal(0))
