"""The warm template: an interpreter that has imported what the lesson needs, forked once for each submission.

Runs as its own process (``python -m autograder.sandbox.inside FD FD``), or as the fork of one that knew as little
(`autograder.sandbox.warm`), with stand-ins in the place of the rooms that know answers. It holds no secret, and listens
only to the trusted side. Started by root, it becomes an ordinary user before it makes anything.
"""

from __future__ import annotations

import contextlib
import gc
import importlib
import os
import signal
import socket
import sys
from pathlib import Path
from typing import Any

import msgspec

from autograder.sandbox import forks, lockdown, pages, runner, wire
from autograder.sandbox.holder import View, command
from autograder.sandbox.keeper import Kept, Order, keep
from autograder.sandbox.limits import Limits
from autograder.sandbox.rehearsal import rehearse

MAX_ORDER = 64 << 10


def _stage(stage: str, paths: list[str]) -> dict[str, str]:
    """Bind folders that an ordinary user could not reach (a Python under /root) where it can."""
    lockdown.private_mounts()
    lockdown.mount_tmpfs(stage)
    staged = {}
    for number, path in enumerate(paths):
        target = f"{stage}/{number}"
        os.mkdir(target, 0o755)  # noqa: PTH102 - one call, a str
        lockdown.bind(path, target)
        staged[path] = target
    return staged


def _reap(signum: int, frame: object) -> None:  # noqa: ARG001 - a signal handler's signature
    """Collect the keepers that have ended, so that what they used is counted as this process's."""
    with contextlib.suppress(ChildProcessError):
        while os.waitpid(-1, os.WNOHANG)[0]:
            pass


def _become(uid: int, gid: int) -> None:
    os.setgroups([])
    os.setresgid(gid, gid, gid)
    os.setresuid(uid, uid, uid)


class Template:
    """Makes keepers, one for each submission, and forgets them."""

    def __init__(self, door: socket.socket, config: dict[str, Any]) -> None:
        self._door = door
        lockdown.die_with_parent()
        lockdown.set_name(b"ag-template")
        Path("/proc/self/oom_score_adj").write_text("1000")  # with all that comes of it, the first to go
        for name in config["preload"]:
            if name.startswith("autograder."):
                continue  # what there is of them stands in its place already, and the rest stays out of memory
            with contextlib.suppress(
                Exception
            ):  # what cannot be imported here fails in the cell, with its reason
                importlib.import_module(name)
        shell, program = runner.make_shell(), lockdown.build_filter()
        rehearse(shell, Limits())  # as the user who may read Python also outside of a sandbox
        shell.read_ahead(config["given"])
        staged = _stage(config["stage"], config["staged"]) if config["staged"] else {}
        if config["uid"] is not None:
            _become(config["uid"], config["gid"])
            lockdown.die_with_parent()  # the kernel forgets it when the user changes
        shown = tuple((path, staged.get(path, path)) for path in config["shown"])
        view = None if config["unsafe"] else View(shown, tuple(config["hidden"]))
        self._kept = Kept(view, program, shell, int(config["seed"]))
        gc.collect()
        gc.freeze()  # forks then share these pages instead of copying them at the first collection
        pages.merge()
        pages.collapse()
        forks.give_back()

    def serve(self) -> None:
        """Fork a keeper for each message that comes to the door, until nobody is left to send one."""
        signal.signal(signal.SIGCHLD, _reap)
        me = os.getpid()
        while True:
            data, fds, _, _ = socket.recv_fds(self._door, MAX_ORDER, 2)
            if not data:
                return
            for fd in fds:
                os.set_inheritable(fd, False)  # bubblewrap must not keep them open
            order = msgspec.msgpack.decode(data)
            limits = Limits(**order["limits"])
            if self._kept.view is not None:
                command(self._kept.view, limits)  # worked out here, once, and known to the fork
            if forks.fork() == 0:
                self._door.close()
                keep(self._kept, Order(fds[0], fds[1], limits, order["student"]), me)
            for fd in fds:
                os.close(fd)


def serve(link: socket.socket, door: socket.socket) -> None:
    """Hear over `link` what to be, say so, and serve until nobody is left at the door."""
    with link:
        config, _ = wire.receive(link)
        try:
            template = Template(door, config)
        except Exception as error:  # noqa: BLE001 - whatever it was, the trusted side must hear it
            wire.send(link, {"ready": False, "error": f"{type(error).__name__}: {error}"})
            return
        wire.send(link, {"ready": True})
    template.serve()


def main() -> None:
    """Serve on the descriptors named on the command line: for the start, and the door for what is asked later."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the grader's to handle
    link, door = (socket.socket(fileno=int(number)) for number in sys.argv[1:3])
    link.set_inheritable(False)
    door.set_inheritable(False)
    serve(link, door)
