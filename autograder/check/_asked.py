"""Which call a check is about, and why its value is right, read from the test cell: "conv_output_size(8, 3, s=2)".

A check on a value sees the value alone. The line that made it is in the cell, which the student has before them;
hidden lines are never quoted.
"""

from __future__ import annotations

import ast
import builtins
import copy
import linecache
import sys
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from types import FrameType

_OURS = str(Path(__file__).parent)
_LONG = 100
_HIDDEN = ("### BEGIN HIDDEN TESTS", "### END HIDDEN TESTS")


def asked() -> str | None:
    """Return the first argument of the check that is running, where it calls a function and is short enough."""
    frame: FrameType | None = sys._getframe(1)  # noqa: SLF001 - the documented way to look at one's callers
    while frame is not None and frame.f_code.co_filename.startswith(_OURS):
        frame = frame.f_back
    if frame is None:
        return None
    check = _expression(frame, frame.f_lasti)
    return _short(check.args[0]) if isinstance(check, ast.Call) and check.args else None


def raised_by(error: BaseException) -> str | None:
    """Return what the test cell was about to work out when it came to this error: "sgd_step(params, {}, 0.1)"."""
    trace = error.__traceback__
    if trace is None or trace.tb_frame.f_code.co_filename.startswith(_OURS):
        return None
    cell = trace.tb_frame.f_code.co_filename
    while trace.tb_next is not None and trace.tb_next.tb_frame.f_code.co_filename == cell:
        trace = trace.tb_next  # a helper of the test cell's own is no function of the student's
    expression = _expression(trace.tb_frame, trace.tb_lasti)
    return None if expression is None else _short(expression)


def reason_for(error: BaseException) -> str | None:
    """Return the `because` of the check for whose value the test cell was about to ask when it came to this error."""
    trace = error.__traceback__
    if trace is None or trace.tb_frame.f_code.co_filename.startswith(_OURS):
        return None
    if _expression(trace.tb_frame, trace.tb_lasti) is None:  # of a hidden line nothing is said
        return None
    first, last, begin, end = next(islice(trace.tb_frame.f_code.co_positions(), trace.tb_lasti // 2, None))
    lines = linecache.getlines(trace.tb_frame.f_code.co_filename)
    try:
        calls = [node for node in ast.walk(ast.parse("".join(lines))) if isinstance(node, ast.Call)]
    except SyntaxError:
        return None
    for node in calls:
        reason = next((word.value for word in node.keywords if word.arg == "because"), None)
        if reason is None or not node.args:
            continue
        value = node.args[0]
        begins, ends = (value.lineno, value.col_offset), (value.end_lineno, value.end_col_offset)
        if begins <= (first, begin) and (last, end) <= ends:
            if isinstance(reason, ast.Name):
                frame = trace.tb_frame
                found = frame.f_locals.get(reason.id, frame.f_globals.get(reason.id))
            else:
                found = reason.value if isinstance(reason, ast.Constant) else None
            return found if isinstance(found, str) else None
    return None


def _expression(frame: FrameType, instruction: int) -> ast.expr | None:
    """Return the expression of a cell that an instruction belongs to; None for a hidden one."""
    try:
        spot = next(islice(frame.f_code.co_positions(), instruction // 2, None))
        first, last, begin, end = spot
        lines = linecache.getlines(frame.f_code.co_filename)
        if first is None or last is None or not lines or _hidden(lines[:first]):
            return None
        text = [line.encode() for line in lines[first - 1 : last]]
        text[-1] = text[-1][:end]
        text[0] = text[0][begin:]
        return ast.parse(b"".join(text).decode(), mode="eval").body
    except Exception:  # noqa: BLE001 - a message without the call is a message still
        return None


def _short(expression: ast.expr) -> str | None:
    called = [node.func for node in ast.walk(expression) if isinstance(node, ast.Call)]
    if not any(isinstance(name, ast.Name) and not hasattr(builtins, name.id) for name in called):
        return None  # what calls Python's own functions alone asks nothing of a student
    for shorter in (_AsIs(), _Unwrapped(), _Emptied()):
        said = ast.unparse(shorter.visit(copy.deepcopy(expression)))
        if len(said) <= _LONG:
            return said
    return None


class _AsIs(ast.NodeTransformer):
    """Keeps all."""


class _Unwrapped(ast.NodeTransformer):
    """Writes the list for np.array of a list."""

    def visit_Call(self, node: ast.Call) -> ast.expr:
        self.generic_visit(node)
        listed = isinstance(node.func, ast.Attribute) and node.func.attr == "array" and len(node.args) == 1
        return node.args[0] if listed and not node.keywords else node


class _Emptied(ast.NodeTransformer):
    """Writes three dots for the arguments of a call."""

    def visit_Call(self, node: ast.Call) -> ast.expr:
        dots: ast.expr = ast.Constant(...)
        return ast.Call(node.func, [dots], []) if isinstance(node.func, ast.Name) else node


def _hidden(lines: list[str]) -> bool:
    begun, ended = (sum(line.strip() == marker for line in lines) for marker in _HIDDEN)
    return begun > ended
