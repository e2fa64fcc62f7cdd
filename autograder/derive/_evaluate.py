"""Values of nodes, entry by entry, in any algebra: true numbers, or a model in which a rule does not hold.

An `Evaluator` walks the tree, remembers each entry, counts the work and stops at a budget; what a sum, a
product or a function *is* it asks its algebra. Conditions and indices are always those of the truth.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import lru_cache
from itertools import product
from typing import TYPE_CHECKING, Generic

from autograder.derive._algebra import Algebra, Entry, Env, Point, V
from autograder.derive._identities import other_form
from autograder.derive._operations import OPERATIONS, fraction
from autograder.derive._tree import pick

if TYPE_CHECKING:
    from decimal import Decimal

    from autograder.derive._derivative import Derivative
    from autograder.derive._scope import Scope
    from autograder.derive._tree import Node

BUDGET = 60_000
"""Entries that one point may compute: about a quarter of a second."""


class TooMuch(Exception):  # noqa: N818 (a verdict on a line, not an error)
    """Computing this takes more work than a check may."""


@lru_cache(maxsize=1_000)
def _places(lengths: tuple[int, ...]) -> tuple[Entry, ...]:
    return tuple(product(*map(range, lengths)))


@dataclass
class Evaluator(Generic[V]):
    """Values of nodes at one point, in one algebra."""

    scope: Scope
    point: Point
    algebra: Algebra[V]
    derivative: Derivative
    truth: Evaluator[Decimal] | None = None
    fixed: dict[str, dict[Entry, V]] = field(default_factory=dict)
    memo: dict[tuple[int, Entry, Entry], V] = field(default_factory=dict)
    work: int = 0
    budget: int = BUDGET

    def array(self, node: Node, env: Env | None = None) -> dict[Entry, V]:
        """Return every entry of a node."""
        return {entry: self.entry(node, entry, env or {}) for entry in self.entries(node.shape)}

    def entries(self, shape: tuple[str, ...]) -> tuple[Entry, ...]:
        """List the places of an array of this shape."""
        return _places(self.lengths(shape))

    def lengths(self, shape: tuple[str, ...]) -> tuple[int, ...]:
        """Return how long the axes of a shape are."""
        return tuple([self.length(size) for size in shape])

    def length(self, size: str) -> int:
        """Return how long an axis is."""
        return 1 if size == "1" else self.point.sizes[size]

    def entry(self, node: Node, at: Entry, env: Env) -> V:
        """Return one entry, computed once."""
        free = node.free
        key = node.number, at, tuple([env[name] for name in free]) if free else ()
        found = self.memo.get(key)
        if found is None:
            self.work += 1
            if self.work > self.budget:
                raise TooMuch
            found = self.memo[key] = OPERATIONS[node.op](self, node, at, env)
        return found

    def true(self, node: Node, at: Entry, env: Env) -> Decimal | None:
        """Return the true value, where an algebra is a model."""
        return None if self.truth is None else self.truth.entry(node, at, env)

    def integer(self, node: Node, env: Env, at: Entry = ()) -> int:
        """Return the value of an index or a label."""
        if node.op == "idx":
            return env[str(node.data)]
        if node.op == "int":
            return int(str(node.data))
        if node.op == "label":
            return self.point.labels[str(node.data)][at]
        inner = tuple(self.integer(index, env) for index in node.args[1:])
        return self.point.labels[str(node.args[0].data)][inner]

    def call(self, node: Node, at: Entry, env: Env) -> V:
        """Return an entry of a function, by a form proved before where its rule is on."""
        inner = node.args[0]
        true = self.true(inner, at, env)
        if self.scope.forms and self.algebra.rules:
            other = other_form(self.scope, self.algebra.rules, node, true)
            if other is not None:
                return self.entry(other, at, env)
        return self.algebra.call(str(node.data), self.entry(inner, at, env), true)

    def product(self, node: Node, at: Entry, env: Env) -> V:
        """Return an entry of a matrix product."""
        left, right = node.args
        a, b = left.shape, right.shape
        if len(a) == 1 and len(b) == 2 and b[0] == "1" != a[0]:  # noqa: PLR2004 (a column times a row)
            return self.algebra.mul(self.entry(left, at[:1], env), self.entry(right, (0, at[1]), env))
        rows = at[: len(a) - 1] if len(node.shape) or len(a) == 1 else (0,)
        columns = at[len(at) - (len(b) - 1) :] if len(b) > 1 else ()
        if len(a) == 2 and len(node.shape) == len(b) - 1:  # noqa: PLR2004 (a row that became a number)
            rows = (0,)
        return self.algebra.dot(
            [
                (self.entry(left, (*rows, k), env), self.entry(right, (k, *columns), env))
                for k in range(self.length(a[-1]))
            ]
        )

    def largest(self, places: list[tuple[Node, Entry]], env: Env) -> V:
        """Return the largest of several entries."""
        values = [self.entry(node, place, env) for node, place in places]
        true = None if self.truth is None else [self.truth.entry(node, place, env) for node, place in places]
        return self.algebra.largest(values, true)

    def condition(self, node: Node, at: Entry, env: Env) -> bool:
        """Say whether a condition is true; a number counts as true unless it is 0."""
        if self.truth is not None:
            return self.truth.condition(node, at, env)
        if node.op != "cmp":
            return self.algebra.holds("!=", self.entry(node, at, env), self.algebra.number(fraction(0)))
        left, right = node.args
        op = str(node.data)
        if left.op in {"idx", "int", "label"} or (left.op == "index" and left.args[0].op == "label"):
            a, b = (self.integer(arg, env, pick(arg.shape, at)) for arg in node.args)
            return {"==": a == b, "!=": a != b, "<": a < b, "<=": a <= b, ">": a > b, ">=": a >= b}[op]
        return self.algebra.holds(op, *(self.entry(arg, pick(arg.shape, at), env) for arg in (left, right)))

    def defined(self, node: Node, at: Entry, env: Env) -> V:
        """Return an entry of a defined name, or of its derivative."""
        name = str(node.data if node.op == "let" else node.data[0])  # type: ignore[index]
        if node.op == "let":
            if name in self.fixed:
                return self.fixed[name][at]
            given = self.algebra.let(name, at)
            if given is not None:
                return given
        let = self.scope.lets[name]
        body = let.body
        inner: Env = {}
        if node.op == "dlet":
            for by in node.data[1]:  # type: ignore[index]
                body = self.derivative.of(body, by)
            inner = {str(slot.data): env[str(slot.data)] for slot in node.args}
        if let.indices:
            return self.entry(body, (), {**inner, **dict(zip(let.indices, at, strict=True))})
        return self.entry(body, at, inner)
