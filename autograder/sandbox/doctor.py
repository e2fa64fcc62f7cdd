"""`autograder doctor`, the walls: live escape attempts in a real sandbox.

A version number says little about a wall, so the wall is tried. What is tried is in `attempts`; the report, and what else
grading needs, are in `autograder.doctor`.
"""

from __future__ import annotations

import os
import secrets
import signal
import socket
import subprocess
import tempfile
import time
from contextlib import ExitStack, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

import psutil

from autograder.sandbox import wall
from autograder.sandbox.attempts import ATTEMPTS, Attempt
from autograder.sandbox.holder import HOME, NoSandboxError, bwrap_path
from autograder.sandbox.limits import Limits
from autograder.sandbox.session import Template

if TYPE_CHECKING:
    from collections.abc import Iterator

LIMITS = Limits(
    cell_seconds=2,
    call_seconds=1,
    submission_seconds=60,
    memory_mib=256,
    processes=16,
    disk_mib=8,
    output_kib=16,
)
_CALLS = {  # numbers of system calls by machine
    "x86_64": {"socket": 41, "clone": 56, "memfd": 319},
    "aarch64": {"socket": 198, "clone": 220, "memfd": 279},
}
_START = "import os, sys, time, ctypes\nlibc = ctypes.CDLL(None, use_errno=True)\nbroken = ''\n"
_END = "\nprint('HELD' if not broken else 'BRO' + f'KEN {broken}')"


@dataclass(frozen=True, slots=True)
class Finding:
    """What came of one attempt or one look.

    Attributes
    ----------
    what
        What was tried or looked at.
    held
        Whether it is as it should be.
    detail
        What was seen.
    advice
        What to do where it is not.
    needed
        Whether grading must not go on without it.
    """

    what: str
    held: bool
    detail: str = ""
    advice: str = ""
    needed: bool = True


class Outside:
    """What lies outside of the sandbox, to be reached for: a secret file, a listener, a process, a word."""

    def __init__(self, uid: int | None) -> None:
        self._stack = ExitStack()
        self.word = secrets.token_hex(12)
        folder = self._stack.enter_context(tempfile.TemporaryDirectory(prefix="autograder-doctor-"))
        Path(folder).chmod(0o777)  # open for all, so that the wall alone keeps it
        self.folder = Path(folder)
        self.secret = self.folder / "secret"
        self.secret.write_text(self.word)
        self.secret.chmod(0o666)
        tcp = self._stack.enter_context(socket.create_server(("127.0.0.1", 0)))
        self.abstract = f"autograder-doctor-{self.word}"
        unix = self._stack.enter_context(socket.socket(socket.AF_UNIX))
        unix.bind("\0" + self.abstract)
        unix.listen()
        user: dict[str, Any] = {} if uid is None else {"user": uid}
        self.process = subprocess.Popen(["/usr/bin/sleep", "600"], stdin=subprocess.DEVNULL, cwd="/", **user)
        self._stack.callback(self._end)
        self.names = {
            "SECRET": str(self.secret), "WORD": self.word, "PORT": tcp.getsockname()[1], "ABSTRACT": self.abstract,
            "OUTSIDE": self.process.pid, "GRADER": os.getpid(), "HOME": HOME,
            "PROCESSES": LIMITS.processes, "MEMORY": LIMITS.memory_mib, "DISK": LIMITS.disk_mib,
            "SECONDS": LIMITS.cell_seconds, "SYS": _CALLS.get(os.uname().machine, _CALLS["x86_64"]),
        }  # fmt: skip

    def _end(self) -> None:
        with suppress(ProcessLookupError):
            self.process.send_signal(signal.SIGKILL)
        self.process.wait()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._stack.close()

    def untouched(self) -> str:
        """Return what of this was changed or ended meanwhile; empty where nothing was."""
        if self.process.poll() is not None:
            return "a process outside was ended"
        planted = [path.name for path in self.folder.iterdir() if path != self.secret]
        return f"files appeared outside: {', '.join(planted)}" if planted else ""


def script(attempt: Attempt, outside: Outside) -> str:
    """Return the Python of one attempt, with what lies outside named in it."""
    given = "".join(f"{name} = {value!r}\n" for name, value in outside.names.items())
    return _START + given + attempt.code + _END


