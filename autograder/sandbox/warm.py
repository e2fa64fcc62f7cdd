"""The warm start of an examiner: what it and its template both import is imported once.

Runs as ``python -m autograder.sandbox.warm MODULE FD``, in a template's own environment. Imports are most of what the
start of either costs, and most of them are the same. So this process, which has read nothing of a course and nothing of
this package that knows an answer, imports them for both. Then a fork of it becomes the template, and what is left is
told the rest and becomes the examiner: `MODULE`'s `main` goes on with what is asked at the socket FD.
"""

from __future__ import annotations

import contextlib
import gc
import importlib
import os
import signal
import socket
import sys
import threading
import time
import traceback
from typing import TYPE_CHECKING, Any, NoReturn

from autograder.sandbox import begin, forks, lockdown, pages, wire

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

#: Packages that are imported before the fork. Others may look at where they are imported.
SHARED = frozenset({"IPython", "matplotlib", "matplotlib_inline", "numpy", "pandas", "scipy"})
_OBJECTS = 50_000  # made between two looks for garbage, until all is imported
#: What each side imports whatever the lesson; with the first comes all of IPython that either uses.
_BOTH = ("autograder.sandbox.shell", "hashlib", "html", "numpy.fft", "numpy.random", "numpy.typing")


def warm_up(modules: Iterable[str]) -> None:
    """Import what both need."""
    gc.disable()  # there is nothing to throw away yet, and much to look through
    pages.reserve()
    forks.take_over()
    for name in (*_BOTH, *(name for name in modules if name.partition(".")[0] in SHARED)):
        with contextlib.suppress(Exception):  # where it is used it fails again, and its reason is seen
            importlib.import_module(name)
    gc.freeze()
    gc.enable()


def knows() -> list[str]:
    """Return what is loaded of this package that no template may have known, not even before."""
    ours = (name for name in sys.modules if name.startswith("autograder."))
    return [name for name in ours if name.split(".")[1] != "sandbox"]


def fork(config: dict[str, Any], others: Sequence[socket.socket]) -> begin.Begun:
    """Begin a template as a fork of this process, without these sockets of it.

    Where this process knows more than a template may, or has threads, it begins as a process of its own.
    """
    merged: list[pages.Mapping] = []
    try:
        if knows() or threading.active_count() > 1:
            return begin.execute(config)
        with begin.connections() as ends:
            merged = pages.merge()  # before the fork, which could not do it for itself
            pid = os.fork()
            if pid == 0:
                _become_template(ends, others, checks=bool(config["checks"]))
        return begin.told(begin.Fork(pid), ends, config)
    finally:
        forks.give_back()
        pages.part(merged)


def _become_template(ends: begin.Ends, others: Sequence[socket.socket], *, checks: bool) -> NoReturn:
    try:
        lockdown.set_name(b"ag-template")
        sys.argv[1:] = []
        for one in (*others, ends.link, ends.door):
            one.close()
        kept = sorted((ends.its_link.fileno(), ends.its_door.fileno()))
        for low, high in zip([3, *(fd + 1 for fd in kept)], [*kept, os.sysconf("SC_OPEN_MAX")], strict=True):
            os.closerange(low, high)
        from autograder.sandbox.inside import take_places  # noqa: PLC0415 - before anything that asks for a room

        take_places(checks=checks)
        from autograder.sandbox.template import serve  # noqa: PLC0415

        serve(ends.its_link, ends.its_door)
    except BaseException:  # noqa: BLE001 - nothing of the examiner's may run here
        traceback.print_exc()
    finally:
        os._exit(1)


def settle(environment: Iterable[tuple[bytes, bytes]], folder: bytes) -> None:
    """Have this process be where its grader is, with that one's environment, as far as it was not read long ago."""
    os.environb.clear()
    os.environb.update(environment)
    time.tzset()
    with contextlib.suppress(OSError):
        os.chdir(folder)
    if "tempfile" in sys.modules:
        sys.modules["tempfile"].tempdir = None  # type: ignore[attr-defined]
    if backend := os.environ.get("MPLBACKEND"):
        _draw_with(backend)
    paths = [path for path in os.environ.get("PYTHONPATH", "").split(os.pathsep) if path]
    sys.path[:0] = [path for path in paths if path not in sys.path]
    if paths:
        _customize()


def _customize() -> None:
    """Run the sitecustomize that these folders hold, as this process's start did with the one it found, Debian's say."""
    import site  # noqa: PLC0415
    from importlib.machinery import PathFinder  # noqa: PLC0415

    found, ran = PathFinder.find_spec("sitecustomize"), sys.modules.get("sitecustomize")
    if found is not None and (ran is None or ran.__file__ != found.origin):
        sys.modules.pop("sitecustomize", None)
        site.execsitecustomize()


def _draw_with(backend: str) -> None:
    matplotlib = sys.modules.get("matplotlib")
    if matplotlib is not None:  # nothing is drawn yet, so nothing of the other backend has begun
        for settings in (matplotlib.rcParams, matplotlib.rcParamsOrig, matplotlib.rcParamsDefault):
            settings["backend"] = backend


def main() -> None:
    """Begin a template, and become what the command line names."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the grader's to handle
    lockdown.die_with_parent()
    link = socket.socket(fileno=int(sys.argv[2]))
    link.set_inheritable(False)
    _, (handle, *_), _, _ = socket.recv_fds(link, 16, 1)
    hello = socket.socket(fileno=handle)
    header, _ = wire.receive(hello)
    warm_up(header["config"]["preload"])
    try:
        begun = fork(header["config"], [link, hello])
    except Exception as error:  # noqa: BLE001 - whatever it was, the grader must hear it
        wire.send(hello, {"ready": False, "kind": "NoSandboxError", "error": f"no template: {error}"})
        return
    header, payload = wire.receive(hello)
    settle(header["environment"], header["folder"])
    gc.set_threshold(_OBJECTS)
    importlib.import_module(sys.argv[1]).main(link, hello, begun, header, payload)


if __name__ == "__main__":
    main()
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(0)  # all is closed and written; taking every module down first takes a tenth of a second
