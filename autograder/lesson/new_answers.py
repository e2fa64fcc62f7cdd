"""A new exercise's entries in `answers.py`, beside those that are there; what an author wrote stays as it is."""

from __future__ import annotations

import ast
from dataclasses import dataclass
from typing import TYPE_CHECKING

from autograder.lesson.new_names import NewError
from autograder.lesson.new_text import Group, answers_text

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

_WORDS = {
    "function": ("right", "unusable", "wrong"),
    "derivation": ("right", "unusable_chain", "wrong"),
    "value": ("right", "unusable_value", "wrong"),
}
_LINE = 84


@dataclass(frozen=True)
class _Edit:
    """Lines `first` to `last` (from 0, without the last) become others."""

    first: int
    last: int
    lines: list[str]


def begun(group: Group, lesson: str) -> str:
    """Return an answers.py for a lesson that has none."""
    variable = group.name.upper()
    imports = "\n".join(_import(module, names) for module, names in _needed(group).items())
    return (
        f'"""Answers to the exercises of {lesson}, and what each one earns. Marks are foreseen from its text."""\n\n'
        f"{imports}\n\n{answers_text(group, variable)}\n\nANSWERS = [\n    *{variable},\n]\n"
    )


def added(group: Group, text: str, path: Path) -> str:
    """Return an answers.py with the exercise's answers added.

    Raises
    ------
    NewError
        If it is no Python.
    """
    try:
        tree = ast.parse(text)
    except (SyntaxError, ValueError) as error:
        line = getattr(error, "lineno", None) or 1
        raise NewError(
            f"{path}:{line}: is no Python: {getattr(error, 'msg', error)}. Mend it first; nothing was written."
        ) from error
    names = {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)}
    variable = group.name.upper() if group.name.upper() not in names else f"{group.name.upper()}_ANSWERS"
    lines = text.split("\n")
    block = answers_text(group, variable).split("\n")
    home = _list(tree)
    edits = [
        edit for module, names_ in _needed(group).items() for edit in _import_edits(tree, module, names_)
    ]
    if home is None:  # put together in some other way: added to whatever it is
        end = len(text.rstrip().split("\n"))
        edits.append(_Edit(end, len(lines), ["", *block, "", f"ANSWERS = [*ANSWERS, *{variable}]", ""]))
    else:
        closing = (home.end_lineno or home.lineno) - 1
        edits.append(_Edit(closing, closing, [f"    *{variable},"]))
        edits.append(_Edit(home.lineno - 1, home.lineno - 1, [*block, ""]))
    for edit in sorted(edits, key=lambda edit: edit.first, reverse=True):
        lines[edit.first : edit.last] = edit.lines
    return "\n".join(lines)


def _needed(group: Group) -> dict[str, tuple[str, ...]]:
    needed: dict[str, tuple[str, ...]] = {"autograder.lesson.answers": _WORDS[group.kind]}
    if group.kind == "function":
        needed["autograder.lesson.samples"] = ("Known",)
    return needed


def _list(tree: ast.Module) -> ast.Assign | None:
    """Find ``ANSWERS = [...]``, its closing bracket alone on a line."""
    found = None
    for node in tree.body:
        if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "ANSWERS":
            is_open = isinstance(node.value, ast.List) and bool(node.value.elts)
            last = node.value.elts[-1].end_lineno if is_open and isinstance(node.value, ast.List) else None
            found = node if last is not None and last != node.end_lineno else None
    return found


def _import_edits(tree: ast.Module, module: str, wanted: tuple[str, ...]) -> list[_Edit]:
    """Return what has names imported from a module: a longer import, a new one, or nothing."""
    imports = [node for node in tree.body if isinstance(node, ast.ImportFrom | ast.Import)]
    for node in imports:
        if not isinstance(node, ast.ImportFrom) or node.module != module:
            continue
        if {name.name for name in node.names if name.asname is None} >= set(wanted):
            return []
        if all(name.asname is None for name in node.names):
            text = _import(module, {name.name for name in node.names} | set(wanted))
            return [_Edit(node.lineno - 1, node.end_lineno or node.lineno, text.split("\n"))]
    below = max((node.end_lineno or node.lineno for node in imports), default=_docstring_end(tree))
    return [_Edit(below, below, [_import(module, wanted)])]


def _docstring_end(tree: ast.Module) -> int:
    first = tree.body[0] if tree.body else None
    is_text = isinstance(first, ast.Expr) and isinstance(first.value, ast.Constant)
    return (first.end_lineno or 0) if is_text and first is not None else 0


def _import(module: str, names: Iterable[str]) -> str:
    """Write an import as the formatter has it."""
    listed = sorted(names)
    line = f"from {module} import {', '.join(listed)}"
    if len(line) <= _LINE:
        return line
    return "\n".join([f"from {module} import (", *(f"    {name}," for name in listed), ")"])
