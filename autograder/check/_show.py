"""Values as short text: long enough to see a difference, short enough to read.

Everything that a message prints goes through here. Values may be anything a student returned, so nothing here
calls their methods: only NumPy arrays and Python's own plain types are looked into.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import numpy.typing as npt

from autograder.check._finding import Opaque

Array = npt.NDArray[Any]

DIGITS = 4  # significant digits, unless more are needed to tell two numbers apart
INPUT_DIGITS = 6
MOST_DIGITS = 17
MANY = 8  # entries of one axis before the middle is left out
LONG_TEXT = 200
EXACT_INTEGERS = 1e7  # whole numbers below this print without an exponent


def number(value: Any, digits: int = DIGITS) -> str:
    """Return one number as short text, such as ``0.5``, ``1e8`` or ``nan``."""
    if isinstance(value, (bool, np.bool_)):
        return str(bool(value))
    if isinstance(value, (complex, np.complexfloating)):
        sign = "-" if value.imag < 0 else "+"
        return f"{number(value.real, digits)}{sign}{number(abs(value.imag), digits)}j"
    if isinstance(value, (int, np.integer)):
        exact = int(value)
        return str(exact) if abs(exact) < 10**MOST_DIGITS else f"about 2^{exact.bit_length() - 1}"
    real = float(value)
    if not math.isfinite(real):
        return str(real)
    if real == int(real) and abs(real) < EXACT_INTEGERS:
        return str(int(real))
    mantissa, _, exponent = f"{real:.{digits}g}".partition("e")
    return f"{mantissa}e{int(exponent)}" if exponent else mantissa


def digits_apart(got: Array, want: Array, bad: Array) -> int:
    """Return how many digits make every pair that differs look different."""
    pairs = list(zip(got[bad].ravel()[:MANY], want[bad].ravel()[:MANY], strict=True))
    for digits in range(DIGITS, MOST_DIGITS):
        if all(number(a, digits) != number(b, digits) for a, b in pairs):
            return digits
    return MOST_DIGITS


def entries(count: int, focus: int | None = None) -> list[int | None]:
    """Return the places of one axis to print, in order; None stands for places left out.

    The first ones, the last one and the ones around `focus` are kept.
    """
    if count <= MANY:
        return list(range(count))
    kept = {0, 1, 2, count - 1}
    if focus is not None:
        kept |= {place for place in range(focus - 1, focus + 2) if 0 <= place < count}
    shown: list[int | None] = []
    last = -1
    for place in sorted(kept):
        if place > last + 1:
            shown.append(None)
        shown.append(place)
        last = place
    return shown


def array(values: Array, digits: int = DIGITS, focus: tuple[int, ...] = ()) -> str:
    """Return an array in brackets, the middle of long axes left out but for where `focus` points."""
    if values.ndim == 0:
        return number(values[()], digits) if values.dtype.kind in "biufc" else value(values[()])
    if values.size == 0:
        return f"an empty array of shape {shape(values.shape)}"
    parts = [
        "..." if place is None else array(np.asarray(values[place]), digits, focus[1:])
        for place in entries(len(values), focus[0] if focus else None)
    ]
    return "[" + ", ".join(parts) + "]"


def shape(axes: tuple[int, ...]) -> str:
    """Return a shape as NumPy prints it, such as ``(3,)``."""
    return str(tuple(int(n) for n in axes))


def keys(held: dict[Any, Any]) -> str:
    """Say a dict's keys: "the keys 'W1', 'b1'"."""
    if not held:
        return "no keys"
    named = ", ".join(value(key) for key in list(held)[:MANY])
    more = ", ..." if len(held) > MANY else ""
    return f"the key{'s' if len(held) > 1 else ''} {named}{more}"


def value(anything: Any, digits: int = DIGITS) -> str:
    """Return any plain value as short text; what is not plain is named by its type."""
    return _cut(_value(anything, digits))


def _value(anything: Any, digits: int) -> str:  # noqa: PLR0911 - one return per kind
    kind = type(anything)
    if isinstance(anything, np.ndarray):
        return (
            array(np.asarray(anything), digits) if anything.dtype.kind in "biufcUSM" else described(anything)
        )
    if isinstance(anything, np.generic) and anything.dtype.kind in "biufc":
        return number(anything, digits)
    if kind in (bool, int, float, complex):
        return number(anything, digits)
    if anything is None or kind in (str, bytes):
        return repr(anything)
    if kind in (list, tuple):
        inside = ", ".join(_value(item, digits) for item in anything[:MANY])
        inside += ", ..." if len(anything) > MANY else ""
        if kind is tuple and len(anything) == 1:
            inside += ","
        return f"[{inside}]" if kind is list else f"({inside})"
    if kind is dict:
        pairs = [f"{_value(k, digits)}: {_value(v, digits)}" for k, v in list(anything.items())[:MANY]]
        return "{" + ", ".join(pairs) + (", ..." if len(anything) > MANY else "") + "}"
    if kind in (set, frozenset):
        return (
            "{" + ", ".join(sorted(_value(item, digits) for item in anything)[:MANY]) + "}"
            if anything
            else "set()"
        )
    return described(anything)


def described(anything: Any) -> str:  # noqa: C901, PLR0911 - one return per kind
    """Name the kind of a value: "an array of shape (3,)", "a list", "None"."""
    kind = type(anything)
    if anything is None:
        return "None"
    if isinstance(anything, Opaque):
        return anything.described
    if isinstance(anything, np.ndarray):
        if anything.dtype.kind == "O":
            return f"an array of Python objects, shape {shape(anything.shape)}"
        if anything.dtype.kind not in "biufc":
            return f"an array of {anything.dtype}, shape {shape(anything.shape)}"
        return f"an array of shape {shape(anything.shape)}"
    if isinstance(anything, np.str_):
        return f"the text {_cut(repr(str(anything)))}"
    if isinstance(anything, np.generic) and anything.dtype.kind not in "biufc":
        return f"a value of {anything.dtype}"
    if isinstance(anything, np.generic) or kind in (bool, int, float, complex):
        return (
            f"the number {number(anything)}"
            if not isinstance(anything, (bool, np.bool_))
            else str(bool(anything))
        )
    if kind is str:
        return f"the text {_cut(repr(anything))}"
    if kind in (list, tuple, dict, set, frozenset):
        return f"a {kind.__name__}"
    if kind.__name__ in ("function", "method", "builtin_function_or_method"):
        return "a function (did you forget to call it?)"
    return Opaque(f"{kind.__module__}.{kind.__qualname__}").described


def _cut(text: str) -> str:
    return text if len(text) <= LONG_TEXT else text[: LONG_TEXT - 3] + "..."
