"""Where two values first differ, said in words: the heart of every comparing check.

The rule that shapes come first and are strict lives here, and what is near enough. What a difference means (a
sign, a transpose) is told by `_diagnose`.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt

from autograder.check import _show
from autograder.check._equal import ABSOLUTE, RELATIVE, all_true, near_numbers, same, within
from autograder.check._finding import Comparison

__all__ = [
    "ABSOLUTE", "RELATIVE", "Difference", "Inputs", "agree", "difference", "numeric", "shape_verdict", "within",
]  # fmt: skip

Array = npt.NDArray[Any]

_NUMERIC = "biufc"
_SMALL = 6  # arrays of one axis up to this long are quoted whole
_ROOM = 2**63
_PLAIN_NUMBERS = (bool, int, float, complex)


@dataclass(frozen=True)
class Difference:
    """How a value differs from what was wanted; `got` and `want` are set when both are numeric."""

    verdict: str
    where: str | None = None
    comparison: Comparison | None = None
    got: Array | None = None
    want: Array | None = None
    at_input: bool = False  # `where` names an entry of the input


_UNSAID = Difference("not the same numbers")


@dataclass(frozen=True)
class Inputs:
    """The argument whose entries produce the result's entries one by one, and its name."""

    name: str
    values: Array


def numeric(value: Any) -> Array | None:  # noqa: PLR0911 - one return per kind of value
    """Return a value as a plain numeric array, or None when it is not made of numbers alone."""
    if isinstance(value, (np.ndarray, np.generic)):
        plain = np.asarray(value)
        if plain.dtype.kind not in _NUMERIC:
            return None
        if plain.dtype.kind == "f":
            return plain.astype(np.float64, copy=False)
        return plain.astype(np.complex128, copy=False) if plain.dtype.kind == "c" else plain
    if type(value) is int and abs(value) >= 2**63:
        try:
            return np.asarray(float(value))
        except OverflowError:
            return np.asarray(np.inf if value > 0 else -np.inf)
    if type(value) in _PLAIN_NUMBERS:
        return np.asarray(value)
    if type(value) in (list, tuple):
        return _stacked(value)
    return None


def _stacked(items: Any) -> Array | None:
    parts = [numeric(item) for item in items]
    if not parts:
        return np.zeros(0)
    if any(part is None or part.shape != parts[0].shape for part in parts if parts[0] is not None):
        return None
    return None if parts[0] is None else np.stack([part for part in parts if part is not None])


def agree(got: Any, want: Any) -> bool:
    """Return whether two values are equal within the tolerance, shapes and all."""
    kind = type(want)
    if type(got) is kind and (kind is float or (kind is int and _are_small(got, want))):
        return near_numbers(got, want) or (got != got and want != want)  # noqa: PLR0124 - NaN
    if type(got) is kind and kind in (tuple, list) and _is_counted(got) and _is_counted(want):
        return bool(got == want)
    return difference(got, want, said=False) is None


def _is_counted(values: Any) -> bool:
    """Return whether a tuple or list holds whole numbers alone, each of a size that is compared as it is."""
    return all(type(one) is int and -_ROOM < one < _ROOM for one in values)


def _are_small(got: int, want: int) -> bool:
    """Return whether two whole numbers are what NumPy has room for; larger ones are compared as floats."""
    return -_ROOM < got < _ROOM and -_ROOM < want < _ROOM


def difference(  # noqa: C901, PLR0911 - one return per kind of value
    got: Any, want: Any, *, exact: bool = False, inputs: Inputs | None = None, said: bool = True
) -> Difference | None:
    """Return how `got` differs from `want`, or None when it does not.

    Parameters
    ----------
    got
        What came; any value at all.
    want
        A number, an array, text, None, or a list, tuple, dict or set of these. A list of numbers stands for
        an array.
    exact
        Ask for equality instead of nearness.
    inputs
        For an elementwise function, the argument, to say at which input the results part.
    said
        Whether numbers that differ are put into words, which takes much longer than to find them.
    """
    if same(got, want):
        return None  # most of what is compared: the paths below would come to this
    if got is None and want is not None:
        due = _show.value(want) if _counts(want) else "a value"
        return Difference("your function gave back None" if inputs else f"expected {due}, got None")
    if isinstance(want, dict):
        return _dicts(got, want, exact=exact, said=said)
    if _counts(want) and (type(got) is type(want) or (_counted(got) and not exact)):
        return _tuples(got, want, exact=exact, said=said)
    wanted = numeric(want)
    if isinstance(want, (tuple, list)) and (
        wanted is None
        or (type(got) in (tuple, list) and (exact or type(want) is tuple or any(map(_counts, want))))
    ):
        return _sequences(got, want, exact=exact, said=said)
    if wanted is None:
        return _other(got, want)
    came = numeric(got)
    if came is None or (_counts(want) and came.ndim == 0):
        asked = _show.value(want) if _counts(want) else _kind(wanted)
        given = _show.value(got) if _counts(want) and type(got) is set else _show.described(got)
        return Difference(f"expected {asked}, got {given}")
    if exact and _mixes_truth(came, wanted):
        return Difference(f"expected {_show.value(want)}, got {_show.value(got)}")
    if exact and type(got) is int and type(want) is int and got != want:
        return Difference(f"expected {want}, got {got}", None, None, came, wanted)  # of any size
    if came.shape != wanted.shape:
        return Difference(shape_verdict(came.shape, wanted.shape), got=came, want=wanted)
    right = _identical(came, wanted) if exact else within(came, wanted)
    if all_true(right):
        return None
    return _values(came, wanted, ~right, inputs) if said else _UNSAID


