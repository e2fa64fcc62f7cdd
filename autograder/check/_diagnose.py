"""What a wrong result looks like, told without knowing the solution.

Each rule looks at wanted and given arrays (and, for functions, at the arguments) and recognises one habit:
a lost sign, a factor, a transpose, a broadcast. The first rule that fits every trial speaks. The rules are in
`_habits` (numbers), `_habits_shapes` and `_habits_calls` (what the arguments have to do with it).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from autograder.check import _habits, _habits_calls, _habits_shapes
from autograder.check._difference import numeric, within
from autograder.check._habits import Pair

if TYPE_CHECKING:
    from collections.abc import Sequence

    from autograder.check._habits import Array


@dataclass(frozen=True)
class Trial:
    """One call: its arguments (empty for a bare value), what came and what was wanted."""

    args: tuple[Any, ...]
    got: Any
    want: Any
    names: tuple[str, ...] = ()  # of the arguments, where known


def diagnose(trials: Sequence[Trial]) -> str | None:
    """Return advice on what the results look like, or None when no habit is recognised.

    Parameters
    ----------
    trials
        Calls of one function, the right ones too: a pattern must fit them all.
    """
    with np.errstate(all="ignore"):
        return _diagnose(trials)


def _diagnose(trials: Sequence[Trial]) -> str | None:
    lost = next((trial for trial in trials if trial.got is None and trial.want is not None), None)
    if lost is not None:
        return _habits.none_for(lost.want)
    pairs = []
    for trial in trials:
        got, want = numeric(trial.got), numeric(trial.want)
        if got is None or want is None:
            return None
        arrays, options = _sorted(trial)
        pair = Pair(_floats(got), _floats(want), tuple(arrays.values()), got.dtype.kind, want.dtype.kind)
        pairs.append(pair.called(tuple(arrays), options))
    misshapen = [pair for pair in pairs if pair.got.shape != pair.want.shape]
    if misshapen:
        return _habits_shapes.of(misshapen) or _habits_calls.by_argument(pairs)
    if all(bool(np.all(within(pair.got, pair.want))) for pair in pairs):
        return None
    pooled = (*_habits_calls.FIRST, *_habits.FIRST, *_habits_calls.THEN, *_habits.LAST, *_habits_calls.LAST)
    return next((said for look in pooled if (said := look(pairs))), None)


def _floats(values: Array) -> Array:
    return values if values.dtype.kind == "c" else values.astype(np.float64)


def _sorted(trial: Trial) -> tuple[dict[str, Array], dict[str, Any]]:
    """Return a call's arrays by name, those in dicts too, and its other plain arguments."""
    arrays: dict[str, Array] = {}
    options: dict[str, Any] = {}
    names = trial.names or tuple(f"argument {i + 1}" for i in range(len(trial.args)))
    for name, value in zip(names, trial.args, strict=False):
        held = (
            {f"{name}[{key!r}]": part for key, part in value.items()}
            if type(value) is dict
            else {name: value}
        )
        for spot, part in held.items():
            counts = type(part) is tuple and all(type(item) is int for item in part)
            if isinstance(part, np.ndarray):
                arrays |= {spot: part} if part.dtype.kind in "biuf" else {}
            elif part is None or counts or type(part) in (int, str, bool):
                options[spot] = part
    return arrays, options
