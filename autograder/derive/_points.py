"""Where lines are compared: sizes that are all different, simple numbers first, then odd, large and small ones.

The first points are the ones a person would try, so that a counter-example is easy to follow. Everything is
deterministic: the same chain gets the same verdict everywhere.
"""

from __future__ import annotations

import random
from decimal import Decimal
from itertools import product
from typing import TYPE_CHECKING

from autograder.derive._algebra import Entry, Point

if TYPE_CHECKING:
    from autograder.derive._scope import Domain, Scope, Variable

SIZES = ((3, 4, 2, 5, 6, 7), (2, 3, 4, 6, 5, 7))
"""How long the axes are, in the order of their names, in turn."""

SIMPLE = ("1", "2", "0", "-1", "3", "-2", "0.5", "-0.5")
ODD = (
    "1.3", "-0.7", "30", "-30", "0.001", "-0.001", "7.7182818", "-11.13", "0.3819660112501051518", "-1.6180339887",
    "2.2360679774997896964", "-4.1231056256176605498", "17.3", "-0.0000001",
)  # fmt: skip
MIXED = (
    "2",
    "-1.3",
    "0.7",
    "-0.5",
    "3",
    "0.3819660112501051518",
    "0",
    "-1.6180339887",
    "30",
    "0.001",
    "-11.13",
)
"""Beside arrays, where there are few points: from the second one on hardly a whole number among them."""

PARTS = (
    "0.5",
    "0.25",
    "0.75",
    "0.1",
    "0.9",
    "0.001",
    "0.999",
    "0.3819660112501051518",
    "0.6180339887498948482",
)
WHOLE = (1, 2, -1, -2, 3, -3)
SCALAR_POINTS = 22
MANY = 60
"""Entries of all arrays together from which on fewer points do."""


def arrays(scope: Scope) -> bool:
    """Say whether a statement gives arrays or labels."""
    return any(variable.shape or variable.below for variable in scope.variables.values())


def points(scope: Scope) -> list[Point]:
    """Return the points of a statement, the simplest first."""
    if not arrays(scope):
        return [_point(scope, turn) for turn in range(SCALAR_POINTS if scope.variables else 1)]
    entries = 1
    for variable in scope.variables.values():
        for size in variable.shape:
            entries += SIZES[0][scope.sizes.index(size) % len(SIZES[0])] ** len(variable.shape)
    return [_point(scope, turn) for turn in range(4 if entries > MANY else 7)]


def _point(scope: Scope, turn: int) -> Point:
    dice = random.Random(7919 * turn + 13)  # noqa: S311 (points, not secrets)
    lengths = SIZES[turn % 2]
    sizes = {name: lengths[n] if n < len(lengths) else n + 2 for n, name in enumerate(scope.sizes)}
    values: dict[str, dict[Entry, Decimal]] = {}
    labels: dict[str, dict[Entry, int]] = {}
    for number, variable in enumerate(scope.variables.values()):
        places = list(product(*(range(sizes[size]) for size in variable.shape)))
        if variable.below:
            labels[variable.name] = {
                place: (turn + n + 1) % sizes[variable.below] for n, place in enumerate(places)
            }
        elif variable.shape:
            values[variable.name] = {place: _entry(variable.domain, turn, dice) for place in places}
            whole = [Decimal(value) for value in WHOLE if allowed(Decimal(value), variable.domain)]
            if turn == 0 and len(places) <= len(whole):
                values[variable.name] = dict(zip(places, dice.sample(whole, len(places)), strict=True))
        else:
            values[variable.name] = {(): _scalar(variable, turn, number, mixed=arrays(scope))}
    return Point(sizes, values, labels, simple=turn < len(SIMPLE))


