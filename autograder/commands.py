"""How a command starts and ends: little that waits in between is worth a collector's time or a slow goodbye.

A file that cannot be written ends a command with words that name it and what to do.
"""

from __future__ import annotations

import atexit
import errno
import gc
import os
import sys
import threading
from typing import Any

import typer
from typer.core import TyperGroup

_OBJECTS = 50_000  # made between two looks for what can be thrown away; most of them are modules' and stay
_AGAIN = "and run the same command again."
_ROOM = f"Make room there, {_AGAIN}"
_RIGHTS = f"Set right who may read and write there, {_AGAIN}"
_OTHER = "Something else stands in its place: move that away, or name another."
#: What to do where a file cannot be written; any other error is a fault of this program, and is shown whole.
_MENDS = {
    errno.ENOSPC: _ROOM,
    errno.EDQUOT: _ROOM,
    errno.EFBIG: f"It is larger than files may be there: raise that limit, {_AGAIN}",
    errno.EACCES: _RIGHTS,
    errno.EPERM: _RIGHTS,
    errno.EROFS: f"The disk can only be read: mount it for writing, {_AGAIN}",
    errno.EIO: "`autograder doctor --quick` looks at the course and its gradebook.",
    errno.EBUSY: f"Another program is at work there: wait for it, {_AGAIN}",
    errno.ENAMETOOLONG: "Name another.",
    errno.EEXIST: _OTHER,
    errno.ENOTDIR: _OTHER,
    errno.EISDIR: _OTHER,
}


def told(error: OSError) -> str:
    """Say which file stands in the way and what to do; nothing for an error of another kind."""
    mend = _MENDS.get(error.errno or 0)
    if mend is None or (error.filename is None and mend is not _ROOM):
        return ""
    return f"{os.fsdecode(error.filename or 'a file')} cannot be used: {error.strerror}. {mend}"


class _Group(TyperGroup):
    def invoke(self, ctx: Any) -> Any:
        try:
            return super().invoke(ctx)
        except OSError as error:
            if not (words := told(error)):
                raise
            typer.secho(words, fg=typer.colors.RED, err=True)
            raise typer.Exit(1) from None


class Commands(typer.Typer):
    """Commands that end at once: taking a Python down object by object takes a tenth of a second."""

    def __init__(self, **options: Any) -> None:
        super().__init__(cls=_Group, **options)

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """Run a command, and end this process with its code."""
        gc.set_threshold(_OBJECTS)
        try:
            return super().__call__(*args, **kwargs)
        except SystemExit as ending:
            if kwargs.get("standalone_mode", True) and threading.active_count() == 1:
                leave(ending.code)
            raise


def leave(code: object) -> None:
    """End this process, once what is to be done at its end is done and all is written; or leave that to Python."""
    if not isinstance(code, int | None):
        return  # a message, which Python shows
    try:
        atexit._run_exitfuncs()  # noqa: SLF001 - what is registered there has to be done, and nothing else does it
        sys.stdout.flush()
        sys.stderr.flush()
    except Exception:  # noqa: BLE001 - a full disk, nobody who listens: Python knows what to say of it
        return
    os._exit(code or 0)
