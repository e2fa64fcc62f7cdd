"""A model with distributivity: real numbers, in which each rule that is off is spoilt at random.

A function without its law is the true one times a random factor that depends on the argument alone, so that equal
arguments still give equal values and nothing else does. exp and log without "log undoes exp" have different bases:
their laws hold, only they do not undo each other. A sum over an index is a random function of its terms, with
"linearity" a weighted sum, with "a delta picks one term" right where one term is left, with both the true sum.
"""

from __future__ import annotations

import decimal
import hashlib
from decimal import Decimal
from typing import TYPE_CHECKING

from autograder.derive._algebra import Algebra, Entry
from autograder.derive._gap import NEAR, Blind, Gap, leading
from autograder.derive._truth import ONE, ZERO, TooLarge, Truth, Undefined

if TYPE_CHECKING:
    from collections.abc import Hashable
    from fractions import Fraction

DIGITS = 64
ROUNDED = decimal.Context(prec=40)
"""Keys: what is lost by rounding to them cannot be won back in `DIGITS` well enough for `same`."""
SMALL = Decimal("1e-36")
"""Less than this is a zero that was rounded."""
LEAST, MOST = Decimal("1e-12"), Decimal("1e18")
"""Between `SMALL` and `LEAST`, and beyond `MOST`, a number is neither zero nor one that can be told from others."""
EXP_BASE, LOG_BASE = Decimal("1.0731"), Decimal("0.9127")


def key(value: Decimal) -> Decimal:
    """Round a number so that equal ones become the same."""
    return ZERO if abs(value) < SMALL else ROUNDED.plus(value).normalize()


def bounded(value: Decimal) -> Decimal:
    """Return a number that is clearly zero or clearly not, and not too large."""
    size = abs(value)
    if size < SMALL:
        return ZERO
    if size < LEAST or size > MOST:
        raise Blind
    return value


def nonzero(value: Decimal) -> Decimal:
    """Return a number that can only be zero by being too small."""
    if abs(value) < LEAST:
        raise Blind
    return bounded(value)


def dice(*what: Hashable) -> Decimal:
    """Return a number in (-1, 1) that depends on `what` alone."""
    digest = hashlib.blake2b(repr(what).encode(), digest_size=16).digest()
    return Decimal(int.from_bytes(digest, "big")) / 2**127 - 1


