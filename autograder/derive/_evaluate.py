"""Values of nodes, entry by entry, in any algebra: true numbers, or a model in which a rule does not hold.

An `Evaluator` walks the tree, remembers each entry, counts the work and stops at a budget; what a sum, a
product or a function *is* it asks its algebra. Conditions and indices are always those of the truth.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from fractions import Fraction
from itertools import product
from typing import TYPE_CHECKING, Generic

from autograder.derive._algebra import Algebra, Entry, Env, Point, V
from autograder.derive._derivative import Derivative, slot
from autograder.derive._identities import other_form
from autograder.derive._tree import pick

if TYPE_CHECKING:
    from decimal import Decimal

    from autograder.derive._scope import Scope
    from autograder.derive._tree import Node

_ONE, _NONE = Fraction(1), Fraction(0)
BUDGET = 60_000
"""Entries that one point may compute: about a quarter of a second."""


class TooMuch(Exception):  # noqa: N818 (a verdict on a line, not an error)
    """Computing this takes more work than a check may."""


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

    def entries(self, shape: tuple[str, ...]) -> list[Entry]:
        """List the places of an array of this shape."""
        return list(product(*(range(self.length(size)) for size in shape)))

    def length(self, size: str) -> int:
        """Return how long an axis is."""
        return 1 if size == "1" else self.point.sizes[size]

    def entry(self, node: Node, at: Entry, env: Env) -> V:
        """Return one entry, computed once."""
        key = (node.number, at, tuple([env[name] for name in node.free]))
        found = self.memo.get(key)
        if found is None:
            self.work += 1
            if self.work > self.budget:
                raise TooMuch
            found = self.compute(node, at, env)
            self.memo[key] = found
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

    def compute(self, node: Node, at: Entry, env: Env) -> V:  # noqa: C901, PLR0911, PLR0912 (one case for each operation)
        """Return one entry, computed now."""
        algebra = self.algebra
        match node.op:
            case "num":
                return algebra.number(node.data)  # type: ignore[arg-type]
            case "fill":
                return algebra.number(_fraction(node.data))
            case "size":
                return algebra.size(str(node.data), self.point.sizes[str(node.data)])
            case "pi":
                return algebra.pi()
            case "var":
                name = str(node.data)
                if name in self.fixed:
                    return self.fixed[name][at]
                return algebra.var(name, at, self.point.values[name][at])
            case "let" | "dlet":
                return self.defined(node, at, env)
            case "add":
                return algebra.add([self.entry(arg, pick(arg.shape, at), env) for arg in node.args])
            case "neg":
                return algebra.neg(self.entry(node.args[0], at, env))
            case "mul" | "div" | "pow":
                a, b = (self.entry(arg, pick(arg.shape, at), env) for arg in node.args)
                return (
                    algebra.mul(a, b)
                    if node.op == "mul"
                    else algebra.div(a, b)
                    if node.op == "div"
                    else algebra.pow(a, b)
                )
            case "call":
                return self.call(node, at, env)
            case "max":
                return self.largest([(arg, pick(arg.shape, at)) for arg in node.args], env)
            case "amax":
                return self.largest(
                    [(node.args[0], place) for place in self.entries(node.args[0].shape)], env
                )
            case "where":
                which = (
                    node.args[1]
                    if self.condition(node.args[0], pick(node.args[0].shape, at), env)
                    else node.args[2]
                )
                return self.entry(which, pick(which.shape, at), env)
            case "cmp":
                return algebra.number(_fraction(self.condition(node, at, env)))
            case "sum":
                bound: tuple[str, str] = node.data  # type: ignore[assignment]
                name, size = bound
                inner = node.args[0]
                return algebra.sum(
                    [self.entry(inner, at, {**env, name: k}) for k in range(self.length(size))]
                )
            case "asum":
                axis = int(str(node.data))
                inner = node.args[0]
                places = [(*at[:axis], k, *at[axis:]) for k in range(self.length(inner.shape[axis]))]
                return algebra.sum([self.entry(inner, place, env) for place in places])
            case "rowsum":
                inner = node.args[0]
                return algebra.sum(
                    [self.entry(inner, (*at[:-1], k), env) for k in range(self.length(inner.shape[-1]))]
                )
            case "softmax":
                inner = node.args[0]
                row = [self.entry(inner, (*at[:-1], k), env) for k in range(self.length(inner.shape[-1]))]
                return algebra.softmax(row, at[-1])
            case _:
                return self.arranged(node, at, env)

    def arranged(self, node: Node, at: Entry, env: Env) -> V:  # noqa: C901, PLR0911, PLR0912 (one case for each operation)
        """Return an entry of what moves, picks or joins entries."""
        algebra = self.algebra
        match node.op:
            case "T":
                inner = node.args[0]
                turned = at[1:] if len(inner.shape) == 1 else (0, *at) if len(at) == 1 else at[::-1]
                return self.entry(inner, turned, env)
            case "index":
                indices, kept = iter(node.args[1:]), iter(at)
                slots: tuple[bool, ...] = node.data  # type: ignore[assignment]
                place = tuple(self.integer(next(indices), env) if taken else next(kept) for taken in slots)
                return self.entry(node.args[0], place, env)
            case "matmul":
                return self.product(node, at, env)
            case "outer":
                left, right = node.args
                return algebra.mul(self.entry(left, at[:1], env), self.entry(right, at[1:], env))
            case "diag":
                return (
                    self.entry(node.args[0], at[:1], env) if at[0] == at[1] else algebra.number(_fraction(0))
                )
            case "eye":
                return algebra.number(_fraction(at[0] == at[1]))
            case "onehot":
                return algebra.number(_fraction(self.integer(node.args[0], env, at[:-1]) == at[-1]))
            case "unit":
                return algebra.number(
                    _fraction(all(env[str(s.data)] == k for s, k in zip(node.args, at, strict=True)))
                )
            case "bind":
                names: tuple[str, ...] = node.data  # type: ignore[assignment]
                bound = {
                    name: self.integer(index, env) for name, index in zip(names, node.args[1:], strict=True)
                }
                return self.entry(node.args[0], at, {**env, **bound})
            case "diff":
                if len(node.args) > 1:
                    return self.entry(self.derivative.taken(node), at, env)
                inner = node.args[0]
                cut = len(inner.shape)
                by: tuple[str, int] = node.data  # type: ignore[assignment]
                bound = {slot(by, axis): k for axis, k in enumerate(at[cut:])}
                return self.entry(self.derivative.whole(inner, by), at[:cut], {**env, **bound})
            case "fact":
                fact = self.scope.facts[node.data]  # type: ignore[index]
                below = [env[str(s.data)] for s in node.args]
                return self.entry(
                    fact.body, (), dict(zip((*fact.above, *fact.below), (*at, *below), strict=True))
                )
            case "slope":
                inner = node.args[0]
                if self.truth is None:
                    return self.entry(self.derivative.of(inner, node.data), at, env)  # type: ignore[arg-type]
                return algebra.slope(self.entry(inner, at, env), self.truth.entry(node, at, env))
            case "atmax":
                inner = node.args[0]
                judge = self.truth or self
                places = self.entries(inner.shape)
                best = max(places, key=lambda place: judge.entry(inner, place, env))  # type: ignore[arg-type,return-value]
                return self.entry(node.args[1], best, env)
        raise AssertionError(node.op)

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
            return self.algebra.holds("!=", self.entry(node, at, env), self.algebra.number(_fraction(0)))
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


def _fraction(value: object) -> Fraction:
    return _ONE if value else _NONE
