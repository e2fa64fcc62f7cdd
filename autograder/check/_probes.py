"""What the reference gives for other arguments: is that what came? Then it is known what a student's code overlooks.

`conv(X, W, b)` gives what the reference gives for b = 0: the bias is left out. Nothing is said about how the right
result is made, only to which question the student's result would be the answer.
"""

from __future__ import annotations

import time
from itertools import combinations
from typing import TYPE_CHECKING, Any

import numpy as np

from autograder.check import _calls
from autograder.check._difference import agree, numeric

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from autograder.check._habits import Array

    Change = Callable[[Any], Any]

_PATIENCE = 1.0  # seconds
_TELLING = 4  # different numbers in one wrong result that are believed
_PLANE = 2


class Asked:
    """The calls a student's function was tried with, and the reference.

    Parameters
    ----------
    calls
        Arguments, all that the reference takes, and what came and what was wanted, wrong ones first.
    names
        Of the arguments.
    ref
        Gives the result, or the part of it that is at stake.
    """

    def __init__(
        self, calls: Sequence[tuple[tuple[Any, ...], Any, Any]], names: Sequence[str], ref: Callable[..., Any]
    ) -> None:
        self._calls = sorted(calls, key=lambda call: agree(call[1], call[2]))
        self._names = names
        self._ref = ref
        self._ends = time.monotonic() + _PATIENCE

    def look(self) -> str | None:
        """Return what the results would be right for, or None."""
        wrong = [call for call in self._calls if not agree(call[1], call[2])]
        if not _telling([got for _, got, _ in wrong]):
            return None
        args = self._calls[0][0]
        for words, change in _changes(args, self._names):
            if time.monotonic() > self._ends:
                return None
            if all(self._gives(change, *call) for call in self._calls):
                return f"This is what should come out if {words}"
        return None

    def _gives(self, change: Change, args: tuple[Any, ...], got: Any, want: Any) -> bool:
        try:
            other = change(args)
            if other is None:
                return agree(got, want)
            return agree(got, _calls.quietly(self._ref, other))
        except Exception:  # noqa: BLE001 - no question that the reference has an answer to
            return False


def _telling(results: Sequence[Any]) -> bool:
    """Return whether results say enough: several different ones, or one of many numbers."""
    different: list[Any] = []
    for result in results:
        values = numeric(result)
        if values is not None and (values.size == 0 or not np.isfinite(values).all() or not values.any()):
            continue
        if values is not None and len(np.unique(values)) >= _TELLING:
            return True
        if not any(agree(result, other) for other in different):
            different.append(result)
    return len(different) > 2  # noqa: PLR2004 - three single numbers


def _changes(args: tuple[Any, ...], names: Sequence[str]) -> Iterator[tuple[str, Change]]:  # noqa: C901 - a table
    """Go through what may have been overlooked: words, and how the arguments are changed for it."""
    for at, (arg, name) in enumerate(zip(args, names, strict=False)):
        if isinstance(arg, np.ndarray):
            for words, step in _of_array(name, arg):
                yield words, _at(at, step)
        elif type(arg) is dict:
            for key, part in arg.items():
                if isinstance(part, np.ndarray):
                    for words, step in _of_array(f"{name}[{key!r}]", part):
                        yield words, _at(at, _under(key, step))
        elif type(arg) is list:
            yield from _of_layers(at, [item for item in arg if type(item) is dict])
        else:
            yield from _of_option(at, arg, name, args, names)
    for (i, one), (j, other) in combinations(enumerate(args), 2):
        alike = type(one) is type(other) and np.shape(one) == np.shape(other)
        if alike and isinstance(one, (np.ndarray, int)) and type(one) is not bool:
            yield f"`{names[i]}` and `{names[j]}` were exchanged. Is each where it belongs?", _swapped(i, j)


def _of_array(name: str, array: Array) -> Iterator[tuple[str, Callable[[Array], Array]]]:
    if array.dtype.kind != "f":
        yield f"`{name}` were 0 everywhere. Does it enter?", np.zeros_like
        yield f"`{name}` were one smaller. Does a count start at 1?", lambda y: y - 1
        return
    axes = array.ndim
    yield f"`{name}` were 0. Does it enter?", np.zeros_like
    yield f"every number in `{name}` were 1. Does it enter?", np.ones_like
    yield f"`{name}` had the opposite sign.", np.negative
    yield f"`{name}` had no negative numbers, but their absolute values.", np.abs
    yield f"the negative numbers in `{name}` were 0.", lambda a: np.maximum(a, 0)
    if axes > 1:
        yield f"rows and columns of `{name}` were exchanged.", lambda a: a.swapaxes(-1, -2)
        yield f"`{name}` were turned by 180 degrees.", lambda a: np.flip(a, (-2, -1))
    for axis in range(axes):
        yield f"`{name}` ran the other way along axis {axis}.", lambda a, n=axis: np.flip(a, n)  # type: ignore[misc]
    for axis in range(axes):
        along = f" along axis {axis}" if axes > 1 else ""
        yield (
            f"all but the first of `{name}`{along} were 0. Does a sum, or a loop, stop after its first step?",
            lambda a, n=axis: _kept(a, n, slice(1, None)),  # type: ignore[misc]
        )
        yield (
            f"the last of `{name}`{along} were 0. Does a sum, or a loop, end one step too early?",
            lambda a, n=axis: _kept(a, n, slice(-1, None)),  # type: ignore[misc]
        )
        yield (
            f"the first of `{name}`{along} were 0. Does a sum, or a loop, begin one step too late?",
            lambda a, n=axis: _kept(a, n, slice(None, 1)),  # type: ignore[misc]
        )
    if axes > 1:
        every = "image" if axes > _PLANE else "row"
        yield (
            f"every {every} of `{name}` were like the first one.",
            lambda a: np.broadcast_to(a[:1], a.shape) + 0.0,
        )
    yield f"`{name}` were in degrees. Which functions take radians?", np.deg2rad
    yield f"`{name}` were twice as large.", lambda a: 2 * a
    yield f"`{name}` were half as large.", lambda a: a / 2
    yield f"`{name}` were squared.", np.square


