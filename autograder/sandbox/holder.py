"""The empty room a submission is put into: one fresh bubblewrap, holding its namespaces open.

Bubblewrap makes the namespaces and the file system; inside it runs only ``cat``, which does nothing until it is
killed. The template's fork then joins through a pidfd of that ``cat`` (`lockdown.enter`).
"""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import signal
import subprocess
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from autograder.sandbox import lockdown

if TYPE_CHECKING:
    from autograder.sandbox.limits import Limits

HOME = "/home/student"
_SYSTEM = ("/usr", "/bin", "/sbin", "/lib", "/lib32", "/lib64", "/libx32")
_ETC = ("/etc/ld.so.cache", "/etc/fonts", "/etc/localtime", "/etc/alternatives", "/etc/mime.types")
_PASSWD = b"root:x:0:0:root:/root:/usr/sbin/nologin\nstudent:x:%d:%d:student:/home/student:/bin/sh\n"
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


def command(view: View, limits: Limits, info_fd: int, passwd_fd: int, filter_fd: int) -> list[str]:
    """Return the bubblewrap command line of one holder."""
    size = str(limits.disk_mib << 20)
    args = [
        bwrap_path(), "--unshare-all", "--unshare-user", "--disable-userns", "--die-with-parent", "--new-session",
        "--clearenv", "--hostname", "sandbox", "--cap-drop", "ALL",
    ]  # fmt: skip
    for path in _SYSTEM:
        if os.path.islink(path):  # noqa: PTH114 - a str stays a str
            args += ["--symlink", os.readlink(path), path]  # noqa: PTH115
        elif Path(path).exists():
            args += ["--ro-bind", path, path]
    args += ["--perms", "0755", "--dir", "/etc"]
    for path in _ETC:
        args += ["--ro-bind-try", path, path]
    args += ["--perms", "0444", "--ro-bind-data", str(passwd_fd), "/etc/passwd"]
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
    return [*args, "--seccomp", str(filter_fd), "--info-fd", str(info_fd), "--", "/usr/bin/cat"]


class NoHolder:
    """What stands for a holder where the teacher chose to do without a sandbox: a folder, and nothing around it."""

    pidfd = -1

    def __init__(self) -> None:
        self.home = tempfile.mkdtemp(prefix="autograder-unsafe-")
        self.runner = 0

    @property
    def number(self) -> int:
        """The runner's pid: there is no other process."""
        return self.runner

    def close(self) -> None:
        """Kill the runner and its session; what has left that session is not found again."""
        if self.runner:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self.runner, signal.SIGKILL)
            self.runner = 0
        shutil.rmtree(self.home, ignore_errors=True)


class Holder:
    """One fresh sandbox, empty; `pidfd` is what a process joins it by, `close` ends all inside.

    Its own two processes are under the same filter and limits as student code: whoever writes into their memory
    through /proc gains nothing by it.
    """

    def __init__(self, view: View, limits: Limits, program: bytes) -> None:
        info, info_child = os.pipe()
        passwd, passwd_child = os.pipe()
        uid, gid = os.geteuid(), os.getegid()
        os.write(passwd_child, _PASSWD % (uid, gid))
        os.close(passwd_child)
        rules = tempfile.TemporaryFile()  # noqa: SIM115 - closed with the other descriptors below
        rules.write(program)
        rules.seek(0)
        stdin, self._stdin = os.pipe()  # never written, so that cat waits; closed, so that it ends
        try:
            self.process = subprocess.Popen(
                command(view, limits, info_child, passwd, rules.fileno()),
                stdin=stdin, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE,
                pass_fds=(info_child, passwd, rules.fileno()), close_fds=True, env={},
            )  # fmt: skip
        finally:
            rules.close()
            for fd in (info_child, passwd, stdin):
                os.close(fd)
        self.pidfd = -1
        try:
            with os.fdopen(info) as file:
                text = file.read()
            self._init = int(json.loads(text)["child-pid"])
            cat = self._wait_for_cat()
            self.pidfd = os.pidfd_open(cat)
            for pid in (self._init, cat):
                lockdown.limit_resources(limits, pid)
        except (ValueError, KeyError, OSError) as error:
            reason = self._reason()
            self.close()
            raise NoSandboxError(f"bubblewrap could not make a sandbox: {reason or error}") from error

    def _wait_for_cat(self) -> int:
        """Return cat's pid once it has been exec'ed: before that, the namespaces are not all in place."""
        deadline = time.monotonic() + 10
        children = Path(f"/proc/{self._init}/task/{self._init}/children")
        while time.monotonic() < deadline:
            for pid in children.read_text().split():
                if Path(f"/proc/{pid}/comm").read_text() == "cat\n":
                    return int(pid)
            if self.process.poll() is not None:
                break
            time.sleep(0.0005)  # bubblewrap gives no other sign that its child runs
        raise OSError("its first process did not start")

    def _reason(self) -> str:
        self.process.kill()
        _, err = self.process.communicate()
        return str(err.decode("utf-8", "replace")).strip()

    @property
    def number(self) -> int:
        """What this sandbox is asked for by: bubblewrap's pid."""
        return self.process.pid

    def close(self) -> None:
        """Kill everything inside. Safe to call twice."""
        if self._stdin >= 0:
            os.close(self._stdin)
            self._stdin = -1
        if self.pidfd >= 0:
            os.close(self.pidfd)
            self.pidfd = -1
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGKILL)  # --die-with-parent takes the init, and that takes all
            self.process.wait()
        if self.process.stderr is not None:
            self.process.stderr.close()
