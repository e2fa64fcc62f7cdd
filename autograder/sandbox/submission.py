"""The trusted side's handle on one submission in its sandbox, and on one test cell's worker."""

from __future__ import annotations

import contextlib
import socket
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal, Self

import msgspec

from autograder.sandbox import watch, wire

if TYPE_CHECKING:
    from collections.abc import Sequence

    from autograder.sandbox.limits import Limits

MAX_OUTPUT = 16 << 20  # bytes of a cell's outputs beside its text: pictures
START_SECONDS = 60.0
GRACE = 2.0  # seconds between an interrupt from within and the kill from without
_FOLLOWED = 50  # cells that a kept worker follows
Fate = Literal["ok", "error", "timeout", "died", "memory", "garbled"]


class Output(msgspec.Struct, forbid_unknown_fields=True):
    """One output as the sandbox may send it; anything else is refused."""

    output_type: Literal["stream", "display_data", "execute_result", "error"]
    name: str | None = None
    text: str | None = None
    data: dict[str, str] | None = None
    metadata: dict[str, dict[str, str]] | None = None
    execution_count: int | None = None
    ename: str | None = None
    evalue: str | None = None
    traceback: list[str] | None = None


_outputs = msgspec.json.Decoder(list[Output])


@dataclass(frozen=True, slots=True)
class CellRun:
    """What became of one cell in the sandbox."""

    fate: Fate
    outputs: tuple[Output, ...] = ()


class SandboxDied(Exception):  # noqa: N818 - what happened, not an error of ours
    """The submission's process is gone; `fate` says why."""

    def __init__(self, fate: Fate) -> None:
        super().__init__(fate)
        self.fate = fate


class Submission:
    """One submission in its sandbox."""

    def __init__(self, control: socket.socket, reins: socket.socket, keeper: int, limits: Limits) -> None:
        self._control = control
        self._reins = reins
        self._keeper = keeper
        self._open = True
        self._tests = 0
        self.cells_run = 0
        self._ended: list[tuple[int, socket.socket]] = []  # workers that are done with
        self._kept: tuple[int, socket.socket] | None = None  # one that the next test may go on with
        self._since: list[str] = []  # cells that were run since it was at work
        self.limits = limits
        self.over_memory = False

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    @property
    def alive(self) -> bool:
        """Whether there is still somebody in the sandbox to talk to, as far as is known."""
        return self._open and not self.over_memory

    def close(self, *, wait: bool = False) -> None:
        """Have all that runs in the sandbox killed, and with `wait` return when it is gone."""
        self._open = False
        self._control.close()
        self._drop_kept()
        self._let_go()
        with contextlib.suppress(OSError):
            self._reins.shutdown(socket.SHUT_WR)
            if wait or self.over_memory:  # what it took is free again before anything else begins
                self._reins.settimeout(START_SECONDS)
                self._reins.recv(1)  # ends with the keeper
        self._reins.close()

    def run_cell(self, source: str, *, seconds: float | None = None, pictures: bool = False) -> CellRun:
        """Run one of the student's cells; the sandbox is closed where the fate leaves nothing to go on with."""
        seconds = self.limits.cell_seconds if seconds is None else seconds
        message: dict[str, Any] = {"op": "cell", "source": source, "seconds": seconds, "pictures": pictures}
        started = time.monotonic()
        try:
            answer, payload = self._ask(message, started + seconds + GRACE)
            if len(payload) > MAX_OUTPUT + (
                self.limits.output_kib << 13
            ):  # a character takes up to six bytes
                raise msgspec.ValidationError("more output than the recorder lets through")
            outputs = tuple(_outputs.decode(payload))
            self._followed(source, defined=answer.get("defined") is True)
        except SandboxDied as death:
            return CellRun(death.fate)
        except (msgspec.ValidationError, msgspec.DecodeError, RecursionError, UnicodeDecodeError):
            self.close()
            return CellRun("garbled")
        late = time.monotonic() - started >= seconds
        interrupted = any(o.output_type == "error" and o.ename == "KeyboardInterrupt" for o in outputs)
        if late and (interrupted or not answer.get("ok")):
            return CellRun("timeout", outputs)
        return CellRun("ok" if answer.get("ok") is True else "error", outputs)

    def write_file(self, path: str, data: bytes) -> bool:
        """Put a file into the submission's folder; return whether there was room."""
        wire.send(self._control, {"op": "file", "path": path})
        wire.send(self._control, {}, [data])
        answer, _ = self._ask(None, time.monotonic() + 30)
        return bool(answer.get("ok"))

    def test(self) -> TestLink:
        """Open what one test cell needs; a worker is forked for it when it first has something to do there."""
        if not self._open:
            raise SandboxDied("died")
        self._tests += 1
        return TestLink(self, self._tests)

    def names_for(self, number: int, names: list[str]) -> tuple[dict[str, Any], memoryview]:
        """Return what the runner says of these names; nothing where only a worker should look at their values."""
        return self._ask({"op": "names", "id": number, "names": names}, time.monotonic() + 30)

    def keep(self, number: int, sock: socket.socket) -> None:
        """Keep a test's worker for the next one: nothing that the test called leaves a trace."""
        self._drop_kept()
        self._kept, self._since = (number, sock), []

    def take_kept(self, functions: list[str]) -> tuple[int, socket.socket] | None:
        """Return the worker that was kept, told to go on with the names of a test's functions, if there is one."""
        kept = self._kept
        if kept is None:
            return None
        try:
            wire.send(kept[1], {"op": "begin", "cells": self._since, "functions": functions})
        except wire.WireError:  # it has gone meanwhile
            self._drop_kept()
            return None
        self._kept, self._since = None, []
        return kept

    def _followed(self, source: str, *, defined: bool) -> None:
        """Have a kept worker follow a cell that only defines; after any other it is of no use."""
        self.cells_run += 1
        self._since.append(source)
        if not defined or len(self._since) > _FOLLOWED:
            self._drop_kept()

    def _drop_kept(self) -> None:
        if self._kept is not None:
            self._ended.append(self._kept)
        self._kept, self._since = None, []

    def fork_for(self, number: int) -> socket.socket:
        """Have a worker forked for one test; return the socket to it."""
        plain, theirs = socket.socketpair()
        ours = wire.impatient(plain)
        with theirs:
            try:
                self._tell({"op": "fork", "id": number}, [theirs.fileno()])
            except BaseException:
                ours.close()
                raise
        return ours

    def end_test(self, number: int, sock: socket.socket, *, now: bool) -> None:
        """Have a test cell's worker killed, and all it started: now, or with the next message.

        Until then it waits for a message that does not come.
        """
        self._ended.append((number, sock))
        if now:
            with contextlib.suppress(SandboxDied):
                self._tell({"op": "end"})

    def _tell(self, message: dict[str, Any], fds: Sequence[int] = ()) -> None:
        if not self._open:
            raise SandboxDied("died")
        if self._ended:
            message["ended"] = [number for number, _ in self._ended]
        try:
            wire.send(self._control, message, fds=fds)
        except wire.WireError:
            self.close()
            raise SandboxDied("memory" if self.over_memory else "died") from None
        self._let_go()

    def _let_go(self) -> None:
        for _, sock in self._ended:
            sock.close()
        self._ended.clear()

    def _ask(self, message: dict[str, Any] | None, deadline: float) -> tuple[dict[str, Any], memoryview]:
        """Ask the runner, and wait for its answer: no alarm of a test's may come between (`grading.lesson`)."""
        if not self._open:
            raise SandboxDied("died")
        fate: Fate
        try:
            if message is not None:
                self._tell(message)
            return wire.receive(self._control, deadline, self.watch_memory)
        except wire.Deadline:
            fate = "timeout"
        except wire.Closed:
            fate = "memory" if self.over_memory else "died"
        except wire.WireError:
            fate = "garbled"
        self.close()
        raise SandboxDied(fate)

    def processes(self) -> list[int]:
        """Return the pids of all that runs in the sandbox, bubblewrap's own included."""
        return watch.family(self._keeper)[1:]

    def watch_memory(self) -> None:
        """Kill the submission when its processes together use more memory than it may."""
        if watch.too_much(self._keeper, self.limits.memory_mib << 20):
            self.over_memory = True
            with contextlib.suppress(OSError):
                self._reins.shutdown(socket.SHUT_WR)


