"""From a checked syntax tree to core nodes: what each name and operation means, and which shape it has.

A line is walked twice. The first walk learns how far each index runs, from the axes that it stands in
(`W[j, h]` with W (D, H) says that j runs below D); the second one builds the nodes. A shape that does not
fit raises `Misfit`: such a line is wrong, not unreadable.

Reading of arrays: a vector (n,) is a column as on paper, so `s @ s.T` is the outer product and `s.T @ v` a
number. Where paper has no reading, NumPy's holds: `ones(N) @ dS` sums over rows, `X @ W + b` adds b to every
row.
"""

from __future__ import annotations

import ast
import difflib

from autograder.derive._indices import Index, Indices, Misfit, show
from autograder.derive._read import Unreadable
from autograder.derive._scope import FUNCTIONS, Scope
from autograder.derive._tree import Node, Shape, broadcast

ALIASES = {"ln": "log", "maximum": "max"}
SCALAR = {"exp", "log", "sqrt", "sin", "cos", "tanh", "sigmoid", "softplus", "relu", "abs", "sign"}
OTHER_WORLDS = {
    "softmin": "softmax", "tan": "sin(x) / cos(x)", "pow": "**", "power": "**", "inv": "1 / x", "expit": "sigmoid",
    "sech": "1 / cosh", "relu_grad": "where(x > 0, 1, 0)", "identity": "eye", "min": "-max(-a, -b)",
    "indicator": "a comparison, as in (x > 0)", "matmul": "@", "norm": "sqrt(sum(i, x[i]**2))",
    "mean": "sum(...) / N", "einsum": "sum(j, ...)", "grad": "diff", "d": "diff", "log1p": "log(1 + x)",
    "expm1": "exp(x) - 1", "one_hot": "onehot", "heaviside": "(x > 0)", "cosh": "(exp(x) + exp(-x)) / 2",
    "derivative": "diff(f, x)", "deriv": "diff(f, x)", "D": "diff(f, x)", "e": "exp(x)", "sig": "sigmoid(x)",
    "sinh": "(exp(x) - exp(-x)) / 2", "square": "x**2", "logsumexp": "log(sum(j, exp(x[j])))", "partial": "diff(f, x)",
    "multiply": "*", "hadamard": "*", "inner": "dot", "vdot": "dot", "tensordot": "sum(j, ...)", "step": "(x > 0)",
    "t": ".T", "reshape": "a.T for a row", "expand_dims": "a.T for a row",
}  # fmt: skip


