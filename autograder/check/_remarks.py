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
