"""Calls of a test that are answered by the notebook's own process, where they leave no trace in it.

A fork costs more than most tests. So as long as a test calls nothing but what leaves no trace (`purity`), no fork is
made: the process takes a worker's place for the test, and is afterwards what it was. What a worker has of its own is
put in for that time (where prints go, what an alarm means), and what the test does to
the notebook's names, to its plain data and to the global random generators is put back. A test that turns out to need
more gets a fork of the process as it then is, which goes on from there.
"""

from __future__ import annotations

import random
import sys
from typing import TYPE_CHECKING, Any

import numpy as np

from autograder.sandbox import worker
from autograder.sandbox.purity import Harmless

if TYPE_CHECKING:
    import socket
    from collections.abc import Callable

    from autograder.sandbox.shell import Shell

_OPEN = 8  # tests of which the functions are known, and that may still ask for a worker
_numpy_state, _set_numpy_state = np.random.get_state, np.random.set_state
_python_state, _set_python_state = random.getstate, random.setstate


class Home:
    """Takes a worker's place for one test after the other."""

    def __init__(self, control: socket.socket, shell: Shell) -> None:
        self._control = control
        self._shell = shell
        self._known: dict[int, tuple[list[Callable[..., Any]], Harmless]] = {}  # by the test's number
        self._test = 0  # whose calls are being answered
        self._worker: worker.Worker | None = None
        self.spoilt = False  # whether something could not be put back

    def know(self, test: int, functions: list[Callable[..., Any]], found: Harmless) -> None:
        """Note what a test's names are bound to."""
        self._known[test] = functions, found
        while len(self._known) > _OPEN:
            self._known.pop(next(iter(self._known)))

    def forget(self, test: int) -> None:
        """Forget a test that is over."""
        self._known.pop(test, None)

    def answer(self, message: dict[str, Any], payload: memoryview) -> None:
        """Answer as a worker would."""
        made = self._worker
        if made is None or self._test != message["test"]:
            self.leave()
            made = self._enter(message["test"])
        if "random" in message:
            self._keep_states()
        made.answer(message, payload)

    def worker_for(self, test: int, link: socket.socket) -> worker.Worker:
        """Return what is to answer a test in a fork: as far as the test has come here, it goes on there."""
        if self._worker is not None and self._test == test:
            self._worker.link = link
            return self._worker
        self.leave()
        functions, _ = self._known.get(test, ([], None))
        return worker.ready(link, self._shell, functions)

    def _enter(self, test: int) -> worker.Worker:
        functions, found = self._known.get(test, ([], Harmless()))
        made = worker.ready(self._control, self._shell, functions)
        self._test, self._worker = test, made
        self._numbered = len(functions)
        self._names = dict(self._shell.user_ns)
        self._kept = found.kept
        self._kept.take()
        self._states: tuple[Any, Any] | None = None
        if found.draws:
            self._keep_states()
        self._handler = worker.set_handler(worker.ALARM, worker.time_up)
        self._streams = sys.stdout, sys.stderr
        sys.stdout, sys.stderr = made.streams
        return made

    def _keep_states(self) -> None:
        if self._states is None:
            self._states = _numpy_state(legacy=False), _python_state()

    def leave(self) -> None:
        """Put everything back."""
        made, self._worker = self._worker, None
        if made is None:
            return
        made.forget(self._numbered)
        sys.stdout, sys.stderr = self._streams
        worker.set_handler(worker.ALARM, self._handler)
        names, was = self._shell.user_ns, self._names
        if list(names) != list(was) or any(names[name] is not value for name, value in was.items()):
            names.clear()
            names.update(was)
        if self._states is not None:
            _set_numpy_state(self._states[0])
            _set_python_state(self._states[1])
        self.spoilt |= not self._kept.put_back()
