"""Inputs that nobody has seen yet, to tell a known mistake from a coincidence.

They come from the generator of the cases that were seen, with another seed. Where there is none, the arguments that
were seen are changed: entries of arrays change places, so that shapes, ranges and sums stay what they were, and single
numbers grow a little; where whole numbers are all there is, these grow by one or two.
"""

from __future__ import annotations

from itertools import zip_longest
from typing import TYPE_CHECKING, Any

import numpy as np

from autograder.check import _calls
from autograder.check._difference import agree
from autograder.check.cases import Cases, reseeded

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

MOST = 12
_SEEDS = (271, 828)
_TURNS = 3  # ways in which each arguments are changed


def inputs(
    made: Iterable[Any] | None, seen: Sequence[tuple[Any, ...]], ref: Callable[..., Any]
) -> Iterator[tuple[tuple[Any, ...], Any]]:
    """Go through new arguments and what the reference gives for them.

    Parameters
    ----------
    made
        The cases that were gone through, if they are still there.
    seen
        Arguments that were seen, the ones of interest first.
    ref
        The right version; what it refuses is no input.
    """
    found: list[tuple[Any, ...]] = []
    both = zip_longest(_drawn(made), _changed(seen))
    for args in (one for pair in both for one in pair if one is not None):
        if any(_alike(args, other) for other in (*seen, *found)):
            continue
        try:
            want = _calls.quietly(ref, args)
        except Exception:  # noqa: BLE001, S112 - not an input of this function
            continue
        found.append(args)
        yield args, want
        if len(found) == MOST:
            return


def _alike(one: tuple[Any, ...], other: tuple[Any, ...]) -> bool:
    if all(type(value) is int for value in (*one, *other)):
        return one == other
    if len(one) != len(other) or any(
        np.shape(a) != np.shape(b) for a, b in zip(one, other, strict=True) if _both(a, b)
    ):
        return False
    return agree(list(one), list(other))


def _both(one: Any, other: Any) -> bool:
    return isinstance(one, np.ndarray) and isinstance(other, np.ndarray)


def _drawn(made: Iterable[Any] | None) -> Iterator[tuple[Any, ...]]:
    if not isinstance(made, Cases):
        return
    for seed in _SEEDS:
        with reseeded(seed):
            again = list(made)
        yield from again


def _changed(seen: Sequence[tuple[Any, ...]]) -> Iterator[tuple[Any, ...]]:
    rng = np.random.default_rng(_SEEDS[0])
    for args in seen:
        if any(_holds_floats(arg) for arg in args):
            for turn in range(_TURNS):
                yield tuple(_shuffled(arg, rng, 1.25 + turn / 8) for arg in args)
        else:
            for more in (1, 2):
                yield tuple(_grown(arg, more) for arg in args)
            for at, arg in enumerate(args):
                yield (*args[:at], _grown(arg, 1), *args[at + 1 :])


def _holds_floats(arg: Any) -> bool:
    if type(arg) is dict:
        return any(map(_holds_floats, arg.values()))
    return type(arg) is float or (isinstance(arg, np.ndarray) and arg.dtype.kind == "f")


def _shuffled(arg: Any, rng: np.random.Generator, growth: float) -> Any:
    if type(arg) is dict:
        return {key: _shuffled(value, rng, growth) for key, value in arg.items()}
    if not _holds_floats(arg):
        return arg
    if np.size(arg) == 1:
        return arg * growth
    if np.ptp(arg) == 0:
        return arg * np.linspace(1.0, growth, arg.size).reshape(arg.shape)
    return rng.permutation(arg.ravel()).reshape(arg.shape)


def _grown(arg: Any, more: int) -> Any:
    if type(arg) is int:
        return arg + more
    if type(arg) in (tuple, list):
        return type(arg)(_grown(item, more) for item in arg)
    if type(arg) is dict:
        return {key: _grown(value, more) for key, value in arg.items()}
    return arg
