"""What a wrong result looks like, told without knowing the solution.

Each rule looks at wanted and given arrays (and, for functions, at the arguments) and recognises one habit:
a lost sign, a factor, a transpose, a broadcast. The first rule that fits every trial speaks.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from autograder.check import _show
from autograder.check._difference import numeric, within

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

Array = npt.NDArray[Any]
TRUTH = "True or False came where numbers are due. Which step asks a question, as x > 0 does?"
_LARGE = 20.0  # |x| from which exponentials start to be trouble
_ENOUGH = 2  # entries that must agree before a pattern is believed


@dataclass(frozen=True)
class Trial:
    """One call: its arguments (empty for a bare value), what came and what was wanted."""

    args: tuple[Any, ...]
    got: Any
    want: Any


@dataclass(frozen=True)
class _Pair:
    got: Array
    want: Array
    args: tuple[Array, ...]
    kind: str  # of numbers that came, as NumPy's dtype.kind; got and want are floats here
    asked: str  # of numbers that were wanted


def diagnose(trials: Sequence[Trial]) -> str | None:
    """Return advice on what the results look like, or None when no habit is recognised.

    Parameters
    ----------
    trials
        Calls of one function, the right ones too: a pattern must fit them all.
    """
    with np.errstate(all="ignore"):
        return _diagnose(trials)


def _diagnose(trials: Sequence[Trial]) -> str | None:
    if any(trial.got is None and trial.want is not None for trial in trials):
        return "Did you forget `return`?"
    pairs = []
    for trial in trials:
        got, want = numeric(trial.got), numeric(trial.want)
        if got is None or want is None:
            return None
        args = tuple(arg for arg in trial.args if isinstance(arg, np.ndarray) and arg.dtype.kind in "biuf")
        pairs.append(_Pair(_floats(got), _floats(want), args, got.dtype.kind, want.dtype.kind))
    if not pairs:
        return None
    misshapen = [pair for pair in pairs if pair.got.shape != pair.want.shape]
    rules: tuple[Callable[[_Pair], str | None], ...] = (
        _one_number,
        _transposed,
        _extra_axis,
        _table,
        _other_axis,
    )
    if misshapen:
        largest = max(misshapen, key=lambda pair: pair.want.size)  # shows most habits best
        both = (misshapen[0], largest)
        return next((said for pair in both for rule in rules if (said := rule(pair))), None)
    wrong = [pair for pair in pairs if not bool(np.all(within(pair.got, pair.want)))]
    if not wrong:
        return None
    pooled: tuple[Callable[[list[_Pair]], str | None], ...] = (
        _truth, _unchanged, _sign, _square_transposed, _factor, _offset, _at_zero, _not_finite, _truncated,
        _constant, _one_row,
    )  # fmt: skip
    return next((said for look in pooled if (said := look(pairs))), None)


def _floats(values: Array) -> Array:
    return values if values.dtype.kind == "c" else values.astype(np.float64)


def _one_number(pair: _Pair) -> str | None:
    if pair.want.ndim > 0 and (pair.got.ndim == 0 or pair.got.size == 1 < pair.want.size):
        return "One number came back for a whole array. Which step turns the array into one number?"
    return None


def _transposed(pair: _Pair) -> str | None:
    if pair.got.ndim > 1 and pair.got.shape == pair.want.shape[::-1]:
        fits = bool(np.all(within(pair.got.T, pair.want)))
        return "The numbers are right, but transposed." if fits else "Rows and columns look exchanged."
    return None


def _extra_axis(pair: _Pair) -> str | None:
    if pair.got.size != pair.want.size:
        return None
    right = (
        "The numbers are right, the shape is not: "
        if bool(np.all(within(pair.got.reshape(pair.want.shape), pair.want)))
        else ""
    )
    if tuple(n for n in pair.got.shape if n != 1) == tuple(n for n in pair.want.shape if n != 1):
        got, want = _show.shape(pair.got.shape), _show.shape(pair.want.shape)
        return f"{right}{got} and {want} are different shapes, and broadcast differently."
    return f"{right}the entries are laid out along other axes." if right else None


def _table(pair: _Pair) -> str | None:
    if pair.want.ndim == 1 and pair.got.shape == pair.want.shape * 2:
        n = pair.want.shape[0]
        return f"A table of every pair came back, as when ({n}, 1) and ({n},) are broadcast together."
    return None


def _other_axis(pair: _Pair) -> str | None:
    for arg in pair.args:
        for axis in range(arg.ndim):
            others = arg.shape[:axis] + arg.shape[axis + 1 :]
            if pair.got.shape == others and pair.want.shape != others and pair.want.ndim == pair.got.ndim:
                return f"This shape comes from reducing over axis {axis}. Which axis should be summed over?"
    return None


def _flat(pairs: list[_Pair]) -> tuple[Array, Array]:
    got = np.concatenate([pair.got.ravel() for pair in pairs])
    return got, np.concatenate([pair.want.ravel() for pair in pairs])


def _fits(got: Array, want: Array) -> bool:
    got, want = np.asarray(got), np.asarray(want)
    return got.shape == want.shape and bool(np.all(within(got, want)))


def _truth(pairs: list[_Pair]) -> str | None:
    if all(pair.kind == "b" for pair in pairs) and any(pair.asked != "b" for pair in pairs):
        return TRUTH
    return None


def _unchanged(pairs: list[_Pair]) -> str | None:
    if all(len(p.args) == 1 and p.args[0].shape == p.got.shape and _fits(p.got, p.args[0]) for p in pairs):
        return "Your function gives its argument back unchanged."
    return None


def _sign(pairs: list[_Pair]) -> str | None:
    got, want = _flat(pairs)
    if any(pair.kind == "b" for pair in pairs):
        return None
    if np.count_nonzero(want) >= _ENOUGH and _fits(-got, want):
        return "Every entry has the opposite sign."
    return None


def _square_transposed(pairs: list[_Pair]) -> str | None:
    if all(p.got.ndim > 1 and _fits(p.got.T, p.want) for p in pairs):
        return "The numbers are right, but transposed."
    return None


def _factor(pairs: list[_Pair]) -> str | None:
    """Recognise one simple factor for all, or each time the number of rows or entries.

    Any two numbers have a ratio: it says something when wanted sizes differ and the factor is one that slips make.
    """
    factors, sizes = [], []
    for pair in pairs:
        got, want = pair.got.ravel().astype(complex), pair.want.ravel().astype(complex)
        used = (np.abs(want) > 1e-6) & np.isfinite(got) & np.isfinite(want)  # noqa: PLR2004
        if not used.any():
            continue
        ratio = complex(got[used][0] / want[used][0])
        if abs(ratio.imag) > 0 or ratio.real == 0 or not _fits(got / ratio, want):
            return None
        factors.append((ratio.real, pair))
        sizes += list(np.abs(want[used]))
    if not factors or np.ptp(sizes) <= 1e-6 * max(sizes):
        return None
    ratios = [ratio for ratio, _ in factors]
    told = {
        _counted(ratio, pair)
        for ratio, pair in factors
        if not (np.isclose(ratio, 1) and any(1 in arg.shape for arg in pair.args))  # a batch of one
    }
    if np.ptp(ratios) <= 1e-6 * abs(ratios[0]):
        simple = f"Every entry is off by one factor: it is {_times(ratios[0])} what was expected."
        counted = told.pop() if len(told) == 1 else None
        return counted or (simple if _simple(ratios[0]) else None)
    if None not in told:
        return "The factor follows the size of the input. A sum where a mean was asked, or the reverse?"
    return None


def _simple(ratio: float) -> bool:
    """Return whether a ratio is one that slips make: 2, 1/2, 3, 1/3, a power of ten, or minus these."""
    size = abs(ratio)
    power = round(np.log10(size))
    ten = power != 0 and np.isclose(size, 10.0**power, atol=0)
    return bool(ten or np.isclose(size, (2, 1 / 2, 3, 1 / 3)).any())


def _counted(ratio: float, pair: _Pair) -> str | None:
    for arg in (*pair.args, pair.want):
        for size in {arg.size, *arg.shape}:
            if size > 1 and np.isclose(abs(ratio), (size, 1 / size)).any():
                said = f"Every entry is {_times(ratio)} what was expected"
                return f"{said}, and {size} is the length of an axis. A sum, or a mean?"
    return None


def _times(ratio: float) -> str:
    if abs(ratio) < 1 and np.isclose(1 / ratio, round(1 / ratio)):
        return f"1/{round(1 / ratio)} of" if ratio > 0 else f"-1/{round(-1 / ratio)} of"
    return f"{_show.number(round(ratio, 6))} times"


def _offset(pairs: list[_Pair]) -> str | None:
    got, want = _flat(pairs)
    if (
        any(pair.kind == "b" for pair in pairs)
        or got.size <= _ENOUGH
        or not (np.isfinite(got).all() and np.isfinite(want).all())
    ):
        return None
    offset = (got - want)[0]
    if np.ptp(want) > 0 and np.ptp(got) > 0 and _fits(got - offset, want):
        return f"Every entry is off by the same amount: {_show.number(offset)}."
    return None


def _elementwise(pairs: list[_Pair]) -> tuple[Array, Array] | None:
    """Return the inputs, entry by entry, and which results are wrong."""
    if not all(len(p.args) == 1 and p.args[0].shape == p.want.shape for p in pairs):
        return None
    inputs = np.concatenate([p.args[0].ravel() for p in pairs])
    return inputs, ~within(*_flat(pairs))


def _at_zero(pairs: list[_Pair]) -> str | None:
    found = _elementwise(pairs)
    if found and bool(np.all(found[0][found[1]] == 0)) and bool(np.any(found[0] != 0)):
        return "Right everywhere but at x = 0. Which branch takes 0?"
    return None


def _not_finite(pairs: list[_Pair]) -> str | None:
    got, want = _flat(pairs)
    wrong = ~within(got, want)
    lost = wrong & ~np.isfinite(got)
    if not lost.any():
        found = _elementwise(pairs)
        if found and bool(np.all(np.abs(found[0][wrong]) >= _LARGE)) and bool(np.any(~wrong)):
            return "Right for ordinary x, wrong for large |x|. Which step loses its digits there?"
        return None
    kind = "nan" if np.isnan(got[lost]).any() else "inf"
    if any(np.any(np.abs(arg) >= _LARGE) for pair in pairs for arg in pair.args):
        return f"A step in between leaves the range of floats: {kind}. Which step grows too large?"
    if not any(pair.args for pair in pairs):
        return where_from(kind)
    return f"{kind} came out of ordinary numbers: divided by 0, or a log of what is not positive?"


def where_from(kind: str) -> str:
    """Ask where a nan or an inf comes from, when nobody knows what went in."""
    return f"{kind}: which step grows too large, divides by 0, or takes a log of what is not positive?"


def _truncated(pairs: list[_Pair]) -> str | None:
    got, want = _flat(pairs)
    kinds = {pair.kind for pair in pairs}
    cut = _fits(got, np.trunc(want)) or _fits(got, np.floor(want))
    if cut and kinds <= {"i", "u", "b"} and np.isfinite(want).all():
        return "The result holds whole numbers. Which step turns floats into those?"
    return None


def _constant(pairs: list[_Pair]) -> str | None:
    got, want = _flat(pairs)
    if got.size > _ENOUGH and np.isfinite(got).all() and np.ptp(got) == 0 and np.ptp(want) > 0:
        return f"Every entry is {_show.number(got[0])}, whatever the input."
    return None


def _one_row(pairs: list[_Pair]) -> str | None:
    tall = [p for p in pairs if p.want.ndim > 1 and len(p.want) > 1]
    later = [(g, w) for p in tall for g, w in zip(p.got[1:], p.want[1:], strict=True)]
    first = all(_fits(p.got[0], p.want[0]) for p in tall)
    if len(later) >= _ENOUGH and first and not any(_fits(g, w) for g, w in later):
        return "The first row is right, the others are not. Is each row treated alone?"
    return None
