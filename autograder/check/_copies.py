"""Plain values, made of numbers and texts alone: copied deeply, and told apart down to the last bit."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

_PLAIN = frozenset({int, float, complex, bool, str, type(None), np.float64, np.int64, np.bool_})
_THEMSELVES = frozenset({int, bool, str, type(None)})  # alike where they are equal
_NUMERIC = "biufcU"
LARGE = 1 << 20  # bytes from which copying a value takes long


def fresh(value: Any, *, writeable: bool = True) -> Any:
    """Return a deep copy of a plain value; functions pass as they are."""
    kind = type(value)
    if kind in _PLAIN:
        return value
    if isinstance(value, np.ndarray):
        copy = value.copy(order="K")
        if not writeable:
            copy.flags.writeable = False
        return copy
    if kind is tuple or kind is list:
        return kind([fresh(item, writeable=writeable) for item in value])
    if kind is dict:
        return {key: fresh(item, writeable=writeable) for key, item in value.items()}
    return value.copy() if kind is set else value


def lent(value: Any) -> Any:
    """Return a plain value for one who does not write into it: what is copied fast is, large arrays are read-only views.

    An array whose numbers do not lie side by side is copied as ever: sums of it could come out another way.
    """
    kind = type(value)
    if kind is np.ndarray and value.nbytes > LARGE and value.flags.forc:
        view: Any = value.view()
        view.flags.writeable = False
        return view
    return kind(map(lent, value)) if kind is tuple or kind is list else fresh(value)


def weight(value: Any) -> float:
    """Return about how many bytes a plain value takes; less than none for any other."""
    kind = type(value)
    if kind is np.ndarray:
        return float(value.nbytes) if value.dtype.kind in _NUMERIC else -math.inf
    if kind in (tuple, list):
        return sum(map(weight, value))
    if kind is dict:
        return sum(map(weight, value)) + sum(map(weight, value.values()))
    return 8 if kind in _PLAIN else -math.inf


def bits_of(value: Any) -> list[Any] | None:
    """Return arrays of bytes that are the same for plain arguments of the same bits, in one layout; None for others.

    For what is so large that `print_of` would take as long as asking again: these are views.
    """
    if type(value) is not tuple or not all(
        type(one) is np.ndarray and one.flags.c_contiguous for one in value
    ):
        return None
    return [one.reshape(-1).view(np.uint8) for one in value]


def print_of(value: Any) -> object:  # noqa: PLR0911 - one return per kind of value
    """Return what can be a key, and is the same for plain values of the same types, bits and layout alone.

    It takes a tenth of the time that pickling does.
    """
    kind = type(value)
    if kind is np.ndarray:
        return kind, value.dtype.str, value.shape, value.strides, value.tobytes()
    if kind is tuple or kind is list:
        return kind, *map(print_of, value)
    if kind is dict:
        return kind, *map(print_of, value), *map(print_of, value.values())
    if kind is float:
        return kind, value.hex()  # -0.0 equals 0.0, and nan nothing
    if kind in _THEMSELVES:
        return kind, value
    if kind is complex:
        return kind, value.real.hex(), value.imag.hex()
    return kind, value.tobytes()
