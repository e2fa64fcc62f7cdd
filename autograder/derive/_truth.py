"""True numbers: `decimal` at fifty digits, with the functions that it lacks.

Python's own decimals are arbitrary in precision and range and fast, so that exp(30) and 1e-12 live side by side.
Sine and cosine by their Taylor series, as in the recipes of the `decimal` documentation.
"""

from __future__ import annotations

import decimal
from decimal import Decimal
from functools import lru_cache
from typing import TYPE_CHECKING

from autograder.derive._algebra import Algebra, Entry, Point
from autograder.derive._derivative import Derivative
from autograder.derive._evaluate import Evaluator

if TYPE_CHECKING:
    from fractions import Fraction

    from autograder.derive._scope import Scope

DIGITS = 50
ZERO, ONE = Decimal(0), Decimal(1)
LARGEST = Decimal(10) ** 7
"""exp is not taken of more: its value has millions of digits before the point."""


class Undefined(Exception):  # noqa: N818 (a verdict on a line, not an error)
    """An expression has no value at this point; the message says why."""


class TooLarge(Exception):  # noqa: N818 (a verdict on a point, not an error)
    """A value is out of any reasonable range here: the point is left out."""


@lru_cache(maxsize=16)
def context(digits: int = DIGITS) -> decimal.Context:
    """Return a context in which nothing is silently wrong, for `decimal.localcontext` to copy."""
    traps = [decimal.InvalidOperation, decimal.DivisionByZero, decimal.Overflow]
    return decimal.Context(prec=digits, Emax=10**9, Emin=-(10**9), traps=traps)


def pi() -> Decimal:
    """Return pi in the context's precision."""
    return +machin(decimal.getcontext().prec)


@lru_cache(maxsize=16)
def machin(digits: int) -> Decimal:
    """Return pi by Machin's formula, 16 arctan(1/5) - 4 arctan(1/239)."""

    def arctan(inverse: int) -> Decimal:
        total, term, n = ZERO, ONE / inverse, 1
        while total + term != total:
            total += term / n if n % 4 == 1 else -term / n
            term /= inverse * inverse
            n += 2
        return total

    with decimal.localcontext() as ctx:
        ctx.prec = digits + 5
        return 4 * (4 * arctan(5) - arctan(239))


def sine(x: Decimal, quarter: int = 0) -> Decimal:
    """Return sin(x + quarter turns); a cosine is the sine a quarter turn on."""
    if abs(x) > LARGEST:
        raise TooLarge
    with decimal.localcontext() as ctx:
        ctx.prec += 10 + max(0, x.adjusted())
        turn = pi()
        x = (x + turn * quarter / 2) % (2 * turn)
        total, term, n = ZERO, x, 1
        while total + term != total:
            total += term
            term *= -x * x / ((n + 1) * (n + 2))
            n += 2
    return +total


def close(a: Decimal, b: Decimal) -> bool:
    """Say whether two computed numbers are the same but for rounding."""
    return a == b or abs(a - b) <= max(abs(a), abs(b)).scaleb(15 - decimal.getcontext().prec)


class Truth(Algebra[Decimal]):
    """The real numbers. `kink` is set when a corner of relu, abs, sign, max or a condition is met exactly."""

    def __init__(self) -> None:
        self.kink = False

    def number(self, value: Fraction) -> Decimal:
        return Decimal(value.numerator) / value.denominator

    def size(self, name: str, value: int) -> Decimal:  # noqa: ARG002 (a size is its value)
        return Decimal(value)

    def pi(self) -> Decimal:
        return pi()

    def var(self, name: str, entry: Entry, value: Decimal) -> Decimal:  # noqa: ARG002 (a variable is its value)
        return value

    def add(self, terms: list[Decimal]) -> Decimal:
        return sum(terms, ZERO)

    def neg(self, a: Decimal) -> Decimal:
        return -a

    def mul(self, a: Decimal, b: Decimal) -> Decimal:
        return a * b

    def div(self, a: Decimal, b: Decimal) -> Decimal:
        if b == 0:
            raise Undefined("divides by zero")
        return a / b

    def pow(self, a: Decimal, b: Decimal) -> Decimal:
        if a == 0 and b <= 0:
            raise Undefined("takes 0 to the power 0" if b == 0 else "divides by zero")
        if b == b.to_integral_value():
            if abs(b) > LARGEST:
                raise TooLarge
            return a ** int(b)
        if a < 0:
            raise Undefined("takes a negative number to a power that is not whole")
        return a**b

    def call(self, name: str, a: Decimal, true: Decimal | None = None) -> Decimal:  # noqa: ARG002, C901, PLR0911
        match name:
            case "exp":
                if abs(a) > LARGEST:
                    raise TooLarge
                return a.exp()
            case "log":
                if a <= 0:
                    raise Undefined("takes the log of a negative number" if a < 0 else "takes the log of 0")
                return a.ln()
            case "sqrt":
                if a < 0:
                    raise Undefined("takes the square root of a negative number")
                return a.sqrt()
            case "sin":
                return sine(a)
            case "cos":
                return sine(a, 1)
            case "tanh":
                small = self.call("exp", -2 * abs(a))
                return ((1 - small) / (1 + small)).copy_sign(a) if a else ZERO
            case "sigmoid":
                return 1 / (1 + self.call("exp", -a))
            case "softplus":
                return (1 + self.call("exp", a)).ln()
        self.kink = self.kink or a == 0
        if name == "relu":
            return max(a, ZERO)
        return abs(a) if name == "abs" else Decimal((a > 0) - (a < 0))

    def sum(self, terms: list[Decimal]) -> Decimal:
        return sum(terms, ZERO)

    def dot(self, pairs: list[tuple[Decimal, Decimal]]) -> Decimal:
        return sum((a * b for a, b in pairs), ZERO)

    def softmax(self, entries: list[Decimal], which: int) -> Decimal:
        powers = [self.call("exp", entry) for entry in entries]
        return powers[which] / sum(powers, ZERO)

    def largest(self, entries: list[Decimal], true: list[Decimal] | None = None) -> Decimal:  # noqa: ARG002
        top = max(entries)
        self.kink = self.kink or entries.count(top) > 1
        return top

    def let(self, name: str, entry: Entry) -> None:
        """Truth knows a definition by its body."""

    def slope(self, value: Decimal, true: Decimal) -> Decimal:  # noqa: ARG002
        return true

    def holds(self, op: str, a: Decimal, b: Decimal) -> bool:
        same = close(a, b)
        self.kink = self.kink or same
        if op in {"==", "!="}:
            return same == (op == "==")
        return (op in {"<=", ">="}) if same else (a < b) == (op in {"<", "<="})


def truth(scope: Scope, point: Point, derivative: Derivative | None = None) -> Evaluator[Decimal]:
    """Return the evaluator of true values at a point."""
    return Evaluator(scope, point, Truth(), derivative or Derivative(scope))
