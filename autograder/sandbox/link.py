"""The trusted end of one test cell's calls: to the notebook's own process as long as they leave no trace, then to a fork.

What may be asked of the notebook's process is told by that process itself (`described`): an honest one is spared forks,
and one that lies changes what its own cells and tests find.
"""

from __future__ import annotations

import time
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from autograder.sandbox import wire

if TYPE_CHECKING:
    import socket as sockets
    from collections.abc import Iterator, Sequence

    from autograder.sandbox.submission import Submission


class TestLink:
    """Where one test cell's questions go."""

    __test__ = False  # a name that pytest would collect

    def __init__(self, submission: Submission, number: int) -> None:
        self._submission = submission
        self._number = number
        self._fork: sockets.socket | None = None
        self._traceless: frozenset[str] | None = None  # names of functions; None where a fork looked them up
        self._clean = True  # whether nothing was asked but what leaves no trace
        self._at_home = False  # whether something was asked of the notebook's process
        self._under_way = 0  # conversations, one within the other
        self._spoilt = False

    @property
    def socket(self) -> sockets.socket:
        """The socket to who answers now; raises `wire.Closed` where nobody can be had."""
        if self._fork is not None:
            return self._fork
        if self._at_home and (self._clean or self._under_way):
            return self._submission.control
        if self._clean and self._traceless is not None and self._submission.answers_tests:
            self._at_home = True
            return self._submission.control
        self._fork = self._submission.fork_for(self._number)  # as the notebook's process is now, in this test
        return self._fork

    def send(self, message: dict[str, Any], buffers: list[Any]) -> None:
        """Ask something."""
        wire.send(self.socket, {**message, "test": self._number}, buffers)

    def receive(self, deadline: float) -> tuple[dict[str, Any], memoryview]:
        """Wait for an answer."""
        answer = wire.receive(self.socket, deadline, self._submission.watch_memory)
        self._submission.heard()
        return answer

    @contextmanager
    def conversation(self) -> Iterator[None]:
        """Stay with who is asked first until all is answered."""
        self.begin_conversation()
        try:
            yield
        finally:
            self.end_conversation()

    def begin_conversation(self) -> None:
        """Stay with who is asked first from here on."""
        _ = self.socket
        self._under_way += 1

    def end_conversation(self) -> None:
        """Note that all of it is answered."""
        self._under_way -= 1

    def describe(
        self, names: list[str], seconds: float, *, under_way: bool = False, again: Sequence[str] = ()
    ) -> tuple[dict[str, Any], memoryview]:
        """Return what these names are bound to; plain functions and data need no fork.

        Where the test is `under_way`, a fork is asked: the test's alarm must not come between the runner's words.
        Where cells are to be run `again` that would change something, nothing is told.
        """
        if self._fork is None and not self._at_home and not under_way:
            answer, payload = self._submission.names_for(self._number, names, again)
            traceless = answer.get("traceless")
            if type(answer.get("names")) is dict and type(traceless) is list:
                self._traceless = frozenset(name for name in traceless if type(name) is str)
                return answer, payload
        if again:
            return {}, memoryview(b"")
        if self._fork is None and not self._at_home:
            self._clean = False
        with self.conversation():
            self.send({"op": "describe", "names": names}, [])
            return self.receive(time.monotonic() + seconds)

    def calls(self, name: str) -> None:
        """Note that a function is called, by the name that the notebook gave it."""
        if name not in (self._traceless or ()):
            self.leaves_trace()

    def leaves_trace(self) -> None:
        """Note that something else is asked, which the notebook's process must not feel."""
        self._clean = False
        self._spoilt |= self._fork is None and self._at_home and self._under_way > 0

    def close(self, *, now: bool = False, spoilt: bool = False) -> None:
        """End the fork: `now`, or as soon as something else is asked of the submission.

        Where the test was answered by the notebook's process, `spoilt` says that this may not be what it was.
        """
        if self._spoilt or (spoilt and self._at_home and self._fork is None):
            self._submission.spoil()
        if self._fork is not None:
            self._submission.end_test(self._number, self._fork, now=now)
