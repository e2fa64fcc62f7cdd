"""Which names a test can come to: those that it speaks of, and those that the lesson's own code does that it can run.

A test that speaks of `train`, which a locked cell defines, comes to whatever that cell speaks of; so does one that
speaks of an object which a locked cell or a test above put a function into. Only numbers, texts and arrays of them lead
nowhere. Cells are taken as wholes, and in doubt a cell comes to every name. A test that nevertheless misses a name says
so, and is run again with all of them.
"""

from __future__ import annotations

import ast
import re
import types
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from autograder.check.cases import Cases

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

ANY = frozenset({"globals", "locals", "vars", "eval", "exec", "get_ipython"})  # may come to any name
#: What a cell speaks of that comes to names by their text.
_BY_TEXT = (
    "__main__", "__globals__", "__builtins__", "__dict__", "globals", "locals", "user_ns", "_getframe", "inspect",
    "currentframe", "sys.modules", "import_module", "__import__", "setattr", "doctest",
)  # fmt: skip
_MISSING = re.compile(r"not defined|no attribute|KeyError|cannot import")
_WORD = re.compile(r"[^\W\d]\w*")
_MAGICS = frozenset({"matplotlib", "config", "load_ext", "autoreload"})  # that come to no names
_PLAIN = (bool, int, float, complex, str, bytes, type(None), range, slice, np.generic)
_HOLDING = (list, tuple, set, frozenset)


@dataclass(frozen=True, slots=True)
class Reaching:
    """What one locked cell or test can come to.

    Attributes
    ----------
    grade_id
        The cell.
    mentions
        The names that it speaks of; None where that may be any.
    leads
        Names that it binds to something which may hold a function or another object.
    elsewhere
        Whether it may put something into a place that every cell comes to.
    begins
        What it binds before anything else, to values that are made of what is imported: what these names stood for
        before is out of reach.
    fixed
        Those of `leads` that nothing changes once they are made: functions and cases.
    """

    grade_id: str
    mentions: frozenset[str] | None
    leads: frozenset[str]
    elsewhere: bool
    begins: frozenset[str]
    fixed: frozenset[str] = frozenset()

    @classmethod
    def of(
        cls, name: str, source: str, tree: ast.Module | None, mentions: set[str] | None,
        bound: Mapping[str, Any], is_imported: Callable[[str], bool],
    ) -> Reaching:  # fmt: skip
        """Return what is known of a cell that was run, and that bound these names of its own."""
        leads = frozenset(name for name, value in bound.items() if not is_data(value))
        fixed = frozenset(name for name in leads if _is_fixed(bound[name]))
        if tree is None or mentions is None or any(word in source for word in _BY_TEXT):
            return cls(name, None, leads, elsewhere=True, begins=frozenset())
        spoken = frozenset(mentions - {"get_ipython"} if _has_quiet_magics_alone(tree) else mentions)
        if spoken & ANY:
            return cls(name, None, leads, elsewhere=True, begins=frozenset())
        return cls(name, spoken, leads, _sets_elsewhere(tree, is_imported), _begins(tree, is_imported), fixed)


def reached(cell: Reaching, above: Sequence[Reaching]) -> frozenset[str] | None:
    """Return the names that a cell can come to, itself or by what cells above it have left; None for any."""
    leads = frozenset().union(*(one.leads for one in above)) - cell.begins
    found, waiting = set[str](), [cell, *(one for one in above if one.elsewhere)]
    rest = [one for one in above if not one.elsewhere]
    while waiting:
        one = waiting.pop()
        if one.mentions is None:
            return None
        found |= one.mentions
        by = found & leads
        waiting += [other for other in rest if (other.mentions or by) & by]
        rest = [other for other in rest if other not in waiting]
    return frozenset(found)


def misses(what: object, names: set[str]) -> bool:
    """Whether a text of a result says that one of these names is missing, as the message of a `NameError` does."""
    if isinstance(what, str):
        return _MISSING.search(what) is not None and not names.isdisjoint(_WORD.findall(what))
    if isinstance(what, dict):
        return any(misses(value, names) for value in what.values())
    return isinstance(what, list | tuple) and any(misses(value, names) for value in what)


def is_data(value: object) -> bool:
    """Whether a value is made of numbers and texts alone."""
    if isinstance(value, np.ndarray):
        return type(value) is np.ndarray and not value.dtype.hasobject
    if type(value) is dict:
        return all(map(is_data, value)) and all(map(is_data, value.values()))
    if type(value) in _HOLDING:
        return all(map(is_data, value))  # type: ignore[call-overload]
    return type(value) in _PLAIN or (isinstance(value, np.generic) and not value.dtype.hasobject)


def _is_fixed(value: object) -> bool:
    """Whether nothing can be kept in an object: a function without a state of its own, or cases."""
    if type(value) is types.FunctionType:
        defaults = (value.__defaults__ or (), value.__kwdefaults__ or {})
        return (
            not (value.__closure__ or value.__dict__) and all(map(is_data, defaults)) and not _holds(defaults)
        )
    return type(value) is Cases


def _holds(value: object) -> bool:
    """Whether something can be put into a value, or into what it holds."""
    if isinstance(value, tuple):
        return any(map(_holds, value))
    return (isinstance(value, dict) and bool(value)) or isinstance(value, list | set | np.ndarray)


def _has_quiet_magics_alone(tree: ast.Module) -> bool:
    """Whether a cell asks IPython for nothing but such as ``%matplotlib inline``."""
    asked = [node for node in ast.walk(tree) if isinstance(node, ast.Name) and node.id == "get_ipython"]
    quiet = [
        node
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "run_line_magic"
        and node.args and isinstance(node.args[0], ast.Constant) and node.args[0].value in _MAGICS
    ]  # fmt: skip
    return len(asked) == len(quiet)


def _sets_elsewhere(tree: ast.Module, is_imported: Callable[[str], bool]) -> bool:
    """Whether a cell may put something into what is imported, where each cell finds it: `np.relu = relu`."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute | ast.Subscript) and isinstance(node.ctx, ast.Store):
            root: ast.AST = node
            while isinstance(root, ast.Attribute | ast.Subscript):
                root = root.value
            if not isinstance(root, ast.Name) or is_imported(root.id):
                return True
    return False


def _begins(tree: ast.Module, is_imported: Callable[[str], bool]) -> frozenset[str]:
    """Return the names that a cell's first statements bind, where these run nothing of the lesson's."""
    found = set[str]()
    for statement in tree.body:
        if isinstance(statement, ast.Import | ast.ImportFrom):
            continue
        if not isinstance(statement, ast.Assign) or not all(
            isinstance(n, ast.Name) for n in statement.targets
        ):
            break
        spoken = {node.id for node in ast.walk(statement.value) if isinstance(node, ast.Name)}
        if not all(name in found or is_imported(name) for name in spoken):
            break
        found |= {target.id for target in statement.targets if isinstance(target, ast.Name)}
    return frozenset(found)