class TestLink:
    """The trusted end of one test cell's worker, which is forked when it is first needed."""

    __test__ = False  # a name that pytest would collect

    def __init__(self, submission: Submission, number: int) -> None:
        self.submission = submission
        self._number = number
        self._socket: socket.socket | None = None
        self._functions: list[str] | None = None  # as the runner numbered them; None where a worker did
        self._traceless: frozenset[str] = frozenset()  # of these
        self._clean = True  # whether nothing was asked of the worker but what leaves no trace
        self._cells = 0  # that had been run when the worker began with this test

    @property
    def socket(self) -> socket.socket:
        """The socket to the worker; raises `wire.Closed` where no worker can be had."""
        if self._socket is None:
            self._cells = self.submission.cells_run
            kept = None if self._functions is None else self.submission.take_kept(self._functions)
            if kept is not None:
                self._number, self._socket = kept
                return self._socket
            try:
                self._socket = self.submission.fork_for(self._number)
            except SandboxDied:
                raise wire.Closed("the submission is gone") from None
        return self._socket

    def describe(
        self, names: list[str], deadline: float, *, under_way: bool = False
    ) -> tuple[dict[str, Any], memoryview]:
        """Return what these names are bound to; plain functions and data need no worker.

        Where the test is `under_way`, a worker is asked: the test's alarm must not come between the runner's words.
        """
        if self._socket is None and not under_way:
            answer, payload = self.submission.names_for(self._number, names)
            found, traceless = answer.get("names"), answer.get("traceless")
            if type(found) is dict and type(traceless) is list:
                self._functions = [n for n in names if type(found.get(n)) is list and found[n][:1] == ["f"]]
                self._traceless = frozenset(name for name in traceless if type(name) is str)
                return answer, payload
        self._clean = False
        wire.send(self.socket, {"op": "describe", "names": names})
        return wire.receive(self.socket, deadline, self.submission.watch_memory)

    def calls(self, name: str) -> None:
        """Note that a function is called, by the name that the notebook gave it."""
        self._clean = self._clean and name in self._traceless

    def leaves_trace(self) -> None:
        """Note that something else is asked of the worker, which the next test must not feel."""
        self._clean = False

    def close(self, *, now: bool = False, keep: bool = False) -> None:
        """End the worker: `now`, or as soon as something else is asked of the submission.

        With `keep` the next test may go on with it, where this one has left no trace.
        """
        if self._socket is None:
            return
        keep = keep and self._clean and self._cells == self.submission.cells_run and self.submission.alive
        if keep:
            self.submission.keep(self._number, self._socket)
        else:
            self.submission.end_test(self._number, self._socket, now=now)
