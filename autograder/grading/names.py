"""Whose a name is: the submission's, read from the sandbox before each test, or the lesson's own.

Learned from one run of the lesson's source. The cell that bound a name last decides: a cell that students
write in, a locked cell, or a test. What students' cells change in place counts as bound by them, and so does
an object that does not cross the wall, once they can reach it.

A test is told those of the submission's names alone that it can come to (`autograder.grading.reached`).
"""

from __future__ import annotations

import ast
import builtins
import types
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
from IPython.core.inputtransformer2 import TransformerManager

from autograder import check
from autograder.grading.reached import ANY, Reaching, reached
from autograder.grading.trees import tree_of
from autograder.lesson import notebook as cells
from autograder.sandbox import wire
from autograder.sandbox.surroundings import seedings
from autograder.sandbox.values import Packer

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from nbformat import NotebookNode

Kind = Literal["student", "locked", "test"]
_DEFINED = (types.FunctionType, types.BuiltinFunctionType, type, np.ufunc)
_CHANGEABLE = (list, dict, set, np.ndarray, np.random.Generator, np.random.RandomState)


@dataclass(frozen=True, slots=True)
class Booked:
    """What one code cell of the source speaks of, and what it binds."""

    kind: Kind
    grade_id: str
    mentions: frozenset[str] | None  # None where it cannot be told
    bound: frozenset[str]


def kind_of(cell: NotebookNode) -> Kind:
    """Return who is behind a code cell."""
    if cells.is_test(cell):
        return "test"
    return "locked" if cells.is_locked(cell) else "student"


class Ledger:
    """Who bound which name last, cell by cell. Call `run` for each code cell of the source, in order."""

    def __init__(self) -> None:
        self._owner: dict[str, Kind] = {}
        self._students: dict[str, list[str]] = {}
        self._reach: set[str] = set()  # the submission's names, and the locked helpers that use one
        self._needed: set[str] | None = (
            set()
        )  # names that tests speak of, or locked cells they need; None for any
        self._locked: dict[str, tuple[set[str] | None, set[str], bool]] = {}  # mentions, binds, sets a seed
        self.following: set[str] = set()  # locked cells that use what the submission binds
        self.essential: set[str] = set()  # locked cells that tests need: the others only show something
        self.bound: dict[str, None] = {}  # every name that any cell binds
        self.booked: list[Booked] = []  # every cell, in order
        self.reaching: list[Reaching] = []  # every locked cell and test, in order
        self._told: dict[str, list[str]] = {}  # the submission's names that a test or locked cell can come to

    def run(self, cell: NotebookNode, namespace: Mapping[str, Any], execute: Callable[[], object]) -> None:
        """Execute one cell and book what it did to `namespace`."""
        kind, name = kind_of(cell), cells.grade_id(cell)
        tree = parse(cell.source)
        mentioned = _mentioned(tree)
        if kind == "test":
            self._speak_of(mentioned)
        if kind != "student" and name is not None:
            self._students[name] = [n for n, owner in self._owner.items() if owner == "student"]
            if kind == "locked" and (mentioned is None or mentioned & self._reach):
                self.following.add(name)
        seeded = seedings()
        before = {n: (value, print_of(value)) for n, value in namespace.items() if not is_shells(n)}
        execute()
        bound = _bound(before, namespace, assigned(tree))
        if kind == "locked" and name is not None:
            self._locked[name] = mentioned, bound, seedings() != seeded
        if kind == "student":
            bound |= {n for n in mentioned or before if n in before and _beyond_reading(before[n][0])}
        speaks = None if mentioned is None else frozenset(mentioned)
        self.booked.append(Booked(kind, name or "", speaks, frozenset(bound)))
        if kind != "student":
            known = {n for n, v in namespace.items() if is_imported(v) or v is check.reference}
            known |= vars(builtins).keys() - namespace.keys()
            own = {n: namespace[n] for n in bound if n in namespace and n not in known}
            of = Reaching.of(name or "", cell.source, tree, mentioned, own, known.__contains__)
            self.reaching.append(of)
        for n in sorted(bound):
            self.bound[n] = None
            if is_imported(namespace.get(n)):
                self._owner.pop(n, None)
                continue
            self._owner[n] = kind
            if kind == "student" or (kind == "locked" and name in self.following):
                self._reach.add(n)

    def _speak_of(self, mentioned: set[str] | None) -> None:
        if mentioned is None or mentioned & ANY:
            self._needed = None
        elif self._needed is not None:
            self._needed |= mentioned

    def close(self) -> None:
        """Work out, after the last cell, which locked cells the tests need."""
        found = True
        while found:
            found = False
            for name, (mentioned, bound, seeded) in self._locked.items():
                wanted = seeded or self._needed is None or bool(bound & self._needed)
                if wanted and name not in self.essential:
                    found = True
                    self.essential.add(name)
                    self._speak_of(mentioned)
        for at, cell in enumerate(self.reaching):
            names, told = self.all_names(cell.grade_id), reached(cell, self.reaching[:at])
            self._told[cell.grade_id] = names if told is None else [n for n in names if n in told]

    def all_names(self, grade_id: str) -> list[str]:
        """Return the names that are the submission's when this test or locked cell is run, if any test needs them."""
        found = self._students.get(grade_id, [])
        return found if self._needed is None else [name for name in found if name in self._needed]

    def names(self, grade_id: str) -> list[str]:
        """Return those of them that this test or locked cell can come to itself."""
        return self._told.get(grade_id, self.all_names(grade_id))

    def untold(self, grade_id: str) -> set[str]:
        """Return the others, which it cannot come to as far as is known."""
        return set(self.all_names(grade_id)).difference(self.names(grade_id))

    def tell_all(self, grade_id: str) -> None:
        """Take it from now on that this test can come to all of them."""
        self._told.pop(grade_id, None)


