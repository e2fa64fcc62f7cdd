"""Habits that show when results are held beside the arguments: right for one stride, wrong for another."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from autograder.check import _show
from autograder.check._difference import within
from autograder.check._habits import fits, flat, where_from

if TYPE_CHECKING:
    from autograder.check._habits import Array, Pair

_LARGE = 20.0  # |x| from which exponentials start to be trouble
_SEEN = 3  # calls from which on an argument may be told to be behind it
_LISTED = 4  # values of an argument that are listed


def by_argument(pairs: list[Pair]) -> str | None:
    """Recognise that one plain argument, such as a stride, tells right from wrong calls."""
    right = [dict(p.options) for p in pairs if fits(p.got, p.want)]
    wrong = [dict(p.options) for p in pairs if not fits(p.got, p.want)]
    if not right or not wrong or len(pairs) < _SEEN:
        return None
    told = []
    for name in right[0]:
        if all(name in options for options in (*right, *wrong)):
            good, bad = (list(dict.fromkeys(o[name] for o in side)) for side in (right, wrong))
            if not set(map(repr, good)) & set(map(repr, bad)) and 1 in (len(good), len(bad)):
                told.append(f"Right where {_listed(name, good)}, wrong where {_listed(name, bad)}.")
    return told[0] if len(told) == 1 else None


def _listed(name: str, values: list[Any]) -> str:
    shown = ", ".join(_show.value(value) for value in values[:_LISTED])
    return f"{name} = {shown}{', ...' if len(values) > _LISTED else ''}"


def _batch_of_one(pairs: list[Pair]) -> str | None:
    """Recognise that one example passes and several do not, or the reverse."""
    if any(not p.args or p.args[0].ndim < 2 for p in pairs):  # noqa: PLR2004 - examples along the first axis
        return None
    right = [len(p.args[0]) == 1 for p in pairs if fits(p.got, p.want)]
    wrong = [len(p.args[0]) == 1 for p in pairs if not fits(p.got, p.want)]
    if all(right) and right and len(wrong) > 1 and not any(wrong):
        return f"Right for one row of {pairs[0].labels[0]}, wrong for several. What do the rows do to each other?"
    if all(wrong) and wrong and len(right) > 1 and not any(right):
        return f"Right for several rows of {pairs[0].labels[0]}, wrong for one alone."
    return None


def _unchanged(pairs: list[Pair]) -> str | None:
    if all(len(p.args) == 1 and p.args[0].shape == p.got.shape and fits(p.got, p.args[0]) for p in pairs):
        return "Your function gives its argument back unchanged."
    return None


def _elementwise(pairs: list[Pair]) -> tuple[Array, Array] | None:
    """Return the inputs, entry by entry, and which results are wrong."""
    if not all(len(p.args) == 1 and p.args[0].shape == p.want.shape for p in pairs):
        return None
    inputs = np.concatenate([p.args[0].ravel() for p in pairs])
    return inputs, ~within(*flat(pairs))


def _at_zero(pairs: list[Pair]) -> str | None:
    found = _elementwise(pairs)
    if found and bool(np.all(found[0][found[1]] == 0)) and bool(np.any(found[0] != 0)):
        return "Right everywhere but at x = 0. Which branch takes 0?"
    return None


def _not_finite(pairs: list[Pair]) -> str | None:
    got, want = flat(pairs)
    wrong = ~within(got, want)
    lost = wrong & ~np.isfinite(got)
    if not lost.any():
        found = _elementwise(pairs)
        if found and bool(np.all(np.abs(found[0][wrong]) >= _LARGE)) and bool(np.any(~wrong)):
            return "Right for ordinary x, wrong for large |x|. Which step loses its digits there?"
        return None
    kind = "nan" if np.isnan(got[lost]).any() else "inf"
    if any(np.any(np.abs(arg) >= _LARGE) for pair in pairs for arg in pair.args):
        return f"A step in between leaves the range of floats: {kind}. Which step grows too large?"
    if not any(pair.args for pair in pairs):
        return where_from(kind)
    return f"{kind} came out of ordinary numbers: divided by 0, or a log of what is not positive?"


FIRST = (_unchanged,)
THEN = (by_argument, _at_zero, _not_finite)
LAST = (_batch_of_one,)
