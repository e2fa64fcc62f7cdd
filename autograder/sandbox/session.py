"""The trusted side's handle on the template, from which each submission gets its sandbox."""

from __future__ import annotations

import socket
import time
from functools import partial
from typing import TYPE_CHECKING, Any

import msgspec

from autograder.sandbox import begin, wire
from autograder.sandbox.holder import NoSandboxError, bwrap_path
from autograder.sandbox.ran import CellRun, Output
from autograder.sandbox.submission import GRACE, START_SECONDS, Room, SandboxDied, Submission

if TYPE_CHECKING:
    from autograder.sandbox.limits import Limits

__all__ = ["GRACE", "CellRun", "Output", "SandboxDied", "Submission", "Template"]


class Template:
    """The warm process that submissions are forked from.

    Forks of the process that made it may ask it for sandboxes, any number of them at a time: each sends one
    message, and nobody waits for another.

    Parameters
    ----------
    config
        From `wall.configuration`.
    begun
        One that has begun with this configuration; it is made here when None.

    Raises
    ------
    NoSandboxError
        Where no wall can be built; the message says what to install or allow.
    """

    def __init__(self, config: dict[str, Any], begun: begin.Begun | None = None) -> None:
        if not config["unsafe"]:
            try:
                bwrap_path()
            except NoSandboxError:
                if begun is not None:
                    begun.close()
                raise
        self._begun = begun or begin.execute(config)
        self.process = self._begun.process
        self._door = wire.impatient(self._begun.door)
        try:
            with self._begun.link as link:
                ready, _ = wire.receive(link, time.monotonic() + 120)
        except (wire.WireError, wire.Deadline) as error:
            self.close()
            raise NoSandboxError(f"the sandbox's template did not start ({error})") from error
        if not ready.get("ready"):
            self.close()
            raise NoSandboxError(f"the sandbox's template did not start: {ready.get('error')}")

    @property
    def alive(self) -> bool:
        """Whether the process runs; only the process that made it can tell."""
        return self.process.poll() is None

    def start(self, limits: Limits, student: str = "") -> Submission:
        """Make a fresh sandbox with a fork of the template in it; `student` is told to what runs there."""
        return Submission(partial(self._room, limits, student), limits)

    def _room(self, limits: Limits, student: str) -> Room:
        plain, theirs = socket.socketpair()
        reins, theirs_reins = socket.socketpair()
        ours = wire.impatient(plain)
        order = msgspec.msgpack.encode({"limits": limits.as_dict(), "student": student})
        try:
            with theirs, theirs_reins:
                socket.send_fds(self._door, [order], [theirs.fileno(), theirs_reins.fileno()])
            answer, _ = wire.receive(
                ours, time.monotonic() + START_SECONDS
            )  # nothing of the student's runs yet
            if "error" in answer:
                raise NoSandboxError(str(answer["error"]))
        except (wire.WireError, wire.Deadline, OSError) as error:
            reins.close()
            ours.close()
            raise NoSandboxError(f"the sandbox did not start ({type(error).__name__}: {error})") from error
        except BaseException:
            reins.close()
            ours.close()
            raise
        return Room(ours, reins, int(answer["keeper"]))

    def close(self) -> None:
        """End the template; its sandboxes die with it."""
        self._door.close()
        self._begun.close()
