"""Derivatives of nodes, rule by rule: what `diff` means.

`Derivative.of(node, by)` is the node of d(node)/d(entry of a name); the entry is given by indices ``$level_axis``
that are bound where the derivative is taken. A rule that is not allowed leaves a "slope" node behind: a
derivative not yet taken, which a model treats as an unknown of its own. Truth allows every rule.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from autograder.derive._identities import other_form
from autograder.derive._tree import Node, broadcast, subtrees

if TYPE_CHECKING:
    from autograder.derive._scope import Scope

By = tuple[str, int]

# Functions that a table of derivatives lists; the others come by their definitions.
TABLE = {"exp", "log", "sqrt", "sin", "cos", "relu", "abs", "max"}


def slot(by: By, axis: int) -> str:
    """Return the index that says by which entry a derivative is taken."""
    return f"${by[1]}_{axis}"


@dataclass
class Derivative:
    """Derivatives under the rules that `allowed` holds (None: all rules)."""

    scope: Scope
    allowed: frozenset[str] | None = None
    done: dict[tuple[int, By], Node] = field(default_factory=dict)
    reach: dict[int, frozenset[str]] = field(default_factory=dict)
    bound: dict[int, Node] = field(default_factory=dict)

    def may(self, rule: str) -> bool:
        """Say whether a rule is allowed."""
        return self.allowed is None or rule in self.allowed

    def names(self, node: Node) -> frozenset[str]:
        """Return every variable and definition that a node depends on, through definitions too."""
        found = self.reach.get(node.number)
        if found is None:
            own: set[str] = set()
            if node.op in {"var", "let", "label"}:
                own.add(str(node.data))
            if node.op in {"let", "dlet"}:
                name = node.data if isinstance(node.data, str) else node.data[0]  # type: ignore[index]
                own.add(str(name))
                own |= self.names(self.scope.lets[str(name)].body)
            found = frozenset(own.union(*(self.names(arg) for arg in node.args)))
            self.reach[node.number] = found
        return found

    def of(self, node: Node, by: By) -> Node:
        """Return the derivative, of the node's own shape."""
        key = (node.number, by)
        if key not in self.done:
            self.done[key] = self._of(node, by)
        return self.done[key]

    def definition(self, node: Node) -> Node | None:
        """Return what a function is by definition, None when it has none."""
        pool = self.scope.pool
        u = node.args[0] if node.args else node
        one = pool.num(1)

        def make(op: str, *args: Node, data: str | None = None) -> Node:
            return pool.node(op, *args, data=data, shape=broadcast([a.shape for a in args]) or ())

        def exp(x: Node) -> Node:
            return make("call", x, data="exp")

        minus = make("neg", u)
        if node.op == "softmax":
            return make("div", exp(u), pool.node("rowsum", exp(u), shape=u.shape))
        if node.data == "sigmoid":
            return make("div", one, make("add", one, exp(minus)))
        if node.data == "softplus":
            return make("call", make("add", one, exp(u)), data="log")
        if node.data == "tanh":
            return make("div", make("add", exp(u), make("neg", exp(minus))), make("add", exp(u), exp(minus)))
        return None

    def zero(self, node: Node) -> Node:
        """Return zeros in the shape of the node."""
        return (
            self.scope.pool.node("fill", data=0, shape=node.shape) if node.shape else self.scope.pool.num(0)
        )

    def slots(self, by: By) -> list[Node]:
        """Return the index nodes of the entry by which the derivative is taken."""
        return [
            self.scope.pool.node("idx", data=slot(by, axis)) for axis in range(len(self.scope.shape(by[0])))
        ]

    def _of(self, node: Node, by: By) -> Node:  # noqa: C901, PLR0911, PLR0912 (one case for each operation)
        pool = self.scope.pool
        if by[0] not in self.names(node):
            return self.zero(node)
        if node.op in {"var", "let"} and node.data == by[0]:
            return pool.node("unit", *self.slots(by), shape=node.shape)
        if node.op == "let":
            if self.allowed is not None and (through := self._through(node, by)) is not None:
                return through
            if (
                self.allowed is not None
                and (str(node.data), by[0]) in self.scope.facts
                and self.may(f"known {node.data}")
            ):
                return pool.node("fact", *self.slots(by), data=(str(node.data), by[0]), shape=node.shape)
            if self.may(f"let {node.data}"):
                return pool.node("dlet", *self.slots(by), data=(node.data, (by,)), shape=node.shape)
            return self.slope(node, by)
        if node.op == "dlet":
            kept: tuple[str, tuple[By, ...]] = node.data  # type: ignore[assignment]
            order = (*kept[1], by)
            return pool.node("dlet", *node.args, *self.slots(by), data=(kept[0], order), shape=node.shape)
        if node.op in {"neg", "T", "diag", "sum", "asum", "rowsum"}:
            binds = (str(node.data[0]),) if node.op == "sum" else ()  # type: ignore[index]
            return pool.node(
                node.op, self.of(node.args[0], by), data=node.data, shape=node.shape, binds=binds
            )
        if node.op in {"index", "bind"}:
            binds = node.data if node.op == "bind" else ()  # type: ignore[assignment]
            inner = self.of(node.args[0], by)
            return pool.node(node.op, inner, *node.args[1:], data=node.data, shape=node.shape, binds=binds)
        if node.op == "add":
            return pool.node("add", *(self.of(arg, by) for arg in node.args), shape=node.shape)
        if node.op == "where":
            cases = (self.of(arg, by) for arg in node.args[1:])
            return pool.node("where", node.args[0], *cases, shape=node.shape)
        if node.op == "diff":
            return self.of(self.taken(node), by)
        if node.op == "slope":
            first: By = node.data  # type: ignore[assignment]
            return self.of(self.of(node.args[0], first), by) if self.allowed is None else self.slope(node, by)
        if node.op in {"mul", "matmul", "outer"}:
            return self._product(node, by)
        if node.op in {"div", "pow"}:
            return self._fraction(node, by)
        return self._function(node, by)

    def _through(self, node: Node, by: By) -> Node | None:
        """Return a derivative by the chain rule through a defined name that lies between, if that rule is on."""
        pool = self.scope.pool
        for name in self.scope.lets:
            between = pool.node("let", data=name, shape=self.scope.shape(name))
            if (
                not self.may(f"chain {name}")
                or name in {node.data, by[0]}
                or by[0] not in self.names(between)
            ):
                continue
            if name not in self.names(node) or self._around(node, by[0], name):
                continue
            link: By = (name, 90 + by[1])
            names = tuple(slot(link, axis) for axis in range(len(between.shape)))
            indices = [pool.node("idx", data=index) for index in names]
            outer = self.slope(node, link)
            entry = pool.node("index", between, *indices, data=(True,) * len(indices)) if indices else between
            term = pool.node("mul", outer, self.of(entry, by), shape=node.shape)
            for index, size in reversed(list(zip(names, between.shape, strict=True))):
                term = pool.node("sum", term, data=(index, size), shape=node.shape, binds=(index,))
            return term
        return None

    def _around(self, node: Node, target: str, between: str) -> bool:
        """Say whether a node depends on `target` by a way that does not lead through `between`."""
        todo, seen = [node], set()
        while todo:
            for below in subtrees(todo.pop()):
                if below.op not in {"var", "let"} or below.data in seen or below.data == between:
                    continue
                seen.add(below.data)
                if below.data == target:
                    return True
                if below.op == "let":
                    todo.append(self.scope.lets[str(below.data)].body)
        return False

    def slope(self, node: Node, by: By) -> Node:
        """Leave a derivative standing."""
        return self.scope.pool.node("slope", node, *self.slots(by), data=by, shape=node.shape)

    def whole(self, node: Node, by: By) -> Node:
        """Return the derivative that a line asks for, left as it is where only its inside is to be worked on."""
        return (
            self.slope(node, by)
            if self.allowed is not None and "inside" in self.allowed
            else self.of(node, by)
        )

    def taken(self, node: Node) -> Node:
        """Return a `diff` node by one entry as the derivative that it asks for, its slots bound."""
        found = self.bound.get(node.number)
        if found is None:
            by: By = node.data  # type: ignore[assignment]
            names = tuple(slot(by, axis) for axis in range(len(node.args) - 1))
            inner = self.whole(node.args[0], by)
            indices = node.args[1:]
            found = self.scope.pool.node("bind", inner, *indices, data=names, shape=node.shape, binds=names)
            self.bound[node.number] = found
        return found

    def make(self, op: str, *args: Node, data: str | None = None) -> Node:
        """Build an elementwise node."""
        return self.scope.pool.node(op, *args, data=data, shape=broadcast([a.shape for a in args]) or ())

    def _product(self, node: Node, by: By) -> Node:
        left, right = node.args
        sides = [by[0] in self.names(arg) for arg in node.args]
        if all(sides) and not self.may("product"):
            return self.slope(node, by)
        parts = []
        if sides[0]:
            parts.append(self.scope.pool.node(node.op, self.of(left, by), right, shape=node.shape))
        if sides[1]:
            parts.append(self.scope.pool.node(node.op, left, self.of(right, by), shape=node.shape))
        return parts[0] if len(parts) == 1 else self.scope.pool.node("add", *parts, shape=node.shape)

    def _fraction(self, node: Node, by: By) -> Node:  # noqa: PLR0911 (one for each case)
        make, num = self.make, self.scope.pool.num
        a, b = node.args
        if by[0] not in self.names(b):
            if node.op == "div":
                return make("div", self.of(a, by), b)
            if not self.may("quotient"):
                return self.slope(node, by)
            less = num(b.data - 1) if b.op == "num" else make("add", b, num(-1))  # type: ignore[operator]
            return make("mul", make("mul", b, make("pow", a, less)), self.of(a, by))
        if node.op == "pow":
            if not self.may("d pow"):
                return self.slope(node, by)
            log = make("mul", self.of(b, by), make("call", a, data="log"))
            inner = (
                log
                if by[0] not in self.names(a)
                else make("add", log, make("div", make("mul", b, self.of(a, by)), a))
            )
            return make("mul", node, inner)
        split = self.allowed is not None and "quotient split" in self.allowed
        if not self.may("quotient") and not split:
            return self.slope(node, by)
        square = make("pow", b, num(2))
        drop = make("mul", a, self.of(b, by))
        if by[0] not in self.names(a):
            return make("neg", make("div", drop, square))
        if split:
            return make("add", make("div", self.of(a, by), b), make("neg", make("div", drop, square)))
        return make("div", make("add", make("mul", self.of(a, by), b), make("neg", drop)), square)

    def _function(self, node: Node, by: By) -> Node:  # noqa: C901, PLR0911, PLR0912 (one for each function)
        pool, make = self.scope.pool, self.make
        name = "softmax" if node.op == "softmax" else "max" if node.op in {"max", "amax"} else str(node.data)
        if name == "sign" or node.op == "cmp":
            return self.zero(node)
        tabled = name in TABLE or (self.allowed is not None and f"d {name}" in self.allowed)
        if tabled and not self.may(f"d {name}"):
            return self.slope(node, by)
        if not tabled:
            meaning = other_form(self.scope, self.allowed, node, None) if self.allowed else None
            if meaning is None and self.may(f"def {name}"):
                meaning = self.definition(node)
            return self.slope(node, by) if meaning is None else self.of(meaning, by)
        if node.op == "max":
            a, b = node.args
            return make("where", make("cmp", a, b, data=">"), self.of(a, by), self.of(b, by))
        u = node.args[0]
        inner = self.of(u, by)
        if node.op == "amax":
            return pool.node("atmax", u, inner)
        match name:
            case "exp":
                outer = node
            case "log":
                return make("div", inner, u)
            case "sqrt":
                return make("div", inner, make("mul", pool.num(2), node))
            case "sin":
                outer = make("call", u, data="cos")
            case "cos":
                outer = make("neg", make("call", u, data="sin"))
            case "sigmoid":
                outer = make("mul", node, make("add", pool.num(1), make("neg", node)))
            case "tanh":
                outer = make("add", pool.num(1), make("neg", make("pow", node, pool.num(2))))
            case "softplus":
                outer = make("call", u, data="sigmoid")
            case "relu":
                outer = make("cmp", u, pool.num(0), data=">")
            case _:
                outer = make("call", u, data="sign")
        return make("mul", outer, inner)
