"""Where results are right and where not: on one side of a number, at one label, in rows that are small, on one axis."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np

from autograder.check import _show
from autograder.check._difference import within
from autograder.check._habits import Pair, fits, flat, where

if TYPE_CHECKING:
    from autograder.check._habits import Array

_FEW = 4  # entries on either side of a border
_TALL = 2  # batches, before sums along an axis are believed
_LARGE = 20.0  # from here on exponentials matter
_FAR = 10.0  # from the stop on, where adding a little still shows
_ADDED = "Is a small number added before the logarithm is taken, or a smallest one set?"
_TENS = 4.5  # powers of ten from which on a number is one that was added for safety
_GAP = 30.0  # between the rows of one batch
_PLANE = 2


def _beside(pairs: list[Pair]) -> list[tuple[str, Array]]:
    """Return the arguments whose entries stand beside the result's, as one row of numbers each."""
    labels = pairs[0].labels
    if any(p.labels != labels or p.got.shape != p.want.shape for p in pairs):
        return []
    return [
        (label, np.concatenate([p.args[at].ravel() for p in pairs]))
        for at, label in enumerate(labels)
        if all(p.args[at].shape == p.want.shape for p in pairs)
    ]


def at_zero(pairs: list[Pair]) -> str | None:
    """Recognise that all is right but where an argument is 0."""
    wrong = ~within(*flat(pairs))
    for label, numbers in _beside(pairs):
        if bool(np.all(numbers[wrong] == 0)) and bool(np.any(numbers != 0)):
            return f"Right everywhere but at {label} = 0. Which branch takes 0?"
    return None


def border(pairs: list[Pair]) -> str | None:
    """Recognise one number on whose one side all is right, and on whose other side all is wrong."""
    wrong = ~within(*flat(pairs))
    found = []
    for label, numbers in _beside(pairs):
        usual = np.abs(numbers) < _LARGE  # far out many a wrong formula is right, since both are 0
        for name, values in ((label, numbers), (f"|{label}|", np.abs(numbers))):
            bad, good = np.unique(values[wrong & usual]), np.unique(values[~wrong & usual])
            if len(bad) < _FEW or len(good) < _FEW:
                continue
            if bad.min() > good.max():
                found.append(_said(name, good.max(), bad.min(), "up to", "from"))
            elif bad.max() < good.min():
                found.append(_said(name, good.min(), bad.max(), "from", "up to"))
            else:
                continue
            break
    return found[0] if len(found) == 1 else None


def _said(name: str, good: float, bad: float, upward: str, downward: str) -> str:
    if name.startswith("|"):
        which = "small" if upward == "up to" else "large"
        return (
            f"Right where {name} is {which}, wrong from {_show.number(bad)} on."
            if which == "small"
            else (f"Right where {name} is large, wrong up to {_show.number(bad)}.")
        )
    if min(good, bad) <= 0 <= max(good, bad):
        side, other = ("negative", "positive") if upward == "up to" else ("positive", "negative")
        return f"Right where {name} is {side}, wrong where it is {other}."
    return f"Right for {name} {upward} {_show.number(good)}, wrong {downward} {_show.number(bad)}."


def at_label(pairs: list[Pair]) -> str | None:
    """Recognise that the only wrong entries are those a label points at, or all the others."""
    pairs = [p for p in pairs if p.want.shape[-1:] != (1,)]  # of one class there is nothing to point at
    if not pairs:
        return None
    names = {name for name, value in pairs[0].numbers if type(value) is int}
    for name in sorted(names):
        spots = [dict(p.numbers).get(name) for p in pairs]
        if all(
            p.want.ndim == 1 and len(p.want) > 1 and type(spot) is int and 0 <= spot < len(p.want)
            for p, spot in zip(pairs, spots, strict=True)
        ):
            return _pointed(
                name, [(where(p), np.arange(len(p.want)) == s) for p, s in zip(pairs, spots, strict=True)]
            )
    for at, label in enumerate(pairs[0].labels):
        if all(
            p.labels == pairs[0].labels and p.want.ndim == _PLANE and p.args[at].dtype.kind in "iu"
            and p.args[at].shape == p.want.shape[:1] and p.want.shape[1] > 1 and p.args[at].min() >= 0
            and p.args[at].max() < p.want.shape[1]
            for p in pairs
        ):  # fmt: skip
            return _pointed(label, [(where(p), np.eye(p.want.shape[1])[p.args[at]] > 0) for p in pairs])
    return None


