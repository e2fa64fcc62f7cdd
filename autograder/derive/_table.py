"""A line as a table of entries: index form and matrix form become comparable, and the first difference is found.

A line in index form is tabulated over the free indices of `entry`; a matrix is its own table. A row (1, n)
counts as the vector (n,). Two lines are equal when their tables are, at every point of the domain that was
tried, to within rounding: numbers that differ at fifty digits are computed again at 160, and only a difference
that stays is one.
"""

from __future__ import annotations

import decimal
from dataclasses import dataclass, field, replace
from decimal import Decimal
from functools import lru_cache
from itertools import product
from typing import TYPE_CHECKING

from autograder.derive._drawn import exponential
from autograder.derive._evaluate import Evaluator, TooMuch
from autograder.derive._indices import Misfit, show
from autograder.derive._points import beside
from autograder.derive._truth import DIGITS, TooLarge, Truth, Undefined, context, truth

if TYPE_CHECKING:
    from collections.abc import Sequence

    from autograder.derive._algebra import Entry, Env, Point, V
    from autograder.derive._derivative import Derivative
    from autograder.derive._scope import Scope
    from autograder.derive._tree import Node, Shape

MORE_DIGITS = 160
TINY = Decimal("1e-100")


@dataclass(frozen=True)
class Table:
    """A node with the free indices that its table runs over first, the node's own axes after them."""

    node: Node
    indices: tuple[str, ...]
    shape: Shape
    bare: bool = False  # a number that stands for itself in every entry

    def entries(self, at: Evaluator[V]) -> Sequence[tuple[Entry, Entry, Env]]:
        """List (place in the table, place in the node, values of the indices), to be read alone."""
        row = not self.bare and len(self.node.shape) == self.indices.count("") + 1
        return _entries(self.indices, at.lengths(self.shape), bare=self.bare, row=row)


@lru_cache(maxsize=1_000)
def _entries(
    indices: tuple[str, ...], lengths: tuple[int, ...], *, bare: bool, row: bool
) -> Sequence[tuple[Entry, Entry, Env]]:
    result = []
    for place in product(*map(range, lengths)):
        env = {}
        inner = [0] if row else []
        for name, k in zip(indices, place, strict=True):
            if name:
                env[name] = k
            else:
                inner.append(k)
        result.append((place, () if bare else tuple(inner), env))
    return tuple(result)


def table(scope: Scope, node: Node) -> Table:
    """Return a line's table in the axes of the answer.

    Raises
    ------
    Misfit
        When the line's axes are not the answer's.
    """
    shape = node.shape[1:] if len(node.shape) == 2 and node.shape[0] == "1" else node.shape  # noqa: PLR2004 (a row)
    if not scope.entry:
        return Table(node, ("",) * len(shape), shape)
    rest = [name for name in scope.entry if name not in node.free]
    if not shape:
        wanted = tuple(scope.ranges.get(name, "") for name in scope.entry)
        if "" in wanted:
            name = scope.entry[wanted.index("")]
            raise Misfit(f"no line tells how far `{name}` runs")
        return Table(node, scope.entry, wanted)
    if len(shape) != len(rest):
        if rest != list(scope.entry):
            picked = " and ".join(f"`{name}`" for name in scope.entry if name not in rest)
            raise Misfit(
                f"this mixes {_array(shape)} with a single entry, picked by {picked}: write entries "
                f"throughout, as in `(...)[{', '.join(scope.entry)}]`, or whole arrays throughout"
            )
        wanted = tuple(scope.ranges.get(name, name) for name in scope.entry)
        raise Misfit(f"this is {_array(shape)}, where the answer has shape {show(wanted)}")
    for name, size in zip(rest, shape, strict=True):
        known = scope.ranges.setdefault(name, size)
        if known != size:
            wanted = tuple(scope.ranges[name] for name in rest)
            raise Misfit(
                f"this has shape {show(shape)}, the answer has {show(wanted)} (axes {', '.join(rest)})"
            )
    return Table(
        node,
        tuple("" if name in rest else name for name in scope.entry),
        tuple(scope.ranges[n] for n in scope.entry),
    )


