"""What comes back with an answer, made into what a call within one process would have done here.

Changed arguments, printed text, warnings, exceptions: none of it is believed further than its plain form.
"""

from __future__ import annotations

import builtins
import sys
import warnings
from typing import TYPE_CHECKING, Any

import numpy as np

from autograder.sandbox import wire

if TYPE_CHECKING:
    from collections.abc import Callable

MAX_NAME, MAX_TEXT = 100, 300  # characters of an exception: enough to help, too few to carry a test out
MAX_FRAMES = 8  # of a traceback
MAX_PRINTED = 64 << 10  # characters of one call that a test can look at


class SubmissionError(Exception):
    """What a student's function raised, where no built-in exception stands for it."""


def copy_back(changed: Any, arguments: dict[str, Any], unpack: Callable[[Any], Any]) -> None:
    """Make the test's own arguments what the call made of its copies, as a call within one process would.

    Parameters
    ----------
    changed
        What was sent: trees by the argument's key, or nothing.
    arguments
        The test's arguments by their keys: "0", "1", ... by position, "=name" by keyword.
    unpack
        Makes a value of a tree.
    """
    if type(changed) is not dict:
        return
    for key, tree in changed.items():
        if key not in arguments:
            raise wire.WireError("a change to an argument that was not there")
        assign(arguments[key], unpack(tree))


def assign(ours: Any, theirs: Any) -> None:
    """Make `ours` equal to `theirs` in place, where both are of one kind."""
    if isinstance(ours, np.ndarray) and isinstance(theirs, np.ndarray):
        if ours.flags.writeable and ours.shape == theirs.shape and ours.dtype == theirs.dtype:
            ours[...] = theirs
    elif type(ours) is list and type(theirs) is list:
        ours[:] = theirs
    elif type(ours) in (dict, set) and type(theirs) is type(ours):
        ours.clear()
        ours.update(theirs)
    elif isinstance(ours, np.random.Generator) and isinstance(theirs, np.random.Generator):
        if type(ours.bit_generator) is type(theirs.bit_generator):
            ours.bit_generator.state = theirs.bit_generator.state
    elif isinstance(ours, np.random.RandomState) and isinstance(theirs, np.random.RandomState):
        ours.set_state(theirs.get_state())


def print_again(text: Any) -> None:
    """Print what the function printed, so that a test can look at it; grading keeps it out of sight."""
    if type(text) is str and text:
        sys.stdout.write(text[:MAX_PRINTED])


def warn_again(caught: Any) -> None:
    """Warn once more here of what was warned of there."""
    if type(caught) is not list:
        return
    for item in caught[:10]:
        if type(item) is list and len(item) == 2 and all(type(part) is str for part in item):  # noqa: PLR2004
            category = getattr(builtins, item[0], UserWarning)
            if not (isinstance(category, type) and issubclass(category, Warning)):
                category = UserWarning
            warnings.warn(item[1][:500], category, stacklevel=2)


def exception(error: Any, name: str) -> Exception:
    """Rebuild a student's exception from the nearest built-in class it came from."""
    if type(error) is not dict:
        raise wire.WireError("an error of no known form")
    kind, bases, text, frames = (error.get(k) for k in ("type", "bases", "text", "frames"))
    if type(kind) is not str or type(text) is not str or type(bases) is not list:
        raise wire.WireError("an error of no known form")
    kind, text = kind[:MAX_NAME], text[:MAX_TEXT]
    rebuilt: Exception | None = None
    for base in bases:
        found = getattr(builtins, base, None) if type(base) is str else None
        if not (isinstance(found, type) and issubclass(found, BaseException)) or found in (
            BaseException,
            Exception,
        ):
            continue
        if issubclass(found, Exception) and not issubclass(
            found, (Warning, StopIteration, StopAsyncIteration)
        ):
            # (a StopIteration would end the test's own loop over calls early, and quietly)
            try:
                rebuilt = found(text if found.__name__ == kind else f"{kind}: {text}")
            except TypeError:  # UnicodeDecodeError and its like take more than words
                rebuilt = None
        break
    if rebuilt is None:
        rebuilt = SubmissionError(f"{name} raised {kind}: {text}" if text else f"{name} raised {kind}")
    steps = [frame for frame in frames[:MAX_FRAMES] if _is_step(frame)] if type(frames) is list else []
    lines = [f"line {line} of {function[:MAX_NAME]}" for function, line in steps]
    rebuilt.remote_traceback = ", in ".join(reversed(lines))[:500]  # type: ignore[attr-defined]
    return rebuilt


def _is_step(frame: Any) -> bool:
    """Whether this is a function's name and a line's number."""
    return type(frame) is list and [type(part) for part in frame] == [str, int]
