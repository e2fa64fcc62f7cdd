"""Habits that show in the shape of a result."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from autograder.check import _show
from autograder.check._difference import within
from autograder.check._habits import fits

if TYPE_CHECKING:
    from collections.abc import Sequence

    from autograder.check._habits import Pair


def of(misshapen: Sequence[Pair]) -> str | None:
    """Return what the first or the largest result of a wrong shape looks like."""
    # In one result the right entry is often the largest, too: only several say that a maximum is missing.
    rules = (_picked, _unsummed) if len(misshapen) == 1 else (_unsummed, _picked)
    together = rules[0](misshapen) or rules[1](misshapen) or _left_out(misshapen)
    if together:
        return together
    largest = max(misshapen, key=lambda pair: pair.want.size)  # shows most habits best
    alone = (
        _empty,
        _summed,
        _one_number,
        _transposed,
        _extra_axis,
        _table,
        _other_axis,
        _axis_left,
    )
    return next((said for pair in (misshapen[0], largest) for rule in alone if (said := rule(pair))), None)


def _left_out(pairs: Sequence[Pair]) -> str | None:
    """Recognise right entries of which some are gone, more or fewer from call to call: `x[x > 0]`."""
    if any(p.got.ndim != 1 or p.got.size >= p.want.size for p in pairs):
        return None
    if len({p.got.size for p in pairs}) == 1 or not all(np.isin(p.got, p.want).all() for p in pairs):
        return None
    return (
        "Entries are missing: a condition or a slice in square brackets leaves some out. Each entry is due."
    )


def _empty(pair: Pair) -> str | None:
    if pair.got.size == 0 < pair.want.size:
        return (
            "An empty array came back. Which slice ends before it begins, or which mask keeps no entry? "
            "Print it for this case."
        )
    return None


def _summed(pair: Pair) -> str | None:
    """Recognise the right result, added up over an axis too many."""
    if pair.got.ndim != pair.want.ndim - 1 or pair.got.size < 2:  # noqa: PLR2004 - one number is told otherwise
        return None
    axis = next((a for a in range(pair.want.ndim) if fits(pair.got, pair.want.sum(axis=a))), None)
    return None if axis is None else f"This is the right result, added up over its axis {axis}."


def _unsummed(pairs: Sequence[Pair]) -> str | None:
    """Recognise results that only lack a sum or a mean, along the same axis each time."""
    if any(p.got.ndim != p.want.ndim + 1 for p in pairs) or all(p.got.size == p.want.size for p in pairs):
        return None
    for axis in range(pairs[0].got.ndim):
        for word, reduce in (("sum", np.sum), ("mean", np.mean), ("maximum", np.max), ("minimum", np.min)):
            if all(axis < p.got.ndim and fits(reduce(p.got, axis=axis), p.want) for p in pairs):
                return f"A {word} is missing: {_show.shape(pairs[0].got.shape)} has one axis too many. Which one?"
    return None


def _picked(pairs: Sequence[Pair]) -> str | None:
    """Recognise that the number asked for is one of those that came."""
    if (
        all(p.want.ndim == 0 < p.got.ndim for p in pairs)
        and max(p.got.size for p in pairs) > 1
        and all(within(p.got, np.broadcast_to(p.want, p.got.shape)).any() for p in pairs)
    ):
        return "The right number is among those that came. Which one of them is asked for?"
    return None


def lengths(pairs: Sequence[Pair]) -> str | None:
    """Recognise an axis that is each time as long as one of another argument: sizes taken for each other."""
    first = pairs[0]
    if len(pairs) < 2 or any(p.got.ndim != p.want.ndim or p.labels != first.labels for p in pairs):  # noqa: PLR2004
        return None
    if all(p.got.ndim == 2 and p.got.shape == p.want.shape[::-1] for p in pairs):  # noqa: PLR2004 - told better below
        return None
    for axis in range(first.want.ndim):
        if not all(axis < p.want.ndim and p.got.shape[axis] != p.want.shape[axis] for p in pairs):
            continue
        for at, label in enumerate(first.labels):
            for side in range(first.args[at].ndim):
                taken = [p.args[at].shape[side : side + 1] == p.got.shape[axis : axis + 1] for p in pairs]
                if all(taken) and len({p.got.shape[axis] for p in pairs}) > 1:
                    said = f"Axis {axis} of your result is as long as axis {side} of {label} each time."
                    return f"{said} Is that the size it should have?"
    return None


def _one_number(pair: Pair) -> str | None:
    if pair.want.ndim > 0 and (pair.got.ndim == 0 or pair.got.size == 1 < pair.want.size):
        return "One number came back where several are due. Which step makes one of them, or picks one out?"
    return None


def _transposed(pair: Pair) -> str | None:
    if pair.got.ndim > 1 and pair.got.shape == pair.want.shape[::-1]:
        fits = bool(np.all(within(pair.got.T, pair.want)))
        return "The numbers are right, but transposed." if fits else "Rows and columns look exchanged."
    return None


def _extra_axis(pair: Pair) -> str | None:
    if pair.got.size != pair.want.size:
        return None
    right = (
        "The numbers are right, the shape is not: "
        if bool(np.all(within(pair.got.reshape(pair.want.shape), pair.want)))
        else ""
    )
    if tuple(n for n in pair.got.shape if n != 1) == tuple(n for n in pair.want.shape if n != 1):
        got, want = _show.shape(pair.got.shape), _show.shape(pair.want.shape)
        return f"{right}{got} and {want} are different shapes, and broadcast differently."
    return f"{right}the entries are laid out along other axes." if right else None


def _table(pair: Pair) -> str | None:
    if pair.want.ndim == 1 and pair.got.shape == pair.want.shape * 2:
        n = pair.want.shape[0]
        return f"A table of every pair came back, as when ({n}, 1) and ({n},) are broadcast together."
    return None


def _other_axis(pair: Pair) -> str | None:
    for arg in pair.args:
        for axis in range(arg.ndim):
            others = arg.shape[:axis] + arg.shape[axis + 1 :]
            if pair.got.shape == others and pair.want.shape != others and pair.want.ndim == pair.got.ndim:
                return f"This comes from reducing over axis {axis}. Which axis should be summed over?"
    return None


def _axis_left(pair: Pair) -> str | None:
    shape = pair.got.shape
    if any(shape[:axis] + shape[axis + 1 :] == pair.want.shape for axis in range(len(shape))):
        return f"{_show.shape(shape)} has one axis too many. Over which one should a step still run?"
    return None
