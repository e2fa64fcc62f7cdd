"""How a command starts and ends: little that waits in between is worth a collector's time or a slow goodbye.

Typer has Pydantic look at every option, and importing that takes longer than most commands need for their own start.
What is plainly the text, number or path that was asked for is taken as it is here; Pydantic is asked about the rest, and
has the words where something does not fit.
"""

from __future__ import annotations

import atexit
import gc
import os
import sys
import threading
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, get_args, get_origin

import typer
from typer.core import TyperCommand, TyperGroup

if TYPE_CHECKING:
    from collections.abc import Callable

_OBJECTS = 50_000  # made between two looks for what can be thrown away; most of them are modules' and stay
_DIGITS = 9  # of a number that is plainly one
_UNKNOWN: Any = object()


class _Plainly:
    """Stands where Typer puts what reads an option, for as long as that is not needed."""

    def coerce(self, value: Any, param: Any, ctx: Any) -> Any:
        """Return what an option was given as, in its type."""
        if value is None:
            return () if param.multiple or param.nargs == -1 else None
        with suppress(AttributeError):  # another Typer, which says it in other ways
            found = plainly(value, param.type_descriptor.annotation, param.type_descriptor.parameter_info)
            if found is not _UNKNOWN:
                return found
        param._runtime_param = None  # noqa: SLF001 - as Typer left it
        return param.get_runtime_param().coerce(value, param=param, ctx=ctx)


def plainly(value: Any, kind: Any, about: Any) -> Any:
    """Return an option's value where it is plain what it is, else something that is nothing else."""
    found = _UNKNOWN
    if about.parser is not None:
        pass
    elif kind is Path and isinstance(value, str | Path) and str(value) != "-" and _asks_nothing(about):
        if os.access(value, os.R_OK) or not os.path.lexists(value):
            found = Path(value)
    elif kind == list[str] and type(value) in (list, tuple) and all(type(one) is str for one in value):
        found = list(value)
    elif type(value) is str:
        if kind is str or (get_origin(kind) is Literal and value in get_args(kind)):
            found = value
        elif kind is int and value.isascii() and value.isdecimal() and len(value) <= _DIGITS:
            number = int(value)
            if (about.min is None or number >= about.min) and (about.max is None or number <= about.max):
                found = number
    return found


def _asks_nothing(about: Any) -> bool:
    """Whether a path may be anything that can be read, or not be there."""
    wanted = about.exists, about.writable, about.resolve_path, about.path_type is not None
    return about.file_okay and about.dir_okay and not any(wanted)


class _Command(TyperCommand):
    """A command whose options are taken as they are where that is plain."""

    def get_params(self, ctx: Any) -> list[Any]:
        """Return its options, `--help` among them."""
        return _plain(super().get_params(ctx))


class _Group(TyperGroup):
    """The same, for what stands before a command's name."""

    def get_params(self, ctx: Any) -> list[Any]:
        """Return its options, `--help` among them."""
        return _plain(super().get_params(ctx))


def _plain(params: list[Any]) -> list[Any]:
    for param in params:
        if getattr(param, "_runtime_param", _UNKNOWN) is None:  # another Typer, which has none, is left alone
            param._runtime_param = _Plainly()  # noqa: SLF001
    return params


class Commands(typer.Typer):
    """Commands that end at once: taking a Python down object by object takes a tenth of a second."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(cls=_Group, **kwargs)

    def command(self, *args: Any, **kwargs: Any) -> Callable[[Any], Any]:
        """Register a command; see `typer.Typer.command`."""
        return super().command(*args, **{"cls": _Command, **kwargs})

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
