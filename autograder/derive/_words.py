"""Numbers and places in words: short, but different where the values are."""

from __future__ import annotations

import decimal
from decimal import Decimal
from typing import TYPE_CHECKING

from autograder.derive._truth import context
from autograder.derive._verdict import CounterExample

if TYPE_CHECKING:
    from autograder.derive._algebra import Point
    from autograder.derive._scope import Scope
    from autograder.derive._table import Difference

SHOWN_ENTRIES = 4
MOST_DIGITS = 220


def number(value: Decimal, digits: int = 3) -> str:
    """Write a number with so many significant digits, without a tail of zeros."""
    if value == 0:
        return "0"
    with decimal.localcontext(context(MOST_DIGITS)):
        rounded = Decimal(f"{value:.{digits}g}")
        size = rounded.adjusted()
        if -5 <= size <= max(digits, 5):  # noqa: PLR2004 (beyond these, powers of ten read better)
            text = f"{rounded:f}"
            return text.rstrip("0").rstrip(".") if "." in text else text
        mantissa = rounded.scaleb(-size).normalize()
        return f"{mantissa:f}e{size}"


def apart(a: Decimal, b: Decimal) -> tuple[str, str]:
    """Write two different numbers with as few digits as show that they differ."""
    for digits in (3, 4, 5, 6, 8, 10, 12, 15, 18, 22, 30, 40, 60, 100, 160):
        first, second = number(a, digits), number(b, digits)
        if first != second:
            return first, second
    return number(a, 200), number(b, 200)


def place(scope: Scope, difference: Difference) -> str:
    """Say where: the entry, then the given numbers, labels and short vectors."""
    point = difference.point
    names = scope.entry or (("row", "column")[-len(difference.place) :] if difference.place else ())
    if not scope.entry and len(difference.place) == 1:
        names = ("entry",)
    parts = [
        f"{name} = {k}" if scope.entry else f"{name} {k}"
        for name, k in zip(names, difference.place, strict=False)
    ]
    return ", ".join(parts + given(scope, point, difference.names))


def given(scope: Scope, point: Point, names: frozenset[str]) -> list[str]:
    """List the values that matter and are short enough to show."""
    parts = []
    for variable in scope.variables.values():
        if variable.name not in names:
            continue
        if variable.below:
            values = [str(k) for k in point.labels[variable.name].values()]
        else:
            values = [number(v, 10) for v in point.values[variable.name].values()]
        if not variable.shape:
            parts.append(f"{variable.name} = {values[0]}")
        elif len(variable.shape) == 1 and len(values) <= SHOWN_ENTRIES and all(len(v) <= 5 for v in values):  # noqa: PLR2004
            parts.append(f"{variable.name} = ({', '.join(values)})")
    return parts


def counter(scope: Scope, difference: Difference, against: str) -> CounterExample:
    """Return the counter-example that a difference is."""
    if difference.before is None or difference.after is None:
        before = "" if difference.before is None else number(difference.before)
        return CounterExample(place(scope, difference), before, "", against)
    before, after = apart(difference.before, difference.after)
    return CounterExample(place(scope, difference), before, after, against)


def sentence(scope: Scope, difference: Difference, against: str, line: str) -> str:
    """Say in one sentence how a line differs from what it should equal."""
    shown = counter(scope, difference, against)
    where = f"at {shown.where} " if shown.where else ""
    if difference.after is None:
        value = f", where {against} is {shown.before}" if shown.before else ""
        at = f" at {shown.where}" if shown.where else ""
        return f"{line} {difference.why}{at}{value}"
    return f"{where}{against} is {shown.before}, {line} is {shown.after}"


def shape(sizes: tuple[str, ...]) -> str:
    """Name a shape: a number, (n,), (N, H)."""
    if not sizes:
        return "one number"
    return f"({sizes[0]},)" if len(sizes) == 1 else f"({', '.join(sizes)})"
