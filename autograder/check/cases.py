"""Cases to call a function with: argument tuples, the same every time, small ones first, all sizes different.

Values are float64 arrays; random ones have two decimals, so a message can print them exactly. Each
generator gives a `Cases`, which can be gone through again and again and joined with `+`.

>>> from autograder.check import cases
>>> len(list(cases.reals() + cases.extremes())) > 10
True
"""

from __future__ import annotations

import math
from contextlib import contextmanager
from contextvars import ContextVar
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from autograder.check._drawn import drawn

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

Array = npt.NDArray[np.float64]

_seed = ContextVar("seed", default=6390)  # fixed: a failing case must be the same tomorrow


@contextmanager
def reseeded(seed: int) -> Iterator[None]:
    """Have cases that are gone through in here drawn from another seed: same sizes, new numbers."""
    token = _seed.set(seed)
    try:
        yield
    finally:
        _seed.reset(token)


class Cases:
    """Argument tuples, made afresh each time they are gone through."""

    def __init__(self, make: Callable[[], Iterable[Any]]) -> None:
        self._make = make

    def __iter__(self) -> Iterator[tuple[Any, ...]]:
        """Go through the argument tuples, from the first."""
        for case in self._make():
            yield case if isinstance(case, tuple) else (case,)

    def __add__(self, other: Iterable[Any]) -> Cases:
        """Join two lots of cases, these first."""
        return Cases(lambda: [*self, *other])

    def map(self, change: Callable[..., Any]) -> Cases:
        """Return these cases changed; `change` gives the one new argument or a tuple of them.

        ``cases.vectors().map(lambda x: (x, 2.0))`` adds a second argument.
        """
        return Cases(lambda: (change(*case) for case in self))


def of(*arguments: Any) -> Cases:
    """Return hand-picked cases: each a tuple of arguments, or the one argument."""
    return Cases(lambda: arguments)


def draw(make: Callable[[np.random.Generator, int], Any], count: int = 6) -> Cases:
    """Return cases drawn at random, the same every time.

    Parameters
    ----------
    make
        Gives one case, a tuple of arguments, from a generator of random numbers and the number of the case:
        0, 1, 2 and so on. Let the sizes grow with the number, and be all different.
    count
        How many.

    Examples
    --------
    >>> from autograder.check import cases
    >>> nets = cases.draw(lambda rng, n: (cases.normal(rng, n + 1, n + 3), cases.normal(rng, n + 3, n + 2)))
    >>> [(X.shape, W.shape) for X, W in nets][:2]
    [((1, 3), (3, 2)), ((2, 4), (4, 3))]
    """
    return Cases(lambda: (drawn(make, _seed.get(), n) for n in range(count)))


def normal(rng: np.random.Generator, *shape: int, scale: float = 1.0) -> Array:
    """Return normal random numbers, rounded to two decimals so that messages can print them; none is 0."""
    drawn = np.round(rng.normal(0.0, scale, shape), 2)
    return np.where(drawn == 0.0, 0.01, drawn)


def distinct(rng: np.random.Generator, *shape: int) -> Array:
    """Return numbers that are all different, with two decimals and both signs: for max pooling, without ties."""
    size = math.prod(shape)
    return np.asarray((rng.permutation(2 * size + 2)[:size] - size - 0.5) * 2 / 100).reshape(shape)


def labels(rng: np.random.Generator, n: int, classes: int) -> npt.NDArray[np.int64]:
    """Return n labels below `classes`; with two or more, the first two differ."""
    drawn = rng.integers(0, classes, n)
    if n > 1 and classes > 1 and drawn[0] == drawn[1]:
        drawn[1] = (drawn[1] + 1) % classes
    return drawn


def reals(*, without: Sequence[float] = (), low: float = -5.0, high: float = 5.0) -> Cases:
    """Return vectors for an elementwise function: round numbers first, then random ones.

    Parameters
    ----------
    without
        Values that no entry may have, such as the kink at 0.
    low, high
        The interval of the entries, ends included.
    """

    def make() -> Iterator[Array]:
        largest = 1
        for picked in ([-1.5, 2.0], [-1.0, 0.0, 1.0], [-3.0, -0.5, 0.0, 0.25, 4.0]):
            chosen = [v for v in picked if low <= v <= high and v not in without]
            if len(chosen) > largest:
                largest = len(chosen)
                yield np.array(chosen)
        yield from _numbers([(n,) for n in (6, 7, 11, 16)], without, low, high)

    return Cases(make)