def _kept(a: Array, axis: int, dropped: slice) -> Array:
    if a.shape[axis] < 2:  # noqa: PLR2004 - nothing is left, or nothing is lost
        return a
    copy = a.copy()
    copy[(slice(None),) * axis + (dropped,)] = 0
    return copy


def _of_layers(at: int, layers: list[dict[Any, Any]]) -> Iterator[tuple[str, Change]]:
    for key in dict.fromkeys(key for layer in layers for key, value in layer.items() if type(value) is int):

        def without(given: list[dict[Any, Any]], key: Any = key) -> list[dict[Any, Any]]:
            return [{k: v for k, v in layer.items() if k != key} for layer in given]

        def ones(given: list[dict[Any, Any]], key: Any = key) -> list[dict[Any, Any]]:
            return [{**layer, key: 1} for layer in given]

        yield f"no layer named a {key!r}. Is that entry read?", _at(at, without)
        yield f"{key!r} were 1 in every layer. Is that entry read?", _at(at, ones)


def _of_option(  # noqa: C901 - a table of what goes wrong with each kind of argument
    at: int, arg: Any, name: str, args: tuple[Any, ...], names: Sequence[str]
) -> Iterator[tuple[str, Change]]:
    if type(arg) is bool:
        yield f"`{name}` were always True. Is it read?", _at(at, lambda _: True)
        yield f"`{name}` were always False. Is it read?", _at(at, lambda _: False)
        yield f"`{name}` were the other way round.", _at(at, lambda value: not value)
    elif arg is None or type(arg) is int:
        for value in (0, 1, 2, None):
            ask = f"`{name}` were always {value}. Is it read?"
            yield ask, _at(at, lambda _, v=value: v)  # type: ignore[misc]
        if type(arg) is int:
            yield f"`{name}` were one larger. Is a + 1 or a - 1 astray?", _at(at, lambda value: value + 1)
            yield f"`{name}` were one smaller. Is a + 1 or a - 1 astray?", _at(at, lambda value: value - 1)
            yield f"`{name}` were twice as large.", _at(at, lambda value: 2 * value)
            yield (
                f"`{name}` were half as large.",
                _at(at, lambda value: value // 2 if value % 2 == 0 else value / 2),
            )
            yield f"`{name}` had the opposite sign.", _at(at, lambda value: -value)
        for other, label in enumerate(names[: len(args)]):
            if other != at and type(args[other]) is int:
                yield f"`{name}` were the same as `{label}`.", _as(at, other)
    elif type(arg) is tuple and all(type(item) is int for item in arg):
        yield f"`{name}` stood in reverse order.", _at(at, lambda sizes: sizes[::-1])
        for spot in range(len(arg)):
            yield (
                f"place {spot} of `{name}` were 1. Is it read?",
                _at(at, lambda sizes, s=spot: (*sizes[:s], 1, *sizes[s + 1 :])),  # type: ignore[misc]
            )
    elif type(arg) is float:
        yield f"`{name}` were always 1. Does it enter?", _at(at, lambda _: 1.0)
        yield f"`{name}` had the opposite sign.", _at(at, lambda value: -value)
        yield f"1 / `{name}` stood in the place of `{name}`.", _at(at, lambda value: 1 / value)
    elif type(arg) is str:
        for word in ("mean", "sum"):
            yield f"`{name}` were always {word!r}. Is it read?", _at(at, lambda _, v=word: v)  # type: ignore[misc]


def _at(at: int, step: Callable[[Any], Any]) -> Change:
    """Change one argument; None where nothing changes."""

    def change(args: tuple[Any, ...]) -> tuple[Any, ...] | None:
        other = step(args[at])
        return None if agree(other, args[at]) else (*args[:at], other, *args[at + 1 :])

    return change


def _under(key: Any, step: Callable[[Array], Array]) -> Callable[[dict[Any, Any]], dict[Any, Any]]:
    return lambda held: {**held, key: step(held[key])}


def _as(at: int, other: int) -> Change:
    return lambda args: (*args[:at], args[other], *args[at + 1 :])


def _swapped(i: int, j: int) -> Change:
    def change(args: tuple[Any, ...]) -> tuple[Any, ...]:
        order = list(range(len(args)))
        order[i], order[j] = j, i
        return tuple(args[n] for n in order)

    return change