def shape_verdict(got: tuple[int, ...], want: tuple[int, ...]) -> str:
    """Say how two shapes differ, axis by axis when they have as many axes."""
    if got == ():
        return f"expected an array of shape {_show.shape(want)}, got a single number"
    if want == ():
        return f"expected a single number, got an array of shape {_show.shape(got)}"
    if 0 in got and 0 not in want:
        return f"expected shape {_show.shape(want)}, got an empty array of shape {_show.shape(got)}"
    verdict = f"expected shape {_show.shape(want)}, got {_show.shape(got)}"
    wrong = [axis for axis, (a, b) in enumerate(zip(got, want, strict=False)) if a != b]
    if len(got) == len(want) and len(want) > 1 and len(wrong) == 1:
        verdict += f" (axis {wrong[0]} has {got[wrong[0]]} instead of {want[wrong[0]]})"
    return verdict


def _kind(wanted: Array) -> str:
    return "a number" if wanted.ndim == 0 else f"an array of shape {_show.shape(wanted.shape)}"


def _mixes_truth(got: Array, want: Array) -> bool:
    """Return whether one is True or False and the other a number, which `equal` keeps apart."""
    return (got.dtype.kind == "b") != (want.dtype.kind == "b")


def _identical(got: Array, want: Array) -> npt.NDArray[np.bool_]:
    same: npt.NDArray[np.bool_] = (got == want) | ((got != got) & (want != want))  # noqa: PLR0124 - NaN
    return np.asarray(same)


def _values(got: Array, want: Array, bad: npt.NDArray[np.bool_], inputs: Inputs | None) -> Difference:
    """Say where two numeric arrays of one shape first differ."""
    index = tuple(int(i) for i in np.argwhere(bad)[0]) if want.ndim else ()
    digits = _show.digits_apart(got, want, bad)
    table = _table(got, want, bad, index, digits=digits, inputs=inputs)

    def pair(a: Any, b: Any, focus: tuple[int, ...] = ()) -> str:
        expected, came = (_show.array(np.asarray(side), digits, focus) for side in (b, a))
        return f"expected {expected}, got {came}"

    where: str | None = None
    if inputs is not None:
        where = f"{inputs.name} = {_show.number(inputs.values[index], _show.INPUT_DIGITS)}"
        verdict = pair(got[index], want[index])
    elif want.ndim == 0 or (want.ndim == 1 and want.size <= _SMALL):
        verdict = pair(got, want)
    elif want.ndim == 1:
        where, verdict = f"entry {index[0]}", pair(got[index], want[index])
    else:
        row = index[:-1]
        where = f"row {row[0] if len(row) == 1 else list(row)}"
        verdict = pair(got[row], want[row], index[-1:])
    return Difference(verdict, where, table, got, want, at_input=inputs is not None)


def _table(
    got: Array, want: Array, bad: Array, index: tuple[int, ...], *, digits: int, inputs: Inputs | None
) -> Comparison | None:
    """Put expected and got side by side: entry by entry for one axis, row by row for more."""
    if want.ndim == 0:
        return None
    leading = want.shape[:1] if want.ndim == 1 else want.shape[:-1]
    focus = index[:1] if want.ndim == 1 else index[:-1]
    total = math.prod(leading)
    first_bad = int(np.ravel_multi_index(focus, leading))
    shown = [i for i in _show.entries(total, first_bad) if i is not None]
    rows, differs = [], []
    for i in shown:
        place = tuple(int(n) for n in np.unravel_index(i, leading))
        named = str(place[0]) if len(place) == 1 else str(list(place))
        if inputs is not None:
            named = _show.array(np.asarray(inputs.values[place]), _show.INPUT_DIGITS, index[-1:])
        sides = (_show.array(np.asarray(side[place]), digits, index[-1:]) for side in (want, got))
        rows.append((named, *sides))
        differs.append(bool(np.any(bad[place])))
    first = inputs.name if inputs is not None else ("entry" if want.ndim == 1 else "row")
    return Comparison((first, "expected", "got"), tuple(rows), tuple(differs), total - len(shown))


