"""A process that answers each question in a fork of itself: a number of them at a time, none longer than it may."""

from __future__ import annotations

import os
import select
import signal
import socket
import time
from collections import deque
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING

from autograder.sandbox import lockdown, wire

if TYPE_CHECKING:
    from collections.abc import Callable

_LONGEST_REASON = 2_000
STOPPED = "it was stopped"


@dataclass(slots=True)
class _Fork:
    pid: int
    end: float
    connection: socket.socket
    late: bool = False


class Forks:
    """Serves a link over which connections come; each is answered in a fork.

    A fork that ends without an answer is answered for: ``{"lost": reason, "killed": bool}``, where `killed` says that
    it was somebody else who ended it, and not its own time or an error.

    Parameters
    ----------
    link
        A SEQPACKET socket; each message on it brings a connection.
    jobs
        Forks at a time; the rest waits.
    patience
        Seconds for a fork.
    answer
        Called in the fork, with the connection.
    before
        Called before each fork.
    """

    def __init__(
        self, link: socket.socket, jobs: int, patience: float, answer: Callable[[socket.socket], None],
        before: Callable[[], None] = lambda: None,
    ) -> None:  # fmt: skip
        self._link = link
        self._jobs = jobs
        self._patience = patience
        self._answer = answer
        self._before = before
        self._waiting: deque[socket.socket] = deque()
        self._working: dict[int, _Fork] = {}  # by pidfd
        self._poller = select.poll()

    def serve(self) -> None:
        """Answer until nobody is at the other end; forks at work are then left to end with this process."""
        self._poller.register(self._link, select.POLLIN)
        while True:
            for fd, _ in self._poller.poll(self._until_next_end()):
                if fd in self._working:
                    self._reap(fd)
                elif not self._accept():
                    return
            self._end_overdue()
            while self._waiting and len(self._working) < self._jobs:
                self._fork(self._waiting.popleft())

    def _accept(self) -> bool:
        try:
            said, handles, _, _ = socket.recv_fds(self._link, 16, 1)
        except OSError:
            return False
        self._waiting += [socket.socket(fileno=handle) for handle in handles]
        return bool(said)

    def _fork(self, connection: socket.socket) -> None:
        self._before()
        parent = os.getpid()
        pid = os.fork()
        if pid == 0:
            self._child(connection, parent)
        pidfd = os.pidfd_open(pid)
        self._working[pidfd] = _Fork(pid, time.monotonic() + self._patience, connection)
        self._poller.register(pidfd, select.POLLIN)

    def _child(self, connection: socket.socket, parent: int) -> None:
        code = 1  # nothing was said: the parent does
        try:
            lockdown.die_with_parent()
            if os.getppid() != parent:
                return
            self._link.close()
            for other in (*self._waiting, *(fork.connection for fork in self._working.values())):
                other.close()  # or its asker would never hear of its end
            self._answer(connection)
            code = 0
        except BaseException as error:  # noqa: BLE001 - said to the asker, who goes on
            with suppress(Exception):
                reason = f"{type(error).__name__}: {error}"[:_LONGEST_REASON]
                wire.send(connection, {"lost": reason, "killed": False})
                code = 0
        finally:
            os._exit(code)

    def _reap(self, pidfd: int) -> None:
        fork = self._working.pop(pidfd)
        self._poller.unregister(pidfd)
        os.close(pidfd)
        _, status = os.waitpid(fork.pid, 0)
        with fork.connection, suppress(wire.WireError, OSError):
            if os.waitstatus_to_exitcode(status) != 0:
                fork.connection.setblocking(False)  # whoever does not read need not be told
                wire.send(fork.connection, {"lost": STOPPED, "killed": not fork.late})

    def _until_next_end(self) -> float | None:
        if not self._working:
            return None
        return max(min(fork.end for fork in self._working.values()) - time.monotonic(), 0) * 1000 + 1

    def _end_overdue(self) -> None:
        now = time.monotonic()
        for fork in self._working.values():
            if now > fork.end:
                fork.late = True
                with suppress(ProcessLookupError):
                    os.kill(fork.pid, signal.SIGKILL)