def is_shells(name: str) -> bool:
    """Whether IPython itself binds this name (In, Out, _, _i1 ...)."""
    return name.startswith("__") or name in {"In", "Out", "exit", "quit", "get_ipython", "open"} or (
        name.startswith("_") and name.lstrip("_").lstrip("i").isdecimal()
    ) or name in {"_", "_i", "_ii", "_iii", "_ih", "_oh", "_dh", "_exit_code"}  # fmt: skip


def is_imported(value: object) -> bool:
    """Whether a value is a module, or a class or function that a module defines: the same on both sides."""
    if isinstance(value, types.ModuleType):
        return True
    return isinstance(value, _DEFINED) and getattr(value, "__module__", None) not in {None, "__main__"}


def parse(source: str) -> ast.Module | None:
    """Return the tree of a cell as IPython reads it; None where it is no Python."""
    if tree := tree_of(source):  # most cells are Python as they stand, and IPython looks at every token
        return tree
    try:
        return ast.parse(TransformerManager().transform_cell(source))
    except SyntaxError:
        return None


def _mentioned(tree: ast.Module | None) -> set[str] | None:
    """Every name that a cell speaks of, at any depth; None where it cannot be told."""
    if tree is None:
        return None
    found = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Name):
            found.add(node.id)
        elif isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            found.add(node.name)
    return found


def assigned(tree: ast.Module | None) -> set[str]:
    """Return the names that a cell's own statements assign, functions' bodies left out."""
    found: set[str] = set()
    waiting: list[ast.AST] = [] if tree is None else [tree]
    while waiting:
        node = waiting.pop()
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            found.add(node.id)
        if not isinstance(
            node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef | ast.Lambda | ast.comprehension
        ):
            waiting.extend(ast.iter_child_nodes(node))
    return found


def _bound(before: dict[str, tuple[Any, Any]], namespace: Mapping[str, Any], assigned: set[str]) -> set[str]:
    """Names that were bound anew, or whose value was changed in place."""
    found = set()
    for name, value in namespace.items():
        if is_shells(name):
            continue
        same = name in before and before[name][0] is value
        again = name in assigned and not callable(value)  # an equal constant is the same object
        if not same or again or before[name][1] != print_of(value):
            found.add(name)
    return found


def print_of(value: object) -> object:
    """Return something that differs once a changeable value was changed in place."""
    if not isinstance(value, _CHANGEABLE):
        return None
    packer = Packer(id)
    try:
        tree = packer.pack(value)
    except wire.WireError:
        return None
    return tree, [bytes(buffer) for buffer in packer.buffers]


def _beyond_reading(value: object) -> bool:
    """Whether a value is an object that can be changed and that does not cross the wall."""
    if callable(value) or isinstance(value, types.ModuleType):
        return False
    try:
        tree = Packer(id).pack(value)
    except wire.WireError:
        return True
    return type(tree) is list and tree[0] == "o"
