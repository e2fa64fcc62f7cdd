"""Which call a check is about, read from the test cell's own line: "conv_output_size(8, 3, s=2)".

A check on a value sees the value alone. The line that made it is in the cell, which the student has before them;
hidden lines are never quoted.
"""

from __future__ import annotations

import ast
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
    try:
        frame: FrameType | None = sys._getframe(1)  # noqa: SLF001 - the documented way to look at one's callers
        while frame is not None and frame.f_code.co_filename.startswith(_OURS):
            frame = frame.f_back
        return None if frame is None else _argument(frame)
    except Exception:  # noqa: BLE001 - a message without the call is a message still
        return None


def _argument(frame: FrameType) -> str | None:
    first, last, begin, end = next(islice(frame.f_code.co_positions(), frame.f_lasti // 2, None))
    if first is None or last is None or begin is None or end is None:
        return None
    lines = linecache.getlines(frame.f_code.co_filename)
    if not lines or _hidden(lines[:first]):
        return None
    text = [line.encode() for line in lines[first - 1 : last]]
    text[-1] = text[-1][:end]
    text[0] = text[0][begin:]
    call = ast.parse(b"".join(text).decode(), mode="eval").body
    if not isinstance(call, ast.Call) or not call.args:
        return None
    calls = [node for node in ast.walk(call.args[0]) if isinstance(node, ast.Call)]
    if not any(isinstance(node.func, ast.Name) for node in calls):
        return None
    said = ast.unparse(call.args[0])
    return said if len(said) <= _LONG else None


def _hidden(lines: list[str]) -> bool:
    begun, ended = (sum(line.strip() == marker for line in lines) for marker in _HIDDEN)
    return begun > ended
