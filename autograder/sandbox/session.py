"""The trusted side's handle on the template, from which each submission gets its sandbox."""

from __future__ import annotations

import contextlib
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec

from autograder.sandbox import pages, wire
from autograder.sandbox.holder import NoSandboxError, bwrap_path
from autograder.sandbox.runner import ENVIRONMENT
from autograder.sandbox.submission import (
    GRACE,
    START_SECONDS,
    CellRun,
    Output,
    Room,
    SandboxDied,
    Submission,
)  # fmt: skip

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

    Raises
    ------
    NoSandboxError
        Where no wall can be built; the message says what to install or allow.
    """

    def __init__(self, config: dict[str, Any]) -> None:
        if not config["unsafe"]:
            bwrap_path()
        link, theirs = socket.socketpair()
        ours, door = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        self._door = wire.impatient(ours)
        self._stage = ""
        if config["staged"]:  # a place for what the ordinary user could not reach otherwise
            self._stage = tempfile.mkdtemp(prefix="autograder-stage-")
            Path(self._stage).chmod(0o711)
        config = {**config, "stage": self._stage}
        environment = {
            **ENVIRONMENT,
            **pages.MALLOC,
            "LD_BIND_NOW": "1",  # once, here, and not in every fork that first calls a function of a library
            "HOME": "/nonexistent",
            "PATH": "/usr/local/bin:/usr/bin:/bin",
        }
        cache = _cache()
        environment |= {"MPLCONFIGDIR": f"{cache}/matplotlib", "IPYTHONDIR": f"{cache}/ipython"}
        ends = (theirs.fileno(), door.fileno())
        with theirs, door:
            self.process = subprocess.Popen(
                [sys.executable, "-P", "-m", "autograder.sandbox.inside", *map(str, ends)]
                + ["checks"] * bool(config["checks"]),
                pass_fds=ends, env=environment, stdin=subprocess.DEVNULL, cwd="/",
            )  # fmt: skip
        try:
            with link:
                wire.send(link, config)
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
        self.process.kill()
        self.process.wait()
        if self._stage:
            shutil.rmtree(self._stage, ignore_errors=True)


def _cache() -> Path:
    """Return a folder of our own that is kept between runs: building Matplotlib's font list takes a second."""
    base = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    for folder in (base / "autograder", Path(f"/tmp/autograder-cache-{os.getuid()}")):  # noqa: S108
        with contextlib.suppress(OSError):
            folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            if folder.stat().st_uid == os.getuid():
                return folder
    return Path("/nonexistent")
