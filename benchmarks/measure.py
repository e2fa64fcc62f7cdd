"""What a command costs with everything it starts: CPU-seconds, wall-clock seconds, peak memory.

CPU is what the kernel counts for processes that have ended and were waited for. Grading leaves orphans (the
sandboxes' processes, kernels), so this process adopts them: it makes itself the reaper of all below it, and
waits for each before it reads the sum. Nothing that ran is missed, and `self_check` shows it.
"""

# ruff: noqa: INP001 - a folder of scripts, run from here

from __future__ import annotations

import ctypes
import os
import resource
import subprocess
import sys
import threading
import time
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import psutil

if TYPE_CHECKING:
    from collections.abc import Sequence

_PR_SET_CHILD_SUBREAPER = 36
_SAMPLE = 0.5  # seconds between two looks at the memory


@dataclass(frozen=True)
class Cost:
    """What one command cost.

    Attributes
    ----------
    wall, cpu
        Seconds; `cpu` is user and system time of the command and all it started.
    peak_mib
        The largest sum of proportional set sizes (shared pages counted once), looked at five times a second.
    """

    wall: float
    cpu: float
    peak_mib: float


class CommandFailedError(RuntimeError):
    """The measured command ended with an error; its last words are the message."""


def adopt_orphans() -> None:
    """Become the parent of whatever loses its own below this process."""
    ctypes.CDLL(None, use_errno=True).prctl(_PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)


def cost(words: Sequence[str | Path], folder: Path) -> Cost:
    """Run a command to its end in a folder and return what it cost."""
    log = folder / ".bench.log"
    _reap()  # what ended since the last command, a server's processes say, is not this one's
    others = _children()
    before, started = _cpu(), time.perf_counter()
    with log.open("wb") as out:
        process = subprocess.Popen(
            words, cwd=folder, stdin=subprocess.DEVNULL, stdout=out, stderr=out, env=_environment()
        )
        memory = _Memory(others)
        memory.start()
        status = _wait_for(process.pid)
    wall = time.perf_counter() - started
    memory.stop()
    _wait_for_orphans(others)
    if status:
        raise CommandFailedError(
            f"{words[0]} ended with {status}:\n{log.read_text(errors='replace')[-3000:]}"
        )
    return Cost(wall, _cpu() - before, memory.peak / (1 << 20))


def _environment() -> dict[str, str]:
    """Put the virtual environment's commands on PATH, where nbgrader looks for alembic."""
    return {
        **os.environ,
        "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ.get('PATH', os.defpath)}",
    }


def _cpu() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def _wait_for(pid: int) -> int:
    while True:
        ended, status = os.wait()
        if ended == pid:
            return os.waitstatus_to_exitcode(status)


def _reap() -> None:
    with suppress(ChildProcessError):
        while os.waitpid(-1, os.WNOHANG)[0]:
            pass


def _children() -> set[int]:
    """Return this process's children: servers that were started before a command are not waited for."""
    with suppress(FileNotFoundError):
        return set(map(int, Path(f"/proc/self/task/{os.getpid()}/children").read_text().split()))
    return {child.pid for child in psutil.Process().children()}


def _wait_for_orphans(others: set[int], patience: float = 20.0) -> None:
    deadline = time.monotonic() + patience
    while time.monotonic() < deadline:
        _reap()
        if not _children() - others:
            return
        time.sleep(0.02)


class _Memory(threading.Thread):
    """Looks at the memory of all below this process, but for `others`, until it is stopped."""

    def __init__(self, others: set[int]) -> None:
        super().__init__(daemon=True)
        self.peak = 0
        self._others = others
        self._done = threading.Event()

    def run(self) -> None:
        while not self._done.wait(_SAMPLE):
            total = 0
            for child in _children() - self._others:
                with suppress(psutil.Error):
                    process = psutil.Process(child)
                    for one in (process, *process.children(recursive=True)):
                        with suppress(psutil.Error):
                            total += one.memory_full_info().pss
            self.peak = max(self.peak, total)

    def stop(self) -> None:
        self._done.set()
        self.join()
