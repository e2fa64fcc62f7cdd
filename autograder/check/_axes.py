"""An axis of length one too many, or too few, costs the aspect `shapes` and no other.

``(1, M)`` is not ``(M,)``, but the numbers in it may be right. Where the exercise has an aspect `shapes`, the slip
is charged there, and the check at hand goes on with the numbers.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import numpy as np

from autograder.check import _context
from autograder.check._difference import numeric, shape_verdict
from autograder.check._finding import Finding

if TYPE_CHECKING:
    from collections.abc import Callable

ADVICE = "An axis of length 1 is an axis too: shapes with and without it broadcast differently."


def axis_advice(case: str | None) -> str:
    """Return what to say to an axis of length one too many or too few, given the call as the test cell has it."""
    picked = re.search(r"\)\[(\d+)\]$", case or "")
    if picked:
        return (
            f"[{picked[1]}] picks one of several results, or one row of a single array. Which one came back?"
        )
    return ADVICE


def settled(
    got: Any, want: Any, *, case: str | Callable[[], str | None] | None = None, name: str = ""
) -> Any:
    """Return `got` in the shape of `want` where only axes of length one stand between them.

    Parameters
    ----------
    got
        What the student's code gave; tuples, lists and dicts are settled part by part.
    want
        What it should be.
    case
        The call that gave it, for the reason that `shapes` is charged with; or what finds it out.
    name
        Of the one result among several that this is.

    Returns
    -------
    Any
        `got` itself where there is nothing to settle, or no other aspect to charge.
    """
    aspect = _context.aspect.get()
    if aspect is None or (type(got) is np.ndarray is type(want) and got.shape == want.shape):
        return got
    if isinstance(want, dict) and isinstance(got, dict):
        return {
            key: settled(value, want[key], case=case, name=name or str(key)) if key in want else value
            for key, value in got.items()
        }
    if type(want) is tuple and type(got) in (tuple, list) and len(got) == len(want):
        return type(got)(settled(a, b, case=case, name=name) for a, b in zip(got, want, strict=True))
    wanted, came = numeric(want), numeric(got)
    if wanted is None or came is None or came.shape == wanted.shape:
        return got
    if [n for n in came.shape if n != 1] != [n for n in wanted.shape if n != 1]:
        return got
    case = case() if callable(case) else case
    verdict = shape_verdict(came.shape, wanted.shape)
    finding = Finding(f"{name}: {verdict}" if name else verdict, case=case, advice=axis_advice(case))
    return came.reshape(wanted.shape) if aspect.charge_shapes(finding) else got