class Builder(Indices):
    """Builds the nodes of one line."""

    # -- small helpers
    def expression(self, node: ast.expr) -> Node:
        """Build any expression whose value is a number or an array of numbers."""
        built = self.anything(node)
        if built.op in {"idx", "int"} or (built.op == "index" and built.args[0].op == "label"):
            what = ast.unparse(node)
            raise Unreadable(
                f"`{what}` is an index here, not a number to compute with; use it in brackets, in "
                "`delta(i, j)` or in a comparison",
                node.col_offset,
            )
        if built.op == "label":
            raise Unreadable(
                f"`{built.data}` is a class, not a number: write `onehot({built.data})`", node.col_offset
            )
        return built

    def anything(self, node: ast.expr) -> Node:  # noqa: C901, PLR0911 (one case for each kind)
        """Build an expression, an index or a label."""
        match node:
            case ast.Constant():
                return self.constant(node)
            case ast.Name():
                return self.name(node)
            case ast.BinOp():
                return self.binary(node)
            case ast.UnaryOp():
                inner = self.expression(node.operand)
                if isinstance(node.op, ast.UAdd):
                    return inner
                if inner.op == "num":
                    return self.scope.pool.num(-self.value(inner))
                return self.scope.pool.node("neg", inner, shape=inner.shape)
            case ast.Compare():
                return self.compare(node)
            case ast.IfExp():
                return self.where(node, node.test, node.body, node.orelse)
            case ast.Attribute():
                return self.attribute(node)
            case ast.Subscript():
                return self.subscript(node)
            case ast.Call():
                return Calls(self).call(node)
        raise Unreadable("this cannot stand here", getattr(node, "col_offset", None))

    def elementwise(self, op: str, place: int, *args: Node, data: str | None = None) -> Node:
        """Build an entry by entry operation, with broadcasting."""
        shape = broadcast([arg.shape for arg in args])
        if shape is None:
            shapes = " and ".join(show(arg.shape) for arg in args if arg.shape)
            word = {"add": "adding", "mul": "multiplying entry by entry", "div": "dividing"}.get(
                op, "combining"
            )
            hint = " (a matrix product is written `@`)" if op == "mul" else ""
            raise Misfit(f"{word} arrays of shapes {shapes} does not fit{hint}", place)
        return self.scope.pool.node(op, *args, data=data, shape=shape)

    # -- leaves
    def name(self, node: ast.Name) -> Node:
        """Build a name: an index in force, a variable, a definition, a size."""
        name, pool, scope = node.id, self.scope.pool, self.scope
        if name in self.indices:
            index = self.indices[name]
            return pool.node("idx", data=index.inner)
        if name in scope.variables:
            variable = scope.variables[name]
            return pool.node("label" if variable.below else "var", data=name, shape=variable.shape)
        if name in scope.lets:
            return pool.node("let", data=name, shape=scope.lets[name].shape)
        if name in scope.sizes:
            return pool.node("size", data=name)
        if name == "e":
            return pool.node("call", pool.num(1), data="exp")
        if name == "pi":
            return pool.node("pi")
        raise self.unknown(node)

    def unknown(self, node: ast.Name) -> Unreadable:
        """Say that a name is unknown, and which one is near."""
        name = node.id
        known = [*self.scope.names(), *self.indices]
        if name in FUNCTIONS:
            return Unreadable(f"`{name}` is a function: write `{name}(...)`", node.col_offset)
        if spelling := self.spelling(name):
            return Unreadable(f"`{name}` is not known here; write `{spelling}`", node.col_offset)
        swapped = [other for other in [*known, *FUNCTIONS] if other.lower() == name.lower()]
        near = swapped or (
            difflib.get_close_matches(name, [*known, *FUNCTIONS], 3, 0.6) if len(name) > 1 else []
        )
        hint = f"; did you mean {' or '.join(f'`{n}`' for n in near)}?" if near else ""
        if len(name) == 1 and name in "ijklmnpqrt" and not swapped and self.scope.sizes:
            entry = ", ".join(self.scope.entry)
            are = "indices are" if "," in entry else "index is"
            hint = f"; the free {are} {entry}" if entry else ""
            hint += f"; an index of a sum is named in it, `sum({name}, ...)`"
        elif name in {"L", "loss", "Loss"} and not swapped:
            known_slopes = [n for n in self.scope.variables if n[:1] == "d" and len(n) > 1]
            instead = f"start from its slopes, `{known_slopes[0]}`" if known_slopes else "write it out"
            hint = f"; the loss has no name in a line: {instead}"
        elif not near:
            hint = f"; the names here are {', '.join(self.scope.names())}{self.whole_word(name)}"
        return Unreadable(f"`{name}` is not known here{hint}", node.col_offset)

    def whole_word(self, letter: str) -> str:
        """Say how a function is written for which a letter may stand, as s for sigmoid(x)."""
        meant = [word for word in self.scope.functions if word[0] == letter and word != "sum"]
        only = self.scope.names()
        if len(letter) > 1 or len(meant) != 1 or len(only) != 1:
            return ""
        return f"; write `{meant[0]}({only[0]})` out"

    def spelling(self, name: str) -> str | None:
        """Return what is meant by a name that is written as on paper: x_i, delta_ij, I."""
        if name in {"I", "Id", "identity"} and self.scope.sizes:
            return f"eye({self.scope.sizes[0]})"
        stem, _, below = name.partition("_")
        letters = {*self.indices, *"ijkln01", *(v.name for v in self.scope.variables.values() if v.below)}
        if not below or not set(below) <= letters:
            return None
        if stem == "delta" and len(below) == 2:  # noqa: PLR2004 (its two indices)
            return f"delta({', '.join(below)})"
        axes = len(self.scope.shape(stem)) if stem in {*self.scope.variables, *self.scope.lets} else 0
        return f"{stem}[{', '.join(below)}]" if axes and len(below) <= axes else None

    # -- operations
    def binary(self, node: ast.BinOp) -> Node:  # noqa: PLR0911 (one for each sign)
        """Build + - * / ** @."""
        left, right = self.expression(node.left), self.expression(node.right)
        pool, place = self.scope.pool, node.right.col_offset
        match node.op:
            case ast.Add():
                return self.elementwise("add", place, left, right)
            case ast.Sub():
                minus = (
                    pool.num(-self.value(right))
                    if right.op == "num"
                    else pool.node("neg", right, shape=right.shape)
                )
                return self.elementwise("add", place, left, minus)
            case ast.Mult():
                return self.elementwise("mul", place, left, right)
            case ast.Div():
                return self.elementwise("div", place, left, right)
            case ast.Pow():
                if isinstance(node.left, ast.Name) and node.left.id == "e" and left.op == "call":
                    return self.elementwise("call", place, right, data="exp")
                if right.op == "num" and abs(self.value(right)) > 100:  # noqa: PLR2004
                    raise Unreadable("this power is too large to compute with", place)
                return self.elementwise("pow", place, left, right)
            case _:
                return self.matmul(left, right, node)

    def matmul(self, left: Node, right: Node, node: ast.expr) -> Node:
        """Build a matrix product, a vector being a column where paper has a reading for it."""
        place = node.col_offset
        if isinstance(node, ast.BinOp):
            place = node.right.col_offset
        a, b = left.shape, right.shape
        if (not a and left.op == "matmul") or (not b and right.op == "matmul"):
            # A 1 x 1 matrix, as in s @ (s.T @ v).
            return self.elementwise("mul", place, left, right)
        if not a or not b:
            raise Unreadable("`@` multiplies arrays; write `*` for a number times something", place)
        result: Shape | None = None
        if len(a) == 2 and a[1] == b[0]:  # noqa: PLR2004 (a matrix's axes)
            result = (a[0], *b[1:])
            if a[0] == "1" and len(b) == 1:
                result = ()
        elif len(a) == 1 and len(b) == 2 and b[0] == "1":  # noqa: PLR2004
            result = (a[0], b[1])
        elif len(a) == 1 and a[0] == b[0]:
            result = b[1:]
        if result is None:
            hint = self.transpose_hint(a, b)
            raise Misfit(
                f"`{ast.unparse(node)}` needs {show(a)} @ {show(b)}, whose inner sizes differ{hint}", place
            )
        return self.scope.pool.node("matmul", left, right, shape=result)

    def transpose_hint(self, a: Shape, b: Shape) -> str:
        """Say when transposing one side would make a product fit, without saying which answer is right."""
        if a == b:
            return ": a product entry by entry is written `*`"
        fits = len(a) == len(b) == 2 and (a[0] == b[0] or a[1] == b[1])  # noqa: PLR2004
        return ": look at the transposes" if fits else ""

    def where(self, node: ast.expr, test: ast.expr, yes: ast.expr, no: ast.expr) -> Node:
        """Build a choice by cases."""
        condition = self.expression(test)
        return self.elementwise(
            "where", node.col_offset, condition, self.expression(yes), self.expression(no)
        )

    def attribute(self, node: ast.Attribute) -> Node:
        """Build `.T`; names behind `np.` are taken without it."""
        if isinstance(node.value, ast.Name) and node.value.id in {"np", "numpy", "math"}:
            return self.name(ast.Name(node.attr, col_offset=node.col_offset))
        if node.attr == "T":
            return self.transpose(self.expression(node.value))
        place = (node.end_col_offset or 1) - len(node.attr)
        raise Unreadable(
            f"`.{node.attr}` is not known here; what can stand behind a dot is `.T` and `.sum()`", place
        )

    def transpose(self, inner: Node) -> Node:
        """Build a transpose; that of a row is the vector again."""
        shape = inner.shape
        if not shape:
            return inner
        turned = ("1", shape[0]) if len(shape) == 1 else shape[::-1] if shape[0] != "1" else shape[1:]
        return self.scope.pool.node("T", inner, shape=turned)


from autograder.derive._calls import Calls  # noqa: E402 (two halves of one walk)


def build(scope: Scope, tree: ast.expr, prefix: str = "~", indices: dict[str, str] | None = None) -> Node:
    """Return the node of a line: `indices` are the free ones, with the names that they have in the tree.

    Raises
    ------
    Unreadable, Misfit
        With the character.
    """
    names = {name: name for name in scope.entry} if indices is None else indices
    learned: dict[int, str] = {}
    node = None
    for final in (False, True):
        free = {name: Index(inner, scope.ranges.get(inner), name) for name, inner in names.items()}
        builder = Builder(scope, dict(free), learned, prefix, 0, final)
        node = builder.expression(tree)
        for index in free.values():
            if index.size is not None:
                scope.ranges.setdefault(index.inner, index.size)
    assert node is not None  # noqa: S101 (two rounds always build one)
    return node
