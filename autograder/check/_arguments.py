"""A call's arguments in words: small arrays whole, large ones by their shapes, dicts of arrays by their keys."""

from __future__ import annotations

from typing import Any

import numpy as np

from autograder.check import _show
from autograder.check._difference import difference

CHANGED = "the call changed its argument"  # how such a finding begins
_ENTRIES = 24  # of an array that is printed whole
_DEEP_ENTRIES = 8  # of one with more than two axes, which is hard to read
_FEW_ENTRIES = 4  # of one that is shown before and after
_LINE = 160  # characters, beyond which large arguments give way to their shapes


def described(args: tuple[Any, ...], named: list[str]) -> str:
    """Say a call's arguments: "x = [-1, 0], c = 2"."""
    said = [_said(name, value) for name, value in zip(named, args, strict=True)]
    shapes = [_shaped(name, value) for name, value in zip(named, args, strict=True)]
    while sum(map(len, said)) > _LINE:
        saved = [len(long) - len(short) for long, short in zip(said, shapes, strict=True)]
        longest = int(np.argmax(saved))
        if saved[longest] <= 0:
            break
        said[longest] = shapes[longest]
    return ", ".join(said)


def name_of(function: Any) -> str:
    """Return a function's name, or an empty text."""
    name = getattr(function, "__name__", "")
    return name if isinstance(name, str) else ""


def _said(name: str, value: Any) -> str:
    if isinstance(value, np.ndarray):
        if value.size > (_ENTRIES if value.ndim <= 2 else _DEEP_ENTRIES):  # noqa: PLR2004 - rows and columns
            return _shaped(name, value)
        return f"{name} = {_show.array(np.asarray(value), _show.INPUT_DIGITS)}"
    if type(value) is dict and any(isinstance(part, np.ndarray) for part in value.values()):
        if sum(np.size(part) for part in value.values()) > _DEEP_ENTRIES:
            return _shaped(name, value)
        return f"{name} with {described(tuple(value.values()), [str(key) for key in value])}"
    if callable(value):
        function = name_of(value)
        return f"{name} = {function}" if function.isidentifier() else f"{name} = a function"
    return f"{name} = {_show.value(value, _show.INPUT_DIGITS)}"


def _shaped(name: str, value: Any) -> str:
    if isinstance(value, np.ndarray):
        return f"{name} of shape {_show.shape(value.shape)}"
    if type(value) is dict and any(isinstance(part, np.ndarray) for part in value.values()):
        return f"{name} with {', '.join(_part(key, part) for key, part in value.items())}"
    return _said(name, value)


def _part(key: Any, value: Any) -> str:
    if isinstance(value, np.ndarray):
        return f"{key} {_show.shape(value.shape)}"
    return f"{key} = {_show.value(value, _show.INPUT_DIGITS)}"


def changed(name: str, before: Any, after: Any, within: float = 0.0) -> str | None:
    """Say what a call changed in an argument: "x went from [1, 2] to [0, 2]"; None where nothing.

    Parameters
    ----------
    name
        Of the argument, or of the place in it, as Python would write it.
    before, after
        Its value before the call and after.
    within
        How far a number may end from what it was.
    """
    if isinstance(before, np.ndarray) and isinstance(after, np.ndarray) and before.shape == after.shape:
        return _array_changed(name, before, after, within)
    if type(before) in (dict, list, tuple) and type(after) is type(before):
        return _inside(name, _entries(before), _entries(after), within)
    if before is after or difference(after, before, exact=True) is None:
        return None
    return _went(name, before, after)


def _entries(holder: Any) -> dict[Any, Any]:
    return holder if type(holder) is dict else dict(enumerate(holder))


def _inside(name: str, before: dict[Any, Any], after: dict[Any, Any], within: float) -> str | None:
    for key in [*before, *(key for key in after if key not in before)]:
        spot = f"{name}[{_show.value(key)}]"
        if key not in after or key not in before:
            return f"{spot} is {'new' if key in after else 'gone'}"
        if found := changed(spot, before[key], after[key], within):
            return found
    return None


def _array_changed(name: str, before: np.ndarray[Any, Any], after: Any, within: float) -> str | None:
    same = (before == after) | ((before != before) & (after != after))  # noqa: PLR0124 - NaN
    if within:
        with np.errstate(all="ignore"):
            same |= np.abs(after - before) <= within
    if np.all(same):
        return None
    if before.size <= _FEW_ENTRIES:
        return _went(name, before, after)
    index = tuple(int(i) for i in np.argwhere(~same)[0])
    return _went(f"{name}[{', '.join(map(str, index))}]", before[index], after[index])


def _went(name: str, before: Any, after: Any) -> str:
    for digits in (_show.INPUT_DIGITS, _show.MOST_DIGITS):
        was, now = (_show.value(side, digits) for side in (before, after))
        if was != now:
            break
    return f"{name} went from {was} to {now}"