def try_attempt(template: Template, attempt: Attempt, outside: Outside) -> Finding:
    """Make one attempt in a fresh sandbox, close it, and look whether anything is left."""
    with template.start(LIMITS) as submission:
        run = submission.run_cell(script(attempt, outside))
        inside = [p for p in _processes(submission.processes()) if not _is_holder(p)]
    said = "".join(output.text or "" for output in run.outputs if output.output_type == "stream")
    failed = next((f"{o.ename}: {o.evalue}" for o in run.outputs if o.output_type == "error"), "")
    deadline = time.monotonic() + 5  # a kill takes its moment
    while (left := [p for p in inside if _alive(p)]) and time.monotonic() < deadline:
        time.sleep(0.02)
    if "BROKEN" in said:
        return Finding(
            attempt.tries, held=False, detail=said.split("BROKEN", 1)[1].strip(), advice=attempt.advice
        )
    if left:
        return Finding(
            attempt.tries, held=False, detail=f"{len(left)} processes outlived it", advice=attempt.advice
        )
    if problem := outside.untouched():
        return Finding(attempt.tries, held=False, detail=problem, advice=attempt.advice)
    if "HELD" not in said and not attempt.ends:
        detail = f"the attempt could not be made: {failed or run.fate}"
        return Finding(
            attempt.tries, held=False, detail=detail, advice="Report this: nothing is known about it."
        )
    return Finding(
        attempt.tries, held=True, detail="" if "HELD" in said else failed.split(":")[0] or run.fate
    )


def _processes(pids: list[int]) -> Iterator[psutil.Process]:
    for pid in pids:
        with suppress(psutil.Error):
            yield psutil.Process(pid)


def _is_holder(process: psutil.Process) -> bool:
    """Whether this is bubblewrap's own; its last one stays in the kernel until the keeper looks for its dead."""
    with suppress(psutil.Error):
        return bool(process.name() == "bwrap")
    return True


def _alive(process: psutil.Process) -> bool:
    with suppress(psutil.Error):
        return bool(process.status() != psutil.STATUS_ZOMBIE)
    return False


def wall_findings() -> Iterator[Finding]:
    """Try every attempt; one finding alone where no sandbox can be made."""
    user = wall.ordinary_user()
    with Outside(user[0] if user else None) as outside:
        os.environ["AUTOGRADER_DOCTOR"] = outside.word
        try:
            template = Template(wall.configuration([outside.folder], ["numpy"]))
        except NoSandboxError as error:
            yield Finding("make a sandbox", held=False, detail=str(error), advice=_no_sandbox_advice())
            return
        finally:
            del os.environ["AUTOGRADER_DOCTOR"]
        try:
            for attempt in ATTEMPTS:
                try:
                    yield try_attempt(template, attempt, outside)
                except NoSandboxError as error:
                    yield Finding(
                        "make a sandbox", held=False, detail=str(error), advice=_no_sandbox_advice()
                    )
                    return
        finally:
            template.close()


def _no_sandbox_advice() -> str:
    """Say what is most likely missing, with the command."""
    try:
        bwrap_path()
    except NoSandboxError:
        return "sudo apt-get install bubblewrap"
    switches = {
        "/proc/sys/kernel/unprivileged_userns_clone": ("0", "sudo sysctl kernel.unprivileged_userns_clone=1"),
        "/proc/sys/user/max_user_namespaces": ("0", "sudo sysctl user.max_user_namespaces=15000"),
        "/proc/sys/kernel/apparmor_restrict_unprivileged_userns": (
            "1", "sudo sysctl kernel.apparmor_restrict_unprivileged_userns=0",
        ),
    }  # fmt: skip
    for path, (bad, command) in switches.items():
        with suppress(OSError):
            if Path(path).read_text().strip() == bad:
                return command
    return "User namespaces are needed. In a container: run it with --security-opt seccomp=unconfined."


def who_runs() -> str:
    """Say as which user student code runs."""
    user = wall.ordinary_user()
    if user is not None:
        return f"You are root; student code runs as the user nobody (uid {user[0]})."
    return f"Student code runs as you (uid {os.getuid()}), in namespaces of its own."