class Real(Algebra[Decimal]):
    """The model for a set of rules that holds distributivity."""

    def __init__(self, rules: frozenset[str]) -> None:
        self.rules = rules
        self.true = Truth()
        self.undo = "undo" in rules
        self.exp_law = "exp law" in rules or ("log law" in rules and self.undo)
        self.log_law = "log law" in rules or ("exp law" in rules and self.undo)
        self.exps: dict[Decimal, Decimal] = {}
        self.logs: dict[Decimal, Decimal] = {}

    def has(self, rule: str) -> bool:
        """Say whether a rule is on."""
        return rule in (self.rules or ())

    def unknown(self, near: Decimal, *what: Hashable) -> Decimal:
        """Return a random value near another, the same for the same `what`."""
        return near * (1 + dice(*what) / 16)

    def number(self, value: Fraction) -> Decimal:
        return nonzero(self.true.number(value)) if value else ZERO

    def size(self, name: str, value: int) -> Decimal:
        return (
            Decimal(value)
            if self.has("sum out") or self.plain()
            else self.unknown(Decimal(value), "size", name)
        )

    def plain(self) -> bool:
        """Say whether a sum over an index is the true one."""
        return self.has("sum out") or (self.has("sum linear") and self.has("sum pick"))

    def pi(self) -> Decimal:
        return self.true.pi()

    def var(self, name: str, entry: Entry, value: Decimal) -> Decimal:  # noqa: ARG002
        return value

    def add(self, terms: list[Decimal]) -> Decimal:
        return bounded(sum(terms, ZERO))

    def neg(self, a: Decimal) -> Decimal:
        return -a

    def mul(self, a: Decimal, b: Decimal) -> Decimal:
        return nonzero(a * b) if a and b else ZERO

    def div(self, a: Decimal, b: Decimal) -> Decimal:
        if abs(b) < SMALL:
            raise Gap
        return nonzero(a / b) if a else ZERO

    def pow(self, a: Decimal, b: Decimal) -> Decimal:
        whole = b == b.to_integral_value()
        if whole or self.has("power"):
            try:
                return nonzero(self.true.pow(a, b)) if a else self.true.pow(a, b)
            except (Undefined, TooLarge):
                raise Gap from None
        return self.unknown(ONE, "pow", key(a), key(b))

    def call(self, name: str, a: Decimal, true: Decimal | None) -> Decimal:
        return bounded(self.called(name, bounded(a), true))

    def called(self, name: str, a: Decimal, true: Decimal | None) -> Decimal:  # noqa: PLR0911 (one case for each function)
        """Return a function of a number that is no rounded zero."""
        rounded = key(a)
        try:
            match name:
                case "exp":
                    return self.exp(a, rounded)
                case "log":
                    return self.log(a, rounded)
                case "sqrt":
                    return (
                        self.true.call("sqrt", a) if self.has("power") else self.unknown(ONE, "sqrt", rounded)
                    )
                case "sin" | "cos":
                    return self.trigonometry(name, a, rounded)
        except (Undefined, TooLarge):
            raise Gap from None
        if name == "sign" and self.has("sign abs") and true:
            return self.div(a, self.call("abs", a, true))
        if self.has(f"def {name}"):
            return self.defined(name, a, true)
        if name in {"sigmoid", "tanh"} and self.has(f"sym {name}") and rounded < 0:
            inner = self.unknown(self.true.call(name, -a), name, -rounded)
            return 1 - inner if name == "sigmoid" else -inner
        return self.unknown(
            self.true.call(name, a) if name in {"sigmoid", "softplus", "tanh"} else ONE, name, rounded
        )

    def trigonometry(self, name: str, a: Decimal, rounded: Decimal) -> Decimal:
        if self.has("trig"):
            return self.true.call(name, a)
        if self.has(f"sym {name}") and rounded < 0:
            inner = self.unknown(ONE, name, -rounded)
            return -inner if name == "sin" else inner
        return self.unknown(ONE, name, rounded)

    def defined(self, name: str, a: Decimal, true: Decimal | None) -> Decimal:
        """Return a function by its definition."""
        if name in {"relu", "abs", "sign"}:
            if true is None:
                raise Gap
            if a == 0:
                return ZERO
            if abs(true) < NEAR:
                raise Blind
            if name == "sign":
                return Decimal((true > 0) - (true < 0))
            return a if true > 0 else -a if name == "abs" else ZERO
        up, down = self.call("exp", a, None), self.call("exp", -a, None)
        if name == "sigmoid":
            return self.div(ONE, 1 + down)
        return self.call("log", 1 + up, None) if name == "softplus" else self.div(up - down, up + down)

    def exp(self, a: Decimal, rounded: Decimal) -> Decimal:
        if rounded == 0:
            return ONE
        if self.exp_law:
            return nonzero(self.true.call("exp", a if self.undo else a * EXP_BASE))
        if self.undo and rounded in self.logs:
            return self.logs[rounded]
        value = self.unknown(self.true.call("exp", a), "exp", rounded)
        self.exps[key(value)] = a
        return value

    def log(self, a: Decimal, rounded: Decimal) -> Decimal:
        if rounded == 0:
            raise Gap
        if rounded == 1:
            return ZERO
        if self.log_law:
            value = abs(a).ln()
            return value if self.undo else value * LOG_BASE
        if self.undo and rounded in self.exps:
            return self.exps[rounded]
        value = abs(a).ln() + dice("log", rounded) / 16
        self.logs[key(value)] = a
        return value

    def sum(self, terms: list[Decimal]) -> Decimal:
        some = [term for term in terms if abs(term) >= SMALL]
        if self.plain() or not some or (self.has("sum pick") and len(some) == 1):
            return bounded(sum(some, ZERO))
        if self.has("sum linear"):
            return bounded(sum((term * self.weight(len(terms), k) for k, term in enumerate(terms)), ZERO))
        sign = -1 if some[0] < 0 else 1
        return sign * self.unknown(ONE, "over", *(key(sign * term) for term in terms))

    def weight(self, count: int, k: int) -> Decimal:
        """Return the weight of term k in a sum that is linear and nothing else."""
        return 1 + dice("weight", count, k) / 3

    def dot(self, pairs: list[tuple[Decimal, Decimal]]) -> Decimal:
        products = [(a, b) for a, b in pairs if abs(a) >= SMALL and abs(b) >= SMALL]
        if not products:
            return ZERO
        if len(pairs) == 1 or (self.has("sum pick") and len(products) == 1):
            return self.mul(*products[0])
        if self.has("matmul sum"):
            return self.sum([self.mul(a, b) for a, b in pairs])
        if self.has("matmul algebra"):
            if self.has("sum pick"):
                return self.add([self.mul(a, b) for a, b in products])
            return self.add([self.mul(a, b) * self.weight(len(pairs), k) for k, (a, b) in enumerate(pairs)])
        sign, sides = 1, []
        for side in ([a for a, _ in pairs], [b for _, b in pairs]):
            lead = -1 if next((v for v in side if abs(v) >= SMALL), ONE) < 0 else 1
            sign *= lead
            sides.append(tuple(key(lead * v) for v in side))
        return sign * self.unknown(ONE, "dot", *sorted(sides))

    def softmax(self, entries: list[Decimal], which: int) -> Decimal:
        if self.has("def softmax"):
            powers = [self.call("exp", entry, None) for entry in entries]
            return self.div(powers[which], self.sum(powers))
        near = self.true.softmax(entries, which)
        return self.unknown(near, "softmax", tuple(key(entry) for entry in entries), which)

    def largest(self, entries: list[Decimal], true: list[Decimal] | None) -> Decimal:
        if self.has("def max") and true is not None:
            return leading(entries, true, self.same)
        return self.unknown(ONE, "max", *sorted(key(entry) for entry in entries))

    def let(self, name: str, entry: Entry) -> Decimal | None:
        return None if self.has(f"let {name}") else self.unknown(ONE, "var", name, entry)

    def slope(self, value: Decimal, true: Decimal) -> Decimal:
        if 0 < abs(true) < NEAR:
            raise Blind
        return self.unknown(ONE, "slope", key(value), key(true)) if true else ZERO

    def holds(self, op: str, a: Decimal, b: Decimal) -> bool:  # noqa: ARG002
        raise Gap

    def same(self, a: Decimal, b: Decimal) -> bool:
        """Say whether two values are equal in this model."""
        return a == b or abs(a - b) <= Decimal("1e-34") * max(abs(a), abs(b), ONE)
