"""Exceptions as findings: what a student reads when code raised instead of returning."""

from __future__ import annotations

import traceback
from pathlib import Path

import numpy as np

from autograder.check import _context
from autograder.check._finding import CheckFailed, Finding, ProcessDied, TookTooLong

NOT_WRITTEN = "not written yet"
_OURS = str(Path(__file__).parent)
_NUMPY = str(Path(np.__file__).parent)
_LONG = 300
_PLACE = 160


def explain(error: BaseException, case: str | None = None) -> Finding:  # noqa: C901, PLR0911 - a table
    """Return what an exception means to the person whose code raised it.

    Parameters
    ----------
    error
        Raised by a check, by a student's function here, or carried over from the sandbox
        (then `error.remote_traceback` may hold its traceback as text).
    case
        The arguments of the call, as text.
    """
    if isinstance(error, CheckFailed):
        return error.finding
    if isinstance(error, NotImplementedError):
        return Finding(NOT_WRITTEN)
    if isinstance(error, NameError) and error.name and _in_the_cell(error):
        return Finding(f"`{error.name}` is not defined: run its cell")
    if isinstance(error, TookTooLong):
        advice = "Is there a loop that never ends, or one over single entries that NumPy could do at once?"
        return Finding(_with("took too long", error), case=case, advice=advice)
    if isinstance(error, ProcessDied):
        advice = "Too much memory, exit() or a crash does that."
        return Finding(str(error) or "Python itself ended during the call", case=case, advice=advice)
    if isinstance(error, RecursionError):
        return Finding("called itself without end", case=case, advice="Which call should be the last one?")
    if isinstance(error, MemoryError):
        return Finding("ran out of memory", case=case, advice="Which array is larger than the input?")
    message = said(error)
    if isinstance(error, AssertionError):
        return Finding(message or "an assertion does not hold", case=case)
    verdict = _with(f"raised {type(error).__name__}", error)
    if type(error).__name__ == "SubmissionError" and message:
        verdict = message  # an exception class of the student's own; the words name it
    advice = ""
    if isinstance(error, ValueError) and "read-only" in message:
        advice = "An argument must not be written to. Which line assigns into it?"
    return Finding(verdict + place(error), case=case, advice=advice or None)


def _with(verdict: str, error: BaseException) -> str:
    message = said(error)
    return f"{verdict}: {message}" if message else verdict


def said(error: BaseException) -> str:
    """Return an exception's message; a message that cannot be read counts as none."""
    try:
        text = str(error)
    except Exception:  # noqa: BLE001 - a student's own exception class may do anything
        return ""
    return text if len(text) <= _LONG else text[: _LONG - 3] + "..."


def place(error: BaseException) -> str:
    """Return which line of the student's function raised, as " (line 4 of relu: `return y`)", or nothing."""
    remote = getattr(error, "remote_traceback", None)
    if isinstance(remote, str):
        return f" ({remote[:_PLACE]})" if remote and "\n" not in remote else ""
    if remote is not None or _context.session.get() is not None:
        return ""  # here every local frame is the grader's own code, which may be a hidden test
    frames = [
        frame
        for frame in traceback.extract_tb(error.__traceback__)
        if not frame.filename.startswith((_OURS, _NUMPY)) and frame.name.isidentifier()
    ]
    if not frames:
        return ""
    line = (frames[-1].line or "").strip().replace("`", "'")[:_PLACE]
    return f" (line {frames[-1].lineno} of {frames[-1].name}" + (f": `{line}`)" if line else ")")


def _in_the_cell(error: BaseException) -> bool:
    """Return whether the test cell itself lacks the name, not the function it calls."""
    if getattr(error, "remote_traceback", None) is not None:
        return False
    if getattr(error, "missing_exercise", False):
        return True
    trace = error.__traceback__
    return trace is None or trace.tb_next is None
