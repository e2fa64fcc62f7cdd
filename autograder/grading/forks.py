"""A process that answers questions in forks of itself: a number of them at a time, none longer than it may.

A fork that says after an answer that it is as it was before is given the next question, up to `MOST` of them, and
stays for it where none waits: making a fork, and the pages that it copies, cost as much as a small question.
"""

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

MOST = 256  # questions that one fork answers
_LONGEST_REASON = 2_000
_MORE, _LAST = b"m", b"l"  # what a fork says once it has answered: that it may be asked again, or not
STOPPED = "it was stopped"


@dataclass(slots=True)
class _Fork:
    pid: int
    desk: socket.socket  # over which it says that it is done, and is given the next connection
    end: float
    connection: socket.socket | None  # of the question that it is at; None between two, and when it is let go
    made: int  # after how many renewals of what forks share
    left: int = MOST
    late: bool = False


class Forks:
    """Serves a link over which connections come; each is answered in a fork.

    A fork that ends without an answer is answered for: ``{"lost": reason, "killed": bool}``, where `killed` says that
    it was somebody else who ended it, and not its own time or an error. It costs the question that it was at, and none
    before or after it.

    Parameters
    ----------
    link
        A SEQPACKET socket; each message on it brings a connection.
    jobs
        Forks at a time; the rest waits.
    patience
        Seconds for a question.
    answer
        Called in the fork, with the connection; returns whether nothing is left of it that another question could feel.
    before
        Called before each question; returns whether what forks share had to be made anew.
    """

    def __init__(
        self, link: socket.socket, jobs: int, patience: float, answer: Callable[[socket.socket], bool],
        before: Callable[[], bool] = lambda: False,
    ) -> None:  # fmt: skip
        self._link = link
        self._jobs = jobs
        self._patience = patience
        self._answer = answer
        self._before = before
        self._waiting: deque[socket.socket] = deque()
        self._renewed = 0
        self._working: dict[int, _Fork] = {}  # by pidfd
        self._desks: dict[int, _Fork] = {}  # by the desk's descriptor
        self._idle: list[_Fork] = []  # that may be asked, and stay for it
        self._poller = select.poll()

    def serve(self) -> None:
        """Answer until nobody is at the other end; forks at work are then left to end with this process."""
        self._poller.register(self._link, select.POLLIN)
        while True:
            for fd, _ in self._poller.poll(self._until_next_end()):
                if fd in self._desks:
                    self._done(self._desks[fd])
                elif fd in self._working:
                    self._reap(fd)
                elif fd == self._link.fileno() and not self._accept():
                    return
            self._end_overdue()
            while self._waiting and len(self._working) - len(self._idle) < self._jobs:
                self._give(self._waiting.popleft())

    def _accept(self) -> bool:
        try:
            said, handles, _, _ = socket.recv_fds(self._link, 16, 1)
        except OSError:
            return False
        self._waiting += [socket.socket(fileno=handle) for handle in handles]
        return bool(said)

    def _give(self, connection: socket.socket) -> None:
        """Give a question to a fork that stays for it, or to a new one."""
        while self._idle:
            fork = self._idle.pop()
            if not self._is_old(fork):
                self._ask(fork, connection)
                return
            self._let_go(fork)
        self._renewed += self._before()
        self._fork(connection)

    def _ask(self, fork: _Fork, connection: socket.socket) -> None:
        fork.connection = connection
        fork.end = time.monotonic() + self._patience
        with suppress(OSError):  # it is gone, and answered for when that is seen
            socket.send_fds(fork.desk, [b"?"], [connection.fileno()])

    def _let_go(self, fork: _Fork) -> None:
        self._poller.unregister(fork.desk.fileno())
        del self._desks[fork.desk.fileno()]
        fork.desk.close()  # by which it knows
        if fork in self._idle:
            self._idle.remove(fork)

    def _fork(self, connection: socket.socket) -> None:
        parent = os.getpid()
        desk, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        pid = os.fork()
        if pid == 0:
            desk.close()
            self._child(connection, theirs, parent)
        theirs.close()
        pidfd = os.pidfd_open(pid)
        fork = _Fork(pid, desk, time.monotonic() + self._patience, connection, self._renewed)
        self._working[pidfd] = self._desks[desk.fileno()] = fork
        self._poller.register(pidfd, select.POLLIN)
        self._poller.register(desk.fileno(), select.POLLIN)

    def _done(self, fork: _Fork) -> None:
        """Hear that a fork has answered, and give it the next question, have it stay for one, or let it go."""
        try:
            said = fork.desk.recv(1)
        except OSError:
            said = b""
        if said and fork.connection is not None:
            fork.connection.close()
            fork.connection = None
            fork.left -= 1
            if said == _MORE and fork.left and not fork.late and not self._is_old(fork):
                if self._waiting:
                    self._ask(fork, self._waiting.popleft())
                else:
                    self._idle.append(fork)
                return
        self._let_go(fork)

    def _is_old(self, fork: _Fork) -> bool:
        """Whether what a fork shares with this process has been made anew since."""
        self._renewed += self._before()
        return fork.made != self._renewed

    def _child(self, connection: socket.socket, desk: socket.socket, parent: int) -> None:
        code = 1  # nothing was said: the parent does
        try:
            lockdown.die_with_parent()
            if os.getppid() != parent:
                return
            self._link.close()
            for fork in self._working.values():
                fork.desk.close()  # or it would never hear that it is let go
                if fork.connection is not None:
                    fork.connection.close()  # or its asker would never hear of its end
            for other in self._waiting:
                other.close()
            while self._answered(connection):
                desk.send(_MORE)
                _, handles, _, _ = socket.recv_fds(desk, 1, 1)
                if not handles:
                    break
                connection = socket.socket(fileno=handles[0])
            else:
                desk.send(_LAST)
            code = 0
        finally:
            os._exit(code)

    def _answered(self, connection: socket.socket) -> bool:
        """Answer one question; return whether this process may be asked another."""
        with connection:
            try:
                return self._answer(connection)
            except BaseException as error:  # noqa: BLE001 - said to the asker, who goes on
                reason = f"{type(error).__name__}: {error}"[:_LONGEST_REASON]
                wire.send(connection, {"lost": reason, "killed": False})
                return False

    def _reap(self, pidfd: int) -> None:
        fork = self._working.pop(pidfd)
        self._poller.unregister(pidfd)
        os.close(pidfd)
        _, status = os.waitpid(fork.pid, 0)
        if fork.desk.fileno() in self._desks:
            self._let_go(fork)
        if fork.connection is None:
            return
        with fork.connection, suppress(wire.WireError, OSError):
            if os.waitstatus_to_exitcode(status) != 0:
                fork.connection.setblocking(False)  # whoever does not read need not be told
                wire.send(fork.connection, {"lost": STOPPED, "killed": not fork.late})

    def _until_next_end(self) -> float | None:
        ends = [fork.end for fork in self._working.values() if fork not in self._idle]
        return max(min(ends) - time.monotonic(), 0) * 1000 + 1 if ends else None

    def _end_overdue(self) -> None:
        now = time.monotonic()
        for fork in self._working.values():
            if now > fork.end and fork not in self._idle:
                fork.late = True
                with suppress(ProcessLookupError):
                    os.kill(fork.pid, signal.SIGKILL)
