"""A model without distributivity: sums of products, kept exactly, in which a sum times something is a new thing.

A value is a sum of monomials with rational coefficients, a monomial a product of atoms with rational powers. Sums
and products can be rearranged, fractions cancelled, numbers computed, like terms collected; but a sum of two terms
becomes an atom of its own as soon as it is multiplied, so a*(b + c) is not a*b + a*c. A function whose rule is off
is an atom named by its argument. Two values are equal exactly when rearranging makes them so.
"""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from typing import TYPE_CHECKING

from autograder.derive._algebra import Algebra, Entry
from autograder.derive._gap import NEAR, Blind, Gap, leading

if TYPE_CHECKING:
    from collections.abc import Hashable

Mono = tuple[tuple[int, Fraction], ...]
Sum = tuple[tuple[Mono, Fraction], ...]

ZERO: Sum = ()
ONE: Sum = (((), Fraction(1)),)
TINY = Decimal("1e-30")
MAX_POWER = 10**4


def key(value: Decimal) -> Decimal:
    """Round a computed number so that equal ones become the same."""
    return Decimal(0) if abs(value) < TINY else Decimal(f"{value:.24e}")


class Free(Algebra[Sum]):
    """The model for a set of rules that does not hold distributivity."""

    def __init__(self, rules: frozenset[str]) -> None:
        self.rules = rules
        self.numbers: dict[Hashable, int] = {}
        self.atoms: list[tuple[Hashable, ...]] = []

    # -- atoms, monomials
    def atom(self, *what: Hashable) -> Sum:
        """Return the unknown of this name."""
        return ((((self.atom_number(*what), Fraction(1)),), Fraction(1)),)

    def atom_number(self, *what: Hashable) -> int:
        number = self.numbers.get(what)
        if number is None:
            number = len(self.atoms)
            self.numbers[what] = number
            self.atoms.append(what)
        return number

    def term(self, a: Sum) -> tuple[Fraction, Mono]:
        """Return a value as one coefficient and one monomial; a sum becomes an atom, its content taken out."""
        if len(a) == 1:
            return a[0][1], a[0][0]
        lead = a[0][1]
        primitive = tuple((mono, q / lead) for mono, q in a)
        return lead, ((self.atom_number("sum", primitive), Fraction(1)),)

    def value(self, q: Fraction, mono: Mono) -> Sum:
        """Return a term as a value; a lone sum is itself again."""
        if q == 0:
            return ZERO
        if len(mono) == 1 and mono[0][1] == 1 and self.atoms[mono[0][0]][0] == "sum":
            primitive: Sum = self.atoms[mono[0][0]][1]  # type: ignore[assignment]
            return tuple((m, c * q) for m, c in primitive)
        return ((mono, q),)

    def const(self, a: Sum) -> Fraction | None:
        """Return the number that a value is, None if it is none."""
        if a == ZERO:
            return Fraction(0)
        return a[0][1] if len(a) == 1 and a[0][0] == () else None

    def primitive(self, values: list[Sum]) -> tuple[Fraction, tuple[Sum, ...]]:
        """Take the common number (with its sign) out of a list of values."""
        lead = next((v[0][1] for v in values if v), Fraction(1))
        return lead, tuple(tuple((m, q / lead) for m, q in v) for v in values)

    # -- arithmetic
    def number(self, value: Fraction) -> Sum:
        return (((), value),) if value else ZERO

    def size(self, name: str, value: int) -> Sum:
        # Where sums are written out, a size is the number that it is.
        return self.number(Fraction(value)) if "sum out" in (self.rules or ()) else self.atom("size", name)

    def pi(self) -> Sum:
        return self.atom("pi")

    def var(self, name: str, entry: Entry, value: Decimal) -> Sum:  # noqa: ARG002 (any value: it is an unknown)
        return self.atom("var", name, entry)

    def add(self, terms: list[Sum]) -> Sum:
        total: dict[Mono, Fraction] = {}
        for value in terms:
            for mono, q in value:
                total[mono] = total.get(mono, Fraction(0)) + q
        return tuple(sorted((mono, q) for mono, q in total.items() if q))

    def neg(self, a: Sum) -> Sum:
        return tuple((mono, -q) for mono, q in a)

    def scale(self, a: Sum, by: Fraction) -> Sum:
        return tuple((mono, q * by) for mono, q in a) if by else ZERO

    def mul(self, a: Sum, b: Sum) -> Sum:
        for one, other in ((a, b), (b, a)):
            number = self.const(one)
            if number is not None:
                return self.scale(other, number)
        (p, left), (q, right) = self.term(a), self.term(b)
        return self.join(p * q, left, right)

    def join(self, q: Fraction, left: Mono, right: Mono) -> Sum:
        powers = dict(left)
        for atom, power in right:
            powers[atom] = powers.get(atom, Fraction(0)) + power
        return self.value(q, tuple(sorted((atom, power) for atom, power in powers.items() if power)))

    def div(self, a: Sum, b: Sum) -> Sum:
        if b == ZERO:
            raise Gap
        return self.mul(a, self.power(b, Fraction(-1)))

    def power(self, a: Sum, n: Fraction) -> Sum:
        """Return a value to a whole power, or any power of a positive number."""
        if n == 0:
            return ONE
        if a == ZERO:
            if n < 0:
                raise Gap
            return ZERO
        q, mono = self.term(a)
        if abs(n) > MAX_POWER:
            raise Gap
        powered = tuple((atom, power * n) for atom, power in mono)
        if n.denominator == 1:
            return self.value(q ** int(n), powered)
        root = () if q == 1 else ((self.atom_number("number", q), n),)
        return self.join(Fraction(1), powered, root)

    def pow(self, a: Sum, b: Sum) -> Sum:
        n = self.const(b)
        if n is not None and (n.denominator == 1 or "power" in (self.rules or ())):
            return self.power(a, n)
        if "power" not in (self.rules or ()):
            return self.atom("pow", a, b)
        result = ONE
        for mono, q in b:
            result = self.mul(result, self.power(self.atom("base", a, mono), q))
        return result

    # -- functions
    def call(self, name: str, a: Sum, true: Decimal | None) -> Sum:  # noqa: PLR0911 (one case for each function)
        rules = self.rules or frozenset()
        match name:
            case "exp":
                return self.exp(a)
            case "log":
                return self.log(a)
            case "sqrt":
                return self.power(a, Fraction(1, 2)) if "power" in rules else self.atom("sqrt", a)
        if name == "sign" and "sign abs" in rules and true:
            return self.div(a, self.call("abs", a, true))
        if f"def {name}" in rules:
            if name in {"relu", "abs", "sign"}:
                return self.cornered(name, a, true)
            return defined(self, name, a)
        if f"sym {name}" in rules and a and a[0][1] < 0:
            inner = self.atom(name, self.neg(a))
            return (
                self.add([ONE, self.neg(inner)])
                if name == "sigmoid"
                else inner
                if name == "cos"
                else self.neg(inner)
            )
        return self.atom(name, a)

    def cornered(self, name: str, a: Sum, true: Decimal | None) -> Sum:
        """Return relu, abs or sign by its cases."""
        if true is None:
            raise Gap
        if a == ZERO:
            return ZERO
        if abs(true) < NEAR:
            raise Blind
        if name == "sign":
            return self.number(Fraction((true > 0) - (true < 0)))
        return a if true > 0 else self.neg(a) if name == "abs" else ZERO

    def exp(self, a: Sum) -> Sum:
        rules = self.rules or frozenset()
        if a == ZERO:
            return ONE
        law = "exp law" in rules or ("log law" in rules and "undo" in rules)
        if not law:
            inner = self.inside("log", a) if "undo" in rules else None
            return self.atom("exp", a) if inner is None else inner
        result = ONE
        for mono, q in a:
            inner = self.inside("log", ((mono, Fraction(1)),)) if "undo" in rules else None
            base = self.atom("exp", ((mono, Fraction(1)),)) if inner is None else inner
            result = self.mul(result, self.power(base, q))
        return result

    def log(self, a: Sum) -> Sum:
        rules = self.rules or frozenset()
        if a == ONE:
            return ZERO
        if a == ZERO:
            raise Gap
        if "log law" not in rules and not ("exp law" in rules and "undo" in rules):
            inner = self.inside("exp", a) if "undo" in rules else None
            return self.atom("log", a) if inner is None else inner
        q, mono = self.term(a)
        parts = [] if q == 1 else [self.logs(q)]
        for atom, power in mono:
            inner = self.inside("exp", ((((atom, Fraction(1)),), Fraction(1)),)) if "undo" in rules else None
            base = self.value(Fraction(1), ((atom, Fraction(1)),))
            parts.append(self.scale(self.atom("log", base) if inner is None else inner, power))
        return self.add(parts)

    def logs(self, q: Fraction) -> Sum:
        """Return the log of a number, by its small prime factors."""
        parts = []
        for whole, sign in ((abs(q.numerator), 1), (q.denominator, -1)):
            rest = whole
            for prime in (2, 3, 5, 7, 11, 13):
                while rest % prime == 0:
                    rest //= prime
                    parts.append(self.scale(self.atom("log", self.number(Fraction(prime))), Fraction(sign)))
            if rest != 1:
                parts.append(self.scale(self.atom("log", self.number(Fraction(rest))), Fraction(sign)))
        return self.add(parts)

    def inside(self, name: str, a: Sum) -> Sum | None:
        """Return what stands inside a lone function of this name, None if the value is no such thing."""
        if len(a) != 1 or a[0][1] != 1 or len(a[0][0]) != 1 or a[0][0][0][1] != 1:
            return None
        what = self.atoms[a[0][0][0][0]]
        return what[1] if what[0] == name else None  # type: ignore[return-value]

    # -- sums and products over an axis
    def sum(self, terms: list[Sum]) -> Sum:
        rules = self.rules or frozenset()
        some = [term for term in terms if term != ZERO]
        if not some or "sum out" in rules or ("sum pick" in rules and len(some) == 1):
            return self.add(some)
        lead, rest = self.primitive(terms)
        return self.scale(self.atom("over", rest), lead)

    def dot(self, pairs: list[tuple[Sum, Sum]]) -> Sum:
        rules = self.rules or frozenset()
        products = [(a, b) for a, b in pairs if ZERO not in (a, b)]
        if not products:
            return ZERO
        if len(pairs) == 1 or ("sum pick" in rules and len(products) == 1):
            return self.mul(*products[0])
        if "matmul sum" in rules:
            return self.sum([self.mul(a, b) for a, b in pairs])
        p, left = self.primitive([a for a, _ in pairs])
        q, right = self.primitive([b for _, b in pairs])
        return self.scale(self.atom("dot", *sorted((left, right))), p * q)

    def softmax(self, entries: list[Sum], which: int) -> Sum:
        if "def softmax" in (self.rules or ()):
            powers = [self.exp(entry) for entry in entries]
            return self.div(powers[which], self.sum(powers))
        return self.atom("softmax", tuple(entries), which)

    def largest(self, entries: list[Sum], true: list[Decimal] | None) -> Sum:
        if "def max" in (self.rules or ()) and true is not None:
            return leading(entries, true, self.same)
        return self.atom("max", tuple(sorted(entries)))

    def let(self, name: str, entry: Entry) -> Sum | None:
        return None if f"let {name}" in (self.rules or ()) else self.atom("var", name, entry)

    def slope(self, value: Sum, true: Decimal) -> Sum:
        if 0 < abs(true) < NEAR:
            raise Blind
        return self.atom("slope", value, key(true)) if true else ZERO

    def holds(self, op: str, a: Sum, b: Sum) -> bool:  # noqa: ARG002 (conditions are those of the truth)
        raise Gap

    def same(self, a: Sum, b: Sum) -> bool:
        """Say whether two values are equal in this model."""
        return a == b


def defined(algebra: Algebra[Sum], name: str, a: Sum) -> Sum:
    """Return sigmoid, softplus or tanh by its definition, in whatever exp and log are in the model."""
    minus = algebra.neg(a)
    if name == "sigmoid":
        return algebra.div(ONE, algebra.add([ONE, algebra.call("exp", minus, None)]))
    if name == "softplus":
        return algebra.call("log", algebra.add([ONE, algebra.call("exp", a, None)]), None)
    up, down = algebra.call("exp", a, None), algebra.call("exp", minus, None)
    return algebra.div(algebra.add([up, algebra.neg(down)]), algebra.add([up, down]))
