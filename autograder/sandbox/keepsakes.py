"""A notebook's data as it was before a test, to be put back after it.

Only the plainest values are kept, by their exact types, so that nothing of the submission's runs when they are copied,
compared or put back; and only a little of it: a fork costs less than the copy of a large array.
"""

from __future__ import annotations

import types
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Callable

CONSTANT = frozenset(
    {type(None), bool, int, float, complex, str, bytes, range, types.EllipsisType, types.NotImplementedType}
    | {kind for kind in np.sctypeDict.values() if kind not in (np.object_, np.void)}
)
_KINDS = "?biufcSU"  # of arrays: numbers and texts
_GENERATORS = (np.random.PCG64, np.random.MT19937, np.random.PCG64DXSM, np.random.SFC64, np.random.Philox)
MOST_BYTES = 1 << 20
MOST_PARTS = 2_000


class TooMuchError(Exception):
    """More data than is worth keeping."""


class Keepsakes:
    """Values of a notebook, each looked at once; `take` copies them, `put_back` makes them what they were."""

    def __init__(self) -> None:
        self._values: dict[int, Any] = {}
        self._bytes = self._parts = 0
        self._taken: list[tuple[Any, Any]] | None = None

    def copy(self) -> Keepsakes:
        """Return another that is to keep the same."""
        other = Keepsakes()
        other._values, other._bytes, other._parts = dict(self._values), self._bytes, self._parts
        return other

    def __len__(self) -> int:
        return len(self._values)

    def add(self, value: Any, is_data: Callable[[Any], bool]) -> bool:
        """Have a value kept, and all in it; return whether all of it is plain, as `is_data` says of parts."""
        kind = type(value)
        if id(value) in self._values:
            return True
        if kind is np.ndarray:
            self._bytes += value.nbytes
        elif kind in (list, tuple, dict, set, frozenset):
            self._parts += len(value)
        elif kind is np.random.Generator:
            self._bytes += 5000
        else:
            return False
        if self._bytes > MOST_BYTES or self._parts > MOST_PARTS:
            raise TooMuchError
        self._values[id(value)] = value
        if kind is np.ndarray:
            return value.dtype.kind in _KINDS and value.dtype.names is None
        if kind is np.random.Generator:
            return type(value.bit_generator) in _GENERATORS
        if kind is dict and not all(map(is_data, list(value))):
            return False
        return all(map(is_data, list(value.values()) if kind is dict else list(value)))

    def take(self) -> None:
        """Copy all of it."""
        self._taken = [(value, _copy(value)) for value in self._values.values()]

    def put_back(self) -> bool:
        """Make all of it what it was; return whether that could be done."""
        taken, self._taken = self._taken or [], None
        could = [_restore(value, was) for value, was in taken]
        return all(could)


def _copy(value: Any) -> Any:
    if type(value) is np.ndarray:
        return value.copy(), _form(value)
    if type(value) is dict:
        return list(value.items())
    if type(value) is np.random.Generator:
        return value.bit_generator.state
    return list(value) if type(value) is list else set(value) if type(value) is set else None


def _form(array: np.ndarray[Any, Any]) -> tuple[Any, ...]:
    return (array.shape, array.strides, array.dtype.str, array.flags.num, array.__array_interface__["data"])


def _restore(value: Any, was: Any) -> bool:
    """Make a value what it was, and return whether it is."""
    kind = type(value)
    if kind is np.ndarray:
        return _restore_array(value, *was)
    if kind is list and not _same(value, was):
        value[:] = was
    elif kind is dict:
        if not (_same(list(value), [k for k, _ in was]) and _same(list(value.values()), [v for _, v in was])):
            value.clear()
            value.update(was)
    elif kind is set:
        return bool(value == was)
    elif kind is np.random.Generator:
        value.bit_generator.state = was
    return True


def _restore_array(array: np.ndarray[Any, Any], was: np.ndarray[Any, Any], form: tuple[Any, ...]) -> bool:
    if _form(array) != form:
        return False
    if array.tobytes() != was.tobytes():
        if not array.flags.writeable:
            return False
        array[...] = was
    return True


def _same(one: list[Any], other: list[Any]) -> bool:
    """Whether two lists hold the very same things."""
    return len(one) == len(other) and all(a is b for a, b in zip(one, other, strict=True))
