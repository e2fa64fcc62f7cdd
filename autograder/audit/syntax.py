"""Walking and rebuilding syntax trees: where a node stands, and the tree with another node in its place."""

from __future__ import annotations

import ast
import copy
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeVar

from IPython.core.inputtransformer2 import TransformerManager

if TYPE_CHECKING:
    from collections.abc import Iterator

Tree = TypeVar("Tree", bound=ast.AST)
Step = tuple[str, int | None]
Path = tuple[Step, ...]
FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)
_COMPOUND = (
    ast.FunctionDef,
    ast.AsyncFunctionDef,
    ast.ClassDef,
    ast.For,
    ast.AsyncFor,
    ast.While,
    ast.If,
    ast.With,
    ast.AsyncWith,
    ast.Try,
    ast.Match,
)


@dataclass(frozen=True)
class Place:
    """A node of a tree, the way to it, and the nodes above it, the outermost first."""

    node: ast.AST
    path: Path
    above: tuple[ast.AST, ...]

    @property
    def parent(self) -> ast.AST:
        """The node just above."""
        return self.above[-1]

    @property
    def field(self) -> str:
        """The parent's field that holds the node."""
        return self.path[-1][0]

    @property
    def function(self) -> ast.FunctionDef | None:
        """The innermost function around it, if it stands in one."""
        found = [node for node in self.above if isinstance(node, ast.FunctionDef)]
        return found[-1] if found else None


def parse(source: str) -> ast.Module:
    """Read a cell as Python, its magics as the calls they stand for.

    Raises
    ------
    SyntaxError
        If it is no Python.
    """
    try:
        return ast.parse(source)
    except SyntaxError:
        return ast.parse(TransformerManager().transform_cell(source))


def walk(tree: ast.AST) -> Iterator[Place]:
    """Yield every node below `tree`, in the order of the text."""
    waiting: list[Place] = [Place(tree, (), ())]
    while waiting:
        place = waiting.pop()
        if place.path:
            yield place
        below = []
        for field, value in ast.iter_fields(place.node):
            items = list(enumerate(value)) if isinstance(value, list) else [(None, value)]
            below += [
                Place(item, (*place.path, (field, at)), (*place.above, place.node))
                for at, item in items
                if isinstance(item, ast.AST)
            ]
        waiting.extend(reversed(below))


def replaced(tree: Tree, path: Path, new: ast.AST | list[ast.stmt]) -> Tree:
    """Return a copy of `tree` with something else at `path`; a list stands for several statements, or none."""
    made = copy.deepcopy(tree)
    node: ast.AST = made
    for field, at in path[:-1]:
        value = getattr(node, field)
        node = value if at is None else value[at]
    field, at = path[-1]
    if at is None:
        setattr(node, field, copy.deepcopy(new))
    elif isinstance(new, list):
        getattr(node, field)[at : at + 1] = copy.deepcopy(new) or [ast.Pass()]
    else:
        getattr(node, field)[at] = copy.deepcopy(new)
    return ast.fix_missing_locations(made)


def shown_at(tree: ast.Module, path: Path) -> Path:
    """Return the way to the smallest part around `path` that is worth a line: a statement, or a line of a list."""
    node: ast.AST = tree
    best: Path = ()
    in_display = False
    for depth, (field, at) in enumerate(path, 1):
        listed = isinstance(node, ast.List | ast.Tuple | ast.Dict) and field in {"elts", "keys", "values"}
        value = getattr(node, field)
        node = value if at is None else value[at]
        if isinstance(node, ast.stmt):
            best, in_display = path[:depth], isinstance(node, ast.Assign)
        elif listed and in_display and _holds_text(node):
            best = path[:depth]
    return best


def at(tree: ast.AST, path: Path) -> ast.AST:
    """Return the node at a path."""
    node = tree
    for field, index in path:
        value = getattr(node, field)
        node = value if index is None else value[index]
    return node


def line_of(node: ast.AST) -> str:
    """Write a statement or an expression as text; of a statement with others below it, its first line alone."""
    text = ast.unparse(node)
    if not isinstance(node, _COMPOUND):
        return text
    lines = [line for line in text.split("\n") if not line.startswith("@")]
    return lines[0]


def plain(tree: ast.Module) -> ast.Module:
    """Take docstrings out, so that a change and its diff are about code."""
    tree = copy.deepcopy(tree)
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            first = node.body[0]
            if isinstance(first, ast.Expr) and isinstance(first.value, ast.Constant) and len(node.body) > 1:
                del node.body[0]
    return tree


def _holds_text(node: ast.AST) -> bool:
    """Whether an element is long enough to be a line of its own: a text, or a list of them."""
    return any(isinstance(n, ast.Constant) and isinstance(n.value, str) for n in ast.walk(node))
