"""Forks of our own, without what modules want done at every fork.

`random` reseeds, `logging` and `threading` renew their locks, IPython stops a thread: in the template and what comes
of it there is nothing of that to do, and together it writes to two hundred pages, each of which is copied then.
"""

from __future__ import annotations

import os
import threading
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable

_register, _fork, _threads = os.register_at_fork, os.fork, threading.active_count
_before: list[Callable[[], Any]] = []
_in_parent: list[Callable[[], Any]] = []
_in_child: list[Callable[[], Any]] = []
_quiet = [False]


def _run(handlers: list[Callable[[], Any]]) -> Callable[[], None]:
    def run() -> None:
        if not _quiet[0]:
            for handler in handlers:
                handler()

    return run


def _keep(
    *,
    before: Callable[[], Any] | None = None,
    after_in_parent: Callable[[], Any] | None = None,
    after_in_child: Callable[[], Any] | None = None,
) -> None:
    """Do as `os.register_at_fork`, but so that `fork` can pass the handlers over."""
    if before is not None:
        _before.insert(0, before)
    if after_in_parent is not None:
        _in_parent.append(after_in_parent)
    if after_in_child is not None:
        _in_child.append(after_in_child)


def take_over() -> None:
    """Keep the handlers of all that is imported from now on."""
    _register(before=_run(_before), after_in_parent=_run(_in_parent), after_in_child=_run(_in_child))
    os.register_at_fork = _keep


def give_back() -> None:
    """Leave what is registered later, by student code perhaps, to Python."""
    os.register_at_fork = _register


def fork() -> int:
    """Fork, passing the kept handlers over; not where other threads run, whose locks have to be renewed."""
    _quiet[0] = _threads() == 1
    try:
        return _fork()
    finally:
        _quiet[0] = False
