"""Remarks that cost nothing: 28.0 equals 28, but is not an int."""

from __future__ import annotations

from typing import Any

import numpy as np

from autograder.check import _context

NOTE = "a float such as 28.0 came where a whole number such as 28 is due"


def is_whole(value: Any) -> bool:
    return (
        isinstance(value, (float, np.floating)) and bool(value == np.rint(value)) and bool(np.isfinite(value))
    )


def shared(result: Any, given: tuple[Any, ...], names: list[str]) -> None:
    """Tell, at no cost, of a result that is an argument, or a view of one: who changes one changes the other."""
    collector = _context.aspect.get()
    if collector is None:
        return
    for name, argument in zip(names, given, strict=True):
        if any(np.may_share_memory(a, b) for a in _arrays(result) for b in _arrays(argument)):
            collector.tell(
                f"the result and the argument `{name}` are the same numbers: who changes one changes both"
            )
            return


def _arrays(value: Any) -> list[Any]:
    if isinstance(value, np.ndarray):
        return [value] if value.size else []
    parts = value.values() if type(value) is dict else value if type(value) in (list, tuple) else ()
    return [part for part in parts if isinstance(part, np.ndarray) and part.size]


def remark(got: Any, want: Any) -> None:
    """Tell, at no cost, of floats that are equal to the ints that were asked for."""
    collector = _context.aspect.get()
    if collector is not None and _floats_for_ints(got, want):
        collector.tell(NOTE)


def _floats_for_ints(got: Any, want: Any) -> bool:
    if type(want) is int:
        return is_whole(got)
    if isinstance(want, dict):
        return isinstance(got, dict) and any(
            k in got and _floats_for_ints(got[k], v) for k, v in want.items()
        )
    if type(want) in (list, tuple) and type(got) in (list, tuple):
        return any(_floats_for_ints(a, b) for a, b in zip(got, want, strict=False))
    return False
