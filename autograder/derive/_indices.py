"""Indices and labels: where they may stand, how far they run, and the entries that they pick."""

from __future__ import annotations

import ast
from abc import ABC, abstractmethod
from dataclasses import dataclass, field
from fractions import Fraction
from typing import TYPE_CHECKING

from autograder.derive._read import NO_AXIS, Unreadable

if TYPE_CHECKING:
    from autograder.derive._scope import Scope
    from autograder.derive._tree import Node, Shape

COMPARE: dict[type[ast.cmpop], str] = {
    ast.Eq: "==", ast.NotEq: "!=", ast.Lt: "<", ast.LtE: "<=", ast.Gt: ">", ast.GtE: ">=",
}  # fmt: skip


class Misfit(Unreadable):
    """A line that can be read, but whose shapes or index ranges do not fit: it is wrong."""


def show(shape: Shape) -> str:
    """Write a shape as NumPy does, with the sizes' names."""
    if not shape:
        return "a number"
    return f"({shape[0]},)" if len(shape) == 1 else f"({', '.join(shape)})"


@dataclass
class Index:
    """An index that is in force: its name in the tree, and how far it runs once that is known."""

    inner: str
    size: str | None
    written: str


@dataclass
class Indices(ABC):
    """The half of a builder that deals with indices."""

    scope: Scope
    indices: dict[str, Index] = field(default_factory=dict)
    learned: dict[int, str] = field(default_factory=dict)
    prefix: str = "~"
    depth: int = 0
    final: bool = False

    @abstractmethod
    def anything(self, node: ast.expr) -> Node:
        """Build an expression, an index or a label."""

    @abstractmethod
    def elementwise(self, op: str, place: int, *args: Node, data: str | None = None) -> Node:
        """Build an entry by entry operation, with broadcasting."""

    @abstractmethod
    def transpose(self, inner: Node) -> Node:
        """Build a transpose."""

    def constant(self, node: ast.Constant) -> Node:
        """Build a number, exactly: 0.1 is one tenth."""
        return self.scope.pool.num(Fraction(str(node.value)))

    def value(self, node: Node) -> Fraction:
        """Return the number of a num node."""
        return node.data if isinstance(node.data, Fraction) else Fraction(0)

    def run(self, index: Index, size: str, place: int) -> None:
        """Learn that an index runs over an axis, or say that it cannot."""
        if index.size is None:
            index.size = size
        elif index.size != size:
            raise Misfit(
                f"`{index.written}` runs over an axis of size {size} here, but elsewhere over one of size {index.size}",
                place,
            )

    def compare(self, node: ast.Compare) -> Node:
        """Build a comparison, worth 1 where it holds and 0 elsewhere."""
        if len(node.ops) > 1:
            raise Unreadable(
                "compare two things at a time: `(a < b) * (b < c)`", node.comparators[1].col_offset
            )
        sides = (node.left, node.comparators[0])
        left, right = self.anything(sides[0]), self.anything(sides[1])
        if self.integral(left) or self.integral(right):
            left, right = self.as_index(left, sides[0]), self.as_index(right, sides[1])
            self.join(left, right, sides[1].col_offset)
        return self.elementwise("cmp", sides[1].col_offset, left, right, data=COMPARE[type(node.ops[0])])

    def integral(self, node: Node) -> bool:
        """Say whether a node is an index or a label."""
        return node.op in {"idx", "int", "label"} or (node.op == "index" and node.args[0].op == "label")

    def as_index(self, node: Node, source: ast.expr) -> Node:
        """Return a node as a whole number that counts from 0."""
        if self.integral(node):
            return node
        if node.op == "num" and self.value(node).denominator == 1 and self.value(node) in {0, 1}:
            return self.scope.pool.node("int", data=int(self.value(node)))
        raise Unreadable("an index is a name like `i`, a label like `y[i]`, or 0 or 1", source.col_offset)

    def limit(self, node: Node) -> str | None:
        """Return how far an index or a label runs, None while that is unknown."""
        if node.op == "idx":
            return next((index.size for index in self.indices.values() if index.inner == node.data), None)
        if node.op == "int":
            return None
        label = node if node.op == "label" else node.args[0]
        return self.scope.variables[str(label.data)].below

    def join(self, left: Node, right: Node, place: int) -> None:
        """Two indices that are compared run over the same axis."""
        for one, other in ((left, right), (right, left)):
            size = self.limit(other)
            if one.op == "idx" and size is not None:
                index = next(i for i in self.indices.values() if i.inner == one.data)
                self.run(index, size, place)

    def subscript(self, node: ast.Subscript) -> Node:
        """Build an entry, a row (`W[j]`) or a column (`W[:, h]`)."""
        array = self.anything(node.value)
        parts = list(node.slice.elts) if isinstance(node.slice, ast.Tuple) else [node.slice]
        for made in parts:
            if (
                isinstance(made, ast.Name | ast.Attribute)
                and ast.unparse(made).rpartition(".")[2] == "newaxis"
            ):
                raise Unreadable(NO_AXIS, made.col_offset)
        shape = array.shape
        if len(shape) == 2 and shape[0] == "1" and len(parts) == 1:  # noqa: PLR2004 (a row counts as its vector)
            array = self.transpose(array)
            shape = array.shape
        if len(parts) > len(shape):
            if not shape and isinstance(parts[0], ast.Compare):
                raise Unreadable("an indicator is a comparison, as in `(x > 0)`", node.col_offset)
            what = f"has shape {show(shape)}" if shape else "is a number"
            count = "an index" if len(parts) == 1 else f"{len(parts)} indices"
            raise Misfit(
                f"`{ast.unparse(node.value)}` {what}: it cannot take {count}",
                node.col_offset,
            )
        kept: list[str] = []
        indices: list[Node] = []
        slots: list[bool] = []
        for axis, size in enumerate(shape):
            part = parts[axis] if axis < len(parts) else None
            if part is None or (isinstance(part, ast.Slice) and not (part.lower or part.upper or part.step)):
                kept.append(size)
                slots.append(False)
                continue
            index = self.index(part, size)
            indices.append(index)
            slots.append(True)
        return self.scope.pool.node("index", array, *indices, data=tuple(slots), shape=tuple(kept))

    def index(self, part: ast.expr, size: str) -> Node:
        """Build one index and learn from it."""
        if isinstance(part, ast.Slice):
            raise Unreadable("a slice is a bare `:`", part.col_offset)
        if isinstance(part, ast.Constant):
            index = self.as_index(self.constant(part), part)
        elif isinstance(part, ast.Name | ast.Subscript):
            index = self.as_index(self.anything(part), part)
        else:
            raise Unreadable("an index is a name like `i`, a label like `y[i]`, or 0 or 1", part.col_offset)
        if index.shape:
            raise Unreadable(
                "a vector of labels needs an index of its own here, like `y[i]`", part.col_offset
            )
        if index.op == "idx":
            self.run(next(i for i in self.indices.values() if i.inner == index.data), size, part.col_offset)
        elif index.op != "int" and self.limit(index) != size:
            raise Misfit(
                f"`{ast.unparse(part)}` counts below {self.limit(index)}, this axis has size {size}",
                part.col_offset,
            )
        return index
