"""Right numbers in wrong places: transposed, turned round, shifted, reshaped, cut off at an end."""

from __future__ import annotations

from itertools import permutations
from typing import TYPE_CHECKING

import numpy as np

from autograder.check._habits import Pair, fits, where

if TYPE_CHECKING:
    from collections.abc import Callable

    from autograder.check._habits import Array

    Move = Callable[[Array], Array]

_MOST_AXES = 4
_ENTRIES = 4  # different numbers that must have moved before it is no coincidence
_ENDS = 3  # places along an axis, so that an end is not half of it
_SHAPE = 3  # whole numbers in a row, as in (channels, height, width): no loop goes over these


def _tell(pairs: list[Pair], move: Move) -> bool:
    """Return whether what came is what was wanted, moved, and too many numbers moved for a coincidence."""
    moved, calls = 0, 0
    for pair in pairs:
        try:
            there = move(pair.want)
        except (ValueError, IndexError):  # not for an array of this shape
            return False
        if there.shape != pair.got.shape or not fits(pair.got, there):
            return False
        if not fits(there, pair.want):
            calls += 1
            moved = max(moved, len(np.unique(pair.want[np.isfinite(pair.want)])))
    return calls > 0 and (moved >= _ENTRIES or (calls > 1 and moved >= _ENDS))


def _transposed(pairs: list[Pair]) -> str | None:
    sure = len(pairs) > 1 or pairs[0].want.size > _ENTRIES or np.unique(pairs[0].want).size == _ENTRIES
    if sure and all(p.got.ndim > 1 for p in pairs) and _tell(pairs, np.transpose):
        return "The numbers are right, but transposed."
    return None


def _turned(pairs: list[Pair]) -> str | None:
    """Recognise an axis, or two, that run the other way."""
    axes = min(pair.want.ndim for pair in pairs)
    for axis in range(axes):
        if _tell(pairs, lambda want, a=axis: np.flip(want, a)):  # type: ignore[misc]
            along = f" along axis {axis}" if axes > 1 else ""
            return f"The numbers are right, but in reverse order{along}."
    if axes > 1 and _tell(pairs, lambda want: np.flip(want, (-2, -1))):
        return "The numbers are right, but turned by 180 degrees."
    return None


def _shifted(pairs: list[Pair]) -> str | None:
    """Recognise places that are off by one."""
    for axis in range(min(pair.want.ndim for pair in pairs)):
        for by in (1, -1):
            if _tell(pairs, lambda want, a=axis, n=by: np.roll(want, n, a)):  # type: ignore[misc]
                said = f"The numbers are right, but each stands one place too far along axis {axis}."
                return f"{said} Does a count start at 1?"
    return None


def _reread(pairs: list[Pair]) -> str | None:
    """Recognise reshape where axes should have been exchanged."""
    axes = pairs[0].want.ndim
    if not 1 < axes <= _MOST_AXES or any(pair.want.ndim != axes for pair in pairs):
        return None
    for order in permutations(range(axes)):
        if _tell(pairs, lambda want, o=order: want.transpose(o).reshape(want.shape)):  # type: ignore[misc]
            return (
                "The numbers are right, but were read off in another order. reshape keeps them in the order in which "
                "they lie; it exchanges no axes."
            )
        if _tell(pairs, lambda want, o=order: want.transpose(o)):  # type: ignore[misc]
            return "The numbers are right, but the axes stand in another order."
    return None


def _reordered(pairs: list[Pair]) -> str | None:
    if all(np.isfinite(p.got).all() and p.got.dtype.kind == "f" for p in pairs) and _tell_sorted(pairs):
        return "The numbers are right, but not in their places."
    return None


def _tell_sorted(pairs: list[Pair]) -> bool:
    ordered = [
        Pair(np.sort(p.got, axis=None), np.sort(p.want, axis=None), (), p.kind, p.asked) for p in pairs
    ]
    if not all(fits(p.got, p.want) for p in ordered):
        return False
    moved = [len(np.unique(p.want)) for p in pairs if not fits(p.got, p.want)]
    return bool(moved) and (max(moved) > _ENTRIES or (len(moved) > 1 and max(moved) >= _ENDS))


def ends(pairs: list[Pair]) -> str | None:
    """Recognise that only the first or the last place along one axis is wrong."""
    wrong = [pair for pair in pairs if not fits(pair.got, pair.want)]
    axes = wrong[0].want.ndim
    if any(pair.want.ndim != axes for pair in wrong):
        return None
    if axes == 1 and all(pair.want.size <= _SHAPE and pair.asked in "iu" for pair in wrong):
        return None
    for axis in range(axes):
        sizes = [pair.want.shape[axis] for pair in wrong]
        if sum(size >= _ENDS for size in sizes) < (2 if len(sizes) > 1 else 1):
            continue
        for end, word, ask in ((-1, "last", "end one too early"), (0, "first", "begin one too late")):
            if all(_only(pair, axis, end) for pair in wrong):
                one = _named(axes, axis)
                return f"Right everywhere but in the {word} {one}. Does a loop or a slice {ask}?"
    return None


def _only(pair: Pair, axis: int, end: int) -> bool:
    bad = ~where(pair)
    rest = np.delete(bad, end, axis)
    return not rest.any() and bool(np.take(bad, end, axis).all())


def _named(axes: int, axis: int) -> str:
    if axes == 1:
        return "entry"
    if axis == axes - 1:
        return "column"
    return "row" if axis == axes - 2 else f"place along axis {axis}"


def cut(pairs: list[Pair]) -> str | None:
    """Recognise a result of which the first or the last part is missing, or which has one too many."""
    axes = {pair.want.ndim for pair in pairs} | {pair.got.ndim for pair in pairs}
    if len(axes) != 1 or axes == {0}:
        return None
    for axis in range(axes.pop()):
        for inside, outside, word in (("got", "want", "missing"), ("want", "got", "too many")):
            both = [(getattr(pair, inside), getattr(pair, outside)) for pair in pairs]
            if any(a.shape[axis] >= b.shape[axis] or a.size == 0 for a, b in both):
                continue
            if any(np.delete(a.shape, axis).tolist() != np.delete(b.shape, axis).tolist() for a, b in both):
                continue
            one = _named(both[0][1].ndim, axis) if both[0][1].ndim > 1 else "number"
            few = {b.shape[axis] - a.shape[axis] for a, b in both}
            if all(fits(a, np.take(b, range(a.shape[axis]), axis)) for a, b in both):
                if word == "missing" and few != {1}:
                    return (
                        f"The first {one} is right, the later ones are missing. Does a `return` stand in the loop?"
                        if (all(a.shape[axis] == 1 for a, _ in both))
                        else f"The last {one}s are missing. Does the loop end too early?"
                    )
                return f"The last {one} is {word}." if few == {1} else None
            if few == {1} and all(fits(a, np.take(b, range(1, b.shape[axis]), axis)) for a, b in both):
                return f"The first {one} is {word}."
    return None


RULES = (_transposed, _turned, _shifted, _reread, _reordered)
