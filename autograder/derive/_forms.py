"""The form that is asked of a first or last line: index, matrix, linear, in terms of certain functions only.

Equal is not enough at the end of a chain: the first line is equal too. Without a form of its own, a given end asks
for its own vocabulary: no function, sum, derivative or name that the end has not, and not much longer.
"""

from __future__ import annotations

import ast
from math import prod
from typing import TYPE_CHECKING

from autograder.derive._build import ALIASES
from autograder.derive._points import SIZES
from autograder.derive._statement import Only
from autograder.derive._tree import subtrees

if TYPE_CHECKING:
    from autograder.derive._scope import Scope
    from autograder.derive._table import Table
    from autograder.derive._tree import Node

KINDS = {
    "outer": "@", "dot": "@", "where": "cases", "onehot": "delta", "eye": "delta", "diag": "delta", "transpose": "",
    "ones": "", "zeros": "",
}  # fmt: skip
SPOKEN = {
    "@": "a matrix product", "cases": "cases", "delta": "a delta, one-hot or diagonal matrix", "sum": "a sum",
    "diff": "a derivative that is not yet taken", "<": "a comparison",
}  # fmt: skip


def words(tree: ast.expr, *, names: bool = True) -> set[str]:
    """Return the vocabulary of a line: functions, kinds of operation, and the given names."""
    found: set[str] = set()
    bound = {arg.id for call in _sums(tree) for arg in call.args[:-1] if isinstance(arg, ast.Name)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            func = node.func
            word = (
                func.id
                if isinstance(func, ast.Name)
                else func.attr
                if isinstance(func, ast.Attribute)
                else ""
            )
            word = ALIASES.get(word, word)
            found.add(KINDS.get(word, word))
        elif isinstance(node, ast.BinOp) and isinstance(node.op, ast.MatMult):
            found.add("@")
        elif isinstance(node, ast.IfExp):
            found.add("cases")
        elif isinstance(node, ast.Compare):
            found.add("delta" if isinstance(node.ops[0], ast.Eq | ast.NotEq) else "<")
    if names:
        functions = {id(node.func) for node in ast.walk(tree) if isinstance(node, ast.Call)}
        found |= {
            f"`{node.id}`"
            for node in ast.walk(tree)
            if isinstance(node, ast.Name)
            and id(node) not in functions
            and node.id not in bound | {"np", "numpy"}
        }
    return found - {""}


def _sums(tree: ast.expr) -> list[ast.Call]:
    return [
        node
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "sum"
    ]


def length(tree: ast.expr) -> int:
    """Count the parts of a line."""
    return sum(isinstance(node, ast.expr) for node in ast.walk(tree))


def spoken(parts: set[str]) -> str:
    """Name parts of a vocabulary in a student's words."""
    return " and ".join(
        sorted(SPOKEN.get(part, part if part.startswith("`") else f"`{part}`") for part in parts)
    )


def unlike(  # noqa: PLR0911 (one for each form)
    form: str | Only | None, scope: Scope, tree: ast.expr, own: Table, end: ast.expr | None
) -> str | None:
    """Say how a line misses the form that is asked, None if it has it."""
    if isinstance(form, Only):
        return _only(set(form.functions), tree, end)
    if form == "index":
        return _index(scope, tree, own.node)
    if form == "matrix":
        return _matrix(scope, own.node)
    if form == "linear":
        return _linear(scope, own)
    if end is None:
        return None
    allowed = words(end)
    if scope.entry:
        allowed |= {f"`{name}`" for name in scope.entry}
    if scope.sizes:
        allowed |= {f"`{size}`" for size in scope.sizes}
    extra = words(tree) - allowed
    if extra:
        return f"it is equal to the end, but not in its form yet: {spoken(extra)} should be gone"
    return _long(tree, end)


def _only(functions: set[str], tree: ast.expr, end: ast.expr | None) -> str | None:
    extra = words(tree, names=False) - {KINDS.get(name, name) for name in functions}
    if extra:
        wanted = " and ".join(f"`{name}`" for name in sorted(functions))
        what = f"in terms of {wanted} alone" if wanted else "without any function"
        return f"it should be written {what}: {spoken(extra)} should be gone"
    return None if end is None else _long(tree, end)


def _long(tree: ast.expr, end: ast.expr) -> str | None:
    if length(tree) > 2 * length(end) + 8:
        return "it is right, but much longer than it need be: simplify it"
    return None


def _index(scope: Scope, tree: ast.expr, node: Node) -> str | None:
    free = ", ".join(f"`{name}`" for name in scope.entry)
    if node.shape or (scope.entry and not set(scope.entry) & set(node.free)):
        return f"it should be in index form: one entry, written with the free indices {free}"
    hidden = {id(below) for call in ast.walk(tree) if _is_diff(call) for below in ast.walk(call)}
    for below in ast.walk(tree):
        product = isinstance(below, ast.BinOp) and isinstance(below.op, ast.MatMult)
        turned = isinstance(below, ast.Attribute) and below.attr == "T"
        if (product or turned) and id(below) not in hidden:
            what = "`@`" if product else "`.T`"
            return f"it should be in index form: sums over indices and single entries, no {what}"
    return None


def _is_diff(node: ast.AST) -> bool:
    return isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "diff"


def _matrix(scope: Scope, node: Node) -> str | None:
    if node.op == "index" and node.args[0].shape and not node.args[0].free and len(node.args) > 1:
        # (diag(s) - s @ s.T)[i, j]: the whole table is there, and an entry of it is asked for by name.
        whole = tuple(arg.data for arg in node.args[1:]) == scope.entry and all(node.data)  # type: ignore[arg-type]
        return _matrix(scope, node.args[0]) if whole else _indexed(node)
    if node.free:
        return _indexed(node)
    for below in subtrees(node):
        if below.op == "sum":
            return "it should be in matrix form: no sum over an index is left in it"
        if below.op == "diff":
            return "it should be in matrix form, with the derivative taken"
    return None


def _indexed(node: Node) -> str:
    names = ", ".join(f"`{name}`" for name in node.free)
    return f"it should be in matrix form: whole arrays and their products, without the indices {names}"


def _linear(scope: Scope, own: Table) -> str | None:
    sizes = {name: SIZES[0][n] if n < len(SIZES[0]) else n + 2 for n, name in enumerate(scope.sizes)} | {
        "1": 1
    }
    limit = max([prod(sizes[size] for size in own.shape), *sizes.values()])
    ranges = {node.data[0]: node.data[1] for node in subtrees(own.node) if node.op == "sum"}  # type: ignore[index]
    for node in subtrees(own.node):
        if node.op in {"idx", "int", "var", "let", "label", "T"} or (
            node.op == "index" and node.args[0].op in {"var", "let", "label"}
        ):
            continue
        axes = [*node.shape, *(str(ranges.get(name, scope.ranges.get(name, "1"))) for name in node.free)]
        if prod(sizes[size] for size in axes) > limit:
            what = {
                "outer": "an outer product",
                "diag": "a diagonal matrix",
                "eye": "an identity matrix",
            }.get(node.op, "a matrix product" if node.op == "matmul" else "a part of it")
            many = " * ".join(axes)
            left = "; `a @ b @ c` multiplies a by b first" if node.op == "matmul" else ""
            return f"it should be O(n): {what} in it has {many} numbers, more than the answer has{left}"
    return None
