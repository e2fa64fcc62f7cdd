"""How a command starts and ends: little that waits in between is worth a collector's time or a slow goodbye."""

from __future__ import annotations

import atexit
import gc
import os
import sys
import threading
from typing import Any

import typer

_OBJECTS = 50_000  # made between two looks for what can be thrown away; most of them are modules' and stay


class Commands(typer.Typer):
    """Commands that end at once: taking a Python down object by object takes a tenth of a second."""

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
