"""The empty room a submission is put into: one fresh bubblewrap, holding its namespaces open.

Bubblewrap makes the namespaces and the file system; inside it runs only ``cat``, which does nothing until it is
killed. The template's fork then joins through a pidfd of that ``cat`` (`lockdown.enter`).
"""

from __future__ import annotations

import contextlib
import os
import select
import shutil
import signal
import tempfile
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from autograder.sandbox import lockdown

if TYPE_CHECKING:
    from autograder.sandbox.limits import Limits

HOME = "/home/student"
SYSTEM = ("/usr", "/bin", "/sbin", "/lib", "/lib32", "/lib64", "/libx32")
_ETC = ("/etc/ld.so.cache", "/etc/fonts", "/etc/localtime", "/etc/alternatives", "/etc/mime.types")
_PASSWD = b"root:x:0:0:root:/root:/usr/sbin/nologin\nstudent:x:%d:%d:student:/home/student:/bin/sh\n"
_PASSWD_FD, _FILTER_FD = 60, 61  # in bubblewrap
_SECONDS = 10.0  # for bubblewrap to do its work
MISSING = (
    "bubblewrap is not installed, and without it there is no wall to run student code behind. "
    "Install it: sudo apt-get install bubblewrap"
)


class NoSandboxError(RuntimeError):
    """No sandbox can be made here; the message says what to do."""


@dataclass(frozen=True, slots=True)
class View:
    """What can be seen of the machine's files.

    Attributes
    ----------
    shown
        (path inside, path to take it from) read-only; the two differ where a path is staged for another user.
    hidden
        Folders that are empty inside even when a shown one contains them: the course's own.
    """

    shown: tuple[tuple[str, str], ...]
    hidden: tuple[str, ...]


def bwrap_path() -> str:
    """Return where bubblewrap is; raises `NoSandboxError` with the command that installs it."""
    path = shutil.which("bwrap", path="/usr/bin:/usr/local/bin:/bin:" + os.environ.get("PATH", ""))
    if path is None:
        raise NoSandboxError(MISSING)
    return path


def _parents(paths: list[str]) -> list[str]:
    """Folders that bubblewrap would make with mode 0700 on the way; make them readable instead."""
    seen: list[str] = []
    for path in paths:
        for parent in reversed(Path(path).parents):
            if str(parent) != "/" and str(parent) not in seen:
                seen.append(str(parent))
    return [part for parent in seen for part in ("--perms", "0755", "--dir", parent)]


@cache
def command(view: View, limits: Limits) -> tuple[str, ...]:
    """Return the bubblewrap command line of one holder; the template works it out once for all of them."""
    size = str(limits.disk_mib << 20)
    args = [
        bwrap_path(), "--unshare-all", "--unshare-user", "--disable-userns", "--die-with-parent", "--new-session",
        "--clearenv", "--hostname", "sandbox", "--cap-drop", "ALL",
    ]  # fmt: skip
    for path in SYSTEM:
        if os.path.islink(path):  # noqa: PTH114 - a str stays a str
            args += ["--symlink", os.readlink(path), path]  # noqa: PTH115
        elif Path(path).exists():
            args += ["--ro-bind", path, path]
    args += ["--perms", "0755", "--dir", "/etc"]
    for path in _ETC:
        args += ["--ro-bind-try", path, path]
    args += ["--perms", "0444", "--file", str(_PASSWD_FD), "/etc/passwd"]
    args += ["--proc", "/proc", "--dev", "/dev", *_parents([HOME])]
    for path in ("/tmp", HOME, "/dev/shm"):  # noqa: S108 - the sandbox's own
        args += ["--size", size, "--perms", "0700", "--tmpfs", path]
    entries = [(path, "tmpfs", "") for path in view.hidden] + [
        (to, "bind", source) for to, source in view.shown
    ]
    for path, kind, source in sorted(entries):
        args += _parents([path])
        if kind == "tmpfs":
            args += ["--size", "65536", "--perms", "0755", "--tmpfs", path]
        else:
            args += ["--ro-bind", source, path]
    for path in view.hidden:
        args += ["--remount-ro", path]
    args += ["--remount-ro", "/dev", "--remount-ro", "/"]
    return (*args, "--seccomp", str(_FILTER_FD), "--", "/usr/bin/cat")