def _pointed(name: str, seen: list[tuple[Array, Array]]) -> str | None:
    right = np.concatenate([good.ravel() for good, _ in seen])
    there = np.concatenate([spot.ravel() for _, spot in seen])
    if len(seen) < 2 and len(right) < _FEW:  # noqa: PLR2004 - one call of two entries
        return None
    if right[~there].all() and not right[there].any():
        return f"Right everywhere but at the entry of `{name}`. What should happen there?"
    if right[there].all() and not right[~there].any():
        return f"Right at the entry of `{name}`, wrong at all the others. What should happen there?"
    return None


def cut_off(pairs: list[Pair]) -> str | None:
    """Recognise that all that is wrong stops at one number, as a logarithm does to which a little was added."""
    got, want = flat(pairs)
    wrong = ~within(got, want)
    stops, due = got[wrong].real, want[wrong].real
    if not np.isfinite(stops).all() or any(pair.asked != "f" for pair in pairs):
        return None
    stop = float(stops[np.argmax(np.abs(due))])
    beyond = np.abs(due) > abs(stop) + (1 if abs(stop) > _FAR else 0)  # near the stop it may be a little off
    tens = abs(stop) / np.log(10.0)
    added = tens > _TENS and abs(tens - round(tens)) < 1e-6  # noqa: PLR2004
    off = np.abs(stops - due)
    if not beyond.any() or np.any(~beyond & (off > np.where(np.abs(due) < abs(stop) - 2, 1e-2, 1))):
        return None
    if np.ptp(stops[beyond]) > 1e-2 or (due[beyond] * stop <= 0).any():  # noqa: PLR2004
        return None
    if added and np.abs(due[beyond]).max() > abs(stop) + 1:
        return f"Wherever it is wrong, it stops at {_show.number(stop)}, the logarithm of 10^-{round(tens)}. {_ADDED}"
    inside = np.sign(stop) * want[~wrong].real <= abs(stop)  # what is right lies before the stop
    several = len(np.unique(due[beyond])) >= _FEW and len(np.unique(want[~wrong])) >= _FEW
    if not several or not inside.all() or abs(stop) < 1e-6:  # noqa: PLR2004 - 0 is told otherwise
        return None
    return f"Wherever it is wrong, it stops at {_show.number(stop)}. Is something cut off there?"


def normalised(pairs: list[Pair]) -> str | None:
    """Recognise that sums along one axis are always the same, and that it is not the axis where they should be."""
    tall = [p for p in pairs if p.want.ndim == _PLANE and min(p.want.shape) > 1 and np.isfinite(p.got).all()]
    if sum(np.ptp(p.want) > 0 for p in tall) < _TALL:
        return None
    if all(np.allclose(np.exp(p.want.real).sum(axis=-1), 1) for p in tall):  # logarithms of probabilities
        tall = [replace(p, got=np.exp(p.got), want=np.exp(p.want)) for p in tall]
    due = [p.want.sum(axis=-1) for p in tall]
    total = float(due[0].flat[0].real)
    if abs(total) < 1e-6 or not all(np.allclose(row, total) for row in due):  # noqa: PLR2004
        return None
    if all(np.allclose(p.got.sum(axis=-1), total) for p in tall):
        return None
    number = _show.number(total)
    if all(np.allclose(p.got.sum(axis=-2), total) for p in tall):
        return f"Your columns add up to {number}, your rows do not. Along which axis is one example?"
    if all(np.allclose(p.got.sum(), total) for p in tall):
        return f"All entries together add up to {number}. Each row should. Along which axis does the sum run?"
    return None


