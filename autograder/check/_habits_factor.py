"""A factor or a constant between what came and what was wanted: a mean for a sum, another logarithm, degrees."""

from __future__ import annotations

from itertools import combinations

import numpy as np

from autograder.check import _show
from autograder.check._difference import ABSOLUTE, RELATIVE
from autograder.check._habits import ENOUGH, Pair, fits, flat

_BASES = {np.log10(np.e): "log10(e)", np.log2(np.e): "log2(e)", np.log(10): "ln 10", np.log(2): "ln 2"}
_ANGLES = (np.pi / 180, 180 / np.pi)
_TINY = 1e-4  # below which a power of ten is written as one
_PLANE = 2
_NEAR = 0.01
_SEVERAL = 3


def factor(pairs: list[Pair]) -> str | None:
    """Recognise one simple factor for all, or each time the length of the same axis.

    Any two numbers have a ratio: it says something when wanted sizes differ and the factor is one that slips make.
    """
    factors = _ratios(pairs)
    if not factors:
        return None
    counted = _counted(factors)
    return counted if counted or alone(pairs) else _one(factors)


def _one(factors: list[tuple[float, Pair]]) -> str | None:
    """Say what a factor is that has nothing to do with a length."""
    ratios = [ratio for ratio, _ in factors]
    if np.ptp(ratios) > 1e-6 * abs(ratios[0]):
        return _by_a_number(factors) or _by_two_lengths(factors)
    said = f"Every entry is off by one factor: it is {_times(ratios[0])} what was expected"
    for size, name in _BASES.items():
        if np.isclose(abs(ratios[0]), size, rtol=1e-7, atol=0):
            return f"{said}, which is {name}. Which logarithm undoes e^x?"
    if np.isclose(abs(ratios[0]), _ANGLES, rtol=1e-7, atol=0).any():
        return f"{said}. Which step takes degrees, and which radians?"
    return f"{said}." if _simple(ratios[0]) else None


def _ratios(pairs: list[Pair]) -> list[tuple[float, Pair]]:
    """Return each call's factor; nothing where there is none, or where wanted sizes are all alike."""
    factors, sizes = [], []
    for pair in pairs:
        got, want = pair.got.ravel().astype(complex), pair.want.ravel().astype(complex)
        used = (np.abs(want) > 1e-6) & np.isfinite(got) & np.isfinite(want)  # noqa: PLR2004
        if not used.any():
            continue
        ratio = complex(got[used][0] / want[used][0])
        if abs(ratio.imag) > 0 or ratio.real == 0 or not fits(got / ratio, want):
            return []
        factors.append((ratio.real, pair))
        sizes += list(np.abs(want[used]))
    return factors if factors and np.ptp(sizes) > 1e-6 * max(sizes) else []


def alone(pairs: list[Pair]) -> bool:
    """Return whether there is one result only, whose entries rise evenly: any other such result would fit too."""
    if len(pairs) > 1:
        return False
    want = pairs[0].want
    for axis in range(want.ndim):
        step = np.diff(want, axis=axis)
        if step.size and np.ptp(step.real) > ABSOLUTE + RELATIVE * np.abs(want).max():
            return False
    return want.size > 1


def offset(pairs: list[Pair]) -> str | None:
    """Recognise that all is off by one number."""
    got, want = flat(pairs)
    if (
        any(pair.kind == "b" for pair in pairs)
        or got.size <= ENOUGH
        or not (np.isfinite(got).all() and np.isfinite(want).all())
    ):
        return None
    away = (got - want)[0]
    if not alone(pairs) and np.ptp(want) > 0 and np.ptp(got) > 0 and fits(got - away, want):
        return f"Every entry is off by the same amount: {_show.number(away)}."
    return None


def _simple(ratio: float) -> bool:
    """Return whether a ratio is one that slips make: 2, 1/2, 3, 1/3, a power of ten, or minus these."""
    size = abs(ratio)
    return bool(_power_of_ten(size) != 0 or np.isclose(size, (2, 1 / 2, 3, 1 / 3, 4, 1 / 4)).any())


def _power_of_ten(size: float) -> int:
    power = round(np.log10(size))
    return power if np.isclose(size, 10.0**power, atol=0) else 0


def _times(ratio: float) -> str:
    power = _power_of_ten(abs(ratio))
    if power and not _TINY <= abs(ratio) <= 1 / _TINY:
        return f"{'-' * (ratio < 0)}10^{power} times"
    if abs(ratio) < 1 and np.isclose(1 / ratio, round(1 / ratio)):
        return f"1/{round(1 / ratio)} of" if ratio > 0 else f"-1/{round(-1 / ratio)} of"
    return f"{_show.number(round(ratio, 6))} times"