class NoHolder:
    """What stands for a holder where the teacher chose to do without a sandbox: a folder, and nothing around it."""

    def __init__(self) -> None:
        lockdown.adopt_orphans()  # or they would leave the family that the memory's watcher looks at
        self.home = tempfile.mkdtemp(prefix="autograder-unsafe-")

    def close(self, runner: int) -> None:
        """Kill the runner and its session; what has left that session is not found again."""
        if runner:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(runner, signal.SIGKILL)
            _reap(runner)
        shutil.rmtree(self.home, ignore_errors=True)


class Holder:
    """One fresh sandbox, empty; `pidfd` is what a process joins it by, `close` ends all inside.

    Its own two processes are under the same filter and limits as student code: whoever writes into their memory
    through /proc gains nothing by it.
    """

    def __init__(self, view: View, limits: Limits, program: bytes) -> None:
        uid, gid = os.geteuid(), os.getegid()
        passwd, rules = _filled(_PASSWD % (uid, gid)), _filled(program)
        stdin, self._stdin = os.pipe()  # never ended, so that cat waits
        stdout, stdout_child = os.pipe()
        stderr, stderr_child = os.pipe()
        os.write(self._stdin, b".")  # comes back when cat runs
        self.pidfd = self._init = self._bwrap = -1
        words = command(view, limits)
        taken = ((stdin, 0), (stdout_child, 1), (stderr_child, 2), (passwd, _PASSWD_FD), (rules, _FILTER_FD))
        try:
            actions = [(os.POSIX_SPAWN_DUP2, fd, number) for fd, number in taken]
            self._bwrap = os.posix_spawn(words[0], words, {}, file_actions=actions)
        finally:
            for fd, _ in taken:
                os.close(fd)
        try:
            if not select.select([stdout], [], [], _SECONDS)[0] or not os.read(stdout, 1):
                raise OSError("its first process did not start")
            init = _only_child(self._bwrap)
            cat = _only_child(init)
            self._init, self.pidfd = os.pidfd_open(init), os.pidfd_open(cat)
            for pid in (init, cat):
                lockdown.limit_resources(limits, pid)
        except (ValueError, OSError) as error:
            os.kill(self._bwrap, signal.SIGKILL)
            with os.fdopen(stderr, errors="replace") as file:
                reason = file.read().strip()
            self.close()
            raise NoSandboxError(f"bubblewrap could not make a sandbox: {reason or error}") from error
        os.close(stdout)
        os.close(stderr)

    def close(self, runner: int = 0) -> None:
        """Kill everything inside, and return when it is gone; `runner` is a child of ours that is inside."""
        if self._bwrap > 0:
            try:
                signal.pidfd_send_signal(
                    self._init, signal.SIGKILL
                )  # the namespace's first process takes all
            except OSError:
                os.kill(self._bwrap, signal.SIGKILL)  # --die-with-parent takes what there is
            _reap(runner)  # first: a pid namespace ends when the last of its dead was looked for
            os.waitpid(self._bwrap, 0)
            self._bwrap = -1


def _reap(child: int) -> None:
    if child:
        with contextlib.suppress(ChildProcessError):
            os.waitpid(child, 0)


def _filled(data: bytes) -> int:
    """Return the reading end of a pipe with `data` in it, which must be less than a pipe holds."""
    read, write = os.pipe()
    os.set_blocking(write, False)
    if os.write(write, data) < len(data):
        raise NoSandboxError("a pipe does not hold the system-call filter")
    os.close(write)
    return read


def _only_child(pid: int) -> int:
    with open(f"/proc/{pid}/task/{pid}/children") as file:  # noqa: PTH123 - a Path costs more than the reading
        return int(file.read())