def scales(pairs: list[Pair]) -> str | None:
    """Recognise that in a batch the rows of small numbers are lost beside the rows of large ones."""
    lost, kept = 0, 0
    for pair in pairs:
        if not pair.args or pair.args[0].ndim != _PLANE or pair.want.shape[:1] != pair.args[0].shape[:1]:
            if not fits(pair.got, pair.want):
                return None
            continue
        x = pair.args[0]
        low = x.max(axis=1) < x.max() - _GAP
        bad = ~where(pair).reshape(len(x), -1).all(axis=1)
        if (bad & ~low).any():
            return None
        lost += int(bad.sum())
        kept += int((~bad & ~low).sum())
    if lost > 1 and kept > 1:
        return (
            "Rows of small numbers are lost where a row of the batch is much larger. What do the rows share?"
        )
    return None


def large(pairs: list[Pair]) -> str | None:
    """Recognise that only calls with large numbers are wrong, or only large numbers in them."""
    beside = _beside(pairs)
    if len(beside) == 1:
        ((label, numbers),) = beside
        wrong_there = ~within(*flat(pairs))
        if bool(np.all(np.abs(numbers[wrong_there]) >= _LARGE)) and bool(np.any(~wrong_there)):
            return (
                f"Right for ordinary {label}, wrong for large |{label}|. Which step loses its digits there?"
            )
    sizes = [max((float(np.abs(a).max()) for a in p.args if a.size), default=0.0) for p in pairs]
    right = [size for size, p in zip(sizes, pairs, strict=True) if fits(p.got, p.want)]
    wrong = [size for size, p in zip(sizes, pairs, strict=True) if not fits(p.got, p.want)]
    if len(right) > 1 and len(wrong) > 1 and max(right) < _LARGE <= min(wrong):
        return "Right for ordinary numbers, wrong for large ones. Which step grows too large, or rounds to 0?"
    return None


def by_shape(pairs: list[Pair]) -> str | None:
    """Recognise that the number of axes, or a square shape, tells right from wrong calls."""
    if any(not p.args for p in pairs):
        return None
    telling = [
        p for p in pairs if p.args[0].size > 1 and np.ptp(p.want.real) > 0
    ]  # else many a slip is right
    right = [p.args[0] for p in telling if fits(p.got, p.want)]
    wrong = [p.args[0] for p in pairs if not fits(p.got, p.want)]
    name = pairs[0].labels[0]
    if len(right) < 2 or len(wrong) < 2:  # noqa: PLR2004 - of each, to be a rule
        return None
    good, bad = ({a.ndim for a in side} for side in (right, wrong))
    if not good & bad:
        return f"Right where `{name}` has {_axes(good)}, wrong where it has {_axes(bad)}. Which axis does your code name?"
    if all(a.ndim > 1 for a in (*right, *wrong)):
        good, bad = ({a.shape[-1] == a.shape[-2] for a in side} for side in (right, wrong))
        if good == {True} and bad == {False}:
            return (
                f"Right where `{name}` is as high as it is wide, wrong elsewhere. Is one taken for the other?"
            )
    return None


def _axes(counts: set[int]) -> str:
    said = " or ".join(str(n) for n in sorted(counts))
    return f"{said} {'axis' if counts == {1} else 'axes'}"


def previous(pairs: list[Pair]) -> str | None:
    """Recognise that a call gives what the one before should have given."""
    wrong = 0
    for before, now in pairwise(pairs):
        if fits(now.got, now.want):
            continue
        if not fits(now.got, before.want) or fits(before.want, now.want):
            return None
        wrong += 1
    return (
        "A call gives what an earlier call should have given. What does your code keep from call to call?"
        if wrong > 1
        else None
    )