def extremes(*, without: Sequence[float] = (), sizes: Sequence[float] = (20, 100, 710, 750, 1000)) -> Cases:
    """Return vectors with entries of great size and both signs, where exponentials overflow."""

    def make() -> Iterator[Array]:
        for i, size in enumerate(sizes):
            others = [1.0, -2.0, 0.0, 0.5, -0.25, 3.0, -1.5][: i + 1]
            yield np.array([v for v in (-float(size), *others, float(size)) if v not in without])

    return Cases(make)


def vectors(
    *,
    sizes: Sequence[int] = (2, 3, 5, 8, 13),
    without: Sequence[float] = (),
    low: float = -5.0,
    high: float = 5.0,
) -> Cases:
    """Return vectors in general position: no zeros, no ties, for functions of a whole vector."""
    return Cases(lambda: _general([(n,) for n in sizes], without, low, high))


def matrices(
    *,
    sizes: Sequence[tuple[int, int]] = ((2, 3), (4, 3), (5, 2), (1, 4), (7, 6)),
    without: Sequence[float] = (),
    low: float = -5.0,
    high: float = 5.0,
) -> Cases:
    """Return matrices in general position, never square."""
    return Cases(lambda: _general(list(sizes), without, low, high))


def shapes(*, without: Sequence[float] = (), low: float = -5.0, high: float = 5.0) -> Cases:
    """Return arrays with 0 to 3 leading axes, a batch of one, one entry, and layouts in memory that differ.

    Never 0-d. Entries are in general position, never 0.
    """

    def make() -> Iterator[Array]:
        wanted = [(1,), (4,), (3, 1), (1, 5), (2, 3), (1, 1, 2), (2, 3, 4), (2, 1, 3, 5)]
        yield from _general(wanted, without, low, high)
        wide, long = _general([(3, 5), (12,)], without, low, high)
        yield np.asfortranarray(wide)
        yield long[::2]

    return Cases(make)


def logits(
    *, rows: Sequence[float] = (0.0,), sizes: Sequence[tuple[int, int]] = ((2, 3), (3, 4), (5, 2), (4, 7))
) -> Cases:
    """Return logits, rows of scores: each row is shifted by one of `rows` in turn.

    ``logits(rows=[-1000, 0, 1000])`` puts rows of very different size into one batch; gaps within a row
    stay modest.
    """

    def make() -> Iterator[Array]:
        for x in _general(list(sizes), (), -3.0, 3.0):
            yield x + np.resize(np.asarray(rows, dtype=float), len(x))[:, None]

    return Cases(make)


def _general(
    sizes: Sequence[tuple[int, ...]], without: Sequence[float], low: float, high: float
) -> list[Array]:
    """Draw arrays without zeros."""
    return _numbers(sizes, (0.0, *without), low, high)


def _numbers(
    sizes: Sequence[tuple[int, ...]], without: Sequence[float], low: float, high: float
) -> list[Array]:
    """Draw arrays whose entries are all different, from the hundredths between `low` and `high`."""
    drawn = _numbers_once(tuple(sizes), tuple(without), low, high, _seed.get())
    return [array.copy() for array in drawn]  # whoever goes through cases may write into them


@lru_cache(maxsize=512)
def _numbers_once(
    sizes: tuple[tuple[int, ...], ...], without: tuple[float, ...], low: float, high: float, seed: int
) -> list[Array]:
    rng = np.random.default_rng(seed)
    hundredths = np.round(np.arange(np.ceil(low * 100), np.floor(high * 100) + 1) / 100, 2)
    most = max(math.prod(size) for size in sizes)
    grid = (
        hundredths
        if len(hundredths) > most + len(without)
        else np.linspace(low, high, 2 * most + len(without))
    )
    grid = grid[~np.isin(grid, np.asarray(without, dtype=float))]
    return [rng.choice(grid, size, replace=False) for size in sizes]
