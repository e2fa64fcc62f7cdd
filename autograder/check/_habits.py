"""Habits that show in the numbers of a result: a sign, a factor, an offset, zeros."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt

from autograder.check import _show
from autograder.check._difference import within

Array = npt.NDArray[Any]
TRUTH = "True or False came where numbers are due. Which step asks a question, as x > 0 does?"
FORGOT_RETURN = "Did you forget `return`? print() shows a value, and gives nothing back."
ENOUGH = 2  # entries that must agree before a pattern is believed


@dataclass(frozen=True)
class Pair:
    """What one call gave and what it should have given, as floats, and what went in."""

    got: Array
    want: Array
    args: tuple[Array, ...]
    kind: str  # of numbers that came, as NumPy's dtype.kind; got and want are floats here
    asked: str  # of numbers that were wanted
    labels: tuple[str, ...] = ()  # names of the arrays in `args`
    options: tuple[tuple[str, Any], ...] = ()  # the other arguments
    numbers: tuple[tuple[str, float], ...] = ()  # those of them that are numbers, floats too

    def called(self, labels: tuple[str, ...], options: dict[str, Any], numbers: dict[str, float]) -> Pair:
        """Return the pair with the names of what went in."""
        return replace(self, labels=labels, options=tuple(options.items()), numbers=tuple(numbers.items()))


def none_for(want: Any) -> str:
    """Say what it may be when None came back."""
    if type(want) in (list, tuple) and len(want) == 0:
        return f"{FORGOT_RETURN} Or does an `or` or an `if` take the empty {type(want).__name__} for nothing?"
    return FORGOT_RETURN


def flat(pairs: list[Pair]) -> tuple[Array, Array]:
    """Return all that came and all that was wanted, entry by entry."""
    got = np.concatenate([pair.got.ravel() for pair in pairs])
    return got, np.concatenate([pair.want.ravel() for pair in pairs])


def fits(got: Array, want: Array) -> bool:
    """Return whether two arrays agree, shapes and all."""
    got, want = np.asarray(got), np.asarray(want)
    return got.shape == want.shape and bool(np.all(within(got, want)))


def where(pair: Pair) -> Array:
    """Return where what came is what was wanted, entry by entry."""
    return np.asarray(within(pair.got, pair.want))


def where_from(kind: str) -> str:
    """Ask where a nan or an inf comes from, when nobody knows what went in."""
    return f"{kind}: which step grows too large, divides by 0, or takes a log of what is not positive?"


def _truth(pairs: list[Pair]) -> str | None:
    if all(pair.kind == "b" for pair in pairs) and any(pair.asked != "b" for pair in pairs):
        return TRUTH
    return None


def _sign(pairs: list[Pair]) -> str | None:
    got, want = flat(pairs)
    if any(pair.kind == "b" for pair in pairs):
        return None
    if np.count_nonzero(want) >= ENOUGH and fits(-got, want):
        return "Every entry has the opposite sign."
    return None


def _along_one_axis(pairs: list[Pair]) -> str | None:
    """Recognise an error that has one number for each entry of one axis, as a bias has."""
    if all(pair.want.ndim > 1 and _logarithms(pair.want) for pair in pairs):
        return None  # of probabilities: each row is right but for one number, whatever went wrong in its sum
    axes: set[int] | None = None
    for pair in pairs:
        error = pair.got - pair.want
        if error.ndim < 2 or error.size < 1 or not np.isfinite(error).all():  # noqa: PLR2004
            return None
        scale = 1e-9 + 1e-6 * np.abs(pair.want).max()
        flat_along = [a for a in range(error.ndim) if np.ptp(error, axis=a).max() <= scale]
        if len(flat_along) == error.ndim or all(pair.want.shape[a] == 1 for a in flat_along):
            continue  # right, off by one number for all, or too small to tell
        here = {a for a in range(error.ndim) if all(b in flat_along for b in range(error.ndim) if b != a)}
        axes = here if axes is None else axes & here
    sides = {p.want.ndim for p in pairs}
    if not axes or len(sides) > 1:
        return None
    one, each = _PLACES.get((sides.pop(), min(axes)), ("", ""))
    return (
        f"Every {one} is off by the same amounts. Which term adds one number to each {each}?" if one else None
    )


def _logarithms(want: Array) -> bool:
    """Return whether rows are logarithms of probabilities."""
    return bool(np.allclose(np.exp(want.real).sum(axis=-1), 1))


_PLACES = {
    (2, 0): ("column", "row"),
    (2, 1): ("row", "column"),
    (4, 1): ("image", "channel"),
}  # by the number of axes and the one along which the error changes


def _zeros(pairs: list[Pair]) -> str | None:
    got, want = flat(pairs)
    wrong = ~within(got, want)
    if np.count_nonzero(wrong) < ENOUGH or wrong.all():
        return None
    if not got[wrong].any() and got[~wrong].any():
        return "Right where it is not 0, but some entries are 0 that should not be. What is missing there?"
    if not want[wrong].any() and want[~wrong].any():
        return "Right but for entries that should be 0. What should stop there?"
    return None


def _truncated(pairs: list[Pair]) -> str | None:
    wrong = [pair for pair in pairs if not fits(pair.got, pair.want)]
    got, want = flat(wrong)
    cut = fits(got, np.trunc(want)) or fits(got, np.floor(want))
    if cut and {pair.kind for pair in wrong} <= {"i", "u", "b"} and np.isfinite(want).all():
        return "The result holds whole numbers. Which step turns floats into those?"
    return None


def _constant(pairs: list[Pair]) -> str | None:
    got, want = flat(pairs)
    if got.size > ENOUGH and np.isfinite(got).all() and np.ptp(got) == 0 and np.ptp(want) > 0:
        whatever = ", whatever the input" if len(pairs) > 1 else ", and they should differ"
        return f"Every entry is {_show.number(got[0])}{whatever}."
    return None


def one_row(pairs: list[Pair]) -> str | None:
    tall = [p for p in pairs if p.want.ndim > 1 and len(p.want) > 1]
    later = [(g, w) for p in tall for g, w in zip(p.got[1:], p.want[1:], strict=True)]
    first = all(fits(p.got[0], p.want[0]) for p in tall)
    if len(later) >= ENOUGH and first and not any(fits(g, w) for g, w in later):
        return "The first row is right, the others are not. Is each row treated alone?"
    return None


FIRST = (_truth, _sign, _truncated, _constant)
THEN = (_along_one_axis,)
LAST = (_zeros,)
