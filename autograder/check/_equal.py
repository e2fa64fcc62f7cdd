"""What is near enough, and what is equal at first sight: most of what is compared is, and a closer look takes long."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import numpy.typing as npt

ABSOLUTE = 1e-8  # the tolerance: |got - want| <= ABSOLUTE + RELATIVE |want|
RELATIVE = 1e-6
_NUMERIC = "biufc"
_SHORT = 4096  # bytes
Array = npt.NDArray[Any]
_PLAIN = frozenset({bool, int, float, complex, str, np.float64, np.int64, np.bool_})


def same(got: Any, want: Any) -> bool:
    """Return whether two values are the same thing, number for number, and of the same types; False if in doubt.

    Short arrays of the same bits are the same, also where there are NaNs in them.
    """
    kind = type(want)
    if type(got) is not kind:
        return False
    if kind is np.ndarray:
        if got.dtype != want.dtype or got.shape != want.shape or want.dtype.kind not in _NUMERIC:
            return False
        return (want.nbytes <= _SHORT and got.tobytes() == want.tobytes()) or all_true(got == want)
    if kind in (tuple, list):
        return len(got) == len(want) and all(map(same, got, want))
    if kind is dict:
        return len(got) == len(want) and all(k in want and same(v, want[k]) for k, v in got.items())
    return kind in _PLAIN and bool(got == want)


def all_true(where: Any) -> bool:
    """Return whether an array of truth values holds none that is False; in half the time of its own `all`."""
    return bool(np.count_nonzero(where) == where.size)


def within(got: Array, want: Array) -> npt.NDArray[np.bool_]:
    """Return where two arrays of one shape agree: ``|got - want| <= 1e-8 + 1e-6 |want|``.

    NaN agrees with NaN alone, an infinity with itself alone, a whole number with another only if they are the same.
    """
    if want.dtype.kind in "iub" and got.dtype.kind in "iub":
        return np.asarray(got == want)
    with np.errstate(all="ignore"):
        if got.dtype == want.dtype == np.float64:
            near = _finite_near(got, want)
            if near is not None:
                return near
        counted = (got == np.rint(got)) & (want.dtype.kind in "iub")  # a whole number where one is due
        both_finite = np.isfinite(got) & np.isfinite(want)
        near = np.abs(np.subtract(got, want, dtype=_widest(got, want))) <= ABSOLUTE + RELATIVE * np.abs(want)
        alike = (got == want) | (np.isnan(got) & np.isnan(want))
    return np.where(both_finite & ~counted, near, alike)


def _widest(got: Array, want: Array) -> type[np.float64 | np.complex128]:
    return np.complex128 if "c" in (got.dtype.kind, want.dtype.kind) else np.float64


def _finite_near(got: Array, want: Array) -> npt.NDArray[np.bool_] | None:
    """Return where floats agree if they are all finite; None where it takes a closer look."""
    apart = got - want
    if not all_true(np.isfinite(apart)):
        return None
    allowed = np.abs(want)
    allowed *= RELATIVE
    allowed += ABSOLUTE
    return np.asarray(np.abs(apart) <= allowed)


def near_numbers(got: float, want: float) -> bool:
    """Return whether two plain numbers of one type, int or float, agree."""
    if type(want) is int:
        return got == want
    return got == want or (
        math.isfinite(got) and math.isfinite(want) and abs(got - want) <= ABSOLUTE + RELATIVE * abs(want)
    )
