"""One grader at a time in a course's folder: the next one waits, and says for whom."""

from __future__ import annotations

import fcntl
import os
import socket
import time
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING

from autograder.grading.folder import CannotWriteError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

LOCK = ".autograder.lock"
_LONGEST = 500


@contextmanager
def alone_in(root: Path, doing: str, say: Callable[[str], None]) -> Iterator[int]:
    """Hold a course's folder for the time of a grading run; gives the descriptor that holds it.

    The lock is the kernel's: it ends with the process, however that ends, and with the processes that were given the
    descriptor. So none is ever left behind. The file stays and means nothing by itself.

    Parameters
    ----------
    root
        The course's folder.
    doing
        What others are told that wait.
    say
        Told when there is somebody to wait for, and who.

    Raises
    ------
    CannotWriteError
        If the folder cannot be written.
    """
    try:
        handle = os.open(root / LOCK, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW, 0o666)
    except OSError as error:
        raise CannotWriteError(error.errno, f"{root} cannot be written: {error.strerror}") from error
    try:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            who = os.pread(handle, _LONGEST, 0).decode("utf-8", "replace").strip() or "another grader"
            say(f"Waiting for {who}: one at a time grades in {root}.")
            fcntl.flock(handle, fcntl.LOCK_EX)
        with suppress(OSError):  # a full disk: who it is matters less than that it is one
            about = (
                f"process {os.getpid()} on {socket.gethostname()}, {doing} since {time.strftime('%H:%M')}\n"
            )
            os.ftruncate(handle, 0)
            os.pwrite(handle, about.encode(), 0)
        yield handle
    finally:
        os.close(handle)
