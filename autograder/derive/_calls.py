"""What stands before a bracket: functions, sums, deltas, derivatives, and the arrays made from others."""

from __future__ import annotations

import ast
import difflib
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from autograder.derive import _build as b
from autograder.derive._indices import Index, Misfit, show
from autograder.derive._read import COMMA, Unreadable
from autograder.derive._scope import FUNCTIONS
from autograder.derive._tree import subtrees

if TYPE_CHECKING:
    from autograder.derive._build import Builder
    from autograder.derive._tree import Node

COUNTS = {
    "delta": (2, 2), "diff": (2, 2), "diag": (1, 1), "outer": (2, 2), "dot": (2, 2), "ones": (1, 2), "zeros": (1, 2),
    "eye": (1, 1), "onehot": (1, 2), "where": (3, 3), "transpose": (1, 1), "max": (1, 2), "softmax": (1, 1),
}  # fmt: skip
EXAMPLES = {
    "delta": "delta(i, j)", "diff": "diff(f, x)", "diag": "diag(s)", "outer": "outer(u, v)", "dot": "dot(u, v)",
    "ones": "ones(N)", "zeros": "zeros(N)", "eye": "eye(n)", "onehot": "onehot(y)", "where": "where(x > 0, a, b)",
    "transpose": "transpose(A)", "max": "max(a, b)", "softmax": "softmax(x)",
}  # fmt: skip


