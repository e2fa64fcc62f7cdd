"""Points that hang on the chain itself: drawn from its text, and from the numbers that it names.

The points of a statement are the same for everybody, and how they are chosen is public. So a line could be made to
measure: right at these points and wrong elsewhere, by a polynomial with them for its roots, or by a case that none
of them reaches. Hence some points more for each chain. They are drawn from its text, so that who changes a line
changes them, and they lie on both sides of the numbers that a line names beside those of the exercise.
"""

from __future__ import annotations

import decimal
import hashlib
import random
from dataclasses import replace
from decimal import Decimal
from itertools import product
from typing import TYPE_CHECKING

from autograder.derive._algebra import Entry, Point
from autograder.derive._evaluate import TooMuch
from autograder.derive._points import SIMPLE, SIZES, allowed, arrays
from autograder.derive._tree import subtrees
from autograder.derive._truth import TooLarge, Undefined, context, truth

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from autograder.derive._scope import Domain, Scope
    from autograder.derive._tree import Node

FAR = Decimal(60)
"""Beyond this, functions that grow as exp does cannot be compared to enough digits."""
MOST_NUMBERS = 6
MOST_POINTS = 80
_EXPONENTIAL = {"exp", "log", "sigmoid", "softplus", "tanh"}
_NAMES = {"var", "let", "dlet", "label", "size", "fact", "idx", "int", "sum", "diff", "slope", "bind", "unit"}
_DIGITS = Decimal("1e-12")


def points(scope: Scope, texts: Sequence[str], given: Iterable[Node], own: Iterable[Node]) -> list[Point]:
    """Return the points of one chain.

    Parameters
    ----------
    scope
        The statement's.
    texts
        The chain as it was written.
    given
        What the exercise gives; its numbers are nothing to look at.
    own
        The chain's lines.
    """
    dice = _dice("points", texts)
    numbers, made = named(scope, given, own)
    if arrays(scope):
        found = [_point(scope, dice, 2)]
        found += [_point(scope, dice, 2 * float(abs(number)) + 1) for number in numbers[-2:]]
        return found
    found = [_point(scope, dice, size) for size in (1, 2, 3, 30, 50)] if scope.variables else []
    values = [value for number in numbers for value in _around(number, dice)]
    values += [
        side * value for number in made for value in (number, number * _more(dice)) for side in (1, -1)
    ]
    real = [variable for variable in scope.variables.values() if not variable.shape and not variable.below]
    for value in values[:MOST_POINTS]:
        for variable in real:
            if allowed(value, variable.domain):
                here = _point(scope, dice, 2)
                found.append(replace(here, values={**here.values, variable.name: {(): value}}))
    return found


def generic(scope: Scope, texts: Sequence[str]) -> list[Point]:
    """Return the points at which this chain's steps are looked at once more: no zeros, no simple numbers."""
    dice = _dice("generic", texts)
    if any(variable.shape for variable in scope.variables.values()):
        return [_point(scope, dice, 2)]
    return [_point(scope, dice, 2, sign=sign) for sign in (1, -1)]


def far(point: Point) -> bool:
    """Say whether a point lies where only plain arithmetic can be compared."""
    return any(abs(value) > FAR for entries in point.values.values() for value in entries.values())


def exponential(*roots: Node) -> bool:
    """Say whether a line holds a function that grows as exp does, or a name that may stand for one."""
    return any(
        node.op in {"let", "dlet", "softmax", "fact"} or (node.op == "call" and node.data in _EXPONENTIAL)
        for node in subtrees(*roots)
    )


def named(scope: Scope, given: Iterable[Node], own: Iterable[Node]) -> tuple[list[Decimal], list[Decimal]]:
    """List the numbers of a chain's own that are none of the plain points, and what can be made of them."""
    known = {node.number for node in subtrees(*given)}
    at = truth(scope, _point(scope, _dice("numbers", ()), 2))
    found = set()
    for node in subtrees(*own):
        if node.number in known or node.shape or node.free or any(n.op in _NAMES for n in subtrees(node)):
            continue
        try:
            with decimal.localcontext(context()):
                value = abs(at.entry(node, (), {}))
        except (Undefined, TooLarge, TooMuch, decimal.DecimalException):
            continue
        if str(value) not in SIMPLE and Decimal("1e-9") < value < Decimal("1e30"):
            found.add(+value)
    numbers = sorted(found)[-MOST_NUMBERS:]
    with decimal.localcontext(context()):
        made = {a / b for a in numbers for b in numbers if a != b}
        made |= {a.sqrt() for a in numbers} | {abs(a.ln()) for a in numbers if a != 1}
        made |= {sum(numbers, Decimal(0))} if len(numbers) > 1 else set()
    return numbers, sorted(made - found)


def _around(number: Decimal, dice: random.Random) -> list[Decimal]:
    """List a number, what lies a little to its sides, and what lies beyond it."""
    step = _drawn(dice, 1) / 1000 + Decimal("1e-4")
    beyond = number * _more(dice)
    return [side * value for value in (number, number + step, number - step, beyond) for side in (1, -1)]


def _more(dice: random.Random) -> Decimal:
    return 1 + _drawn(dice, 1) / 8


def _dice(what: str, texts: Sequence[str]) -> random.Random:
    digest = hashlib.sha256("\0".join((what, *texts)).encode("utf-8", "surrogatepass")).digest()
    return random.Random(int.from_bytes(digest, "big"))  # noqa: S311 (points, not secrets)


def _drawn(dice: random.Random, size: float) -> Decimal:
    """Return a number of up to this size, of no simple form."""
    return (Decimal(dice.randint(10**10, 10**12)) / 10**12 * Decimal(size)).quantize(_DIGITS)


def _value(domain: Domain, dice: random.Random, size: float, sign: int = 0) -> Decimal:
    """Return a value in a domain."""
    if domain.low is not None and domain.high is not None:
        low, high = Decimal(str(domain.low)), Decimal(str(domain.high))
        return low + (high - low) * _drawn(dice, 1)
    size_drawn, sign = _drawn(dice, size), sign or dice.choice((1, -1))
    edges = [Decimal(str(edge)) for edge in (domain.low, domain.high) if edge is not None]
    middle = edges[0] if edges else Decimal(0)
    tries = (middle + sign * size_drawn, middle - sign * size_drawn)
    return next((value for value in tries if allowed(value, domain)), Decimal(1))


def _point(scope: Scope, dice: random.Random, size: float, sign: int = 0) -> Point:
    lengths = SIZES[1]
    sizes = {name: lengths[n] if n < len(lengths) else n + 2 for n, name in enumerate(scope.sizes)}
    values: dict[str, dict[Entry, Decimal]] = {}
    labels: dict[str, dict[Entry, int]] = {}
    for variable in scope.variables.values():
        places = list(product(*(range(sizes[size]) for size in variable.shape)))
        if variable.below:
            labels[variable.name] = {place: dice.randrange(sizes[variable.below]) for place in places}
        else:
            values[variable.name] = {place: _value(variable.domain, dice, size, sign) for place in places}
    return Point(sizes, values, labels)
