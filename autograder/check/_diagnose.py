"""What a wrong result looks like, told without knowing the solution.

Each rule looks at wanted and given arrays (and, for functions, at the arguments) and recognises one habit:
a lost sign, a factor, a transpose, a broadcast. The first rule that fits every trial speaks. The rules are in
the `_habits` files; what is seen by asking the reference other questions is in `_probes`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from autograder.check import (
    _habits,
    _habits_calls,
    _habits_factor,
    _habits_lists,
    _habits_places,
    _habits_relations,
    _habits_shapes,
    _habits_where,
)
from autograder.check._difference import numeric, within
from autograder.check._habits import Pair

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from autograder.check._habits import Array

    Rule = Callable[[list[Pair]], str | None]

# What says most comes first: what the numbers are, then when they are right, then what they look like.
RULES: tuple[Rule, ...] = (
    *_habits.FIRST,
    _habits_relations.unchanged,
    _habits_factor.factor,
    _habits_factor.offset,
    _habits_relations.wanted,
    *_habits_places.RULES,
    _habits_where.normalised,
    _habits_calls.by_argument,
    _habits_relations.missing_factor,
    _habits_relations.argument,
    _habits_relations.term,
    _habits_where.scales,
    _habits_calls.not_finite,
    _habits_where.at_zero,
    _habits_where.at_label,
    _habits_where.cut_off,
    _habits_factor.nearly,
)
AFTER: tuple[Rule, ...] = (  # the reference, where there is one to ask, has been asked
    _habits_where.large,
    _habits_where.border,
    _habits_where.by_shape,
    _habits.one_row,
    _habits_calls.batch_of_one,
    _habits_where.previous,
    _habits_places.ends,
    *_habits.THEN,
    *_habits.LAST,
)
LAST: tuple[Rule, ...] = (_habits_calls.lost_too,)  # true, and not all there is
#: Say when results are right, which a part of the calls does not show.
OF_ALL: frozenset[Rule] = frozenset(
    {
        _habits_calls.by_argument,
        _habits_where.at_zero,
        _habits_calls.not_finite,
        _habits_where.at_label,
        _habits_where.scales,
        _habits_where.large,
        _habits_where.border,
        _habits_where.by_shape,
        _habits_calls.batch_of_one,
        _habits_where.previous,
        _habits_places.ends,
    }
)
_LARGE = 20_000  # numbers in one value: every rule would go through them, and smaller calls say the same
_SEVERAL = (
    "Several results came where one array is due. Which of them is asked for, and does it stand in its place?"
)


@dataclass(frozen=True)
class Trial:
    """One call: its arguments (empty for a bare value), what came and what was wanted."""

    args: tuple[Any, ...]
    got: Any
    want: Any
    names: tuple[str, ...] = ()  # of the arguments, where known


def diagnose(
    trials: Sequence[Trial],
    probe: Callable[[], str | None] | None = None,
    *,
    every: bool = True,
    last: tuple[Rule, ...] = LAST,
) -> str | None:
    """Return advice on what the results look like, or None when no habit is recognised.

    Parameters
    ----------
    trials
        Calls of one function, the right ones too: a pattern must fit them all.
    probe
        Asks the reference, where there is one to ask; before the rules that say little.
    every
        Whether these are all calls there are. Where they are a part, nothing is said of when results are right.
    last
        What speaks when no other rule does.
    """
    try:
        return recognised(trials, probe, every=every, last=last)
    except Exception:  # noqa: BLE001 - advice is a courtesy; a mark must not hang on it
        return None


def recognised(
    trials: Sequence[Trial],
    probe: Callable[[], str | None] | None = None,
    *,
    every: bool = True,
    last: tuple[Rule, ...] = LAST,
) -> str | None:
    """Do what `diagnose` does; a rule that fails is heard of."""
    trials = [trial for trial in trials if not is_large(trial)]
    with np.errstate(all="ignore"):
        said = _recognised(trials, probe, every=every)
        if said is None and last:
            pairs = [pair for trial in trials if (pair := _pair(trial)) is not None]
            same = pairs and all(pair.got.shape == pair.want.shape for pair in pairs)
            said = _first(last, pairs, every=True) if same and len(pairs) == len(trials) else None
        return said


def is_large(trial: Trial) -> bool:
    """Return whether a call is left out, since the rules would take seconds with it."""
    return any(np.size(value) > _LARGE for value in (trial.got, trial.want) if isinstance(value, np.ndarray))


def _recognised(
    trials: Sequence[Trial], probe: Callable[[], str | None] | None, *, every: bool
) -> str | None:
    lost = next((trial for trial in trials if trial.got is None and trial.want is not None), None)
    if lost is not None:
        return _habits.none_for(lost.want)
    if trials and all(_several(trial) for trial in trials):
        return _SEVERAL
    if trials and all(_habits_lists.is_list(trial.want) for trial in trials):
        return _habits_lists.of([(trial.got, trial.want) for trial in trials])
    pairs = [pair for trial in trials if (pair := _pair(trial)) is not None]
    return _looked_at(pairs, probe, every=every) if len(pairs) == len(trials) else None


def _pair(trial: Trial) -> Pair | None:
    """Return a call as numbers, or None where it has none."""
    got, want = numeric(trial.got), numeric(trial.want)
    if got is None or want is None:
        return None
    arrays, options, numbers = _sorted(trial)
    pair = Pair(_floats(got), _floats(want), tuple(arrays.values()), got.dtype.kind, want.dtype.kind)
    return pair.called(tuple(arrays), options, numbers)


def _looked_at(pairs: list[Pair], probe: Callable[[], str | None] | None, *, every: bool) -> str | None:
    misshapen = [pair for pair in pairs if pair.got.shape != pair.want.shape]
    if misshapen:
        said = _habits_places.cut(misshapen) or _habits_shapes.of(misshapen)
        said = said or (_habits_calls.by_argument(pairs) if every else None) or (probe() if probe else None)
        return said or _habits_shapes.lengths(misshapen)
    if all(bool(np.all(within(pair.got, pair.want))) for pair in pairs):
        return None
    said = (
        _first(RULES, pairs, every=every) or (probe() if probe else None) or _first(AFTER, pairs, every=every)
    )
    return _observed(said, alone=len(pairs) == 1)


def _first(rules: tuple[Rule, ...], pairs: list[Pair], *, every: bool) -> str | None:
    return next((said for rule in rules if (every or rule not in OF_ALL) and (said := rule(pairs))), None)


def _observed(said: str | None, *, alone: bool) -> str | None:
    """Say of what was seen once that it was seen in this case."""
    if said is not None and alone and said.startswith("Every "):
        return f"In this case every {said.removeprefix('Every ')}"
    return said


def _several(trial: Trial) -> bool:
    parts = trial.got if type(trial.got) is tuple else ()
    return (
        len(parts) > 1
        and isinstance(trial.want, np.ndarray)
        and any(isinstance(p, np.ndarray) for p in parts)
    )


def _floats(values: Array) -> Array:
    return values if values.dtype.kind == "c" else values.astype(np.float64)


def _sorted(trial: Trial) -> tuple[dict[str, Array], dict[str, Any], dict[str, float]]:
    """Return a call's arrays by name, those in dicts too, its other plain arguments, and those that are numbers."""
    arrays: dict[str, Array] = {}
    options: dict[str, Any] = {}
    numbers: dict[str, float] = {}
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
                usable = part.size > 0 and part.dtype.kind in "biuf"
                arrays |= {spot: part.astype(float) if part.dtype.kind == "b" else part} if usable else {}
            elif part is None or counts or type(part) in (int, str, bool):
                options[spot] = part
            if type(part) in (int, float):
                numbers[spot] = part
    return arrays, options, numbers