@dataclass
class Calls:
    """The calls of one line; `at` builds everything else."""

    at: Builder

    def call(self, node: ast.Call) -> Node:  # noqa: C901 (one for each slip)
        """Build any call."""
        func = node.func
        if isinstance(func, ast.Attribute):
            if not (isinstance(func.value, ast.Name) and func.value.id in {"np", "numpy", "math"}):
                return self.method(node, func)
            name = func.attr
        elif isinstance(func, ast.Name):
            name = func.id
        else:
            raise Unreadable(f"a product needs its `*`, also before a bracket. {COMMA}", func.end_col_offset)
        name = b.ALIASES.get(name, name)
        if name in self.at.scope.names() or name in self.at.indices:
            raise Unreadable(
                f"`{name}` is no function: for a product write `{name} * (...)`, for an entry `{name}[...]`",
                func.end_col_offset,
            )
        if name == "sum":
            return self.sum(node)
        if node.keywords:
            raise Unreadable(f"`{name}` takes no named argument here", node.keywords[0].value.col_offset)
        if name in b.SCALAR:
            if len(node.args) != 1:
                raise Unreadable(f"`{name}` takes one argument: `{name}(x)`", func.col_offset)
            return self.at.elementwise("call", func.col_offset, self.at.expression(node.args[0]), data=name)
        if name not in COUNTS:
            raise self.unknown(name, func)
        low, high = COUNTS[name]
        if not low <= len(node.args) <= high:
            raise Unreadable(f"write `{EXAMPLES[name]}`", func.col_offset)
        built: Node = getattr(self, name)(node)
        return built

    def unknown(self, name: str, func: ast.expr) -> Unreadable:
        """Say that there is no such function."""
        if letter := re.fullmatch(r"(?:sum|Sum|sigma|Sigma)_?([a-z])", name):
            return Unreadable(f"`{name}` is not known here; write `sum({letter[1]}, ...)`", func.col_offset)
        if name in b.OTHER_WORLDS:
            return Unreadable(f"`{name}` is not known here; write `{b.OTHER_WORLDS[name]}`", func.col_offset)
        # Where there are numbers alone, functions of arrays would only confuse.
        words = FUNCTIONS if self.at.scope.sizes else [w for w in FUNCTIONS if w in b.SCALAR | {"ln", "diff"}]
        swapped = [other for other in words if other.lower() == name.lower()]
        near = swapped or difflib.get_close_matches(name, words, 2, 0.6)
        hint = (
            f"did you mean {' or '.join(f'`{n}`' for n in near)}?"
            if near
            else "the functions are " + ", ".join(words)
        )
        return Unreadable(f"the function `{name}` is not known here; {hint}", func.col_offset)

    def method(self, node: ast.Call, func: ast.Attribute) -> Node:
        """Build `A.sum(axis=0)`, `A.max()`, `A.transpose()` and `a.dot(b)`."""
        if func.attr == "dot" and len(node.args) == 1:
            return self.at.matmul(self.at.expression(func.value), self.at.expression(node.args[0]), node)
        if func.attr == "sum":
            return self.axis_sum(func.value, node.args, node.keywords, node)
        if func.attr == "max" and not node.args and not node.keywords:
            return self.max(ast.Call(func.value, [func.value], [], col_offset=node.col_offset))
        if func.attr == "transpose" and not node.args and not node.keywords:
            return self.at.transpose(self.at.expression(func.value))
        place = (func.end_col_offset or 1) - len(func.attr)
        instead = b.OTHER_WORLDS.get(func.attr)
        hint = f"; write `{instead}`" if instead else ""
        raise Unreadable(f"`.{func.attr}(...)` is not known here{hint}", place)

    def sum(self, node: ast.Call) -> Node:
        """Build `sum(j, ...)`, `sum(i, j, ...)`, `sum(A)` and `sum(A, axis=0)`."""
        if not node.args:
            raise Unreadable("write `sum(j, ...)` or `sum(A, axis=0)`", node.func.col_offset)
        *names, body = node.args
        if not names:
            return self.axis_sum(body, [], node.keywords, node)
        first = names[0]
        if isinstance(first, ast.Tuple) and len(names) == 1:
            names = list(first.elts)
        elif not (isinstance(first, ast.Name) and first.id not in self.at.scope.names()):
            if len(node.args) == 2 and isinstance(body, ast.Constant):  # noqa: PLR2004 (sum(A, 0))
                return self.axis_sum(first, [body], node.keywords, node)
            what = ast.unparse(first)
            raise Unreadable(f"a sum starts with the name of its index: `{what}` is none", first.col_offset)
        if node.keywords:
            raise Unreadable("a sum over an index takes no axis", node.keywords[0].value.col_offset)
        return self.index_sum(names, body)

    def index_sum(self, names: list[ast.expr], body: ast.expr) -> Node:
        """Build a sum over one or more indices, the first one outermost."""
        at = self.at
        name = names[0]
        if not isinstance(name, ast.Name) or name.id in at.scope.names():
            raise Unreadable("the index of a sum is a name of its own, like `j`", name.col_offset)
        if name.id in FUNCTIONS or name.id in {"np", "e", "pi"}:
            raise Unreadable(f"`{name.id}` cannot name an index", name.col_offset)
        before = at.indices.get(name.id)
        inner = f"{at.prefix}{at.depth}"
        index = Index(inner, at.learned.get(id(name)), name.id)
        at.indices[name.id] = index
        at.depth += 1
        try:
            summed = self.index_sum(names[1:], body) if names[1:] else at.expression(body)
        finally:
            at.depth -= 1
            if before is None:
                del at.indices[name.id]
            else:
                at.indices[name.id] = before
        if index.size is None and at.final:
            index.size = self.guess(index)
            if index.size is None:
                raise Unreadable(
                    f"how far does `{name.id}` run? It stands in no array's brackets inside this sum",
                    name.col_offset,
                )
        if index.size is not None:
            at.learned[id(name)] = index.size
        return at.scope.pool.node("sum", summed, data=(inner, index.size), shape=summed.shape, binds=(inner,))

    def guess(self, index: Index) -> str | None:
        """Find how far an index runs that no axis tells: as elsewhere by the same name, or the only size there is."""
        sizes = self.at.scope.sizes
        known = self.at.scope.ranges.get(index.written)
        return known or (sizes[0] if len(sizes) == 1 else None)

    def axis_sum(
        self, array: ast.expr, args: list[ast.expr], keywords: list[ast.keyword], node: ast.Call
    ) -> Node:
        """Build a sum over an axis, or over all of an array."""
        pool = self.at.scope.pool
        inner = self.at.expression(array)
        given = [*args, *(k.value for k in keywords if k.arg == "axis")]
        if [k for k in keywords if k.arg != "axis"] or len(given) > 1:
            raise Unreadable("a sum over an axis is written `sum(A, axis=0)`", node.col_offset)
        if not inner.shape:
            hint = "name its index, as in `sum(j, ...)`"
            raise Unreadable(f"this sum is over a single number: {hint}", array.col_offset)
        if not given:
            for _ in inner.shape:
                inner = pool.node("asum", inner, data=len(inner.shape) - 1, shape=inner.shape[:-1])
            return inner
        axis = given[0]
        if (
            isinstance(axis, ast.UnaryOp)
            and isinstance(axis.op, ast.USub)
            and isinstance(axis.operand, ast.Constant)
        ):
            axis = ast.Constant(len(inner.shape) - int(axis.operand.value), col_offset=axis.col_offset)  # type: ignore[arg-type]
        if not isinstance(axis, ast.Constant) or axis.value not in range(len(inner.shape)):
            raise Unreadable(f"an array of shape {show(inner.shape)} has no such axis", axis.col_offset)
        where = int(str(axis.value))
        left = inner.shape[:where] + inner.shape[where + 1 :]
        return pool.node("asum", inner, data=where, shape=left)

    def softmax(self, node: ast.Call) -> Node:
        """Build a softmax over the last axis."""
        inner = self.at.expression(node.args[0])
        if not inner.shape:
            raise Unreadable(
                "softmax takes a vector, not one number: `softmax(x)[i]`", node.args[0].col_offset
            )
        return self.at.scope.pool.node("softmax", inner, shape=inner.shape)

    def max(self, node: ast.Call) -> Node:
        """Build the larger of two, or the largest entry."""
        inner = [self.at.expression(arg) for arg in node.args]
        if len(inner) == 2:  # noqa: PLR2004 (max(a, b))
            return self.at.elementwise("max", node.col_offset, *inner)
        if not inner[0].shape:
            raise Unreadable(
                "the maximum of one number? Write `max(a, b)` or `max(x)` of an array", node.col_offset
            )
        return self.at.scope.pool.node("amax", inner[0])

    def where(self, node: ast.Call) -> Node:
        """Build `where(c, a, b)`."""
        return self.at.where(node, node.args[0], node.args[1], node.args[2])

    def delta(self, node: ast.Call) -> Node:
        """Build Kronecker's delta, worth 1 where its indices agree."""
        left, right = (self.at.as_index(self.at.anything(arg), arg) for arg in node.args)
        self.at.join(left, right, node.args[1].col_offset)
        return self.at.elementwise("cmp", node.col_offset, left, right, data="==")

    def diff(self, node: ast.Call) -> Node:
        """Build a derivative by a number, an entry or a whole array."""
        inner = self.at.expression(node.args[0])
        target = node.args[1]
        name = target.value if isinstance(target, ast.Subscript) else target
        scope = self.at.scope
        if not isinstance(name, ast.Name) or name.id not in {*scope.variables, *scope.lets}:
            raise Unreadable(
                "a derivative is by a name or an entry of it: `diff(f, x)`, `diff(f, X[i, j])`",
                target.col_offset,
            )
        by = self.at.expression(target)
        indices = by.args[1:] if by.op == "index" else ()
        if by.op == "index" and by.shape:
            raise Unreadable("write all indices of the entry, or none", target.col_offset)
        level = 1 + max([-1, *(_level(below) for below in subtrees(inner) if below.op == "diff")])
        if level > 2:  # noqa: PLR2004 (a third derivative is the deepest that is asked anywhere)
            raise Unreadable("derivatives are nested too deep", node.col_offset)
        shape = inner.shape if indices else inner.shape + by.shape
        if len(shape) > 2:  # noqa: PLR2004 (no array here has more than two axes)
            raise Unreadable(
                "this derivative has more than two axes: take it entry by entry", node.col_offset
            )
        return scope.pool.node("diff", inner, *indices, data=(name.id, level), shape=shape)

    def diag(self, node: ast.Call) -> Node:
        """Build a diagonal matrix of a vector."""
        inner = self.at.expression(node.args[0])
        if len(inner.shape) != 1:
            raise Misfit(f"`diag` takes a vector, this is {show(inner.shape)}", node.args[0].col_offset)
        return self.at.scope.pool.node("diag", inner, shape=inner.shape * 2)

    def outer(self, node: ast.Call) -> Node:
        """Build an outer product of two vectors."""
        left, right = (self.vector(arg, "outer") for arg in node.args)
        return self.at.scope.pool.node("outer", left, right, shape=left.shape + right.shape)

    def vector(self, arg: ast.expr, name: str) -> Node:
        """Build an argument that must be a vector; a row counts as one."""
        inner = self.at.expression(arg)
        if len(inner.shape) == 2 and inner.shape[0] == "1":  # noqa: PLR2004 (a row)
            inner = self.at.transpose(inner)
        if len(inner.shape) != 1:
            raise Misfit(f"`{name}` takes vectors, this is {show(inner.shape)}", arg.col_offset)
        return inner

    def dot(self, node: ast.Call) -> Node:
        """Build a scalar product; of matrices, NumPy's dot is `@`."""
        left, right = (self.at.expression(arg) for arg in node.args)
        if len(left.shape) == 1 and left.shape == right.shape:
            return self.at.scope.pool.node("matmul", left, right)
        return self.at.matmul(left, right, node)

    def transpose(self, node: ast.Call) -> Node:
        """Build a transpose."""
        return self.at.transpose(self.at.expression(node.args[0]))

    def sizes(self, args: list[ast.expr]) -> tuple[str, ...]:
        """Read sizes: `ones(N)`, `ones(N, H)`, `ones((N, H))`."""
        parts = list(args[0].elts) if isinstance(args[0], ast.Tuple) else args
        found = []
        for part in parts:
            if isinstance(part, ast.Constant) and part.value == 1 and len(parts) > 1:
                found.append("1")
                continue
            if not isinstance(part, ast.Name) or part.id not in self.at.scope.sizes:
                sizes = ", ".join(self.at.scope.sizes) or "none are given"
                raise Unreadable(f"this takes the name of a size ({sizes})", part.col_offset)
            found.append(part.id)
        return tuple(found[:1] if found[1:] == ["1"] else found)

    def ones(self, node: ast.Call) -> Node:
        """Build an array of ones."""
        return self.at.scope.pool.node("fill", data=1, shape=self.sizes(node.args))

    def zeros(self, node: ast.Call) -> Node:
        """Build an array of zeros."""
        return self.at.scope.pool.node("fill", data=0, shape=self.sizes(node.args))

    def eye(self, node: ast.Call) -> Node:
        """Build the identity matrix."""
        return self.at.scope.pool.node("eye", shape=self.sizes(node.args) * 2)

    def onehot(self, node: ast.Call) -> Node:
        """Build the indicator vector of a label, or one row of it for each label."""
        label = self.at.anything(node.args[0])
        if label.op != "label" and not (label.op == "index" and label.args[0].op == "label"):
            raise Unreadable("onehot takes a label that was given, like `onehot(y)`", node.args[0].col_offset)
        below = self.at.limit(label) or ""
        if len(node.args) > 1 and self.sizes(node.args[1:]) != (below,):
            raise Misfit(f"these labels count below {below}", node.args[1].col_offset)
        return self.at.scope.pool.node("onehot", label, shape=(*label.shape, below))


def _level(node: Node) -> int:
    return node.data[1] if isinstance(node.data, tuple) else 0
