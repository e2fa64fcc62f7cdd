"""Exceptions as findings: what a student reads when code raised instead of returning.

Advice on the errors of Python and NumPy is a table of its own, in `_errors`.
"""

from __future__ import annotations

import re
import sys
import traceback
from dataclasses import replace
from pathlib import Path

import numpy as np

from autograder.check import _context
from autograder.check._asked import raised_by, reason_for
from autograder.check._errors import advice_on, refusal
from autograder.check._finding import NOT_WRITTEN, CheckFailed, Finding, ProcessDied, TookTooLong
from autograder.check._missing import missing

FOLDED = "Folded cells have to be run too: Run All Above Selected Cell, in the Run menu, does it."
_OURS = str(Path(__file__).parent)
_NUMPY = str(Path(np.__file__).parent)
_LONG = 300
_PLACE = 160
_QUOTED = re.compile(r"'.*'|\".*\"")
_REMOTE = re.compile(r"line \d+ of (<?\w+>?)")


def explain(error: BaseException, case: str | None = None) -> Finding:  # noqa: PLR0911 - a table
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
        return _not_written(error)
    if isinstance(error, NameError) and error.name and _in_the_cell(error):
        graded = _context.session.get() is not None
        return Finding(missing(error.name, graded=graded), advice=None if graded else FOLDED)
    case = case or raised_by(error)
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
        return _refused(Finding(message or "an assertion does not hold", case=case), error)
    verdict = _with(f"raised {type(error).__name__}", error)
    if type(error).__name__ == "SubmissionError" and message:
        verdict = message  # an exception class of the student's own; the words name it
    hint = advice_on(error, message) if isinstance(error, Exception) else None
    where = place(error)
    same = f"{type(error).__name__}{where or ': ' + message}"
    return _refused(Finding(verdict + where, case=case, advice=hint, error=same), error)


def _refused(finding: Finding, error: BaseException) -> Finding:
    """Say why there is an answer to a call that a student's function refuses, as far as the test cell says it."""
    because = reason_for(error) if finding.advice is None and refusal(error) else None
    if because is None:
        return finding
    return replace(finding, verdict=f"{finding.verdict} ({because})", advice=refusal(error))


def _not_written(error: NotImplementedError) -> Finding:
    """Tell an exercise that is not written from one that calls another such."""
    names = _callers(error)
    if len(names) < 2 or names[0] == names[-1]:  # noqa: PLR2004 - the exercise and its helper
        return Finding(NOT_WRITTEN)
    caller = f"`{names[0]}`" if names[0].isidentifier() else "this"
    verdict = f"{caller} calls `{names[-1]}`, which is {NOT_WRITTEN}"
    return Finding(verdict, error=verdict)


def _callers(error: BaseException) -> list[str]:
    """Return the student's functions that an exception came through, the first one called first."""
    remote = getattr(error, "remote_traceback", None)
    if isinstance(remote, str):
        names = [name for name in reversed(_REMOTE.findall(remote)) if name != "<module>"]
    elif remote is not None or _context.session.get() is not None:
        return []
    else:
        cell = _test_cell()
        names = [
            frame.name
            for frame in traceback.extract_tb(error.__traceback__)
            if not frame.filename.startswith((_OURS, _NUMPY))
            and frame.filename != cell
            and frame.name != "<module>"
        ]
    return names if names and names[-1].isidentifier() else []


def _test_cell() -> str:
    """Return the file of the nearest caller outside of this package: the test cell that is running."""
    frame = sys._getframe()  # noqa: SLF001 - the documented way to look at one's callers
    while frame.f_back is not None and frame.f_code.co_filename.startswith(_OURS):
        frame = frame.f_back
    return frame.f_code.co_filename


def _with(verdict: str, error: BaseException) -> str:
    message = said(error)
    return f"{verdict}: {message}" if message else verdict


def said(error: BaseException) -> str:
    """Return an exception's message; a message that cannot be read counts as none."""
    try:
        text = str(error)
    except Exception:  # noqa: BLE001 - a student's own exception class may do anything
        return ""
    if isinstance(error, KeyError) and _QUOTED.fullmatch(str(error.args[0]) if error.args else ""):
        text = str(error.args[0])  # its words came from a sandbox, where the key was quoted before
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
