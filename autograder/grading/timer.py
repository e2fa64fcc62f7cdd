"""The time of a test cell: an alarm that rings in the cell's own code, and in no other."""

from __future__ import annotations

import signal
from contextlib import contextmanager
from typing import TYPE_CHECKING

from autograder.check import TookTooLong
from autograder.sandbox.session import Submission

if TYPE_CHECKING:
    from collections.abc import Iterator
    from types import FrameType

_AGAIN = 2.0  # seconds after which an alarm rings again, should a check swallow the first
_SOON = 0.02  # and where it came at a bad moment
_ASKING = Submission._ask.__code__  # noqa: SLF001 - a question left in its middle answers the next one


def is_cell(file: str) -> bool:
    """Whether a file's name is one that IPython gives to a cell."""
    return "ipykernel" in file or "ipython-input" in file


@contextmanager
def timer(seconds: float) -> Iterator[None]:
    """Interrupt a test cell that takes too long on our own side, whatever it does with what it got.

    It is interrupted in the cell's own code and what that calls, where the shell makes the cell's error of it. What
    the shell itself does, before and after, comes to its end, and so does a question to the sandbox.
    """
    over = False

    def ring(signum: int, frame: FrameType | None) -> None:  # noqa: ARG001 - a signal handler's signature
        while frame is not None and not over:
            if frame.f_code is _ASKING:
                break
            if is_cell(frame.f_code.co_filename):
                raise TookTooLong(f"the test was not done after {seconds:g} s")
            frame = frame.f_back
        if not over:
            signal.setitimer(signal.ITIMER_REAL, _SOON, _AGAIN)

    previous = signal.signal(signal.SIGALRM, ring)
    signal.setitimer(signal.ITIMER_REAL, seconds, _AGAIN)
    try:
        yield
    finally:
        over = True
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, previous)
