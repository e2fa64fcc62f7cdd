"""How a template's process begins, and what the trusted side has of one that has begun."""

from __future__ import annotations

import contextlib
import os
import signal
import socket
import subprocess
import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

from autograder.sandbox import environment, scratch, wire

if TYPE_CHECKING:
    from collections.abc import Iterator

    from autograder.sandbox.scratch import Scratch


class Process(Protocol):
    """What is asked of a template's process by the one that started it."""

    pid: int

    def poll(self) -> int | None:
        """Return its exit code; None while it runs."""

    def kill(self) -> None:
        """Kill it."""

    def wait(self) -> int:
        """Wait for its end; return its exit code."""


class Fork:
    """A fork of this process, with a popened process's methods."""

    def __init__(self, pid: int) -> None:
        self.pid = pid
        self._code: int | None = None

    def poll(self) -> int | None:
        """Return its exit code; None while it runs."""
        return self._reap(os.WNOHANG)

    def kill(self) -> None:
        """Kill it."""
        if self.poll() is None:
            os.kill(self.pid, signal.SIGKILL)

    def wait(self) -> int:
        """Wait for its end; return its exit code."""
        code = self._reap(0)
        return 0 if code is None else code

    def _reap(self, options: int) -> int | None:
        if self._code is None:
            try:
                pid, status = os.waitpid(self.pid, options)
            except ChildProcessError:  # somebody else heard of its end
                self._code = 0
            else:
                self._code = os.waitstatus_to_exitcode(status) if pid else None
        return self._code


@dataclass(frozen=True, slots=True)
class Begun:
    """A template that has begun, and has not said yet that it is ready.

    Attributes
    ----------
    process
        The template.
    link
        Over which it is told its configuration, and says that it is ready.
    door
        For what is asked of it later.
    stage
        Its folder for what the ordinary user could not reach otherwise; None where there is no need.
    """

    process: Process
    link: socket.socket
    door: socket.socket
    stage: Scratch | None

    def close(self) -> None:
        """End it; its sandboxes die with it."""
        self.link.close()
        self.door.close()
        self.process.kill()
        self.process.wait()
        if self.stage is not None:
            self.stage.close()


@dataclass(frozen=True, slots=True)
class Ends:
    """Both ends of a template's two connections; the first two stay with the one who starts it."""

    link: socket.socket
    door: socket.socket
    its_link: socket.socket
    its_door: socket.socket


@contextlib.contextmanager
def connections() -> Iterator[Ends]:
    """Make a template's connections; its own ends are closed here when it has begun, and all where it has not."""
    link, its_link = socket.socketpair()
    door, its_door = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    with its_link, its_door:
        try:
            yield Ends(link, door, its_link, its_door)
        except BaseException:
            link.close()
            door.close()
            raise


def execute(config: dict[str, Any]) -> Begun:
    """Begin a template as a process of its own, and tell it its configuration."""
    with connections() as ends:
        theirs = ends.its_link.fileno(), ends.its_door.fileno()
        process = subprocess.Popen(
            [sys.executable, "-P", "-m", "autograder.sandbox.inside", *map(str, theirs)]
            + ["checks"] * bool(config["checks"]),
            pass_fds=theirs, env=environment.of_a_template(), stdin=subprocess.DEVNULL, cwd="/",
        )  # fmt: skip
    return told(process, ends, config)


def told(process: Process, ends: Ends, config: dict[str, Any]) -> Begun:
    """Tell a template its configuration."""
    stage = scratch.make("stage") if config["staged"] else None
    if stage is not None:
        stage.path.chmod(0o711)
    with contextlib.suppress(wire.WireError):  # it is gone, which is said where it is waited for
        wire.send(ends.link, {**config, "stage": str(stage.path) if stage else ""})
    return Begun(process, ends.link, ends.door, stage)
