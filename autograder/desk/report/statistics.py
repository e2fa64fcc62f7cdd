"""Numbers about a class, by plain NumPy: how scores spread, how hard an exercise is, what it tells.

An exercise's *difficulty* is the mean share of its points that the class earned ("facility": 0 is hard, 1 is easy).
Its *discrimination* is the item-rest correlation: Pearson's correlation, over students, of its points with the
points on all other exercises (Guilford 1953, "The correlation of an item with a composite of the remaining items in a
test", Educational and Psychological Measurement 13, 87-93). Moodle's quiz statistics take the same two. The 95 %
interval is Fisher's: atanh(r) plus and minus 1.96 / sqrt(n - 3).
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

#: With fewer students, a correlation says more about these people than about the exercise.
ENOUGH = 10
_NORMAL = 1.959963984540054


@dataclass(frozen=True)
class Spread:
    """How a class's scores spread.

    Parameters
    ----------
    n
        How many scores there are; all else is 0 where there is none.
    mean, deviation
        The sample's standard deviation (n - 1); 0 for one score.
    low, lower, median, upper, high
        Least, quartiles (interpolated linearly) and greatest.
    """

    n: int
    mean: float = 0.0
    deviation: float = 0.0
    low: float = 0.0
    lower: float = 0.0
    median: float = 0.0
    upper: float = 0.0
    high: float = 0.0


def spread(scores: Sequence[float]) -> Spread:
    """Sum up scores."""
    if not scores:
        return Spread(0)
    values = np.asarray(scores, dtype=float)
    low, lower, median, upper, high = (float(value) for value in np.percentile(values, [0, 25, 50, 75, 100]))
    deviation = float(values.std(ddof=1)) if len(values) > 1 else 0.0
    return Spread(len(values), float(values.mean()), deviation, low, lower, median, upper, high)


def histogram(scores: Sequence[float], points: float, bins: int = 10) -> list[int]:
    """Count scores in equal steps of the points; the last step holds full marks, and what lies beyond by extra credit."""
    if points <= 0:
        return [0] * bins
    shares = np.clip(np.asarray(scores, dtype=float) / points, 0.0, 1.0)
    # A score that is a step's lower end belongs to it: 0.3 * 10 is not below 3.
    steps = np.minimum(np.floor(shares * bins + 1e-9).astype(int), bins - 1)
    return [int(count) for count in np.bincount(steps, minlength=bins)]


@dataclass(frozen=True)
class Bar:
    """Work that came in within `width` hours from `start`, in hours after the deadline: in time, and late."""

    start: float
    width: float
    early: int
    late: int


def bars(early: Sequence[float], late: Sequence[float], most: int = 26) -> list[Bar]:
    """Count work by the hour it came in, in bars of whole hours or days, at most so many.

    Parameters
    ----------
    early, late
        Hours after the deadline: below zero before it, above for those with more time or late.
    most
        As many bars as are told apart on a phone.
    """
    everything = [*early, *late, 0.0]
    low, high = min(everything), max(everything)
    widths = (1, 2, 3, 6, 12, 24, 48, 168)
    width = next(
        (width for width in widths if (high - low) / width <= most - 2),
        24 * math.ceil((high - low) / 24 / (most - 2)),
    )
    first, last = math.floor(low / width), math.floor(high / width)
    counts = np.zeros((2, last - first + 1), dtype=int)
    for row, hours in enumerate((early, late)):
        np.add.at(counts[row], [math.floor(hour / width) - first for hour in hours], 1)
    return [
        Bar((first + at) * width, width, int(counts[0, at]), int(counts[1, at]))
        for at in range(counts.shape[1])
    ]


@dataclass(frozen=True)
class Correlation:
    """A correlation and its 95 % interval; without one where there are fewer than four pairs."""

    r: float
    n: int
    low: float = math.nan
    high: float = math.nan


def correlation(
    x: Sequence[float] | NDArray[np.float64], y: Sequence[float] | NDArray[np.float64]
) -> Correlation | None:
    """Return Pearson's correlation of pairs in which neither is nan; None where one side does not vary."""
    first, second = np.asarray(x, dtype=float), np.asarray(y, dtype=float)
    both = np.isfinite(first) & np.isfinite(second)
    first, second = first[both], second[both]
    n = len(first)
    if n < 2:  # noqa: PLR2004 - one point has no slope
        return None
    dx, dy = first - first.mean(), second - second.mean()
    width, height = float(np.sqrt((dx**2).sum())), float(np.sqrt((dy**2).sum()))
    # What rounding leaves of a constant is no variation.
    if width <= 1e-9 * (1 + np.abs(first).max()) or height <= 1e-9 * (1 + np.abs(second).max()):
        return None
    r = float(np.clip((dx / width * (dy / height)).sum(), -1.0, 1.0))
    if n < 4 or abs(r) >= 1.0 - 1e-12:  # noqa: PLR2004 - Fisher's interval divides by sqrt(n - 3)
        return Correlation(r, n)
    middle, half = math.atanh(r), _NORMAL / math.sqrt(n - 3)
    return Correlation(r, n, math.tanh(middle - half), math.tanh(middle + half))


@dataclass(frozen=True)
class ItemStatistics:
    """An exercise in numbers.

    Parameters
    ----------
    n
        Students with a mark on it.
    mean, deviation
        Of its points.
    share
        Its difficulty: mean over maximum. None without marks, or where it is worth nothing.
    rest
        Its discrimination; None where nobody's points vary or there is nothing else to compare with.
    """

    n: int
    mean: float
    deviation: float
    share: float | None
    rest: Correlation | None


def items(points: NDArray[np.float64], worth: Sequence[float]) -> list[ItemStatistics]:
    """Return the statistics of each exercise.

    Parameters
    ----------
    points
        Students by exercises; nan where there is no mark yet.
    worth
        The maximum of each exercise.

    Notes
    -----
    Where a student has marks on some exercises only, the rest is counted as a share of what these are worth.
    """
    most = np.asarray(worth, dtype=float)
    marked = np.isfinite(points)
    earned = np.where(marked, points, 0.0)
    found = []
    for at in range(points.shape[1]):
        others = np.arange(points.shape[1]) != at
        possible = (marked & others) @ most
        rest = np.full(len(points), np.nan)
        np.divide((earned * others).sum(axis=1), possible, out=rest, where=possible > 0)
        one = spread(points[marked[:, at], at].tolist())
        share = one.mean / most[at] if one.n and most[at] > 0 else None
        found.append(ItemStatistics(one.n, one.mean, one.deviation, share, correlation(points[:, at], rest)))
    return found
