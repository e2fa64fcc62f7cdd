"""Inside the sandbox: runs the submission's cells in order, and forks a worker for a test cell that may leave a trace.

Everything here shares its process with student code, so nothing here is trusted and nothing here is secret. The
functions it needs are taken before student code runs, so that an innocent ``time = 3`` or a patched ``os``
does not break an honest submission.
"""

from __future__ import annotations

import builtins
import os
import random
import resource
import signal
import socket
import sys
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from autograder.sandbox import forks, wire, worker
from autograder.sandbox.described import described
from autograder.sandbox.environment import ENVIRONMENT
from autograder.sandbox.holder import HOME
from autograder.sandbox.home import Home
from autograder.sandbox.lockdown import _prctl
from autograder.sandbox.shell import Shell, no_input

if TYPE_CHECKING:
    from collections.abc import Callable

    from autograder.sandbox.limits import Limits

_fork, _kill, _killpg, _waitpid, _exit, _close = (
    forks.fork,
    os.kill,
    os.killpg,
    os.waitpid,
    os._exit,
    os.close,
)
_setitimer, _REAL = signal.setitimer, signal.ITIMER_REAL
_PR_SET_DUMPABLE = 4
_LITTLE = 64 << 10  # bytes that are told before anybody asks
_ASKED = frozenset({"call", "calls", "describe", "prepare"})  # by tests


def make_shell() -> Shell:
    """Make the shell that every fork starts from."""
    shell: Shell = Shell.instance()
    shell.user_module.__dict__["__name__"] = "__main__"
    sys.modules["__main__"] = shell.user_module
    return shell


def prepare(control: int, home: str) -> None:
    """Close every descriptor but one, and set the place up: folder, environment."""
    null = os.open("/dev/null", os.O_RDWR)
    for fd in (0, 1, 2):
        os.dup2(null, fd)
    os.closerange(3, control)
    os.closerange(control + 1, resource.getrlimit(resource.RLIMIT_NOFILE)[0])
    os.environ.clear()
    os.environ.update({name: value.replace(HOME, home) for name, value in ENVIRONMENT.items()})
    os.chdir(home)
    builtins.input = no_input
    sys.path[:] = [home, *(p for p in sys.path if p)]
    os.umask(0o077)


def serve(control: socket.socket, shell: Shell, limits: Limits, seed: int) -> None:
    """Answer the trusted side until it goes."""
    _prctl(_PR_SET_DUMPABLE, 1)  # so that the trusted side, the same ordinary user, can read the memory used
    np.random.seed(seed)  # noqa: NPY002 - the legacy global state is what students' code uses
    random.seed(seed)
    signal.signal(signal.SIGALRM, _time_up)
    signal.signal(signal.SIGINT, signal.default_int_handler)
    tests: dict[int, int] = {}  # a worker's pid by the test's number
    home = Home(control, shell)
    while True:
        try:
            message, payload, fds = wire.receive_with_fds(control, 1)
        except wire.WireError:
            return
        operation = message["op"]
        if operation in _ASKED:
            home.answer(message, payload)
            continue
        if operation == "fork":
            made = _forked(control, home, message["id"], fds[0], tests)
            if made is not None:
                worker.serve(made)
                _exit(0)
        home.leave()
        for number in message.get("ended", ()):
            home.forget(number)
            _end(tests.pop(number, None))
        if operation == "file":
            wire.send(control, _write(message["path"], payload))
        elif operation in {"cell", "names"}:
            wire.send(control, *_answer(shell, home, message, limits))


def _answer(
    shell: Shell, home: Home, message: dict[str, Any], limits: Limits
) -> tuple[dict[str, Any], list[Any]]:
    """Run a cell, or tell a test what its names are bound to."""
    if home.spoilt:
        return {"spoilt": True}, []
    if message["op"] == "cell":
        reply, buffers = _cell(shell, message, limits)
        return _foretold(shell, home, message, reply, buffers) if "names" in message else (reply, buffers)
    functions: list[Callable[..., Any]] = []
    reply, buffers, found = described(shell.user_ns, message["names"], functions)
    home.know(message["id"], functions, found)
    if "again" in message:
        reply["unchanged"] = shell.change_nothing(message["again"])
    return reply, buffers


def _foretold(
    shell: Shell, home: Home, message: dict[str, Any], reply: dict[str, Any], buffers: list[Any]
) -> tuple[dict[str, Any], list[Any]]:
    """Add to a cell's outputs what the next test will ask: what its names are bound to, where that is little."""
    if not reply["ok"]:
        return reply, buffers
    functions: list[Callable[..., Any]] = []
    told, values, found = described(shell.user_ns, message["names"], functions)
    if "names" not in told or sum(memoryview(value).nbytes for value in values) > _LITTLE:
        return reply, buffers
    home.know(message["id"], functions, found)
    return {**reply, "told": told, "size": len(buffers[0])}, buffers + values


def _forked(
    control: socket.socket, home: Home, test: int, fd: int, tests: dict[int, int]
) -> worker.Worker | None:
    """Fork what answers a test from now on; it is returned in the fork."""
    link = socket.socket(fileno=fd)
    made = home.worker_for(test, link)
    pid = _fork()
    if pid == 0:
        _close(control.fileno())
        return made
    link.close()
    tests[test] = pid
    return None


def _time_up(signum: int, frame: Any) -> None:  # noqa: ARG001 - a signal handler's signature
    raise KeyboardInterrupt("the cell took too long")


def _cell(shell: Shell, message: dict[str, Any], limits: Limits) -> tuple[dict[str, Any], list[bytes]]:
    import msgspec  # noqa: PLC0415 - in sys.modules already; a name that student code cannot have taken

    _setitimer(_REAL, message["seconds"])
    try:
        ok, outputs = shell.run(message["source"], limits.output_kib << 10, pictures=message["pictures"])
    except KeyboardInterrupt:
        ok, outputs = False, shell.recorder.finish()
    finally:
        with suppress(KeyboardInterrupt):
            _setitimer(_REAL, 0)
    return {"ok": ok}, [msgspec.json.encode(outputs)]


def _write(path: str, data: memoryview) -> dict[str, Any]:
    """Put a file that was handed in beside the notebook into the submission's folder."""
    target = Path(os.environ.get("HOME", HOME), path)
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(data)
    except OSError as error:
        return {"ok": False, "error": error.strerror}
    return {"ok": True}


def _end(pid: int | None) -> None:
    if pid is None:
        return
    for kill, target in ((_killpg, pid), (_kill, pid)):
        with suppress(OSError):
            kill(target, signal.SIGKILL)
    with suppress(OSError):
        _waitpid(pid, 0)
