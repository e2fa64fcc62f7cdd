"""Habits that show when results are held beside the arguments: right for one stride, wrong for another."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from autograder.check import _show
from autograder.check._difference import within
from autograder.check._habits import fits, flat, where_from

if TYPE_CHECKING:
    from autograder.check._habits import Pair

_LARGE = 20.0  # |x| from which exponentials start to be trouble
_SEEN = 2  # right calls, and wrong ones, before an argument is told to be behind it
_LISTED = 4  # values of an argument that are listed


def by_argument(pairs: list[Pair]) -> str | None:
    """Recognise that one plain argument, such as a stride, tells right from wrong calls."""
    telling = [
        p for p in pairs if not p.args or max(a.size for a in p.args) > 1
    ]  # one entry hides many a slip
    right = [dict(p.options) for p in telling if fits(p.got, p.want)]
    wrong = [dict(p.options) for p in telling if not fits(p.got, p.want)]
    if len(right) < _SEEN or len(wrong) < _SEEN:
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


def batch_of_one(pairs: list[Pair]) -> str | None:
    """Recognise that one example passes and several do not, or the reverse."""
    pairs = [p for p in pairs if p.args and p.args[0].ndim > 1]  # examples along the first axis
    if len({p.args[0].ndim for p in pairs}) != 1:
        return None
    right = [len(p.args[0]) == 1 for p in pairs if fits(p.got, p.want)]
    wrong = [len(p.args[0]) == 1 for p in pairs if not fits(p.got, p.want)]
    enough = len(right) > 1 or all(
        len(p.args) == 1 for p in pairs
    )  # another argument may make the one call right
    if all(right) and right and enough and len(wrong) > 1 and not any(wrong):
        return f"Right for one row of {pairs[0].labels[0]}, wrong for several. What do the rows do to each other?"
    if all(wrong) and wrong and len(right) > 1 and not any(right):
        return f"Right for several rows of {pairs[0].labels[0]}, wrong for one alone."
    return None


def not_finite(pairs: list[Pair]) -> str | None:
    """Recognise numbers that were lost: nan or inf in place of an ordinary one."""
    got, want = flat(pairs)
    wrong = ~within(got, want)
    lost = wrong & ~np.isfinite(got)
    if not lost.any():
        return None
    kind = "nan" if np.isnan(got[lost]).any() else "inf"
    beside = [p.args[0].ravel() for p in pairs if len(p.args) == 1 and p.args[0].shape == p.want.shape]
    if len(beside) == len(pairs):
        if (wrong & ~lost).any():
            return None  # something else is wrong as well
        at, name = np.concatenate(beside)[lost], pairs[0].labels[0]
        if not at.any():
            return f"{kind} at {name} = 0 alone: is something divided by 0 there, or its logarithm taken?"
        if at.max() < 0 and np.abs(at).min() < _LARGE:
            return f"{kind} where {name} is negative: which step takes a logarithm or a root?"
    if any(not _loses(pair) and not fits(pair.got, pair.want) for pair in pairs):
        return None
    return _range(pairs, kind)


def lost_too(pairs: list[Pair]) -> str | None:
    """Say of lost numbers at least where they may come from, though there is more that is wrong."""
    got, want = flat(pairs)
    lost = ~within(got, want) & ~np.isfinite(got)
    return _range(pairs, "nan" if np.isnan(got[lost]).any() else "inf") if lost.any() else None


def _range(pairs: list[Pair], kind: str) -> str:
    """Say where a lost number may come from, given how large the arguments are."""
    if not any(pair.args for pair in pairs):
        return where_from(kind)
    large = [any(np.any(np.abs(a) >= _LARGE) for a in p.args) for p in pairs if _loses(p)]
    if all(large):
        return f"A step in between leaves the range of floats: {kind}. Which step grows too large?"
    if any(large):
        return where_from(kind)
    return f"{kind} came out of ordinary numbers: divided by 0, or a log of what is not positive?"


def _loses(pair: Pair) -> bool:
    return bool((~within(pair.got, pair.want) & ~np.isfinite(pair.got)).any())
