"""Finite differences of a loss: what the entries of a gradient must be, found without any rule of calculus.

Central differences at fifty digits with steps of 1e-16 are right to about thirty digits.
"""

from __future__ import annotations

import decimal
from decimal import Decimal
from typing import TYPE_CHECKING

from autograder.derive._table import Difference
from autograder.derive._truth import DIGITS, TooLarge, Truth, Undefined, context, truth

if TYPE_CHECKING:
    from autograder.derive._algebra import Entry
    from autograder.derive._prepared import Prepared
    from autograder.derive._table import Here, Table

STEP = Decimal("1e-16")
NEAR = Decimal("1e-18")
POINTS = 2
"""Differences are taken at so many points: enough, since the lines are compared at all of them."""


def slopes(ready: Prepared) -> dict[int, dict[Entry, Decimal]]:
    """Return for some points the slope of the loss by each entry, remembered."""
    if ready.slopes or ready.loss is None or ready.statement.gradient is None:
        return ready.slopes
    for number, here in enumerate(ready.comparer.heres):
        if number in ready.comparer.skipped or len(ready.slopes) >= POINTS:
            continue
        with decimal.localcontext(context(DIGITS)):
            found = _slopes(ready, here)
        if found is not None:
            ready.slopes[number] = found
    return ready.slopes


def _slopes(ready: Prepared, here: Here) -> dict[Entry, Decimal] | None:
    """Return the slopes at one point, None at a corner of the loss."""
    loss, scope = ready.loss, ready.scope
    assert loss is not None  # noqa: S101
    assert ready.statement.gradient is not None  # noqa: S101
    name = ready.statement.gradient[0]
    base = truth(scope, here.point, ready.comparer.derivative)
    values = {
        place: base.entry(
            scope.pool.node("let" if name in scope.lets else "var", data=name, shape=scope.shape(name)),
            place,
            {},
        )
        for place in base.entries(scope.shape(name))
    }
    base.entry(loss, (), {})
    if isinstance(base.algebra, Truth) and base.algebra.kink:
        return None
    found = {}
    for place, value in values.items():
        sides = []
        for step in (STEP, -STEP):
            moved = truth(scope, here.point, ready.comparer.derivative)
            moved.fixed = {name: {**values, place: value + step}}
            sides.append(moved.entry(loss, (), {}))
        found[place] = (sides[0] - sides[1]) / (2 * STEP)
    return found


def off(ready: Prepared, own: Table) -> Difference | None:
    """Return where a line differs from the slope of the loss, None if it nowhere does."""
    names = ready.comparer.names(own)
    for number, wanted in slopes(ready).items():
        here = ready.comparer.heres[number]
        for place, inner, env in own.entries(here.at):
            here.at.work = 0
            with decimal.localcontext(context(DIGITS)):
                try:
                    got = here.at.entry(own.node, inner, env)
                except Undefined as why:
                    return Difference(here.point, place, wanted[place], None, names, str(why))
                except (TooLarge, decimal.DecimalException, RecursionError):
                    continue
                if abs(got - wanted[place]) > NEAR * max(Decimal(1), abs(got), abs(wanted[place])):
                    clean = round(wanted[place], 20)
                    return Difference(here.point, place, clean, got, names)
    return None
