"""One submission's keeper: it makes the sandbox, puts a fork of the template into it, and ends both.

The template forks a keeper for each submission and forgets it. The keeper runs no student code and is not seen from
the sandbox: it has entered the sandbox's other namespaces, but a process keeps its own pid namespace. It waits on the
*reins*, a socket that the trusted side holds: when nobody holds them any more, because the submission was closed or
because its examiner was lost, all in the sandbox is killed.
"""

from __future__ import annotations

import contextlib
import os
import signal
import socket
from dataclasses import dataclass
from typing import TYPE_CHECKING, NoReturn

from autograder.sandbox import forks, lockdown, runner, wire
from autograder.sandbox.holder import HOME, Holder, NoHolder, NoSandboxError, View

if TYPE_CHECKING:
    from autograder.sandbox.limits import Limits
    from autograder.sandbox.shell import Shell


@dataclass(frozen=True, slots=True)
class Kept:
    """What every keeper has from its template.

    Attributes
    ----------
    view
        What the sandbox shows of the machine; None where the teacher chose to do without one.
    program
        The compiled system-call filter.
    shell
        The warm shell.
    seed
        For the global random generators.
    """

    view: View | None
    program: bytes
    shell: Shell
    seed: int


@dataclass(frozen=True, slots=True)
class Order:
    """One submission's sandbox, as the trusted side asked for it: its two descriptors, limits and student."""

    control: int
    reins: int
    limits: Limits
    student: str


def keep(kept: Kept, order: Order, template: int) -> NoReturn:
    """Be the keeper of one submission; `template` is the pid of the process that this one was forked from."""
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    holder: Holder | NoHolder | None = None
    child = 0
    try:
        lockdown.die_with_parent()
        lockdown.set_name(b"ag-keeper")
        holder = NoHolder() if kept.view is None else Holder(kept.view, order.limits, kept.program)
        if isinstance(holder, Holder):
            lockdown.enter(holder.pidfd)
            lockdown.die_with_parent()  # the kernel forgets it when a process gains capabilities
        if os.getppid() != template:
            raise NoSandboxError("the template is gone")
        keeper = os.getpid()
        child = forks.fork()
        if child == 0:
            _run(kept, order, holder, keeper)
        os.close(order.control)
        while os.read(order.reins, 1):  # nothing is ever sent: it returns when nobody holds the other end
            pass
    except BaseException as error:  # noqa: BLE001 - whatever it was, the trusted side must hear it
        if not child:
            _say(order.control, error)
    finally:
        if holder is not None:
            holder.close(child)
        os._exit(0)


def _say(control: int, error: BaseException) -> None:
    text = str(error) if isinstance(error, NoSandboxError) else f"{type(error).__name__}: {error}"
    with contextlib.suppress(wire.WireError, OSError):
        wire.send(socket.socket(fileno=control), {"error": text})


def _run(kept: Kept, order: Order, holder: Holder | NoHolder, keeper: int) -> NoReturn:
    """In the sandbox's first process: lock down, say so, and serve the submission's cells."""
    limits = order.limits
    try:
        os.setsid()
        lockdown.set_name(b"ag-cells")
        runner.prepare(order.control, HOME if isinstance(holder, Holder) else holder.home)
        if order.student:
            os.environ["AUTOGRADER_STUDENT"] = order.student
        lockdown.limit_resources(limits)
        lockdown.drop_privileges()
        lockdown.load_filter(kept.program)
        control = socket.socket(fileno=order.control)
        wire.send(control, {"ready": True, "keeper": keeper})
    except BaseException as error:  # noqa: BLE001 - nothing may continue past a failed lockdown
        _say(
            order.control,
            NoSandboxError(f"the sandbox could not be entered: {type(error).__name__}: {error}"),
        )
        os._exit(1)
    try:
        runner.serve(control, kept.shell, limits, kept.seed)
    finally:
        os._exit(0)