def _scalar(variable: Variable, turn: int, number: int, *, mixed: bool) -> Decimal:
    """Return the value of one number: each variable goes through the same values in an order of its own."""
    domain = variable.domain
    if domain.low is not None and domain.high is not None:
        choices = [_between(domain, part) for part in PARTS]
        if domain.closed:
            choices.append(Decimal(str(domain.low)))
    elif mixed:
        choices = [Decimal(value) for value in MIXED if allowed(Decimal(value), domain)]
        return choices[(turn + 2 * number) % len(choices)]
    else:
        choices = [Decimal(value) for value in SIMPLE if allowed(Decimal(value), domain)]
        if turn < len(choices):
            return choices[(turn + 3 * number) % len(choices)]
        turn -= len(choices)
        choices = [Decimal(value) for value in ODD if allowed(Decimal(value), domain)]
    return choices[(turn * (1 + 2 * number) + 5 * number) % len(choices)]


def _between(domain: Domain, part: str) -> Decimal:
    low, high = Decimal(str(domain.low)), Decimal(str(domain.high))
    return low + (high - low) * Decimal(part)


def allowed(value: Decimal, domain: Domain) -> bool:
    """Say whether a number lies in the domain."""
    if domain.nonzero and value == 0:
        return False
    if domain.low is not None and (
        value < Decimal(str(domain.low)) or (value == Decimal(str(domain.low)) and not domain.closed)
    ):
        return False
    return domain.high is None or value < Decimal(str(domain.high))


def _entry(domain: Domain, turn: int, dice: random.Random) -> Decimal:
    """Return one entry of an array: whole numbers at first, then decimals, wide ones, and some zeros and ties."""
    if domain.low is not None and domain.high is not None:
        return _between(domain, f"0.{dice.randint(1, 999):03d}")
    for _ in range(100):
        if turn == 0:
            value = Decimal(dice.choice((-3, -2, -1, 1, 2, 3)))
        elif turn == 5:  # noqa: PLR2004 (the point with zeros and ties)
            value = Decimal(dice.choice((-1, 0, 1, 2)))
        else:
            scale = {3: 9, 6: 30}.get(turn, 2)
            value = Decimal(dice.randint(-(10**12), 10**12)) * scale / 10**12
            value = round(value, 1 if turn == 1 else 12)
        if domain.low is not None and value < Decimal(str(domain.low)):
            value = 2 * Decimal(str(domain.low)) - value
        if domain.high is not None and value > Decimal(str(domain.high)):
            value = 2 * Decimal(str(domain.high)) - value
        if allowed(value, domain) and (value != 0 or turn == 5):  # noqa: PLR2004
            return value
    return Decimal(1)


def generic(scope: Scope) -> list[Point]:
    """Return the points for models: no zeros, no simple numbers; two when a single sign could hide a case."""
    return [
        _generic(scope, turn) for turn in range(1 if any(v.shape for v in scope.variables.values()) else 2)
    ]


def _generic(scope: Scope, turn: int) -> Point:
    dice = random.Random(104729 + turn)  # noqa: S311 (points, not secrets)
    lengths = SIZES[1]
    sizes = {name: lengths[n] if n < len(lengths) else n + 2 for n, name in enumerate(scope.sizes)}
    values: dict[str, dict[Entry, Decimal]] = {}
    labels: dict[str, dict[Entry, int]] = {}
    for variable in scope.variables.values():
        places = list(product(*(range(sizes[size]) for size in variable.shape)))
        if variable.below:
            labels[variable.name] = {place: (n + 1) % sizes[variable.below] for n, place in enumerate(places)}
        elif variable.shape:
            values[variable.name] = {place: _entry(variable.domain, 2, dice) for place in places}
        else:
            sign = -1 if turn else 1
            size = Decimal(dice.randint(3 * 10**11, 2 * 10**12)) / 10**12
            tries = [value for value in (sign * size, size, -size) if allowed(value, variable.domain)]
            values[variable.name] = {(): tries[0] if tries else _entry(variable.domain, 2, dice)}
    return Point(sizes, values, labels)


def beside(scope: Scope, point: Point) -> Point:
    """Return a point a little way off, each number moved by an amount of its own."""
    values: dict[str, dict[Entry, Decimal]] = {}
    step = Decimal("0.0001")
    for variable in scope.variables.values():
        if variable.below:
            continue
        values[variable.name] = {}
        for place, value in point.values[variable.name].items():
            step = -step * Decimal("1.07")
            moved = value + step
            values[variable.name][place] = moved if allowed(moved, variable.domain) else value - step
    return Point(point.sizes, values, point.labels)