def _inside(found: Difference | None, place: str) -> Difference | None:
    return found and replace(found, where=f"{place}, {found.where}" if found.where else place)


def _dicts(got: Any, want: dict[Any, Any], *, exact: bool, said: bool) -> Difference | None:
    if not isinstance(got, dict):
        return Difference(f"expected a dict, got {_show.described(got)}")
    missing = {key: None for key in want if key not in got}
    extra = {key: None for key in got if key not in want}
    verb = "is" if len(missing) == 1 else "are"
    if missing:
        return Difference(f"{_show.keys(missing)} {verb} missing; the dict has {_show.keys(got)}")
    if extra:
        return Difference(f"{_show.keys(extra)} {'was' if len(extra) == 1 else 'were'} not asked for")
    for key, wanted in want.items():
        found = _inside(difference(got[key], wanted, exact=exact, said=said), f"key {_show.value(key)}")
        if found:
            return found
    return None


def _sequences(got: Any, want: Any, *, exact: bool, said: bool) -> Difference | None:
    if type(got) not in (tuple, list):
        return Difference(f"expected a {type(want).__name__} of {len(want)}, got {_show.described(got)}")
    if exact and type(got) is not type(want):
        sides = [f"the {type(side).__name__} {_show.value(side)}" for side in (want, got)]
        return Difference(f"expected {sides[0]}, got {sides[1]}")
    word = "item" if type(want) is list else "result"
    if any(map(_counts, want)) and (len(got) != len(want) or not all(map(_counted, got))):
        sides = [_show.value(side) for side in (want, got)]
        if sum(map(len, sides)) <= _show.LONG_TEXT:
            return Difference(f"expected {sides[0]}, got {sides[1]}")
    if len(got) != len(want):
        counts = f"expected {len(want)} {word}{'s' * (len(want) != 1)}, got {len(got)}"
        return Difference(f"{counts}: {_show.value(got)}" if exact or type(want) is list else counts)
    for i, (came, wanted) in enumerate(zip(got, want, strict=True)):
        found = _inside(difference(came, wanted, exact=exact, said=said), f"{word} {i + 1} of {len(want)}")
        if found:
            return found
    return None


def _counts(want: Any) -> bool:
    """Return whether a value is a short tuple or list of whole numbers, such as (6, 28, 28) or []."""
    return type(want) in (tuple, list) and len(want) <= _show.MANY and all(type(n) is int for n in want)


def _counted(got: Any) -> bool:
    """Return whether what came can be shown beside such a tuple: another one, or a row of whole numbers."""
    if isinstance(got, np.ndarray):
        return got.ndim == 1 and got.dtype.kind in "iu" and got.size <= _show.MANY
    return type(got) in (tuple, list)


def _tuples(got: Any, want: Any, *, exact: bool, said: bool) -> Difference | None:
    """Compare short tuples of whole numbers, and show them whole."""
    same_all = len(got) == len(want) and all(
        difference(a, b, exact=exact, said=False) is None for a, b in zip(got, want, strict=True)
    )
    if same_all:
        return None
    if not said:
        return _UNSAID
    verdict, came, wanted = (
        f"expected {_show.value(want)}, got {_show.value(got)}",
        numeric(got),
        numeric(want),
    )
    if came is None or wanted is None or came.shape != wanted.shape:
        return Difference(verdict)
    return Difference(verdict, got=came, want=wanted)


def _other(got: Any, want: Any) -> Difference | None:
    """Compare what is no number: text, None, sets. The types are Python's own, so == is honest."""
    if got is want:
        return None
    if type(got) is type(want) and type(want) in (str, bytes, set, frozenset, type(None)):
        return None if got == want else Difference(f"expected {_show.value(want)}, got {_show.value(got)}")
    both = isinstance(want, np.ndarray) and isinstance(got, np.ndarray) and got.dtype.kind == want.dtype.kind
    if both and got.shape != want.shape:
        return Difference(shape_verdict(got.shape, want.shape))
    if both and bool(np.all(np.asarray(got) == np.asarray(want))):
        return None
    return Difference(f"expected {_show.value(want)}, got {_show.value(got)}")
