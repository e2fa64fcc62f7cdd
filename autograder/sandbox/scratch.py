"""Folders for the time of a process, in the system's place for such: gone with it, also where it was killed.

Who is killed removes nothing, and what is left may hold a lesson's solutions or a class's marks. So each folder is
locked for as long as its process lives, the kernel gives the lock back when that ends, and whoever makes the next folder
of the same kind on this machine removes those that nobody holds.
"""

from __future__ import annotations

import fcntl
import os
import re
import shutil
import tempfile
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator


@dataclass(frozen=True, slots=True)
class Scratch:
    """A folder that this user alone can read, until `close`.

    Attributes
    ----------
    path
        The folder.
    """

    path: Path
    _lock: int | None

    def close(self) -> None:
        """Remove it with all that is in it, as far as that can be."""
        shutil.rmtree(self.path, ignore_errors=True)
        if self._lock is not None:
            os.close(self._lock)


def make(kind: str) -> Scratch:
    """Make an empty folder, and remove those of its kind that killed processes left.

    Parameters
    ----------
    kind
        What it is for, as part of its name.

    Raises
    ------
    OSError
        If there is no place for temporary files, or no room.
    """
    machine = re.sub(r"[^\w.]", "_", os.uname().nodename)  # its place may be of many, and locks of one
    prefix = f"autograder-{kind}-{machine}-"
    _sweep(prefix)
    while True:
        path = Path(tempfile.mkdtemp(prefix=prefix))
        try:
            return Scratch(path, _hold(path))
        except (BlockingIOError, FileNotFoundError):
            continue  # somebody who sweeps was faster
        except OSError:
            return Scratch(path, None)  # a file system without locks; nobody else gets one there, either


@contextmanager
def folder(kind: str) -> Iterator[Path]:
    """Give a folder as `make` does, and remove it in the end."""
    made = make(kind)
    try:
        yield made.path
    finally:
        made.close()


def _sweep(prefix: str) -> None:
    with suppress(OSError), os.scandir(tempfile.gettempdir()) as entries:
        for entry in entries:
            if entry.name.startswith(prefix):
                with suppress(OSError):
                    Scratch(Path(entry.path), _hold(Path(entry.path))).close()


def _hold(path: Path) -> int:
    """Lock a folder of this user's that is still there; `BlockingIOError` says that somebody else holds it."""
    lock = os.open(path, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW)
    try:
        if os.fstat(lock).st_uid != os.geteuid():
            raise PermissionError(path)
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        if not os.fstat(lock).st_nlink:
            raise FileNotFoundError(path)
    except BaseException:
        os.close(lock)
        raise
    return lock