def _by_a_number(factors: list[tuple[float, Pair]]) -> str | None:
    """Recognise a factor that is each time a power of one of the numbers handed in, such as h squared."""
    names = {name for name, _ in factors[0][1].numbers}
    for name in sorted(names):
        values = [dict(pair.numbers).get(name) for _, pair in factors]
        if any(value is None or value == 0 for value in values):
            continue
        for power, word in ((1, f"`{name}` times"), (2, f"`{name}` squared times"), (-1, f"1 / `{name}` of"),
                            (-2, f"1 / `{name}` squared of")):  # fmt: skip
            if all(
                value is not None and np.isclose(ratio, float(value) ** power, rtol=1e-6, atol=0)
                for (ratio, _), value in zip(factors, values, strict=True)
            ):
                return f"Every entry is {word} what was expected. How should `{name}` enter?"
    return None


def _by_two_lengths(factors: list[tuple[float, Pair]]) -> str | None:
    """Recognise that one length of an array was counted where another one is due."""
    for at, label in enumerate(factors[0][1].labels):
        if any(p.labels != factors[0][1].labels or p.args[at].ndim != _PLANE for _, p in factors):
            continue
        sides = [p.args[at].shape for _, p in factors]
        for one, other in ((0, 1), (1, 0)):
            if all(np.isclose(r, s[one] / s[other]) for (r, _), s in zip(factors, sides, strict=True)):
                lengths = [_length(label, axis, _PLANE) for axis in (one, other)]
                return f"Every entry is off by one factor: the {lengths[0]} over the {lengths[1]}. Which of them counts?"
    return None


def _counted(factors: list[tuple[float, Pair]]) -> str | None:
    """Recognise a factor that is each time the length of the same axis, or one over it, or of several axes."""
    common: list[tuple[str, bool]] | None = None
    for ratio, pair in factors:
        here = [
            (name, smaller)
            for name, size in _lengths(pair)
            for smaller in (True, False)
            if size and np.isclose(ratio, 1 / size if smaller else size)
        ]
        common = here if common is None else [spot for spot in common if spot in here]
    ratios = [ratio for ratio, _ in factors]
    if not common or np.isclose(ratios, 1).all():
        return None
    length, smaller = common[0]
    if length.endswith("the result") and alone([pair for _, pair in factors]):
        return None
    if np.isclose(ratios, ratios[0]).all():
        size = round(1 / ratios[0] if smaller else ratios[0])
        if (
            len(common) > 1 or np.count_nonzero(np.equal(factors[0][1].want.shape, size)) > 1
        ):  # cannot be seen
            return f"Every entry is {_times(ratios[0])} what was expected. Is there a sum for a mean, or a mean for a sum?"
        return f"Every entry is {_times(ratios[0])} what was expected, and {size} is the {length}. A sum, or a mean?"
    if smaller:
        return f"Every entry is too small by one factor, the {length}. A mean where a sum is asked?"
    return f"Every entry is too large by one factor, the {length}. A sum for a mean, or a division by a mean?"


def _lengths(pair: Pair) -> list[tuple[str, int]]:
    """Return what may be counted in one call, and how much that is."""
    found = []
    for label, array in zip(pair.labels, pair.args, strict=True):
        found += [(_length(label, axis, array.ndim), size) for axis, size in enumerate(array.shape)]
        found += [(_length(label, -1, array.ndim), array.size)] * (array.ndim > 1)
        if array.ndim > _PLANE:
            for few in (2, 3):
                for axes in combinations(range(array.ndim), few):
                    named = ", ".join(map(str, axes[:-1])) + f" and {axes[-1]}"
                    count = int(np.prod([array.shape[axis] for axis in axes]))
                    found.append((f"number of places along axes {named} of {label}", count))
    found += [
        (_length("the result", axis, pair.want.ndim), size) for axis, size in enumerate(pair.want.shape[:1])
    ]
    return found + [(_length("the result", -1, pair.want.ndim), pair.want.size)] * (pair.want.ndim > 1)


def _length(label: str, axis: int, axes: int) -> str:
    if axis < 0:
        return f"number of entries of {label}"
    if axes == 1:
        return f"length of {label}"
    return f"number of rows of {label}" if axis == 0 else f"length of axis {axis} of {label}"


def nearly(pairs: list[Pair]) -> str | None:
    """Recognise results that are right but for a few in a thousand."""
    got, want = flat(pairs)
    if got.size < _SEVERAL or any(pair.kind == "b" or pair.asked in "iub" for pair in pairs):
        return None
    if not (np.isfinite(got).all() and np.isfinite(want).all()):
        return None
    off = np.abs(got - want)
    near = bool(np.all(off <= _NEAR * np.abs(want) + ABSOLUTE)) and np.ptp(want) > 0
    return (
        "Nearly right: off by less than 1 in 100. Is a constant rounded, or a step an approximation?"
        if near
        else None
    )