def _array(shape: Shape) -> str:
    return show(shape) if not shape else f"an array of shape {show(shape)}"


@dataclass
class Here:
    """One point with its evaluator, kept for all lines of all chains of a statement."""

    point: Point
    at: Evaluator[Decimal]
    fine: Evaluator[Decimal] | None = None
    moved: Here | None = None
    far: bool = False  # so far out that functions like exp cannot be compared

    def exact(self, scope: Scope, derivative: Derivative) -> Evaluator[Decimal]:
        """Return the evaluator with more digits."""
        if self.fine is None:
            self.fine = truth(scope, self.point, derivative)
        return self.fine


@dataclass(frozen=True)
class Difference:
    """Where two tables differ, or where one has no value."""

    point: Point
    place: Entry
    before: Decimal | None
    after: Decimal | None
    names: frozenset[str]
    why: str = ""

    @property
    def plain(self) -> bool:
        """Say whether the difference is seen at first sight."""
        if self.before is None or self.after is None:
            return True
        with decimal.localcontext(context(MORE_DIGITS)):
            return abs(self.before - self.after) * 100 > max(abs(self.before), abs(self.after))


@dataclass
class Comparer:
    """Compares tables at the points of a statement."""

    scope: Scope
    derivative: Derivative
    heres: list[Here]
    soft_kinks: bool = False
    skipped: set[int] = field(default_factory=set)

    def defined(self, own: Table) -> bool:
        """Say whether a table has a value at some point."""
        try:
            self.difference(own, own)
        except TooMuch:
            return False
        return True

    def difference(self, first: Table, second: Table) -> Difference | None:
        """Return the first difference, None when the tables are equal.

        Raises
        ------
        TooMuch
            When no point could be computed.
        """
        judged, large = 0, False
        best: Difference | None = None
        steep = any(here.far for here in self.heres) and exponential(first.node, second.node)
        for number, here in enumerate(self.heres):
            if number in self.skipped or (here.far and steep):
                continue
            found = self.at(here, first, second, careful=judged == 0)
            if found is None:
                judged += 1
            elif isinstance(found, Difference):
                # A later point may show it better; a difference it is all the same.
                best = best or found
                if found.plain:
                    return found
            large = large or found == "too large"
            if found == "one too large" and not here.far:
                raise TooMuch("too large to compute with at some of the points that were tried")
        if best is not None:
            return best
        if not judged:
            why = "too large to compute with" if large else "without a value"
            raise TooMuch(f"{why} at every point that was tried")
        return None

    def at(
        self, here: Here, first: Table, second: Table, *, careful: bool = False
    ) -> Difference | str | None:
        """Return the difference at one point, None if there is none, a word if the point says nothing.

        `careful`: numbers that agree at fifty digits are compared at more all the same.
        """
        algebra = here.at.algebra
        if isinstance(algebra, Truth):
            algebra.kink = False
        pairs = zip(first.entries(here.at), second.entries(here.at), strict=True)
        for (place, inner, env), (_, other, env2) in pairs:
            try:
                here.at.work = 0
                with decimal.localcontext(context(DIGITS)):
                    a = here.at.entry(first.node, inner, env)
                    b = here.at.entry(second.node, other, env2)
                    near = a == b or abs(a - b) <= max(abs(a), abs(b)).scaleb(7 - DIGITS)
                    if near and not careful:
                        continue
                fine = here.exact(self.scope, self.derivative)
                fine.work = 0
                with decimal.localcontext(context(MORE_DIGITS)):
                    c = fine.entry(first.node, inner, env)
                    d = fine.entry(second.node, other, env2)
                    gap = abs(c - d)
                    if gap <= max(abs(c), abs(d)).scaleb(20 - MORE_DIGITS):
                        continue
                    if (
                        self.rounding(here, first, second, (inner, env, other, env2))
                        if near
                        else gap <= abs(a - b).scaleb(-30)
                    ):
                        continue
                    c, d = _clean(c, d), _clean(d, c)
            except Undefined as why:
                return self.undefined(here, first, second, (place, inner, env, other, env2), str(why))
            except (TooLarge, decimal.DecimalException, RecursionError):
                return self.too_large(here, first, second, (inner, env, other, env2))
            if self.touched(here, first, second, (inner, env, other, env2)) and self.beside(
                here, first, second
            ):
                return "kink"
            return Difference(here.point, place, c, d, self.names(first, second))
        return None

    def names(self, *tables: Table) -> frozenset[str]:
        """Return the names that the tables depend on."""
        return frozenset().union(*(self.derivative.names(own.node) for own in tables))

    def touched(self, here: Here, first: Table, second: Table, where: tuple[Entry, Env, Entry, Env]) -> bool:
        """Say whether a corner of relu, abs, sign or a condition is met in computing these two entries."""
        return self.soft_kinks and (
            self.corner(here, first, where[:2]) or self.corner(here, second, where[2:])
        )

    def rounding(self, here: Here, first: Table, second: Table, where: tuple[Entry, Env, Entry, Env]) -> bool:
        """Say whether what two entries differ by at many digits is gone at still more."""
        inner, env, other, env2 = where
        fresh = truth(self.scope, here.point, self.derivative)
        with decimal.localcontext(context(2 * MORE_DIGITS)):
            e, f = fresh.entry(first.node, inner, env), fresh.entry(second.node, other, env2)
            return abs(e - f) <= max(abs(e), abs(f), Decimal(1)).scaleb(20 - 2 * MORE_DIGITS)

    def beside(self, here: Here, first: Table, second: Table) -> bool:
        """Say whether two lines that differ at a corner agree just beside it: then it is the corner that differs."""
        if here.moved is None:
            point = beside(self.scope, here.point)
            here.moved = Here(point, truth(self.scope, point, self.derivative))
        return not isinstance(replace(self, soft_kinks=False).at(here.moved, first, second), Difference)

    def too_large(self, here: Here, first: Table, second: Table, where: tuple[Entry, Env, Entry, Env]) -> str:
        """Say whether both of two entries are out of range here: of one alone nothing can be said."""
        inner, env, other, env2 = where
        large = 0
        with decimal.localcontext(context(DIGITS)):
            for own, at, indices in ((first, inner, env), (second, other, env2)):
                here.at.work = 0
                try:
                    here.at.entry(own.node, at, indices)
                except Undefined:
                    return "too large"
                except (TooLarge, decimal.DecimalException, RecursionError):
                    large += 1
        return "one too large" if large == 1 else "too large"

    def corner(self, here: Here, own: Table, where: tuple[Entry, Env]) -> bool:
        """Say whether computing one entry meets a corner."""
        fresh = truth(self.scope, here.point, self.derivative)
        with decimal.localcontext(context(DIGITS)):
            try:
                fresh.entry(own.node, *where)
            except (Undefined, TooLarge, TooMuch, decimal.DecimalException):
                return True
        return isinstance(fresh.algebra, Truth) and fresh.algebra.kink

    def undefined(
        self, here: Here, first: Table, second: Table, where: tuple[Entry, Entry, Env, Entry, Env], why: str
    ) -> Difference | str:
        """Say which of two entries has no value. If the first has none, the point says nothing of the second."""
        place, inner, env, other, env2 = where
        with decimal.localcontext(context(DIGITS)):
            try:
                a = here.at.entry(first.node, inner, env)
            except Undefined:
                try:
                    here.at.entry(second.node, other, env2)
                except Undefined:
                    return "neither"
                except (TooLarge, decimal.DecimalException):
                    return "too large"
                return "the first"
            except (TooLarge, decimal.DecimalException):
                return "too large"
            if (
                self.soft_kinks
                and self.corner(here, first, (inner, env))
                and self.beside(here, first, second)
            ):
                return "kink"
            return Difference(here.point, place, a, None, self.names(first, second), why)


def _clean(value: Decimal, other: Decimal) -> Decimal:
    """Take what is left of a rounded zero for zero."""
    return value * 0 if abs(value) < min(abs(other).scaleb(-60), TINY) else value
