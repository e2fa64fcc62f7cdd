"""The core of the language: one kind of node, kept once in a pool, so that equal trees are the same object.

A node knows its shape (a tuple of size names; ``"1"`` is the size one) and the indices that it depends on.
What the operations mean is in `_evaluate`; how they come about from a line is in `_build`.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from fractions import Fraction
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Hashable, Iterator

Shape = tuple[str, ...]

# Operations that give the same entry by entry, with NumPy's broadcasting.
ELEMENTWISE = {"add", "neg", "mul", "div", "pow", "call", "max", "where", "cmp"}


@dataclass(frozen=True, eq=False, slots=True)
class Node:
    """One operation. Equal means identical: make nodes through a `Pool` alone."""

    op: str
    args: tuple[Node, ...]
    data: Hashable
    shape: Shape
    free: tuple[str, ...]
    number: int

    def __repr__(self) -> str:
        """Show the tree in brackets, for tests and debugging."""
        inner = ", ".join([*([repr(self.data)] if self.data is not None else []), *map(repr, self.args)])
        return f"{self.op}({inner})"


@dataclass
class Pool:
    """Every node of one statement and the chains judged against it."""

    known: dict[Hashable, Node] = field(default_factory=dict)

    def node(
        self, op: str, *args: Node, data: Hashable = None, shape: Shape = (), binds: tuple[str, ...] = ()
    ) -> Node:
        """Return the node, made now or earlier. `binds` are the indices that it takes off its arguments."""
        key = (op, tuple(a.number for a in args), data, shape, binds)
        found = self.known.get(key)
        if found is None:
            free = {name for arg in args for name in arg.free} - set(binds)
            if op == "idx":
                free.add(str(data))
            found = Node(op, args, data, shape, tuple(sorted(free)), len(self.known))
            self.known[key] = found
        return found

    def num(self, value: Fraction | int) -> Node:
        """Return a number."""
        return self.node("num", data=Fraction(value))

    def is_num(self, node: Node, value: int) -> bool:
        """Say whether the node is this very number."""
        return node.op == "num" and node.data == value


def broadcast(shapes: list[Shape]) -> Shape | None:
    """Return the shape of an elementwise operation, None when the shapes do not fit.

    A number fits everything; a vector (n,) is added to every row of an (m, n); (1, n) counts as a row.
    """
    result: Shape = ()
    for shape in shapes:
        if shape in (result, ()):
            continue
        if result == ():
            result = shape
            continue
        small, large = (shape, result) if len(shape) < len(result) else (result, shape)
        if len(small) == 1 and len(large) == 2 and small[0] == large[1]:  # noqa: PLR2004 (a matrix's axes)
            result = large
        elif len(small) == 2 and len(large) == 2 and small[1] == large[1] and "1" in (small[0], large[0]):  # noqa: PLR2004
            result = large if small[0] == "1" else small
        else:
            return None
    return result


def pick(shape: Shape, index: tuple[int, ...]) -> tuple[int, ...]:
    """Return which entry of an argument of this shape belongs to entry `index` of an elementwise result."""
    if not shape:
        return ()
    if len(shape) == 1:
        return index[-1:]
    return (0 if shape[0] == "1" else index[0], index[1])


def subtrees(*roots: Node) -> Iterator[Node]:
    """Every node below the roots and themselves, each once."""
    seen: set[int] = set()
    todo = list(roots)
    while todo:
        node = todo.pop()
        if node.number not in seen:
            seen.add(node.number)
            yield node
            todo.extend(node.args)
