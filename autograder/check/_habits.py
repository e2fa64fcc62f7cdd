"""Habits that show in the numbers of a result: a sign, a factor, an offset, zeros."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt

from autograder.check import _show
from autograder.check._difference import ABSOLUTE, RELATIVE, within

Array = npt.NDArray[Any]
TRUTH = "True or False came where numbers are due. Which step asks a question, as x > 0 does?"
FORGOT_RETURN = "Did you forget `return`?"
_ENOUGH = 2  # entries that must agree before a pattern is believed


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

    def called(self, labels: tuple[str, ...], options: dict[str, Any]) -> Pair:
        """Return the pair with the names of what went in."""
        return replace(self, labels=labels, options=tuple(options.items()))


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
    if np.count_nonzero(want) >= _ENOUGH and fits(-got, want):
        return "Every entry has the opposite sign."
    return None


def _square_transposed(pairs: list[Pair]) -> str | None:
    if all(p.got.ndim > 1 and fits(p.got.T, p.want) for p in pairs):
        return "The numbers are right, but transposed."
    return None


def _factor(pairs: list[Pair]) -> str | None:
    """Recognise one simple factor for all, or each time the length of the same axis.

    Any two numbers have a ratio: it says something when wanted sizes differ and the factor is one that slips make.
    """
    factors, sizes = [], []
    for pair in pairs:
        got, want = pair.got.ravel().astype(complex), pair.want.ravel().astype(complex)
        used = (np.abs(want) > 1e-6) & np.isfinite(got) & np.isfinite(want)  # noqa: PLR2004
        if not used.any():
            continue
        ratio = complex(got[used][0] / want[used][0])
        if abs(ratio.imag) > 0 or ratio.real == 0 or not fits(got / ratio, want):
            return None
        factors.append((ratio.real, pair))
        sizes += list(np.abs(want[used]))
    if not factors or np.ptp(sizes) <= 1e-6 * max(sizes):
        return None
    counted = _counted(factors)
    if counted:
        return counted
    if _alone(pairs):
        return None
    ratios = [ratio for ratio, _ in factors]
    simple = np.ptp(ratios) <= 1e-6 * abs(ratios[0]) and _simple(ratios[0])
    return (
        f"Every entry is off by one factor: it is {_times(ratios[0])} what was expected." if simple else None
    )


def _alone(pairs: list[Pair]) -> bool:
    """Return whether there is one result only, whose entries rise evenly: any other such result would fit too."""
    if len(pairs) > 1:
        return False
    want = pairs[0].want
    for axis in range(want.ndim):
        step = np.diff(want, axis=axis)
        if step.size and np.ptp(step.real) > ABSOLUTE + RELATIVE * np.abs(want).max():
            return False
    return want.size > 1


def _simple(ratio: float) -> bool:
    """Return whether a ratio is one that slips make: 2, 1/2, 3, 1/3, a power of ten, or minus these."""
    size = abs(ratio)
    power = round(np.log10(size))
    ten = power != 0 and np.isclose(size, 10.0**power, atol=0)
    return bool(ten or np.isclose(size, (2, 1 / 2, 3, 1 / 3)).any())


def _times(ratio: float) -> str:
    if abs(ratio) < 1 and np.isclose(1 / ratio, round(1 / ratio)):
        return f"1/{round(1 / ratio)} of" if ratio > 0 else f"-1/{round(-1 / ratio)} of"
    return f"{_show.number(round(ratio, 6))} times"


def _counted(factors: list[tuple[float, Pair]]) -> str | None:
    """Recognise a factor that is each time the length of the same axis, or one over it."""
    common: list[tuple[str, bool]] | None = None
    for ratio, pair in factors:
        named = zip(pair.labels, pair.args, strict=True)
        axes = [(label, a, *spot) for label, a in named for spot in (*enumerate(a.shape), (-1, a.size))]
        axes += [
            ("the result", pair.want, *spot)
            for spot in [*enumerate(pair.want.shape[:1]), (-1, pair.want.size)]
        ]
        here = [
            (_length(label, axis, array.ndim), smaller)
            for label, array, axis, size in axes
            for smaller in (True, False)
            if size and np.isclose(ratio, 1 / size if smaller else size)
        ]
        common = here if common is None else [spot for spot in common if spot in here]
    ratios = [ratio for ratio, _ in factors]
    if not common or np.isclose(ratios, 1).all():
        return None
    length, smaller = common[0]
    if length.endswith("the result") and _alone([pair for _, pair in factors]):
        return None
    if np.isclose(ratios, ratios[0]).all():
        size = round(1 / ratios[0] if smaller else ratios[0])
        return f"Every entry is {_times(ratios[0])} what was expected, and {size} is the {length}. A sum, or a mean?"
    if smaller:
        return f"Every entry is too small by one factor, the {length}. A mean where a sum is asked?"
    return f"Every entry is too large by one factor, the {length}. A sum where a mean is asked?"


def _length(label: str, axis: int, axes: int) -> str:
    if axis < 0:
        return f"number of entries of {label}"
    if axes == 1:
        return f"length of {label}"
    return f"number of rows of {label}" if axis == 0 else f"length of axis {axis} of {label}"


def _offset(pairs: list[Pair]) -> str | None:
    got, want = flat(pairs)
    if (
        any(pair.kind == "b" for pair in pairs)
        or got.size <= _ENOUGH
        or not (np.isfinite(got).all() and np.isfinite(want).all())
    ):
        return None
    offset = (got - want)[0]
    if not _alone(pairs) and np.ptp(want) > 0 and np.ptp(got) > 0 and fits(got - offset, want):
        return f"Every entry is off by the same amount: {_show.number(offset)}."
    return None


def _along_one_axis(pairs: list[Pair]) -> str | None:
    """Recognise an error that has one number for each entry of one axis, as a bias has."""
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


_PLACES = {
    (2, 0): ("column", "row"),
    (2, 1): ("row", "column"),
    (4, 1): ("image", "channel"),
}  # by the number of axes and the one along which the error changes


def _reordered(pairs: list[Pair]) -> str | None:
    if all(np.isfinite(p.got).all() and p.got.dtype.kind == "f" for p in pairs) and all(
        fits(np.sort(p.got, axis=None), np.sort(p.want, axis=None)) for p in pairs
    ):
        return "The numbers are right, but not in their places."
    return None


def _zeros(pairs: list[Pair]) -> str | None:
    got, want = flat(pairs)
    wrong = ~within(got, want)
    if np.count_nonzero(wrong) < _ENOUGH or wrong.all():
        return None
    if not got[wrong].any() and got[~wrong].any():
        return "Right where it is not 0, but some entries are 0 that should not be. What is missing there?"
    if not want[wrong].any() and want[~wrong].any():
        return "Right but for entries that should be 0. What should stop there?"
    return None


def _truncated(pairs: list[Pair]) -> str | None:
    got, want = flat(pairs)
    kinds = {pair.kind for pair in pairs}
    cut = fits(got, np.trunc(want)) or fits(got, np.floor(want))
    if cut and kinds <= {"i", "u", "b"} and np.isfinite(want).all():
        return "The result holds whole numbers. Which step turns floats into those?"
    return None


def _constant(pairs: list[Pair]) -> str | None:
    got, want = flat(pairs)
    if got.size > _ENOUGH and np.isfinite(got).all() and np.ptp(got) == 0 and np.ptp(want) > 0:
        return f"Every entry is {_show.number(got[0])}, whatever the input."
    return None


def _one_row(pairs: list[Pair]) -> str | None:
    tall = [p for p in pairs if p.want.ndim > 1 and len(p.want) > 1]
    later = [(g, w) for p in tall for g, w in zip(p.got[1:], p.want[1:], strict=True)]
    first = all(fits(p.got[0], p.want[0]) for p in tall)
    if len(later) >= _ENOUGH and first and not any(fits(g, w) for g, w in later):
        return "The first row is right, the others are not. Is each row treated alone?"
    return None


FIRST = (_truth, _sign, _square_transposed, _factor, _offset, _reordered, _along_one_axis)
LAST = (_truncated, _constant, _one_row, _zeros)
