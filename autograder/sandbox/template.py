"""The warm template: an interpreter that has imported what the lesson needs, forked once for each submission.

Runs as its own process (``python -m autograder.sandbox.inside FD``), with stand-ins in the place of the rooms that
know answers. It holds no secret, and speaks only with the
trusted side over FD. Started by root, it becomes an ordinary user before it makes anything.
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

from autograder.sandbox import lockdown, runner, wire
from autograder.sandbox.holder import HOME, Holder, NoHolder, NoSandboxError, View
from autograder.sandbox.limits import Limits


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


def _reap() -> None:
    """Collect the runners that have ended: they are this process's, since it is their subreaper."""
    with contextlib.suppress(ChildProcessError):
        while os.waitpid(-1, os.WNOHANG)[0]:
            pass


def _become(uid: int, gid: int) -> None:
    os.setgroups([])
    os.setresgid(gid, gid, gid)
    os.setresuid(uid, uid, uid)


class Template:
    """Makes holders, and forks into them."""

    def __init__(self, link: socket.socket, config: dict[str, Any]) -> None:
        self._link = link
        lockdown.die_with_parent()
        Path("/proc/self/oom_score_adj").write_text("1000")  # with all that comes of it, the first to go
        for name in config["preload"]:
            if name.startswith("autograder."):
                continue  # what there is of them stands in its place already, and the rest stays out of memory
            with contextlib.suppress(
                Exception
            ):  # what cannot be imported here fails in the cell, with its reason
                importlib.import_module(name)
        self._shell = runner.make_shell()
        self._filter = lockdown.build_filter()
        staged = _stage(config["stage"], config["staged"]) if config["staged"] else {}
        if config["uid"] is not None:
            _become(config["uid"], config["gid"])
            lockdown.die_with_parent()  # the kernel forgets it when the user changes
        lockdown.adopt_orphans()
        shown = tuple((path, staged.get(path, path)) for path in config["shown"])
        self._view = View(shown, tuple(config["hidden"]))
        self._seed = int(config["seed"])
        self._unsafe = bool(config["unsafe"])
        self._holders: dict[int, Holder | NoHolder] = {}
        gc.collect()
        gc.freeze()  # forks then share these pages instead of copying them at the first collection

    def serve(self) -> None:
        """Answer the trusted side until it goes."""
        wire.send(self._link, {"ready": True})
        while True:
            try:
                message, fds = wire.receive_with_fds(self._link, 1)
            except wire.Closed:
                return
            if message["op"] == "start":
                wire.send(self._link, self._start(Limits(**message["limits"]), fds[0], message["student"]))
            elif message["op"] == "stop":
                holder = self._holders.pop(message["id"], None)
                if holder is not None:
                    holder.close()
                _reap()
                wire.send(self._link, {"ok": True})

    def _start(self, limits: Limits, control: int, student: str) -> dict[str, Any]:
        try:
            holder = NoHolder() if self._unsafe else Holder(self._view, limits, self._filter)
        except NoSandboxError as error:
            os.close(control)
            return {"error": str(error)}
        report, report_child = os.pipe()
        pid = os.fork()
        if pid == 0:
            self._join(holder, limits, (control, report_child), student)
        os.close(report_child)
        os.close(control)
        with os.fdopen(report) as file:
            runner_pid, _, problem = file.read().partition(" ")
        os.waitpid(pid, 0)
        if problem or not runner_pid.isdecimal():
            holder.close()
            problem = problem or runner_pid
            return {"error": f"the sandbox could not be entered: {problem}"}
        if isinstance(holder, NoHolder):
            holder.runner = int(runner_pid)
        self._holders[holder.number] = holder
        return {"id": holder.number, "runner": int(runner_pid)}

    def _join(self, holder: Holder | NoHolder, limits: Limits, ends: tuple[int, int], student: str) -> None:
        """In the fork: enter the holder, fork into its pid namespace, lock down, run."""
        control, report = ends
        try:
            self._link.close()
            if isinstance(holder, Holder):
                lockdown.enter(holder.pidfd)
            inner = os.fork()
            if inner:
                os.write(report, f"{inner} ".encode())
                os._exit(0)
            os.setsid()
            runner.prepare(control, report, HOME if isinstance(holder, Holder) else holder.home)
            if student:
                os.environ["AUTOGRADER_STUDENT"] = student
            lockdown.limit_resources(limits)
            lockdown.drop_privileges()
            lockdown.load_filter(self._filter)
            os.close(report)
        except BaseException as error:  # noqa: BLE001 - nothing may continue past a failed lockdown
            with contextlib.suppress(OSError):
                os.write(report, f"{type(error).__name__}: {error}".encode())
            os._exit(1)
        try:
            runner.serve(socket.socket(fileno=control), self._shell, limits, self._seed)
        finally:
            os._exit(0)


def main() -> None:
    """Serve on the descriptor named on the command line."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the grader's to handle
    link = socket.socket(fileno=int(sys.argv[1]))
    link.set_inheritable(False)
    config, _ = wire.receive(link)
    try:
        template = Template(link, config)
    except Exception as error:  # noqa: BLE001 - whatever it was, the trusted side must hear it
        wire.send(link, {"ready": False, "error": f"{type(error).__name__}: {error}"})
        return
    template.serve()


if __name__ == "__main__":
    main()
